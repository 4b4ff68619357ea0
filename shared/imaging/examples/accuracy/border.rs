//! Surroundings: what is left of a table or a lid around the paper, what was lost of the writing, and what was cut from pages
//! that have none. The limits were set with a view to the first seeds; the others were only looked at afterwards.

use std::sync::Mutex;

use berkas_imaging::{Crop, Limits, Options, PageReport, Raster, normalize_raster};
use berkas_samples::{Bed, Degradation, Exposure, Layout, Original};

use crate::mapping::Mapping;
use crate::pages::Random;
use crate::{degrade, skew};

const TUNED: [u64; 3] = [1, 201, 202];
const HELD_OUT: [u64; 2] = [301, 302];

/// Share of a page's pixels that may be dark surroundings where it counts as cropped fully.
const FULLY: f64 = 0.001;
/// Shade below which a pixel of a normalized page is dark: paper is 247.
const DARK: u8 = 170;
/// Pixels beside the paper's edge that are not counted, for they are blurred and the truth is rounded.
const RIM: usize = 2;

/// Name, and how a page is exposed.
type Condition = (&'static str, fn(&mut Random) -> Exposure);
/// From this number on something throws a shadow with an edge over what a condition makes.
const SHADED_FROM: u64 = 200;

fn with(degradation: Degradation) -> Exposure {
    Exposure::With(vec![Degradation::Noise { sigma: 2.5 }, degradation])
}

fn laid(random: &mut Random, shades: (f64, f64), more: Option<Degradation>) -> Exposure {
    far(random, shades, (0.0, 25.0), more)
}

fn far(
    random: &mut Random,
    shades: (f64, f64),
    margins_mm: (f64, f64),
    more: Option<Degradation>,
) -> Exposure {
    let noise = Degradation::Noise { sigma: random.range(1.0, 6.0) as f32 };
    Exposure::Laid(Bed {
        shade: random.range(shades.0, shades.1) as u8,
        skew_deg: random.range(-12.0, 12.0),
        margin_mm: random.range(margins_mm.0, margins_mm.1) as f32,
        degradations: std::iter::once(noise).chain(more).collect(),
    })
}

const DARK_AROUND: [Condition; 7] = [
    ("black border 2-9 mm", |r| with(Degradation::BlackBorder { width_mm: r.range(2.0, 9.0) as f32 })),
    ("wooden table, perspective", |r| {
        with(Degradation::Perspective { strength: r.range(0.01, 0.035) as f32 })
    }),
    ("laid on 5-60, +-12 deg", |r| laid(r, (5.0, 60.0), None)),
    ("laid on 60-120, +-12 deg", |r| laid(r, (60.0, 120.0), None)),
    ("laid on 120-150, +-12 deg", |r| laid(r, (120.0, 150.0), None)),
    ("laid on 5-120, in a shadow", |r| {
        let depth = r.range(0.12, 0.4) as f32;
        laid(r, (5.0, 120.0), Some(Degradation::Shadow { depth }))
    }),
    ("from afar, laid on 5-120", |r| far(r, (5.0, 120.0), (80.0, 150.0), None)),
];

/// Pages on which something throws a shadow with an edge: a hand, a shelf, the telephone.
const SHADED: [Condition; 2] = [
    ("edge of a shadow", |_| Exposure::With(vec![Degradation::Noise { sigma: 2.5 }])),
    ("the same, laid on 5-60", |r| laid(r, (5.0, 60.0), None)),
];

const WITHOUT: [Condition; 6] = [
    ("as scanned, white lid", |_| Exposure::With(vec![Degradation::Noise { sigma: 2.5 }])),
    ("shadow 0.12-0.4", |r| with(Degradation::Shadow { depth: r.range(0.12, 0.4) as f32 })),
    ("dim 0.6-0.85", |r| with(Degradation::Dark { gain: r.range(0.6, 0.85) as f32 })),
    ("cut 0.5-20 %", |r| with(Degradation::CutOff { part: r.range(0.005, 0.2) as f32 })),
    ("worn, coloured paper", |_| {
        let noise = Degradation::Noise { sigma: 2.5 };
        Exposure::With(vec![noise, Degradation::ColouredPaper { rgb: [226, 210, 178] }, Degradation::Worn])
    }),
    ("JPEG quality 38", |_| with(Degradation::JpegArtefacts { quality: 38 })),
];

/// Prints the tables.
pub(crate) fn run() {
    for (name, seeds) in [("limits set on these", &TUNED[..]), ("held out", &HELD_OUT)] {
        println!("surroundings, pages of the sample generator, {name}: seeds {seeds:?}");
        for (number, condition) in (0..).zip(&DARK_AROUND) {
            if !crate::is_wanted(condition.0) {
                continue;
            }
            tally(*condition, number, seeds).print_dark(condition.0);
        }
        println!("pages without surroundings, the same seeds");
        for (number, condition) in (100..).zip(&WITHOUT) {
            if !crate::is_wanted(condition.0) {
                continue;
            }
            tally(*condition, number, seeds).print_without(condition.0);
        }
        for (number, condition) in (SHADED_FROM..).zip(&SHADED) {
            if !crate::is_wanted(condition.0) {
                continue;
            }
            tally(*condition, number, seeds).print_without(condition.0);
        }
    }
    if crate::is_wanted("real") {
        real();
    }
}

/// What became of some pages.
#[derive(Debug, Default)]
struct Tally {
    pages: u32,
    /// Pages on which no more than [`FULLY`] is surroundings, and the largest share.
    full: u32,
    most_left: f64,
    /// Pages that were cropped.
    cropped: u32,
    /// Pixels of ink, and those that are gone.
    ink: u64,
    lost: u64,
    /// Pages that lost ink.
    losers: u32,
}

impl Tally {
    fn add(&mut self, layout: &Layout, page: &Raster, report: &PageReport) {
        let mapping = Mapping::new((layout.width, layout.height), page, report);
        let left = surroundings_left(layout, &mapping, page);
        let (ink, lost) = layout
            .ink()
            .fold((0, 0), |(ink, lost), place| (ink + 1, lost + u64::from(mapping.is_lost(place))));
        self.pages += 1;
        self.full += u32::from(left <= FULLY);
        self.most_left = self.most_left.max(left);
        let is_cut = |crop: Crop| {
            let (right, bottom) = (crop.left + crop.width as i32, crop.top + crop.height as i32);
            crop.left > 0 || crop.top > 0 || right < layout.width as i32 || bottom < layout.height as i32
        };
        self.cropped += u32::from(report.crop.is_some_and(is_cut));
        self.ink += ink;
        self.lost += lost;
        self.losers += u32::from(lost > 0);
    }

    fn print_dark(&self, name: &str) {
        let Self { pages, full, most_left, ink, lost, losers, .. } = self;
        println!(
            "  {name:28} {full:4} of {pages:4} fully, most left {:5.2} %; ink lost {lost} of {ink} pixels, on {losers} pages",
            100.0 * most_left
        );
    }

    fn print_without(&self, name: &str) {
        let Self { pages, cropped, ink, lost, losers, .. } = self;
        println!(
            "  {name:28} {cropped:4} of {pages:4} cropped; ink lost {lost} of {ink} pixels, on {losers} pages"
        );
    }
}

/// Returns the share of a page that shows dark surroundings.
fn surroundings_left(layout: &Layout, mapping: &Mapping<'_>, page: &Raster) -> f64 {
    let (width, height) = (page.width as usize, page.height as usize);
    let is_beside = |x: i64, y: i64| {
        let rim = RIM as i64;
        let corners = [(x - rim, y - rim), (x + rim, y - rim), (x - rim, y + rim), (x + rim, y + rim)];
        corners.into_iter().all(|(x, y)| {
            let inside = (0..layout.width as i64).contains(&x) && (0..layout.height as i64).contains(&y);
            inside && !layout.is_paper(x as usize, y as usize)
        })
    };
    let places = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    let left = places.filter(|&(x, y)| mapping.shade(x, y) < DARK).filter(|&place| {
        let (x, y) = mapping.source(place);
        is_beside(x, y)
    });
    left.count() as f64 / (width * height) as f64
}

/// Normalizes every page of these seeds under one condition, on all cores.
fn tally((_, exposure): Condition, number: u64, seeds: &[u64]) -> Tally {
    let day = chrono::NaiveDate::from_ymd_opt(2026, 11, 24).expect("a day");
    let all = Mutex::new(Tally::default());
    for &seed in seeds {
        let originals = Original::all(seed, day, 1);
        let work = Mutex::new(originals.iter().zip(1000 * seed..));
        let normalize = || {
            while let Some((original, seed)) = { work.lock().expect("no panic").next() } {
                let mut random = Random(seed * 100 + number);
                let exposure = exposure(&mut random);
                let (specimen, layout) = original.exposed_with_layout(&exposure, random.next());
                let mut picture = degrade::decode(&specimen.bytes);
                if number >= SHADED_FROM {
                    degrade::half_shaded(&mut picture, &mut random);
                }
                let (page, report) = normalized(picture);
                if report.rotation_deg != 0 {
                    println!("    {:?} was turned by {}", original.kind(), report.rotation_deg);
                    continue;
                }
                all.lock().expect("no panic").add(&layout, &page, &report);
            }
        };
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        std::thread::scope(|scope| (0..cores).for_each(|_| drop(scope.spawn(normalize))));
    }
    all.into_inner().expect("no panic")
}

fn normalized(page: Raster) -> (Raster, PageReport) {
    normalize_raster(page, 0, &Options::default(), &Limits::default()).expect("own page normalizes")
}

/// The real scans in all four positions: what was cut, in the same words however the page lay.
fn real() {
    let Ok(folder) = std::fs::read_dir(skew::scans()) else {
        println!("real scans: folder not there, skipped");
        return;
    };
    let mut files: Vec<_> = folder.flatten().map(|entry| entry.path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "jpg"));
    files.sort();
    let (mut pages, mut cropped) = (0, 0);
    for path in files {
        let page = degrade::decode(&std::fs::read(&path).expect("file"));
        let (mut size, mut pixels) = ((page.width as usize, page.height as usize), degrade::gray(&page));
        print!("    {:34}", path.file_name().unwrap_or_default().to_string_lossy());
        for _ in 0..4 {
            let lying = Raster::gray(size.0 as u32, size.1 as u32, pixels.clone());
            let (_, report) = normalized(lying);
            pages += 1;
            cropped += u32::from(report.crop.is_some());
            match report.crop {
                Some(Crop { left, top, width, height }) => print!(" {width}x{height}{left:+}{top:+}"),
                None => print!(" whole"),
            }
            pixels = degrade::quarter_turned(&pixels, size.0, size.1);
            size = (size.1, size.0);
        }
        println!();
    }
    println!("  real scans, in four positions: {cropped} of {pages} cropped");
}
