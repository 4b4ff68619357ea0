//! Entering the pool of human work: every task gets its turn, see [`berkas_domain::turn`].

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use sqlx::{Postgres, Transaction};
use uuid::Uuid;

use berkas_domain::{UserId, turn};

use crate::StoreError;
use crate::effect::Subject;

/// A task as it enters the pool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PoolEntry {
    /// Who should take it: the least loaded on duty, or who knows the submission.
    pub preferred: Option<UserId>,
    /// Until when nobody else gets it while `preferred` is on duty; such a task waits behind no other of its office.
    pub reserved_until: Option<DateTime<Utc>>,
    /// Seconds of work that are expected of it.
    pub effort_s: i32,
}

impl Default for PoolEntry {
    /// Meant for nobody, five minutes of work.
    fn default() -> Self {
        Self { preferred: None, reserved_until: None, effort_s: 300 }
    }
}

/// Whose account a task goes to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Account {
    training: bool,
    share: String,
}

/// Puts tasks into the pool. The accounts are locked in their order, so that crossing chunks cannot deadlock.
pub(crate) async fn enter(
    transaction: &mut Transaction<'_, Postgres>,
    mut entering: Vec<(&Subject, &PoolEntry)>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    entering.sort_by_key(|(subject, _)| (subject.due_at, subject.submission));
    let shares = shares(transaction, &entering).await?;
    let account_of = |subject: &Subject| Account {
        training: subject.training,
        share: shares.get(&subject.office).unwrap_or(&subject.office).clone(),
    };
    let mut efforts: BTreeMap<Account, Vec<i64>> = BTreeMap::new();
    for (subject, entry) in &entering {
        efforts.entry(account_of(subject)).or_default().push(i64::from(entry.effort_s));
    }
    let turns = [turn_of(transaction, false).await?, turn_of(transaction, true).await?];
    let turn_of = |account: &Account| turns[usize::from(account.training)];
    let mut ranks: BTreeMap<Account, std::vec::IntoIter<i64>> = BTreeMap::new();
    for (account, efforts) in &efforts {
        let begins = charge(transaction, account, turn_of(account), efforts.iter().sum()).await?;
        ranks.insert(account.clone(), turn::ranks(begins, turn_of(account), efforts).into_iter());
    }
    let rows = entering.iter().map(|(subject, entry)| {
        let account = account_of(subject);
        let at = turn_of(&account);
        let in_turn = ranks.get_mut(&account).and_then(Iterator::next).unwrap_or(at);
        let rank = if entry.reserved_until.is_some() { at } else { in_turn };
        Row { subject, entry, share: account.share, rank }
    });
    insert(transaction, &rows.collect::<Vec<_>>(), now).await?;
    keep_the_oldest_first(transaction, &efforts.into_keys().collect::<Vec<_>>(), &entering).await
}

/// Whose turn each office takes: that of the office above it, or its own.
async fn shares(
    transaction: &mut Transaction<'_, Postgres>,
    entering: &[(&Subject, &PoolEntry)],
) -> Result<HashMap<String, String>, StoreError> {
    let mut offices: Vec<String> = entering.iter().map(|(subject, _)| subject.office.clone()).collect();
    offices.sort_unstable();
    offices.dedup();
    let rows = sqlx::query!(
        r#"select code, coalesce(parent, code) as "share!" from offices where code = any($1)"#,
        &offices
    )
    .fetch_all(&mut **transaction)
    .await?;
    Ok(rows.into_iter().map(|row| (row.code, row.share)).collect())
}

/// The turn that a pool is at: the first rank that waits, or, when nothing waits, the end of all accounts.
async fn turn_of(transaction: &mut Transaction<'_, Postgres>, training: bool) -> Result<i64, StoreError> {
    // Each service has its own part of the index; all services there are, whatever the offices send.
    let services: Vec<String> =
        berkas_domain::Service::ALL.iter().map(|service| service.as_str().to_owned()).collect();
    let turn = sqlx::query_scalar!(
        r#"select coalesce(
             (select min(first.rank) from unnest($2::text[]) as s (service) cross join (values (true), (false)) as u (urgent)
              cross join lateral (
                select t.rank from tasks t
                where t.state = 'open' and t.training = $1 and t.service = s.service and t.urgent = u.urgent
                order by t.rank, t.id limit 1) as first),
             (select max(finish) from pool_accounts where training = $1),
             0) as "turn!""#,
        training,
        &services,
    )
    .fetch_one(&mut **transaction)
    .await?;
    Ok(turn)
}

/// Charges an account with `effort_s`; returns where the charged work begins.
async fn charge(
    transaction: &mut Transaction<'_, Postgres>,
    account: &Account,
    turn: i64,
    effort_s: i64,
) -> Result<i64, StoreError> {
    let finish = sqlx::query_scalar!(
        "insert into pool_accounts (training, share, finish) values ($1, $2, $3::bigint + $4)
         on conflict (training, share) do update set finish = greatest(pool_accounts.finish, $3::bigint) + $4
         returning finish",
        account.training,
        account.share,
        turn,
        effort_s,
    )
    .fetch_one(&mut **transaction)
    .await?;
    Ok(finish - effort_s)
}

/// A task with its turn.
struct Row<'a> {
    subject: &'a Subject,
    entry: &'a PoolEntry,
    share: String,
    rank: i64,
}

async fn insert(
    transaction: &mut Transaction<'_, Postgres>,
    rows: &[Row<'_>],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let keys: Vec<Uuid> = rows.iter().map(|_| Uuid::now_v7()).collect();
    let ids: Vec<Uuid> = rows.iter().map(|row| row.subject.submission.0).collect();
    let revisions: Vec<i32> = rows.iter().map(|row| row.subject.revision).collect();
    let offices: Vec<String> = rows.iter().map(|row| row.subject.office.clone()).collect();
    let services: Vec<String> = rows.iter().map(|row| row.subject.service.clone()).collect();
    let trainings: Vec<bool> = rows.iter().map(|row| row.subject.training).collect();
    let dues: Vec<DateTime<Utc>> = rows.iter().map(|row| row.subject.due_at).collect();
    let traces: Vec<Option<String>> = rows.iter().map(|row| row.subject.trace.clone()).collect();
    let preferred: Vec<Option<Uuid>> =
        rows.iter().map(|row| row.entry.preferred.map(|user| user.0)).collect();
    let reserved: Vec<Option<DateTime<Utc>>> = rows.iter().map(|row| row.entry.reserved_until).collect();
    let efforts: Vec<i32> = rows.iter().map(|row| row.entry.effort_s).collect();
    let shares: Vec<String> = rows.iter().map(|row| row.share.clone()).collect();
    let ranks: Vec<i64> = rows.iter().map(|row| row.rank).collect();
    sqlx::query!(
        "insert into tasks (id, submission_id, revision, office, service, training, state, due_at, trace, preferred,
                            reserved_until, effort_s, share, rank, entered_at)
         select key, id, revision, office, service, training, 'open', due_at, trace, preferred, reserved_until,
                effort_s, share, rank, $14
         from unnest($1::uuid[], $2::uuid[], $3::int[], $4::text[], $5::text[], $6::bool[], $7::timestamptz[],
                     $8::text[], $9::uuid[], $10::timestamptz[], $11::int[], $12::text[], $13::bigint[])
              as t (key, id, revision, office, service, training, due_at, trace, preferred, reserved_until, effort_s,
                    share, rank)",
        &keys,
        &ids,
        &revisions,
        &offices,
        &services,
        &trainings,
        &dues,
        &traces as &[Option<String>],
        &preferred as &[Option<Uuid>],
        &reserved as &[Option<DateTime<Utc>>],
        &efforts,
        &shares,
        &ranks,
        now,
    )
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

/// Deals the turns of an account out again where a task entered that is due before others of the account: its turns stay
/// the same, and the oldest due takes the first of them.
async fn keep_the_oldest_first(
    transaction: &mut Transaction<'_, Postgres>,
    accounts: &[Account],
    entered: &[(&Subject, &PoolEntry)],
) -> Result<(), StoreError> {
    let Some(first_due) = entered.iter().map(|(subject, _)| subject.due_at).min() else { return Ok(()) };
    let trainings: Vec<bool> = accounts.iter().map(|account| account.training).collect();
    let shares: Vec<String> = accounts.iter().map(|account| account.share.clone()).collect();
    sqlx::query!(
        "with waiting as (
             select t.id, t.training, t.share, t.rank, t.due_at, t.entered_at
             from unnest($1::bool[], $2::text[]) as a (training, share)
             join tasks t on t.training = a.training and t.share = a.share
             where t.state = 'open' and t.reserved_until is null and t.due_at >= $3
             for update of t),
         dealt as (
             select id, training, share, rank, row_number() over (partition by training, share order by rank, id) as turn,
                    row_number() over (partition by training, share order by due_at, entered_at, id) as place
             from waiting)
         update tasks t set rank = turn.rank
         from dealt place join dealt turn
              on turn.training = place.training and turn.share = place.share and turn.turn = place.place
         where t.id = place.id and t.rank <> turn.rank",
        &trainings,
        &shares,
        first_due,
    )
    .execute(&mut **transaction)
    .await?;
    Ok(())
}
