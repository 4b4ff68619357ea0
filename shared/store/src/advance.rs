//! The one transaction of a chunk: compare-and-set, results, due work.
//!
//! Rows are taken in the order of the submission id, so that crossing chunks cannot deadlock. What is not in the stage
//! and generation that its message names is stale: somebody else has done it.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::{Postgres, Transaction};
use uuid::Uuid;

use berkas_domain::{Generation, Outcome, Stage, SubmissionId};

use crate::due::{DueWork, WorkRef, columns};
use crate::effect::{self, Effect, Subject};
use crate::error::read_code;
use crate::parked;
use crate::{Store, StoreError};

/// What became of one piece of work.
#[derive(Debug, Clone)]
pub enum Settled {
    /// The submission moves on.
    Advance {
        /// To which stage; the step that is due there is made due.
        to: Stage,
        /// When that step may run; at once when absent.
        not_before: Option<DateTime<Utc>>,
        /// What else is written.
        effects: Vec<Effect>,
    },
    /// The same step is due again later.
    Later {
        /// When.
        not_before: DateTime<Utc>,
        /// Whether it counts as a failed attempt.
        counted: bool,
        /// How often it failed before.
        attempts: i32,
    },
    /// Retries will not cure it; an operator must look.
    Park {
        /// The coded cause.
        code: String,
        /// For the operator; never a value from a form.
        detail: String,
    },
}

/// Work and what became of it.
#[derive(Debug, Clone)]
pub struct Settlement {
    /// The work.
    pub work: WorkRef,
    /// What became of it.
    pub settled: Settled,
    /// The `traceparent` that the next step shall be linked to.
    pub trace: Option<String>,
}

/// What a chunk's transaction did.
#[derive(Debug, Default)]
pub struct Applied {
    /// Work that is due now, to be published at once.
    pub fresh: Vec<DueWork>,
    /// Work that somebody else had done.
    pub stale: Vec<WorkRef>,
}

/// A submission's row, locked.
struct Locked {
    stage: Stage,
    stage_since: DateTime<Utc>,
    subject: Subject,
}

/// The columns of one move, gathered for `unnest`.
#[derive(Default)]
struct Moves {
    ids: Vec<Uuid>,
    generations: Vec<i64>,
    revisions: Vec<i32>,
    from: Vec<String>,
    to: Vec<String>,
    waited_ms: Vec<i64>,
    worked_ms: Vec<Option<i64>>,
    outcomes: Vec<Option<String>>,
    parked: Vec<bool>,
    sequences: Vec<i64>,
    entered: Vec<Stage>,
}

/// The columns of the due rows to insert.
#[derive(Default)]
struct NewDue {
    ids: Vec<Uuid>,
    generations: Vec<i64>,
    steps: Vec<String>,
    attempts: Vec<i32>,
    not_before: Vec<DateTime<Utc>>,
    traces: Vec<Option<String>>,
}

impl Store {
    /// Settles a chunk in one transaction. At most one settlement for each submission takes effect; the others are
    /// reported stale.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it may succeed later; any other error means that one of the settlements cannot
    /// be written: try them one by one.
    pub async fn settle(&self, chunk: Vec<Settlement>, now: DateTime<Utc>) -> Result<Applied, StoreError> {
        self.settle_worked(chunk, &HashMap::new(), now).await
    }

    /// As [`settle`](Self::settle), and keeps how long each worker was at it, where `worked` says so.
    ///
    /// # Errors
    /// As [`settle`](Self::settle).
    pub async fn settle_worked(
        &self,
        mut chunk: Vec<Settlement>,
        worked: &HashMap<WorkRef, TimeDelta>,
        now: DateTime<Utc>,
    ) -> Result<Applied, StoreError> {
        let mut applied = Applied::default();
        chunk.sort_by_key(|settlement| settlement.work.submission);
        let mut transaction = self.pool.begin().await?;
        let mut locked = lock(&mut transaction, &chunk).await?;

        let (mut moves, mut due, mut effects, mut parks) =
            (Moves::default(), NewDue::default(), Vec::new(), Vec::new());
        let mut done = Vec::new();
        for settlement in chunk {
            let work = settlement.work;
            let key = (work.submission, work.generation);
            let row = match locked.remove(&key) {
                Some(row) if row.stage == work.step.works_on() => row,
                _ => {
                    applied.stale.push(work);
                    continue;
                }
            };
            done.push(work);
            moves.worked_ms.push(worked.get(&work).map(TimeDelta::num_milliseconds));
            apply(settlement, row, now, &mut moves, &mut due, &mut effects, &mut parks, &mut applied.fresh);
        }
        if !done.is_empty() {
            write_moves(&mut transaction, &moves, &done, &due, now).await?;
            effect::write(&mut transaction, &effects, now).await?;
            for park in &parks {
                parked::insert(&mut transaction, park, now).await?;
            }
        }
        transaction.commit().await?;
        for stage in moves.entered {
            self.watcher.entered(stage, 1);
        }
        Ok(applied)
    }
}

/// Locks the rows that are still in the generation their message names.
async fn lock(
    transaction: &mut Transaction<'_, Postgres>,
    chunk: &[Settlement],
) -> Result<HashMap<(SubmissionId, Generation), Locked>, StoreError> {
    let work: Vec<WorkRef> = chunk.iter().map(|settlement| settlement.work).collect();
    let (ids, generations) = columns(&work);
    let rows = sqlx::query!(
        "select s.id, s.generation, s.stage, s.stage_since, s.revision, s.office, s.service, s.training, s.due_at,
                s.next_sequence
         from submissions s
         where s.id = any($1) and not s.parked
           and exists (select 1 from unnest($1::uuid[], $2::bigint[]) as w (id, generation)
                       where w.id = s.id and w.generation = s.generation)
         order by s.id for update",
        &ids,
        &generations,
    )
    .fetch_all(&mut **transaction)
    .await?;
    let mut locked = HashMap::with_capacity(rows.len());
    for row in rows {
        let submission = SubmissionId(row.id);
        let subject = Subject {
            submission,
            revision: row.revision,
            office: row.office,
            service: row.service,
            training: row.training,
            due_at: row.due_at,
            sequence: row.next_sequence,
            trace: None,
        };
        let stage = read_code(&row.stage, "submissions", "stage")?;
        let value = Locked { stage, stage_since: row.stage_since, subject };
        locked.insert((submission, Generation(row.generation)), value);
    }
    Ok(locked)
}

/// Turns one settlement into columns.
#[expect(clippy::too_many_arguments, reason = "the gatherers of one transaction; they exist only here")]
fn apply(
    settlement: Settlement,
    row: Locked,
    now: DateTime<Utc>,
    moves: &mut Moves,
    due: &mut NewDue,
    effects: &mut Vec<(Subject, Effect)>,
    parks: &mut Vec<parked::NewParked>,
    fresh: &mut Vec<DueWork>,
) {
    let Settlement { work, settled, trace } = settlement;
    let generation = work.generation.next();
    moves.ids.push(work.submission.0);
    moves.generations.push(generation.0);
    moves.revisions.push(row.subject.revision);
    moves.from.push(row.stage.as_str().to_owned());
    moves.waited_ms.push((now - row.stage_since).num_milliseconds().max(0));
    let (mut to, mut outcome, mut parked, mut sequences) = (row.stage, None, false, 0);
    let next = match settled {
        Settled::Advance { to: stage, not_before, effects: new } => {
            to = stage;
            if !row.subject.training {
                moves.entered.push(stage);
            }
            for effect in new {
                match &effect {
                    Effect::Decision { outcome: decided, .. } => outcome = Some(*decided),
                    Effect::Notice { .. } => sequences += 1,
                    Effect::Judgement(_) | Effect::Task(_) => {}
                }
                effects.push((Subject { trace: trace.clone(), ..row.subject.clone() }, effect));
            }
            stage.due_step().map(|step| (step, not_before.unwrap_or(now), 0))
        }
        Settled::Later { not_before, counted, attempts } => {
            Some((work.step, not_before, attempts + i32::from(counted)))
        }
        Settled::Park { code, detail } => {
            parked = true;
            parks.push(parked::NewParked::of_work(work, code, detail, trace.clone()));
            None
        }
    };
    moves.to.push(to.as_str().to_owned());
    moves.outcomes.push(outcome.map(|outcome: Outcome| outcome.as_str().to_owned()));
    moves.parked.push(parked);
    moves.sequences.push(sequences);
    if let Some((step, not_before, attempts)) = next {
        due.ids.push(work.submission.0);
        due.generations.push(generation.0);
        due.steps.push(step.as_str().to_owned());
        due.attempts.push(attempts);
        due.not_before.push(not_before);
        due.traces.push(trace.clone());
        if not_before <= now {
            let work = WorkRef { submission: work.submission, step, generation };
            fresh.push(DueWork { work, attempts, trace });
        }
    }
}

/// Writes what moves, what is done and what is due next. One statement: each round trip of a chunk costs as much as ten
/// rows of it.
async fn write_moves(
    transaction: &mut Transaction<'_, Postgres>,
    moves: &Moves,
    done: &[WorkRef],
    due: &NewDue,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let (done, done_generations) = columns(done);
    sqlx::query!(
        "with m as (
             select * from unnest($2::uuid[], $3::bigint[], $4::text[], $5::bool[], $6::text[], $7::bigint[], $8::int[],
                                  $9::text[], $10::bigint[], $19::bigint[])
                      as m (id, generation, stage, parked, outcome, sequences, revision, from_stage, waited_ms, worked_ms)),
         moved as (
             update submissions s
             set generation = m.generation, stage = m.stage, parked = m.parked,
                 stage_since = case when s.stage = m.stage then s.stage_since else $1 end,
                 outcome = coalesce(m.outcome, s.outcome), next_sequence = s.next_sequence + m.sequences
             from m where s.id = m.id),
         logged as (
             insert into stage_log (submission_id, generation, revision, from_stage, stage, waited_ms, worked_ms, at)
             select id, generation, revision, from_stage, stage, waited_ms, worked_ms, $1 from m where from_stage <> stage),
         gone as (
             delete from due using unnest($11::uuid[], $12::bigint[]) as d (id, generation)
             where due.submission_id = d.id and due.generation = d.generation)
         insert into due (submission_id, generation, step, attempts, not_before, trace, created_at)
         select id, generation, step, attempts, not_before, trace, $1
         from unnest($13::uuid[], $14::bigint[], $15::text[], $16::int[], $17::timestamptz[], $18::text[])
              as d (id, generation, step, attempts, not_before, trace)",
        now,
        &moves.ids,
        &moves.generations,
        &moves.to,
        &moves.parked,
        &moves.outcomes as &[Option<String>],
        &moves.sequences,
        &moves.revisions,
        &moves.from,
        &moves.waited_ms,
        &done,
        &done_generations,
        &due.ids,
        &due.generations,
        &due.steps,
        &due.attempts,
        &due.not_before,
        &due.traces as &[Option<String>],
        &moves.worked_ms as &[Option<i64>],
    )
    .execute(&mut **transaction)
    .await?;
    Ok(())
}
