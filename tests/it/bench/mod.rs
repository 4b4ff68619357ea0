//! The whole application on a bench: a database and a vhost of one's own, the program's roles as processes.
//!
//! [`Bench::finish`] is how a test ends: it waits until nothing is due any more, checks the books, and fails when a
//! message is left over.

mod database;
mod gateway;
mod office;
mod process;
mod verifier;

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use berkas_broker::{Broker, BrokerConfig, Outgoing};
use berkas_domain::{OfficeCode, Step};
use berkas_runtime::App;
use berkas_runtime::settings::Settings;
use berkas_samples::Dossier;
use berkas_store::{Neraca, Store, TestDatabase};
use berkas_testkit::{Services, Vhost};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

pub use gateway::Gateway;
pub use office::{Office, Received};
pub use process::Process;
pub use verifier::{Task, Verifier};

/// The broker password of every office in tests.
const OFFICE_PASSWORD: &str = "contoh";
/// How long a test waits for anything.
pub const PATIENCE: Duration = Duration::from_secs(90);

/// What the queues of a deployment are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Queues {
    Classic,
    Quorum,
}

impl Queues {
    /// The setting that says so.
    pub const fn setting(self) -> (&'static str, &'static str) {
        let word = match self {
            Self::Classic => "classic",
            Self::Quorum => "quorum",
        };
        ("BERKAS_BROKER__QUEUE_TYPE", word)
    }
}

/// A deployment of one test.
pub struct Bench {
    // Dropped in this order: processes are gone before what they use.
    pub store: Store,
    env: BTreeMap<String, String>,
    dir: tempfile::TempDir,
    _database: TestDatabase,
    vhost: Vhost<'static>,
    pub services: &'static Services,
    http_port: u16,
    own: Option<Own>,
}

/// Servers of one test, which go with it.
struct Own(&'static Services);

impl Drop for Own {
    fn drop(&mut self) {
        if let Err(error) = self.0.stop() {
            eprintln!("cannot stop the servers of a test: {error:#}");
        }
    }
}

impl Bench {
    /// On the servers that tests share.
    pub async fn start() -> Result<Self> {
        Self::start_with(Queues::Classic).await
    }

    /// On the servers that tests share, with queues of this kind.
    pub async fn start_with(queues: Queues) -> Result<Self> {
        Self::on(Box::leak(Box::new(berkas_testkit::services()?)), &[queues.setting()]).await
    }

    /// On servers of its own, which it may kill; `arguments` are those of `scripts/services up`.
    pub async fn private(arguments: &[&str], settings: &[(&str, &str)]) -> Result<Self> {
        let services: &'static Services = Box::leak(Box::new(Services::private(arguments)?));
        let own = Own(services);
        let mut bench = Self::on(services, settings).await?;
        bench.own = Some(own);
        Ok(bench)
    }

    /// On given servers, with settings of one's own.
    pub async fn on(services: &'static Services, settings: &[(&str, &str)]) -> Result<Self> {
        let name = format!("berkas_{}", Uuid::new_v4().simple());
        let database = TestDatabase::create(services.get("BERKAS_DATABASE_URL")?, &name).await?;
        let vhost = services.vhost()?;
        let dir = tempfile::tempdir()?;
        let http_port = free_port()?;
        let mut env: BTreeMap<String, String> = [
            ("BERKAS_DATABASE_URL", database.url()),
            ("BERKAS_DATABASE__MAX_CONNECTIONS", "6".to_owned()),
            ("BERKAS_AMQP_URLS", addresses(services, &vhost)?),
            ("BERKAS_BLOBS_URL", format!("file://{}", dir.path().join("objects").display())),
            ("BERKAS_SEAL_KEY", "c0".repeat(32)),
            ("BERKAS_HTTP__LISTEN", format!("127.0.0.1:{http_port}")),
            ("BERKAS_HTTP__OBSERVE_LISTEN", "127.0.0.1:0".to_owned()),
            ("BERKAS_WEB__SECURE_COOKIES", "false".to_owned()),
            ("BERKAS_WEB__PASSWORD_MEMORY_KIB", "64".to_owned()),
            ("BERKAS_WEB__PASSWORD_PASSES", "1".to_owned()),
            ("BERKAS_HOLD__MINUTES", "0".to_owned()),
            // One verifier does everything here; two looks have tests of their own.
            ("BERKAS_ASSIGNMENT__SECOND_LOOK_PERCENT", "0".to_owned()),
            ("BERKAS_SWEEPER__INTERVAL_MS", "200".to_owned()),
            ("BERKAS_SWEEPER__UNPUBLISHED_AFTER_MS", "800".to_owned()),
            ("BERKAS_NOTICES__LEASE_S", "3".to_owned()),
            ("BERKAS_BROKER__HEARTBEAT_S", "2".to_owned()),
            ("BERKAS_WORKER__RETRY_S", "0,1,1,1".to_owned()),
            ("BERKAS_WORKER__BREAKER_MAX_MS", "1000".to_owned()),
            ("BERKAS_TELEMETRY__LOG_LEVEL", "info".to_owned()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into();
        env.extend(settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let store = Store::connect(&database.url(), 4).await?;
        let bench = Self { store, env, dir, _database: database, vhost, services, http_port, own: None };
        bench.run(&["migrate"])?;
        bench.import_users()?;
        bench.run(&["topology"])?;
        Ok(bench)
    }

    /// Gives every office its broker user, as `berkas topology` writes them.
    fn import_users(&self) -> Result<()> {
        let credentials = self.path("credentials.csv");
        let mut text = String::new();
        for number in 1..=21 {
            text.push_str(&format!("3517{number:02},{OFFICE_PASSWORD}\n"));
        }
        std::fs::write(&credentials, text)?;
        let definitions = self.path("definitions.json");
        let (definitions_text, credentials_text) = (text_of(&definitions)?, text_of(&credentials)?);
        self.run(&[
            "topology",
            "--offline",
            "--definitions",
            definitions_text,
            "--credentials",
            credentials_text,
        ])?;
        self.services.rabbitmqctl(&["import_definitions", definitions_text])?;
        Ok(())
    }

    /// Has the (private) broker load its definitions whenever it starts, as `load_definitions` does in production.
    pub fn load_definitions(&self) -> Result<()> {
        std::fs::copy(self.path("definitions.json"), self.services.get("SERVICES_DEFINITIONS")?)?;
        Ok(())
    }

    /// A part of the program that runs within the test itself, with this deployment's settings.
    pub async fn app(&self, role: &'static str) -> Result<App> {
        let env = self.env.clone().into_iter().chain([process::scan_child()]);
        Ok(App::start(Settings::load(None, env)?, role).await?)
    }

    /// Publishes any body to any exchange, as something that knows the broker but not the rules.
    pub async fn publish(&self, exchange: &str, key: &str, body: &[u8]) -> Result<()> {
        let broker = self.connected().await?;
        let sent =
            broker.publisher().publish(Outgoing::new(exchange, key, Uuid::new_v4(), body.to_vec())).await;
        broker.close().await;
        Ok(sent?)
    }

    /// The messages that wait in a queue, as the queue itself says: what is listed of a quorum queue may be seconds old.
    pub async fn ready(&self, queue: &str) -> Result<u64> {
        let broker = self.connected().await?;
        let depths = broker.queue_depths(&[queue]).await;
        broker.close().await;
        Ok(depths?.iter().filter_map(|depth| depth.ready).map(u64::from).sum())
    }

    async fn connected(&self) -> Result<Broker> {
        let config = BrokerConfig::new(vec![self.vhost.url()?], "test");
        let broker = Broker::start(config, CancellationToken::new())?;
        broker.ready().await?;
        Ok(broker)
    }

    /// Runs `rabbitmqctl COMMAND QUEUE` on a queue of this deployment.
    pub fn on_queue(&self, command: &str, queue: &str) -> Result<()> {
        self.services.rabbitmqctl(&[command, "-p", self.vhost.name(), queue]).map(drop)
    }

    /// Waits until the log of a role says `words`.
    pub async fn logged(&self, role: &str, words: &str) -> Result<()> {
        until(&format!("`{role}` logs `{words}`"), || async {
            for entry in std::fs::read_dir(self.dir.path())? {
                let path = entry?.path();
                let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
                if name.contains(role)
                    && name.ends_with(".log")
                    && std::fs::read_to_string(&path)?.contains(words)
                {
                    return Ok(true);
                }
            }
            Ok(false)
        })
        .await
    }

    /// A path below the bench's directory.
    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Where the pages and the API are.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.http_port)
    }

    /// Runs a command of the program to its end; returns what it prints.
    pub fn run(&self, arguments: &[&str]) -> Result<String> {
        self.run_with_input(arguments, "")
    }

    /// Runs a command to its end, however it ends; returns its exit code and what it prints.
    pub fn outcome(&self, arguments: &[&str]) -> Result<(Option<i32>, String)> {
        let output = process::outcome(arguments, &self.env, "")?;
        Ok((output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned()))
    }

    /// The broker's address for an office.
    pub fn amqp_url(&self, office: &str) -> Result<String> {
        self.vhost.url_for(office, OFFICE_PASSWORD)
    }

    /// Runs a command that reads standard input.
    pub fn run_with_input(&self, arguments: &[&str], input: &str) -> Result<String> {
        process::run(arguments, &self.env, input)
    }

    /// Writes a dossier into files, as somebody has them who uses `berkas submit`; returns the arguments that name them.
    pub fn written(&self, dossier: &Dossier) -> Result<Vec<String>> {
        let folder = self.path(&Uuid::new_v4().simple().to_string());
        std::fs::create_dir(&folder)?;
        let form = folder.join("form.json");
        std::fs::write(&form, serde_json::to_vec(&dossier.form)?)?;
        let mut arguments = vec!["--form".to_owned(), form.display().to_string()];
        for (index, (document, file)) in dossier.form.documents.iter().zip(&dossier.files).enumerate() {
            let paper = folder.join(format!("{index}.scan"));
            std::fs::write(&paper, &file.bytes)?;
            arguments.push(format!("{}={}", document.kind, paper.display()));
        }
        Ok(arguments)
    }

    /// Starts a role as a process.
    pub fn spawn(&self, arguments: &[&str]) -> Result<Process> {
        self.spawn_with(arguments, &[])
    }

    /// Starts a role as a process with more variables.
    pub fn spawn_with(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Result<Process> {
        let mut env = self.env.clone();
        env.extend(variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let log = self.path(&format!("{}-{}.log", arguments.join("-"), Uuid::new_v4().simple()));
        Process::spawn(arguments, &env, &log)
    }

    /// Makes a quorum queue confirm nothing any more, as one does that was killed right after it was declared: the
    /// process that is its only replica stays, and answers nobody. (One that is gone altogether refuses what is
    /// published.)
    pub fn wedge(&self, queue: &str) -> Result<()> {
        let vhost = self.vhost.name();
        let suspend = format!(
            "{{ok, Q}} = rabbit_amqqueue:lookup(rabbit_misc:r(<<\"{vhost}\">>, queue, <<\"{queue}\">>)), \
             {{Name, _}} = amqqueue:get_pid(Q), ok = sys:suspend(Name)."
        );
        self.services.rabbitmqctl(&["eval", &suspend]).map(drop)
    }

    /// Starts the workers of `roles`, each a process.
    pub fn spawn_workers(&self, roles: &[&str]) -> Result<Vec<Process>> {
        roles.iter().map(|role| self.spawn(&["worker", role])).collect()
    }

    /// Starts every role in one process and waits until it serves.
    pub async fn spawn_all(&self) -> Result<Process> {
        let process = self.spawn(&["all"])?;
        self.serves().await?;
        Ok(process)
    }

    /// Waits until the pages are served.
    pub async fn serves(&self) -> Result<()> {
        let address = format!("127.0.0.1:{}", self.http_port);
        until("the pages are served", || async { Ok(tokio::net::TcpStream::connect(&address).await.is_ok()) })
            .await
    }

    /// An office with an API key, live unless said otherwise.
    pub async fn office(&self, code: &str) -> Result<Office> {
        self.run(&["office", "mode", code, "live"])?;
        let key = self.key(code)?;
        let code: OfficeCode = code.parse()?;
        let amqp = self.amqp_url(code.as_str())?;
        Office::new(code, &self.url(), &key, amqp)
    }

    /// A new API key of an office.
    pub fn key(&self, code: &str) -> Result<String> {
        Ok(self.run(&["office", "key", code])?.trim().to_owned())
    }

    /// A verifier who is signed in.
    pub async fn verifier(&self, login: &str) -> Result<Verifier> {
        self.person(login, "verifier").await
    }

    /// Somebody of a role who is signed in.
    pub async fn person(&self, login: &str, role: &str) -> Result<Verifier> {
        let arguments = ["user", "add", login, "--name", "Verifikator Contoh", "--role", role];
        self.run_with_input(&arguments, "kata-sandi-contoh\n")?;
        Verifier::login(&self.url(), login, "kata-sandi-contoh").await
    }

    /// The books.
    pub async fn neraca(&self) -> Result<Neraca> {
        Ok(self.store.neraca().await?)
    }

    /// Waits until every accepted submission is decided and told, parked or with a verifier, then checks the books and
    /// that no message is left over in any queue of due work.
    pub async fn finish(self) -> Result<Neraca> {
        until("nothing is due any more", || async { Ok(self.store.due_count().await? == 0) }).await?;
        let queues: Vec<String> = Step::ALL.iter().map(|step| format!("work.{step}")).collect();
        until("no message is left over", || async {
            let depths = self.depths()?;
            Ok(queues
                .iter()
                .chain([&"intake".to_owned(), &"dead".to_owned()])
                .all(|queue| depths.get(queue) == Some(&0)))
        })
        .await?;
        let neraca = self.neraca().await?;
        ensure!(neraca.balances(), "the books do not balance: {neraca:?}");
        Ok(neraca)
    }

    /// The messages in every queue, ready or delivered and not acked.
    pub fn depths(&self) -> Result<BTreeMap<String, u64>> {
        let listing = self.services.rabbitmqctl(&[
            "list_queues",
            "-p",
            self.vhost.name(),
            "--no-table-headers",
            "name",
            "messages",
        ])?;
        let pairs = listing.lines().filter_map(|line| line.split_once('\t'));
        pairs.map(|(name, depth)| Ok((name.to_owned(), depth.trim().parse()?))).collect()
    }

    /// The messages in one queue; none when it is not there.
    pub fn depth(&self, queue: &str) -> Result<u64> {
        Ok(self.depths()?.get(queue).copied().unwrap_or_default())
    }

    /// Waits until a queue holds `count` messages.
    pub async fn holds(&self, queue: &str, count: u64) -> Result<()> {
        until(&format!("`{queue}` holds {count}"), || async { Ok(self.depth(queue)? == count) }).await
    }

    /// Where the objects are.
    pub fn objects(&self) -> PathBuf {
        self.path("objects")
    }
}

/// Waits until `holds`, asking again every 50 ms; an error of the question counts as not yet.
pub async fn until<F: Future<Output = Result<bool>>>(what: &str, holds: impl Fn() -> F) -> Result<()> {
    until_within(PATIENCE, what, holds).await
}

/// As [`until`], but for so long.
pub async fn until_within<F: Future<Output = Result<bool>>>(
    limit: Duration,
    what: &str,
    holds: impl Fn() -> F,
) -> Result<()> {
    let deadline = Instant::now() + limit;
    loop {
        let answer = holds().await;
        if matches!(answer, Ok(true)) {
            return Ok(());
        }
        if Instant::now() >= deadline {
            answer.with_context(|| format!("waited in vain: {what}"))?;
            anyhow::bail!("waited in vain: {what}");
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// The broker's address in this vhost, of every node of a cluster.
fn addresses(services: &Services, vhost: &Vhost<'_>) -> Result<String> {
    let Ok(nodes) = services.get("BERKAS_AMQP_URLS") else { return vhost.url() };
    let place = |url: &str| url.rsplit_once('/').map(|(server, _)| format!("{server}/{}", vhost.name()));
    Ok(nodes.split(',').filter_map(place).collect::<Vec<_>>().join(","))
}

/// A port that nothing listens on. Below the ports that the kernel hands out itself, or a worker's own listener on "any
/// port" could take it before `serve` does.
pub fn free_port() -> Result<u16> {
    let candidates = std::iter::repeat_with(|| 12_000 + (Uuid::new_v4().as_u128() % 8_000) as u16);
    let mut free = candidates.take(100).filter(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok());
    free.next().context("no free port")
}

fn text_of(path: &Path) -> Result<&str> {
    path.to_str().context("a path that is no text")
}
