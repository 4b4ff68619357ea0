//! The history of one submission, with the form that reverses what its office was told.

use askama::Template;
use axum::extract::{OriginalUri, Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use berkas_domain::{ReasonCode, ReversalReason, Stage};
use berkas_store::{TimelineDecision, TimelineExclusion};
use berkas_web::{Frame, Lang, Problem, Supervisor, page, times};
use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::ASSETS;
use crate::DeskState;
use crate::api::reversal::{History, read};

/// Which submission is looked for.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Wanted {
    #[serde(default)]
    number: String,
}

#[derive(Template)]
#[template(path = "find.html")]
struct FindPage {
    frame: Frame,
}

#[derive(Template)]
#[template(path = "history.html")]
struct HistoryPage {
    frame: Frame,
    history: History,
    now: DateTime<Utc>,
}

impl HistoryPage {
    fn moment(&self, at: &DateTime<Utc>) -> String {
        times::moment(self.frame.lang, *at, self.now)
    }

    /// Whether its office was told a decision that stands.
    fn can_reverse(&self) -> bool {
        self.history.stage == Stage::Noticed
    }

    fn reversals(&self) -> &'static [ReversalReason] {
        ReversalReason::ALL
    }

    fn codes(&self) -> &'static [ReasonCode] {
        ReasonCode::ALL
    }

    fn reversal_text(&self, reason: &ReversalReason) -> &'static str {
        self.frame.lang.say(reason.text_id(), reason.text_en())
    }

    fn code_text(&self, code: &ReasonCode) -> &'static str {
        self.frame.lang.say(code.text_id(), code.text_en())
    }

    fn exclusion_text(&self, exclusion: &TimelineExclusion) -> &'static str {
        self.frame.lang.say(exclusion.reason.text_id(), exclusion.reason.text_en())
    }

    /// The codes of a decision's reasons, each once.
    fn codes_of(&self, decision: &TimelineDecision) -> Vec<&'static str> {
        let mut words = Vec::new();
        for reason in decision.reasons.as_array().into_iter().flatten() {
            let code = reason["code"].as_str().and_then(|word| word.parse::<ReasonCode>().ok());
            words.extend(code.map(|code| self.code_text(&code)).filter(|word| !words.contains(word)));
        }
        words
    }

    fn decided_by<'a>(&'a self, decision: &'a TimelineDecision) -> &'a str {
        decision.decided_by.as_deref().unwrap_or(self.frame.lang.say("Aturan", "The rules"))
    }

    /// Whether a decision was taken back before anybody was told.
    fn is_undone(&self, decision: &TimelineDecision) -> bool {
        decision.undone_at.is_some() && decision.reversed_at.is_none()
    }

    /// What a stage is called.
    fn stage_name(&self, stage: &Stage) -> &'static str {
        let (id, en) = match stage {
            Stage::Received => ("Diterima", "Received"),
            Stage::Normalized => ("Pindaian diolah", "Scans normalized"),
            Stage::Checked => ("Kelengkapan diperiksa", "Checked for completeness"),
            Stage::Waiting => ("Menunggu petugas", "Waiting for a verifier"),
            Stage::Assigned => ("Di meja petugas", "On a verifier's desk"),
            Stage::Decided => ("Diputus", "Decided"),
            Stage::Noticed => ("Diberitahukan", "Told"),
            Stage::Withdrawn => ("Ditarik", "Withdrawn"),
        };
        self.frame.lang.say(id, en)
    }

    /// How a delivery stands, with the channel; a word that is new is shown as it is.
    fn delivery(&self, channel: &str, state: &str) -> String {
        let lang = self.frame.lang;
        let channel = match channel {
            "amqp" => lang.say("antrean", "queue"),
            "mail" => lang.say("surel", "e-mail"),
            "sms" => lang.say("pesan singkat", "short message"),
            other => other,
        };
        let state = match state {
            "pending" => lang.say("menunggu", "waiting"),
            "sending" => lang.say("sedang dikirim", "being sent"),
            "sent" => lang.say("terkirim", "sent"),
            "acknowledged" => lang.say("dikonfirmasi", "acknowledged"),
            "failed" => lang.say("gagal", "failed"),
            other => other,
        };
        format!("{channel}: {state}")
    }

    /// What a notice is called; one that is new is shown as it is.
    fn kind_of<'a>(&self, kind: &'a str) -> &'a str {
        let lang = self.frame.lang;
        match kind.strip_prefix("id.berkas.").unwrap_or(kind) {
            "accepted.v1" => lang.say("Tanda terima", "Receipt"),
            "rejected.v1" => lang.say("Tidak diterima", "Not taken"),
            "decision.v1" => lang.say("Keputusan", "Decision"),
            "correction.v1" => lang.say("Ralat", "Correction"),
            "standby.v1" => lang.say("Menunggu", "Standing by"),
            other => other,
        }
    }

    /// How a standby ended; a word that is new is shown as it is.
    fn end_of<'a>(&self, reason: Option<&'a str>) -> &'a str {
        let lang = self.frame.lang;
        match reason.unwrap_or_default() {
            "due" => lang.say("saatnya tiba", "its time had come"),
            "recalled" => lang.say("diambil kembali", "put back earlier"),
            "arrived" => lang.say("blanko sudah ada", "blanks are here"),
            "withdrawn" => lang.say("ditarik kecamatan", "withdrawn"),
            "reversed" => lang.say("keputusan dibatalkan", "decision reversed"),
            other => other,
        }
    }
}

/// `GET /desk/submissions?number=…`: asks for a number, and goes there.
pub(crate) async fn find(
    State(state): State<DeskState>,
    Supervisor(account): Supervisor,
    lang: Lang,
    OriginalUri(uri): OriginalUri,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Problem> {
    let number = wanted.number.trim();
    if !number.is_empty() && number.chars().all(|sign| sign.is_ascii_digit() || sign == '-') {
        return Ok(Redirect::to(&format!("/desk/submissions/{number}")).into_response());
    }
    let frame = Frame::new(lang, &uri, lang.say("Riwayat berkas", "History of a dossier"), Some(account))
        .style(ASSETS.url("desk.css"))
        .lockable(state.settings.lock);
    page(&FindPage { frame })
}

/// `GET /desk/submissions/{number}`.
pub(crate) async fn show(
    State(state): State<DeskState>,
    Supervisor(account): Supervisor,
    lang: Lang,
    OriginalUri(uri): OriginalUri,
    Path(number): Path<String>,
) -> Result<Response, Problem> {
    let history = read(&state, &account, &number).await?;
    let frame = Frame::new(lang, &uri, lang.say("Riwayat berkas", "History of a dossier"), Some(account))
        .style(ASSETS.url("desk.css"))
        .lockable(state.settings.lock);
    page(&HistoryPage { frame, history, now: state.now() })
}
