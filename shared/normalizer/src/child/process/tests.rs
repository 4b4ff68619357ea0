use super::*;
use crate::fixtures::{TiffPage, child_program, pdf, pdf_of, tiff, tiff_of};

const TASK: Task = Task {
    max_bytes: 64 << 20,
    max_pixels: 120_000_000,
    max_pages: 50,
    max_page_ms: 120_000,
    page_cpu_ms: 120_000,
    max_memory_bytes: 1 << 30,
    target_dpi: 200,
    jpeg_quality: 80,
    webp: false,
    bilevel: false,
    preview_px: 300,
    preview_only: false,
    cpu_s: 60,
    memory_bytes: 480 << 20,
    heic_memory_bytes: 1 << 30,
    must_confine: true,
};

fn real() -> ChildProgram {
    ChildProgram::at(child_program())
}

/// A program that is not what it should be: one of the scripts in `tests/impostors`.
async fn fault_of(impostor: &str, task: &Task) -> ChildFault {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/impostors").join(impostor);
    ChildProgram::at(path).open(task, &pdf(1)).await.unwrap_err()
}

fn is(fault: &ChildFault, expected: ImageError) -> bool {
    matches!(fault, ChildFault::Image(error) if *error == expected)
}

#[tokio::test]
async fn every_page_of_a_pdf_and_of_a_tiff_comes_out_of_the_child() {
    for file in [pdf(3), tiff(&[TiffPage::Good; 3])] {
        let (mut child, page_count) = real().open(&TASK, &file).await.unwrap();
        assert_eq!(page_count, 3);
        for index in [2, 0, 1] {
            let page = child.page(index).await.unwrap();
            assert_eq!(page.report.page, index + 1);
            assert!(page.bytes.starts_with(&[0xFF, 0xD8]) && page.preview.starts_with(&[0xFF, 0xD8]));
        }
    }
}

#[tokio::test]
async fn a_bad_page_costs_itself_and_the_child_goes_on() {
    let file = tiff(&[TiffPage::Good, TiffPage::Corrupt, TiffPage::Good]);
    let (mut child, _) = real().open(&TASK, &file).await.unwrap();
    assert!(child.page(0).await.is_ok());
    let fault = child.page(1).await.unwrap_err();
    assert!(fault.alive && !fault.spent, "{fault:?}");
    assert!(child.page(2).await.is_ok());
    let beyond = PageFault { error: ImageError::NoSuchPage, alive: true, spent: false };
    assert_eq!(child.page(3).await.unwrap_err(), beyond);
}

#[tokio::test]
async fn a_file_that_cannot_be_opened_has_its_code() {
    let fault = real().open(&TASK, b"%PDF-1.4 and nothing else").await.unwrap_err();
    assert!(is(&fault, ImageError::Corrupt), "{fault:?}");
    let few = Task { max_pages: 2, ..TASK };
    let fault = real().open(&few, &pdf(3)).await.unwrap_err();
    assert!(is(&fault, ImageError::TooManyPages), "{fault:?}");
}

#[tokio::test]
async fn the_child_can_open_nothing_and_has_its_limits() {
    let (child, _) = real().open(&TASK, &pdf(1)).await.unwrap();
    let id = child.process.id().unwrap();
    let limits = std::fs::read_to_string(format!("/proc/{id}/limits")).unwrap();
    let limit = |name: &str| -> Vec<String> {
        let line = limits.lines().find(|line| line.starts_with(name)).unwrap();
        line[26..].split_whitespace().take(2).map(str::to_owned).collect()
    };
    assert_eq!(limit("Max open files"), ["3", "3"]);
    assert_eq!(limit("Max data size"), [(480_u64 << 20).to_string(), (480_u64 << 20).to_string()]);
    assert_eq!(limit("Max address space"), [(2016_u64 << 20).to_string(), (2016_u64 << 20).to_string()]);
    assert_eq!(limit("Max cpu time"), ["60", "61"]);
    assert_eq!(limit("Max file size"), ["0", "0"]);
    assert_eq!(limit("Max core file size"), ["0", "0"]);
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap();
    let says = |name: &str| status.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
    // Calls are filtered, and a program with other rights would not get them.
    assert_eq!((says("Seccomp:"), says("NoNewPrivs:")), (Some("2"), Some("1")));
    let environment = std::fs::read(format!("/proc/{id}/environ")).unwrap();
    assert!(environment.is_empty());
}

#[tokio::test]
async fn a_child_that_cannot_give_up_its_rights_gets_no_file_and_the_file_is_not_blamed() {
    let fault = fault_of("cannot", &TASK).await;
    assert!(matches!(&fault, ChildFault::Start(error) if error.to_string() == "no filter here"), "{fault:?}");
    assert!(real().check(&TASK).await.unwrap());
}

#[cfg(feature = "heic")]
#[tokio::test]
async fn a_photo_of_a_phone_comes_out_of_the_child() {
    let photo = include_bytes!("../../../../imaging/tests/fixtures/page.heic");
    let (mut child, page_count) = real().open(&TASK, photo).await.unwrap();
    assert_eq!(page_count, 1);
    assert!(child.page(0).await.unwrap().bytes.starts_with(&[0xFF, 0xD8]));
}

#[tokio::test]
async fn a_child_that_runs_out_of_memory_says_so() {
    let small = Task { memory_bytes: 48 << 20, ..TASK };
    let mut file = tiff(&[TiffPage::Good]);
    file.resize(64 << 20, 0);
    let fault = real().open(&small, &file).await.unwrap_err();
    assert!(is(&fault, ImageError::OutOfMemory), "{fault:?}");
}

/// A page of print in colour, 16 bits a sample, in runs of equal bytes (PackBits, TIFF 6.0, section 9): the most that a page
/// of so many pixels takes of a decoder.
fn fifty_million_pixels() -> Vec<u8> {
    let (width, height) = (6_120, 8_160);
    let row = |ink: u8| -> Vec<u8> {
        let lengths = std::iter::repeat_n(128, 286).chain([112]);
        let run = |(at, length): (usize, usize)| [(257 - length) as u8, if at % 3 == 1 { ink } else { 240 }];
        lengths.enumerate().flat_map(run).collect()
    };
    let (paper, print) = (row(240), row(30));
    let rows = (0..height).flat_map(|y| if y / 40 % 3 == 1 { &print } else { &paper });
    let data: Vec<u8> = rows.copied().collect();
    let tags =
        [(256, width), (257, height), (258, 16), (259, 32_773), (262, 2), (273, 8), (277, 3), (278, height)];
    tiff_of(&data, &[&tags[..], &[(279, data.len() as u32)]].concat(), 0)
}

/// A drawing on which each of `count` fills is a pattern as large as the sheet, which the renderer keeps until its end.
fn patterns(count: usize) -> Vec<u8> {
    let stream = |entries: &str, data: &str| {
        format!("<< /Length {} {entries} >>\nstream\n{data}\nendstream", data.len())
    };
    let page = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 280] /Contents 4 0 R /Resources << /Pattern << /P 5 0 R >> >> >>";
    let pattern = "/Type /Pattern /PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 200 280] /XStep 200 /YStep 280 /Resources << >>";
    pdf_of(&[
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Count 1 /Kids [3 0 R] >>".to_owned(),
        page.to_owned(),
        stream("", &"/Pattern cs /P scn 0 0 200 280 re f\n".repeat(count)),
        stream(pattern, "0 g 50 50 20 20 re f"),
    ])
}

#[tokio::test]
async fn the_largest_page_that_a_scanner_writes_fits_the_memory_of_a_child() {
    let (mut child, _) = real().open(&TASK, &fifty_million_pixels()).await.unwrap();
    assert!(child.page(0).await.is_ok());
}

#[tokio::test]
async fn a_drawing_that_takes_more_memory_than_a_scan_costs_that_page_alone() {
    // Each fill takes 1.7 MB: a small sheet and little memory tell the same in less time.
    let small = Task { memory_bytes: 40 << 20, ..TASK };
    let (mut child, _) = real().open(&small, &patterns(1)).await.unwrap();
    assert!(child.page(0).await.is_ok());
    let (mut child, _) = real().open(&small, &patterns(30)).await.unwrap();
    assert_eq!(child.page(0).await.unwrap_err(), PageFault::of_dead(ImageError::OutOfMemory));
}

#[test]
fn only_a_photo_of_a_phone_may_take_more_memory_than_a_scan() {
    let memory = |file: &[u8]| TASK.for_type(MediaType::sniff(file)).memory_bytes;
    assert_eq!(memory(b"\0\0\0\x18ftypheic"), 1 << 30);
    for file in [pdf(1), tiff(&[TiffPage::Good]), Vec::new()] {
        assert_eq!(memory(&file), 480 << 20);
    }
}

#[tokio::test]
async fn a_child_that_hangs_is_killed_in_time() {
    let hasty = Task { max_page_ms: 1, ..TASK };
    let fault = fault_of("hangs", &hasty).await;
    assert!(is(&fault, ImageError::TimedOut), "{fault:?}");
}

#[tokio::test]
async fn a_child_that_dies_or_lies_is_the_files_fault() {
    for impostor in ["ends", "crashes", "babbles", "leaves"] {
        let fault = fault_of(impostor, &TASK).await;
        assert!(is(&fault, ImageError::Panicked), "{impostor}: {fault:?}");
    }
    let fault = fault_of("starves", &TASK).await;
    assert!(is(&fault, ImageError::OutOfMemory), "{fault:?}");
}

#[tokio::test]
async fn a_program_that_is_not_there_is_not_the_files_fault() {
    let nowhere = ChildProgram::at(PathBuf::from("/no/such/program"));
    assert!(matches!(nowhere.open(&TASK, &pdf(1)).await.unwrap_err(), ChildFault::Start(_)));
}

#[tokio::test]
async fn a_dropped_child_does_not_live_on() {
    let (child, _) = real().open(&TASK, &pdf(1)).await.unwrap();
    let mut status = child.process.id().map(|id| format!("/proc/{id}/stat")).unwrap();
    drop(child);
    let gone = async {
        // Gone, or a zombie that tokio is about to reap.
        while std::fs::read_to_string(&status).is_ok_and(|stat| !stat.contains(") Z ")) {
            tokio::task::yield_now().await;
        }
        status.clear();
    };
    timeout(Duration::from_secs(10), gone).await.unwrap();
}

#[test]
fn the_way_a_child_died_becomes_a_code() {
    let killed_by = |signal| ExitStatus::from_raw(signal);
    assert_eq!(cause(killed_by(SIGXCPU), b""), ImageError::TimedOut);
    assert_eq!(cause(killed_by(6), b"memory allocation of 9 bytes failed\n"), ImageError::OutOfMemory);
    assert_eq!(cause(killed_by(6), b"has overflowed its stack"), ImageError::Panicked);
    assert_eq!(cause(killed_by(11), b""), ImageError::Panicked);
}

#[test]
fn a_program_of_another_name_does_not_take_itself_for_the_decoder() {
    assert_eq!(ChildProgram::find(Path::new("")), None);
    assert!(ChildProgram::find(Path::new("/usr/bin/berkas")).is_some());
}

/// With the weights that `scripts/fetch-orientation-model` left in the folder `ORIENTATION_MODEL_DIR`.
#[cfg(feature = "orientation-net")]
mod with_a_network {
    use berkas_imaging::{Document, Limits, NormalizedPage, Pixels, normalize};
    use berkas_samples::{Exposure, Original};

    use super::*;
    use crate::fixtures::tiff_of;
    use crate::model::Model;

    /// The page of a photo in a file that only children open: grey, with no resolution stated.
    fn as_tiff(jpeg: &[u8]) -> Vec<u8> {
        let page = Document::open(jpeg, &Limits::default()).unwrap().page(0).unwrap();
        let (width, height) = (page.width, page.height);
        let pixels = match page.pixels {
            Pixels::Gray(pixels) => pixels,
            Pixels::Rgb(pixels) => pixels.chunks_exact(3).map(|pixel| pixel[1]).collect(),
        };
        let tags =
            [(256, width), (257, height), (258, 8), (259, 1), (262, 1), (273, 8), (277, 1), (278, height)];
        let tags = [&tags[..], &[(279, width * height)]].concat();
        tiff_of(&pixels, &tags, 0)
    }

    fn made_here(file: &[u8], model: &Model) -> NormalizedPage {
        let document = Document::open(file, &Limits::default()).unwrap();
        normalize(&document, 0, &TASK.options(model), &TASK.limits()).unwrap()
    }

    #[tokio::test]
    async fn it_is_asked_in_the_child_as_in_this_process() {
        let Some(folder) = std::env::var_os("ORIENTATION_MODEL_DIR") else {
            eprintln!("SKIPPED: ORIENTATION_MODEL_DIR is not set");
            return;
        };
        let weights: Bytes = std::fs::read(Path::new(&folder).join("orientation.onnx")).unwrap().into();
        let model = Model::of_bytes(weights.clone());
        let all = Original::all(3, "2026-11-24".parse().unwrap(), 1);
        // One of those on which letters alone say nothing.
        let file = all.iter().map(|page| as_tiff(&page.exposed(&Exposure::Turned(180), 3).bytes));
        let turned = |file: &Vec<u8>, model: &Model| made_here(file, model).report.rotation_deg;
        let file =
            file.skip(1).find(|file| turned(file, &Model::default()) == 0 && turned(file, &model) == 180);
        let file = file.expect("a page that needs the network");
        let (mut child, _) = real().with_model(weights).open(&TASK, &file).await.unwrap();
        assert_eq!(child.page(0).await.unwrap().report.rotation_deg, 180);
        let (mut child, _) = real().open(&TASK, &file).await.unwrap();
        assert_eq!(child.page(0).await.unwrap().report.rotation_deg, 0, "without it");
    }
}
