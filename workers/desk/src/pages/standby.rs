//! What waits for the central register or for blanks, with the forms that begin and end it.

use askama::Template;
use axum::extract::{OriginalUri, Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use berkas_domain::{StandbyKind, TaskId};
use berkas_web::{Frame, Lang, Problem, Verifier, page, times};
use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::ASSETS;
use super::acts::{Fields, needed, onward, optional};
use crate::api::standby::{StandbyView, aside, find, finish, missing, read};
use crate::decide::Held;
use crate::{BlanksRequest, DeskState};

/// Where the forms of this page lead back to.
const HERE: &str = "/desk/standbys";

#[derive(Template)]
#[template(path = "standbys.html")]
struct StandbysPage {
    frame: Frame,
    standbys: Vec<StandbyView>,
    now: DateTime<Utc>,
}

impl StandbysPage {
    fn of(&self, kind: &StandbyKind) -> Vec<&StandbyView> {
        self.standbys.iter().filter(|standby| standby.kind == *kind).collect()
    }

    fn kinds(&self) -> &'static [StandbyKind] {
        StandbyKind::ALL
    }

    fn name(&self, kind: &StandbyKind) -> &'static str {
        self.frame.lang.say(kind.name_id(), kind.name_en())
    }

    fn moment(&self, at: &DateTime<Utc>) -> String {
        times::moment(self.frame.lang, *at, self.now)
    }

    fn service(&self, standby: &StandbyView) -> &'static str {
        self.frame.lang.say(standby.service.name_id(), standby.service.name_en())
    }

    /// How late the verification of what is set aside is.
    fn late(&self, standby: &StandbyView) -> Option<String> {
        let due = standby.verification_due_at.filter(|due| *due < self.now)?;
        Some(times::span(self.frame.lang, self.now - due))
    }

    /// What ends it.
    fn end(&self, standby: &StandbyView) -> &'static str {
        match standby.kind {
            StandbyKind::Register => self.frame.say("Kembalikan ke antrean", "Back to the pool"),
            StandbyKind::KtpBlanks | StandbyKind::AktaBlanks => {
                self.frame.say("Blanko sudah ada", "Blanks are here")
            }
        }
    }
}

/// `GET /desk/standbys`.
pub(crate) async fn show(
    State(state): State<DeskState>,
    Verifier(account): Verifier,
    lang: Lang,
    OriginalUri(uri): OriginalUri,
) -> Result<Response, Problem> {
    let standbys = read(&state, &account).await?;
    let frame = Frame::new(lang, &uri, lang.say("Berkas yang menunggu", "Standing by"), Some(account))
        .style(ASSETS.url("desk.css"))
        .lockable(state.settings.lock);
    page(&StandbysPage { frame, standbys, now: state.now() })
}

/// `POST /desk/standbys`: there are no blanks for the submission with this number.
pub(crate) async fn mark(
    State(state): State<DeskState>,
    Verifier(account): Verifier,
    fields: Fields,
) -> Result<Response, Problem> {
    let number: String = needed(&fields, "number")?;
    let submission = find(&state, &account, number.trim()).await?;
    let request = BlanksRequest { revision: submission.revision, back_on: day(&fields)? };
    missing(&state, &account, &submission, &request).await?;
    Ok(Redirect::to(HERE).into_response())
}

/// `POST /desk/standbys/{id}/end`.
pub(crate) async fn end(
    State(state): State<DeskState>,
    Verifier(account): Verifier,
    Path(id): Path<Uuid>,
) -> Result<Response, Problem> {
    finish(&state, &account, id).await?;
    Ok(Redirect::to(HERE).into_response())
}

/// `POST /desk/tasks/{id}/set-aside`, then the queue.
pub(crate) async fn set_aside(
    State(state): State<DeskState>,
    Verifier(account): Verifier,
    Path(task): Path<TaskId>,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Problem> {
    let held = Held { task, fence: needed(&fields, "fence")? };
    aside(&state, &account, held, day(&fields)?).await?;
    Ok(onward(&headers, "/desk"))
}

/// The day in a form; an empty field names none.
fn day(fields: &Fields) -> Result<Option<NaiveDate>, Problem> {
    optional(fields, "back_on")
}
