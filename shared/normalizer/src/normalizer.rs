//! One file, page by page, on a bounded number of cores.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use berkas_imaging::{Document, ImageError, MediaType, NormalizedPage, normalize, thumbnail};
use berkas_runtime::settings::{Confinement, ScanOutput, ScanSettings};
use bytes::Bytes;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use crate::child::{ChildFault, ChildProgram, DecodeChild, PageFault, Task};
use crate::cpu::Budget;
use crate::model::Model;

/// How much more processor time than the first one a second attempt may have: a processor that others use too does less in it.
const PATIENCE: u64 = 2;

/// Makes pages of files. Clones share the cores.
///
/// Every page waits for its turn by itself, in the order of asking, so that a file of forty pages does not make a
/// file of one wait for all forty.
#[derive(Debug, Clone)]
pub struct Normalizer {
    task: Task,
    /// The same with more time for a page.
    patient_task: Task,
    max_file: Duration,
    parallelism: usize,
    /// As many permits as pages may be worked on at the same time.
    cores: Arc<Semaphore>,
    /// Decodes PDF, TIFF and HEIC; without it they are decoded in this process.
    child: Option<ChildProgram>,
    /// A second opinion on which way up a page lies.
    model: Model,
}

/// A file that could be opened.
#[derive(Debug)]
pub struct OpenFile {
    normalizer: Normalizer,
    bytes: Bytes,
    page_count: u32,
    task: Task,
    /// The microseconds its pages took, waiting for their turn not counted; its lanes count together.
    used: Arc<AtomicU64>,
    /// The time of the last page.
    took: Duration,
    /// The child that has the file open; none for types that are decoded here, or after it died.
    child: Option<DecodeChild>,
    in_child: bool,
}

/// Why there is no file or no page.
#[derive(Debug, thiserror::Error)]
pub enum NormalizeError {
    /// The file or the page is at fault; this will not change.
    #[error(transparent)]
    Image(#[from] ImageError),
    /// Nothing is known of the file: the decoder or a thread could not be started.
    #[error("the normalizer cannot work: {0}")]
    Machine(String),
}

/// Why an attempt gave nothing.
#[derive(Debug)]
struct Missed {
    error: NormalizeError,
    /// Whether the clock ended it and not its use of a processor: on a busy machine more time may help.
    was_kept_waiting: bool,
}

impl From<NormalizeError> for Missed {
    fn from(error: NormalizeError) -> Self {
        let was_kept_waiting = matches!(error, NormalizeError::Image(ImageError::TimedOut));
        Self { error, was_kept_waiting }
    }
}

impl From<ChildFault> for Missed {
    fn from(fault: ChildFault) -> Self {
        let spent = matches!(fault, ChildFault::Spent(_));
        let missed = Self::from(NormalizeError::from(fault));
        Self { was_kept_waiting: missed.was_kept_waiting && !spent, ..missed }
    }
}

impl From<ChildFault> for NormalizeError {
    fn from(fault: ChildFault) -> Self {
        match fault {
            ChildFault::Image(error) | ChildFault::Spent(error) => Self::Image(error),
            ChildFault::Start(error) => Self::Machine(format!("the decoder cannot be started: {error}")),
        }
    }
}

impl Normalizer {
    /// Works within `settings`. PDF, TIFF and HEIC are decoded by `scan.child`, by this program when it is `berkas`, or
    /// else in this process, where only panics and the checks between steps protect it; that is logged.
    #[must_use]
    pub fn new(settings: &ScanSettings) -> Self {
        let model = Model::load(&settings.orientation_model);
        let child = ChildProgram::find(&settings.child).map(|child| child.with_model(model.bytes()));
        if child.is_none() {
            tracing::warn!("`scan.child` is not set: files are decoded in this process");
        }
        let parallelism = match settings.threads {
            0 => std::thread::available_parallelism().map_or(1, usize::from),
            threads => threads,
        };
        Self {
            task: task_of(settings),
            patient_task: patient(task_of(settings), settings.patient_page_ms),
            max_file: Duration::from_millis(settings.max_file_ms),
            parallelism,
            cores: Arc::new(Semaphore::new(parallelism)),
            child,
            model,
        }
    }

    /// The same, but pages are only judged and drawn small: their bytes stay empty.
    #[must_use]
    pub fn preview_only(self) -> Self {
        let only = |task| Task { preview_only: true, ..task };
        Self { task: only(self.task), patient_task: only(self.patient_task), ..self }
    }

    /// Pages that are worked on at the same time at most.
    #[must_use]
    pub const fn parallelism(&self) -> usize {
        self.parallelism
    }

    /// Starts the decoder of PDF, TIFF and HEIC once, without a file, to see whether it works and is confined.
    ///
    /// # Errors
    /// [`NormalizeError::Machine`] with what is missing.
    pub async fn check_decoder(&self) -> Result<(), NormalizeError> {
        let missing = |what: &str| NormalizeError::Machine(what.to_owned());
        let Some(program) = &self.child else {
            return Err(missing("PDF, TIFF and HEIC are decoded in this process"));
        };
        match program.check(&self.task).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(missing("the system calls of the decoder are not filtered")),
            Err(ChildFault::Image(_)) => Err(missing("the decoder ends at once")),
            Err(fault) => Err(fault.into()),
        }
    }

    /// Opens a file.
    ///
    /// # Errors
    /// [`NormalizeError`].
    pub async fn open(&self, bytes: Bytes) -> Result<OpenFile, NormalizeError> {
        let first = self.open_with(self.task, bytes.clone()).await;
        let opened = match first {
            // Without more patience the second attempt would be the first once more.
            Err(missed) if missed.was_kept_waiting && self.task != self.patient_task => {
                self.open_with(self.patient_task, bytes).await
            }
            first => first,
        };
        opened.map_err(|missed| missed.error)
    }

    async fn open_with(&self, task: Task, bytes: Bytes) -> Result<OpenFile, Missed> {
        let risky =
            matches!(MediaType::sniff(&bytes), Some(MediaType::Pdf | MediaType::Tiff | MediaType::Heic));
        let turn = self.turn().await?;
        let (child, page_count) = match &self.child {
            Some(program) if risky => {
                let (child, page_count) = program.open(&task, &bytes).await?;
                (Some(child), page_count)
            }
            _ => (None, count_pages(turn, task, bytes.clone()).await?),
        };
        let in_child = child.is_some();
        let normalizer = self.clone();
        let (used, took) = (Arc::default(), Duration::ZERO);
        Ok(OpenFile { normalizer, bytes, page_count, task, used, took, child, in_child })
    }

    async fn turn(&self) -> Result<OwnedSemaphorePermit, NormalizeError> {
        let turn = Arc::clone(&self.cores).acquire_owned().await;
        turn.map_err(|error| NormalizeError::Machine(error.to_string()))
    }
}

async fn count_pages(turn: OwnedSemaphorePermit, task: Task, bytes: Bytes) -> Result<u32, Missed> {
    let limits = task.limits();
    blocking(turn, task, move || Document::open(&bytes, &limits).map(|document| document.page_count())).await
}

async fn page_here(
    turn: OwnedSemaphorePermit,
    (task, model): (Task, &Model),
    bytes: Bytes,
    index: u32,
) -> Result<NormalizedPage, Missed> {
    let (limits, options) = (task.limits(), task.options(model));
    blocking(turn, task, move || normalize(&Document::open(&bytes, &limits)?, index, &options, &limits)).await
}

/// Runs `work` on a thread that may be kept busy. The turn moves along: it ends with the work, also when nobody waits
/// for it any more.
async fn blocking<T: Send + 'static>(
    turn: OwnedSemaphorePermit,
    task: Task,
    work: impl FnOnce() -> Result<T, ImageError> + Send + 'static,
) -> Result<T, Missed> {
    let done = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        let budget = Budget::of_this_thread(Duration::from_millis(task.page_cpu_ms));
        let done = work();
        (done, budget.is_spent())
    });
    let (done, spent) = done.await.map_err(|error| NormalizeError::Machine(error.to_string()))?;
    done.map_err(|error| {
        let missed = Missed::from(NormalizeError::from(error));
        Missed { was_kept_waiting: missed.was_kept_waiting && !spent, ..missed }
    })
}

impl OpenFile {
    /// How many pages it has, at least 1.
    #[must_use]
    pub const fn page_count(&self) -> u32 {
        self.page_count
    }

    /// Normalizes one page, from 0. An error concerns this page only.
    ///
    /// A page that takes too long by the clock is tried once more with more time, and so are those behind it: on a busy
    /// machine every page looks slow, and a resident would be sent home for it. One that took its time of a processor is
    /// not.
    ///
    /// # Errors
    /// [`NormalizeError`]; `TimedOut` also when the time of the whole file is used up.
    pub async fn page(&mut self, index: u32) -> Result<NormalizedPage, NormalizeError> {
        self.took = Duration::ZERO;
        let first = self.attempt(index).await;
        let may_go_on = self.task != self.normalizer.patient_task && !self.used_up();
        let made = match first {
            Err(missed) if missed.was_kept_waiting && may_go_on => {
                self.task = self.normalizer.patient_task;
                // It has the old task.
                self.child = None;
                self.attempt(index).await
            }
            first => first,
        };
        made.map_err(|missed| missed.error)
    }

    /// Draws one page, from 0, as it is in the file, before anything is done to it: a JPEG whose longest edge is
    /// `longest_px` at most and that has `max_bytes` at most. For a person who compares; the time does not count.
    ///
    /// # Errors
    /// [`NormalizeError`]; `TooLarge` when the page is too busy for `max_bytes`.
    pub async fn original(
        &mut self,
        index: u32,
        longest_px: u32,
        max_bytes: usize,
    ) -> Result<Vec<u8>, NormalizeError> {
        let turn = self.normalizer.turn().await?;
        if !self.in_child {
            let (bytes, limits) = (self.bytes.clone(), self.task.limits());
            let draw = move || {
                let page = Document::open(&bytes, &limits)?.page(index)?;
                thumbnail(&page, longest_px, max_bytes)
            };
            return blocking(turn, self.task, draw).await.map_err(|missed| missed.error);
        }
        let mut child = self.take_child().await.map_err(|missed| missed.error)?;
        let drawn = child.original(index, longest_px, max_bytes).await;
        self.put_back(child, drawn).map_err(|missed| missed.error)
    }

    /// The time that the last page took here, waiting for its turn not counted.
    #[must_use]
    pub const fn took(&self) -> Duration {
        self.took
    }

    /// What opens the same file once more, for another lane.
    pub(crate) fn beside(&self) -> Beside {
        Beside {
            normalizer: self.normalizer.clone(),
            bytes: self.bytes.clone(),
            task: self.task,
            used: Arc::clone(&self.used),
        }
    }

    /// How many lanes may work on it: those of its normalizer.
    pub(crate) const fn lanes(&self) -> usize {
        self.normalizer.parallelism
    }

    fn used_up(&self) -> bool {
        Duration::from_micros(self.used.load(Ordering::Relaxed)) >= self.normalizer.max_file
    }

    async fn attempt(&mut self, index: u32) -> Result<NormalizedPage, Missed> {
        if self.used_up() {
            return Err(NormalizeError::from(ImageError::TimedOut).into());
        }
        let turn = self.normalizer.turn().await?;
        let started = Instant::now();
        let page = if self.in_child {
            let page = self.page_in_child(index).await;
            drop(turn);
            page
        } else {
            page_here(turn, (self.task, &self.normalizer.model), self.bytes.clone(), index).await
        };
        let took = started.elapsed();
        self.took += took;
        self.used.fetch_add(u64::try_from(took.as_micros()).unwrap_or(u64::MAX), Ordering::Relaxed);
        page
    }

    async fn page_in_child(&mut self, index: u32) -> Result<NormalizedPage, Missed> {
        let mut child = self.take_child().await?;
        let page = child.page(index).await;
        self.put_back(child, page)
    }

    /// Taken out while it works: should the call be dropped half way, the next one must not read its answer.
    async fn take_child(&mut self) -> Result<DecodeChild, Missed> {
        match self.child.take() {
            Some(child) => Ok(child),
            None => self.another_child().await,
        }
    }

    /// Keeps a child that goes on living, and tells what it answered.
    fn put_back<T>(&mut self, child: DecodeChild, answer: Result<T, PageFault>) -> Result<T, Missed> {
        let alive = answer.as_ref().map_or_else(|fault| fault.alive, |_| true);
        self.child = alive.then_some(child);
        answer.map_err(|fault| ChildFault::from(fault).into())
    }

    async fn another_child(&self) -> Result<DecodeChild, Missed> {
        let Some(program) = &self.normalizer.child else {
            return Err(NormalizeError::Machine("there is no decoder".to_owned()).into());
        };
        let (child, _) = program.open(&self.task, &self.bytes).await?;
        Ok(child)
    }
}

/// Opens a file once more; the pages of both count against the same time.
#[derive(Debug)]
pub(crate) struct Beside {
    normalizer: Normalizer,
    bytes: Bytes,
    task: Task,
    used: Arc<AtomicU64>,
}

impl Beside {
    pub(crate) async fn open(&self) -> Result<OpenFile, NormalizeError> {
        let file = self.normalizer.open_with(self.task, self.bytes.clone()).await;
        let file = file.map_err(|missed| missed.error)?;
        Ok(OpenFile { used: Arc::clone(&self.used), ..file })
    }
}

/// The task of a second attempt, which may take so many milliseconds by the clock.
fn patient(task: Task, page_ms: u64) -> Task {
    let page_cpu_ms = task.page_cpu_ms.saturating_mul(PATIENCE).min(page_ms);
    Task {
        max_page_ms: page_ms.max(task.max_page_ms),
        page_cpu_ms: page_cpu_ms.max(task.page_cpu_ms),
        ..task
    }
}

const fn task_of(settings: &ScanSettings) -> Task {
    Task {
        max_bytes: settings.max_bytes,
        max_pixels: settings.max_pixels,
        max_pages: settings.max_pages,
        max_page_ms: settings.max_page_ms,
        page_cpu_ms: settings.max_page_ms,
        max_memory_bytes: settings.max_memory_bytes,
        target_dpi: settings.target_dpi,
        jpeg_quality: settings.jpeg_quality,
        webp: matches!(settings.output, ScanOutput::Webp),
        bilevel: settings.bilevel,
        preview_px: settings.preview_px,
        preview_only: false,
        cpu_s: settings.child_cpu_s,
        memory_bytes: settings.child_memory_bytes,
        heic_memory_bytes: settings.child_heic_memory_bytes,
        must_confine: matches!(settings.child_confinement, Confinement::Required),
    }
}

#[cfg(test)]
mod tests;
