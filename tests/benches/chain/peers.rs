//! Peers: the same four hops as a person would write them in Python, on the same broker. The scripts are in
//! `tests/peers`.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use berkas_testkit::Services;

/// A script that takes the broker's address and a count and prints messages a second.
pub struct Peer {
    pub name: &'static str,
    script: &'static str,
}

pub const ALL: [Peer; 2] =
    [Peer { name: "pika", script: "pika_chain.py" }, Peer { name: "celery", script: "celery_chain.py" }];

impl Peer {
    /// Submissions a second.
    pub fn rate(&self, services: &Services, count: usize) -> Result<f64> {
        let vhost = services.vhost()?;
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers").join(self.script);
        let output = Command::new("python3").arg(script).arg(vhost.url()?).arg(count.to_string()).output()?;
        ensure!(
            output.status.success(),
            "{} (scripts/install-deps bench installs it): {}",
            self.name,
            String::from_utf8_lossy(&output.stderr)
        );
        let text = String::from_utf8_lossy(&output.stdout);
        text.trim().parse().with_context(|| format!("{} printed `{}`", self.name, text.trim()))
    }
}
