//! PNG files: every page is decoded or refused.
#![no_main]

use berkas_fuzz::{begin, decode, seeds};
use berkas_imaging::MediaType;
use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(init: begin(seeds::png), |bytes: &[u8]| -> Corpus { decode(bytes, MediaType::Png) });
