//! The acts on a held task, the same for the API and the pages.

use axum::http::StatusCode;
use berkas_contract::Reason;
use berkas_domain::{DocumentVerdict, Outcome, ReasonCode, TaskId, VerifierNote};
use berkas_store::{
    DeskDocument, DeskTask, LeasedTask, Taken, UserAccount, VerdictOnDocument, VerifierDecision,
};
use berkas_web::Problem;
use chrono::{DateTime, Utc};

use crate::api::problems::{
    LEASE_LOST, NOT_ALL_JUDGED, decided_otherwise, kept_as_draft, lease_lost, of_task,
};
use crate::{DecisionRequest, DeskState, ReasonRequest, VerdictRequest, drafts, note};

/// A task and the token under which the caller says to hold it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Held {
    pub(crate) task: TaskId,
    pub(crate) fence: i64,
}

/// Records a verdict on one document; one that comes too late is refused and kept as a draft.
pub(crate) async fn judge(
    state: &DeskState,
    account: &UserAccount,
    held: Held,
    ordinal: i16,
    request: &VerdictRequest,
) -> Result<(), Problem> {
    match judge_in_time(state, account, held, ordinal, request).await {
        Err(problem) if problem.code == LEASE_LOST => {
            let kept = drafts::keep_late_verdict(state, account, held, ordinal, request).await?;
            Err(if kept { kept_as_draft() } else { problem })
        }
        answer => answer,
    }
}

async fn judge_in_time(
    state: &DeskState,
    account: &UserAccount,
    held: Held,
    ordinal: i16,
    request: &VerdictRequest,
) -> Result<(), Problem> {
    let task = opened(state, account, held).await?;
    let Some(document) = task.documents.iter().find(|document| document.ordinal == ordinal) else {
        return Err(Problem::not_found().detail("the task has no such document"));
    };
    if request.page.is_some_and(|page| page < 1 || page > pages_of(document)) {
        return Err(invalid().fault("/page", "out_of_range", "the document has no such page"));
    }
    if (request.verdict == DocumentVerdict::NotValid) == request.codes.is_empty() {
        return Err(invalid().fault(
            "/codes",
            "codes",
            "codes belong to `not_valid`, and it needs at least one",
        ));
    }
    let verdict = VerdictOnDocument {
        ordinal,
        verdict: request.verdict,
        codes: request.codes.iter().map(|code| code.as_str().to_owned()).collect(),
        page: request.page,
    };
    let store = &state.web.store;
    let times = (state.lease_end(), state.now());
    store.judge_document(held.task, account.id, held.fence, &verdict, times).await.map_err(of_task)
}

/// Decides on the submission. Returns until when it can be undone; absent when the notice has left already. What comes too
/// late is refused and kept as a draft.
pub(crate) async fn decide(
    state: &DeskState,
    account: &UserAccount,
    held: Held,
    request: &DecisionRequest,
) -> Result<Option<DateTime<Utc>>, Problem> {
    match decide_in_time(state, account, held, request).await {
        Err(problem) if problem.code == LEASE_LOST => {
            let kept = drafts::keep_late_decision(state, account, held, request).await?;
            Err(if kept { kept_as_draft() } else { problem })
        }
        answer => answer,
    }
}

async fn decide_in_time(
    state: &DeskState,
    account: &UserAccount,
    held: Held,
    request: &DecisionRequest,
) -> Result<Option<DateTime<Utc>>, Problem> {
    let note = note::read(request)?;
    if let Some(until) = said_before(state, account, held, (request, note.as_ref())).await? {
        return Ok(Some(until));
    }
    let task = opened(state, account, held).await?;
    let reasons = reasons(&task, request)?;
    if task.line.decision.is_none() {
        all_judged(state, account, (held, &task), request).await?;
    }
    let hold_until = state.now() + state.settings.hold;
    let decision = VerifierDecision {
        task: held.task,
        fence: held.fence,
        user: account.id,
        outcome: request.outcome,
        reasons: serde_json::to_value(&reasons).map_err(|_| Problem::internal())?,
        note: note.as_ref().map(|note| note::seal(state, &task, note)),
        hold_until,
    };
    let taken = state.web.store.decide(&decision, state.now()).await.map_err(of_task)?;
    if let Taken::Before { note: before } = taken
        && !note::same(state, before.as_ref(), note.as_ref())?
    {
        return Err(decided_otherwise());
    }
    // The same decision sent twice keeps the first one's hold.
    if let Some(first) = task.line.decision {
        return Ok(first.undo_until);
    }
    Ok(Some(hold_until))
}

/// Refuses a pass while a document is not judged; with `all_valid` each of them is valid from now on.
async fn all_judged(
    state: &DeskState,
    account: &UserAccount,
    (held, task): (Held, &DeskTask),
    request: &DecisionRequest,
) -> Result<(), Problem> {
    if request.outcome != Outcome::Passed {
        return Ok(());
    }
    let judged = |ordinal| task.verdicts.iter().any(|verdict| verdict.ordinal == ordinal);
    let open: Vec<i16> =
        task.documents.iter().map(|document| document.ordinal).filter(|ordinal| !judged(*ordinal)).collect();
    if !request.all_valid && !open.is_empty() {
        let title = "a pass needs every document judged valid";
        let refused = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, NOT_ALL_JUDGED, title);
        let refused = refused.detail("judge each of them, or say with `all_valid` that all of them are");
        return Err(open.into_iter().fold(refused, |refused, ordinal| {
            refused.fault(format!("/documents/{ordinal}"), "not_judged", "this document was not judged")
        }));
    }
    for ordinal in open {
        let verdict =
            VerdictOnDocument { ordinal, verdict: DocumentVerdict::Valid, codes: Vec::new(), page: None };
        let times = (state.lease_end(), state.now());
        let said = state.web.store.judge_document(held.task, account.id, held.fence, &verdict, times).await;
        said.map_err(of_task)?;
    }
    Ok(())
}

/// Until when the same verdict, sent before, can be undone, where two have to agree; another one is refused. Such a task may be with somebody else
/// by now, so it is not opened; and whoever looked second is answered alike whether or not they agreed.
async fn said_before(
    state: &DeskState,
    account: &UserAccount,
    held: Held,
    (request, note): (&DecisionRequest, Option<&VerifierNote>),
) -> Result<Option<DateTime<Utc>>, Problem> {
    let given = state.web.store.look_given(held.task, account.id, held.fence).await?;
    let Some(look) = given else { return Ok(None) };
    let said: Vec<Reason> = serde_json::from_value(look.reasons).map_err(|_| Problem::internal())?;
    let said = said.iter().map(|reason| ReasonRequest {
        code: reason.code,
        document: reason.document.and_then(|ordinal| i16::try_from(ordinal).ok()),
        page: reason.page.and_then(|page| i32::try_from(page).ok()),
    });
    let verdicts = look.verdicts.iter().filter(|verdict| verdict.verdict != DocumentVerdict::Valid);
    let verdicts = verdicts.map(|verdict| (verdict.ordinal, verdict.codes.as_slice(), verdict.page));
    let same = look.outcome == request.outcome
        && asked(verdicts, request)?.into_iter().eq(said)
        && note::same(state, look.note.as_ref(), note)?;
    if same { Ok(Some(look.undo_until)) } else { Err(decided_otherwise()) }
}

/// Sends the caller's decision before its hold is over.
pub(crate) async fn send(state: &DeskState, account: &UserAccount, held: Held) -> Result<(), Problem> {
    state.web.store.send_now(held.task, account.id, held.fence, state.now()).await.map_err(of_task)
}

/// Takes the decision back that the caller took under the token. `None`: the task went to the pool, since the caller is off
/// duty or holds all they can.
pub(crate) async fn undo(
    state: &DeskState,
    account: &UserAccount,
    held: Held,
) -> Result<Option<LeasedTask>, Problem> {
    let (store, until) = (&state.web.store, state.lease_end());
    store.undo_decision(held.task, account.id, held.fence, until, state.now()).await.map_err(of_task)
}

/// The task, when the caller may open it under this token; who may not is told the same as who is late.
async fn opened(state: &DeskState, account: &UserAccount, held: Held) -> Result<DeskTask, Problem> {
    let task = state.web.store.desk_task(held.task, account.id, state.now()).await?;
    task.filter(|task| task.line.fence == held.fence).ok_or_else(lease_lost)
}

/// How many pages may be named; what could not be opened has one.
fn pages_of(document: &DeskDocument) -> i32 {
    i32::try_from(document.pages.len()).unwrap_or(i32::MAX).max(1)
}

fn invalid() -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", "the request contradicts itself or the task")
}

/// What the office will be told: the codes of the documents that are not valid, then the reasons of the request.
fn reasons(task: &DeskTask, request: &DecisionRequest) -> Result<Vec<Reason>, Problem> {
    let faulty = task.verdicts.iter().filter(|verdict| verdict.verdict != DocumentVerdict::Valid);
    if request.outcome == Outcome::Passed
        && let Some(verdict) = faulty.clone().next()
    {
        let pointer = format!("/documents/{}", verdict.ordinal);
        return Err(invalid().fault(pointer, "not_valid", "a document is not valid, so it cannot pass"));
    }
    let faulty = faulty.map(|verdict| (verdict.ordinal, verdict.codes.as_slice(), verdict.page));
    let asked = asked(faulty, request)?;
    match (request.outcome == Outcome::Passed, asked.is_empty()) {
        (true, false) => Err(invalid().fault("/reasons", "reasons", "what passes has no reasons")),
        (false, true) => Err(invalid().fault("/reasons", "reasons", "a return or refusal needs a reason")),
        _ => asked.into_iter().map(|reason| told(task, &reason)).collect(),
    }
}

/// The codes of documents that are not valid (place, codes, page), then the reasons of the request, each once.
fn asked<'a>(
    faulty: impl Iterator<Item = (i16, &'a [String], Option<i32>)>,
    request: &DecisionRequest,
) -> Result<Vec<ReasonRequest>, Problem> {
    let mut asked = Vec::new();
    for (ordinal, codes, page) in faulty {
        for code in codes {
            let code: ReasonCode = code.parse().map_err(|_| Problem::internal())?;
            asked.push(ReasonRequest { code, document: Some(ordinal), page });
        }
    }
    for reason in &request.reasons {
        if !asked.contains(reason) {
            asked.push(reason.clone());
        }
    }
    Ok(asked)
}

/// The reason in the words of the contract.
fn told(task: &DeskTask, reason: &ReasonRequest) -> Result<Reason, Problem> {
    let named = |ordinal| task.documents.iter().find(|document| document.ordinal == ordinal);
    let document = reason.document.map(|ordinal| named(ordinal).ok_or(ordinal)).transpose();
    let document = document.map_err(|_| {
        invalid().fault("/reasons", "document", "a reason names a document that the task does not have")
    })?;
    let pages = document.map_or(0, pages_of);
    if reason.page.is_some_and(|page| page < 1 || page > pages) {
        return Err(invalid().fault("/reasons", "out_of_range", "a reason names a page that is not there"));
    }
    Ok(Reason {
        code: reason.code,
        document: document.and_then(|document| usize::try_from(document.ordinal).ok()),
        kind: document.map(|document| document.kind),
        page: reason.page.and_then(|page| u32::try_from(page).ok()),
        page_href: None,
        field: None,
        text_id: reason.code.text_id().to_owned(),
        text_en: reason.code.text_en().to_owned(),
    })
}
