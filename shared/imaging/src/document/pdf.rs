//! PDF: a page that is one scanned image gives that image, any other page is rendered.

use hayro::hayro_interpret::InterpreterSettings;
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::{PixmapSettings, RenderCache, RenderSettings};
use hayro_syntax::page::Page;
use hayro_syntax::{DecryptionError, LoadPdfError, Pdf};

use super::{pdf_image, pdf_nesting};
use crate::raster::Raster;
use crate::{ImageError, Limits};

/// Dots per inch at which a page is rendered.
const RENDER_DPI: f32 = 200.0;
/// A renderer holds a four-byte canvas, layers of the same size, and the page made of it.
const RENDER_BYTES_PER_PIXEL: u64 = 16;
/// The renderer counts pixels in 16 bits.
const MAX_RENDER_EDGE: f32 = 16_000.0;

/// An opened PDF file.
pub(crate) struct PdfFile {
    pdf: Pdf,
}

impl PdfFile {
    /// Reads the file's cross-references.
    ///
    /// # Errors
    /// `Encrypted` when the empty password does not open it, `Corrupt` when there are no pages to be found or its
    /// dictionaries are nested beyond measure.
    pub(crate) fn open(bytes: &[u8]) -> Result<Self, ImageError> {
        if pdf_nesting::is_too_deep(bytes) {
            return Err(ImageError::Corrupt);
        }
        let pdf = Pdf::new(bytes.to_vec()).map_err(|error| match error {
            LoadPdfError::Decryption(DecryptionError::InvalidEncryption) => ImageError::Corrupt,
            LoadPdfError::Decryption(_) => ImageError::Encrypted,
            LoadPdfError::Invalid => ImageError::Corrupt,
        })?;
        Ok(Self { pdf })
    }

    /// Returns the number of pages.
    pub(crate) fn page_count(&self) -> Result<u32, ImageError> {
        u32::try_from(self.pdf.pages().len()).map_err(|_| ImageError::TooManyPages)
    }

    /// Decodes or renders the page with this index.
    pub(crate) fn page(&self, index: u32, limits: &Limits) -> Result<Raster, ImageError> {
        let page = self.pdf.pages().get(index as usize).ok_or(ImageError::NoSuchPage)?;
        match pdf_image::extract(page, limits)? {
            Some(raster) => Ok(raster),
            None => render(page, limits),
        }
    }
}

fn render(page: &Page<'_>, limits: &Limits) -> Result<Raster, ImageError> {
    let (width_pt, height_pt) = page.render_dimensions();
    let scale = RENDER_DPI / 72.0;
    let (width, height) = (width_pt * scale, height_pt * scale);
    if !(width >= 1.0 && height >= 1.0) {
        return Err(ImageError::Corrupt);
    }
    if width > MAX_RENDER_EDGE || height > MAX_RENDER_EDGE {
        return Err(ImageError::TooManyPixels);
    }
    limits.admit(width as u32, height as u32, RENDER_BYTES_PER_PIXEL)?;
    let pixmap = hayro::render(
        page,
        &RenderCache::new(),
        &InterpreterSettings::default(),
        &RenderSettings::default(),
        &PixmapSettings { x_scale: scale, y_scale: scale, bg_color: WHITE },
    );
    let (width, height) = (u32::from(pixmap.width()), u32::from(pixmap.height()));
    // The background is opaque white, so that premultiplied colours are plain colours.
    let pixels = pixmap.data_as_u8_slice().chunks_exact(4).flat_map(|p| [p[0], p[1], p[2]]).collect();
    let mut raster = Raster::rgb(width, height, pixels);
    raster.dpi = Some(RENDER_DPI as u32);
    Ok(raster)
}
