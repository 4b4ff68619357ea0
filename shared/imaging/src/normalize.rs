//! One page from its file to its normalized copy.

use crate::border::Outline;
use crate::coding::{self, Coded};
use crate::drawing::{Drawing, Sample};
use crate::flatten::Light;
use crate::geometry::Plan;
use crate::gray::{self, Gray};
use crate::limits::{Deadline, contain};
use crate::orientation::Orientation;
use crate::planes::{self, Planes};
use crate::quality::{self, Subject};
use crate::raster::{Pixels, Raster};
use crate::spread::{Cut, Paper};
use crate::wedge::Wedges;
use crate::{Crop, Document, ImageError, Limits, MediaType, Options, PageReport, Perspective};
use crate::{closer, colour, content, crop, orientation, perspective, resolution, spread};

/// A resolution up to this much above the wanted one is left alone.
const DPI_TOLERANCE: f64 = 1.1;
/// Part of the paper's shade at which a bilevel page divides ink from paper.
const INK: f64 = 0.66;

/// A normalized page: its bytes, a preview and what was measured.
#[derive(Debug, Clone, PartialEq)]
pub struct NormalizedPage {
    /// The page, coded as `media_type`; empty with [`Options::preview_only`].
    pub bytes: Vec<u8>,
    /// How `bytes` are coded.
    pub media_type: MediaType,
    /// A small JPEG of the page.
    pub preview: Vec<u8>,
    /// The left and the right page of a double page that was cut in two, coded as `bytes` are; `None` with
    /// [`Options::preview_only`], though the report tells of them.
    pub halves: Option<[Vec<u8>; 2]>,
    /// What was measured.
    pub report: PageReport,
}

/// Decodes the page with this index, from 0, and normalizes it.
///
/// # Errors
/// Those of [`Document::page`], and `TimedOut` beyond [`Limits::max_page_ms`]. Other pages are not affected.
pub fn normalize(
    document: &Document<'_>,
    page: u32,
    options: &Options,
    limits: &Limits,
) -> Result<NormalizedPage, ImageError> {
    contain(|| {
        let deadline = Deadline::start(limits);
        let raster = document.page(page)?;
        deadline.check()?;
        finish(raster, page, options, &deadline)
    })
}

/// Normalizes a page that was decoded elsewhere, in a child process for example; `index` counts from 0.
///
/// # Errors
/// `TimedOut` beyond [`Limits::max_page_ms`]; `Corrupt` for a page without pixels; limits as usual; `Panicked`.
pub fn normalize_decoded(
    raster: Raster,
    index: u32,
    options: &Options,
    limits: &Limits,
) -> Result<NormalizedPage, ImageError> {
    contain(|| {
        limits.admit(raster.width, raster.height, 3)?;
        finish(raster, index, options, &Deadline::start(limits))
    })
}

fn finish(
    raster: Raster,
    index: u32,
    options: &Options,
    deadline: &Deadline,
) -> Result<NormalizedPage, ImageError> {
    let with_planes = coding::takes_planes(options);
    let Straightened { drawing, mut report, cut } =
        straighten(raster, index, options, (with_planes, deadline))?;
    deadline.check()?;
    let Coded { bytes, media_type, preview, halves } =
        coding::coded(drawing, cut.as_ref(), options, deadline)?;
    report.elapsed_ms = deadline.elapsed_ms();
    Ok(NormalizedPage { bytes, media_type, preview, halves, report })
}

/// Makes a decoded page straight, upright and evenly lit, and judges it; `index` counts from 0.
///
/// This is [`normalize_decoded`] without the coding, for those who look at pixels. A page that needs nothing keeps its very pixels.
///
/// # Errors
/// `TimedOut` beyond [`Limits::max_page_ms`]; `Corrupt` for a page without pixels; `Panicked`.
pub fn normalize_raster(
    raster: Raster,
    index: u32,
    options: &Options,
    limits: &Limits,
) -> Result<(Raster, PageReport), ImageError> {
    contain(|| {
        limits.admit(raster.width, raster.height, 3)?;
        let deadline = Deadline::start(limits);
        let Straightened { drawing, mut report, .. } =
            straighten(raster, index, options, (false, &deadline))?;
        let raster = drawing.whole(&deadline)?;
        report.elapsed_ms = deadline.elapsed_ms();
        Ok((raster, report))
    })
}

struct Straightened {
    /// The page as it is to be drawn.
    drawing: Drawing,
    report: PageReport,
    /// How a double page is cut.
    cut: Option<Cut>,
}

/// What was measured on the small copy of a page.
struct Findings {
    /// The small copy as the page is shown, before any turn of ours.
    small: Gray,
    /// The light on it.
    light: Light,
    orientation: Orientation,
}

/// Measures what is to be done to a page; its colours are kept pixel by pixel, or as planes.
fn straighten(
    raster: Raster,
    index: u32,
    options: &Options,
    (with_planes, deadline): (bool, &Deadline),
) -> Result<Straightened, ImageError> {
    let (raster, window) = closer::look(raster);
    deadline.check()?;
    let Raster { width, height, turn: exif_turn, dpi: stated_dpi, .. } = raster;
    let in_colour = colour::is_needed(&raster);
    let raster = if in_colour && !options.bilevel { raster } else { without_colour(raster) };
    let factor = gray::factor_for(width, height);
    // Before anything is measured on it, so that it finds the memory that this gives back.
    let (source, small) = if with_planes {
        planes::split(raster, factor)
    } else {
        let small = gray::reduce(&raster, factor);
        (Planes::of_pixels(raster), small)
    };
    let Findings { small, light, orientation } = look_at(small.into_turned(exif_turn), options);
    deadline.check()?;
    let turn_back = (4 - orientation.quarters) % 4;
    let (upright, light) = set_up(small, light, turn_back);
    let mut plan = Plan::upright((width, height), exif_turn.then(turn_back));
    let outline = Outline::find(&upright, light.brightest());
    plan.skew_deg = orientation.skew.to_take_away();
    let uncut = plan.keep;
    plan.keep = if outline.is_empty() {
        crop::with_ink(&plan, &upright, &light, factor)
    } else {
        crop::kept(&plan, &outline, factor)
    };
    let kept_part = plan.keep;
    let shift = window.map_or((0.0, 0.0), |window| window.shift(plan.turn, plan.skew_deg));
    let is_cropped = kept_part != uncut || window.is_some();
    let crop = is_cropped.then(|| cropped_to((kept_part.0 + shift.0, kept_part.1 + shift.1), kept_part));
    let leaning = perspective::find(&outline, &upright, factor, deadline)?;
    if let Some(found) = &leaning {
        plan = found.plan(&plan);
        plan.keep = crop::kept(&plan, &outline, factor);
    }
    let paper_light = if outline.is_empty() { light.clone() } else { light.within(&outline) };
    let kept = (plan.keep.2 as u32, plan.keep.3 as u32);
    let letters_px = orientation.letters_px.map(|height| f64::from(height) * factor as f64);
    let input_dpi = resolution::judge(stated_dpi, kept.0, kept.1, letters_px);
    let scale = f64::from(input_dpi) / f64::from(options.target_dpi.max(1));
    if scale > DPI_TOLERANCE {
        plan.scale = scale;
    }
    let gutter = spread::find(&upright, &plan, factor);
    let (width_px, height_px) = plan.output_size();
    let drawn = if options.preview_only { plan.within(options.preview_px) } else { plan };
    let paper = paper_light.paper;
    // The verdict goes by the light on the whole picture, as its limits were set on it, but where the sheet was looked at closer.
    let judged_light = if window.is_some() { paper_light.clone() } else { light.clone() };
    let uneven = paper_light.is_uneven().then_some(paper_light);
    let cut = gutter.map(|gutter| {
        let paper = Paper { outline: outline.clone(), light: uneven.clone(), factor };
        Cut::new(&gutter, &plan, &upright, paper)
    });
    let is_beside = plan.skew_deg != 0.0 || !outline.is_empty();
    let wedges = if is_beside { Wedges::find(&drawn, outline, factor) } else { None };
    let geometry_untouched = plan.is_identity() && wedges.is_none() && window.is_none();
    let dpi = (f64::from(input_dpi) / plan.scale).round() as u32;
    let mut drawing = Drawing::new(source, &drawn, paper, uneven.as_ref().map(|light| (light, factor)), dpi);
    if options.bilevel {
        // Where the light was evened out the paper is white, otherwise it was bright before.
        drawing = drawing.in_black_and_white((f64::from(paper.max(225)) * INK) as u8);
    }
    let is_looked_at = wedges.is_some() || drawing.is_in_colour();
    let sample = is_looked_at.then(|| drawing.sample(wedges));
    let judgement = quality::judge(&Subject {
        page: &upright,
        light: &judged_light,
        orientation: &orientation,
        dpi: input_dpi,
        letters_px,
        factor,
        is_cut: cut.is_some(),
    });
    let millimetres = |pixels: f64| pixels / f64::from(input_dpi) * 25.4;
    let straight = straight(&upright, &plan, factor, deadline)?;
    let part_of_the_picture =
        [(kept_part.0 / uncut.2, kept_part.2 / uncut.2), (kept_part.1 / uncut.3, kept_part.3 / uncut.3)];
    // Rulings are straight lines of one direction only on a sheet that does not lean.
    let (seen, seen_light, seen_deg, paper) = match &straight {
        Some((seen, light)) => (seen, light, 0.0, [(0.0, 1.0); 2]),
        None => (&upright, &light, orientation.skew.deg, part_of_the_picture),
    };
    let looks_like = content::judge(&content::Subject {
        page: seen,
        light: seen_light,
        colours: sample.as_ref().map_or(&[], Sample::colours),
        skew_deg: seen_deg,
        size_mm: (millimetres(plan.keep.2), millimetres(plan.keep.3)),
        paper,
        blank: judgement.blank,
        has_letters: letters_px.is_some(),
    });
    let report = PageReport {
        page: index + 1,
        width_px,
        height_px,
        dpi,
        rotation_deg: u16::from(orientation.quarters) * 90,
        rotation_confidence: orientation.confidence,
        exif_turn_deg: exif_turn.degrees(),
        skew_deg: orientation.skew.believed().deg,
        skew_confidence: orientation.skew.confidence,
        blank: judgement.blank,
        verdict: judgement.verdict,
        reasons: judgement.reasons,
        crop,
        perspective: leaning.map(|found| {
            let (x, y) = window.map_or((0.0, 0.0), |window| window.corner(plan.turn));
            let corners = plan.corners().map(|corner| (corner.0 + x, corner.1 + y));
            Perspective { corners, confidence: found.confidence }
        }),
        halves: cut.as_ref().map(Cut::report),
        colour: in_colour,
        looks_like,
        geometry_untouched,
        elapsed_ms: 0,
    };
    Ok(Straightened { drawing, report, cut })
}

fn look_at(small: Gray, options: &Options) -> Findings {
    let light = Light::measure(&small);
    let orientation = orientation::measure(&small, &light, options);
    Findings { small, light, orientation }
}

/// Turns the small copy back, and measures the light anew where that moves it.
fn set_up(small: Gray, light: Light, turn_back: u8) -> (Gray, Light) {
    if turn_back == 0 {
        return (small, light);
    }
    let upright = small.turned(crate::Turn { mirrored: false, quarters: turn_back });
    let light = Light::measure(&upright);
    (upright, light)
}

/// Sets the small copy of a page that leans straight as `plan` does the page, and measures the light on it.
fn straight(
    upright: &Gray,
    plan: &Plan,
    factor: usize,
    deadline: &Deadline,
) -> Result<Option<(Gray, Light)>, ImageError> {
    let Some(warp) = &plan.warp else {
        return Ok(None);
    };
    let by = factor as f64;
    let (left, top, width, height) = plan.keep;
    let keep = (left / by, top / by, width / by, height / by);
    let page = perspective::straightened(upright, &warp.shrunk(by), keep, deadline)?;
    let light = Light::measure(&page);
    Ok(Some((page, light)))
}

fn cropped_to((left, top): (f64, f64), (_, _, width, height): (f64, f64, f64, f64)) -> Crop {
    Crop { left: left.round() as i32, top: top.round() as i32, width: width as u32, height: height as u32 }
}

fn without_colour(raster: Raster) -> Raster {
    match raster.pixels {
        Pixels::Gray(_) => raster,
        Pixels::Rgb(pixels) => Raster { pixels: Pixels::Gray(gray::from_rgb(pixels)), ..raster },
    }
}
