//! Reading submissions, their revisions and documents.

use berkas_domain::{
    CaseCode, DocumentKind, Generation, OfficeCode, RegistrationNumber, Revision, Service, Sha256Hash, Stage,
    SubmissionId,
};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::error::{read_code, read_hash};
use crate::{Store, StoreError};

/// A submission as it stands.
#[derive(Debug, Clone)]
pub struct Submission {
    /// Its id.
    pub id: SubmissionId,
    /// Where it came from.
    pub office: OfficeCode,
    /// The sender's own id.
    pub sender_id: Uuid,
    /// The number on the receipt.
    pub registration_number: RegistrationNumber,
    /// What is asked for.
    pub service: Service,
    /// Which variant.
    pub case: CaseCode,
    /// Whether the office was in training.
    pub training: bool,
    /// The state it is in.
    pub stage: Stage,
    /// Its generation.
    pub generation: Generation,
    /// The present revision.
    pub revision: Revision,
    /// Whether it is parked.
    pub parked: bool,
    /// The outcome of the live decision on the present revision.
    pub outcome: Option<berkas_domain::Outcome>,
    /// When the district received it.
    pub received_at: DateTime<Utc>,
    /// When verification is due.
    pub due_at: DateTime<Utc>,
}

/// One document of a revision.
#[derive(Debug, Clone)]
pub struct SubmittedDocument {
    /// Its place in the form's list, from 0.
    pub ordinal: i16,
    /// What it is.
    pub kind: DocumentKind,
    /// Whose it is.
    pub of_role: Option<String>,
    /// The scan.
    pub sha256: Sha256Hash,
    /// Bytes.
    pub size: i64,
    /// What the sender says it is.
    pub media_type: String,
    /// Whether the counter has scanned it twice again: a person decides about its legibility.
    pub flagged: bool,
}

/// What a step works on: the revision with its documents.
#[derive(Debug, Clone)]
pub struct Dossier {
    /// The submission.
    pub submission: Submission,
    /// The form's blob.
    pub form_sha256: Sha256Hash,
    /// The documents of the present revision.
    pub documents: Vec<SubmittedDocument>,
}

impl Store {
    /// Reads a submission.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn submission(&self, id: SubmissionId) -> Result<Option<Submission>, StoreError> {
        let row = sqlx::query!(
            "select id, office, sender_id, registration_number, service, case_code, training, stage, generation,
                    revision, parked, outcome, received_at, due_at
             from submissions where id = $1",
            id.0,
        )
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let outcome = row.outcome.map(|word| read_code(&word, "submissions", "outcome")).transpose()?;
        Ok(Some(Submission {
            id: SubmissionId(row.id),
            office: read_code(&row.office, "submissions", "office")?,
            sender_id: row.sender_id,
            registration_number: read_code(&row.registration_number, "submissions", "registration_number")?,
            service: read_code(&row.service, "submissions", "service")?,
            case: read_code(&row.case_code, "submissions", "case_code")?,
            training: row.training,
            stage: read_code(&row.stage, "submissions", "stage")?,
            generation: Generation(row.generation),
            revision: Revision(row.revision),
            parked: row.parked,
            outcome,
            received_at: row.received_at,
            due_at: row.due_at,
        }))
    }

    /// The submission with this registration number, of whatever office: for operators.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn submission_numbered(
        &self,
        number: &RegistrationNumber,
    ) -> Result<Option<SubmissionId>, StoreError> {
        let id =
            sqlx::query_scalar!("select id from submissions where registration_number = $1", number.as_str());
        Ok(id.fetch_optional(&self.pool).await?.map(SubmissionId))
    }

    /// Finds an office's submission by the sender's id or by its registration number.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn find_submission(
        &self,
        office: &OfficeCode,
        sender_id: Option<Uuid>,
        registration_number: Option<&str>,
    ) -> Result<Option<Submission>, StoreError> {
        let id = sqlx::query_scalar!(
            "select id from submissions where office = $1 and (sender_id = $2 or registration_number = $3)",
            office.as_str(),
            sender_id,
            registration_number,
        )
        .fetch_optional(&self.pool)
        .await?;
        match id {
            Some(id) => self.submission(SubmissionId(id)).await,
            None => Ok(None),
        }
    }

    /// Reads what a step works on; `None` when there is no such submission.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn dossier(&self, id: SubmissionId) -> Result<Option<Dossier>, StoreError> {
        let Some(submission) = self.submission(id).await? else { return Ok(None) };
        let form = sqlx::query_scalar!(
            "select form_sha256 from revisions where submission_id = $1 and revision = $2",
            id.0,
            submission.revision.0,
        )
        .fetch_one(&self.pool)
        .await?;
        let documents = self.documents(id, submission.revision).await?;
        Ok(Some(Dossier {
            submission,
            form_sha256: read_hash(&form, "revisions", "form_sha256")?,
            documents,
        }))
    }

    /// Reads the documents of one revision in the form's order.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn documents(
        &self,
        id: SubmissionId,
        revision: Revision,
    ) -> Result<Vec<SubmittedDocument>, StoreError> {
        let rows = sqlx::query!(
            "select ordinal, kind, of_role, sha256, size, media_type, flagged from documents
             where submission_id = $1 and revision = $2 order by ordinal",
            id.0,
            revision.0,
        )
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter()
            .map(|row| {
                Ok(SubmittedDocument {
                    ordinal: row.ordinal,
                    kind: read_code(&row.kind, "documents", "kind")?,
                    of_role: row.of_role,
                    sha256: read_hash(&row.sha256, "documents", "sha256")?,
                    size: row.size,
                    media_type: row.media_type,
                    flagged: row.flagged,
                })
            })
            .collect()
    }
}
