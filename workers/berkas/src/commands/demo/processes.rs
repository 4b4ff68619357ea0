//! The roles as separate processes.

use std::collections::BTreeMap;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, bail};
use tokio::process::{Child, Command};

use super::setup::Demo;

/// Every process of the demonstration, by role.
const ROLES: [(&str, &[&str]); 6] = [
    ("serve", &["serve"]),
    ("intake", &["worker", "intake"]),
    ("scan", &["worker", "scan"]),
    ("completeness", &["worker", "completeness"]),
    ("assignment", &["worker", "assignment"]),
    ("notification", &["worker", "notification"]),
];

/// The running processes; killed when this is dropped.
pub struct Processes {
    running: BTreeMap<&'static str, Child>,
}

impl Processes {
    /// Starts every role and waits until the pages are served.
    pub async fn start(demo: &Demo) -> anyhow::Result<Self> {
        let mut running = BTreeMap::new();
        for (role, arguments) in ROLES {
            running.insert(role, spawn(role, arguments, demo)?);
        }
        let mut processes = Self { running };
        processes.wait_for_pages(demo).await?;
        Ok(processes)
    }

    async fn wait_for_pages(&mut self, demo: &Demo) -> anyhow::Result<()> {
        let address = demo.url.trim_start_matches("http://");
        for _ in 0..200 {
            for (role, child) in &mut self.running {
                if let Some(status) = child.try_wait()? {
                    bail!("`{role}` ended ({status}); see {}", demo.dir.join("log").join(role).display());
                }
            }
            if tokio::net::TcpStream::connect(address).await.is_ok() {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        bail!("the pages are not served; see {}", demo.dir.join("log").display())
    }

    /// Kills a role as by `kill -9` and starts it anew.
    pub async fn kill_and_replace(&mut self, role: &'static str, demo: &Demo) -> anyhow::Result<()> {
        let child = self.running.get_mut(role).context("no such role")?;
        child.kill().await?;
        let arguments =
            ROLES.iter().find(|(name, _)| *name == role).map_or(&[][..], |(_, arguments)| *arguments);
        self.running.insert(role, spawn(role, arguments, demo)?);
        Ok(())
    }

    /// Asks every process to stop and waits until it has.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        for child in self.running.values() {
            if let Some(pid) = child.id() {
                let _ = std::process::Command::new("kill").args(["-TERM", &pid.to_string()]).status();
            }
        }
        for child in self.running.values_mut() {
            let _ = tokio::time::timeout(Duration::from_secs(25), child.wait()).await;
        }
        Ok(())
    }
}

fn spawn(role: &str, arguments: &[&str], demo: &Demo) -> anyhow::Result<Child> {
    let path = demo.dir.join("log").join(role);
    let log = std::fs::OpenOptions::new().create(true).append(true).open(&path)?;
    let errors = log.try_clone()?;
    Command::new(std::env::current_exe()?)
        .args(arguments)
        .envs(&demo.env)
        .stdin(Stdio::null())
        .stdout(log)
        .stderr(errors)
        .kill_on_drop(true)
        .spawn()
        .with_context(|| format!("starting `{role}`"))
}
