//! Every route of the desk, once: the router is made of these lists, and tests walk them.

use axum::routing::{MethodRouter, get, post, put};

use crate::{DeskState, api, openapi, pages};

/// A path below `/api/v1` or of a page, and what answers there.
type Routes = Vec<(&'static str, MethodRouter<DeskState>)>;

/// The JSON API, below `/api/v1`; the events, which have a state of their own, are beside it.
pub(crate) fn api() -> Routes {
    vec![
        ("/openapi.json", get(openapi::show)),
        ("/agreement", get(api::agreement::show)),
        ("/submissions/{number}/history", get(api::reversal::history)),
        ("/submissions/{number}/reversal", post(api::reversal::reverse)),
        ("/submissions/{number}/standby", put(api::standby::mark)),
        ("/standbys", get(api::standby::list)),
        ("/standbys/{id}/end", post(api::standby::end)),
        ("/duty", get(api::duty::show).put(api::duty::set)),
        ("/roster", get(api::roster::show)),
        ("/roster/{user}", put(api::roster::week)),
        ("/roster/{user}/days/{date}", put(api::roster::day)),
        ("/verifiers", get(api::supervise::verifiers)),
        ("/tasks", get(api::queues::list)),
        ("/tasks/peek", get(api::peek::next)),
        ("/tasks/next", post(api::tasks::next)),
        ("/tasks/{id}", get(api::tasks::show)),
        ("/tasks/{id}/renew", post(api::tasks::renew)),
        ("/tasks/{id}/release", post(api::tasks::release)),
        ("/tasks/{id}/conflict", post(api::conflict::declare)),
        ("/tasks/{id}/set-aside", post(api::standby::set_aside)),
        ("/tasks/{id}/draft", put(api::drafts::keep)),
        ("/tasks/{id}/documents/{ordinal}", put(api::verdicts::judge)),
        ("/tasks/{id}/documents/{ordinal}/pages/{page}", get(api::scans::page)),
        ("/tasks/{id}/decision", post(api::verdicts::decide)),
        ("/tasks/{id}/first-page", get(api::peek::first_page)),
        ("/tasks/{id}/send", post(api::verdicts::send)),
        ("/tasks/{id}/undo", post(api::verdicts::undo)),
        ("/tasks/{id}/take-back", post(api::supervise::take_back)),
        ("/tasks/{id}/reassign", post(api::supervise::reassign)),
    ]
}

/// The pages and what their forms do.
pub(crate) fn pages() -> Routes {
    vec![
        ("/desk", get(pages::queue::show)),
        ("/desk/agreement", get(pages::agreement::show)),
        ("/desk/roster", get(pages::roster::show)),
        ("/desk/roster/{user}", post(pages::roster::week)),
        ("/desk/roster/{user}/days", post(pages::roster::day)),
        ("/desk/submissions", get(pages::history::find)),
        ("/desk/submissions/{number}", get(pages::history::show)),
        ("/desk/submissions/{number}/reversal", post(pages::acts::reverse)),
        ("/desk/standbys", get(pages::standby::show).post(pages::standby::mark)),
        ("/desk/standbys/{id}/end", post(pages::standby::end)),
        ("/desk/next", post(pages::queue::next)),
        ("/desk/duty", post(pages::acts::duty)),
        ("/desk/tasks/{id}", get(pages::task::show)),
        ("/desk/tasks/{id}/documents/{ordinal}", post(pages::acts::judge)),
        ("/desk/tasks/{id}/decision", post(pages::acts::decide)),
        ("/desk/tasks/{id}/release", post(pages::acts::release)),
        ("/desk/tasks/{id}/conflict", post(pages::acts::conflict)),
        ("/desk/tasks/{id}/set-aside", post(pages::standby::set_aside)),
        ("/desk/tasks/{id}/send", post(pages::acts::send)),
        ("/desk/tasks/{id}/undo", post(pages::acts::undo)),
        ("/desk/tasks/{id}/take-back", post(pages::supervise::take_back)),
        ("/desk/tasks/{id}/reassign", post(pages::supervise::reassign)),
    ]
}

/// The path of every route, as the router has it; the shared assets and what signs in and out are not among them.
#[must_use]
pub fn paths() -> Vec<String> {
    let api = api().into_iter().map(|(path, _)| format!("/api/v1{path}"));
    let pages = pages().into_iter().map(|(path, _)| path.to_owned());
    api.chain([crate::events::PATH.to_owned()]).chain(pages).collect()
}
