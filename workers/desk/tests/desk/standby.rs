//! Waiting for the central register before a decision, and for blanks after it.

use std::collections::BTreeSet;

use berkas_domain::{Clock as _, Outcome, Stage, StandbyKind, SubmissionId};
use berkas_store::{UserRole, Withdrawing, Withdrawn};
use chrono::TimeDelta;
use rstest::rstest;
use serde_json::{Value, json};

use crate::reversal::{number, pass, tell};
use crate::support::{Bench, Person};

/// Brings back what is due, as the pool's keeper does.
async fn keep(bench: &Bench) -> usize {
    let now = bench.clock.now();
    bench.store.bring_back_tasks(now + TimeDelta::minutes(30), now).await.unwrap()
}

async fn standbys(person: &Person<'_>) -> Vec<Value> {
    let seen = person.get("/api/v1/standbys").await.is(200).json();
    seen["standbys"].as_array().unwrap().clone()
}

/// What the office was told of standbys, the first first.
async fn told(bench: &Bench) -> Vec<Value> {
    let mut told = bench.store.inbox(&bench.office, false, 100).await.unwrap();
    told.reverse();
    let of_standby = told.into_iter().filter(|item| item.kind == "id.berkas.standby.v1");
    of_standby.map(|item| item.data).collect()
}

async fn stage(bench: &Bench, submission: SubmissionId) -> Stage {
    bench.store.submission(submission).await.unwrap().unwrap().stage
}

/// A verifier's passed and told submission: its path in the API.
async fn passed(bench: &Bench, verifier: &Person<'_>) -> (SubmissionId, String) {
    let submission = bench.dossier(1).await;
    pass(verifier).await;
    tell(bench, submission).await;
    (submission, format!("/api/v1/submissions/{}/standby", number(bench, submission).await))
}

#[tokio::test]
async fn a_task_that_waits_for_the_register_leaves_the_pool_and_comes_back_to_who_knows_it() {
    let bench = Bench::new().await;
    let submission = bench.dossier(1).await;
    let (ani, budi) = (bench.verifier("ani").await, bench.verifier("budi").await);
    let (task, fence) = ani.pull().await;
    ani.put(&format!("{task}/documents/0"), json!({"verdict": "valid", "fence": fence})).await.is(204);
    let path = format!("{task}/set-aside");
    ani.post(&path, json!({"fence": fence, "back_on": "2026-11-26"})).await.is(204);
    ani.post(&path, json!({"fence": fence, "back_on": "2026-11-26"})).await.is(204);
    assert_eq!(stage(&bench, submission).await, Stage::Waiting);
    for person in [&ani, &budi] {
        person.post("/api/v1/tasks/next", json!({})).await.is(204);
    }
    let seen = standbys(&budi).await;
    assert_eq!(seen.len(), 1, "a copy of the act is the same act");
    assert_eq!((&seen[0]["kind"], &seen[0]["back_at"]), (&json!("register"), &json!("2026-11-25T17:00:00Z")));
    assert_eq!((&seen[0]["due"], &seen[0]["may_end"]), (&json!(false), &json!(false)));
    assert!(bench.store.neraca().await.unwrap().balances(), "nothing is missing while it waits");
    assert_eq!(bench.store.audited("task.set_aside", task.rsplit('/').next().unwrap()).await.unwrap(), 1);

    // Its clock goes on.
    bench.clock.advance(TimeDelta::hours(7));
    assert_eq!(bench.store.overdue_tasks(bench.clock.now()).await.unwrap(), 1);
    assert_eq!(keep(&bench).await, 0, "its day has not come");
    bench.clock.advance(TimeDelta::hours(33));
    let (ani, budi) = (bench.sign_in("ani").await, bench.sign_in("budi").await);
    assert_eq!((keep(&bench).await, keep(&bench).await), (1, 0));
    budi.post("/api/v1/tasks/next", json!({})).await.is(204);
    let (again, fence) = ani.pull().await;
    assert_eq!(again, task);
    let shown = ani.get(&task).await.is(200).json();
    assert_eq!(shown["draft"]["documents"]["0"]["verdict"], "valid", "what was said is kept as a draft");
    assert!(standbys(&ani).await.is_empty());
    assert_eq!(stage(&bench, submission).await, Stage::Assigned, "nothing was decided by waiting");
    ani.post(&format!("{task}/decision"), json!({"outcome": "passed", "all_valid": true, "fence": fence}))
        .await
        .is(200);
}

#[tokio::test]
async fn without_a_day_a_task_is_back_after_an_office_day() {
    let bench = Bench::new().await;
    bench.dossier(1).await;
    let ani = bench.verifier("ani").await;
    let (task, fence) = ani.pull().await;
    ani.post(&format!("{task}/set-aside"), json!({ "fence": fence })).await.is(204);
    assert_eq!(standbys(&ani).await[0]["back_at"], "2026-11-25T01:00:00Z");
}

#[tokio::test]
async fn who_set_a_task_aside_or_a_supervisor_puts_it_back_and_a_late_copy_ends_no_later_one() {
    let bench = Bench::new().await;
    bench.dossier(1).await;
    let (ani, budi) = (bench.verifier("ani").await, bench.verifier("budi").await);
    let head = bench.person("rini", UserRole::Supervisor).await;
    let (task, fence) = ani.pull().await;
    ani.post(&format!("{task}/set-aside"), json!({ "fence": fence })).await.is(204);
    let first = standbys(&ani).await[0]["id"].as_str().unwrap().to_owned();
    let end = format!("/api/v1/standbys/{first}/end");
    budi.post(&end, json!({})).await.is(403);
    head.post(&end, json!({})).await.is(204);
    let (_, fence) = ani.pull().await;
    ani.post(&format!("{task}/set-aside"), json!({ "fence": fence })).await.is(204);
    ani.post(&end, json!({})).await.is(204);
    assert_eq!(standbys(&ani).await.len(), 1, "the one that was named had ended before");
    let answer = ani.post(&format!("{task}/decision"), json!({"outcome": "passed", "fence": fence})).await;
    assert_eq!(answer.is(409).code(), "lease_lost");
}

#[rstest]
#[case("2026-11-24")]
#[case("2027-03-01")]
#[tokio::test]
async fn a_day_that_is_past_or_too_far_is_refused(#[case] day: &str) {
    let bench = Bench::new().await;
    bench.dossier(1).await;
    let ani = bench.verifier("ani").await;
    let (task, fence) = ani.pull().await;
    let answer =
        ani.post(&format!("{task}/set-aside"), json!({"fence": fence, "back_on": day})).await.is(422);
    assert_eq!(answer.json()["errors"][0]["code"], "out_of_range");
    ani.get(&task).await.is(200);
}

#[tokio::test]
async fn what_is_set_aside_can_be_withdrawn_and_does_not_come_back() {
    let bench = Bench::new().await;
    let submission = bench.dossier(1).await;
    let ani = bench.verifier("ani").await;
    let (task, fence) = ani.pull().await;
    ani.post(&format!("{task}/set-aside"), json!({ "fence": fence })).await.is(204);
    let now = bench.clock.now();
    let withdrawn = bench.store.withdraw(&Withdrawing::latest(&bench.office, submission), now).await.unwrap();
    assert_eq!(withdrawn, Withdrawn::Now);
    assert!(standbys(&ani).await.is_empty());
    bench.clock.advance(TimeDelta::days(3));
    assert_eq!(keep(&bench).await, 0);
    let ani = bench.sign_in("ani").await;
    ani.post("/api/v1/tasks/next", json!({})).await.is(204);
    assert!(bench.store.neraca().await.unwrap().balances());
}

#[tokio::test]
async fn what_passed_waits_for_blanks_and_its_office_is_told_each_change_once() {
    let bench = Bench::new().await;
    let ani = bench.verifier("ani").await;
    let (submission, path) = passed(&bench, &ani).await;
    for _ in 0..2 {
        ani.put(&path, json!({"revision": 1})).await.is(204);
    }
    for _ in 0..2 {
        ani.put(&path, json!({"revision": 1, "back_on": "2026-12-10"})).await.is(204);
    }
    let seen = standbys(&ani).await;
    assert_eq!((seen.len(), &seen[0]["kind"], &seen[0]["may_end"]), (1, &json!("akta_blanks"), &json!(true)));
    bench.clock.advance(TimeDelta::days(16));
    let ani = bench.sign_in("ani").await;
    assert_eq!(standbys(&ani).await[0]["due"], true, "due for another look");
    assert_eq!(stage(&bench, submission).await, Stage::Noticed);
    let end = format!("/api/v1/standbys/{}/end", seen[0]["id"].as_str().unwrap());
    let (first, second) = tokio::join!(ani.post(&end, json!({})), ani.post(&end, json!({})));
    first.is(204);
    second.is(204);

    let told = told(&bench).await;
    let states: Vec<_> = told.iter().map(|one| (&one["state"], &one["back_at"])).collect();
    let (waiting, over, none) = (json!("waiting"), json!("over"), Value::Null);
    let (week, named) = (json!("2026-12-01T01:00:00Z"), json!("2026-12-09T17:00:00Z"));
    assert_eq!(states, [(&waiting, &week), (&waiting, &named), (&over, &none)]);
    assert!(told.iter().all(|one| one["waits_for"] == "akta_blanks" && one["revision"] == 1));
    let timeline = bench.store.timeline(submission).await.unwrap();
    let sequences: BTreeSet<_> = timeline.notices.iter().map(|notice| notice.sequence).collect();
    assert_eq!(sequences.len(), timeline.notices.len(), "each in its place");
    assert_eq!(timeline.standbys[0].end_reason.as_deref(), Some("arrived"));
    assert!(bench.store.neraca().await.unwrap().balances());
    for (action, times) in [("standby.blanks_missing", 2), ("standby.ended", 1)] {
        assert_eq!(bench.store.audited(action, &submission.to_string()).await.unwrap(), times);
    }
}

#[tokio::test]
async fn only_what_passed_and_was_told_waits_for_blanks() {
    let bench = Bench::new().await;
    let submission = bench.dossier(1).await;
    let ani = bench.verifier("ani").await;
    let path = format!("/api/v1/submissions/{}/standby", number(&bench, submission).await);
    assert_eq!(ani.put(&path, json!({"revision": 1})).await.is(409).code(), "not_passed");
    pass(&ani).await;
    assert_eq!(ani.put(&path, json!({"revision": 1})).await.is(409).code(), "not_passed", "within the hold");
    tell(&bench, submission).await;
    assert_eq!(ani.put(&path, json!({"revision": 2})).await.is(409).code(), "revision_unexpected");
    ani.put("/api/v1/submissions/351709-261124-9999-0/standby", json!({"revision": 1})).await.is(404);
    assert!(told(&bench).await.is_empty());
}

#[tokio::test]
async fn a_reversal_ends_the_waiting_and_the_correction_says_what_counts() {
    let bench = Bench::new().await;
    let ani = bench.verifier("ani").await;
    let head = bench.person("rini", UserRole::Supervisor).await;
    let (submission, path) = passed(&bench, &ani).await;
    ani.put(&path, json!({"revision": 1})).await.is(204);
    let id = standbys(&ani).await[0]["id"].as_str().unwrap().to_owned();
    let reasons = json!([{ "code": "BUKAN_ASLI", "document": 1 }]);
    let reversal = json!({"revision": 1, "reason": "overlooked", "outcome": "refused", "reasons": reasons});
    crate::reversal::reverse(&head, path.trim_end_matches("/standby"), reversal).await.is(204);
    assert_eq!(bench.store.standby_of(submission).await.unwrap(), None);
    ani.post(&format!("/api/v1/standbys/{id}/end"), json!({})).await.is(204);
    assert_eq!(told(&bench).await.len(), 1, "no blanks are announced for what was refused");
    tell(&bench, submission).await;
    assert_eq!(ani.put(&path, json!({"revision": 1})).await.is(409).code(), "not_passed");
    let stands = bench.store.submission(submission).await.unwrap().unwrap();
    assert_eq!(stands.outcome, Some(Outcome::Refused));
}

#[tokio::test]
async fn the_figures_count_what_waits_by_what_it_waits_for() {
    let bench = Bench::new().await;
    let ani = bench.verifier("ani").await;
    let (_, path) = passed(&bench, &ani).await;
    ani.put(&path, json!({"revision": 1})).await.is(204);
    bench.dossier(2).await;
    let (task, fence) = ani.pull().await;
    ani.post(&format!("{task}/set-aside"), json!({ "fence": fence })).await.is(204);
    let counts = bench.store.standby_counts(bench.clock.now() + TimeDelta::days(2)).await.unwrap();
    let counts: Vec<_> = counts.iter().map(|of| (of.kind, of.count, of.due)).collect();
    assert_eq!(
        counts,
        [(StandbyKind::Register, 1, 1), (StandbyKind::KtpBlanks, 0, 0), (StandbyKind::AktaBlanks, 1, 0)]
    );
}

#[tokio::test]
async fn the_pages_do_the_same() {
    let bench = Bench::new().await;
    let ani = bench.verifier("ani").await;
    let (submission, _) = passed(&bench, &ani).await;
    let number = number(&bench, submission).await;
    ani.form("/desk/standbys", &format!("number={number}&back_on=")).await.is(303);
    bench.dossier(2).await;
    let (task, fence) = ani.pull().await;
    let page = task.replace("/api/v1", "/desk");
    assert!(ani.get(&page).await.is(200).text().contains("Tunggu pusat"));
    ani.form(&format!("{page}/set-aside"), &format!("fence={fence}&back_on=2026-11-26")).await.is(303);
    let shown = ani.get("/desk/standbys").await.is(200).text();
    assert!(
        shown.contains(&number)
            && shown.contains("Blanko sudah ada")
            && shown.contains("Kembalikan ke antrean")
    );
    for standby in standbys(&ani).await {
        let end = format!("/desk/standbys/{}/end", standby["id"].as_str().unwrap());
        ani.form(&end, "").await.is(303);
    }
    assert!(standbys(&ani).await.is_empty());
    ani.form("/desk/standbys", "number=hello").await.is(404);
    let head = bench.person("rini", UserRole::Supervisor).await;
    let history = head.get(&format!("/desk/submissions/{number}")).await.is(200).text();
    assert!(history.contains("Menunggu blanko akta") && history.contains("blanko sudah ada"));
}
