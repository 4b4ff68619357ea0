//! A process dies at every named point before and after each side effect.

use anyhow::{Context as _, Result, bail, ensure};
use berkas_contract::{WorkMessage, names};
use berkas_domain::Step;
use berkas_samples::{Defect, Dossier};
use uuid::Uuid;

use super::{all_told, one_decision_each};
use crate::bench::{Bench, Office, Process, Queues, until};

/// Every worker of the chain.
const WORKERS: [&str; 5] = ["intake", "scan", "completeness", "assignment", "notification"];

/// The door that submissions come in by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Door {
    Amqp,
    Http,
}

impl Door {
    async fn send(self, office: &Office, dossier: &Dossier, sender_id: Uuid) -> Result<()> {
        let manifest = office.manifest(dossier, sender_id, 1)?;
        office.upload(dossier).await?;
        match self {
            Self::Amqp => office.publish(dossier, manifest).await,
            Self::Http => office.client.post("/api/v1/submissions", &manifest).await.map(drop),
        }
    }
}

/// The command line of a role.
fn arguments(role: &str) -> Vec<&str> {
    if role == "serve" { vec!["serve"] } else { vec!["worker", role] }
}

fn doom(bench: &Bench, role: &str, point: &str) -> Result<Process> {
    bench.spawn_with(&arguments(role), &[("BERKAS_CRASH_AT", point)])
}

/// Sends two submissions by `door`, with the role that passes `point` dying there once; a second process of the role then
/// takes over. Only what has no fault comes to the step `assignment` and to a verifier; everything else is returned.
async fn survives(queues: Queues, role: &str, door: Door, point: &str) -> Result<()> {
    let bench = Bench::start_with(queues).await?;
    let mut processes = Vec::new();
    for other in WORKERS.iter().chain([&"serve"]).filter(|other| **other != role) {
        processes.push(bench.spawn(&arguments(other))?);
    }
    let mut doomed = doom(&bench, role, point)?;
    bench.serves().await?;

    let office = bench.office("351709").await?;
    let defects: &[Defect] = if role == "assignment" { &[] } else { &[Defect::MissingDocument] };
    let mut sent = Vec::new();
    for seed in 0..2 {
        let dossier = office.dossier(seed, "akta_kematian", "MTI-1", defects)?;
        sent.push((Uuid::new_v4(), dossier));
    }
    for (sender_id, dossier) in &sent {
        let answer = door.send(&office, dossier, *sender_id).await;
        // A door that dies over it answers nobody; the office keeps what is not answered.
        ensure!(answer.is_ok() || role == "serve", "{answer:?}");
    }
    let status = doomed.ended().await?;
    ensure!(!status.success(), "the process did not die at `{point}`");
    processes.push(bench.spawn(&arguments(role))?);
    if role == "serve" {
        bench.serves().await?;
        for (sender_id, dossier) in &sent {
            door.send(&office, dossier, *sender_id).await?;
        }
    }
    if defects.is_empty() {
        bench.verifier("wati").await?.pass(2).await?;
    }
    let sent: Vec<Uuid> = sent.into_iter().map(|(sender_id, _)| sender_id).collect();
    one_decision_each(&office, &sent).await?;
    all_told(bench, 2).await
}

/// A function for each point, so that the tests run side by side and each is named.
macro_rules! survives_at {
    ($($name:ident: $role:literal by $door:ident at $point:literal $(, $mark:ident)?;)+) => {
        $(async fn $name(queues: Queues) -> Result<()> {
            survives(queues, $role, Door::$door, $point).await
        })+

        on_both_kinds_of_queues! { $($name $(, $mark)?;)+ }
    };
}

survives_at! {
    intake_dies_before_it_accepts: "intake" by Amqp at "intake.before_accept";
    intake_dies_after_it_accepted: "intake" by Amqp at "intake.after_accept";
    intake_dies_after_its_ack: "intake" by Amqp at "intake.after_ack";
    the_http_door_dies_between_an_upload_and_its_note: "serve" by Http at "upload.after_put";
    the_http_door_dies_before_it_accepts: "serve" by Http at "intake.before_accept";
    the_http_door_dies_after_it_accepted: "serve" by Http at "intake.after_accept";
    the_http_door_dies_between_confirm_and_note: "serve" by Http at "relay.after_confirm";
    scan_dies_before_its_work: "scan" by Amqp at "runner.before_handle";
    scan_dies_before_it_stores_a_page: "scan" by Amqp at "scan.before_put";
    scan_dies_after_it_stored_a_page: "scan" by Amqp at "scan.after_put";
    scan_dies_after_it_recorded_a_page: "scan" by Amqp at "scan.after_page";
    scan_dies_before_its_commit: "scan" by Amqp at "runner.before_settle";
    scan_dies_between_commit_and_ack: "scan" by Amqp at "runner.after_settle";
    scan_dies_between_ack_and_publish: "scan" by Amqp at "runner.after_ack";
    a_worker_dies_before_its_work: "completeness" by Amqp at "runner.before_handle";
    completeness_dies_after_it_kept_the_facts: "completeness" by Amqp at "completeness.after_facts";
    a_worker_dies_before_its_commit: "completeness" by Amqp at "runner.before_settle";
    a_worker_dies_between_commit_and_ack: "completeness" by Amqp at "runner.after_settle", smoke;
    a_worker_dies_between_ack_and_publish: "completeness" by Amqp at "runner.after_ack";
    a_worker_dies_between_confirm_and_note: "completeness" by Amqp at "relay.after_confirm";
    assignment_dies_before_its_work: "assignment" by Http at "runner.before_handle";
    assignment_dies_before_its_commit: "assignment" by Http at "runner.before_settle";
    assignment_dies_between_commit_and_ack: "assignment" by Http at "runner.after_settle";
    assignment_dies_between_ack_and_publish: "assignment" by Http at "runner.after_ack";
    notification_dies_before_its_work: "notification" by Http at "runner.before_handle";
    notification_dies_before_its_commit: "notification" by Http at "runner.before_settle";
    notification_dies_between_commit_and_ack: "notification" by Http at "runner.after_settle";
    notification_dies_between_ack_and_publish: "notification" by Http at "runner.after_ack";
    notification_dies_before_it_sends: "notification" by Amqp at "notification.before_send";
    notification_dies_after_it_sent: "notification" by Amqp at "notification.after_send";
}

on_both_kinds_of_queues! {
    a_sweeper_dies_between_its_claim_and_its_publish;
    a_dead_letter_is_parked_once_although_its_reader_dies_before_the_ack;
    work_that_kills_its_worker_three_times_is_parked_and_goes_on_when_it_is_replayed;
}

/// Accepts one submission that the rules return by a door that then is shut, its message with the queue of scans.
async fn accepted(bench: &Bench) -> Result<(Office, Uuid)> {
    // Sweeps never again, so that the work is nobody's but the relay's and the one's that a test dooms.
    let serving = bench.spawn_with(&["serve"], &[("BERKAS_SWEEPER__INTERVAL_MS", "600000")])?;
    bench.serves().await?;
    let office = bench.office("351709").await?;
    let dossier = office.dossier(3, "akta_kematian", "MTI-1", &[Defect::MissingDocument])?;
    let sent = office.submit(&dossier).await?;
    bench.sql_says("select count(*) from due where published_at is not null", "1").await?;
    ensure!(serving.stop().await?.success(), "the door did not end in order");
    Ok((office, sent))
}

/// Starts the whole chain and ends the test.
async fn goes_on(bench: Bench, office: &Office, sent: Uuid) -> Result<()> {
    let soon = [("BERKAS_SWEEPER__REPUBLISH_AFTER_S", "1")];
    let mut processes = vec![bench.spawn(&["serve"])?];
    for role in WORKERS {
        processes.push(bench.spawn_with(&["worker", role], &soon)?);
    }
    one_decision_each(office, &[sent]).await?;
    all_told(bench, 1).await
}

async fn a_sweeper_dies_between_its_claim_and_its_publish(queues: Queues) -> Result<()> {
    let bench = Bench::start_with(queues).await?;
    let (office, sent) = accepted(&bench).await?;
    bench.on_queue("purge_queue", "work.scan")?;
    bench.run(&["requeue"])?;
    let mut doomed = doom(&bench, "assignment", "sweeper.after_claim")?;
    ensure!(!doomed.ended().await?.success(), "the sweeper did not die");
    // Claimed, and with nobody.
    ensure!(bench.sql("select count(*) from due where published_at is not null")? == "1", "not claimed");
    ensure!(bench.ready("work.scan").await? == 0, "it was published");
    goes_on(bench, &office, sent).await
}

async fn a_dead_letter_is_parked_once_although_its_reader_dies_before_the_ack(queues: Queues) -> Result<()> {
    let bench = Bench::start_with(queues).await?;
    let (office, sent) = accepted(&bench).await?;
    let submission = bench.store.find_submission(&office.code, Some(sent), None).await?.context("unknown")?;
    let message = WorkMessage::new(submission.id, submission.generation, Step::Scan);
    bench.publish(names::DEAD_EXCHANGE, "", &message.encode()).await?;
    let mut doomed = doom(&bench, "assignment", "dead.after_park")?;
    ensure!(!doomed.ended().await?.success(), "the reader of dead letters did not die");
    let parked = bench.store.parked(10).await?;
    ensure!(parked.len() == 1 && parked[0].code == "dead_lettered", "{parked:?}");

    let _reader = bench.spawn(&["worker", "assignment"])?;
    bench.holds("dead", 0).await?;
    let after = bench.store.parked(10).await?;
    ensure!(after.len() == 1 && after[0].id == parked[0].id, "{after:?}");
    bench.run(&["parked", "replay", &parked[0].id.to_string()])?;
    goes_on(bench, &office, sent).await
}

async fn work_that_kills_its_worker_three_times_is_parked_and_goes_on_when_it_is_replayed(
    queues: Queues,
) -> Result<()> {
    let bench = Bench::start_with(queues).await?;
    let (office, sent) = accepted(&bench).await?;
    let mut deaths = 0;
    let parked = loop {
        let mut doomed = doom(&bench, "scan", "scan.before_put")?;
        let deadline = tokio::time::Instant::now() + crate::bench::PATIENCE;
        let died = loop {
            if doomed.has_ended()? {
                break true;
            }
            if !bench.store.parked(10).await?.is_empty() {
                break false;
            }
            ensure!(tokio::time::Instant::now() < deadline, "it neither dies nor gives up");
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        };
        match (died, deaths) {
            (false, _) => break bench.store.parked(10).await?.pop().context("nothing is parked")?,
            (true, 5..) => bail!("it kills its workers for ever"),
            (true, _) => deaths += 1,
        }
    };
    // The first time in company, then three times alone and counted.
    ensure!(deaths == 4, "it was parked after {deaths} deaths");
    ensure!(parked.code == "crashed", "{parked:?}");
    until("its message is gone", || async { Ok(bench.depth("work.scan")? == 0) }).await?;
    bench.run(&["parked", "replay", &parked.id.to_string()])?;
    goes_on(bench, &office, sent).await
}

#[test]
fn every_crash_point_has_its_test() {
    let tests = include_str!("crashes.rs");
    for point in berkas::CRASH_POINTS {
        assert!(tests.contains(&format!("\"{point}\"")), "nothing dies at `{point}`");
    }
}
