//! A declared outage moves due times, whenever it was declared.

use berkas_assignment::PoolKeeper;
use berkas_domain::{OfficeCalendar, OfficeHours, Pause, ServiceClocks};
use chrono::{DateTime, TimeDelta, Utc};

use crate::bench::{Bench, LIVE, on_bench};

/// One office day for verification.
fn clocks(outages: Vec<Pause>) -> ServiceClocks {
    let calendar = OfficeCalendar::embedded(OfficeHours::default());
    ServiceClocks::new(calendar, TimeDelta::minutes(450), TimeDelta::hours(24), outages)
}

/// The due times of the submission and of its task.
async fn dues(bench: &Bench) -> (DateTime<Utc>, DateTime<Utc>) {
    let submissions = bench.app.store.due_submissions(None, 10, bench.now()).await.unwrap();
    let tasks = bench.app.store.pooled_tasks().await.unwrap();
    assert_eq!((submissions.len(), tasks.len()), (1, 1));
    (submissions[0].due_at, tasks[0].due_at)
}

#[test]
fn an_outage_that_is_declared_later_moves_what_waits_and_taking_it_back_moves_it_back() {
    on_bench(async |bench| {
        bench.verifier("wati", berkas_domain::Service::ALL, false).await;
        let work = bench.checked(LIVE).await;
        bench.assign(work).await;
        let keeper = PoolKeeper::new(bench.app.clone()).unwrap();
        let received = bench.app.store.due_submissions(None, 1, bench.now()).await.unwrap()[0].received_at;

        let plain = clocks(Vec::new());
        assert_eq!(keeper.follow_outages(&plain).await.unwrap(), 1, "the bench sets a due time of its own");
        let due = plain.verification_due(received, &[]).unwrap();
        assert_eq!(dues(&bench).await, (due, due));
        assert_eq!(keeper.follow_outages(&plain).await.unwrap(), 0, "nothing has changed");

        let outage = Pause { from: received - TimeDelta::days(1), to: Some(received + TimeDelta::days(7)) };
        let held = clocks(vec![outage]);
        assert_eq!(keeper.follow_outages(&held).await.unwrap(), 1);
        let later = held.verification_due(received, &[]).unwrap();
        assert!(later > due);
        assert_eq!(dues(&bench).await, (later, later));

        assert_eq!(keeper.follow_outages(&plain).await.unwrap(), 1);
        assert_eq!(dues(&bench).await, (due, due));
    });
}
