//! Berkas built with crash points, for the fault tests.

fn main() -> std::process::ExitCode {
    berkas::run()
}
