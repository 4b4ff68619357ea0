//! The guides name no command and no flag that the program has not.

use std::path::{Path, PathBuf};

use clap::{Command, CommandFactory as _};

use super::Cli;

/// Everything written for people that may name a command.
fn guides() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut paths: Vec<PathBuf> =
        ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "GLOSSARY.md"].map(|name| root.join(name)).into();
    for dir in ["docs", "config", "config/notices", "config/rabbitmq"] {
        let files = std::fs::read_dir(root.join(dir)).unwrap().map(|entry| entry.unwrap().path());
        paths.extend(files.filter(|path| path.extension().is_some_and(|end| end == "md" || end == "toml")));
    }
    paths.into_iter().map(|path| (path.clone(), std::fs::read_to_string(path).unwrap())).collect()
}

/// The command lines in a text: in backticks, which may go over lines, and as lines of a block.
fn command_lines(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (index, part) in text.split("```").enumerate() {
        let pieces: Vec<&str> = if index % 2 == 0 {
            part.split('`').skip(1).step_by(2).collect()
        } else {
            part.lines().map(|line| line.split(" #").next().unwrap_or_default()).collect()
        };
        found.extend(
            pieces.into_iter().map(str::trim).filter(|piece| piece.starts_with("berkas ")).map(str::to_owned),
        );
    }
    found
}

/// What of a command line the program does not have.
fn unknown(line: &str, program: &Command) -> Option<String> {
    let mut command = program;
    let mut takes_value = false;
    let words = line.split_whitespace().skip(1).map(|word| word.trim_matches(['[', ']', '"']));
    for word in words {
        if let Some(flag) = word.strip_prefix("--") {
            let (flag, value) =
                flag.split_once('=').map_or((flag, None), |(flag, value)| (flag, Some(value)));
            let Some(argument) = command.get_arguments().find(|one| one.get_long() == Some(flag)) else {
                return Some(word.to_owned());
            };
            takes_value = argument.get_action().takes_values() && value.is_none();
        } else if std::mem::take(&mut takes_value) {
            // A value of one's own.
        } else if let Some(below) = command.find_subcommand(word) {
            command = below;
        } else if !word.replace('\\', "").split('|').all(|word| is_known(word, command)) {
            return Some(word.to_owned());
        }
    }
    None
}

/// Whether `word` can stand for a subcommand or a value of `command`. Capitals are a placeholder.
fn is_known(word: &str, command: &Command) -> bool {
    let literal = word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
    let fits = |argument: &clap::Arg| {
        let allowed = argument.get_possible_values();
        !literal || allowed.is_empty() || allowed.iter().any(|value| value.matches(word, false))
    };
    command.find_subcommand(word).is_some() || command.get_positionals().any(fits)
}

#[test]
fn every_command_in_the_guides_exists_with_its_flags() {
    let mut program = Cli::command();
    program.build();
    let (mut looked_at, mut wrong) = (0, Vec::new());
    for (path, text) in guides() {
        for line in command_lines(&text) {
            looked_at += 1;
            if let Some(word) = unknown(&line, &program) {
                wrong.push(format!("{}: `{word}` of `{line}`", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(looked_at >= 40, "only {looked_at} commands were found: are they written otherwise?");
}

#[test]
fn a_command_a_flag_and_a_value_that_do_not_exist_are_found() {
    let mut program = Cli::command();
    program.build();
    for (line, word) in [
        ("berkas sumbit", Some("sumbit")),
        ("berkas parked list --all", Some("--all")),
        ("berkas worker printing", Some("printing")),
        ("berkas parked list|empty", Some("list|empty")),
        ("berkas worker intake\\|scan", None),
        ("berkas office webhook OFFICE --rotate --hours 48", None),
        ("berkas --config my.toml", None),
    ] {
        assert_eq!(unknown(line, &program).as_deref(), word, "{line}");
    }
}
