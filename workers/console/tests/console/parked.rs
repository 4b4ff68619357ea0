//! What is parked, and what an operator does about it.

use axum::http::Method;
use berkas_domain::{Outcome, Sha256Hash, Stage};
use berkas_store::{UnreadableMessage, UserRole};
use rstest::rstest;
use uuid::Uuid;

use crate::support::Bench;

#[rstest]
#[case(UserRole::Verifier)]
#[case(UserRole::Supervisor)]
#[case(UserRole::Viewer)]
#[tokio::test]
async fn only_an_operator_may_act_on_what_is_parked(#[case] role: UserRole) {
    let bench = Bench::new().await;
    let cookie = bench.signed_in("ani", role).await;
    let (_, id) = bench.parked().await;
    for act in ["replay", "return", "discard"] {
        for path in [format!("/api/v1/parked/{id}/{act}"), format!("/console/parked/{id}/{act}")] {
            bench.call(Method::POST, &path, &cookie, "{}").await.is(403);
        }
        bench.call(Method::POST, &format!("/api/v1/parked/{id}/{act}"), "", "{}").await.is(401);
    }
    assert_eq!(bench.store.parked_count(false).await.unwrap(), 1);
}

#[tokio::test]
async fn a_replay_makes_the_step_due_again_and_is_written_down() {
    let bench = Bench::new().await;
    let cookie = bench.signed_in("ani", UserRole::Operator).await;
    let (submission, id) = bench.parked().await;
    let page = bench.call(Method::GET, "/console", &cookie, "").await.is(200).text;
    assert!(page.contains("file_corrupt") && page.contains("page 2 cannot be decoded"));
    let answer = bench.call(Method::POST, &format!("/console/parked/{id}/replay"), &cookie, "").await.is(303);
    assert_eq!(answer.location, "/console#parked");
    assert_eq!(bench.store.parked_count(false).await.unwrap(), 0);
    assert!(!bench.store.submission(submission).await.unwrap().unwrap().parked);
    assert_eq!(bench.store.due_count().await.unwrap(), 1);
    assert_eq!(bench.store.audited("parked.replayed", &id.to_string()).await.unwrap(), 1);
    bench.call(Method::POST, &format!("/api/v1/parked/{id}/replay"), &cookie, "").await.is(404);
}

#[tokio::test]
async fn a_return_answers_the_office_with_a_code() {
    let bench = Bench::new().await;
    let cookie = bench.signed_in("ani", UserRole::Operator).await;
    let (submission, id) = bench.parked().await;
    bench
        .call(Method::POST, &format!("/api/v1/parked/{id}/return"), &cookie, r#"{"code": "x"}"#)
        .await
        .is(400);
    let path = format!("/console/parked/{id}/return");
    bench.call(Method::POST, &path, &cookie, "code=TIDAK_TERBACA").await.is(303);
    let stored = bench.store.submission(submission).await.unwrap().unwrap();
    assert_eq!((stored.stage, stored.outcome), (Stage::Decided, Some(Outcome::Returned)));
    let decision = bench.store.decision_for_notice(submission).await.unwrap().unwrap();
    assert_eq!(decision.reasons[0]["code"], "TIDAK_TERBACA");
}

#[tokio::test]
async fn an_unreadable_message_can_only_be_discarded() {
    let bench = Bench::new().await;
    let cookie = bench.signed_in("ani", UserRole::Operator).await;
    let message = UnreadableMessage {
        source: "intake".into(),
        code: "not_json",
        detail: "the body is not JSON".into(),
        body: b"\x00".to_vec(),
        hash: Sha256Hash::of(b"\x00"),
    };
    bench.store.park_message(&message, berkas_domain::Clock::now(&bench.clock)).await.unwrap();
    let id: Uuid = bench.store.parked(1).await.unwrap()[0].id;
    let answer = bench.call(Method::POST, &format!("/api/v1/parked/{id}/replay"), &cookie, "").await;
    assert!(matches!(answer.status.as_u16(), 404 | 409), "{}", answer.text);
    let page = bench.call(Method::GET, "/console", &cookie, "").await.text;
    assert!(page.contains("pesan tak terbaca") && !page.contains(&format!("{id}/replay")));
    bench.call(Method::POST, &format!("/console/parked/{id}/discard"), &cookie, "").await.is(303);
    assert_eq!(bench.store.parked_count(false).await.unwrap(), 0);
}
