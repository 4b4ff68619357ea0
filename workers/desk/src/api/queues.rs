//! The queues: which lines somebody is shown, the same for the API and the page.

use axum::Json;
use axum::extract::{Query, State};
use berkas_domain::wib;
use berkas_store::{QueueFilter, TaskLine, UserAccount, UserRole};
use berkas_web::{Problem, Verifier};
use chrono::{DateTime, TimeDelta, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::DeskState;
use crate::view::LineView;

/// Lines of a queue that are shown at most, and how far it is counted.
pub(crate) const SHOWN: i64 = 200;

/// Which queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum View {
    /// What the verifier holds.
    #[default]
    Mine,
    /// What the verifier could be given.
    Pool,
    /// What was returned and the kecamatan has not sent again.
    Kecamatan,
    /// What is overdue.
    Escalated,
    /// What the verifier decided today.
    Done,
    /// What everybody holds: for a supervisor.
    Held,
}

impl View {
    /// Its one spelling.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Mine => "mine",
            Self::Pool => "pool",
            Self::Kecamatan => "kecamatan",
            Self::Escalated => "escalated",
            Self::Done => "done",
            Self::Held => "held",
        }
    }
}

/// Which lines of which queue, as the address says.
#[derive(Debug, Default, Deserialize, JsonSchema)]
pub(crate) struct QueueQuery {
    #[serde(default)]
    pub(crate) view: View,
    /// A service; empty: every.
    #[serde(default)]
    pub(crate) service: String,
    /// The code of an office; empty: every.
    #[serde(default)]
    pub(crate) office: String,
}

impl QueueQuery {
    /// What it leaves out.
    pub(crate) fn filter(&self) -> Result<QueueFilter, Problem> {
        let wrong = |name: &str| Problem::malformed(format!("there is no such `{name}`"));
        let service = Some(self.service.as_str()).filter(|word| !word.is_empty());
        let office = Some(self.office.as_str()).filter(|code| !code.is_empty());
        Ok(QueueFilter {
            service: service.map(str::parse).transpose().map_err(|_| wrong("service"))?,
            office: office.map(str::parse).transpose().map_err(|_| wrong("office"))?,
        })
    }
}

/// What `GET /api/v1/tasks` answers.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Tasks {
    tasks: Vec<LineView>,
}

/// `GET /api/v1/tasks?view=mine|pool|kecamatan|escalated|done|held&service=…&office=…`.
pub(crate) async fn list(
    State(state): State<DeskState>,
    Verifier(account): Verifier,
    Query(query): Query<QueueQuery>,
) -> Result<Json<Tasks>, Problem> {
    let lines = read(&state, &account, query.view, &query.filter()?).await?;
    Ok(Json(Tasks { tasks: lines.iter().map(LineView::from).collect() }))
}

/// Reads the lines of one queue.
pub(crate) async fn read(
    state: &DeskState,
    account: &UserAccount,
    view: View,
    filter: &QueueFilter,
) -> Result<Vec<TaskLine>, Problem> {
    let (store, user, now) = (&state.web.store, account.id, state.now());
    Ok(match view {
        View::Mine => store.tasks_held(user, filter, now).await?,
        View::Pool => store.task_pool(user, filter, SHOWN).await?,
        View::Kecamatan => store.tasks_away(user, filter, SHOWN).await?,
        View::Escalated => store.tasks_overdue(user, filter, SHOWN, now).await?,
        View::Done => store.tasks_decided(user, filter, day_start(now), SHOWN).await?,
        View::Held if account.role == UserRole::Supervisor => store.tasks_of_all(filter, SHOWN, now).await?,
        View::Held => return Err(Problem::forbidden()),
    })
}

/// The beginning of the office's day in which `now` lies.
pub(crate) fn day_start(now: DateTime<Utc>) -> DateTime<Utc> {
    let since_midnight = wib(now).time().signed_duration_since(chrono::NaiveTime::MIN);
    now - since_midnight.max(TimeDelta::zero())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_office_day_begins_at_midnight_in_jombang() {
        let start = |text: &str| day_start(text.parse().unwrap()).to_rfc3339();
        assert_eq!(start("2026-11-24T04:15:00Z"), "2026-11-23T17:00:00+00:00");
        assert_eq!(start("2026-11-24T17:00:00Z"), "2026-11-24T17:00:00+00:00");
    }
}
