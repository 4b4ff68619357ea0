//! A page that is normalized, stored as a JPEG and normalized again: what the second time finds left to do, and by how much
//! a straightened page is still off. The limits were set on the first seed; the other was only looked at afterwards.

use std::collections::BTreeMap;
use std::sync::Mutex;

use berkas_imaging::{
    Document, Limits, NormalizedPage, Options, PageReport, Verdict, normalize, normalize_raster,
};
use berkas_samples::{Degradation, Original, Specimen};

use crate::confusion::{Condition, LEGIBLE};
use crate::mapping::taken_away;
use crate::pages::Random;

const TUNED: u64 = 57;
const HELD_OUT: u64 = 58;

/// Edges, in millimetres, that cards and passports do not have.
const SHEET_MM: f64 = 150.0;
/// A page that is off by more is crooked for whoever looks at it.
const CROOKED_DEG: f64 = 0.3;

/// Prints the tables; `EACH=1` prints every page that does not stay as it is, too.
pub(crate) fn run() {
    for (name, seed) in [("limits set on this", TUNED), ("held out", HELD_OUT)] {
        println!("normalized again, every paper of the sample generator, {name}: seed {seed}");
        println!(
            "  {:14} {:>5} {:>9} {:>11} {:>11}  most",
            "paper", "pages", "untouched", "turned anew", "left crooked"
        );
        let day = chrono::NaiveDate::from_ymd_opt(2026, 11, 24).expect("a day");
        let originals = Original::all(seed, day, 1);
        let all = Mutex::new(BTreeMap::<&str, Tally>::new());
        let conditions = (0..).zip(&LEGIBLE).filter(|(_, condition)| crate::is_wanted(condition.0));
        let work = conditions.flat_map(|(number, condition)| {
            (1000 * seed..).zip(&originals).map(move |(seed, original)| (number, condition, seed, original))
        });
        let work = Mutex::new(work);
        let look = || {
            while let Some((number, condition, seed, original)) = { work.lock().expect("no panic").next() } {
                let page = Twice::of(original, condition, seed * 100 + number);
                all.lock().expect("no panic").entry(page.class()).or_default().add(&page, condition.0);
            }
        };
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        std::thread::scope(|scope| (0..cores).for_each(|_| drop(scope.spawn(look))));
        all.into_inner().expect("no panic").iter().for_each(|(class, tally)| tally.print(class));
    }
}

/// A page and what was said of it once and again.
struct Twice {
    kind: String,
    blank: bool,
    truth_deg: f64,
    leans: bool,
    once: PageReport,
    again: PageReport,
}

impl Twice {
    fn of(original: &Original, condition: &Condition, seed: u64) -> Self {
        let mut random = Random(seed);
        let Specimen { bytes, truth } = original.exposed(&condition.1(&mut random), random.next());
        let NormalizedPage { bytes, report: once, .. } =
            normalize(&opened(&bytes), 0, &Options::default(), &limits()).expect("own page normalizes");
        let stored = opened(&bytes).page(0).expect("own copy");
        let again =
            normalize_raster(stored, 0, &Options::default(), &limits()).expect("own copy normalizes").1;
        let leans = truth.degradations.iter().any(|all| matches!(all, Degradation::Perspective { .. }));
        let kind = original.kind().map_or_else(String::new, |kind| kind.to_string());
        Self { kind, blank: original.kind().is_none(), truth_deg: truth.skew_deg, leans, once, again }
    }

    fn class(&self) -> &'static str {
        let longest =
            f64::from(self.once.width_px.max(self.once.height_px)) / f64::from(self.once.dpi) * 25.4;
        match self {
            _ if self.once.verdict == Verdict::Unreadable => "unreadable",
            _ if self.blank => "blank",
            _ if longest <= SHEET_MM => "card, passport",
            _ => "sheet",
        }
    }

    /// Returns by how much the page is off after the first time; nothing where a turn alone does not set it straight.
    fn left_deg(&self) -> Option<f64> {
        let (gone, upright) = (taken_away(&self.once), self.once.perspective.is_none() && !self.leans);
        upright.then_some((self.truth_deg - gone).abs())
    }
}

#[derive(Debug, Default)]
struct Tally {
    pages: u32,
    untouched: u32,
    turned: u32,
    most_turned: f64,
    crooked: u32,
}

impl Tally {
    fn add(&mut self, page: &Twice, condition: &str) {
        let turned = taken_away(&page.again).abs();
        self.pages += 1;
        self.untouched += u32::from(page.again.geometry_untouched);
        self.turned += u32::from(turned > 0.0);
        self.most_turned = self.most_turned.max(turned);
        let crooked = page.left_deg().is_some_and(|left| left > CROOKED_DEG);
        self.crooked += u32::from(crooked && !page.blank);
        if std::env::var("EACH").is_ok() && (!page.again.geometry_untouched || crooked) {
            println!(
                "    {condition:26} {:22} truth {:6.2} once {:6.2} ({:.2}) took {:6.2}; again {:6.2} ({:.2}) took {:6.2}, crop {:?}, leans {}, turned {}",
                page.kind,
                page.truth_deg,
                page.once.skew_deg,
                page.once.skew_confidence,
                taken_away(&page.once),
                page.again.skew_deg,
                page.again.skew_confidence,
                taken_away(&page.again),
                page.again.crop,
                page.again.perspective.is_some(),
                page.again.rotation_deg
            );
        }
    }

    fn print(&self, class: &str) {
        let Self { pages, untouched, turned, most_turned, crooked } = self;
        println!("  {class:14} {pages:5} {untouched:9} {turned:11} {crooked:12}  {most_turned:.2}");
    }
}

fn limits() -> Limits {
    // A machine that does other things beside is slow.
    Limits { max_page_ms: 120_000, ..Limits::default() }
}

fn opened(file: &[u8]) -> Document<'_> {
    Document::open(file, &limits()).expect("own file opens")
}
