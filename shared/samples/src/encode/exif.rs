//! A minimal EXIF block with an orientation, an invented maker and a position in the open sea.
//!
//! The position is there so that tests can see that derived copies lose it.

/// The block without its `Exif` heading: a big-endian TIFF with two directories.
pub(super) fn segment(orientation: u8) -> Vec<u8> {
    const MAKER: &[u8] = b"CONTOH\0\0";
    const FIRST: u32 = 8;
    const GPS: u32 = FIRST + 2 + 3 * 12 + 4;
    const MAKER_AT: u32 = GPS + 2 + 2 * 12 + 4;
    let mut block = b"MM\0\x2A".to_vec();
    block.extend(FIRST.to_be_bytes());
    block.extend(3u16.to_be_bytes());
    entry(&mut block, (0x010F, 2), MAKER.len() as u32, MAKER_AT);
    entry(&mut block, (0x0112, 3), 1, u32::from(orientation) << 16);
    entry(&mut block, (0x8825, 4), 1, GPS);
    block.extend(0u32.to_be_bytes());
    block.extend(2u16.to_be_bytes());
    entry(&mut block, (0x0001, 2), 2, u32::from_be_bytes(*b"S\0\0\0"));
    entry(&mut block, (0x0002, 5), 3, MAKER_AT + MAKER.len() as u32);
    block.extend(0u32.to_be_bytes());
    block.extend(MAKER);
    for part in [48u32, 52, 36] {
        block.extend(part.to_be_bytes());
        block.extend(1u32.to_be_bytes());
    }
    block
}

fn entry(block: &mut Vec<u8>, (tag, kind): (u16, u16), count: u32, value: u32) {
    block.extend(tag.to_be_bytes());
    block.extend(kind.to_be_bytes());
    block.extend(count.to_be_bytes());
    block.extend(value.to_be_bytes());
}

#[cfg(test)]
mod tests {
    use super::segment;

    #[test]
    fn the_orientation_stands_where_readers_look() {
        let block = segment(8);
        let at = block.windows(4).position(|four| four == [0x01, 0x12, 0, 3]).unwrap();
        assert_eq!(block[at + 4..at + 12], [0, 0, 0, 1, 0, 8, 0, 0]);
        assert_eq!(block.len(), 8 + 2 + 36 + 4 + 2 + 24 + 4 + 8 + 24);
    }
}
