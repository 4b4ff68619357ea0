//! What was returned comes back, repaired.

use axum::body::Body;
use axum::http::Method;
use berkas_contract::{Decision, Event as _};
use berkas_domain::{
    Generation, NoticeId, Outcome, ReversalReason, Revision, Service, Stage, Step, SubmissionId, UserId,
};
use berkas_store::{
    DecisionForNotice, Effect, NewUser, Reversal, ReversalError, Settled, Settlement, UserRole, WorkRef,
};
use chrono::TimeDelta;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::bench::{Bench, on_http};
use crate::dossier::Dossier;

/// Moves a submission on as a step of the chain would.
async fn advance(bench: &Bench<'_>, work: WorkRef, to: Stage, effects: Vec<Effect>) {
    let settled = Settled::Advance { to, not_before: None, effects };
    let settlement = Settlement { work, settled, trace: None };
    let applied = bench.app.store.settle(vec![settlement], bench.app.clock.now()).await.unwrap();
    assert!(applied.stale.is_empty(), "{applied:?}");
}

/// Has the rules return a freshly accepted submission, with a notice whose type and data are `told`; the id of the notice.
pub(crate) async fn return_with(
    bench: &Bench<'_>,
    accepted: &Value,
    told: impl FnOnce(SubmissionId, &DecisionForNotice) -> (&'static str, Value),
) -> NoticeId {
    let submission: SubmissionId = accepted["submission"].as_str().unwrap().parse().unwrap();
    let work = |step, generation| WorkRef { submission, step, generation: Generation(generation) };
    advance(bench, work(Step::Scan, 1), Stage::Normalized, Vec::new()).await;
    let decision = Effect::Decision { outcome: Outcome::Returned, reasons: json!([]) };
    advance(bench, work(Step::Completeness, 2), Stage::Decided, vec![decision]).await;
    let decided = bench.app.store.decision_for_notice(submission).await.unwrap().unwrap();
    let id = NoticeId(Uuid::now_v7());
    let (kind, data) = told(submission, &decided);
    let notice = Effect::Notice { id, decision: decided.decision, kind, data };
    advance(bench, work(Step::Notification, 3), Stage::Noticed, vec![notice]).await;
    id
}

/// The same where nobody reads the notice.
async fn return_by_rules(bench: &Bench<'_>, accepted: &Value) -> NoticeId {
    return_with(bench, accepted, |_, _| (Decision::TYPE, json!({}))).await
}

/// The next revision of `dossier`, with form and scans made anew.
async fn repaired(bench: &Bench<'_>, dossier: &Dossier, repairs: Value) -> Dossier {
    let mut next = Dossier::new(&bench.office.office);
    next.upload(bench, &bench.office).await;
    next.manifest["sender_id"] = dossier.manifest["sender_id"].clone();
    next.manifest["revision"] = json!(2);
    next.manifest["repairs"] = repairs;
    next
}

#[test]
fn a_repair_goes_on_under_the_same_number_and_counts_as_the_acknowledgement_of_the_return() {
    on_http(&[], async |bench| {
        let dossier = Dossier::new(&bench.office.office);
        dossier.upload(bench, &bench.office).await;
        let accepted = dossier.submit(bench, &bench.office).await;
        let early = repaired(bench, &dossier, json!(null)).await;
        assert_eq!(early.submit(bench, &bench.office).await.faults().1, [("/revision", "not_returned")]);

        let notice = return_by_rules(bench, &accepted.json).await;
        let path = accepted.headers["location"].to_str().unwrap();
        let status = bench.call(&bench.office, Method::GET, path, Body::empty()).await;
        assert_eq!((&status.json["stage"], &status.json["outcome"]), (&json!("noticed"), &json!("returned")));

        let stranger = repaired(bench, &dossier, json!({ "notice": Uuid::now_v7() })).await;
        let answer = stranger.submit(bench, &bench.office).await;
        assert_eq!(answer.faults(), (422, vec![("/repairs/notice", "not_found")]));
        let number = json!({ "registration_number": "351709-261124-0042-5" });
        let answer = repaired(bench, &dossier, number).await.submit(bench, &bench.office).await;
        assert_eq!(answer.faults(), (422, vec![("/repairs/registration_number", "not_found")]));

        let repair = repaired(bench, &dossier, json!({ "notice": notice })).await;
        let again = repair.submit(bench, &bench.office).await;
        assert_eq!(again.status, 202, "{again:?}");
        assert_eq!(again.json["registration_number"], accepted.json["registration_number"]);
        assert_eq!(again.json["revision"], 2);
        let told = bench.told(&bench.office).await;
        let returned = told.iter().find(|item| item.id == notice).unwrap();
        assert!(returned.acknowledged_at.is_some());

        let repeated = repair.submit(bench, &bench.office).await;
        assert_eq!((repeated.status.as_u16(), &repeated.json), (200, &again.json));
        let neraca = bench.app.store.neraca().await.unwrap();
        assert!(neraca.balances(), "{neraca:?}");
    });
}

#[test]
fn the_time_with_the_kecamatan_is_not_the_districts() {
    on_http(&[], async |bench| {
        let due = async |accepted: &Value| {
            let id: SubmissionId = accepted["submission"].as_str().unwrap().parse().unwrap();
            bench.app.store.submission(id).await.unwrap().unwrap().due_at
        };
        let dossier = Dossier::new(&bench.office.office);
        dossier.upload(bench, &bench.office).await;
        let accepted = dossier.submit(bench, &bench.office).await;
        assert_eq!(due(&accepted.json).await.to_rfc3339(), "2026-11-25T01:30:00+00:00");
        // Returned after two hours of the seven and a half, repaired a week later.
        bench.clock.advance(TimeDelta::hours(2));
        return_by_rules(bench, &accepted.json).await;
        bench.clock.advance(TimeDelta::weeks(1));
        let repair = repaired(bench, &dossier, json!(null)).await;
        let again = repair.submit(bench, &bench.office).await;
        assert_eq!(due(&again.json).await.to_rfc3339(), "2026-12-02T01:30:00+00:00");
    });
}

#[test]
fn a_repair_acknowledges_the_return_and_leaves_its_mail_on_its_way() {
    on_http(&[], async |bench| {
        let office = &bench.office.office;
        assert!(
            bench
                .app
                .store
                .set_mail(office, Some("kantor@gudo.example"), bench.app.clock.now())
                .await
                .unwrap()
        );
        let dossier = Dossier::new(office);
        dossier.upload(bench, &bench.office).await;
        let accepted = dossier.submit(bench, &bench.office).await;
        let notice = return_by_rules(bench, &accepted.json).await;
        let repair = repaired(bench, &dossier, json!({ "notice": notice })).await;
        assert_eq!(repair.submit(bench, &bench.office).await.status, 202);
        let states: Vec<(String, String)> = bench
            .app
            .store
            .deliveries_of(notice)
            .await
            .unwrap()
            .into_iter()
            .map(|delivery| (delivery.channel, delivery.state))
            .collect();
        let expected = [("amqp", "acknowledged"), ("mail", "pending")];
        assert_eq!(states, expected.map(|(channel, state)| (channel.to_owned(), state.to_owned())));
    });
}

#[test]
fn of_a_repair_and_a_reversal_that_cross_one_finds_the_other_done() {
    on_http(&[], async |bench| {
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
        let store = &bench.app.store;
        store.create_user(&user, bench.app.clock.now()).await.unwrap();
        for _ in 0..8 {
            let dossier = Dossier::new(&bench.office.office);
            dossier.upload(bench, &bench.office).await;
            let accepted = dossier.submit(bench, &bench.office).await;
            let notice = return_by_rules(bench, &accepted.json).await;
            let repair = repaired(bench, &dossier, json!({ "notice": notice })).await;
            let submission: SubmissionId = accepted.json["submission"].as_str().unwrap().parse().unwrap();
            let generation = store.submission(submission).await.unwrap().unwrap().generation;
            let reversal = Reversal {
                submission,
                revision: Revision(1),
                generation,
                by: head,
                reason: ReversalReason::Misjudged,
                outcome: Outcome::Passed,
                reasons: json!([]),
            };
            let now = bench.app.clock.now();
            let (repaired, reversed) =
                tokio::join!(repair.submit(bench, &bench.office), store.reverse_decision(&reversal, now));
            let stands = store.submission(submission).await.unwrap().unwrap();
            match reversed {
                Ok(()) => {
                    // The reversal is decided, and not told yet: to the office nothing is returned.
                    assert_eq!(repaired.faults(), (409, vec![("/revision", "not_returned")]));
                    assert_eq!((stands.stage, stands.revision), (Stage::Decided, Revision(1)));
                }
                Err(ReversalError::RevisionUnexpected) => {
                    assert_eq!(repaired.status, 202);
                    assert_eq!((stands.stage, stands.revision), (Stage::Received, Revision(2)));
                }
                Err(other) => panic!("{other}"),
            }
            assert!(store.neraca().await.unwrap().balances());
        }
    });
}

#[test]
fn the_turnaround_is_measured_over_what_was_returned_repaired_and_passed() {
    on_http(&[], async |bench| {
        let dossier = Dossier::new(&bench.office.office);
        dossier.upload(bench, &bench.office).await;
        let accepted = dossier.submit(bench, &bench.office).await;
        bench.clock.advance(TimeDelta::minutes(2));
        return_by_rules(bench, &accepted.json).await;
        bench.clock.advance(TimeDelta::minutes(30));
        let repair = repaired(bench, &dossier, json!(null)).await;
        assert_eq!(repair.submit(bench, &bench.office).await.status, 202);
        assert_eq!(bench.app.store.turnaround().await.unwrap(), None, "the repair has not passed");

        bench.clock.advance(TimeDelta::minutes(5));
        let submission: SubmissionId = accepted.json["submission"].as_str().unwrap().parse().unwrap();
        let work = |step, generation| WorkRef { submission, step, generation: Generation(generation) };
        let first = bench.app.store.submission(submission).await.unwrap().unwrap().generation.0;
        advance(bench, work(Step::Scan, first), Stage::Normalized, Vec::new()).await;
        let decision = Effect::Decision { outcome: Outcome::Passed, reasons: json!([]) };
        advance(bench, work(Step::Completeness, first + 1), Stage::Decided, vec![decision]).await;
        let decided = bench.app.store.decision_for_notice(submission).await.unwrap().unwrap();
        let (id, kind, data) = (NoticeId(Uuid::now_v7()), Decision::TYPE, json!({}));
        let notice = Effect::Notice { id, decision: decided.decision, kind, data };
        advance(bench, work(Step::Notification, first + 2), Stage::Noticed, vec![notice]).await;

        let measured = bench.app.store.turnaround().await.unwrap().unwrap();
        let minutes = |count: f64| count * 60_000.0;
        assert_eq!((measured.repaired, measured.example.submission), (1, submission));
        assert_eq!(
            (measured.returned_p50_ms, measured.repair_p50_ms, measured.total_p50_ms),
            (minutes(2.0), minutes(30.0), minutes(37.0))
        );
        let seen = bench.app.store.timeline(submission).await.unwrap();
        let outcomes: Vec<Outcome> = seen.decisions.iter().map(|one| one.outcome).collect();
        assert_eq!(outcomes, [Outcome::Returned, Outcome::Passed]);
        let received = seen.stages.iter().filter(|one| one.stage == Stage::Received);
        assert_eq!(received.map(|one| one.revision.0).collect::<Vec<_>>(), [1, 2]);
    });
}
