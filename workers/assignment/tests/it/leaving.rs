//! What becomes of a verifier's work and duty when a task leaves them.

use berkas_domain::{DocumentKind, DocumentVerdict, Outcome, Service, Sha256Hash, SubmissionId, UserId};
use berkas_store::{
    Arrival, ArrivalDocument, LeasedTask, QueueFilter, TaskError, VerdictOnDocument, VerifierDecision,
};
use chrono::TimeDelta;
use serde_json::json;

use crate::bench::{Bench, LIVE, arrival, on_bench};

fn idle() -> TimeDelta {
    TimeDelta::minutes(30)
}

impl Bench {
    /// A death of two papers in the pool; it needs two looks.
    async fn papers_for_two(&self) -> (Arrival, berkas_store::WorkRef) {
        let paper = |kind, file: &str| ArrivalDocument {
            kind,
            of_role: None,
            sha256: Sha256Hash::of(file.as_bytes()),
            size: 1,
            media_type: "image/jpeg".to_owned(),
            flagged: false,
        };
        let arrival = Arrival {
            service: Service::AktaKematian,
            case: "MTI-7".parse().unwrap(),
            documents: vec![paper(DocumentKind::Kk, "card"), paper(DocumentKind::FormF102, "form")],
            ..arrival(LIVE.parse().unwrap())
        };
        let work = self.accepted(arrival.clone(), self.now() + TimeDelta::days(1)).await;
        self.assign(work).await;
        (arrival, work)
    }

    async fn say(&self, task: &LeasedTask, user: UserId, ordinal: i16, verdict: DocumentVerdict) {
        let codes = if verdict == DocumentVerdict::Valid { vec![] } else { vec!["TIDAK_TERBACA".to_owned()] };
        let verdict = VerdictOnDocument { ordinal, verdict, codes, page: None };
        let times = (task.lease_until, self.now());
        self.app.store.judge_document(task.id, user, task.fence, &verdict, times).await.unwrap();
    }

    /// What `user`, who holds it, is shown of the documents: place, verdict, whether from an earlier revision.
    async fn shown(&self, task: &LeasedTask, user: UserId) -> Vec<(i16, DocumentVerdict, bool)> {
        let task = self.app.store.desk_task(task.id, user, self.now()).await.unwrap().unwrap();
        task.verdicts.iter().map(|said| (said.ordinal, said.verdict, said.carried)).collect()
    }
}

#[derive(Debug, Clone, Copy)]
enum Loss {
    Expiry,
    Release,
    Break,
}

#[test]
fn what_somebody_said_of_the_documents_stays_theirs_however_the_task_leaves_them() {
    for loss in [Loss::Expiry, Loss::Release, Loss::Break] {
        on_bench(async |bench| {
            let (slow, next) = (
                bench.verifier("wati", Service::ALL, false).await,
                bench.verifier("budi", Service::ALL, false).await,
            );
            let store = &bench.app.store;
            bench.papers_for_two().await;
            let held = bench.pull(slow).await.unwrap();
            bench.say(&held, slow, 1, DocumentVerdict::NotValid).await;
            let drafted = json!({"documents": {"1": {"codes": ["BURAM"], "page": 2}}, "checked": [0]});
            store.keep_draft(held.id, slow, held.fence, &drafted, bench.now()).await.unwrap();
            match loss {
                Loss::Expiry => {
                    store.expire_leases(held.lease_until).await.unwrap();
                }
                Loss::Release => bench.release(&held, slow).await,
                Loss::Break => {
                    store.set_duty(slow, false, bench.now()).await.unwrap();
                }
            }
            let task = bench.pull(next).await.unwrap();
            assert_eq!(task.id, held.id);
            assert_eq!(bench.shown(&task, next).await, [], "{loss:?}");
            assert_eq!(store.draft(task.id, next).await.unwrap(), None);

            let kept = store.draft(held.id, slow).await.unwrap().unwrap();
            assert_eq!(kept.fence, held.fence);
            let both = json!({
                "documents": {"1": {"verdict": "not_valid", "codes": ["BURAM"], "page": 2}}, "checked": [0]
            });
            assert_eq!(kept.body, both, "what was typed since goes before what was said: {loss:?}");
        });
    }
}

#[test]
fn who_looks_third_is_told_nothing_of_a_second_who_gave_up() {
    on_bench(async |bench| {
        let [first, tired, third] = [("wati", 1), ("budi", 2), ("sari", 3)]
            .map(|(login, _)| bench.verifier(login, Service::ALL, false));
        let (first, tired, third) = (first.await, tired.await, third.await);
        bench.papers_for_two().await;
        let task = bench.pull(first).await.unwrap();
        bench.decide(&task, first, Outcome::Passed).await;
        let task = bench.pull(tired).await.unwrap();
        bench.say(&task, tired, 0, DocumentVerdict::NotValid).await;
        bench.release(&task, tired).await;
        let task = bench.pull(third).await.unwrap();
        assert_eq!(bench.shown(&task, third).await, []);
        // It is not counted against them either: what they pass is passed.
        bench.decide(&task, third, Outcome::Passed).await;
    });
}

#[test]
fn what_was_valid_on_an_earlier_revision_outlives_every_look_and_every_release() {
    on_bench(async |bench| {
        let (first, second) = (
            bench.verifier("wati", Service::ALL, false).await,
            bench.verifier("budi", Service::ALL, false).await,
        );
        let (arrival, work) = bench.papers_for_two().await;
        for user in [first, second] {
            let task = bench.pull(user).await.unwrap();
            bench.say(&task, user, 0, DocumentVerdict::Valid).await;
            bench.decide(&task, user, Outcome::Returned).await;
        }
        let work = bench.repair(arrival, work).await;
        bench.assign(work).await;
        let carried = [(0, DocumentVerdict::Valid, true)];
        let task = bench.pull(second).await.unwrap();
        assert_eq!(bench.shown(&task, second).await, carried);
        bench.say(&task, second, 0, DocumentVerdict::NotValid).await;
        bench.release(&task, second).await;
        let task = bench.pull(second).await.unwrap();
        assert_eq!(bench.shown(&task, second).await, carried, "it was given back");
        bench.say(&task, second, 0, DocumentVerdict::NotValid).await;
        bench.decide(&task, second, Outcome::Returned).await;
        let task = bench.pull(first).await.unwrap();
        assert_eq!(bench.shown(&task, first).await, carried, "before the second look");
    });
}

#[test]
fn a_verdict_on_a_document_prolongs_the_lease() {
    on_bench(async |bench| {
        let user = bench.verifier("wati", Service::ALL, false).await;
        bench.papers_for_two().await;
        let held = bench.pull(user).await.unwrap();
        let verdict =
            VerdictOnDocument { ordinal: 0, verdict: DocumentVerdict::Valid, codes: vec![], page: None };
        let times = (held.lease_until + TimeDelta::minutes(5), bench.now());
        bench.app.store.judge_document(held.id, user, held.fence, &verdict, times).await.unwrap();
        assert_eq!(bench.app.store.expire_leases(held.lease_until).await.unwrap(), 0);
        assert_eq!(bench.app.store.expire_leases(times.0).await.unwrap(), 1);
    });
}

#[test]
fn an_undo_takes_back_the_decision_of_its_token_and_no_later_one() {
    on_bench(async |bench| {
        let user = bench.verifier("wati", Service::ALL, false).await;
        let submission = bench.pooled(LIVE, Service::KtpEl, bench.now() + TimeDelta::days(1)).await;
        let first = bench.pull(user).await.unwrap();
        bench.decide(&first, user, Outcome::Passed).await;
        let second = bench.undo(&first, user).await;
        bench.decide(&second, user, Outcome::Refused).await;
        let lease = bench.now() + TimeDelta::minutes(15);
        let late = bench.app.store.undo_decision(first.id, user, first.fence, lease, bench.now()).await;
        assert!(matches!(late, Err(TaskError::NothingToUndo)), "the first undo, delivered twice");
        let stands = bench.app.store.decision_for_notice(submission).await.unwrap().unwrap();
        assert_eq!(stands.outcome, Outcome::Refused);
    });
}

#[test]
fn what_somebody_takes_back_who_cannot_hold_it_goes_to_the_pool() {
    on_bench(async |bench| {
        let full = bench.verifier_with("wati", Service::ALL, false, 1).await;
        let away = bench.verifier("budi", Service::ALL, false).await;
        let other = bench.verifier("sari", Service::ALL, false).await;
        let (store, due) = (&bench.app.store, bench.now() + TimeDelta::days(1));
        let lease = bench.now() + TimeDelta::minutes(15);
        for user in [full, away] {
            let submission = bench.pooled(LIVE, Service::KtpEl, due).await;
            let task = bench.pull(user).await.unwrap();
            bench.decide(&task, user, Outcome::Passed).await;
            if user == full {
                bench.pooled(LIVE, Service::KtpEl, due).await;
                bench.pull(user).await.unwrap();
            } else {
                store.set_duty(user, false, bench.now()).await.unwrap();
            }
            let undone = store.undo_decision(task.id, user, task.fence, lease, bench.now()).await.unwrap();
            assert_eq!(undone, None);
            assert!(store.decision_for_notice(submission).await.unwrap().is_none());
            assert_eq!(bench.pulls(other, 1).await, [submission]);
        }
        assert!(store.neraca().await.unwrap().balances());
    });
}

#[test]
fn duty_ends_with_the_last_session_that_lives_and_the_tasks_go_back() {
    on_bench(async |bench| {
        let (store, now) = (&bench.app.store, bench.now());
        let user = bench.verifier("wati", Service::ALL, false).await;
        store.set_duty(user, false, now).await.unwrap();
        let sessions = [b"desk", b"home"].map(|secret| Sha256Hash::of(secret));
        let until = now + TimeDelta::hours(10);
        for session in sessions {
            store.open_session(session, user, now, until).await.unwrap();
        }
        assert!(store.on_duty(user).await.unwrap());
        let held = bench.pooled(LIVE, Service::KtpEl, now + TimeDelta::days(1)).await;
        bench.pull(user).await.unwrap();

        // The one at home is used, the other is not; then neither.
        let later = now + TimeDelta::minutes(20);
        store.session_user(sessions[1], later, idle()).await.unwrap().unwrap();
        store.sweep_sessions(now + TimeDelta::minutes(31), idle()).await.unwrap();
        assert!(store.on_duty(user).await.unwrap(), "one of two sessions ran out");
        store.sweep_sessions(now + TimeDelta::minutes(51), idle()).await.unwrap();
        assert!(!store.on_duty(user).await.unwrap());
        assert_eq!(store.audited("duty.off", &user.to_string()).await.unwrap(), 2);
        let other = bench.verifier("budi", Service::ALL, false).await;
        assert_eq!(bench.pulls(other, 1).await, [held]);
    });
}

#[test]
fn a_session_that_was_left_open_does_not_keep_the_tasks_of_who_signs_out() {
    on_bench(async |bench| {
        let (store, now) = (&bench.app.store, bench.now());
        let user = bench.verifier("wati", Service::ALL, false).await;
        let [forgotten, desk] = [b"yesterday", b"at a desk"].map(|secret| Sha256Hash::of(secret));
        store
            .open_session(forgotten, user, now - TimeDelta::hours(1), now + TimeDelta::hours(9))
            .await
            .unwrap();
        store.open_session(desk, user, now, now + TimeDelta::hours(10)).await.unwrap();
        bench.pooled(LIVE, Service::KtpEl, now + TimeDelta::days(1)).await;
        bench.pull(user).await.unwrap();
        store.close_session(desk, now, idle()).await.unwrap();
        assert!(!store.on_duty(user).await.unwrap());
        assert_eq!(store.tasks_held(user, &QueueFilter::default(), now).await.unwrap(), []);
    });
}

#[test]
fn what_is_not_due_soon_any_more_has_its_old_turn_again() {
    on_bench(async |bench| {
        let (store, now) = (&bench.app.store, bench.now());
        let rank_of = async |submission: SubmissionId| {
            let line = store.due_submissions(None, 100, now).await.unwrap();
            assert!(line.iter().any(|due| due.submission == submission));
            store.pooled_tasks().await.unwrap().into_iter().max_by_key(|task| task.rank).unwrap()
        };
        for _ in 0..6 {
            bench.pooled(LIVE, Service::KtpEl, now + TimeDelta::days(1)).await;
        }
        let soon = now + TimeDelta::minutes(30);
        let hurried = bench.pooled(LIVE, Service::KtpEl, soon).await;
        let before = rank_of(hurried).await;
        assert_eq!(store.hurry_tasks(now + TimeDelta::hours(1)).await.unwrap(), 1);
        assert_ne!(rank_of(hurried).await.id, before.id, "it has an earlier turn");
        let moved = berkas_store::MovedDue { submission: hurried, from: soon, to: now + TimeDelta::days(3) };
        assert_eq!(store.move_dues(&[moved], now + TimeDelta::hours(1)).await.unwrap(), 1);
        let after = rank_of(hurried).await;
        assert_eq!((after.id, after.rank, after.urgent), (before.id, before.rank, false));
    });
}

#[test]
fn two_clicks_at_the_same_moment_where_one_looks_are_exactly_one_decision() {
    on_bench(async |bench| {
        let user = bench.verifier("wati", Service::ALL, false).await;
        for _ in 0..8 {
            let submission = bench.pooled(LIVE, Service::KtpEl, bench.now() + TimeDelta::days(1)).await;
            let task = bench.pull(user).await.unwrap();
            let decision = |outcome, code: &str| VerifierDecision {
                task: task.id,
                fence: task.fence,
                user,
                outcome,
                reasons: json!([{ "code": code }]),
                note: None,
                hold_until: bench.now() + TimeDelta::minutes(10),
            };
            let said = [
                decision(Outcome::Returned, "GANDA"),
                decision(Outcome::Refused, "GANDA"),
                decision(Outcome::Returned, "BURAM"),
                decision(Outcome::Returned, "GANDA"),
            ];
            let clicks = said.each_ref().map(|said| bench.app.store.decide(said, bench.now()));
            let answers = futures::future::join_all(clicks).await;
            let stands = bench.app.store.decision_for_notice(submission).await.unwrap().unwrap();
            for (said, answer) in said.iter().zip(answers) {
                let is_it = said.outcome == stands.outcome && said.reasons == stands.reasons;
                match answer {
                    Ok(_) => assert!(is_it, "only what stands was taken"),
                    Err(TaskError::DecidedOtherwise) => assert!(!is_it),
                    Err(error) => panic!("{error}"),
                }
            }
        }
        assert!(bench.app.store.neraca().await.unwrap().balances());
    });
}
