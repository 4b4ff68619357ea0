//! The operators' page.

use std::sync::LazyLock;

use askama::Template;
use axum::extract::{OriginalUri, State};
use axum::response::Response;
use berkas_domain::{OfficeMode, ReasonCode, Stage};
use berkas_store::{OfficeStatus, OwedNotice, ParkedItem, StageStatus, StandbyCount, UserRole};
use berkas_web::{Asset, Assets, Frame, Lang, Problem, Watcher, page, times};

use crate::ConsoleState;
use crate::status::{Status, status};

/// The console's own scripts and styles.
pub(crate) static ASSETS: LazyLock<Assets> = LazyLock::new(|| {
    Assets::new(&[
        Asset { name: "console.css", content: include_bytes!("../assets/console.css") },
        Asset { name: "console.js", content: include_bytes!("../assets/console.js") },
    ])
});

#[derive(Template)]
#[template(path = "console.html")]
struct ConsolePage {
    frame: Frame,
    status: Status,
    /// Whether the reader may act.
    acts: bool,
    read_at: String,
}

impl ConsolePage {
    fn lang(&self) -> Lang {
        self.frame.lang
    }

    fn stage_name(&self, stage: &Stage) -> &'static str {
        let (id, en) = match *stage {
            Stage::Received => ("Diterima, menunggu pindai", "Received, before scan"),
            Stage::Normalized => ("Menunggu cek kelengkapan", "Before completeness"),
            Stage::Checked => ("Menunggu penugasan", "Before assignment"),
            Stage::Waiting => ("Menunggu verifikator", "Waiting for a verifier"),
            Stage::Assigned => ("Di meja verifikator", "On a verifier's desk"),
            Stage::Decided => ("Diputus, menunggu pemberitahuan", "Decided, before the notice"),
            Stage::Noticed => ("Diberitahukan", "Noticed"),
            Stage::Withdrawn => ("Ditarik kembali", "Withdrawn"),
        };
        self.lang().say(id, en)
    }

    fn age(&self, stage: &StageStatus) -> String {
        stage
            .oldest_since
            .map_or_else(|| "–".to_owned(), |since| times::span(self.lang(), self.status.at - since))
    }

    /// A stage that fills and does not empty.
    fn stuck(&self, stage: &StageStatus) -> bool {
        let machine = stage.stage.due_step().is_some() && stage.stage != Stage::Decided;
        let old = stage.oldest_since.is_some_and(|since| (self.status.at - since).num_minutes() >= 5);
        machine && old && stage.out_5m == 0
    }

    /// What waits for something nobody here can hurry.
    fn standing_by(&self) -> impl Iterator<Item = &StandbyCount> {
        self.status.standbys.iter().filter(|standby| standby.count > 0)
    }

    fn standby_name(&self, standby: &StandbyCount) -> &'static str {
        self.lang().say(standby.kind.name_id(), standby.kind.name_en())
    }

    fn standby_age(&self, standby: &StandbyCount) -> String {
        let since = standby.oldest_since;
        since.map_or_else(|| "–".to_owned(), |since| times::span(self.lang(), self.status.at - since))
    }

    fn parked_for(&self, item: &ParkedItem) -> String {
        times::span(self.lang(), self.status.at - item.parked_at)
    }

    fn owed_for(&self, owed: &OwedNotice) -> String {
        times::span(self.lang(), self.status.at - owed.created_at)
    }

    fn mode(&self, mode: &OfficeMode) -> (&'static str, &'static str) {
        match *mode {
            OfficeMode::Live => (self.lang().say("siap", "live"), "good"),
            OfficeMode::Training => (self.lang().say("latihan", "training"), "warn"),
            OfficeMode::Stopped => (self.lang().say("berhenti", "stopped"), "bad"),
        }
    }

    fn codes(&self) -> &'static [ReasonCode] {
        ReasonCode::ALL
    }

    fn code_text(&self, code: &ReasonCode) -> &'static str {
        self.lang().say(code.text_id(), code.text_en())
    }

    fn under_way(&self) -> i64 {
        self.status.stages.iter().map(|stage| stage.depth).sum()
    }

    /// The offices whose figures are no practice.
    fn live(&self) -> impl Iterator<Item = &OfficeStatus> {
        self.status.offices.iter().filter(|office| office.mode != OfficeMode::Training)
    }

    fn received(&self) -> i64 {
        self.live().map(|office| office.received).sum()
    }

    fn decided(&self) -> i64 {
        self.live().map(|office| office.passed + office.returned + office.refused).sum()
    }
}

/// `GET /console`.
pub(crate) async fn show(
    State(state): State<ConsoleState>,
    Watcher(account): Watcher,
    lang: Lang,
    OriginalUri(uri): OriginalUri,
) -> Result<Response, Problem> {
    let now = state.web.clock.now();
    let status = status(&state.web.store, now, state.silent_since(now)).await?;
    let acts = account.role == UserRole::Operator;
    let frame = Frame::new(lang, &uri, lang.say("Pemantauan", "Console"), Some(account))
        .style(ASSETS.url("console.css"))
        .script(ASSETS.url("console.js"));
    page(&ConsolePage { frame, status, acts, read_at: times::clock(lang, now) })
}
