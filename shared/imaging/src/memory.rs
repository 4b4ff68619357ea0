//! Gives a part of a large block of memory back.

use std::hint::black_box;
use std::sync::Once;

/// A little less than the 32 MiB from which on the allocator of the GNU C library never learns.
const LARGEST: usize = (32 << 20) - (64 << 10);

/// Gives back what lies behind the first `length` bytes.
///
/// That allocator takes a large block from the kernel each time, which costs a page fault for every 4 KiB and so a seventh of a
/// photo's time, until it has seen one of its size freed as a whole. A page that is given back in parts never is, so it is
/// shown a block that nothing was written to: the next pages gain by it, up to that size. Others only lose a moment.
pub(crate) fn keep_first(bytes: &mut Vec<u8>, length: usize) {
    static SHOWN: Once = Once::new();
    bytes.truncate(length);
    bytes.shrink_to_fit();
    SHOWN.call_once(|| drop(black_box(Vec::<u8>::with_capacity(LARGEST))));
}
