//! Databases of one test each.

use sqlx::Connection as _;
use sqlx::postgres::PgConnection;

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
