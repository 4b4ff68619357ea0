//! What is known from other submissions, collected when a revision is judged first and kept with it: judging again
//! sees the same, whatever came in meanwhile.

use std::collections::{BTreeMap, BTreeSet};

use berkas_domain::form::Role;
use berkas_domain::{CaseCode, LookupHash, LookupKeys, Outcome, Service, Sha256Hash, Stage, SubmissionId};
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{Postgres, Transaction};
use uuid::Uuid;

use crate::claim::{CHILD, Claimant, PRINCIPAL, holders};
use crate::error::{read_code, read_hash};
use crate::{Dossier, Store, StoreError};

/// How many other submissions a look-up reads, and how many earlier uses of one file.
const MOST: i64 = 500;

/// What other submissions say. Those of training offices are known to each other only.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KnownElsewhere {
    /// Files that came earlier, in the submission of people who are not on this form.
    pub duplicate_files: Vec<(Sha256Hash, SubmissionId)>,
    /// The open submission of the same service for the same person that was there first.
    pub open_request: Option<SubmissionId>,
    /// When the latest of the same case for the same person that passed was received.
    pub last_passed: Option<DateTime<Utc>>,
    /// The submission for the same child that was there first.
    pub same_child: Option<SubmissionId>,
    /// Days of other births of the same mother.
    pub births: BTreeSet<NaiveDate>,
    /// Roles whose person has a passed death submission.
    pub dead: BTreeSet<Role>,
    /// Roles whose person has a passed card submission.
    pub had_card: BTreeSet<Role>,
    /// For how many other submissions each witness stood.
    pub witness_uses: BTreeMap<Role, u32>,
}

impl Store {
    /// What the dossier's revision was first judged by, sealed; `None` before.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn judged_facts(&self, dossier: &Dossier) -> Result<Option<Vec<u8>>, StoreError> {
        let facts = sqlx::query_scalar!(
            "select facts from revisions where submission_id = $1 and revision = $2",
            dossier.submission.id.0,
            dossier.submission.revision.0,
        );
        Ok(facts.fetch_optional(&self.pool).await?.flatten())
    }

    /// The same; before the first time it asks the other submissions and keeps what `compose` makes of the answer.
    ///
    /// # Errors
    /// [`StoreError`], and what `compose` fails with.
    pub async fn facts_to_judge<E: From<StoreError>>(
        &self,
        dossier: &Dossier,
        keys: &LookupKeys,
        now: DateTime<Utc>,
        compose: impl FnOnce(KnownElsewhere) -> Result<Vec<u8>, E> + Send,
    ) -> Result<Vec<u8>, E> {
        let mut transaction = self.pool.begin().await.map_err(StoreError::from)?;
        if let Some(kept) = locked_facts(&mut transaction, dossier).await? {
            return Ok(kept);
        }
        let facts = compose(known_elsewhere(&mut transaction, keys, dossier, now).await?)?;
        keep_facts(&mut transaction, dossier, &facts).await?;
        transaction.commit().await.map_err(StoreError::from)?;
        Ok(facts)
    }
}

async fn locked_facts(
    transaction: &mut Transaction<'_, Postgres>,
    dossier: &Dossier,
) -> Result<Option<Vec<u8>>, StoreError> {
    let facts = sqlx::query_scalar!(
        "select facts from revisions where submission_id = $1 and revision = $2 for update",
        dossier.submission.id.0,
        dossier.submission.revision.0,
    );
    Ok(facts.fetch_optional(&mut **transaction).await?.flatten())
}

async fn keep_facts(
    transaction: &mut Transaction<'_, Postgres>,
    dossier: &Dossier,
    facts: &[u8],
) -> Result<(), StoreError> {
    sqlx::query!(
        "update revisions set facts = $3 where submission_id = $1 and revision = $2",
        dossier.submission.id.0,
        dossier.submission.revision.0,
        facts,
    )
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

async fn known_elsewhere(
    transaction: &mut Transaction<'_, Postgres>,
    keys: &LookupKeys,
    dossier: &Dossier,
    now: DateTime<Utc>,
) -> Result<KnownElsewhere, StoreError> {
    let submission = &dossier.submission;
    let claimant = &Claimant { submission: submission.id, training: submission.training, keys };
    let mut known = KnownElsewhere::default();
    for (kind, holder) in holders(transaction, claimant, now).await? {
        let place = if kind == CHILD { &mut known.same_child } else { &mut known.open_request };
        *place = Some(holder);
    }
    for other in others(transaction, claimant).await? {
        remember(&mut known, keys, &other);
    }
    known.duplicate_files = duplicate_files(transaction, claimant, dossier).await?;
    Ok(known)
}

/// A look-up of another submission that names somebody of this form.
struct Other {
    kind: String,
    hash: Vec<u8>,
    day: Option<NaiveDate>,
    service: Service,
    case: CaseCode,
    passed: bool,
    received_at: DateTime<Utc>,
}

async fn others(
    transaction: &mut Transaction<'_, Postgres>,
    claimant: &Claimant<'_>,
) -> Result<Vec<Other>, StoreError> {
    let hashes: Vec<Vec<u8>> = claimant.keys.persons().values().map(|hash| hash.0.to_vec()).collect();
    if hashes.is_empty() {
        return Ok(Vec::new());
    }
    // What was withdrawn or refused says nothing, what passed only when its hold is over; the newest say most.
    let rows = sqlx::query!(
        r#"select l.kind, l.hash, l.day, s.service, s.case_code, s.received_at,
                  coalesce(s.outcome = $4 and s.stage = $8, false) as "passed!"
           from lookups l join submissions s on s.id = l.submission_id
           where l.hash = any($1) and l.kind <> 'family' and s.training = $2 and s.id <> $3
             and s.stage <> $5 and s.outcome is distinct from $6
           order by s.received_at desc, s.id limit $7"#,
        &hashes,
        claimant.training,
        claimant.submission.0,
        Outcome::Passed.as_str(),
        Stage::Withdrawn.as_str(),
        Outcome::Refused.as_str(),
        MOST,
        Stage::Noticed.as_str(),
    )
    .fetch_all(&mut **transaction)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Other {
                kind: row.kind,
                hash: row.hash,
                day: row.day,
                service: read_code(&row.service, "submissions", "service")?,
                case: read_code(&row.case_code, "submissions", "case_code")?,
                passed: row.passed,
                received_at: row.received_at,
            })
        })
        .collect()
}

fn remember(known: &mut KnownElsewhere, keys: &LookupKeys, other: &Other) {
    let is = |hash: &LookupHash| hash.0.as_slice() == other.hash;
    let roles = || keys.persons().iter().filter(|(_, hash)| is(hash)).map(|(role, _)| *role);
    match other.kind.as_str() {
        PRINCIPAL if other.passed => {
            match other.service {
                Service::AktaKematian => known.dead.extend(roles()),
                Service::KtpEl => known.had_card.extend(roles()),
                Service::KartuKeluarga | Service::AktaKelahiran => {}
            }
            let same = other.service == keys.service() && other.case == *keys.case();
            if same && keys.principal().is_some_and(|hash| is(&hash)) {
                known.last_passed = known.last_passed.max(Some(other.received_at));
            }
        }
        "mother" if keys.birth().is_some_and(|(hash, _)| is(&hash)) => known.births.extend(other.day),
        "witness" => {
            for (role, _) in keys.witnesses().iter().filter(|(_, hash)| is(hash)) {
                *known.witness_uses.entry(*role).or_default() += 1;
            }
        }
        _ => {}
    }
}

/// The earliest use of each file by other people; who shares a person or the family card is not other people, and of
/// whom nothing is known is not known to be.
async fn duplicate_files(
    transaction: &mut Transaction<'_, Postgres>,
    claimant: &Claimant<'_>,
    dossier: &Dossier,
) -> Result<Vec<(Sha256Hash, SubmissionId)>, StoreError> {
    let household: Vec<Vec<u8>> = claimant
        .keys
        .persons()
        .values()
        .copied()
        .chain(claimant.keys.family())
        .map(|hash| hash.0.to_vec())
        .collect();
    if household.is_empty() {
        return Ok(Vec::new());
    }
    let files: BTreeSet<Sha256Hash> = dossier.documents.iter().map(|document| document.sha256).collect();
    let files: Vec<Vec<u8>> = files.iter().map(|file| file.as_bytes().to_vec()).collect();
    let rows = sqlx::query!(
        r#"select w.sha256 as "sha256!", u.submission_id
           from unnest($1::bytea[]) as w (sha256)
           cross join lateral (
               select f.submission_id
               from (select d.submission_id from documents d where d.sha256 = w.sha256 and d.submission_id < $2
                     order by d.submission_id limit $5) f
               join submissions s on s.id = f.submission_id and s.training = $3
               where exists (select from lookups l where l.submission_id = f.submission_id and l.kind <> 'witness')
                 and not exists (select from lookups l where l.submission_id = f.submission_id and l.kind <> 'witness'
                                                         and l.hash = any($4))
               order by f.submission_id limit 1) u
           order by w.sha256"#,
        &files,
        claimant.submission.0,
        claimant.training,
        &household,
        MOST,
    )
    .fetch_all(&mut **transaction)
    .await?;
    let read = |sha256: &[u8], id: Uuid| Ok((read_hash(sha256, "documents", "sha256")?, SubmissionId(id)));
    rows.iter().map(|row| read(&row.sha256, row.submission_id)).collect()
}
