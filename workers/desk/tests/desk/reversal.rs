//! Reversing what an office was told.

use berkas_contract::{Decision, Event as _};
use berkas_domain::{Clock as _, Generation, NoticeId, Outcome, Stage, Step, SubmissionId};
use berkas_store::{Effect, Settled, Settlement, UserRole, WorkRef};
use rstest::rstest;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Answer, Bench, Person};

/// Pulls the only task and lets it pass; its path and token.
pub(crate) async fn pass(verifier: &Person<'_>) -> (String, i64) {
    let (task, fence) = verifier.pull().await;
    let body = json!({ "outcome": "passed", "all_valid": true, "fence": fence });
    verifier.post(&format!("{task}/decision"), body).await.is(200);
    (task, fence)
}

/// Makes the notice of the decision that stands, as the notification worker does when the hold is over.
pub(crate) async fn tell(bench: &Bench, submission: SubmissionId) -> NoticeId {
    let decided = bench.store.decision_for_notice(submission).await.unwrap().unwrap();
    let generation = bench.store.submission(submission).await.unwrap().unwrap().generation;
    let id = NoticeId(Uuid::now_v7());
    let notice = Effect::Notice { id, decision: decided.decision, kind: Decision::TYPE, data: json!({}) };
    let settled = Settled::Advance { to: Stage::Noticed, not_before: None, effects: vec![notice] };
    let work = WorkRef { submission, step: Step::Notification, generation };
    let settlement = Settlement { work, settled, trace: None };
    let applied = bench.store.settle(vec![settlement], bench.clock.now()).await.unwrap();
    assert!(applied.stale.is_empty());
    id
}

pub(crate) async fn number(bench: &Bench, submission: SubmissionId) -> String {
    bench.store.submission(submission).await.unwrap().unwrap().registration_number.to_string()
}

fn refusal() -> Value {
    let reasons = json!([{ "code": "BUKAN_ASLI", "document": 1, "page": 2 }]);
    json!({ "revision": 1, "reason": "overlooked", "outcome": "refused", "reasons": reasons })
}

/// Reverses what the history shows now; `path` is that of the submission in the API.
pub(crate) async fn reverse(head: &Person<'_>, path: &str, mut body: Value) -> Answer {
    let history = head.get(&format!("{path}/history")).await.is(200);
    let fence = history.json()["fence"].clone();
    assert_eq!(history.header("etag"), format!("\"{fence}\""));
    body["fence"] = fence;
    head.post(&format!("{path}/reversal"), body).await
}

#[tokio::test]
async fn a_supervisor_reverses_what_was_told_and_the_history_shows_both() {
    let bench = Bench::new().await;
    let submission = bench.dossier(1).await;
    let (verifier, head) = (bench.verifier("wati").await, bench.person("rini", UserRole::Supervisor).await);
    let (task, fence) = pass(&verifier).await;
    let path = format!("/api/v1/submissions/{}", number(&bench, submission).await);
    let (reversal, history) = (format!("{path}/reversal"), format!("{path}/history"));
    assert_eq!(reverse(&head, &path, refusal()).await.is(409).code(), "not_told", "the hold is not over");
    let first = tell(&bench, submission).await;

    verifier.post(&reversal, refusal()).await.is(403);
    assert_eq!(head.post(&reversal, refusal()).await.is(428).code(), "fence_missing");
    reverse(&head, &path, refusal()).await.is(204);
    let stands = bench.store.decision_for_notice(submission).await.unwrap().unwrap();
    assert_eq!((stands.outcome, stands.corrects), (Outcome::Refused, Some(first)));
    assert_eq!(stands.reasons[0]["kind"], "kk", "the paper is named");
    let undo = verifier.post(&format!("{task}/undo"), json!({ "fence": fence })).await.is(409);
    assert_eq!(undo.code(), "nothing_to_undo", "it is not the verifier's decision any more");
    assert_eq!(
        reverse(&head, &path, refusal()).await.is(409).code(),
        "not_told",
        "the correction is under way"
    );
    let correction = tell(&bench, submission).await;

    let seen = head.get(&history).await.is(200).json();
    let outcomes: Vec<&Value> =
        seen["decisions"].as_array().unwrap().iter().map(|one| &one["outcome"]).collect();
    assert_eq!(outcomes, [&json!("passed"), &json!("refused")]);
    assert_eq!(seen["decisions"][0]["reversal_reason"], "overlooked");
    assert_eq!(seen["decisions"][1]["replaces"], seen["decisions"][0]["id"]);
    let told = seen["notices"].as_array().unwrap();
    assert_eq!((&told[2]["id"], &told[2]["corrects"]), (&json!(correction), &json!(first)));
    let stages: Vec<&str> =
        seen["stages"].as_array().unwrap().iter().map(|one| one["stage"].as_str().unwrap()).collect();
    assert_eq!(stages[stages.len() - 4..], ["decided", "noticed", "decided", "noticed"]);
    assert!(bench.store.neraca().await.unwrap().balances());
    assert_eq!(bench.store.audited("decision.reversed", &submission.to_string()).await.unwrap(), 1);

    // Whoever reads the correction has read what it corrects.
    bench.store.acknowledge(&bench.office, correction, bench.clock.now()).await.unwrap();
    assert_eq!(bench.store.unacknowledged_count().await.unwrap(), 0);
    let again = reverse(&head, &path, refusal()).await.is(422).json();
    assert_eq!(again["errors"][0]["code"], "nothing_changes");
}

#[tokio::test]
async fn a_page_shows_the_history_and_reverses_too() {
    let bench = Bench::new().await;
    let submission = bench.dossier(1).await;
    let (verifier, head) = (bench.verifier("wati").await, bench.person("rini", UserRole::Supervisor).await);
    pass(&verifier).await;
    let page = format!("/desk/submissions/{}", number(&bench, submission).await);
    let found =
        head.get(&format!("/desk/submissions?number={}", number(&bench, submission).await)).await.is(303);
    assert_eq!(found.header("location"), page);
    assert!(!head.get(&page).await.is(200).text().contains("/reversal"), "the hold is not over");
    tell(&bench, submission).await;
    assert!(head.get(&page).await.is(200).text().contains("/reversal"));
    let fields = "revision=1&reason=misjudged&outcome=returned&codes=TIDAK_TERBACA";
    head.form(&format!("{page}/reversal"), fields).await.is(400);
    let fence = bench.store.submission(submission).await.unwrap().unwrap().generation;
    let fields = format!("{fields}&fence={fence}");
    let reversed = head.form(&format!("{page}/reversal"), &fields).await.is(303);
    assert_eq!(reversed.header("location"), page);
    let shown = head.get(&page).await.is(200).text();
    assert!(
        shown.contains("Dibatalkan") && shown.contains("Dokumen dinilai keliru") && shown.contains("Berlaku")
    );
    verifier.get(&page).await.is(403);
}

#[tokio::test]
async fn who_has_not_seen_a_colleagues_reversal_reverses_nothing() {
    let bench = Bench::new().await;
    let submission = bench.dossier(1).await;
    let (rini, heru) =
        (bench.person("rini", UserRole::Supervisor).await, bench.person("heru", UserRole::Supervisor).await);
    pass(&bench.verifier("wati").await).await;
    tell(&bench, submission).await;
    let path = format!("/api/v1/submissions/{}", number(&bench, submission).await);
    let mut late = json!({ "revision": 1, "reason": "misjudged", "outcome": "returned", "reasons": [{ "code": "GANDA" }] });
    late["fence"] = heru.get(&format!("{path}/history")).await.is(200).json()["fence"].clone();
    reverse(&rini, &path, refusal()).await.is(204);
    tell(&bench, submission).await;
    let answer = heru.post(&format!("{path}/reversal"), late.clone()).await.is(409);
    assert_eq!(answer.code(), "decision_changed");
    let stands = bench.store.submission(submission).await.unwrap().unwrap();
    assert_eq!((stands.stage, stands.outcome), (Stage::Noticed, Some(Outcome::Refused)));
    // Having looked, they may.
    reverse(&heru, &path, late).await.is(204);
}

#[rstest]
#[case::another_revision(json!({ "revision": 2 }), 409, "revision_unexpected")]
#[case::a_pass_with_reasons(json!({ "outcome": "passed" }), 422, "invalid")]
#[case::a_return_without(json!({ "outcome": "returned", "reasons": [] }), 422, "invalid")]
#[case::a_paper_that_is_not_there(json!({ "reasons": [{ "code": "GANDA", "document": 9 }] }), 422, "invalid")]
#[case::no_reason(json!({ "reason": "mood" }), 400, "malformed")]
#[tokio::test]
async fn a_reversal_that_cannot_be_is_refused_and_changes_nothing(
    #[case] changed: Value,
    #[case] status: u16,
    #[case] code: &str,
) {
    let bench = Bench::new().await;
    let submission = bench.dossier(1).await;
    let (verifier, head) = (bench.verifier("wati").await, bench.person("rini", UserRole::Supervisor).await);
    pass(&verifier).await;
    tell(&bench, submission).await;
    let mut body = refusal();
    body.as_object_mut().unwrap().extend(changed.as_object().unwrap().clone());
    let path = format!("/api/v1/submissions/{}", number(&bench, submission).await);
    let answer = reverse(&head, &path, body).await;
    assert_eq!(answer.code(), code, "{}", answer.text());
    answer.is(status);
    let stands = bench.store.submission(submission).await.unwrap().unwrap();
    assert_eq!((stands.stage, stands.outcome), (Stage::Noticed, Some(Outcome::Passed)));
    assert!(stands.generation > Generation(0));
}
