//! What stands on the terminal.

use std::io::IsTerminal as _;

use berkas_imaging::Verdict;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::json;

use super::report;
use super::work::Line;
use crate::output::{self, Format};

/// Only on a terminal: in a pipe or a log a bar is noise.
pub(super) fn bar(format: Format) -> ProgressBar {
    let shown = format == Format::Text && std::io::stderr().is_terminal();
    let target = if shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let bar = ProgressBar::with_draw_target(None, target);
    match ProgressStyle::with_template("{bar:40} {pos}/{len} pages  {eta}") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

/// One line of JSON for each page, or a table of all.
pub(super) fn lines(lines: &[Line], format: Format) -> anyhow::Result<()> {
    match format {
        Format::Json => lines.iter().try_for_each(|line| output::json_line(&as_json(line))),
        Format::Text => {
            let headings = ["file", "page", "verdict", "reasons", "turn", "skew", "dpi", "size", "ms"];
            let mut table = output::table(&headings);
            table.add_rows(lines.iter().map(as_row));
            output::line(table);
            Ok(())
        }
    }
}

fn as_json(line: &Line) -> serde_json::Value {
    let report = line.result.as_ref().ok();
    json!({
        "file": line.file.display().to_string(),
        "page": line.page,
        "width_px": report.map(|report| report.width_px),
        "height_px": report.map(|report| report.height_px),
        "dpi": report.map(|report| report.dpi),
        "rotation_deg": report.map(|report| report.rotation_deg),
        "skew_deg": report.map(|report| report.skew_deg),
        "blank": report.map(|report| report.blank),
        "verdict": line.verdict(),
        "reasons": line.codes(),
        "halves": report.and_then(|report| report.halves),
        "elapsed_ms": line.elapsed_ms,
    })
}

/// The first sentence of a reason's text; what helps stands in the report.
fn what_is_wrong(code: &'static str) -> &'static str {
    let text = report::reason(code).text_id;
    text.split_once(". ").map_or(text, |(first, _)| first)
}

/// A page's number, with a sign behind it where it was cut in two.
fn numbered(page: u32, line: &Line) -> String {
    let is_cut = line.result.as_ref().is_ok_and(|report| report.halves.is_some());
    if is_cut { format!("{page} ½½") } else { page.to_string() }
}

fn as_row(line: &Line) -> Vec<String> {
    let verdict = match line.verdict() {
        Verdict::Ok => "✔ ok",
        Verdict::Warn => "! warn",
        Verdict::Unreadable => "✖ unreadable",
    };
    let dash = || "—".to_owned();
    let mut row = vec![
        line.file.display().to_string(),
        line.page.map_or_else(dash, |page| numbered(page, line)),
        verdict.to_owned(),
        line.codes().into_iter().map(what_is_wrong).collect::<Vec<_>>().join("; "),
    ];
    row.extend(match &line.result {
        Ok(report) => [
            format!("{}°", report.rotation_deg),
            report::degrees(report.skew_deg),
            report.dpi.to_string(),
            format!("{}×{}", report.width_px, report.height_px),
        ],
        Err(_) => [dash(), dash(), dash(), dash()],
    });
    row.push(line.elapsed_ms.to_string());
    row
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_says_in_indonesian_what_is_wrong_and_no_more() {
        assert_eq!(what_is_wrong("blurred"), "Gambar kabur");
        assert_eq!(what_is_wrong("file_not_found"), "Berkas tidak ditemukan");
        assert_eq!(
            what_is_wrong("encrypted"),
            report::reason("encrypted").text_id.split(". ").next().unwrap()
        );
    }
}
