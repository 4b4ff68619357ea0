//! How everything stands, for people and programs.

use axum::Json;
use axum::extract::State;
use berkas_domain::wib;
use berkas_store::{OfficeStatus, ParkedItem, StageStatus, Store, StoreError};
use berkas_web::{Problem, Watcher, WebState};
use chrono::{DateTime, NaiveTime, Utc};
use serde::Serialize;

/// Parked rows that are shown at most; the count is always the whole.
const SHOWN: i64 = 100;

/// What `GET /api/v1/status` answers.
#[derive(Debug, Serialize)]
pub struct Status {
    /// When it was read.
    pub at: DateTime<Utc>,
    /// Every stage with work in it, in order.
    pub stages: Vec<StageStatus>,
    /// Every office by code; counts are of the office's day so far.
    pub offices: Vec<OfficeStatus>,
    /// How much is parked.
    pub parked_count: i64,
    /// The oldest of it.
    pub parked: Vec<ParkedItem>,
}

/// Reads how everything stands at `now`.
///
/// # Errors
/// As the database says.
pub async fn status(store: &Store, now: DateTime<Utc>) -> Result<Status, StoreError> {
    let midnight = now - wib(now).time().signed_duration_since(NaiveTime::MIN);
    Ok(Status {
        at: now,
        stages: store.stage_status(now).await?,
        offices: store.office_status(midnight).await?,
        parked_count: store.parked_count().await?,
        parked: store.parked(SHOWN).await?,
    })
}

/// `GET /api/v1/status`.
pub(crate) async fn show(State(web): State<WebState>, Watcher(_): Watcher) -> Result<Json<Status>, Problem> {
    Ok(Json(status(&web.store, web.clock.now()).await?))
}
