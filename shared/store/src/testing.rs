//! Databases of one test or measurement each.

mod template;

use berkas_domain::SubmissionId;
use chrono::{DateTime, Utc};
use sqlx::postgres::{PgConnection, PgPool};
use sqlx::{Connection as _, Row as _};
use uuid::Uuid;

use crate::{Store, StoreError};

/// A database that goes when this is dropped.
#[derive(Debug)]
pub struct TestDatabase {
    admin_url: String,
    name: String,
}

impl TestDatabase {
    /// Makes an empty database called `name` on the server of `admin_url`.
    ///
    /// # Errors
    /// [`StoreError`] when the server refuses.
    pub async fn create(admin_url: &str, name: &str) -> Result<Self, StoreError> {
        let mut connection = PgConnection::connect(admin_url).await?;
        template::execute(&mut connection, format!("create database \"{name}\"")).await?;
        connection.close().await?;
        Ok(Self { admin_url: admin_url.to_owned(), name: name.to_owned() })
    }

    /// Makes a database called `name` with the schema in it, by copying one that was migrated before.
    ///
    /// # Errors
    /// [`StoreError`] when the server refuses.
    pub async fn migrated(admin_url: &str, name: &str) -> Result<Self, StoreError> {
        let mut connection = PgConnection::connect(admin_url).await?;
        let template = template::ready(&mut connection, admin_url).await?;
        let copy = format!("create database \"{name}\" template \"{template}\" strategy file_copy");
        template::execute(&mut connection, copy).await?;
        connection.close().await?;
        Ok(Self { admin_url: admin_url.to_owned(), name: name.to_owned() })
    }

    /// Its address.
    #[must_use]
    pub fn url(&self) -> String {
        address(&self.admin_url, &self.name)
    }
}

/// The address of another database on the same server.
fn address(admin_url: &str, name: &str) -> String {
    let server = admin_url.rsplit_once('/').map_or(admin_url, |(server, _)| server);
    format!("{server}/{name}")
}

/// A table of message ids: the least that a hop has to commit to take every message once. A measurement compares the
/// whole protocol with it.
#[derive(Debug, Clone)]
pub struct BareInbox {
    pool: PgPool,
}

impl BareInbox {
    /// Makes the table in `database`.
    ///
    /// # Errors
    /// [`StoreError`] when the server refuses.
    pub async fn create(database: &TestDatabase) -> Result<Self, StoreError> {
        let pool = PgPool::connect(&database.url()).await?;
        sqlx::query("create table bare_inbox (message_id uuid not null, hop text not null, primary key (message_id, hop))")
            .execute(&pool)
            .await?;
        Ok(Self { pool })
    }

    /// Notes that `hop` has taken `messages`, in one transaction.
    ///
    /// # Errors
    /// [`StoreError`] when the server refuses.
    pub async fn take(&self, hop: &str, messages: &[Uuid]) -> Result<(), StoreError> {
        sqlx::query(
            "insert into bare_inbox select id, $2 from unnest($1::uuid[]) as m (id) on conflict do nothing",
        )
        .bind(messages)
        .bind(hop)
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}

impl Drop for TestDatabase {
    /// On a thread with a runtime of its own: the test's runtime may be going down.
    fn drop(&mut self) {
        let (url, name) = (self.admin_url.clone(), self.name.clone());
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
            runtime.block_on(async {
                let mut connection = PgConnection::connect(&url).await.ok()?;
                let statement = format!("drop database if exists \"{name}\" with (force)");
                sqlx::query(sqlx::AssertSqlSafe(statement)).execute(&mut connection).await.ok()
            })
        });
        let _ = dropped.join();
    }
}

/// What a statement has locked, until this is dropped or released.
#[derive(Debug)]
pub struct Held(sqlx::Transaction<'static, sqlx::Postgres>);

impl Held {
    /// Lets go of it.
    ///
    /// # Errors
    /// [`StoreError`] when the server refuses.
    pub async fn release(self) -> Result<(), StoreError> {
        Ok(self.0.rollback().await?)
    }
}

/// How the server plans a statement that is run again and again: for the values at hand, or once for all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlanFor {
    /// These values.
    Values,
    /// Whatever values.
    Any,
}

/// A task that waits, as the database has it.
#[derive(Debug, Clone)]
pub struct PooledTask {
    /// Its id.
    pub id: Uuid,
    /// Whose turn it takes.
    pub share: String,
    /// What is asked for.
    pub service: String,
    /// Whether of an office in training.
    pub training: bool,
    /// Whether it goes before all turns.
    pub urgent: bool,
    /// Seconds of work that are expected of it.
    pub effort_s: i32,
    /// Its turn.
    pub rank: i64,
    /// Whom it is meant for.
    pub preferred: Option<Uuid>,
    /// Until when it is kept for them.
    pub reserved_until: Option<DateTime<Utc>>,
    /// When it is due.
    pub due_at: DateTime<Utc>,
    /// Who is never given it.
    pub excluded: Vec<Uuid>,
    /// Which pair of eyes it waits for.
    pub look: i16,
}

impl Store {
    /// Everything that waits for a person, in no order: what a test compares pulls with.
    ///
    /// # Errors
    /// [`StoreError`] when the server refuses.
    pub async fn pooled_tasks(&self) -> Result<Vec<PooledTask>, StoreError> {
        let rows = sqlx::query(
            "select id, share, service, training, urgent, effort_s, rank, preferred, reserved_until, due_at, look,
                    array(select e.user_id from task_exclusions e
                          where e.submission_id = t.submission_id and coalesce(e.revision, t.revision) = t.revision) as excluded
             from tasks t where state = 'open'",
        )
        .fetch_all(&self.pool)
        .await?;
        let read = |row: &sqlx::postgres::PgRow| {
            Ok(PooledTask {
                id: row.try_get("id")?,
                share: row.try_get("share")?,
                service: row.try_get("service")?,
                training: row.try_get("training")?,
                urgent: row.try_get("urgent")?,
                effort_s: row.try_get("effort_s")?,
                rank: row.try_get("rank")?,
                preferred: row.try_get("preferred")?,
                reserved_until: row.try_get("reserved_until")?,
                due_at: row.try_get("due_at")?,
                excluded: row.try_get("excluded")?,
                look: row.try_get("look")?,
            })
        };
        rows.iter().map(read).collect()
    }

    /// Has the server refuse every lease from now on, as one that is out of order would.
    ///
    /// # Errors
    /// [`StoreError`] when the server refuses this.
    pub async fn refuse_leases(&self) -> Result<(), StoreError> {
        let statement = "create function refuse() returns trigger language plpgsql as
                             $$ begin raise exception 'no leases today'; end $$;
                         create trigger refuse before update on tasks for each row
                             when (new.state = 'leased' and old.state = 'open') execute function refuse()";
        sqlx::raw_sql(statement).execute(&self.pool).await?;
        Ok(())
    }

    /// Every row of every table as text, bytes in hexadecimal: what a test looks for something in.
    ///
    /// # Errors
    /// [`StoreError`] when the server refuses.
    pub async fn every_row(&self) -> Result<String, StoreError> {
        let tables = sqlx::query_scalar::<_, String>(
            "select tablename::text from pg_tables where schemaname = 'public' order by 1",
        )
        .fetch_all(&self.pool)
        .await?;
        let mut rows = Vec::new();
        for table in tables {
            let statement = format!("select t::text from \"{table}\" t");
            rows.extend(
                sqlx::query_scalar::<_, String>(sqlx::AssertSqlSafe(statement)).fetch_all(&self.pool).await?,
            );
        }
        Ok(rows.join("\n"))
    }

    /// The sealed note of the live decision on `submission`.
    ///
    /// # Errors
    /// As the database says; [`StoreError::Database`] when nothing is decided.
    pub async fn note_on(&self, submission: SubmissionId) -> Result<Option<Vec<u8>>, StoreError> {
        let note =
            sqlx::query_scalar("select note from decisions where submission_id = $1 and undone_at is null");
        Ok(note.bind(submission.0).fetch_one(&self.pool).await?)
    }

    /// Adds a sealed note to the live decision on `submission`, as a verifier's would have it.
    ///
    /// # Errors
    /// [`StoreError`] when the server refuses.
    pub async fn add_note(&self, submission: SubmissionId, sealed: &[u8]) -> Result<(), StoreError> {
        sqlx::query("update decisions set note = $2 where submission_id = $1 and undone_at is null")
            .bind(submission.0)
            .bind(sealed)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Runs `statement` and keeps what it locks.
    ///
    /// # Errors
    /// [`StoreError`] when the server refuses.
    pub async fn hold(&self, statement: &str) -> Result<Held, StoreError> {
        let mut transaction = self.pool.begin().await?;
        sqlx::query(sqlx::AssertSqlSafe(statement.to_owned())).execute(&mut *transaction).await?;
        Ok(Held(transaction))
    }

    /// How many of this database's sessions wait for a lock.
    ///
    /// # Errors
    /// [`StoreError`] when the server refuses.
    pub async fn waiting_for_locks(&self) -> Result<i64, StoreError> {
        let waiting = sqlx::query_scalar(
            "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
        );
        Ok(waiting.fetch_one(&self.pool).await?)
    }

    /// The columns of `table` that its indexes rest on, by what they hold or by their condition.
    ///
    /// # Errors
    /// [`StoreError`] when the server refuses.
    pub async fn indexed_columns(&self, table: &str) -> Result<Vec<String>, StoreError> {
        let columns = sqlx::query_scalar(
            "select distinct a.attname::text
             from pg_index i join pg_attribute a on a.attrelid = i.indrelid
             where i.indrelid = $1::regclass and (a.attnum = any(i.indkey) or exists (
                 select from pg_depend d
                 where d.classid = 'pg_class'::regclass and d.objid = i.indexrelid and d.refobjid = i.indrelid
                   and d.refobjsubid = a.attnum))
             order by 1",
        );
        Ok(columns.bind(table).fetch_all(&self.pool).await?)
    }

    /// Puts so many tasks of `office` into the pool, each with its submission: of 21 sharers and all services in turns, every
    /// second of a family of three, every fiftieth for two to agree on, and every tenth kept from each user there is. The
    /// first forty are kept from all of them. Statistics are brought up to date, as the server's own upkeep does in time.
    ///
    /// # Errors
    /// [`StoreError`] when the server refuses.
    pub async fn fill_pool(&self, office: &str, tasks: i32) -> Result<(), StoreError> {
        let services: Vec<&str> =
            berkas_domain::Service::ALL.iter().map(|service| service.as_str()).collect();
        for statement in [
            "insert into submissions (id, office, sender_id, registration_number, service, case_code, training, stage,
                                      generation, revision, received_at, stage_since, due_at)
             select md5('s' || n)::uuid, $1, md5('sender' || n)::uuid, 'open-' || n, ($2::text[])[1 + n % cardinality($2)],
                    'KK-9', false, 'waiting', 4, 1, at, at, at
             from generate_series(1, $3) as n
             cross join lateral (select timestamptz '2027-01-05 01:00:00+00' + n * interval '1 second' as at) a",
            "insert into tasks (id, submission_id, revision, office, service, training, state, due_at, entered_at, share,
                                rank, looks, bundle)
             select md5('task' || n)::uuid, md5('s' || n)::uuid, 1, $1, ($2::text[])[1 + n % cardinality($2)], false, 'open',
                    at, at, (n % 21)::text, n / 21 * 300, case when n % 50 = 0 then 2 else 1 end,
                    case when n % 2 = 0 then decode(md5('family' || n / 6), 'hex') end
             from generate_series(1, $3) as n
             cross join lateral (select timestamptz '2027-01-05 01:00:00+00' + n * interval '1 second' as at) a",
            "insert into task_exclusions (submission_id, user_id, reason, at)
             select md5('s' || n)::uuid, u.id, 'acquainted', timestamptz '2027-01-05 01:00:00+00'
             from generate_series(1, $3) as n cross join users u
             where (n <= 40 or n % 10 = 0) and cardinality($2) > 0 and $1 <> ''",
        ] {
            sqlx::query(statement).bind(office).bind(&services).bind(tasks).execute(&self.pool).await?;
        }
        for table in ["submissions", "tasks", "task_exclusions"] {
            let statement = format!("vacuum analyze {table}");
            sqlx::query(sqlx::AssertSqlSafe(statement)).execute(&self.pool).await?;
        }
        Ok(())
    }

    /// How the server runs the pull of `user`, line by line; it takes nothing.
    ///
    /// # Errors
    /// [`StoreError`] when the server refuses.
    pub async fn plan_of_pull(
        &self,
        user: Uuid,
        plan_for: PlanFor,
        now: DateTime<Utc>,
    ) -> Result<Vec<String>, StoreError> {
        let arguments = format!("'{user}', '{now}', '{now}', {}", crate::pull::LOOKS[0]);
        let pull = include_str!("../queries/pull.sql");
        self.plan("uuid, timestamptz, timestamptz, bigint", pull, plan_for, &arguments).await
    }

    /// The same of a peek.
    ///
    /// # Errors
    /// [`StoreError`] when the server refuses.
    pub async fn plan_of_peek(
        &self,
        user: Uuid,
        plan_for: PlanFor,
        now: DateTime<Utc>,
    ) -> Result<Vec<String>, StoreError> {
        let peek = include_str!("../queries/peek.sql");
        self.plan(
            "uuid, timestamptz, bigint",
            peek,
            plan_for,
            &format!("'{user}', '{now}', {}", crate::pull::LOOKS[0]),
        )
        .await
    }

    async fn plan(
        &self,
        types: &str,
        statement: &str,
        plan_for: PlanFor,
        arguments: &str,
    ) -> Result<Vec<String>, StoreError> {
        let mode = match plan_for {
            PlanFor::Values => "force_custom_plan",
            PlanFor::Any => "force_generic_plan",
        };
        // Of a connection of its own, which a prepared statement stays with.
        let mut transaction = self.pool.begin().await?;
        for step in [
            format!("set local plan_cache_mode = {mode}"),
            format!("prepare planned ({types}) as {statement}"),
        ] {
            sqlx::raw_sql(sqlx::AssertSqlSafe(step)).execute(&mut *transaction).await?;
        }
        let explained =
            format!("explain (analyze, costs off, timing off, summary off) execute planned ({arguments})");
        let rows = sqlx::raw_sql(sqlx::AssertSqlSafe(explained)).fetch_all(&mut *transaction).await?;
        sqlx::raw_sql("deallocate planned").execute(&mut *transaction).await?;
        transaction.rollback().await?;
        rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
    }
}
