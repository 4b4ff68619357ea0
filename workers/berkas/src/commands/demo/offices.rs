//! The programs of the kecamatan: they hand dossiers in through both doors, send some again, read their answers,
//! acknowledge them, and repair what came back.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use berkas_broker::{Broker, BrokerConfig, ConsumeOptions, Outgoing, Publisher};
use berkas_contract::{Acknowledgement, Envelope, Source, names};
use berkas_domain::{Clock as _, OfficeCode, OfficeMode, Sha256Hash, SystemClock, wib};
use berkas_samples::{Arrival, Dossier, Generator};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::board::{Board, count, sender_id};
use super::setup::{Demo, DemoOffice};
use crate::client::Client;

/// Every so many dossiers one is sent twice, as by a clerk who saw no answer.
const RESEND_EVERY: usize = 11;
/// One of so many returned dossiers is repaired and sent again.
const REPAIR_ONE_OF: usize = 2;

/// What is played.
#[derive(Debug, Clone, Copy)]
pub struct Morning {
    /// The same seed plays the same morning.
    pub seed: u64,
    /// Dossiers handed in.
    pub submissions: usize,
    /// In which time.
    pub length: Duration,
}

/// A dossier to be handed in.
struct Handed {
    number: usize,
    after: Duration,
    dossier: Dossier,
    /// The same papers without a defect, for the repair.
    mended: Option<Dossier>,
}

/// The offices at work.
pub struct Sending {
    sending: JoinSet<anyhow::Result<()>>,
    reading: JoinSet<anyhow::Result<()>>,
}

/// Starts every office.
pub async fn start(
    demo: &Demo,
    morning: &Morning,
    board: &Arc<Board>,
    stop: &CancellationToken,
) -> anyhow::Result<Sending> {
    let (mut sending, mut reading) = (JoinSet::new(), JoinSet::new());
    let mut inboxes = HashMap::new();
    for office in &demo.offices {
        let (sender, receiver) = mpsc::channel(32);
        inboxes.insert(office.code.clone(), sender);
        let program = Program::start(demo, office.clone(), *morning, Arc::clone(board)).await?;
        let program = Arc::new(program);
        sending.spawn(Arc::clone(&program).send_all(receiver));
        reading.spawn(program.read_answers(stop.clone()));
    }
    let morning = *morning;
    // Drawing papers takes the processor; it is done a little ahead of the clock, on a thread of its own.
    sending.spawn_blocking(move || draw(&morning, &inboxes));
    Ok(Sending { sending, reading })
}

impl Sending {
    /// Waits until everything was handed in.
    pub async fn sent(&mut self) -> anyhow::Result<()> {
        while let Some(ended) = self.sending.join_next().await {
            ended??;
        }
        Ok(())
    }

    /// Waits until every office has read its last answer.
    pub async fn finish(mut self) -> anyhow::Result<()> {
        while let Some(ended) = self.reading.join_next().await {
            ended??;
        }
        Ok(())
    }
}

/// Hands in `count` complete dossiers of live offices and leaves them to whoever sits down at the desk; returns how many
/// wait there after a while.
pub async fn leave_for_the_desk(
    demo: &Demo,
    seed: u64,
    count: usize,
    board: &Arc<Board>,
) -> anyhow::Result<i64> {
    let day = wib(SystemClock.now()).date_naive();
    let generator = Generator::new(seed, day);
    let morning = Morning { seed, submissions: count, length: Duration::ZERO };
    let offices = demo.store.offices().await?;
    let is_live = |code: &OfficeCode| {
        offices.iter().any(|office| office.code == *code && office.mode == OfficeMode::Live)
    };
    // What a training office sends waits for a trainer.
    let arrivals = berkas_samples::morning(seed, day, 4 * count);
    let live = arrivals.iter().filter(|arrival| is_live(&arrival.office));
    for (number, arrival) in live.take(count).enumerate() {
        let office = demo.offices.iter().find(|office| office.code == arrival.office);
        let office = office.context("an office outside the district")?.clone();
        let plan = berkas_samples::Plan { defects: Vec::new(), ..arrival.plan.clone() };
        let dossier = generator.dossier_at(number as u64, &plan);
        let program = Program::start(demo, office, morning, Arc::clone(board)).await?;
        program.send(&dossier, sender_id(seed, number), 1, 0).await?;
        program.broker.close().await;
    }
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let waiting = demo.store.neraca().await?.waiting;
        if demo.store.due_count().await? == 0 || Instant::now() > deadline {
            return Ok(waiting);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Draws the morning's dossiers in the order of their arrival and gives each to its office.
fn draw(
    morning: &Morning,
    inboxes: &HashMap<berkas_domain::OfficeCode, mpsc::Sender<Handed>>,
) -> anyhow::Result<()> {
    let day = wib(SystemClock.now()).date_naive();
    let arrivals: Vec<Arrival> = berkas_samples::morning(morning.seed, day, morning.submissions);
    let generator = Generator::new(morning.seed, day);
    let first = arrivals.first().map(|arrival| arrival.at).unwrap_or_default();
    let last = arrivals.last().map(|arrival| arrival.at).unwrap_or_default();
    let span = (last - first).as_seconds_f64().max(1.0);
    for (number, arrival) in arrivals.iter().enumerate() {
        let after = morning.length.mul_f64((arrival.at - first).as_seconds_f64() / span);
        let index = number as u64;
        let dossier = generator.dossier_at(index, &arrival.plan);
        let mended = (!arrival.plan.defects.is_empty()).then(|| {
            let plan = berkas_samples::Plan { defects: Vec::new(), ..arrival.plan.clone() };
            generator.dossier_at(index, &plan)
        });
        let inbox = inboxes.get(&arrival.office).context("an office outside the district")?;
        if inbox.blocking_send(Handed { number, after, dossier, mended }).is_err() {
            break;
        }
    }
    Ok(())
}

/// The program of one office.
struct Program {
    office: DemoOffice,
    client: Client,
    broker: Broker,
    publisher: Publisher,
    morning: Morning,
    board: Arc<Board>,
    started: Instant,
    /// What is sent when a dossier comes back, by the program's own id.
    repairs: tokio::sync::Mutex<HashMap<Uuid, Dossier>>,
    /// What is true of a dossier, until its registration number is known.
    truths: tokio::sync::Mutex<HashMap<Uuid, berkas_samples::Expected>>,
}

impl Program {
    async fn start(
        demo: &Demo,
        office: DemoOffice,
        morning: Morning,
        board: Arc<Board>,
    ) -> anyhow::Result<Self> {
        let client = Client::new(&demo.url, Some(&office.key))?;
        let config = BrokerConfig::new(vec![office.amqp.clone()], format!("office-{}", office.code));
        let broker = Broker::start(config, CancellationToken::new())?;
        let publisher = broker.publisher();
        let (repairs, truths) = Default::default();
        Ok(Self {
            office,
            client,
            broker,
            publisher,
            morning,
            board,
            started: Instant::now(),
            repairs,
            truths,
        })
    }

    /// Hands dossiers in as they come.
    async fn send_all(self: Arc<Self>, mut inbox: mpsc::Receiver<Handed>) -> anyhow::Result<()> {
        while let Some(handed) = inbox.recv().await {
            tokio::time::sleep_until(self.started + handed.after).await;
            let id = sender_id(self.morning.seed, handed.number);
            self.truths.lock().await.insert(id, handed.dossier.truth.expected.clone());
            if let Some(mended) = handed.mended
                && handed.number.is_multiple_of(REPAIR_ONE_OF)
            {
                self.repairs.lock().await.insert(id, mended);
            }
            self.send(&handed.dossier, id, 1, handed.number).await?;
            count(&self.board.sent);
            if handed.number.is_multiple_of(RESEND_EVERY) {
                self.send(&handed.dossier, id, 1, handed.number + 1).await?;
                count(&self.board.resent);
            }
        }
        Ok(())
    }

    /// Uploads a dossier and sends its manifest through one of the doors.
    async fn send(&self, dossier: &Dossier, id: Uuid, revision: i32, door: usize) -> anyhow::Result<()> {
        let form = serde_json::to_vec(&dossier.form)?;
        for file in &dossier.files {
            self.client.upload(&file.bytes).await?;
        }
        self.client.upload(&form).await?;
        let data = self.manifest(dossier, &form, id, revision);
        if door.is_multiple_of(2) {
            self.client.post("/api/v1/submissions", &data).await?;
            return Ok(());
        }
        let envelope = Envelope::new(
            Uuid::now_v7(),
            Source::Office(self.office.code.clone()),
            SystemClock.now(),
            serde_json::from_value::<berkas_contract::Submission>(data)?,
        );
        let key = names::submission_key(&self.office.code, dossier.form.service);
        self.publish(key, envelope.encode()).await
    }

    fn manifest(&self, dossier: &Dossier, form: &[u8], id: Uuid, revision: i32) -> Value {
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
        json!({
            "sender_id": id, "office": self.office.code, "service": dossier.form.service, "case": dossier.form.case,
            "revision": revision, "form": { "sha256": Sha256Hash::of(form), "size": form.len() },
            "documents": documents,
        })
    }

    /// Publishes until the broker has it, as a program must that keeps what was not confirmed.
    async fn publish(&self, key: String, body: Vec<u8>) -> anyhow::Result<()> {
        let id = Uuid::now_v7();
        loop {
            let message = Outgoing::new(names::INTAKE_EXCHANGE, key.clone(), id, body.clone());
            match self.publisher.publish(message.as_user(self.office.code.as_str())).await {
                Ok(()) => return Ok(()),
                Err(_) => tokio::time::sleep(Duration::from_secs(1)).await,
            }
        }
    }

    /// Reads the office's queue: each notice once, acknowledged, and acted upon.
    async fn read_answers(self: Arc<Self>, stop: CancellationToken) -> anyhow::Result<()> {
        let queue = names::return_queue(&self.office.code);
        let mut consumer = self.broker.consume(&queue, ConsumeOptions::chunks_of(20, "demo")).await;
        let mut seen = HashSet::new();
        loop {
            let chunk = tokio::select! {
                () = stop.cancelled() => break,
                chunk = consumer.next_chunk() => chunk,
            };
            let Some(chunk) = chunk else { break };
            for delivery in chunk {
                let event: Value = serde_json::from_slice(&delivery.body)?;
                if let Some(id) = event["id"].as_str().and_then(|id| id.parse::<Uuid>().ok())
                    && seen.insert(id)
                {
                    self.act(id, &event).await?;
                }
                delivery.ack().await;
            }
        }
        consumer.stop().await;
        Ok(())
    }

    async fn act(&self, notice: Uuid, event: &Value) -> anyhow::Result<()> {
        let data = &event["data"];
        let Some(id) = data["sender_id"].as_str().and_then(|id| id.parse::<Uuid>().ok()) else {
            return Ok(());
        };
        match event["type"].as_str() {
            Some("id.berkas.accepted.v1") => {
                let number = data["registration_number"].as_str().unwrap_or_default();
                if let Some(truth) = self.truths.lock().await.get(&id) {
                    self.board.learn(number, truth);
                }
            }
            Some("id.berkas.decision.v1") => self.decided(notice, id, data).await?,
            _ => {}
        }
        Ok(())
    }

    /// Acknowledges a decision and sends the repair of a return.
    async fn decided(&self, notice: Uuid, id: Uuid, data: &Value) -> anyhow::Result<()> {
        let acknowledgement = Acknowledgement { notice: berkas_domain::NoticeId(notice) };
        let source = Source::Office(self.office.code.clone());
        let envelope = Envelope::new(Uuid::now_v7(), source, SystemClock.now(), acknowledgement);
        self.publish(names::acknowledgement_key(&self.office.code), envelope.encode()).await?;
        count(&self.board.acknowledged);
        let revision = data["revision"].as_i64().unwrap_or(1);
        if revision > 1 {
            self.board.repair_ends();
        }
        if data["outcome"] != "returned" || revision > 1 {
            return Ok(());
        }
        let Some(mended) = self.repairs.lock().await.remove(&id) else { return Ok(()) };
        self.board.repair_begins();
        let number = data["registration_number"].as_str().unwrap_or_default();
        self.board.learn(number, &mended.truth.expected);
        self.truths.lock().await.insert(id, mended.truth.expected.clone());
        self.send(&mended, id, 2, 0).await?;
        count(&self.board.repaired);
        Ok(())
    }
}
