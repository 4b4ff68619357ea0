//! What the targets share: bounds, the beginning of a run, the decoding of a file, and the files they begin with.

use std::path::Path;

use berkas_imaging::{Document, ImageError, Limits, MediaType, Pixels};
use libfuzzer_sys::Corpus;

#[path = "../../shared/imaging/tests/it/draw.rs"]
#[expect(dead_code, reason = "tests use the rest of it")]
mod draw;
#[path = "../../shared/imaging/tests/it/files.rs"]
#[expect(dead_code, reason = "tests use the rest of it")]
mod files;
#[path = "../../shared/imaging/examples/accuracy/mapping.rs"]
#[expect(dead_code, reason = "tests use the rest of it")]
mod mapping;
pub mod seeds;
mod stack;

/// As in production.
pub const LIMITS: Limits = Limits {
    max_bytes: 64 << 20,
    max_pixels: 120_000_000,
    max_pages: 50,
    max_page_ms: 10_000,
    max_memory_bytes: 1 << 30,
};

/// The folder that seeds are written to instead of a run.
const SEEDS: &str = "BERKAS_FUZZ_SEEDS";

/// Goes before the first input: with `BERKAS_FUZZ_SEEDS=FOLDER` it writes what the target begins with there, and ends.
///
/// # Panics
/// When a file cannot be written.
#[expect(clippy::expect_used, reason = "a run without its seeds says so and ends")]
pub fn begin(seeds: fn() -> Vec<Vec<u8>>) {
    stack::make_overflows_reportable();
    let Some(folder) = std::env::var_os(SEEDS) else { return };
    std::fs::create_dir_all(&folder).expect("cannot make the folder of seeds");
    for (number, bytes) in seeds().iter().enumerate() {
        std::fs::write(Path::new(&folder).join(format!("seed-{number:02}")), bytes)
            .expect("cannot write a seed");
    }
    std::process::exit(0);
}

/// Opens a file of this type and decodes every page of it; files of other types are not kept.
///
/// # Panics
/// When a page that came out is not whole.
pub fn decode(bytes: &[u8], media_type: MediaType) -> Corpus {
    if MediaType::sniff(bytes) != Some(media_type) {
        return Corpus::Reject;
    }
    let Ok(document) = Document::open(bytes, &LIMITS) else { return Corpus::Keep };
    for index in 0..document.page_count() {
        match document.page(index) {
            Ok(page) => {
                let pixels = u64::from(page.width) * u64::from(page.height);
                let bytes = match &page.pixels {
                    Pixels::Gray(data) => data.len(),
                    Pixels::Rgb(data) => data.len() / 3,
                };
                assert!(pixels > 0 && pixels <= LIMITS.max_pixels && pixels == bytes as u64);
            }
            Err(error) => assert_ne!(error, ImageError::NoSuchPage),
        }
    }
    Corpus::Keep
}
