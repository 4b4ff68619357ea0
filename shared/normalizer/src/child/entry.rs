//! The child's side.

use std::io::{self, Read, Write};
use std::process::ExitCode;

use berkas_imaging::{Document, ImageError, Options, normalize, thumbnail};

use super::frame::{self, Frame};
use super::messages::{Answer, Request, Task};
use super::{confine, limits};
use crate::model::Model;

/// Bytes of a file at most, before the task's own limit is known to the decoder.
const FILE_LIMIT: usize = 1 << 30;
/// Bytes of the orientation network at most.
const MODEL_LIMIT: usize = 64 << 20;

/// Runs this process as a decoder for one file: standard input and output are the pipe to the parent.
///
/// Call it before anything else is started: no runtime, no log, no threads. It ends when the parent closes the pipe.
#[must_use]
pub fn decode_child_main() -> ExitCode {
    // The text of a panic may quote what was read; the parent learns the code and nothing else.
    std::panic::set_hook(Box::new(|_| {}));
    match serve(&mut io::stdin().lock(), &mut io::stdout().lock()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn serve(input: &mut impl Read, output: &mut impl Write) -> io::Result<()> {
    let Some(Frame { head: task, body }) = frame::read::<Task>(input, MODEL_LIMIT)? else { return Ok(()) };
    match give_up_rights(&task) {
        Ok(confined) => frame::write(output, &Answer::Ready { confined }, &[])?,
        Err(error) => return frame::write(output, &Answer::Unready { cause: error.to_string() }, &[]),
    }
    serve_file(&task, &Model::of_bytes(body.into()), input, output)
}

/// Limits and confines this process before it sees the file; returns whether its system calls are filtered.
fn give_up_rights(task: &Task) -> io::Result<bool> {
    limits::apply(task)?;
    match confine::apply() {
        Ok(()) => Ok(true),
        Err(error) if task.must_confine => Err(error),
        Err(_) => Ok(false),
    }
}

/// Answers everything that is asked after the task.
pub(super) fn serve_file(
    task: &Task,
    model: &Model,
    input: &mut impl Read,
    output: &mut impl Write,
) -> io::Result<()> {
    let Some(Frame { head: Request::Open, body }) = frame::read(input, FILE_LIMIT)? else {
        return Err(io::ErrorKind::InvalidData.into());
    };
    match Document::open(&body, &task.limits()) {
        Ok(document) => {
            frame::write(output, &Answer::Opened { page_count: document.page_count() }, &[])?;
            serve_pages(&document, (task, &task.options(model)), input, output)
        }
        Err(error) => frame::write(output, &failed(error), &[]),
    }
}

fn serve_pages(
    document: &Document<'_>,
    (task, options): (&Task, &Options),
    input: &mut impl Read,
    output: &mut impl Write,
) -> io::Result<()> {
    while let Some(Frame { head: request, .. }) = frame::read(input, 0)? {
        let answer = match request {
            Request::Open => return Err(io::ErrorKind::InvalidData.into()),
            Request::Page(index) => normalize(document, index, options, &task.limits()).map(Answer::of_page),
            Request::Original { page, longest_px, max_bytes } => document
                .page(page)
                .and_then(|raster| thumbnail(&raster, longest_px, max_bytes))
                .map(|jpeg| (Answer::Original, jpeg)),
        };
        match answer {
            Ok((answer, body)) => frame::write(output, &answer, &body)?,
            Err(error) => frame::write(output, &failed(error), &[])?,
        }
    }
    Ok(())
}

fn failed(error: ImageError) -> Answer {
    Answer::Failed { code: error.code().to_owned() }
}
