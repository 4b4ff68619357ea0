//! Reading a delivery: who sent it, and what it says.

use berkas_broker::Delivery;
use berkas_contract::{
    DecodeError, OfficeMessage, Problem, RejectionCode, Source, decode_office_message, names,
};
use berkas_domain::{OfficeCode, Sha256Hash};
use berkas_runtime::telemetry::TraceContext;
use uuid::Uuid;

use crate::answer::About;

/// A message whose sender the broker vouches for.
#[derive(Debug, Clone)]
pub(super) struct Incoming {
    /// Who sent it.
    pub(super) office: OfficeCode,
    /// What it says.
    pub(super) message: OfficeMessage,
    /// The trace of its receipt, linked to the sender's.
    pub(super) trace: TraceContext,
}

/// A message that is parked, and answered when its sender is known.
#[derive(Debug, Clone)]
pub(super) struct Unacceptable {
    /// Whom the broker vouches for.
    pub(super) office: Option<OfficeCode>,
    /// What was read of it.
    pub(super) about: About,
    /// What is wrong.
    pub(super) problem: Problem,
}

impl Unacceptable {
    /// For the operator: the field, never its value.
    pub(super) fn detail(&self) -> String {
        let office = self.office.as_ref().map_or("nobody the broker vouches for", OfficeCode::as_str);
        match &self.problem.field {
            Some(field) => format!("from {office}: {} (`{field}`)", self.problem.text_en),
            None => format!("from {office}: {}", self.problem.text_en),
        }
    }
}

/// Reads a delivery of at most `limit` bytes.
pub(super) fn read(delivery: &Delivery, limit: usize) -> Result<Incoming, Box<Unacceptable>> {
    let office = sender(delivery);
    judge_envelope(delivery, office.as_ref(), limit).map_err(|(problem, message)| {
        let content = Some(Sha256Hash::of(&delivery.body));
        let message = message.or_else(|| delivery.message_id.as_deref()?.parse().ok());
        Box::new(Unacceptable { office, about: About { message, content, ..About::default() }, problem })
    })
}

/// The office whose AMQP user published the message; the broker has checked it.
fn sender(delivery: &Delivery) -> Option<OfficeCode> {
    delivery.user_id.as_deref()?.parse().ok()
}

/// What is wrong and, if it could be read, with which message.
type Fault = (Problem, Option<Uuid>);

fn judge_envelope(delivery: &Delivery, office: Option<&OfficeCode>, limit: usize) -> Result<Incoming, Fault> {
    let fault = |code| (Problem::new(code), None);
    if delivery.user_id.is_none() {
        return Err(fault(RejectionCode::UserMissing));
    }
    // The broker lets an office write its own keys only, but a copy to another key it does not look at.
    if delivery.has_cc || delivery.has_bcc {
        return Err(fault(RejectionCode::CcRefused));
    }
    if delivery.body.len() > limit {
        return Err(fault(RejectionCode::TooLarge));
    }
    let office = office.ok_or_else(|| fault(RejectionCode::OfficeUnknown))?;
    if names::office_of_intake_key(&delivery.routing_key).as_ref() != Some(office) {
        return Err(fault(RejectionCode::OfficeMismatch));
    }
    let message = decode_office_message(&delivery.body).map_err(|error| undecodable(&error))?;
    if let Some(field) = foreign_field(&message, office) {
        return Err((Problem::new(RejectionCode::OfficeMismatch).at(field), Some(id_of(&message))));
    }
    let trace = TraceContext::continue_from(delivery.traceparent.as_deref());
    Ok(Incoming { office: office.clone(), message, trace })
}

fn undecodable(error: &DecodeError) -> Fault {
    let problem = Problem { field: error.field().map(str::to_owned), ..Problem::new(error.code()) };
    (problem, error.message())
}

/// The field that names another office than the one that sent the message.
fn foreign_field(message: &OfficeMessage, office: &OfficeCode) -> Option<&'static str> {
    let source = match message {
        OfficeMessage::Submission(envelope) if envelope.data.office != *office => return Some("data.office"),
        OfficeMessage::Submission(envelope) => &envelope.source,
        OfficeMessage::Withdrawal(envelope) => &envelope.source,
        OfficeMessage::Acknowledgement(envelope) => &envelope.source,
    };
    (*source != Source::Office(office.clone())).then_some("source")
}

/// The message's own id.
pub(super) const fn id_of(message: &OfficeMessage) -> Uuid {
    match message {
        OfficeMessage::Submission(envelope) => envelope.id,
        OfficeMessage::Withdrawal(envelope) => envelope.id,
        OfficeMessage::Acknowledgement(envelope) => envelope.id,
    }
}
