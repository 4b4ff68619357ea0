//! A database and a vhost with the topology, for one measurement.

use std::collections::BTreeMap;

use anyhow::Result;
use berkas_runtime::{App, restore_topology, settings::Settings};
use berkas_store::{OfficeRecord, TestDatabase};
use berkas_testkit::{Services, Vhost};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// The office of every measurement.
pub const OFFICE: &str = "351709";

/// What one measurement runs on; gone when it is dropped.
pub struct Deployment<'a> {
    pub app: App,
    vhost: Vhost<'a>,
    _database: TestDatabase,
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
        app.store.add_offices(&[office]).await?;
        let broker = app.broker("bench", CancellationToken::new())?;
        broker.ready().await?;
        restore_topology(&app.store, &app, &broker).await?;
        broker.close().await;
        Ok(Self { app, vhost, _database: database, _dir: dir })
    }

    pub fn amqp(&self) -> Result<String> {
        self.vhost.url()
    }
}
