//! Claims: of all submissions that ask for the same thing, the first that was accepted holds it until it is over.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::{Postgres, Transaction};
use uuid::Uuid;

use berkas_domain::{LookupHash, LookupKeys, Outcome, Stage, SubmissionId};

use crate::StoreError;

/// The kind of the claim on a birth; a request for a person has the service's name.
pub(crate) const CHILD: &str = "child";

/// The kind of the look-up of whom a request is for.
pub(crate) const PRINCIPAL: &str = "principal";

/// How long a return may be left unrepaired before it makes room: the time that its notice gives for a repair.
const LEFT_UNREPAIRED: TimeDelta = TimeDelta::days(14);

/// A submission and what it asks for.
pub(crate) struct Claimant<'a> {
    pub submission: SubmissionId,
    pub training: bool,
    pub keys: &'a LookupKeys,
}

/// Claims what nobody holds. Claims are taken in one order, so that crossing chunks cannot deadlock; of two that ask
/// at the same moment the second waits for the first.
pub(crate) async fn claim(
    transaction: &mut Transaction<'_, Postgres>,
    claimants: &[Claimant<'_>],
) -> Result<(), StoreError> {
    let (mut trainings, mut kinds, mut hashes, mut ids) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for claimant in claimants {
        for (kind, hash) in wanted(claimant.keys) {
            trainings.push(claimant.training);
            kinds.push(kind.to_owned());
            hashes.push(hash.0.to_vec());
            ids.push(claimant.submission.0);
        }
    }
    if ids.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "insert into claims (training, kind, hash, submission_id)
         select training, kind, hash, id
         from unnest($1::bool[], $2::text[], $3::bytea[], $4::uuid[]) with ordinality
              as c (training, kind, hash, id, place)
         order by training, kind, hash, place
         on conflict do nothing",
        &trainings,
        &kinds,
        &hashes,
        &ids,
    )
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

/// Gives up what the submission holds and no longer asks for.
pub(crate) async fn release(
    transaction: &mut Transaction<'_, Postgres>,
    submission: Uuid,
    keys: &LookupKeys,
) -> Result<(), StoreError> {
    let (kinds, hashes) = columns(keys);
    sqlx::query!(
        "delete from claims c where c.submission_id = $1
         and not exists (select from unnest($2::text[], $3::bytea[]) as w (kind, hash)
                         where w.kind = c.kind and w.hash = c.hash)",
        submission,
        &kinds,
        &hashes,
    )
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

/// Claims, hands over what is held by a submission that is over, and says who else holds what the claimant asks for. The
/// first accepted of those that still wait is next, whoever is judged first.
///
/// A request is over when it was decided for good and the office was told, so that no undo brings it back; a birth, which
/// may be recorded once only, when it was withdrawn or refused; both when a return was left unrepaired for long.
pub(crate) async fn holders(
    transaction: &mut Transaction<'_, Postgres>,
    claimant: &Claimant<'_>,
    now: DateTime<Utc>,
) -> Result<Vec<(String, SubmissionId)>, StoreError> {
    let (kinds, hashes) = columns(claimant.keys);
    if kinds.is_empty() {
        return Ok(Vec::new());
    }
    claim(transaction, std::slice::from_ref(claimant)).await?;
    sqlx::query!(
        "with w as (select * from unnest($2::text[], $3::bytea[]) as w (kind, hash)),
              asking as (
                  select w.kind, w.hash, s.id, s.received_at, s.registration_number,
                         s.stage = $5
                         or s.stage = $9 and (s.outcome = $6 or s.outcome = $7 and w.kind <> $8
                                              or s.outcome = $10 and s.stage_since < $11) as over
                  from w
                  join lookups l on l.hash = w.hash and l.kind = case w.kind when $8 then $8 else $12 end
                  join submissions s on s.id = l.submission_id
                  where s.training = $1 and w.kind in ($8, s.service))
         update claims c
         set submission_id = coalesce((select next.id from asking next
                                       where next.kind = c.kind and next.hash = c.hash and next.over is not true
                                       order by next.received_at, next.registration_number limit 1), $4)
         from asking held
         where c.training = $1 and c.kind = held.kind and c.hash = held.hash and c.submission_id = held.id
               and held.id <> $4 and held.over",
        claimant.training,
        &kinds,
        &hashes,
        claimant.submission.0,
        Stage::Withdrawn.as_str(),
        Outcome::Refused.as_str(),
        Outcome::Passed.as_str(),
        CHILD,
        Stage::Noticed.as_str(),
        Outcome::Returned.as_str(),
        now - LEFT_UNREPAIRED,
        PRINCIPAL,
    )
    .execute(&mut **transaction)
    .await?;
    let rows = sqlx::query!(
        "select c.kind, c.submission_id from unnest($2::text[], $3::bytea[]) as w (kind, hash)
         join claims c on c.training = $1 and c.kind = w.kind and c.hash = w.hash
         where c.submission_id <> $4 order by c.kind",
        claimant.training,
        &kinds,
        &hashes,
        claimant.submission.0,
    )
    .fetch_all(&mut **transaction)
    .await?;
    Ok(rows.into_iter().map(|row| (row.kind, SubmissionId(row.submission_id))).collect())
}

fn wanted(keys: &LookupKeys) -> impl Iterator<Item = (&'static str, LookupHash)> {
    let child = keys.child().map(|hash| (CHILD, hash));
    child.into_iter().chain(keys.principal().map(|hash| (keys.service().as_str(), hash)))
}

fn columns(keys: &LookupKeys) -> (Vec<String>, Vec<Vec<u8>>) {
    wanted(keys).map(|(kind, hash)| (kind.to_owned(), hash.0.to_vec())).unzip()
}
