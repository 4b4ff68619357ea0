//! `berkas contract`: the schemas of what goes over the wire.

use std::process::ExitCode;

use anyhow::Context as _;

use crate::cli::ContractCommand;
use crate::output::{self, Format};

pub fn run(command: ContractCommand, format: Format) -> anyhow::Result<ExitCode> {
    match command {
        ContractCommand::Write { dir } => {
            let count =
                berkas_contract::write(&dir).with_context(|| format!("writing `{}`", dir.display()))?;
            let text = format_args!("wrote {count} files to `{}`", dir.display());
            output::done(format, &serde_json::json!({ "dir": dir, "files": count }), text)?;
            Ok(ExitCode::SUCCESS)
        }
        ContractCommand::Check { dir } => {
            let drifts =
                berkas_contract::check(&dir).with_context(|| format!("reading `{}`", dir.display()))?;
            let texts: Vec<String> = drifts.iter().map(ToString::to_string).collect();
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
