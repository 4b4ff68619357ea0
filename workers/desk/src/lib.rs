//! The verifiers' desk: pages and API.
//!
//! [`router`] is the whole surface: login, queues, the split view of a task, and the JSON API below `/api/v1/tasks`
//! that the pages, simulated verifiers and other clients use. Every write carries the fencing token of the lease, in
//! `If-Match` or in the body; a late one is refused with the problem `lease_lost`.

mod api;
mod decide;
mod drafts;
mod events;
mod note;
mod openapi;
mod originals;
mod pages;
mod routes;
mod settings;
mod standby;
mod state;
mod view;

use axum::Router;

pub use api::{
    Agreement, BlanksRequest, CodeLine, ColleagueView, ConflictRequest, DayRequest, DayView, DecisionRequest,
    DecisionTaken, Duty, History, Peeked, ReasonRequest, ReassignRequest, Renewed, ReversalRequest,
    RosterView, Rosters, SetAsideRequest, StandbyView, Standbys, TakeBackRequest, Tasks, VerdictRequest,
    VerifierLine, Verifiers, View, WeekRequest,
};
pub use drafts::{Draft, DraftVerdict};
pub use events::events;
pub use openapi::openapi;
pub use originals::Originals;
pub use routes::paths;
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
    let router = |routes: Vec<_>| {
        routes.into_iter().fold(Router::new(), |router, (path, answers)| router.route(path, answers))
    };
    let api = router(routes::api());
    let pages = router(routes::pages());
    Router::new().nest("/api/v1", api).merge(pages).with_state(state).merge(pages::ASSETS.routes())
}
