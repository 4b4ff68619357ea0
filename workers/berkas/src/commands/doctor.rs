//! `berkas doctor`: what is wrong, what to change and where.

use std::process::ExitCode;

use anyhow::Context as _;
use berkas_broker::Finding;
use berkas_domain::{Clock as _, SystemClock};
use berkas_normalizer::Normalizer;
use berkas_runtime::App;
use berkas_runtime::settings::Settings;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::{connect, let_in};
use crate::output::{self, Format};

/// One line of the report.
struct Check {
    what: &'static str,
    fault: Option<String>,
    mend: &'static str,
}

pub async fn run(settings: anyhow::Result<Settings>, format: Format) -> anyhow::Result<ExitCode> {
    let mut checks = Vec::new();
    let mut look = |what, result: anyhow::Result<()>, mend| {
        let fault = result.err().map(|error| output::told(&error));
        checks.push(Check { what, fault, mend });
    };
    match settings {
        Err(error) => look("settings", Err(error), "correct the file named by BERKAS_CONFIG or the variable"),
        Ok(settings) => {
            look("settings", Ok(()), "");
            look(
                "notice texts",
                settings.notices.texts().map(drop).map_err(Into::into),
                "correct what `berkas notices check` names",
            );
            look(
                "decoder",
                Normalizer::new(&settings.scan).check_decoder().await.map_err(Into::into),
                "set `scan.child` to a berkas program; its calls are filtered on Linux on x86-64, arm64 and riscv64",
            );
            match start(settings).await {
                Err(error) => {
                    look("start", Err(error), "set `database.url` and `blobs.url`, and start PostgreSQL")
                }
                Ok(app) => {
                    let database = database(&app).await;
                    let readable = database.is_ok();
                    look("database", database, "is PostgreSQL up, and was `berkas migrate` run?");
                    if readable {
                        let mend = "let both machines take the time from the same server";
                        look("clock", clock(&app).await, mend);
                    }
                    look(
                        "objects",
                        objects(&app).await,
                        "make `blobs.url` a place this process may write to",
                    );
                    look(
                        "encryption",
                        encryption(&app),
                        "set `blobs.key_file`: `openssl rand -hex 32 > FILE`",
                    );
                    let mend = "is RabbitMQ up, is `broker.urls` right, and was `berkas topology` run?";
                    look("broker", broker(&app, readable).await, mend);
                    // Who cannot read the tables learns nothing from hearing so twice more.
                    if readable {
                        let mend = "run `berkas migrate`, then `berkas office mode CODE live`";
                        look("offices", offices(&app).await, mend);
                        let mend = "add a verifier and an operator with `berkas user add`";
                        look("people", people(&app).await, mend);
                    }
                }
            }
        }
    }
    print(&checks, format)
}

/// Starts as a process does, but says sooner that the database is down.
async fn start(settings: Settings) -> anyhow::Result<App> {
    connect(&settings).await?.close().await;
    Ok(App::start(settings, "doctor").await?)
}

async fn database(app: &App) -> anyhow::Result<()> {
    app.store.neraca().await.map(|_| ()).context("the tables cannot be read")
}

async fn clock(app: &App) -> anyhow::Result<()> {
    let skew = (SystemClock.now() - app.store.database_time().await?).num_milliseconds().abs();
    let limit = i64::try_from(app.settings.database.max_clock_skew_ms)?;
    anyhow::ensure!(skew <= limit, "this machine's clock and the database's differ by {skew} ms");
    Ok(())
}

async fn objects(app: &App) -> anyhow::Result<()> {
    app.blobs.check().await.context("a test object could not be written, read and deleted")
}

fn encryption(app: &App) -> anyhow::Result<()> {
    anyhow::ensure!(app.seal.encrypts(), "objects and facts are stored unencrypted: not for real data");
    Ok(())
}

/// Whether the broker lets us in and has what it must have; without a database that names the offices, their queues are left out.
async fn broker(app: &App, readable: bool) -> anyhow::Result<()> {
    let shutdown = CancellationToken::new();
    let broker = app.broker("doctor", shutdown.clone())?;
    let_in(&broker, "`broker.urls`").await?;
    let offices = if readable { app.store.offices().await? } else { Vec::new() };
    let offices = offices.into_iter().map(|office| office.code).collect();
    let findings = broker.verify_topology(&app.topology(offices)).await?;
    shutdown.cancel();
    let faults = faults(&findings);
    anyhow::ensure!(faults.is_empty(), "{}", faults.join("; "));
    Ok(())
}

/// What is wrong at the broker. On a new one everything is missing, and a list of fifty names tells nobody more than three.
fn faults(findings: &[Finding]) -> Vec<String> {
    let (mut missing, mut faults) = (Vec::new(), Vec::new());
    for finding in findings {
        match finding {
            Finding::MissingQueue(name) => missing.push(format!("queue `{name}`")),
            Finding::MissingExchange(name) => missing.push(format!("exchange `{name}`")),
            Finding::Different(name) => {
                faults.push(format!("`{name}` is there with other properties (delete or rename it)"));
            }
        }
    }
    if !missing.is_empty() {
        let more = missing.len().saturating_sub(SHOWN);
        let more = if more == 0 { String::new() } else { format!(" and {more} more") };
        missing.truncate(SHOWN);
        faults.push(format!("missing: {}{more} (run `berkas topology`)", missing.join(", ")));
    }
    faults
}

/// Names shown of what is missing.
const SHOWN: usize = 4;

async fn offices(app: &App) -> anyhow::Result<()> {
    let offices = app.store.offices().await?;
    let live = offices.iter().filter(|office| office.mode == berkas_domain::OfficeMode::Live).count();
    anyhow::ensure!(live > 0, "none of {} offices is live", offices.len());
    Ok(())
}

async fn people(app: &App) -> anyhow::Result<()> {
    let users = app.store.users().await?;
    let has = |role| users.iter().any(|user| user.role == role);
    anyhow::ensure!(has(berkas_store::UserRole::Verifier), "there is no verifier");
    anyhow::ensure!(has(berkas_store::UserRole::Operator), "there is no operator");
    Ok(())
}

fn print(checks: &[Check], format: Format) -> anyhow::Result<ExitCode> {
    if format == Format::Json {
        let rows: Vec<_> = checks
            .iter()
            .map(|check| json!({ "check": check.what, "ok": check.fault.is_none(), "fault": check.fault }))
            .collect();
        output::json(&rows)?;
    } else {
        for check in checks {
            match &check.fault {
                None => output::line(format_args!("✔ {}", check.what)),
                Some(fault) => output::line(format_args!("✖ {}: {fault}\n    → {}", check.what, check.mend)),
            }
        }
    }
    let sound = checks.iter().all(|check| check.fault.is_none());
    Ok(if sound { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_at_the_broker_is_told_in_one_line_however_much_it_is() {
        let queue = |number| Finding::MissingQueue(format!("return.3517{number:02}"));
        let many: Vec<_> = (1..=9).map(queue).chain([Finding::Different("intake".into())]).collect();
        let told = faults(&many);
        assert_eq!(told.len(), 2, "{told:?}");
        assert!(told[0].starts_with("`intake` is there with other properties"), "{told:?}");
        let names =
            "queue `return.351701`, queue `return.351702`, queue `return.351703`, queue `return.351704`";
        assert_eq!(told[1], format!("missing: {names} and 5 more (run `berkas topology`)"));
        assert_eq!(faults(&many[..1]), ["missing: queue `return.351701` (run `berkas topology`)"]);
        assert!(faults(&[]).is_empty());
    }
}
