//! Telling those who look at a queue what happens, as server-sent events: ids only.
//!
//! One poller a process reads what changed while anybody listens; each stream compares it with what it told before. Streams
//! end when the process drains and with the session, and do not count as being there.

use std::collections::{HashMap, HashSet};
use std::convert::Infallible;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{FromRef, State};
use axum::response::sse::{Event, Sse};
use axum::routing::get;
use berkas_domain::TaskId;
use berkas_store::{HeldTask, OpenedTask, Parting, Store, StoreError, UserAccount, UserRole};
use berkas_web::{Listening, WebState};
use chrono::{DateTime, TimeDelta, Utc};
use futures::Stream;
use tokio::sync::watch;

/// Where they are told.
pub(crate) const PATH: &str = "/api/v1/events";

/// How often is looked.
const INTERVAL: Duration = Duration::from_secs(1);

/// How far back is looked for tasks that came into the pool: longer than a transaction takes to commit.
const LOOK_BACK: TimeDelta = TimeDelta::seconds(60);

/// Before a lease ends, its holder is told this long.
const SOON: TimeDelta = TimeDelta::minutes(2);

/// Rounds after which a stream looks whether its session lives, and says that it is there.
const CHECK_EVERY: u32 = 5;

/// What the poller has seen last.
#[derive(Debug, Default)]
struct Seen {
    round: u32,
    at: DateTime<Utc>,
    held: Vec<HeldTask>,
    opened: Vec<OpenedTask>,
    /// The process drains.
    over: bool,
}

/// What the handler can reach.
#[derive(Clone)]
struct EventsState {
    web: WebState,
    seen: Arc<watch::Sender<Arc<Seen>>>,
}

impl FromRef<EventsState> for WebState {
    fn from_ref(state: &EventsState) -> Self {
        state.web.clone()
    }
}

/// The route of the events, and the poller behind it, which ends with every stream when `stop` does.
pub fn events(web: WebState, stop: impl Future<Output = ()> + Send + 'static) -> Router {
    let seen = Arc::new(watch::Sender::new(Arc::new(Seen::default())));
    tokio::spawn(poll(web.clone(), Arc::clone(&seen), stop));
    Router::new().route(PATH, get(listen)).with_state(EventsState { web, seen })
}

async fn poll(web: WebState, seen: Arc<watch::Sender<Arc<Seen>>>, stop: impl Future<Output = ()>) {
    tokio::pin!(stop);
    let mut round = 0_u32;
    loop {
        tokio::select! {
            biased;
            () = &mut stop => break,
            () = tokio::time::sleep(INTERVAL) => {}
        }
        if seen.receiver_count() == 0 {
            continue;
        }
        round = round.wrapping_add(1);
        match look(&web.store, round, web.clock.now()).await {
            Ok(now) => drop(seen.send_replace(Arc::new(now))),
            Err(error) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "could not look what happens to tasks"
                );
            }
        }
    }
    seen.send_replace(Arc::new(Seen { over: true, ..Seen::default() }));
}

async fn look(store: &Store, round: u32, at: DateTime<Utc>) -> Result<Seen, StoreError> {
    let opened = store.opened_tasks(at - LOOK_BACK).await?;
    let held = store.held_tasks().await?;
    Ok(Seen { round, at, held, opened, over: false })
}

/// `GET /api/v1/events`: `hello` when everything from now on is told, then `task` (came into the caller's reach), `lease_soon`, `lease_ended`, `handed` and
/// `taken_back`, each with `{"id": task}`.
async fn listen(
    State(state): State<EventsState>,
    listening: Listening,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let stream = Telling {
        seen: state.seen.subscribe(),
        account: listening.account.clone(),
        listening,
        web: state.web,
        told: None,
        waiting: Vec::new(),
    };
    Sse::new(futures::stream::unfold(stream, |mut stream: Telling| async move {
        let event = stream.next().await?;
        Some((Ok(event), stream))
    }))
}

/// One stream: whose, and what it knows.
struct Telling {
    web: WebState,
    listening: Listening,
    account: UserAccount,
    seen: watch::Receiver<Arc<Seen>>,
    /// Absent until the first look, of which nothing is told.
    told: Option<Told>,
    /// Events that were not taken yet, the last one first.
    waiting: Vec<Event>,
}

/// What a stream has told.
#[derive(Default)]
struct Told {
    held: HashMap<TaskId, HeldTask>,
    opened: HashSet<(TaskId, DateTime<Utc>)>,
    soon: HashSet<(TaskId, DateTime<Utc>)>,
}

impl Telling {
    /// The next event; `None` when the stream is over.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.waiting.pop() {
                return Some(event);
            }
            self.seen.changed().await.ok()?;
            let seen = Arc::clone(&self.seen.borrow_and_update());
            if seen.over {
                return None;
            }
            if seen.round.is_multiple_of(CHECK_EVERY) {
                if !self.listening.lives(&self.web).await.unwrap_or(true) {
                    return None;
                }
                self.waiting.push(Event::default().comment(""));
            }
            match self.compare(&seen).await {
                Ok(events) => self.waiting.extend(events.into_iter().rev()),
                Err(error) => {
                    tracing::warn!(
                        error = &error as &dyn std::error::Error,
                        "could not tell what happens to tasks"
                    );
                }
            }
        }
    }

    async fn compare(&mut self, seen: &Seen) -> Result<Vec<Event>, StoreError> {
        let mine = seen.held.iter().filter(|held| held.holder == self.account.id);
        let held: HashMap<TaskId, HeldTask> = mine.map(|held| (held.id, *held)).collect();
        let opened: HashSet<_> = seen
            .opened
            .iter()
            .filter(|task| reaches(&self.account, task))
            .map(|task| (task.id, task.opened_at))
            .collect();
        let soon =
            held.values().filter(|held| held.lease_until > seen.at && held.lease_until - seen.at <= SOON);
        let soon: HashSet<_> = soon.map(|held| (held.id, held.lease_until)).collect();
        let Some(told) = self.told.replace(Told { held, opened, soon }) else {
            return Ok(vec![Event::default().event("hello").data("{}")]);
        };
        let Some(now) = &self.told else { return Ok(Vec::new()) };
        let mut events = Vec::new();
        for (id, was) in &told.held {
            if now.held.get(id).is_some_and(|is| is.fence == was.fence) {
                continue;
            }
            match self.web.store.parting(*id, self.account.id, was.fence).await? {
                Parting::Decided => {}
                Parting::TakenBack => events.push(about("taken_back", *id)),
                Parting::Ended => events.push(about("lease_ended", *id)),
            }
        }
        let handed = now.held.values().filter(|held| held.handed);
        let handed = handed.filter(|held| told.held.get(&held.id).is_none_or(|was| was.fence != held.fence));
        events.extend(handed.map(|held| about("handed", held.id)));
        events.extend(now.soon.difference(&told.soon).map(|(id, _)| about("lease_soon", *id)));
        events.extend(now.opened.difference(&told.opened).map(|(id, _)| about("task", *id)));
        Ok(events)
    }
}

/// Whether `account` might be given `task`.
fn reaches(account: &UserAccount, task: &OpenedTask) -> bool {
    task.training == account.training
        && account.services.iter().any(|service| service.as_str() == task.service)
        && (!task.for_supervisor || account.role == UserRole::Supervisor)
        && !task.excluded.contains(&account.id.0)
}

fn about(kind: &'static str, task: TaskId) -> Event {
    Event::default().event(kind).data(format!(r#"{{"id":"{task}"}}"#))
}
