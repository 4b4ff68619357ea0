//! Single pages with chosen degradations, for measuring what a check of pages sees and what it misses.

use std::collections::BTreeSet;

use berkas_domain::{DocumentKind, Service};
use chrono::NaiveDate;

use crate::cases;
use crate::encode::{self, Format};
use crate::ink::Typesetter;
use crate::papers::{Content, Press, Sheet};
use crate::plan::{self, Plan};
use crate::production;
use crate::rng::Rng;
use crate::scanner::{self, Surroundings, Treatment};
use crate::truth::{Degradation, PageTruth};

/// A drawn page before any scanner saw it.
#[derive(Debug, Clone)]
pub struct Original {
    kind: Option<DocumentKind>,
    sheet: Sheet,
}

/// A scanned page with the truth about it.
#[derive(Debug, Clone)]
pub struct Specimen {
    /// A JPEG.
    pub bytes: Vec<u8>,
    /// What was done to it, and what a check should say.
    pub truth: PageTruth,
}

/// Where the paper of a specimen and its ink lie in the picture.
#[derive(Debug, Clone)]
pub struct Layout {
    /// Width of the picture in pixels.
    pub width: usize,
    /// Height of the picture in pixels.
    pub height: usize,
    marks: Vec<u8>,
}

impl Layout {
    /// Returns whether a pixel shows the paper, with ink or without.
    #[must_use]
    pub fn is_paper(&self, x: usize, y: usize) -> bool {
        self.marks[y * self.width + x] >= scanner::PAPER
    }

    /// Returns the pixels (x, y) that show nothing but ink.
    pub fn ink(&self) -> impl Iterator<Item = (usize, usize)> {
        let places = self.marks.iter().enumerate().filter(|(_, mark)| **mark == scanner::INK);
        places.map(|(at, _)| (at % self.width, at / self.width))
    }
}

/// What happens to an original on its way into a file.
#[derive(Debug, Clone)]
pub enum Exposure {
    /// What pages usually suffer; it stays legible.
    Usual,
    /// One of the things that make a page illegible, as in a dossier with [`crate::Defect::Unreadable`].
    Illegible,
    /// A flatbed scan, a little aslant, with exactly these degradations. With a perspective the page lies on a table,
    /// with a black border below a black lid.
    With(Vec<Degradation>),
    /// The same, and turned clockwise by 90, 180 or 270 degrees.
    Turned(u16),
    /// Laid down on something plain.
    Laid(Bed),
}

/// What a page is laid down on, and how.
#[derive(Debug, Clone)]
pub struct Bed {
    /// Grey level of what lies around the page, 0 to 255.
    pub shade: u8,
    /// Degrees clockwise by which the page is turned.
    pub skew_deg: f64,
    /// Millimetres that show of it on every side at least.
    pub margin_mm: f32,
    /// What else happens to the page.
    pub degradations: Vec<Degradation>,
}

impl Bed {
    fn treatment(&self, grey: bool, rng: &mut Rng) -> Treatment {
        let surroundings = Surroundings::Plain { shade: self.shade, margin_mm: self.margin_mm };
        let treatment = Treatment::with(&self.degradations, grey, rng);
        Treatment { surroundings, skew_deg: self.skew_deg, ..treatment }
    }
}

impl Original {
    /// Draws the pages of one paper of each kind that any case asks for, and a blank page; resolutions are divided by
    /// `shrink`, at least 1. The same seed draws the same pages.
    #[must_use]
    pub fn all(seed: u64, handed_in: NaiveDate, shrink: u16) -> Vec<Self> {
        let mut rng = Rng::new(seed, 0x7370_6563);
        let mut typesetter = Typesetter::default();
        let mut press = Press { dpi: 150, shrink: shrink.max(1), rng: &mut rng, typesetter: &mut typesetter };
        let mut drawn = BTreeSet::new();
        let mut originals = vec![Self { kind: None, sheet: press.blank() }];
        for plan in plans(seed) {
            let draft = cases::draft(&plan, handed_in, press.rng);
            for paper in draft.papers.iter().filter(|paper| drawn.insert(paper.shows)) {
                let sheets = press.draw(&Content { form: &draft.form, paper });
                originals.extend(sheets.into_iter().map(|sheet| Self { kind: Some(paper.shows), sheet }));
            }
        }
        originals
    }

    /// Draws the first page of a paper of large print at `dpi` dots per inch: at 326 a photo of it by a phone
    /// ([`Degradation::Perspective`]) has about twelve million pixels.
    #[must_use]
    pub fn sheet(seed: u64, handed_in: NaiveDate, dpi: u16) -> Option<Self> {
        let mut rng = Rng::new(seed, 0x7368_6565);
        let mut typesetter = Typesetter::default();
        let mut press = Press { dpi, shrink: 1, rng: &mut rng, typesetter: &mut typesetter };
        let draft = cases::draft(plans(seed).first()?, handed_in, press.rng);
        let paper = draft.papers.iter().find(|paper| !production::fine_print(paper.shows))?;
        let sheet = press.draw(&Content { form: &draft.form, paper }).into_iter().next()?;
        Some(Self { kind: Some(paper.shows), sheet })
    }

    /// What the page shows; nothing for the blank one.
    #[must_use]
    pub const fn kind(&self) -> Option<DocumentKind> {
        self.kind
    }

    /// Scans the page. The same seed and exposure give the same bytes.
    #[must_use]
    pub fn exposed(&self, exposure: &Exposure, seed: u64) -> Specimen {
        self.exposed_with_layout(exposure, seed).0
    }

    /// Scans the page, and says where it lies in the picture.
    #[must_use]
    pub fn exposed_with_layout(&self, exposure: &Exposure, seed: u64) -> (Specimen, Layout) {
        let mut rng = Rng::new(seed, 0x6578_706f);
        let fine = self.kind.is_some_and(production::fine_print);
        let grey = !self.kind.is_some_and(production::card) && rng.chance(0.6);
        let mut treatment = match exposure {
            Exposure::Usual => Treatment::usual(grey, &mut rng),
            Exposure::Illegible => Treatment::illegible(grey, &mut rng),
            Exposure::With(degradations) => Treatment::with(degradations, grey, &mut rng),
            Exposure::Turned(degrees) => {
                Treatment { rotation_deg: *degrees, ..Treatment::with(&[], grey, &mut rng) }
            }
            Exposure::Laid(bed) => bed.treatment(grey, &mut rng),
        };
        treatment.exif = false;
        let (raster, marks) = scanner::scan_marked(&self.sheet, &treatment, &mut rng);
        let layout = Layout { width: marks.width, height: marks.height, marks: marks.data };
        let (picture, truth) = production::described(raster, &self.sheet, &treatment, (1, fine), None);
        (Specimen { bytes: encode::file(Format::Jpeg, &[picture]), truth }, layout)
    }
}

/// A plan for each case, beginning with another one for each seed, so that kinds shared by cases come from all of them.
fn plans(seed: u64) -> Vec<Plan> {
    let of_service = |service: &Service| {
        plan::cases(*service).iter().map(|(case, _)| (*service, *case)).collect::<Vec<_>>()
    };
    let mut all: Vec<_> = Service::ALL.iter().flat_map(of_service).collect();
    let first = (seed % all.len() as u64) as usize;
    all.rotate_left(first);
    let plan = |(service, case): (Service, &str)| {
        let (case, office) = (case.parse().ok()?, "351709".parse().ok()?);
        Some(Plan { service, case, office, defects: Vec::new() })
    };
    all.into_iter().filter_map(plan).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::truth::Verdict;

    fn day() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, 24).unwrap()
    }

    #[test]
    fn every_kind_that_a_case_asks_for_is_drawn_once_whatever_the_seed() {
        let kinds =
            |seed| Original::all(seed, day(), 8).iter().filter_map(Original::kind).collect::<BTreeSet<_>>();
        assert_eq!(kinds(1), kinds(17));
        assert!(kinds(1).len() > 20, "{:?}", kinds(1));
    }

    #[test]
    fn a_specimen_suffers_what_was_asked_for_and_nothing_else() {
        let originals = Original::all(2, day(), 8);
        let asked = vec![Degradation::Blur { sigma_mm: 0.8 }, Degradation::Noise { sigma: 3.0 }];
        let specimen = originals[1].exposed(&Exposure::With(asked.clone()), 5);
        assert_eq!(specimen.truth.degradations, asked);
        assert_eq!(specimen.truth.expected_verdict, Verdict::Unreadable);
        assert_eq!(specimen.bytes, originals[1].exposed(&Exposure::With(asked), 5).bytes);
        assert!(originals[0].exposed(&Exposure::Usual, 5).truth.blank);
        assert_eq!(originals[1].exposed(&Exposure::Turned(90), 5).truth.rotation_deg, 90);
    }

    #[test]
    fn the_layout_says_where_paper_and_ink_are() {
        let bed = Bed { shade: 60, skew_deg: -4.0, margin_mm: 10.0, degradations: Vec::new() };
        let (specimen, layout) = Original::all(2, day(), 4)[1].exposed_with_layout(&Exposure::Laid(bed), 5);
        let paper = (0..layout.width * layout.height)
            .filter(|at| layout.is_paper(at % layout.width, at / layout.width));
        let share = paper.count() as f64 / (layout.width * layout.height) as f64;
        assert!((0.6..0.9).contains(&share), "{share}");
        assert!(layout.ink().count() > 100 && layout.ink().all(|(x, y)| layout.is_paper(x, y)));
        assert!(!layout.is_paper(0, 0) && layout.is_paper(layout.width / 2, layout.height / 2));
        assert_eq!(specimen.truth.skew_deg, -4.0);
    }
}
