//! Who is on duty when, as a page for supervisors.

use askama::Template;
use axum::extract::{OriginalUri, Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use berkas_domain::UserId;
use berkas_web::{Frame, Lang, Problem, Supervisor, page, times};
use chrono::{Datelike, Days, NaiveDate, Weekday};

use super::ASSETS;
use super::acts::{Fields, needed};
use super::keys::{Key, on_agreement};
use crate::DeskState;
use crate::api::roster::{self, DayRequest, RosterQuery, RosterView, Rosters, WeekRequest};

#[derive(Template)]
#[template(path = "roster.html")]
struct RosterPage {
    frame: Frame,
    rosters: Rosters,
    keys: Vec<Key>,
}

impl RosterPage {
    fn first(&self) -> NaiveDate {
        self.rosters.days.first().copied().unwrap_or_default()
    }

    /// The address of the week that begins so many days later.
    fn from(&self, later: i64) -> String {
        let days = Days::new(later.unsigned_abs());
        let first = self.first();
        let from = if later < 0 { first.checked_sub_days(days) } else { first.checked_add_days(days) };
        format!("/desk/roster?from={}", from.unwrap_or(first))
    }

    fn weekday(&self, day: &NaiveDate) -> &'static str {
        let (id, en) = match day.weekday() {
            Weekday::Mon => ("Sen", "Mon"),
            Weekday::Tue => ("Sel", "Tue"),
            Weekday::Wed => ("Rab", "Wed"),
            Weekday::Thu => ("Kam", "Thu"),
            Weekday::Fri => ("Jum", "Fri"),
            Weekday::Sat => ("Sab", "Sat"),
            Weekday::Sun => ("Min", "Sun"),
        };
        self.frame.lang.say(id, en)
    }

    /// Day and month; the year is that of every other page.
    fn day(&self, day: &NaiveDate) -> String {
        let day = times::day(self.frame.lang, *day);
        day.rsplit_once(' ').map_or(day.clone(), |(day, _)| day.to_owned())
    }

    /// A shift as people write it.
    fn shift(&self, shift: &str) -> String {
        shift.replace('-', "–")
    }

    /// Word and tone of how somebody stands now.
    fn standing(&self, person: &RosterView) -> (&'static str, &'static str) {
        let lang = self.frame.lang;
        match (person.on_duty, person.expected) {
            (true, true) => (lang.say("✓ bertugas", "✓ on duty"), "good"),
            (true, false) => (lang.say("✓ bertugas di luar jadwal", "✓ on duty outside the roster"), "good"),
            (false, true) => (lang.say("○ tidak bertugas", "○ not on duty"), ""),
            (false, false) => (lang.say("○ di luar jadwal", "○ outside the roster"), ""),
        }
    }
}

/// `GET /desk/roster?from=2026-11-24`.
pub(crate) async fn show(
    State(state): State<DeskState>,
    Supervisor(account): Supervisor,
    lang: Lang,
    OriginalUri(uri): OriginalUri,
    Query(query): Query<RosterQuery>,
) -> Result<Response, Problem> {
    let rosters = roster::read(&state, &account, &query).await?;
    let frame = Frame::new(lang, &uri, lang.say("Jadwal tugas", "Duty roster"), Some(account))
        .style(ASSETS.url("desk.css"))
        .script(ASSETS.url("queue.js"))
        .lockable(state.settings.lock);
    page(&RosterPage { frame, rosters, keys: on_agreement() })
}

/// `POST /desk/roster/{user}`: the plan of the week, then the page again.
pub(crate) async fn week(
    State(state): State<DeskState>,
    Supervisor(account): Supervisor,
    Path(user): Path<UserId>,
    fields: Fields,
) -> Result<Response, Problem> {
    let request = WeekRequest { week: needed(&fields, "week")? };
    roster::plan_week(&state, &account, user, &request).await?;
    Ok(Redirect::to("/desk/roster").into_response())
}

/// `POST /desk/roster/{user}/days`: one day, then its week.
pub(crate) async fn day(
    State(state): State<DeskState>,
    Supervisor(account): Supervisor,
    Path(user): Path<UserId>,
    fields: Fields,
) -> Result<Response, Problem> {
    let date: NaiveDate = needed(&fields, "date")?;
    let off = fields.iter().any(|(key, _)| key == "off");
    let extra: String = needed(&fields, "extra")?;
    let extra =
        extra.split(',').map(str::trim).filter(|shift| !shift.is_empty()).map(str::to_owned).collect();
    roster::plan_day(&state, &account, (user, date), &DayRequest { off, extra }).await?;
    Ok(Redirect::to(&format!("/desk/roster?from={date}")).into_response())
}
