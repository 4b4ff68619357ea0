//! What is measured on each small square of a page, and which of them hold writing.

use super::percentile;
use crate::flatten::Light;
use crate::gray::{Counts, Gray};

/// Edge of a cell in pixels of the small copy.
pub(super) const CELL: usize = 32;

/// What is measured on one cell.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cell {
    /// Shades that 2 % and 95 % of the pixels do not exceed.
    pub(super) dark: u8,
    pub(super) light: u8,
}

impl Cell {
    pub(super) fn contrast(&self) -> u8 {
        self.light - self.dark.min(self.light)
    }
}

/// The cells of a page, row by row.
pub(super) struct Cells {
    pub(super) columns: usize,
    pub(super) cells: Vec<Cell>,
}

impl Cells {
    pub(super) fn measure(page: &Gray) -> Self {
        let (columns, rows) = (page.width / CELL, page.height / CELL);
        let places = (0..rows).flat_map(|row| (0..columns).map(move |column| (column * CELL, row * CELL)));
        Self { columns, cells: places.map(|(left, top)| measure_cell(page, left, top)).collect() }
    }
}

fn measure_cell(page: &Gray, left: usize, top: usize) -> Cell {
    let mut shades = Counts::default();
    for y in top..top + CELL {
        shades.add(&page.row(y)[left..left + CELL]);
    }
    let shades = shades.total();
    Cell { dark: percentile(&shades, 0.02), light: percentile(&shades, 0.95) }
}

/// The cells that hold writing.
pub(super) struct Writing {
    pub(super) cells: Vec<(usize, Cell)>,
}

impl Writing {
    /// A cell holds writing when it differs more in itself than paper and noise do. The outermost cells are left
    /// out, and those much darker than the paper: margins and the edge of a page are not writing.
    pub(super) fn find(cells: &Cells, light: &Light) -> Self {
        let rows = cells.cells.len() / cells.columns.max(1);
        let limit = least_contrast(cells.cells.iter().map(Cell::contrast));
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
    pub(super) fn clearest(&self) -> Vec<Cell> {
        let mut cells: Vec<Cell> = self.cells.iter().map(|(_, cell)| *cell).collect();
        cells.sort_by_key(|cell| std::cmp::Reverse(cell.contrast()));
        cells.truncate(cells.len().div_ceil(2));
        cells
    }
}

/// Returns the contrast from which a cell holds more than paper and grain, from that of all cells: at least a quarter of
/// a page is paper.
pub(super) fn least_contrast(contrasts: impl Iterator<Item = u8>) -> u8 {
    let mut sorted: Vec<u8> = contrasts.collect();
    sorted.sort_unstable();
    let quiet = sorted.get(sorted.len() / 4).copied().unwrap_or(0);
    quiet.saturating_mul(2).clamp(18, 32)
}
