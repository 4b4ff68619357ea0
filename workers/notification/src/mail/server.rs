//! Handing one mail to the server, bounded in time.

use std::time::{Duration, SystemTime};

use berkas_domain::NoticeId;
use berkas_runtime::settings::{MailSettings, MailTls, SettingsError};
use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Tokio1Executor};

/// Settings of e-mail that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum MailSetupError {
    /// The password or the certificates cannot be read.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The sender is no address.
    #[error("setting `mail.from`: it must be an address such as `Office <berkas@example.go.id>`")]
    From,
    /// TLS cannot be spoken: usually the machine has no certificates.
    #[error("mail cannot be sent over TLS from this machine")]
    Tls(#[source] lettre::transport::smtp::Error),
}

/// Whether `text` can be the address of a mailbox.
#[must_use]
pub fn is_mail_address(text: &str) -> bool {
    text.parse::<Address>().is_ok()
}

/// Why the server does not have a mail; the code is stored and shown to operators.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The server takes nothing now, or nothing from us: not this mail's fault.
    Server(String),
    /// It was not asked: what would have to be said for this mail, it does not understand.
    Unsaid(String),
    /// It does not take this one for now.
    Passing(String),
    /// It never takes this one.
    Final(String),
}

/// A mail to be handed over.
pub(super) struct Mail {
    /// To whom.
    pub(super) to: Address,
    /// The notice it tells, from which its `Message-ID` is made.
    pub(super) notice: NoticeId,
    /// When the notice was made.
    pub(super) date: SystemTime,
    /// Its subject.
    pub(super) subject: String,
    /// Its text.
    pub(super) body: String,
}

/// The mail server of the settings.
pub(super) struct MailServer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    timeout: Duration,
}

impl MailServer {
    /// Prepares the server; nothing is connected yet.
    ///
    /// # Errors
    /// [`MailSetupError`], naming the setting.
    pub(super) fn new(settings: &MailSettings) -> Result<Self, MailSetupError> {
        let from: Mailbox = settings.from.parse().map_err(|_| MailSetupError::From)?;
        let timeout = Duration::from_millis(settings.timeout_ms);
        let tls = match settings.tls {
            MailTls::Starttls => Tls::Required(tls_parameters(settings)?),
            MailTls::Implicit => Tls::Wrapper(tls_parameters(settings)?),
            MailTls::None => Tls::None,
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&settings.host)
            .port(settings.port)
            .tls(tls)
            .timeout(Some(timeout))
            .hello_name(ClientId::Domain(from.email.domain().to_owned()));
        if !settings.user.is_empty() {
            let password = settings.read_password()?;
            builder =
                builder.credentials(Credentials::new(settings.user.clone(), password.expose().to_owned()));
        }
        Ok(Self { transport: builder.build(), from, timeout })
    }

    /// Hands `mail` over; returns once the server took it.
    ///
    /// # Errors
    /// [`Refusal`]; after one that names no status nobody knows whether the server has it.
    pub(super) async fn send(&self, mail: Mail) -> Result<(), Refusal> {
        let plain = is_plain(&mail.to) || !is_plain(&self.from.email);
        let message = self.message(mail)?;
        match tokio::time::timeout(self.timeout, self.transport.send(message)).await {
            Ok(Ok(_)) => Ok(()),
            // The library stops before a word about this mail where the server does not speak SMTPUTF8 (RFC 6531).
            Ok(Err(error)) if error.is_client() && !plain => {
                Err(Refusal::Unsaid("address_not_ascii".to_owned()))
            }
            Ok(Err(error)) => Err(refusal(&error)),
            Err(_) => Err(Refusal::Server("timed_out".to_owned())),
        }
    }

    fn message(&self, mail: Mail) -> Result<Message, Refusal> {
        // The same at every try, so that whoever gets it twice can tell.
        let id = format!("<{}@{}>", mail.notice, self.from.email.domain());
        Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, mail.to))
            .subject(mail.subject)
            .message_id(Some(id))
            .date(mail.date)
            .header(AutoSubmitted)
            .header(ContentType::TEXT_PLAIN)
            .body(mail.body)
            .map_err(|_| Refusal::Final("mail_unwritable".to_owned()))
    }
}

/// Whether every server understands `address`.
fn is_plain(address: &Address) -> bool {
    let text: &str = address.as_ref();
    text.is_ascii()
}

fn tls_parameters(settings: &MailSettings) -> Result<TlsParameters, MailSetupError> {
    let mut parameters = TlsParameters::builder(settings.host.clone());
    if let Some(pem) = settings.read_authorities()? {
        parameters =
            parameters.add_root_certificate(Certificate::from_pem(&pem).map_err(MailSetupError::Tls)?);
    }
    parameters.build().map_err(MailSetupError::Tls)
}

/// Says that a machine wrote it (RFC 3834), so that no vacation notice answers.
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

fn refusal(error: &lettre::transport::smtp::Error) -> Refusal {
    if let Some(status) = error.status().map(u16::from) {
        return of_status(status);
    }
    let code = if error.is_timeout() {
        "timed_out"
    } else if error.is_response() || error.is_client() {
        "smtp_failed"
    } else {
        "connect_failed"
    };
    Refusal::Server(code.to_owned())
}

/// What a status means (RFC 5321, 4.2; RFC 4954, 6).
fn of_status(status: u16) -> Refusal {
    let code = format!("smtp_{status}");
    match status {
        // It is closing, or wants another sign-in: a password that expired must not cost a single notice.
        421 | 454 | 530 | 534 | 535 | 538 => Refusal::Server(code),
        500.. => Refusal::Final(code),
        _ => Refusal::Passing(code),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_says_whether_the_mail_the_moment_or_the_server_is_at_fault() {
        let told = |status| of_status(status);
        assert_eq!(told(450), Refusal::Passing("smtp_450".to_owned()));
        assert_eq!(told(550), Refusal::Final("smtp_550".to_owned()));
        for server in [421, 530, 535] {
            assert_eq!(told(server), Refusal::Server(format!("smtp_{server}")));
        }
    }

    #[test]
    fn only_an_address_is_one() {
        assert!(is_mail_address("kecamatan@jombang.example.go.id"));
        for wrong in ["", "kecamatan", "a b@c", "x@y\r\nBcc: z@y"] {
            assert!(!is_mail_address(wrong), "{wrong:?}");
        }
    }
}
