//! *Neraca*, the conservation check: accepted = finished + returned + waiting + parked, nothing missing, nothing twice.
//!
//! Append-only receipts, decisions and notices are compared with the current rows in one snapshot.

use berkas_domain::{Step, SubmissionId};

use crate::{Store, StoreError};

/// The books of the office.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Neraca {
    /// Submissions that were accepted.
    pub accepted: i64,
    /// Passed, refused or withdrawn.
    pub finished: i64,
    /// With the kecamatan for repair.
    pub returned: i64,
    /// On their way, machine steps included.
    pub waiting: i64,
    /// Parked.
    pub parked: i64,
    /// How many of the accepted are practice: the books balance over everything, and only the rest is live.
    pub training: i64,
    /// Accepted, and nowhere to be found or with nothing that would move it on.
    pub missing: Vec<SubmissionId>,
    /// Decided or noticed twice.
    pub doubled: Vec<SubmissionId>,
}

impl Neraca {
    /// Whether the books balance.
    #[must_use]
    pub fn balances(&self) -> bool {
        self.missing.is_empty()
            && self.doubled.is_empty()
            && self.accepted == self.finished + self.returned + self.waiting + self.parked
    }
}

impl Store {
    /// Draws up the books in one snapshot.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn neraca(&self) -> Result<Neraca, StoreError> {
        let mut transaction = self.pool.begin().await?;
        sqlx::query!("set transaction isolation level repeatable read read only")
            .execute(&mut *transaction)
            .await?;
        let counts = sqlx::query!(
            r#"select (select count(distinct submission_id) from receipts) as "accepted!",
                      count(*) filter (where not parked and (stage = 'withdrawn'
                          or (stage = 'noticed' and outcome in ('passed', 'refused')))) as "finished!",
                      count(*) filter (where not parked and stage = 'noticed' and outcome = 'returned') as "returned!",
                      count(*) filter (where not parked and stage not in ('noticed', 'withdrawn')) as "waiting!",
                      count(*) filter (where parked) as "parked!", count(*) filter (where training) as "training!"
               from submissions"#,
        )
        .fetch_one(&mut *transaction)
        .await?;
        let steps: Vec<&str> = Step::ALL.iter().map(|step| step.as_str()).collect();
        let stages: Vec<&str> = Step::ALL.iter().map(|step| step.works_on().as_str()).collect();
        // A submission is missing when it was accepted and has no row, or when nothing would ever move it on: machine
        // work without a due row of its step, human work without a task, a decision told without a notice, parked without a row.
        let missing = sqlx::query_scalar!(
            r#"select distinct r.submission_id as "id!" from receipts r
               left join submissions s on s.id = r.submission_id
               where s.id is null
                  or (not s.parked and s.stage = any($2)
                      and not exists (select 1 from due d
                                      where d.submission_id = s.id and d.generation = s.generation
                                        and d.step = ($1::text[])[array_position($2, s.stage)]))
                  or (not s.parked and s.stage in ('waiting', 'assigned')
                      and not exists (select 1 from tasks t where t.submission_id = s.id and t.revision = s.revision
                                      and (t.state = case s.stage when 'waiting' then 'open' else 'leased' end
                                           or (t.state = 'aside' and s.stage = 'waiting'
                                               and exists (select 1 from standbys b where b.submission_id = s.id
                                                           and b.kind = 'register' and b.ended_at is null)))))
                  or (not s.parked and s.stage = 'noticed'
                      and not exists (select 1 from notices n join decisions d on d.id = n.decision_id
                                      where n.submission_id = s.id and n.revision = s.revision
                                        and d.undone_at is null))
                  or (s.parked and not exists (select 1 from parked p
                                               where p.submission_id = s.id and p.resolved_at is null))"#,
            &steps as &[&str],
            &stages as &[&str],
        )
        .fetch_all(&mut *transaction)
        .await?;
        let doubled = sqlx::query_scalar!(
            r#"select submission_id as "id!" from (
                   select submission_id from decisions where undone_at is null
                   group by submission_id, revision having count(*) > 1
                   union
                   select submission_id from notices where decision_id is not null and corrects is null
                   group by submission_id, revision having count(*) > 1
                   union
                   select submission_id from due group by submission_id having count(*) > 1) as twice
               where submission_id is not null"#,
        )
        .fetch_all(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(Neraca {
            accepted: counts.accepted,
            finished: counts.finished,
            returned: counts.returned,
            waiting: counts.waiting,
            parked: counts.parked,
            training: counts.training,
            missing: missing.into_iter().map(SubmissionId).collect(),
            doubled: doubled.into_iter().map(SubmissionId).collect(),
        })
    }
}
