//! Legibility: drawn pages with degradations of known strength, as a table of what was said against what is true.

use berkas_imaging::{Limits, Options, Raster, Verdict, normalize_raster};

use crate::degrade;
use crate::pages::{self, Random};

/// A degradation of a gray page of this width and height.
type Degradation = fn(&[u8], usize, usize) -> Vec<u8>;

/// Name, whether a person can read the result, and how it is made. Blur is in pixels at 200 dpi: text of 10 points has
/// small letters of 14 pixels.
const DEGRADATIONS: [(&str, Verdict, Degradation); 9] = [
    ("as scanned", Verdict::Ok, |pixels, _, _| pixels.to_vec()),
    ("slightly soft (sigma 1.4)", Verdict::Ok, |p, w, h| blurred(p, w, h, 3)),
    ("half the light", Verdict::Ok, |p, _, _| scaled(p, 0.55)),
    ("shadow over a corner", Verdict::Warn, shadowed),
    ("soft (sigma 3)", Verdict::Warn, |p, w, h| blurred(p, w, h, 13)),
    ("out of focus (sigma 5)", Verdict::Unreadable, |p, w, h| blurred(p, w, h, 38)),
    ("out of focus (sigma 8)", Verdict::Unreadable, |p, w, h| blurred(p, w, h, 96)),
    ("nearly dark", Verdict::Unreadable, |p, _, _| scaled(p, 0.12)),
    ("nearly white ink", Verdict::Unreadable, |p, _, _| p.iter().map(|&v| 255 - (255 - v) / 9).collect()),
];

/// Prints the table.
pub(crate) fn run() {
    println!("legibility, drawn pages: verdicts by degradation");
    println!(
        "  {:28} {:>10} | {:>5} {:>5} {:>10}  reasons",
        "degradation", "truth", "ok", "warn", "unreadable"
    );
    for (name, truth, degradation) in DEGRADATIONS {
        let mut counts = [0; 3];
        let mut reasons = std::collections::BTreeMap::new();
        for seed in 0..10 {
            let page = degrade::decode(&pages::draw(seed, seed as usize % pages::KINDS.len(), 1.1, 1.0));
            let scan = degrade::decode(&degrade::scanned(&page, &mut Random(seed)));
            let pixels = degradation(&degrade::gray(&scan), scan.width as usize, scan.height as usize);
            let mut page = Raster::gray(scan.width, scan.height, pixels);
            page.dpi = Some(200);
            let (_, report) =
                normalize_raster(page, 0, &Options::default(), &Limits::default()).expect("page");
            counts[report.verdict as usize] += 1;
            for reason in report.reasons {
                *reasons.entry(reason.code()).or_insert(0) += 1;
            }
        }
        println!(
            "  {name:28} {:>10} | {:5} {:5} {:10}  {reasons:?}",
            format!("{truth:?}").to_lowercase(),
            counts[0],
            counts[1],
            counts[2]
        );
    }
}

/// Three by three averages; each adds 2/3 to the variance.
fn blurred(pixels: &[u8], width: usize, height: usize, times: usize) -> Vec<u8> {
    (0..times).fold(pixels.to_vec(), |pixels, _| degrade::blur(&pixels, width, height))
}

fn scaled(pixels: &[u8], light: f64) -> Vec<u8> {
    pixels.iter().map(|&pixel| (f64::from(pixel) * light) as u8).collect()
}

fn shadowed(pixels: &[u8], width: usize, height: usize) -> Vec<u8> {
    let mut out = pixels.to_vec();
    for y in 0..height / 2 {
        for pixel in &mut out[y * width..y * width + width * 2 / 3] {
            *pixel = (f64::from(*pixel) * 0.5) as u8;
        }
    }
    out
}
