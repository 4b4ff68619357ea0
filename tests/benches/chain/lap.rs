//! A measurement that begins once everything is warm: every connection has planned each of its statements (PostgreSQL keeps a plan
//! from the sixth time on), and the submissions flow.

use std::time::Instant;

use anyhow::Result;

use crate::cost::{Meter, Spent};

/// Submissions before the measurement begins.
pub const WARM_UP: usize = 2_000;

/// What is measured of a flow of submissions.
pub struct Stopwatch<'a> {
    meter: Option<&'a Meter>,
    began: Option<Began>,
}

/// Where it began.
struct Began {
    at: Instant,
    done: usize,
    spent: Option<Spent>,
}

/// What was measured.
pub struct Lap {
    /// Submissions a second.
    pub rate: f64,
    /// Processor time for each, where a meter was given.
    pub each: Option<Spent>,
}

impl<'a> Stopwatch<'a> {
    /// One that also reads `meter` when there is one.
    pub const fn new(meter: Option<&'a Meter>) -> Self {
        Self { meter, began: None }
    }

    /// Begins as soon as `done` submissions are enough; does nothing after that.
    pub fn see(&mut self, done: usize) -> Result<()> {
        if self.began.is_none() && done >= WARM_UP {
            self.began = Some(Began { at: Instant::now(), done, spent: self.spent()? });
        }
        Ok(())
    }

    /// Ends when `done` submissions are through.
    pub fn stop(self, done: usize) -> Result<Lap> {
        let Some(began) = &self.began else { anyhow::bail!("it ended before it was warm") };
        let count = done - began.done;
        let rate = count as f64 / began.at.elapsed().as_secs_f64();
        let each = self.spent()?.zip(began.spent).map(|(now, then)| now.since(then, count));
        Ok(Lap { rate, each })
    }

    fn spent(&self) -> Result<Option<Spent>> {
        self.meter.map(Meter::spent).transpose()
    }
}
