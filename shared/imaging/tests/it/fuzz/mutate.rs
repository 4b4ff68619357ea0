//! Spoils files, the same way for the same seed.

use crate::draw::Random;

/// Picks what is spoiled, and how.
pub(super) struct Rng(Random);

impl Rng {
    pub(super) fn new(seed: u64) -> Self {
        Self(Random(seed))
    }

    pub(super) fn next_u64(&mut self) -> u64 {
        self.0.next()
    }

    /// Below `bound`, which is at least 1.
    pub(super) fn below(&mut self, bound: usize) -> usize {
        (self.next_u64() % bound as u64) as usize
    }

    pub(super) fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }
}

/// Numbers at which parsers slip.
const EDGES: [u32; 10] = [0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF];

/// One of the originals with one to eight things wrong.
pub(super) fn spoiled(originals: &[Vec<u8>], rng: &mut Rng) -> Vec<u8> {
    let mut bytes = originals[rng.below(originals.len())].clone();
    for _ in 0..=rng.below(8) {
        spoil(&mut bytes, &originals[rng.below(originals.len())], rng);
    }
    bytes
}

fn spoil(bytes: &mut Vec<u8>, other: &[u8], rng: &mut Rng) {
    if bytes.is_empty() {
        return;
    }
    // Half of all damage is done near the beginning, where the structure of most files is.
    let reach = if rng.one_in(2) { bytes.len().min(300) } else { bytes.len() };
    let at = rng.below(reach);
    match rng.below(8) {
        0 | 1 => bytes[at] ^= 1 << rng.below(8),
        2 => bytes[at] = rng.next_u64() as u8,
        3 => {
            let number = EDGES[rng.below(EDGES.len())];
            let coded = if rng.one_in(2) { number.to_le_bytes() } else { number.to_be_bytes() };
            let length = (1 + rng.below(4)).min(bytes.len() - at);
            bytes[at..at + length].copy_from_slice(&coded[..length]);
        }
        4 => {
            let until = (at + 1 + rng.below(64)).min(bytes.len());
            bytes.drain(at..until);
        }
        5 => {
            let until = (at + 1 + rng.below(200)).min(bytes.len());
            let again = bytes[at..until].to_vec();
            bytes.splice(at..at, again);
        }
        6 => {
            let from = rng.below(other.len());
            let part = &other[from..(from + 1 + rng.below(200)).min(other.len())];
            let until = (at + if rng.one_in(2) { part.len() } else { 0 }).min(bytes.len());
            bytes.splice(at..until, part.iter().copied());
        }
        _ if rng.one_in(4) => bytes.truncate(at),
        _ => bytes[at] = bytes[at].wrapping_add(1),
    }
}

/// Writes the checksum that each chunk should have.
pub(super) fn mend_png_checksums(bytes: &mut [u8]) {
    let mut at = 8;
    while at + 12 <= bytes.len() {
        let length = u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]) as usize;
        let Some(end) = (at + 8).checked_add(length).filter(|end| end + 4 <= bytes.len()) else { return };
        let sum = crc32(&bytes[at + 4..end]);
        bytes[end..end + 4].copy_from_slice(&sum.to_be_bytes());
        at = end + 4;
    }
}

/// CRC-32 as PNG has it (ISO 3309), bit by bit.
fn crc32(bytes: &[u8]) -> u32 {
    let mut sum = u32::MAX;
    for byte in bytes {
        sum ^= u32::from(*byte);
        for _ in 0..8 {
            sum = (sum >> 1) ^ (0xEDB8_8320 & (sum & 1).wrapping_neg());
        }
    }
    !sum
}
