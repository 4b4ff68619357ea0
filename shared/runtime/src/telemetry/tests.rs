use std::io::Write;
use std::sync::{Mutex, PoisonError};

use berkas_domain::FixedClock;
use chrono::DateTime;
use serde_json::Value;
use tracing::Subscriber;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::registry::LookupSpan;

use super::*;

/// A log in memory.
#[derive(Clone, Default)]
struct Memory(Arc<Mutex<Vec<u8>>>);

impl Memory {
    fn lines(&self) -> Vec<Value> {
        let bytes = self.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

impl Write for Memory {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Memory {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

fn log_to(memory: &Memory) -> impl Subscriber + for<'a> LookupSpan<'a> + use<> {
    let clock = FixedClock::at(DateTime::from_timestamp(1_700_000_000, 0).unwrap());
    tracing_subscriber::registry().with(JsonLog::new(memory.clone(), "scan", Arc::new(clock)))
}

#[test]
fn a_line_carries_the_fields_of_its_spans_flat_under_their_dotted_names() {
    let memory = Memory::default();
    tracing::subscriber::with_default(log_to(&memory), || {
        let context =
            TraceContext::continue_from(Some("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"));
        let outer =
            job_span!("job.scan.normalize", &context, submission.id = 7, page.number = tracing::field::Empty);
        let _outer = outer.enter();
        let _inner = tracing::info_span!("scan.page.decode", submission.id = 8).entered();
        outer.record("page.number", 3);
        tracing::info!(elapsed_ms = 12, "page done");
    });
    let lines = memory.lines();
    let line = &lines[0];
    assert_eq!(line["timestamp"], "2023-11-14T22:13:20.000000Z");
    assert_eq!((line["level"].as_str(), line["role"].as_str()), (Some("INFO"), Some("scan")));
    assert_eq!((line["message"].as_str(), line["elapsed_ms"].as_i64()), (Some("page done"), Some(12)));
    assert_eq!((line["submission.id"].as_i64(), line["page.number"].as_i64()), (Some(8), Some(3)));
    assert_eq!(line["trace.id"], "4bf92f3577b34da6a3ce929d0e0e4736");
    assert_eq!(
        (line["link.span.id"].as_str(), line["span"].as_str()),
        (Some("00f067aa0ba902b7"), Some("scan.page.decode"))
    );
}

#[test]
fn an_error_is_logged_with_its_causes() {
    let memory = Memory::default();
    let error = TelemetryError::Level(EnvFilter::builder().parse("info,=,=").unwrap_err());
    tracing::subscriber::with_default(log_to(&memory), || {
        tracing::warn!(error = &error as &dyn std::error::Error, "cannot log");
    });
    let line = &memory.lines()[0];
    assert!(line["error"].as_str().unwrap().starts_with("setting `telemetry.log_level`: "), "{line}");
}

#[test]
fn one_submission_leaves_linked_spans_of_one_trace_in_every_stage() {
    let collector = SpanCollector::default();
    let subscriber = tracing_subscriber::registry().with(collector.clone());
    tracing::subscriber::with_default(subscriber, || {
        let mut header = None;
        for stage in ["intake", "scan", "completeness"] {
            let context = TraceContext::continue_from(header.as_deref());
            let _span = job_span!("job.stage.handle", &context, stage.name = stage).entered();
            header = Some(context.to_string());
        }
    });
    let spans = collector.spans();
    assert_eq!(spans.len(), 3);
    for pair in spans.windows(2) {
        assert_eq!(pair[0].field("trace.id"), pair[1].field("trace.id"));
        assert_eq!(pair[1].field("link.span.id"), pair[0].field("span.id"));
    }
    assert_eq!(spans[0].field("link.span.id"), None);
    assert_eq!(spans[2].field("stage.name").as_deref(), Some("completeness"));
}

#[test]
fn a_wrong_level_is_said_by_the_name_of_its_setting() {
    let settings = TelemetrySettings {
        log_format: LogFormat::Json,
        log_level: "info,=,=".to_owned(),
        otlp_endpoint: String::new(),
    };
    let error = init(&settings, "scan").unwrap_err();
    assert!(error.to_string().contains("`telemetry.log_level`"), "{error}");
}

#[cfg(not(feature = "otlp"))]
#[test]
fn an_endpoint_that_nobody_sends_to_is_an_error_and_not_a_silence() {
    let settings = TelemetrySettings {
        log_format: LogFormat::Json,
        log_level: "info".to_owned(),
        otlp_endpoint: "http://127.0.0.1:4318".to_owned(),
    };
    assert!(matches!(init(&settings, "scan"), Err(TelemetryError::Otlp(_))));
}
