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

/// The days of the week as a plan and as a page in Indonesian write them.
const DAYS: [(&str, &str); 7] = [
    ("mon", "sen"),
    ("tue", "sel"),
    ("wed", "rab"),
    ("thu", "kam"),
    ("fri", "jum"),
    ("sat", "sab"),
    ("sun", "min"),
];

/// `plan` with each of its words that stands in `words` replaced by the one beside it.
fn with_days(plan: &str, words: &[(&str, &str)]) -> String {
    let mut written = String::with_capacity(plan.len());
    let mut rest = plan;
    while let Some(from) = rest.find(|sign: char| sign.is_ascii_alphabetic()) {
        let (before, word) = rest.split_at(from);
        let until = word.find(|sign: char| !sign.is_ascii_alphabetic()).unwrap_or(word.len());
        let (word, after) = word.split_at(until);
        let other = words.iter().find(|(known, _)| known.eq_ignore_ascii_case(word));
        written.push_str(before);
        written.push_str(other.map_or(word, |(_, other)| other));
        rest = after;
    }
    written + rest
}

/// A plan as people type it: days in Indonesian or English.
fn typed(plan: &str) -> String {
    with_days(plan, &DAYS.map(|(plan, page)| (page, plan)))
}

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

    /// A plan in the page's language.
    fn week(&self, plan: &str) -> String {
        if self.frame.lang == Lang::Id { with_days(plan, &DAYS) } else { plan.to_owned() }
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
    let seen = needed(&fields, "fence")?;
    let week: String = needed(&fields, "week")?;
    let request = WeekRequest { week: typed(&week), fence: None };
    roster::plan_week(&state, &account, (user, seen), &request).await?;
    Ok(Redirect::to("/desk/roster").into_response())
}

/// `POST /desk/roster/{user}/days`: one day, then its week.
pub(crate) async fn day(
    State(state): State<DeskState>,
    Supervisor(account): Supervisor,
    Path(user): Path<UserId>,
    fields: Fields,
) -> Result<Response, Problem> {
    let (seen, date): (i64, NaiveDate) = (needed(&fields, "fence")?, needed(&fields, "date")?);
    let off = fields.iter().any(|(key, _)| key == "off");
    let extra: String = needed(&fields, "extra")?;
    let extra =
        extra.split(',').map(str::trim).filter(|shift| !shift.is_empty()).map(str::to_owned).collect();
    let request = DayRequest { off, extra, fence: None };
    roster::plan_day(&state, &account, (user, seen), (date, &request)).await?;
    Ok(Redirect::to(&format!("/desk/roster?from={date}")).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_written_and_read_in_indonesian_and_english() {
        let plan = "mon-thu 07:30-12:00, fri 07:30-11:30, sun 22:00-06:00";
        let shown = with_days(plan, &DAYS);
        assert_eq!(shown, "sen-kam 07:30-12:00, jum 07:30-11:30, min 22:00-06:00");
        assert_eq!((typed(&shown), typed(plan)), (plan.to_owned(), plan.to_owned()));
        assert_eq!(typed("Sen-Jum 07:30-15:30"), "mon-fri 07:30-15:30");
        assert_eq!(
            (typed(""), typed("minggu 08:00-12:00")),
            (String::new(), "minggu 08:00-12:00".to_owned())
        );
    }
}
