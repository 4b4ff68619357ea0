//! Bytes in, a normalized page and a quality verdict out.
//!
//! [`Document::open`] recognises a file by its content, [`normalize`] makes one page of it straight, evenly lit and
//! small, and says in its [`PageReport`] what was measured and whether a person can read it. Every step has a
//! confidence, and below it leaves the page as it is. The crate is pure: no files, no network, no threads of its own.

mod document;
mod encode;
mod error;
mod limits;
mod media;
mod normalize;
mod options;
mod raster;
mod report;

pub use document::Document;
pub use error::ImageError;
pub use limits::Limits;
pub use media::MediaType;
pub use normalize::{NormalizedPage, normalize};
pub use options::{Options, OutputFormat};
pub use raster::{Pixels, Raster, Turn};
pub use report::{Crop, PageReport, Reason, Verdict};

/// Version of the normalizer: changes whenever the bytes of a normalized page may change.
pub const NORMALIZER_VERSION: &str = "1";
