//! Whether a process is alive, ready, and what it counts: `/livez`, `/readyz`, `/metrics`.
//!
//! *Alive*: every loop that must turn has turned lately; when not, restart the process. *Ready*: everything it depends
//! on answers and it is not about to stop; when not, send it no work, and a restart would not help.

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Json, Response};
use axum::routing::get;
use futures::future::{BoxFuture, join_all};
use serde::Serialize;
use tokio::net::TcpListener;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::metrics::{METRICS_MEDIA_TYPE, Metrics};

/// A check that has not answered by then has failed.
const CHECK_TIMEOUT: Duration = Duration::from_secs(2);
/// How often a loop that waits for something tells that it does.
const IDLE_BEAT: Duration = Duration::from_secs(1);

type Check = Arc<dyn Fn() -> BoxFuture<'static, Result<(), String>> + Send + Sync>;

/// What a process watches of itself. Clones share it.
#[derive(Clone, Default)]
pub struct Health {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    checks: Mutex<BTreeMap<&'static str, Check>>,
    pulses: Mutex<BTreeMap<&'static str, PulseState>>,
    draining: AtomicBool,
}

#[derive(Clone, Copy)]
struct PulseState {
    last: Instant,
    longest_silence: Duration,
}

/// Held by a loop that must turn; dropped when the loop ends.
#[derive(Debug)]
pub struct Pulse {
    name: &'static str,
    health: Health,
}

/// What one check found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CheckResult {
    /// What was checked.
    pub name: &'static str,
    /// Whether it is as it should be.
    pub ok: bool,
    /// What is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

/// The answer of `/livez` and `/readyz`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HealthReport {
    /// Whether every check is as it should be.
    pub ok: bool,
    /// The checks, by name.
    pub checks: Vec<CheckResult>,
}

impl Health {
    /// Adds a dependency to `/readyz`; `check` says what is wrong, without secrets and personal data.
    pub fn watch<F>(&self, name: &'static str, check: impl Fn() -> F + Send + Sync + 'static)
    where
        F: Future<Output = Result<(), String>> + Send + 'static,
    {
        let check: Check = Arc::new(move || Box::pin(check()));
        lock(&self.shared.checks).insert(name, check);
    }

    /// Adds a loop to `/livez`; it must call [`Pulse::beat`] more often than every `longest_silence`.
    #[must_use]
    pub fn pulse(&self, name: &'static str, longest_silence: Duration) -> Pulse {
        lock(&self.shared.pulses).insert(name, PulseState { last: Instant::now(), longest_silence });
        Pulse { name, health: self.clone() }
    }

    /// Says that the process is about to stop: it stays alive and is no longer ready.
    pub fn drain(&self) {
        self.shared.draining.store(true, Ordering::Relaxed);
    }

    /// Whether every loop has turned lately.
    #[must_use]
    pub fn alive(&self) -> HealthReport {
        let pulses = lock(&self.shared.pulses);
        let results = pulses.iter().map(|(name, pulse)| {
            let silence = pulse.last.elapsed();
            let late = silence > pulse.longest_silence;
            let problem = late.then(|| format!("no sign of life for {} s", silence.as_secs()));
            CheckResult { name, ok: !late, problem }
        });
        HealthReport::of(results.collect())
    }

    /// Asks every dependency at the same time; takes two seconds at most.
    pub async fn ready(&self) -> HealthReport {
        let checks: Vec<_> =
            lock(&self.shared.checks).iter().map(|(name, check)| (*name, check.clone())).collect();
        let mut results = join_all(checks.into_iter().map(|(name, check)| run(name, check))).await;
        if self.shared.draining.load(Ordering::Relaxed) {
            results.push(CheckResult {
                name: "running",
                ok: false,
                problem: Some("shutting down".to_owned()),
            });
        }
        HealthReport::of(results)
    }
}

async fn run(name: &'static str, check: Check) -> CheckResult {
    let problem = match tokio::time::timeout(CHECK_TIMEOUT, check()).await {
        Ok(Ok(())) => None,
        Ok(Err(problem)) => Some(problem),
        Err(_) => Some(format!("no answer within {} s", CHECK_TIMEOUT.as_secs())),
    };
    CheckResult { name, ok: problem.is_none(), problem }
}

impl Pulse {
    /// The loop has turned.
    pub fn beat(&self) {
        if let Some(pulse) = lock(&self.health.shared.pulses).get_mut(self.name) {
            pulse.last = Instant::now();
        }
    }

    /// Waits for `future`, which may rightly take for ever (the next message, a broker that is away), and counts the
    /// waiting itself as life. `future` is never given up in between.
    pub async fn idle<T>(&self, future: impl Future<Output = T>) -> T {
        let mut future = std::pin::pin!(future);
        loop {
            self.beat();
            if let Ok(output) = tokio::time::timeout(IDLE_BEAT, &mut future).await {
                self.beat();
                return output;
            }
        }
    }
}

impl Drop for Pulse {
    fn drop(&mut self) {
        lock(&self.health.shared.pulses).remove(self.name);
    }
}

impl HealthReport {
    fn of(checks: Vec<CheckResult>) -> Self {
        Self { ok: checks.iter().all(|check| check.ok), checks }
    }
}

impl IntoResponse for HealthReport {
    fn into_response(self) -> Response {
        let status = if self.ok { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
        (status, Json(self)).into_response()
    }
}

impl fmt::Debug for Health {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = lock(&self.shared.checks).keys().copied().collect();
        f.debug_struct("Health").field("checks", &names).finish_non_exhaustive()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// `/livez`, `/readyz` (200 or 503, both with the checks as JSON) and `/metrics`. For a private address: it has no login.
pub fn router(health: Health, metrics: Metrics) -> Router {
    Router::new()
        .route("/livez", get(|State((health, _)): State<(Health, Metrics)>| async move { health.alive() }))
        .route(
            "/readyz",
            get(|State((health, _)): State<(Health, Metrics)>| async move { health.ready().await }),
        )
        .route("/metrics", get(render))
        .with_state((health, metrics))
}

async fn render(State((_, metrics)): State<(Health, Metrics)>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, METRICS_MEDIA_TYPE)], metrics.render())
}

/// Serves `router` at `listen` until `stop`; returns the address (the port may have been 0) and the running server.
///
/// # Errors
/// When the address cannot be listened on.
pub async fn serve(
    listen: &str,
    router: Router,
    stop: CancellationToken,
) -> std::io::Result<(SocketAddr, tokio::task::JoinHandle<std::io::Result<()>>)> {
    let listener = TcpListener::bind(listen).await?;
    let address = listener.local_addr()?;
    let server = axum::serve(listener, router).with_graceful_shutdown(stop.cancelled_owned());
    Ok((address, tokio::spawn(async move { server.await })))
}

#[cfg(test)]
mod tests;
