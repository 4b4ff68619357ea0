//! Logs, spans and the trace that one submission leaves across all stages.
//!
//! A line of the log is one JSON object on standard error: `timestamp`, `level`, `role`, `message`, `target`, and the
//! fields of the event and of all spans around it side by side, each under its one dotted name (`submission.id`,
//! `message.attempt`, `elapsed_ms`). No name, NIK, address, image byte or raw body is ever a field.

mod collector;
mod fields;
mod json_log;
#[cfg(feature = "otlp")]
mod otlp;
mod panics;
mod trace_context;

use std::sync::Arc;

use berkas_domain::{Clock, SystemClock};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::settings::{LogFormat, TelemetrySettings};

pub use collector::{CollectedSpan, SpanCollector};
pub use json_log::JsonLog;
pub use trace_context::{InvalidTraceparent, TraceContext};

/// Why there are no logs.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// `telemetry.log_level` is neither a level nor directives.
    #[error("setting `telemetry.log_level`: {0}")]
    Level(#[from] tracing_subscriber::filter::ParseError),
    /// Somebody set up logs in this process before.
    #[error("logs were set up already")]
    Again,
    /// `telemetry.otlp_endpoint` is set and cannot be served.
    #[error("setting `telemetry.otlp_endpoint`: {0}")]
    Otlp(&'static str),
}

/// Sets up logs on standard error for this process, which plays `role`, and makes panics part of the log. When
/// `telemetry.otlp_endpoint` is set, call it within the runtime: a task of it sends the spans.
///
/// # Errors
/// [`TelemetryError`].
pub fn init(settings: &TelemetrySettings, role: &'static str) -> Result<(), TelemetryError> {
    let filter = EnvFilter::builder().parse(&settings.log_level)?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let sent = sent_spans(settings, role, &clock)?;
    let registry = tracing_subscriber::registry().with(filter).with(sent);
    let set = match settings.log_format {
        LogFormat::Json => registry.with(JsonLog::new(std::io::stderr, role, clock)).try_init(),
        LogFormat::Pretty => {
            registry.with(tracing_subscriber::fmt::layer().with_writer(std::io::stderr)).try_init()
        }
    };
    set.map_err(|_| TelemetryError::Again)?;
    panics::log_them();
    Ok(())
}

#[cfg(feature = "otlp")]
fn sent_spans(
    settings: &TelemetrySettings,
    role: &'static str,
    clock: &Arc<dyn Clock>,
) -> Result<Option<otlp::OtlpLayer>, TelemetryError> {
    if settings.otlp_endpoint.is_empty() {
        return Ok(None);
    }
    let runtime = tokio::runtime::Handle::try_current()
        .map_err(|_| TelemetryError::Otlp("nothing can be sent outside the runtime"))?;
    let (layer, sending) = otlp::exporter(&settings.otlp_endpoint, role, Arc::clone(clock));
    runtime.spawn(sending);
    Ok(Some(layer))
}

#[cfg(not(feature = "otlp"))]
fn sent_spans(
    settings: &TelemetrySettings,
    _: &'static str,
    _: &Arc<dyn Clock>,
) -> Result<Option<tracing_subscriber::layer::Identity>, TelemetryError> {
    match settings.otlp_endpoint.as_str() {
        "" => Ok(None),
        _ => Err(TelemetryError::Otlp("this program was built without the feature `otlp`")),
    }
}

/// Opens a span for work that a message asked for: `job_span!("job.scan.normalize", context, submission.id = %id)`.
///
/// The context of the sender is *linked* (`link.span.id`), not made the parent: the work may run days later. The trace
/// id stays the same over all stages, so that one look-up finds the whole way of a submission.
#[macro_export]
macro_rules! job_span {
    ($name:literal, $context:expr $(, $($field:tt)*)?) => {{
        let context: &$crate::telemetry::TraceContext = $context;
        tracing::info_span!(
            $name,
            trace.id = %context.trace_id(),
            span.id = %context.span_id(),
            link.span.id = context.linked_span_id().map(tracing::field::display),
            $($($field)*)?
        )
    }};
}

#[cfg(test)]
mod tests;
