//! Preparing: database, broker, offices with their keys, people.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, ensure};
use berkas_domain::{Clock as _, OfficeCode, OfficeMode, Service, SystemClock, UserId};
use berkas_runtime::settings::Settings;
use berkas_store::{NewUser, Store, UserRole};
use berkas_web::{ApiKey, PasswordHasher, WebSettings};
use uuid::Uuid;

use crate::output;

/// The password of every login of the demonstration.
pub const PASSWORD: &str = "contoh-demo-2026";
/// How many simulated verifiers work on live submissions.
pub const VERIFIERS: usize = 6;
/// The kecamatan that are still in training.
const IN_TRAINING: [&str; 2] = ["351717", "351721"];

/// What the players need.
pub struct Demo {
    /// The database.
    pub store: Store,
    /// Everything of this demonstration.
    pub dir: PathBuf,
    /// Where the pages are.
    pub url: String,
    /// Variables of every process.
    pub env: BTreeMap<String, String>,
    /// The offices with their API keys and broker addresses.
    pub offices: Vec<DemoOffice>,
}

/// An office of the demonstration.
#[derive(Debug, Clone)]
pub struct DemoOffice {
    /// Its code.
    pub code: OfficeCode,
    /// Its API key.
    pub key: String,
    /// The broker with its own user.
    pub amqp: String,
}

/// Prepares everything on the servers of the environment.
pub async fn prepare(settings: &Settings) -> anyhow::Result<Demo> {
    let services =
        std::env::var("SERVICES_DIR").context("run it as `make demo`: it needs private servers")?;
    let dir = PathBuf::from(services).join("berkas");
    std::fs::create_dir_all(dir.join("log"))?;
    let url = format!("http://127.0.0.1:{}", port(8080)?);
    let env = variables(&dir, &url)?;
    for arguments in [
        vec!["migrate"],
        vec![
            "topology",
            "--offline",
            "--definitions",
            text(&dir.join("definitions.json"))?,
            "--credentials",
            text(&dir.join("offices.csv"))?,
        ],
    ] {
        berkas(&arguments, &env)?;
    }
    rabbitmqctl(&["import_definitions", text(&dir.join("definitions.json"))?])?;
    berkas(&["topology"], &env)?;
    let store = Store::connect(settings.database.required_url()?, 4).await?;
    let amqp = settings.broker.required_urls()?.first().map(|url| (*url).to_owned()).unwrap_or_default();
    let offices = offices(&store, &dir, &amqp).await?;
    people(&store).await?;
    write_env(settings, &dir, &env, &offices)?;
    Ok(Demo { store, dir, url, env, offices })
}

impl Demo {
    /// Tells where to look and how to sign in.
    pub fn print_logins(&self) {
        output::line("");
        output::line(format_args!(
            "Desk (verifiers):     {}/desk      login verifikator  password {PASSWORD}",
            self.url
        ));
        output::line(format_args!(
            "Desk (supervisors):   {}/desk      login pengawas     password {PASSWORD}",
            self.url
        ));
        output::line(format_args!(
            "Console (operators):  {}/console   login operator     password {PASSWORD}",
            self.url
        ));
        output::line(format_args!("Commands, in another terminal: . {}", self.dir.join("env").display()));
        let program = std::env::current_exe().unwrap_or_else(|_| PathBuf::from("berkas"));
        let folder = std::env::current_dir().unwrap_or_default();
        let program = program.strip_prefix(folder).unwrap_or(&program).display();
        output::line(format_args!("                               {program} status"));
    }
}

/// Writes the variables that a terminal needs to run the program's commands on this demonstration, and to hand in as the
/// first office. They hold keys: only the owner may read them.
fn write_env(
    settings: &Settings,
    dir: &Path,
    env: &BTreeMap<String, String>,
    offices: &[DemoOffice],
) -> anyhow::Result<()> {
    let mut all = env.clone();
    all.insert("BERKAS_DATABASE_URL".to_owned(), settings.database.required_url()?.to_owned());
    all.insert("BERKAS_AMQP_URLS".to_owned(), settings.broker.required_urls()?.join(","));
    if let Some(url) = env.get("BERKAS_HTTP__PUBLIC_URL") {
        all.insert("BERKAS_URL".to_owned(), url.clone());
    }
    if let Some(office) = offices.first() {
        all.insert("BERKAS_API_KEY".to_owned(), office.key.clone());
    }
    let lines: String = all.iter().map(|(name, value)| format!("export {name}='{value}'\n")).collect();
    let mut file = std::fs::OpenOptions::new()
        .create(true)
        .write(true)
        .truncate(true)
        .mode(0o600)
        .open(dir.join("env"))
        .context("writing the variables of the demonstration")?;
    Ok(file.write_all(lines.as_bytes())?)
}

/// The variables of every role: this machine's demonstration, and nothing else.
fn variables(dir: &Path, url: &str) -> anyhow::Result<BTreeMap<String, String>> {
    let objects = std::path::absolute(dir.join("objects"))?;
    let key: [u128; 2] = [rand::random(), rand::random()];
    let variables = [
        ("BERKAS_BLOBS_URL", format!("file://{}", objects.display())),
        ("BERKAS_SEAL_KEY", format!("{:032x}{:032x}", key[0], key[1])),
        ("BERKAS_HTTP__LISTEN", url.trim_start_matches("http://").to_owned()),
        ("BERKAS_HTTP__PUBLIC_URL", url.to_owned()),
        ("BERKAS_HTTP__OBSERVE_LISTEN", "127.0.0.1:0".to_owned()),
        ("BERKAS_WEB__SECURE_COOKIES", "false".to_owned()),
        // So that a return leaves while somebody watches; ten minutes in an office.
        ("BERKAS_HOLD__MINUTES", "0".to_owned()),
        ("BERKAS_DATABASE__MAX_CONNECTIONS", "8".to_owned()),
    ];
    Ok(variables.map(|(name, value)| (name.to_owned(), value)).into())
}

/// The port wanted, or the next free one. Not "any": a worker's own listener on any port could take it before `serve`.
fn port(wanted: u16) -> anyhow::Result<u16> {
    let mut near = wanted..=wanted.saturating_add(100);
    let free = near.find(|port| std::net::TcpListener::bind(("127.0.0.1", *port)).is_ok());
    free.with_context(|| format!("none of the hundred ports from {wanted} on is free"))
}

/// Runs one of the program's own commands.
pub fn berkas(arguments: &[&str], env: &BTreeMap<String, String>) -> anyhow::Result<()> {
    let output = Command::new(std::env::current_exe()?).args(arguments).envs(env).output()?;
    ensure!(
        output.status.success(),
        "`berkas {}`: {}",
        arguments[0],
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(())
}

fn rabbitmqctl(arguments: &[&str]) -> anyhow::Result<()> {
    let program =
        std::env::var("SERVICES_RABBITMQCTL").context("run it as `make demo`: it needs private servers")?;
    let output = Command::new(program).arg("--quiet").args(arguments).output()?;
    ensure!(output.status.success(), "rabbitmqctl: {}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

fn text(path: &Path) -> anyhow::Result<&str> {
    path.to_str().context("the demonstration's directory has a name that is no text")
}

/// Makes every office live, but for those in training, and gives each a key.
async fn offices(store: &Store, dir: &Path, amqp: &str) -> anyhow::Result<Vec<DemoOffice>> {
    let (_, host) = amqp.rsplit_once('@').context("the broker's address has no user")?;
    let credentials = std::fs::read_to_string(dir.join("offices.csv"))?;
    let mut offices = Vec::new();
    for line in credentials.lines().filter(|line| !line.starts_with('#')) {
        let (code, password) = line.split_once(',').context("the credentials are malformed")?;
        let office: OfficeCode = code.parse()?;
        let mode = if IN_TRAINING.contains(&code) { OfficeMode::Training } else { OfficeMode::Live };
        store.set_office_mode(&office, mode, SystemClock.now()).await?;
        let key = ApiKey::draw()?;
        store.add_api_key(Uuid::now_v7(), &office, "demo", key.hash(), SystemClock.now()).await?;
        let amqp = format!("amqp://{code}:{password}@{host}");
        offices.push(DemoOffice { code: office, key: key.reveal(), amqp });
    }
    Ok(offices)
}

/// Simulated verifiers, a trainer, and logins for the person who watches.
async fn people(store: &Store) -> anyhow::Result<()> {
    let hash = PasswordHasher::new(&WebSettings::default())?.hash(PASSWORD)?;
    let mut people: Vec<(String, String, UserRole, bool)> = (1..=VERIFIERS)
        .map(|number| {
            (
                format!("simulasi-{number}"),
                format!("Verifikator simulasi {number}"),
                UserRole::Verifier,
                false,
            )
        })
        .collect();
    people.push(("pelatih".to_owned(), "Pelatih simulasi".to_owned(), UserRole::Verifier, true));
    people.push(("verifikator".to_owned(), "Verifikator".to_owned(), UserRole::Verifier, false));
    people.push(("pengawas".to_owned(), "Pengawas".to_owned(), UserRole::Supervisor, false));
    people.push(("operator".to_owned(), "Operator".to_owned(), UserRole::Operator, false));
    for (login, name, role, training) in &people {
        let services: &[Service] = if role.takes_tasks() { Service::ALL } else { &[] };
        let user = NewUser {
            id: UserId(Uuid::now_v7()),
            login,
            display_name: name,
            role: *role,
            password_hash: &hash,
            services,
            capacity: 10,
            training: *training,
        };
        store.create_user(&user, SystemClock.now()).await?;
    }
    Ok(())
}
