//! PNM files, which `scanimage` writes: every page is decoded or refused.
#![no_main]

use berkas_fuzz::{begin, decode, seeds};
use berkas_imaging::MediaType;
use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(init: begin(seeds::pnm), |bytes: &[u8]| -> Corpus { decode(bytes, MediaType::Pnm) });
