//! One file for each command.

mod contract;
pub mod demo;
mod doctor;
mod migrate;
mod neraca;
pub mod nik;
mod notices;
mod office;
mod parked;
mod purge;
mod requeue;
pub mod rules;
pub mod sample;
pub mod scan;
mod status;
pub mod submit;
mod topology;
mod user;

use std::process::ExitCode;
use std::time::Duration;

use berkas_broker::Broker;
use berkas_domain::{Clock, SystemClock};
use berkas_runtime::settings::Settings;
use berkas_store::Store;

use crate::cli::{Cli, Command};
use crate::output::Format;
use crate::roles;

/// What most commands need.
pub struct Operator {
    /// The database.
    pub store: Store,
    /// Every setting.
    pub settings: Settings,
    /// The time.
    pub clock: SystemClock,
    /// How to print.
    pub format: Format,
}

impl Operator {
    /// The present instant.
    pub fn now(&self) -> chrono::DateTime<chrono::Utc> {
        self.clock.now()
    }

    /// Who acts, as the audit has it.
    pub fn actor(&self) -> String {
        "operator".to_owned()
    }
}

/// Runs a command.
pub async fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    let format = cli.output;
    let settings = || Settings::load(cli.config.as_deref(), std::env::vars()).map_err(anyhow::Error::from);
    match cli.command {
        Command::All => roles::all(settings()?).await,
        Command::Worker { role } => roles::worker(settings()?, role).await,
        Command::Serve { surfaces } => roles::serve(settings()?, surfaces).await,
        Command::Migrate { offices } => migrate::run(&operator(settings()?, format).await?, offices).await,
        Command::Topology(args) => topology::run(&operator(settings()?, format).await?, args).await,
        Command::Doctor => doctor::run(settings(), format).await,
        Command::Status => status::run(&operator(settings()?, format).await?).await,
        Command::Neraca => neraca::run(&operator(settings()?, format).await?).await,
        Command::Parked(command) => parked::run(&operator(settings()?, format).await?, command).await,
        Command::Notices(command) => notices::run(command, format, settings).await,
        Command::Requeue { step } => requeue::run(&operator(settings()?, format).await?, step).await,
        Command::Office(command) => office::run(&operator(settings()?, format).await?, command).await,
        Command::User(command) => user::run(&operator(settings()?, format).await?, command).await,
        Command::Submit(args) => submit::run(args, format).await,
        Command::Sample(args) => sample::run(args, format),
        Command::Scan(args) => scan::run(args, format, &settings()?).await,
        Command::Nik(args) => nik::run(args, format),
        Command::Rules(command) => rules::run(command, format, settings).await,
        Command::Contract(command) => contract::run(command, format),
        Command::Demo(args) => demo::run(args, settings()?).await,
        Command::DecodeChild => Ok(ExitCode::FAILURE),
    }
}

async fn operator(settings: Settings, format: Format) -> anyhow::Result<Operator> {
    let store = connect(&settings).await?;
    Ok(Operator { store, settings, clock: SystemClock, format })
}

/// How long database and broker may take to let a command in: somebody sits before the terminal.
const PATIENCE: Duration = Duration::from_secs(5);

/// Waits until the broker lets a command in. `addresses` is where they are set.
pub async fn let_in(broker: &Broker, addresses: &str) -> anyhow::Result<()> {
    broker.ready_within(PATIENCE).await.map_err(|error| {
        // RabbitMQ ends its sentences.
        let told = error.to_string();
        let told = told.trim_end_matches('.');
        anyhow::anyhow!("{told}; is it up, and are address, user and password in {addresses} right?")
    })
}

/// Connects to the database that the settings name.
async fn connect(settings: &Settings) -> anyhow::Result<Store> {
    Ok(Store::connect_within(settings.database.required_url()?, 2, PATIENCE).await?)
}
