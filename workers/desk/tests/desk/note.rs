//! A verifier's own words with a return or refusal.

use berkas_contract::{Decision, Event as _};
use berkas_domain::{Clock as _, Generation, NoticeId, Stage, Step, SubmissionId};
use berkas_store::{Effect, Settled, Settlement, UserRole, WorkRef};
use chrono::TimeDelta;
use rstest::rstest;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Bench, Person};

const SAID: &str = "Cap desa tidak terbaca";

fn with_note(note: &str, fence: i64) -> Value {
    json!({ "outcome": "returned", "reasons": [{ "code": "LAINNYA" }], "note": note, "fence": fence })
}

/// Pulls and returns with `note`.
async fn returned(person: &Person<'_>, note: &str) -> (String, i64) {
    let (task, fence) = person.pull().await;
    person.post(&format!("{task}/decision"), with_note(note, fence)).await.is(200);
    (task, fence)
}

/// Makes the notice of what was decided, and opens its note.
async fn told(bench: &Bench, submission: SubmissionId) -> Option<String> {
    let (store, now) = (&bench.store, bench.clock.now());
    let decided = store.decision_for_notice(submission).await.unwrap().unwrap();
    let generation: Generation = store.submission(submission).await.unwrap().unwrap().generation;
    let (id, kind, data) = (NoticeId(Uuid::now_v7()), Decision::TYPE, json!({}));
    let notice = Effect::Notice { id, decision: decided.decision, kind, data };
    let settled = Settled::Advance { to: Stage::Noticed, not_before: None, effects: vec![notice] };
    let work = WorkRef { submission, step: Step::Notification, generation };
    store.settle(vec![Settlement { work, settled, trace: None }], now).await.unwrap();
    let inbox = store.inbox(&bench.office, true, 10).await.unwrap();
    let note = inbox.into_iter().find(|item| item.id == id).unwrap().note?;
    let opened = bench.blobs.seal().open(&note.place, &note.sealed).unwrap();
    Some(String::from_utf8(opened).unwrap())
}

#[rstest]
#[case::too_long("too_long", &"x".repeat(501))]
#[case::control("unprintable", "cap\u{7}desa")]
#[case::direction("unprintable", "cap \u{202e}desa")]
#[case::number("number", "NIK 3517094105909001")]
#[case::number_in_groups("number", "KK 3517 0941 0590 9001")]
#[tokio::test]
async fn a_note_that_may_not_be_written_is_refused_and_nothing_is_decided(
    #[case] code: &str,
    #[case] note: &str,
) {
    let bench = Bench::new().await;
    bench.dossier(1).await;
    let ani = bench.verifier("ani").await;
    let (task, fence) = ani.pull().await;
    let refused = ani.post(&format!("{task}/decision"), with_note(note, fence)).await.is(422).json();
    assert_eq!((&refused["code"], &refused["errors"][0]["pointer"]), (&json!("invalid"), &json!("/note")));
    assert_eq!(refused["errors"][0]["code"], code);
    assert!(!refused.to_string().contains("3517"));
    assert_eq!(bench.store.audited("task.decided", task.rsplit('/').next().unwrap()).await.unwrap(), 0);
}

#[tokio::test]
async fn what_passes_has_no_note_and_an_empty_one_is_none() {
    let bench = Bench::new().await;
    bench.dossier(1).await;
    let ani = bench.verifier("ani").await;
    let (task, fence) = ani.pull().await;
    let pass = |note| json!({ "outcome": "passed", "all_valid": true, "note": note, "fence": fence });
    assert_eq!(ani.post(&format!("{task}/decision"), pass(SAID)).await.is(422).code(), "invalid");
    ani.post(&format!("{task}/decision"), pass(" \n ")).await.is(200);
}

#[rstest]
#[case::one_verifier(false)]
#[case::the_first_of_two(true)]
#[tokio::test]
async fn the_same_decision_sent_again_is_one_and_another_note_is_another_decision(#[case] two: bool) {
    let bench = Bench::sealing().await;
    if two {
        bench.dossier_for_two(1).await
    } else {
        bench.dossier(1).await
    };
    let ani = bench.verifier("ani").await;
    let (task, fence) = returned(&ani, SAID).await;
    let path = format!("{task}/decision");
    ani.post(&path, with_note(&format!("  {SAID}\n"), fence)).await.is(200);
    for other in ["", "Cap desa tidak ada"] {
        let answer = ani.post(&path, with_note(other, fence)).await.is(409);
        assert_eq!(answer.code(), "decided_otherwise");
    }
}

#[tokio::test]
async fn a_note_is_read_nowhere_in_the_database_and_is_told_with_the_notice() {
    let bench = Bench::sealing().await;
    let submission = bench.dossier(1).await;
    let ani = bench.verifier("ani").await;
    returned(&ani, SAID).await;
    let rows = bench.store.every_row().await.unwrap();
    let in_digits: String = SAID.bytes().map(|byte| format!("{byte:02x}")).collect();
    assert!(rows.contains("LAINNYA") && !rows.contains(SAID) && !rows.contains(&in_digits));
    assert_eq!(told(&bench, submission).await.as_deref(), Some(SAID));
    assert!(!bench.store.every_row().await.unwrap().contains(&in_digits));
}

#[rstest]
#[case::both("Cap desa tidak ada", "Cap desa tidak ada")]
#[case::the_first_alone("", SAID)]
#[tokio::test]
async fn of_two_who_agree_the_second_note_is_told_or_else_the_first(
    #[case] second: &str,
    #[case] expected: &str,
) {
    let bench = Bench::sealing().await;
    let submission = bench.dossier_for_two(1).await;
    let (ani, budi) = (bench.verifier("ani").await, bench.verifier("budi").await);
    returned(&ani, SAID).await;
    let (task, fence) = budi.pull().await;
    for shown in [task.clone(), task.replace("/api/v1", "/desk")] {
        assert!(!budi.get(&shown).await.is(200).text().contains(SAID), "the second is shown nothing of it");
    }
    budi.post(&format!("{task}/decision"), with_note(second, fence)).await.is(200);
    assert_eq!(told(&bench, submission).await.as_deref(), Some(expected));
}

#[tokio::test]
async fn of_two_who_differ_the_supervisors_note_alone_is_told() {
    let bench = Bench::sealing().await;
    let submission = bench.dossier_for_two(1).await;
    let (ani, budi) = (bench.verifier("ani").await, bench.verifier("budi").await);
    returned(&ani, SAID).await;
    let (task, fence) = budi.pull().await;
    let refuses = json!({ "outcome": "refused", "reasons": [{ "code": "GANDA" }], "fence": fence });
    budi.post(&format!("{task}/decision"), refuses).await.is(200);
    let head = bench.person("sari", UserRole::Supervisor).await;
    returned(&head, "").await;
    assert_eq!(told(&bench, submission).await, None);
}

#[tokio::test]
async fn a_note_that_is_taken_back_is_gone_and_one_that_comes_too_late_is_in_no_draft() {
    let bench = Bench::new().await;
    bench.dossier(1).await;
    let ani = bench.verifier("ani").await;
    let in_digits: String = SAID.bytes().map(|byte| format!("{byte:02x}")).collect();
    let (task, fence) = returned(&ani, SAID).await;
    // Without a key it is stored in the clear, so that what is kept can be seen here.
    assert!(bench.store.every_row().await.unwrap().contains(&in_digits));
    ani.post(&format!("{task}/undo"), json!({ "fence": fence })).await.is(200);
    let again = ani.get(&task).await.is(200).json()["fence"].as_i64().unwrap();
    bench.clock.advance(TimeDelta::minutes(16));
    let late = ani.post(&format!("{task}/decision"), with_note(SAID, again)).await.is(409);
    assert_eq!(late.code(), "lease_lost");
    let rows = bench.store.every_row().await.unwrap();
    assert!(rows.contains("LAINNYA") && !rows.contains(SAID) && !rows.contains(&in_digits));
}

#[tokio::test]
async fn the_form_of_the_page_takes_a_note() {
    let bench = Bench::sealing().await;
    let submission = bench.dossier(1).await;
    let ani = bench.verifier("ani").await;
    let (task, fence) = ani.pull().await;
    let page = task.replace("/api/v1", "/desk");
    let shown = ani.get(&page).await.is(200).text();
    assert!(shown.contains("Jangan menulis NIK") && shown.contains(r#"maxlength="500""#));
    let fields = format!("fence={fence}&outcome=returned&codes=LAINNYA&note=Cap+desa%0D%0Atidak+terbaca");
    ani.form(&format!("{page}/decision"), &fields).await.is(303);
    assert_eq!(told(&bench, submission).await.as_deref(), Some(SAID));
}
