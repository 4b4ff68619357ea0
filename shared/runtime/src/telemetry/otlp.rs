//! Spans to an OpenTelemetry collector: OTLP over HTTP in its JSON encoding
//! (<https://opentelemetry.io/docs/specs/otlp/#otlphttp>).
//!
//! Only spans with a trace (see `job_span!`) and those inside them are sent. Sending never holds up work: what does
//! not fit into the buffer, and what the collector does not take, is dropped and counted in the log.

use std::sync::Arc;
use std::time::Duration;

use berkas_domain::Clock;
use serde_json::{Map, Value, json};
use tokio::sync::mpsc;
use tracing::Subscriber;
use tracing::span::{Attributes, Id, Record};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

use super::fields::Fields;
use super::trace_context::new_span_id;

/// Spans that wait to be sent at most.
const BUFFER: usize = 4096;
/// Spans of one request at most.
const BATCH: usize = 512;
/// How long spans are gathered before they are sent.
const GATHER: Duration = Duration::from_secs(1);
/// How long the collector may take for one request.
const TIMEOUT: Duration = Duration::from_secs(5);
/// `SPAN_KIND_INTERNAL` and `SPAN_KIND_CONSUMER` of the protocol.
const INTERNAL: u8 = 1;
const CONSUMER: u8 = 5;

/// Hands closed spans to the task that sends them.
#[derive(Debug)]
pub(super) struct OtlpLayer {
    spans: mpsc::Sender<Value>,
    clock: Arc<dyn Clock>,
}

/// What this layer keeps with a span of a trace.
struct Open {
    trace_id: String,
    span_id: String,
    /// The span around it; empty for the one that a message began.
    parent_id: String,
    started_ns: i64,
    fields: Fields,
}

/// Makes the layer and the task that sends to `endpoint`; the task ends when the layer is dropped.
pub(super) fn exporter(
    endpoint: &str,
    role: &'static str,
    clock: Arc<dyn Clock>,
) -> (OtlpLayer, impl Future<Output = ()> + Send + use<>) {
    let (sender, receiver) = mpsc::channel(BUFFER);
    let url = format!("{}/v1/traces", endpoint.trim_end_matches('/'));
    (OtlpLayer { spans: sender, clock }, send_all(url, role, receiver))
}

async fn send_all(url: String, role: &'static str, mut spans: mpsc::Receiver<Value>) {
    let client = reqwest::Client::new();
    let mut batch = Vec::new();
    while spans.recv_many(&mut batch, BATCH).await > 0 {
        if batch.len() < BATCH {
            tokio::time::sleep(GATHER).await;
            while batch.len() < BATCH
                && let Ok(span) = spans.try_recv()
            {
                batch.push(span);
            }
        }
        let count = batch.len();
        if let Err(problem) = send(&client, &url, request(role, std::mem::take(&mut batch))).await {
            tracing::warn!(span.count = count, problem, "spans were not taken");
        }
    }
}

async fn send(client: &reqwest::Client, url: &str, body: Value) -> Result<(), String> {
    let request = client.post(url).timeout(TIMEOUT).header("content-type", "application/json");
    let answer = request.body(body.to_string()).send().await.map_err(|error| error.to_string())?;
    let status = answer.status();
    if status.is_success() { Ok(()) } else { Err(format!("the collector answered {status}")) }
}

fn request(role: &str, spans: Vec<Value>) -> Value {
    let resource = attributes([("service.name", "berkas".into()), ("service.role", role.into())]);
    let scope = json!({ "name": "berkas", "version": env!("CARGO_PKG_VERSION") });
    json!({ "resourceSpans": [{
        "resource": { "attributes": resource },
        "scopeSpans": [{ "scope": scope, "spans": spans }],
    }]})
}

fn attributes<'a>(fields: impl IntoIterator<Item = (&'a str, Value)>) -> Value {
    let typed = |value: Value| match value {
        Value::String(text) => json!({ "stringValue": text }),
        Value::Bool(value) => json!({ "boolValue": value }),
        // The encoding writes 64-bit numbers as texts.
        Value::Number(number) if number.is_i64() || number.is_u64() => {
            json!({ "intValue": number.to_string() })
        }
        Value::Number(number) => json!({ "doubleValue": number }),
        other => json!({ "stringValue": other.to_string() }),
    };
    fields.into_iter().map(|(key, value)| json!({ "key": key, "value": typed(value) })).collect()
}

impl OtlpLayer {
    fn now_ns(&self) -> i64 {
        self.clock.now().timestamp_nanos_opt().unwrap_or_default()
    }

    fn open(&self, mut fields: Fields, parent: Option<&Open>) -> Option<Open> {
        let mut text = |name: &str| match fields.0.remove(name) {
            Some(Value::String(text)) => Some(text),
            _ => None,
        };
        let (trace_id, span_id) = (text("trace.id"), text("span.id"));
        let started_ns = self.now_ns();
        match (trace_id.zip(span_id), parent) {
            (Some((trace_id, span_id)), _) => {
                Some(Open { trace_id, span_id, parent_id: String::new(), started_ns, fields })
            }
            (None, Some(parent)) => Some(Open {
                trace_id: parent.trace_id.clone(),
                span_id: format!("{:016x}", new_span_id()),
                parent_id: parent.span_id.clone(),
                started_ns,
                fields,
            }),
            (None, None) => None,
        }
    }

    fn closed(&self, name: &str, open: Open) -> Value {
        let Open { trace_id, span_id, parent_id, started_ns, fields } = open;
        let mut fields: Map<String, Value> = fields.0;
        let links = match fields.remove("link.span.id") {
            Some(linked) => json!([{ "traceId": trace_id.clone(), "spanId": linked }]),
            None => json!([]),
        };
        let kind = if parent_id.is_empty() { CONSUMER } else { INTERNAL };
        json!({
            "traceId": trace_id,
            "spanId": span_id,
            "parentSpanId": parent_id,
            "name": name,
            "kind": kind,
            "startTimeUnixNano": started_ns.to_string(),
            "endTimeUnixNano": self.now_ns().to_string(),
            "attributes": attributes(fields.iter().map(|(key, value)| (key.as_str(), value.clone()))),
            "links": links,
        })
    }
}

impl<S> Layer<S> for OtlpLayer
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        let Some(span) = context.span(id) else { return };
        let parent = span.parent();
        let open = {
            let extensions = parent.as_ref().map(tracing_subscriber::registry::SpanRef::extensions);
            self.open(fields, extensions.as_ref().and_then(|extensions| extensions.get::<Open>()))
        };
        if let Some(open) = open {
            span.extensions_mut().insert(open);
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        if let Some(open) = span.extensions_mut().get_mut::<Open>() {
            values.record(&mut open.fields);
        }
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let Some(span) = context.span(&id) else { return };
        let open = span.extensions_mut().remove::<Open>();
        if let Some(open) = open {
            // A full buffer means that the collector is slow; the work is not.
            let _ = self.spans.try_send(self.closed(span.name(), open));
        }
    }
}

#[cfg(test)]
mod tests;
