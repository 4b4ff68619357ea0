//! What was uploaded, by office and content.

use std::collections::HashMap;

use berkas_domain::{OfficeCode, Sha256Hash};
use chrono::{DateTime, Utc};

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

    /// Forgets uploads made from `from` until before `before` that no submission of their office names, at most `limit`;
    /// returns them: their objects can go.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn forget_orphans(
        &self,
        from: DateTime<Utc>,
        before: DateTime<Utc>,
        limit: i64,
    ) -> Result<Vec<(OfficeCode, Sha256Hash)>, StoreError> {
        let rows = sqlx::query!(
            "delete from blobs where (office, sha256) in (
                 select b.office, b.sha256 from blobs b
                 where b.uploaded_at >= $1 and b.uploaded_at < $2
                   and not exists (select from documents d join submissions s on s.id = d.submission_id
                                   where d.sha256 = b.sha256 and s.office = b.office)
                   and not exists (select from revisions r join submissions s on s.id = r.submission_id
                                   where r.form_sha256 = b.sha256 and s.office = b.office)
                 limit $3 for update skip locked)
             returning office, sha256",
            from,
            before,
            limit,
        )
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter()
            .map(|row| {
                Ok((read_code(&row.office, "blobs", "office")?, read_hash(&row.sha256, "blobs", "sha256")?))
            })
            .collect()
    }

    /// Finds which of these blobs their office has uploaded; an office is never told of another's.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn blobs(
        &self,
        wanted: &[(OfficeCode, Sha256Hash)],
    ) -> Result<HashMap<(OfficeCode, Sha256Hash), BlobRecord>, StoreError> {
        let offices: Vec<String> = wanted.iter().map(|(office, _)| office.as_str().to_owned()).collect();
        let hashes: Vec<Vec<u8>> = wanted.iter().map(|(_, hash)| hash.as_bytes().to_vec()).collect();
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
                let key =
                    (read_code(&row.office, "blobs", "office")?, read_hash(&row.sha256, "blobs", "sha256")?);
                Ok((key, BlobRecord { size: row.size, media_type: row.media_type }))
            })
            .collect()
    }
}
