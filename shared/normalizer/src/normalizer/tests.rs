use berkas_runtime::settings::Settings;

use super::*;
use crate::child::malformed::endless;
use crate::fixtures::{TiffPage, child_program, pdf, pnm, tiff};

/// The defaults, with time enough for a machine that compiles beside the tests.
fn settings() -> ScanSettings {
    let defaults = Settings::load(None, []).unwrap().scan;
    ScanSettings { threads: 2, max_page_ms: 120_000, patient_page_ms: 120_000, ..defaults }
}

fn with_child() -> Normalizer {
    Normalizer::new(&ScanSettings { child: child_program(), ..settings() })
}

async fn pages(normalizer: &Normalizer, file: Vec<u8>) -> Vec<Result<NormalizedPage, NormalizeError>> {
    let mut open = normalizer.open(file.into()).await.unwrap();
    let mut pages = Vec::new();
    for index in 0..open.page_count() {
        pages.push(open.page(index).await);
    }
    pages
}

#[tokio::test]
async fn the_child_makes_the_same_pages_as_this_process() {
    let here = Normalizer::new(&settings());
    for file in [pdf(2), tiff(&[TiffPage::Good; 2])] {
        let (there, here) = (pages(&with_child(), file.clone()).await, pages(&here, file).await);
        for (there, here) in there.into_iter().zip(here) {
            let (there, here) = (there.unwrap(), here.unwrap());
            assert_eq!((there.bytes, there.preview), (here.bytes, here.preview));
            assert_eq!(there.report.verdict, here.report.verdict);
        }
    }
}

#[tokio::test]
async fn the_original_is_drawn_in_the_child_and_here() {
    for file in [pdf(2), tiff(&[TiffPage::Good, TiffPage::Corrupt]), pnm(1)] {
        for normalizer in [with_child(), Normalizer::new(&settings())] {
            let mut open = normalizer.open(file.clone().into()).await.unwrap();
            let small = open.original(0, 120, 20_000).await.unwrap();
            assert!(small.starts_with(&[0xFF, 0xD8]) && small.len() <= 20_000);
            let last = open.original(open.page_count(), 120, 20_000).await;
            assert!(matches!(last, Err(NormalizeError::Image(ImageError::NoSuchPage))), "{last:?}");
            assert!(open.page(0).await.is_ok(), "the child goes on");
        }
    }
}

#[tokio::test]
async fn simple_pictures_need_no_child() {
    let mut open = with_child().open(pnm(1).into()).await.unwrap();
    assert!(open.page(0).await.is_ok() && open.child.is_none());
}

#[tokio::test]
async fn one_bad_page_never_loses_the_others() {
    let file = tiff(&[TiffPage::Good, TiffPage::Corrupt, TiffPage::Good]);
    for normalizer in [with_child(), Normalizer::new(&settings())] {
        let made = pages(&normalizer, file.clone()).await;
        assert!(made[0].is_ok() && made[2].is_ok());
        assert!(matches!(made[1], Err(NormalizeError::Image(_))), "{:?}", made[1]);
    }
}

#[tokio::test]
async fn after_a_child_was_lost_another_one_goes_on() {
    let mut open = with_child().open(pdf(3).into()).await.unwrap();
    open.page(0).await.unwrap();
    // As when the caller was cut off in the middle of a page.
    drop(open.child.take());
    assert_eq!(open.page(1).await.unwrap().report.page, 2);
    assert_eq!(open.page(2).await.unwrap().report.page, 3);
}

#[tokio::test]
async fn a_page_that_takes_too_long_is_tried_once_more_with_more_time() {
    for file in [pnm(1), pdf(2)] {
        let hasty = ScanSettings { max_page_ms: 0, child: child_program(), ..settings() };
        let made = pages(&Normalizer::new(&hasty), file.clone()).await;
        assert!(made.iter().all(Result::is_ok), "{made:?}");
    }
    let never = ScanSettings { max_page_ms: 0, patient_page_ms: 0, ..settings() };
    let made = pages(&Normalizer::new(&never), pnm(1)).await;
    assert!(matches!(made[0], Err(NormalizeError::Image(ImageError::TimedOut))), "{made:?}");
}

#[tokio::test]
async fn a_page_that_took_its_time_of_a_processor_is_not_tried_once_more() {
    // By the clock it may take as long as it likes.
    let mut hasty = with_child();
    hasty.task.page_cpu_ms = 1_000;
    let mut open = hasty.open(endless().into()).await.unwrap();
    let missed = open.attempt(0).await.unwrap_err();
    assert!(matches!(missed.error, NormalizeError::Image(ImageError::TimedOut)), "{missed:?}");
    assert!(!missed.was_kept_waiting);
}

#[tokio::test]
async fn a_file_that_used_up_its_time_gets_no_more_pages() {
    let normalizer = Normalizer::new(&ScanSettings { max_file_ms: 0, ..settings() });
    let mut open = normalizer.open(pnm(1).into()).await.unwrap();
    assert!(matches!(open.page(0).await, Err(NormalizeError::Image(ImageError::TimedOut))));
}

#[tokio::test]
async fn a_file_of_an_unknown_type_has_its_code() {
    let error = with_child().open(b"not a picture"[..].into()).await.unwrap_err();
    assert!(matches!(error, NormalizeError::Image(ImageError::UnsupportedType)), "{error}");
}

#[tokio::test]
async fn a_long_file_does_not_make_a_short_one_wait_for_its_end() {
    let normalizer = Normalizer::new(&ScanSettings { threads: 1, ..settings() });
    let long = async {
        pages(&normalizer, pdf(12)).await;
        Instant::now()
    };
    let short = async {
        pages(&normalizer, pnm(1)).await;
        Instant::now()
    };
    let (long, short) = tokio::join!(long, short);
    assert!(short < long);
}

#[tokio::test]
async fn a_decoder_that_is_missing_is_no_fault_of_the_file() {
    let normalizer = Normalizer::new(&ScanSettings { child: "/no/such/program".into(), ..settings() });
    let error = normalizer.open(pdf(1).into()).await.unwrap_err();
    assert!(matches!(error, NormalizeError::Machine(_)), "{error}");
}
