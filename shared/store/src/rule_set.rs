//! Published rule sets: immutable, by hash; the latest publication is in force.

use berkas_domain::{Sha256Hash, SubmissionId};
use chrono::{DateTime, Utc};

use crate::error::read_hash;
use crate::{Store, StoreError};

/// A rule set to publish.
#[derive(Debug, Clone)]
pub struct NewRuleSet {
    /// Of the body.
    pub sha256: Sha256Hash,
    /// Service, office and versions: sets of the same label say the same, whenever they are in force.
    pub label: String,
    /// Hash of what it says.
    pub content: Sha256Hash,
    /// The effective set as canonical JSON.
    pub body: String,
}

/// What publishing did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Publication {
    /// Its number; the highest counts.
    pub id: i64,
    /// Sets that were not known before.
    pub added: usize,
    /// Whether anything is different from the publication before.
    pub changed: bool,
}

/// Why sets are not published.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// What is published under a version stays what it is.
    #[error("`{label}` is published with other content; a changed rule file needs a higher version")]
    SameVersion {
        /// The set's label.
        label: String,
    },
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for PublishError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

impl Store {
    /// Publishes `sets` as the whole of what is in force from now on. The same sets again change nothing.
    ///
    /// # Errors
    /// [`PublishError`].
    pub async fn publish_rule_sets(
        &self,
        sets: &[NewRuleSet],
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<Publication, PublishError> {
        let mut transaction = self.pool.begin().await?;
        // One publication after the other: each is compared with the one before.
        sqlx::query!("lock table rule_publications in share row exclusive mode")
            .execute(&mut *transaction)
            .await?;
        let mut added = 0;
        for set in sets {
            let hash = set.sha256.as_bytes().as_slice();
            let content = set.content.as_bytes().as_slice();
            let other = sqlx::query_scalar!(
                r#"select exists (select from rule_sets where label = $1 and content <> $2) as "other!""#,
                set.label,
                content,
            )
            .fetch_one(&mut *transaction)
            .await?;
            if other {
                return Err(PublishError::SameVersion { label: set.label.clone() });
            }
            let inserted = sqlx::query!(
                "insert into rule_sets (sha256, label, content, body, published_at) values ($1, $2, $3, $4, $5)
                 on conflict (sha256) do nothing",
                hash,
                set.label,
                content,
                set.body,
                now,
            )
            .execute(&mut *transaction)
            .await?;
            added += usize::try_from(inserted.rows_affected()).unwrap_or_default();
        }
        let mut hashes: Vec<Vec<u8>> = sets.iter().map(|set| set.sha256.as_bytes().to_vec()).collect();
        hashes.sort();
        let before = sqlx::query!(
            r#"select p.id, (select array_agg(s.sha256 order by s.sha256) from rule_publication_sets s
                            where s.publication = p.id) as "sets: Vec<Vec<u8>>"
               from rule_publications p order by p.id desc limit 1"#,
        )
        .fetch_optional(&mut *transaction)
        .await?;
        if let Some(before) = before.filter(|before| before.sets.as_ref().is_some_and(|sets| *sets == hashes))
        {
            return Ok(Publication { id: before.id, added: 0, changed: false });
        }
        let id = sqlx::query_scalar!(
            "insert into rule_publications (published_at, published_by) values ($1, $2) returning id",
            now,
            actor,
        )
        .fetch_one(&mut *transaction)
        .await?;
        sqlx::query!(
            "insert into rule_publication_sets (publication, sha256) select $1, sha256 from unnest($2::bytea[]) as s (sha256)",
            id,
            &hashes,
        )
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(Publication { id, added, changed: true })
    }

    /// The number of the publication that counts; `None` when nothing was ever published.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn rule_publication(&self) -> Result<Option<i64>, StoreError> {
        Ok(sqlx::query_scalar!("select max(id) from rule_publications").fetch_one(&self.pool).await?)
    }

    /// The bodies of the sets of a publication.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn published_rule_sets(&self, publication: i64) -> Result<Vec<String>, StoreError> {
        Ok(sqlx::query_scalar!(
            "select r.body from rule_publication_sets s join rule_sets r using (sha256)
             where s.publication = $1 order by r.label",
            publication,
        )
        .fetch_all(&self.pool)
        .await?)
    }

    /// The body of a set that was ever published.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn rule_set(&self, sha256: Sha256Hash) -> Result<Option<String>, StoreError> {
        let hash = sha256.as_bytes().as_slice();
        Ok(sqlx::query_scalar!("select body from rule_sets where sha256 = $1", hash)
            .fetch_optional(&self.pool)
            .await?)
    }

    /// The set by which a submission was first judged; its repairs are judged by the same.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn pinned_rule_set(&self, submission: SubmissionId) -> Result<Option<Sha256Hash>, StoreError> {
        let pinned = sqlx::query_scalar!(
            r#"select decode(body -> 'rule_set' ->> 'sha256', 'hex') from judgements
               where submission_id = $1 order by revision limit 1"#,
            submission.0,
        )
        .fetch_optional(&self.pool)
        .await?
        .flatten();
        pinned.map(|hash| read_hash(&hash, "judgements", "rule_set")).transpose()
    }
}
