//! A gateway that takes short messages over HTTP.

use berkas_runtime::settings::{SmsSettings, WebhookSettings};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use super::template::Template;
use super::{NotTaken, ShortMessage, ShortMessages};
use crate::webhook::{CallError, SetupError, WebhookClient};

/// Tells the gateway a repetition from another message.
const KEY_HEADER: HeaderName = HeaderName::from_static("idempotency-key");

/// Settings of short messages that cannot be used. No value is quoted: it may hold a secret.
#[derive(Debug, thiserror::Error)]
pub enum SmsSetupError {
    /// The address, with the code of what is wrong.
    #[error("`sms.url` cannot be used: {0}")]
    Url(String),
    /// The header or its secret.
    #[error("`sms.header` and `sms.secret` are no header")]
    Header,
    /// The body.
    #[error("`sms.body` is no JSON with `{{phone}}` and `{{text}}` inside its texts")]
    Body,
    /// The networks that may be reached, or the HTTP client.
    #[error(transparent)]
    Client(#[from] SetupError),
}

/// The gateway of the settings.
pub(crate) struct HttpGateway {
    client: WebhookClient,
    url: String,
    headers: HeaderMap,
    body: Template,
}

impl HttpGateway {
    /// Makes it, to be reached as webhooks are: no redirects, and private addresses only when they are allowed.
    ///
    /// # Errors
    /// [`SmsSetupError`].
    pub(crate) fn new(settings: &SmsSettings, webhook: &WebhookSettings) -> Result<Self, SmsSetupError> {
        let webhook = WebhookSettings { timeout_ms: settings.timeout_ms, ..webhook.clone() };
        let client = WebhookClient::new(&webhook)?;
        client.vetted(&settings.url).map_err(|error| SmsSetupError::Url(error.to_string()))?;
        let body = Template::read(&settings.body).ok_or(SmsSetupError::Body)?;
        Ok(Self { client, url: settings.url.clone(), headers: headers(settings)?, body })
    }
}

fn headers(settings: &SmsSettings) -> Result<HeaderMap, SmsSetupError> {
    let mut headers = HeaderMap::new();
    if settings.header.is_empty() {
        return if settings.secret.is_empty() { Ok(headers) } else { Err(SmsSetupError::Header) };
    }
    let name: HeaderName = settings.header.parse().map_err(|_| SmsSetupError::Header)?;
    let mut secret = HeaderValue::from_str(settings.secret.expose()).map_err(|_| SmsSetupError::Header)?;
    secret.set_sensitive(true);
    headers.insert(name, secret);
    Ok(headers)
}

impl ShortMessages for HttpGateway {
    async fn send(&self, message: &ShortMessage) -> Result<(), NotTaken> {
        let mut headers = self.headers.clone();
        if let Ok(key) = HeaderValue::from_str(&message.notice.to_string()) {
            headers.insert(KEY_HEADER, key);
        }
        let body = self.body.filled(message.to.expose(), &message.text);
        self.client.post(&self.url, headers, body).await.map_err(|error| match error {
            // It has read the message and does not want it; a key that is wrong is another matter, and can be mended.
            CallError::Status(400 | 422) => NotTaken::Final(error.to_string()),
            error => NotTaken::Down(error.to_string()),
        })
    }
}

#[cfg(test)]
mod tests {
    use berkas_runtime::settings::Settings;

    use super::*;

    fn made(env: &[(&str, &str)]) -> Result<HttpGateway, String> {
        let env = env.iter().map(|(name, value)| (format!("BERKAS_SMS__{name}"), (*value).to_owned()));
        let settings = Settings::load(None, env).unwrap();
        HttpGateway::new(&settings.sms, &settings.webhook).map_err(|error| error.to_string())
    }

    #[test]
    fn settings_that_cannot_work_are_refused_at_the_start_without_the_secret() {
        const URL: (&str, &str) = ("URL", "https://sms.example.go.id/send");
        assert!(made(&[URL, ("HEADER", "Authorization"), ("SECRET", "Bearer rahasia")]).is_ok());
        for (env, named) in [
            (vec![("URL", "https://10.0.0.1/send")], "`sms.url` cannot be used: address_refused"),
            (vec![("URL", "http://sms.example.go.id/send")], "`sms.url` cannot be used: https_required"),
            (vec![URL, ("SECRET", "rahasia")], "`sms.header`"),
            (vec![URL, ("HEADER", "X Key"), ("SECRET", "rahasia")], "`sms.header`"),
            (vec![URL, ("HEADER", "X-Key"), ("SECRET", "rah\nasia")], "`sms.header`"),
            (vec![URL, ("BODY", "to={phone}")], "`sms.body`"),
        ] {
            let error = made(&env).err().unwrap();
            assert!(error.starts_with(named) && !error.contains("rah"), "{error}");
        }
    }
}
