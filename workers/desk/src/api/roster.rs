//! Who is on duty when: the plan of the week, and days on which it is otherwise.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use berkas_domain::{MOST_SHIFTS, Roster, RosterDay, Shift, UserId, WeekPlan, wib};
use berkas_store::{Actor, Colleague, PlanError, UserAccount};
use berkas_web::{ApiJson, Problem, Supervisor};
use chrono::{Days, NaiveDate};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::fence::{etag, fence};
use crate::DeskState;

/// Days that are shown at most.
const MOST_DAYS: u16 = 31;

#[derive(Debug, Default, Deserialize, JsonSchema)]
pub(crate) struct RosterQuery {
    /// The first day; today when absent.
    #[serde(default)]
    pub(crate) from: Option<NaiveDate>,
    /// How many days; seven when absent.
    #[serde(default)]
    pub(crate) days: Option<u16>,
}

/// What `GET /api/v1/roster` answers.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Rosters {
    /// The days that are shown, the first first.
    pub days: Vec<NaiveDate>,
    /// Every verifier and supervisor of the caller's pool, by name.
    pub verifiers: Vec<RosterView>,
}

/// When somebody is on duty.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RosterView {
    /// Who.
    pub id: UserId,
    /// The name colleagues see.
    pub name: String,
    /// Whether they take tasks now.
    pub on_duty: bool,
    /// Whether they are expected now.
    pub expected: bool,
    /// The token of this roster, which changes with it.
    pub fence: i64,
    /// The plan of the week, for example `mon-fri 07:30-15:30`; empty: none, so that they are always expected.
    pub week: String,
    /// Their shifts on each of the days, in the same order.
    pub days: Vec<DayView>,
}

/// One day of somebody.
#[derive(Debug, Serialize, JsonSchema)]
pub struct DayView {
    /// Whether the plan does not count on it.
    pub off: bool,
    /// Their shifts, for example `07:30-15:30`; one that ends when or before it begins ends on the next day.
    pub shifts: Vec<String>,
    /// Those of them that belong to this day alone.
    pub extra: Vec<String>,
}

/// What `PUT /api/v1/roster/{user}` takes.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WeekRequest {
    /// The plan, for example `mon-thu 07:30-16:00, fri 07:30-11:30`; empty takes it away.
    #[schemars(length(max = 1000))]
    pub week: String,
    /// The token of the roster that was seen, unless it stands in `If-Match`.
    #[serde(default)]
    pub fence: Option<i64>,
}

/// What `PUT /api/v1/roster/{user}/days/{date}` takes: neither makes the day like every other again.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DayRequest {
    /// The plan does not count on this day.
    pub off: bool,
    /// Shifts of this day alone, for example `08:00-12:00`.
    pub extra: Vec<String>,
    /// The token of the roster that was seen, unless it stands in `If-Match`.
    pub fence: Option<i64>,
}

/// `GET /api/v1/roster?from=2026-11-24&days=7`.
pub(crate) async fn show(
    State(state): State<DeskState>,
    Supervisor(account): Supervisor,
    Query(query): Query<RosterQuery>,
) -> Result<Json<Rosters>, Problem> {
    Ok(Json(read(&state, &account, &query).await?))
}

/// `PUT /api/v1/roster/{user}`: the plan of the week; who is not expected any more goes off duty at once.
pub(crate) async fn week(
    State(state): State<DeskState>,
    Supervisor(account): Supervisor,
    Path(user): Path<UserId>,
    headers: HeaderMap,
    ApiJson(request): ApiJson<WeekRequest>,
) -> Result<Response, Problem> {
    let seen = fence(&headers, request.fence)?;
    let version = plan_week(&state, &account, (user, seen), &request).await?;
    Ok((StatusCode::NO_CONTENT, [etag(version)]).into_response())
}

/// `PUT /api/v1/roster/{user}/days/{date}`: how one day differs.
pub(crate) async fn day(
    State(state): State<DeskState>,
    Supervisor(account): Supervisor,
    Path((user, date)): Path<(UserId, NaiveDate)>,
    headers: HeaderMap,
    ApiJson(request): ApiJson<DayRequest>,
) -> Result<Response, Problem> {
    let seen = fence(&headers, request.fence)?;
    let version = plan_day(&state, &account, (user, seen), (date, &request)).await?;
    Ok((StatusCode::NO_CONTENT, [etag(version)]).into_response())
}

/// Reads the rosters of the pool of `account`.
pub(crate) async fn read(
    state: &DeskState,
    account: &UserAccount,
    query: &RosterQuery,
) -> Result<Rosters, Problem> {
    let now = state.now();
    let first = query.from.unwrap_or_else(|| wib(now).date_naive());
    let count = u64::from(query.days.unwrap_or(7).clamp(1, MOST_DAYS));
    let days: Vec<NaiveDate> =
        (0..count).filter_map(|after| first.checked_add_days(Days::new(after))).collect();
    let store = &state.web.store;
    // Before the rosters: a change in between makes the token the older one, and who uses it is refused.
    let colleagues = store.colleagues().await?;
    let (from, to) = Roster::touching(now);
    let around_now = store.rosters(from, to).await?;
    let rosters = store.rosters(first, days.last().copied().unwrap_or(first)).await?;
    let none = Roster::default();
    let verifiers = colleagues.into_iter().filter(|colleague| colleague.training == account.training);
    let verifiers = verifiers.map(|colleague| {
        let roster = rosters.get(&colleague.user).unwrap_or(&none);
        let expected = around_now.get(&colleague.user).unwrap_or(&none).is_on(now);
        view(colleague, roster, &days, expected)
    });
    Ok(Rosters { verifiers: verifiers.collect(), days })
}

fn view(colleague: Colleague, roster: &Roster, days: &[NaiveDate], expected: bool) -> RosterView {
    let texts = |shifts: &[Shift]| shifts.iter().map(ToString::to_string).collect();
    let day = |day: &NaiveDate| {
        let otherwise = roster.days.get(day).cloned().unwrap_or_default();
        // Who has no plan is always expected, which is no shift that somebody planned.
        let shifts = if roster.week.is_empty() { otherwise.extra.clone() } else { roster.shifts_on(*day) };
        DayView { off: otherwise.off, shifts: texts(&shifts), extra: texts(&otherwise.extra) }
    };
    RosterView {
        id: colleague.user,
        name: colleague.display_name,
        on_duty: colleague.on_duty,
        expected,
        fence: colleague.roster_version,
        week: roster.week.to_string(),
        days: days.iter().map(day).collect(),
    }
}

/// Plans the week of somebody whose roster was seen under a token, and returns the one it has now; the store writes it into the
/// audit itself.
pub(crate) async fn plan_week(
    state: &DeskState,
    account: &UserAccount,
    (user, seen): (UserId, i64),
    request: &WeekRequest,
) -> Result<i64, Problem> {
    of_pool(state, account, user).await?;
    let week: WeekPlan = request.week.parse().map_err(|error| wrong("/week", error))?;
    let by = (Actor::User(account.id), state.now());
    state.web.store.plan_week((user, seen), &week, by).await.map_err(not_planned)
}

/// Says how a day of somebody differs, as [`plan_week`] does.
pub(crate) async fn plan_day(
    state: &DeskState,
    account: &UserAccount,
    (user, seen): (UserId, i64),
    (date, request): (NaiveDate, &DayRequest),
) -> Result<i64, Problem> {
    of_pool(state, account, user).await?;
    if request.extra.len() > MOST_SHIFTS {
        return Err(wrong("/extra", berkas_domain::RosterError::TooMany));
    }
    let extra = request.extra.iter().map(|shift| shift.parse()).collect::<Result<_, _>>();
    let plan = RosterDay { off: request.off, extra: extra.map_err(|error| wrong("/extra", error))? };
    let by = (Actor::User(account.id), state.now());
    state.web.store.plan_day((user, seen), (date, &plan), by).await.map_err(not_planned)
}

fn not_planned(error: PlanError) -> Problem {
    match error {
        PlanError::Changed => {
            Problem::new(StatusCode::CONFLICT, "roster_changed", "the roster has changed meanwhile")
                .detail("somebody else has planned since; nothing was changed, look at it again")
        }
        PlanError::Store(error) => error.into(),
    }
}

/// Whoever takes no tasks, or is of the other pool, has no roster here.
async fn of_pool(state: &DeskState, account: &UserAccount, user: UserId) -> Result<(), Problem> {
    let colleagues = state.web.store.colleagues().await?;
    let known = colleagues.iter().any(|known| known.user == user && known.training == account.training);
    if known { Ok(()) } else { Err(Problem::not_found().detail("there is no such verifier in your pool")) }
}

fn wrong(pointer: &str, error: berkas_domain::RosterError) -> Problem {
    let title = "the roster cannot be read";
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", title).fault(
        pointer,
        "roster",
        error.to_string(),
    )
}
