//! A database and a vhost with the topology, for one measurement.

use std::collections::BTreeMap;
use std::process::Command;

use anyhow::{Result, ensure};
use berkas_broker::{BrokerUser, PasswordHash, QueueType, Topology, TopologyOptions, definitions_json};
use berkas_runtime::{App, restore_topology, settings::Settings};
use berkas_store::{BareInbox, OfficeRecord, TestDatabase};
use berkas_testkit::{Services, Vhost};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// The office of every measurement.
pub const OFFICE: &str = "351709";
/// Its password at the broker.
const PASSWORD: &str = "contoh";

/// What one measurement runs on; gone when it is dropped.
pub struct Deployment<'a> {
    pub app: App,
    vhost: Vhost<'a>,
    database: TestDatabase,
    _dir: tempfile::TempDir,
}

impl<'a> Deployment<'a> {
    pub async fn start(services: &'a Services) -> Result<Self> {
        let name = format!("bench_{}", Uuid::new_v4().simple());
        let database = TestDatabase::create(services.get("BERKAS_DATABASE_URL")?, &name).await?;
        let vhost = services.vhost()?;
        let dir = tempfile::tempdir()?;
        let env: BTreeMap<String, String> = [
            ("BERKAS_DATABASE_URL", database.url()),
            ("BERKAS_DATABASE__MAX_CONNECTIONS", "20".to_owned()),
            ("BERKAS_AMQP_URL", vhost.url()?),
            ("BERKAS_BLOBS_URL", format!("file://{}", dir.path().join("objects").display())),
            ("BERKAS_SEAL_KEY", "c0".repeat(32)),
            // No step of a measurement of the protocol works on a page, so none needs smaller chunks.
            ("BERKAS_WORKER__CHUNK_HEAVY", "50".to_owned()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into();
        let app = App::start(Settings::load(None, env)?, "all").await?;
        app.store.migrate().await?;
        let office = OfficeRecord {
            code: OFFICE.parse()?,
            name: "Jombang".to_owned(),
            parent: None,
            mode: "live".parse()?,
        };
        app.store.add_offices(std::slice::from_ref(&office)).await?;
        admit(services, &vhost, &office, dir.path())?;
        let broker = app.broker("bench", CancellationToken::new())?;
        broker.ready().await?;
        restore_topology(&app.store, &app, &broker).await?;
        broker.close().await;
        Ok(Self { app, vhost, database, _dir: dir })
    }

    /// The broker's address for the workers.
    pub fn amqp(&self) -> Result<String> {
        self.vhost.url()
    }

    /// The broker's address for the office.
    pub fn amqp_of_office(&self) -> Result<String> {
        self.vhost.url_for(OFFICE, PASSWORD)
    }

    /// A table for hops that only commit what they took.
    pub async fn bare_inbox(&self) -> Result<BareInbox> {
        Ok(BareInbox::create(&self.database).await?)
    }

    /// Runs SQL in the database, for filling it; returns what it prints.
    pub fn sql(&self, statements: &str) -> Result<String> {
        let url = self.database.url();
        let options = ["--quiet", "--no-psqlrc", "-At", "-v", "ON_ERROR_STOP=1", "-c", statements, &url];
        let done = Command::new("psql").args(options).output()?;
        ensure!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        Ok(String::from_utf8(done.stdout)?)
    }
}

/// Gives the office its user at the broker, with the rights that a deployment gives.
fn admit(services: &Services, vhost: &Vhost<'_>, office: &OfficeRecord, dir: &std::path::Path) -> Result<()> {
    let topology = Topology::new(&TopologyOptions::new(QueueType::Classic, vec![office.code.clone()]));
    let user = BrokerUser::office(office.code.clone(), PasswordHash::new(PASSWORD, [1, 2, 3, 4]));
    let file = dir.join("definitions.json");
    // Users alone: the topology is made with this deployment's settings.
    let mut definitions = definitions_json(&topology, vhost.name(), &[user]);
    for part in ["queues", "exchanges", "bindings"] {
        definitions[part] = serde_json::json!([]);
    }
    std::fs::write(&file, definitions.to_string())?;
    services.rabbitmqctl(&["import_definitions", &file.to_string_lossy()])?;
    Ok(())
}
