//! Results that the database refuses to write.

use std::time::{Duration, Instant};

use berkas_domain::{Stage, SubmissionId};

use crate::bench::{Act, Bench, Scripted, on_bench, wait_until};

/// Has the database refuse every change of `table` that concerns a submission.
fn refuse(bench: &Bench<'_>, table: &str, events: &str, column: &str, submission: SubmissionId) {
    bench.sql(&format!(
        "create or replace function refuse() returns trigger language plpgsql as
             $$ begin raise exception 'refused by the test'; end $$;
         create trigger refused before {events} on {table} for each row
             when (old.{column} = '{}') execute function refuse()",
        submission.0
    ));
}

#[test]
fn a_result_that_cannot_be_written_is_counted_and_holds_up_nobody() {
    let settings = [("BERKAS_WORKER__CHUNK_HEAVY", "5"), ("BERKAS_WORKER__RETRY_S", "60,60")];
    on_bench(&settings, async |bench| {
        let all = bench.submissions(5).await;
        let bad = all[2].submission;
        refuse(bench, "submissions", "update", "id", bad);
        bench.run(Scripted::always(Act::Forward));
        bench.sweep_after(3).await;
        for work in all.iter().filter(|work| work.submission != bad) {
            bench.reaches(work.submission, Stage::Normalized).await;
        }
        let wait = bench.wait_for_failures(bad, 1).await;
        assert!((48..=72).contains(&wait), "it is put off by {wait} s");
        bench.wait_for_no_message().await;
        assert!(bench.app.metrics.render().contains("step=\"scan\",outcome=\"refused\"} 1"));

        // The same message comes again in its time; it is counted again, and done once it can be.
        bench.sweep_after(80).await;
        bench.wait_for_failures(bad, 2).await;
        bench.sql("drop trigger refused on submissions");
        bench.sweep_after(80).await;
        bench.reaches(bad, Stage::Normalized).await;
    });
}

#[test]
fn a_result_that_can_never_be_written_is_parked_as_soon_as_that_can_be() {
    on_bench(&[("BERKAS_WORKER__RETRY_S", "1")], async |bench| {
        let work = bench.submission().await;
        // The stage may not change; that it is parked may be written.
        bench.sql(
            "create function refuse() returns trigger language plpgsql as
                 $$ begin raise exception 'refused by the test'; end $$;
             create trigger refused before update on submissions for each row
                 when (old.stage <> new.stage) execute function refuse()",
        );
        bench.run(Scripted::always(Act::Forward));
        bench.sweep_after(3).await;
        bench.wait_for_failures(work.submission, 1).await;
        bench.sweep_after(6).await;
        assert_eq!(bench.wait_for_parked(1).await[&work.submission], "store_refused");
    });
}

#[test]
fn work_of_which_nothing_can_be_written_comes_again_after_a_pause_and_not_at_once() {
    const PAUSE: Duration = Duration::from_millis(400);
    on_bench(&[("BERKAS_WORKER__BREAKER_MAX_MS", "400")], async |bench| {
        let work = bench.submission().await;
        refuse(bench, "submissions", "update", "id", work.submission);
        bench.sweep_after(3).await;
        refuse(bench, "due", "update or delete", "submission_id", work.submission);
        let worker = Scripted::always(Act::Forward);
        let (calls, started) = (worker.calls(), Instant::now());
        bench.run(worker);
        wait_until(async || calls.count() >= 4).await;
        assert!(started.elapsed() >= PAUSE * 3, "four tries within {:?}", started.elapsed());
        assert_eq!(bench.sql("select attempts from due"), "0");

        bench.sql("drop trigger refused on due; drop trigger refused on submissions");
        bench.reaches(work.submission, Stage::Normalized).await;
        bench.wait_for_no_message().await;
    });
}
