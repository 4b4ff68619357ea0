//! `docker-compose.yml` names nothing that does not exist. It cannot be run here: there is no container engine.

use std::process::Command;

use anyhow::{Context as _, Result, ensure};

const COMPOSE: &str = include_str!("../../docker-compose.yml");

/// The commands of our own program.
const OURS: [&str; 4] = ["migrate", "topology", "worker", "serve"];

/// The words of every `command: […]` in the file that is one of ours; a list may go over several lines.
fn commands() -> Vec<Vec<String>> {
    let lists = COMPOSE.split("command:").skip(1).filter_map(|rest| {
        let list = rest.trim_start().strip_prefix('[')?;
        Some(list.split_once(']')?.0)
    });
    let words = |list: &str| list.split(',').map(|word| word.trim().trim_matches('"').to_owned()).collect();
    lists.map(words).filter(|words: &Vec<String>| OURS.contains(&words[0].as_str())).collect()
}

#[test]
fn every_command_in_the_compose_file_exists() -> Result<()> {
    let commands = commands();
    ensure!(
        commands.len() >= 8,
        "only {} commands were found: is the file written otherwise?",
        commands.len()
    );
    for words in commands {
        let output = Command::new(env!("CARGO_BIN_EXE_berkas-under-test"))
            .args(&words)
            .arg("--help")
            .output()
            .with_context(|| format!("running {words:?}"))?;
        ensure!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(())
}

#[test]
fn every_role_has_a_service() {
    for role in ["intake", "scan", "completeness", "assignment", "notification", "door", "desk", "console"] {
        assert!(COMPOSE.contains(&format!("\n  {role}:\n")), "`{role}` has no service");
    }
}
