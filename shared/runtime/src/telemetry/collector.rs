//! Spans kept in memory, for tests that follow a submission across the stages.

use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;
use tracing::Subscriber;
use tracing::span::{Attributes, Id, Record};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

use super::fields::Fields;

/// A layer that keeps every span with its fields; clones share what was collected.
#[derive(Debug, Clone, Default)]
pub struct SpanCollector {
    closed: Arc<Mutex<Vec<CollectedSpan>>>,
}

/// A span that was closed.
#[derive(Debug, Clone)]
pub struct CollectedSpan {
    /// Its name.
    pub name: &'static str,
    fields: Fields,
}

impl CollectedSpan {
    /// The field `name`; texts without quotes.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<String> {
        self.fields.0.get(name).map(|value| match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        })
    }
}

impl SpanCollector {
    /// The spans that were closed so far, in the order of their end.
    #[must_use]
    pub fn spans(&self) -> Vec<CollectedSpan> {
        self.closed.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl<S> Layer<S> for SpanCollector
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        if let Some(span) = context.span(id) {
            span.extensions_mut().insert(CollectedSpan { name: attributes.metadata().name(), fields });
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        if let Some(collected) = span.extensions_mut().get_mut::<CollectedSpan>() {
            values.record(&mut collected.fields);
        }
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let Some(span) = context.span(&id) else { return };
        let collected = span.extensions_mut().remove::<CollectedSpan>();
        self.closed.lock().unwrap_or_else(PoisonError::into_inner).extend(collected);
    }
}
