//! Entering the pool of human work: every task gets its turn, see [`berkas_domain::turn`].

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use sqlx::{Postgres, Transaction};
use uuid::Uuid;

use berkas_domain::{UserId, turn};

use crate::bundle;
use crate::carry;
use crate::effect::Subject;
use crate::exclusion;
use crate::{Store, StoreError};

/// A task as it enters the pool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PoolEntry {
    /// Who should take it: the least loaded on duty, or who knows the submission.
    pub preferred: Option<UserId>,
    /// Until when nobody else gets it while `preferred` is on duty. Such a task waits behind others of its office that are
    /// kept as well, not behind new ones.
    pub reserved_until: Option<DateTime<Utc>>,
    /// Seconds of work that are expected of it.
    pub effort_s: i32,
    /// Who decides.
    pub eyes: Eyes,
}

/// Who decides on a task.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Eyes {
    /// One verifier.
    #[default]
    One,
    /// Two verifiers who agree, or a supervisor where they do not.
    Two,
    /// A supervisor.
    Supervisor,
}

impl Eyes {
    /// How many have to agree.
    const fn looks(self) -> i16 {
        match self {
            Self::One | Self::Supervisor => 1,
            Self::Two => 2,
        }
    }

    /// Whose turn it is first.
    const fn first(self) -> i16 {
        match self {
            Self::One | Self::Two => 1,
            Self::Supervisor => 3,
        }
    }
}

impl Default for PoolEntry {
    /// Meant for nobody, five minutes of work for one.
    fn default() -> Self {
        Self { preferred: None, reserved_until: None, effort_s: 300, eyes: Eyes::One }
    }
}

/// Ends the name of an office's second account, for what it has repaired.
const REPAIRED: &str = "/repaired";
/// The account of what is due soon, whoever sent it; no office is called like that.
const URGENT: &str = "/urgent";

/// Whose account a task goes to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Account {
    training: bool,
    share: String,
}

/// What one account is charged with.
#[derive(Default)]
struct Bill {
    /// The turn it begins at. What enters together may be for several services; the one that is furthest on counts.
    turn: i64,
    efforts_s: Vec<i64>,
}

/// Puts tasks into the pool. The accounts are locked in their order, so that crossing chunks cannot deadlock.
pub(crate) async fn enter(
    transaction: &mut Transaction<'_, Postgres>,
    mut entering: Vec<(&Subject, &PoolEntry)>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let submissions: Vec<Uuid> = entering.iter().map(|(subject, _)| subject.submission.0).collect();
    exclusion::insert_known(transaction, &submissions, now).await?;
    entering.sort_by_key(|(subject, _)| (subject.due_at, subject.submission));
    let shares = shares(transaction, &entering).await?;
    let share_of = |subject: &Subject| shares.get(&subject.office).unwrap_or(&subject.office).clone();
    let account_of = |subject: &Subject, entry: &PoolEntry| {
        let share = share_of(subject);
        let repaired = entry.reserved_until.is_some();
        Account {
            training: subject.training,
            share: if repaired { format!("{share}{REPAIRED}") } else { share },
        }
    };
    let turns = turns(transaction).await?;
    let mut bills: BTreeMap<Account, Bill> = BTreeMap::new();
    for (subject, entry) in &entering {
        let turn = turns.get(&(subject.training, subject.service.clone())).copied().unwrap_or(0);
        let bill = bills.entry(account_of(subject, entry)).or_default();
        bill.turn = bill.turn.max(turn);
        bill.efforts_s.push(i64::from(entry.effort_s));
    }
    let mut ranks = BTreeMap::new();
    for (account, Bill { turn, efforts_s }) in bills {
        let begins = charge(transaction, &account, turn, efforts_s.iter().sum()).await?;
        ranks.insert(account, turn::ranks(begins, turn, &efforts_s).into_iter());
    }
    let rows = entering.iter().map(|(subject, entry)| {
        let rank = ranks.get_mut(&account_of(subject, entry)).and_then(Iterator::next).unwrap_or(0);
        Row { subject, entry, share: share_of(subject), rank }
    });
    insert(transaction, &rows.collect::<Vec<_>>(), now).await
}

impl Store {
    /// Gives waiting tasks that are due by `soon` an earlier turn, the oldest due first and at most a thousand at a time;
    /// returns how many were not urgent yet.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn hurry_tasks(&self, soon: DateTime<Utc>) -> Result<usize, StoreError> {
        let mut transaction = self.pool.begin().await?;
        let mut hurried = 0;
        for training in [false, true] {
            hurried += hurry(&mut transaction, training, soon).await?;
        }
        transaction.commit().await?;
        Ok(hurried)
    }
}

async fn hurry(
    transaction: &mut Transaction<'_, Postgres>,
    training: bool,
    soon: DateTime<Utc>,
) -> Result<usize, StoreError> {
    let rows = sqlx::query!(
        "select id, effort_s, service from tasks
         where state = 'open' and not urgent and due_at <= $2 and training = $1
         order by due_at limit 1000 for update skip locked",
        training,
        soon,
    )
    .fetch_all(&mut **transaction)
    .await?;
    if rows.is_empty() {
        return Ok(0);
    }
    let turns = turns(transaction).await?;
    let turn_of = |service: &str| turns.get(&(training, service.to_owned())).copied().unwrap_or(0);
    // The least of those concerned: what is due soon may be early, never late.
    let turn = rows.iter().map(|row| turn_of(&row.service)).min().unwrap_or(0);
    let efforts: Vec<i64> =
        rows.iter().map(|row| (i64::from(row.effort_s) / turn::URGENT_SHARES).max(1)).collect();
    let account = Account { training, share: URGENT.to_owned() };
    let begins = charge(transaction, &account, turn, efforts.iter().sum()).await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    sqlx::query!(
        "update tasks t set urgent = true, rank = least(t.rank, h.rank), rank_before = t.rank
         from unnest($1::uuid[], $2::bigint[]) as h (id, rank) where t.id = h.id",
        &ids,
        &turn::ranks(begins, turn, &efforts),
    )
    .execute(&mut **transaction)
    .await?;
    Ok(ids.len())
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

/// The turn that each pool and service is at, see [`turn::present`].
async fn turns(
    transaction: &mut Transaction<'_, Postgres>,
) -> Result<HashMap<(bool, String), i64>, StoreError> {
    let services: Vec<String> =
        berkas_domain::Service::ALL.iter().map(|service| service.as_str().to_owned()).collect();
    let rows = sqlx::query!(
        r#"select p.training as "training!", s.service as "service!",
                  (select t.rank from tasks t
                   where t.state = 'open' and t.training = p.training and t.service = s.service
                   order by t.rank, t.id limit 1) as waits,
                  (select t.rank from tasks t
                   where t.state in ('leased', 'decided') and not t.urgent and t.training = p.training
                     and t.service = s.service
                   order by t.rank desc limit 1) as begun
           from (values (false), (true)) as p (training) cross join unnest($1::text[]) as s (service)"#,
        &services,
    )
    .fetch_all(&mut **transaction)
    .await?;
    let elsewhere =
        |training| rows.iter().filter(|row| row.training == training).filter_map(|row| row.begun).max();
    let elsewhere = [elsewhere(false), elsewhere(true)];
    let turn = |training: bool, begun, waits| turn::present(begun, waits, elsewhere[usize::from(training)]);
    let turns =
        rows.into_iter().map(|row| ((row.training, row.service), turn(row.training, row.begun, row.waits)));
    Ok(turns.collect())
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
    let looks: Vec<i16> = rows.iter().map(|row| row.entry.eyes.looks()).collect();
    let first: Vec<i16> = rows.iter().map(|row| row.entry.eyes.first()).collect();
    let bundled = sqlx::query_scalar!(
        r#"insert into tasks (id, submission_id, revision, office, service, training, state, due_at, trace, preferred,
                            reserved_until, effort_s, share, rank, looks, look, entered_at, opened_at, bundle)
         select key, id, revision, office, service, training, 'open', due_at, trace,
                case when may then preferred end, case when may then reserved_until end, effort_s, share, rank, looks,
                look, $15, $15,
                (select l.hash from lookups l where l.submission_id = t.id and l.kind = 'family')
         from unnest($1::uuid[], $2::uuid[], $3::int[], $4::text[], $5::text[], $6::bool[], $7::timestamptz[],
                     $8::text[], $9::uuid[], $10::timestamptz[], $11::int[], $12::text[], $13::bigint[],
                     $14::smallint[], $16::smallint[])
              as t (key, id, revision, office, service, training, due_at, trace, preferred, reserved_until, effort_s,
                    share, rank, looks, look)
         cross join lateral (select not exists (
             select from task_exclusions e where e.submission_id = t.id and e.user_id = t.preferred
                and (e.revision is null or e.revision = t.revision)) as may) m
         returning bundle is not null as "bundled!""#,
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
        &looks,
        now,
        &first,
    )
    .fetch_all(&mut **transaction)
    .await?;
    if bundled.contains(&true) {
        bundle::keep_for_holders(transaction, &keys, now).await?;
    }
    let repaired = keys.iter().zip(&revisions).filter(|(_, revision)| **revision > 1);
    let repaired: Vec<Uuid> = repaired.map(|(key, _)| *key).collect();
    if !repaired.is_empty() {
        carry::verdicts(transaction, &repaired).await?;
    }
    Ok(())
}
