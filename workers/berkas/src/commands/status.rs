//! `berkas status`: depth, age of the oldest and flow of every stage.

use std::process::ExitCode;

use super::Operator;
use crate::output::{self, Format};

pub async fn run(operator: &Operator) -> anyhow::Result<ExitCode> {
    let now = operator.now();
    let stages = operator.store.stage_status(now).await?;
    if operator.format == Format::Json {
        let stages: Vec<_> = stages
            .iter()
            .map(|stage| {
                let age = stage.oldest_since.map(|since| (now - since).num_seconds());
                serde_json::json!({
                    "stage": stage.stage, "depth": stage.depth, "oldest_age_s": age, "parked": stage.parked,
                    "in_per_minute": per_minute(stage.in_5m), "out_per_minute": per_minute(stage.out_5m),
                })
            })
            .collect();
        output::json(&stages)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut table = output::table(&["stage", "depth", "oldest", "in /min", "out /min", "parked"]);
    for stage in stages {
        table.add_row([
            stage.stage.to_string(),
            stage.depth.to_string(),
            stage.oldest_since.map_or_else(|| "—".to_owned(), |since| age((now - since).num_seconds())),
            format!("{:.1}", per_minute(stage.in_5m)),
            format!("{:.1}", per_minute(stage.out_5m)),
            stage.parked.to_string(),
        ]);
    }
    output::line(table);
    Ok(ExitCode::SUCCESS)
}

/// The last five minutes as a rate.
fn per_minute(in_five_minutes: i64) -> f64 {
    i32::try_from(in_five_minutes).map_or(f64::INFINITY, f64::from) / 5.0
}

/// `42 s`, `3 min`, `2 h 5 min`, `1 d 3 h`.
fn age(seconds: i64) -> String {
    match seconds.max(0) {
        seconds @ ..60 => format!("{seconds} s"),
        seconds @ ..3600 => format!("{} min", seconds / 60),
        seconds @ ..86400 => format!("{} h {} min", seconds / 3600, seconds / 60 % 60),
        seconds => format!("{} d {} h", seconds / 86400, seconds / 3600 % 24),
    }
}
