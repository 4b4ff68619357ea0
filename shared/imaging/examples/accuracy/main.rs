//! Prints how exact and how fast the normalizer is: `cargo run --release -p berkas-imaging --example accuracy`.
#![expect(clippy::print_stdout, clippy::expect_used, reason = "a program for the terminal, on its own files")]

mod degrade;
mod pages;
mod skew;

fn main() {
    skew::run();
}
