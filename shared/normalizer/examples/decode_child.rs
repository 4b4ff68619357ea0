//! The decoder alone. The tests run it as their child process; `berkas decode-child` is the same in the real binary.

fn main() -> std::process::ExitCode {
    berkas_normalizer::decode_child_main()
}
