//! One submission leaves one trace: spans of every stage, each linked to the one that made it due.

use anyhow::{Context as _, Result};
use berkas_runtime::telemetry::{CollectedSpan, SpanCollector};
use berkas_runtime::{App, Runner, Sweeper};
use berkas_samples::Defect;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use uuid::Uuid;

use crate::bench::{Bench, until};

/// The machine's steps for a submission that the rules return.
const STEPS: [&str; 3] = ["scan", "completeness", "notification"];

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
    let rules = berkas_rules::RuleSets::embedded();
    let completeness = berkas_completeness::Completeness::new(app.clone(), rules);
    tasks.spawn(Runner::new(completeness, app.clone(), broker.clone()).run(stop()));
    tasks.spawn(berkas_notification::Dispatcher::new(app.clone(), broker.clone())?.run(stop()));
    let notification = berkas_notification::Notification::new(app.clone());
    tasks.spawn(Runner::new(notification, app.clone(), broker.clone()).run(stop()));
    tasks.spawn(Sweeper::new(app.clone(), broker).run(stop()));
    Ok(tasks)
}

#[tokio::test(flavor = "multi_thread")]
async fn one_submission_leaves_linked_spans_of_one_trace_in_every_stage() -> Result<()> {
    let collector = SpanCollector::default();
    tracing_subscriber::registry().with(collector.clone()).try_init()?;
    let bench = Bench::start().await?;
    let _serving = bench.spawn(&["serve"])?;
    bench.serves().await?;
    let office = bench.office("351709").await?;
    let shutdown = CancellationToken::new();
    let chain = run_chain(&bench.app("test").await?, &shutdown)?;

    let dossier = office.dossier(41, "akta_kematian", "MTI-1", &[Defect::MissingDocument])?;
    let sender_id = Uuid::new_v4();
    office.upload(&dossier).await?;
    office.publish(&dossier, office.manifest(&dossier, sender_id, 1)?).await?;
    let decision = office.decision(sender_id).await?;
    assert_eq!(decision.data["outcome"], "returned");

    let submission = bench.store.find_submission(&office.code, Some(sender_id), None).await?;
    let submission = submission.context("unknown")?.id.to_string();
    let of_step = |step: &str| -> Vec<CollectedSpan> {
        let mut spans = collector.spans();
        spans.retain(|span| {
            span.field("submission.id").as_deref() == Some(&submission)
                && span.field("stage.step").as_deref() == Some(step)
        });
        spans
    };
    until("every step has ended its span", || async {
        Ok(STEPS.iter().all(|step| !of_step(step).is_empty()))
    })
    .await?;

    let judged = collector.spans().into_iter().find(|span| span.name == "job.intake.judge");
    let mut before = judged.context("the intake left no span")?;
    assert_eq!(before.field("link.span.id"), None, "the office sent no trace of its own");
    for step in STEPS {
        let spans = of_step(step);
        assert_eq!(spans.len(), 1, "`{step}` was done once: {spans:?}");
        assert_eq!(spans[0].field("trace.id"), before.field("trace.id"), "`{step}` is in the same trace");
        assert_eq!(spans[0].field("link.span.id"), before.field("span.id"), "what made `{step}` due");
        before = spans[0].clone();
    }

    shutdown.cancel();
    chain.join_all().await;
    let neraca = bench.finish().await?;
    assert_eq!((neraca.accepted, neraca.returned), (1, 1));
    Ok(())
}
