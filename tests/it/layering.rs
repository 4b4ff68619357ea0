//! Which crate may know which: one crate for each outside system, dependencies point down.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result};
use serde_json::Value;

/// Each outside system and the one crate that may name it.
const WRAPPERS: [(&str, &str); 5] = [
    ("lapin", "berkas-broker"),
    ("sqlx", "berkas-store"),
    ("object_store", "berkas-blobs"),
    ("lettre", "berkas-notification"),
    ("backoff", "berkas-runtime"),
];

/// Crates without I/O: none of these may be below them.
const PURE: [&str; 4] = ["berkas-domain", "berkas-rules", "berkas-imaging", "berkas-notices"];
const NOT_PURE: [&str; 5] = ["tokio", "lapin", "axum", "sqlx", "object_store"];

/// The workers: none may know another.
const WORKERS: [&str; 7] = [
    "berkas-intake",
    "berkas-scan",
    "berkas-completeness",
    "berkas-assignment",
    "berkas-notification",
    "berkas-desk",
    "berkas-console",
];

/// The normal dependencies of every package of the workspace.
fn dependencies() -> Result<BTreeMap<String, BTreeSet<String>>> {
    let output = std::process::Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()?;
    let metadata: Value = serde_json::from_slice(&output.stdout)?;
    let packages = metadata["packages"].as_array().context("no packages")?;
    let mut all = BTreeMap::new();
    for package in packages {
        let name = package["name"].as_str().context("no name")?.to_owned();
        let wanted = package["dependencies"].as_array().context("no dependencies")?;
        let normal = wanted.iter().filter(|dependency| dependency["kind"].is_null());
        all.insert(
            name,
            normal.filter_map(|dependency| Some(dependency["name"].as_str()?.to_owned())).collect(),
        );
    }
    Ok(all)
}

#[test]
fn every_outside_system_is_named_by_one_crate() -> Result<()> {
    for (package, dependencies) in dependencies()? {
        for (system, wrapper) in WRAPPERS {
            assert!(package == wrapper || !dependencies.contains(system), "`{package}` names `{system}`");
        }
    }
    Ok(())
}

#[test]
fn pure_crates_do_no_input_or_output() -> Result<()> {
    let all = dependencies()?;
    for pure in PURE {
        let dependencies = all.get(pure).context("a pure crate is missing")?;
        for system in NOT_PURE {
            assert!(!dependencies.contains(system), "`{pure}` names `{system}`");
        }
    }
    Ok(())
}

#[test]
fn no_worker_knows_another_and_no_library_knows_a_worker() -> Result<()> {
    for (package, dependencies) in dependencies()? {
        // The program puts them together; the tests and benches play them one by one.
        if ["berkas", "berkas-tests"].contains(&package.as_str()) {
            continue;
        }
        for worker in WORKERS {
            assert!(!dependencies.contains(worker), "`{package}` knows `{worker}`");
        }
    }
    Ok(())
}
