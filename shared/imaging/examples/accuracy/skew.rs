//! Skew: drawn pages with exact truth, the real scans, and the change when a page is turned.

use std::path::{Path, PathBuf};
use std::time::Instant;

use berkas_imaging::{Raster, measure_skew};

use crate::degrade;
use crate::pages::{self, Random};
use crate::peers::Peers;

/// Prints the table of errors.
pub(crate) fn run() {
    println!("skew, exact truth (drawn pages, blurred, unevenly lit, noisy, JPEG 75)");
    let seeds = std::env::var("SEEDS").ok().and_then(|seeds| seeds.parse().ok()).unwrap_or(40);
    for (name, range, zoom) in [
        ("300 dpi, below 5 deg", 4.8, 1.5),
        ("300 dpi, 5 to 14.5 deg", 14.5, 1.5),
        ("200 dpi, below 5 deg", 4.8, 1.0),
        ("200 dpi, 5 to 14.5 deg", 14.5, 1.0),
    ] {
        let errors: Vec<f64> = (0..seeds).map(|seed| drawn_error(seed, range, zoom)).collect();
        print_errors(name, &errors);
    }
    real();
}

fn drawn_error(seed: u64, range: f64, zoom: f64) -> f64 {
    let mut random = Random(seed * 7919 + (range * 10.0) as u64);
    let size = if range < 5.0 { random.range(0.0, range) } else { random.range(5.0, range) };
    let deg = if random.below(2) == 0 { size } else { -size };
    let kind = seed as usize % pages::KINDS.len();
    let page = degrade::decode(&pages::draw(seed, kind, deg, zoom));
    let scan = degrade::decode(&degrade::scanned(&page, &mut random));
    let (found, confidence) = measure_skew(&scan);
    let error = found - deg;
    if error.abs() > 0.03 {
        println!(
            "    {:6} seed {seed:3} truth {deg:8.3} found {found:8.3} confidence {confidence:.2}",
            pages::KINDS[kind]
        );
    }
    error
}

fn print_errors(name: &str, errors: &[f64]) {
    if errors.is_empty() {
        return;
    }
    let mut sorted: Vec<f64> = errors.iter().map(|error| error.abs()).collect();
    sorted.sort_by(f64::total_cmp);
    let count = sorted.len() as f64;
    let mean = sorted.iter().sum::<f64>() / count;
    let bias = errors.iter().sum::<f64>() / count;
    let within = |limit: f64| 100.0 * sorted.iter().filter(|&&error| error <= limit).count() as f64 / count;
    println!(
        "  {name:24} n {:4}  mean {mean:.4}  median {:.4}  bias {bias:+.4}  <=0.1: {:5.1} %  <=0.2: {:5.1} %  worst {:.3}",
        sorted.len(),
        sorted[sorted.len() / 2],
        within(0.1),
        within(0.2),
        sorted[sorted.len() - 1]
    );
}

/// Folder of the real scans beside the checkout.
pub(crate) fn scans() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/scans")
}

/// What was said of one real scan.
struct Answers {
    truth: f64,
    /// Name and answer of each method, in the same order for every page.
    of: Vec<(&'static str, Option<f64>)>,
}

impl Answers {
    /// Returns the median of what the other methods say.
    fn without(&self, method: usize) -> Option<f64> {
        let others = self.of.iter().enumerate().filter(|(at, _)| *at != method);
        let mut angles: Vec<f64> = others.filter_map(|(_, (_, angle))| *angle).collect();
        angles.sort_by(f64::total_cmp);
        let middle = angles.len() / 2;
        match angles.len() {
            0 => None,
            count if count % 2 == 0 => Some((angles[middle - 1] + angles[middle]) / 2.0),
            _ => Some(angles[middle]),
        }
    }
}

fn print_answers(pages: &[Answers], truth: impl Fn(&Answers, usize) -> Option<f64>) {
    let methods = pages.first().map_or(0, |page| page.of.len());
    for method in 0..methods {
        let error = |page: &Answers| Some(page.of[method].1? - truth(page, method)?);
        let errors: Vec<f64> = pages.iter().filter_map(error).collect();
        print_errors(pages[0].of[method].0, &errors);
    }
}

fn real() {
    let Ok(table) = std::fs::read_to_string(scans().join("skew.csv")) else {
        println!("real scans: folder not there, skipped");
        return;
    };
    let folder = std::env::temp_dir().join(format!("berkas-skew-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("temporary folder");
    let peers = Peers::find(&folder);
    let mut answers: Vec<Answers> = Vec::new();
    let (mut changes, mut far) = (Vec::new(), Vec::new());
    let mut time = 0.0;
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(scans()).expect("folder").flatten().map(|f| f.path()).collect();
    files.sort();
    for path in files.iter().filter(|path| path.extension().is_some_and(|e| e == "jpg")) {
        let name = path.file_name().expect("name").to_string_lossy().into_owned();
        let page = degrade::decode(&std::fs::read(path).expect("file"));
        let (width, height) = (page.width, page.height);
        let plain = degrade::gray(&page);
        let page = Raster::gray(width, height, plain.clone());
        let start = Instant::now();
        let (found, confidence) = measure_skew(&page);
        time += start.elapsed().as_secs_f64() * 1000.0;
        let truth = table.lines().find_map(|line| {
            let mut fields = line.split(',');
            (fields.next() == Some(&name))
                .then(|| fields.next().and_then(|f| f.parse::<f64>().ok()))
                .flatten()
        });
        println!(
            "    {name:34} {width}x{height} found {found:7.3} truth {truth:?} confidence {confidence:.2}"
        );
        if let Some(truth) = truth {
            let ours = std::iter::once(("ours", Some(found)));
            answers.push(Answers { truth, of: ours.chain(peers.angles(path)).collect() });
        }
        let mut random = Random(found.to_bits());
        for (low, high, into) in [(0.5, 4.8, &mut changes), (5.0, 13.0, &mut far)] {
            for sign in [-1.0, 1.0] {
                let by = sign * random.range(low, high);
                let turned = degrade::turned(&plain, width as usize, height as usize, by);
                let (after, _) = measure_skew(&Raster::gray(width, height, turned));
                into.push(after - found - by);
            }
        }
    }
    let _ = std::fs::remove_dir_all(folder);
    println!("  real scans against the agreed values");
    print_answers(&answers, |page, _| Some(page.truth));
    println!("  real scans, each against the median of the others of this list");
    print_answers(&answers, Answers::without);
    print_errors("change, turned below 5", &changes);
    print_errors("change, turned 5 to 13", &far);
    println!("  time, real scans: mean {:.2} ms", time / 22.0);
}
