//! What a file is, decided by its content and never by its name.

use serde::{Deserialize, Serialize};

/// The types of file that can be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaType {
    /// JPEG, baseline or progressive.
    Jpeg,
    /// PNG.
    Png,
    /// WebP, lossy or lossless.
    Webp,
    /// Netpbm: PBM, PGM, PPM, PAM; what `scanimage` writes.
    Pnm,
    /// TIFF, one or many pages.
    Tiff,
    /// PDF.
    Pdf,
    /// HEIC or HEIF photo.
    Heic,
}

/// A PDF's header may stand behind up to this many bytes of junk (PDF reference, implementation note 13).
const PDF_HEADER_WITHIN: usize = 1024;

/// Brands of an ISO base media file that say it holds an HEVC-coded picture.
const HEIC_BRANDS: [&[u8]; 6] = [b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1"];

impl MediaType {
    /// Recognises the type from the first bytes of a file; `None` when it is none of them.
    pub fn sniff(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [0xFF, 0xD8, 0xFF, ..] => Some(Self::Jpeg),
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1A, b'\n', ..] => Some(Self::Png),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(Self::Webp),
            [b'P', b'1'..=b'7', b' ' | b'\t' | b'\r' | b'\n' | b'#', ..] => Some(Self::Pnm),
            [b'I', b'I', 42 | 43, 0, ..] | [b'M', b'M', 0, 42 | 43, ..] => Some(Self::Tiff),
            [_, _, _, _, b'f', b't', b'y', b'p', brand @ ..] => {
                let is_heic = HEIC_BRANDS.iter().any(|known| brand.starts_with(known));
                is_heic.then_some(Self::Heic)
            }
            _ => {
                let head = &bytes[..bytes.len().min(PDF_HEADER_WITHIN)];
                head.windows(5).any(|window| window == b"%PDF-").then_some(Self::Pdf)
            }
        }
    }

    /// Returns whether this program has its decoder: HEIC needs the feature `heic`.
    pub fn is_supported(&self) -> bool {
        *self != Self::Heic || cfg!(feature = "heic")
    }

    /// Returns the registered media type.
    pub fn mime(&self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
            Self::Pnm => "image/x-portable-anymap",
            Self::Tiff => "image/tiff",
            Self::Pdf => "application/pdf",
            Self::Heic => "image/heic",
        }
    }

    /// Returns the usual extension of a file, without the dot.
    pub fn extension(&self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Webp => "webp",
            Self::Pnm => "pnm",
            Self::Tiff => "tif",
            Self::Pdf => "pdf",
            Self::Heic => "heic",
        }
    }
}
