//! `berkas requeue`: emits what is due now again.

use std::process::ExitCode;

use berkas_domain::Step;

use super::Operator;
use crate::output::{self, Format};

pub async fn run(operator: &Operator, step: Option<Step>) -> anyhow::Result<ExitCode> {
    let count = operator.store.requeue(step, operator.now()).await?;
    if operator.format == Format::Json {
        output::json(&serde_json::json!({ "requeued": count }))?;
    } else {
        output::line(format_args!("{count} pieces of work will be published again within a second or two"));
    }
    Ok(ExitCode::SUCCESS)
}
