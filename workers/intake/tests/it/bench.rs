//! The intake with a database, a vhost and an object store of its own, and two offices before its doors.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use berkas_broker::{
    Broker, BrokerConfig, BrokerUser, Outgoing, PasswordHash, QueueType, Topology, TopologyOptions,
    definitions_json,
};
use berkas_contract::names;
use berkas_domain::{FixedClock, OfficeCode, OfficeMode};
use berkas_intake::{AmqpIntake, relaying_router, router};
use berkas_rules::{LiveRules, RuleSets};
use berkas_runtime::settings::Settings;
use berkas_runtime::{App, Relay};
use berkas_store::{InboxItem, OfficeRecord, TestDatabase};
use berkas_testkit::{Services, Vhost, services};
use berkas_web::{ApiKey, WebSettings, WebState};
use serde_json::Value;
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;
use uuid::Uuid;

/// Everything in these tests answers within this, or does not at all.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// The AMQP password of every office here.
const PASSWORD: &str = "rahasia-kantor";

/// Runs `test` before both doors, with these settings over the defaults.
pub(crate) fn on_bench(settings: &[(&str, &str)], test: impl AsyncFnOnce(&Bench<'_>)) {
    let services = services().unwrap();
    let vhost = services.vhost().unwrap();
    run(&services, Some(&vhost), settings, test);
}

/// Runs `test` before the HTTP door alone: there is no broker, which the door does not need.
pub(crate) fn on_http(settings: &[(&str, &str)], test: impl AsyncFnOnce(&Bench<'_>)) {
    run(&services().unwrap(), None, settings, test);
}

fn run(
    services: &Services,
    vhost: Option<&Vhost<'_>>,
    settings: &[(&str, &str)],
    test: impl AsyncFnOnce(&Bench<'_>),
) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let bench = Bench::new(services, vhost, settings).await;
        tokio::time::timeout(PATIENCE * 3, test(&bench)).await.expect("the test hangs");
        bench.shutdown.cancel();
    });
}

/// An office at the doors.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    pub(crate) office: OfficeCode,
    pub(crate) key: String,
}

pub(crate) struct Bench<'a> {
    pub(crate) app: App,
    services: &'a Services,
    amqp: Option<(&'a Vhost<'a>, Broker)>,
    pub(crate) router: Router,
    pub(crate) office: Caller,
    pub(crate) neighbour: Caller,
    /// A Tuesday, 08:30 WIB, until a test sets it forward.
    pub(crate) clock: FixedClock,
    pub(crate) shutdown: CancellationToken,
    pub(crate) objects: TempDir,
    // Goes last: nobody may be connected any more.
    _database: TestDatabase,
}

impl<'a> Bench<'a> {
    async fn new(services: &'a Services, vhost: Option<&'a Vhost<'a>>, overrides: &[(&str, &str)]) -> Self {
        let name = format!("intake_{}", Uuid::now_v7().simple());
        let database =
            TestDatabase::migrated(services.get("BERKAS_DATABASE_URL").unwrap(), &name).await.unwrap();
        let objects = tempfile::tempdir().unwrap();
        let settings = settings(&database.url(), vhost, &objects, overrides);
        let mut app = App::start(settings, "intake").await.unwrap();
        let clock = FixedClock::at("2026-11-24T01:30:00Z".parse().unwrap());
        app.clock = Arc::new(clock.clone());
        let (office, neighbour) = (caller(&app, "Jombang").await, caller(&app, "Gudo").await);
        let shutdown = CancellationToken::new();
        let web = WebState::new(app.store.clone(), Arc::clone(&app.clock), WebSettings::default()).unwrap();
        let rules = Arc::new(LiveRules::new(RuleSets::built_in()));
        let (mut amqp, mut router) = (None, router(app.clone(), web.clone(), Arc::clone(&rules)));
        if let Some(vhost) = vhost {
            admit(services, vhost, [&office, &neighbour]);
            let broker = app.broker("test", shutdown.clone()).unwrap();
            broker.ready().await.unwrap();
            let relay = Relay::new(broker.publisher(), &app);
            router = relaying_router(app.clone(), web, rules, relay);
            amqp = Some((vhost, broker));
        }
        let _database = database;
        Self { app, services, amqp, router, office, neighbour, clock, shutdown, objects, _database }
    }

    /// The connection of the district.
    pub(crate) fn broker(&self) -> &Broker {
        &self.amqp.as_ref().expect("this bench has a broker").1
    }

    /// The vhost of this test.
    pub(crate) fn vhost(&self) -> &Vhost<'a> {
        self.amqp.as_ref().expect("this bench has a broker").0
    }

    /// Has the broker forget who consumes `queue` without telling them, as it does when it deletes a quorum queue by
    /// force.
    pub(crate) fn forget_consumers(&self, queue: &str) {
        let vhost = self.vhost().name();
        let forget = format!(
            "{{ok, Q}} = rabbit_amqqueue:lookup(rabbit_misc:r(<<\"{vhost}\">>, queue, <<\"{queue}\">>)), \
             [ok = gen_server2:call(amqqueue:get_pid(Q), {{basic_cancel, element(1, C), element(2, C), undefined, <<\"test\">>}}) \
              || C <- rabbit_amqqueue:consumers(Q)]."
        );
        self.services.rabbitmqctl(&["eval", &forget]).unwrap();
    }

    /// The address of the broker for `caller`.
    pub(crate) fn amqp_url(&self, caller: &Caller) -> String {
        let vhost = self.vhost();
        vhost.url_for(caller.office.as_str(), PASSWORD).unwrap()
    }

    /// Starts the consumer of the queue `intake`.
    pub(crate) fn start_consumer(&self) -> JoinHandle<()> {
        tokio::spawn(AmqpIntake::new(self.app.clone(), self.broker().clone()).run(self.shutdown.clone()))
    }

    /// Publishes `body` to the intake as `caller` would.
    pub(crate) async fn publish(&self, caller: &Caller, key: &str, body: Vec<u8>) {
        let config = BrokerConfig::new(vec![self.amqp_url(caller)], "office");
        let line = Broker::start(config, self.shutdown.clone()).unwrap();
        let message = Outgoing::new(names::INTAKE_EXCHANGE, key, Uuid::now_v7(), body);
        line.publisher().publish(message.as_user(caller.office.as_str())).await.unwrap();
    }

    /// Asks the HTTP door.
    pub(crate) async fn call(
        &self,
        caller: &Caller,
        method: Method,
        path: &str,
        body: impl Into<Body>,
    ) -> Answer {
        let authorization = format!("Bearer {}", caller.key);
        let request = Request::builder().method(method).uri(path).header("authorization", authorization);
        self.ask(request.body(body.into()).unwrap()).await
    }

    /// Sends a request as it is.
    pub(crate) async fn ask(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        let text = String::from_utf8_lossy(&body).into_owned();
        Answer { status, headers, json: serde_json::from_slice(&body).unwrap_or_default(), text, bytes: body }
    }

    /// What the office was told, the oldest first.
    pub(crate) async fn told(&self, caller: &Caller) -> Vec<InboxItem> {
        let mut notices = self.app.store.inbox(&caller.office, false, 100).await.unwrap();
        notices.reverse();
        notices
    }

    /// Waits until the office was told `count` things.
    pub(crate) async fn wait_until_told(&self, caller: &Caller, count: usize) -> Vec<InboxItem> {
        wait_until(async || self.told(caller).await.len() >= count).await;
        self.told(caller).await
    }

    /// Waits until the queue `intake` holds `wanted` messages, none of them under way.
    pub(crate) async fn wait_for_depth(&self, wanted: u32) {
        wait_until(async || self.depth().await == Some(wanted)).await;
    }

    pub(crate) async fn depth(&self) -> Option<u32> {
        self.broker().queue_depths(&[names::INTAKE_QUEUE]).await.unwrap().remove(0).ready
    }
}

fn settings(
    database_url: &str,
    vhost: Option<&Vhost<'_>>,
    objects: &TempDir,
    overrides: &[(&str, &str)],
) -> Settings {
    let store = format!("file://{}", objects.path().join("objects").display());
    let amqp = vhost.map(|vhost| vhost.url().unwrap()).unwrap_or_default();
    let common = [
        ("BERKAS_DATABASE_URL", database_url),
        ("BERKAS_AMQP_URL", &amqp),
        ("BERKAS_BLOBS_URL", &store),
        ("BERKAS_WORKER__BREAKER_MIN_MS", "20"),
    ];
    let env = common.iter().chain(overrides).map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Settings::load(None, env).unwrap()
}

/// What the HTTP door says.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    /// Null when the body is not JSON.
    pub(crate) json: Value,
    /// The body as text, and as it is.
    pub(crate) text: String,
    pub(crate) bytes: axum::body::Bytes,
}

impl Answer {
    /// The status and the coded faults with their places.
    pub(crate) fn faults(&self) -> (u16, Vec<(&str, &str)>) {
        let faults = self.json["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
        let pairs = faults.iter().map(|fault| {
            (fault["pointer"].as_str().unwrap_or_default(), fault["code"].as_str().unwrap_or_default())
        });
        (self.status.as_u16(), pairs.collect())
    }
}

/// The codes of a `rejected` notice.
pub(crate) fn codes(notice: &InboxItem) -> Vec<&str> {
    let reasons = notice.data["reasons"].as_array().map(Vec::as_slice).unwrap_or_default();
    reasons.iter().filter_map(|reason| reason["code"].as_str()).collect()
}

/// Asks again and again until `condition` holds.
pub(crate) async fn wait_until(mut condition: impl AsyncFnMut() -> bool) {
    let waiting = async {
        while !condition().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.expect("it never holds");
}

/// Makes an office with a code that no other test has (AMQP users belong to the whole broker), and its key.
async fn caller(app: &App, name: &str) -> Caller {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed) % 1000;
    let office: OfficeCode = format!("97{:05}{number:03}", std::process::id() % 100_000).parse().unwrap();
    let record =
        OfficeRecord { code: office.clone(), name: name.to_owned(), parent: None, mode: OfficeMode::Live };
    app.store.add_offices(&[record]).await.unwrap();
    let key = ApiKey::draw().unwrap();
    app.store.add_api_key(Uuid::now_v7(), &office, "test", key.hash(), app.clock.now()).await.unwrap();
    Caller { office, key: key.reveal() }
}

/// Makes the topology and the users of the offices, with the rights that a deployment gives them. The users stay at the
/// test broker; their rights go with the vhost.
fn admit(services: &Services, vhost: &Vhost<'_>, callers: [&Caller; 2]) {
    let offices: Vec<OfficeCode> = callers.iter().map(|caller| caller.office.clone()).collect();
    let topology = Topology::new(&TopologyOptions::new(QueueType::Classic, offices.clone()));
    let user = |office| BrokerUser::office(office, PasswordHash::new(PASSWORD, [1, 2, 3, 4]));
    let users: Vec<BrokerUser> = offices.into_iter().map(user).collect();
    let file = std::env::temp_dir().join(format!("{}-intake.json", vhost.name()));
    std::fs::write(&file, definitions_json(&topology, vhost.name(), &users).to_string()).unwrap();
    services.rabbitmqctl(&["import_definitions", file.to_str().unwrap()]).unwrap();
    std::fs::remove_file(file).unwrap();
}
