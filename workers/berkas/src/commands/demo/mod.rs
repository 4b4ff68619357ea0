//! `berkas demo`: a morning of 21 kecamatan on this machine, on the servers of the environment.
//!
//! Everything is played through the public doors: offices send over HTTP and AMQP, simulated verifiers (labelled so)
//! decide through the desk's API, the roles run as separate processes and one of them is killed hard on the way.

mod board;
mod offices;
mod processes;
mod repair;
mod report;
mod setup;
mod verifiers;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use berkas_runtime::settings::Settings;
use clap::Args;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::output;
use board::Board;

/// How long the morning may take to be worked off after the last dossier was sent.
const PATIENCE: Duration = Duration::from_secs(150);

/// Dossiers that are left at the desk when the demonstration stays up.
const FOR_THE_DESK: usize = 8;

/// `berkas demo`.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// How many dossiers are handed in, resends and repairs not counted.
    #[arg(long, default_value_t = 210)]
    submissions: usize,
    /// The same seed plays the same morning.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// In how many seconds the morning is played.
    #[arg(long, default_value_t = 75)]
    seconds: u64,
    /// End after the summary instead of staying up; also with `DEMO_EXIT=1`.
    #[arg(long, env = "DEMO_EXIT", value_parser = clap::builder::BoolishValueParser::new())]
    exit: bool,
}

pub async fn run(args: DemoArgs, settings: Settings) -> anyhow::Result<ExitCode> {
    let stop = CancellationToken::new();
    let demo = setup::prepare(&settings).await.context("preparing the demonstration")?;
    let mut processes = processes::Processes::start(&demo).await?;
    output::line(format_args!(
        "Berkas is up at {}; logs are in {}",
        demo.url,
        demo.dir.join("log").display()
    ));

    let board = Arc::new(Board::default());
    let progress = tokio::spawn(report::progress(demo.store.clone(), Arc::clone(&board), stop.clone()));
    let verifiers = verifiers::start(&demo, &board, &stop).await?;
    let mut sending = offices::start(&demo, &args.plan(), &board, &stop).await?;

    // Half way through the morning one worker dies as by a power cut; another one takes its place.
    tokio::time::sleep(Duration::from_secs(args.seconds / 2)).await;
    processes.kill_and_replace("scan", &demo).await?;
    board.say("the scan worker was killed (kill -9) and another one was started");

    sending.sent().await?;
    let settled = settle(&demo, &board).await?;
    stop.cancel();
    progress.await?;
    verifiers.finish().await?;
    sending.finish().await?;

    let balanced = report::summary(&demo, &board).await?;
    if !settled {
        output::line("✖ not everything was worked off in time; the table above says where it stands");
    }
    if !args.exit {
        let seed = args.seed.wrapping_add(1);
        match offices::leave_for_the_desk(&demo, seed, FOR_THE_DESK, &board).await {
            Ok(waiting) => output::line(format_args!(
                "{waiting} dossiers more were handed in and wait at the desk for you"
            )),
            Err(error) => output::line(format_args!("✖ could not hand in more for the desk: {error:#}")),
        }
    }
    demo.print_logins();
    if !args.exit {
        output::line("Press Ctrl-C to stop.");
        tokio::signal::ctrl_c().await?;
    }
    processes.stop().await?;
    Ok(if settled && balanced { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

impl DemoArgs {
    fn plan(&self) -> offices::Morning {
        offices::Morning {
            seed: self.seed,
            submissions: self.submissions,
            length: Duration::from_secs(self.seconds),
        }
    }
}

/// Waits until every submission is told and every notice is acknowledged; `false` when that takes too long.
async fn settle(demo: &setup::Demo, board: &Board) -> anyhow::Result<bool> {
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline {
        let neraca = demo.store.neraca().await?;
        let told = neraca.waiting == 0 && board.repairs_under_way() == 0;
        if told && demo.store.unacknowledged_count().await? == 0 {
            return Ok(true);
        }
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    Ok(false)
}
