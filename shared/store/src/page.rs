//! Normalized pages: stored as they are made, found again by the hash of the original.

use std::collections::BTreeMap;

use berkas_domain::{OfficeCode, Revision, Sha256Hash, SubmissionId};
use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::error::read_hash;
use crate::{Store, StoreError};

/// One normalized page, or the coded reason why there is none.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredPage {
    /// From 1.
    pub page: i32,
    /// The derived copy.
    pub derived: Option<DerivedPage>,
    /// Measures and verdict, as JSON; nothing that was read off the page.
    pub report: Value,
}

/// Where the derived copy of a page is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DerivedPage {
    /// The full page.
    pub sha256: Sha256Hash,
    /// Its media type.
    pub media_type: String,
    /// A smaller JPEG.
    pub preview: Sha256Hash,
    /// The left and the right page of a double page that was cut in two, of the same type.
    pub halves: Option<[Sha256Hash; 2]>,
}

/// A file as the normalizer saw it.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredScan {
    /// How many pages it has; 0 when it could not be opened.
    pub page_count: i32,
    /// The coded reason why it could not be opened.
    pub error: Option<String>,
    /// The pages that are done, in order.
    pub pages: Vec<StoredPage>,
}

impl Store {
    /// Records one page of a file. The same page again changes nothing.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn page_done(
        &self,
        office: &OfficeCode,
        original: Sha256Hash,
        normalizer: &str,
        page: &StoredPage,
    ) -> Result<(), StoreError> {
        let derived = page.derived.as_ref();
        let halves = derived.and_then(|derived| derived.halves.as_ref());
        sqlx::query!(
            "insert into pages (office, sha256, normalizer, page, derived_sha256, derived_type, preview_sha256, report,
                                left_sha256, right_sha256)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict do nothing",
            office.as_str(),
            original.as_bytes().as_slice(),
            normalizer,
            page.page,
            derived.map(|derived| derived.sha256.as_bytes().as_slice()),
            derived.map(|derived| derived.media_type.as_str()),
            derived.map(|derived| derived.preview.as_bytes().as_slice()),
            page.report,
            halves.map(|[left, _]| left.as_bytes().as_slice()),
            halves.map(|[_, right]| right.as_bytes().as_slice()),
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Records that a whole file is done: how many pages it has, or why it could not be opened.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn scan_done(
        &self,
        office: &OfficeCode,
        original: Sha256Hash,
        normalizer: &str,
        page_count: i32,
        error: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        sqlx::query!(
            "insert into scans (office, sha256, normalizer, pages, error, scanned_at)
             values ($1, $2, $3, $4, $5, $6) on conflict do nothing",
            office.as_str(),
            original.as_bytes().as_slice(),
            normalizer,
            page_count,
            error,
            now,
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// The pages of a file that are done, in order, whether or not the whole file is.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn pages_done(
        &self,
        office: &OfficeCode,
        original: Sha256Hash,
        normalizer: &str,
    ) -> Result<Vec<StoredPage>, StoreError> {
        let rows = sqlx::query!(
            "select page, derived_sha256, derived_type, preview_sha256, report, left_sha256, right_sha256 from pages
             where office = $1 and sha256 = $2 and normalizer = $3 order by page",
            office.as_str(),
            original.as_bytes().as_slice(),
            normalizer,
        )
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter()
            .map(|row| {
                let halves = (row.left_sha256, row.right_sha256);
                let derived = derived(row.derived_sha256, row.derived_type, row.preview_sha256, halves)?;
                Ok(StoredPage { page: row.page, derived, report: row.report })
            })
            .collect()
    }

    /// A file as the newest normalizer that finished it saw it; `None` when none has.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn scan(
        &self,
        office: &OfficeCode,
        original: Sha256Hash,
    ) -> Result<Option<StoredScan>, StoreError> {
        let row = sqlx::query!(
            "select normalizer, pages, error from scans where office = $1 and sha256 = $2
             order by scanned_at desc limit 1",
            office.as_str(),
            original.as_bytes().as_slice(),
        )
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let pages = self.pages_done(office, original, &row.normalizer).await?;
        Ok(Some(StoredScan { page_count: row.pages, error: row.error, pages }))
    }

    /// How many pages each document of a revision has, in the form's order; 0 where the file could not be opened, or no
    /// normalizer has finished it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn page_counts(
        &self,
        submission: SubmissionId,
        revision: Revision,
        office: &OfficeCode,
    ) -> Result<Vec<i32>, StoreError> {
        let counts = sqlx::query_scalar!(
            r#"select coalesce(n.pages, 0) as "pages!" from documents d
               left join lateral (select s.pages from scans s where s.office = $3 and s.sha256 = d.sha256
                                  order by s.scanned_at desc limit 1) n on true
               where d.submission_id = $1 and d.revision = $2 order by d.ordinal"#,
            submission.0,
            revision.0,
            office.as_str(),
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(counts)
    }

    /// The same as [`scan`](Self::scan) for many files at once; a file that no normalizer finished is left out.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn scans(
        &self,
        office: &OfficeCode,
        originals: &[Sha256Hash],
    ) -> Result<BTreeMap<Sha256Hash, StoredScan>, StoreError> {
        let originals: Vec<Vec<u8>> = originals.iter().map(|hash| hash.as_bytes().to_vec()).collect();
        let rows = sqlx::query!(
            r#"select s.sha256, s.pages, s.error, p.page as "page?", p.derived_sha256 as "derived_sha256?",
                      p.derived_type as "derived_type?", p.preview_sha256 as "preview_sha256?", p.report as "report?",
                      p.left_sha256 as "left_sha256?", p.right_sha256 as "right_sha256?"
               from (select distinct on (sha256) sha256, normalizer, pages, error from scans
                     where office = $1 and sha256 = any($2) order by sha256, scanned_at desc) s
               left join pages p on p.office = $1 and p.sha256 = s.sha256 and p.normalizer = s.normalizer
               order by s.sha256, p.page"#,
            office.as_str(),
            &originals,
        )
        .fetch_all(&self.pool)
        .await?;
        let mut scans = BTreeMap::new();
        for row in rows {
            let scan = scans
                .entry(read_hash(&row.sha256, "scans", "sha256")?)
                .or_insert_with(|| StoredScan { page_count: row.pages, error: row.error, pages: Vec::new() });
            let (Some(page), Some(report)) = (row.page, row.report) else { continue };
            let halves = (row.left_sha256, row.right_sha256);
            let derived = derived(row.derived_sha256, row.derived_type, row.preview_sha256, halves)?;
            scan.pages.push(StoredPage { page, derived, report });
        }
        Ok(scans)
    }
}

/// Where the derived copy is; `None` for a page that failed.
fn derived(
    sha256: Option<Vec<u8>>,
    media_type: Option<String>,
    preview: Option<Vec<u8>>,
    halves: (Option<Vec<u8>>, Option<Vec<u8>>),
) -> Result<Option<DerivedPage>, StoreError> {
    let (Some(sha256), Some(media_type), Some(preview)) = (sha256, media_type, preview) else {
        return Ok(None);
    };
    Ok(Some(DerivedPage {
        sha256: read_hash(&sha256, "pages", "derived_sha256")?,
        media_type,
        preview: read_hash(&preview, "pages", "preview_sha256")?,
        halves: both(halves)?,
    }))
}

/// Both halves of a double page; `None` for any other page.
pub(crate) fn both(
    halves: (Option<Vec<u8>>, Option<Vec<u8>>),
) -> Result<Option<[Sha256Hash; 2]>, StoreError> {
    let (Some(left), Some(right)) = halves else { return Ok(None) };
    let [left, right] = [(left, "left_sha256"), (right, "right_sha256")]
        .map(|(hash, column)| read_hash(&hash, "pages", column));
    Ok(Some([left?, right?]))
}
