//! Simulated verifiers. They work through the desk's API as a person's browser does; what a person would read off the
//! scans they are told by the generator.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use berkas_samples::{Expected, Judge};
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::board::{Board, count};
use super::setup::{Demo, PASSWORD, VERIFIERS};
use crate::client::Client;

/// How long a simulated verifier looks at a dossier; a person takes minutes.
const LOOK: Duration = Duration::from_millis(150);
/// How long one waits before asking for a task again.
const IDLE: Duration = Duration::from_millis(400);

/// The verifiers at work.
pub struct Verifiers {
    tasks: JoinSet<anyhow::Result<()>>,
}

/// Signs everybody in and lets them work until `stop`.
pub async fn start(demo: &Demo, board: &Arc<Board>, stop: &CancellationToken) -> anyhow::Result<Verifiers> {
    let mut tasks = JoinSet::new();
    let logins = (1..=VERIFIERS).map(|number| format!("simulasi-{number}")).chain(["pelatih".to_owned()]);
    for login in logins {
        let mut client = Client::new(&demo.url, None)?;
        client.login(&login, PASSWORD).await.with_context(|| format!("signing `{login}` in"))?;
        tasks.spawn(work(client, Arc::clone(board), stop.clone()));
    }
    Ok(Verifiers { tasks })
}

impl Verifiers {
    /// Waits until everybody has gone home.
    pub async fn finish(mut self) -> anyhow::Result<()> {
        while let Some(ended) = self.tasks.join_next().await {
            ended??;
        }
        Ok(())
    }
}

async fn work(client: Client, board: Arc<Board>, stop: CancellationToken) -> anyhow::Result<()> {
    while !stop.is_cancelled() {
        let task = client.post("/api/v1/tasks/next", &json!({})).await?;
        if task == Value::Null {
            tokio::time::sleep(IDLE).await;
            continue;
        }
        let id = task["id"].as_str().context("a task without an id")?;
        let view = client.get(&format!("/api/v1/tasks/{id}")).await?;
        tokio::time::sleep(LOOK).await;
        let number = view["registration_number"].as_str().unwrap_or_default();
        let mut body = decision(board.truth(number));
        body["fence"] = task["fence"].clone();
        client.post(&format!("/api/v1/tasks/{id}/decision"), &body).await?;
        count(&board.decided);
    }
    Ok(())
}

/// What a person would decide who reads the truth off the scans.
fn decision(truth: Option<Expected>) -> Value {
    match truth {
        Some(truth) if truth.judge == Judge::Verifier && !truth.codes.is_empty() => {
            let reasons: Vec<Value> = truth.codes.iter().map(|code| json!({ "code": code })).collect();
            json!({ "outcome": truth.outcome, "reasons": reasons })
        }
        _ => json!({ "outcome": "passed", "reasons": [], "all_valid": true }),
    }
}
