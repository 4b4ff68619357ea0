//! `berkas doctor`: what is wrong, what to change and where.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use berkas_broker::Finding;
use berkas_domain::{Clock as _, SystemClock};
use berkas_normalizer::Normalizer;
use berkas_runtime::App;
use berkas_runtime::settings::Settings;
use serde_json::json;
use tokio_util::sync::CancellationToken;

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
        let fault = result.err().map(|error| format!("{error:#}"));
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
            match App::start(settings, "doctor").await {
                Err(error) => look("start", Err(error.into()), "set `database.url` and `blobs.url`"),
                Ok(app) => {
                    look("database", database(&app).await, "is PostgreSQL up, and was `berkas migrate` run?");
                    look("clock", clock(&app).await, "let both machines take the time from the same server");
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
                    look("broker", broker(&app).await, "is RabbitMQ up, and is `broker.urls` right?");
                    look(
                        "offices",
                        offices(&app).await,
                        "run `berkas migrate`, then `berkas office mode CODE live`",
                    );
                    look(
                        "people",
                        people(&app).await,
                        "add a verifier and an operator with `berkas user add`",
                    );
                }
            }
        }
    }
    print(&checks, format)
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

async fn broker(app: &App) -> anyhow::Result<()> {
    let shutdown = CancellationToken::new();
    let broker = app.broker("doctor", shutdown.clone())?;
    let ready = tokio::time::timeout(Duration::from_secs(5), broker.ready()).await;
    ready.context("no connection within five seconds")??;
    let offices = app.store.offices().await?.into_iter().map(|office| office.code).collect();
    let findings = broker.verify_topology(&app.topology(offices)).await?;
    shutdown.cancel();
    let names: Vec<String> = findings
        .iter()
        .map(|finding| match finding {
            Finding::MissingQueue(name) | Finding::MissingExchange(name) => {
                format!("`{name}` is missing (run `berkas topology`)")
            }
            Finding::Different(name) => {
                format!("`{name}` is there with other properties (delete or rename it)")
            }
        })
        .collect();
    anyhow::ensure!(names.is_empty(), "{}", names.join(", "));
    Ok(())
}

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
