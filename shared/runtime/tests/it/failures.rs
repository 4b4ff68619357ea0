//! What follows each way in which a worker can end.

use std::time::Duration;

use berkas_domain::Stage;

use crate::bench::{Act, Scripted, on_bench};

#[test]
fn a_panic_is_contained_counted_and_tried_again() {
    on_bench(&[], async |bench| {
        let work = bench.submission().await;
        bench.run(Scripted::first(Act::Panic));
        bench.sweep_after(3).await;
        bench.reaches(work.submission, Stage::Normalized).await;
        assert_eq!(bench.sql("select step, attempts from due"), "completeness|0");
        assert!(bench.app.metrics.render().contains("step=\"scan\",outcome=\"panicked\"} 1"));
    });
}

#[test]
fn work_that_hangs_is_given_up_at_its_time_limit_and_counted() {
    on_bench(
        &[("BERKAS_WORKER__HANDLE_TIMEOUT_S__SCAN", "1"), ("BERKAS_WORKER__RETRY_S", "60")],
        async |bench| {
            let work = bench.submission().await;
            bench.run(Scripted::first(Act::Hang));
            bench.sweep_after(3).await;
            let wait = bench.wait_for_failures(work.submission, 1).await;
            assert!((48..=72).contains(&wait), "{wait} s are not a minute");
            bench.sweep_after(75).await;
            bench.reaches(work.submission, Stage::Normalized).await;
            assert!(bench.app.metrics.render().contains("step=\"scan\",outcome=\"timed_out\"} 1"));
        },
    );
}

#[test]
fn a_snooze_comes_again_in_its_time_and_is_not_counted() {
    on_bench(&[("BERKAS_WORKER__RETRY_S", "0")], async |bench| {
        let work = bench.submission().await;
        let worker = Scripted::new(|_, before| match before {
            // More often than the ladder has rungs.
            0..=3 => Act::Snooze(Duration::from_secs(600)),
            _ => Act::Forward,
        });
        let calls = worker.calls();
        bench.run(worker);
        bench.sweep_after(3).await;
        for snoozed in 1..=4 {
            crate::bench::wait_until(async || {
                calls.count() == snoozed && bench.due(work.submission) == Some((0, 600))
            })
            .await;
            bench.sweep_after(599).await;
            assert_eq!(calls.count(), snoozed, "it came before its time");
            bench.sweep_after(4).await;
        }
        bench.reaches(work.submission, Stage::Normalized).await;
    });
}

#[test]
fn a_permanent_failure_is_parked_at_once_with_its_code() {
    on_bench(&[], async |bench| {
        let work = bench.submission().await;
        bench.run(Scripted::always(Act::Permanent));
        bench.sweep_after(3).await;
        assert_eq!(bench.wait_for_parked(1).await[&work.submission], "hopeless");
        assert_eq!(bench.sql("select count(*) from due"), "0");
        assert_eq!(bench.sql("select stage, parked from submissions"), "received|t");
        bench.wait_for_no_message().await;
    });
}

#[test]
fn transient_failures_climb_the_ladder_of_eight_retries_and_end_parked() {
    on_bench(&[], async |bench| {
        let work = bench.submission().await;
        let worker = Scripted::always(Act::Transient);
        let calls = worker.calls();
        bench.run(worker);
        bench.sweep_after(3).await;
        for (retry, wait) in (1..).zip([0_i64, 1, 5, 30, 120, 600, 3600, 21600]) {
            if wait == 0 {
                // Due at once, so the runner itself publishes it and nobody sees it wait.
                continue;
            }
            let waits = bench.wait_for_failures(work.submission, retry).await;
            let (least, most) = (wait * 8 / 10, wait * 12 / 10 + 1);
            assert!((least..=most).contains(&waits), "retry {retry} comes after {waits} s");
            bench.sweep_after(most + 3).await;
        }
        assert_eq!(bench.wait_for_parked(1).await[&work.submission], "flaky");
        assert_eq!(calls.count(), 9);
        let detail = bench.sql("select detail from parked");
        assert_eq!(detail, "failed 9 times, the last time with `flaky`");
        assert_eq!(bench.sql("select count(*) from due"), "0");
    });
}

#[test]
fn one_bad_submission_of_a_chunk_does_not_hold_up_the_others() {
    on_bench(&[("BERKAS_WORKER__CHUNK_HEAVY", "10"), ("BERKAS_WORKER__RETRY_S", "60")], async |bench| {
        let all = bench.submissions(10).await;
        let (panics, fails, hopeless) = (all[2].submission, all[5].submission, all[7].submission);
        bench.run(Scripted::new(move |submission, _| match submission {
            bad if bad == panics => Act::Panic,
            bad if bad == fails => Act::Transient,
            bad if bad == hopeless => Act::Permanent,
            _ => Act::Forward,
        }));
        bench.sweep_after(3).await;
        for work in &all {
            if ![panics, fails, hopeless].contains(&work.submission) {
                bench.reaches(work.submission, Stage::Normalized).await;
            }
        }
        bench.wait_for_failures(panics, 1).await;
        bench.wait_for_failures(fails, 1).await;
        assert_eq!(bench.wait_for_parked(1).await[&hopeless], "hopeless");
        bench.wait_for_no_message().await;
    });
}

#[test]
fn a_move_that_the_stage_machine_does_not_have_is_refused_and_parked() {
    on_bench(&[], async |bench| {
        let work = bench.submission().await;
        bench.run(Scripted::always(Act::ForwardTo(Stage::Waiting)));
        bench.sweep_after(3).await;
        assert_eq!(bench.wait_for_parked(1).await[&work.submission], "illegal_move");
        let found = bench.app.store.submission(work.submission).await.unwrap().unwrap();
        assert_eq!(found.stage, Stage::Received);
    });
}

#[test]
fn work_whose_step_is_not_that_of_its_stage_is_named_by_the_books() {
    on_bench(&[], async |bench| {
        let work = bench.submission().await;
        assert!(bench.app.store.neraca().await.unwrap().balances());
        bench.sql("update due set step = 'notification'");
        assert_eq!(bench.app.store.neraca().await.unwrap().missing, [work.submission]);
    });
}
