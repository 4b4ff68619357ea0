//! The program as a process.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};

/// A running role; killed when it is dropped.
pub struct Process {
    child: Child,
}

/// The setting that names the program which decodes files apart.
pub fn scan_child() -> (String, String) {
    ("BERKAS_SCAN__CHILD".to_owned(), env!("CARGO_BIN_EXE_berkas-under-test").to_owned())
}

/// The program with crash points.
fn program(arguments: &[&str], env: &BTreeMap<String, String>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_berkas-under-test"));
    command.args(arguments).envs(env).envs([scan_child()]);
    command
}

/// Runs a command to its end, however it ends.
pub fn outcome(arguments: &[&str], env: &BTreeMap<String, String>, input: &str) -> Result<Output> {
    let mut command = program(arguments, env);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn()?;
    child.stdin.take().context("no standard input")?.write_all(input.as_bytes())?;
    Ok(child.wait_with_output()?)
}

/// Runs a command that shall succeed; returns what it prints.
pub fn run(arguments: &[&str], env: &BTreeMap<String, String>, input: &str) -> Result<String> {
    let output = outcome(arguments, env, input)?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    ensure!(output.status.success(), "{arguments:?}: {}{}", text(&output.stdout), text(&output.stderr));
    Ok(text(&output.stdout))
}

impl Process {
    pub fn spawn(arguments: &[&str], env: &BTreeMap<String, String>, log: &Path) -> Result<Self> {
        let log = std::fs::File::create(log)?;
        let child = program(arguments, env)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .with_context(|| format!("starting {arguments:?}"))?;
        Ok(Self { child })
    }

    /// Its number at the operating system.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Whether it has ended by itself.
    pub fn has_ended(&mut self) -> Result<bool> {
        Ok(self.child.try_wait()?.is_some())
    }

    /// Asks it to stop and waits until it has.
    pub async fn stop(mut self) -> Result<ExitStatus> {
        self.signal("-TERM")?;
        self.ended().await
    }

    /// Has it stand still, as on a machine that hangs, until it is thawed.
    pub fn freeze(&self) -> Result<()> {
        self.signal("-STOP")
    }

    /// Lets it go on.
    pub fn thaw(&self) -> Result<()> {
        self.signal("-CONT")
    }

    fn signal(&self, which: &str) -> Result<()> {
        let sent = Command::new("kill").args([which, &self.id().to_string()]).status()?;
        ensure!(sent.success(), "the process is gone already");
        Ok(())
    }

    /// Waits until it ends by itself.
    pub async fn ended(&mut self) -> Result<ExitStatus> {
        let deadline = tokio::time::Instant::now() + super::PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait()? {
                return Ok(status);
            }
            ensure!(tokio::time::Instant::now() < deadline, "the process does not end");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
