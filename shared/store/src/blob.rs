//! What was uploaded, by office and content.

use std::collections::HashMap;

use berkas_domain::{OfficeCode, Sha256Hash};
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::{Postgres, Transaction};

use crate::error::{read_code, read_hash};
use crate::{Store, StoreError};

/// What is known of an uploaded blob.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlobRecord {
    /// Bytes.
    pub size: i64,
    /// What it is, by its content.
    pub media_type: String,
}

/// Uploads that nobody named, locked.
pub struct Orphans {
    transaction: Transaction<'static, Postgres>,
    uploads: Vec<(OfficeCode, Sha256Hash)>,
}

impl Orphans {
    /// Which they are.
    #[must_use]
    pub fn uploads(&self) -> &[(OfficeCode, Sha256Hash)] {
        &self.uploads
    }

    /// Forgets the first `count`, whose objects are gone, and lets go of the others.
    ///
    /// # Errors
    /// [`StoreError`]; then all of them are known still, and are taken again.
    pub async fn forget(mut self, count: usize) -> Result<(), StoreError> {
        let gone = self.uploads.get(..count).unwrap_or(&self.uploads);
        let (offices, hashes) = columns(gone);
        sqlx::query!(
            "delete from blobs using unnest($1::text[], $2::bytea[]) as g (office, sha256)
             where blobs.office = g.office and blobs.sha256 = g.sha256",
            &offices,
            &hashes,
        )
        .execute(&mut *self.transaction)
        .await?;
        self.transaction.commit().await?;
        Ok(())
    }
}

impl Store {
    /// Records that `office` uploaded a blob. The same blob again changes nothing.
    ///
    /// # Errors
    /// [`StoreError::Constraint`] when there is no such office.
    pub async fn blob_uploaded(
        &self,
        office: &OfficeCode,
        sha256: Sha256Hash,
        record: &BlobRecord,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        sqlx::query!(
            "insert into blobs (office, sha256, size, media_type, uploaded_at) values ($1, $2, $3, $4, $5)
             on conflict (office, sha256) do update set uploaded_at = greatest(blobs.uploaded_at, excluded.uploaded_at)",
            office.as_str(),
            sha256.as_bytes().as_slice(),
            record.size,
            record.media_type,
            now,
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Keeps uploads that are about to be named from [`take_orphans`](Self::take_orphans): what is older than an hour
    /// counts as uploaded at `now`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn keep_uploads(
        &self,
        wanted: &[(OfficeCode, Sha256Hash)],
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let (offices, hashes) = columns(wanted);
        sqlx::query!(
            "update blobs set uploaded_at = $3 where (office, sha256) in (
                 select b.office, b.sha256 from unnest($1::text[], $2::bytea[]) as w (office, sha256)
                 join blobs b on b.office = w.office and b.sha256 = w.sha256
                 where not b.named and b.uploaded_at < $4 order by 1, 2 for update of b)",
            &offices,
            &hashes,
            now,
            now - TimeDelta::hours(1),
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Takes uploads made before `before` that no submission names, oldest first, at most `limit`. They are locked until
    /// the batch is done with: the same upload again, or a submission that would name one, waits and finds it gone.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn take_orphans(&self, before: DateTime<Utc>, limit: i64) -> Result<Orphans, StoreError> {
        let mut transaction = self.pool.begin().await?;
        let rows = sqlx::query!(
            "select office, sha256 from blobs where not named and uploaded_at < $1
             order by uploaded_at limit $2 for update skip locked",
            before,
            limit,
        )
        .fetch_all(&mut *transaction)
        .await?;
        let uploads = rows.iter().map(|row| key(&row.office, &row.sha256)).collect::<Result<_, _>>()?;
        Ok(Orphans { transaction, uploads })
    }

    /// Finds which of these blobs their office has uploaded; an office is never told of another's.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn blobs(
        &self,
        wanted: &[(OfficeCode, Sha256Hash)],
    ) -> Result<HashMap<(OfficeCode, Sha256Hash), BlobRecord>, StoreError> {
        let (offices, hashes) = columns(wanted);
        let rows = sqlx::query!(
            "select b.office, b.sha256, b.size, b.media_type from blobs b
             join unnest($1::text[], $2::bytea[]) as w (office, sha256)
               on w.office = b.office and w.sha256 = b.sha256",
            &offices,
            &hashes,
        )
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter()
            .map(|row| {
                let record = BlobRecord { size: row.size, media_type: row.media_type };
                Ok((key(&row.office, &row.sha256)?, record))
            })
            .collect()
    }
}

/// Uploads as the columns of an `unnest`: offices and hashes.
pub(crate) fn columns(uploads: &[(OfficeCode, Sha256Hash)]) -> (Vec<String>, Vec<Vec<u8>>) {
    uploads.iter().map(|(office, sha256)| (office.as_str().to_owned(), sha256.as_bytes().to_vec())).unzip()
}

fn key(office: &str, sha256: &[u8]) -> Result<(OfficeCode, Sha256Hash), StoreError> {
    Ok((read_code(office, "blobs", "office")?, read_hash(sha256, "blobs", "sha256")?))
}
