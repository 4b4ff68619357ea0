//! Has the source in the cache before it is jumped about in.

use std::ops::Range;

/// Rows of the source that are read in advance.
const ROWS_AHEAD: usize = 16;
/// Bytes of the source that may wait in the cache for a slanted row to come by.
const CACHE: usize = 4 << 20;
/// Bytes that memory hands over at once.
const CACHE_LINE: usize = 64;

/// Reads the source in its own order before slanted rows cross it: they take a few bytes here and there, which the processor
/// does not foresee, and would wait for memory at each of them.
#[derive(Default)]
pub(super) struct Ahead {
    /// Rows of the source that were read.
    done: Range<usize>,
}

impl Ahead {
    pub(super) fn read(&mut self, data: &[u8], stride: usize, rows: Range<usize>) {
        let at_once = (rows.len() + ROWS_AHEAD) * stride;
        if self.done.start <= rows.start && rows.end <= self.done.end || at_once > CACHE {
            return;
        }
        let forwards = rows.end > self.done.end;
        let wanted = if forwards {
            rows.start.max(self.done.end)..rows.end + ROWS_AHEAD
        } else {
            rows.start.saturating_sub(ROWS_AHEAD)..rows.end.min(self.done.start)
        };
        let bytes = &data[(wanted.start * stride).min(data.len())..(wanted.end * stride).min(data.len())];
        std::hint::black_box(bytes.iter().step_by(CACHE_LINE).fold(0, |all, byte| all ^ byte));
        self.done = if forwards { rows.start..wanted.end } else { wanted.start..rows.end };
    }
}
