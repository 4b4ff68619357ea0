//! A worker dies at every named point before and after each side effect.

use anyhow::{Result, ensure};
use berkas_samples::Defect;

use super::{all_told, one_decision_each};
use crate::bench::{Bench, Queues};

/// Sends two submissions that the rules return, with the role that passes `point` dying there once; a second process
/// of the role then takes over.
async fn survives(queues: Queues, role: &str, point: &str) -> Result<()> {
    let bench = Bench::start_with(queues).await?;
    let roles = ["intake", "scan", "completeness", "assignment", "notification"];
    let mut processes = Vec::new();
    for other in roles.iter().filter(|other| **other != role) {
        processes.push(bench.spawn(&["worker", other])?);
    }
    processes.push(bench.spawn(&["serve"])?);
    bench.serves().await?;
    let mut doomed = bench.spawn_with(&["worker", role], &[("BERKAS_CRASH_AT", point)])?;

    let office = bench.office("351709").await?;
    let mut sent = Vec::new();
    for seed in 0..2 {
        let dossier = office.dossier(seed, "akta_kematian", "MTI-1", &[Defect::MissingDocument])?;
        let sender_id = uuid::Uuid::new_v4();
        office.upload(&dossier).await?;
        office.publish(&dossier, office.manifest(&dossier, sender_id, 1)?).await?;
        sent.push(sender_id);
    }
    let status = doomed.ended().await?;
    ensure!(!status.success(), "the process did not die at `{point}`");
    processes.push(bench.spawn(&["worker", role])?);

    one_decision_each(&office, &sent).await?;
    all_told(bench, 2).await
}

/// A function for each point, so that the tests run side by side and each is named.
macro_rules! survives_at {
    ($($name:ident: $role:literal at $point:literal $(, $mark:ident)?;)+) => {
        $(async fn $name(queues: Queues) -> Result<()> {
            survives(queues, $role, $point).await
        })+

        on_both_kinds_of_queues! { $($name $(, $mark)?;)+ }
    };
}

survives_at! {
    intake_dies_before_it_accepts: "intake" at "intake.before_accept";
    intake_dies_after_it_accepted: "intake" at "intake.after_accept";
    intake_dies_after_its_ack: "intake" at "intake.after_ack";
    scan_dies_before_it_stores_a_page: "scan" at "scan.before_put";
    scan_dies_after_it_stored_a_page: "scan" at "scan.after_put";
    scan_dies_after_it_recorded_a_page: "scan" at "scan.after_page";
    a_worker_dies_before_its_work: "completeness" at "runner.before_handle";
    completeness_dies_after_it_kept_the_facts: "completeness" at "completeness.after_facts";
    a_worker_dies_before_its_commit: "completeness" at "runner.before_settle";
    a_worker_dies_between_commit_and_ack: "completeness" at "runner.after_settle", smoke;
    a_worker_dies_between_ack_and_publish: "completeness" at "runner.after_ack";
    notification_dies_before_it_sends: "notification" at "notification.before_send";
    notification_dies_after_it_sent: "notification" at "notification.after_send";
}

#[test]
fn every_crash_point_has_its_test() {
    let tests = include_str!("crashes.rs");
    for point in berkas::CRASH_POINTS {
        assert!(tests.contains(&format!("at \"{point}\"")), "nothing dies at `{point}`");
    }
}
