//! Offices.

use berkas_domain::{OfficeCode, OfficeMode};
use chrono::{DateTime, Utc};
use serde_json::json;

use crate::audit::{self, Actor};
use crate::error::read_code;
use crate::{Store, StoreError};

/// An office as the configuration or the database has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfficeRecord {
    /// Its code.
    pub code: OfficeCode,
    /// Its name.
    pub name: String,
    /// The office above it.
    pub parent: Option<OfficeCode>,
    /// Whether what it sends counts.
    pub mode: OfficeMode,
}

impl Store {
    /// Adds offices that are not there yet and renames those that are; the mode of an office that is there stays, since
    /// going live is an act of the office's, not of a configuration file.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn add_offices(&self, offices: &[OfficeRecord]) -> Result<(), StoreError> {
        for office in offices {
            sqlx::query!(
                "insert into offices (code, name, parent, mode) values ($1, $2, $3, $4)
                 on conflict (code) do update set name = excluded.name, parent = excluded.parent",
                office.code.as_str(),
                office.name,
                office.parent.as_ref().map(OfficeCode::as_str),
                office.mode.as_str(),
            )
            .execute(&self.pool)
            .await?;
        }
        Ok(())
    }

    /// Every office, by code.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn offices(&self) -> Result<Vec<OfficeRecord>, StoreError> {
        let rows = sqlx::query!("select code, name, parent, mode from offices order by code")
            .fetch_all(&self.pool)
            .await?;
        rows.into_iter()
            .map(|row| {
                Ok(OfficeRecord {
                    code: read_code(&row.code, "offices", "code")?,
                    name: row.name,
                    parent: row.parent.map(|parent| read_code(&parent, "offices", "parent")).transpose()?,
                    mode: read_code(&row.mode, "offices", "mode")?,
                })
            })
            .collect()
    }

    /// Changes what becomes of what an office sends from now on.
    ///
    /// # Errors
    /// [`StoreError`]; `false` when there is no such office.
    pub async fn set_office_mode(
        &self,
        code: &OfficeCode,
        mode: OfficeMode,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.pool.begin().await?;
        let before =
            sqlx::query_scalar!("select mode from offices where code = $1 for no key update", code.as_str());
        let Some(before) = before.fetch_optional(&mut *transaction).await? else { return Ok(false) };
        if before != mode.as_str() {
            sqlx::query!("update offices set mode = $2 where code = $1", code.as_str(), mode.as_str())
                .execute(&mut *transaction)
                .await?;
            let change = (code, json!({ "from": before, "to": mode }));
            audit::note(&mut transaction, Actor::Operator, "office.mode_set", change, now).await?;
        }
        transaction.commit().await?;
        Ok(true)
    }
}
