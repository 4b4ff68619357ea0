//! One submission leaves one trace: spans of every stage, each linked to the one that made it due.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use berkas_rules::{LiveRules, RuleSets};
use berkas_runtime::telemetry::{CollectedSpan, SpanCollector};
use berkas_runtime::{App, Runner, Sweeper};
use berkas_samples::Defect;
use berkas_store::Neraca;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use uuid::Uuid;

use crate::bench::{Bench, Office, Process, until};

/// Runs the chain in this process, where its spans can be collected.
fn run_chain(app: &App, shutdown: &CancellationToken) -> Result<JoinSet<()>> {
    let mut tasks = JoinSet::new();
    let stop = || shutdown.clone();
    let broker = app.broker("test", CancellationToken::new())?;
    let intake = berkas_intake::AmqpIntake::new(app.clone(), broker.clone());
    let intake_stops = stop();
    tasks.spawn(async move { intake.run(intake_stops).await });
    let (store, blobs, clock) = (app.store.clone(), app.blobs.clone(), app.clock.clone());
    let scan = berkas_scan::ScanWorker::new(store, blobs, &app.settings.scan, clock);
    tasks.spawn(Runner::new(scan, app.clone(), broker.clone()).run(stop()));
    let rules = Arc::new(LiveRules::new(RuleSets::built_in()));
    let completeness = berkas_completeness::Completeness::new(app.clone(), rules);
    tasks.spawn(Runner::new(completeness, app.clone(), broker.clone()).run(stop()));
    let assignment = berkas_assignment::Assignment::new(app.clone())?;
    tasks.spawn(Runner::new(assignment, app.clone(), broker.clone()).run(stop()));
    tasks.spawn(berkas_notification::Dispatcher::new(app.clone(), broker.clone())?.run(stop()));
    let notification = berkas_notification::Notification::new(app.clone());
    tasks.spawn(Runner::new(notification, app.clone(), broker.clone()).run(stop()));
    tasks.spawn(Sweeper::new(app.clone(), broker).run(stop()));
    Ok(tasks)
}

/// A bench whose chain runs in this process, and what it leaves behind.
struct Traced {
    bench: Bench,
    collector: SpanCollector,
    shutdown: CancellationToken,
    chain: JoinSet<()>,
    _serving: Process,
}

impl Traced {
    async fn start() -> Result<Self> {
        let collector = SpanCollector::default();
        tracing_subscriber::registry().with(collector.clone()).try_init()?;
        let bench = Bench::start().await?;
        let serving = bench.spawn(&["serve"])?;
        bench.serves().await?;
        let shutdown = CancellationToken::new();
        let chain = run_chain(&bench.app("test").await?, &shutdown)?;
        Ok(Self { bench, collector, shutdown, chain, _serving: serving })
    }

    /// The spans of a machine's step on the submission.
    fn of_step(&self, submission: &str, step: &str) -> Vec<CollectedSpan> {
        let mut spans = self.collector.spans();
        spans.retain(|span| {
            span.field("submission.id").as_deref() == Some(submission)
                && span.field("stage.step").as_deref() == Some(step)
        });
        spans
    }

    /// Waits for a span of each of `steps`; they must form one trace from the intake on, each linked to the one before.
    /// Returns the last.
    async fn is_one_trace(&self, office: &Office, sender_id: Uuid, steps: &[&str]) -> Result<CollectedSpan> {
        let submission = self.bench.store.find_submission(&office.code, Some(sender_id), None).await?;
        let submission = submission.context("unknown")?.id.to_string();
        until("every step has ended its span", || async {
            Ok(steps.iter().all(|step| !self.of_step(&submission, step).is_empty()))
        })
        .await?;
        let judged = self.collector.spans().into_iter().find(|span| span.name == "job.intake.judge");
        let mut before = judged.context("the intake left no span")?;
        assert_eq!(before.field("link.span.id"), None, "the office sent no trace of its own");
        for step in steps {
            let spans = self.of_step(&submission, step);
            assert_eq!(spans.len(), 1, "`{step}` was done once: {spans:?}");
            assert_eq!(spans[0].field("trace.id"), before.field("trace.id"), "`{step}` is in the same trace");
            assert_eq!(spans[0].field("link.span.id"), before.field("span.id"), "what made `{step}` due");
            before = spans[0].clone();
        }
        Ok(before)
    }

    async fn finish(self) -> Result<Neraca> {
        self.shutdown.cancel();
        self.chain.join_all().await;
        self.bench.finish().await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_submission_leaves_linked_spans_of_one_trace_in_every_stage() -> Result<()> {
    let traced = Traced::start().await?;
    let office = traced.bench.office("351709").await?;
    let dossier = office.dossier(41, "akta_kematian", "MTI-1", &[Defect::MissingDocument])?;
    let sender_id = Uuid::new_v4();
    office.upload(&dossier).await?;
    office.publish(&dossier, office.manifest(&dossier, sender_id, 1)?).await?;
    assert_eq!(office.decision(sender_id).await?.data["outcome"], "returned");
    traced.is_one_trace(&office, sender_id, &["scan", "completeness", "notification"]).await?;
    let neraca = traced.finish().await?;
    assert_eq!((neraca.accepted, neraca.returned), (1, 1));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_trace_goes_on_behind_a_person() -> Result<()> {
    let traced = Traced::start().await?;
    let office = traced.bench.office("351709").await?;
    let verifier = traced.bench.verifier("wati").await?;
    let dossier = office.dossier(42, "akta_kematian", "MTI-1", &[])?;
    let sender_id = Uuid::new_v4();
    office.upload(&dossier).await?;
    office.publish(&dossier, office.manifest(&dossier, sender_id, 1)?).await?;
    verifier.pass(1).await?;
    let decision = office.decision(sender_id).await?;
    assert_eq!(decision.data["outcome"], "passed");
    let last = traced
        .is_one_trace(&office, sender_id, &["scan", "completeness", "assignment", "notification"])
        .await?;
    let (trace, span) = (last.field("trace.id"), last.field("span.id"));
    let sent = decision.trace.context("the notice came without a trace")?;
    assert_eq!(sent, format!("00-{}-{}-01", trace.context("no trace")?, span.context("no span")?));
    let neraca = traced.finish().await?;
    assert_eq!((neraca.accepted, neraca.finished), (1, 1));
    Ok(())
}
