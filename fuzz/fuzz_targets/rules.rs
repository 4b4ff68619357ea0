//! Rule files: each is read, or what is wrong with it has a place in it.
#![no_main]

use berkas_fuzz::{begin, seeds};
use berkas_rules::check_files;
use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(init: begin(seeds::rules), |bytes: &[u8]| -> Corpus {
    let Ok(text) = std::str::from_utf8(bytes) else { return Corpus::Reject };
    let path = if text.contains("[overlay]") { "overlays/local.toml" } else { "local.toml" };
    for found in check_files(&[(path.to_owned(), text.to_owned())], &[]) {
        assert!(found.line > 0 && found.column > 0);
    }
    Corpus::Keep
});
