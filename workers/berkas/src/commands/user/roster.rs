//! `berkas user roster`: when somebody is on duty.

use anyhow::bail;
use berkas_domain::{Roster, RosterDay, Shift, WeekPlan};
use berkas_store::{Actor, PlanError, UserAccount};
use chrono::NaiveDate;
use serde_json::{Value, json};

use super::Operator;
use crate::output::{self, Format};

/// What is to be another than before.
pub struct Changes {
    pub week: Option<WeekPlan>,
    pub off: Vec<NaiveDate>,
    pub extra: Vec<(NaiveDate, Shift)>,
    pub usual: Vec<NaiveDate>,
}

/// Makes the changes, unless somebody else makes one in between, and shows the roster as it is then.
pub async fn run(operator: &Operator, user: &UserAccount, changes: Changes) -> anyhow::Result<()> {
    let store = &operator.store;
    let by = || (Actor::Operator, operator.now());
    let (roster, mut version) = store.roster(user.id).await?;
    if let Some(week) = &changes.week {
        version = planned(store.plan_week((user.id, version), week, by()).await)?;
    }
    let mut days = roster.days;
    let mut touched: Vec<NaiveDate> = Vec::new();
    for day in &changes.usual {
        days.insert(*day, RosterDay::default());
        touched.push(*day);
    }
    for day in &changes.off {
        days.entry(*day).or_default().off = true;
        touched.push(*day);
    }
    for (day, shift) in &changes.extra {
        days.entry(*day).or_default().extra.push(*shift);
        touched.push(*day);
    }
    touched.sort_unstable();
    touched.dedup();
    for day in touched {
        if let Some(plan) = days.get(&day) {
            version = planned(store.plan_day((user.id, version), (day, plan), by()).await)?;
        }
    }
    let ((roster, _), on_duty) = (store.roster(user.id).await?, store.on_duty(user.id).await?);
    show(operator, &user.login, &roster, on_duty)
}

fn planned(version: Result<i64, PlanError>) -> anyhow::Result<i64> {
    match version {
        Err(PlanError::Changed) => {
            bail!("somebody else has changed the roster meanwhile; look at it and say the rest again")
        }
        other => Ok(other?),
    }
}

fn show(operator: &Operator, login: &str, roster: &Roster, on_duty: bool) -> anyhow::Result<()> {
    let expected = roster.is_on(operator.now());
    let extra = |day: &RosterDay| day.extra.iter().map(ToString::to_string).collect::<Vec<_>>();
    if operator.format == Format::Json {
        let days: Vec<Value> = roster
            .days
            .iter()
            .map(|(date, day)| json!({ "day": date, "off": day.off, "extra": extra(day) }))
            .collect();
        let week = roster.week.to_string();
        return output::json(
            &json!({ "login": login, "week": week, "days": days, "on_duty": on_duty, "expected": expected }),
        );
    }
    let week =
        if roster.week.is_empty() { "no plan, always expected".to_owned() } else { roster.week.to_string() };
    output::line(format_args!("every week: {week}"));
    for (date, day) in &roster.days {
        let off = if day.off { "off" } else { "as usual" };
        let extra = extra(day).join(", ");
        let extra = if extra.is_empty() { extra } else { format!(", and {extra}") };
        output::line(format_args!("{date}: {off}{extra}"));
    }
    let now = if on_duty { "on duty" } else { "off duty" };
    let expected = if expected { "expected" } else { "not expected" };
    output::line(format_args!("now: {now}, {expected}"));
    Ok(())
}
