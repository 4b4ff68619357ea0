//! The queues: mine, pool, waiting for the kecamatan, overdue, done today, and for supervisors what everybody holds.

use askama::Template;
use axum::extract::{OriginalUri, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use berkas_domain::{HandReason, Outcome, Service, TaskId};
use berkas_store::{Colleague, OfficeRecord, QueueFilter, TaskLine, UserRole};
use berkas_web::{Frame, Lang, Problem, Verifier, page, times};
use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;

use super::ASSETS;
use super::keys::{Key, on_queue};
use super::undoable::Undoable;
use crate::DeskState;
use crate::api::queues::{QueueQuery, SHOWN, View, day_start, read};
use crate::api::tasks::pull;

#[derive(Debug, Default, Deserialize)]
pub(crate) struct Told {
    /// Set after a pull that found nothing.
    #[serde(default)]
    nothing: bool,
    /// Set after an undo by somebody who could not hold the task.
    #[serde(default)]
    pooled: bool,
    /// What was decided last, to be undone.
    #[serde(default)]
    undo: Option<Undoable>,
}

#[derive(Template)]
#[template(path = "queue.html")]
struct QueuePage {
    frame: Frame,
    query: QueueQuery,
    view: View,
    on_duty: bool,
    /// Whether the caller looks after the others' work.
    supervisor: bool,
    told: Told,
    lines: Vec<Line>,
    held: usize,
    waiting: String,
    done: String,
    offices: Vec<OfficeRecord>,
    colleagues: Vec<Colleague>,
    keys: Vec<Key>,
}

impl QueuePage {
    /// The address of a queue, with what is left out now.
    fn address(&self, view: View) -> String {
        let mut address = format!("/desk?view={}", view.as_str());
        for (name, value) in [("service", &self.query.service), ("office", &self.query.office)] {
            if !value.is_empty() {
                address.push_str(&format!("&{name}={value}"));
            }
        }
        address
    }

    fn services(&self) -> &'static [Service] {
        Service::ALL
    }

    fn service_name(&self, service: &Service) -> &'static str {
        self.frame.lang.say(service.name_id(), service.name_en())
    }

    fn reasons(&self) -> &'static [HandReason] {
        HandReason::ALL
    }

    fn reason_text(&self, reason: &HandReason) -> &'static str {
        self.frame.lang.say(reason.text_id(), reason.text_en())
    }

    /// Whether the lines are told with who holds them.
    fn tells_holders(&self) -> bool {
        self.supervisor && matches!(self.view, View::Held | View::Escalated | View::Kecamatan)
    }

    /// Whether tasks can be moved from one to another here.
    fn moves(&self) -> bool {
        self.supervisor && matches!(self.view, View::Held | View::Escalated | View::Pool)
    }
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
    often_returned: bool,
    holder: Option<String>,
    fence: i64,
    /// Whether it opens to who looks at the queue.
    opens: bool,
}

struct Decided {
    outcome: Outcome,
    at: String,
    /// The same with its day, for what may be long ago.
    day: String,
    /// Whether it can be taken back: its notice has not left.
    undoable: bool,
    /// Until when the hold runs, while it does.
    undo_until: Option<String>,
}

fn line(task: TaskLine, lang: Lang, now: DateTime<Utc>) -> Line {
    // In whole minutes: nobody counts the seconds here.
    let late = TimeDelta::minutes((now - task.due_at).num_minutes());
    let late = (late > TimeDelta::zero()).then(|| times::span(lang, late));
    let (running, opens) = (|until: &DateTime<Utc>| *until > now, task.opens);
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
        often_returned: task.often_returned,
        holder: task.holder,
        fence: task.fence,
        opens: task.opens,
        lease: task.lease_until.map(|until| times::hour(lang, until)),
        decided: task.decision.map(|decision| Decided {
            outcome: decision.outcome,
            at: times::hour(lang, decision.decided_at),
            day: times::moment(lang, decision.decided_at, now),
            // After the hold only of who decides alone: of others it would tell that two agreed.
            undoable: decision.undo_until.is_some_and(|until| opens || running(&until)),
            undo_until: decision.undo_until.filter(running).map(|until| times::hour(lang, until)),
        }),
    }
}

/// A number, or that it is more than was counted.
fn counted(number: i64) -> String {
    if number > SHOWN { format!("{SHOWN}+") } else { number.to_string() }
}

/// `GET /desk?view=mine|pool|kecamatan|escalated|done|held&service=…&office=…`.
pub(crate) async fn show(
    State(state): State<DeskState>,
    Verifier(account): Verifier,
    lang: Lang,
    OriginalUri(uri): OriginalUri,
    Query(query): Query<QueueQuery>,
    Query(told): Query<Told>,
) -> Result<Response, Problem> {
    let (store, now, view) = (&state.web.store, state.now(), query.view);
    let filter = query.filter()?;
    let on_duty = store.on_duty(account.id).await?;
    let supervisor = account.role == UserRole::Supervisor;
    let shown = read(&state, &account, view, &filter).await?;
    let held = match view {
        View::Mine if filter == QueueFilter::default() => shown.len(),
        _ => store.tasks_held(account.id, &QueueFilter::default(), now).await?.len(),
    };
    // Where the whole pool is on the page its lines are counted already.
    let on_page = i64::try_from(shown.len()).ok();
    let on_page =
        on_page.filter(|lines| view == View::Pool && filter == QueueFilter::default() && *lines < SHOWN);
    let waiting = match on_page {
        Some(lines) => counted(lines),
        None => counted(store.task_pool_size(account.id, SHOWN + 1).await?),
    };
    let done = counted(store.decided_count(account.id, day_start(now), SHOWN + 1).await?);
    let offices = match view {
        View::Mine => Vec::new(),
        _ => store.offices().await?.into_iter().filter(|office| office.parent.is_none()).collect(),
    };
    let colleagues = if supervisor && view != View::Mine { store.colleagues().await? } else { Vec::new() };
    let frame = Frame::new(lang, &uri, lang.say("Meja verifikasi", "Desk"), Some(account))
        .style(ASSETS.url("desk.css"))
        .script(ASSETS.url("queue.js"))
        .lockable(state.settings.lock);
    let lines = shown.into_iter().map(|task| line(task, lang, now)).collect();
    let keys = on_queue(on_duty, told.undo.is_some());
    page(&QueuePage {
        frame,
        query,
        view,
        on_duty,
        supervisor,
        told,
        lines,
        held,
        waiting,
        done,
        offices,
        colleagues,
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
