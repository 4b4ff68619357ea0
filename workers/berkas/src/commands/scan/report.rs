//! `berkas scan --report`: a contact sheet in one HTML file that needs nothing beside it.

use askama::Template;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use berkas_imaging::{PageReport, Verdict};
use berkas_normalizer::words;

use super::work::Line;

/// Longest edge of a picture in pixels: twice what it is shown at, for sharp screens and a look from near.
pub(super) const THUMBNAIL_PX: u32 = 900;
/// Bytes of a picture at most: forty pages are then a file that can be mailed.
pub(super) const THUMBNAIL_BYTES: usize = 120_000;

#[derive(Template)]
#[template(path = "scan-report.html")]
struct Sheet {
    version: &'static str,
    ok: usize,
    warn: usize,
    unreadable: usize,
    sections: Vec<Section>,
}

/// Pages under one heading.
struct Section {
    title_id: &'static str,
    title_en: &'static str,
    cards: Vec<Card>,
}

/// One page as it is shown.
struct Card {
    file: String,
    page: Option<u32>,
    verdict: &'static str,
    verdict_id: &'static str,
    verdict_en: &'static str,
    before: Option<String>,
    after: Option<String>,
    reasons: Vec<Reason>,
    measures: Vec<(&'static str, &'static str, String)>,
    elapsed_ms: u64,
}

pub(super) struct Reason {
    code: &'static str,
    pub(super) text_id: &'static str,
    text_en: &'static str,
}

/// Pages that are shown first at most.
const WORST: usize = 10;

/// Renders every page: the worst ten, and the others in the order of the command line.
pub(super) fn html(lines: &[Line]) -> askama::Result<String> {
    let count = |verdict| lines.iter().filter(|line| line.verdict() == verdict).count();
    let mut worst: Vec<usize> = (0..lines.len()).collect();
    // A page of many faults is worse than one of a single one; otherwise the order is kept.
    worst.sort_by_key(|&at| std::cmp::Reverse((lines[at].verdict(), lines[at].codes().len())));
    worst.truncate(WORST);
    let others = (0..lines.len()).filter(|at| !worst.contains(at));
    let section = |title_id, title_en, order: &mut dyn Iterator<Item = usize>| {
        let cards: Vec<Card> = order.map(|at| card(&lines[at], lines)).collect();
        (!cards.is_empty()).then_some(Section { title_id, title_en, cards })
    };
    let first = section("Paling buruk", "The worst", &mut worst.iter().copied());
    let then = section("Lainnya", "The others", &mut others.into_iter());
    let sheet = Sheet {
        version: env!("CARGO_PKG_VERSION"),
        ok: count(Verdict::Ok),
        warn: count(Verdict::Warn),
        unreadable: count(Verdict::Unreadable),
        sections: first.into_iter().chain(then).collect(),
    };
    sheet.render()
}

fn card(line: &Line, all: &[Line]) -> Card {
    // The number of the only page says nothing.
    let one_of_many = all.iter().any(|other| other.file == line.file && other.page > Some(1));
    let (verdict, verdict_id, verdict_en) = match line.verdict() {
        Verdict::Ok => ("ok", "terbaca", "legible"),
        Verdict::Warn => ("warn", "periksa", "have a look"),
        Verdict::Unreadable => ("unreadable", "tidak terbaca", "unreadable"),
    };
    let picture = |jpeg: &Vec<u8>| format!("data:image/jpeg;base64,{}", BASE64.encode(jpeg));
    Card {
        file: shown_name(line, all),
        page: line.page.filter(|_| one_of_many),
        verdict,
        verdict_id,
        verdict_en,
        before: line.pictures.before.as_ref().map(picture),
        after: line.pictures.after.as_ref().map(picture),
        reasons: line.codes().into_iter().map(reason).collect(),
        measures: line.result.as_ref().map(measures).unwrap_or_default(),
        elapsed_ms: line.elapsed_ms,
    }
}

/// The file's name without its folder, which says nothing to whoever gets the sheet, and may say too much. Where several
/// files of the command line have the same name, their place among those is behind it.
fn shown_name(line: &Line, all: &[Line]) -> String {
    let name = |line: &Line| line.file.file_name().unwrap_or(line.file.as_os_str()).to_owned();
    let mut alike: Vec<_> =
        all.iter().filter(|other| name(other) == name(line)).map(|other| &other.file).collect();
    // The pages of a file stand one behind the other.
    alike.dedup();
    let shown = name(line).to_string_lossy().into_owned();
    match alike.iter().position(|file| **file == line.file) {
        Some(at) if alike.len() > 1 => format!("{shown} ({})", at + 1),
        _ => shown,
    }
}

/// A code in words.
pub(super) fn reason(code: &'static str) -> Reason {
    let (text_id, text_en) = match code {
        // These are about the command line, not about a page.
        "file_not_found" => ("Berkas tidak ditemukan", "There is no such file"),
        "file_is_a_folder" => ("Ini folder, bukan berkas", "This is a folder: name the files in it"),
        "file_cannot_be_read" => ("Berkas tidak dapat dibaca", "The file cannot be read"),
        _ => words::of(code).map_or((code, code), |words| (words.id.as_str(), words.en.as_str())),
    };
    Reason { code, text_id, text_en }
}

/// An angle as it is read; nothing has no sign.
pub(super) fn degrees(angle: f64) -> String {
    if angle.abs() < 0.005 { "0.00°".to_owned() } else { format!("{angle:+.2}°") }
}

/// What was measured, named in both languages. What was not done is not told.
fn measures(report: &PageReport) -> Vec<(&'static str, &'static str, String)> {
    let mut measures = vec![
        ("ukuran", "size", format!("{} × {} px", report.width_px, report.height_px)),
        ("resolusi", "resolution", format!("{} dpi", report.dpi)),
        ("kemiringan", "skew", degrees(report.skew_deg)),
    ];
    if report.exif_turn_deg != 0 {
        measures.push(("putaran kamera", "camera turn", format!("{}°", report.exif_turn_deg)));
    }
    if report.rotation_deg != 0 {
        measures.push(("diputar balik", "turned back", format!("{}°", report.rotation_deg)));
    }
    // At the same resolution the size says it already.
    let sized = (report.width_px, report.height_px);
    if let Some(crop) = report.crop.filter(|crop| (crop.width, crop.height) != sized) {
        measures.push((
            "dipotong, sebelum diskala",
            "cropped to, before scaling",
            format!("{} × {} px", crop.width, crop.height),
        ));
    }
    if let Some(halves) = &report.halves {
        let sizes = halves
            .pages
            .map(|half| format!("{} × {} px ({:+.2}°)", half.width_px, half.height_px, half.skew_deg));
        measures.push(("kiri dan kanan", "left and right", sizes.join(", ")));
        measures.push((
            "keyakinan dua halaman",
            "confidence of two pages",
            format!("{:.2}", halves.confidence),
        ));
    }
    if report.geometry_untouched {
        measures.push(("geometri", "geometry", "tetap / untouched".to_owned()));
    }
    measures
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use berkas_imaging::ImageError;

    use super::super::work::{Pictures, Trouble};
    use super::*;

    fn line(file: String, trouble: Trouble) -> Line {
        Line {
            file: PathBuf::from(file),
            page: None,
            result: Err(trouble),
            elapsed_ms: 1,
            pictures: Pictures::default(),
        }
    }

    #[test]
    fn the_worst_ten_come_first_and_every_page_comes_once() {
        let lines: Vec<Line> = (0..13).map(|at| line(format!("{at:02}.jpg"), Trouble::NotFound)).collect();
        let html = html(&lines).unwrap();
        let place = |text: &str| html.find(text).unwrap();
        assert!(place("Paling buruk") < place("00.jpg") && place("09.jpg") < place("Lainnya"));
        assert!(place("Lainnya") < place("10.jpg"));
        assert_eq!(html.matches("<h3>").count(), 13);
    }

    #[test]
    fn files_of_one_name_are_told_apart_without_their_folders() {
        let file = |file: &str| line(file.to_owned(), Trouble::NotFound);
        let lines = [file("satu/kk.pdf"), file("satu/kk.pdf"), file("dua/kk.pdf"), file("ktp.jpg")];
        let names: Vec<_> = lines.iter().map(|line| shown_name(line, &lines)).collect();
        assert_eq!(names, ["kk.pdf (1)", "kk.pdf (1)", "kk.pdf (2)", "ktp.jpg"]);
    }

    #[test]
    fn an_angle_has_a_sign_unless_it_is_nothing() {
        assert_eq!([-1.236, -0.001, 0.0, 0.25].map(degrees), ["-1.24°", "0.00°", "0.00°", "+0.25°"]);
    }

    #[test]
    fn a_file_name_cannot_write_into_the_page_and_no_folder_is_told() {
        let line = Line {
            file: PathBuf::from("/home/rahasia/<script>alert(1)<$script>.jpg"),
            page: None,
            result: Err(Trouble::Image(ImageError::Encrypted)),
            elapsed_ms: 1,
            pictures: Pictures { before: Some(vec![0xFF]), after: None },
        };
        let html = html(&[line]).unwrap();
        assert!(!html.contains("<script") && !html.contains("rahasia"), "{html}");
        assert!(html.contains("Berkas terkunci kata sandi") && html.contains("data:image/jpeg;base64,/w=="));
        assert!(!html.contains("://"), "nothing is fetched from anywhere");
    }
}
