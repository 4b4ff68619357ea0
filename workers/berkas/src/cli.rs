//! The command line.

use std::path::PathBuf;

use berkas_contract::ClerkId;
use berkas_domain::{NoticeId, OfficeCode, OfficeMode, ReasonCode, Service, Shift, Step, WeekPlan};
use berkas_store::UserRole;
use chrono::NaiveDate;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};
use uuid::Uuid;

use crate::commands;
use crate::output::Format;

/// Takes residents' dossiers from a kecamatan's counter to a decision and back.
#[derive(Debug, Parser)]
#[command(name = "berkas", version, propagate_version = true, arg_required_else_help = true)]
pub struct Cli {
    /// A file of settings over the built-in defaults.
    #[arg(long, global = true, env = "BERKAS_CONFIG")]
    pub config: Option<PathBuf>,
    /// How results are printed.
    #[arg(long, global = true, value_enum, default_value_t)]
    pub output: Format,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Every command.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run every role in one process.
    All,
    /// Run one worker of the chain.
    Worker {
        /// Which.
        role: WorkerRole,
    },
    /// Serve the pages and the HTTP API.
    Serve {
        /// Which surfaces; all of them when none is named.
        surfaces: Vec<Surface>,
    },
    /// Bring the database up to date and add the configured offices.
    Migrate {
        /// A list of offices instead of the built-in one: `code,name,parent,mode`.
        #[arg(long)]
        offices: Option<PathBuf>,
    },
    /// Make what the broker must have, and write its definitions file.
    Topology(TopologyArgs),
    /// Say what is wrong with this installation, what to change and where.
    Doctor,
    /// Show depth, age of the oldest and flow of every stage.
    Status,
    /// Check that nothing is lost and nothing doubled; exit code 1 when the books do not balance.
    Neraca,
    /// Look after what is parked.
    #[command(subcommand)]
    Parked(ParkedCommand),
    /// Look at what offices are owed, and where it went.
    #[command(subcommand)]
    Notices(NoticesCommand),
    /// Emit what is due now again.
    Requeue {
        /// Only the work of this step.
        #[arg(value_parser = one_of(Step::ALL, Step::as_str))]
        step: Option<Step>,
    },
    /// Look after offices and their keys.
    #[command(subcommand)]
    Office(OfficeCommand),
    /// Look after verifiers, supervisors, operators and viewers.
    #[command(subcommand)]
    User(UserCommand),
    /// Send one dossier from files and follow it to its answer.
    Submit(commands::submit::SubmitArgs),
    /// Make fictional dossiers with ground truth beside them.
    Sample(commands::sample::SampleArgs),
    /// Normalize files and print a verdict for each page.
    Scan(commands::scan::ScanArgs),
    /// Check NIK and family card numbers.
    Nik(commands::nik::NikArgs),
    /// Look after the rules of completeness.
    #[command(subcommand)]
    Rules(commands::rules::RulesCommand),
    /// Write or check the schemas of what goes over the wire.
    #[command(subcommand)]
    Contract(ContractCommand),
    /// Play a morning of 21 kecamatan.
    Demo(commands::demo::DemoArgs),
    /// Decode one file from standard input, for the scan worker; not for people.
    #[command(hide = true)]
    DecodeChild,
}

/// The workers of the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum WorkerRole {
    /// Takes submissions from the queue `intake`.
    Intake,
    /// Normalizes pages.
    Scan,
    /// Judges by the rules.
    Completeness,
    /// Puts submissions before verifiers.
    Assignment,
    /// Makes and delivers notices.
    Notification,
}

/// What can be served over HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Surface {
    /// The offices' door.
    Intake,
    /// The verifiers' desk.
    Desk,
    /// The operators' console.
    Console,
}

/// `berkas topology`.
#[derive(Debug, Args)]
pub struct TopologyArgs {
    /// Write a definitions file for the broker's `load_definitions`, with a user for each office.
    #[arg(long, requires = "credentials")]
    pub definitions: Option<PathBuf>,
    /// Where the offices' broker passwords are kept (`office,password`); made when it is not there, readable by its
    /// owner only.
    #[arg(long, requires = "definitions")]
    pub credentials: Option<PathBuf>,
    /// Only write the file; do not talk to the broker.
    #[arg(long, requires = "definitions")]
    pub offline: bool,
}

/// `berkas notices`.
#[derive(Debug, Subcommand)]
pub enum NoticesCommand {
    /// List decisions that their office has not acknowledged, the oldest first, and channels that do not work.
    Owed {
        /// Only those older than so many minutes of office time; `notices.unacknowledged_office_min` when absent.
        #[arg(long)]
        office_minutes: Option<u32>,
        /// At most so many.
        #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(i64).range(1..))]
        limit: i64,
    },
    /// Check a directory of texts for notices (`notices.dir`); exit code 1 when anything is wrong.
    Check {
        /// Where it is; that of `notices.dir` when absent.
        dir: Option<PathBuf>,
    },
    /// Show one with every try of every channel.
    Show {
        /// Its id.
        id: NoticeId,
    },
}

/// `berkas parked`.
#[derive(Debug, Subcommand)]
pub enum ParkedCommand {
    /// List what is parked, oldest first.
    List {
        /// At most so many.
        #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(i64).range(1..))]
        limit: i64,
    },
    /// Show one with its message, where there is one.
    Show {
        /// Its id.
        id: Uuid,
    },
    /// Try again where it failed.
    Replay {
        /// Its id, as `parked list` shows it; several are possible, and one that cannot be replayed holds up no other.
        #[arg(required = true)]
        ids: Vec<Uuid>,
    },
    /// Answer the office with a return, as a verifier would.
    Return {
        /// Its id.
        id: Uuid,
        /// The reason code.
        #[arg(long, value_parser = one_of(ReasonCode::ALL, ReasonCode::as_str))]
        code: ReasonCode,
        /// What the office reads beside it, in one's own words and without personal data; LAINNYA needs it.
        #[arg(long, value_name = "TEXT", required_if_eq("code", ReasonCode::Lainnya.as_str()))]
        note: Option<String>,
    },
    /// Close an unreadable message and erase it; a submission is replayed or returned.
    Discard {
        /// Its id.
        id: Uuid,
    },
}

/// `berkas office`.
#[derive(Debug, Subcommand)]
pub enum OfficeCommand {
    /// List the offices.
    List,
    /// Make an API key and print it once.
    Key {
        /// The office.
        office: OfficeCode,
        /// What the key is for.
        #[arg(long, default_value = "intake")]
        label: String,
    },
    /// List the keys of an office: never the keys themselves.
    Keys {
        /// The office.
        office: OfficeCode,
    },
    /// Revoke a key: from now on it opens nothing.
    Revoke {
        /// Its id, as `office keys` lists it.
        key: Uuid,
    },
    /// Say whether what an office sends counts.
    Mode {
        /// The office.
        office: OfficeCode,
        /// What counts from now on.
        #[arg(value_parser = one_of(OfficeMode::ALL, OfficeMode::as_str))]
        mode: OfficeMode,
    },
    /// Send an office's notices to a webhook; prints the secret its signatures are made with.
    Webhook {
        /// The office.
        office: OfficeCode,
        /// Where to; without it the webhook is turned off.
        url: Option<String>,
        /// Change the secret instead; the present one signs too for some hours, so that either verifies.
        #[arg(long, conflicts_with = "url")]
        rotate: bool,
        /// How many hours the present secret goes on signing.
        #[arg(long, default_value_t = 48, requires = "rotate")]
        hours: u32,
    },
    /// Turn an office's queue off, when it reads its inbox or its webhook, or on again.
    Queue {
        /// The office.
        office: OfficeCode,
        /// on or off.
        #[arg(value_parser = ["on", "off"])]
        state: String,
    },
    /// List the ways to offices that were set, without their secrets.
    Channels,
    /// Mail an office's decisions to an address.
    Mail {
        /// The office.
        office: OfficeCode,
        /// Where to; without it nothing more is mailed.
        address: Option<String>,
    },
    /// Remove what an office sent as practice, with its scans; what it sent for real is never touched.
    Purge {
        /// The office.
        office: OfficeCode,
        /// Has to be said: only practice can be removed.
        #[arg(long, required = true)]
        training: bool,
        /// Only what was received before this day (WIB), for example 2026-11-24; everything when absent.
        #[arg(long, value_name = "DATE", value_parser = day)]
        before: Option<NaiveDate>,
    },
}

/// `berkas user`.
#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// List the users, the disabled ones too.
    List,
    /// Show what the audit has of a user, the newest first: changes of their account, sign-ins, duty.
    History {
        /// The name typed at login.
        login: String,
        /// At most so many.
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(i64).range(1..))]
        limit: i64,
    },
    /// Add a user; the password is read from standard input.
    Add {
        /// The name typed at login.
        login: String,
        /// The name colleagues see.
        #[arg(long)]
        name: String,
        /// What they may do.
        #[arg(long, value_parser = one_of(&UserRole::ALL, UserRole::as_str))]
        role: UserRole,
        /// What a verifier is competent for, for example `ktp_el,kartu_keluarga`; everything when absent.
        #[arg(long, value_delimiter = ',', value_parser = one_of(Service::ALL, Service::as_str))]
        services: Vec<Service>,
        /// Belongs to the trainers' pool.
        #[arg(long)]
        training: bool,
        /// Tasks held at once.
        #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(i32).range(1..=1000))]
        capacity: i32,
    },
    /// Give a user a new password, read from standard input; every session ends.
    Password {
        /// The name typed at login.
        login: String,
    },
    /// Put a verifier on or off duty; off duty, what they hold goes back to the pool.
    Duty {
        /// The name typed at login.
        login: String,
        /// on or off.
        duty: Switch,
    },
    /// Show or change when a verifier is on duty; without a plan they always are.
    Roster {
        /// The name typed at login.
        login: String,
        /// The plan of every week, for example `mon-thu 07:30-16:00, fri 07:30-11:30`; empty takes it away.
        #[arg(long)]
        set: Option<WeekPlan>,
        /// A day on which the plan does not count: leave.
        #[arg(long, value_name = "DATE", value_parser = day)]
        off: Vec<NaiveDate>,
        /// A shift of one day alone, for example `2026-11-28 08:00-12:00`.
        #[arg(long, value_name = "DATE HOURS", value_parser = extra_shift)]
        extra: Vec<(NaiveDate, Shift)>,
        /// A day that is like every other again.
        #[arg(long, value_name = "DATE", value_parser = day)]
        usual: Vec<NaiveDate>,
    },
    /// Say under which id a verifier enters or sends submissions at an office: they are never given those.
    Clerk {
        /// The name typed at login.
        login: String,
        /// The office's code.
        office: OfficeCode,
        /// The `sent_by` of the office's messages.
        clerk: ClerkId,
    },
    /// Disable a user; every session ends, and what they hold goes back to the pool.
    Disable {
        /// The name typed at login.
        login: String,
    },
    /// Let a disabled user sign in again, with the password they had.
    Enable {
        /// The name typed at login.
        login: String,
    },
}

/// Reads one word of a list, which help and errors name.
pub(crate) fn one_of<T>(all: &'static [T], word: fn(T) -> &'static str) -> impl TypedValueParser<Value = T>
where
    T: Copy + Send + Sync + std::str::FromStr<Err: std::error::Error + Send + Sync> + 'static,
{
    PossibleValuesParser::new(all.iter().map(|one| word(*one))).try_map(|word| word.parse::<T>())
}

/// Reads a day.
pub(crate) fn day(text: &str) -> Result<NaiveDate, String> {
    text.parse().map_err(|_| "a day is like 2026-11-28".to_owned())
}

/// Reads a day and its hours.
fn extra_shift(text: &str) -> Result<(NaiveDate, Shift), String> {
    let (day, shift) = text.split_once(' ').ok_or("not like `2026-11-28 08:00-12:00`")?;
    Ok((
        self::day(day)?,
        shift.trim().parse().map_err(|error: berkas_domain::RosterError| error.to_string())?,
    ))
}

/// On or off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Switch {
    On,
    Off,
}

/// `berkas contract`.
#[derive(Debug, Subcommand)]
pub enum ContractCommand {
    /// Write the schemas, the AsyncAPI document and the OpenAPI document of the desk.
    Write {
        /// Where to.
        #[arg(default_value = "docs/contract")]
        dir: PathBuf,
    },
    /// Say what is not as it would be written; exit code 1 when anything is.
    Check {
        /// Where they are.
        #[arg(default_value = "docs/contract")]
        dir: PathBuf,
    },
}

#[cfg(test)]
mod tests;
