//! What stands before the scan: JFIF, tables, frame.

use super::tables::{DETAILS, MEANS, ZIGZAG};

/// End of the picture.
pub(super) const END: [u8; 2] = [0xFF, 0xD9];

/// What a header says of the picture.
pub(super) struct Header<'a> {
    pub(super) width: u16,
    pub(super) height: u16,
    pub(super) colour: bool,
    /// Dots per inch.
    pub(super) dpi: Option<u16>,
    /// Divisors of brightness and of colour, row by row.
    pub(super) divisors: &'a [[u16; 64]; 2],
}

impl Header<'_> {
    /// Writes everything up to the scan.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        out.extend([0xFF, 0xD8]);
        self.jfif(out);
        let kinds = if self.colour { 2 } else { 1 };
        for (at, divisors) in (0_u8..).zip(&self.divisors[..kinds]) {
            let values = ZIGZAG.map(|place| divisors[usize::from(place)] as u8);
            segment(out, 0xDB, [at].into_iter().chain(values));
        }
        self.frame(out);
        for at in 0..kinds {
            for (class, table) in [(0, &MEANS[at]), (0x10, &DETAILS[at])] {
                let codes = table.lengths.iter().chain(table.symbols).copied();
                segment(out, 0xC4, [class | at as u8].into_iter().chain(codes));
            }
        }
        self.scan(out);
    }

    /// JFIF 1.2; a resolution that is not known is a ratio of 1 to 1.
    fn jfif(&self, out: &mut Vec<u8>) {
        let (unit, density) = self.dpi.map_or((0, 1), |dpi| (1, dpi));
        let [high, low] = density.to_be_bytes();
        segment(out, 0xE0, b"JFIF\0\x01\x02".iter().copied().chain([unit, high, low, high, low, 0, 0]));
    }

    /// A baseline frame; colour has half as many samples across and down.
    fn frame(&self, out: &mut Vec<u8>) {
        let ([top, bottom], [left, right]) = (self.height.to_be_bytes(), self.width.to_be_bytes());
        let components: &[u8] =
            if self.colour { &[3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1] } else { &[1, 1, 0x11, 0] };
        segment(out, 0xC0, [8, top, bottom, left, right].into_iter().chain(components.iter().copied()));
    }

    fn scan(&self, out: &mut Vec<u8>) {
        let components: &[u8] = if self.colour { &[3, 1, 0, 2, 0x11, 3, 0x11] } else { &[1, 1, 0] };
        segment(out, 0xDA, components.iter().copied().chain([0, 63, 0]));
    }
}

/// Writes a marker and its body, of at most a few hundred bytes.
fn segment(out: &mut Vec<u8>, marker: u8, body: impl Iterator<Item = u8>) {
    out.extend([0xFF, marker, 0, 0]);
    let start = out.len();
    out.extend(body);
    let length = (out.len() - start + 2) as u16;
    out[start - 2..start].copy_from_slice(&length.to_be_bytes());
}
