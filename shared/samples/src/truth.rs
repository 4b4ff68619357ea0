//! What is true of a dossier: how each page was treated, and what the office should answer.

use berkas_domain::{CaseCode, DocumentKind, OfficeCode, Outcome, ReasonCode, Service, Sha256Hash};
use serde::{Deserialize, Serialize};

use crate::plan::Defect;

/// The truth beside a dossier.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Truth {
    /// What is asked for.
    pub service: Service,
    /// The variant.
    pub case: CaseCode,
    /// Where it is handed in.
    pub office: OfficeCode,
    /// The defects that went in.
    pub defects: Vec<Defect>,
    /// What should become of it.
    pub expected: Expected,
    /// One entry for each file, in the order of the form's documents.
    pub documents: Vec<DocumentTruth>,
}

/// What should become of a dossier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expected {
    /// Who should say so.
    pub judge: Judge,
    /// Passed or returned.
    pub outcome: Outcome,
    /// With which reasons, sorted, each once; empty when it passes.
    pub codes: Vec<ReasonCode>,
}

/// Who decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Judge {
    /// The completeness step returns it before anybody sees it.
    Machine,
    /// A person decides.
    Verifier,
}

/// The truth about one file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DocumentTruth {
    /// The slot it lies in.
    pub kind: DocumentKind,
    /// What it really shows.
    pub shows: DocumentKind,
    /// The file.
    pub sha256: Sha256Hash,
    /// Its pages.
    pub pages: Vec<PageTruth>,
}

/// The truth about one page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PageTruth {
    /// Its number in the file, from 1.
    pub page: u16,
    /// How far the content is turned clockwise, in degrees, beside the quarter turns.
    pub skew_deg: f64,
    /// Quarter turns of the content, clockwise: 0, 90, 180 or 270; as seen after the EXIF turn, if there is one.
    pub rotation_deg: u16,
    /// The EXIF orientation in the file, 1 to 8; absent if the file has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exif_orientation: Option<u8>,
    /// Pixels per inch of the paper.
    pub dpi: u16,
    /// What was done to it, beside turning it.
    pub degradations: Vec<Degradation>,
    /// What a check of the page should say.
    pub expected_verdict: Verdict,
    /// Whether the page is blank.
    pub blank: bool,
    /// Whether it bears the CONTOH mark; a blank page has nothing on it, not even that.
    pub marked: bool,
}

/// What a check of a page says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Legible.
    Ok,
    /// Legible with effort.
    Warn,
    /// Not legible.
    Unreadable,
}

/// What a scanner, a phone or a hand did to a page. Lengths are on the paper, so they mean the same at each resolution.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Degradation {
    /// Taken from aslant: the corners are shifted by up to this part of the width.
    Perspective {
        /// Part of the width.
        strength: f32,
    },
    /// A shadow falls on a part of the page.
    Shadow {
        /// How much light it takes, 0 to 1.
        depth: f32,
    },
    /// Out of focus.
    Blur {
        /// Standard deviation in millimetres.
        sigma_mm: f32,
    },
    /// Moved while it was taken.
    Motion {
        /// Length in millimetres.
        length_mm: f32,
    },
    /// Grain of the sensor.
    Noise {
        /// Standard deviation in grey levels of 255.
        sigma: f32,
    },
    /// Compressed hard.
    JpegArtefacts {
        /// Quality, 1 to 100.
        quality: u8,
    },
    /// Too little light.
    Dark {
        /// What is left of it, 0 to 1.
        gain: f32,
    },
    /// Faded ink.
    Faded {
        /// What is left of the contrast, 0 to 1.
        contrast: f32,
    },
    /// A bright spot where a lamp mirrors itself.
    Glare {
        /// Radius in millimetres.
        radius_mm: f32,
    },
    /// A side lies outside the picture.
    CutOff {
        /// Part of the page that is missing.
        part: f32,
    },
    /// Printed on coloured paper.
    ColouredPaper {
        /// Red, green, blue.
        rgb: [u8; 3],
    },
    /// The other side shines through.
    BleedThrough {
        /// How much of its ink shows, 0 to 1.
        strength: f32,
    },
    /// The scanner's black lid shows beside the page.
    BlackBorder {
        /// Its width in millimetres.
        width_mm: f32,
    },
    /// Creases and stains of a worn original.
    Worn,
}
