//! Who is on duty when, and the end of duty at the end of a shift.

use std::collections::{BTreeSet, HashMap};

use berkas_domain::{Roster, RosterDay, Shift, Stage, UserId, WeekPlan};
use chrono::{DateTime, NaiveDate, Utc, Weekday};
use serde_json::{Value, json};
use sqlx::{PgConnection, Postgres, Transaction};
use uuid::Uuid;

use crate::audit::{self, Actor};
use crate::user::{OffDuty, leave_duty};
use crate::{Store, StoreError};

/// Why a roster was not changed.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// Somebody has changed it since the version that the caller has seen.
    #[error("the roster was changed meanwhile")]
    Changed,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for PlanError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

/// A roster that is about to be changed, whose person is locked.
struct Planned {
    user: UserId,
    before: Roster,
    version: i64,
}

impl Store {
    /// The rosters of everybody who has one, of the days from `first` to `last`.
    ///
    /// # Errors
    /// As the database says.
    pub async fn rosters(
        &self,
        first: NaiveDate,
        last: NaiveDate,
    ) -> Result<HashMap<UserId, Roster>, StoreError> {
        let mut connection = self.pool.acquire().await?;
        read(&mut connection, None, Some((first, last))).await
    }

    /// The roster of one person with its version; an empty one when there is none.
    ///
    /// # Errors
    /// As the database says.
    pub async fn roster(&self, user: UserId) -> Result<(Roster, i64), StoreError> {
        let mut transaction = self.pool.begin().await?;
        // The version first: a change in between makes what is read newer than its token, which is refused, and never older.
        let version = sqlx::query_scalar!("select roster_version from users where id = $1", user.0)
            .fetch_optional(&mut *transaction)
            .await?;
        Ok((roster_of(&mut transaction, user).await?, version.unwrap_or_default()))
    }

    /// Plans the week of `user`, whose roster is of `version`; an empty plan takes it away. Whoever is thereby not expected any
    /// more goes off duty at once. Returns the version it has now; what is planned so already changes nothing, whatever the
    /// version.
    ///
    /// # Errors
    /// [`PlanError::Changed`]; otherwise as the database says.
    pub async fn plan_week(
        &self,
        (user, version): (UserId, i64),
        week: &WeekPlan,
        (by, now): (Actor, DateTime<Utc>),
    ) -> Result<i64, PlanError> {
        let mut transaction = self.pool.begin().await?;
        let planned = locked(&mut transaction, user).await?;
        if planned.before.week == *week {
            return Ok(planned.version);
        }
        planned.is_of(version)?;
        sqlx::query!("delete from roster_shifts where user_id = $1", user.0)
            .execute(&mut *transaction)
            .await?;
        for (day, shift) in week.shifts() {
            let (from, to) = minutes(shift);
            sqlx::query!(
                "insert into roster_shifts (user_id, weekday, from_minute, to_minute) values ($1, $2, $3, $4)",
                user.0,
                number(day),
                from,
                to
            )
            .execute(&mut *transaction)
            .await?;
        }
        let changed = json!({ "week": week.to_string() });
        self.changed(transaction, planned, changed, (by, now)).await
    }

    /// Says how `day` differs from the plan of `user`, as [`Store::plan_week`] does; a day that does not is like every other again.
    ///
    /// # Errors
    /// [`PlanError::Changed`]; otherwise as the database says.
    pub async fn plan_day(
        &self,
        (user, version): (UserId, i64),
        (day, plan): (NaiveDate, &RosterDay),
        (by, now): (Actor, DateTime<Utc>),
    ) -> Result<i64, PlanError> {
        let mut transaction = self.pool.begin().await?;
        let planned = locked(&mut transaction, user).await?;
        if is_so(planned.before.days.get(&day), plan) {
            return Ok(planned.version);
        }
        planned.is_of(version)?;
        sqlx::query!("delete from roster_leave where user_id = $1 and day = $2", user.0, day)
            .execute(&mut *transaction)
            .await?;
        sqlx::query!("delete from roster_extra where user_id = $1 and day = $2", user.0, day)
            .execute(&mut *transaction)
            .await?;
        if plan.off {
            sqlx::query!("insert into roster_leave (user_id, day) values ($1, $2)", user.0, day)
                .execute(&mut *transaction)
                .await?;
        }
        for shift in &plan.extra {
            let (from, to) = minutes(*shift);
            sqlx::query!(
                "insert into roster_extra (user_id, day, from_minute, to_minute) values ($1, $2, $3, $4)
                 on conflict do nothing",
                user.0,
                day,
                from,
                to
            )
            .execute(&mut *transaction)
            .await?;
        }
        let extra: Vec<String> = plan.extra.iter().map(ToString::to_string).collect();
        let changed = json!({ "day": day, "off": plan.off, "extra": extra });
        self.changed(transaction, planned, changed, (by, now)).await
    }

    /// Counts a change, writes it into the audit and ends the duty of who is not expected any more.
    async fn changed(
        &self,
        mut transaction: Transaction<'_, Postgres>,
        Planned { user, before, version }: Planned,
        changed: Value,
        (by, now): (Actor, DateTime<Utc>),
    ) -> Result<i64, PlanError> {
        sqlx::query!("update users set roster_version = $2 where id = $1", user.0, version + 1)
            .execute(&mut *transaction)
            .await?;
        audit::note(&mut transaction, by, "roster.changed", (user, changed), now).await?;
        let after = roster_of(&mut transaction, user).await?;
        let mut waiting = 0;
        if before.is_on(now) && !after.is_on(now) {
            waiting = leave_duty(&mut transaction, user, OffDuty::ShiftOver, now).await?.waiting;
        }
        transaction.commit().await?;
        self.watcher.entered(Stage::Waiting, waiting);
        Ok(version + 1)
    }

    /// Ends the duty of everybody whose shift has ended since it began; they give back what they hold. Returns how many persons
    /// that were.
    ///
    /// # Errors
    /// As the database says.
    pub async fn end_shifts(&self, now: DateTime<Utc>) -> Result<usize, StoreError> {
        let rows = sqlx::query!(
            r#"select id, coalesce(duty_since, created_at) as "since!" from users u
               where on_duty and (exists (select from roster_shifts r where r.user_id = u.id)
                                  or exists (select from roster_leave r where r.user_id = u.id))
               order by id"#
        )
        .fetch_all(&self.pool)
        .await?;
        if rows.is_empty() {
            return Ok(0);
        }
        // What was planned for other days neither ends a shift now nor holds one open.
        let (first, last) = Roster::touching(now);
        let rosters = self.rosters(first, last).await?;
        let mut ended = 0;
        for row in rows {
            let user = UserId(row.id);
            if rosters.get(&user).is_some_and(|roster| roster.is_over(row.since, now))
                && self.end_shift(user, row.since, now).await?
            {
                ended += 1;
            }
        }
        Ok(ended)
    }

    /// Ends the duty that began at `since`, unless it has begun anew meanwhile.
    async fn end_shift(
        &self,
        user: UserId,
        since: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.pool.begin().await?;
        let still = sqlx::query_scalar!(
            "select id from users where id = $1 and on_duty and coalesce(duty_since, created_at) = $2 for no key update",
            user.0,
            since
        )
        .fetch_optional(&mut *transaction)
        .await?;
        if still.is_none() {
            return Ok(false);
        }
        let left = leave_duty(&mut transaction, user, OffDuty::ShiftOver, now).await?;
        transaction.commit().await?;
        self.watcher.entered(Stage::Waiting, left.waiting);
        Ok(left.was_on_duty)
    }
}

/// Whether a day is planned so already, in whatever order its shifts were written.
fn is_so(before: Option<&RosterDay>, plan: &RosterDay) -> bool {
    let of = |day: &RosterDay| (day.off, day.extra.iter().copied().collect::<BTreeSet<_>>());
    of(before.unwrap_or(&RosterDay::default())) == of(plan)
}

impl Planned {
    /// Refuses whoever has seen another version.
    fn is_of(&self, version: i64) -> Result<(), PlanError> {
        if self.version == version { Ok(()) } else { Err(PlanError::Changed) }
    }
}

/// The roster of `user`, whose row is locked: whoever signs in or changes it at the same moment comes before or after.
async fn locked(transaction: &mut Transaction<'_, Postgres>, user: UserId) -> Result<Planned, StoreError> {
    let version =
        sqlx::query_scalar!("select roster_version from users where id = $1 for no key update", user.0)
            .fetch_optional(&mut **transaction)
            .await?;
    let before = roster_of(transaction, user).await?;
    Ok(Planned { user, before, version: version.unwrap_or_default() })
}

/// The whole roster of one person.
pub(crate) async fn roster_of(connection: &mut PgConnection, user: UserId) -> Result<Roster, StoreError> {
    Ok(read(connection, Some(user.0), None).await?.remove(&user).unwrap_or_default())
}

/// The roster of `user`, or those of everybody; of all days, or from one to another.
async fn read(
    connection: &mut PgConnection,
    user: Option<Uuid>,
    days: Option<(NaiveDate, NaiveDate)>,
) -> Result<HashMap<UserId, Roster>, StoreError> {
    let (first, last) = days.unzip();
    let mut rosters: HashMap<UserId, Roster> = HashMap::new();
    let shifts = sqlx::query!(
        "select user_id, weekday, from_minute, to_minute from roster_shifts where $1::uuid is null or user_id = $1",
        user
    );
    for row in shifts.fetch_all(&mut *connection).await? {
        let Some((day, shift)) = weekday(row.weekday).zip(shift(row.from_minute, row.to_minute)) else {
            continue;
        };
        let roster = rosters.entry(UserId(row.user_id)).or_default();
        if roster.week.add(day, shift).is_err() {
            tracing::warn!(user.id = %row.user_id, "a roster has more shifts on a day than one can have");
        }
    }
    let leave = sqlx::query!(
        "select user_id, day from roster_leave
         where ($1::uuid is null or user_id = $1) and ($2::date is null or day between $2 and $3)",
        user,
        first,
        last
    );
    for row in leave.fetch_all(&mut *connection).await? {
        rosters.entry(UserId(row.user_id)).or_default().days.entry(row.day).or_default().off = true;
    }
    let extra = sqlx::query!(
        "select user_id, day, from_minute, to_minute from roster_extra
         where ($1::uuid is null or user_id = $1) and ($2::date is null or day between $2 and $3)
         order by day, from_minute, to_minute",
        user,
        first,
        last
    );
    for row in extra.fetch_all(&mut *connection).await? {
        let day = rosters.entry(UserId(row.user_id)).or_default().days.entry(row.day).or_default();
        day.extra.extend(shift(row.from_minute, row.to_minute));
    }
    Ok(rosters)
}

/// What the checks of the tables let in always is one.
fn shift(from: i16, to: i16) -> Option<Shift> {
    Shift::of_minutes(u16::try_from(from).ok()?, u16::try_from(to).ok()?)
}

fn minutes(shift: Shift) -> (i16, i16) {
    // Below 1,440.
    (i16::try_from(shift.from_minutes()).unwrap_or(0), i16::try_from(shift.to_minutes()).unwrap_or(0))
}

fn number(day: Weekday) -> i16 {
    // At most 7.
    i16::try_from(day.number_from_monday()).unwrap_or(1)
}

fn weekday(number: i16) -> Option<Weekday> {
    Weekday::try_from(u8::try_from(number - 1).ok()?).ok()
}
