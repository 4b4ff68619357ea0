//! What an office sends.

use berkas_domain::form::Role;
use berkas_domain::{
    CaseCode, DocumentKind, NoticeId, OfficeCode, RegistrationNumber, Revision, Service, Sha256Hash,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::envelope::Event;
use crate::text::{ClerkId, MediaType};

/// One dossier, or a repaired one; form and scans were uploaded before and are named here by their hashes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Submission {
    /// The sender's own id of the dossier; the same over all its revisions.
    pub sender_id: Uuid,
    /// The office it comes from; must be the AMQP user that sends it.
    pub office: OfficeCode,
    /// What is asked for.
    pub service: Service,
    /// The variant, for example `LHR-1`.
    pub case: CaseCode,
    /// 1, or the revision that the repair makes.
    #[schemars(range(min = 1))]
    pub revision: Revision,
    /// For revision 2 and later: what is repaired.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repairs: Option<Repairs>,
    /// The form, one JSON blob of shape `form.v1`.
    pub form: FormRef,
    /// The scans, in the order of the form's documents.
    #[schemars(length(max = 100))]
    pub documents: Vec<DocumentRef>,
    /// The clerk, as an opaque id of the office's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent_by: Option<ClerkId>,
    /// Who is told of the outcome by a short message, if anybody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<Contact>,
}

impl Event for Submission {
    const TYPE: &'static str = "id.berkas.submission.v1";
    const NAME: &'static str = "submission.v1";
    const SUMMARY: &'static str = "An office hands in a dossier, or repairs one.";
    const SAMPLE: &'static str = include_str!("../golden/submission.v1.json");
}

/// What a repair repairs: the return notice, or the submission by its registration number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Repairs {
    /// The id of the return notice.
    Notice(NoticeId),
    /// The number on the receipt.
    RegistrationNumber(RegistrationNumber),
}

/// The uploaded form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FormRef {
    /// SHA-256 of its bytes.
    pub sha256: Sha256Hash,
    /// How many bytes it has.
    pub size: u64,
}

/// Whom a short message may tell of the outcome. The number stands in the form, as the `phone` of that person, and never here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Contact {
    /// The person of the form, for example `reporter`.
    pub person: Role,
    /// Whether that person agreed to be told by a short message. Without it none is sent.
    pub sms_consent: bool,
}

impl Contact {
    /// Who agreed.
    #[must_use]
    pub fn agreed(self) -> Option<Role> {
        self.sms_consent.then_some(self.person)
    }
}

/// One uploaded scan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DocumentRef {
    /// What it is said to be.
    pub kind: DocumentKind,
    /// SHA-256 of its bytes.
    pub sha256: Sha256Hash,
    /// How many bytes it has.
    pub size: u64,
    /// Its media type.
    pub media_type: MediaType,
    /// Whether it was scanned twice again at the counter and stays hard to read: its legibility is left to a person.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub flagged: bool,
}

/// An office takes a submission back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Withdrawal {
    /// Which one.
    pub dossier: DossierRef,
    /// The latest revision the office has sent.
    #[schemars(range(min = 1))]
    pub revision: Revision,
    /// Why.
    pub reason: WithdrawalReason,
}

impl Event for Withdrawal {
    const TYPE: &'static str = "id.berkas.withdrawal.v1";
    const NAME: &'static str = "withdrawal.v1";
    const SUMMARY: &'static str = "An office takes a submission back.";
    const SAMPLE: &'static str = include_str!("../golden/withdrawal.v1.json");
}

/// A submission as an office names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DossierRef {
    /// By the office's own id.
    SenderId(Uuid),
    /// By the number on the receipt.
    RegistrationNumber(RegistrationNumber),
}

/// Why a submission is taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WithdrawalReason {
    /// The applicant asked for it.
    ApplicantRequest,
    /// It was sent by mistake.
    SentByMistake,
    /// The same request was sent twice.
    Duplicate,
    /// Another service or case was meant.
    WrongService,
    /// Something else.
    Other,
}

impl WithdrawalReason {
    /// As it is written in messages and in the audit.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ApplicantRequest => "applicant_request",
            Self::SentByMistake => "sent_by_mistake",
            Self::Duplicate => "duplicate",
            Self::WrongService => "wrong_service",
            Self::Other => "other",
        }
    }
}

/// An office has read a notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Acknowledgement {
    /// The `id` of the notice.
    pub notice: NoticeId,
}

impl Event for Acknowledgement {
    const TYPE: &'static str = "id.berkas.acknowledgement.v1";
    const NAME: &'static str = "acknowledgement.v1";
    const SUMMARY: &'static str = "An office has read a notice.";
    const SAMPLE: &'static str = include_str!("../golden/acknowledgement.v1.json");
}
