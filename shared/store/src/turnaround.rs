//! How long it takes from the counter over a return and its repair to the pass.

use berkas_domain::{Service, SubmissionId};

use crate::error::read_code;
use crate::{Store, StoreError};

/// How long live submissions took that were returned, repaired and passed, told by what their office was sent.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Turnaround {
    /// How many did.
    pub repaired: i64,
    /// Half of them within this time, in milliseconds: from the first receipt to the return.
    pub returned_p50_ms: f64,
    /// From the return to the receipt of the repair that passed.
    pub repair_p50_ms: f64,
    /// From the first receipt to the notice that it passed.
    pub total_p50_ms: f64,
    /// The one that was the first to pass.
    pub example: TurnaroundExample,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct TurnaroundExample {
    /// Its id.
    pub submission: SubmissionId,
    /// The number on the receipt.
    pub registration_number: String,
    /// What was asked for.
    pub service: Service,
}

impl Store {
    /// How long returns, repairs and passes took; `None` when nothing has gone that way yet.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn turnaround(&self) -> Result<Option<Turnaround>, StoreError> {
        let row = sqlx::query!(
            r#"with ways as (
                 select s.id, s.registration_number, s.service, told.created_at as passed_at,
                        extract(epoch from back.created_at - first.received_at)::float8 * 1000 as returned_ms,
                        extract(epoch from again.received_at - back.created_at)::float8 * 1000 as repair_ms,
                        extract(epoch from told.created_at - first.received_at)::float8 * 1000 as total_ms
                 from decisions d
                 join notices told on told.decision_id = d.id
                 join submissions s on s.id = d.submission_id and not s.training
                 join receipts first on first.submission_id = s.id and first.revision = 1
                 join receipts again on again.submission_id = s.id and again.revision = d.revision
                 join lateral (select n.created_at from decisions r join notices n on n.decision_id = r.id
                               where r.submission_id = s.id and r.outcome = 'returned' and r.undone_at is null
                                 and r.revision < d.revision
                               order by r.revision limit 1) back on true
                 where d.outcome = 'passed' and d.undone_at is null and d.revision > 1)
               select (select count(*) from ways) as "repaired!", id, registration_number, service,
                      (select percentile_cont(0.5) within group (order by returned_ms) from ways) as "returned_p50_ms!",
                      (select percentile_cont(0.5) within group (order by repair_ms) from ways) as "repair_p50_ms!",
                      (select percentile_cont(0.5) within group (order by total_ms) from ways) as "total_p50_ms!"
               from ways order by passed_at, id limit 1"#,
        )
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(Turnaround {
            repaired: row.repaired,
            returned_p50_ms: row.returned_p50_ms,
            repair_p50_ms: row.repair_p50_ms,
            total_p50_ms: row.total_p50_ms,
            example: TurnaroundExample {
                submission: SubmissionId(row.id),
                registration_number: row.registration_number,
                service: read_code(&row.service, "submissions", "service")?,
            },
        }))
    }
}
