//! The queues: mine, pool, done today.

use askama::Template;
use axum::extract::{OriginalUri, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use berkas_domain::{Outcome, TaskId, wib};
use berkas_store::{TaskLine, UserRole};
use berkas_web::{Frame, Lang, Problem, Verifier, page, times};
use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;

use super::ASSETS;
use super::keys::{Key, on_queue};
use crate::DeskState;
use crate::api::tasks::pull;

/// Lines of the pool and of what is done that are shown at most.
const SHOWN: i64 = 200;

/// Which queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum View {
    /// What the verifier holds.
    #[default]
    Mine,
    /// What the verifier could be given.
    Pool,
    /// What the verifier decided today.
    Done,
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct QueueQuery {
    #[serde(default)]
    view: View,
    /// Set after a pull that found nothing.
    #[serde(default)]
    nothing: bool,
    /// The task that was decided last, to be undone.
    #[serde(default)]
    undo: Option<TaskId>,
}

#[derive(Template)]
#[template(path = "queue.html")]
struct QueuePage {
    frame: Frame,
    view: View,
    on_duty: bool,
    /// Whether the caller looks after the others' work.
    supervisor: bool,
    nothing: bool,
    undo: Option<TaskId>,
    lines: Vec<Line>,
    held: usize,
    waiting: i64,
    done: usize,
    keys: Vec<Key>,
}

/// A task as the table shows it.
struct Line {
    id: TaskId,
    registration_number: String,
    office: String,
    service: String,
    case: String,
    revision: i32,
    training: bool,
    /// The hour it is due, and how late it is.
    due: String,
    late: Option<String>,
    lease: Option<String>,
    decided: Option<Decided>,
    disputed: bool,
    /// Whether it opens to who looks at the queue.
    opens: bool,
}

struct Decided {
    outcome: Outcome,
    at: String,
    undo_until: Option<String>,
}

fn line(task: TaskLine, lang: Lang, now: DateTime<Utc>) -> Line {
    // In whole minutes: nobody counts the seconds here.
    let late = TimeDelta::minutes((now - task.due_at).num_minutes());
    let late = (late > TimeDelta::zero()).then(|| times::span(lang, late));
    let undo = |until: DateTime<Utc>| (until > now).then(|| times::hour(lang, until));
    Line {
        id: task.id,
        registration_number: task.registration_number,
        office: task.office_name,
        service: lang.say(task.service.name_id(), task.service.name_en()).to_owned(),
        case: task.case.to_string(),
        revision: task.revision.0,
        training: task.training,
        due: times::moment(lang, task.due_at, now),
        late,
        disputed: task.disputed,
        opens: task.opens,
        lease: task.lease_until.map(|until| times::hour(lang, until)),
        decided: task.decision.map(|decision| Decided {
            outcome: decision.outcome,
            at: times::hour(lang, decision.decided_at),
            undo_until: decision.undo_until.and_then(undo),
        }),
    }
}

/// The beginning of the office's day in which `now` lies.
fn day_start(now: DateTime<Utc>) -> DateTime<Utc> {
    let since_midnight = wib(now).time().signed_duration_since(chrono::NaiveTime::MIN);
    now - since_midnight.max(TimeDelta::zero())
}

/// `GET /desk?view=mine|pool|done`.
pub(crate) async fn show(
    State(state): State<DeskState>,
    Verifier(account): Verifier,
    lang: Lang,
    OriginalUri(uri): OriginalUri,
    Query(query): Query<QueueQuery>,
) -> Result<Response, Problem> {
    let (store, now) = (&state.web.store, state.now());
    let on_duty = store.on_duty(account.id).await?;
    let mine = store.tasks_held(account.id, now).await?;
    let (waiting, pool) = store.task_pool(account.id, SHOWN).await?;
    let decided = store.tasks_decided(account.id, day_start(now), SHOWN).await?;
    let (held, done) = (mine.len(), decided.len());
    let shown = match query.view {
        View::Mine => mine,
        View::Pool => pool,
        View::Done => decided,
    };
    let supervisor = account.role == UserRole::Supervisor;
    let frame = Frame::new(lang, &uri, lang.say("Meja verifikasi", "Desk"), Some(account))
        .style(ASSETS.url("desk.css"))
        .script(ASSETS.url("queue.js"))
        .lockable(state.settings.lock);
    let lines = shown.into_iter().map(|task| line(task, lang, now)).collect();
    let (nothing, undo) = (query.nothing, query.undo);
    let keys = on_queue(on_duty, undo.is_some());
    page(&QueuePage {
        frame,
        view: query.view,
        on_duty,
        supervisor,
        nothing,
        undo,
        lines,
        held,
        waiting,
        done,
        keys,
    })
}

/// `POST /desk/next`: the next task, or the queue with a word that there is none.
pub(crate) async fn next(
    State(state): State<DeskState>,
    Verifier(account): Verifier,
) -> Result<Response, Problem> {
    let to = match pull(&state, &account).await? {
        Some(task) => format!("/desk/tasks/{}", task.id),
        None => "/desk?nothing=true".to_owned(),
    };
    Ok(Redirect::to(&to).into_response())
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
