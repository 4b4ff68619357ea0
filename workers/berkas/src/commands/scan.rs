//! `berkas scan`: normalizes files and says of each page whether a person can read it.

mod print;
mod report;
mod work;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use berkas_imaging::Verdict;
use berkas_runtime::settings::{ScanOutput, ScanSettings, Settings};
use clap::Args;

use self::work::{Work, scan_all};
use crate::output::Format;

/// `berkas scan`.
#[derive(Debug, Args)]
pub struct ScanArgs {
    /// JPEG, PNG, WebP, PNM, TIFF or PDF files.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Write the normalized pages into this directory.
    #[arg(long)]
    out: Option<PathBuf>,
    /// Write a contact sheet into this HTML file: every page before and after, the worst ten first.
    #[arg(long, value_name = "FILE.html")]
    report: Option<PathBuf>,
    /// Write WebP without any loss instead of JPEG.
    #[arg(long, requires = "out")]
    webp: bool,
    /// Make pages black and white only.
    #[arg(long)]
    bilevel: bool,
}

pub async fn run(args: ScanArgs, format: Format, settings: &Settings) -> anyhow::Result<ExitCode> {
    if let Some(out) = &args.out {
        std::fs::create_dir_all(out).with_context(|| format!("making `{}`", out.display()))?;
    }
    let mut scan: ScanSettings = settings.scan.clone();
    if args.report.is_some() {
        scan.preview_px = report::THUMBNAIL_PX;
    }
    if args.webp {
        scan.output = ScanOutput::Webp;
    }
    scan.bilevel |= args.bilevel;
    let work = Work { out: args.out.as_deref(), pictures: args.report.is_some() };
    let lines = scan_all(&args.files, &scan, &work, print::bar(format)).await?;
    print::lines(&lines, format)?;
    if let Some(path) = &args.report {
        let html = report::html(&lines)?;
        std::fs::write(path, html).with_context(|| format!("writing `{}`", path.display()))?;
    }
    let all_legible = lines.iter().all(|line| line.verdict() != Verdict::Unreadable);
    Ok(if all_legible { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
