//! What the operators' pages read: depth, age and flow of every stage, and what each office sends.

use berkas_domain::{OfficeCode, OfficeMode, Stage};
use chrono::{DateTime, TimeDelta, Utc};

use crate::error::read_code;
use crate::{Store, StoreError};

/// The stages in which something or somebody has work to do, in their order.
const AT_WORK: [Stage; 6] =
    [Stage::Received, Stage::Normalized, Stage::Checked, Stage::Waiting, Stage::Assigned, Stage::Decided];

/// How one stage stands. Practice is left out of everything but `training`.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct StageStatus {
    /// Which stage.
    pub stage: Stage,
    /// Submissions in it now, parked ones left out.
    pub depth: i64,
    /// Submissions in it now that are practice.
    pub training: i64,
    /// Since when the oldest of them is in it.
    pub oldest_since: Option<DateTime<Utc>>,
    /// Submissions parked in it.
    pub parked: i64,
    /// Entered in the last five minutes.
    pub in_5m: i64,
    /// Left in the last five minutes.
    pub out_5m: i64,
    /// Entered in the last hour.
    pub in_1h: i64,
    /// Left in the last hour.
    pub out_1h: i64,
}

/// What one office has sent and got back: for real, or as practice while it is in training.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct OfficeStatus {
    /// Its code.
    pub code: OfficeCode,
    /// Its name.
    pub name: String,
    /// Whether what it sends counts.
    pub mode: OfficeMode,
    /// Revisions received in the span that was asked for.
    pub received: i64,
    /// Passed in that span.
    pub passed: i64,
    /// Returned in that span.
    pub returned: i64,
    /// Refused in that span.
    pub refused: i64,
    /// On their way now, parked ones left out.
    pub under_way: i64,
    /// Parked now.
    pub parked: i64,
    /// Decisions that the office has not acknowledged.
    pub unacknowledged: i64,
}

impl Store {
    /// How every stage stands at `now`, in the order of the stages.
    ///
    /// # Errors
    /// As the database says.
    pub async fn stage_status(&self, now: DateTime<Utc>) -> Result<Vec<StageStatus>, StoreError> {
        let stages: Vec<String> = AT_WORK.iter().map(|stage| stage.as_str().to_owned()).collect();
        let rows = sqlx::query!(
            r#"with flow as (
                   select l.stage, l.from_stage, l.at > $2 as fresh, count(*) as moves
                   from stage_log l join submissions s on s.id = l.submission_id
                   where l.at > $3 and l.at <= $4 and not s.training group by 1, 2, 3),
                   standing as (
                   select stage, count(*) filter (where not training) as depth,
                          count(*) filter (where training) as training,
                          min(stage_since) filter (where not training) as oldest_since
                   from submissions where live and not parked group by stage)
               select w.stage as "stage!",
                      coalesce((select depth from standing where standing.stage = w.stage), 0) as "depth!",
                      coalesce((select training from standing where standing.stage = w.stage), 0) as "training!",
                      (select oldest_since from standing where standing.stage = w.stage) as oldest_since,
                      (select count(*) from parked p join submissions s on s.id = p.submission_id
                       where p.resolved_at is null and s.stage = w.stage and not s.training) as "parked!",
                      coalesce((select sum(moves) from flow where flow.stage = w.stage and fresh), 0)::bigint
                          as "in_5m!",
                      coalesce((select sum(moves) from flow where flow.from_stage = w.stage and fresh), 0)::bigint
                          as "out_5m!",
                      coalesce((select sum(moves) from flow where flow.stage = w.stage), 0)::bigint as "in_1h!",
                      coalesce((select sum(moves) from flow where flow.from_stage = w.stage), 0)::bigint as "out_1h!"
               from unnest($1::text[]) with ordinality as w (stage, place) order by w.place"#,
            &stages,
            now - TimeDelta::minutes(5),
            now - TimeDelta::hours(1),
            now
        )
        .fetch_all(&self.pool)
        .await?;
        let mut statuses = Vec::with_capacity(rows.len());
        for row in rows {
            statuses.push(StageStatus {
                stage: read_code(&row.stage, "submissions", "stage")?,
                depth: row.depth,
                training: row.training,
                oldest_since: row.oldest_since,
                parked: row.parked,
                in_5m: row.in_5m,
                out_5m: row.out_5m,
                in_1h: row.in_1h,
                out_1h: row.out_1h,
            });
        }
        Ok(statuses)
    }

    /// What every office has sent and got back since `since`, by code.
    ///
    /// # Errors
    /// As the database says.
    pub async fn office_status(&self, since: DateTime<Utc>) -> Result<Vec<OfficeStatus>, StoreError> {
        let rows = sqlx::query!(
            r#"with counted as (
                        select code, mode = 'training' as training from offices),
                    arrived as (
                        select s.office, count(*) as n from receipts r join submissions s on s.id = r.submission_id
                        join counted c on c.code = s.office and c.training = s.training
                        where r.received_at >= $1 group by s.office),
                    decided as (
                        select s.office, count(*) filter (where d.outcome = 'passed') as passed,
                               count(*) filter (where d.outcome = 'returned') as returned,
                               count(*) filter (where d.outcome = 'refused') as refused
                        from decisions d join submissions s on s.id = d.submission_id
                        join counted c on c.code = s.office and c.training = s.training
                        where d.decided_at >= $1 and d.undone_at is null group by s.office),
                    moving as (
                        select s.office, count(*) as n from submissions s
                        join counted c on c.code = s.office and c.training = s.training
                        where s.live and not s.parked group by s.office),
                    stuck as (
                        select s.office, count(*) as n from parked p join submissions s on s.id = p.submission_id
                        join counted c on c.code = s.office and c.training = s.training
                        where p.resolved_at is null group by s.office),
                    silent as (
                        select n.office, count(*) as n from notices n join submissions s on s.id = n.submission_id
                        join counted c on c.code = s.office and c.training = s.training
                        where n.acknowledged_at is null and n.decision_id is not null group by n.office)
               select o.code, o.name, o.mode, coalesce(arrived.n, 0) as "received!",
                      coalesce(decided.passed, 0) as "passed!", coalesce(decided.returned, 0) as "returned!",
                      coalesce(decided.refused, 0) as "refused!", coalesce(moving.n, 0) as "under_way!",
                      coalesce(stuck.n, 0) as "parked!", coalesce(silent.n, 0) as "unacknowledged!"
               from offices o
               left join arrived on arrived.office = o.code left join decided on decided.office = o.code
               left join moving on moving.office = o.code left join stuck on stuck.office = o.code
               left join silent on silent.office = o.code
               order by o.code"#,
            since
        )
        .fetch_all(&self.pool)
        .await?;
        let mut statuses = Vec::with_capacity(rows.len());
        for row in rows {
            statuses.push(OfficeStatus {
                code: read_code(&row.code, "offices", "code")?,
                name: row.name,
                mode: read_code(&row.mode, "offices", "mode")?,
                received: row.received,
                passed: row.passed,
                returned: row.returned,
                refused: row.refused,
                under_way: row.under_way,
                parked: row.parked,
                unacknowledged: row.unacknowledged,
            });
        }
        Ok(statuses)
    }

    /// How many rows are parked and open, of practice or of all else; a message that nobody can read is no practice.
    ///
    /// # Errors
    /// As the database says.
    pub async fn parked_count(&self, training: bool) -> Result<i64, StoreError> {
        let count = sqlx::query_scalar!(
            r#"select count(*) as "count!" from parked p left join submissions s on s.id = p.submission_id
               where p.resolved_at is null and coalesce(s.training, false) = $1"#,
            training,
        );
        Ok(count.fetch_one(&self.pool).await?)
    }
}
