//! What the next task costs with a million in the pool.

use std::time::Instant;

use anyhow::{Result, ensure};
use berkas_domain::{Clock as _, Service, SystemClock, UserId};
use berkas_store::{NewUser, UserRole};
use berkas_testkit::Services;
use chrono::TimeDelta;
use uuid::Uuid;

use crate::deployment::{Deployment, OFFICE};

/// Open tasks.
const POOL: u32 = 1_000_000;
/// Pulls of each verifier.
const PULLS: usize = 100;

/// How long pulls took, in milliseconds.
pub struct Pulls {
    pub p50: f64,
    pub p99: f64,
    /// Times that a pull read the table from end to end.
    pub table_scans: i64,
}

/// Fills the pool and pulls: a verifier of all services, and one of the last service alone.
pub async fn pulls(services: &Services) -> Result<Pulls> {
    let deployment = Deployment::start(services).await?;
    deployment.sql(&filled())?;
    deployment.sql("vacuum analyze tasks")?;
    deployment.sql("vacuum analyze submissions")?;
    deployment.sql("checkpoint")?;
    let store = &deployment.app.store;
    let now = SystemClock.now();
    let before = table_scans(&deployment)?;
    let mut took = Vec::new();
    for (login, competence) in [("semua", Service::ALL), ("satu", &Service::ALL[Service::ALL.len() - 1..])] {
        let user = NewUser {
            id: UserId(Uuid::new_v4()),
            login,
            display_name: "Verifikator Contoh",
            role: UserRole::Verifier,
            password_hash: "",
            services: competence,
            capacity: 1_000,
            training: false,
        };
        store.create_user(&user, now).await?;
        store.set_duty(user.id, true, now).await?;
        for _ in 0..PULLS {
            let began = Instant::now();
            let task = store.pull_task(user.id, now + TimeDelta::minutes(15), now).await?;
            took.push(began.elapsed().as_secs_f64() * 1_000.0);
            ensure!(task.is_some(), "the pool is empty");
        }
    }
    took.sort_by(f64::total_cmp);
    let at = |part: usize| took[took.len() * part / 100];
    Ok(Pulls { p50: at(50), p99: at(99), table_scans: table_scans(&deployment)? - before })
}

/// Tasks of 21 kecamatan and all services in turns, each with its submission.
fn filled() -> String {
    let services: Vec<String> =
        Service::ALL.iter().map(|service| format!("'{}'", service.as_str())).collect();
    let services = services.join(", ");
    let series = format!("generate_series(1, {POOL}) as n");
    let service = format!("(array[{services}])[1 + n % {}]", Service::ALL.len());
    let at = "timestamptz '2027-01-05 01:00:00+00' + n * interval '1 second'";
    format!(
        "insert into submissions (id, office, sender_id, registration_number, service, case_code, training, stage,
                                  generation, revision, received_at, stage_since, due_at)
         select md5('s' || n)::uuid, '{OFFICE}', md5('sender' || n)::uuid, 'open-' || n, {service}, 'KK-9', false,
                'waiting', 4, 1, {at}, {at}, {at} from {series};
         insert into tasks (id, submission_id, revision, office, service, training, state, due_at, entered_at, share, rank)
         select md5('task' || n)::uuid, md5('s' || n)::uuid, 1, '{OFFICE}', {service}, false, 'open', {at}, {at},
                (n % 21)::text, n / 21 * 300 from {series};"
    )
}

/// Sequential scans of the tasks so far; the server's counters lag a little behind.
fn table_scans(deployment: &Deployment<'_>) -> Result<i64> {
    let counter =
        "select pg_stat_force_next_flush(); select seq_scan from pg_stat_user_tables where relname = 'tasks'";
    let printed = deployment.sql(counter)?;
    Ok(printed.trim().parse()?)
}
