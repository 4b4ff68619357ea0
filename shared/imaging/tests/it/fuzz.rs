//! Spoiled files and random pages: nothing of ours panics, nothing hangs, every page that comes out is whole. Run by
//! `make fuzz`, bounded by `BERKAS_FUZZ_SECONDS` for each target.
//!
//! Attempt n of a target is made from the seed n alone. The seed stands in the text of a failure;
//! `BERKAS_FUZZ_SEED=n` begins there. A panic inside a third-party decoder is contained and counted, one of ours fails.

mod mutate;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use berkas_imaging::{
    Document, ImageError, Limits, NormalizedPage, Options, OutputFormat, Pixels, Raster, Turn, normalize,
    normalize_decoded,
};

use self::mutate::Rng;
use crate::draw::{self, Page};
use crate::files;

/// No attempt may take longer: the time of a page, and as much again for a machine that does other things beside.
const TOO_LONG: Duration = Duration::from_secs(10);

/// Small, so that the time goes into parsing and not into pixels.
const LIMITS: Limits = Limits {
    max_bytes: 4 << 20,
    max_pixels: 4_000_000,
    max_pages: 20,
    max_page_ms: 5_000,
    max_memory_bytes: 256 << 20,
};

thread_local! {
    /// Where the last contained panic of this thread was.
    static PANICKED_AT: RefCell<Option<String>> = const { RefCell::new(None) };
}

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// Tries seeds until the time is up, then says what came of it.
fn drive(target: &str, mut attempt: impl FnMut(&mut Rng) -> Result<(), ImageError>) {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        let place = info.location().map(|place| format!("{}:{}", place.file(), place.line()));
        PANICKED_AT.with(|at| *at.borrow_mut() = place);
        before(info);
    }));
    let first = number("BERKAS_FUZZ_SEED", 1);
    let end = Instant::now() + Duration::from_secs(number("BERKAS_FUZZ_SECONDS", 60));
    let (mut outcomes, mut places, mut slowest) =
        (BTreeMap::<&str, u64>::new(), BTreeMap::<String, (u64, u64)>::new(), (Duration::ZERO, first));
    let mut seed = first;
    while Instant::now() < end {
        let started = Instant::now();
        let outcome = attempt(&mut Rng::new(seed));
        let took = started.elapsed();
        assert!(took < TOO_LONG, "`{target}`, seed {seed}: took {took:?}");
        slowest = slowest.max((took, seed));
        if outcome == Err(ImageError::Panicked) {
            let place = PANICKED_AT.with(|at| at.borrow_mut().take()).unwrap_or_default();
            places.entry(place).or_insert((0, seed)).0 += 1;
        }
        *outcomes.entry(outcome.map_or_else(|error| error.code(), |()| "ok")).or_default() += 1;
        seed += 1;
    }
    let (took, at) = slowest;
    eprintln!("`{target}`: {} attempts, {outcomes:?}, slowest {took:?} (seed {at})", seed - first);
    let mut ours = Vec::new();
    for (place, (count, seed)) in places {
        eprintln!("`{target}`: {count} contained panics at {place}, the first of seed {seed}");
        if place.contains("imaging/src") || place.starts_with("src/") {
            ours.push(format!("{place} (seed {seed})"));
        }
    }
    assert!(ours.is_empty(), "`{target}`: panics of ours at {}", ours.join(", "));
    assert!(seed > first, "no time for a single attempt");
}

fn page() -> Raster {
    draw::writing(Page { width: 124, height: 176, letter: 10.0, ..Page::default() })
}

/// Opens a spoiled file and decodes every page of it.
fn decode(bytes: &[u8]) -> Result<(), ImageError> {
    let document = Document::open(bytes, &LIMITS)?;
    let mut worst = Ok(());
    for index in 0..document.page_count() {
        match document.page(index) {
            Ok(page) => assert_whole(&page),
            Err(ImageError::Panicked) => return Err(ImageError::Panicked),
            Err(error) => worst = Err(error),
        }
    }
    worst
}

fn assert_whole(page: &Raster) {
    let pixels = u64::from(page.width) * u64::from(page.height);
    let bytes = match &page.pixels {
        Pixels::Gray(data) => data.len(),
        Pixels::Rgb(data) => data.len() / 3,
    };
    assert!(pixels > 0 && pixels <= LIMITS.max_pixels && pixels == bytes as u64);
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

fn decoder(target: &str, originals: &[Vec<u8>]) {
    drive(target, |rng| decode(&mutate::spoiled(originals, rng)));
}

#[test]
#[ignore = "bounded by time: make fuzz"]
fn a_spoiled_jpeg_is_decoded_or_refused() {
    let page = page();
    let originals = [
        files::jpeg(&page),
        files::progressive_jpeg(&page),
        files::cmyk_jpeg(&page),
        files::jpeg_with_exif(&page, b"CONTOH"),
    ];
    decoder("jpeg", &originals);
}

#[test]
#[ignore = "bounded by time: make fuzz"]
fn a_spoiled_png_is_decoded_or_refused() {
    let original = [files::png(&page())];
    drive("png", |rng| {
        let mut bytes = mutate::spoiled(&original, rng);
        // With its checksums wrong a chunk is not even looked into.
        if rng.one_in(4) {
            return decode(&bytes);
        }
        mutate::mend_png_checksums(&mut bytes);
        decode(&bytes)
    });
}

#[test]
#[ignore = "bounded by time: make fuzz"]
fn a_spoiled_webp_is_decoded_or_refused() {
    decoder("webp", &[files::webp(&page())]);
}

#[test]
#[ignore = "bounded by time: make fuzz"]
fn a_spoiled_pnm_is_decoded_or_refused() {
    let page = page();
    let gray = files::pnm(&page);
    let text = b"P2\n3 2\n15\n0 1 2\n13 14 15\n".to_vec();
    let any = b"P7\nWIDTH 2\nHEIGHT 2\nDEPTH 3\nMAXVAL 255\nTUPLTYPE RGB\nENDHDR\n123456789012".to_vec();
    let bits = b"P1\n4 2\n0 1 0 1\n1 0 1 0\n".to_vec();
    decoder("pnm", &[gray, text, any, bits, b"P4\n9 2\nabcd".to_vec()]);
}

#[test]
#[ignore = "bounded by time: make fuzz"]
fn a_spoiled_tiff_is_decoded_or_refused() {
    let page = page();
    let originals = [
        files::tiff(&[page.clone(), page.clone()]),
        files::tiff_16_bit(&page),
        files::tiff_group_4(),
        files::tiff_by_hand(&[(256, 4), (257, 2), (258, 8), (259, 1), (262, 1), (273, 8), (279, 8)], &[9; 8]),
    ];
    decoder("tiff", &originals);
}

#[test]
#[ignore = "bounded by time: make fuzz"]
fn a_spoiled_pdf_is_decoded_or_refused() {
    let page = page();
    let originals = [
        files::pdf_with_image(&page, "q 595 0 0 842 0 0 cm /I Do Q", 0),
        files::pdf_with_image(
            &page,
            "q 300 0 0 400 50 50 cm /I Do Q BT /F 12 Tf 72 700 Td (CONTOH) Tj ET",
            90,
        ),
        files::pdf_with_image(
            &page,
            "0.5 g 10 10 m 200 300 l 20 400 50 60 70 80 c f 3 w 5 5 500 700 re S",
            0,
        ),
    ];
    decoder("pdf", &originals);
}

#[cfg(feature = "heic")]
#[test]
#[ignore = "bounded by time: make fuzz"]
fn a_spoiled_heic_is_decoded_or_refused() {
    decoder("heic", &[crate::heic::PAGE.to_vec()]);
}

#[test]
#[ignore = "bounded by time: make fuzz"]
fn a_spoiled_file_of_any_type_is_normalized_or_refused() {
    let page = page();
    let originals = [
        files::jpeg(&page),
        files::png(&page),
        files::webp(&page),
        files::pnm(&page),
        files::tiff(std::slice::from_ref(&page)),
        files::tiff_group_4(),
        files::pdf_with_image(&page, "q 595 0 0 842 0 0 cm /I Do Q", 0),
    ];
    drive("normalize", |rng| {
        let document_bytes = mutate::spoiled(&originals, rng);
        let document = Document::open(&document_bytes, &LIMITS)?;
        for index in 0..document.page_count() {
            assert_readable(&normalize(&document, index, &Options::default(), &LIMITS)?);
        }
        Ok(())
    });
}

#[test]
#[ignore = "bounded by time: make fuzz"]
fn a_page_of_any_size_content_and_turn_is_normalized() {
    drive("normalize_decoded", |rng| {
        let (page, options) = (any_page(rng), any_options(rng));
        let size = (page.width, page.height);
        let made = normalize_decoded(page, 0, &options, &LIMITS);
        let made =
            made.inspect_err(|error| assert_eq!(*error, ImageError::Panicked, "{size:?}, {options:?}"))?;
        assert_readable(&made);
        Ok(())
    });
}

fn any_page(rng: &mut Rng) -> Raster {
    let edge = |rng: &mut Rng| match rng.below(4) {
        0 => 1 + rng.below(4) as u32,
        1 => 1 + rng.below(2000) as u32,
        _ => 20 + rng.below(500) as u32,
    };
    let (width, height) = (edge(rng), edge(rng));
    let mut page = match rng.below(3) {
        0 => {
            let (width, height) = (width as usize, height as usize);
            draw::writing(Page { width, height, letter: 4.0 + rng.below(30) as f64, ..Page::default() })
        }
        1 => Raster::gray(width, height, noise(rng, width as usize * height as usize)),
        _ => Raster::rgb(width, height, noise(rng, 3 * width as usize * height as usize)),
    };
    page.turn = Turn { mirrored: rng.one_in(2), quarters: rng.below(4) as u8 };
    page.dpi = match rng.below(4) {
        0 => None,
        1 => Some(rng.next_u64() as u32),
        _ => Some(1 + rng.below(1200) as u32),
    };
    page
}

/// Flat, striped or random bytes.
fn noise(rng: &mut Rng, length: usize) -> Vec<u8> {
    let (kind, base, period) = (rng.below(3), rng.next_u64() as u8, 1 + rng.below(300));
    let value = |at: usize| match kind {
        0 => base,
        1 => {
            if (at / period).is_multiple_of(2) {
                base
            } else {
                base.wrapping_add(128)
            }
        }
        _ => rng.next_u64() as u8,
    };
    (0..length).map(value).collect()
}

fn any_options(rng: &mut Rng) -> Options {
    let format = match rng.below(3) {
        0 => OutputFormat::WebpLossless,
        _ => OutputFormat::Jpeg { quality: 1 + rng.below(100) as u8 },
    };
    Options {
        target_dpi: rng.below(700) as u32,
        format,
        preview_px: rng.below(1500) as u32,
        bilevel: rng.one_in(3),
        ..Options::default()
    }
}
