//! What a day's report counts: per office and service, reasons, waiting times.

use berkas_domain::{OfficeCode, Service, Stage};

use crate::error::read_code;
use crate::{Store, StoreError};

/// One line of the report: what became of the submissions of one service from one office.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct ReportLine {
    /// The office.
    pub office: OfficeCode,
    /// Its name.
    pub name: String,
    /// The service.
    pub service: Service,
    /// Whether it was in training.
    pub training: bool,
    /// Submissions accepted.
    pub received: i64,
    /// Passed.
    pub passed: i64,
    /// With the office for repair.
    pub returned: i64,
    /// Refused.
    pub refused: i64,
    /// On their way.
    pub waiting: i64,
    /// Parked.
    pub parked: i64,
    /// How often any revision was returned.
    pub returns: i64,
    /// The commonest reasons of returns, the commonest first, at most three.
    pub top_reasons: Vec<String>,
}

/// How long submissions were in a stage before they left it, in milliseconds.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct StageWait {
    /// The stage.
    pub stage: Stage,
    /// How many left it.
    pub left: i64,
    /// Half of them within this time.
    pub p50_ms: f64,
    /// Nine of ten.
    pub p90_ms: f64,
    /// Ninety-nine of a hundred.
    pub p99_ms: f64,
    /// How long workers were at those that they moved on: half, nine of ten, ninety-nine of a hundred within this time.
    pub worked_ms: Option<[f64; 3]>,
}

/// A returned submission with its reasons, for showing what a return says.
#[derive(Debug, Clone, PartialEq)]
pub struct ReturnedExample {
    /// The number on the receipt.
    pub registration_number: String,
    /// Coded reasons, as JSON.
    pub reasons: serde_json::Value,
}

impl Store {
    /// The first submission of `service` that was returned, practice left out.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn returned_example(&self, service: Service) -> Result<Option<ReturnedExample>, StoreError> {
        let example = sqlx::query_as!(
            ReturnedExample,
            "select s.registration_number, d.reasons from decisions d join submissions s on s.id = d.submission_id
             where s.service = $1 and d.outcome = 'returned' and d.undone_at is null and not s.training order by d.decided_at limit 1",
            service.as_str(),
        )
        .fetch_optional(&self.pool)
        .await?;
        Ok(example)
    }

    /// How often any submission entered `stage`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn stage_entries(&self, stage: Stage) -> Result<i64, StoreError> {
        let count = sqlx::query_scalar!(
            r#"select count(*) as "count!" from stage_log where stage = $1"#,
            stage.as_str()
        )
        .fetch_one(&self.pool)
        .await?;
        Ok(count)
    }

    /// How many decisions no office has acknowledged yet.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn unacknowledged_count(&self) -> Result<i64, StoreError> {
        let count = sqlx::query_scalar!(
            r#"select count(*) as "count!" from notices where decision_id is not null and acknowledged_at is null"#,
        )
        .fetch_one(&self.pool)
        .await?;
        Ok(count)
    }

    /// What became of everything that was ever accepted, by office and service.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn report(&self) -> Result<Vec<ReportLine>, StoreError> {
        let rows = sqlx::query!(
            r#"select s.office, o.name, s.service, s.training, count(*) as "received!",
                      count(*) filter (where s.stage = 'noticed' and s.outcome = 'passed') as "passed!",
                      count(*) filter (where s.stage = 'noticed' and s.outcome = 'returned') as "returned!",
                      count(*) filter (where s.stage = 'noticed' and s.outcome = 'refused') as "refused!",
                      count(*) filter (where s.stage not in ('noticed', 'withdrawn') and not s.parked) as "waiting!",
                      count(*) filter (where s.parked) as "parked!",
                      coalesce(sum((select count(*) from decisions d where d.submission_id = s.id
                                    and d.outcome = 'returned' and d.undone_at is null)), 0)::bigint as "returns!",
                      (select coalesce(array_agg(code order by times desc, code), '{}') from (
                           select r.value ->> 'code' as code, count(*) as times
                           from decisions d join submissions t on t.id = d.submission_id
                           cross join lateral jsonb_array_elements(d.reasons) as r
                           where t.office = s.office and t.service = s.service and t.training = s.training
                             and d.outcome = 'returned' and d.undone_at is null
                           group by 1 order by times desc, code limit 3) as top) as "top_reasons!: Vec<String>"
               from submissions s join offices o on o.code = s.office
               group by s.office, o.name, s.service, s.training order by s.office, s.service"#,
        )
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter()
            .map(|row| {
                Ok(ReportLine {
                    office: read_code(&row.office, "submissions", "office")?,
                    name: row.name,
                    service: read_code(&row.service, "submissions", "service")?,
                    training: row.training,
                    received: row.received,
                    passed: row.passed,
                    returned: row.returned,
                    refused: row.refused,
                    waiting: row.waiting,
                    parked: row.parked,
                    returns: row.returns,
                    top_reasons: row.top_reasons,
                })
            })
            .collect()
    }

    /// How long submissions were in each stage, practice left out.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn stage_waits(&self) -> Result<Vec<StageWait>, StoreError> {
        let rows = sqlx::query!(
            r#"select l.from_stage as "stage!", count(*) as "left!",
                      percentile_cont(array[0.5, 0.9, 0.99]) within group (order by l.waited_ms) as "waits!: Vec<f64>",
                      percentile_cont(array[0.5, 0.9, 0.99]) within group (order by l.worked_ms) as "work: Vec<f64>"
               from stage_log l join submissions s on s.id = l.submission_id
               where l.from_stage is not null and not s.training group by l.from_stage"#,
        )
        .fetch_all(&self.pool)
        .await?;
        let mut waits = Vec::with_capacity(rows.len());
        for row in rows {
            let [p50_ms, p90_ms, p99_ms] = row.waits[..] else { continue };
            let stage: Stage = read_code(&row.stage, "stage_log", "from_stage")?;
            let worked_ms = row.work.and_then(|work| work.try_into().ok());
            waits.push(StageWait { stage, left: row.left, p50_ms, p90_ms, p99_ms, worked_ms });
        }
        waits.sort_by_key(|wait| wait.stage);
        Ok(waits)
    }
}
