//! What `/livez` says of the loops of a process.

use berkas_domain::Stage;
use berkas_runtime::{Sweeper, park_dead_letters};

use crate::bench::{Act, Scripted, on_bench, wait_until};

#[test]
fn every_loop_is_watched_while_it_runs_and_not_once_it_has_ended() {
    on_bench(&[], async |bench| {
        let watched = || -> Vec<&str> {
            let report = bench.app.health.alive();
            assert!(report.ok, "{report:?}");
            report.checks.into_iter().map(|check| check.name).collect()
        };
        assert_eq!(watched(), Vec::<&str>::new());
        let work = bench.submission().await;
        let (runner, stop) = bench.run(Scripted::always(Act::Forward));
        let sweeper = Sweeper::new(bench.app.clone(), bench.broker.clone());
        let sweeping = tokio::spawn(sweeper.run(stop.clone()));
        let dead = tokio::spawn(park_dead_letters(bench.app.clone(), bench.broker.clone(), stop.clone()));
        wait_until(async || watched() == ["dead_letters", "scan", "sweeper"]).await;
        bench.clock.advance(chrono::TimeDelta::seconds(3));
        bench.reaches(work.submission, Stage::Normalized).await;
        assert_eq!(watched(), ["dead_letters", "scan", "sweeper"]);
        stop.cancel();
        dead.await.unwrap();
        runner.await.unwrap();
        sweeping.await.unwrap();
        wait_until(async || watched().is_empty()).await;
    });
}
