//! What parent and child say to each other.

use berkas_imaging::{Limits, MediaType, NormalizedPage, Options, OutputFormat, PageReport};
use serde::{Deserialize, Serialize};

use crate::model::Model;

/// The parent's first frame, with the orientation network as its body where there is one; the file follows as a frame of its own once the child is ready.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Task {
    pub(crate) max_bytes: usize,
    pub(crate) max_pixels: u64,
    pub(crate) max_pages: u32,
    pub(crate) max_page_ms: u64,
    /// What opening the file, and each of its pages, may take of a processor; the parent looks at it.
    pub(crate) page_cpu_ms: u64,
    pub(crate) max_memory_bytes: u64,
    pub(crate) target_dpi: u32,
    pub(crate) jpeg_quality: u8,
    pub(crate) webp: bool,
    pub(crate) bilevel: bool,
    pub(crate) preview_px: u32,
    pub(crate) preview_only: bool,
    pub(crate) cpu_s: u64,
    /// What the child may write to: its heap, its stacks, whatever it maps for itself.
    pub(crate) memory_bytes: u64,
    /// The same for a photo of a phone, whose decoder keeps several bytes of each sample.
    pub(crate) heic_memory_bytes: u64,
    /// Whether a child whose system calls cannot be filtered opens no file.
    pub(crate) must_confine: bool,
}

impl Task {
    /// The same with the memory that a file of this type may take.
    pub(super) const fn for_type(self, media_type: Option<MediaType>) -> Self {
        match media_type {
            Some(MediaType::Heic) => Self { memory_bytes: self.heic_memory_bytes, ..self },
            _ => self,
        }
    }

    /// What one file and one page may cost.
    pub(crate) const fn limits(&self) -> Limits {
        Limits {
            max_bytes: self.max_bytes,
            max_pixels: self.max_pixels,
            max_pages: self.max_pages,
            max_page_ms: self.max_page_ms,
            max_memory_bytes: self.max_memory_bytes,
        }
    }

    /// How a page is made, with a second opinion from `model` where there is one.
    #[cfg_attr(
        not(feature = "orientation-net"),
        expect(unused_variables, reason = "without the feature there is no network")
    )]
    pub(crate) fn options(&self, model: &Model) -> Options {
        let format = match self.webp {
            true => OutputFormat::WebpLossless,
            false => OutputFormat::Jpeg { quality: self.jpeg_quality },
        };
        Options {
            target_dpi: self.target_dpi,
            format,
            preview_px: self.preview_px,
            bilevel: self.bilevel,
            preview_only: self.preview_only,
            #[cfg(feature = "orientation-net")]
            orientation_net: model.net(),
        }
    }
}

/// What the parent asks after the task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Request {
    /// Open the file in the body; answered by `Opened` or `Failed`.
    Open,
    /// Normalize this page, from 0; answered by `Page` or `Failed`.
    Page(u32),
    /// Draw this page, from 0, as it is in the file; answered by `Original` or `Failed`.
    Original { page: u32, longest_px: u32, max_bytes: usize },
}

/// What the child answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Answer {
    /// The child gave up its rights, and the file may come; `confined` where also its system calls are filtered.
    Ready { confined: bool },
    /// The child could not give them up, and ends.
    Unready { cause: String },
    /// The file has so many pages.
    Opened { page_count: u32 },
    /// A page: the body is the page, then both halves of a double page that was cut, and then the preview.
    Page {
        media_type: MediaType,
        page_bytes: usize,
        halves_bytes: Option<[usize; 2]>,
        report: Box<PageReport>,
    },
    /// The page as it is in the file: the body is a small JPEG.
    Original,
    /// The code of an `ImageError`.
    Failed { code: String },
}

impl Answer {
    /// A page as head and body.
    pub(super) fn of_page(page: NormalizedPage) -> (Self, Vec<u8>) {
        let NormalizedPage { bytes, media_type, preview, halves, report } = page;
        let head = Self::Page {
            media_type,
            page_bytes: bytes.len(),
            halves_bytes: halves.as_ref().map(|halves| halves.each_ref().map(Vec::len)),
            report: Box::new(report),
        };
        let [left, right] = halves.unwrap_or_default();
        (head, [bytes, left, right, preview].concat())
    }

    /// The page that head and body make; `None` when they do not fit together.
    pub(super) fn into_page(self, mut body: Vec<u8>) -> Option<NormalizedPage> {
        let Self::Page { media_type, page_bytes, halves_bytes, report } = self else { return None };
        let mut rest = split_off(&mut body, page_bytes)?;
        let mut halves = None;
        if let Some([left, right]) = halves_bytes {
            let mut beyond = split_off(&mut rest, left)?;
            let preview = split_off(&mut beyond, right)?;
            halves = Some([rest, beyond]);
            rest = preview;
        }
        Some(NormalizedPage { bytes: body, media_type, preview: rest, halves, report: *report })
    }
}

/// Cuts off what lies behind so many bytes; `None` where there are not as many.
fn split_off(bytes: &mut Vec<u8>, at: usize) -> Option<Vec<u8>> {
    (at <= bytes.len()).then(|| bytes.split_off(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(halves: Option<[Vec<u8>; 2]>) -> NormalizedPage {
        let page = berkas_imaging::Raster::gray(4, 4, vec![200; 16]);
        let made = berkas_imaging::normalize_decoded(page, 0, &Options::default(), &Limits::default());
        NormalizedPage { halves, ..made.unwrap() }
    }

    #[test]
    fn a_page_comes_out_of_its_frame_as_it_went_in_with_its_halves_and_without() {
        for page in [page(None), page(Some([vec![1, 2, 3], vec![4, 5]]))] {
            let (head, body) = Answer::of_page(page.clone());
            assert_eq!(head.into_page(body), Some(page));
        }
    }

    #[test]
    fn a_head_that_counts_more_than_its_body_has_is_refused() {
        let (head, mut body) = Answer::of_page(page(Some([vec![7; 4000], vec![8; 4000]])));
        body.truncate(body.len() / 2);
        assert_eq!(head.into_page(body), None);
    }
}
