//! Whom a task is meant for when it enters the pool.

use std::collections::BTreeMap;

use berkas_domain::{Outcome as Decided, Service, UserId};
use berkas_runtime::{Job, Outcome, Worker};
use chrono::TimeDelta;

use crate::bench::{LIVE, TRAINING, on_bench};

#[test]
fn a_chunk_spreads_over_the_competent_verifiers_of_the_right_pool() {
    on_bench(async |bench| {
        let one = bench.verifier("wati", &[Service::KtpEl], false).await;
        let two = bench.verifier("budi", Service::ALL, false).await;
        bench.verifier("sari", &[Service::AktaKelahiran], false).await;
        let trainer = bench.verifier("joko", Service::ALL, true).await;

        let mut given: BTreeMap<Option<UserId>, u32> = BTreeMap::new();
        for _ in 0..6 {
            let work = bench.checked(LIVE).await;
            *given.entry(bench.assign(work).await).or_default() += 1;
        }
        assert_eq!(given, BTreeMap::from([(Some(one), 3), (Some(two), 3)]));

        let practice = bench.checked(TRAINING).await;
        assert_eq!(bench.assign(practice).await, Some(trainer));
        assert_eq!(bench.pull(trainer).await.unwrap().submission, practice.submission);
        assert_eq!(bench.pull(trainer).await, None, "live work is not for trainers");
    });
}

#[test]
fn with_nobody_on_duty_the_task_waits_for_anybody() {
    on_bench(async |bench| {
        let work = bench.checked(LIVE).await;
        assert_eq!(bench.assign(work).await, None);
        let late = bench.verifier("wati", &[Service::KtpEl], false).await;
        assert_eq!(bench.pull(late).await.unwrap().submission, work.submission);
    });
}

#[test]
fn work_that_somebody_else_has_done_is_left_alone() {
    on_bench(async |bench| {
        let work = bench.checked(LIVE).await;
        bench.assign(work).await;
        let again = bench.worker.handle(&Job { work, trace: None }).await.unwrap();
        assert!(matches!(again, Outcome::Stale), "{again:?}");
    });
}

#[test]
fn practice_enters_no_stage_in_the_figures_however_it_moves() {
    on_bench(async |bench| {
        let entered = |stage: &str| {
            let line = format!("berkas_stage_transitions_total{{stage=\"{stage}\"}} ");
            let text = bench.app.metrics.render();
            let found = text.lines().find_map(|written| written.strip_prefix(&line).map(str::to_owned));
            found.unwrap_or_else(|| "0".to_owned())
        };
        let figures = || ["received", "waiting", "assigned", "decided", "noticed"].map(entered);
        for (office, training, expected) in
            [(TRAINING, true, ["0", "0", "0", "0", "0"]), (LIVE, false, ["1", "2", "3", "2", "1"])]
        {
            let user = bench.verifier(office, Service::ALL, training).await;
            let work = bench.checked(office).await;
            bench.assign(work).await;
            let (store, now) = (&bench.app.store, bench.now());
            let task = bench.pull(user).await.unwrap();
            store.release_task(task.id, user, task.fence, now).await.unwrap();
            let task = bench.pull(user).await.unwrap();
            bench.decide(&task, user, Decided::Passed).await;
            let task = store.undo_decision(task.id, user, task.fence, now + TimeDelta::hours(1), now).await;
            bench.decide(&task.unwrap().unwrap(), user, Decided::Passed).await;
            bench.noticed(work.submission).await;
            assert_eq!(figures(), expected);
        }
    });
}
