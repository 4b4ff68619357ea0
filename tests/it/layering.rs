//! Which crate may know which: one crate for each outside system, dependencies point down; and where the time comes from.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

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

/// Who stands on whom, the lowest first: a crate uses only what stands below it. The workers come above these, then the
/// program, then what only tests use.
const LIBRARIES: [&[&str]; 5] = [
    &["berkas-domain", "berkas-imaging"],
    &["berkas-rules", "berkas-contract", "berkas-notices", "berkas-store", "berkas-blobs", "berkas-samples"],
    &["berkas-broker"],
    &["berkas-runtime", "berkas-web"],
    &["berkas-normalizer"],
];

/// How high each crate stands.
fn levels() -> BTreeMap<&'static str, usize> {
    let mut levels = LIBRARIES.to_vec();
    levels.extend([&WORKERS[..], &["berkas"], &["berkas-testkit"], &["berkas-tests"]]);
    levels
        .iter()
        .enumerate()
        .flat_map(|(level, crates)| crates.iter().map(move |name| (*name, level)))
        .collect()
}

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

#[test]
fn dependencies_point_down_only() -> Result<()> {
    let levels = levels();
    for (package, dependencies) in dependencies()? {
        let level = levels.get(&*package).with_context(|| format!("at which level is `{package}`?"))?;
        for dependency in dependencies.iter().filter_map(|name| levels.get_key_value(&**name)) {
            assert!(dependency.1 < level, "`{package}` stands on `{}`, which is not below it", dependency.0);
        }
    }
    Ok(())
}

/// What a statement must not say: the time is a parameter, so that a test and a simulation can set it.
const TIMES: [&str; 5] =
    ["now()", "current_timestamp", "current_date", "localtimestamp", "statement_timestamp"];

#[test]
fn no_statement_asks_the_database_for_the_time() -> Result<()> {
    let store = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/store");
    let mut places = vec![store.join("src"), store.join("migrations")];
    let mut read = 0;
    while let Some(place) = places.pop() {
        if place.is_dir() {
            for entry in std::fs::read_dir(place)? {
                places.push(entry?.path());
            }
        } else if place.extension().is_some_and(|end| end == "rs" || end == "sql") {
            read += 1;
            let text = std::fs::read_to_string(&place)?.to_lowercase();
            for (at, time) in TIMES.iter().flat_map(|time| text.match_indices(time)) {
                // A method of a clock of ours.
                let asks_a_clock = text[..at].ends_with(['.', ':']);
                assert!(asks_a_clock, "`{time}` in {}", place.display());
            }
        }
    }
    assert!(read > 60, "only {read} files were read");
    Ok(())
}
