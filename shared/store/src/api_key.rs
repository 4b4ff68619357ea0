//! The keys by which the programs of an office sign in.

use berkas_domain::{OfficeCode, OfficeMode, Sha256Hash};
use chrono::{DateTime, Utc};
use serde_json::json;
use uuid::Uuid;

use crate::audit::{self, Actor};
use crate::error::read_code;
use crate::{Store, StoreError};

/// An office that showed a valid key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyOwner {
    /// Which office.
    pub office: OfficeCode,
    /// Whether what it sends counts.
    pub mode: OfficeMode,
    /// Which of its keys.
    pub key: Uuid,
}

/// A key as operators see it: never the key itself.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct ApiKeyRecord {
    /// Its id, by which it is revoked.
    pub id: Uuid,
    /// What it is for.
    pub label: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was revoked, if it was.
    pub revoked_at: Option<DateTime<Utc>>,
}

impl Store {
    /// Lists the keys of `office`, the oldest first.
    ///
    /// # Errors
    /// As the database says.
    pub async fn api_keys(&self, office: &OfficeCode) -> Result<Vec<ApiKeyRecord>, StoreError> {
        let keys = sqlx::query_as!(
            ApiKeyRecord,
            "select id, label, created_at, revoked_at from api_keys where office = $1 order by created_at, id",
            office.as_str(),
        );
        Ok(keys.fetch_all(&self.pool).await?)
    }

    /// Adds a key to `office`, known by its hash alone.
    ///
    /// # Errors
    /// [`StoreError::Constraint`] `api_keys_office_fkey` when there is no such office; otherwise as the database says.
    pub async fn add_api_key(
        &self,
        id: Uuid,
        office: &OfficeCode,
        label: &str,
        key_hash: Sha256Hash,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut transaction = self.pool.begin().await?;
        sqlx::query!(
            "insert into api_keys (id, office, label, key_hash, created_at) values ($1, $2, $3, $4, $5)",
            id,
            office.as_str(),
            label,
            key_hash.as_bytes(),
            now
        )
        .execute(&mut *transaction)
        .await?;
        let of = (office, json!({ "key": id }));
        audit::note(&mut transaction, Actor::Operator, "office.key_added", of, now).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Finds the office that owns the key; none when it is unknown or revoked.
    ///
    /// # Errors
    /// As the database says.
    pub async fn api_key_owner(&self, key_hash: Sha256Hash) -> Result<Option<KeyOwner>, StoreError> {
        let row = sqlx::query!(
            "select k.id, o.code, o.mode from api_keys k join offices o on o.code = k.office
             where k.key_hash = $1 and k.revoked_at is null",
            key_hash.as_bytes()
        )
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(KeyOwner {
            office: read_code(&row.code, "offices", "code")?,
            mode: read_code(&row.mode, "offices", "mode")?,
            key: row.id,
        }))
    }

    /// Revokes a key. Returns whether it was valid before.
    ///
    /// # Errors
    /// As the database says.
    pub async fn revoke_api_key(&self, id: Uuid, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let mut transaction = self.pool.begin().await?;
        let office = sqlx::query_scalar!(
            "update api_keys set revoked_at = $2 where id = $1 and revoked_at is null returning office",
            id,
            now
        );
        let Some(office) = office.fetch_optional(&mut *transaction).await? else { return Ok(false) };
        let of = (office, json!({ "key": id }));
        audit::note(&mut transaction, Actor::Operator, "office.key_revoked", of, now).await?;
        transaction.commit().await?;
        Ok(true)
    }
}
