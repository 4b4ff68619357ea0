//! What can go wrong with the database, sorted by what the caller can do about it.

use crate::Unreachable;

/// An error of the store. Callers branch on the variant; the source is for the log.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The server cannot be reached, is shutting down or asks to try again: nothing is wrong with the request.
    #[error("the database is not available")]
    Unavailable(#[source] sqlx::Error),
    /// No connection could be made.
    #[error(transparent)]
    Unreachable(#[from] Unreachable),
    /// The database's address cannot be read; it is not repeated, for it may hold a password.
    #[error("`database.url` is no address like `postgres://user:password@host:5432/database`")]
    Address,
    /// A constraint was violated.
    #[error("constraint `{0}` was violated")]
    Constraint(String),
    /// A value in the database is not one this program can have written.
    #[error("column `{table}.{column}` holds an unknown value")]
    Corrupt {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
    },
    /// A table or a column is not there: the schema is older than this program, or nobody made it yet.
    #[error("the database lacks tables of this program: run `berkas migrate`")]
    Outdated(#[source] sqlx::Error),
    /// Anything else.
    #[error("the database refused the statement")]
    Database(#[source] sqlx::Error),
    /// The schema could not be brought up to date.
    #[error("the schema could not be migrated")]
    Migration(#[source] sqlx::migrate::MigrateError),
}

/// SQLSTATE classes and codes after which the same statement may succeed: connection trouble, a transaction that stood still
/// for too long, serialization failures and deadlocks, shutdown, too many connections.
const PASSING: [&str; 8] = ["08", "25P03", "40", "53", "57P01", "57P02", "57P03", "55P03"];

/// SQLSTATE codes of a table and of a column that do not exist.
const OUTDATED: [&str; 2] = ["42P01", "42703"];

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let Some(database) = error.as_database_error() else {
            return match error {
                sqlx::Error::Io(_)
                | sqlx::Error::Tls(_)
                | sqlx::Error::Protocol(_)
                | sqlx::Error::PoolTimedOut
                | sqlx::Error::PoolClosed
                | sqlx::Error::WorkerCrashed => Self::Unavailable(error),
                other => Self::Database(other),
            };
        };
        let code = database.code().unwrap_or_default();
        if PASSING.iter().any(|passing| code.starts_with(passing)) {
            return Self::Unavailable(error);
        }
        if OUTDATED.contains(&code.as_ref()) {
            return Self::Outdated(error);
        }
        match database.constraint() {
            Some(name) => Self::Constraint(name.to_owned()),
            None => Self::Database(error),
        }
    }
}

impl StoreError {
    /// Whether the same request may succeed later.
    #[must_use]
    pub const fn is_passing(&self) -> bool {
        matches!(self, Self::Unavailable(_) | Self::Unreachable(_))
    }
}

/// Reads a code from a text column.
///
/// # Errors
/// [`StoreError::Corrupt`] when the word is unknown.
pub(crate) fn read_code<T: std::str::FromStr>(
    text: &str,
    table: &'static str,
    column: &'static str,
) -> Result<T, StoreError> {
    text.parse().map_err(|_| StoreError::Corrupt { table, column })
}

/// Reads a hash from a `bytea` column.
///
/// # Errors
/// [`StoreError::Corrupt`] when it has not 32 bytes.
pub(crate) fn read_hash(
    bytes: &[u8],
    table: &'static str,
    column: &'static str,
) -> Result<berkas_domain::Sha256Hash, StoreError> {
    bytes.try_into().map_err(|_| StoreError::Corrupt { table, column })
}
