//! Legibility of every page that the sample generator draws, under each of its degradations: what was said against what
//! is true. The limits were set on the first seed; the others were only looked at afterwards.

use std::collections::BTreeMap;
use std::sync::Mutex;

use berkas_imaging::{Document, Limits, Options, PageReport, Verdict, normalize_raster};
use berkas_samples::{Defect, Degradation, Exposure, Generator, Original, PageTruth, Plan, Verdict as Truth};

use crate::pages::Random;

const TUNED: [u64; 1] = [1];
const HELD_OUT: [u64; 2] = [201, 202];

/// Sheets are drawn at 75, 50 and 30 dots per inch then, cards at 150, 100 and 60.
const SMALL: u16 = 2;
const SMALLER: u16 = 3;
const TOO_SMALL: u16 = 5;

/// Name, how a page is exposed, and how much its resolution is divided by.
pub(crate) type Condition = (&'static str, fn(&mut Random) -> Exposure, u16);

fn with(degradation: Degradation) -> Exposure {
    Exposure::With(vec![Degradation::Noise { sigma: 2.5 }, degradation])
}

fn between(random: &mut Random, low: f64, high: f64) -> f32 {
    random.range(low, high) as f32
}

pub(crate) const LEGIBLE: [Condition; 18] = [
    ("as generated", |_| Exposure::Usual, 1),
    ("as generated, once more", |_| Exposure::Usual, 1),
    ("soft 0.04-0.12 mm", |r| with(Degradation::Blur { sigma_mm: between(r, 0.04, 0.12) }), 1),
    ("moved 0.1-0.4 mm", |r| with(Degradation::Motion { length_mm: between(r, 0.1, 0.4) }), 1),
    ("dim 0.6-0.85", |r| with(Degradation::Dark { gain: between(r, 0.6, 0.85) }), 1),
    ("faded to 0.3-0.7", |r| with(Degradation::Faded { contrast: between(r, 0.3, 0.7) }), 1),
    ("cut 0.5-2 %", |r| with(Degradation::CutOff { part: between(r, 0.005, 0.02) }), 1),
    ("shadow 0.12-0.4", |r| with(Degradation::Shadow { depth: between(r, 0.12, 0.4) }), 1),
    ("glare 5-12 mm", |r| with(Degradation::Glare { radius_mm: between(r, 5.0, 12.0) }), 1),
    ("perspective", |r| with(Degradation::Perspective { strength: between(r, 0.01, 0.035) }), 1),
    ("bleed-through", |r| with(Degradation::BleedThrough { strength: between(r, 0.06, 0.18) }), 1),
    ("coloured paper", |r| with(Degradation::ColouredPaper { rgb: PAPERS[r.below(PAPERS.len())] }), 1),
    ("worn", |_| with(Degradation::Worn), 1),
    ("black border", |r| with(Degradation::BlackBorder { width_mm: between(r, 2.0, 9.0) }), 1),
    ("noise 1-7", |r| Exposure::With(vec![Degradation::Noise { sigma: between(r, 1.0, 7.0) }]), 1),
    ("JPEG quality 38-60", |r| with(Degradation::JpegArtefacts { quality: 38 + r.below(23) as u8 }), 1),
    ("on its side", |r| Exposure::Turned([90, 270][r.below(2)]), 1),
    ("on its head", |_| Exposure::Turned(180), 1),
];

const PAPERS: [[u8; 3]; 5] =
    [[250, 240, 190], [214, 232, 250], [250, 214, 220], [216, 242, 214], [226, 210, 178]];

/// What the generator does to an illegible page: the aim counts these.
const GENERATED: [Condition; 6] = [
    ("as generated", |_| Exposure::Illegible, 1),
    ("as generated, once more", |_| Exposure::Illegible, 1),
    ("blur 0.7-1.0 mm", |r| with(Degradation::Blur { sigma_mm: between(r, 0.7, 1.0) }), 1),
    ("motion 3.2-4.5 mm", |r| with(Degradation::Motion { length_mm: between(r, 3.2, 4.5) }), 1),
    ("dark 0.03-0.06", |r| with(Degradation::Dark { gain: between(r, 0.03, 0.06) }), 1),
    ("cut 45-60 %", |r| with(Degradation::CutOff { part: between(r, 0.45, 0.6) }), 1),
];

/// What it calls illegible, but never does to a page.
const BEYOND: [Condition; 6] = [
    ("too small, 30-60 dpi", |_| Exposure::With(Vec::new()), TOO_SMALL),
    ("faded to 0.04-0.08", |r| with(Degradation::Faded { contrast: between(r, 0.04, 0.08) }), 1),
    ("shadow 0.95-0.98", |r| with(Degradation::Shadow { depth: between(r, 0.95, 0.98) }), 1),
    ("glare 200-250 mm", |r| with(Degradation::Glare { radius_mm: between(r, 200.0, 250.0) }), 1),
    ("noise 80-100", |r| Exposure::With(vec![Degradation::Noise { sigma: between(r, 80.0, 100.0) }]), 1),
    ("JPEG quality 1-3", |r| with(Degradation::JpegArtefacts { quality: 1 + r.below(3) as u8 }), 1),
];

/// Pages whose files say nothing of their resolution, or what it was before they were made smaller.
const UNSTATED: [Condition; 4] = [
    ("150 dpi, cards 300", |_| Exposure::Usual, 1),
    ("75 dpi, cards 150", |_| Exposure::Usual, SMALL),
    ("50 dpi, cards 100", |_| Exposure::Usual, SMALLER),
    ("30 dpi, cards 60", |_| Exposure::Usual, TOO_SMALL),
];

/// What a file says of its resolution.
#[derive(Debug, Clone, Copy)]
enum Says {
    /// The truth.
    Truth,
    /// This, or nothing.
    Instead(Option<u32>),
}

/// Prints the tables.
pub(crate) fn run() {
    if crate::is_wanted("dossiers") {
        dossiers();
    }
    for (name, seeds) in [("limits set on these", &TUNED[..]), ("held out", &HELD_OUT)] {
        println!("legibility, pages of the sample generator, {name}: seeds {seeds:?}");
        table("legible", &LEGIBLE, seeds, Says::Truth);
        table("illegible", &GENERATED, seeds, Says::Truth);
        table("illegible, never generated", &BEYOND, seeds, Says::Truth);
        table("no stated resolution", &UNSTATED, seeds, Says::Instead(None));
        table("300 dpi stated", &UNSTATED, seeds, Says::Instead(Some(300)));
    }
}

/// Whole dossiers as an office sends them, in all formats, one document of each illegible.
fn dossiers() {
    let day = chrono::NaiveDate::from_ymd_opt(2026, 11, 25).expect("a day");
    let (mut illegible, mut legible) = (Counts::default(), Counts::default());
    for seed in 5..15 {
        let plan = Plan {
            service: "akta_kematian".parse().expect("a service"),
            case: "MTI-1".parse().expect("a case"),
            office: "351709".parse().expect("an office"),
            defects: vec![Defect::Unreadable],
        };
        let dossier = Generator::new(seed, day).dossier(&plan);
        for (file, truth) in dossier.files.iter().zip(&dossier.truth.documents) {
            for page in &truth.pages {
                let report = report(&file.bytes, u32::from(page.page) - 1, Says::Truth);
                let unreadable = page.expected_verdict == Truth::Unreadable;
                if unreadable { &mut illegible } else { &mut legible }.add(&report, page);
            }
        }
    }
    println!("legibility, pages of dossiers with an illegible document: MTI-1, seeds 5 to 14");
    legible.print("legible");
    illegible.print("illegible");
}

/// How the pages of one condition were judged.
#[derive(Debug, Default, Clone)]
struct Counts {
    ok: u32,
    warn: u32,
    unreadable: u32,
    /// Unreadable, and the reason that is true is among those given.
    rightly: u32,
    reasons: BTreeMap<&'static str, u32>,
}

impl Counts {
    fn add(&mut self, report: &PageReport, truth: &PageTruth) {
        match report.verdict {
            Verdict::Ok => self.ok += 1,
            Verdict::Warn => self.warn += 1,
            Verdict::Unreadable => self.unreadable += 1,
        }
        let codes = report.reasons.iter().map(|reason| reason.code());
        let right = report.reasons.iter().any(|reason| reasons(truth).contains(&reason.code()));
        self.rightly += u32::from(report.verdict == Verdict::Unreadable && right);
        codes.for_each(|code| *self.reasons.entry(code).or_default() += 1);
    }

    fn sum(&mut self, other: &Self) {
        self.ok += other.ok;
        self.warn += other.warn;
        self.unreadable += other.unreadable;
        self.rightly += other.rightly;
        other.reasons.iter().for_each(|(code, count)| *self.reasons.entry(code).or_default() += count);
    }

    fn print(&self, name: &str) {
        let Self { ok, warn, unreadable, rightly, reasons } = self;
        let share = f64::from(*unreadable) / f64::from((ok + warn + unreadable).max(1)) * 100.0;
        println!("    {name:26} {ok:5} {warn:5} {unreadable:10} {share:5.1} % {rightly:7}  {reasons:?}");
    }
}

/// The codes that are true of a page: of what makes it illegible, if anything does.
fn reasons(truth: &PageTruth) -> Vec<&'static str> {
    let code = |degradation: &Degradation| match degradation {
        Degradation::Blur { .. } => Some("blurred"),
        Degradation::Motion { .. } => Some("motion"),
        Degradation::Dark { .. } => Some("too_dark"),
        Degradation::CutOff { .. } => Some("cut_off"),
        Degradation::Faded { .. } => Some("low_contrast"),
        Degradation::Shadow { .. } => Some("shadow"),
        Degradation::Glare { .. } => Some("glare"),
        _ => None,
    };
    let mut codes: Vec<_> = truth.degradations.iter().filter_map(code).collect();
    codes.extend((truth.dpi < 72).then_some("too_small"));
    codes
}

fn table(name: &str, conditions: &[Condition], seeds: &[u64], says: Says) {
    println!(
        "  {name:28} {:>5} {:>5} {:>10} {:>7} {:>7}  reasons",
        "ok", "warn", "unreadable", "", "rightly"
    );
    let mut all = Counts::default();
    for (number, condition) in (0..).zip(conditions) {
        if !crate::is_wanted(condition.0) {
            continue;
        }
        let counts = judged(*condition, number, seeds, says);
        counts.print(condition.0);
        all.sum(&counts);
    }
    all.print("together");
}

/// Judges every page of these seeds under one condition, on all cores.
fn judged((_, exposure, shrink): Condition, number: u64, seeds: &[u64], says: Says) -> Counts {
    let day = chrono::NaiveDate::from_ymd_opt(2026, 11, 24).expect("a day");
    let all = Mutex::new(Counts::default());
    for &seed in seeds {
        let originals = Original::all(seed, day, shrink);
        let work = Mutex::new(originals.iter().zip(1000 * seed..));
        let judge = || {
            while let Some((original, seed)) = { work.lock().expect("no panic").next() } {
                // A blank page says nothing about writing; the tests look after it.
                if original.kind().is_none() {
                    continue;
                }
                let mut random = Random(seed * 100 + number);
                let specimen = original.exposed(&exposure(&mut random), random.next());
                all.lock().expect("no panic").add(&report(&specimen.bytes, 0, says), &specimen.truth);
            }
        };
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        std::thread::scope(|scope| (0..cores).for_each(|_| drop(scope.spawn(judge))));
    }
    all.into_inner().expect("no panic")
}

fn report(bytes: &[u8], index: u32, says: Says) -> PageReport {
    let document = Document::open(bytes, &Limits::default()).expect("own file opens");
    let mut page = document.page(index).expect("own page decodes");
    if let Says::Instead(dpi) = says {
        page.dpi = dpi;
    }
    normalize_raster(page, index, &Options::default(), &Limits::default()).expect("own page normalizes").1
}
