//! What other submissions say: the same child, an open request, a certificate that was given, a file that came before.

use berkas_domain::form::{Form, PersonEntry, Role};
use berkas_domain::{CaseCode, Outcome as Decided, ReversalReason, Revision, Service, Stage, UserId};
use berkas_rules::examples::complete_form;
use berkas_runtime::Outcome;
use berkas_store::{Effect, NewUser, Reversal, ReversalError, UserRole, Withdrawing, Withdrawn};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::bench::{Bench, CLASSROOM, Dossier, HOME, NEIGHBOUR, on_bench};
use crate::told;

fn form(case: &str, seed: u64) -> Form {
    let service = match case.split('-').next().unwrap() {
        "KTP" => Service::KtpEl,
        "KK" => Service::KartuKeluarga,
        "LHR" => Service::AktaKelahiran,
        _ => Service::AktaKematian,
    };
    let code: CaseCode = case.parse().unwrap();
    let mut form = complete_form(service, &code, seed).unwrap();
    // The office that sends it is not what is tested.
    for entry in form.persons.values_mut() {
        if let PersonEntry::Person(person) = entry {
            person.kecamatan = None;
            person.desa = None;
        }
    }
    form
}

/// Another filing of the same: a form of its own, from other scans.
fn filed_again(form: &Form, case: &str) -> Form {
    let mut again = form.clone();
    again.case = case.parse().unwrap();
    again.salt = "ffeeddccbbaa99887766554433221100".to_owned();
    again
}

/// The findings by level, code and rule.
async fn findings(bench: &Bench, dossier: &Dossier) -> Vec<String> {
    let (_, judgement, _) = told(bench.judge(dossier).await.unwrap());
    let findings = judgement["findings"].as_array().unwrap().iter();
    let words = |finding: &Value| {
        let word = |key: &str| finding[key].as_str().unwrap().to_owned();
        format!("{} {} {}", word("level"), word("code"), word("rule"))
    };
    findings.map(words).collect()
}

async fn pass(bench: &Bench, dossier: &Dossier) {
    let passed = Effect::Decision { outcome: Decided::Passed, reasons: json!([]) };
    let due = bench.write(dossier, Outcome::forward(Stage::Decided).with(passed)).await;
    bench.told(due).await;
}

const SAME_CHILD: &str = "block GANDA x19.same_child";
const OPEN: &str = "person GANDA x28.open_request";

#[test]
fn of_two_filings_for_one_child_the_first_accepted_goes_on_in_whatever_order_they_are_judged() {
    on_bench(async |bench| {
        let birth = form("LHR-1", 1);
        let first = bench.hand_in_at(HOME, &birth).await;
        let second = bench.hand_in_at(NEIGHBOUR, &filed_again(&birth, "LHR-2")).await;
        let late = findings(&bench, &second).await;
        assert!(late.contains(&SAME_CHILD.to_owned()), "{late:?}");
        assert!(!findings(&bench, &first).await.contains(&SAME_CHILD.to_owned()));
    });
}

#[test]
fn a_twin_is_another_child() {
    on_bench(async |bench| {
        let mut birth = form("LHR-1", 1);
        birth.event.as_mut().unwrap().plurality = Some(2);
        bench.hand_in_at(HOME, &birth).await;
        let mut twin = filed_again(&birth, "LHR-1");
        let event = twin.event.as_mut().unwrap();
        event.birth_order = event.birth_order.map(|order| order + 1);
        let twin = bench.hand_in_at(HOME, &twin).await;
        let found = findings(&bench, &twin).await;
        assert!(!found.iter().any(|finding| finding.contains("x19") || finding.contains("x18")), "{found:?}");
    });
}

#[test]
fn a_second_child_of_one_day_that_is_said_to_be_born_alone_is_for_a_person_to_judge() {
    on_bench(async |bench| {
        let birth = form("LHR-1", 1);
        bench.hand_in_at(HOME, &birth).await;
        let mut mistyped = filed_again(&birth, "LHR-1");
        let event = mistyped.event.as_mut().unwrap();
        (event.plurality, event.birth_order) = (Some(1), event.birth_order.map(|order| order + 1));
        let mistyped = bench.hand_in_at(NEIGHBOUR, &mistyped).await;
        let found = findings(&bench, &mistyped).await;
        assert!(found.contains(&"person TGL_LAHIR_BERBEDA x18.sibling".to_owned()), "{found:?}");
    });
}

#[test]
fn a_birth_five_months_after_another_of_the_same_mother_is_for_a_person_to_judge() {
    on_bench(async |bench| {
        let birth = form("LHR-1", 1);
        bench.hand_in_at(HOME, &birth).await;
        let mut sibling = filed_again(&birth, "LHR-1");
        let event = sibling.event.as_mut().unwrap();
        event.birth_order = event.birth_order.map(|order| order + 1);
        event.date = event.date.map(|day| day - chrono::TimeDelta::days(150));
        let sibling = bench.hand_in_at(HOME, &sibling).await;
        let found = findings(&bench, &sibling).await;
        assert!(
            found.iter().any(|finding| finding.starts_with("person") && finding.contains("x18")),
            "{found:?}"
        );
    });
}

#[test]
fn who_withdraws_makes_room_for_the_next_that_was_accepted() {
    on_bench(async |bench| {
        let birth = form("LHR-1", 1);
        let first = bench.hand_in_at(HOME, &birth).await;
        let second = bench.hand_in_at(NEIGHBOUR, &filed_again(&birth, "LHR-1")).await;
        let third = bench.hand_in_at(NEIGHBOUR, &filed_again(&birth, "LHR-2")).await;
        let withdrawn = bench
            .app
            .store
            .withdraw(
                &Withdrawing::latest(&HOME.parse().unwrap(), first.work.submission),
                bench.app.clock.now(),
            )
            .await
            .unwrap();
        assert_eq!(withdrawn, Withdrawn::Now);
        // The third is judged first, and the second was accepted before it.
        assert!(findings(&bench, &third).await.contains(&SAME_CHILD.to_owned()));
        assert!(!findings(&bench, &second).await.contains(&SAME_CHILD.to_owned()));
    });
}

#[test]
fn a_refusal_is_not_reversed_to_a_pass_while_another_holds_the_claim_on_the_child() {
    on_bench(async |bench| {
        let store = &bench.app.store;
        let head = UserId(Uuid::now_v7());
        let user = NewUser {
            id: head,
            login: "rini",
            display_name: "Pengawas Contoh",
            role: UserRole::Supervisor,
            password_hash: "",
            services: Service::ALL,
            capacity: 5,
            training: false,
        };
        store.create_user(&user, bench.app.clock.now()).await.unwrap();
        let birth = form("LHR-1", 1);
        let first = bench.hand_in_at(HOME, &birth).await;
        let refused = Effect::Decision { outcome: Decided::Refused, reasons: json!([]) };
        let due = bench.write(&first, Outcome::forward(Stage::Decided).with(refused)).await;
        bench.told(due).await;
        let second = bench.hand_in_at(NEIGHBOUR, &filed_again(&birth, "LHR-1")).await;
        assert!(!findings(&bench, &second).await.contains(&SAME_CHILD.to_owned()), "the claim is handed on");

        let generation = store.submission(first.work.submission).await.unwrap().unwrap().generation;
        let reversal = |outcome, reasons: Value| Reversal {
            submission: first.work.submission,
            revision: Revision(1),
            generation,
            by: head,
            reason: ReversalReason::Objection,
            outcome,
            reasons,
        };
        let pass = reversal(Decided::Passed, json!([]));
        let answer = store.reverse_decision(&pass, bench.app.clock.now()).await;
        assert!(matches!(answer, Err(ReversalError::ClaimedElsewhere)), "{answer:?}");
        let stands = store.submission(first.work.submission).await.unwrap().unwrap();
        assert_eq!((stands.stage, stands.outcome), (Stage::Noticed, Some(Decided::Refused)));

        // A return records no birth, so nothing is in its way.
        let returned = reversal(Decided::Returned, json!([{ "code": "TIDAK_LENGKAP" }]));
        store.reverse_decision(&returned, bench.app.clock.now()).await.unwrap();
    });
}

#[test]
fn judging_again_sees_what_was_known_at_first() {
    on_bench(async |bench| {
        let birth = form("LHR-1", 1);
        let first = bench.hand_in_at(HOME, &birth).await;
        let second = bench.hand_in_at(NEIGHBOUR, &filed_again(&birth, "LHR-1")).await;
        let judged = told(bench.judge(&second).await.unwrap());
        bench
            .app
            .store
            .withdraw(
                &Withdrawing::latest(&HOME.parse().unwrap(), first.work.submission),
                bench.app.clock.now(),
            )
            .await
            .unwrap();
        assert_eq!(told(bench.judge(&second).await.unwrap()), judged);
    });
}

#[test]
fn a_repair_that_names_another_mother_leaves_the_child_to_others() {
    on_bench(async |bench| {
        let birth = form("LHR-1", 1);
        let wrong = bench.hand_in_at(HOME, &birth).await;
        let returned = Effect::Decision { outcome: Decided::Returned, reasons: json!([]) };
        let due = bench.write(&wrong, Outcome::forward(Stage::Decided).with(returned)).await;
        bench.repair(&wrong, due, &form("LHR-1", 2)).await;
        let right = bench.hand_in_at(NEIGHBOUR, &filed_again(&birth, "LHR-1")).await;
        assert!(!findings(&bench, &right).await.contains(&SAME_CHILD.to_owned()));
    });
}

#[test]
fn an_open_request_for_the_same_person_is_told_and_one_that_passed_lately_too() {
    on_bench(async |bench| {
        let lost = form("KTP-2", 1);
        let first = bench.hand_in_at(HOME, &lost).await;
        let second = bench.hand_in_at(NEIGHBOUR, &filed_again(&lost, "KTP-2")).await;
        assert_eq!(findings(&bench, &second).await, [OPEN]);
        assert_eq!(findings(&bench, &first).await, Vec::<String>::new());
        pass(&bench, &first).await;
        pass(&bench, &second).await;
        let third = bench.hand_in_at(HOME, &filed_again(&lost, "KTP-2")).await;
        assert_eq!(findings(&bench, &third).await, ["person GANDA x28.recent"]);
        // Another service for the same person is another request.
        let mut card = form("KK-9", 3);
        card.persons.insert(Role::Applicant, lost.persons[&Role::Applicant].clone());
        let card = bench.hand_in_at(HOME, &card).await;
        let found = findings(&bench, &card).await;
        assert!(!found.iter().any(|finding| finding.contains("x28")), "{found:?}");
    });
}

#[test]
fn a_first_card_for_who_got_one_here_and_a_second_death_are_returned() {
    on_bench(async |bench| {
        let earlier = form("KTP-2", 1);
        let first = bench.hand_in_at(HOME, &earlier).await;
        pass(&bench, &first).await;
        let mut again = form("KTP-1", 4);
        if let (Some(PersonEntry::Person(person)), Some(known)) =
            (again.persons.get_mut(&Role::Applicant), earlier.person(Role::Applicant))
        {
            person.nik.clone_from(&known.nik);
        }
        let again = bench.hand_in_at(NEIGHBOUR, &again).await;
        let found = findings(&bench, &again).await;
        assert!(found.contains(&"block SALAH_KASUS x11.earlier_card".to_owned()), "{found:?}");

        let death = form("MTI-1", 1);
        let first = bench.hand_in_at(HOME, &death).await;
        pass(&bench, &first).await;
        let second = bench.hand_in_at(NEIGHBOUR, &filed_again(&death, "MTI-1")).await;
        let found = findings(&bench, &second).await;
        assert!(found.contains(&"block GANDA x21.already_dead".to_owned()), "{found:?}");
    });
}

#[test]
fn a_file_of_another_persons_submission_is_told_and_one_of_the_same_family_is_not() {
    on_bench(async |bench| {
        let lost = form("KTP-2", 1);
        bench.hand_in_at(HOME, &lost).await;
        let mut stranger = form("KTP-2", 2);
        stranger.documents[0].sha256 = lost.documents[0].sha256;
        let stranger = bench.hand_in_at(NEIGHBOUR, &stranger).await;
        assert_eq!(findings(&bench, &stranger).await, ["person LAINNYA x03.other_submission"]);

        let mut relative = form("KTP-2", 3);
        relative.documents[1].sha256 = lost.documents[1].sha256;
        relative.family = lost.family.clone();
        relative.persons.insert(Role::Host, lost.persons[&Role::Applicant].clone());
        let relative = bench.hand_in_at(NEIGHBOUR, &relative).await;
        let found = findings(&bench, &relative).await;
        assert!(!found.iter().any(|finding| finding.contains("x03")), "{found:?}");
    });
}

#[test]
fn training_and_live_submissions_know_nothing_of_each_other() {
    on_bench(async |bench| {
        let birth = form("LHR-1", 1);
        bench.hand_in_at(CLASSROOM, &birth).await;
        let live = bench.hand_in_at(HOME, &filed_again(&birth, "LHR-1")).await;
        let found = findings(&bench, &live).await;
        assert!(!found.iter().any(|finding| finding.contains("x19")), "{found:?}");
        let exercise = bench.hand_in_at(CLASSROOM, &filed_again(&birth, "LHR-2")).await;
        assert!(findings(&bench, &exercise).await.contains(&SAME_CHILD.to_owned()));
    });
}

#[test]
fn of_many_that_are_accepted_and_judged_at_once_exactly_one_goes_on() {
    on_bench(async |bench| {
        let birth = form("LHR-1", 1);
        let filings = (0..8).map(|place| {
            let office = if place % 2 == 0 { HOME } else { NEIGHBOUR };
            let mut filing = filed_again(&birth, "LHR-1");
            filing.salt = format!("{place:032x}");
            let bench = &bench;
            async move {
                let dossier = bench.hand_in_at(office, &filing).await;
                findings(bench, &dossier).await.contains(&SAME_CHILD.to_owned())
            }
        });
        let returned = futures::future::join_all(filings).await;
        assert_eq!(returned.iter().filter(|returned| !**returned).count(), 1, "{returned:?}");
    });
}

#[test]
fn no_number_of_a_citizen_can_be_read_in_the_database() {
    on_bench(async |bench| {
        let birth = form("LHR-1", 1);
        let mother = birth.person(Role::Mother).unwrap().nik.clone().unwrap();
        let dossier = bench.hand_in_at(HOME, &birth).await;
        let outcome = bench.judge(&dossier).await.unwrap();
        bench.write(&dossier, outcome).await;
        let text = bench.app.store.every_row().await.unwrap();
        assert!(text.contains("akta_kelahiran"), "the whole database was read");
        let hex = mother.bytes().map(|byte| format!("{byte:02x}")).collect::<String>();
        assert!(!text.contains(&mother) && !text.contains(&hex), "a NIK stands in the database");
    });
}
