//! Writing `docs/contract` and telling whether what lies there is what this program speaks.

use std::collections::BTreeSet;
use std::path::Path;
use std::{fs, io};

use crate::schema::schemas;

/// A file that differs from what the types say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drift {
    /// Its name below the directory.
    pub file: String,
    /// What is wrong with it.
    pub kind: DriftKind,
}

/// What is wrong with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DriftKind {
    /// It is not there.
    Missing,
    /// It has other content.
    Different,
    /// It describes a type that does not exist.
    Surplus,
}

impl std::fmt::Display for Drift {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let word = match self.kind {
            DriftKind::Missing => "is missing",
            DriftKind::Different => "is out of date",
            DriftKind::Surplus => "describes nothing",
        };
        write!(f, "`{}` {word}", self.file)
    }
}

/// Writes every schema and the AsyncAPI document into `dir`, which is made if need be; returns how many files.
///
/// # Errors
/// Whatever the file system says.
pub fn write(dir: &Path) -> io::Result<usize> {
    fs::create_dir_all(dir)?;
    let files = texts();
    for (name, text) in &files {
        fs::write(dir.join(name), text)?;
    }
    Ok(files.len())
}

/// Compares `dir` with what [`write`] would write; empty means no drift. Files other than JSON, and the OpenAPI documents of
/// the surfaces, are none of its business.
///
/// # Errors
/// When `dir` or a file in it cannot be read.
pub fn check(dir: &Path) -> io::Result<Vec<Drift>> {
    let mut drifts = Vec::new();
    let mut surplus = json_files(dir)?;
    for (file, text) in texts() {
        let kind = match fs::read_to_string(dir.join(&file)) {
            Ok(present) if present == text => None,
            Ok(_) => Some(DriftKind::Different),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Some(DriftKind::Missing),
            Err(error) => return Err(error),
        };
        surplus.remove(&file);
        drifts.extend(kind.map(|kind| Drift { file, kind }));
    }
    drifts.extend(surplus.into_iter().map(|file| Drift { file, kind: DriftKind::Surplus }));
    Ok(drifts)
}

/// Keys are sorted here: whether serde_json does it depends on what else is built beside this crate.
fn texts() -> Vec<(String, String)> {
    let text = |(name, mut value): (String, serde_json::Value)| {
        value.sort_all_objects();
        (name, format!("{value:#}\n"))
    };
    schemas().into_iter().map(text).collect()
}

fn json_files(dir: &Path) -> io::Result<BTreeSet<String>> {
    let entries = match fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeSet::new()),
        Err(error) => return Err(error),
    };
    let mut names = BTreeSet::new();
    for entry in entries {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".json") && !name.ends_with(".openapi.json") {
            names.insert(name);
        }
    }
    Ok(names)
}
