//! What the district sends to an office.

use berkas_domain::{
    DocumentKind, NoticeId, Outcome, ReasonCode, RegistrationNumber, Revision, StandbyKind, StandbyState,
    SubmissionId,
};
use chrono::{DateTime, NaiveDate, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::envelope::Event;
use crate::rejection::RejectionCode;

/// The submission is received and will be answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Accepted {
    /// The office's own id of the dossier.
    pub sender_id: Uuid,
    /// The revision that was received.
    pub revision: Revision,
    /// The number on the receipt; the same over all revisions.
    pub registration_number: RegistrationNumber,
    /// The district's id of the submission.
    pub submission: SubmissionId,
    /// Whether it only counts as training.
    pub training: bool,
    /// When it was received.
    pub received_at: DateTime<Utc>,
}

impl Event for Accepted {
    const TYPE: &'static str = "id.berkas.accepted.v1";
    const NAME: &'static str = "accepted.v1";
    const SUMMARY: &'static str = "The district has received a submission and will answer it.";
    const SAMPLE: &'static str = include_str!("../golden/accepted.v1.json");
}

/// The message was not taken; nothing of it is kept, so it can be corrected and sent again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Rejected {
    /// The office's own id of the dossier, if it could be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sender_id: Option<Uuid>,
    /// The revision, if it could be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<Revision>,
    /// The `id` or else the AMQP `message_id` of what was rejected, if it was a UUID.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<Uuid>,
    /// Whether the office is in training.
    #[serde(default)]
    pub training: bool,
    /// Why, at least one.
    #[schemars(length(min = 1))]
    pub reasons: Vec<Problem>,
}

impl Event for Rejected {
    const TYPE: &'static str = "id.berkas.rejected.v1";
    const NAME: &'static str = "rejected.v1";
    const SUMMARY: &'static str = "The district has not taken a message; it can be corrected and sent again.";
    const SAMPLE: &'static str = include_str!("../golden/rejected.v1.json");
}

/// One reason why a message was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Problem {
    /// The code.
    pub code: RejectionCode,
    /// The index in `documents`, from 0, if it concerns one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<usize>,
    /// The path of the field, for example `data.documents[2].size`; never its value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// The revision that would be taken, if another was sent and one is expected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_revision: Option<Revision>,
    /// What it means, in Indonesian.
    pub text_id: String,
    /// What it means, in English.
    pub text_en: String,
}

impl Problem {
    /// Makes a problem of the whole message, with the code's own texts.
    #[must_use]
    pub fn new(code: RejectionCode) -> Self {
        Self {
            code,
            document: None,
            field: None,
            expected_revision: None,
            text_id: code.text_id().to_owned(),
            text_en: code.text_en().to_owned(),
        }
    }

    /// Says which document it concerns, by its index from 0.
    #[must_use]
    pub const fn in_document(mut self, index: usize) -> Self {
        self.document = Some(index);
        self
    }

    /// Says which revision would be taken.
    #[must_use]
    pub const fn expecting(mut self, revision: Option<Revision>) -> Self {
        self.expected_revision = revision;
        self
    }

    /// Says which field it concerns, by its path.
    #[must_use]
    pub fn at(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }
}

/// The answer to a submission: *lolos*, *dikembalikan* or *ditolak*. The envelope's `id` is the notice's id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Decision {
    /// The number on the receipt.
    pub registration_number: RegistrationNumber,
    /// The district's id of the submission.
    pub submission: SubmissionId,
    /// The office's own id of the dossier.
    pub sender_id: Uuid,
    /// The revision that was decided.
    pub revision: Revision,
    /// How.
    pub outcome: Outcome,
    /// Why; empty when it passed.
    #[serde(default)]
    pub reasons: Vec<Reason>,
    /// What a verifier or an operator adds to a return or refusal in their own words; one line, without markup.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 500))]
    pub note: Option<String>,
    /// Whether it only counts as training.
    pub training: bool,
    /// When it was decided.
    pub decided_at: DateTime<Utc>,
    /// What the office does next, in Indonesian.
    pub next_step_id: String,
    /// What the office does next, in English.
    pub next_step_en: String,
    /// Until when a repair is expected, in WIB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<NaiveDate>,
    /// Until when the certificate of what passed is due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issue_due: Option<DateTime<Utc>>,
}

impl Event for Decision {
    const TYPE: &'static str = "id.berkas.decision.v1";
    const NAME: &'static str = "decision.v1";
    const SUMMARY: &'static str = "The district has decided on a submission.";
    const SAMPLE: &'static str = include_str!("../golden/decision.v1.json");
}

/// One coded reason of a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Reason {
    /// The code.
    pub code: ReasonCode,
    /// The index in `documents` of the submission, from 0, if it concerns one that was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<usize>,
    /// The kind of document, also when it was not sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<DocumentKind>,
    /// The page in the document, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<u32>,
    /// Where a small copy of that page is, below the address of the HTTP door and for the office's key alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page_href: Option<String>,
    /// The path of the form's field; never its value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// What it means, in Indonesian.
    pub text_id: String,
    /// What it means, in English.
    pub text_en: String,
}

/// An earlier decision was wrong; this one takes its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Correction {
    /// The notice that does not count any more.
    pub corrects: NoticeId,
    /// What counts instead.
    pub decision: Decision,
}

impl Event for Correction {
    const TYPE: &'static str = "id.berkas.correction.v1";
    const NAME: &'static str = "correction.v1";
    const SUMMARY: &'static str = "The district corrects a decision that an office has been told.";
    const SAMPLE: &'static str = include_str!("../golden/correction.v1.json");
}

/// What passed cannot be printed yet, or can be now. It changes no decision and needs no acknowledgement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Standby {
    /// The number on the receipt.
    pub registration_number: RegistrationNumber,
    /// The district's id of the submission.
    pub submission: SubmissionId,
    /// The office's own id of the dossier.
    pub sender_id: Uuid,
    /// The revision that passed.
    pub revision: Revision,
    /// What it waits for.
    pub waits_for: StandbyKind,
    /// Whether it still does.
    pub state: StandbyState,
    /// Since when.
    pub since: DateTime<Utc>,
    /// When the district looks again; absent when it waits no more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub back_at: Option<DateTime<Utc>>,
    /// Whether it only counts as training.
    pub training: bool,
    /// What the office tells the applicant, in Indonesian.
    pub text_id: String,
    /// What the office tells the applicant, in English.
    pub text_en: String,
}

impl Event for Standby {
    const TYPE: &'static str = "id.berkas.standby.v1";
    const NAME: &'static str = "standby.v1";
    const SUMMARY: &'static str = "What has passed waits for blanks to be printed on, or waits no more.";
    const SAMPLE: &'static str = include_str!("../golden/standby.v1.json");
}

/// What a notice about a decision tells: the decision, and what it corrects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The decision that counts.
    pub decision: Decision,
    /// The notice that does not count any more.
    pub corrects: Option<NoticeId>,
}

impl Told {
    /// Reads the data of a message of the type `kind`; `None` when it tells no decision.
    #[must_use]
    pub fn read(kind: &str, data: serde_json::Value) -> Option<Result<Self, serde_json::Error>> {
        if kind == Decision::TYPE {
            return Some(serde_json::from_value(data).map(|decision| Self { decision, corrects: None }));
        }
        (kind == Correction::TYPE).then(|| {
            let Correction { corrects, decision } = serde_json::from_value(data)?;
            Ok(Self { decision, corrects: Some(corrects) })
        })
    }

    /// Its type and data as a message.
    ///
    /// # Errors
    /// [`serde_json::Error`], which nothing here causes.
    pub fn message(self) -> Result<(&'static str, serde_json::Value), serde_json::Error> {
        let Self { decision, corrects } = self;
        Ok(match corrects {
            None => (Decision::TYPE, serde_json::to_value(decision)?),
            Some(corrects) => (Correction::TYPE, serde_json::to_value(Correction { corrects, decision })?),
        })
    }
}
