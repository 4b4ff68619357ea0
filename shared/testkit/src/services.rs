//! Real servers for tests: RabbitMQ and PostgreSQL, below a directory of their own.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context, Result, anyhow, ensure};

/// Servers and how to reach them: what `scripts/services` writes into `DIR/env`.
#[derive(Debug)]
pub struct Services {
    env: BTreeMap<String, String>,
    /// Set for private servers, which go when this is dropped.
    owned: Option<PathBuf>,
}

/// Finds the servers that tests share: those of the environment (`BERKAS_AMQP_URL`, …), those of the file that
/// `BERKAS_TEST_ENV` names, or else those below `.run/test`, which are started if need be and left running.
///
/// # Errors
/// When they cannot be started.
pub fn services() -> Result<Services> {
    let variables: BTreeMap<String, String> = std::env::vars().filter(|(name, _)| is_ours(name)).collect();
    if variables.contains_key("BERKAS_AMQP_URL") {
        return Ok(Services { env: variables, owned: None });
    }
    if let Some(file) = variables.get("BERKAS_TEST_ENV") {
        return Ok(Services { env: read_env(Path::new(file))?, owned: None });
    }
    let dir = root().join(".run/test");
    script("up", &dir, &["--fast"])?;
    Ok(Services { env: read_env(&dir.join("env"))?, owned: None })
}

impl Services {
    /// Starts servers of one's own, for tests that stop, kill or starve them; they go when this is dropped. `arguments`
    /// are those of `scripts/services up`.
    ///
    /// # Errors
    /// When they cannot be started.
    pub fn private(arguments: &[&str]) -> Result<Self> {
        let dir = std::env::temp_dir().join(format!("berkas-{}", unique()));
        let mut services = Self { env: BTreeMap::new(), owned: Some(dir.clone()) };
        script("up", &dir, arguments)?;
        services.env = read_env(&dir.join("env"))?;
        Ok(services)
    }

    /// One variable of the environment file, for example `BERKAS_DATABASE_URL`.
    ///
    /// # Errors
    /// When it is not there.
    pub fn get(&self, name: &str) -> Result<&str> {
        let value = self.env.get(name);
        value.map(String::as_str).with_context(|| format!("the services have no `{name}`"))
    }

    /// Runs another command of `scripts/services` on private servers, for example `kill-rabbit`.
    ///
    /// # Errors
    /// When it fails, or when the servers are shared.
    pub fn command(&self, command: &str, arguments: &[&str]) -> Result<()> {
        let dir = self.owned.as_deref().ok_or_else(|| anyhow!("these servers are shared"))?;
        let mut call = Command::new(root().join("scripts/services"));
        // `up` and `down` take the directory as an option, commands on a node as their first argument.
        run(call.arg(command).arg(dir).args(arguments)).map(|_| ())
    }

    /// Stops private servers and deletes what they left, for a holder that cannot drop them.
    ///
    /// # Errors
    /// When they cannot be stopped, or are shared.
    pub fn stop(&self) -> Result<()> {
        let dir = self.owned.as_deref().ok_or_else(|| anyhow!("these servers are shared"))?;
        script("down", dir, &["--purge"])
    }

    /// Runs `rabbitmqctl` on the (first) broker; returns what it prints.
    ///
    /// # Errors
    /// When it fails.
    pub fn rabbitmqctl(&self, arguments: &[&str]) -> Result<String> {
        let program = self.get("SERVICES_RABBITMQCTL").or_else(|_| self.get("BERKAS_RABBITMQCTL"))?;
        run(Command::new(program).arg("--quiet").args(arguments))
    }

    /// Makes a vhost of one's own, which goes when the result is dropped.
    ///
    /// # Errors
    /// When the broker refuses.
    pub fn vhost(&self) -> Result<Vhost<'_>> {
        let name = format!("test-{}", unique());
        self.rabbitmqctl(&["add_vhost", &name])?;
        let vhost = Vhost { services: self, name };
        self.rabbitmqctl(&["set_permissions", "-p", &vhost.name, "guest", ".*", ".*", ".*"])?;
        Ok(vhost)
    }
}

impl Drop for Services {
    fn drop(&mut self) {
        if let Some(dir) = &self.owned
            && let Err(error) = self.stop()
        {
            eprintln!("cannot stop the servers below {}: {error:#}", dir.display());
        }
    }
}

/// A vhost of one test.
#[derive(Debug)]
pub struct Vhost<'a> {
    services: &'a Services,
    name: String,
}

impl Vhost<'_> {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its address for the user `guest`.
    ///
    /// # Errors
    /// When the services have no broker.
    pub fn url(&self) -> Result<String> {
        self.url_for("guest", "guest")
    }

    /// Its address for a user.
    ///
    /// # Errors
    /// When the services have no broker.
    pub fn url_for(&self, user: &str, password: &str) -> Result<String> {
        let (_, place) =
            self.services.get("BERKAS_AMQP_URL")?.rsplit_once('@').context("no user in the URL")?;
        let host = place.split('/').next().unwrap_or_default();
        Ok(format!("amqp://{user}:{password}@{host}/{}", self.name))
    }
}

impl Drop for Vhost<'_> {
    fn drop(&mut self) {
        if let Err(error) = self.services.rabbitmqctl(&["delete_vhost", &self.name]) {
            eprintln!("cannot delete a vhost: {error:#}");
        }
    }
}

/// A name that no other test has, in this process or another.
fn unique() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    format!("{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
}

fn is_ours(name: &str) -> bool {
    name.starts_with("BERKAS_") || name.starts_with("SERVICES_")
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn script(command: &str, dir: &Path, arguments: &[&str]) -> Result<()> {
    let mut call = Command::new(root().join("scripts/services"));
    run(call.arg(command).arg("--dir").arg(dir).args(arguments)).map(|_| ())
}

fn run(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| format!("cannot run {command:?}"))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    ensure!(output.status.success(), "{command:?}: {}{}", text(&output.stdout), text(&output.stderr));
    Ok(text(&output.stdout))
}

/// Reads `KEY=VALUE` lines; a value may be in single quotes.
fn read_env(file: &Path) -> Result<BTreeMap<String, String>> {
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let pairs = text.lines().filter_map(|line| line.split_once('='));
    Ok(pairs.map(|(name, value)| (name.to_owned(), value.trim_matches('\'').to_owned())).collect())
}
