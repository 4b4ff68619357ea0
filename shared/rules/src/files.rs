//! Reads a rule directory; the only I/O of this crate.

use std::path::{Path, PathBuf};

use crate::diagnostic::Diagnostic;
use crate::sets::RuleFile;

/// Examples lie beside the rules under this ending.
const EXAMPLES: &str = ".examples.toml";

/// Every rule file below `dir`, sorted by path.
///
/// # Errors
/// A directory or a file that cannot be read.
pub(crate) fn rule_files(dir: &Path) -> Result<Vec<RuleFile>, Diagnostic> {
    Ok(all_files(dir)?.into_iter().filter(|(path, _)| !path.ends_with(EXAMPLES)).collect())
}

/// Every file of examples below `dir`, sorted by path.
///
/// # Errors
/// A directory or a file that cannot be read.
pub(crate) fn example_files(dir: &Path) -> Result<Vec<RuleFile>, Diagnostic> {
    Ok(all_files(dir)?.into_iter().filter(|(path, _)| path.ends_with(EXAMPLES)).collect())
}

fn all_files(dir: &Path) -> Result<Vec<RuleFile>, Diagnostic> {
    let mut paths = Vec::new();
    collect(dir, &mut paths)?;
    paths.sort();
    let mut files = Vec::new();
    for path in paths {
        let text = std::fs::read_to_string(&path).map_err(|error| unreadable(&path, &error))?;
        let relative = path.strip_prefix(dir).unwrap_or(&path);
        files.push((relative.to_string_lossy().replace('\\', "/"), text));
    }
    Ok(files)
}

fn collect(dir: &Path, paths: &mut Vec<PathBuf>) -> Result<(), Diagnostic> {
    for entry in std::fs::read_dir(dir).map_err(|error| unreadable(dir, &error))? {
        let path = entry.map_err(|error| unreadable(dir, &error))?.path();
        if path.is_dir() {
            collect(&path, paths)?;
        } else if path.extension().is_some_and(|ending| ending == "toml") {
            paths.push(path);
        }
    }
    Ok(())
}

fn unreadable(path: &Path, error: &std::io::Error) -> Diagnostic {
    let file = path.to_string_lossy().into_owned();
    Diagnostic { file, line: 1, column: 1, message: format!("cannot be read: {error}"), is_error: true }
}
