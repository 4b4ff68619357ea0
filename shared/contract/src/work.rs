//! What the workers tell each other: which step of which submission is due.

use berkas_domain::{Generation, MessageId, Step, SubmissionId};
use serde::{Deserialize, Serialize};

use crate::WORK_MESSAGE_LIMIT;
use crate::decode::field_path;

const VERSION: u8 = 1;

/// One piece of due work; internal, never seen by an office.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkMessage {
    v: u8,
    /// The submission.
    pub submission: SubmissionId,
    /// The generation it was due at; work of an older one is stale.
    pub generation: Generation,
    /// The step; also the routing key.
    pub step: Step,
}

/// A work message that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WorkError {
    /// More than [`WORK_MESSAGE_LIMIT`] bytes.
    #[error("a work message of {size} bytes is over the limit")]
    TooLarge {
        /// Its size in bytes.
        size: usize,
    },
    /// A newer major version than this program speaks.
    #[error("version {version} of work messages is not known")]
    UnknownVersion {
        /// The version it says.
        version: u64,
    },
    /// Not a work message.
    #[error("not a work message, at `{path}`")]
    Malformed {
        /// The path of the field, never its value.
        path: String,
    },
}

impl WorkMessage {
    /// Names due work.
    #[must_use]
    pub const fn new(submission: SubmissionId, generation: Generation, step: Step) -> Self {
        Self { v: VERSION, submission, generation, step }
    }

    /// Its id: the same at every re-publish of the same work.
    #[must_use]
    pub fn message_id(&self) -> MessageId {
        MessageId::of_work(self.submission, self.step, self.generation)
    }

    /// Writes it as JSON, far below [`WORK_MESSAGE_LIMIT`].
    #[must_use]
    #[expect(clippy::expect_used, reason = "a flat struct of ids is always JSON")]
    pub fn encode(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("a work message is always JSON")
    }

    /// Reads one.
    ///
    /// # Errors
    /// [`WorkError`], which names a field but no value.
    pub fn decode(body: &[u8]) -> Result<Self, WorkError> {
        #[derive(Deserialize)]
        struct Head {
            v: u64,
        }
        if body.len() > WORK_MESSAGE_LIMIT {
            return Err(WorkError::TooLarge { size: body.len() });
        }
        let head: Head = read(body)?;
        if head.v != u64::from(VERSION) {
            return Err(WorkError::UnknownVersion { version: head.v });
        }
        read(body)
    }
}

fn read<'de, T: Deserialize<'de>>(body: &'de [u8]) -> Result<T, WorkError> {
    let mut reader = serde_json::Deserializer::from_slice(body);
    let message = serde_path_to_error::deserialize(&mut reader)
        .map_err(|error| WorkError::Malformed { path: field_path(error.path()) })?;
    reader.end().map_err(|_| WorkError::Malformed { path: ".".to_owned() })?;
    Ok(message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn sample() -> WorkMessage {
        WorkMessage::new(SubmissionId(Uuid::from_u128(7)), Generation(3), Step::Scan)
    }

    #[test]
    fn a_work_message_reads_back_and_fits_its_limit() {
        let body = sample().encode();
        assert!(body.len() <= WORK_MESSAGE_LIMIT);
        assert_eq!(WorkMessage::decode(&body), Ok(sample()));
    }

    #[test]
    fn what_is_no_work_message_is_refused_with_the_field_and_without_its_value() {
        let mut value = serde_json::to_value(sample()).unwrap();
        value["step"] = "3517094108069001".into();
        let error = WorkMessage::decode(value.to_string().as_bytes()).unwrap_err();
        assert_eq!(error, WorkError::Malformed { path: "step".into() });
        assert!(!error.to_string().contains("3517"));

        value["v"] = 2.into();
        let newer = WorkMessage::decode(value.to_string().as_bytes());
        assert_eq!(newer, Err(WorkError::UnknownVersion { version: 2 }));
        let trailing = [sample().encode(), b"{}".to_vec()].concat();
        assert!(WorkMessage::decode(&trailing).is_err());
        let heavy = vec![b' '; WORK_MESSAGE_LIMIT + 1];
        assert_eq!(WorkMessage::decode(&heavy), Err(WorkError::TooLarge { size: WORK_MESSAGE_LIMIT + 1 }));
    }
}
