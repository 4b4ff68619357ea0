//! Accepting submissions: once for each `(office, sender_id, revision)`, whatever door and however often.
//!
//! The row of the office's serials is locked first, in the order of the offices: whoever holds it is alone with the
//! office, so that the same submission through both doors at once is accepted once and chunks cannot deadlock.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::Value;
use sqlx::{Postgres, Transaction};
use uuid::Uuid;

use berkas_domain::form::Role;
use berkas_domain::{
    CaseCode, DocumentKind, Generation, LookupKeys, NoticeId, OfficeCode, OfficeMode, Outcome, Pause,
    RegistrationNumber, Revision, Service, Sha256Hash, Stage, Step, SubmissionId, wib,
};

use crate::due::{DueWork, WorkRef};
use crate::error::read_code;
use crate::{Store, StoreError};

mod insert;
mod lookup;
mod repair;

pub(crate) use repair::acknowledge_return;

/// Where a submission came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// The queue `intake`.
    Amqp,
    /// The HTTP door.
    Http,
}

impl Door {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Amqp => "amqp",
            Self::Http => "http",
        }
    }
}

/// A submission whose envelope, form and blobs were found in order.
#[derive(Debug, Clone)]
pub struct Arrival {
    /// Where it came from.
    pub office: OfficeCode,
    /// The sender's own id.
    pub sender_id: Uuid,
    /// From 1.
    pub revision: Revision,
    /// Over everything the manifest says: the same manifest is the same submission.
    pub manifest_hash: Sha256Hash,
    /// What is asked for.
    pub service: Service,
    /// Which variant.
    pub case: CaseCode,
    /// The form's blob.
    pub form: Sha256Hash,
    /// What later submissions may be asked about.
    pub lookup: LookupKeys,
    /// The office's own opaque id of its clerk.
    pub sent_by: Option<String>,
    /// Who of the form agreed to be told of the outcome by a short message.
    pub sms_to: Option<Role>,
    /// The documents in the form's order.
    pub documents: Vec<ArrivalDocument>,
    /// Where it came in.
    pub door: Door,
    /// The `traceparent` it came with.
    pub trace: Option<String>,
}

/// One document of an arrival.
#[derive(Debug, Clone)]
pub struct ArrivalDocument {
    /// What it is.
    pub kind: DocumentKind,
    /// Whose it is.
    pub of_role: Option<String>,
    /// The scan.
    pub sha256: Sha256Hash,
    /// Bytes.
    pub size: i64,
    /// What it is, by its content.
    pub media_type: String,
    /// Whether the counter has scanned it twice again: a person decides about its legibility.
    pub flagged: bool,
}

/// A submission that is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcceptedArrival {
    /// Its id.
    pub submission: SubmissionId,
    /// The number on the receipt.
    pub registration_number: RegistrationNumber,
    /// Whether the office is in training.
    pub training: bool,
    /// The notice that says so.
    pub notice: NoticeId,
    /// When it was accepted.
    pub received_at: DateTime<Utc>,
    /// Whether it had been accepted before.
    pub repeated: bool,
    /// The work that is due now; absent when repeated.
    pub work: Option<DueWork>,
}

/// Why a submission is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusedArrival {
    /// The same id and revision was accepted with another manifest.
    Conflict,
    /// No such office.
    OfficeUnknown,
    /// Nothing is taken from this office.
    OfficeStopped,
    /// The office has no submission with this id that could be repaired.
    Unknown,
    /// There is nothing to repair: it is under way, or its office was not told of a return yet.
    NotReturned,
    /// It passed, was refused, or was withdrawn.
    AlreadyFinal,
    /// The same revision was accepted with another manifest: another repair was first.
    AlreadyRepaired {
        /// The next, where that repair was returned too.
        expected: Option<Revision>,
    },
    /// It is returned, and another revision is the next.
    RevisionUnexpected {
        /// The next.
        expected: Revision,
    },
    /// The submission was filed for another service.
    ServiceChanged,
}

/// The answer to one arrival.
pub type ArrivalAnswer = Result<AcceptedArrival, RefusedArrival>;

/// Composes the data of the `accepted` notice.
pub type AcceptedData<'a> = &'a (dyn Fn(&Arrival, &AcceptedArrival) -> Value + Sync);

/// Computes when verification is due of what was received then and lay with the kecamatan in these spans.
pub type DueAt<'a> = &'a (dyn Fn(DateTime<Utc>, &[Pause]) -> DateTime<Utc> + Sync);

impl Store {
    /// Accepts a chunk of arrivals in one transaction; the answers come in the order of the arrivals. What was
    /// accepted before gets the same answer again and its notice is sent again.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it may succeed later; any other error concerns one of the arrivals: try them
    /// one by one.
    pub async fn accept(
        &self,
        arrivals: &[Arrival],
        accepted_data: AcceptedData<'_>,
        due: DueAt<'_>,
        now: DateTime<Utc>,
    ) -> Result<Vec<ArrivalAnswer>, StoreError> {
        let mut transaction = self.pool.begin().await?;
        let day = wib(now).date_naive();
        let modes = lock_offices(&mut transaction, arrivals, day).await?;
        let known = known_receipts(&mut transaction, arrivals).await?;
        let mut answers: Vec<Option<ArrivalAnswer>> = vec![None; arrivals.len()];
        let mut fresh: Vec<usize> = Vec::new();
        let mut first_of: HashMap<(OfficeCode, Uuid, Revision), usize> = HashMap::new();
        let mut twins: Vec<(usize, usize)> = Vec::new();
        for (index, arrival) in arrivals.iter().enumerate() {
            let key = (arrival.office.clone(), arrival.sender_id, arrival.revision);
            answers[index] = match modes.get(&arrival.office) {
                None => Some(Err(RefusedArrival::OfficeUnknown)),
                Some(OfficeMode::Stopped) => Some(Err(RefusedArrival::OfficeStopped)),
                Some(_) => known.get(&key).map(|receipt| receipt.answer(arrival)),
            };
            if answers[index].is_some() {
                continue;
            }
            if let Some(first) = first_of.get(&key) {
                twins.push((index, *first));
            } else {
                first_of.insert(key, index);
                fresh.push(index);
            }
        }
        let context = insert::Context { arrivals, modes: &modes, accepted_data, due, now, day };
        insert::new_submissions(&mut transaction, &context, &fresh, &mut answers).await?;
        for index in fresh {
            if arrivals[index].revision.0 > 1 {
                answers[index] = Some(repair::accept(&mut transaction, &context, index).await?);
            }
        }
        for (index, first) in twins {
            answers[index] = Some(twin_answer(&arrivals[index], &arrivals[first], answers[first].as_ref()));
        }
        let answers: Vec<ArrivalAnswer> =
            answers.into_iter().map(|answer| answer.unwrap_or(Err(RefusedArrival::Unknown))).collect();
        send_again(&mut transaction, &answers, now).await?;
        transaction.commit().await?;
        let is_new = |answer: &&ArrivalAnswer| matches!(answer, Ok(accepted) if !accepted.repeated && !accepted.training);
        self.watcher.entered(Stage::Received, answers.iter().filter(is_new).count());
        Ok(answers)
    }
}

/// The answer for an arrival that stands twice in one chunk.
fn twin_answer(arrival: &Arrival, first: &Arrival, answer: Option<&ArrivalAnswer>) -> ArrivalAnswer {
    match answer {
        Some(Ok(accepted)) if arrival.manifest_hash == first.manifest_hash => {
            Ok(AcceptedArrival { repeated: true, work: None, ..accepted.clone() })
        }
        Some(Ok(_)) | None => Err(other_content(arrival, None)),
        Some(Err(refusal)) => Err(*refusal),
    }
}

/// Why a manifest is refused when another one was accepted as the same revision.
fn other_content(arrival: &Arrival, expected: Option<Revision>) -> RefusedArrival {
    if arrival.revision.0 > 1 {
        RefusedArrival::AlreadyRepaired { expected }
    } else {
        RefusedArrival::Conflict
    }
}

/// Locks the serials of every office of the chunk, in order, and reads the offices' modes.
async fn lock_offices(
    transaction: &mut Transaction<'_, Postgres>,
    arrivals: &[Arrival],
    day: NaiveDate,
) -> Result<BTreeMap<OfficeCode, OfficeMode>, StoreError> {
    let mut codes: Vec<String> = arrivals.iter().map(|arrival| arrival.office.as_str().to_owned()).collect();
    codes.sort_unstable();
    codes.dedup();
    sqlx::query!(
        "insert into registration_serials (office, day, last)
         select code, $2, 0 from offices where code = any($1) order by code
         on conflict (office, day) do update set last = registration_serials.last",
        &codes,
        day,
    )
    .execute(&mut **transaction)
    .await?;
    let rows = sqlx::query!("select code, mode from offices where code = any($1)", &codes)
        .fetch_all(&mut **transaction)
        .await?;
    rows.into_iter()
        .map(|row| Ok((read_code(&row.code, "offices", "code")?, read_code(&row.mode, "offices", "mode")?)))
        .collect()
}

/// What was accepted before under the same key.
struct Receipt {
    manifest_hash: Vec<u8>,
    accepted: AcceptedArrival,
    /// The revision that is due, while the submission is returned.
    expected: Option<Revision>,
}

impl Receipt {
    fn answer(&self, arrival: &Arrival) -> ArrivalAnswer {
        if self.manifest_hash == arrival.manifest_hash.as_bytes() {
            Ok(self.accepted.clone())
        } else {
            Err(other_content(arrival, self.expected))
        }
    }
}

async fn known_receipts(
    transaction: &mut Transaction<'_, Postgres>,
    arrivals: &[Arrival],
) -> Result<HashMap<(OfficeCode, Uuid, Revision), Receipt>, StoreError> {
    let offices: Vec<String> = arrivals.iter().map(|arrival| arrival.office.as_str().to_owned()).collect();
    let senders: Vec<Uuid> = arrivals.iter().map(|arrival| arrival.sender_id).collect();
    let revisions: Vec<i32> = arrivals.iter().map(|arrival| arrival.revision.0).collect();
    // Two statements, because nearly always the first finds nothing, and because the planner, asked for all at once
    // while the tables are young and without statistics, reads the notices from end to end.
    let receipts = sqlx::query!(
        "select r.office, r.sender_id, r.revision, r.submission_id, r.manifest_hash, r.received_at
         from unnest($1::text[], $2::uuid[], $3::int[]) as a (office, sender_id, revision)
         join receipts r on r.office = a.office and r.sender_id = a.sender_id and r.revision = a.revision",
        &offices,
        &senders,
        &revisions,
    )
    .fetch_all(&mut **transaction)
    .await?;
    let mut known = HashMap::new();
    if receipts.is_empty() {
        return Ok(known);
    }
    let ids: Vec<Uuid> = receipts.iter().map(|receipt| receipt.submission_id).collect();
    let rows = sqlx::query!(
        "select s.id, s.registration_number, s.training, s.stage, s.outcome, s.revision as latest, n.id as notice, n.revision
         from submissions s join notices n on n.submission_id = s.id
         where s.id = any($1) and n.decision_id is null and n.standby_id is null",
        &ids,
    )
    .fetch_all(&mut **transaction)
    .await?;
    let accepted: HashMap<(Uuid, i32), _> =
        rows.into_iter().map(|row| ((row.id, row.revision), row)).collect();
    for receipt in receipts {
        let Some(row) = accepted.get(&(receipt.submission_id, receipt.revision)) else { continue };
        let office = read_code(&receipt.office, "receipts", "office")?;
        let key = (office, receipt.sender_id, Revision(receipt.revision));
        let accepted = AcceptedArrival {
            submission: SubmissionId(row.id),
            registration_number: read_code(&row.registration_number, "submissions", "registration_number")?,
            training: row.training,
            notice: NoticeId(row.notice),
            received_at: receipt.received_at,
            repeated: true,
            work: None,
        };
        let stage: Stage = read_code(&row.stage, "submissions", "stage")?;
        let is_returned =
            stage == Stage::Noticed && row.outcome.as_deref() == Some(Outcome::Returned.as_str());
        let expected = is_returned.then(|| Revision(row.latest + 1));
        known.insert(key, Receipt { manifest_hash: receipt.manifest_hash, accepted, expected });
    }
    Ok(known)
}

/// Sends the `accepted` notice of everything that was repeated again, under the same id.
async fn send_again(
    transaction: &mut Transaction<'_, Postgres>,
    answers: &[ArrivalAnswer],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let repeated =
        answers.iter().filter_map(|answer| answer.as_ref().ok()).filter(|accepted| accepted.repeated);
    let notices: Vec<Uuid> = repeated.map(|accepted| accepted.notice.0).collect();
    if notices.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "update deliveries set state = 'pending', not_before = $2
         where notice_id = any($1) and state in ('sent', 'acknowledged')",
        &notices,
        now,
    )
    .execute(&mut **transaction)
    .await?;
    Ok(())
}
