//! Berkas: every role and every operator's command in one binary.
//!
//! The program is a library with one entry, so that the fault tests can build it once more with crash points.

#![expect(unreachable_pub, reason = "a program: what its modules share is public within it and nowhere else")]

mod cli;
pub mod client;
mod commands;
mod output;
mod roles;
mod rules;

use std::process::ExitCode;

pub use berkas_runtime::CRASH_POINTS;
use clap::Parser;

use crate::cli::Cli;

/// Runs the program: reads the command line, does what it says, and returns the exit code.
#[must_use]
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    // Before any thread is started: the child gives up its rights on itself.
    if matches!(cli.command, cli::Command::DecodeChild) {
        return berkas_normalizer::decode_child_main();
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return output::fail(&error.into()),
    };
    match runtime.block_on(commands::run(cli)) {
        Ok(code) => code,
        Err(error) => output::fail(&error),
    }
}
