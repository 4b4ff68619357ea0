//! The light on a page: the paper's brightness, measured on a coarse grid.

use crate::border::Outline;
use crate::gray::{self, Gray};

/// Edge of a cell in pixels of the small copy.
const CELL: usize = 40;
/// Share of a cell's pixels that are darker than what counts as its paper.
const PERCENTILE: f64 = 0.85;
/// A cell darker than this part of the page's paper holds a photo or a margin, not paper.
const NOT_PAPER: f64 = 0.5;
/// Places, of the four that are looked at in a cell, that lie on the paper where the cell shows its light.
const COVERED: usize = 2;
/// Shade that paper gets.
const WHITE: f32 = 247.0;
/// Light this even, and this bright, is left alone.
const EVEN: f32 = 14.0;
const BRIGHT: f32 = 225.0;
/// Share of cells that must show paper before any of them is changed.
const CONFIDENT: f64 = 0.5;

/// The brightness of the paper over a page.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Light {
    columns: usize,
    rows: usize,
    /// Smoothed, and without gaps where there is no paper.
    levels: Vec<f32>,
    /// As measured.
    raw: Vec<f32>,
    /// Share of cells that show paper.
    pub(crate) paper_share: f64,
    /// Brightness of the page's paper, the median over its cells.
    pub(crate) paper: u8,
    /// Brightness of the darkest and the brightest tenth of the paper.
    pub(crate) range: (f32, f32),
}

impl Light {
    /// Edge of a cell in pixels of the small copy: within one, [`Light::limits`] is the same for every row.
    pub(crate) const CELL: usize = CELL;

    /// Writes, for each pixel of row `y` of the small copy, this part of the paper's shade there.
    pub(crate) fn limits(&self, y: usize, part: f32, out: &mut [u8]) {
        let row = &self.levels[(y / CELL).min(self.rows - 1) * self.columns..][..self.columns];
        for (out, level) in out.chunks_mut(CELL).zip(row) {
            out.fill((level * part) as u8);
        }
    }

    /// Measures the light on a small copy.
    pub(crate) fn measure(page: &Gray) -> Self {
        let (columns, rows) = (page.width.div_ceil(CELL).max(1), page.height.div_ceil(CELL).max(1));
        let mut levels = Vec::with_capacity(columns * rows);
        let mut cell = Vec::with_capacity(CELL * CELL);
        for row in 0..rows {
            for column in 0..columns {
                levels.push(f32::from(cell_level(page, column * CELL, row * CELL, &mut cell)));
            }
        }
        Self::of_cells(columns, levels)
    }

    /// Makes the light of cells, row by row; those without paper are 0 or dark.
    fn of_cells(columns: usize, raw: Vec<f32>) -> Self {
        let mut sorted: Vec<f32> = raw.iter().copied().filter(|level| level.is_finite()).collect();
        sorted.sort_by(f32::total_cmp);
        // The upper third stands for the paper even where much of the page is margin or photo.
        let reference = sorted[sorted.len() * 2 / 3];
        let is_paper = |level: f32| f64::from(level) >= NOT_PAPER * f64::from(reference);
        let paper: Vec<f32> = sorted.iter().copied().filter(|&level| is_paper(level)).collect();
        let at = |share: usize| paper[(paper.len() * share / 10).min(paper.len() - 1)];
        let (range, median) = ((at(1), at(9)), at(5));
        let paper_share = paper.len() as f64 / sorted.len() as f64;
        let mut levels = raw.clone();
        fill_gaps(&mut levels, columns, is_paper, median);
        let levels = smoothed(&levels, columns);
        Self { columns, rows: raw.len() / columns, levels, raw, paper_share, paper: median as u8, range }
    }

    /// Returns the light on the paper alone, as it goes on beyond its edge: what lies around it is lit otherwise.
    pub(crate) fn within(&self, outline: &Outline) -> Self {
        let covered = |at: usize| {
            let (left, top) = (at % self.columns * CELL, at / self.columns * CELL);
            let near = |edge: usize| [edge + CELL / 4, edge + CELL * 3 / 4];
            let places = near(left).into_iter().flat_map(|x| near(top).map(|y| (x as f64, y as f64)));
            places.filter(|&place| outline.contains(place, 0.0)).count()
        };
        let of_paper = |(at, &level): (usize, &f32)| if covered(at) >= COVERED { level } else { f32::NAN };
        let cells: Vec<f32> = self.raw.iter().enumerate().map(of_paper).collect();
        if cells.iter().all(|level| level.is_nan()) {
            self.clone()
        } else {
            Self::of_cells(self.columns, cells)
        }
    }

    /// Returns the brightness of the brightest paper, that of the sheet where a darker card is printed on it or lies on a table.
    pub(crate) fn brightest(&self) -> u8 {
        let mut levels = self.raw.clone();
        let place = levels.len() * 17 / 20;
        *levels.select_nth_unstable_by(place, f32::total_cmp).1 as u8
    }

    /// Returns whether the page gains by more even light, and whether the measurement can be trusted.
    pub(crate) fn is_uneven(&self) -> bool {
        let (low, high) = self.range;
        self.paper_share >= CONFIDENT && low > 20.0 && (high - low > EVEN || f32::from(self.paper) < BRIGHT)
    }

    /// Returns the gain, in 1/128, at a place of the small copy.
    pub(crate) fn gain(&self, x: f64, y: f64) -> u16 {
        let cells = |place: f64, count: usize| {
            let place = (place / CELL as f64 - 0.5).clamp(0.0, count as f64 - 1.0);
            let first = place as usize;
            (first, (first + 1).min(count - 1), (place - first as f64) as f32)
        };
        let (left, right, wx) = cells(x, self.columns);
        let (top, bottom, wy) = cells(y, self.rows);
        let level = |column: usize, row: usize| self.levels[row * self.columns + column];
        let upper = level(left, top) * (1.0 - wx) + level(right, top) * wx;
        let lower = level(left, bottom) * (1.0 - wx) + level(right, bottom) * wx;
        let light = upper * (1.0 - wy) + lower * wy;
        (WHITE / light.max(1.0) * 128.0).clamp(128.0 * 0.9, 128.0 * 4.0) as u16
    }
}

fn cell_level(page: &Gray, left: usize, top: usize, cell: &mut Vec<u8>) -> u8 {
    let (right, bottom) = ((left + CELL).min(page.width), (top + CELL).min(page.height));
    cell.clear();
    (top..bottom).for_each(|y| cell.extend_from_slice(&page.row(y)[left..right]));
    let target = (cell.len() as f64 * PERCENTILE).ceil();
    gray::shade_reaching_among(cell, target as u32)
}

/// Gives cells without paper the mean of their neighbours with paper, ring by ring.
fn fill_gaps(levels: &mut [f32], columns: usize, is_paper: impl Fn(f32) -> bool, fallback: f32) {
    let rows = levels.len() / columns;
    let mut known: Vec<bool> = levels.iter().map(|&level| is_paper(level)).collect();
    while known.iter().any(|&known| !known) {
        let before = known.clone();
        for at in (0..levels.len()).filter(|&at| !before[at]) {
            let near = neighbours(at, columns, rows).filter(|&near| before[near]);
            let (sum, count) = near.fold((0.0, 0_u8), |(sum, count), near| (sum + levels[near], count + 1));
            if count > 0 {
                levels[at] = sum / f32::from(count);
                known[at] = true;
            }
        }
        if known == before {
            levels
                .iter_mut()
                .zip(&known)
                .filter(|(_, known)| !**known)
                .for_each(|(level, _)| *level = fallback);
            return;
        }
    }
}

fn neighbours(at: usize, columns: usize, rows: usize) -> impl Iterator<Item = usize> {
    let (column, row) = (at % columns, at / columns);
    let columns_near = column.saturating_sub(1)..=(column + 1).min(columns - 1);
    (row.saturating_sub(1)..=(row + 1).min(rows - 1))
        .flat_map(move |row| columns_near.clone().map(move |column| row * columns + column))
}

fn smoothed(levels: &[f32], columns: usize) -> Vec<f32> {
    let rows = levels.len() / columns;
    (0..levels.len())
        .map(|at| {
            let (sum, count) = neighbours(at, columns, rows)
                .fold((0.0, 0_u8), |(sum, count), near| (sum + levels[near], count + 1));
            sum / f32::from(count)
        })
        .collect()
}
