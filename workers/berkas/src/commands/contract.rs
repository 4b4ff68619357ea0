//! `berkas contract`: the schemas of what goes over the wire, and the OpenAPI document of the desk.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;

use crate::cli::ContractCommand;
use crate::output::{self, Format};

/// Where the desk's API is described.
const DESK: &str = "desk.openapi.json";

pub fn run(command: ContractCommand, format: Format) -> anyhow::Result<ExitCode> {
    match command {
        ContractCommand::Write { dir } => {
            let count =
                berkas_contract::write(&dir).with_context(|| format!("writing `{}`", dir.display()))?;
            let path = dir.join(DESK);
            std::fs::write(&path, desk()).with_context(|| format!("writing `{}`", path.display()))?;
            let count = count + 1;
            let text = format_args!("wrote {count} files to `{}`", dir.display());
            output::done(format, &serde_json::json!({ "dir": dir, "files": count }), text)?;
            Ok(ExitCode::SUCCESS)
        }
        ContractCommand::Check { dir } => {
            anyhow::ensure!(
                dir.is_dir(),
                "there is no directory `{}`: run it in the repository, or name the directory",
                dir.display()
            );
            let drifts =
                berkas_contract::check(&dir).with_context(|| format!("reading `{}`", dir.display()))?;
            let mut texts: Vec<String> = drifts.iter().map(ToString::to_string).collect();
            texts.extend(desk_drift(&dir));
            if format == Format::Json {
                output::json(&texts)?;
            } else {
                for text in &texts {
                    output::line(format_args!("✖ {text}"));
                }
                if texts.is_empty() {
                    output::line("✔ the schemas are as the types are");
                }
            }
            Ok(if texts.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
    }
}

/// The desk's document as it lies in a file; whether serde_json sorts keys depends on what else is built.
fn desk() -> String {
    let mut document = berkas_desk::openapi();
    document.sort_all_objects();
    format!("{document:#}\n")
}

fn desk_drift(dir: &Path) -> Option<String> {
    match std::fs::read_to_string(dir.join(DESK)) {
        Ok(present) if present == desk() => None,
        Ok(_) => Some(format!("`{DESK}` is out of date")),
        Err(_) => Some(format!("`{DESK}` is missing")),
    }
}
