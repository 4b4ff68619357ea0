//! Frames on a pipe: `length of head: u32 | length of body: u32 | head (JSON) | body (bytes)`, numbers big-endian.

use std::io::{self, Read, Write};

use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// Bytes of a head at most: it holds numbers and codes.
const HEAD_LIMIT: u32 = 64 << 10;
/// Bytes of lengths before a frame.
const PREFIX: usize = 8;

/// What goes over the pipe at once.
#[derive(Debug)]
pub(super) struct Frame<H> {
    pub(super) head: H,
    pub(super) body: Vec<u8>,
}

/// Both lengths, checked.
fn lengths(prefix: [u8; PREFIX], body_limit: usize) -> io::Result<(usize, usize)> {
    let [a, b, c, d, e, f, g, h] = prefix;
    let (head, body) = (u32::from_be_bytes([a, b, c, d]), u32::from_be_bytes([e, f, g, h]));
    let body = usize::try_from(body).unwrap_or(usize::MAX);
    if head > HEAD_LIMIT || body > body_limit {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "frame is too large"));
    }
    Ok((usize::try_from(head).unwrap_or(usize::MAX), body))
}

/// Both lengths and the head, ready to be sent before the body.
fn opening<H: Serialize>(head: &H, body: &[u8]) -> io::Result<Vec<u8>> {
    let too_large = |_| io::Error::new(io::ErrorKind::InvalidInput, "frame is too large");
    let head = serde_json::to_vec(head)?;
    let head_length = u32::try_from(head.len()).map_err(too_large)?;
    let body_length = u32::try_from(body.len()).map_err(too_large)?;
    Ok([&head_length.to_be_bytes()[..], &body_length.to_be_bytes()[..], &head].concat())
}

/// Writes a frame.
///
/// # Errors
/// When the pipe is closed.
pub(super) fn write<H: Serialize>(pipe: &mut impl Write, head: &H, body: &[u8]) -> io::Result<()> {
    pipe.write_all(&opening(head, body)?)?;
    pipe.write_all(body)?;
    pipe.flush()
}

/// Reads a frame; `None` when the other side is done.
///
/// # Errors
/// When the pipe is cut in the middle of a frame, or a frame is too large or not of this shape.
pub(super) fn read<H: DeserializeOwned>(
    pipe: &mut impl Read,
    body_limit: usize,
) -> io::Result<Option<Frame<H>>> {
    let mut prefix = [0; PREFIX];
    if pipe.read(&mut prefix[..1])? == 0 {
        return Ok(None);
    }
    pipe.read_exact(&mut prefix[1..])?;
    let (head_length, body_length) = lengths(prefix, body_limit)?;
    let (mut head, mut body) = (vec![0; head_length], vec![0; body_length]);
    pipe.read_exact(&mut head)?;
    pipe.read_exact(&mut body)?;
    Ok(Some(Frame { head: serde_json::from_slice(&head)?, body }))
}

/// Writes a frame from the parent's side.
///
/// # Errors
/// As [`write`].
pub(super) async fn send<H: Serialize>(
    pipe: &mut (impl AsyncWrite + Unpin),
    head: &H,
    body: &[u8],
) -> io::Result<()> {
    pipe.write_all(&opening(head, body)?).await?;
    pipe.write_all(body).await?;
    pipe.flush().await
}

/// Reads a frame on the parent's side, where the end of the pipe is never expected.
///
/// # Errors
/// As [`read`].
pub(super) async fn receive<H: DeserializeOwned>(
    pipe: &mut (impl AsyncRead + Unpin),
    body_limit: usize,
) -> io::Result<Frame<H>> {
    let mut prefix = [0; PREFIX];
    pipe.read_exact(&mut prefix).await?;
    let (head_length, body_length) = lengths(prefix, body_limit)?;
    let (mut head, mut body) = (vec![0; head_length], vec![0; body_length]);
    pipe.read_exact(&mut head).await?;
    pipe.read_exact(&mut body).await?;
    Ok(Frame { head: serde_json::from_slice(&head)?, body })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn both_sides_read_what_the_other_writes() {
        let mut pipe = Vec::new();
        write(&mut pipe, &7_u32, b"isi").unwrap();
        let frame: Frame<u32> = receive(&mut pipe.as_slice(), 3).await.unwrap();
        assert_eq!((frame.head, frame.body.as_slice()), (7, &b"isi"[..]));

        let mut sent = Vec::new();
        send(&mut sent, &7_u32, b"isi").await.unwrap();
        assert_eq!(sent, pipe);
        let mut rest = sent.as_slice();
        assert!(read::<u32>(&mut rest, 3).unwrap().is_some());
        assert!(read::<u32>(&mut rest, 3).unwrap().is_none());
    }

    #[tokio::test]
    async fn a_frame_that_is_cut_or_too_large_or_of_another_shape_is_an_error() {
        let mut pipe = Vec::new();
        write(&mut pipe, &7_u32, b"isi").unwrap();
        for length in 1..pipe.len() {
            assert!(read::<u32>(&mut &pipe[..length], 3).is_err(), "first {length} bytes");
        }
        assert!(read::<u32>(&mut pipe.as_slice(), 2).is_err());
        assert!(receive::<u32>(&mut pipe.as_slice(), 2).await.is_err());
        assert!(read::<String>(&mut pipe.as_slice(), 3).is_err());
        assert!(read::<u32>(&mut &[0xFF; 64][..], usize::MAX).is_err());
    }
}
