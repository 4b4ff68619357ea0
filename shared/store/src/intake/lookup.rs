//! Writes what later submissions may be asked about, and claims what is asked for.

use sqlx::{Postgres, Transaction};
use uuid::Uuid;

use berkas_domain::{LookupHash, LookupKeys};

use super::insert::Entry;
use crate::StoreError;
use crate::claim::{CHILD, Claimant, PRINCIPAL, claim};

/// Writes the look-ups and claims of a chunk. Those of an earlier revision must be gone.
pub(super) async fn write(
    transaction: &mut Transaction<'_, Postgres>,
    entries: &[Entry<'_>],
) -> Result<(), StoreError> {
    let (mut ids, mut kinds, mut hashes, mut days) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    // Who witnesses twice stands in two rows of which the table takes one.
    for entry in entries {
        for (kind, hash, day) in rows(&entry.arrival.lookup) {
            ids.push(entry.accepted.submission.0);
            kinds.push(kind.to_owned());
            hashes.push(hash.0.to_vec());
            days.push(day);
        }
    }
    if !ids.is_empty() {
        sqlx::query!(
            "insert into lookups (submission_id, kind, hash, day)
             select * from unnest($1::uuid[], $2::text[], $3::bytea[], $4::date[]) on conflict do nothing",
            &ids,
            &kinds,
            &hashes,
            &days as &[Option<chrono::NaiveDate>],
        )
        .execute(&mut **transaction)
        .await?;
    }
    let claimants: Vec<Claimant<'_>> = entries
        .iter()
        .map(|entry| Claimant {
            submission: entry.accepted.submission,
            training: entry.accepted.training,
            keys: &entry.arrival.lookup,
        })
        .collect();
    claim(transaction, &claimants).await
}

/// Forgets what an earlier revision of the submission said.
pub(super) async fn forget(
    transaction: &mut Transaction<'_, Postgres>,
    submission: Uuid,
) -> Result<(), StoreError> {
    sqlx::query!("delete from lookups where submission_id = $1", submission)
        .execute(&mut **transaction)
        .await?;
    Ok(())
}

fn rows(keys: &LookupKeys) -> Vec<(&'static str, LookupHash, Option<chrono::NaiveDate>)> {
    let principal = keys.principal().map(|hash| (PRINCIPAL, hash, None));
    let child = keys.child().map(|hash| (CHILD, hash, None));
    let family = keys.family().map(|hash| ("family", hash, None));
    let mother = keys.birth().map(|(hash, day)| ("mother", hash, Some(day)));
    let witnesses = keys.witnesses().into_values().map(|hash| ("witness", hash, None));
    principal.into_iter().chain(child).chain(family).chain(mother).chain(witnesses).collect()
}
