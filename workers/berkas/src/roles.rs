//! Starting roles: each is a worker or a surface with what keeps it alive and what watches it.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use berkas_broker::{Broker, BrokerError};
use berkas_rules::LiveRules;
use berkas_runtime::health;
use berkas_runtime::settings::{Settings, SettingsError};
use berkas_runtime::{
    App, Breaker, Relay, Runner, Sweeper, TopologyError, lifecycle, observe, park_dead_letters,
    restore_topology, telemetry, watch_topology,
};
use berkas_web::{WebSettings, WebState};
use clap::ValueEnum as _;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::cli::{Surface, WorkerRole};
use crate::rules;

/// How often the broker is looked at for missing queues. A wiped broker must have its work again within a minute.
const TOPOLOGY_WATCH: Duration = Duration::from_secs(5);

/// How often the gauges of stages and queues are read anew.
const OBSERVE: Duration = Duration::from_secs(10);

/// How long each part of the end may take that nothing of value depends on.
const GIVE_UP: Duration = Duration::from_secs(3);

/// What a process runs: it ends when every task has ended, and every task ends when the token is cancelled.
struct Process {
    app: App,
    shutdown: CancellationToken,
    tasks: JoinSet<()>,
    /// Read when a role first asks for them.
    rules: Option<Arc<LiveRules>>,
}

/// Runs every role in one process.
pub async fn all(settings: Settings) -> anyhow::Result<ExitCode> {
    let mut process = Process::start(settings, "all").await?;
    let broker = process.broker("all").await?;
    for role in WorkerRole::value_variants() {
        process.run_worker(*role, broker.clone()).await?;
    }
    process.serve(&[Surface::Intake, Surface::Desk, Surface::Console], Some(&broker)).await?;
    process.finish(Some(broker)).await
}

/// Runs one worker of the chain.
pub async fn worker(settings: Settings, role: WorkerRole) -> anyhow::Result<ExitCode> {
    let name = name(role);
    let mut process = Process::start(settings, name).await?;
    let broker = process.broker(name).await?;
    process.run_worker(role, broker.clone()).await?;
    process.finish(Some(broker)).await
}

/// Serves pages and API.
pub async fn serve(settings: Settings, surfaces: Vec<Surface>) -> anyhow::Result<ExitCode> {
    let mut process = Process::start(settings, "serve").await?;
    let surfaces =
        if surfaces.is_empty() { vec![Surface::Intake, Surface::Desk, Surface::Console] } else { surfaces };
    // The HTTP door publishes what it accepts itself where it can; without a broker the workers' sweepers do.
    let broker = match surfaces.contains(&Surface::Intake) && !process.app.settings.broker.urls.is_empty() {
        true => Some(process.app.broker("serve", CancellationToken::new())?),
        false => None,
    };
    process.serve(&surfaces, broker.as_ref()).await?;
    process.finish(broker).await
}

const fn name(role: WorkerRole) -> &'static str {
    match role {
        WorkerRole::Intake => "intake",
        WorkerRole::Scan => "scan",
        WorkerRole::Completeness => "completeness",
        WorkerRole::Assignment => "assignment",
        WorkerRole::Notification => "notification",
    }
}

impl Process {
    async fn start(settings: Settings, role: &'static str) -> anyhow::Result<Self> {
        telemetry::init(&settings.telemetry, role)?;
        let app = App::start(settings, role).await?;
        let shutdown = CancellationToken::new();
        lifecycle::stop_on_signal(shutdown.clone());
        watch_database(&app);
        let mut tasks = JoinSet::new();
        if !app.settings.http.observe_listen.is_empty() {
            let listener = tokio::net::TcpListener::bind(&app.settings.http.observe_listen)
                .await
                .context("setting `http.observe_listen`")?;
            let router = health::router(app.health.clone(), app.metrics.clone());
            let stop = shutdown.clone();
            tasks.spawn(async move {
                let served = axum::serve(listener, router).with_graceful_shutdown(stop.cancelled_owned());
                if let Err(error) = served.await {
                    tracing::error!(
                        error = &error as &dyn std::error::Error,
                        "health is not served any more"
                    );
                }
            });
        }
        tracing::info!("started");
        Ok(Self { app, shutdown, tasks, rules: None })
    }

    /// Connects to the broker and makes sure that it has what it must have. A broker that is away is waited for; one
    /// that has something else under our names stops the process.
    async fn broker(&mut self, role: &'static str) -> anyhow::Result<Broker> {
        // The connection outlives the shutdown signal: what is in hand is still acked and published.
        let broker = self.app.broker(role, CancellationToken::new())?;
        let mut breaker = Breaker::new(&self.app.settings.worker);
        loop {
            match restore_topology(&self.app.store, &self.app, &broker).await {
                Ok(_) => break,
                Err(TopologyError::Broker(error @ BrokerError::Different { .. })) => {
                    return Err(error)
                        .context("delete or rename what is there, or change `broker.queue_type`");
                }
                Err(error) => {
                    tracing::warn!(error = &error as &dyn std::error::Error, "waiting for the broker");
                    if !breaker.wait(&self.shutdown).await {
                        bail!("stopped while waiting for the broker");
                    }
                }
            }
        }
        let watched = broker.clone();
        self.app.health.watch("broker", move || {
            let health = watched.health();
            async move {
                match health {
                    berkas_broker::Health::Up => Ok(()),
                    other => Err(format!("{other:?}").to_lowercase()),
                }
            }
        });
        self.tasks.spawn(watch_topology(
            self.app.clone(),
            broker.clone(),
            TOPOLOGY_WATCH,
            self.shutdown.clone(),
        ));
        let (app, shutdown) = (self.app.clone(), self.shutdown.clone());
        self.tasks.spawn(park_dead_letters(app.clone(), broker.clone(), shutdown.clone()));
        self.tasks.spawn(observe(app, broker.clone(), OBSERVE, shutdown));
        self.tasks.spawn(Sweeper::new(self.app.clone(), broker.clone()).run(self.shutdown.clone()));
        self.tasks.spawn(berkas_runtime::remove_orphans(self.app.clone(), self.shutdown.clone()));
        Ok(broker)
    }

    async fn run_worker(&mut self, role: WorkerRole, broker: Broker) -> anyhow::Result<()> {
        let (app, shutdown) = (self.app.clone(), self.shutdown.clone());
        match role {
            WorkerRole::Intake => {
                let intake = berkas_intake::AmqpIntake::new(app, broker);
                self.tasks.spawn(async move { intake.run(shutdown).await });
            }
            WorkerRole::Scan => {
                let (store, blobs, clock) = (app.store.clone(), app.blobs.clone(), app.clock.clone());
                let scan = berkas_scan::ScanWorker::new(store, blobs, &app.settings.scan, clock);
                self.tasks.spawn(Runner::new(scan, app, broker).run(shutdown));
            }
            WorkerRole::Completeness => {
                let completeness = berkas_completeness::Completeness::new(app.clone(), self.rules().await?);
                self.tasks.spawn(Runner::new(completeness, app, broker).run(shutdown));
            }
            WorkerRole::Assignment => {
                let assignment = berkas_assignment::Assignment::new(app.clone())?;
                self.tasks.spawn(Runner::new(assignment, app.clone(), broker).run(shutdown.clone()));
                self.tasks.spawn(berkas_assignment::PoolKeeper::new(app)?.run(shutdown));
            }
            WorkerRole::Notification => {
                let dispatcher = berkas_notification::Dispatcher::new(app.clone(), broker.clone())?;
                self.tasks.spawn(dispatcher.run(shutdown.clone()));
                let notification = berkas_notification::Notification::new(app.clone());
                self.tasks.spawn(Runner::new(notification, app, broker).run(shutdown));
            }
        }
        Ok(())
    }

    /// The published rules, followed from now on.
    async fn rules(&mut self) -> anyhow::Result<Arc<LiveRules>> {
        if let Some(rules) = &self.rules {
            return Ok(Arc::clone(rules));
        }
        let (rules, publication) = rules::start(&self.app.store).await?;
        let (store, live, stop) = (self.app.store.clone(), Arc::clone(&rules), self.shutdown.clone());
        self.tasks.spawn(rules::follow(store, live, publication, stop));
        self.rules = Some(Arc::clone(&rules));
        Ok(rules)
    }

    /// Serves `surfaces` on one address.
    async fn serve(&mut self, surfaces: &[Surface], broker: Option<&Broker>) -> anyhow::Result<()> {
        let settings: WebSettings = self.app.settings.section("web")?;
        let web = WebState::new(self.app.store.clone(), self.app.clock.clone(), settings)?;
        let mut routes = axum::Router::new();
        for surface in surfaces {
            routes = routes.merge(match surface {
                Surface::Intake => self.door(web.clone(), broker).await?,
                Surface::Desk => berkas_desk::routes(self.desk(web.clone())?)
                    .merge(berkas_desk::events(web.clone(), self.shutdown.clone().cancelled_owned())),
                Surface::Console => berkas_console::routes(self.console(web.clone())),
            });
        }
        let limit = Duration::from_secs(self.app.settings.http.request_timeout_s);
        let router = berkas_web::surface_within(routes, web, (limit, berkas_intake::is_upload));
        let listener = tokio::net::TcpListener::bind(&self.app.settings.http.listen)
            .await
            .context("setting `http.listen`")?;
        tracing::info!(http.address = %listener.local_addr()?, "serving");
        let stop = self.shutdown.clone();
        self.tasks.spawn(async move {
            let service = router.into_make_service_with_connect_info::<std::net::SocketAddr>();
            let served = axum::serve(listener, service).with_graceful_shutdown(stop.cancelled_owned());
            if let Err(error) = served.await {
                tracing::error!(error = &error as &dyn std::error::Error, "pages are not served any more");
            }
        });
        Ok(())
    }

    async fn door(&mut self, web: WebState, broker: Option<&Broker>) -> anyhow::Result<axum::Router> {
        let rules = self.rules().await?;
        Ok(match broker {
            Some(broker) => {
                let relay = Relay::new(broker.publisher(), &self.app);
                berkas_intake::relaying_router(self.app.clone(), web, rules, relay)
            }
            None => berkas_intake::router(self.app.clone(), web, rules),
        })
    }

    fn console(&self, web: WebState) -> berkas_console::ConsoleState {
        let settings = &self.app.settings;
        let silent_after = chrono::TimeDelta::minutes(settings.notices.unacknowledged_office_min.into());
        berkas_console::ConsoleState {
            web,
            hours: settings.office_time.hours,
            silent_after,
            seal: self.app.seal.clone(),
        }
    }

    fn desk(&self, web: WebState) -> Result<berkas_desk::DeskState, SettingsError> {
        let minutes = |minutes: u32| chrono::TimeDelta::minutes(i64::from(minutes));
        let standby = &self.app.settings.standby;
        let standby = berkas_desk::StandbyTerms {
            register: minutes(standby.register_office_min),
            blanks: minutes(standby.blanks_office_min),
            most_days: standby.most_days,
            reserve: berkas_assignment::reserve(&self.app.settings)?,
            hours: self.app.settings.office_time.hours,
        };
        let settings = berkas_desk::DeskSettings {
            lease: minutes(self.app.settings.lease.minutes),
            hold: minutes(self.app.settings.hold.minutes),
            lock: minutes(self.app.settings.desk.lock_minutes),
            locked_lease: minutes(self.app.settings.desk.locked_lease_minutes),
            standby,
        };
        let (blobs, texts) = (self.app.blobs.clone(), Arc::clone(&self.app.texts));
        let originals = berkas_desk::Originals::new(&self.app.settings.scan, &self.app.settings.desk);
        Ok(berkas_desk::DeskState { web, blobs, texts, originals, settings })
    }

    /// Ends what the drain did not wait for: its attempts first, uncounted, for being stopped is no crash; then the tasks,
    /// whose deliveries go back.
    async fn give_up(&mut self) {
        match tokio::time::timeout(GIVE_UP, self.app.close_open_attempts()).await {
            Ok(Ok(count)) if count > 0 => tracing::info!(count, "closed attempts that were not done"),
            Ok(Ok(_)) => {}
            Ok(Err(error)) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "could not close attempts");
            }
            Err(_) => tracing::warn!("could not close attempts in time"),
        }
        self.tasks.abort_all();
        let ending = async { while self.tasks.join_next().await.is_some() {} };
        let _ = tokio::time::timeout(GIVE_UP, ending).await;
    }

    /// Runs until told to stop, then lets what is in hand end, for at most the drain time.
    async fn finish(mut self, broker: Option<Broker>) -> anyhow::Result<ExitCode> {
        // A task that ends because of the signal may be seen before the signal itself.
        let ended_early = tokio::select! {
            biased;
            () = self.shutdown.cancelled() => false,
            ended = self.tasks.join_next() => ended.is_some() && !self.shutdown.is_cancelled(),
        };
        if ended_early {
            tracing::error!("a task ended that should not have");
            self.shutdown.cancel();
        }
        self.app.health.drain();
        let drain = Duration::from_secs(self.app.settings.worker.drain_s);
        let drained =
            tokio::time::timeout(drain, async { while self.tasks.join_next().await.is_some() {} }).await;
        if drained.is_err() {
            tracing::warn!("the drain took too long; what was in hand goes back to the broker");
            self.give_up().await;
        }
        if let Some(broker) = broker {
            broker.close().await;
        }
        // Whoever was given up may still be in the middle of something; the database ends that with the connection.
        if tokio::time::timeout(GIVE_UP, self.app.store.close()).await.is_err() {
            tracing::warn!("the connections to the database were not given back in time");
        }
        tracing::info!("stopped");
        Ok(if ended_early { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }
}

/// Ready only with a database that answers and whose clock is close to ours.
fn watch_database(app: &App) {
    let (store, clock) = (app.store.clone(), app.clock.clone());
    let limit = i64::try_from(app.settings.database.max_clock_skew_ms).unwrap_or(i64::MAX);
    app.health.watch("database", move || {
        let (store, clock) = (store.clone(), clock.clone());
        async move {
            let theirs = store.database_time().await.map_err(|error| error.to_string())?;
            let skew = (clock.now() - theirs).num_milliseconds().abs();
            if skew <= limit { Ok(()) } else { Err(format!("the clocks differ by {skew} ms")) }
        }
    });
}
