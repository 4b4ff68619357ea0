//! Finds out whether a PDF page is nothing but one scanned image, and takes that image out as it is.

use hayro_syntax::Filter;
use hayro_syntax::content::ops::TypedInstruction;
use hayro_syntax::object::stream::{ImageColorSpace, ImageDecodeParams};
use hayro_syntax::object::{Array, Dict, Name, Rect, Stream};
use hayro_syntax::page::{Page, Rotation};

use super::{aspect, jpeg};
use crate::raster::{Raster, Turn};
use crate::{ImageError, Limits};

/// Part of the page's width and height that the image must cover.
const FULL_PAGE: f64 = 0.9;
/// Text rendering mode that draws nothing: the text layer of a searchable scan.
const INVISIBLE: i64 = 3;

/// The matrix [a b c d e f] of a PDF transformation.
type Matrix = [f64; 6];

/// Annotations that a viewer does not show: hidden, and not to be viewed (ISO 32000-1, table 165).
const NOT_SHOWN: u32 = (1 << 1) | (1 << 5);

/// Returns the page's image when the page shows that image over its whole area and nothing else; `None` when the
/// page must be rendered.
///
/// # Errors
/// Limits, judged by the image's header; `Corrupt` when the image cannot be decoded.
pub(crate) fn extract(page: &Page<'_>, limits: &Limits) -> Result<Option<Raster>, ImageError> {
    if has_annotations(page) {
        return Ok(None);
    }
    let Some((image, matrix)) = only_image(page) else {
        return Ok(None);
    };
    let Some(turn) = placement(page, &matrix) else {
        return Ok(None);
    };
    let Some(raster) = decode(&image, limits)? else {
        return Ok(None);
    };
    let dpi = |edge: u32, a: f64, b: f64| Some((f64::from(edge) * 72.0 / f64::hypot(a, b)).round() as u32);
    let stated = (dpi(raster.width, matrix[0], matrix[1]), dpi(raster.height, matrix[2], matrix[3]));
    let mut raster = aspect::squared(raster, stated, limits)?;
    raster.turn = turn;
    Ok(Some(raster))
}

/// Returns whether something is shown on top of the page: a filled field, a stamp, a signature. Links show nothing, and
/// a signature without a place on the page neither.
fn has_annotations(page: &Page<'_>) -> bool {
    let shows = |annotation: Dict<'_>| {
        let hidden = annotation.get::<u32>("F").unwrap_or(0) & NOT_SHOWN != 0;
        let has_area =
            annotation.get::<Rect>("Rect").is_some_and(|rect| rect.x0 != rect.x1 && rect.y0 != rect.y1);
        !hidden && has_area && annotation.contains_key("AP")
    };
    page.raw().get::<Array<'_>>("Annots").is_some_and(|all| all.iter::<Dict<'_>>().any(shows))
}

/// Returns the only thing painted on the page, with the matrix it is painted with.
fn only_image<'a>(page: &Page<'a>) -> Option<(Stream<'a>, Matrix)> {
    let mut matrix = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];
    let mut saved = Vec::new();
    let mut found = None;
    let mut text_mode = 0;
    let mut operations = page.typed_operations();
    while let Some(operation) = operations.next() {
        use TypedInstruction as T;
        match operation {
            T::SaveState(_) => saved.push(matrix),
            T::RestoreState(_) => matrix = saved.pop().unwrap_or(matrix),
            T::Transform(t) => {
                matrix = concat([&t.0, &t.1, &t.2, &t.3, &t.4, &t.5].map(|number| number.as_f64()), matrix);
            }
            T::XObject(name) => {
                let image = page.resources().get_x_object(name.0)?;
                if found.is_some() || image.dict().get::<Name<'_>>("Subtype")?.as_ref() != b"Image" {
                    return None;
                }
                found = Some((image, matrix));
            }
            T::TextRenderingMode(mode) => text_mode = mode.0.as_i64(),
            T::ShowText(_) | T::ShowTexts(_) | T::NextLineAndShowText(_) | T::ShowTextWithParameters(_)
                if text_mode != INVISIBLE =>
            {
                return None;
            }
            T::StrokePath(_)
            | T::CloseAndStrokePath(_)
            | T::FillPathNonZero(_)
            | T::FillPathNonZeroCompatibility(_)
            | T::FillPathEvenOdd(_)
            | T::FillAndStrokeNonZero(_)
            | T::FillAndStrokeEvenOdd(_)
            | T::CloseFillAndStrokeNonZero(_)
            | T::CloseFillAndStrokeEvenOdd(_)
            | T::Shading(_)
            | T::InlineImage(_)
            | T::SetGraphicsState(_) => return None,
            _ => {}
        }
    }
    found
}

/// Returns `first` followed by `then`.
fn concat(first: Matrix, then: Matrix) -> Matrix {
    let [a, b, c, d, e, f] = first;
    let [ta, tb, tc, td, te, tf] = then;
    [
        a * ta + b * tc,
        a * tb + b * td,
        c * ta + d * tc,
        c * tb + d * td,
        e * ta + f * tc + te,
        e * tb + f * td + tf,
    ]
}

/// Returns how the image is turned on its page; `None` when it is oblique, mirrored or covers only a part.
fn placement(page: &Page<'_>, matrix: &Matrix) -> Option<Turn> {
    let [a, b, c, d, _, _] = *matrix;
    let page_box = page.intersected_crop_box();
    let straight = b.abs() + c.abs() < 1e-3 * (a.abs() + d.abs());
    let quarter = a.abs() + d.abs() < 1e-3 * (b.abs() + c.abs());
    let (width, height) = if straight { (a.abs(), d.abs()) } else { (c.abs(), b.abs()) };
    let covers = width >= FULL_PAGE * page_box.width() && height >= FULL_PAGE * page_box.height();
    let placed = match (straight, quarter) {
        (true, _) if a > 0.0 && d > 0.0 => 0,
        (true, _) if a < 0.0 && d < 0.0 => 2,
        // The image's x axis points up the page: it lies turned a quarter anticlockwise.
        (_, true) if b > 0.0 && c < 0.0 => 3,
        (_, true) if b < 0.0 && c > 0.0 => 1,
        _ => return None,
    };
    let page_turn = match page.rotation() {
        Rotation::None => 0,
        Rotation::Horizontal => 1,
        Rotation::Flipped => 2,
        Rotation::FlippedHorizontal => 3,
    };
    covers.then(|| Turn { mirrored: false, quarters: placed }.then(page_turn))
}

/// Decodes the image; `None` when its colours need the renderer.
fn decode(image: &Stream<'_>, limits: &Limits) -> Result<Option<Raster>, ImageError> {
    let dict = image.dict();
    let edges = dict.get::<u32>("Width").zip(dict.get::<u32>("Height"));
    let Some((width, height)) = edges else {
        return Err(ImageError::Corrupt);
    };
    limits.admit(width, height, 6)?;
    let masked = dict.contains_key("SMask") || dict.contains_key("Mask") || dict.contains_key("Decode");
    if masked || dict.get::<bool>("ImageMask") == Some(true) || is_indexed(dict) {
        return Ok(None);
    }
    if image.filters().as_slice() == [Filter::DctDecode] {
        // The stream is a JPEG file of its own. Where ours refuses it, the renderer may be more lenient.
        return Ok(jpeg::decode(&image.raw_data(), limits).ok());
    }
    let bits = dict.get::<u8>("BitsPerComponent");
    let params =
        ImageDecodeParams { bpc: bits, num_components: None, width, height, ..ImageDecodeParams::default() };
    let Ok(decoded) = image.decoded_image(&params) else {
        return Ok(None);
    };
    let (channels, bits) = match &decoded.image_data {
        Some(data) if (data.width, data.height) != (width, height) || data.alpha.is_some() => {
            return Ok(None);
        }
        Some(data) => (channels_of(data.color_space), data.bits_per_component),
        None => (device_channels(dict), bits.unwrap_or(8)),
    };
    Ok(from_samples(&decoded.data, (width, height), channels, bits))
}

fn is_indexed(dict: &Dict<'_>) -> bool {
    dict.get::<Array<'_>>("ColorSpace")
        .and_then(|space| space.flex_iter().next::<Name<'_>>())
        .is_some_and(|name| name.as_ref() == b"Indexed")
}

fn channels_of(space: Option<ImageColorSpace>) -> usize {
    match space {
        Some(ImageColorSpace::Gray) => 1,
        Some(ImageColorSpace::Rgb) => 3,
        _ => 0,
    }
}

fn device_channels(dict: &Dict<'_>) -> usize {
    match dict.get::<Name<'_>>("ColorSpace").as_ref().map(|name| name.as_ref()) {
        Some(b"DeviceGray" | b"CalGray") => 1,
        Some(b"DeviceRGB" | b"CalRGB") => 3,
        _ => 0,
    }
}

fn from_samples(data: &[u8], size: (u32, u32), channels: usize, bits: u8) -> Option<Raster> {
    let (width, height) = (size.0 as usize, size.1 as usize);
    match (channels, bits) {
        (1, 8) => Some(Raster::gray(size.0, size.1, data.get(..width * height)?.to_vec())),
        (3, 8) => Some(Raster::rgb(size.0, size.1, data.get(..3 * width * height)?.to_vec())),
        (1, 1) => {
            let stride = width.div_ceil(8);
            let rows = data.get(..stride * height)?.chunks_exact(stride);
            let bit = |row: &[u8], x: usize| if row[x / 8] & (0x80 >> (x % 8)) != 0 { 255 } else { 0 };
            let pixels = rows.flat_map(|row| (0..width).map(move |x| bit(row, x))).collect();
            Some(Raster::gray(size.0, size.1, pixels))
        }
        _ => None,
    }
}
