//! What happened to a submission, for supervisors: every decision with what became of it, every notice with its deliveries,
//! every stage.

use berkas_domain::{
    Exclusion, NoticeId, Outcome, ReversalReason, Revision, Stage, StandbyKind, SubmissionId,
};
use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

use crate::error::read_code;
use crate::{DeliveryState, Store, StoreError};

/// A decision and what became of it.
#[derive(Debug, Clone, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TimelineDecision {
    /// Its id.
    pub id: Uuid,
    /// The revision.
    pub revision: Revision,
    /// How.
    pub outcome: Outcome,
    /// Coded reasons.
    pub reasons: Value,
    /// The name of who decided; absent: the rules.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: DateTime<Utc>,
    /// When it ended, taken back within its hold or reversed after it.
    pub undone_at: Option<DateTime<Utc>>,
    /// When it was reversed, after the office had been told.
    pub reversed_at: Option<DateTime<Utc>>,
    /// The name of who reversed it.
    pub reversed_by: Option<String>,
    /// Why.
    pub reversal_reason: Option<ReversalReason>,
    /// The reversed decision in whose place it stands.
    pub replaces: Option<Uuid>,
}

/// A notice and where it went.
#[derive(Debug, Clone, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TimelineNotice {
    /// Its id.
    pub id: NoticeId,
    /// The type of the message.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its place among what is sent for the submission.
    pub sequence: Option<i64>,
    /// The revision.
    pub revision: Revision,
    /// The decision it tells.
    pub decision: Option<Uuid>,
    /// The notice that does not count any more.
    pub corrects: Option<NoticeId>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When the office acknowledged it.
    pub acknowledged_at: Option<DateTime<Utc>>,
    /// How it stands on each channel.
    pub deliveries: Vec<DeliveryState>,
}

/// Something the submission waited for.
#[derive(Debug, Clone, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TimelineStandby {
    /// What.
    pub kind: StandbyKind,
    /// Since when.
    pub since: DateTime<Utc>,
    /// When it was to be in view again.
    pub back_at: DateTime<Utc>,
    /// The name of who began it.
    pub set_by: String,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
    /// The name of who ended it.
    pub ended_by: Option<String>,
    /// Why: `due`, `recalled`, `arrived`, `withdrawn` or `reversed`.
    pub end_reason: Option<String>,
}

/// A stage that was entered.
#[derive(Debug, Clone, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TimelineStage {
    /// When.
    pub at: DateTime<Utc>,
    /// The stage.
    pub stage: Stage,
    /// The revision.
    pub revision: Revision,
    /// How long it was in the one before, in milliseconds.
    pub waited_ms: i64,
}

/// Somebody who is not given the submission.
#[derive(Debug, Clone, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TimelineExclusion {
    /// The name colleagues see.
    pub user: String,
    /// Why.
    pub reason: Exclusion,
    /// Of this revision only; absent: of all.
    pub revision: Option<Revision>,
    /// Since when.
    pub at: DateTime<Utc>,
}

/// What happened to a submission, the first first.
#[derive(Debug, Clone, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Timeline {
    /// Its stages.
    pub stages: Vec<TimelineStage>,
    /// Its decisions, also those that do not stand any more.
    pub decisions: Vec<TimelineDecision>,
    /// What its office was sent.
    pub notices: Vec<TimelineNotice>,
    /// Who is not given it, and why.
    pub exclusions: Vec<TimelineExclusion>,
    /// What it waited for that nobody here could hurry.
    pub standbys: Vec<TimelineStandby>,
}

impl Store {
    /// What happened to `submission`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn timeline(&self, submission: SubmissionId) -> Result<Timeline, StoreError> {
        Ok(Timeline {
            stages: self.timeline_stages(submission).await?,
            decisions: self.timeline_decisions(submission).await?,
            notices: self.timeline_notices(submission).await?,
            exclusions: self.timeline_exclusions(submission).await?,
            standbys: self.timeline_standbys(submission).await?,
        })
    }

    async fn timeline_stages(&self, submission: SubmissionId) -> Result<Vec<TimelineStage>, StoreError> {
        let rows = sqlx::query!(
            "select at, stage, revision, waited_ms from stage_log where submission_id = $1 order by generation",
            submission.0,
        )
        .fetch_all(&self.pool)
        .await?;
        let stages = rows.into_iter().map(|row| {
            Ok(TimelineStage {
                at: row.at,
                stage: read_code(&row.stage, "stage_log", "stage")?,
                revision: Revision(row.revision),
                waited_ms: row.waited_ms,
            })
        });
        stages.collect()
    }

    async fn timeline_decisions(
        &self,
        submission: SubmissionId,
    ) -> Result<Vec<TimelineDecision>, StoreError> {
        let rows = sqlx::query!(
            r#"select d.id, d.revision, d.outcome, d.reasons, u.display_name as "decided_by?", d.decided_at, d.undone_at,
                      d.reversed_at, r.display_name as "reversed_by?", d.reversal_reason, d.replaces
               from decisions d left join users u on u.id = d.decided_by left join users r on r.id = d.reversed_by
               where d.submission_id = $1 order by d.decided_at, d.id"#,
            submission.0,
        )
        .fetch_all(&self.pool)
        .await?;
        let decisions = rows.into_iter().map(|row| {
            let reason = row.reversal_reason.as_deref();
            Ok(TimelineDecision {
                id: row.id,
                revision: Revision(row.revision),
                outcome: read_code(&row.outcome, "decisions", "outcome")?,
                reasons: row.reasons,
                decided_by: row.decided_by,
                decided_at: row.decided_at,
                undone_at: row.undone_at,
                reversed_at: row.reversed_at,
                reversed_by: row.reversed_by,
                reversal_reason: reason
                    .map(|word| read_code(word, "decisions", "reversal_reason"))
                    .transpose()?,
                replaces: row.replaces,
            })
        });
        decisions.collect()
    }

    async fn timeline_standbys(&self, submission: SubmissionId) -> Result<Vec<TimelineStandby>, StoreError> {
        let rows = sqlx::query!(
            r#"select b.kind, b.since, b.back_at, u.display_name as set_by, b.ended_at, e.display_name as "ended_by?", b.end_reason
               from standbys b join users u on u.id = b.set_by left join users e on e.id = b.ended_by
               where b.submission_id = $1 order by b.since, b.id"#,
            submission.0,
        )
        .fetch_all(&self.pool)
        .await?;
        let standbys = rows.into_iter().map(|row| {
            Ok(TimelineStandby {
                kind: read_code(&row.kind, "standbys", "kind")?,
                since: row.since,
                back_at: row.back_at,
                set_by: row.set_by,
                ended_at: row.ended_at,
                ended_by: row.ended_by,
                end_reason: row.end_reason,
            })
        });
        standbys.collect()
    }

    async fn timeline_notices(&self, submission: SubmissionId) -> Result<Vec<TimelineNotice>, StoreError> {
        let rows = sqlx::query!(
            "select id, type, sequence, revision, decision_id, corrects, created_at, acknowledged_at from notices
             where submission_id = $1 order by sequence",
            submission.0,
        )
        .fetch_all(&self.pool)
        .await?;
        let mut notices = Vec::with_capacity(rows.len());
        for row in rows {
            let id = NoticeId(row.id);
            notices.push(TimelineNotice {
                id,
                kind: row.r#type,
                sequence: row.sequence,
                revision: Revision(row.revision),
                decision: row.decision_id,
                corrects: row.corrects.map(NoticeId),
                created_at: row.created_at,
                acknowledged_at: row.acknowledged_at,
                deliveries: self.deliveries_of(id).await?,
            });
        }
        Ok(notices)
    }

    async fn timeline_exclusions(
        &self,
        submission: SubmissionId,
    ) -> Result<Vec<TimelineExclusion>, StoreError> {
        // Supervisors look at a task too: that somebody has given a first verdict is not for the second to know.
        let rows = sqlx::query!(
            "select u.display_name, e.reason, e.revision, e.at from task_exclusions e join users u on u.id = e.user_id
             where e.submission_id = $1 and e.reason <> 'under_review' order by e.at, u.display_name, e.reason",
            submission.0,
        )
        .fetch_all(&self.pool)
        .await?;
        let exclusions = rows.into_iter().map(|row| {
            Ok(TimelineExclusion {
                user: row.display_name,
                reason: read_code(&row.reason, "task_exclusions", "reason")?,
                revision: row.revision.map(Revision),
                at: row.at,
            })
        });
        exclusions.collect()
    }
}
