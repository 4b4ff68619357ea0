//! `berkas scan`: normalizes files and says of each page whether a person can read it.

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use anyhow::Context as _;
use berkas_imaging::{
    Document, ImageError, Limits, NormalizedPage, Options, OutputFormat, Verdict, normalize,
};
use berkas_runtime::settings::Settings;
use clap::Args;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use rayon::prelude::*;
use serde_json::json;

use crate::output::{self, Format};

/// `berkas scan`.
#[derive(Debug, Args)]
pub struct ScanArgs {
    /// JPEG, PNG, WebP, PNM, TIFF or PDF files.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Write the normalized pages into this directory.
    #[arg(long)]
    out: Option<PathBuf>,
}

/// Why there is nothing to show of a page.
#[derive(Debug, Clone, Copy)]
enum Trouble {
    /// There is no such file.
    NotFound,
    /// The file is there and cannot be read: its rights, a folder, the disk.
    CannotRead,
    /// What is in it.
    Image(ImageError),
}

impl Trouble {
    fn of_reading(error: &std::io::Error) -> Self {
        if error.kind() == std::io::ErrorKind::NotFound { Self::NotFound } else { Self::CannotRead }
    }

    fn code(self) -> &'static str {
        match self {
            Self::NotFound => "file_not_found",
            Self::CannotRead => "file_cannot_be_read",
            Self::Image(error) => error.code(),
        }
    }
}

/// One page, or a file that could not be opened.
struct Line {
    file: PathBuf,
    page: Option<u32>,
    result: Result<NormalizedPage, Trouble>,
    elapsed_ms: u64,
}

pub fn run(args: ScanArgs, format: Format, settings: &Settings) -> anyhow::Result<ExitCode> {
    if let Some(out) = &args.out {
        std::fs::create_dir_all(out).with_context(|| format!("making `{}`", out.display()))?;
    }
    let (limits, options) = bounds(settings);
    let bar = bar(args.files.len(), format);
    // Each file keeps its pages together and the order of the command line is kept, whichever is done first.
    let lines: Vec<Vec<Line>> = args
        .files
        .par_iter()
        .map(|file| {
            let lines = scan(file, &limits, &options);
            bar.inc(1);
            lines
        })
        .collect();
    bar.finish_and_clear();
    let mut table =
        output::table(&["file", "page", "verdict", "reasons", "turn", "skew", "dpi", "size", "ms"]);
    let mut worst = ExitCode::SUCCESS;
    for line in lines.iter().flatten() {
        if let (Some(out), Ok(page)) = (&args.out, &line.result) {
            write(out, line, page)?;
        }
        let unreadable = line.result.as_ref().map_or(true, |page| page.report.verdict == Verdict::Unreadable);
        if unreadable {
            worst = ExitCode::FAILURE;
        }
        match format {
            Format::Json => output::json_line(&as_json(line))?,
            Format::Text => {
                table.add_row(as_row(line));
            }
        }
    }
    if format == Format::Text {
        output::line(table);
    }
    Ok(worst)
}

fn bounds(settings: &Settings) -> (Limits, Options) {
    let scan = &settings.scan;
    let limits = Limits {
        max_bytes: scan.max_bytes,
        max_pixels: scan.max_pixels,
        max_pages: scan.max_pages,
        max_page_ms: scan.max_page_ms,
        max_memory_bytes: scan.max_memory_bytes,
    };
    let options = Options {
        target_dpi: scan.target_dpi,
        format: OutputFormat::Jpeg { quality: scan.jpeg_quality },
        preview_px: scan.preview_px,
        bilevel: false,
    };
    (limits, options)
}

/// Only on a terminal: in a pipe or a log a bar is noise.
fn bar(files: usize, format: Format) -> ProgressBar {
    let shown = format == Format::Text && std::io::stderr().is_terminal();
    let target = if shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let bar = ProgressBar::with_draw_target(Some(files as u64), target);
    match ProgressStyle::with_template("{bar:40} {pos}/{len} files  {eta}") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

fn scan(file: &Path, limits: &Limits, options: &Options) -> Vec<Line> {
    let line = |page, result, started: Instant| Line {
        file: file.to_owned(),
        page,
        result,
        elapsed_ms: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
    };
    let started = Instant::now();
    let bytes = match read(file, limits) {
        Ok(bytes) => bytes,
        Err(trouble) => return vec![line(None, Err(trouble), started)],
    };
    let document = match Document::open(&bytes, limits) {
        Ok(document) => document,
        Err(error) => return vec![line(None, Err(Trouble::Image(error)), started)],
    };
    (0..document.page_count())
        .map(|page| {
            let started = Instant::now();
            let normalized = normalize(&document, page, options, limits).map_err(Trouble::Image);
            line(Some(page + 1), normalized, started)
        })
        .collect()
}

/// Reads a file, but never more than is allowed of it.
fn read(file: &Path, limits: &Limits) -> Result<Vec<u8>, Trouble> {
    let size = std::fs::metadata(file).map_err(|error| Trouble::of_reading(&error))?.len();
    if usize::try_from(size).map_or(true, |size| size > limits.max_bytes) {
        return Err(Trouble::Image(ImageError::TooLarge));
    }
    std::fs::read(file).map_err(|error| Trouble::of_reading(&error))
}

fn write(out: &Path, line: &Line, page: &NormalizedPage) -> anyhow::Result<()> {
    let stem = line.file.file_stem().map_or_else(|| "page".into(), |stem| stem.to_string_lossy());
    let number = line.page.unwrap_or(1);
    let path = out.join(format!("{stem}-{number}.jpg"));
    std::fs::write(&path, &page.bytes).with_context(|| format!("writing `{}`", path.display()))
}

fn as_json(line: &Line) -> serde_json::Value {
    let file = line.file.display().to_string();
    match &line.result {
        Ok(page) => {
            let report = &page.report;
            json!({
                "file": file, "page": line.page, "width_px": report.width_px, "height_px": report.height_px,
                "dpi": report.dpi, "rotation_deg": report.rotation_deg, "skew_deg": report.skew_deg,
                "blank": report.blank, "verdict": report.verdict, "reasons": report.reasons,
                "elapsed_ms": line.elapsed_ms,
            })
        }
        Err(error) => json!({
            "file": file, "page": line.page, "width_px": null, "height_px": null, "dpi": null, "rotation_deg": null,
            "skew_deg": null, "blank": null, "verdict": "unreadable", "reasons": [error.code()],
            "elapsed_ms": line.elapsed_ms,
        }),
    }
}

fn as_row(line: &Line) -> Vec<String> {
    let file = line.file.display().to_string();
    let page = line.page.map_or_else(|| "—".to_owned(), |page| page.to_string());
    let dash = || "—".to_owned();
    match &line.result {
        Ok(normalized) => {
            let report = &normalized.report;
            let (mark, verdict) = match report.verdict {
                Verdict::Ok => ("✔", "ok"),
                Verdict::Warn => ("!", "warn"),
                Verdict::Unreadable => ("✖", "unreadable"),
            };
            let reasons: Vec<&str> = report.reasons.iter().map(berkas_imaging::Reason::code).collect();
            vec![
                file,
                page,
                format!("{mark} {verdict}"),
                reasons.join(", "),
                format!("{}°", report.rotation_deg),
                format!("{:.2}°", report.skew_deg),
                report.dpi.to_string(),
                format!("{}×{}", report.width_px, report.height_px),
                line.elapsed_ms.to_string(),
            ]
        }
        Err(error) => vec![
            file,
            page,
            "✖ unreadable".to_owned(),
            error.code().to_owned(),
            dash(),
            dash(),
            dash(),
            dash(),
            line.elapsed_ms.to_string(),
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(file: &Path, limits: &Limits) -> Vec<&'static str> {
        let lines = scan(file, limits, &Options::default());
        lines.into_iter().filter_map(|line| line.result.err().map(Trouble::code)).collect()
    }

    #[test]
    fn a_file_that_is_missing_is_not_called_broken() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(codes(&dir.path().join("kk.jpg"), &Limits::default()), ["file_not_found"]);
        assert_eq!(codes(dir.path(), &Limits::default()), ["file_cannot_be_read"]);
    }

    #[test]
    fn a_file_that_is_too_large_is_not_read() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("kk.jpg");
        std::fs::write(&file, vec![0; 11]).unwrap();
        assert_eq!(codes(&file, &Limits { max_bytes: 10, ..Limits::default() }), ["too_large"]);
    }
}
