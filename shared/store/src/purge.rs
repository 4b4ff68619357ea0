//! Removing what an office sent as practice, with everything that was made of it.

use berkas_domain::{OfficeCode, Sha256Hash};
use chrono::{DateTime, Utc};
use serde_json::json;
use sqlx::{Postgres, Transaction};
use uuid::Uuid;

use crate::audit::{self, Actor, AuditEntry};
use crate::error::read_hash;
use crate::{Store, StoreError};

/// Practice submissions of an office, locked, with the objects that are theirs alone.
pub struct Purge {
    transaction: Transaction<'static, Postgres>,
    office: OfficeCode,
    submissions: Vec<Uuid>,
    originals: Vec<Sha256Hash>,
    derived: Vec<Sha256Hash>,
}

impl Store {
    /// Takes at most `limit` practice submissions of `office` that were received before `before`, the oldest first. What
    /// the office handed in for real is never among them, whatever its mode is now. They are locked until the batch is done.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn take_practice(
        &self,
        office: &OfficeCode,
        before: DateTime<Utc>,
        limit: i64,
    ) -> Result<Purge, StoreError> {
        let mut transaction = self.pool.begin().await?;
        let found = sqlx::query_scalar!(
            "select id from submissions where office = $1 and training and received_at < $2
             order by received_at, id limit $3",
            office.as_str(),
            before,
            limit,
        )
        .fetch_all(&mut *transaction)
        .await?;
        // Tasks before submissions, as everybody locks them.
        sqlx::query!("select id from tasks where submission_id = any($1) order by id for update", &found)
            .fetch_all(&mut *transaction)
            .await?;
        let submissions = sqlx::query_scalar!(
            "select id from submissions where id = any($1) order by id for update",
            &found,
        )
        .fetch_all(&mut *transaction)
        .await?;
        let originals = theirs_alone(&mut transaction, office, &submissions).await?;
        let derived = derived_of(&mut transaction, office, &originals).await?;
        Ok(Purge { transaction, office: office.clone(), submissions, originals, derived })
    }
}

/// The uploads that no other submission of the office names, locked: the same upload again waits and is stored anew.
async fn theirs_alone(
    transaction: &mut Transaction<'_, Postgres>,
    office: &OfficeCode,
    submissions: &[Uuid],
) -> Result<Vec<Sha256Hash>, StoreError> {
    let hashes = sqlx::query_scalar!(
        "select b.sha256 from blobs b
         where b.office = $1
           and b.sha256 in (select d.sha256 from documents d where d.submission_id = any($2)
                            union select r.form_sha256 from revisions r where r.submission_id = any($2))
           and not exists (select from documents d join submissions s on s.id = d.submission_id
                           where d.sha256 = b.sha256 and s.office = b.office and s.id <> all($2))
           and not exists (select from revisions r join submissions s on s.id = r.submission_id
                           where r.form_sha256 = b.sha256 and s.office = b.office and s.id <> all($2))
         order by b.sha256 for update of b",
        office.as_str(),
        submissions,
    )
    .fetch_all(&mut **transaction)
    .await?;
    hashes.iter().map(|hash| read_hash(hash, "blobs", "sha256")).collect()
}

/// The copies that were made of `originals` and of no other file of the office.
async fn derived_of(
    transaction: &mut Transaction<'_, Postgres>,
    office: &OfficeCode,
    originals: &[Sha256Hash],
) -> Result<Vec<Sha256Hash>, StoreError> {
    let originals = columns(originals);
    let hashes = sqlx::query_scalar!(
        r#"select distinct c.sha256 as "sha256!" from pages p
           cross join lateral (values (p.derived_sha256), (p.preview_sha256), (p.left_sha256), (p.right_sha256)) as c (sha256)
           where p.office = $1 and p.sha256 = any($2) and c.sha256 is not null
             and not exists (select from pages q where q.office = p.office and q.sha256 <> all($2)
                             and c.sha256 in (q.derived_sha256, q.preview_sha256, q.left_sha256, q.right_sha256))"#,
        office.as_str(),
        &originals,
    )
    .fetch_all(&mut **transaction)
    .await?;
    hashes.iter().map(|hash| read_hash(hash, "pages", "derived_sha256")).collect()
}

fn columns(hashes: &[Sha256Hash]) -> Vec<Vec<u8>> {
    hashes.iter().map(|hash| hash.as_bytes().to_vec()).collect()
}

impl Purge {
    /// How many submissions it is.
    #[must_use]
    pub fn len(&self) -> usize {
        self.submissions.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.submissions.is_empty()
    }

    /// Uploads that are theirs alone; their objects go before [`Self::finish`].
    #[must_use]
    pub fn originals(&self) -> &[Sha256Hash] {
        &self.originals
    }

    /// Copies that were made of them; their objects go before [`Self::finish`] too.
    #[must_use]
    pub fn derived(&self) -> &[Sha256Hash] {
        &self.derived
    }

    /// Removes the rows, children first, and writes down that `actor` did. What was sent to the office and what was audited
    /// of single submissions stays in the audit, which holds ids alone.
    ///
    /// # Errors
    /// [`StoreError`]; then nothing is removed, and the same submissions are taken again.
    pub async fn finish(mut self, actor: Actor, now: DateTime<Utc>) -> Result<(), StoreError> {
        let (transaction, ids) = (&mut self.transaction, &self.submissions);
        remove_work(transaction, ids).await?;
        remove_answers(transaction, ids).await?;
        remove_dossiers(transaction, ids).await?;
        remove_files(transaction, &self.office, &self.originals).await?;
        let entry = AuditEntry {
            actor,
            action: "office.practice_purged",
            subject: self.office.to_string(),
            detail: json!({ "submissions": self.submissions.len(), "files": self.originals.len() }),
        };
        audit::insert(&mut *self.transaction, &entry, now).await?;
        self.transaction.commit().await?;
        Ok(())
    }
}

/// Tasks and what hangs on them, and what machines had to do.
async fn remove_work(transaction: &mut Transaction<'_, Postgres>, ids: &[Uuid]) -> Result<(), StoreError> {
    sqlx::query!(
        "delete from drafts where task_id in (select id from tasks where submission_id = any($1))",
        ids
    )
    .execute(&mut **transaction)
    .await?;
    sqlx::query!(
        "delete from looks where task_id in (select id from tasks where submission_id = any($1))",
        ids
    )
    .execute(&mut **transaction)
    .await?;
    sqlx::query!(
        "delete from document_verdicts where task_id in (select id from tasks where submission_id = any($1))",
        ids,
    )
    .execute(&mut **transaction)
    .await?;
    sqlx::query!("delete from task_exclusions where submission_id = any($1)", ids)
        .execute(&mut **transaction)
        .await?;
    sqlx::query!("delete from tasks where submission_id = any($1)", ids).execute(&mut **transaction).await?;
    sqlx::query!("delete from due where submission_id = any($1)", ids).execute(&mut **transaction).await?;
    sqlx::query!("delete from parked where submission_id = any($1)", ids).execute(&mut **transaction).await?;
    sqlx::query!("delete from attempts where submission_id = any($1)", ids)
        .execute(&mut **transaction)
        .await?;
    Ok(())
}

/// Notices, their deliveries and the decisions they told.
async fn remove_answers(transaction: &mut Transaction<'_, Postgres>, ids: &[Uuid]) -> Result<(), StoreError> {
    sqlx::query!(
        "delete from delivery_tries where notice_id in (select id from notices where submission_id = any($1))",
        ids,
    )
    .execute(&mut **transaction)
    .await?;
    sqlx::query!(
        "delete from deliveries where notice_id in (select id from notices where submission_id = any($1))",
        ids,
    )
    .execute(&mut **transaction)
    .await?;
    sqlx::query!("delete from notices where submission_id = any($1)", ids)
        .execute(&mut **transaction)
        .await?;
    sqlx::query!("delete from standbys where submission_id = any($1)", ids)
        .execute(&mut **transaction)
        .await?;
    sqlx::query!("delete from decisions where submission_id = any($1)", ids)
        .execute(&mut **transaction)
        .await?;
    Ok(())
}

/// The submissions themselves, with every revision.
async fn remove_dossiers(
    transaction: &mut Transaction<'_, Postgres>,
    ids: &[Uuid],
) -> Result<(), StoreError> {
    sqlx::query!("delete from judgements where submission_id = any($1)", ids)
        .execute(&mut **transaction)
        .await?;
    sqlx::query!("delete from claims where submission_id = any($1)", ids).execute(&mut **transaction).await?;
    sqlx::query!("delete from lookups where submission_id = any($1)", ids)
        .execute(&mut **transaction)
        .await?;
    sqlx::query!("delete from documents where submission_id = any($1)", ids)
        .execute(&mut **transaction)
        .await?;
    sqlx::query!("delete from revisions where submission_id = any($1)", ids)
        .execute(&mut **transaction)
        .await?;
    sqlx::query!("delete from receipts where submission_id = any($1)", ids)
        .execute(&mut **transaction)
        .await?;
    sqlx::query!("delete from stage_log where submission_id = any($1)", ids)
        .execute(&mut **transaction)
        .await?;
    sqlx::query!("delete from submissions where id = any($1)", ids).execute(&mut **transaction).await?;
    Ok(())
}

async fn remove_files(
    transaction: &mut Transaction<'_, Postgres>,
    office: &OfficeCode,
    originals: &[Sha256Hash],
) -> Result<(), StoreError> {
    let (office, originals) = (office.as_str(), columns(originals));
    sqlx::query!("delete from pages where office = $1 and sha256 = any($2)", office, &originals)
        .execute(&mut **transaction)
        .await?;
    sqlx::query!("delete from scans where office = $1 and sha256 = any($2)", office, &originals)
        .execute(&mut **transaction)
        .await?;
    sqlx::query!("delete from blobs where office = $1 and sha256 = any($2)", office, &originals)
        .execute(&mut **transaction)
        .await?;
    Ok(())
}
