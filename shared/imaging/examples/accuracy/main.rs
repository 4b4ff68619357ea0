//! Prints how exact and how fast the normalizer is: `cargo run --release -p berkas-imaging --example accuracy`,
//! with `skew`, `again`, `orientation`, `border`, `legibility`, `content`, `spreads`, `memory` or `speed` for one table only; `ONLY=cut`, for example, leaves
//! all rows of the tables of surroundings and of legibility out but those that begin so.
#![expect(clippy::print_stdout, clippy::expect_used, reason = "a program for the terminal, on its own files")]

mod again;
mod binding;
mod border;
mod confusion;
mod content;
mod degrade;
mod legibility;
mod mapping;
mod memory;
mod orientation;
mod pages;
mod peers;
mod skew;
mod speed;
mod spreads;

/// Whether a row of a table is wanted: all are, or those whose names begin with `ONLY`.
fn is_wanted(name: &str) -> bool {
    std::env::var("ONLY").is_ok_and(|only| name.starts_with(&only)) || std::env::var("ONLY").is_err()
}

fn main() {
    let wanted = std::env::args().nth(1);
    if wanted.as_deref() == Some(memory::OF_ONE) {
        memory::of_one(std::path::Path::new(&std::env::args().nth(2).expect("a file")));
        return;
    }
    let tables: [(&str, fn()); 9] = [
        ("skew", skew::run),
        ("again", again::run),
        ("orientation", orientation::run),
        ("border", border::run),
        ("legibility", || {
            legibility::run();
            confusion::run();
        }),
        ("content", content::run),
        ("spreads", spreads::run),
        ("memory", memory::run),
        ("speed", speed::run),
    ];
    for (name, run) in tables {
        if wanted.as_deref().is_none_or(|wanted| wanted == name) {
            run();
        }
    }
}
