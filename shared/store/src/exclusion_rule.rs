//! Rules of the office about who is never given what. They are kept as rows, so that whatever enters the pool is held against
//! them in the same statement as the rest; see [`crate::exclusion`].

use std::collections::BTreeMap;

use berkas_domain::{CaseCode, ExclusionCode, OfficeCode, Service, Stage};
use chrono::{DateTime, Utc};
use serde_json::json;
use sqlx::{Postgres, Transaction};
use uuid::Uuid;

use crate::audit::{self, Actor, AuditEntry};
use crate::task::{clear_verdicts, wait_again};
use crate::{Store, StoreError};

/// A rule for one user: all that is named has to fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExclusionRule {
    /// Whom it keeps from it.
    pub login: String,
    /// What an office sends; a kecamatan stands for its desa.
    pub office: Option<OfficeCode>,
    /// Of a service.
    pub service: Option<Service>,
    /// Of a case.
    pub case: Option<CaseCode>,
    /// Why.
    pub code: ExclusionCode,
}

/// What setting the rules did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RulesSet {
    /// Whether they are others than before.
    pub changed: bool,
    /// Logins that nobody has; what was said of them is left out.
    pub unknown: Vec<String>,
    /// Tasks taken from who held them, or meant for somebody, whom a rule keeps from them now.
    pub taken_back: usize,
}

/// The rules as columns.
#[derive(Default)]
struct Rows {
    users: Vec<Uuid>,
    offices: Vec<Option<String>>,
    services: Vec<Option<String>>,
    cases: Vec<Option<String>>,
    reasons: Vec<String>,
}

impl Store {
    /// Puts `rules` in the place of those that were. What is not over yet follows at once: whom a rule keeps from a submission
    /// now loses its task to the pool, and whom none keeps any more may have it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn set_exclusion_rules(
        &self,
        rules: &[ExclusionRule],
        now: DateTime<Utc>,
    ) -> Result<RulesSet, StoreError> {
        let mut transaction = self.pool.begin().await?;
        // One after the other: processes that start together have the same to write.
        sqlx::query!("lock table exclusion_rules in share row exclusive mode")
            .execute(&mut *transaction)
            .await?;
        let users = lock_users(&mut transaction, rules).await?;
        let (mut rows, mut unknown) = (Rows::default(), Vec::new());
        for rule in rules {
            match users.get(&rule.login) {
                Some(user) => rows.push(*user, rule),
                None => unknown.push(rule.login.clone()),
            }
        }
        if !rows.replace(&mut transaction).await? {
            return Ok(RulesSet { unknown, ..RulesSet::default() });
        }
        let (taken_back, waiting) = follow(&mut transaction, now).await?;
        let entry = AuditEntry {
            actor: Actor::Operator,
            action: "exclusion_rules.changed",
            subject: "exclusion_rules".to_owned(),
            detail: json!({ "rules": rows.users.len(), "taken_back": taken_back }),
        };
        audit::insert(&mut *transaction, &entry, now).await?;
        transaction.commit().await?;
        self.watcher.entered(Stage::Waiting, waiting);
        Ok(RulesSet { changed: true, unknown, taken_back })
    }
}

/// Those whom the rules name or named, by login. Pulling takes the same lock: whatever they pull next already knows of it.
async fn lock_users(
    transaction: &mut Transaction<'_, Postgres>,
    rules: &[ExclusionRule],
) -> Result<BTreeMap<String, Uuid>, StoreError> {
    let logins: Vec<String> = rules.iter().map(|rule| rule.login.clone()).collect();
    let users = sqlx::query!(
        "select id, login from users where login = any($1) or id in (select user_id from exclusion_rules)
         order by id for no key update",
        &logins,
    )
    .fetch_all(&mut **transaction)
    .await?;
    Ok(users.into_iter().map(|user| (user.login, user.id)).collect())
}

impl Rows {
    fn push(&mut self, user: Uuid, rule: &ExclusionRule) {
        self.users.push(user);
        self.offices.push(rule.office.as_ref().map(|office| office.as_str().to_owned()));
        self.services.push(rule.service.map(|service| service.as_str().to_owned()));
        self.cases.push(rule.case.as_ref().map(|case| case.as_str().to_owned()));
        self.reasons.push(rule.code.as_str().to_owned());
    }

    /// Writes them in the place of what is there; whether that was something else.
    async fn replace(&self, transaction: &mut Transaction<'_, Postgres>) -> Result<bool, StoreError> {
        let gone = sqlx::query!(
            "delete from exclusion_rules x where not exists (
                 select from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[])
                             as w (user_id, office, service, case_code, reason)
                 where (w.user_id, w.office, w.service, w.case_code, w.reason)
                       is not distinct from (x.user_id, x.office, x.service, x.case_code, x.reason))",
            &self.users,
            &self.offices as &[Option<String>],
            &self.services as &[Option<String>],
            &self.cases as &[Option<String>],
            &self.reasons,
        )
        .execute(&mut **transaction)
        .await?;
        let new = sqlx::query!(
            "insert into exclusion_rules (user_id, office, service, case_code, reason)
             select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[]) on conflict do nothing",
            &self.users,
            &self.offices as &[Option<String>],
            &self.services as &[Option<String>],
            &self.cases as &[Option<String>],
            &self.reasons,
        )
        .execute(&mut **transaction)
        .await?;
        Ok(gone.rows_affected() + new.rows_affected() > 0)
    }
}

/// Lets every submission that is not over follow the rules as they stand; how many tasks went back into the pool or are meant
/// for nobody any more, and how many submissions wait again. Also what is not in the pool yet: it may be entering it.
async fn follow(
    transaction: &mut Transaction<'_, Postgres>,
    now: DateTime<Utc>,
) -> Result<(usize, usize), StoreError> {
    sqlx::query!(
        "delete from task_exclusions e using submissions s
         where e.by_rule and s.id = e.submission_id and s.live and not exists (
             select from ruled_out r
             where r.submission_id = e.submission_id and r.user_id = e.user_id and r.reason = e.reason)",
    )
    .execute(&mut **transaction)
    .await?;
    sqlx::query!(
        "insert into task_exclusions (submission_id, user_id, reason, at, by_rule)
         select submission_id, user_id, min(reason), $1, true from ruled_out where live group by submission_id, user_id
         on conflict do nothing",
        now,
    )
    .execute(&mut **transaction)
    .await?;
    let returned = sqlx::query!(
        "update tasks t
         set state = 'open', assignee = null, lease_until = null, preferred = null, reserved_until = null, opened_at = $1
         from task_exclusions e
         where e.by_rule and e.submission_id = t.submission_id
           and ((t.state = 'leased' and t.assignee = e.user_id) or (t.state = 'open' and t.preferred = e.user_id))
         returning t.id, t.submission_id",
        now,
    )
    .fetch_all(&mut **transaction)
    .await?;
    // The verdicts of somebody with a stake are not handed on to who comes next.
    let tasks: Vec<Uuid> = returned.iter().map(|row| row.id).collect();
    clear_verdicts(transaction, &tasks).await?;
    let submissions = returned.iter().map(|row| row.submission_id).collect();
    Ok((tasks.len(), wait_again(transaction, submissions, now).await?))
}
