//! From papers to files: drawn, scanned, written.

use berkas_domain::form::Form;
use berkas_domain::{DocumentKind as Kind, Sha256Hash};

use crate::cases::{Look, Paper};
use crate::encode::{self, Format, Picture};
use crate::ink::{Raster, Typesetter};
use crate::papers::{Content, Press, Sheet};
use crate::rng::Rng;
use crate::scanner::{self, Treatment, quarter_turn};
use crate::truth::{Degradation, PageTruth};

/// A file with the truth about its pages.
pub(crate) struct Film {
    pub(crate) format: Format,
    pub(crate) bytes: Vec<u8>,
    pub(crate) sha256: Sha256Hash,
    pub(crate) pages: Vec<PageTruth>,
}

/// Makes one file for each paper, at resolutions divided by `shrink`.
pub(crate) fn produce(form: &Form, papers: &[Paper], shrink: u16, rng: &mut Rng) -> Vec<Film> {
    let mut typesetter = Typesetter::default();
    // An office scans all its sheets at one resolution.
    let dpi = rng.pick(&[150, 150, 150, 150, 200]);
    let mut film = |paper| {
        let mut own = rng.fork();
        let mut press = Press { dpi, shrink, rng: &mut own, typesetter: &mut typesetter };
        let sheets = sheets(&mut press, &Content { form, paper }, paper.look);
        expose(sheets, paper, rng)
    };
    papers.iter().map(&mut film).collect()
}

fn sheets(press: &mut Press<'_>, content: &Content<'_>, look: Look) -> Vec<Sheet> {
    if look == Look::BlankOnly {
        return vec![press.blank()];
    }
    let mut sheets = press.draw(content);
    if look == Look::BlankBack {
        sheets.push(press.blank());
    }
    sheets
}

/// Whether the letters of a paper are so small that little blur is too much.
pub(crate) fn fine_print(kind: Kind) -> bool {
    use Kind::{BukuNikah, Itap, Itas, Kia, Kk, KkRusak, KtpEl, KtpElRusak, Paspor};
    matches!(kind, BukuNikah | Itap | Itas | Kia | Kk | KkRusak | KtpEl | KtpElRusak | Paspor)
}

/// Whether a paper carries a portrait; such papers are scanned in colour.
pub(crate) fn card(kind: Kind) -> bool {
    fine_print(kind) && !matches!(kind, Kind::Kk | Kind::KkRusak)
}

fn expose(sheets: Vec<Sheet>, paper: &Paper, rng: &mut Rng) -> Film {
    let fine = fine_print(paper.shows);
    let format = format(sheets.len(), fine, rng);
    let coloured = if !fine {
        0.35
    } else if card(paper.shows) {
        1.0
    } else {
        0.5
    };
    let grey = format.lossless() || !rng.chance(coloured);
    let (mut pictures, mut pages) = (Vec::new(), Vec::new());
    for (number, sheet) in (1..).zip(sheets) {
        let mut treatment = match paper.look {
            Look::Illegible => Treatment::illegible(grey, rng),
            _ => Treatment::usual(grey, rng),
        };
        suit(&mut treatment, format, &sheet);
        let (picture, truth) = page(&sheet, &treatment, (number, fine), rng);
        pictures.push(picture);
        pages.push(truth);
    }
    let bytes = encode::file(format, &pictures);
    Film { format, sha256: Sha256Hash::of(&bytes), bytes, pages }
}

/// Only PDF and TIFF hold several pages; WebP and PNG mostly come from phones.
fn format(pages: usize, fine: bool, rng: &mut Rng) -> Format {
    use Format::{Jpeg, Pdf, Png, Tiff, WebP};
    let weights: &[(Format, f64)] = match (pages, fine) {
        (2.., _) => &[(Pdf, 70.0), (Tiff, 30.0)],
        (_, true) => &[(Jpeg, 84.0), (Pdf, 6.0), (Png, 5.0), (WebP, 5.0)],
        _ => &[(Jpeg, 79.0), (Pdf, 12.0), (Tiff, 5.0), (Png, 4.0)],
    };
    weights[rng.weighted(weights.iter().map(|(_, weight)| *weight))].0
}

/// Takes from a treatment what the format cannot show: grain would make a lossless file huge. A blank page keeps it,
/// because two blank pages must not be the same file.
fn suit(treatment: &mut Treatment, format: Format, sheet: &Sheet) {
    treatment.exif &= format == Format::Jpeg;
    if format.lossless() {
        let kept = |degradation: &Degradation| {
            let grain = matches!(degradation, Degradation::Noise { .. });
            !matches!(degradation, Degradation::JpegArtefacts { .. }) && (!grain || !sheet.marked)
        };
        treatment.degradations.retain(kept);
        treatment.grey = true;
    }
}

/// How pixels are stored so that the EXIF orientation brings them back: orientation and quarter turn clockwise.
const STORED: [(u8, u16); 3] = [(6, 270), (3, 180), (8, 90)];

/// Scans a sheet; returns the picture and what is true of it. `fine` says whether its letters are small.
pub(crate) fn page(
    sheet: &Sheet,
    treatment: &Treatment,
    (number, fine): (u16, bool),
    rng: &mut Rng,
) -> (Picture, PageTruth) {
    let mut raster = scanner::scan(sheet, treatment, rng);
    let stored = treatment.exif.then(|| rng.pick(&STORED));
    if let Some((_, turn)) = stored {
        raster = quarter_turn(raster, turn);
    }
    described(raster, sheet, treatment, (number, fine), stored.map(|(orientation, _)| orientation))
}

/// Puts beside a scanned sheet what is true of it.
pub(crate) fn described(
    raster: Raster,
    sheet: &Sheet,
    treatment: &Treatment,
    (number, fine): (u16, bool),
    exif_orientation: Option<u8>,
) -> (Picture, PageTruth) {
    let picture = Picture { raster, dpi: sheet.dpi, quality: treatment.quality, exif_orientation };
    let truth = PageTruth {
        page: number,
        skew_deg: treatment.skew_deg,
        rotation_deg: treatment.rotation_deg,
        exif_orientation,
        dpi: sheet.dpi,
        degradations: treatment.degradations.clone(),
        expected_verdict: treatment.verdict(fine),
        blank: !sheet.marked,
        marked: sheet.marked,
    };
    (picture, truth)
}
