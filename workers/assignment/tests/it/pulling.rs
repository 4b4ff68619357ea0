//! Who gets what next.

use std::collections::BTreeSet;

use berkas_assignment::PoolKeeper;
use berkas_assignment::policy::{self, Verifier, WaitingTask};
use berkas_domain::{NoticeId, Outcome, Revision, Service, Stage, Step, SubmissionId, TaskId, UserId};
use berkas_store::{
    Arrival, Effect, LeasedTask, PooledTask, Settled, VerifierDecision, Withdrawing, Withdrawn, WorkRef,
};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use uuid::Uuid;

use crate::bench::{Bench, LIVE, NEIGHBOUR, THIRD, TRAINING, VILLAGE, arrival, on_bench};

fn waiting(task: PooledTask) -> WaitingTask {
    WaitingTask {
        id: TaskId(task.id),
        share: task.share,
        service: task.service.parse().unwrap(),
        training: task.training,
        urgent: task.urgent,
        rank: task.rank,
        preferred: task.preferred.map(UserId),
        reserved_until: task.reserved_until,
        due_at: task.due_at,
        excluded: task.excluded.into_iter().map(UserId).collect(),
        disputed: task.look == 3,
    }
}

impl Bench {
    /// A submission in the pool.
    pub(crate) async fn pooled(&self, office: &str, service: Service, due: DateTime<Utc>) -> SubmissionId {
        let work = self.checked_for(office, service, due).await;
        self.assign(work).await;
        work.submission
    }

    /// The submissions that `user` gets, one after the other.
    pub(crate) async fn pulls(&self, user: UserId, count: usize) -> Vec<SubmissionId> {
        let mut pulled = Vec::new();
        for _ in 0..count {
            pulled.extend(self.pull(user).await.map(|task| task.submission));
        }
        pulled
    }

    /// The tasks that `user` gets, one after the other.
    async fn pull_many(&self, user: UserId, count: usize) -> Vec<LeasedTask> {
        let mut pulled = Vec::new();
        for _ in 0..count {
            pulled.extend(self.pull(user).await);
        }
        pulled
    }

    /// A submission that `user` returned and its office has repaired.
    async fn repaired(&self, user: UserId) -> WorkRef {
        let first = Arrival { service: Service::KtpEl, ..arrival(LIVE.parse().unwrap()) };
        let work = self.accepted(first.clone(), self.now() + TimeDelta::days(1)).await;
        self.assign(work).await;
        let task = self.pull(user).await.unwrap();
        self.decide(&task, user, Outcome::Returned).await;
        self.repair(first, work).await
    }

    /// `user` decides on what they hold.
    pub(crate) async fn decide(&self, task: &LeasedTask, user: UserId, outcome: Outcome) {
        let decision = VerifierDecision {
            task: task.id,
            fence: task.fence,
            user,
            outcome,
            reasons: json!([]),
            note: None,
            hold_until: self.now(),
        };
        self.app.store.decide(&decision, self.now()).await.unwrap();
    }

    /// The notice of the decision on `submission` leaves.
    pub(crate) async fn noticed(&self, submission: SubmissionId) {
        let generation = self.app.store.submission(submission).await.unwrap().unwrap().generation;
        let work = WorkRef { submission, step: Step::Notification, generation };
        let notice = self.app.store.decision_for_notice(submission).await.unwrap().unwrap();
        let id = NoticeId(Uuid::now_v7());
        let told =
            Effect::Notice { id, decision: notice.decision, kind: "id.berkas.decision.v1", data: json!({}) };
        let noticed = Settled::Advance { to: Stage::Noticed, not_before: None, effects: vec![told] };
        self.settle(work, noticed).await;
    }

    /// The notice of the decision leaves and the office sends `first` again, repaired; takes it to where the worker takes it up.
    pub(crate) async fn repair(&self, first: Arrival, work: WorkRef) -> WorkRef {
        self.noticed(work.submission).await;
        self.accepted(Arrival { revision: Revision(2), ..first }, self.now() + TimeDelta::days(1)).await
    }
}

#[test]
fn a_flood_from_one_office_delays_anothers_single_submission_by_one_turn() {
    on_bench(async |bench| {
        let user = bench.verifier("wati", Service::ALL, false).await;
        let due = bench.now() + TimeDelta::days(1);
        let mut flood = Vec::new();
        for _ in 0..12 {
            flood.push(bench.pooled(LIVE, Service::KtpEl, due).await);
        }
        assert_eq!(bench.pulls(user, 2).await, flood[..2]);
        let single = bench.pooled(NEIGHBOUR, Service::KtpEl, due + TimeDelta::hours(1)).await;
        let next = bench.pulls(user, 2).await;
        assert!(next.contains(&single), "it came after two of twelve and is among the next two");
    });
}

#[test]
fn a_desa_shares_the_turn_of_the_kecamatan_above_it() {
    on_bench(async |bench| {
        let user = bench.verifier("wati", Service::ALL, false).await;
        let due = bench.now() + TimeDelta::days(1);
        let mut one_kecamatan = Vec::new();
        for office in [LIVE, VILLAGE, LIVE, VILLAGE] {
            one_kecamatan.push(bench.pooled(office, Service::KtpEl, due).await);
        }
        let other = bench.pooled(NEIGHBOUR, Service::KtpEl, due).await;
        assert!(bench.pulls(user, 2).await.contains(&other), "four of one kecamatan are one turn each");
        assert_eq!(bench.pulls(user, 9).await, one_kecamatan[1..]);
    });
}

#[test]
fn within_an_office_the_oldest_due_comes_first_though_it_entered_last() {
    on_bench(async |bench| {
        let user = bench.verifier("wati", Service::ALL, false).await;
        let due = |days| bench.now() + TimeDelta::days(days);
        let (third, second) = (due(5), due(4));
        let third = bench.pooled(LIVE, Service::KtpEl, third).await;
        let second = bench.pooled(LIVE, Service::KartuKeluarga, second).await;
        let first = bench.pooled(LIVE, Service::KtpEl, due(3)).await;
        assert_eq!(bench.pulls(user, 3).await, [first, second, third]);
    });
}

#[test]
fn what_is_due_soon_is_given_an_earlier_turn() {
    on_bench(async |bench| {
        let user = bench.verifier("wati", Service::ALL, false).await;
        let now = bench.now();
        let early = bench.pooled(LIVE, Service::KtpEl, now + TimeDelta::days(2)).await;
        let late = bench.pooled(LIVE, Service::KtpEl, now + TimeDelta::days(3)).await;
        let pressing = bench.pooled(LIVE, Service::KtpEl, now + TimeDelta::days(4)).await;
        assert_eq!(bench.app.store.hurry_tasks(now).await.unwrap(), 0);
        let mut of_neighbour = Vec::new();
        for minutes in [600, 620, 30] {
            of_neighbour
                .push(bench.pooled(NEIGHBOUR, Service::KtpEl, now + TimeDelta::minutes(minutes)).await);
        }
        bench.app.store.hurry_tasks(now + TimeDelta::days(3)).await.unwrap();
        let order = bench.pulls(user, 6).await;
        let place = |submission| order.iter().position(|pulled| *pulled == submission);
        assert!(place(of_neighbour[2]) < place(of_neighbour[0]), "due first");
        assert!(place(late) < Some(5) && place(early) < place(late), "{order:?}");
        assert_eq!(place(pressing), Some(5), "the only one that is not due within three days");
    });
}

#[test]
fn what_nobody_is_competent_for_does_not_let_a_newcomer_go_before_all_others() {
    on_bench(async |bench| {
        let user = bench.verifier("wati", &[Service::KtpEl], false).await;
        let due = bench.now() + TimeDelta::days(1);
        // The first turn of all, which nobody can take.
        bench.pooled(NEIGHBOUR, Service::AktaKematian, due).await;
        for _ in 0..6 {
            bench.pooled(LIVE, Service::KtpEl, due).await;
        }
        bench.pulls(user, 4).await;
        let newcomer = bench.pooled(THIRD, Service::KtpEl, due).await;
        let newest = bench.pooled(THIRD, Service::KtpEl, due).await;
        let rest = bench.pulls(user, 4).await;
        let place = |submission| rest.iter().position(|pulled| *pulled == submission);
        assert!(
            place(newcomer) <= Some(1) && place(newest) > Some(1),
            "in turns with the other, not before it: {rest:?}"
        );
    });
}

#[test]
fn a_single_file_for_a_rare_service_does_not_begin_behind_a_flood_that_alone_waits_for_it() {
    on_bench(async |bench| {
        let user = bench.verifier("wati", Service::ALL, false).await;
        let due = bench.now() + TimeDelta::days(1);
        for _ in 0..12 {
            bench.pooled(LIVE, Service::KtpEl, due).await;
        }
        bench.pooled(LIVE, Service::AktaKematian, due).await;
        bench.pulls(user, 2).await;
        let single = bench.pooled(NEIGHBOUR, Service::AktaKematian, due).await;
        let ordinary = bench.pooled(NEIGHBOUR, Service::KtpEl, due).await;
        let next = bench.pulls(user, 4).await;
        assert!(next[..2].contains(&single), "{next:?}");
        assert!(next.contains(&ordinary), "nor does it hold back what its office sends after it: {next:?}");
    });
}

#[test]
fn what_an_office_withdraws_is_not_charged_to_it() {
    on_bench(async |bench| {
        let user = bench.verifier("wati", Service::ALL, false).await;
        let due = bench.now() + TimeDelta::days(1);
        for _ in 0..10 {
            let mistaken = bench.pooled(LIVE, Service::KtpEl, due).await;
            let office = LIVE.parse().unwrap();
            let mistaken = Withdrawing::latest(&office, mistaken);
            let done = bench.app.store.withdraw(&mistaken, bench.now()).await.unwrap();
            assert_eq!(done, Withdrawn::Now);
        }
        let first = bench.pooled(NEIGHBOUR, Service::KtpEl, due).await;
        let own = bench.pooled(LIVE, Service::KtpEl, due).await;
        let second = bench.pooled(NEIGHBOUR, Service::KtpEl, due).await;
        let order = bench.pulls(user, 3).await;
        assert_eq!(order[2], second, "{first} and {own} have the same turn: {order:?}");
    });
}

#[test]
fn one_verifier_who_pulls_many_times_at_once_stays_within_their_capacity() {
    on_bench(async |bench| {
        let user = bench.verifier_with("wati", Service::ALL, false, 3).await;
        let due = bench.now() + TimeDelta::days(1);
        for _ in 0..8 {
            bench.pooled(LIVE, Service::KtpEl, due).await;
        }
        let pulls = futures::future::join_all((0..8).map(|_| bench.pull(user))).await;
        assert_eq!(pulls.iter().flatten().count(), 3);
    });
}

#[test]
fn a_repaired_submission_is_kept_for_who_returned_it() {
    on_bench(async |bench| {
        let knows = bench.verifier("wati", Service::ALL, false).await;
        let work = bench.repaired(knows).await;
        let other = bench.verifier("budi", Service::ALL, false).await;
        assert_eq!(bench.assign(work).await, Some(knows));
        let ordinary = bench.pooled(LIVE, Service::KtpEl, bench.now() + TimeDelta::days(1)).await;
        assert_eq!(bench.pulls(other, 2).await, [ordinary], "the repaired one is not theirs");
        assert_eq!(bench.pull(knows).await.unwrap().submission, work.submission);
    });
}

#[test]
fn what_is_kept_for_somebody_goes_to_others_when_they_are_not_there_any_more() {
    on_bench(async |bench| {
        let knows = bench.verifier("wati", Service::ALL, false).await;
        let (first, second) = (bench.repaired(knows).await, bench.repaired(knows).await);
        let other = bench.verifier("budi", Service::ALL, false).await;
        bench.assign(first).await;
        let now = bench.now();
        let past_reserve = now + TimeDelta::hours(1);
        let late = bench.app.store.pull_task(other, past_reserve, past_reserve).await.unwrap();
        assert_eq!(late.unwrap().submission, first.submission, "it was kept for half an hour only");
        bench.assign(second).await;
        assert_eq!(bench.pull(other).await, None);
        bench.app.store.disable_user(knows, now).await.unwrap();
        assert_eq!(bench.pull(other).await.unwrap().submission, second.submission);
    });
}

#[test]
fn the_database_gives_what_the_policy_says() {
    on_bench(async |bench| {
        let all = bench.verifier("wati", Service::ALL, false).await;
        let some = bench.verifier("budi", &[Service::KtpEl, Service::AktaKelahiran], false).await;
        let trainer = bench.verifier("joko", Service::ALL, true).await;
        let repaired = bench.repaired(all).await;
        let competent = |user| match user {
            user if user == some => vec![Service::KtpEl, Service::AktaKelahiran],
            _ => Service::ALL.to_vec(),
        };
        // A fixed walk over offices, services and due times that meets every pair of them.
        let offices = [LIVE, NEIGHBOUR, LIVE, VILLAGE, LIVE, TRAINING, LIVE];
        for number in 0..40_usize {
            let due = bench.now() + TimeDelta::minutes(20 + (number as i64 * 37) % 400);
            bench.pooled(offices[number % 7], Service::ALL[number % Service::ALL.len()], due).await;
        }
        bench.assign(repaired).await;
        // Every verifier has a stake in a few of them.
        for (user, turns) in [(all, 6), (some, 5), (trainer, 2)] {
            let held = bench.pull_many(user, turns).await;
            for (place, task) in held.iter().enumerate() {
                match place % 2 {
                    0 => bench.stand_back(task, user).await,
                    _ => bench.release(task, user).await,
                }
            }
        }
        // Two differ about some of what needs a second look.
        let heads = [bench.supervisor("rini").await, bench.supervisor("heru").await];
        for (user, outcome) in [(all, Outcome::Passed), (heads[0], Outcome::Returned)] {
            for task in bench.pull_many(user, 8).await {
                bench.decide(&task, user, outcome).await;
            }
        }
        PoolKeeper::new(bench.app.clone()).unwrap().keep().await.unwrap();
        let waits = bench.app.store.pooled_tasks().await.unwrap();
        assert!(waits.iter().any(|task| task.look == 2) && waits.iter().any(|task| task.look == 3));
        let people = [all, some, trainer, heads[0], heads[1]];
        let mut pulled = BTreeSet::new();
        for user in people.into_iter().cycle().take(80) {
            let pool: Vec<_> =
                bench.app.store.pooled_tasks().await.unwrap().into_iter().map(waiting).collect();
            let verifier = Verifier {
                user,
                services: competent(user),
                training: user == trainer,
                supervisor: heads.contains(&user),
            };
            let expected = policy::next(&pool, &verifier, &people, bench.now());
            let peeked = bench.app.store.peek_task(user, bench.now()).await.unwrap();
            let got = bench.pull(user).await;
            assert_eq!(peeked, got.as_ref().map(|task| task.id), "a peek shows what the pull gives");
            assert_eq!(got.as_ref().map(|task| task.id), expected.map(|task| task.id), "of {}", pool.len());
            pulled.extend(got.map(|task| task.id));
        }
        let left = bench.app.store.pooled_tasks().await.unwrap();
        assert_eq!(pulled.len() + left.len(), waits.len());
        assert!(
            (1..6).contains(&left.len()),
            "what only somebody with a stake in it is competent for: {}",
            left.len()
        );
        assert!(left.iter().all(|task| !task.excluded.is_empty()));
    });
}

#[test]
fn many_who_pull_at_once_never_get_the_same_and_leave_nothing() {
    on_bench(async |bench| {
        let due = bench.now() + TimeDelta::days(1);
        for number in 0..60 {
            bench.pooled([LIVE, NEIGHBOUR][number % 2], Service::KtpEl, due).await;
        }
        let mut pullers = tokio::task::JoinSet::new();
        for number in 0..8 {
            let user = bench.verifier(&format!("verifikator{number}"), Service::ALL, false).await;
            let (store, now) = (bench.app.store.clone(), bench.now());
            pullers.spawn(async move {
                let mut got = Vec::new();
                while let Some(task) = store.pull_task(user, now + TimeDelta::minutes(15), now).await.unwrap()
                {
                    got.push(task.id);
                }
                got
            });
        }
        let shares = pullers.join_all().await;
        let all: BTreeSet<_> = shares.iter().flatten().collect();
        assert_eq!((all.len(), shares.iter().map(Vec::len).sum::<usize>()), (60, 60));
        assert!(bench.app.store.pooled_tasks().await.unwrap().is_empty());
    });
}
