//! The verifiers' desk: pages and API.
//!
//! [`router`] is the whole surface: login, queues, the split view of a task, and the JSON API below `/api/v1/tasks`
//! that the pages, simulated verifiers and other clients use. Every write carries the fencing token of the lease, in
//! `If-Match` or in the body; a late one is refused with the problem `lease_lost`.

mod api;
mod decide;
mod drafts;
mod events;
mod pages;
mod settings;
mod standby;
mod state;
mod view;

use axum::Router;
use axum::routing::{get, post, put};

pub use api::{
    Agreement, BlanksRequest, CodeLine, ColleagueView, ConflictRequest, DecisionRequest, Duty, History,
    Peeked, ReasonRequest, ReassignRequest, ReversalRequest, SetAsideRequest, StandbyView, Standbys,
    TakeBackRequest, Tasks, VerdictRequest, VerifierLine, Verifiers, View,
};
pub use drafts::{Draft, DraftVerdict};
pub use events::events;
pub use settings::{DeskSettings, StandbyTerms};
pub use state::DeskState;
pub use view::{
    CheckView, Comparison, DocumentView, DraftView, Fact, FindingView, LookView, PageView, Section, TaskView,
    VerdictView,
};

/// The desk as a surface of its own, with login and everything that guards it; its events end with the runtime.
pub fn router(state: DeskState) -> Router {
    let web = state.web.clone();
    berkas_web::surface(routes(state).merge(events(web.clone(), std::future::pending())), web)
}

/// The desk's routes alone, to be merged with others and wrapped by [`berkas_web::surface`].
pub fn routes(state: DeskState) -> Router {
    let api = Router::new()
        .route("/agreement", get(api::agreement::show))
        .route("/submissions/{number}/history", get(api::reversal::history))
        .route("/submissions/{number}/reversal", post(api::reversal::reverse))
        .route("/submissions/{number}/standby", put(api::standby::mark))
        .route("/standbys", get(api::standby::list))
        .route("/standbys/{id}/end", post(api::standby::end))
        .route("/duty", get(api::duty::show).put(api::duty::set))
        .route("/verifiers", get(api::supervise::verifiers))
        .route("/tasks", get(api::queues::list))
        .route("/tasks/peek", get(api::peek::next))
        .route("/tasks/next", post(api::tasks::next))
        .route("/tasks/{id}", get(api::tasks::show))
        .route("/tasks/{id}/renew", post(api::tasks::renew))
        .route("/tasks/{id}/release", post(api::tasks::release))
        .route("/tasks/{id}/conflict", post(api::conflict::declare))
        .route("/tasks/{id}/set-aside", post(api::standby::set_aside))
        .route("/tasks/{id}/draft", put(api::drafts::keep))
        .route("/tasks/{id}/documents/{ordinal}", put(api::verdicts::judge))
        .route("/tasks/{id}/documents/{ordinal}/pages/{page}", get(api::scans::page))
        .route("/tasks/{id}/decision", post(api::verdicts::decide))
        .route("/tasks/{id}/first-page", get(api::peek::first_page))
        .route("/tasks/{id}/send", post(api::verdicts::send))
        .route("/tasks/{id}/undo", post(api::verdicts::undo))
        .route("/tasks/{id}/take-back", post(api::supervise::take_back))
        .route("/tasks/{id}/reassign", post(api::supervise::reassign));
    let pages = Router::new()
        .route("/desk", get(pages::queue::show))
        .route("/desk/agreement", get(pages::agreement::show))
        .route("/desk/submissions", get(pages::history::find))
        .route("/desk/submissions/{number}", get(pages::history::show))
        .route("/desk/submissions/{number}/reversal", post(pages::acts::reverse))
        .route("/desk/standbys", get(pages::standby::show).post(pages::standby::mark))
        .route("/desk/standbys/{id}/end", post(pages::standby::end))
        .route("/desk/next", post(pages::queue::next))
        .route("/desk/duty", post(pages::acts::duty))
        .route("/desk/tasks/{id}", get(pages::task::show))
        .route("/desk/tasks/{id}/documents/{ordinal}", post(pages::acts::judge))
        .route("/desk/tasks/{id}/decision", post(pages::acts::decide))
        .route("/desk/tasks/{id}/release", post(pages::acts::release))
        .route("/desk/tasks/{id}/conflict", post(pages::acts::conflict))
        .route("/desk/tasks/{id}/set-aside", post(pages::standby::set_aside))
        .route("/desk/tasks/{id}/send", post(pages::acts::send))
        .route("/desk/tasks/{id}/undo", post(pages::acts::undo))
        .route("/desk/tasks/{id}/take-back", post(pages::supervise::take_back))
        .route("/desk/tasks/{id}/reassign", post(pages::supervise::reassign));
    Router::new().nest("/api/v1", api).merge(pages).with_state(state).merge(pages::ASSETS.routes())
}
