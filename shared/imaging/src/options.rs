//! What the caller wants of a normalized page.

/// How a normalized page is made; the default is what the district office's desk shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Dots per inch of the output at most; a page is never enlarged to reach it.
    pub target_dpi: u32,
    /// Coding of the output.
    pub format: OutputFormat,
    /// Longest edge of the preview, in pixels.
    pub preview_px: u32,
    /// Whether the output is black and white only.
    pub bilevel: bool,
    /// Whether only the preview and the report are wanted: the page itself is neither drawn in full nor coded, and its
    /// report says what it would have been.
    pub preview_only: bool,
    /// A second opinion on which way up a page lies; without one the shape of the letters decides alone.
    #[cfg(feature = "orientation-net")]
    pub orientation_net: Option<&'static crate::OrientationNet>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            target_dpi: 200,
            format: OutputFormat::Jpeg { quality: 80 },
            preview_px: 1000,
            bilevel: false,
            preview_only: false,
            #[cfg(feature = "orientation-net")]
            orientation_net: None,
        }
    }
}

/// Coding of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutputFormat {
    /// Baseline JPEG.
    Jpeg {
        /// 1 to 100.
        quality: u8,
    },
    /// Lossless WebP: the right choice for bilevel pages.
    WebpLossless,
}
