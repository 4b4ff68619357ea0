//! Databases of one test or measurement each.

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
        let statement = format!("create database \"{name}\"");
        sqlx::query(sqlx::AssertSqlSafe(statement)).execute(&mut connection).await?;
        connection.close().await?;
        Ok(Self { admin_url: admin_url.to_owned(), name: name.to_owned() })
    }

    /// Its address.
    #[must_use]
    pub fn url(&self) -> String {
        let server = self.admin_url.rsplit_once('/').map_or(self.admin_url.as_str(), |(server, _)| server);
        format!("{server}/{}", self.name)
    }
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
            "select id, share, service, training, urgent, rank, preferred, reserved_until, due_at, look,
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
}
