//! Time: the steps of one page against libjpeg-turbo, leptonica, jdeskew, ImageMagick, unpaper and OCRmyPDF, where they are
//! installed.
//! Our times are by the clock, the best of several; those of other programs are processor time.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use berkas_imaging::{
    Document, Limits, Options, Raster, encode_jpeg, measure_skew, normalize, normalize_raster,
};

use crate::degrade;
use crate::pages::{self, Random};
use crate::peers::Peers;
use crate::skew::scans;

/// Prints the tables.
pub(crate) fn run() {
    let folder = std::env::temp_dir().join(format!("berkas-accuracy-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("temporary folder");
    let peers = Peers::find(&folder);
    let drawn = degrade::decode(&pages::draw(5, 0, 1.3, 1.5));
    let a4 = folder.join("a4-300dpi.jpg");
    std::fs::write(&a4, degrade::scanned(&drawn, &mut Random(5))).expect("temporary file");
    let mut files = vec![a4];
    for name in ["DAFANCH96_048MIC06480_L-0.jpg", "IMG_20190620_122818.jpg"] {
        files.extend(Some(scans().join(name)).filter(|path| path.exists()));
    }
    for path in files {
        page(&path, &peers, &folder);
    }
    let _ = std::fs::remove_dir_all(folder);
}

fn page(path: &Path, peers: &Peers, folder: &Path) {
    let bytes = std::fs::read(path).expect("file");
    let document = Document::open(&bytes, &Limits::default()).expect("own file");
    let raster = document.page(0).expect("page");
    let gray = Raster::gray(raster.width, raster.height, degrade::gray(&raster));
    println!(
        "{} ({} x {})",
        path.file_name().unwrap_or_default().to_string_lossy(),
        raster.width,
        raster.height
    );
    let options = Options::default();
    let limits = Limits::default();
    let decode = best(10, || drop(document.page(0)));
    let skew = best(20, || {
        std::hint::black_box(measure_skew(&gray));
    });
    let steps = best(5, || drop(normalize_raster(raster.clone(), 0, &options, &limits)));
    let whole = best(5, || drop(normalize(&document, 0, &options, &limits)));
    println!(
        "  decode {decode:.1} ms, skew {skew:.2} ms, all steps without coding {steps:.1} ms, whole page with preview {whole:.1} ms"
    );
    let coding = |page: &Raster| best(10, || drop(encode_jpeg(page, 75)));
    let coded = [coding(&gray), coding(&raster)];
    println!("  coding at quality 75: gray {:.1} ms, as it was decoded {:.1} ms", coded[0], coded[1]);
    if let Some(peer) = peers.times(path) {
        println!(
            "  libjpeg-turbo luma decode {:.1} ms, leptonica find skew {:.2} ms, finely {:.1} ms, deskew {:.1} ms",
            peer.decode, peer.find, peer.find_finely, peer.deskew
        );
        println!(
            "  ratios: skew / turbo decode {:.2}, leptonica / skew {:.1}, finely {:.1}, whole / turbo decode {:.1}, leptonica deskew / whole {:.1}",
            skew / peer.decode,
            peer.find / skew,
            peer.find_finely / skew,
            whole / peer.decode,
            peer.deskew / whole
        );
        println!(
            "  libjpeg-turbo codes gray {:.1} ms ({:.2} times that is ours), colour {:.1} ms ({:.2})",
            peer.coding[0],
            coded[0] / peer.coding[0],
            peer.coding[1],
            coded[1] / peer.coding[1]
        );
    }
    if let Some(ms) = peers.jdeskew_time(path) {
        println!("  jdeskew {ms:.0} ms, {:.0} times our search for the skew", ms / skew);
    }
    let pgm = folder.join("page.pgm");
    let mut plain = format!("P5 {} {} 255\n", gray.width, gray.height).into_bytes();
    plain.extend(degrade::gray(&gray));
    std::fs::write(&pgm, plain).expect("temporary file");
    let out = folder.join("out.pgm");
    let mut convert = Command::new("convert");
    convert.arg(path).args(["-auto-orient", "-deskew", "40%"]).arg(folder.join("out.jpg"));
    let mut unpaper = Command::new("unpaper");
    unpaper.args(["--overwrite", "-q"]).arg(&pgm).arg(&out);
    // As paperless archives run it, but that nothing is read.
    let mut ocrmypdf = Command::new("ocrmypdf");
    ocrmypdf.args(["--quiet", "--image-dpi", "300", "--tesseract-timeout", "0", "--jobs", "1"]);
    ocrmypdf.args(["--deskew", "--rotate-pages", "--clean-final"]).arg(path).arg(folder.join("out.pdf"));
    let programs = [
        ("ImageMagick -deskew", &mut convert),
        ("unpaper", &mut unpaper),
        ("OCRmyPDF without OCR", &mut ocrmypdf),
    ];
    for (name, command) in programs {
        match child_time(command) {
            Some(ms) => println!("  {name} {ms:.0} ms, {:.0} times ours", ms / whole),
            None => println!("  {name}: not installed, or it failed"),
        }
    }
}

/// Returns the least time by the clock, in milliseconds: Linux' count of a thread's processor time may move in ticks,
/// which made whole steps look free.
fn best(times: usize, mut work: impl FnMut()) -> f64 {
    (0..times)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed().as_secs_f64() * 1000.0
        })
        .fold(f64::MAX, f64::min)
}

/// Returns the processor time of a child in milliseconds, from the clock ticks that Linux counts for ended children.
fn child_time(command: &mut Command) -> Option<f64> {
    let before = children_ms();
    let output = command.output().ok()?;
    output.status.success().then(|| children_ms() - before)
}

fn children_ms() -> f64 {
    let text = std::fs::read_to_string("/proc/self/stat").expect("Linux");
    let fields: Vec<&str> = text.rsplit(") ").next().unwrap_or("").split(' ').collect();
    // Fields 16 and 17 of proc(5), counted from the state, which is field 3; a tick is 10 ms.
    fields[13..15].iter().filter_map(|field| field.parse::<f64>().ok()).sum::<f64>() * 10.0
}
