//! `berkas neraca`: nothing lost, nothing doubled.

use std::process::ExitCode;

use super::Operator;
use crate::output::{self, Format};

pub async fn run(operator: &Operator) -> anyhow::Result<ExitCode> {
    let neraca = operator.store.neraca().await?;
    if operator.format == Format::Json {
        output::json(&neraca)?;
    } else {
        let mut table = output::table(&["", "submissions"]);
        table.add_row(["accepted".to_owned(), neraca.accepted.to_string()]);
        table.add_row(["finished".to_owned(), neraca.finished.to_string()]);
        table.add_row(["returned".to_owned(), neraca.returned.to_string()]);
        table.add_row(["waiting".to_owned(), neraca.waiting.to_string()]);
        table.add_row(["parked".to_owned(), neraca.parked.to_string()]);
        table.add_row(["of these training".to_owned(), neraca.training.to_string()]);
        output::line(table);
        for (word, ids) in [("missing", &neraca.missing), ("doubled", &neraca.doubled)] {
            for id in ids {
                output::line(format_args!("✖ {word}: {id}"));
            }
        }
        output::line(if neraca.balances() {
            "✔ the books balance"
        } else {
            "✖ the books do not balance"
        });
    }
    Ok(if neraca.balances() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
