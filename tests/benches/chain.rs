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
#[path = "chain/check.rs"]
mod check;
#[path = "chain/cost.rs"]
mod cost;
#[path = "chain/delivery.rs"]
mod delivery;
#[path = "chain/deployment.rs"]
mod deployment;
#[path = "chain/growth.rs"]
mod growth;
#[path = "chain/lap.rs"]
mod lap;
#[path = "chain/latency.rs"]
mod latency;
#[path = "chain/peers.rs"]
mod peers;
#[path = "chain/protocol.rs"]
mod protocol;
#[path = "chain/pull.rs"]
mod pull;
#[path = "chain/roles.rs"]
mod roles;
#[path = "../it/bench/mod.rs"]
#[expect(dead_code, unused_imports, reason = "the tests use more of it")]
mod stage;

use anyhow::Result;
use bare::Hops;
use berkas_testkit::Services;

/// Submissions in one measurement; enough for a few seconds.
const SUBMISSIONS: usize = 6_000;
/// Windows, in submissions in flight.
const WINDOWS: [usize; 2] = [100, 1_000];
/// Repetitions, bare and protocol in turn, of which the median counts.
const ROUNDS: usize = 3;
/// Finished submissions in the database at which the rate is taken.
const PASTS: [u64; 2] = [10_000, 1_000_000];

#[tokio::main]
async fn main() -> Result<()> {
    // `cargo bench` passes its own flags; `cargo test --benches` asks for a list.
    if std::env::args().any(|argument| argument == "--list") {
        return Ok(());
    }
    // The parts to measure, all when none is named: protocol delivery cost peers latency check pull
    // roles growth.
    let wanted: Vec<String> =
        std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let wants = |part: &str| wanted.is_empty() || wanted.iter().any(|one| one == part);
    let services: &'static Services = Box::leak(Box::new(berkas_testkit::services()?));
    let mut best = 0.0;
    if wants("protocol") || wants("peers") {
        best = protocol(services).await?;
    }
    if wants("delivery") {
        delivery_alone(services).await?;
    }
    if wants("cost") {
        cost(services).await?;
    }
    if wants("peers") {
        peers(services, best)?;
    }
    if wants("latency") {
        let (p50, p99) = latency::idle(services, 300).await?;
        println!("idle, publish to `waiting`, no image work: p50 {p50:.1} ms   p99 {p99:.1} ms");
    }
    if wants("check") {
        check(services).await?;
    }
    if wants("pull") {
        let pull::Pulls { pull_ms, peek_ms, table_scans, plan } = pull::pulls(services).await?;
        for (what, [p50, p99]) in [("the next of a million tasks", pull_ms), ("a look at it", peek_ms)] {
            println!("{what}: p50 {p50:.1} ms   p99 {p99:.1} ms");
        }
        println!("{table_scans} sequential scans of the tasks; the plan of a pull:");
        plan.iter().for_each(|line| println!("  {line}"));
    }
    if wants("roles") {
        roles(services).await?;
    }
    if wants("growth") {
        growth(services).await?;
    }
    Ok(())
}

/// The protocol against bare hops, with and without a commit for each chunk; returns the better rate.
async fn protocol(services: &Services) -> Result<f64> {
    println!(
        "chain: {SUBMISSIONS} submissions, four hops, persistent messages, classic queues, median of {ROUNDS}"
    );
    let mut best: f64 = 0.0;
    for window in WINDOWS {
        let (mut bare, mut committing, mut whole) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            bare.push(bare::lap(services, &bare::HOPS, SUBMISSIONS, window, Hops::Bare, None).await?.rate);
            committing.push(
                bare::lap(services, &bare::HOPS, SUBMISSIONS, window, Hops::Committing, None).await?.rate,
            );
            whole.push(protocol::lap(services, SUBMISSIONS, window, None).await?.rate);
        }
        let (bare, committing, whole) = (median(bare), median(committing), median(whole));
        println!(
            "window {window:>5}: whole protocol {whole:>6.0}/s   bare hops with a commit {committing:>6.0}/s, \
             ratio {:.2}   broker only {bare:>6.0}/s, ratio {:.2}",
            whole / committing,
            whole / bare
        );
        best = best.max(whole);
    }
    Ok(best)
}

/// The delivery protocol without what a dossier writes, against as many bare hops.
async fn delivery_alone(services: &Services) -> Result<()> {
    let meter = cost::Meter::new(services)?;
    println!(
        "delivery alone, {} hops, median of {ROUNDS} and the last round's processor time:",
        delivery::HOPS.len()
    );
    for window in WINDOWS {
        let (mut rates, mut each) = ([Vec::new(), Vec::new()], [None, None]);
        for _ in 0..ROUNDS {
            let bare =
                bare::lap(services, &delivery::HOPS, SUBMISSIONS, window, Hops::Committing, Some(&meter))
                    .await?;
            let ours = delivery::lap(services, SUBMISSIONS, window, Some(&meter)).await?;
            rates[0].push(bare.rate);
            rates[1].push(ours.rate);
            each = [bare.each, ours.each];
        }
        let [bare, ours] = rates.map(median);
        println!(
            "window {window:>5}: {ours:>6.0}/s   bare hops with a commit {bare:>6.0}/s, ratio {:.2}",
            ours / bare
        );
        for (name, each) in ["bare hops", "delivery"].iter().zip(each.iter().flatten()) {
            println!("  {name} {each}");
        }
    }
    Ok(())
}

/// Processor time for each submission at the wider window.
async fn cost(services: &Services) -> Result<()> {
    let window = WINDOWS[1];
    let meter = cost::Meter::new(services)?;
    let bare = bare::lap(services, &bare::HOPS, SUBMISSIONS, window, Hops::Committing, Some(&meter)).await?;
    let whole = protocol::lap(services, SUBMISSIONS, window, Some(&meter)).await?;
    let (Some(bare), Some(whole)) = (bare.each, whole.each) else { anyhow::bail!("no meter was read") };
    println!("processor time for each submission, {window} in flight, once warm:");
    println!("  bare hops with a commit {bare}");
    println!("  whole protocol {whole}, {:.2} of it", bare.sum() / whole.sum());
    Ok(())
}

fn peers(services: &Services, best: f64) -> Result<()> {
    for peer in peers::ALL {
        let rate = peer.rate(services, 1_000)?;
        println!("peer {:>7}: {rate:>6.0}/s   protocol is {:.1} times as fast", peer.name, best / rate);
    }
    Ok(())
}

async fn check(services: &'static Services) -> Result<()> {
    let check::Checks { size: (width, height), bytes, decode_ms, alone_ms, together_ms } =
        check::checks(services).await?;
    let (megapixels, mib) = (f64::from(width) * f64::from(height) / 1e6, bytes as f64 / 1_048_576.0);
    println!(
        "page check over HTTP: a JPEG of {megapixels:.1} million pixels, {mib:.1} MiB, our decoder {decode_ms:.0} ms"
    );
    for (what, [p50, p99]) in [("one after the other", alone_ms), ("four at once", together_ms)] {
        println!(
            "  {what}: p50 {p50:.0} ms   p99 {p99:.0} ms   p50 is {:.1} of the decoder",
            p50 / decode_ms
        );
    }
    Ok(())
}

async fn roles(services: &'static Services) -> Result<()> {
    let run = roles::run(services, 300, 60).await?;
    println!("six processes, all automatic stages: tiny pages {:.0}/s", run.tiny);
    println!(
        "  pages as scanners and phones make them: {:.1} submissions/s, {:.1} files/s",
        run.normal, run.files
    );
    for (role, idle, highest) in run.memory {
        println!("  memory of `{role}`: {idle:.0} MiB idle, {highest:.0} MiB at the highest");
    }
    Ok(())
}

async fn growth(services: &Services) -> Result<()> {
    let rates = growth::rates(services, &PASTS, SUBMISSIONS, 1_000).await?;
    let first = rates.first().copied().unwrap_or(f64::NAN);
    for (past, rate) in PASTS.iter().zip(&rates) {
        println!("with {past:>8} finished submissions: {rate:>6.0}/s   {:.2} of the first", rate / first);
    }
    Ok(())
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
