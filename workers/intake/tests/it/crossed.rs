//! Late, double and crossed repairs and withdrawals: each state has one answer, the same at both doors.

use axum::body::Body;
use axum::http::Method;
use berkas_contract::{Decision, Event as _, Withdrawal, names};
use berkas_domain::{NoticeId, Outcome, Revision, Stage, Step, SubmissionId};
use berkas_store::{Effect, Settled, Settlement, WorkRef};
use chrono::TimeDelta;
use rstest::rstest;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::bench::{Answer, Bench, on_bench, on_http, wait_until};
use crate::dossier::{Dossier, envelope};

/// One of the two ways in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Amqp,
    Http,
}

/// Where a submission stands when the repair comes, and what of the repair is odd.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    NeverSent,
    UnderWay,
    Parked,
    DecidedAndNotTold,
    Passed,
    Refused,
    Withdrawn,
    RepairedByAColleague,
    RepairedByAColleagueAndReturnedAgain,
    ReturnedTwiceAndTheFirstIsAnswered,
    ReturnedAndARevisionIsLeftOut,
    ReturnedAndAnotherOfficesNumberIsNamed,
    ReturnedAndAnotherOfficesScanIsNamed,
}

fn submission_of(accepted: &Answer) -> SubmissionId {
    accepted.json["submission"].as_str().unwrap().parse().unwrap()
}

/// Settles the step `step` of a submission as it stands.
async fn settle(bench: &Bench<'_>, submission: SubmissionId, step: Step, settled: Settled) {
    let generation = bench.app.store.submission(submission).await.unwrap().unwrap().generation;
    let work = WorkRef { submission, step, generation };
    let settlement = Settlement { work, settled, trace: None };
    let applied = bench.app.store.settle(vec![settlement], bench.app.clock.now()).await.unwrap();
    assert!(applied.stale.is_empty(), "{applied:?}");
}

fn advance(to: Stage, effects: Vec<Effect>) -> Settled {
    Settled::Advance { to, not_before: None, effects }
}

/// Decides a submission that was just received; its office is not told yet.
async fn decide(bench: &Bench<'_>, submission: SubmissionId, outcome: Outcome) {
    settle(bench, submission, Step::Scan, advance(Stage::Normalized, Vec::new())).await;
    let decision = Effect::Decision { outcome, reasons: json!([]) };
    settle(bench, submission, Step::Completeness, advance(Stage::Decided, vec![decision])).await;
}

/// The same, and its office is told.
async fn tell(bench: &Bench<'_>, submission: SubmissionId, outcome: Outcome) -> NoticeId {
    decide(bench, submission, outcome).await;
    let decided = bench.app.store.decision_for_notice(submission).await.unwrap().unwrap();
    let id = NoticeId(Uuid::now_v7());
    let notice = Effect::Notice { id, decision: decided.decision, kind: Decision::TYPE, data: json!({}) };
    settle(bench, submission, Step::Notification, advance(Stage::Noticed, vec![notice])).await;
    id
}

/// A repair of `dossier` with everything made anew.
async fn repair(bench: &Bench<'_>, dossier: &Dossier, revision: i32, repairs: Value) -> Dossier {
    let mut next = Dossier::new(&bench.office.office);
    next.upload(bench, &bench.office).await;
    next.manifest["sender_id"] = dossier.manifest["sender_id"].clone();
    next.manifest["revision"] = json!(revision);
    next.manifest["repairs"] = repairs;
    next
}

/// A dossier that was accepted.
async fn handed_in(bench: &Bench<'_>) -> (Dossier, Answer, SubmissionId) {
    let dossier = Dossier::new(&bench.office.office);
    dossier.upload(bench, &bench.office).await;
    let accepted = dossier.submit(bench, &bench.office).await;
    let submission = submission_of(&accepted);
    (dossier, accepted, submission)
}

/// Brings a submission to where it stands, and makes the repair that comes then.
async fn prepare(bench: &Bench<'_>, standing: Standing) -> Dossier {
    let (first, _, submission) = handed_in(bench).await;
    let none = json!(null);
    match standing {
        Standing::NeverSent => {
            let mut stranger = repair(bench, &first, 2, none).await;
            stranger.manifest["sender_id"] = json!(Uuid::now_v7());
            return stranger;
        }
        Standing::UnderWay => {}
        Standing::Parked => {
            let park = Settled::Park { code: "crashed".to_owned(), detail: String::new() };
            settle(bench, submission, Step::Scan, park).await;
        }
        Standing::DecidedAndNotTold => decide(bench, submission, Outcome::Returned).await,
        Standing::Passed => _ = tell(bench, submission, Outcome::Passed).await,
        Standing::Refused => _ = tell(bench, submission, Outcome::Refused).await,
        Standing::Withdrawn => {
            let path = format!("/api/v1/submissions/{}", number(bench, submission).await);
            assert_eq!(bench.call(&bench.office, Method::DELETE, &path, Body::empty()).await.status, 200);
        }
        Standing::RepairedByAColleague => {
            tell(bench, submission, Outcome::Returned).await;
            let other = repair(bench, &first, 2, none.clone()).await;
            assert_eq!(other.submit(bench, &bench.office).await.status, 202);
        }
        Standing::RepairedByAColleagueAndReturnedAgain => {
            let notice = tell(bench, submission, Outcome::Returned).await;
            let other = repair(bench, &first, 2, none).await;
            assert_eq!(other.submit(bench, &bench.office).await.status, 202);
            tell(bench, submission, Outcome::Returned).await;
            return repair(bench, &first, 2, json!({ "notice": notice })).await;
        }
        Standing::ReturnedTwiceAndTheFirstIsAnswered => {
            let notice = tell(bench, submission, Outcome::Returned).await;
            let other = repair(bench, &first, 2, none).await;
            assert_eq!(other.submit(bench, &bench.office).await.status, 202);
            tell(bench, submission, Outcome::Returned).await;
            return repair(bench, &first, 3, json!({ "notice": notice })).await;
        }
        Standing::ReturnedAndARevisionIsLeftOut => {
            tell(bench, submission, Outcome::Returned).await;
            return repair(bench, &first, 3, none).await;
        }
        Standing::ReturnedAndAnotherOfficesNumberIsNamed => {
            tell(bench, submission, Outcome::Returned).await;
            let foreign = Dossier::new(&bench.neighbour.office);
            foreign.upload(bench, &bench.neighbour).await;
            let foreign = foreign.submit(bench, &bench.neighbour).await;
            let number = &foreign.json["registration_number"];
            return repair(bench, &first, 2, json!({ "registration_number": number })).await;
        }
        Standing::ReturnedAndAnotherOfficesScanIsNamed => {
            tell(bench, submission, Outcome::Returned).await;
            let mut spoilt = Dossier::new(&bench.office.office);
            spoilt.upload(bench, &bench.neighbour).await;
            spoilt.manifest["sender_id"] = first.manifest["sender_id"].clone();
            spoilt.manifest["revision"] = json!(2);
            return spoilt;
        }
    }
    repair(bench, &first, 2, none).await
}

async fn number(bench: &Bench<'_>, submission: SubmissionId) -> String {
    bench.app.store.submission(submission).await.unwrap().unwrap().registration_number.to_string()
}

/// Sends the repair; the first coded reason, and the revision that is expected instead.
async fn refused(bench: &Bench<'_>, way: Way, repair: &Dossier) -> (String, Option<i64>) {
    let told = match way {
        Way::Http => {
            let answer = repair.submit(bench, &bench.office).await;
            assert!([409, 422].contains(&answer.status.as_u16()), "{answer:?}");
            answer.json["errors"][0].clone()
        }
        Way::Amqp => {
            let before = bench.told(&bench.office).await.len();
            repair.publish(bench, &bench.office).await;
            let told = bench.wait_until_told(&bench.office, before + 1).await;
            assert_eq!(told[before].kind, "id.berkas.rejected.v1");
            told[before].data["reasons"][0].clone()
        }
    };
    (told["code"].as_str().unwrap().to_owned(), told["expected_revision"].as_i64())
}

#[rstest]
#[case(Standing::NeverSent, "not_found", None)]
#[case(Standing::UnderWay, "not_returned", None)]
#[case(Standing::Parked, "not_returned", None)]
#[case(Standing::DecidedAndNotTold, "not_returned", None)]
#[case(Standing::Passed, "already_final", None)]
#[case(Standing::Refused, "already_final", None)]
#[case(Standing::Withdrawn, "already_final", None)]
#[case(Standing::RepairedByAColleague, "already_repaired", None)]
#[case(Standing::RepairedByAColleagueAndReturnedAgain, "already_repaired", Some(3))]
#[case(Standing::ReturnedTwiceAndTheFirstIsAnswered, "older_revision", Some(3))]
#[case(Standing::ReturnedAndARevisionIsLeftOut, "revision_unexpected", Some(2))]
#[case(Standing::ReturnedAndAnotherOfficesNumberIsNamed, "not_found", None)]
#[case(Standing::ReturnedAndAnotherOfficesScanIsNamed, "blob_missing", None)]
fn each_state_has_one_answer_to_a_repair_at_both_doors_and_is_not_changed_by_it(
    #[case] standing: Standing,
    #[case] code: &str,
    #[case] expected: Option<i64>,
    #[values(Way::Amqp, Way::Http)] way: Way,
) {
    on_bench(&[], async |bench| {
        let repair = prepare(bench, standing).await;
        let sender = repair.manifest["sender_id"].as_str().unwrap().parse().unwrap();
        let stands = async || {
            let found = bench.app.store.find_submission(&bench.office.office, Some(sender), None).await;
            found.unwrap().map(|found| (found.stage, found.generation, found.revision))
        };
        let before = stands().await;
        let consumer = (way == Way::Amqp).then(|| bench.start_consumer());
        assert_eq!(refused(bench, way, &repair).await, (code.to_owned(), expected));
        assert_eq!(stands().await, before);
        bench.shutdown.cancel();
        if let Some(consumer) = consumer {
            consumer.await.unwrap();
        }
        assert!(bench.app.store.neraca().await.unwrap().balances());
    });
}

#[test]
fn a_repair_after_its_due_day_is_late_and_taken() {
    on_http(&[], async |bench| {
        let (dossier, _, submission) = handed_in(bench).await;
        let notice = tell(bench, submission, Outcome::Returned).await;
        bench.clock.advance(TimeDelta::weeks(5));
        let late = repair(bench, &dossier, 2, json!({ "notice": notice })).await;
        assert_eq!(late.submit(bench, &bench.office).await.status, 202);
    });
}

#[test]
fn of_two_clerks_who_repair_at_once_through_both_doors_one_is_taken_and_the_other_is_told() {
    on_bench(&[], async |bench| {
        let (dossier, _, submission) = handed_in(bench).await;
        let notice = tell(bench, submission, Outcome::Returned).await;
        let first = repair(bench, &dossier, 2, json!({ "notice": notice })).await;
        let second = repair(bench, &dossier, 2, json!({ "notice": notice })).await;
        let before = bench.told(&bench.office).await.len();
        let _consumer = bench.start_consumer();
        let (answer, ()) =
            tokio::join!(first.submit(bench, &bench.office), second.publish(bench, &bench.office));
        let told = if answer.status == 202 {
            let told = bench.wait_until_told(&bench.office, before + 2).await;
            let refusal = told.iter().find(|notice| notice.kind == "id.berkas.rejected.v1").unwrap();
            refusal.data["reasons"][0].clone()
        } else {
            bench.wait_until_told(&bench.office, before + 1).await;
            answer.json["errors"][0].clone()
        };
        assert_eq!(told["code"], "already_repaired");
        let stands = bench.app.store.submission(submission).await.unwrap().unwrap();
        assert_eq!((stands.stage, stands.revision), (Stage::Received, Revision(2)));
        assert!(bench.app.store.neraca().await.unwrap().balances());
    });
}

#[rstest]
fn what_was_returned_can_be_given_up_at_both_doors_and_is_final_then(
    #[values(Way::Amqp, Way::Http)] way: Way,
) {
    on_bench(&[], async |bench| {
        let (dossier, _, submission) = handed_in(bench).await;
        let notice = tell(bench, submission, Outcome::Returned).await;
        let path = format!("/api/v1/submissions/{}", number(bench, submission).await);
        let consumer = (way == Way::Amqp).then(|| bench.start_consumer());
        for _ in 0..2 {
            match way {
                Way::Http => {
                    let request = json!({ "revision": 1, "reason": "duplicate" }).to_string();
                    let withdrawal = format!("{path}/withdrawal");
                    let done = bench.call(&bench.office, Method::POST, &withdrawal, request).await;
                    assert_eq!((done.status.as_u16(), &done.json["stage"]), (200, &json!("withdrawn")));
                }
                Way::Amqp => {
                    let sender = &dossier.manifest["sender_id"];
                    let data =
                        json!({ "dossier": { "sender_id": sender }, "revision": 1, "reason": "duplicate" });
                    let body = envelope::<Withdrawal>(&bench.office.office, &data);
                    let key = names::withdrawal_key(&bench.office.office);
                    bench.publish(&bench.office, &key, body).await;
                }
            }
        }
        wait_until(async || {
            let status = bench.call(&bench.office, Method::GET, &path, Body::empty()).await;
            status.json["stage"] == "withdrawn"
        })
        .await;
        let told = bench.told(&bench.office).await;
        let returned = told.iter().find(|item| item.id == notice).unwrap();
        assert!(returned.acknowledged_at.is_some(), "who gives it up has read why it came back");
        let late = repair(bench, &dossier, 2, json!(null)).await;
        assert_eq!(refused(bench, Way::Http, &late).await.0, "already_final");
        bench.shutdown.cancel();
        if let Some(consumer) = consumer {
            consumer.await.unwrap();
        }
        let audited = bench.app.store.audited("submission.withdrawn", &submission.to_string()).await.unwrap();
        assert_eq!(audited, 1);
        assert!(bench.app.store.neraca().await.unwrap().balances());
    });
}

#[test]
fn of_a_repair_and_a_withdrawal_that_cross_one_finds_the_other_done() {
    on_http(&[], async |bench| {
        for _ in 0..8 {
            let (dossier, _, submission) = handed_in(bench).await;
            tell(bench, submission, Outcome::Returned).await;
            let repair = repair(bench, &dossier, 2, json!(null)).await;
            let path = format!("/api/v1/submissions/{}/withdrawal", number(bench, submission).await);
            let request = json!({ "revision": 1, "reason": "other" }).to_string();
            let (repaired, withdrawn) = tokio::join!(
                repair.submit(bench, &bench.office),
                bench.call(&bench.office, Method::POST, &path, request)
            );
            let stands = bench.app.store.submission(submission).await.unwrap().unwrap();
            if withdrawn.status == 200 {
                assert_eq!(repaired.faults(), (409, vec![("/revision", "already_final")]));
                assert_eq!((stands.stage, stands.revision), (Stage::Withdrawn, Revision(1)));
            } else {
                assert_eq!(withdrawn.faults(), (409, vec![("/revision", "revision_unexpected")]));
                assert_eq!(repaired.status, 202);
                assert_eq!((stands.stage, stands.revision), (Stage::Received, Revision(2)));
            }
            assert!(bench.app.store.neraca().await.unwrap().balances());
        }
    });
}

#[rstest]
#[case(Outcome::Passed)]
#[case(Outcome::Refused)]
fn what_passed_or_was_refused_cannot_be_taken_back(#[case] outcome: Outcome) {
    on_http(&[], async |bench| {
        let (_, accepted, submission) = handed_in(bench).await;
        tell(bench, submission, outcome).await;
        let path = accepted.headers["location"].to_str().unwrap();
        let refused = bench.call(&bench.office, Method::DELETE, path, Body::empty()).await;
        assert_eq!((refused.status.as_u16(), &refused.json["code"]), (409, &"too_late".into()));
    });
}
