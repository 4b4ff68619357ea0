//! Spoiled exchanges between parent and child: each side answers or refuses, none panics. Run by `make fuzz`, bounded by
//! `BERKAS_FUZZ_SECONDS`.

use std::time::{Duration, Instant};

use super::entry::serve_file;
use super::frame::{self, Frame};
use super::messages::{Answer, Request, Task};
use crate::fixtures::{TiffPage, pnm, tiff};
use crate::model::Model;

/// Small, so that the time goes into what is broken.
pub(super) const TASK: Task = Task {
    max_bytes: 4 << 20,
    max_pixels: 4_000_000,
    max_pages: 20,
    max_page_ms: 5_000,
    page_cpu_ms: 5_000,
    max_memory_bytes: 256 << 20,
    target_dpi: 200,
    jpeg_quality: 80,
    webp: false,
    bilevel: false,
    preview_px: 100,
    preview_only: false,
    cpu_s: 60,
    memory_bytes: 480 << 20,
    heic_memory_bytes: 1 << 30,
    must_confine: true,
};
/// Bytes of an answer that a parent reads at most.
const ANSWER_LIMIT: usize = 16 << 20;

/// SplitMix64: the same seed spoils the same way.
pub(super) struct Random(pub(super) u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % bound as u64) as usize
    }

    /// One to four things wrong, half of them in the lengths and heads at the beginning.
    pub(super) fn spoiled(&mut self, original: &[u8]) -> Vec<u8> {
        let mut bytes = original.to_vec();
        for _ in 0..=self.below(4) {
            let reach = if self.below(2) == 0 { bytes.len().min(120) } else { bytes.len() };
            let at = self.below(reach.max(1)).min(bytes.len().saturating_sub(1));
            match self.below(4) {
                _ if bytes.is_empty() => {}
                0 => bytes[at] ^= 1 << self.below(8),
                1 => bytes[at] = self.below(256) as u8,
                2 => bytes.truncate(at),
                _ => {
                    let until = (at + 1 + self.below(64)).min(bytes.len());
                    let again = bytes[at..until].to_vec();
                    bytes.splice(at..at, again);
                }
            }
        }
        bytes
    }
}

fn asked(file: &[u8]) -> Vec<u8> {
    let mut pipe = Vec::new();
    frame::write(&mut pipe, &Request::Open, file).unwrap();
    let original = Request::Original { page: 0, longest_px: 100, max_bytes: 50_000 };
    for request in [Request::Page(0), original, Request::Page(7)] {
        frame::write(&mut pipe, &request, &[]).unwrap();
    }
    pipe
}

fn answered(asked: &[u8]) -> Vec<u8> {
    let mut said = Vec::new();
    serve_file(&TASK, &Model::default(), &mut &asked[..], &mut said).unwrap();
    said
}

/// Reads what a child says as a parent does, until it stops making sense; returns how much did.
fn read_all(mut said: &[u8]) -> usize {
    let mut count = 0;
    while let Ok(Some(Frame { head, body })) = frame::read::<Answer>(&mut said, ANSWER_LIMIT) {
        count += usize::from(head.into_page(body).is_some());
    }
    count
}

#[test]
fn a_sound_exchange_is_answered() {
    let said = answered(&asked(&tiff(&[TiffPage::Good])));
    assert_eq!(read_all(&said), 1);
}

#[test]
#[ignore = "bounded by time: make fuzz"]
fn a_spoiled_exchange_is_answered_or_refused() {
    let number =
        |name: &str, default| std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default);
    let end = Instant::now() + Duration::from_secs(number("BERKAS_FUZZ_SECONDS", 60));
    let requests = [asked(&tiff(&[TiffPage::Good, TiffPage::Corrupt])), asked(&pnm(1))];
    let answers: Vec<Vec<u8>> = requests.iter().map(|asked| answered(asked)).collect();
    let (mut seed, mut pages, mut refused) = (number("BERKAS_FUZZ_SEED", 1), 0, 0);
    let first = seed;
    while Instant::now() < end {
        let mut random = Random(seed);
        let which = random.below(requests.len());
        let mut said = Vec::new();
        refused += u32::from(
            serve_file(&TASK, &Model::default(), &mut random.spoiled(&requests[which]).as_slice(), &mut said)
                .is_err(),
        );
        pages += read_all(&said) + read_all(&random.spoiled(&answers[which]));
        seed += 1;
    }
    eprintln!(
        "`child`: {} attempts, {pages} pages came through, {refused} exchanges were refused",
        seed - first
    );
    assert!(pages > 0 && refused > 0);
}
