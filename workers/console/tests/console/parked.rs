//! What is parked, and what an operator does about it.

use axum::http::Method;
use berkas_domain::{Outcome, Revision, Sha256Hash, Stage};
use berkas_store::{UnreadableMessage, UserRole, note_place};
use rstest::rstest;
use serde_json::json;
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
async fn something_else_is_returned_only_with_a_note_that_says_what() {
    let bench = Bench::new().await;
    let cookie = bench.signed_in("ani", UserRole::Operator).await;
    let (submission, id) = bench.parked().await;
    let (api, form) = (format!("/api/v1/parked/{id}/return"), format!("/console/parked/{id}/return"));
    for (body, fault) in [
        (json!({ "code": "LAINNYA" }), "note_needed"),
        (json!({ "code": "LAINNYA", "note": " " }), "note_needed"),
        (json!({ "code": "TIDAK_TERBACA", "note": "NIK 3517094105909001" }), "number"),
    ] {
        let answer = bench.call(Method::POST, &api, &cookie, &body.to_string()).await.is(422);
        assert_eq!(answer.json()["errors"][0]["pointer"], "/note");
        assert_eq!(answer.json()["errors"][0]["code"], fault);
        assert!(!answer.text.contains("3517094105909001"), "{}", answer.text);
    }
    let refused = bench.call(Method::POST, &form, &cookie, "code=LAINNYA&note=").await.is(422).text;
    assert!(refused.contains("Catatan masih kosong"), "{refused}");
    assert_eq!(bench.store.parked_count(false).await.unwrap(), 1);

    bench.call(Method::POST, &form, &cookie, "code=LAINNYA&note=Cap+desa%0D%0Atidak+ada").await.is(303);
    let decision = bench.store.decision_for_notice(submission).await.unwrap().unwrap();
    assert_eq!(decision.reasons[0]["code"], "LAINNYA");
    let sealed = bench.store.note_on(submission).await.unwrap().unwrap();
    let said = b"Cap desa tidak ada";
    assert!(!sealed.windows(said.len()).any(|part| part == said), "it lies in the clear");
    let note = bench.seal.open(&note_place(submission, Revision(1)), &sealed).unwrap();
    assert_eq!(note, said);
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
