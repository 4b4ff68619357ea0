//! Work that may have killed its worker runs alone, under an attempt row.

use berkas_domain::Stage;
use berkas_store::{AttemptStart, WorkRef};
use uuid::Uuid;

use crate::bench::{Act, Bench, Scripted, on_bench, wait_until};

#[test]
fn a_drain_that_overran_closes_its_attempt_uncounted() {
    on_bench(&[], async |bench| {
        let work = bench.submission().await;
        // Published twice, so that it runs alone.
        bench.sql("update due set publishes = 2, published_at = now()");
        bench.publish(work).await;
        let (runner, stop) = bench.run(Scripted::always(Act::Hang));
        let open = || bench.sql("select count(*) from attempts");
        wait_until(async || open() == "1").await;

        stop.cancel();
        assert_eq!(bench.app.close_open_attempts().await.unwrap(), 1);
        runner.abort();
        assert_eq!(open(), "0");
        wait_until(async || {
            bench.sql(
                "select count(*) from pg_locks l join pg_database d on d.oid = l.database
                                       where l.locktype = 'advisory' and d.datname = current_database()",
            ) == "0"
        })
        .await;
        assert_eq!(bench.app.close_open_attempts().await.unwrap(), 0);

        // Whoever gets the message then starts with a clean sheet.
        bench.run(Scripted::always(Act::Forward));
        bench.reaches(work.submission, Stage::Normalized).await;
        assert_eq!(open(), "0");
    });
}

/// As if `times` workers had died at this work.
fn crashed(bench: &Bench, work: WorkRef, times: usize) {
    for _ in 0..times {
        bench.sql(&format!(
            "insert into attempts (id, submission_id, generation, worker, started_at)
             values ('{}', '{}', {}, 'dead', now())",
            Uuid::new_v4(),
            work.submission.0,
            work.generation.0
        ));
    }
}

#[test]
fn a_third_crash_parks_the_work_without_calling_the_worker_again() {
    on_bench(&[], async |bench| {
        let work = bench.submission().await;
        crashed(bench, work, 3);
        let worker = Scripted::always(Act::Forward);
        let calls = worker.calls();
        bench.run(worker);
        bench.sweep_after(3).await;
        assert_eq!(bench.wait_for_parked(1).await[&work.submission], "crashed");
        assert_eq!(calls.count(), 0);
        bench.wait_for_no_message().await;
    });
}

#[test]
fn two_crashes_are_forgiven() {
    on_bench(&[], async |bench| {
        let work = bench.submission().await;
        crashed(bench, work, 2);
        bench.run(Scripted::always(Act::Forward));
        bench.sweep_after(3).await;
        bench.reaches(work.submission, Stage::Normalized).await;
        assert!(bench.app.store.parked(10).await.unwrap().is_empty());
    });
}

#[test]
fn a_message_that_meets_an_attempt_which_is_just_ending_waits_for_it_and_is_worked_on() {
    on_bench(&[], async |bench| {
        let work = bench.submission().await;
        let (store, now) = (&bench.app.store, bench.app.clock.now());
        let ending = store.start_attempt(work, "another", 3, now).await.unwrap();
        let AttemptStart::Started(ending) = ending else { panic!("{ending:?}") };
        bench.sql("update due set publishes = 2, published_at = now()");
        bench.publish(work).await;
        bench.run(Scripted::always(Act::Forward));
        wait_until(async || store.waiting_for_locks().await.unwrap() == 1).await;
        store.close_attempt(ending).await.unwrap();
        // Nobody publishes it again: no sweeper runs here.
        bench.reaches(work.submission, Stage::Normalized).await;
    });
}

#[test]
fn a_message_that_meets_an_attempt_which_goes_on_is_dropped_after_a_moment() {
    on_bench(&[], async |bench| {
        let work = bench.submission().await;
        let (store, now) = (&bench.app.store, bench.app.clock.now());
        let goes_on = store.start_attempt(work, "another", 3, now).await.unwrap();
        let copy = store.start_attempt(work, "copy", 3, now).await.unwrap();
        assert!(matches!((goes_on, copy), (AttemptStart::Started(_), AttemptStart::Busy)));
    });
}

#[test]
fn how_long_a_worker_was_at_it_is_kept_with_the_stage_that_it_reached() {
    on_bench(&[], async |bench| {
        let work = bench.submission().await;
        bench.run(Scripted::always(Act::Forward));
        bench.sweep_after(3).await;
        bench.reaches(work.submission, Stage::Normalized).await;
        let kept = "select worked_ms between 0 and 60000 from stage_log where stage = 'normalized'";
        assert_eq!(bench.sql(kept), "t");
        let by_people = "select count(*) from stage_log where stage = 'received' and worked_ms is not null";
        assert_eq!(bench.sql(by_people), "0", "nobody works at what comes in");
    });
}
