use super::*;
use crate::fixtures::{TiffPage, child_program, pdf, tiff};

const TASK: Task = Task {
    max_bytes: 64 << 20,
    max_pixels: 120_000_000,
    max_pages: 50,
    max_page_ms: 120_000,
    max_memory_bytes: 1 << 30,
    target_dpi: 200,
    jpeg_quality: 80,
    webp: false,
    bilevel: false,
    preview_px: 300,
    preview_only: false,
    cpu_s: 60,
    address_space_bytes: 2 << 30,
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
    let (error, alive) = child.page(1).await.unwrap_err();
    assert!(alive, "{error}");
    assert!(child.page(2).await.is_ok());
    assert_eq!(child.page(3).await.unwrap_err(), (ImageError::NoSuchPage, true));
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
    assert_eq!(limit("Max address space"), [(2_u64 << 30).to_string(), (2_u64 << 30).to_string()]);
    assert_eq!(limit("Max cpu time"), ["60", "60"]);
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
    let small = Task { address_space_bytes: 48 << 20, ..TASK };
    let mut file = tiff(&[TiffPage::Good]);
    file.resize(64 << 20, 0);
    let fault = real().open(&small, &file).await.unwrap_err();
    assert!(is(&fault, ImageError::OutOfMemory), "{fault:?}");
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
