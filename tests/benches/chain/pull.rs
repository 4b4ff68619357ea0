//! What the next task costs with a million in the pool.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use berkas_domain::{Clock as _, Service, SystemClock, UserId};
use berkas_store::{NewUser, PlanFor, UserRole};
use berkas_testkit::Services;
use chrono::TimeDelta;
use uuid::Uuid;

use crate::deployment::{Deployment, OFFICE};

/// Open tasks.
const POOL: i32 = 1_000_000;
/// Pulls of each verifier.
const PULLS: usize = 100;

/// What pulls and peeks took.
pub struct Pulls {
    /// The half and 99 of a hundred were not slower, in milliseconds.
    pub pull_ms: [f64; 2],
    /// The same of peeks.
    pub peek_ms: [f64; 2],
    /// Times that one of them read the tasks from end to end.
    pub table_scans: i64,
    /// How the server runs a pull, planned once for whatever values.
    pub plan: Vec<String>,
}

/// Fills the pool, with families and with tasks that are kept from who pulls, and pulls: a verifier of all services, and one of
/// the last service alone.
pub async fn pulls(services: &Services) -> Result<Pulls> {
    let deployment = Deployment::start(services).await?;
    let store = &deployment.app.store;
    let now = SystemClock.now();
    let mut users = Vec::new();
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
        users.push(user.id);
    }
    store.fill_pool(OFFICE, POOL).await?;
    deployment.sql("checkpoint")?;
    let before = table_scans(&deployment)?;
    let (mut pulls, mut peeks) = (Vec::new(), Vec::new());
    for user in &users {
        for _ in 0..PULLS {
            let began = Instant::now();
            let next = store.peek_task(*user, now).await?;
            peeks.push(began.elapsed());
            let began = Instant::now();
            let task = store.pull_task(*user, now + TimeDelta::minutes(15), now).await?;
            pulls.push(began.elapsed());
            ensure!(
                task.is_some_and(|task| Some(task.id) == next),
                "the pull gave something else than the peek"
            );
        }
    }
    let table_scans = table_scans(&deployment)? - before;
    let plan = store.plan_of_pull(users[0].0, PlanFor::Any, now).await?;
    Ok(Pulls { pull_ms: quantiles_ms(pulls), peek_ms: quantiles_ms(peeks), table_scans, plan })
}

/// What the half, and 99 of a hundred, do not exceed.
fn quantiles_ms(mut took: Vec<Duration>) -> [f64; 2] {
    took.sort_unstable();
    [50, 99].map(|part: usize| took[took.len() * part / 100].as_secs_f64() * 1_000.0)
}

/// Sequential scans of the tasks so far; the server's counters lag a little behind.
fn table_scans(deployment: &Deployment<'_>) -> Result<i64> {
    let counter =
        "select pg_stat_force_next_flush(); select seq_scan from pg_stat_user_tables where relname = 'tasks'";
    let printed = deployment.sql(counter)?;
    Ok(printed.trim().parse()?)
}
