//! What was measured on a page and what it means for the person who reads it.

use serde::{Deserialize, Serialize};

use crate::LooksLike;

/// Everything measured on one page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PageReport {
    /// Number of the page in its file, from 1.
    pub page: u32,
    /// Width of the normalized page in pixels.
    pub width_px: u32,
    /// Height of the normalized page in pixels.
    pub height_px: u32,
    /// Resolution of the normalized page, from the file or estimated from the page's size.
    pub dpi: u32,
    /// How far the input, shown as its EXIF data asks, was turned clockwise from upright: 0, 90, 180 or 270.
    pub rotation_deg: u16,
    /// From 0 (no idea, the page was left as it is) to 1.
    pub rotation_confidence: f64,
    /// Quarter turn clockwise that the file's EXIF data asked for: 0, 90, 180 or 270.
    pub exif_turn_deg: u16,
    /// Skew of the input in degrees, clockwise positive, within ±15; 0 where the page cannot be told from a straight one.
    pub skew_deg: f64,
    /// From 0 (no idea, the page was left as it is) to 1.
    pub skew_confidence: f64,
    /// Whether nothing is written on the page.
    pub blank: bool,
    /// Whether a person can read the page.
    pub verdict: Verdict,
    /// Why the verdict is not `ok`, in the order of their weight.
    pub reasons: Vec<Reason>,
    /// What was cut away, in pixels of the turned input; `None` when nothing was.
    pub crop: Option<Crop>,
    /// How the page leant that was taken from aslant; `None` where it did not, or not surely. `crop` is then the box around it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub perspective: Option<Perspective>,
    /// The two pages of a double page that was cut in two; `None` for any other, and where it is not certain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub halves: Option<Halves>,
    /// Whether the output kept its colours.
    pub colour: bool,
    /// What the page looks like, and how surely, from 0.5 to 1: an opinion for a person who compares. `None` where it looks
    /// like nothing in particular, and of pages made before this was asked.
    #[serde(default)]
    pub looks_like: Option<(LooksLike, f64)>,
    /// Whether no geometric step changed the page: its pixels are the input's pixels.
    pub geometry_untouched: bool,
    /// Wall-clock milliseconds for this page, decoding included.
    pub elapsed_ms: u64,
}

/// Whether a person can read a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Legible.
    Ok,
    /// Legible with effort, or something looks odd.
    Warn,
    /// Not legible: scan it again.
    Unreadable,
}

/// Why a page is not simply legible.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Out of focus.
    Blurred,
    /// Smeared in one direction.
    Motion,
    /// Too little light.
    TooDark,
    /// A reflection hides part of the page.
    Glare,
    /// The text has too few pixels.
    TooSmall,
    /// Content runs over an edge.
    CutOff,
    /// Nothing is written on it.
    Blank,
    /// Stood on its head; it was turned.
    UpsideDown,
    /// Ink and paper are hard to tell apart.
    LowContrast,
    /// A shadow lies over part of the page.
    Shadow,
    /// Two pages side by side that were not surely enough two to be cut.
    TwoPages,
    /// Does not look like paper with writing on it.
    NotADocument,
}

impl Reason {
    /// Every reason.
    pub const ALL: [Self; 12] = [
        Self::Blurred,
        Self::Motion,
        Self::TooDark,
        Self::Glare,
        Self::TooSmall,
        Self::CutOff,
        Self::Blank,
        Self::UpsideDown,
        Self::LowContrast,
        Self::Shadow,
        Self::TwoPages,
        Self::NotADocument,
    ];

    /// Returns the stable code, the same that serde writes.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Blurred => "blurred",
            Self::Motion => "motion",
            Self::TooDark => "too_dark",
            Self::Glare => "glare",
            Self::TooSmall => "too_small",
            Self::CutOff => "cut_off",
            Self::Blank => "blank",
            Self::UpsideDown => "upside_down",
            Self::LowContrast => "low_contrast",
            Self::Shadow => "shadow",
            Self::TwoPages => "two_pages",
            Self::NotADocument => "not_a_document",
        }
    }
}

/// Where the page lay that was taken from aslant.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Perspective {
    /// What became the corners of the page, in pixels of the turned input, from the upper left one clockwise.
    pub corners: [(f64, f64); 4],
    /// How sure the border of the paper is, from 0.8 to 1.
    pub confidence: f64,
}

/// How a double page was cut in two.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Halves {
    /// The upper and the lower end of the line where the pages meet, in pixels of the normalized page.
    pub gutter: [(f64, f64); 2],
    /// How sure it is that these are two pages, from 0.5 to 1.
    pub confidence: f64,
    /// The left and the right page.
    pub pages: [Half; 2],
}

/// One page of a double page.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Half {
    /// Width of its copy in pixels.
    pub width_px: u32,
    /// Height of its copy in pixels.
    pub height_px: u32,
    /// Skew in degrees, clockwise positive, that was taken away: the double page's, or its own where it leant otherwise.
    pub skew_deg: f64,
}

/// A rectangle that was kept, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Crop {
    /// Pixels cut from the left; below 0 where the turn moved a corner of the paper beyond the picture's frame.
    pub left: i32,
    /// Pixels cut from the top; below 0 likewise.
    pub top: i32,
    /// Width kept.
    pub width: u32,
    /// Height kept.
    pub height: u32,
}
