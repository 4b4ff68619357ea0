//! The words that a parent and a decoding child of the same program exchange over a pipe.
//!
//! PDF, TIFF and HEIC are decoded in a child process with limits on memory, processor time and files, which the program
//! sets up; this module only speaks. The parent writes one [`write_request`] and reads answers with [`read_answer`];
//! the child runs [`serve`] and ends. A child that dies or babbles costs its parent a coded error, never more than the
//! bytes that [`Limits`] allow.
//!
//! All numbers are little-endian. Request: magic, page (`u32::MAX` asks for the number of pages), six limits, length, file. Answer: one byte
//! of status, then the page or the code of an error.

use std::io::{Read, Write};

use crate::raster::{Pixels, Raster, Turn};
use crate::{Document, ImageError, Limits};

const MAGIC: [u8; 4] = *b"BKI1";
const COUNT: u32 = u32::MAX;

/// What the parent asks a child.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Request {
    /// The number of pages.
    Count,
    /// The page with this index, from 0.
    Page(u32),
}

/// What a child answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The number of pages.
    Count(u32),
    /// The decoded page.
    Page(Raster),
    /// Why there is none.
    Refused(ImageError),
}

/// Writes a request about `file`.
///
/// # Errors
/// Those of the pipe.
pub fn write_request(
    pipe: &mut impl Write,
    request: Request,
    file: &[u8],
    limits: &Limits,
) -> std::io::Result<()> {
    let page = match request {
        Request::Count => COUNT,
        Request::Page(index) => index,
    };
    pipe.write_all(&MAGIC)?;
    pipe.write_all(&page.to_le_bytes())?;
    let numbers =
        [limits.max_bytes as u64, limits.max_pixels, u64::from(limits.max_pages), limits.max_page_ms];
    for number in numbers.into_iter().chain([limits.max_memory_bytes, file.len() as u64]) {
        pipe.write_all(&number.to_le_bytes())?;
    }
    pipe.write_all(file)?;
    pipe.flush()
}

/// Reads one request, decodes, and writes one answer: the whole life of a child.
///
/// # Errors
/// Those of the pipes, and `InvalidData` for something that is no request.
pub fn serve(input: &mut impl Read, output: &mut impl Write) -> std::io::Result<()> {
    let mut magic = [0; 4];
    input.read_exact(&mut magic)?;
    if magic != MAGIC {
        return Err(std::io::ErrorKind::InvalidData.into());
    }
    let page = read_u32(input)?;
    let max_bytes = usize::try_from(read_u64(input)?).unwrap_or(usize::MAX);
    let max_pixels = read_u64(input)?;
    let max_pages = u32::try_from(read_u64(input)?).unwrap_or(u32::MAX);
    let (max_page_ms, max_memory_bytes) = (read_u64(input)?, read_u64(input)?);
    let limits = Limits { max_bytes, max_pixels, max_pages, max_page_ms, max_memory_bytes };
    let length = read_u64(input)?;
    if length > max_bytes as u64 {
        return write_answer(output, &Err(ImageError::TooLarge));
    }
    let mut file = Vec::new();
    input.take(length).read_to_end(&mut file)?;
    let answer = Document::open(&file, &limits).and_then(|document| match page {
        COUNT => Ok(Answer::Count(document.page_count())),
        index => document.page(index).map(Answer::Page),
    });
    write_answer(output, &answer)
}

fn write_answer(output: &mut impl Write, answer: &Result<Answer, ImageError>) -> std::io::Result<()> {
    match answer {
        Ok(Answer::Count(count)) => {
            output.write_all(&[0])?;
            output.write_all(&count.to_le_bytes())?;
        }
        Ok(Answer::Page(page)) => {
            let (channels, pixels) = match &page.pixels {
                Pixels::Gray(pixels) => (1, pixels),
                Pixels::Rgb(pixels) => (3, pixels),
            };
            output.write_all(&[channels, page.turn.quarters, u8::from(page.turn.mirrored)])?;
            for number in [page.width, page.height, page.dpi.unwrap_or(0)] {
                output.write_all(&number.to_le_bytes())?;
            }
            output.write_all(pixels)?;
        }
        Ok(Answer::Refused(error)) | Err(error) => {
            output.write_all(&[255, error.code().len() as u8])?;
            output.write_all(error.code().as_bytes())?;
        }
    }
    output.flush()
}

/// Reads a child's answer; a page beyond `limits` is not believed.
///
/// # Errors
/// Those of the pipe; `UnexpectedEof` when the child died; `InvalidData` when it babbles.
pub fn read_answer(pipe: &mut impl Read, limits: &Limits) -> std::io::Result<Answer> {
    match read_u8(pipe)? {
        0 => Ok(Answer::Count(read_u32(pipe)?)),
        channels @ (1 | 3) => read_page(pipe, channels, limits).map(Answer::Page),
        255 => {
            let length = read_u8(pipe)?;
            let mut code = vec![0; usize::from(length)];
            pipe.read_exact(&mut code)?;
            let error = std::str::from_utf8(&code).ok().and_then(ImageError::from_code);
            error.map(Answer::Refused).ok_or_else(|| std::io::ErrorKind::InvalidData.into())
        }
        _ => Err(std::io::ErrorKind::InvalidData.into()),
    }
}

fn read_page(pipe: &mut impl Read, channels: u8, limits: &Limits) -> std::io::Result<Raster> {
    let turn = Turn { quarters: read_u8(pipe)? % 4, mirrored: read_u8(pipe)? == 1 };
    let (width, height, dpi) = (read_u32(pipe)?, read_u32(pipe)?, read_u32(pipe)?);
    if limits.admit(width, height, u64::from(channels)).is_err() {
        return Err(std::io::ErrorKind::InvalidData.into());
    }
    let mut pixels = vec![0; width as usize * height as usize * usize::from(channels)];
    pipe.read_exact(&mut pixels)?;
    let pixels = if channels == 1 { Pixels::Gray(pixels) } else { Pixels::Rgb(pixels) };
    Ok(Raster { width, height, pixels, dpi: Some(dpi).filter(|&dpi| dpi > 0), turn })
}

fn read_u8(pipe: &mut impl Read) -> std::io::Result<u8> {
    let mut bytes = [0; 1];
    pipe.read_exact(&mut bytes)?;
    Ok(bytes[0])
}

fn read_u32(pipe: &mut impl Read) -> std::io::Result<u32> {
    let mut bytes = [0; 4];
    pipe.read_exact(&mut bytes)?;
    Ok(u32::from_le_bytes(bytes))
}

fn read_u64(pipe: &mut impl Read) -> std::io::Result<u64> {
    let mut bytes = [0; 8];
    pipe.read_exact(&mut bytes)?;
    Ok(u64::from_le_bytes(bytes))
}
