//! Says what a page looks like, for a person who compares it with what the form says of it. An opinion: a page never fails by
//! it, and most papers look like none of these.

mod features;

use serde::{Deserialize, Serialize};

use crate::flatten::Light;
use crate::gray::Gray;
use features::Features;

/// What a page may look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LooksLike {
    /// A card of the size of a bank card.
    Card,
    /// A family card: a wide sheet of tables.
    FamilyCard,
    /// A deed or a diploma: a frame around a text in the middle.
    Certificate,
    /// Lines of print under one another.
    Letter,
    /// A portrait.
    Photo,
    /// Nothing.
    Blank,
}

impl LooksLike {
    /// Everything a page may look like.
    pub const ALL: [Self; 6] =
        [Self::Card, Self::FamilyCard, Self::Certificate, Self::Letter, Self::Photo, Self::Blank];

    /// Returns the stable code, the same that serde writes.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Card => "card",
            Self::FamilyCard => "family_card",
            Self::Certificate => "certificate",
            Self::Letter => "letter",
            Self::Photo => "photo",
            Self::Blank => "blank",
        }
    }
}

/// What a page is judged by.
pub(crate) struct Subject<'a> {
    /// The small copy, upright, not straightened, and the light on it.
    pub(crate) page: &'a Gray,
    pub(crate) light: &'a Light,
    /// Some pixels of the page, none of a gray one.
    pub(crate) colours: &'a [[u8; 3]],
    /// Skew of its lines in degrees clockwise.
    pub(crate) skew_deg: f64,
    /// Size of its paper in millimetres.
    pub(crate) size_mm: (f64, f64),
    /// Where the paper begins and how much of the page it is, across and down, as parts of the page.
    pub(crate) paper: [(f64, f64); 2],
    pub(crate) blank: bool,
    /// Whether enough letters stand in line to be writing.
    pub(crate) has_letters: bool,
}

/// Longer and shorter edge, in millimetres, of what a card lies on at most: a card is 85.6 × 54.
const CARD_MM: (f64, f64) = (125.0, 95.0);
/// Lines across and down of a family card's tables at least.
const TABLE: (usize, usize) = (6, 5);
/// A line nearer to an edge than this part of the page is the edge of the paper.
const EDGE: f64 = 0.025;
/// A frame's lines lie within this part of the page from its edges.
const FRAME: f64 = 0.15;
/// Lines of a letter at most: the one below its head, a signature's.
const LETTER_LINES: usize = 3;
/// Shares of a portrait that have the colour of skin, and of its picture that is no paper, at least.
const SKIN: f64 = 0.1;
/// Least confidence that is told.
const SURE: f64 = 0.5;

/// Says what a page looks like, and how surely, from 0.5 to 1; `None` where it looks like nothing in particular.
pub(crate) fn judge(subject: &Subject<'_>) -> Option<(LooksLike, f64)> {
    if subject.blank {
        return Some((LooksLike::Blank, 1.0));
    }
    let mut features = Features::measure(subject.page, subject.light, subject.skew_deg, subject.colours);
    let [across, down] = subject.paper;
    on_paper(&mut features.down, across);
    on_paper(&mut features.across, down);
    let (width, height) = subject.size_mm;
    let all = [
        (LooksLike::Photo, photo(subject, &features)),
        (LooksLike::Card, card(subject, &features)),
        (LooksLike::FamilyCard, if width > 1.2 * height { family_card(&features) } else { 0.0 }),
        (LooksLike::Certificate, if height > 1.2 * width { certificate(subject, &features) } else { 0.0 }),
        (LooksLike::Letter, if height > 1.2 * width { letter(subject, &features) } else { 0.0 }),
    ];
    all.into_iter().max_by(|a, b| a.1.total_cmp(&b.1)).filter(|(_, confidence)| *confidence >= SURE)
}

/// Keeps the lines that lie on the paper, and counts their places from its edges.
fn on_paper(lines: &mut Vec<f64>, (start, part): (f64, f64)) {
    lines.iter_mut().for_each(|at| *at = (*at - start) / part.max(f64::MIN_POSITIVE));
    lines.retain(|at| (EDGE..=1.0 - EDGE).contains(at));
}

fn photo(subject: &Subject<'_>, features: &Features) -> f64 {
    let ratio = subject.size_mm.1 / subject.size_mm.0.max(1.0);
    let is_plain = features.across.len() + features.down.len() <= 2 && !subject.has_letters;
    if is_plain && (1.1..1.7).contains(&ratio) && features.skin >= SKIN {
        0.6 + features.skin.min(0.4)
    } else {
        0.0
    }
}

fn card(subject: &Subject<'_>, features: &Features) -> f64 {
    let (long, short) = (subject.size_mm.0.max(subject.size_mm.1), subject.size_mm.0.min(subject.size_mm.1));
    let is_small = long <= CARD_MM.0 && short <= CARD_MM.1;
    if is_small && subject.has_letters { 0.6 + 0.4 * (4.0 * features.coloured).min(1.0) } else { 0.0 }
}

fn family_card(features: &Features) -> f64 {
    let (across, down) = (features.across.len(), features.down.len());
    if across >= TABLE.0 && down >= TABLE.1 {
        (0.5 + (across + down - 11) as f64 / 40.0).min(1.0)
    } else {
        0.0
    }
}

fn certificate(subject: &Subject<'_>, features: &Features) -> f64 {
    let framed =
        |lines: &[f64]| lines.iter().any(|&at| at < FRAME) && lines.iter().any(|&at| at > 1.0 - FRAME);
    let inner = |lines: &[f64]| lines.iter().filter(|&&at| (FRAME..=1.0 - FRAME).contains(&at)).count();
    let is_framed = framed(&features.down) && framed(&features.across);
    let inside = inner(&features.down) + inner(&features.across);
    if is_framed && subject.has_letters && inside <= 4 { 0.9 - 0.1 * inside as f64 } else { 0.0 }
}

fn letter(subject: &Subject<'_>, features: &Features) -> f64 {
    let lines = features.across.len();
    let is_plain = features.down.is_empty() && lines <= LETTER_LINES;
    if is_plain && subject.has_letters && features.ink < 0.2 { 0.9 - 0.1 * lines as f64 } else { 0.0 }
}
