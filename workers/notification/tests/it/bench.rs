//! One office with a database, a vhost and a clock of its own, and the dispatcher at work.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use berkas_broker::{Broker, ConsumeOptions, Consumer};
use berkas_contract::{Accepted, Decision, Event, names};
use berkas_domain::{
    Clock, DocumentKind, FixedClock, LookupKeys, NoticeId, OfficeCode, OfficeMode, Outcome, Revision,
    Service, Sha256Hash, Stage, SubmissionId,
};
use berkas_notification::{Dispatcher, Notification};
use berkas_runtime::settings::Settings;
use berkas_runtime::{App, Job, Outcome as Handled, Worker};
use berkas_store::{
    Arrival, ArrivalDocument, DeliveryState, Door, Effect, OfficeRecord, Settled, Settlement, TestDatabase,
    WorkRef,
};
use berkas_testkit::{Vhost, services};
use chrono::TimeDelta;
use serde_json::{Value, json};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// Everything in these tests answers within this, or does not at all.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// How often a condition is looked at.
const POLL: Duration = Duration::from_millis(20);

/// The office of most tests.
pub(crate) const OFFICE: &str = "351709";

/// The secret of its webhook.
pub(crate) const SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

/// The `traceparent` of whatever moves a submission on.
pub(crate) const TRACE: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

/// Runs `test` on a fresh database and vhost.
pub(crate) fn on_bench(test: impl AsyncFnOnce(Bench)) {
    let services = services().unwrap();
    let vhost = services.vhost().unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let name = format!("berkas_{}", Uuid::new_v4().simple());
        let database =
            TestDatabase::migrated(services.get("BERKAS_DATABASE_URL").unwrap(), &name).await.unwrap();
        let bench = Bench::new(&database, &vhost).await;
        tokio::time::timeout(PATIENCE * 2, test(bench)).await.expect("the test hangs");
    });
}

pub(crate) struct Bench {
    pub(crate) app: App,
    pub(crate) clock: FixedClock,
    pub(crate) broker: Broker,
    shutdown: CancellationToken,
    dispatcher: Option<JoinHandle<()>>,
    _objects: tempfile::TempDir,
}

/// A decided submission.
pub(crate) struct Decided {
    pub(crate) submission: SubmissionId,
    /// The work that makes its notice.
    pub(crate) work: WorkRef,
    /// The notice that it was accepted, which goes before.
    pub(crate) accepted: NoticeId,
}

impl Bench {
    async fn new(database: &TestDatabase, vhost: &Vhost<'_>) -> Self {
        let objects = tempfile::tempdir().unwrap();
        let env = [
            ("BERKAS_DATABASE_URL", database.url()),
            ("BERKAS_AMQP_URL", vhost.url().unwrap()),
            ("BERKAS_BLOBS_URL", format!("file://{}", objects.path().display())),
            ("BERKAS_WEBHOOK__REQUIRE_HTTPS", "false".to_owned()),
            ("BERKAS_WEBHOOK__ALLOW_CIDRS", "127.0.0.1/32".to_owned()),
            ("BERKAS_WEBHOOK__TIMEOUT_MS", "1000".to_owned()),
        ];
        let settings = Settings::load(None, env.map(|(name, value)| (name.to_owned(), value))).unwrap();
        let mut app = App::start(settings, "notification").await.unwrap();
        let clock = FixedClock::at("2026-11-24T03:00:00Z".parse().unwrap());
        app.clock = Arc::new(clock.clone());
        let shutdown = CancellationToken::new();
        let broker = app.broker("test", CancellationToken::new()).unwrap();
        broker.ready().await.unwrap();
        let bench = Self { app, clock, broker, shutdown, dispatcher: None, _objects: objects };
        bench.add_office(OFFICE).await;
        bench.declare(&[OFFICE]).await;
        bench
    }

    /// Registers an office.
    pub(crate) async fn add_office(&self, code: &str) {
        let office = OfficeRecord {
            code: code.parse().unwrap(),
            name: "Contoh".into(),
            parent: None,
            mode: OfficeMode::Live,
        };
        self.app.store.add_offices(&[office]).await.unwrap();
    }

    /// Declares the queues of these offices.
    pub(crate) async fn declare(&self, offices: &[&str]) {
        let offices = offices.iter().map(|code| code.parse().unwrap()).collect();
        self.broker.apply_topology(&self.app.topology(offices)).await.unwrap();
    }

    /// Sets where the office wants its notices.
    pub(crate) async fn set_webhook(&self, url: &str) {
        assert!(
            self.app
                .store
                .set_webhook(&office(OFFICE), Some(url), Some(SECRET), self.app.clock.now())
                .await
                .unwrap()
        );
    }

    /// Starts the dispatcher.
    pub(crate) fn dispatch(&mut self) {
        let dispatcher = Dispatcher::new(self.app.clone(), self.broker.clone()).unwrap();
        self.dispatcher = Some(tokio::spawn(dispatcher.run(self.shutdown.clone())));
    }

    /// Ends the dispatcher and waits for it.
    pub(crate) async fn stop(&mut self) {
        self.shutdown.cancel();
        self.dispatcher.take().unwrap().await.unwrap();
        self.shutdown = CancellationToken::new();
    }

    /// Moves the clock on.
    pub(crate) fn later(&self, seconds: i64) {
        self.clock.advance(TimeDelta::seconds(seconds));
    }

    /// Accepts a submission of `code`, whose `accepted` is then owed, and takes it to its decision by the rules.
    pub(crate) async fn decide(&self, code: &str) -> Decided {
        self.decide_on(arrival(code), Outcome::Returned).await
    }

    /// The same with what arrives, and how it ends.
    pub(crate) async fn decide_on(&self, arrival: Arrival, outcome: Outcome) -> Decided {
        let (work, accepted) = self.accept_all(&[arrival]).await.remove(0);
        let work = self.settle(work, Stage::Normalized, Vec::new()).await;
        let returned = json!([{ "code": "TIDAK_TERBACA", "document": 0, "kind": "kk", "page": 1 }]);
        let reasons = if outcome == Outcome::Returned { returned } else { json!([]) };
        let decision = Effect::Decision { outcome, reasons };
        let work = self.settle(work, Stage::Decided, vec![decision]).await;
        Decided { submission: work.submission, work, accepted }
    }

    /// Takes `count` submissions of `code` at once to their notices.
    pub(crate) async fn noticed_many(&self, code: &str, count: usize) {
        let arrivals: Vec<Arrival> = (0..count).map(|_| arrival(code)).collect();
        let work = self.accept_all(&arrivals).await.into_iter().map(|(work, _)| work).collect();
        let work = self.settle_all(work, Stage::Normalized, |_| Vec::new()).await;
        let decision = || Effect::Decision { outcome: Outcome::Returned, reasons: json!([]) };
        let work = self.settle_all(work, Stage::Decided, |_| vec![decision()]).await;
        let (worker, mut notices) = (Notification::new(self.app.clone()), HashMap::new());
        for work in &work {
            let handled = worker.handle(&Job { work: *work, trace: None }).await.unwrap();
            let Handled::Forward { effects, .. } = handled else { panic!("{handled:?}") };
            notices.insert(work.submission, effects);
        }
        self.settle_all(work, Stage::Noticed, |work| notices.remove(&work.submission).unwrap()).await;
    }

    /// Moves submissions on together; returns the work that is due next.
    async fn settle_all(
        &self,
        work: Vec<WorkRef>,
        to: Stage,
        mut effects: impl FnMut(WorkRef) -> Vec<Effect>,
    ) -> Vec<WorkRef> {
        let settlement = |work| {
            let settled = Settled::Advance { to, not_before: None, effects: effects(work) };
            Settlement { work, settled, trace: None }
        };
        let chunk = work.into_iter().map(settlement).collect();
        let applied = self.app.store.settle(chunk, self.clock.now()).await.unwrap();
        assert!(applied.stale.is_empty());
        applied.fresh.iter().map(|due| due.work).collect()
    }

    /// Accepts a submission of `code`; returns the work that is due and the id of the notice that says so.
    pub(crate) async fn accept(&self, code: &str) -> (WorkRef, NoticeId) {
        self.accept_all(&[arrival(code)]).await.remove(0)
    }

    async fn accept_all(&self, arrivals: &[Arrival]) -> Vec<(WorkRef, NoticeId)> {
        let data = |arrival: &Arrival, accepted: &berkas_store::AcceptedArrival| {
            let data = Accepted {
                sender_id: arrival.sender_id,
                revision: arrival.revision,
                registration_number: accepted.registration_number.clone(),
                submission: accepted.submission,
                training: accepted.training,
                received_at: accepted.received_at,
            };
            serde_json::to_value(data).unwrap()
        };
        let now = self.clock.now();
        let answers =
            self.app.store.accept(arrivals, &data, &|at, _| at + TimeDelta::days(1), now).await.unwrap();
        let taken = answers.into_iter().map(Result::unwrap);
        taken.map(|accepted| (accepted.work.unwrap().work, accepted.notice)).collect()
    }

    /// Moves a submission on; returns the work that is due next.
    pub(crate) async fn settle(&self, work: WorkRef, to: Stage, effects: Vec<Effect>) -> WorkRef {
        let settled = Settled::Advance { to, not_before: None, effects };
        let settlement = Settlement { work, settled, trace: Some(TRACE.to_owned()) };
        let applied = self.app.store.settle(vec![settlement], self.clock.now()).await.unwrap();
        assert!(applied.stale.is_empty());
        applied.fresh.first().map_or(work, |due| due.work)
    }

    /// Lets the worker make the notice of a decided submission; returns the notice's id.
    pub(crate) async fn notice(&self, decided: &Decided) -> NoticeId {
        let job = Job { work: decided.work, trace: None };
        let handled = Notification::new(self.app.clone()).handle(&job).await.unwrap();
        let Handled::Forward { to, effects, .. } = handled else { panic!("{handled:?}") };
        let Some(Effect::Notice { id, .. }) = effects.first() else { panic!("{effects:?}") };
        let id = *id;
        self.settle(decided.work, to, effects).await;
        id
    }

    /// A decided submission with its notice; returns the notice's id.
    pub(crate) async fn noticed(&self, code: &str) -> NoticeId {
        let decided = self.decide(code).await;
        self.notice(&decided).await
    }

    /// Waits until the delivery of `notice` on `channel` is in `state`; returns it.
    pub(crate) async fn delivery(&self, notice: NoticeId, channel: &str, state: &str) -> DeliveryState {
        let waiting = async {
            loop {
                let all = self.app.store.deliveries_of(notice).await.unwrap();
                let mut these = all.into_iter().filter(|one| one.channel == channel && one.state == state);
                if let Some(delivery) = these.next() {
                    return delivery;
                }
                tokio::time::sleep(POLL).await;
            }
        };
        tokio::time::timeout(PATIENCE, waiting).await.expect("it never is in that state")
    }

    /// Whether one of these is sent on `channel`.
    pub(crate) async fn any_is_sent(&self, notices: &[NoticeId], channel: &str) -> bool {
        for notice in notices {
            let all = self.app.store.deliveries_of(*notice).await.unwrap();
            if all.iter().any(|one| one.channel == channel && one.state == "sent") {
                return true;
            }
        }
        false
    }

    /// Waits until the delivery of `notice` on `channel` failed with `error` and is to be tried again.
    pub(crate) async fn failed_with(&self, notice: NoticeId, channel: &str, error: &str) {
        wait_until(async || {
            let delivery = self.delivery(notice, channel, "pending").await;
            delivery.last_error.as_deref() == Some(error)
        })
        .await;
    }

    /// Reads what comes into the office's queue.
    pub(crate) async fn inbox(&self, code: &str) -> Inbox {
        let queue = names::return_queue(&office(code));
        Inbox(self.broker.consume(&queue, ConsumeOptions::chunks_of(1, "office")).await)
    }
}

/// The office's end of its queue.
pub(crate) struct Inbox(Consumer);

impl Inbox {
    /// The next envelope; it is acked.
    pub(crate) async fn next(&mut self) -> Value {
        let chunk =
            tokio::time::timeout(PATIENCE, self.0.next_chunk()).await.expect("nothing arrives").unwrap();
        let delivery = chunk.into_iter().next().unwrap();
        let envelope: Value = serde_json::from_slice(&delivery.body).unwrap();
        assert_eq!(delivery.message_id.as_deref(), envelope["id"].as_str());
        delivery.ack().await;
        envelope
    }

    /// The ids of the next `count` decisions; what else comes between is left out.
    pub(crate) async fn decisions(&mut self, count: usize) -> Vec<String> {
        let mut ids = Vec::new();
        while ids.len() < count {
            let envelope = self.next().await;
            if envelope["type"] == Decision::TYPE {
                ids.push(envelope["id"].as_str().unwrap().to_owned());
            }
        }
        ids
    }
}

pub(crate) fn office(code: &str) -> OfficeCode {
    code.parse().unwrap()
}

/// A submission of `code` like no other.
pub(crate) fn arrival(code: &str) -> Arrival {
    let sender_id = Uuid::new_v4();
    let document = ArrivalDocument {
        kind: DocumentKind::Kk,
        of_role: None,
        sha256: Sha256Hash::of(b"scan"),
        size: 4,
        media_type: "image/png".to_owned(),
        flagged: false,
    };
    Arrival {
        office: office(code),
        sender_id,
        revision: Revision(1),
        manifest_hash: Sha256Hash::of(sender_id.as_bytes()),
        service: Service::AktaKelahiran,
        case: "LHR-1".parse().unwrap(),
        form: Sha256Hash::of(b"form"),
        lookup: LookupKeys::none(Service::AktaKelahiran, "LHR-1".parse().unwrap()),
        sent_by: None,
        sms_to: None,
        documents: vec![document],
        door: Door::Amqp,
        trace: None,
    }
}

/// Asks again and again until `condition` holds.
pub(crate) async fn wait_until(mut condition: impl AsyncFnMut() -> bool) {
    let waiting = async {
        while !condition().await {
            tokio::time::sleep(POLL).await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.expect("it never holds");
}
