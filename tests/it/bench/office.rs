//! An office: sends dossiers through either door and reads its answers.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use berkas::client::{self, Client};
use berkas_broker::{Broker, BrokerConfig, ConsumeOptions, Outgoing};
use berkas_contract::names;
use berkas_domain::{OfficeCode, Sha256Hash};
use berkas_samples::{Defect, Dossier, Generator, Plan};
use chrono::NaiveDate;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// An office that uses both doors.
pub struct Office {
    pub code: OfficeCode,
    pub client: Client,
    amqp: String,
}

/// A message that an office received, by its type.
#[derive(Debug, Clone, PartialEq)]
pub struct Received {
    pub id: Uuid,
    pub kind: String,
    pub sequence: Option<i64>,
    /// The `traceparent` it came with.
    pub trace: Option<String>,
    pub data: Value,
}

/// The day every dossier of a test is handed in: today in WIB, as the rules want it close to the receipt.
fn today() -> NaiveDate {
    use berkas_domain::Clock as _;
    berkas_domain::wib(berkas_domain::SystemClock.now()).date_naive()
}

impl Office {
    pub fn new(code: OfficeCode, url: &str, key: &str, amqp: String) -> Result<Self> {
        Ok(Self { code, client: Client::new(url, Some(key))?, amqp })
    }

    /// A fictional dossier of a case.
    pub fn dossier(&self, seed: u64, service: &str, case: &str, defects: &[Defect]) -> Result<Dossier> {
        let plan = Plan {
            service: service.parse()?,
            case: case.parse()?,
            office: self.code.clone(),
            defects: defects.to_vec(),
        };
        plan.check()?;
        Ok(Generator::new(seed, today()).dossier(&plan))
    }

    /// Uploads the form and the files.
    pub async fn upload(&self, dossier: &Dossier) -> Result<()> {
        for file in &dossier.files {
            self.client.upload(&file.bytes).await?;
        }
        self.client.upload(&serde_json::to_vec(&dossier.form)?).await
    }

    /// The manifest of a dossier.
    pub fn manifest(&self, dossier: &Dossier, sender_id: Uuid, revision: i32) -> Result<Value> {
        let form = serde_json::to_vec(&dossier.form)?;
        let documents: Vec<Value> = dossier
            .form
            .documents
            .iter()
            .zip(&dossier.files)
            .map(|(document, file)| {
                json!({ "kind": document.kind, "sha256": file.sha256, "size": file.bytes.len(),
                        "media_type": file.media_type })
            })
            .collect();
        Ok(json!({
            "sender_id": sender_id, "office": self.code, "service": dossier.form.service, "case": dossier.form.case,
            "revision": revision, "form": { "sha256": Sha256Hash::of(&form), "size": form.len() },
            "documents": documents,
        }))
    }

    /// Sends a dossier through the HTTP door; returns its own id of it.
    pub async fn submit(&self, dossier: &Dossier) -> Result<Uuid> {
        let sender_id = Uuid::new_v4();
        self.upload(dossier).await?;
        self.client.post("/api/v1/submissions", &self.manifest(dossier, sender_id, 1)?).await?;
        Ok(sender_id)
    }

    /// Publishes a manifest to the queue `intake`.
    pub async fn publish(&self, dossier: &Dossier, manifest: Value) -> Result<()> {
        client::publish_submission(&self.amqp, &self.code, dossier.form.service, manifest).await
    }

    /// Publishes any body under any key of its own, as a broken program would.
    pub async fn publish_raw(&self, key: &str, body: &[u8]) -> Result<()> {
        let broker =
            Broker::start(BrokerConfig::new(vec![self.amqp.clone()], "test"), CancellationToken::new())?;
        broker.ready().await?;
        let message = Outgoing::new(names::INTAKE_EXCHANGE, key, Uuid::new_v4(), body.to_vec());
        let sent = broker.publisher().publish(message.as_user(self.code.as_str())).await;
        broker.close().await;
        Ok(sent?)
    }

    /// The status of a submission.
    pub async fn status(&self, sender_id: Uuid) -> Result<Option<Value>> {
        self.client.get_if_there(&format!("/api/v1/submissions?sender_id={sender_id}")).await
    }

    /// Waits until a submission is in `stage`; returns its status.
    pub async fn reaches(&self, sender_id: Uuid, stage: &str) -> Result<Value> {
        super::until(&format!("{sender_id} reaches `{stage}`"), || async {
            Ok(self.status(sender_id).await?.is_some_and(|status| status["stage"] == stage))
        })
        .await?;
        self.status(sender_id).await?.context("no status")
    }

    /// Reads its queue until `enough` holds of what it has; sees each message once, as an office must.
    pub async fn receive(&self, enough: impl Fn(&[Received]) -> bool) -> Result<Vec<Received>> {
        let broker =
            Broker::start(BrokerConfig::new(vec![self.amqp.clone()], "test"), CancellationToken::new())?;
        let mut consumer =
            broker.consume(&names::return_queue(&self.code), ConsumeOptions::chunks_of(50, "test")).await;
        let mut seen: BTreeMap<Uuid, Received> = BTreeMap::new();
        let mut order = Vec::new();
        let deadline = tokio::time::Instant::now() + super::PATIENCE;
        loop {
            let received: Vec<Received> = order.iter().filter_map(|id| seen.get(id).cloned()).collect();
            if enough(&received) {
                consumer.stop().await;
                broker.close().await;
                return Ok(received);
            }
            let chunk = tokio::time::timeout_at(deadline, consumer.next_chunk()).await;
            let chunk = chunk.with_context(|| format!("not enough was received: {received:?}"))?;
            for delivery in chunk.context("the queue ended")? {
                let event: Value = serde_json::from_slice(&delivery.body)?;
                let received = Received {
                    id: event["id"].as_str().context("no id")?.parse()?,
                    kind: event["type"].as_str().context("no type")?.to_owned(),
                    sequence: event["sequence"].as_i64(),
                    trace: delivery.traceparent.clone(),
                    data: event["data"].clone(),
                };
                if let Some(before) = seen.insert(received.id, received.clone()) {
                    ensure!(before == received, "one id, two messages: {before:?} and {received:?}");
                } else {
                    order.push(received.id);
                }
                delivery.ack().await;
            }
        }
    }

    /// Waits for the decision on a submission in its queue.
    pub async fn decision(&self, sender_id: Uuid) -> Result<Received> {
        let is_it = move |received: &Received| {
            received.kind == "id.berkas.decision.v1" && received.data["sender_id"] == sender_id.to_string()
        };
        let received = self.receive(|all| all.iter().any(&is_it)).await?;
        received.into_iter().find(|received| is_it(received)).context("no decision")
    }

    /// Acknowledges a notice at the HTTP door.
    pub async fn read(&self, notice: Uuid) -> Result<()> {
        self.client.post(&format!("/api/v1/notices/{notice}/acknowledgement"), &json!({})).await?;
        Ok(())
    }

    /// Acknowledges a notice through the broker.
    pub async fn acknowledge(&self, notice: Uuid) -> Result<()> {
        let envelope = json!({
            "specversion": "1.0", "id": Uuid::new_v4(), "source": format!("/offices/{}", self.code),
            "type": "id.berkas.acknowledgement.v1", "time": "2026-01-01T00:00:00Z",
            "datacontenttype": "application/json", "data": { "notice": notice },
        });
        self.publish_raw(&names::acknowledgement_key(&self.code), &serde_json::to_vec(&envelope)?).await
    }
}

/// How long a program waits before it does the same again.
pub const PAUSE: Duration = Duration::from_millis(50);
