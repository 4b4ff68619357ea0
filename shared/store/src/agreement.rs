//! How often two who looked at the same task agree.

use berkas_domain::ReasonCode;
use chrono::{DateTime, Utc};

use crate::error::read_code;
use crate::{Store, StoreError};

/// One verifier beside those who looked at the same tasks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifierAgreement {
    /// The name colleagues see.
    pub display_name: String,
    /// Tasks at which two have looked, this verifier among them.
    pub looks: i64,
    /// Those of them on which the other said the same outcome.
    pub agreed: i64,
    /// Those of them that a supervisor decided otherwise than this verifier.
    pub overruled: i64,
}

/// One reason code at tasks at which two have looked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodeAgreement {
    /// The code.
    pub code: ReasonCode,
    /// Tasks at which one of the two gave it, or both.
    pub given: i64,
    /// Those of them at which both gave it.
    pub by_both: i64,
}

impl Store {
    /// The verifiers who shared a task since `since` (by the later of its two verdicts), by name.
    ///
    /// # Errors
    /// As the database says.
    pub async fn verifier_agreement(
        &self,
        since: DateTime<Utc>,
    ) -> Result<Vec<VerifierAgreement>, StoreError> {
        let rows = sqlx::query_as!(
            VerifierAgreement,
            r#"select u.display_name, count(*) as "looks!",
                      count(*) filter (where own.outcome = own.other) as "agreed!",
                      count(*) filter (where last.outcome <> own.outcome) as "overruled!"
               from looks second
               join looks first on first.task_id = second.task_id and first.look = 1 and first.undone_at is null
               cross join lateral (values (first.user_id, first.outcome, second.outcome),
                                          (second.user_id, second.outcome, first.outcome)) as own (user_id, outcome, other)
               join users u on u.id = own.user_id
               left join looks last on last.task_id = second.task_id and last.look = 3 and last.undone_at is null
               where second.look = 2 and second.undone_at is null and second.decided_at >= $1
               group by u.id order by u.display_name, u.id"#,
            since,
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(rows)
    }

    /// The reason codes that were given at tasks two have shared since `since`, the most frequent first.
    ///
    /// # Errors
    /// As the database says.
    pub async fn code_agreement(&self, since: DateTime<Utc>) -> Result<Vec<CodeAgreement>, StoreError> {
        let rows = sqlx::query!(
            r#"select code as "code!", count(*) as "given!", count(*) filter (where times = 2) as "by_both!"
               from (select l.task_id, r.reason ->> 'code' as code, count(distinct l.look) as times
                     from looks second
                     join looks l on l.task_id = second.task_id and l.look < 3 and l.undone_at is null
                     cross join lateral jsonb_array_elements(l.reasons) as r (reason)
                     where second.look = 2 and second.undone_at is null and second.decided_at >= $1
                     group by 1, 2) as shared
               group by code order by 2 desc, code"#,
            since,
        )
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter()
            .map(|row| {
                let code = read_code(&row.code, "looks", "reasons")?;
                Ok(CodeAgreement { code, given: row.given, by_both: row.by_both })
            })
            .collect()
    }
}
