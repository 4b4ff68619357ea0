//! A client of Berkas's own HTTP API, for `berkas submit` and the demonstration.

use std::time::Duration;

use anyhow::{Context as _, bail};
use berkas_broker::{Broker, BrokerConfig, Outgoing};
use berkas_contract::{Envelope, Source, names};
use berkas_domain::{Clock as _, OfficeCode, Service, Sha256Hash, SystemClock};
use reqwest::{Method, RequestBuilder, Response, StatusCode, header};
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::commands::let_in;

/// Talks to one Berkas, as an office by its API key or as a person by a session.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    url: String,
    key: Option<String>,
    cookie: Option<String>,
}

impl Client {
    /// Talks to the Berkas at `url`, with the API key of an office if there is one.
    pub fn new(url: &str, key: Option<&str>) -> anyhow::Result<Self> {
        // The webhook channel has reqwest built with TLS and without a provider; whoever is first installs it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().timeout(Duration::from_secs(60)).build()?;
        Ok(Self {
            http,
            url: url.trim_end_matches('/').to_owned(),
            key: key.map(str::to_owned),
            cookie: None,
        })
    }

    /// Signs a person in; later requests carry the session.
    pub async fn login(&mut self, login: &str, password: &str) -> anyhow::Result<()> {
        let body = serde_json::json!({ "login": login, "password": password });
        let response = self.request(Method::POST, "/api/v1/login").json(&body).send().await?;
        let response = checked(response).await?;
        let cookies: Vec<&str> = response
            .headers()
            .get_all(header::SET_COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok()?.split(';').next())
            .collect();
        self.cookie = Some(cookies.join("; "));
        Ok(())
    }

    /// Uploads a file under its hash.
    pub async fn upload(&self, bytes: &[u8]) -> anyhow::Result<()> {
        let path = format!("/api/v1/blobs/{}", Sha256Hash::of(bytes));
        let response =
            self.request(Method::PUT, &path).body(bytes.to_vec()).send().await.context("uploading")?;
        checked(response).await.map(drop)
    }

    /// Asks whether the pages of a file can be read; nothing of it is kept.
    pub async fn check_page(&self, bytes: &[u8]) -> anyhow::Result<Value> {
        let request = self.request(Method::POST, "/api/v1/pages/check").body(bytes.to_vec());
        read(checked(request.send().await.context("sending the file")?).await?).await
    }

    /// Posts JSON and reads the JSON answer; `Null` when the answer is empty.
    pub async fn post(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        self.send(Method::POST, path, body).await
    }

    /// Puts JSON and reads the JSON answer; `Null` when the answer is empty.
    pub async fn put(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        self.send(Method::PUT, path, body).await
    }

    /// Sends JSON and reads the JSON answer; `Null` when the answer is empty.
    pub async fn send(&self, method: Method, path: &str, body: &Value) -> anyhow::Result<Value> {
        let response = self.request(method, path).json(body).send().await?;
        read(checked(response).await?).await
    }

    /// Reads JSON.
    pub async fn get(&self, path: &str) -> anyhow::Result<Value> {
        read(checked(self.request(Method::GET, path).send().await?).await?).await
    }

    /// Reads a page as it is.
    pub async fn page(&self, path: &str) -> anyhow::Result<bytes::Bytes> {
        Ok(checked(self.request(Method::GET, path).send().await?).await?.bytes().await?)
    }

    /// Reads JSON; `None` when there is no such thing.
    pub async fn get_if_there(&self, path: &str) -> anyhow::Result<Option<Value>> {
        let response = self.request(Method::GET, path).send().await?;
        if response.status() == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        read(checked(response).await?).await.map(Some)
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.url));
        let request = match &self.key {
            Some(key) => request.bearer_auth(key),
            None => request,
        };
        match &self.cookie {
            Some(cookie) => request.header(header::COOKIE, cookie),
            None => request,
        }
    }
}

async fn read(response: Response) -> anyhow::Result<Value> {
    let body = response.bytes().await?;
    if body.is_empty() { Ok(Value::Null) } else { Ok(serde_json::from_slice(&body)?) }
}

/// Turns a refusal into an error that says what the problem document says.
async fn checked(response: Response) -> anyhow::Result<Response> {
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    let body = response.bytes().await.unwrap_or_default();
    let problem: Value = serde_json::from_slice(&body).unwrap_or_default();
    let code = problem["code"].as_str().unwrap_or("");
    let code = if code.is_empty() { String::new() } else { format!(" {code}") };
    let mut text = problem["title"].as_str().unwrap_or("the request was refused").to_owned();
    for fault in problem["errors"].as_array().into_iter().flatten() {
        let at = fault["pointer"].as_str().or_else(|| fault["field"].as_str()).unwrap_or("");
        let what = ["detail", "text_id", "code"].iter().find_map(|key| fault[*key].as_str()).unwrap_or("");
        text.push_str(&format!("; {at} {what}"));
    }
    bail!("{}{code}: {text}", status.as_u16())
}

/// Publishes a submission to the broker at `url` as the office's user; returns the id of the message.
pub async fn publish_submission(
    url: &str,
    office: &OfficeCode,
    service: Service,
    data: Value,
) -> anyhow::Result<Uuid> {
    let shutdown = CancellationToken::new();
    let broker = Broker::start(BrokerConfig::new(vec![url.to_owned()], "berkas-submit"), shutdown)?;
    let_in(&broker, "`--amqp`").await?;
    let submission: berkas_contract::Submission = serde_json::from_value(data)?;
    let id = Uuid::now_v7();
    let envelope = Envelope::new(id, Source::Office(office.clone()), SystemClock.now(), submission);
    let key = names::submission_key(office, service);
    let message = Outgoing::new(names::INTAKE_EXCHANGE, key, id, envelope.encode()).as_user(office.as_str());
    let sent = broker.publisher().publish(message).await;
    broker.close().await;
    sent.context("the broker did not take the submission")?;
    Ok(id)
}
