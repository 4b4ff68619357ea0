//! Checks a rule directory: `cargo run -p berkas-rules --example check -- config/rules`.

use std::io::Write as _;

fn main() -> std::io::Result<std::process::ExitCode> {
    let dir = std::env::args().nth(1).unwrap_or_else(|| "config/rules".to_owned());
    let found = berkas_rules::check_dir(std::path::Path::new(&dir));
    for diagnostic in &found {
        writeln!(std::io::stdout(), "{diagnostic}")?;
    }
    Ok(std::process::ExitCode::from(u8::from(found.iter().any(|diagnostic| diagnostic.is_error))))
}
