//! Bits in a row, made into the bytes of a scan.

/// Bytes that a put may write beyond those that are full.
const WORD: usize = 8;

/// Gathers bits, the first in the highest bit of a byte.
#[derive(Default)]
pub(super) struct Bits {
    /// What was put, without stuffing, and room behind it.
    bytes: Vec<u8>,
    /// Bytes that are full.
    full: usize,
    /// The last bits put, in the lowest places.
    last: u64,
    /// How many of them do not fill a byte yet.
    open: u32,
}

impl Bits {
    /// Makes room for this many bytes more, and one word.
    pub(super) fn reserve(&mut self, bytes: usize) {
        let needed = self.full + bytes + WORD;
        if self.bytes.len() < needed {
            self.bytes.resize(needed, 0);
        }
    }

    /// Puts the lowest `count` bits, 1 to 32 of them; what lies above must be 0. Room must have been made.
    #[inline(always)]
    pub(super) fn put(&mut self, bits: u32, count: u32) {
        self.last = self.last << count | u64::from(bits);
        let open = self.open + count;
        // A whole word each time, without asking how much of it is full, is faster than a branch that nobody foresees.
        let word = self.last << (64 - open);
        self.bytes[self.full..self.full + WORD].copy_from_slice(&word.to_be_bytes());
        self.full += (open / 8) as usize;
        self.open = open % 8;
    }

    /// Moves the full bytes to `out`; a byte FF is followed by 00 there (T.81, F.1.2.3).
    pub(super) fn drain(&mut self, out: &mut Vec<u8>) {
        let mut rest = &self.bytes[..self.full];
        while let Some(at) = position_of_ff(rest) {
            out.extend_from_slice(&rest[..=at]);
            out.push(0);
            rest = &rest[at + 1..];
        }
        out.extend_from_slice(rest);
        self.full = 0;
    }

    /// Fills the last byte with ones and moves everything to `out`.
    pub(super) fn finish(mut self, out: &mut Vec<u8>) {
        self.reserve(1);
        if self.open > 0 {
            let missing = 8 - self.open;
            self.put((1 << missing) - 1, missing);
        }
        self.drain(out);
    }
}

fn position_of_ff(bytes: &[u8]) -> Option<usize> {
    const TOGETHER: usize = 32;
    let (chunks, _) = bytes.as_chunks::<TOGETHER>();
    let clean =
        chunks.iter().take_while(|chunk| !chunk.iter().fold(false, |any, &byte| any | (byte == 0xFF)));
    let start = TOGETHER * clean.count();
    bytes[start..].iter().position(|&byte| byte == 0xFF).map(|at| start + at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_follow_one_another_and_the_last_byte_is_filled_with_ones() {
        let mut bits = Bits::default();
        bits.reserve(16);
        for (value, count) in [(0b101, 3), (0b0, 1), (0b1111_0000_1111, 12), (0x7FFF_FFFF, 32), (1, 1)] {
            bits.put(value, count);
        }
        let mut out = Vec::new();
        bits.finish(&mut out);
        assert_eq!(out, [0b1010_1111, 0b0000_1111, 0x7F, 0xFF, 0, 0xFF, 0, 0xFF, 0, 0xFF, 0]);
    }

    #[test]
    fn every_ff_is_stuffed_wherever_it_lies() {
        for at in 0..100_usize {
            let mut bits = Bits::default();
            bits.reserve(100);
            (0..100).for_each(|place| bits.put(if place == at { 0xFF } else { 0x12 }, 8));
            let mut out = Vec::new();
            bits.finish(&mut out);
            assert_eq!(out.len(), 101);
            assert_eq!(out[at..at + 2], [0xFF, 0]);
        }
    }
}
