//! Bytes in, a normalized page and a quality verdict out.
//!
//! [`Document::open`] recognises a file by its content, [`normalize`] makes one page of it straight, evenly lit and
//! small, and says in its [`PageReport`] what was measured and whether a person can read it. Every step has a
//! confidence, and below it leaves the page as it is. The crate is pure: no files, no network, no threads of its own.

mod border;
mod coding;
mod colour;
mod content;
mod crop;
mod document;
mod drawing;
mod encode;
mod error;
mod evening;
mod flatten;
mod geometry;
mod gray;
mod homography;
mod jpeg;
mod letters;
mod limits;
mod media;
mod memory;
mod normalize;
mod options;
mod orientation;
#[cfg(feature = "orientation-net")]
mod orientation_net;
mod perspective;
mod planes;
mod preview;
mod quality;
mod raster;
mod report;
mod resample;
mod resolution;
mod simd;
mod skew;
mod spread;
mod thumbnail;
mod wedge;

pub use content::LooksLike;
pub use document::Document;
pub use encode::encode_jpeg;
pub use error::ImageError;
pub use limits::Limits;
pub use media::MediaType;
pub use normalize::{NormalizedPage, normalize, normalize_decoded, normalize_raster};
pub use options::{Options, OutputFormat};
#[cfg(feature = "orientation-net")]
pub use orientation_net::OrientationNet;
pub use raster::{Pixels, Raster, Turn};
pub use report::{Crop, Half, Halves, PageReport, Perspective, Reason, Verdict};
pub use thumbnail::{fitted, thumbnail};

/// Measures how far the lines of a page are off the horizontal, as it lies in memory: degrees, clockwise positive,
/// within ±15, and a confidence from 0 (no lines seen) to 1.
pub fn measure_skew(page: &Raster) -> (f64, f64) {
    let small = gray::reduce(page, gray::factor_for(page.width, page.height));
    let found = skew::across(&small);
    (found.deg, found.confidence)
}

/// Measures by how many degrees clockwise a page is turned, as it lies in memory: 0, 90, 180 or 270, and a confidence
/// from 0 (no idea: 0 degrees then) to 1. Of the options only the network counts.
pub fn measure_orientation(page: &Raster, options: &Options) -> (u16, f64) {
    let small = gray::reduce(page, gray::factor_for(page.width, page.height));
    let found = orientation::measure(&small, &flatten::Light::measure(&small), options);
    (u16::from(found.quarters) * 90, found.confidence)
}

/// Version of the normalizer: changes whenever the bytes of a normalized page may change, or its verdict.
pub const NORMALIZER_VERSION: &str = "11";
