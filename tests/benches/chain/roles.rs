//! The chain as it is deployed: every role a process of its own, real files, and what each process takes of memory.

use std::time::Instant;

use anyhow::{Context as _, Result};
use berkas_domain::Sha256Hash;
use berkas_samples::Dossier;
use berkas_testkit::Services;
use uuid::Uuid;

use crate::stage::{Bench, Office, Process};

/// The roles of a deployment, as they are started.
const ROLES: [&[&str]; 6] = [
    &["worker", "intake"],
    &["worker", "scan"],
    &["worker", "completeness"],
    &["worker", "assignment"],
    &["worker", "notification"],
    &["serve"],
];

/// What a run gave.
pub struct Run {
    /// Submissions a second with a tiny page in every slot.
    pub tiny: f64,
    /// Submissions a second with pages as scanners and phones make them.
    pub normal: f64,
    /// How many files a second those were.
    pub files: f64,
    /// Resident MiB of each role: idle, and at its highest.
    pub memory: Vec<(String, f64, f64)>,
}

/// Sends `tiny` and then `normal` submissions through a deployment of processes.
pub async fn run(services: &'static Services, tiny: u64, normal: u64) -> Result<Run> {
    let bench = Bench::on(services, &[]).await?;
    let mut processes = Vec::new();
    for role in ROLES {
        processes.push((role.join(" "), bench.spawn(role)?));
    }
    bench.serves().await?;
    let office = bench.office("351709").await?;
    // One first, so that every process has done its work once.
    through(&bench, &office, &[dossier(&office, 0)?]).await?;
    let idle = processes.iter().map(|(_, process)| memory(process, "VmRSS")).collect::<Result<Vec<_>>>()?;
    let mut small = Vec::new();
    for seed in 0..tiny {
        small.push(shrunk(dossier(&office, 1)?, seed));
    }
    let tiny = tiny as f64 / through(&bench, &office, &small).await?;
    let dossiers = (0..normal).map(|seed| dossier(&office, seed + 2)).collect::<Result<Vec<_>>>()?;
    let files: usize = dossiers.iter().map(|dossier| dossier.files.len()).sum();
    let took = through(&bench, &office, &dossiers).await?;
    let mut roles = Vec::new();
    for ((role, process), idle) in processes.iter().zip(idle) {
        roles.push((role.clone(), idle, memory(process, "VmHWM")?));
    }
    Ok(Run { tiny, normal: normal as f64 / took, files: files as f64 / took, memory: roles })
}

fn dossier(office: &Office, seed: u64) -> Result<Dossier> {
    office.dossier(seed, "kartu_keluarga", "KK-9", &[])
}

/// Puts a tiny page into every slot, no two alike.
fn shrunk(mut dossier: Dossier, seed: u64) -> Dossier {
    for (slot, (file, entry)) in dossier.files.iter_mut().zip(&mut dossier.form.documents).enumerate() {
        file.bytes = berkas_samples::tiny_page(seed * 100 + slot as u64);
        file.sha256 = Sha256Hash::of(&file.bytes);
        file.media_type = "image/jpeg";
        entry.sha256 = file.sha256;
    }
    dossier
}

/// Uploads all of them; returns the seconds from the first submission until none is in an automatic stage.
async fn through(bench: &Bench, office: &Office, dossiers: &[Dossier]) -> Result<f64> {
    let wanted = bench.store.neraca().await?.accepted + i64::try_from(dossiers.len())?;
    for dossier in dossiers {
        office.upload(dossier).await?;
    }
    let started = Instant::now();
    for dossier in dossiers {
        let manifest = office.manifest(dossier, Uuid::new_v4(), 1)?;
        office.client.post("/api/v1/submissions", &manifest).await?;
    }
    crate::stage::until("all are through", || async {
        Ok(bench.store.due_count().await? == 0 && bench.store.neraca().await?.accepted == wanted)
    })
    .await?;
    Ok(started.elapsed().as_secs_f64())
}

/// A line of `/proc/PID/status` in MiB.
fn memory(process: &Process, line: &str) -> Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", process.id()))?;
    let value = status.lines().find_map(|one| one.strip_prefix(line)).context("no such line")?;
    let kib = value.trim_start_matches(':').trim().trim_end_matches(" kB");
    Ok(kib.trim().parse::<f64>()? / 1024.0)
}
