//! From files to pages, all cores busy, the order of the command line kept.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use berkas_imaging::{ImageError, NormalizedPage, PageReport, Reason, Verdict, fitted};
use berkas_normalizer::{NormalizeError, Normalizer, OpenFile, on_all_cores};
use berkas_runtime::settings::ScanSettings;
use bytes::Bytes;
use futures::StreamExt as _;
use indicatif::ProgressBar;

use super::report::{THUMBNAIL_BYTES, THUMBNAIL_PX};

/// What is wanted of each page beside its measures.
pub(super) struct Work<'a> {
    /// Where normalized pages are written.
    pub(super) out: Option<&'a Path>,
    /// Whether pictures of it are needed.
    pub(super) pictures: bool,
}

/// Why there is nothing to show of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trouble {
    /// There is no such file.
    NotFound,
    /// A folder is no file.
    Folder,
    /// The file is there and cannot be read: its rights, the disk.
    CannotRead,
    /// What is in it.
    Image(ImageError),
}

impl Trouble {
    fn of_reading(error: &std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::NotFound => Self::NotFound,
            std::io::ErrorKind::IsADirectory => Self::Folder,
            _ => Self::CannotRead,
        }
    }

    pub(super) fn code(self) -> &'static str {
        match self {
            Self::NotFound => "file_not_found",
            Self::Folder => "file_is_a_folder",
            Self::CannotRead => "file_cannot_be_read",
            Self::Image(error) => error.code(),
        }
    }
}

/// One page, or a file that could not be opened.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) file: PathBuf,
    /// From 1; none when the file could not be opened.
    pub(super) page: Option<u32>,
    pub(super) result: Result<PageReport, Trouble>,
    pub(super) elapsed_ms: u64,
    pub(super) pictures: Pictures,
}

/// Small JPEGs of a page, as far as they were asked for and could be made.
#[derive(Debug, Default)]
pub(super) struct Pictures {
    pub(super) before: Option<Vec<u8>>,
    pub(super) after: Option<Vec<u8>>,
}

impl Line {
    fn failed(file: &Path, trouble: Trouble, elapsed: Duration) -> Self {
        Self {
            file: file.to_owned(),
            page: None,
            result: Err(trouble),
            elapsed_ms: milliseconds(elapsed),
            pictures: Pictures::default(),
        }
    }

    /// What could not be made cannot be read.
    pub(super) fn verdict(&self) -> Verdict {
        self.result.as_ref().map_or(Verdict::Unreadable, |report| report.verdict)
    }

    /// The codes of its reasons, the weightiest first.
    pub(super) fn codes(&self) -> Vec<&'static str> {
        match &self.result {
            Ok(report) => report.reasons.iter().map(Reason::code).collect(),
            Err(trouble) => vec![trouble.code()],
        }
    }
}

/// Scans every file. An unreadable page or file is a line; an error is a fault of this machine.
///
/// # Errors
/// When a page cannot be written or the decoder cannot be started.
pub(super) async fn scan_all(
    files: &[PathBuf],
    settings: &ScanSettings,
    work: &Work<'_>,
    bar: ProgressBar,
) -> anyhow::Result<Vec<Line>> {
    let normalizer = Normalizer::new(settings);
    bar.set_length(files.len() as u64);
    let scanner = Scanner { normalizer: &normalizer, limit: settings.max_bytes, work, bar: &bar };
    let named = files.iter().zip(names(files));
    let mut all = futures::stream::iter(named)
        .map(|(file, name)| scanner.scan(file, name))
        .buffered(normalizer.parallelism());
    let mut lines = Vec::new();
    while let Some(of_file) = all.next().await {
        lines.extend(of_file?);
    }
    bar.finish_and_clear();
    Ok(lines)
}

struct Scanner<'a> {
    normalizer: &'a Normalizer,
    /// Bytes of a file at most.
    limit: usize,
    work: &'a Work<'a>,
    bar: &'a ProgressBar,
}

impl Scanner<'_> {
    async fn scan(&self, file: &Path, name: String) -> anyhow::Result<Vec<Line>> {
        let started = Instant::now();
        let opened = match read(file, self.limit) {
            Ok(bytes) => coded(self.normalizer.open(bytes).await)?,
            Err(trouble) => Err(trouble),
        };
        let open = match opened {
            Ok(open) => open,
            Err(trouble) => {
                self.bar.inc(1);
                return Ok(vec![Line::failed(file, trouble, started.elapsed())]);
            }
        };
        let pages = open.page_count();
        self.bar.inc_length(u64::from(pages.saturating_sub(1)));
        let page = async |mut open: OpenFile, index: u32| {
            let line = self.page((file, &name), &mut open, index).await;
            self.bar.inc(1);
            (open, line)
        };
        on_all_cores(open, 0..pages, page).await
    }

    /// Makes one page of the file, whose pages are written under this name.
    async fn page(
        &self,
        (file, name): (&Path, &str),
        open: &mut OpenFile,
        index: u32,
    ) -> anyhow::Result<Line> {
        let page = coded(open.page(index).await)?;
        let elapsed = open.took();
        let mut pictures = Pictures::default();
        if self.work.pictures {
            pictures.before = open.original(index, THUMBNAIL_PX, THUMBNAIL_BYTES).await.ok();
        }
        let result = match page {
            Ok(NormalizedPage { bytes, media_type, preview, halves, report }) => {
                if let Some(out) = self.work.out {
                    let path = |half: &str| {
                        out.join(format!("{name}-{}{half}.{}", index + 1, media_type.extension()))
                    };
                    write(&path(""), &bytes)?;
                    if let Some([left, right]) = halves {
                        write(&path("-kiri"), &left)?;
                        write(&path("-kanan"), &right)?;
                    }
                }
                if self.work.pictures {
                    pictures.after = fitted(preview, THUMBNAIL_PX, THUMBNAIL_BYTES).ok();
                }
                Ok(report)
            }
            Err(trouble) => Err(trouble),
        };
        let (file, elapsed_ms) = (file.to_owned(), milliseconds(elapsed));
        Ok(Line { file, page: Some(index + 1), result, elapsed_ms, pictures })
    }
}

fn write(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    std::fs::write(path, bytes).with_context(|| format!("writing `{}`", path.display()))
}

/// Tells what is the file's fault from what is this machine's.
fn coded<T>(result: Result<T, NormalizeError>) -> anyhow::Result<Result<T, Trouble>> {
    match result {
        Ok(value) => Ok(Ok(value)),
        Err(NormalizeError::Image(error)) => Ok(Err(Trouble::Image(error))),
        Err(error) => Err(error.into()),
    }
}

/// Reads a file, but never more than is allowed of it.
fn read(file: &Path, limit: usize) -> Result<Bytes, Trouble> {
    let size = std::fs::metadata(file).map_err(|error| Trouble::of_reading(&error))?.len();
    if usize::try_from(size).map_or(true, |size| size > limit) {
        return Err(Trouble::Image(ImageError::TooLarge));
    }
    std::fs::read(file).map(Bytes::from).map_err(|error| Trouble::of_reading(&error))
}

/// A name for the pages of each file: its own without the extension, with a number behind it where another file of the
/// command line has the same, or one that differs in case only, which some disks take for the same.
fn names(files: &[PathBuf]) -> Vec<String> {
    let mut taken = HashSet::new();
    let name = |file: &PathBuf| {
        let stem = file.file_stem().map_or_else(|| "page".into(), |stem| stem.to_string_lossy());
        let numbered = |number: u32| if number == 1 { stem.to_string() } else { format!("{stem}~{number}") };
        (1..).map(numbered).find(|name| taken.insert(name.to_lowercase())).unwrap_or_default()
    };
    files.iter().map(name).collect()
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use berkas_normalizer::fixtures::{self, TiffPage};

    use super::*;

    const PICTURES: Work<'_> = Work { out: None, pictures: true };

    async fn scan(files: &[PathBuf], limit: usize) -> Vec<Line> {
        let defaults = berkas_runtime::settings::Settings::load(None, []).unwrap().scan;
        let settings = ScanSettings {
            max_bytes: limit,
            threads: 2,
            max_page_ms: 120_000,
            patient_page_ms: 120_000,
            ..defaults
        };
        scan_all(files, &settings, &PICTURES, ProgressBar::hidden()).await.unwrap()
    }

    fn codes(lines: &[Line]) -> Vec<&'static str> {
        lines.iter().filter_map(|line| line.result.as_ref().err()).map(|trouble| trouble.code()).collect()
    }

    #[tokio::test]
    async fn a_file_that_is_missing_is_not_called_broken() {
        let dir = tempfile::tempdir().unwrap();
        let files = [dir.path().join("kk.jpg"), dir.path().to_owned()];
        assert_eq!(codes(&scan(&files, 1 << 20).await), ["file_not_found", "file_is_a_folder"]);
    }

    #[test]
    fn files_of_the_same_name_do_not_overwrite_each_other() {
        let files = ["a/kk.jpg", "b/kk.png", "KK.pdf", "kk~2.jpg", "ktp.jpg"].map(PathBuf::from);
        assert_eq!(names(&files), ["kk", "kk~2", "KK~3", "kk~2~2", "ktp"]);
    }

    #[tokio::test]
    async fn every_page_is_written_under_a_name_of_its_own() {
        let dir = tempfile::tempdir().unwrap();
        let files = ["a", "b"].map(|folder| {
            std::fs::create_dir(dir.path().join(folder)).unwrap();
            dir.path().join(folder).join("kk.pnm")
        });
        for (seed, file) in files.iter().enumerate() {
            std::fs::write(file, fixtures::pnm(seed)).unwrap();
        }
        let defaults = berkas_runtime::settings::Settings::load(None, []).unwrap().scan;
        let settings = ScanSettings {
            output: berkas_runtime::settings::ScanOutput::Webp,
            max_page_ms: 120_000,
            ..defaults
        };
        let work = Work { out: Some(dir.path()), pictures: false };
        scan_all(&files, &settings, &work, ProgressBar::hidden()).await.unwrap();
        let written = ["kk-1.webp", "kk~2-1.webp"].map(|name| std::fs::read(dir.path().join(name)).unwrap());
        assert!(written.iter().all(|page| page.starts_with(b"RIFF")) && written[0] != written[1]);
    }

    #[tokio::test]
    async fn a_double_page_is_written_whole_and_as_its_two_pages() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("buku.pnm");
        std::fs::write(&file, fixtures::double_page()).unwrap();
        let settings = berkas_runtime::settings::Settings::load(None, []).unwrap().scan;
        let settings = ScanSettings { max_page_ms: 120_000, ..settings };
        let work = Work { out: Some(dir.path()), pictures: false };
        let lines = scan_all(&[file], &settings, &work, ProgressBar::hidden()).await.unwrap();
        let [line] = &lines[..] else { panic!("one page has one line: {lines:?}") };
        assert!(line.result.as_ref().unwrap().halves.is_some());
        for name in ["buku-1.jpg", "buku-1-kiri.jpg", "buku-1-kanan.jpg"] {
            assert!(std::fs::read(dir.path().join(name)).unwrap().starts_with(&[0xFF, 0xD8]), "{name}");
        }
    }

    #[tokio::test]
    async fn a_file_that_is_too_large_is_not_read() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("kk.jpg");
        std::fs::write(&file, vec![0; 11]).unwrap();
        assert_eq!(codes(&scan(&[file], 10).await), ["too_large"]);
    }

    #[tokio::test]
    async fn pages_come_in_their_order_whichever_core_made_them() {
        let dir = tempfile::tempdir().unwrap();
        let files = [dir.path().join("b.tif"), dir.path().join("a.pnm")];
        let pages = [TiffPage::Good, TiffPage::Corrupt, TiffPage::Good, TiffPage::Good];
        std::fs::write(&files[0], fixtures::tiff(&pages)).unwrap();
        std::fs::write(&files[1], fixtures::pnm(1)).unwrap();
        let lines = scan(&files, 1 << 24).await;
        let order: Vec<_> = lines.iter().map(|line| (line.file == files[0], line.page)).collect();
        let expected = [(true, Some(1)), (true, Some(2)), (true, Some(3)), (true, Some(4)), (false, Some(1))];
        assert_eq!(order, expected);
        assert_eq!(codes(&lines), ["corrupt"]);
        assert!(lines[0].pictures.before.is_some() && lines[0].pictures.after.is_some());
        assert!(lines[1].pictures.before.is_none() && lines[1].pictures.after.is_none());
    }
}
