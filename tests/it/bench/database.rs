//! The database behind the program's back.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result, ensure};

use super::{Bench, until};

/// Somebody who has the row of every submission locked, until this is dropped.
pub struct Lock {
    psql: Child,
}

impl Drop for Lock {
    fn drop(&mut self) {
        let _ = self.psql.kill();
        let _ = self.psql.wait();
    }
}

impl Bench {
    fn psql(&self) -> Result<Command> {
        let url = self.env.get("BERKAS_DATABASE_URL").context("no database")?;
        let mut psql = Command::new("psql");
        psql.args(["--quiet", "--no-psqlrc", "-v", "ON_ERROR_STOP=1", "-At", url]);
        Ok(psql)
    }

    /// Runs a statement; returns what it prints, columns divided by `|`.
    pub fn sql(&self, statement: &str) -> Result<String> {
        let output = self.psql()?.args(["-c", statement]).output()?;
        ensure!(output.status.success(), "{statement}: {}", String::from_utf8_lossy(&output.stderr));
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    /// Waits until a statement prints `wanted`.
    pub async fn sql_says(&self, statement: &str, wanted: &str) -> Result<()> {
        until(&format!("`{statement}` says `{wanted}`"), || async { Ok(self.sql(statement)? == wanted) })
            .await
    }

    /// Locks the row of every submission, so that whoever wants to move one on waits in the middle of a transaction.
    pub fn lock_submissions(&self) -> Result<Lock> {
        let mut psql = self.psql()?.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let answers = psql.stdout.take().context("no standard output")?;
        let lines = "begin;\nselect id from submissions for update;\n\\echo locked\n";
        // Stays open: psql holds the transaction until it reads the end.
        psql.stdin.as_mut().context("no standard input")?.write_all(lines.as_bytes())?;
        let lock = Lock { psql };
        let locked = BufReader::new(answers).lines().map_while(Result::ok).any(|line| line == "locked");
        ensure!(locked, "the rows could not be locked");
        Ok(lock)
    }

    /// Waits until somebody's transaction waits for a lock.
    pub async fn blocked(&self) -> Result<()> {
        let waiting = "select count(*) > 0 from pg_stat_activity
                       where datname = current_database() and wait_event_type = 'Lock'";
        self.sql_says(waiting, "t").await
    }
}
