//! Why no connection to the database can be made.

use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{Connection as _, Error};

/// How long the one try may take that asks why.
const ONE_TRY: Duration = Duration::from_secs(2);

/// The database cannot be reached. It names the place, never the password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("PostgreSQL at `{place}` cannot be reached: {cause}")]
pub struct Unreachable {
    /// Host and port, or the socket.
    pub place: String,
    /// Why.
    pub cause: UnreachableCause,
}

/// Why the database cannot be reached, and what to look at.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnreachableCause {
    /// Nobody listens there.
    #[error("connection refused; is it running, and are host and port in `database.url` right?")]
    Refused,
    /// Nothing came back.
    #[error("no answer; are host and port in `database.url` right, and does no firewall stand between?")]
    NoAnswer,
    /// The network or the name.
    #[error("{0}; is the host in `database.url` right?")]
    Network(String),
    /// Something is there that hangs up or does not speak as PostgreSQL does; in whose words that was noticed.
    #[error("{0}; is that PostgreSQL, and are host and port in `database.url` right?")]
    Stranger(String),
    /// It is there and the password is not that of the user.
    #[error("{0}; are user and password in `database.url` right?")]
    Password(String),
    /// It is there and lets this user not in, or not from here.
    #[error(
        "{0}; are user and password in `database.url` right, or does `pg_hba.conf` not let this machine in?"
    )]
    Login(String),
    /// It is there and has no such database.
    #[error("{0}; make it with `createdb`, or name another in `database.url`")]
    NoDatabase(String),
    /// It is there and takes nobody at present.
    #[error("{0}; try again in a moment")]
    NotNow(String),
    /// Anything else, in the words of whoever said so.
    #[error("{0}")]
    Other(String),
}

impl Unreachable {
    fn new(options: &PgConnectOptions, cause: UnreachableCause) -> Self {
        let port = options.get_port();
        let place = match options.get_socket() {
            Some(socket) => socket.join(format!(".s.PGSQL.{port}")).display().to_string(),
            None => format!("{}:{port}", options.get_host()),
        };
        Self { place, cause }
    }

    /// Reads why connecting failed.
    pub(crate) fn because(options: &PgConnectOptions, error: &Error) -> Self {
        let cause = match error {
            Error::Io(error) if error.kind() == std::io::ErrorKind::ConnectionRefused => {
                UnreachableCause::Refused
            }
            Error::Io(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
                UnreachableCause::Stranger("the connection was closed without an answer".to_owned())
            }
            Error::Io(error) => UnreachableCause::Network(error.to_string()),
            Error::Protocol(words) => UnreachableCause::Stranger(words.clone()),
            Error::Database(error) => of_code(error.code().as_deref(), error.message().to_owned()),
            other => UnreachableCause::Other(other.to_string()),
        };
        Self::new(options, cause)
    }

    /// Tries once, for at most two seconds; says why that failed, if it did.
    pub(crate) async fn ask(options: &PgConnectOptions) -> Option<Self> {
        match tokio::time::timeout(ONE_TRY, PgConnection::connect_with(options)).await {
            Ok(Ok(connection)) => {
                // Whether it hears the goodbye does not matter.
                let _ = connection.close().await;
                None
            }
            Ok(Err(error)) => Some(Self::because(options, &error)),
            Err(_) => Some(Self::new(options, UnreachableCause::NoAnswer)),
        }
    }
}

/// What PostgreSQL says with a SQLSTATE: 28P01 wrong password, others of class 28 no right to come in, 3D000 no such
/// database, 57P03 starting or stopping, 53300 too many clients.
fn of_code(code: Option<&str>, message: String) -> UnreachableCause {
    match code {
        Some("28P01") => UnreachableCause::Password(message),
        Some(code) if code.starts_with("28") => UnreachableCause::Login(message),
        Some("3D000") => UnreachableCause::NoDatabase(message),
        Some("57P03" | "53300") => UnreachableCause::NotNow(message),
        _ => UnreachableCause::Other(message),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(url: &str) -> PgConnectOptions {
        url.parse().unwrap()
    }

    #[test]
    fn the_place_is_named_and_the_password_never() {
        let refused = Error::Io(std::io::ErrorKind::ConnectionRefused.into());
        let told = Unreachable::because(&options("postgres://berkas:rahasia@10.0.0.7:5433/b"), &refused);
        assert_eq!(
            told.to_string(),
            "PostgreSQL at `10.0.0.7:5433` cannot be reached: connection refused; is it running, and are host and \
             port in `database.url` right?"
        );
        let told = Unreachable::because(&options("postgres://u:rahasia@%2Frun%2Fpg/b"), &refused);
        assert_eq!(told.place, "/run/pg/.s.PGSQL.5432");
    }

    #[test]
    fn what_the_server_says_is_told_with_what_to_look_at() {
        let told = |code| of_code(Some(code), "as it says".to_owned()).to_string();
        assert_eq!(told("28P01"), "as it says; are user and password in `database.url` right?");
        assert!(
            told("28000").starts_with("as it says; are user and password in `database.url` right, or does")
        );
        assert!(told("28000").contains("`pg_hba.conf`") && !told("28P01").contains("pg_hba"));
        assert!(told("3D000").contains("createdb"));
        assert!(told("57P03").contains("in a moment") && told("53300").contains("in a moment"));
        assert_eq!(told("XX000"), "as it says");
    }

    #[test]
    fn what_is_no_postgresql_is_told_in_the_words_in_which_that_was_noticed() {
        let told =
            |error| Unreachable::because(&options("postgres://u@10.0.0.7/b"), &error).cause.to_string();
        let asked = "; is that PostgreSQL, and are host and port in `database.url` right?";
        let words = "unexpected response from SSLRequest: 0x48";
        assert_eq!(told(Error::Protocol(words.to_owned())), format!("{words}{asked}"));
        let closed = Error::Io(std::io::ErrorKind::UnexpectedEof.into());
        assert_eq!(told(closed), format!("the connection was closed without an answer{asked}"));
    }
}
