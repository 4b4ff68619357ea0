//! What `/livez` says of the channels.

use crate::bench::{Bench, OFFICE, on_bench, wait_until};
use crate::receiver::{Answer, Receiver};

/// The loops that are watched, all of which have turned lately.
fn watched(bench: &Bench) -> Vec<&'static str> {
    let report = bench.app.health.alive();
    assert!(report.ok, "{report:?}");
    report.checks.into_iter().map(|check| check.name).collect()
}

#[test]
fn every_channel_that_delivers_is_watched_while_it_runs_and_not_once_it_has_ended() {
    on_bench(async |mut bench| {
        assert_eq!(watched(&bench), Vec::<&str>::new());
        let receiver = Receiver::start([Answer::Status(500)]).await;
        bench.set_webhook(&receiver.url("/hook")).await;
        bench.noticed(OFFICE).await;
        bench.dispatch();
        // Nobody is sent mail here, and a channel that has no server has no loop.
        let expected = ["notices by amqp", "notices by webhook"];
        wait_until(async || watched(&bench) == expected).await;
        receiver.wait_for(1).await;
        assert_eq!(watched(&bench), expected, "a receiver that fails ends no channel");
        bench.stop().await;
        wait_until(async || watched(&bench).is_empty()).await;
    });
}
