//! A copy of the page coarse enough that grain is averaged away and fine enough that letters keep their strokes, and the
//! steps on it.

use super::cells::least_contrast;
use super::{Subject, percentile};
use crate::gray::{Counts, Gray};
use crate::simd::kernel;

/// Edge of a pixel of the coarse copy in millimetres on paper: a stroke of print of 10 points is about as wide.
const PIXEL_MM: f64 = 0.34;
/// Edge of a cell in pixels of the coarse copy: a line of print and its gap.
pub(super) const CELL: usize = 16;
/// Least steps, as a part of the greatest, in a cell that holds more than an edge: letters have strokes across every
/// direction, while the paper's own edge, a crease and a ruling have steps across one only.
const TWO_WAYS: f64 = 0.06;

/// The coarse copy with its cells that differ more in themselves than paper does, the clearest first.
pub(super) struct Coarse {
    pub(super) page: Gray,
    cells: Vec<Cell>,
    /// How many cells the page has, with the others.
    pub(super) all: usize,
    /// How many of them differ in themselves, be it by an edge only.
    pub(super) uneven: usize,
    /// Mean square of the steps of grain.
    grain: f64,
}

impl Coarse {
    pub(super) fn make(subject: &Subject<'_>) -> Self {
        let factor = ((PIXEL_MM / subject.pixel_mm()).round() as usize).max(1);
        let page = subject.page.reduced(factor);
        let mut cells = measured(&page);
        let all = cells.len();
        let mut quiet: Vec<f64> = cells.iter().map(|cell| cell.tensor.0.min(cell.tensor.1)).collect();
        quiet.sort_by(f64::total_cmp);
        let grain = quiet.get(quiet.len() / 10).copied().unwrap_or(0.0);
        let least = least_contrast(cells.iter().map(|cell| cell.contrast));
        let uneven = cells.iter().filter(|cell| cell.contrast >= least).count();
        // What is much darker than the paper, and than paper in the shade, is a margin, not writing.
        let shade = subject.light.paper / 5 * 2;
        cells.retain(|cell| cell.alone >= least && cell.light >= shade);
        cells.sort_by_key(|cell| std::cmp::Reverse(cell.contrast));
        Self { page, cells, all, uneven, grain }
    }

    /// Returns the clearer half of the cells, where grain weighs least.
    pub(super) fn clearest(&self) -> &[Cell] {
        &self.cells[..self.cells.len().div_ceil(2)]
    }

    /// Returns how many cells hold more than an edge.
    pub(super) fn with_strokes(&self) -> usize {
        self.cells.iter().filter(|cell| cell.goes_two_ways(self.grain)).count()
    }
}

/// One cell of the coarse copy.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cell {
    pub(super) left: usize,
    pub(super) top: usize,
    /// Shade that 95 % of the pixels do not exceed.
    light: u8,
    /// Difference to the shade that 2 % do not exceed.
    pub(super) contrast: u8,
    /// The same without what the cell as a whole changes from side to side.
    alone: u8,
    /// Mean squares of the steps across and down, and their mean product.
    pub(super) tensor: (f64, f64, f64),
}

fn measured(page: &Gray) -> Vec<Cell> {
    // A pixel is left out all around, whose steps would lead outside.
    let (columns, rows) = (page.width.saturating_sub(2) / CELL, page.height.saturating_sub(2) / CELL);
    let places =
        (0..rows).flat_map(|row| (0..columns).map(move |column| (column * CELL + 1, row * CELL + 1)));
    places.map(|(left, top)| measure(page, left, top)).collect()
}

fn measure(page: &Gray, left: usize, top: usize) -> Cell {
    let mut shades = Counts::default();
    for y in top..top + CELL {
        shades.add(&page.row(y)[left..left + CELL]);
    }
    let Sums { squares, product, trend } = sums(page, left, top);
    let shades = shades.total();
    let (dark, light) = (percentile(&shades, 0.02), percentile(&shades, 0.95));
    let mean = |sum: i32| f64::from(sum) / (CELL * CELL) as f64;
    let tensor = (mean(squares.0), mean(squares.1), mean(product));
    // By how much the whole cell becomes lighter towards one side: the edge of a shadow or of the paper, not writing. Each
    // step spans two pixels, and the cell is crossed in `CELL` pixels.
    let slope = (trend.0.abs() + trend.1.abs()) / (2 * CELL as i32);
    let contrast = light.saturating_sub(dark);
    let alone = u8::try_from(i32::from(contrast) - slope).unwrap_or(0);
    Cell { left, top, light, contrast, alone, tensor }
}

/// Sums over the steps of a cell across and down: of their squares, of their products, of themselves.
struct Sums {
    squares: (i32, i32),
    product: i32,
    trend: (i32, i32),
}

kernel! {
    fn sums(page: &Gray, left: usize, top: usize) -> Sums {
        let (mut squares, mut product, mut trend) = ((0, 0), 0, (0, 0));
        for y in top..top + CELL {
            let (across, down) = steps(page, left, y);
            for (across, down) in across.into_iter().zip(down) {
                let (across, down) = (i32::from(across), i32::from(down));
                squares = (squares.0 + across * across, squares.1 + down * down);
                product += across * down;
                trend = (trend.0 + across, trend.1 + down);
            }
        }
        Sums { squares, product, trend }
    }
}

/// Returns the steps over two pixels, across and down, at the pixels of one row of a cell.
#[inline(always)]
pub(super) fn steps(page: &Gray, left: usize, y: usize) -> ([i16; CELL], [i16; CELL]) {
    let row = &page.row(y)[left - 1..][..CELL + 2];
    let (above, below) = (&page.row(y - 1)[left..][..CELL], &page.row(y + 1)[left..][..CELL]);
    let (mut across, mut down) = ([0; CELL], [0; CELL]);
    for at in 0..CELL {
        across[at] = i16::from(row[at + 2]) - i16::from(row[at]);
        down[at] = i16::from(below[at]) - i16::from(above[at]);
    }
    (across, down)
}

impl Cell {
    /// Returns whether there are steps in every direction, beside those of grain.
    fn goes_two_ways(&self, grain: f64) -> bool {
        let (across, down) = ((self.tensor.0 - grain).max(0.0), (self.tensor.1 - grain).max(0.0));
        let (mean, half) = ((across + down) / 2.0, (across - down) / 2.0);
        let swing = half.hypot(self.tensor.2);
        mean - swing > TWO_WAYS * (mean + swing)
    }
}
