//! Nobody works for a while: what waits in a queue is not lost, and is not published as if it were.

use std::sync::Arc;

use anyhow::Result;
use berkas_domain::{Clock as _, FixedClock, SystemClock};
use berkas_runtime::Sweeper;
use berkas_samples::Defect;
use chrono::TimeDelta;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{all_told, one_decision_each};
use crate::bench::{Bench, Office, Process, Queues, until};

on_both_kinds_of_queues! {
    a_backlog_of_ten_minutes_breeds_no_copies_and_comes_back_when_it_is_really_lost;
    a_backlog_of_an_hour_is_published_again_once_an_hour_at_most;
}

/// Three submissions whose messages wait for the scan worker that nobody started.
struct Backlog {
    bench: Bench,
    office: Office,
    sent: Vec<Uuid>,
    /// Looks at what is due as the processes do, by a clock of its own.
    sweeper: Sweeper,
    clock: FixedClock,
    _processes: Vec<Process>,
}

impl Backlog {
    async fn of_three(queues: Queues) -> Result<Self> {
        let bench = Bench::start_with(queues).await?;
        let mut processes = bench.spawn_workers(&["intake"])?;
        processes.push(bench.spawn(&["serve"])?);
        bench.serves().await?;
        let office = bench.office("351709").await?;
        let mut sent = Vec::new();
        for seed in 0..3 {
            let dossier = office.dossier(seed, "akta_kematian", "MTI-1", &[Defect::MissingDocument])?;
            sent.push(office.submit(&dossier).await?);
        }
        let clock = FixedClock::at(SystemClock.now());
        let mut app = bench.app("test").await?;
        app.clock = Arc::new(clock.clone());
        let broker = app.broker("test", CancellationToken::new())?;
        let backlog =
            Self { sweeper: Sweeper::new(app, broker), bench, office, sent, clock, _processes: processes };
        backlog.bench.holds("work.scan", 3).await?;
        // A message is at the broker a moment before the ledger says so.
        let later = backlog.clock.now() + TimeDelta::minutes(1);
        until("the ledger knows that all is published", || async {
            Ok(backlog.bench.store.unpublished_count(later).await? == 0)
        })
        .await?;
        Ok(backlog)
    }

    /// Sweeps `minutes` later; returns how many messages that published.
    async fn sweep_after(&mut self, minutes: i64) -> Result<usize> {
        self.clock.advance(TimeDelta::minutes(minutes));
        Ok(self.sweeper.sweep().await?)
    }

    /// The missing workers come; every submission ends with one decision.
    async fn work_off(self) -> Result<()> {
        let _workers = self.bench.spawn_workers(&["scan", "completeness", "assignment", "notification"])?;
        one_decision_each(&self.office, &self.sent).await?;
        all_told(self.bench, 3).await
    }
}

async fn a_backlog_of_ten_minutes_breeds_no_copies_and_comes_back_when_it_is_really_lost(
    queues: Queues,
) -> Result<()> {
    let mut backlog = Backlog::of_three(queues).await?;
    for minutes in [3, 2, 5] {
        assert_eq!(backlog.sweep_after(minutes).await?, 0, "what waits was published again");
    }
    assert_eq!(backlog.bench.ready("work.scan").await?, 3);

    backlog.bench.on_queue("purge_queue", "work.scan")?;
    assert_eq!(backlog.sweep_after(0).await?, 3, "what is lost comes back");
    assert_eq!(backlog.sweep_after(0).await?, 0, "once");
    assert_eq!(backlog.bench.ready("work.scan").await?, 3);
    backlog.work_off().await
}

async fn a_backlog_of_an_hour_is_published_again_once_an_hour_at_most(queues: Queues) -> Result<()> {
    let mut backlog = Backlog::of_three(queues).await?;
    // Clear of the moments between which the three were published.
    assert_eq!(backlog.sweep_after(1).await?, 0);
    let mut published = Vec::new();
    for _ in 0..12 {
        published.push(backlog.sweep_after(10).await?);
    }
    // A queue that tells a wrong depth must not keep work for ever: hence once an hour, and no more.
    assert_eq!(published, [0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 3]);
    assert_eq!(backlog.bench.ready("work.scan").await?, 9);
    backlog.work_off().await
}
