//! The pages of one long file on all cores.

use std::future::Future;
use std::sync::{Mutex, PoisonError};

use crate::OpenFile;
use crate::normalizer::Beside;

/// Does `work` on these pages of a file, from 0, in as many lanes as there are cores, and returns what came of them in
/// the order of their pages.
///
/// Each lane has the file open for itself and takes the next page that nobody has; each page still waits for its turn, so
/// that a long file does not push a short one aside. `work` gets a lane's file and gives it back. A lane that cannot open
/// the file leaves its pages to the others.
///
/// # Errors
/// The first one of `work`, once the pages in hand are done; no other page is begun then.
pub async fn on_all_cores<T, E, W>(
    file: OpenFile,
    pages: impl IntoIterator<Item = u32>,
    work: impl Fn(OpenFile, u32) -> W,
) -> Result<Vec<T>, E>
where
    W: Future<Output = (OpenFile, Result<T, E>)>,
{
    let mut pages: Vec<u32> = pages.into_iter().collect();
    pages.reverse();
    let (lanes, beside) = (file.lanes().min(pages.len()), file.beside());
    let left = Left(Mutex::new(pages));
    let others = (1..lanes).map(|_| other_lane(&beside, &left, &work));
    let (first, others) = futures::join!(lane(file, &left, &work), futures::future::join_all(others));
    let done = std::iter::once(first).chain(others);
    let mut made = Vec::new();
    for of_lane in done {
        made.extend(of_lane?);
    }
    made.sort_by_key(|(page, _)| *page);
    Ok(made.into_iter().map(|(_, made)| made).collect())
}

/// The pages that nobody has taken yet, the next one last.
struct Left(Mutex<Vec<u32>>);

impl Left {
    fn take(&self) -> Option<u32> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    fn give_up(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

async fn other_lane<T, E, W>(
    beside: &Beside,
    left: &Left,
    work: &impl Fn(OpenFile, u32) -> W,
) -> Result<Vec<(u32, T)>, E>
where
    W: Future<Output = (OpenFile, Result<T, E>)>,
{
    match beside.open().await {
        Ok(file) => lane(file, left, work).await,
        Err(error) => {
            tracing::debug!(error = &error as &dyn std::error::Error, "a file is not opened once more");
            Ok(Vec::new())
        }
    }
}

async fn lane<T, E, W>(
    mut file: OpenFile,
    left: &Left,
    work: &impl Fn(OpenFile, u32) -> W,
) -> Result<Vec<(u32, T)>, E>
where
    W: Future<Output = (OpenFile, Result<T, E>)>,
{
    let mut made = Vec::new();
    while let Some(page) = left.take() {
        let (back, done) = work(file, page).await;
        file = back;
        match done {
            Ok(done) => made.push((page, done)),
            Err(error) => {
                left.give_up();
                return Err(error);
            }
        }
    }
    Ok(made)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use berkas_imaging::{ImageError, NormalizedPage};
    use berkas_runtime::settings::{ScanSettings, Settings};

    use super::*;
    use crate::fixtures::{TiffPage, child_program, pdf, pnm, tiff};
    use crate::{NormalizeError, Normalizer};

    fn normalizer(threads: usize) -> Normalizer {
        let defaults = Settings::load(None, []).unwrap().scan;
        Normalizer::new(&ScanSettings {
            threads,
            max_page_ms: 120_000,
            patient_page_ms: 120_000,
            child: child_program(),
            ..defaults
        })
    }

    async fn page(mut file: OpenFile, index: u32) -> (OpenFile, Result<NormalizedPage, NormalizeError>) {
        let page = file.page(index).await;
        (file, page)
    }

    #[tokio::test]
    async fn every_page_is_made_once_and_told_in_its_order() {
        for file in [pdf(5), tiff(&[TiffPage::Good; 5])] {
            let file = normalizer(3).open(file.into()).await.unwrap();
            let made = on_all_cores(file, 0..5, page).await.unwrap();
            let numbers: Vec<u32> = made.iter().map(|page| page.report.page).collect();
            assert_eq!(numbers, [1, 2, 3, 4, 5]);
        }
    }

    #[tokio::test]
    async fn several_lanes_work_at_the_same_time() {
        let file = normalizer(2).open(pdf(2).into()).await.unwrap();
        let both = tokio::sync::Barrier::new(2);
        let work = async |file: OpenFile, _: u32| {
            both.wait().await;
            (file, Ok::<_, NormalizeError>(()))
        };
        on_all_cores(file, 0..2, work).await.unwrap();
    }

    #[tokio::test]
    async fn an_error_ends_the_work_and_no_other_page_is_begun() {
        let file = normalizer(1).open(pdf(4).into()).await.unwrap();
        let begun = Mutex::new(BTreeSet::new());
        let work = async |file: OpenFile, index: u32| {
            begun.lock().unwrap().insert(index);
            (file, if index == 1 { Err("full disk") } else { Ok(()) })
        };
        assert_eq!(on_all_cores(file, [0, 1, 3], work).await, Err("full disk"));
        assert_eq!(begun.into_inner().unwrap(), BTreeSet::from([0, 1]));
    }

    #[tokio::test]
    async fn a_long_file_in_lanes_does_not_make_a_short_one_wait_for_its_end() {
        let normalizer = normalizer(2);
        let long = async {
            let file = normalizer.open(pdf(12).into()).await.unwrap();
            on_all_cores(file, 0..12, page).await.unwrap();
            tokio::time::Instant::now()
        };
        let short = async {
            normalizer.open(pnm(1).into()).await.unwrap().page(0).await.unwrap();
            tokio::time::Instant::now()
        };
        let (long, short) = tokio::join!(long, short);
        assert!(short < long);
    }

    #[tokio::test]
    async fn the_lanes_of_a_file_share_its_time() {
        let defaults = Settings::load(None, []).unwrap().scan;
        let settings = ScanSettings { max_file_ms: 1, child: child_program(), ..defaults };
        let mut file = Normalizer::new(&settings).open(pdf(2).into()).await.unwrap();
        let mut beside = file.beside().open().await.unwrap();
        file.page(0).await.unwrap();
        let late = beside.page(1).await;
        assert!(matches!(late, Err(NormalizeError::Image(ImageError::TimedOut))), "{late:?}");
    }
}
