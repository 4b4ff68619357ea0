//! Random pages: nothing of ours panics, nothing hangs, every page that comes out is whole. Run by `make fuzz`, bounded by
//! `BERKAS_FUZZ_SECONDS`. Spoiled files are what the targets of cargo-fuzz try, in `fuzz/`.
//!
//! Attempt n is made from the seed n alone. The seed stands in the text of a failure; `BERKAS_FUZZ_SEED=n` begins there.

use std::time::{Duration, Instant};

use berkas_imaging::{
    Document, Limits, NormalizedPage, Options, OutputFormat, Raster, Turn, normalize_decoded,
};

use crate::draw::{self, Page, Random};

/// No attempt may take longer: the time of a page, and as much again for a machine that does other things beside.
const TOO_LONG: Duration = Duration::from_secs(10);

/// Small, so that many pages are tried.
const LIMITS: Limits = Limits {
    max_bytes: 4 << 20,
    max_pixels: 4_000_000,
    max_pages: 20,
    max_page_ms: 5_000,
    max_memory_bytes: 256 << 20,
};

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

fn assert_readable(page: &NormalizedPage) {
    let limits = Limits::default();
    for bytes in [&page.bytes, &page.preview] {
        let again = Document::open(bytes, &limits).and_then(|document| document.page(0));
        let again = again.expect("what was normalized can be read");
        assert!(again.width > 0 && again.height > 0);
    }
    assert!(page.report.skew_deg.is_finite() && page.report.dpi > 0);
    assert!((0.0..=1.0).contains(&page.report.skew_confidence));
    assert!((0.0..=1.0).contains(&page.report.rotation_confidence));
}

#[test]
#[ignore = "bounded by time: make fuzz"]
fn a_page_of_any_size_content_and_turn_is_normalized() {
    let first = number("BERKAS_FUZZ_SEED", 1);
    let end = Instant::now() + Duration::from_secs(number("BERKAS_FUZZ_SECONDS", 60));
    let mut seed = first;
    while Instant::now() < end {
        let mut random = Random(seed);
        let (page, options) = (any_page(&mut random), any_options(&mut random));
        let size = (page.width, page.height);
        let started = Instant::now();
        let made = normalize_decoded(page, 0, &options, &LIMITS);
        let took = started.elapsed();
        assert!(took < TOO_LONG, "seed {seed}: took {took:?}");
        match made {
            Ok(made) => assert_readable(&made),
            Err(error) => panic!("seed {seed}: {error}, {size:?}, {options:?}"),
        }
        seed += 1;
    }
    assert!(seed > first, "no time for a single attempt");
}

fn any_page(random: &mut Random) -> Raster {
    let edge = |random: &mut Random| match random.below(4) {
        0 => 1 + random.below(4) as u32,
        1 => 1 + random.below(2000) as u32,
        _ => 20 + random.below(500) as u32,
    };
    let (width, height) = (edge(random), edge(random));
    let mut page = match random.below(3) {
        0 => {
            let (width, height) = (width as usize, height as usize);
            draw::writing(Page { width, height, letter: 4.0 + random.below(30) as f64, ..Page::default() })
        }
        1 => Raster::gray(width, height, noise(random, width as usize * height as usize)),
        _ => Raster::rgb(width, height, noise(random, 3 * width as usize * height as usize)),
    };
    page.turn = Turn { mirrored: random.below(2) == 0, quarters: random.below(4) as u8 };
    page.dpi = match random.below(4) {
        0 => None,
        1 => Some(random.next() as u32),
        _ => Some(1 + random.below(1200) as u32),
    };
    page
}

/// Flat, striped or random bytes.
fn noise(random: &mut Random, length: usize) -> Vec<u8> {
    let (kind, base, period) = (random.below(3), random.next() as u8, 1 + random.below(300));
    let value = |at: usize| match kind {
        0 => base,
        1 => {
            if (at as u64 / period).is_multiple_of(2) {
                base
            } else {
                base.wrapping_add(128)
            }
        }
        _ => random.next() as u8,
    };
    (0..length).map(value).collect()
}

fn any_options(random: &mut Random) -> Options {
    let format = match random.below(3) {
        0 => OutputFormat::WebpLossless,
        _ => OutputFormat::Jpeg { quality: 1 + random.below(100) as u8 },
    };
    Options {
        target_dpi: random.below(700) as u32,
        format,
        preview_px: random.below(1500) as u32,
        bilevel: random.below(3) == 0,
        ..Options::default()
    }
}
