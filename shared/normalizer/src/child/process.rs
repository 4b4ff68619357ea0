//! The parent's side.

use std::ffi::OsString;
use std::io;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::Once;
use std::time::Duration;

use berkas_imaging::{ImageError, MediaType, NormalizedPage};
use bytes::Bytes;
use serde::Serialize;
use tokio::io::AsyncReadExt;
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

use super::CHILD_COMMAND;
use super::frame::{self, Frame};
use super::messages::{Answer, Request, Task};
use crate::cpu::Budget;

/// Added to the time of a page before the child is killed: it should notice by itself first.
const GRACE: Duration = Duration::from_secs(5);
/// Bytes of standard error that are looked at, for why a child died.
const LAST_WORDS: u64 = 4096;
/// What Rust's runtime says when memory ran out.
const OUT_OF_MEMORY: &[u8] = b"memory allocation";
/// `SIGXCPU`, the same number on every architecture that Linux runs on.
const SIGXCPU: i32 = 24;
/// Said once in a process, not with every file.
static WARNED: Once = Once::new();

/// The program that becomes the child.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ChildProgram {
    path: PathBuf,
    /// The orientation network that each child is given, for it can open no file; empty for none.
    model: Bytes,
}

/// A running child with its file open.
#[derive(Debug)]
pub(crate) struct DecodeChild {
    /// Killed when dropped.
    process: Child,
    pipes: Pipes,
    errors: ChildStderr,
    /// What one answer may take of a processor, and by the clock.
    page_cpu: Duration,
    page_timeout: Duration,
    answer_limit: usize,
}

/// Both ways to the child.
#[derive(Debug)]
struct Pipes {
    input: ChildStdin,
    output: ChildStdout,
}

/// Why a child gave no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ChildFault {
    /// The file is at fault.
    #[error(transparent)]
    Image(#[from] ImageError),
    /// The file had all the processor time that it may have.
    #[error(transparent)]
    Spent(ImageError),
    /// The child could not be started: nothing is known of the file.
    #[error("the decoder cannot be started")]
    Start(#[source] io::Error),
}

/// Why a child that has its file open gave no page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PageFault {
    pub(crate) error: ImageError,
    /// Whether the child goes on; else it is of no use any more.
    pub(crate) alive: bool,
    /// Whether the page had all the processor time that it may have.
    pub(crate) spent: bool,
}

impl PageFault {
    const fn of_dead(error: ImageError) -> Self {
        Self { error, alive: false, spent: false }
    }
}

impl From<PageFault> for ChildFault {
    fn from(PageFault { error, spent, .. }: PageFault) -> Self {
        if spent { Self::Spent(error) } else { Self::Image(error) }
    }
}

impl ChildProgram {
    /// The program at `configured`, or this program itself when it is `berkas`; `None` when there is neither.
    pub(crate) fn find(configured: &Path) -> Option<Self> {
        if !configured.as_os_str().is_empty() {
            return Some(Self::at(configured.to_owned()));
        }
        let own = std::env::current_exe().ok()?;
        let is_berkas = own.file_stem() == Some(OsString::from("berkas").as_os_str());
        // Not `own`: after an upgrade that path is another program, or none.
        is_berkas.then(|| Self::at(PathBuf::from("/proc/self/exe")))
    }

    pub(super) const fn at(path: PathBuf) -> Self {
        Self { path, model: Bytes::new() }
    }

    /// The same, and each child asks this orientation network.
    pub(crate) fn with_model(self, model: Bytes) -> Self {
        Self { model, ..self }
    }

    /// Starts a child, hands it the file, and waits until it has opened it; also returns the number of pages.
    ///
    /// # Errors
    /// [`ChildFault`].
    pub(crate) async fn open(&self, task: &Task, file: &[u8]) -> Result<(DecodeChild, u32), ChildFault> {
        let task = &task.for_type(MediaType::sniff(file));
        let mut child = self.start(task).map_err(ChildFault::Start)?;
        if !child.get_ready(task, &self.model).await? {
            WARNED.call_once(|| tracing::warn!("the system calls of decoders are not filtered"));
        }
        match child.exchange(&Request::Open, file, 0).await?.head {
            Answer::Opened { page_count } => Ok((child, page_count)),
            Answer::Failed { code } => Err(image_error(&code).into()),
            _ => Err(ImageError::Panicked.into()),
        }
    }

    /// Starts a child and lets it end before it has a file; returns whether its system calls were filtered.
    ///
    /// # Errors
    /// [`ChildFault`].
    pub(crate) async fn check(&self, task: &Task) -> Result<bool, ChildFault> {
        self.start(task).map_err(ChildFault::Start)?.get_ready(task, &self.model).await
    }

    fn start(&self, task: &Task) -> io::Result<DecodeChild> {
        let mut process = Command::new(&self.path)
            .arg(CHILD_COMMAND)
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let pipes = (process.stdin.take(), process.stdout.take(), process.stderr.take());
        let (Some(input), Some(output), Some(errors)) = pipes else {
            return Err(io::ErrorKind::BrokenPipe.into());
        };
        let page_cpu = Duration::from_millis(task.page_cpu_ms);
        let page_timeout = Duration::from_millis(task.max_page_ms) + GRACE;
        let answer_limit = usize::try_from(task.max_memory_bytes).unwrap_or(usize::MAX);
        let pipes = Pipes { input, output };
        Ok(DecodeChild { process, pipes, errors, page_cpu, page_timeout, answer_limit })
    }
}

impl DecodeChild {
    /// Hands over the task and waits until the child has given up its rights; returns whether it is confined.
    async fn get_ready(&mut self, task: &Task, model: &[u8]) -> Result<bool, ChildFault> {
        match self.exchange(task, model, 0).await?.head {
            Answer::Ready { confined } => Ok(confined),
            Answer::Unready { cause } => Err(ChildFault::Start(io::Error::other(cause))),
            _ => Err(ImageError::Panicked.into()),
        }
    }

    /// Normalizes one page, from 0.
    ///
    /// # Errors
    /// [`PageFault`].
    pub(crate) async fn page(&mut self, index: u32) -> Result<NormalizedPage, PageFault> {
        let Frame { head, body } = self.ask(Request::Page(index)).await?;
        head.into_page(body).ok_or(PageFault::of_dead(ImageError::Panicked))
    }

    /// Draws one page, from 0, as it is in the file: a JPEG within these bounds.
    ///
    /// # Errors
    /// As [`DecodeChild::page`].
    pub(crate) async fn original(
        &mut self,
        page: u32,
        longest_px: u32,
        max_bytes: usize,
    ) -> Result<Vec<u8>, PageFault> {
        let answer = self.ask(Request::Original { page, longest_px, max_bytes }).await?;
        if answer.head == Answer::Original {
            return Ok(answer.body);
        }
        Err(PageFault::of_dead(ImageError::Panicked))
    }

    async fn ask(&mut self, request: Request) -> Result<Frame<Answer>, PageFault> {
        let budget = self.budget();
        let answer = self.exchange(&request, &[], self.answer_limit).await?;
        let Answer::Failed { code } = &answer.head else { return Ok(answer) };
        let error = image_error(code);
        let spent = error == ImageError::TimedOut && budget.is_spent();
        Err(PageFault { error, alive: true, spent })
    }

    /// Says one thing and waits for the answer: a child that is late, by the clock or by the processor time it took, is
    /// killed, one that died is asked why.
    async fn exchange<H: Serialize>(
        &mut self,
        head: &H,
        body: &[u8],
        answer_limit: usize,
    ) -> Result<Frame<Answer>, PageFault> {
        let budget = self.budget();
        let answer = tokio::select! {
            answer = timeout(self.page_timeout, self.pipes.exchange(head, body, answer_limit)) => answer.ok(),
            () = budget.spent() => None,
        };
        match answer {
            Some(Ok(frame)) => Ok(frame),
            Some(Err(_)) => Err(PageFault::of_dead(self.cause_of_death().await)),
            None => {
                let spent = budget.is_spent();
                self.kill().await;
                Err(PageFault { error: ImageError::TimedOut, alive: false, spent })
            }
        }
    }

    fn budget(&self) -> Budget {
        Budget::of_process(self.process.id(), self.page_cpu)
    }

    async fn kill(&mut self) {
        if let Err(error) = self.process.kill().await {
            tracing::warn!(error = &error as &dyn std::error::Error, "cannot kill a decoder");
        }
    }

    /// Reads the exit status and the last words; a child that still lives broke the protocol and is killed.
    async fn cause_of_death(&mut self) -> ImageError {
        let Ok(Ok(status)) = timeout(GRACE, self.process.wait()).await else {
            self.kill().await;
            return ImageError::Panicked;
        };
        let mut last_words = Vec::new();
        // What cannot be read any more is no reason to fail differently.
        let _ = (&mut self.errors).take(LAST_WORDS).read_to_end(&mut last_words).await;
        cause(status, &last_words)
    }
}

impl Pipes {
    async fn exchange<H: Serialize>(
        &mut self,
        head: &H,
        body: &[u8],
        answer_limit: usize,
    ) -> io::Result<Frame<Answer>> {
        frame::send(&mut self.input, head, body).await?;
        frame::receive(&mut self.output, answer_limit).await
    }
}

fn cause(status: ExitStatus, last_words: &[u8]) -> ImageError {
    let says_memory = last_words.windows(OUT_OF_MEMORY.len()).any(|window| window == OUT_OF_MEMORY);
    match status.signal() {
        Some(SIGXCPU) => ImageError::TimedOut,
        _ if says_memory => ImageError::OutOfMemory,
        _ => ImageError::Panicked,
    }
}

/// A code that is unknown here comes from a child that lies.
fn image_error(code: &str) -> ImageError {
    ImageError::from_code(code).unwrap_or(ImageError::Panicked)
}

#[cfg(test)]
mod tests;
