//! The pool of connections.

use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};

use berkas_domain::Stage;

use crate::StoreError;
use crate::reach::Unreachable;
use crate::watcher::Watcher;

/// What the planner is told. The price of a random page, on flash and in memory: at PostgreSQL's own (4, a turning disk) a
/// chunk's fifty look-ups by key seemed dearer than reading the whole of a young table, and were planned so. And no
/// compiling: every query here is short, yet with a million tasks waiting the price of the whole pool, of which a pull reads
/// the head only, had its plan compiled at each run, 1 ms of work after 530 ms of that.
const PLANNER: [(&str, &str); 2] = [("random_page_cost", "1.1"), ("jit", "off")];

/// How long a transaction may stand still between two statements. Its rows stay locked for as long, and whoever needs one of
/// them waits: a worker that was frozen in the middle of a chunk (a stopped process, a paused machine) would hold up its
/// chunk, and those that got its messages since, for as long as it is. No transaction here waits for anything but the
/// database, except the guard of an attempt, which says so itself.
const STANDSTILL: Duration = Duration::from_secs(60);

/// How long a process waits for a connection.
const PATIENCE: Duration = Duration::from_secs(10);

/// How the server finds out that a connection's other end is gone: PostgreSQL's own default is Linux' two hours.
const KEEPALIVE: [(&str, &str); 3] =
    [("tcp_keepalives_idle", "30"), ("tcp_keepalives_interval", "10"), ("tcp_keepalives_count", "3")];

/// Everything that makes the schema.
pub(crate) fn migrations() -> &'static Migrator {
    static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");
    &MIGRATIONS
}

/// A handle on the database; clones share the pool.
#[derive(Debug, Clone)]
pub struct Store {
    pub(crate) pool: PgPool,
    pub(crate) watcher: Watcher,
}

impl Store {
    /// Connects with at most `max_connections` to `url` (`postgres://…`). A server that is about to start is waited for.
    ///
    /// # Errors
    /// [`StoreError::Unreachable`] when the server lets nobody in within ten seconds, at once when login or database
    /// are wrong; [`StoreError::Address`].
    pub async fn connect(url: &str, max_connections: u32) -> Result<Self, StoreError> {
        Self::open(url, max_connections, STANDSTILL, PATIENCE).await
    }

    /// As [`connect`](Self::connect), for somebody who waits for an answer: it comes within `patience` and two seconds, in
    /// which one more try finds out why there is no connection. Later on no connection is waited for longer than `patience`.
    ///
    /// # Errors
    /// As [`connect`](Self::connect).
    pub async fn connect_within(
        url: &str,
        max_connections: u32,
        patience: Duration,
    ) -> Result<Self, StoreError> {
        Self::open(url, max_connections, STANDSTILL, patience).await
    }

    /// As [`connect`](Self::connect), with another limit on a transaction that stands still.
    ///
    /// # Errors
    /// As [`connect`](Self::connect).
    pub async fn connect_for(
        url: &str,
        max_connections: u32,
        standstill: Duration,
    ) -> Result<Self, StoreError> {
        Self::open(url, max_connections, standstill, PATIENCE).await
    }

    async fn open(
        url: &str,
        max_connections: u32,
        standstill: Duration,
        patience: Duration,
    ) -> Result<Self, StoreError> {
        let options: PgConnectOptions = url.parse().map_err(|_| StoreError::Address)?;
        let standstill = [("idle_in_transaction_session_timeout", standstill.as_millis())];
        let options =
            options.application_name("berkas").options(PLANNER).options(KEEPALIVE).options(standstill);
        let pool = PgPoolOptions::new().max_connections(max_connections).acquire_timeout(patience);
        match pool.connect_with(options.clone()).await {
            Ok(pool) => Ok(Self { pool, watcher: Watcher::default() }),
            // The pool has tried again and again, and says nothing of why that failed.
            Err(error @ sqlx::Error::PoolTimedOut) => match Unreachable::ask(&options).await {
                Some(unreachable) => Err(unreachable.into()),
                None => Err(error.into()),
            },
            Err(error) => Err(Unreachable::because(&options, &error).into()),
        }
    }

    /// Calls `watch` with each stage that submissions were moved to by this handle and its clones, whoever asked for it,
    /// and with how many, once the move is committed. Practice is left out.
    #[must_use]
    pub fn watched_by(self, watch: impl Fn(Stage, usize) + Send + Sync + 'static) -> Self {
        Self { watcher: Watcher::new(watch), ..self }
    }

    /// Brings the schema up to date.
    ///
    /// # Errors
    /// [`StoreError::Migration`] when a migration fails or the database is newer than this program.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        migrations().run(&self.pool).await.map_err(StoreError::Migration)
    }

    /// The database's own clock, for comparing it with the machine's.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the server does not answer.
    pub async fn database_time(&self) -> Result<chrono::DateTime<chrono::Utc>, StoreError> {
        Ok(sqlx::query_scalar!(r#"select clock_timestamp() as "time!""#).fetch_one(&self.pool).await?)
    }

    /// Closes every connection.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}
