//! The intake: two doors for what offices send, one judgement behind them.
//!
//! [`AmqpIntake`] consumes the queue `intake`; [`router`] is the HTTP door, where files are uploaded and the same
//! submission may be handed in. Both ask `judge`, so that a submission gets the same answer wherever and however often
//! it comes. See `docs/INTAKE.md` for the other side of the doors.

mod amqp;
mod answer;
mod backlog;
mod due_time;
mod http;
mod judge;
mod note;
mod papers;
mod validate;
mod withdraw;

pub use amqp::AmqpIntake;
pub use http::{is_upload, paths, relaying_router, router};
