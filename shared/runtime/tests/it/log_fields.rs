//! One spelling of every field in the logs: what the sources say is what `ARCHITECTURE.md` lists.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Macros that make an event or a span.
const MACROS: [&str; 11] = [
    JOB_SPAN,
    "tracing::error!(",
    "tracing::warn!(",
    "tracing::info!(",
    "tracing::debug!(",
    "tracing::trace!(",
    "error_span!(",
    "warn_span!(",
    "info_span!(",
    "debug_span!(",
    "trace_span!(",
];
const JOB_SPAN: &str = "job_span!(";
/// Where the list begins, a table whose first column are fields.
const HEADING: &str = "### Log fields";

#[test]
fn every_field_in_the_logs_is_listed_and_every_listed_one_is_used() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut used = BTreeMap::new();
    for folder in ["shared", "workers"] {
        for file in sources(&root.join(folder)) {
            let text = std::fs::read_to_string(&file).unwrap();
            used.extend(fields(&text).into_iter().map(|field| (field, file.display().to_string())));
        }
    }
    let listed = listed(&std::fs::read_to_string(root.join("ARCHITECTURE.md")).unwrap());
    let unlisted: Vec<_> = used.iter().filter(|(field, _)| !listed.contains(*field)).collect();
    assert!(unlisted.is_empty(), "not in the list: {unlisted:#?}");
    let unused: Vec<_> = listed.iter().filter(|field| !used.contains_key(*field)).collect();
    assert!(unused.is_empty(), "listed and not used: {unused:?}");
}

#[test]
fn fields_are_read_off_events_and_spans_in_every_way_they_can_be_written() {
    let text = r#"
        tracing::warn!(delivery.channel = of("a, b = c"), error = &error as &dyn Error, ?cause, "could not, count = {}", n);
        let span = tracing::info_span!("scan.page", page.number = page, moved);
        tracing::info!(%submission.id, "it goes on"); tracing::debug!("nothing");
        let span = job_span!("job.scan.page", context, stage.step = %step);
    "#;
    let expected =
        ["delivery.channel", "error", "cause", "page.number", "moved", "submission.id", "stage.step"];
    assert_eq!(fields(text), BTreeSet::from(expected.map(str::to_owned)));
}

/// The Rust files below `folder` that are not tests.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && !["tests", "target", "examples"].contains(&name.as_str()) {
            files.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") && name != "tests.rs" {
            files.push(path);
        }
    }
    files
}

/// The fields that a source gives to events and spans.
fn fields(text: &str) -> BTreeSet<String> {
    let mut fields = BTreeSet::new();
    for name in MACROS {
        for (begins, _) in text.match_indices(name) {
            let arguments = arguments(&text[begins + name.len()..]);
            let before = match name {
                JOB_SPAN => 2,
                _ if name.ends_with("_span!(") => 1,
                _ => 0,
            };
            // What follows an event's text is put into it.
            let given =
                arguments.iter().skip(before).take_while(|argument| !argument.trim().starts_with('"'));
            fields.extend(given.filter_map(|argument| field(argument)));
        }
    }
    fields
}

/// The arguments of a call up to its closing bracket; of texts only the quotes are left.
fn arguments(call: &str) -> Vec<String> {
    let (mut arguments, mut argument) = (Vec::new(), String::new());
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    for sign in call.chars() {
        match sign {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => {
                quoted = !quoted;
                argument.push(sign);
            }
            _ if quoted => {}
            ')' | ']' | '}' if depth == 0 => break,
            ',' if depth == 0 => arguments.push(std::mem::take(&mut argument)),
            _ => {
                depth = match sign {
                    '(' | '[' | '{' => depth + 1,
                    ')' | ']' | '}' => depth - 1,
                    _ => depth,
                };
                argument.push(sign);
            }
        }
    }
    arguments.push(argument);
    arguments
}

/// The field that an argument gives; `None` for a text and for what a macro of macros leaves open.
fn field(argument: &str) -> Option<String> {
    let argument = argument.trim().trim_start_matches(['%', '?']);
    let name = argument.split_once(" = ").map_or(argument, |(name, _)| name).trim();
    let is_name = |sign: char| sign.is_ascii_lowercase() || sign.is_ascii_digit() || "._".contains(sign);
    (!name.is_empty() && name.chars().all(is_name)).then(|| name.to_owned())
}

/// The fields in the table below the heading.
fn listed(document: &str) -> BTreeSet<String> {
    let section = document.split_once(HEADING).expect("the list").1;
    let rows = section.lines().skip(1).skip_while(|line| !line.starts_with('|'));
    let cells = rows.take_while(|line| line.starts_with('|')).filter_map(|line| line.split('|').nth(1));
    cells.flat_map(|cell| cell.split('`').skip(1).step_by(2)).map(str::to_owned).collect()
}
