//! Broken files of every type through real children: each costs a code, or gives pages, and the caller goes on. `make
//! fuzz` and `make corpora` try far more of them; these are always tried.

use std::time::{Duration, Instant};

use berkas_imaging::{Document, ImageError, Limits, Options, OutputFormat, normalize};
use futures::StreamExt;
use rstest::rstest;

use super::fuzz::{self, Random};
use super::{ChildFault, ChildProgram, PageFault, Task};
use crate::fixtures::{TiffPage, child_program, pdf, pdf_of, pnm, tiff, tiff_of};

/// As the fuzzer's, in a process of its own.
const TASK: Task =
    Task { max_page_ms: 10_000, page_cpu_ms: 10_000, preview_only: true, cpu_s: 20, ..fuzz::TASK };
/// Spoiled files of each sample.
const ATTEMPTS: u64 = 16;
/// A file that takes longer hangs, on a busy machine too.
const TOO_LONG: Duration = Duration::from_secs(20);

/// What a child made of a file: the number of its pages that came out, or the first code.
async fn outcome(file: &[u8]) -> Result<u32, ImageError> {
    let started = Instant::now();
    let outcome = attempt(file).await;
    assert!(started.elapsed() < TOO_LONG, "took {:?}", started.elapsed());
    outcome
}

async fn attempt(file: &[u8]) -> Result<u32, ImageError> {
    let opened = ChildProgram::at(child_program()).open(&TASK, file).await;
    let (mut child, page_count) = opened.map_err(|fault| match fault {
        ChildFault::Image(error) | ChildFault::Spent(error) => error,
        ChildFault::Start(error) => panic!("{error}"),
    })?;
    assert!((1..=TASK.max_pages).contains(&page_count));
    for index in 0..page_count {
        child.page(index).await.map_err(|fault| fault.error)?;
    }
    Ok(page_count)
}

/// A sheet of the size of a stamp, so that it is drawn at once.
fn small_pdf() -> Vec<u8> {
    let at_200_dpi = pdf(1);
    let text = String::from_utf8(at_200_dpi).unwrap();
    text.replace("595 842", "060 084").into_bytes()
}

fn coded_as(format: OutputFormat) -> Vec<u8> {
    let page = pnm(1);
    let document = Document::open(&page, &Limits::default()).unwrap();
    normalize(&document, 0, &Options { format, ..Options::default() }, &Limits::default()).unwrap().bytes
}

fn png() -> Vec<u8> {
    let page = image::load_from_memory(&pnm(1)).unwrap();
    let mut file = std::io::Cursor::new(Vec::new());
    page.write_to(&mut file, image::ImageFormat::Png).unwrap();
    file.into_inner()
}

#[rstest]
#[case::pdf(small_pdf())]
#[case::tiff(tiff(&[TiffPage::Good, TiffPage::Good]))]
#[case::jpeg(coded_as(OutputFormat::Jpeg { quality: 80 }))]
#[case::webp(coded_as(OutputFormat::WebpLossless))]
#[case::png(png())]
#[case::pnm(pnm(1))]
#[tokio::test]
async fn a_spoiled_or_truncated_file_costs_a_code_or_gives_pages(#[case] sample: Vec<u8>) {
    spoil(&sample).await;
}

#[cfg(feature = "heic")]
#[tokio::test]
async fn a_spoiled_or_truncated_photo_of_a_phone_costs_a_code_or_gives_a_page() {
    spoil(include_bytes!("../../../imaging/tests/fixtures/page.heic")).await;
}

async fn spoil(sample: &[u8]) {
    assert!(outcome(sample).await.is_ok(), "the sample itself is sound");
    let spoiled = (0..ATTEMPTS).map(|seed| Random(seed).spoiled(sample));
    let parts = [1, 3, 30, 60, 95, 99].map(|percent| sample[..sample.len() * percent / 100].to_vec());
    let files: Vec<Vec<u8>> = spoiled.chain(parts).collect();
    let tried = files.len();
    let outcomes: Vec<_> =
        futures::stream::iter(&files).map(|file| outcome(file)).buffer_unordered(2).collect().await;
    assert_eq!(outcomes.len(), tried);
    assert!(outcomes.iter().any(Result::is_err), "nothing was broken");
}

/// What the objects of a one-page PDF become when one of them is replaced.
fn trap(number: usize, object: &str) -> Vec<u8> {
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Count 1 /Kids [3 0 R] >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 60 84] /Contents 4 0 R /Resources << /XObject << /X 5 0 R >> >> >>".to_owned(),
        stream("", "/X Do"),
        stream("/Type /XObject /Subtype /Form /BBox [0 0 60 84]", "0 g 5 5 20 20 re f"),
    ];
    objects[number - 1] = object.to_owned();
    pdf_of(&objects)
}

fn stream(entries: &str, data: &str) -> String {
    format!("<< /Length {} {entries} >>\nstream\n{data}\nendstream", data.len())
}

fn picture(entries: &str) -> String {
    stream(
        &format!("/Type /XObject /Subtype /Image /ColorSpace /DeviceGray /BitsPerComponent 8 {entries}"),
        "0",
    )
}

fn with(file: Vec<u8>, from: &str, to: &str) -> Vec<u8> {
    let text = String::from_utf8(file).unwrap();
    assert!(text.contains(from), "no `{from}`");
    text.replace(from, to).into_bytes()
}

#[rstest]
#[case::a_page_tree_that_holds_itself(trap(2, "<< /Type /Pages /Count 9 /Kids [2 0 R 2 0 R 3 0 R] >>"))]
#[case::a_page_that_is_its_own_parent(trap(3, "<< /Type /Page /Parent 3 0 R >>"))]
#[case::more_pages_than_there_are(trap(2, "<< /Type /Pages /Count 2147483647 /Kids [3 0 R] >>"))]
#[case::a_sheet_beyond_measure(trap(3, "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 99999999 99999999] >>"))]
#[case::a_sheet_without_a_size(trap(3, "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 0 0] >>"))]
#[case::a_form_that_draws_itself(trap(
    5,
    &stream("/Type /XObject /Subtype /Form /BBox [0 0 60 84] /Resources << /XObject << /X 5 0 R >> >>", "/X Do /X Do")
))]
#[case::a_picture_beyond_measure(trap(5, &picture("/Width 60000 /Height 60000")))]
#[case::a_picture_that_masks_itself(trap(5, &picture("/Width 9 /Height 9 /SMask 5 0 R")))]
#[case::a_length_that_names_itself(trap(4, "<< /Length 4 0 R >>\nstream\n0 g\nendstream"))]
#[case::a_filter_of_many(trap(4, &stream(&format!("/Filter [{}]", "/RunLengthDecode ".repeat(500)), "x")))]
#[case::brackets_without_end(trap(4, &stream("", &"[".repeat(200_000))))]
#[case::saved_states_without_end(trap(4, &stream("", &"q 1 0 0 1 1 1 cm ".repeat(50_000))))]
#[case::references_in_a_ring(trap(4, "5 0 R"))]
#[case::an_outline_of_a_thousand_leagues(trap(4, &stream("", "0 0 m 1e30 1e30 l 1e38 w S -1e38 0 1e38 1e38 re f")))]
#[case::a_table_that_comes_before_itself(with(small_pdf(), "/Root 1 0 R", "/Root 1 0 R /Prev 9 "))]
#[case::a_table_beyond_the_end(with(small_pdf(), "startxref\n", "startxref\n9"))]
#[tokio::test]
async fn a_trap_in_a_pdf_is_left_again(#[case] file: Vec<u8>) {
    // Whichever it is: it is told, in time.
    if let Err(error) = outcome(&file).await {
        assert_ne!(error, ImageError::TimedOut);
    }
    assert_eq!(outcome(&small_pdf()).await, Ok(1), "the next file is as if nothing had been");
}

#[rstest]
#[case::of_one_object(trap(5, &"<< /A ".repeat(100_000)))]
#[case::beside_arrays(trap(5, &"<< /A [ ".repeat(100_000)))]
#[case::of_the_file(["%PDF-1.4\n".to_owned(), "<< /A ".repeat(100_000)].concat().into_bytes())]
#[case::that_end(trap(5, &["<< /A ".repeat(100_000), " >>".repeat(100_000)].concat()))]
#[tokio::test]
async fn dictionaries_nested_beyond_measure_are_refused_at_once(#[case] file: Vec<u8>) {
    let started = Instant::now();
    assert_eq!(outcome(&file).await, Err(ImageError::Corrupt));
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
}

/// A file that its parser goes through once more for each of its dictionaries: each begins a string that never ends.
pub(crate) fn endless() -> Vec<u8> {
    trap(5, &"<<( >> ".repeat(300_000))
}

#[tokio::test]
async fn a_file_that_keeps_its_decoder_busy_is_left_when_its_processor_time_is_over() {
    let hasty = Task { max_page_ms: 600_000, page_cpu_ms: 1_000, ..TASK };
    let started = Instant::now();
    let (mut child, _) = ChildProgram::at(child_program()).open(&hasty, &endless()).await.unwrap();
    let fault = child.page(0).await.unwrap_err();
    assert_eq!(fault, PageFault { error: ImageError::TimedOut, alive: false, spent: true });
    assert!(started.elapsed() < TOO_LONG, "{:?}", started.elapsed());
}

#[tokio::test]
async fn a_file_whose_processor_time_is_over_is_told_as_one_that_takes_too_long() {
    let short = Task { max_page_ms: 600_000, page_cpu_ms: 600_000, cpu_s: 1, ..TASK };
    let (mut child, _) = ChildProgram::at(child_program()).open(&short, &endless()).await.unwrap();
    let fault = child.page(0).await.unwrap_err();
    assert_eq!((fault.error, fault.alive), (ImageError::TimedOut, false));
}

/// A directory of a grey page of 9 × 9 pixels, with other values for some tags, and where the next directory is.
fn one_directory(others: &[(u16, u32)], next: u32) -> Vec<u8> {
    let mut tags: Vec<(u16, u32)> =
        vec![(256, 9), (257, 9), (258, 8), (259, 1), (262, 1), (273, 8), (277, 1), (278, 9), (279, 81)];
    for (tag, value) in others {
        match tags.iter_mut().find(|(known, _)| known == tag) {
            Some(known) => known.1 = *value,
            None => tags.push((*tag, *value)),
        }
    }
    tags.sort_unstable();
    tiff_of(&[200; 81], &tags, next)
}

/// Where the directory of [`one_directory`] begins.
const DIRECTORY: u32 = 8 + 81;

#[rstest]
#[case::a_directory_that_follows_itself(one_directory(&[], DIRECTORY))]
#[case::a_directory_beyond_the_end(one_directory(&[], 0xFFFF_FFF0))]
#[case::a_page_beyond_measure(one_directory(&[(256, 1 << 20), (257, 1 << 20), (278, 1 << 20)], 0))]
#[case::a_page_without_a_size(one_directory(&[(256, 0), (257, 0)], 0))]
#[case::rows_without_a_number(one_directory(&[(278, 0)], 0))]
#[case::strips_beyond_the_end(one_directory(&[(273, 0xFFFF_FFF0)], 0))]
#[case::a_strip_beyond_measure(one_directory(&[(279, 0xFFFF_FFFF)], 0))]
#[case::samples_beyond_measure(one_directory(&[(277, 65_535)], 0))]
#[case::bits_beyond_measure(one_directory(&[(258, 65_535)], 0))]
#[case::tiles_without_a_size(one_directory(&[(322, 0), (323, 0), (324, 8), (325, 81)], 0))]
#[case::tiles_beyond_measure(one_directory(&[(322, 1 << 30), (323, 1 << 30), (324, 8), (325, 81)], 0))]
#[case::planes_apart(one_directory(&[(277, 3), (284, 2)], 0))]
#[case::a_fax_of_noise(one_directory(&[(258, 1), (259, 4)], 0))]
#[case::a_zip_of_noise(one_directory(&[(259, 8)], 0))]
#[case::a_jpeg_of_noise(one_directory(&[(259, 7)], 0))]
#[case::a_compression_nobody_knows(one_directory(&[(259, 54_321)], 0))]
#[tokio::test]
async fn a_trap_in_a_tiff_is_left_again(#[case] file: Vec<u8>) {
    if let Err(error) = outcome(&file).await {
        assert_ne!(error, ImageError::TimedOut);
    }
    assert_eq!(outcome(&one_directory(&[], 0)).await, Ok(1), "the next file is as if nothing had been");
}

#[rstest]
#[case::pnm(b"P5 60000 60000 255\n".to_vec())]
#[case::png({
    let mut file = png();
    file[16..24].copy_from_slice(&[0x7F, 0xFF, 0xFF, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF]);
    file
})]
#[case::jpeg({
    let mut file = coded_as(OutputFormat::Jpeg { quality: 80 });
    let frame = file.windows(2).position(|marker| marker == [0xFF, 0xC0]).unwrap();
    file[frame + 5..frame + 9].copy_from_slice(&[0xFF; 4]);
    file
})]
#[case::pdf(with(pdf(1), "595 842", "9595 9842"))]
#[tokio::test]
async fn a_bomb_is_refused_by_its_header(#[case] file: Vec<u8>) {
    let error = outcome(&file).await.unwrap_err();
    assert!(matches!(error, ImageError::TooManyPixels | ImageError::Corrupt), "{error}");
}
