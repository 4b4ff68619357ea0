//! `make bench`: the chain's protocol against bare hops on the same broker, in one run.
//!
//! Every figure of a row is made on the same servers, with the same queue type and window, one after the other, and
//! printed as a ratio. Absolute numbers are for orientation only.

#![expect(
    clippy::print_stdout,
    unreachable_pub,
    reason = "a test or measurement that fails says where; its helpers are not test functions"
)]

#[path = "chain/bare.rs"]
mod bare;
#[path = "chain/deployment.rs"]
mod deployment;
#[path = "chain/latency.rs"]
mod latency;
#[path = "chain/peers.rs"]
mod peers;
#[path = "chain/protocol.rs"]
mod protocol;

use anyhow::Result;

/// Submissions in one measurement; enough for a few seconds.
const SUBMISSIONS: usize = 6_000;
/// Windows, in submissions in flight.
const WINDOWS: [usize; 2] = [100, 1_000];

#[tokio::main]
async fn main() -> Result<()> {
    // `cargo bench` passes its own flags; `cargo test --benches` asks for a list.
    if std::env::args().any(|argument| argument == "--list") {
        return Ok(());
    }
    let services = berkas_testkit::services()?;
    println!("chain: {SUBMISSIONS} submissions, four hops, persistent messages, classic queues");
    let mut bare_rates = Vec::new();
    for window in WINDOWS {
        let bare = bare::rate(&services, SUBMISSIONS, window).await?;
        let protocol = protocol::rate(&services, SUBMISSIONS, window).await?;
        println!(
            "window {window:>5}: broker only {bare:>6.0}/s   whole protocol {protocol:>6.0}/s   ratio {:.2}",
            protocol / bare
        );
        bare_rates.push(protocol);
    }
    let best = bare_rates.iter().copied().fold(0.0, f64::max);
    for peer in peers::ALL {
        match peer.rate(&services, 1_000)? {
            Some(rate) => println!(
                "peer {:>7}: {rate:>6.0}/s   protocol is {:.1} times as fast",
                peer.name,
                best / rate
            ),
            None => println!("peer {:>7}: not measured, its Python package is not installed", peer.name),
        }
    }
    let (p50, p99) = latency::idle(&services, 200).await?;
    println!("idle, publish to `waiting`, no image work: p50 {p50:.1} ms   p99 {p99:.1} ms");
    Ok(())
}
