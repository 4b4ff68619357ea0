//! Databases of one test or measurement each.

use sqlx::Connection as _;
use sqlx::postgres::{PgConnection, PgPool};
use uuid::Uuid;

use crate::StoreError;

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
