//! Codes a page while it is drawn, with its preview, and after it the halves of a double page out of the same source.

use crate::drawing::Drawing;
use crate::jpeg::Encoder;
use crate::limits::Deadline;
use crate::planes::Strip;
use crate::preview::Preview;
use crate::spread::Cut;
use crate::{ImageError, MediaType, Options, OutputFormat, encode};

/// Returns whether pages are coded so by these options that colours are better held as planes.
pub(crate) fn takes_planes(options: &Options) -> bool {
    options.preview_only || matches!(options.format, OutputFormat::Jpeg { .. })
}

/// A page as bytes.
pub(crate) struct Coded {
    /// Empty where only the preview is wanted.
    pub(crate) bytes: Vec<u8>,
    pub(crate) media_type: MediaType,
    pub(crate) preview: Vec<u8>,
    pub(crate) halves: Option<[Vec<u8>; 2]>,
}

/// Draws and codes a page, and its halves where it is cut.
///
/// # Errors
/// `TimedOut` beyond the deadline; those of the encoders.
pub(crate) fn coded(
    drawing: Drawing,
    cut: Option<&Cut>,
    options: &Options,
    deadline: &Deadline,
) -> Result<Coded, ImageError> {
    if options.preview_only {
        let preview = preview(drawing, options.preview_px, deadline)?;
        return Ok(Coded { bytes: Vec::new(), media_type: MediaType::Jpeg, preview, halves: None });
    }
    match encode::jpeg_quality(drawing.size(), options.format) {
        Some(quality) => as_jpeg(drawing, cut, (quality, options.preview_px), deadline),
        None => as_webp(drawing, cut, options.preview_px, deadline),
    }
}

/// Draws a page only to show it small.
///
/// # Errors
/// `TimedOut` beyond the deadline; those of the encoder.
pub(crate) fn preview(
    mut drawing: Drawing,
    preview_px: u32,
    deadline: &Deadline,
) -> Result<Vec<u8>, ImageError> {
    let mut preview = Preview::new(drawing.size(), drawing.is_in_colour(), preview_px);
    drawing.strips(deadline, |strip| preview.take(strip))?;
    drop(drawing);
    preview.finish(deadline)
}

fn as_jpeg(
    mut drawing: Drawing,
    cut: Option<&Cut>,
    (quality, preview_px): (u8, u32),
    deadline: &Deadline,
) -> Result<Coded, ImageError> {
    let mut preview = Preview::new(drawing.size(), drawing.is_in_colour(), preview_px);
    let bytes = jpeg(&mut drawing, quality, deadline, |strip| preview.take(strip))?;
    // The source is not needed any more once this has drawn from it.
    let halves = match cut {
        Some(cut) => Some(cut.draw(drawing, |half| jpeg(half, quality, deadline, |_| {}))?),
        None => {
            drop(drawing);
            None
        }
    };
    Ok(Coded { bytes, media_type: MediaType::Jpeg, preview: preview.finish(deadline)?, halves })
}

fn jpeg(
    drawing: &mut Drawing,
    quality: u8,
    deadline: &Deadline,
    mut also: impl FnMut(&Strip<'_>),
) -> Result<Vec<u8>, ImageError> {
    let mut page = Encoder::new(drawing.size(), drawing.is_in_colour(), quality, Some(drawing.dpi()))?;
    drawing.strips(deadline, |strip| {
        page.take(strip);
        also(strip);
    })?;
    Ok(page.finish())
}

fn as_webp(
    mut drawing: Drawing,
    cut: Option<&Cut>,
    preview_px: u32,
    deadline: &Deadline,
) -> Result<Coded, ImageError> {
    let (page, source) = match cut {
        Some(cut) => (drawing.drawn(deadline)?, Some((cut, drawing))),
        None => (drawing.whole(deadline)?, None),
    };
    let bytes = encode::webp(&page)?;
    deadline.check()?;
    let preview = Preview::of(&page, preview_px, deadline)?;
    drop(page);
    let webp = |half: &mut Drawing| encode::webp(&half.drawn(deadline)?);
    let halves = source.map(|(cut, drawing)| cut.draw(drawing, webp)).transpose()?;
    Ok(Coded { bytes, media_type: MediaType::Webp, preview, halves })
}
