//! The second pair of eyes: two have to agree before a decision counts, and a supervisor settles what they differ on.

use berkas_domain::{Outcome, Service, Stage, SubmissionId, UserId};
use berkas_store::{
    Arrival, DecisionForNotice, LeasedTask, TaskError, VerifierDecision, Withdrawing, Withdrawn, WorkRef,
};
use chrono::TimeDelta;
use serde_json::json;

use crate::bench::{Bench, LIVE, TRAINING, arrival, on_bench};

impl Bench {
    /// A death without a letter of a doctor, which needs two by rule; it is in the pool.
    async fn for_two(&self) -> (Arrival, WorkRef) {
        let arrival = Arrival {
            service: Service::AktaKematian,
            case: "MTI-7".parse().unwrap(),
            ..arrival(LIVE.parse().unwrap())
        };
        let work = self.accepted(arrival.clone(), self.now() + TimeDelta::days(1)).await;
        self.assign(work).await;
        (arrival, work)
    }

    async fn verifiers<const N: usize>(&self) -> [UserId; N] {
        let mut users = Vec::new();
        for number in 0..N {
            users.push(self.verifier(&format!("verifikator{number}"), Service::ALL, false).await);
        }
        users.try_into().unwrap()
    }

    /// `user` pulls, gets something, and decides on it.
    async fn pull_and_decide(&self, user: UserId, outcome: Outcome) -> LeasedTask {
        let task = self.pull(user).await.expect("nothing to pull");
        self.decide(&task, user, outcome).await;
        task
    }

    /// What stands and will be told.
    async fn stands(&self, submission: SubmissionId) -> Option<DecisionForNotice> {
        self.app.store.decision_for_notice(submission).await.unwrap()
    }

    async fn stage(&self, submission: SubmissionId) -> Stage {
        self.app.store.submission(submission).await.unwrap().unwrap().stage
    }

    async fn balances(&self) {
        let books = self.app.store.neraca().await.unwrap();
        assert!(books.balances(), "{books:?}");
    }
}

/// A decision that can be undone for ten minutes, with one reason.
fn decision(
    bench: &Bench,
    task: &LeasedTask,
    user: UserId,
    outcome: Outcome,
    code: &str,
) -> VerifierDecision {
    VerifierDecision {
        task: task.id,
        fence: task.fence,
        user,
        outcome,
        reasons: json!([{ "code": code }]),
        note: None,
        hold_until: bench.now() + TimeDelta::minutes(10),
    }
}

#[test]
fn nothing_is_told_until_a_second_verifier_agrees_and_then_the_reasons_of_both() {
    on_bench(async |bench| {
        let [first, second] = bench.verifiers().await;
        let (_, work) = bench.for_two().await;
        let store = &bench.app.store;
        let task = bench.pull(first).await.unwrap();
        let said = decision(&bench, &task, first, Outcome::Returned, "TIDAK_TERBACA");
        store.decide(&said, bench.now()).await.unwrap();
        assert!(bench.stands(work.submission).await.is_none());
        assert_eq!(bench.stage(work.submission).await, Stage::Waiting);
        bench.balances().await;
        assert_eq!(bench.pull(first).await, None, "it is not the same person");

        let task = bench.pull(second).await.unwrap();
        assert_eq!(task.submission, work.submission);
        let said = decision(&bench, &task, second, Outcome::Returned, "GANDA");
        store.decide(&said, bench.now()).await.unwrap();
        let stands = bench.stands(work.submission).await.unwrap();
        assert_eq!(stands.outcome, Outcome::Returned);
        assert_eq!(stands.reasons, json!([{ "code": "TIDAK_TERBACA" }, { "code": "GANDA" }]));
        assert_eq!(bench.stage(work.submission).await, Stage::Decided);
        bench.balances().await;
    });
}

#[test]
fn what_two_differ_on_comes_before_a_supervisor_and_nobody_else() {
    on_bench(async |bench| {
        let [mild, strict, third] = bench.verifiers().await;
        let head = bench.supervisor("rini").await;
        let (_, work) = bench.for_two().await;
        bench.pull_and_decide(mild, Outcome::Passed).await;
        bench.pull_and_decide(strict, Outcome::Refused).await;
        assert!(bench.stands(work.submission).await.is_none());
        for user in [mild, strict, third] {
            assert_eq!(bench.pull(user).await, None);
        }
        assert_eq!(bench.app.store.task_pool_size(third, 9).await.unwrap(), 0, "nor shown to a verifier");
        assert_eq!(bench.app.store.task_pool_size(head, 9).await.unwrap(), 1);
        bench.pull_and_decide(head, Outcome::Passed).await;
        assert_eq!(bench.stands(work.submission).await.unwrap().outcome, Outcome::Passed);
        bench.balances().await;
    });
}

#[test]
fn a_supervisor_who_has_looked_before_does_not_settle_the_difference() {
    on_bench(async |bench| {
        let [strict] = bench.verifiers().await;
        let (head, other) = (bench.supervisor("rini").await, bench.supervisor("heru").await);
        let (_, work) = bench.for_two().await;
        bench.pull_and_decide(head, Outcome::Passed).await;
        bench.pull_and_decide(strict, Outcome::Returned).await;
        assert_eq!(bench.pull(head).await, None);
        assert_eq!(bench.pull(other).await.unwrap().submission, work.submission);
    });
}

#[test]
fn a_verdict_can_be_taken_back_until_somebody_takes_up_the_task() {
    on_bench(async |bench| {
        let [first, second, third] = bench.verifiers().await;
        let (_, work) = bench.for_two().await;
        let store = &bench.app.store;
        let lease = bench.now() + TimeDelta::minutes(15);
        let task = bench.pull(first).await.unwrap();
        let said = decision(&bench, &task, first, Outcome::Passed, "GANDA");
        store.decide(&said, bench.now()).await.unwrap();
        let again = bench.undo(&task, first).await;
        assert_eq!(again.fence, task.fence + 1);
        assert_eq!(bench.stage(work.submission).await, Stage::Assigned);
        let late = store.decide(&said, bench.now()).await;
        assert!(matches!(late, Err(TaskError::LeaseLost)), "under the old token");
        bench.balances().await;

        let said = decision(&bench, &again, first, Outcome::Returned, "GANDA");
        store.decide(&said, bench.now()).await.unwrap();
        let task = bench.pull(second).await.unwrap();
        let late = store.undo_decision(task.id, first, again.fence, lease, bench.now()).await;
        assert!(matches!(late, Err(TaskError::NothingToUndo)), "the second has it");

        // The second agrees, takes that back and differs.
        let said = decision(&bench, &task, second, Outcome::Returned, "GANDA");
        store.decide(&said, bench.now()).await.unwrap();
        let task = bench.undo(&task, second).await;
        assert!(bench.stands(work.submission).await.is_none());
        let said = decision(&bench, &task, second, Outcome::Passed, "GANDA");
        store.decide(&said, bench.now()).await.unwrap();
        assert!(bench.stands(work.submission).await.is_none(), "they differ now");
        let later = bench.now() + TimeDelta::minutes(11);
        let late = store.undo_decision(task.id, second, task.fence, lease, later).await;
        assert!(matches!(late, Err(TaskError::NothingToUndo)), "the hold is over");
        assert_eq!(bench.pull(third).await, None);
        bench.balances().await;
    });
}

#[test]
fn of_taking_back_and_taking_up_at_the_same_moment_exactly_one_wins() {
    on_bench(async |bench| {
        let [first, second] = bench.verifiers().await;
        let (now, lease) = (bench.now(), bench.now() + TimeDelta::minutes(15));
        for _ in 0..12 {
            let (_, work) = bench.for_two().await;
            let task = bench.pull(first).await.unwrap();
            let said = decision(&bench, &task, first, Outcome::Passed, "GANDA");
            bench.app.store.decide(&said, now).await.unwrap();
            let (undone, pulled) = tokio::join!(
                bench.app.store.undo_decision(task.id, first, task.fence, lease, now),
                bench.app.store.pull_task(second, lease, now)
            );
            let pulled = pulled.unwrap();
            assert_ne!(undone.is_ok(), pulled.is_some(), "{undone:?} {pulled:?}");
            let (holder, held) =
                undone.map_or_else(|_| (second, pulled.unwrap()), |held| (first, held.unwrap()));
            assert_eq!(held.submission, work.submission);
            bench.decide(&held, holder, Outcome::Passed).await;
            if holder == first {
                bench.pull_and_decide(second, Outcome::Passed).await;
            }
            assert!(bench.stands(work.submission).await.is_some());
        }
        bench.balances().await;
    });
}

#[test]
fn two_clicks_at_the_same_moment_are_one_verdict() {
    on_bench(async |bench| {
        let [first, second] = bench.verifiers().await;
        let (_, work) = bench.for_two().await;
        let task = bench.pull(first).await.unwrap();
        let said = decision(&bench, &task, first, Outcome::Returned, "GANDA");
        let clicks = (0..4).map(|_| bench.app.store.decide(&said, bench.now()));
        for click in futures::future::join_all(clicks).await {
            click.unwrap();
        }
        let other = decision(&bench, &task, first, Outcome::Passed, "GANDA");
        let other = bench.app.store.decide(&other, bench.now()).await;
        assert!(
            matches!(other, Err(TaskError::DecidedOtherwise)),
            "another one under that token is not taken"
        );
        assert!(bench.stands(work.submission).await.is_none(), "one person does not agree with themselves");
        assert_eq!(bench.pull(second).await.unwrap().submission, work.submission);
    });
}

#[test]
fn a_second_look_that_is_given_up_is_done_by_a_third() {
    on_bench(async |bench| {
        let [first, tired, late, third] = bench.verifiers().await;
        let (_, work) = bench.for_two().await;
        bench.pull_and_decide(first, Outcome::Passed).await;
        bench.pull(tired).await.unwrap();
        bench.app.store.set_duty(tired, false, bench.now()).await.unwrap();
        bench.pull(late).await.unwrap();
        bench.app.store.expire_leases(bench.now() + TimeDelta::hours(1)).await.unwrap();
        bench.balances().await;
        assert_eq!(bench.pull(first).await, None);
        let task = bench.pull_and_decide(third, Outcome::Passed).await;
        assert_eq!(task.submission, work.submission);
        assert!(bench.stands(work.submission).await.is_some());
    });
}

#[test]
fn an_office_can_withdraw_between_the_looks_and_nothing_brings_it_back() {
    on_bench(async |bench| {
        let [first, second] = bench.verifiers().await;
        let (_, work) = bench.for_two().await;
        let task = bench.pull(first).await.unwrap();
        let said = decision(&bench, &task, first, Outcome::Passed, "GANDA");
        bench.app.store.decide(&said, bench.now()).await.unwrap();
        let office = LIVE.parse().unwrap();
        let withdrawing = Withdrawing::latest(&office, work.submission);
        let withdrawn = bench.app.store.withdraw(&withdrawing, bench.now()).await;
        assert_eq!(withdrawn.unwrap(), Withdrawn::Now);
        assert_eq!(bench.pull(second).await, None);
        let late = bench.app.store.undo_decision(task.id, first, task.fence, bench.now(), bench.now()).await;
        assert!(matches!(late, Err(TaskError::NothingToUndo)));
        assert_eq!(bench.stage(work.submission).await, Stage::Withdrawn);
        bench.balances().await;
    });
}

#[test]
fn a_repair_is_not_given_to_the_one_of_two_against_whom_the_supervisor_decided() {
    on_bench(async |bench| {
        let [mild, strict] = bench.verifiers().await;
        let head = bench.supervisor("rini").await;
        let (first, work) = bench.for_two().await;
        bench.pull_and_decide(mild, Outcome::Passed).await;
        bench.pull_and_decide(strict, Outcome::Returned).await;
        bench.pull_and_decide(head, Outcome::Returned).await;
        let work = bench.repair(first, work).await;
        bench.assign(work).await;
        bench.app.store.set_duty(head, false, bench.now()).await.unwrap();
        assert_eq!(bench.pull(mild).await, None);
        assert_eq!(bench.pull(strict).await.unwrap().submission, work.submission);
    });
}

#[test]
fn practice_needs_one_look_only() {
    on_bench(async |bench| {
        let trainer = bench.verifier("joko", Service::ALL, true).await;
        let practice = bench.pooled(TRAINING, Service::AktaKematian, bench.now() + TimeDelta::days(1)).await;
        bench.pull_and_decide(trainer, Outcome::Passed).await;
        assert!(bench.stands(practice).await.is_some());
    });
}

#[test]
fn agreement_is_counted_for_each_verifier_and_each_reason() {
    on_bench(async |bench| {
        let [first, second] = bench.verifiers().await;
        let head = bench.supervisor("rini").await;
        let (since, store) = (bench.now() - TimeDelta::days(1), &bench.app.store);
        let said = async |user, outcome, code: &str| {
            let task = bench.pull(user).await.unwrap();
            store.decide(&decision(&bench, &task, user, outcome, code), bench.now()).await.unwrap();
        };
        for (outcome, code) in [(Outcome::Returned, "GANDA"), (Outcome::Passed, "TIDAK_TERBACA")] {
            bench.for_two().await;
            said(first, Outcome::Returned, "GANDA").await;
            said(second, outcome, code).await;
        }
        said(head, Outcome::Returned, "GANDA").await;
        bench.for_two().await;
        said(first, Outcome::Passed, "BELUM_TTD").await;

        let lines = store.verifier_agreement(since).await.unwrap();
        let mut counts: Vec<_> = lines.iter().map(|line| (line.looks, line.agreed, line.overruled)).collect();
        counts.sort_unstable();
        assert_eq!(counts, [(2, 1, 0), (2, 1, 1)], "a first verdict alone and the supervisor's do not count");
        let codes = store.code_agreement(since).await.unwrap();
        let codes: Vec<_> = codes.iter().map(|line| (line.code.as_str(), line.given, line.by_both)).collect();
        assert_eq!(codes, [("GANDA", 2, 1), ("TIDAK_TERBACA", 1, 0)]);
        assert_eq!(store.verifier_agreement(bench.now() + TimeDelta::days(1)).await.unwrap(), []);
    });
}
