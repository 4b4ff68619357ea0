//! Double pages: how many of which kind are cut in two, and which single pages falsely. The limits were set on the first seeds; the
//! others were only looked at afterwards.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;

use berkas_imaging::{Document, Limits, Options, PageReport, Raster, normalize_raster};
use berkas_samples::{Degradation, Exposure, Original};

use crate::binding::{self, Meeting};
use crate::pages::Random;
use crate::{degrade, pages};

const TUNED: [u64; 2] = [1, 2];
const HELD_OUT: [u64; 3] = [701, 702, 703];

/// The seeds with which real pages are looked at.
const SEEDS_OF_REAL: [u64; 2] = [TUNED[0], HELD_OUT[0]];

/// Real pages; they are not committed.
const SCANS: &str = "../shared/scans";

/// What is counted: a name, and pages of it in a raster each.
type Page = (String, Raster);

/// Prints the tables.
pub(crate) fn run() {
    for (name, seeds) in [("limits set on these", &TUNED[..]), ("held out", &HELD_OUT)] {
        println!("double pages, {name}: seeds {seeds:?}");
        table("cut in two, as they should be", seeds, &double);
        table("single pages that were cut", seeds, &single);
    }
}

fn table(title: &str, seeds: &[u64], of: &dyn Fn(u64) -> Vec<Page>) {
    let mut all = BTreeMap::<String, (u32, u32)>::new();
    for &seed in seeds {
        let work = Mutex::new(of(seed).into_iter().filter(|(kind, _)| crate::is_wanted(kind)));
        let found = Mutex::new(Vec::new());
        let look = || {
            while let Some((kind, page)) = { work.lock().expect("no panic").next() } {
                let report = report(page);
                found.lock().expect("no panic").push((kind, report.halves.is_some()));
            }
        };
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        std::thread::scope(|scope| (0..cores).for_each(|_| drop(scope.spawn(look))));
        for (kind, is_cut) in found.into_inner().expect("no panic") {
            let counts = all.entry(kind).or_default();
            *counts = (counts.0 + u32::from(is_cut), counts.1 + 1);
        }
    }
    println!("  {title}");
    for (kind, (cut, of)) in all {
        println!("    {kind:40} {cut:4} of {of:4}");
    }
}

fn report(page: Raster) -> PageReport {
    normalize_raster(page, 0, &Options::default(), &Limits::default()).expect("own page normalizes").1
}

fn exposed(original: &Original, exposure: &Exposure, seed: u64) -> Raster {
    degrade::decode(&original.exposed(exposure, seed).bytes)
}

fn originals(seed: u64) -> Vec<Original> {
    Original::all(seed, chrono::NaiveDate::from_ymd_opt(2026, 11, 24).expect("a day"), 1)
}

fn real() -> Vec<Raster> {
    let Ok(folder) = std::fs::read_dir(SCANS) else {
        println!("SKIPPED: no real scans at {SCANS}");
        return Vec::new();
    };
    let mut files: Vec<_> = folder.filter_map(|file| file.ok().map(|file| file.path())).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "jpg"));
    files.sort();
    files.iter().map(|file| decoded(file)).collect()
}

fn decoded(file: &Path) -> Raster {
    let bytes = std::fs::read(file).expect("a listed file");
    let limits = Limits::default();
    Document::open(&bytes, &limits).expect("a picture").page(0).expect("a whole picture")
}

/// Pages that are two: marriage books as offices send them, and single pages bound together.
fn double(seed: u64) -> Vec<Page> {
    let originals = originals(seed);
    let mut random = Random(seed);
    let mut all = Vec::new();
    for original in originals.iter().filter(|original| is_book(original)) {
        for copy in 0..12 {
            all.push((
                "marriage book, as sent".to_owned(),
                exposed(original, &Exposure::Usual, 1000 * seed + copy),
            ));
        }
    }
    let sheets: Vec<Raster> = originals
        .iter()
        .filter(|original| original.kind().is_some() && !is_book(original))
        .map(|original| flat(original, &mut random, seed))
        .filter(|page| (1.3..1.5).contains(&(f64::from(page.height) / f64::from(page.width))))
        .collect();
    for (name, meet) in MEETINGS {
        for _ in 0..24 {
            let pages = [0, 1].map(|_| &sheets[random.below(sheets.len())]);
            let meeting = meet(&mut random);
            let bound = binding::bound(pages[0], pages[1], 244, meeting);
            let turned = binding::turned(&bound, random.range(-2.0, 2.0), 250);
            all.push((format!("sheets, {name}"), noisy(&turned, &mut random)));
        }
    }
    let real = if SEEDS_OF_REAL.contains(&seed) { copies() } else { Vec::new() };
    for (name, meet) in MEETINGS {
        for (at, left) in real.iter().enumerate() {
            let right = &real[(at + 1) % real.len()];
            if left.height.abs_diff(right.height) * 8 > left.height
                || left.width.abs_diff(right.width) * 6 > left.width
            {
                continue;
            }
            let bound = binding::bound(left, right, 235, meet(&mut random));
            let turned = binding::turned(&bound, random.range(-2.0, 2.0), 240);
            all.push((format!("real pages, {name}"), turned));
        }
    }
    all
}

type Meet = fn(&mut Random) -> Meeting;

/// Shadows from those of a thin book to those of a thick one, at 150 dots per inch.
const MEETINGS: [(&str, Meet); 4] = [
    ("shadow", |random| Meeting::Shadow(random.range(0.15, 0.6), random.range(6.0, 40.0))),
    ("faint shadow", |random| Meeting::Shadow(random.range(0.06, 0.15), random.range(4.0, 20.0))),
    ("line", |random| Meeting::Line(random.range(0.15, 0.6))),
    ("white", |_| Meeting::White),
];

fn is_book(original: &Original) -> bool {
    original.kind().is_some_and(|kind| kind.to_string() == "buku_nikah")
}

/// Scans a sheet nearly straight.
fn flat(original: &Original, random: &mut Random, seed: u64) -> Raster {
    let exposure = Exposure::Laid(berkas_samples::Bed {
        shade: 246,
        skew_deg: random.range(-0.8, 0.8),
        margin_mm: 0.0,
        degradations: vec![Degradation::Noise { sigma: 1.0 }],
    });
    exposed(original, &exposure, seed)
}

fn noisy(page: &Raster, random: &mut Random) -> Raster {
    let strength = random.range(1.0, 8.0);
    let pixels = binding::gray(page).into_iter().map(|shade| {
        let grain = random.range(-strength, strength) + random.range(-strength, strength);
        (f64::from(shade) + grain).round().clamp(0.0, 255.0) as u8
    });
    Raster::gray(page.width, page.height, pixels.collect())
}

/// The real pages as they are normalized, without what lies around them.
fn copies() -> Vec<Raster> {
    let copy = |page| normalize_raster(page, 0, &Options::default(), &Limits::default());
    real().into_iter().map(|page| copy(page).expect("normalizes").0).collect()
}

/// Pages that are one: everything that the generator draws but marriage books, landscape sheets that were folded, sheets with two
/// columns, and the real pages.
fn single(seed: u64) -> Vec<Page> {
    let originals = originals(seed);
    let mut random = Random(seed);
    let mut all = Vec::new();
    for original in originals.iter().filter(|original| !is_book(original)) {
        let kind = original.kind().map_or("blank sheet".to_owned(), |kind| kind.to_string());
        let is_wide = kind.starts_with("kk");
        for copy in 0..if is_wide { 16 } else { 2 } {
            let page = exposed(original, &Exposure::Usual, 1000 * seed + copy);
            if is_wide {
                let (meeting, middle) = (fold(&mut random), f64::from(page.width) / 2.0);
                let lean = random.range(-12.0, 12.0);
                all.push((format!("{kind}, folded"), binding::folded(&page, middle, lean, meeting)));
            }
            let name = if is_wide || page.width > page.height {
                kind.clone()
            } else {
                "everything upright".to_owned()
            };
            all.push((name, page));
        }
    }
    for kind in 0..=pages::FIGURES {
        for copy in 0..4 {
            let page = degrade::decode(&pages::draw(seed * 10 + copy, kind, random.range(-2.0, 2.0), 1.0));
            let name = if kind == pages::FIGURES { "figures" } else { pages::KINDS[kind] };
            // The same writing on a wide sheet: its lower half is cut off.
            let wide = lower_cut(&page);
            let (middle, meeting) = (f64::from(wide.width) / 2.0, fold(&mut random));
            all.push((format!("wide {name}, folded"), binding::folded(&wide, middle, 0.0, meeting)));
            all.push((format!("wide {name}"), wide));
        }
    }
    for _ in 0..16 {
        let deg = random.range(-1.5, 1.5);
        let page = |seed, deg| degrade::decode(&pages::draw(seed, 0, deg, 1.0));
        let columns = [page(random.next(), deg), page(random.next(), deg)];
        all.push(("wide, two columns".to_owned(), two_columns(&columns, &mut random)));
    }
    if SEEDS_OF_REAL.contains(&seed) {
        all.extend(real().into_iter().map(|page| ("real pages".to_owned(), page)));
    }
    all
}

/// Sets the writing of two pages side by side on a wide sheet with 15 to 25 mm of margin and 6 to 14 between them.
fn two_columns(pages: &[Raster; 2], random: &mut Random) -> Raster {
    let per_mm = f64::from(pages[0].width) / 210.0;
    // The writing of a drawn letter begins 21 mm from the edges.
    let (margin, between) = (random.range(15.0, 25.0), random.range(6.0, 14.0));
    let cut = |page: &Raster, left_mm: f64, right_mm: f64| {
        let (width, height) = (page.width as usize, page.height as usize);
        let (from, to) =
            ((left_mm.max(0.0) * per_mm) as usize, width - (right_mm.max(0.0) * per_mm) as usize);
        let pixels = binding::gray(page).chunks_exact(width).flat_map(|row| row[from..to].to_vec()).collect();
        Raster::gray((to - from) as u32, height as u32, pixels)
    };
    let left = cut(&pages[0], 21.0 - margin, 21.0 - between / 2.0);
    let right = cut(&pages[1], 21.0 - between / 2.0, 21.0 - margin);
    binding::bound(&left, &right, 255, Meeting::White)
}

fn fold(random: &mut Random) -> Meeting {
    MEETINGS[random.below(3)].1(random)
}

fn lower_cut(page: &Raster) -> Raster {
    let height = page.width * 210 / 297;
    let pixels = binding::gray(page)[..(page.width * height) as usize].to_vec();
    Raster::gray(page.width, height, pixels)
}
