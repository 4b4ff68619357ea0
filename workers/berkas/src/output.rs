//! Printing: tables for people, JSON for programs.

use std::io::Write;
use std::process::ExitCode;

use comfy_table::{Table, presets};
use serde::Serialize;

/// How a command prints its result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// For programs: one JSON value.
    Json,
}

/// Prints one line to standard output. A closed pipe (`berkas status | head -1`) is no error.
pub fn line(text: impl std::fmt::Display) {
    let _ = writeln!(std::io::stdout().lock(), "{text}");
}

/// Prints one JSON value, indented.
pub fn json(value: &impl Serialize) -> anyhow::Result<()> {
    line(serde_json::to_string_pretty(value)?);
    Ok(())
}

/// Prints one JSON value on one line.
pub fn json_line(value: &impl Serialize) -> anyhow::Result<()> {
    line(serde_json::to_string(value)?);
    Ok(())
}

/// Says what a command did: a line for people, one JSON value on a line for programs.
pub fn done(format: Format, value: &impl Serialize, text: impl std::fmt::Display) -> anyhow::Result<()> {
    match format {
        Format::Json => json_line(value),
        Format::Text => {
            line(text);
            Ok(())
        }
    }
}

/// A moment as tables show it, in UTC.
pub fn moment(at: chrono::DateTime<chrono::Utc>) -> String {
    at.format("%Y-%m-%d %H:%M").to_string()
}

/// Starts a table with these headings.
pub fn table(headings: &[&str]) -> Table {
    let mut table = Table::new();
    // A line below the headings and no others: a morning of 21 kecamatan shall fit on a screen.
    table.load_style(presets::NOTHING).set_header(headings.to_vec());
    table.style_mut().header_separator = presets::UTF8_HORIZONTAL_ONLY.header_separator;
    table
}

/// Prints what went wrong with all its causes, and gives the exit code for it.
pub fn fail(error: &anyhow::Error) -> ExitCode {
    let _ = writeln!(std::io::stderr().lock(), "berkas: {}", told(error));
    ExitCode::FAILURE
}

/// An error with all its causes. Many say their cause in their own text too: it is not said twice.
pub fn told(error: &anyhow::Error) -> String {
    let mut text = error.to_string();
    for cause in error.chain().skip(1) {
        let cause = cause.to_string();
        if !text.ends_with(&cause) {
            text.push_str(": ");
            text.push_str(&cause);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_that_its_error_says_already_is_not_said_twice() {
        let error = anyhow::anyhow!("no such table").context("refused: no such table").context("listing");
        assert_eq!(told(&error), "listing: refused: no such table");
    }
}
