//! What can go wrong with a file or one of its pages. Callers branch on the code; the text is for logs and never
//! holds anything read from the file.

use thiserror::Error;

/// A file or page that could not be read within its limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ImageError {
    /// The content is none of the known types, whatever the file's name says.
    #[error("content is not of a supported type")]
    UnsupportedType,
    /// More bytes than `Limits::max_bytes`.
    #[error("file exceeds the limit of bytes")]
    TooLarge,
    /// More pixels on a page than `Limits::max_pixels`.
    #[error("page exceeds the limit of pixels")]
    TooManyPixels,
    /// More pages than `Limits::max_pages`.
    #[error("file exceeds the limit of pages")]
    TooManyPages,
    /// The content starts like a supported type and cannot be decoded to its end.
    #[error("content cannot be decoded")]
    Corrupt,
    /// A password is needed.
    #[error("file is encrypted")]
    Encrypted,
    /// The page took longer than `Limits::max_page_ms`.
    #[error("page exceeds the limit of time")]
    TimedOut,
    /// The page would need more than `Limits::max_memory_bytes`.
    #[error("page exceeds the limit of memory")]
    OutOfMemory,
    /// A decoder panicked; the panic was contained.
    #[error("decoder panicked")]
    Panicked,
    /// The page index is not below the page count.
    #[error("file has no such page")]
    NoSuchPage,
}

impl ImageError {
    /// Returns the stable code that goes into messages, rows and metrics.
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnsupportedType => "unsupported_type",
            Self::TooLarge => "too_large",
            Self::TooManyPixels => "too_many_pixels",
            Self::TooManyPages => "too_many_pages",
            Self::Corrupt => "corrupt",
            Self::Encrypted => "encrypted",
            Self::TimedOut => "timed_out",
            Self::OutOfMemory => "out_of_memory",
            Self::Panicked => "panicked",
            Self::NoSuchPage => "no_such_page",
        }
    }

    /// Returns the error that has this code, the inverse of [`ImageError::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|error| error.code() == code)
    }

    /// Every error, in the order of their declaration.
    pub const ALL: [Self; 10] = [
        Self::UnsupportedType,
        Self::TooLarge,
        Self::TooManyPixels,
        Self::TooManyPages,
        Self::Corrupt,
        Self::Encrypted,
        Self::TimedOut,
        Self::OutOfMemory,
        Self::Panicked,
        Self::NoSuchPage,
    ];
}
