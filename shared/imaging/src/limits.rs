//! What one file and one page may cost, and the guards that hold it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use crate::ImageError;

/// Upper bounds for one file and each of its pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the whole file.
    pub max_bytes: usize,
    /// Pixels (width × height) of one page.
    pub max_pixels: u64,
    /// Pages of the whole file.
    pub max_pages: u32,
    /// Wall-clock milliseconds for one page, checked between steps; a step that hangs needs the child process.
    pub max_page_ms: u64,
    /// Estimated bytes of memory for one page, checked from its header before it is decoded.
    pub max_memory_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_bytes: 64 << 20,
            max_pixels: 120_000_000,
            max_pages: 50,
            max_page_ms: 10_000,
            max_memory_bytes: 1 << 30,
        }
    }
}

impl Limits {
    /// Refuses a page by its size before any of its pixels are decoded.
    ///
    /// `bytes_per_pixel` is what the decoder holds at its peak.
    ///
    /// # Errors
    /// `Corrupt` for an empty page, `TooManyPixels` and `OutOfMemory` beyond the limits.
    pub(crate) fn admit(&self, width: u32, height: u32, bytes_per_pixel: u64) -> Result<(), ImageError> {
        let pixels = u64::from(width) * u64::from(height);
        if pixels == 0 {
            return Err(ImageError::Corrupt);
        }
        if pixels > self.max_pixels {
            return Err(ImageError::TooManyPixels);
        }
        if pixels.saturating_mul(bytes_per_pixel) > self.max_memory_bytes {
            return Err(ImageError::OutOfMemory);
        }
        Ok(())
    }
}

/// The moment after which a page is given up.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Deadline {
    started: Instant,
    budget: Duration,
}

impl Deadline {
    /// Starts the clock of one page.
    pub(crate) fn start(limits: &Limits) -> Self {
        Self { started: Instant::now(), budget: Duration::from_millis(limits.max_page_ms) }
    }

    /// Fails with `TimedOut` once the budget is spent.
    pub(crate) fn check(&self) -> Result<(), ImageError> {
        if self.started.elapsed() > self.budget { Err(ImageError::TimedOut) } else { Ok(()) }
    }

    /// Returns the milliseconds since the start.
    pub(crate) fn elapsed_ms(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

/// Runs `work` and turns a panic inside it into [`ImageError::Panicked`].
///
/// Nothing that `work` touched is used after a panic, so unwind safety does not matter here.
pub(crate) fn contain<T>(work: impl FnOnce() -> Result<T, ImageError>) -> Result<T, ImageError> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or(Err(ImageError::Panicked))
}
