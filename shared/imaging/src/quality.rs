//! Judges whether a person can read a page, from its small upright copy.

use crate::flatten::Light;
use crate::gray::Gray;
use crate::orientation::Orientation;
use crate::{Reason, Verdict};

/// Edge of a cell in pixels of the small copy.
const CELL: usize = 32;

/// What is known of a page when it is judged.
pub(crate) struct Subject<'a> {
    /// The small copy, upright, not straightened.
    pub(crate) page: &'a Gray,
    pub(crate) light: &'a Light,
    pub(crate) orientation: &'a Orientation,
    /// Dots per inch of the input.
    pub(crate) dpi: u32,
    /// By how much the small copy was reduced.
    pub(crate) factor: usize,
}

/// The verdict on a page.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Judgement {
    pub(crate) blank: bool,
    pub(crate) verdict: Verdict,
    pub(crate) reasons: Vec<Reason>,
}

/// Judges a page.
pub(crate) fn judge(subject: &Subject<'_>) -> Judgement {
    let cells = measure_cells(subject.page);
    let writing = Writing::find(&cells, subject.light);
    let mut findings: Vec<(Verdict, Reason)> = Vec::new();
    let mut add = |found: Option<Verdict>, reason| findings.extend(found.map(|verdict| (verdict, reason)));
    let blank = writing.cells.len() <= BLANK_CELLS.max(cells.cells.len() / 500);
    add(blank.then_some(Verdict::Warn), Reason::Blank);
    add(darkness(subject.light), Reason::TooDark);
    add(small(subject), Reason::TooSmall);
    if !blank {
        let (blurred, motion) = blur(&writing, subject);
        add(blurred, Reason::Blurred);
        add(motion, Reason::Motion);
        add(contrast(&writing), Reason::LowContrast);
        add(cut_off(subject), Reason::CutOff);
        add(two_pages(subject.page, &cells, &writing), Reason::TwoPages);
        add(no_document(subject), Reason::NotADocument);
    }
    add(glare(subject.page, &cells), Reason::Glare);
    add(shadow(subject.light), Reason::Shadow);
    add((subject.orientation.quarters == 2).then_some(Verdict::Warn), Reason::UpsideDown);
    // The gravest first; reasons of the same weight stay in the order above.
    findings.sort_by_key(|(verdict, _)| std::cmp::Reverse(*verdict));
    let verdict = findings.first().map_or(Verdict::Ok, |(verdict, _)| *verdict);
    Judgement { blank, verdict, reasons: findings.into_iter().map(|(_, reason)| reason).collect() }
}

/// A page with no more cells of writing than this, or 0.2 % of its cells, is blank: specks are not writing.
const BLANK_CELLS: usize = 2;

/// Returns `unreadable` or `warn` where the value lies below the limits.
fn below(value: f64, unreadable: f64, warn: f64) -> Option<Verdict> {
    if value < unreadable { Some(Verdict::Unreadable) } else { (value < warn).then_some(Verdict::Warn) }
}

/// What is measured on one cell.
#[derive(Debug, Clone, Copy)]
struct Cell {
    /// Shades that 2 % and 95 % of the pixels do not exceed.
    dark: u8,
    light: u8,
    /// Steepest steps over two pixels, across and down, the 98th percentile.
    across: u8,
    down: u8,
}

impl Cell {
    fn contrast(&self) -> u8 {
        self.light - self.dark.min(self.light)
    }
}

struct Cells {
    columns: usize,
    cells: Vec<Cell>,
}

fn measure_cells(page: &Gray) -> Cells {
    let (columns, rows) = (page.width / CELL, page.height / CELL);
    let places = (0..rows).flat_map(|row| (0..columns).map(move |column| (column * CELL, row * CELL)));
    Cells { columns, cells: places.map(|(left, top)| measure_cell(page, left, top)).collect() }
}

fn measure_cell(page: &Gray, left: usize, top: usize) -> Cell {
    let mut shades = [0_u16; 256];
    let mut across = [0_u16; 256];
    let mut down = [0_u16; 256];
    for y in top..top + CELL {
        let row = &page.row(y)[left..left + CELL];
        row.iter().for_each(|&pixel| shades[usize::from(pixel)] += 1);
        for pair in row.windows(3) {
            across[usize::from(pair[0].abs_diff(pair[2]))] += 1;
        }
        if y >= top + 2 {
            let above = &page.row(y - 2)[left..left + CELL];
            for (above, here) in above.iter().zip(row) {
                down[usize::from(above.abs_diff(*here))] += 1;
            }
        }
    }
    Cell {
        dark: percentile(&shades, 0.02),
        light: percentile(&shades, 0.95),
        across: percentile(&across, 0.98),
        down: percentile(&down, 0.98),
    }
}

fn percentile(counts: &[u16; 256], share: f64) -> u8 {
    let total: u32 = counts.iter().map(|&count| u32::from(count)).sum();
    let target = f64::from(total) * share;
    let mut seen = 0.0;
    let place = counts.iter().position(|&count| {
        seen += f64::from(count);
        seen > target
    });
    place.unwrap_or(255) as u8
}

/// The cells that hold writing.
struct Writing {
    cells: Vec<(usize, Cell)>,
}

impl Writing {
    /// A cell holds writing when it differs more in itself than paper and noise do. The outermost cells are left
    /// out, and those much darker than the paper: margins and the edge of a page are not writing.
    fn find(cells: &Cells, light: &Light) -> Self {
        let rows = cells.cells.len() / cells.columns.max(1);
        let mut contrasts: Vec<u8> = cells.cells.iter().map(Cell::contrast).collect();
        contrasts.sort_unstable();
        let quiet = contrasts.get(contrasts.len() / 4).copied().unwrap_or(0);
        let limit = quiet.saturating_mul(2).clamp(18, 32);
        let inner = |at: usize| {
            let (column, row) = (at % cells.columns, at / cells.columns);
            (1..cells.columns - 1).contains(&column) && (1..rows.saturating_sub(1)).contains(&row)
        };
        let holds = |at: usize, cell: &Cell| {
            inner(at) && cell.contrast() >= limit && f64::from(cell.light) >= 0.5 * f64::from(light.paper)
        };
        let found = cells.cells.iter().copied().enumerate().filter(|(at, cell)| holds(*at, cell));
        Self { cells: found.collect() }
    }

    /// Returns the half of the cells with the strongest contrast, where noise weighs least.
    fn clearest(&self) -> Vec<Cell> {
        let mut cells: Vec<Cell> = self.cells.iter().map(|(_, cell)| *cell).collect();
        cells.sort_by_key(|cell| std::cmp::Reverse(cell.contrast()));
        cells.truncate(cells.len().div_ceil(2));
        cells
    }
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut sorted: Vec<f64> = values.collect();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(0.0)
}

/// Blur in millimetres on paper, as the standard deviation of a Gaussian, from which text of 10 points is lost, and
/// from which reading is an effort.
const BLUR_LOST_MM: f64 = 0.50;
const BLUR_EFFORT_MM: f64 = 0.36;
/// Edges this much softer in one direction than in the other mean that something moved.
const MOTION_RATIO: f64 = 0.55;

/// Judges the steepness of edges: a step over two pixels of a Gaussian edge is 0.8 / sigma of its height.
fn blur(writing: &Writing, subject: &Subject<'_>) -> (Option<Verdict>, Option<Verdict>) {
    let cells = writing.clearest();
    let steepness = |step: fn(&Cell) -> u8| {
        median(cells.iter().map(|cell| f64::from(step(cell)) / f64::from(cell.contrast().max(1))))
    };
    let (across, down) = (steepness(|cell| cell.across), steepness(|cell| cell.down));
    let mm_a_pixel = 25.4 * subject.factor as f64 / f64::from(subject.dpi.max(1));
    let sigma_mm = |steepness: f64| 0.8 / steepness.max(0.01) * mm_a_pixel;
    let verdict = |mm: f64| below(-mm, -BLUR_LOST_MM, -BLUR_EFFORT_MM);
    let (sharper, softer) = (across.max(down), across.min(down));
    if softer < MOTION_RATIO * sharper {
        // A table has many more lines in one direction than in the other and looks much the same: a person decides. But
        // where even the sharper direction is beyond reading nothing is left to decide.
        let lost = verdict(sigma_mm(sharper)).filter(|verdict| *verdict == Verdict::Unreadable);
        return (lost, verdict(sigma_mm(softer)).map(|_| Verdict::Warn));
    }
    (verdict(sigma_mm(sharper)), None)
}

/// Shade of the paper below which nothing can be read, and below which reading is an effort.
fn darkness(light: &Light) -> Option<Verdict> {
    below(f64::from(light.paper), 48.0, 95.0)
}

/// Difference between ink and paper, as a part of the paper's shade.
fn contrast(writing: &Writing) -> Option<Verdict> {
    let share = |cell: &Cell| f64::from(cell.contrast()) / f64::from(cell.light.max(1));
    below(median(writing.clearest().iter().map(share)), 0.17, 0.30)
}

/// Dots per inch at which text of 10 points has letters of five and of eight pixels.
fn small(subject: &Subject<'_>) -> Option<Verdict> {
    below(f64::from(subject.dpi), 72.0, 110.0)
}

/// Share of the page's cells that must be burnt out.
const GLARE_SHARE: f64 = 0.012;
/// Distance in cells at which the paper around a reflection is looked at: by then its halo has ended, while paper that
/// is lit from one side has hardly become darker.
const GLARE_REACH: usize = 4;
/// Paper there is darker than this.
const GLARE_PAPER: f64 = 232.0;
/// Share of pixels between burnt out and paper along the edge of a reflection: a white box or card has a sharp edge.
const GLARE_HALO: f64 = 0.12;

/// Part of the page hidden by a reflection: a burnt-out blob that fades into darker paper. Only ever a warning.
fn glare(page: &Gray, cells: &Cells) -> Option<Verdict> {
    let burnt: Vec<bool> = cells.cells.iter().map(|cell| cell.dark >= 247).collect();
    let count = burnt.iter().filter(|&&burnt| burnt).count();
    if count as f64 <= GLARE_SHARE * cells.cells.len() as f64 {
        return None;
    }
    let rings = rings(burnt, cells.columns);
    let ring =
        |distance| rings.iter().enumerate().filter(move |(_, ring)| **ring == distance).map(|(at, _)| at);
    let paper = median(ring(GLARE_REACH).map(|at| f64::from(cells.cells[at].light)));
    if paper == 0.0 || paper > GLARE_PAPER {
        return None;
    }
    let quarter = ((255.0 - paper) / 4.0) as u8;
    let halo = paper as u8 + quarter..255 - quarter;
    let (mut between, mut all) = (0, 0);
    for at in ring(1).chain(ring(2)) {
        let (left, top) = (at % cells.columns * CELL, at / cells.columns * CELL);
        for y in top..top + CELL {
            between += page.row(y)[left..left + CELL].iter().filter(|&pixel| halo.contains(pixel)).count();
            all += CELL;
        }
    }
    (f64::from(between as u32) > GLARE_HALO * f64::from(all as u32)).then_some(Verdict::Warn)
}

/// Returns how many cells each cell lies from the nearest of `inside`, up to [`GLARE_REACH`]; further ones get one more.
fn rings(inside: Vec<bool>, columns: usize) -> Vec<usize> {
    let mut rings: Vec<usize> =
        inside.into_iter().map(|inside| if inside { 0 } else { GLARE_REACH + 1 }).collect();
    for distance in 1..=GLARE_REACH {
        let before = rings.clone();
        for (at, ring) in rings.iter_mut().enumerate() {
            let near = |step: isize| at.checked_add_signed(step).and_then(|near| before.get(near));
            let (width, column) = (columns as isize, at % columns);
            let mut steps = vec![-width, width];
            if column > 0 {
                steps.extend([-width - 1, -1, width - 1]);
            }
            if column + 1 < columns {
                steps.extend([1 - width, 1, width + 1]);
            }
            if *ring > distance && steps.into_iter().any(|step| near(step) == Some(&(distance - 1))) {
                *ring = distance;
            }
        }
    }
    rings
}

/// Light on the darkest tenth of the paper as a part of that on the brightest.
fn shadow(light: &Light) -> Option<Verdict> {
    let (low, high) = light.range;
    (low < 0.62 * high && light.paper_share > 0.5).then_some(Verdict::Warn)
}

/// Changes between ink and paper along an edge of the page from which its writing was cut.
const CUT_CHANGES: usize = 24;

fn cut_off(subject: &Subject<'_>) -> Option<Verdict> {
    let page = subject.page;
    if page.width < 4 * CELL || page.height < 4 * CELL {
        return None;
    }
    let limit = subject.light.paper / 8 * 5;
    let inside = 3;
    let sides = [
        changes(page.row(inside).iter(), limit),
        changes(page.row(page.height - 1 - inside).iter(), limit),
        changes(page.pixels.iter().skip(inside).step_by(page.width), limit),
        changes(page.pixels.iter().skip(page.width - 1 - inside).step_by(page.width), limit),
    ];
    sides.iter().any(|&changes| changes >= CUT_CHANGES).then_some(Verdict::Warn)
}

/// Counts how often a line of pixels goes from paper to ink, once it has shown paper for a while.
fn changes<'a>(pixels: impl Iterator<Item = &'a u8>, limit: u8) -> usize {
    let mut was_dark = true;
    let mut count = 0;
    for &pixel in pixels {
        let dark = pixel < limit;
        count += usize::from(dark && !was_dark);
        was_dark = dark;
    }
    count
}

/// Two pages side by side: wider than high by the ratio of two sheets, writing left and right, and between them a
/// band without any.
fn two_pages(page: &Gray, cells: &Cells, writing: &Writing) -> Option<Verdict> {
    let ratio = page.width as f64 / page.height as f64;
    if !(1.25..1.65).contains(&ratio) || cells.columns < 12 {
        return None;
    }
    let middle = cells.columns / 2;
    let column = |at: &usize| at % cells.columns;
    let in_gutter = |at: &usize| column(at).abs_diff(middle) <= 1;
    let places: Vec<usize> = writing.cells.iter().map(|(at, _)| *at).collect();
    let gutter = places.iter().filter(|at| in_gutter(at)).count();
    let left = places.iter().filter(|at| column(at) + 1 < middle).count();
    let right = places.len() - gutter - left;
    let enough = cells.cells.len() / 10;
    (gutter == 0 && left > enough && right > enough).then_some(Verdict::Warn)
}

/// No lines in any direction, and hardly any paper.
fn no_document(subject: &Subject<'_>) -> Option<Verdict> {
    let lines = subject.orientation.skew.contrast;
    (lines < 1.25 && subject.light.paper_share < 0.45).then_some(Verdict::Warn)
}
