//! Memory: each page is normalized in a process of its own, and the most that it held is set against its pixels.

use std::path::{Path, PathBuf};
use std::process::Command;

use berkas_imaging::{Document, Limits, Options, normalize};

use crate::degrade;
use crate::pages::{self, Random};
use crate::skew::scans;

/// Bytes a pixel, and beside, that a page may take.
const AIM: (f64, f64) = (3.0, 10e6);

/// The first argument of the process that normalizes one file.
pub(crate) const OF_ONE: &str = "memory-of";

/// Prints the table.
pub(crate) fn run() {
    let folder = std::env::temp_dir().join(format!("berkas-memory-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("temporary folder");
    println!("memory, one page to a process; the aim is 3 bytes a pixel and 10 MB");
    for path in files(&folder) {
        let program = std::env::current_exe().expect("this program");
        let output = Command::new(program).arg(OF_ONE).arg(&path).output().expect("this program runs");
        let text = String::from_utf8_lossy(&output.stdout);
        let numbers: Vec<f64> = text.split_whitespace().filter_map(|word| word.parse().ok()).collect();
        let &[file, pixels, before, most] = numbers.as_slice() else {
            println!("  {} could not be measured", path.display());
            continue;
        };
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let aim = AIM.0 * pixels + AIM.1;
        println!(
            "  {name:34} {:5.1} million pixels, file {:4.1} MB, process {:4.1} MB before and {:5.1} MB at most: {:4.1} bytes a pixel, {:.2} of the aim",
            pixels / 1e6,
            file / 1e6,
            before / 1e6,
            most / 1e6,
            (most - before) / pixels,
            most / aim
        );
    }
    let _ = std::fs::remove_dir_all(folder);
}

/// Normalizes one file, as the scan worker does, and prints its bytes, its pixels and what the process held before and at most.
pub(crate) fn of_one(path: &Path) {
    let bytes = std::fs::read(path).expect("file");
    let before = held("VmHWM:");
    // A machine that does other things beside is slow, and holds no more for it.
    let limits = Limits { max_page_ms: 600_000, ..Limits::default() };
    let document = Document::open(&bytes, &limits).expect("own file");
    let made = normalize(&document, 0, &Options::default(), &limits).expect("own file normalizes");
    let most = held("VmHWM:");
    let page = document.page(0).expect("own file");
    std::hint::black_box(made);
    println!("{} {} {before} {most}", bytes.len(), u64::from(page.width) * u64::from(page.height));
}

/// Pages as scanners and phones make them, and the real ones where they are at hand.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for (name, zoom) in [("a4-200dpi.jpg", 1.0), ("a4-300dpi.jpg", 1.5), ("a4-400dpi.jpg", 2.0)] {
        let drawn = degrade::decode(&pages::draw(5, 0, 1.3, zoom));
        let path = folder.join(name);
        std::fs::write(&path, degrade::scanned(&drawn, &mut Random(5))).expect("temporary file");
        files.push(path);
    }
    let real = std::fs::read_dir(scans()).into_iter().flatten().flatten().map(|file| file.path());
    let mut real: Vec<PathBuf> = real.filter(|path| path.extension().is_some_and(|e| e == "jpg")).collect();
    real.sort();
    // Pages of one series are alike.
    files.extend(real.into_iter().step_by(4));
    files
}

/// Returns a line of the kernel's account of this process, in bytes.
fn held(line: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let found = status.lines().find_map(|text| text.strip_prefix(line));
    let kibibytes = found.and_then(|text| text.split_whitespace().next()).and_then(|text| text.parse().ok());
    1024 * kibibytes.unwrap_or(0_u64)
}
