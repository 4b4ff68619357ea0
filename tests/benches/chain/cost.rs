//! Processor time for each submission: of PostgreSQL, of RabbitMQ and of this process. It says where the time goes, and
//! unlike a rate it hardly changes when something else runs on the machine.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use berkas_testkit::Services;

/// Clock ticks a second in `/proc`; the same on every Linux that PostgreSQL and RabbitMQ are packaged for.
const TICKS: f64 = 100.0;

/// The servers' processes.
pub struct Meter {
    postmaster: u32,
    broker: u32,
}

/// Processor seconds since each process began.
#[derive(Debug, Clone, Copy)]
pub struct Spent {
    pub postgres: f64,
    pub rabbit: f64,
    pub ours: f64,
}

impl Spent {
    /// What was spent since `earlier`, in milliseconds for each of `count`.
    pub fn since(self, earlier: Self, count: usize) -> Self {
        let each = |now: f64, then: f64| (now - then) * 1_000.0 / count as f64;
        Self {
            postgres: each(self.postgres, earlier.postgres),
            rabbit: each(self.rabbit, earlier.rabbit),
            ours: each(self.ours, earlier.ours),
        }
    }

    pub fn sum(self) -> f64 {
        self.postgres + self.rabbit + self.ours
    }
}

impl std::fmt::Display for Spent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { postgres, rabbit, ours } = self;
        write!(
            f,
            "{:.3} ms (PostgreSQL {postgres:.3}, RabbitMQ {rabbit:.3}, this process {ours:.3})",
            self.sum()
        )
    }
}

impl Meter {
    pub fn new(services: &Services) -> Result<Self> {
        let sql = "select split_part(pg_read_file('postmaster.pid'), chr(10), 1)";
        let options = ["--quiet", "--no-psqlrc", "-At", "-c", sql, services.get("BERKAS_DATABASE_URL")?];
        let done = Command::new("psql").args(options).output()?;
        ensure!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        let postmaster = String::from_utf8(done.stdout)?.trim().parse()?;
        let broker = services.rabbitmqctl(&["eval", "os:getpid()."])?;
        Ok(Self { postmaster, broker: broker.trim().trim_matches('"').parse()? })
    }

    /// What was spent up to now. The times of children that ended stand with their parent.
    pub fn spent(&self) -> Result<Spent> {
        let mut postgres = Times::of(self.postmaster)?.all();
        for entry in fs::read_dir("/proc")? {
            let Some(pid) = entry?.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
            // A process may end while it is looked at.
            let Ok(times) = Times::of(pid) else { continue };
            if times.parent == self.postmaster {
                postgres += times.own;
            }
        }
        let rabbit = Times::of(self.broker)?.own;
        Ok(Spent { postgres, rabbit, ours: Times::of(std::process::id())?.own })
    }
}

/// One line of `/proc/PID/stat`.
struct Times {
    parent: u32,
    own: f64,
    children: f64,
}

impl Times {
    fn of(pid: u32) -> Result<Self> {
        let text = fs::read_to_string(Path::new("/proc").join(pid.to_string()).join("stat"))?;
        // The name may hold blanks and brackets; everything else comes behind the last bracket.
        let (_, fields) = text.rsplit_once(')').context("not a line of /proc/PID/stat")?;
        let fields: Vec<&str> = fields.split_whitespace().collect();
        let number = |index: usize| -> Result<f64> {
            Ok(fields.get(index).context("a short line of /proc/PID/stat")?.parse::<f64>()? / TICKS)
        };
        let parent = fields.get(1).context("a short line of /proc/PID/stat")?.parse()?;
        Ok(Self { parent, own: number(11)? + number(12)?, children: number(13)? + number(14)? })
    }

    fn all(&self) -> f64 {
        self.own + self.children
    }
}
