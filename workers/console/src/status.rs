//! How everything stands, for people and programs.

use axum::Json;
use axum::extract::State;
use berkas_domain::wib;
use berkas_store::{
    ChannelFault, OfficeStatus, OwedNotice, ParkedItem, StageStatus, StandbyCount, Store, StoreError,
};
use berkas_web::{Problem, Watcher};
use chrono::{DateTime, NaiveTime, Utc};
use serde::Serialize;

use crate::ConsoleState;

/// Parked rows, and unacknowledged decisions, that are shown at most; the counts are always the whole.
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
    /// How much is parked, practice left out.
    pub parked_count: i64,
    /// How much practice is.
    pub parked_training: i64,
    /// The oldest of it.
    pub parked: Vec<ParkedItem>,
    /// Decisions that should have been acknowledged by now, the oldest first.
    pub owed: Vec<OwedNotice>,
    /// What waits for the central register or for blanks, by what it waits for.
    pub standbys: Vec<StandbyCount>,
    /// Channels to offices that do not work.
    pub channels: Vec<ChannelFault>,
}

/// Reads how everything stands at `now`; of decisions that nobody acknowledged those made before `silent_since`.
///
/// # Errors
/// As the database says.
pub async fn status(
    store: &Store,
    now: DateTime<Utc>,
    silent_since: DateTime<Utc>,
) -> Result<Status, StoreError> {
    let midnight = now - wib(now).time().signed_duration_since(NaiveTime::MIN);
    Ok(Status {
        at: now,
        stages: store.stage_status(now).await?,
        offices: store.office_status(midnight).await?,
        parked_count: store.parked_count(false).await?,
        parked_training: store.parked_count(true).await?,
        parked: store.parked(SHOWN).await?,
        owed: store.owed(silent_since, SHOWN).await?,
        standbys: store.standby_counts(now).await?,
        channels: store.channel_faults().await?,
    })
}

/// `GET /api/v1/status`.
pub(crate) async fn show(
    State(state): State<ConsoleState>,
    Watcher(_): Watcher,
) -> Result<Json<Status>, Problem> {
    let now = state.web.clock.now();
    Ok(Json(status(&state.web.store, now, state.silent_since(now)).await?))
}
