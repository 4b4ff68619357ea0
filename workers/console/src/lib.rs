//! The operators' console: pages and API.
//!
//! [`router`] is the whole surface: depth, age and flow of every stage, what each office sends, and what is parked with
//! its cause. `GET /api/v1/status` answers the same as JSON. Looking is for operators, supervisors and viewers; acting
//! on what is parked is for operators.

mod page;
mod parked;
mod state;
mod status;

use axum::Router;
use axum::routing::{get, post};
use berkas_web::WebState;

pub use parked::ReturnRequest;
pub use state::ConsoleState;
pub use status::{Status, status};

/// The console as a surface of its own, with login and everything that guards it.
pub fn router(state: impl Into<ConsoleState>) -> Router {
    let state = state.into();
    let web: WebState = state.web.clone();
    berkas_web::surface(routes(state), web)
}

/// The console's routes alone, to be merged with others and wrapped by [`berkas_web::surface`].
pub fn routes(state: impl Into<ConsoleState>) -> Router {
    Router::new()
        .route("/console", get(page::show))
        .route("/console/parked/{id}/replay", post(parked::replay_form))
        .route("/console/parked/{id}/return", post(parked::return_form))
        .route("/console/parked/{id}/discard", post(parked::discard_form))
        .route("/api/v1/status", get(status::show))
        .route("/api/v1/parked/{id}/replay", post(parked::replay_api))
        .route("/api/v1/parked/{id}/return", post(parked::return_api))
        .route("/api/v1/parked/{id}/discard", post(parked::discard_api))
        .with_state(state.into())
        .merge(page::ASSETS.routes())
}
