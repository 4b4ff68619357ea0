//! Bytes in memory for the JPEG decoder, which reads them four at a time. Its own cursor calls a copy of any length for each four:
//! a twentieth of a photo's time.

use zune_core::bytestream::{ZByteIoError, ZByteReaderTrait, ZSeekFrom};

/// Reads a slice; a place behind its end is the end.
pub(crate) struct InMemory<'a> {
    bytes: &'a [u8],
    place: usize,
}

impl<'a> InMemory<'a> {
    /// Begins at the first byte.
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, place: 0 }
    }

    fn left(&self) -> &'a [u8] {
        self.bytes.get(self.place..).unwrap_or_default()
    }
}

impl ZByteReaderTrait for InMemory<'_> {
    #[inline(always)]
    fn read_byte_no_error(&mut self) -> u8 {
        let Some(byte) = self.bytes.get(self.place) else {
            return 0;
        };
        self.place += 1;
        *byte
    }

    #[inline(always)]
    fn read_exact_bytes(&mut self, buf: &mut [u8]) -> Result<(), ZByteIoError> {
        self.peek_exact_bytes(buf)?;
        self.place += buf.len();
        Ok(())
    }

    fn read_bytes(&mut self, buf: &mut [u8]) -> Result<usize, ZByteIoError> {
        let count = self.peek_bytes(buf)?;
        self.place += count;
        Ok(count)
    }

    fn peek_bytes(&mut self, buf: &mut [u8]) -> Result<usize, ZByteIoError> {
        let left = self.left();
        let count = left.len().min(buf.len());
        buf[..count].copy_from_slice(&left[..count]);
        Ok(count)
    }

    #[inline(always)]
    fn peek_exact_bytes(&mut self, buf: &mut [u8]) -> Result<(), ZByteIoError> {
        let left = self.left();
        let Some(first) = left.get(..buf.len()) else {
            return Err(ZByteIoError::NotEnoughBytes(left.len(), buf.len()));
        };
        buf.copy_from_slice(first);
        Ok(())
    }

    #[inline(always)]
    fn z_seek(&mut self, from: ZSeekFrom) -> Result<u64, ZByteIoError> {
        let place = match from {
            ZSeekFrom::Start(place) => usize::try_from(place).ok(),
            ZSeekFrom::End(by) => {
                isize::try_from(by).ok().and_then(|by| self.bytes.len().checked_add_signed(by))
            }
            ZSeekFrom::Current(by) => {
                isize::try_from(by).ok().and_then(|by| self.place.checked_add_signed(by))
            }
        };
        self.place = place.ok_or(ZByteIoError::SeekError("beyond the first byte"))?;
        Ok(self.place as u64)
    }

    #[inline(always)]
    fn is_eof(&mut self) -> Result<bool, ZByteIoError> {
        Ok(self.place >= self.bytes.len())
    }

    #[inline(always)]
    fn z_position(&mut self) -> Result<u64, ZByteIoError> {
        Ok(self.place as u64)
    }

    fn read_remaining(&mut self, sink: &mut Vec<u8>) -> Result<usize, ZByteIoError> {
        let left = self.left();
        sink.extend_from_slice(left);
        self.place += left.len();
        Ok(left.len())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use zune_core::bytestream::ZCursor;

    use super::*;

    /// Something that a decoder does to its source.
    #[derive(Debug, Clone, Copy)]
    enum Step {
        Byte,
        Exactly(usize),
        Some(usize),
        PeekExactly(usize),
        Peek(usize),
        From(u64),
        FromEnd(i64),
        Onwards(i64),
        Rest,
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            Just(Step::Byte),
            (0_usize..9).prop_map(Step::Exactly),
            (0_usize..9).prop_map(Step::Some),
            (0_usize..9).prop_map(Step::PeekExactly),
            (0_usize..9).prop_map(Step::Peek),
            (0_u64..40).prop_map(Step::From),
            (-40_i64..10).prop_map(Step::FromEnd),
            (-20_i64..20).prop_map(Step::Onwards),
            Just(Step::Rest),
        ]
    }

    /// Does the step and returns all that can be told of it: what was read, what was answered, the place, whether it is the end.
    fn told(source: &mut impl ZByteReaderTrait, step: Step) -> (Vec<u8>, Option<u64>, u64, bool) {
        let length = match step {
            Step::Byte => 1,
            Step::Exactly(length) | Step::Some(length) | Step::PeekExactly(length) | Step::Peek(length) => {
                length
            }
            Step::From(_) | Step::FromEnd(_) | Step::Onwards(_) | Step::Rest => 0,
        };
        let mut read = vec![0; length];
        let answer = match step {
            Step::Byte => {
                read[0] = source.read_byte_no_error();
                Some(0)
            }
            Step::Exactly(_) => source.read_exact_bytes(&mut read).ok().map(|()| 0),
            Step::Some(_) => source.read_bytes(&mut read).ok().map(|count| count as u64),
            Step::PeekExactly(_) => source.peek_exact_bytes(&mut read).ok().map(|()| 0),
            Step::Peek(_) => source.peek_bytes(&mut read).ok().map(|count| count as u64),
            Step::From(place) => source.z_seek(ZSeekFrom::Start(place)).ok(),
            Step::FromEnd(by) => source.z_seek(ZSeekFrom::End(by)).ok(),
            Step::Onwards(by) => source.z_seek(ZSeekFrom::Current(by)).ok(),
            Step::Rest => source.read_remaining(&mut read).ok().map(|count| count as u64),
        };
        if answer.is_none() {
            // What a failed read left behind is nobody's.
            read.clear();
        }
        let place = source.z_position().expect("a place in memory");
        (read, answer, place, source.is_eof().expect("memory has an end"))
    }

    proptest! {
        #[test]
        fn bytes_are_read_as_the_decoders_own_cursor_reads_them(
            bytes in prop::collection::vec(any::<u8>(), 0..30),
            steps in prop::collection::vec(step(), 1..30),
        ) {
            let (mut ours, mut theirs) = (InMemory::new(&bytes), ZCursor::new(&bytes));
            for step in steps {
                prop_assert_eq!(told(&mut ours, step), told(&mut theirs, step), "{:?}", step);
            }
        }
    }
}
