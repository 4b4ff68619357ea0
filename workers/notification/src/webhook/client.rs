//! One signed POST, bounded in time and bytes, to an address that may be reached.

use std::error::Error as StdError;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use berkas_runtime::settings::WebhookSettings;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode};
use url::{Host, Url};

use super::address::Reachable;
use super::signature::SigningKeys;

/// Settings of webhooks that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// A text that is no network.
    #[error("`webhook.allow_cidrs`: `{cidr}` is no network such as `10.8.0.0/16`")]
    Cidr {
        /// The text.
        cidr: String,
    },
    /// The HTTP client cannot be made: usually the machine has no certificates.
    #[error("webhooks cannot be sent from this machine")]
    Client(#[source] reqwest::Error),
}

/// Why a receiver does not have a notice; the code is stored and shown to operators.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum CallError {
    #[error("url_invalid")]
    UrlInvalid,
    #[error("https_required")]
    HttpsRequired,
    #[error("address_refused")]
    AddressRefused,
    #[error("redirect_refused")]
    RedirectRefused,
    #[error("timed_out")]
    TimedOut,
    #[error("connect_failed")]
    ConnectFailed,
    #[error("call_failed")]
    CallFailed,
    /// The receiver wants no more of it.
    #[error("gone")]
    Gone,
    #[error("status_{0}")]
    Status(u16),
}

/// A message to a receiver.
pub(crate) struct Call<'a> {
    /// Where to.
    pub(crate) url: &'a str,
    /// What it is signed with.
    pub(crate) keys: &'a SigningKeys,
    /// The notice's id, the same at every re-send.
    pub(crate) id: &'a str,
    /// Seconds since 1970.
    pub(crate) timestamp: i64,
    /// The envelope.
    pub(crate) body: Vec<u8>,
    /// The `traceparent` of what made the notice.
    pub(crate) trace: Option<&'a str>,
}

/// Sends webhooks.
pub(crate) struct WebhookClient {
    http: Client,
    reachable: Reachable,
    require_https: bool,
    max_answer_bytes: usize,
}

impl WebhookClient {
    /// Makes the client.
    ///
    /// # Errors
    /// [`SetupError`].
    pub(crate) fn new(settings: &WebhookSettings) -> Result<Self, SetupError> {
        let reachable = Reachable::new(&settings.allow_cidrs).map_err(|cidr| SetupError::Cidr { cidr })?;
        #[cfg(feature = "https")]
        // A second installation changes nothing and is no error.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = Client::builder()
            .user_agent(concat!("berkas/", env!("CARGO_PKG_VERSION")))
            .redirect(Policy::none())
            // A proxy would resolve names itself, past the check of their addresses.
            .no_proxy()
            .dns_resolver(Arc::new(VettedResolver(reachable.clone())))
            .connect_timeout(Duration::from_millis(settings.connect_timeout_ms))
            .timeout(Duration::from_millis(settings.timeout_ms))
            .build()
            .map_err(SetupError::Client)?;
        Ok(Self {
            http,
            reachable,
            require_https: settings.require_https,
            max_answer_bytes: settings.max_answer_bytes,
        })
    }

    /// Sends one message; returns once the receiver answered 2xx.
    ///
    /// # Errors
    /// [`CallError`]; after most of them nobody knows whether the receiver has it.
    pub(crate) async fn send(&self, call: Call<'_>) -> Result<(), CallError> {
        let signature = call.keys.sign(call.id, call.timestamp, &call.body);
        let timestamp = call.timestamp.to_string();
        let signed =
            [("webhook-id", call.id), ("webhook-timestamp", &timestamp), ("webhook-signature", &signature)];
        let mut headers = HeaderMap::new();
        for (name, value) in signed.into_iter().chain(call.trace.map(|trace| ("traceparent", trace))) {
            let value = HeaderValue::from_str(value).map_err(|_| CallError::CallFailed)?;
            headers.insert(HeaderName::from_static(name), value);
        }
        self.post(call.url, headers, call.body).await
    }

    /// Posts one body of JSON; returns once the receiver answered 2xx.
    ///
    /// # Errors
    /// The same.
    pub(crate) async fn post(&self, url: &str, headers: HeaderMap, body: Vec<u8>) -> Result<(), CallError> {
        let request = self.http.post(self.vetted(url)?).header(CONTENT_TYPE, "application/json");
        let answer =
            request.headers(headers).body(body).send().await.map_err(|error| CallError::of(&error))?;
        let status = answer.status();
        self.drain(answer).await;
        match status {
            status if status.is_success() => Ok(()),
            StatusCode::GONE => Err(CallError::Gone),
            status if status.is_redirection() => Err(CallError::RedirectRefused),
            status => Err(CallError::Status(status.as_u16())),
        }
    }

    /// Reads the URL and checks what can be checked before a name is resolved.
    pub(crate) fn vetted(&self, url: &str) -> Result<Url, CallError> {
        let url = Url::parse(url).map_err(|_| CallError::UrlInvalid)?;
        match url.scheme() {
            "https" => {}
            "http" if self.require_https => return Err(CallError::HttpsRequired),
            "http" => {}
            _ => return Err(CallError::UrlInvalid),
        }
        // An address in the URL is never resolved, so the resolver does not see it.
        let address = match url.host() {
            Some(Host::Ipv4(address)) => Some(IpAddr::V4(address)),
            Some(Host::Ipv6(address)) => Some(IpAddr::V6(address)),
            Some(Host::Domain(_)) => None,
            None => return Err(CallError::UrlInvalid),
        };
        match address {
            Some(address) if !self.reachable.permits(address) => Err(CallError::AddressRefused),
            _ => Ok(url),
        }
    }

    /// Reads a short answer to its end, so that the connection can be used again; a long one is cut off.
    async fn drain(&self, mut answer: Response) {
        let mut read = 0;
        while read <= self.max_answer_bytes {
            let Ok(Some(chunk)) = answer.chunk().await else { break };
            read += chunk.len();
        }
    }
}

/// Whether a text can be the address of a webhook at all; whether it may be called is decided when it is.
#[must_use]
pub fn is_webhook_address(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "https" | "http") && url.has_host())
}

impl CallError {
    fn of(error: &reqwest::Error) -> Self {
        if refused_address(error) {
            Self::AddressRefused
        } else if error.is_timeout() {
            Self::TimedOut
        } else if error.is_connect() {
            Self::ConnectFailed
        } else {
            Self::CallFailed
        }
    }
}

/// A name that stands only for addresses that may not be reached.
#[derive(Debug, thiserror::Error)]
#[error("no address of the receiver may be reached")]
struct NoReachableAddress;

fn refused_address(error: &reqwest::Error) -> bool {
    let mut cause: Option<&(dyn StdError + 'static)> = Some(error);
    while let Some(error) = cause {
        if error.is::<NoReachableAddress>() {
            return true;
        }
        cause = error.source();
    }
    false
}

/// Resolves names to addresses that may be reached. The connection goes to one of the very addresses that were
/// checked, so a name that changes its mind between check and connection gains nothing.
struct VettedResolver(Reachable);

impl Resolve for VettedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let reachable = self.0.clone();
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let addresses: Vec<SocketAddr> = found.filter(|found| reachable.permits(found.ip())).collect();
            if addresses.is_empty() {
                return Err(NoReachableAddress.into());
            }
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use berkas_runtime::settings::Settings;

    use super::*;

    fn vetted(require_https: bool, url: &str) -> Result<(), CallError> {
        let mut settings = Settings::load(None, []).unwrap().webhook;
        settings.require_https = require_https;
        WebhookClient::new(&settings).unwrap().vetted(url).map(|_| ())
    }

    #[test]
    fn what_has_no_host_or_another_scheme_is_no_webhook() {
        assert!(
            ["https://kecamatan.example/berkas", "http://127.0.0.1:9/x"]
                .iter()
                .all(|url| is_webhook_address(url))
        );
        assert!(
            !["", "kecamatan.example", "ftp://kecamatan.example", "https://", "mailto:a@b.example"]
                .iter()
                .any(|url| is_webhook_address(url))
        );
    }

    #[test]
    fn a_url_is_checked_before_anything_is_sent() {
        let cases = [
            (true, "https://kecamatan.example.go.id/hook", Ok(())),
            (true, "http://kecamatan.example.go.id/hook", Err(CallError::HttpsRequired)),
            (false, "http://kecamatan.example.go.id/hook", Ok(())),
            (false, "file:///etc/passwd", Err(CallError::UrlInvalid)),
            (false, "no url", Err(CallError::UrlInvalid)),
            (false, "http://127.0.0.1/hook", Err(CallError::AddressRefused)),
            (false, "http://0x7f.1/hook", Err(CallError::AddressRefused)),
            (false, "http://2130706433/hook", Err(CallError::AddressRefused)),
            (true, "https://[::1]/hook", Err(CallError::AddressRefused)),
            (true, "https://[::ffff:10.0.0.1]/hook", Err(CallError::AddressRefused)),
            (true, "https://169.254.169.254/latest", Err(CallError::AddressRefused)),
        ];
        for (require_https, url, expected) in cases {
            assert_eq!(vetted(require_https, url), expected, "{url}");
        }
    }

    #[tokio::test]
    async fn a_name_that_stands_for_a_private_address_is_refused_once_it_is_resolved() {
        let mut settings = Settings::load(None, []).unwrap().webhook;
        settings.require_https = false;
        let keys = SigningKeys::new("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD".parse().unwrap(), None);
        // Nobody listens on port 1, so an address that may be reached refuses the connection.
        let call = || Call {
            url: "http://localhost:1/hook",
            keys: &keys,
            id: "1",
            timestamp: 0,
            body: Vec::new(),
            trace: None,
        };
        let client = WebhookClient::new(&settings).unwrap();
        assert_eq!(client.send(call()).await, Err(CallError::AddressRefused));

        settings.allow_cidrs = vec!["127.0.0.0/8".to_owned(), "::1/128".to_owned()];
        let client = WebhookClient::new(&settings).unwrap();
        assert_eq!(client.send(call()).await, Err(CallError::ConnectFailed));
    }
}
