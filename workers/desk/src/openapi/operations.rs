//! Every operation, one line each: a test walks the router and finds each of them, and nothing else.

use berkas_store::LeasedTask;

use super::Operation;
use crate::api::agreement::AgreementQuery;
use crate::api::queues::QueueQuery;
use crate::api::roster::RosterQuery;
use crate::api::scans::PageQuery;
use crate::{
    Agreement, BlanksRequest, ConflictRequest, DayRequest, DecisionRequest, DecisionTaken, Draft, Duty,
    History, Peeked, ReassignRequest, Renewed, ReversalRequest, Rosters, SetAsideRequest, Standbys,
    TakeBackRequest, TaskView, Tasks, VerdictRequest, Verifiers, WeekRequest,
};

const VERIFIER: &str = "verifiers and supervisors";
const SUPERVISOR: &str = "supervisors";
const ANYBODY: &str = "everybody who is signed in";

pub(super) fn operations() -> Vec<Operation> {
    let mut operations = vec![
        Operation::get("/openapi.json", "describe", ANYBODY, "This document")
            .answers_json("The document."),
        Operation::get("/events", "listen", VERIFIER, "Hears what happens to tasks, as server-sent events")
            .answers_events(
                "`hello`, then `task`, `lease_soon`, `lease_ended`, `handed` and `taken_back`, each with `{\"id\": task}`.",
            ),
        Operation::get("/duty", "showDuty", VERIFIER, "Says whether the caller takes tasks").answers::<Duty>("How it stands."),
        Operation::put("/duty", "setDuty", VERIFIER, "Begins or ends the caller's duty; what they hold goes back to the pool")
            .takes::<Duty>()
            .answers::<Duty>("How it stands now."),
    ];
    operations.extend(tasks());
    operations.extend(verdicts());
    operations.extend(standbys());
    operations.extend(supervisors());
    operations
}

fn tasks() -> Vec<Operation> {
    vec![
        Operation::get("/tasks", "listTasks", VERIFIER, "Lists a queue, at most 200 lines")
            .query::<QueueQuery>()
            .answers::<Tasks>("The lines."),
        Operation::get(
            "/tasks/peek",
            "peek",
            VERIFIER,
            "Says what the next pull would give, without leasing it",
        )
        .answers::<Peeked>("What comes next.")
        .answers_nothing("Nothing waits for the caller."),
        Operation::post("/tasks/next", "pull", VERIFIER, "Leases the next task")
            .answers::<LeasedTask>("The lease.")
            .answers_nothing("Nothing waits for the caller, or they are off duty or hold all they can.")
            .tagged(),
        Operation::get(
            "/tasks/{id}",
            "showTask",
            VERIFIER,
            "Shows a task that the caller holds or has decided",
        )
        .answers::<TaskView>("Form, findings, checklist and documents.")
        .tagged()
        .refuses(404, &["not_found"]),
        Operation::get(
            "/tasks/{id}/first-page",
            "peekPage",
            VERIFIER,
            "Gives the small copy of the first page of what comes next",
        )
        .answers_file("The page; written into the audit.")
        .refuses(404, &["not_found"]),
        Operation::get(
            "/tasks/{id}/documents/{ordinal}/pages/{page}",
            "showPage",
            VERIFIER,
            "Gives a page of a scan, or the file it came from",
        )
        .query::<PageQuery>()
        .answers_file("The page; written into the audit.")
        .refuses(404, &["not_found"])
        .refuses(
            422,
            &[
                "unsupported_type",
                "too_large",
                "too_many_pixels",
                "too_many_pages",
                "corrupt",
                "encrypted",
                "timed_out",
                "out_of_memory",
                "panicked",
                "no_such_page",
            ],
        ),
        Operation::post(
            "/tasks/{id}/renew",
            "renew",
            VERIFIER,
            "Prolongs the lease from now, also behind a lock for a while",
        )
        .takes_token()
        .answers::<Renewed>("The lease.")
        .refuses(409, &["lease_lost"]),
        Operation::post("/tasks/{id}/release", "release", VERIFIER, "Gives the task back to the pool")
            .takes_token()
            .answers_nothing("It waits again.")
            .refuses(409, &["lease_lost"]),
        Operation::post(
            "/tasks/{id}/conflict",
            "declareConflict",
            VERIFIER,
            "Declares a stake: the submission never comes to the caller again",
        )
        .takes::<ConflictRequest>()
        .token()
        .answers_nothing("It waits for somebody else.")
        .refuses(409, &["lease_lost"]),
        Operation::put(
            "/tasks/{id}/draft",
            "keepDraft",
            VERIFIER,
            "Keeps what is chosen and not sent; it decides nothing",
        )
        .takes::<Draft>()
        .token_in_header()
        .answers_nothing("It is kept.")
        .refuses(409, &["lease_lost"])
        .refuses(422, &["invalid"]),
    ]
}

fn verdicts() -> Vec<Operation> {
    vec![
        Operation::put(
            "/tasks/{id}/documents/{ordinal}",
            "judge",
            VERIFIER,
            "Says a verdict on one document; it can be said anew",
        )
        .takes::<VerdictRequest>()
        .token()
        .answers_nothing("It is saved, and the lease prolonged.")
        .refuses(404, &["not_found"])
        .refuses(409, &["lease_lost"])
        .refuses(422, &["invalid"]),
        Operation::post(
            "/tasks/{id}/decision",
            "decide",
            VERIFIER,
            "Decides on the submission; the same again changes nothing",
        )
        .takes::<DecisionRequest>()
        .token()
        .answers::<DecisionTaken>("It is decided, and can be undone for a while.")
        .refuses(409, &["lease_lost", "decided_otherwise"])
        .refuses(422, &["invalid", "not_all_judged"]),
        Operation::post(
            "/tasks/{id}/send",
            "sendNow",
            VERIFIER,
            "Sends the caller's decision before its hold is over",
        )
        .takes_token()
        .answers_nothing("The notice leaves now.")
        .refuses(409, &["lease_lost", "nothing_to_send"]),
        Operation::post(
            "/tasks/{id}/undo",
            "undo",
            VERIFIER,
            "Takes the caller's decision back within its hold",
        )
        .takes_token()
        .answers::<LeasedTask>("The task is the caller's again, under a new token.")
        .answers_nothing("It went to the pool: the caller is off duty or holds all they can.")
        .tagged()
        .refuses(409, &["lease_lost", "nothing_to_undo"]),
    ]
}

fn standbys() -> Vec<Operation> {
    vec![
        Operation::post(
            "/tasks/{id}/set-aside",
            "setAside",
            VERIFIER,
            "Sets a task aside for the central register; it comes back by itself",
        )
        .takes::<SetAsideRequest>()
        .token()
        .answers_nothing("It is off the desk until its day.")
        .refuses(409, &["lease_lost"])
        .refuses(422, &["invalid"]),
        Operation::put(
            "/submissions/{number}/standby",
            "markBlanks",
            VERIFIER,
            "Says that there are no blanks for what passed; its office is told",
        )
        .takes::<BlanksRequest>()
        .answers_nothing("It waits for blanks.")
        .refuses(404, &["not_found"])
        .refuses(409, &["revision_unexpected", "not_passed", "no_blanks"])
        .refuses(422, &["invalid"]),
        Operation::get(
            "/standbys",
            "listStandbys",
            VERIFIER,
            "Lists what waits for blanks or for the register",
        )
        .answers::<Standbys>("What is due for another look comes first."),
        Operation::post(
            "/standbys/{id}/end",
            "endStandby",
            VERIFIER,
            "Says that the blanks are here, which the office is told, or puts a task back into the pool",
        )
        .answers_nothing("It waits no more.")
        .refuses(404, &["not_found"]),
    ]
}

fn supervisors() -> Vec<Operation> {
    vec![
        Operation::get("/verifiers", "listVerifiers", SUPERVISOR, "Lists whom a task can be handed to")
            .answers::<Verifiers>("They."),
        Operation::post(
            "/tasks/{id}/take-back",
            "takeBack",
            SUPERVISOR,
            "Takes a task from who holds it, into the pool",
        )
        .takes::<TakeBackRequest>()
        .token()
        .answers_nothing("It waits again.")
        .refuses(409, &["task_changed"]),
        Operation::post(
            "/tasks/{id}/reassign",
            "reassign",
            SUPERVISOR,
            "Hands a task to somebody who could pull it",
        )
        .takes::<ReassignRequest>()
        .token()
        .answers::<LeasedTask>("Their lease.")
        .tagged()
        .refuses(409, &["task_changed", "unfit"]),
        Operation::get("/roster", "showRoster", SUPERVISOR, "Shows who is on duty when")
            .query::<RosterQuery>()
            .answers::<Rosters>("Everybody of the caller's pool."),
        Operation::put(
            "/roster/{user}",
            "planWeek",
            SUPERVISOR,
            "Plans somebody's week; who is not expected any more goes off duty",
        )
        .takes::<WeekRequest>()
        .token()
        .answers_nothing("It counts from now on.")
        .tagged()
        .refuses(404, &["not_found"])
        .refuses(409, &["roster_changed"])
        .refuses(422, &["invalid"]),
        Operation::put(
            "/roster/{user}/days/{date}",
            "planDay",
            SUPERVISOR,
            "Says how one day differs: leave, or shifts of its own",
        )
        .takes::<DayRequest>()
        .token()
        .answers_nothing("It counts from now on.")
        .tagged()
        .refuses(404, &["not_found"])
        .refuses(409, &["roster_changed"])
        .refuses(422, &["invalid"]),
        Operation::get("/agreement", "showAgreement", SUPERVISOR, "Says how often verifiers agree")
            .query::<AgreementQuery>()
            .answers::<Agreement>("By person and by reason."),
        Operation::get(
            "/submissions/{number}/history",
            "showHistory",
            SUPERVISOR,
            "Shows what happened to a submission",
        )
        .answers::<History>("Its stages, decisions and notices.")
        .tagged()
        .refuses(404, &["not_found"]),
        Operation::post(
            "/submissions/{number}/reversal",
            "reverse",
            SUPERVISOR,
            "Reverses what the office was told; a correction follows",
        )
        .takes::<ReversalRequest>()
        .token()
        .answers_nothing("It is decided anew.")
        .refuses(403, &["conflict_of_interest"])
        .refuses(404, &["not_found"])
        .refuses(409, &["revision_unexpected", "decision_changed", "not_told", "claimed_elsewhere"])
        .refuses(422, &["invalid"]),
    ]
}
