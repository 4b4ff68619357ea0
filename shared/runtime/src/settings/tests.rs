use std::collections::BTreeSet;
use std::io::Write;

use berkas_domain::Step;

use super::*;

fn load(env: &[(&str, &str)]) -> Result<Settings, SettingsError> {
    Settings::load(None, env.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
}

fn file_with(text: &str) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    file
}

fn load_file(text: &str) -> Result<Settings, SettingsError> {
    Settings::load(Some(file_with(text).path()), [])
}

#[test]
fn the_defaults_load_by_themselves() {
    let settings = load(&[]).unwrap();
    assert_eq!(settings.worker.retry_s, [0, 1, 5, 30, 120, 600, 3600, 21600]);
    assert_eq!(settings.office_time.hours, berkas_domain::OfficeHours::default());
    assert_eq!(settings.broker.queue_type, QueueType::Classic);
}

#[test]
fn every_section_of_the_documentation_is_a_section_of_the_program() {
    let written: BTreeSet<_> = defaults().unwrap().keys().cloned().collect();
    let known = "assignment database broker blobs http web worker sweeper lease hold desk standby repair intake scan webhook \
                 mail notices office_time sms telemetry";
    assert_eq!(written, known.split_whitespace().map(str::to_owned).collect());
}

#[test]
fn every_setting_is_explained() {
    let mut explained = false;
    for (index, line) in DEFAULTS.lines().enumerate() {
        let is_key = line.contains(" = ") && !line.starts_with('#');
        if line.starts_with('[') || line.is_empty() {
            explained = line.starts_with("[office_time]") || line.starts_with("[worker.");
        } else if line.starts_with('#') {
            explained = true;
        } else {
            assert!(!is_key || explained, "line {}: `{line}` has no comment above it", index + 1);
        }
    }
}

#[test]
fn the_environment_goes_before_the_file_and_the_file_before_the_defaults() {
    let file = file_with("[worker]\nchunk = 7\nprefetch = 8\n");
    let path = file.path().to_str().unwrap().to_owned();
    let settings = load(&[("BERKAS_CONFIG", &path), ("BERKAS_WORKER__CHUNK", "9")]).unwrap();
    assert_eq!((settings.worker.chunk, settings.worker.prefetch, settings.worker.drain_s), (9, 8, 20));
}

#[test]
fn variables_take_the_type_of_their_setting() {
    let settings = load(&[
        ("BERKAS_AMQP_URLS", "amqp://a, amqp://b"),
        ("BERKAS_WORKER__RETRY_S", "0,2"),
        ("BERKAS_WORKER__RETRY_JITTER", "0.5"),
        ("BERKAS_WORKER__HANDLE_TIMEOUT_S__SCAN", "3"),
        ("BERKAS_WEB__SECURE_COOKIES", "false"),
        ("BERKAS_BROKER__QUEUE_TYPE", "quorum"),
        ("BERKAS_SEAL_KEY_FILE", "/run/key"),
        ("BERKAS_OUTPUT", "json"),
        ("BERKAS_DATABASE_URL", ""),
    ])
    .unwrap();
    assert_eq!(settings.broker.required_urls().unwrap(), ["amqp://a", "amqp://b"]);
    assert_eq!(settings.worker.retry_s, [0, 2]);
    assert_eq!(settings.worker.handle_timeout(Step::Scan), std::time::Duration::from_secs(3));
    assert_eq!(settings.broker.queue_type, QueueType::Quorum);
    assert_eq!(settings.blobs.key_file, Path::new("/run/key"));
    let web: Table = settings.section("web").unwrap();
    assert_eq!(web["secure_cookies"].as_bool(), Some(false));
}

#[test]
fn an_unknown_key_is_refused_by_name_wherever_it_comes_from() {
    let cases = [
        (load(&[("BERKAS_WORKER__CHUNKS", "1")]), "unknown setting `worker.chunks` in variable"),
        (load(&[("BERKAS_WORKER__RETRY_S__X", "1")]), "unknown setting `worker.retry_s.x`"),
        (load_file("[worker]\nchunks = 1\n"), "unknown setting `worker.chunks` in `/"),
        (load_file("[wrkr]\nchunk = 1\n"), "unknown setting `wrkr`"),
        (load_file("chunk = 1\n"), "unknown setting `chunk`"),
    ];
    for (loaded, expected) in cases {
        let error = loaded.unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn a_value_of_the_wrong_kind_is_refused_by_name() {
    let cases = [
        (load(&[("BERKAS_WORKER__CHUNK", "many")]), "`worker.chunk`", "whole number"),
        (load_file("[worker]\nchunk = \"7\"\n"), "`worker.chunk`", "whole number"),
        (load_file("[worker]\nchunk = 0\n"), "`worker.chunk`", "at least 1"),
        (load_file("[worker]\nretry_jitter = 1\n"), "`worker.retry_jitter`", "below 1"),
        (load_file("worker = 1\n"), "`worker`", "section"),
        (load_file("[office_time]\nfriday = \"early\"\n"), "`office_time.friday`", "like"),
        (load_file("[broker]\nqueue_type = \"best\"\n"), "settings", "unknown variant"),
    ];
    for (loaded, key, reason) in cases {
        let text = loaded.unwrap_err().to_string();
        assert!(text.contains(key) && text.contains(reason), "{text}");
    }
}

#[test]
fn no_secret_is_ever_printed() {
    let settings = load(&[
        ("BERKAS_DATABASE_URL", "postgres://app:rahasia@host/db"),
        ("BERKAS_AMQP_URL", "amqp://app:rahasia@host"),
        ("BERKAS_SEAL_KEY", "rahasia"),
        ("BERKAS_BLOBS__SECRET_ACCESS_KEY", "rahasia"),
        ("BERKAS_MAIL__PASSWORD", "rahasia"),
    ])
    .unwrap();
    assert_eq!(settings.blobs.key.expose(), "rahasia");
    assert!(!format!("{settings:?}").contains("rahasia"));
    for broken in
        ["[database]\nurl = \"rahasia", "[database]\nurl = [\"rahasia\"]", "[database]\nmax = rahasia"]
    {
        let error = load_file(broken).unwrap_err();
        assert!(!error.to_string().contains("rahasia"), "{error}");
    }
}

#[test]
fn the_retry_ladder_ends_in_parking() {
    let worker = load(&[]).unwrap().worker;
    let waits: Vec<_> =
        (1..=9).map(|attempts| worker.retry_after(attempts).map(|wait| wait.as_secs())).collect();
    assert_eq!(waits[..3], [Some(0), Some(1), Some(5)]);
    assert_eq!(waits[7..], [Some(21600), None]);
    assert_eq!(worker.retry_after(0), None);
}

/// Adds the text of every source file below `dir` that is no test, without its tests.
fn add_sources(dir: &Path, sources: &mut String) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            if !["tests", "benches", "examples", "target"].contains(&name.as_str()) {
                add_sources(&path, sources);
            }
        // `settings.rs` only checks the values.
        } else if name.ends_with(".rs") && name != "tests.rs" && !path.ends_with("runtime/src/settings.rs") {
            let text = std::fs::read_to_string(path).unwrap();
            sources.push_str(text.split("#[cfg(test)]").next().unwrap_or_default());
        }
    }
}

/// Adds the names of all keys, those of sections within sections too.
fn add_keys(table: &Table, keys: &mut BTreeSet<String>) {
    for (name, value) in table {
        match value {
            Value::Table(section) => add_keys(section, keys),
            _ => {
                keys.insert(name.clone());
            }
        }
    }
}

#[test]
fn every_setting_has_a_reader() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut sources = String::new();
    for dir in ["shared", "workers"] {
        add_sources(&workspace.join(dir), &mut sources);
    }
    let mut keys = BTreeSet::new();
    add_keys(&defaults().unwrap(), &mut keys);
    assert!(keys.len() > 80 && keys.contains("request_timeout_s"));
    let is_read = |key: &str| {
        let field = format!(".{key}");
        let in_name =
            |after: Option<char>| after.is_some_and(|after| after.is_alphanumeric() || after == '_');
        sources.match_indices(&field).any(|(at, _)| !in_name(sources[at + field.len()..].chars().next()))
    };
    let unread: Vec<&String> = keys.iter().filter(|key| !is_read(key)).collect();
    assert!(unread.is_empty(), "nobody reads {unread:?}");
}
