//! Conflict of interest: who is never given what.

use berkas_domain::{ConflictReason, Outcome, Service, UserId};
use berkas_store::{Arrival, LeasedTask, TaskError, WorkRef};
use chrono::TimeDelta;

use crate::bench::{Bench, LIVE, NEIGHBOUR, arrival, on_bench};

const CLERK: &str = "k-17";

impl Bench {
    /// `user` says that they have a stake in what they hold.
    pub(crate) async fn stand_back(&self, task: &LeasedTask, user: UserId) {
        let reason = ConflictReason::Acquainted;
        self.app.store.declare_conflict(task.id, user, task.fence, reason, self.now()).await.unwrap();
    }

    /// An arrival of `office` that its clerk sent, and its work; it is not in the pool yet.
    async fn sent_by(&self, office: &str, clerk: &str) -> (Arrival, WorkRef) {
        let arrival = Arrival { sent_by: Some(clerk.to_owned()), ..arrival(office.parse().unwrap()) };
        let work = self.accepted(arrival.clone(), self.now() + TimeDelta::days(1)).await;
        (arrival, work)
    }

    async fn is_clerk(&self, user: UserId, office: &str, clerk: &str) -> bool {
        self.app.store.add_clerk_id(user, &office.parse().unwrap(), clerk, self.now()).await.unwrap()
    }

    pub(crate) async fn undo(&self, task: &LeasedTask, user: UserId) -> LeasedTask {
        let now = self.now();
        let until = now + TimeDelta::minutes(15);
        self.app.store.undo_decision(task.id, user, task.fence, until, now).await.unwrap().unwrap()
    }

    pub(crate) async fn release(&self, task: &LeasedTask, user: UserId) {
        self.app.store.release_task(task.id, user, task.fence, self.now()).await.unwrap();
    }
}

#[test]
fn who_declares_a_conflict_is_never_given_the_submission_again_nor_its_repair() {
    on_bench(async |bench| {
        let (friend, other) = (
            bench.verifier("wati", Service::ALL, false).await,
            bench.verifier("budi", Service::ALL, false).await,
        );
        let (first, work) = bench.sent_by(LIVE, CLERK).await;
        bench.assign(work).await;
        let held = bench.pull(friend).await.unwrap();
        bench.stand_back(&held, friend).await;
        assert_eq!(bench.pull(friend).await, None);
        assert_eq!(bench.app.store.task_pool_size(friend, 9).await.unwrap(), 0, "nor shown to them");
        let again =
            bench.app.store.declare_conflict(held.id, friend, held.fence, ConflictReason::Party, bench.now());
        assert!(matches!(again.await, Err(TaskError::LeaseLost)));

        let task = bench.pull(other).await.unwrap();
        assert_eq!(task.submission, work.submission);
        bench.decide(&task, other, Outcome::Returned).await;
        let work = bench.repair(first, work).await;
        assert_eq!(bench.assign(work).await, Some(other));
        assert_eq!(bench.pull(friend).await, None, "the repair is not theirs either");
    });
}

#[test]
fn who_undid_a_decision_may_decide_under_that_lease_and_is_not_given_the_revision_again() {
    on_bench(async |bench| {
        let (hasty, other) = (
            bench.verifier("wati", Service::ALL, false).await,
            bench.verifier("budi", Service::ALL, false).await,
        );
        let corrected = bench.pooled(LIVE, Service::KtpEl, bench.now() + TimeDelta::days(1)).await;
        let task = bench.pull(hasty).await.unwrap();
        bench.decide(&task, hasty, Outcome::Passed).await;
        let task = bench.undo(&task, hasty).await;
        bench.decide(&task, hasty, Outcome::Returned).await;
        let stands = bench.app.store.decision_for_notice(corrected).await.unwrap().unwrap();
        assert_eq!(stands.outcome, Outcome::Returned, "a slip is corrected by whoever made it");

        let left = bench.pooled(LIVE, Service::KtpEl, bench.now() + TimeDelta::days(1)).await;
        let task = bench.pull(hasty).await.unwrap();
        bench.decide(&task, hasty, Outcome::Passed).await;
        let task = bench.undo(&task, hasty).await;
        bench.release(&task, hasty).await;
        assert_eq!(bench.pull(hasty).await, None);
        assert_eq!(bench.pull(other).await.unwrap().submission, left);
    });
}

#[test]
fn a_repair_is_not_given_to_whom_a_colleague_decided_against() {
    on_bench(async |bench| {
        let (mild, strict) = (
            bench.verifier("wati", Service::ALL, false).await,
            bench.verifier("budi", Service::ALL, false).await,
        );
        let (first, work) = bench.sent_by(LIVE, CLERK).await;
        bench.assign(work).await;
        let task = bench.pull(mild).await.unwrap();
        bench.decide(&task, mild, Outcome::Passed).await;
        let task = bench.undo(&task, mild).await;
        bench.release(&task, mild).await;
        let task = bench.pull(strict).await.unwrap();
        bench.decide(&task, strict, Outcome::Returned).await;
        let work = bench.repair(first, work).await;
        bench.assign(work).await;
        bench.app.store.set_duty(strict, false, bench.now()).await.unwrap();
        assert_eq!(bench.pull(mild).await, None);
    });
}

#[test]
fn the_repair_of_what_somebody_corrected_themselves_is_kept_for_them() {
    on_bench(async |bench| {
        let user = bench.verifier("wati", Service::ALL, false).await;
        let (first, work) = bench.sent_by(LIVE, CLERK).await;
        bench.assign(work).await;
        let task = bench.pull(user).await.unwrap();
        bench.decide(&task, user, Outcome::Passed).await;
        let task = bench.undo(&task, user).await;
        bench.decide(&task, user, Outcome::Returned).await;
        let work = bench.repair(first, work).await;
        assert_eq!(bench.assign(work).await, Some(user));
        assert_eq!(bench.pull(user).await.unwrap().submission, work.submission);
    });
}

#[test]
fn what_somebody_sends_as_a_clerk_is_never_given_to_them() {
    on_bench(async |bench| {
        let user = bench.verifier("wati", Service::ALL, false).await;
        assert!(bench.is_clerk(user, LIVE, CLERK).await);
        assert!(!bench.is_clerk(user, LIVE, CLERK).await, "known already");
        let (_, own) = bench.sent_by(LIVE, CLERK).await;
        let (_, of_colleague) = bench.sent_by(LIVE, "k-18").await;
        let (_, of_namesake) = bench.sent_by(NEIGHBOUR, CLERK).await;
        for work in [own, of_colleague, of_namesake] {
            bench.assign(work).await;
        }
        let pulled = bench.pulls(user, 3).await;
        assert_eq!(pulled.len(), 2);
        assert!(!pulled.contains(&own.submission), "{pulled:?}");
    });
}

#[test]
fn what_somebody_holds_goes_back_when_it_becomes_known_that_they_sent_it() {
    on_bench(async |bench| {
        let user = bench.verifier("wati", Service::ALL, false).await;
        let mut sent = Vec::new();
        for _ in 0..2 {
            let (_, work) = bench.sent_by(LIVE, CLERK).await;
            bench.assign(work).await;
            sent.push(work.submission);
        }
        let held = bench.pull(user).await.unwrap();
        bench.is_clerk(user, LIVE, CLERK).await;
        let renewed = bench.app.store.renew_task(held.id, user, held.fence, bench.now(), bench.now()).await;
        assert!(matches!(renewed, Err(TaskError::LeaseLost)));
        assert_eq!(bench.pull(user).await, None, "neither what they held nor what waited");
        let other = bench.verifier("budi", Service::ALL, false).await;
        assert_eq!(bench.pulls(other, 3).await, sent);
        assert!(bench.app.store.neraca().await.unwrap().balances());
    });
}

#[test]
fn many_exclusions_at_the_head_of_the_pool_do_not_hide_what_comes_after_them() {
    on_bench(async |bench| {
        let user = bench.verifier("wati", Service::ALL, false).await;
        bench.is_clerk(user, LIVE, CLERK).await;
        for _ in 0..40 {
            let (_, work) = bench.sent_by(LIVE, CLERK).await;
            bench.assign(work).await;
        }
        let last = bench.pooled(LIVE, Service::KtpEl, bench.now() + TimeDelta::days(2)).await;
        assert_eq!(bench.pulls(user, 2).await, [last]);
    });
}
