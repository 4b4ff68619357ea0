//! How often verifiers agree, as a page for supervisors.

use askama::Template;
use axum::extract::{OriginalUri, Query, State};
use axum::response::Response;
use berkas_domain::ReasonCode;
use berkas_web::{Frame, Lang, Problem, Supervisor, page};

use super::ASSETS;
use super::keys::{Key, on_agreement};
use crate::DeskState;
use crate::api::agreement::{Agreement, AgreementQuery, read};

#[derive(Template)]
#[template(path = "agreement.html")]
struct AgreementPage {
    frame: Frame,
    agreement: Agreement,
    keys: Vec<Key>,
}

impl AgreementPage {
    fn code_text(&self, code: &ReasonCode) -> &'static str {
        self.frame.lang.say(code.text_id(), code.text_en())
    }

    fn share(&self, part: &i64, whole: &i64) -> String {
        format!("{} %", part * 100 / whole.max(&1))
    }
}

/// `GET /desk/agreement?days=30`.
pub(crate) async fn show(
    State(state): State<DeskState>,
    Supervisor(account): Supervisor,
    lang: Lang,
    OriginalUri(uri): OriginalUri,
    Query(query): Query<AgreementQuery>,
) -> Result<Response, Problem> {
    let agreement = read(&state, query.days).await?;
    let title = lang.say("Kesepakatan petugas", "Verifiers' agreement");
    let frame = Frame::new(lang, &uri, title, Some(account))
        .style(ASSETS.url("desk.css"))
        .script(ASSETS.url("queue.js"))
        .lockable(state.settings.lock);
    page(&AgreementPage { frame, agreement, keys: on_agreement() })
}
