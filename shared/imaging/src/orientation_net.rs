//! The second opinion on which way up a page lies: PP-LCNet_x1_0_doc_ori (PaddleOCR, Apache-2.0), run by `rten`.
//!
//! The weights are no part of this crate: `scripts/fetch-orientation-model` fetches them. `rten` keeps a pool of threads
//! for itself, whose size its own variable `RTEN_NUM_THREADS` may set; the network runs on a single thread.

use std::fmt;
use std::sync::Arc;

use rten::{Model, RunOptions, ThreadPool};
use rten_tensor::NdTensor;
use rten_tensor::prelude::*;

use crate::ImageError;
use crate::gray::Gray;

/// Edge of the network's input in pixels, and of the page's shorter edge from whose middle it is cut.
const INPUT: usize = 224;
const SHORT_EDGE: f64 = 256.0;
/// Mean and deviation of the pictures that the network was trained on (ImageNet), by channel, for shades from 0 to 1.
const MEAN: [f32; 3] = [0.485, 0.456, 0.406];
const DEVIATION: [f32; 3] = [0.229, 0.224, 0.225];

/// A loaded network; it is loaded once and serves every page.
pub struct OrientationNet {
    model: Model,
    run: RunOptions,
}

impl fmt::Debug for OrientationNet {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("OrientationNet")
    }
}

/// Two are equal when they are the same one: [`crate::Options`] is compared, weights are not.
impl PartialEq for OrientationNet {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

impl Eq for OrientationNet {}

impl OrientationNet {
    /// Loads the network from the bytes of its ONNX file, which takes about 10 ms.
    ///
    /// # Errors
    /// `Corrupt` when the bytes are no such network.
    pub fn load(onnx: Vec<u8>) -> Result<Self, ImageError> {
        let model = Model::load(onnx).map_err(|_| ImageError::Corrupt)?;
        let pool = Arc::new(ThreadPool::with_num_threads(1));
        let net = Self { model, run: RunOptions::default().with_thread_pool(Some(pool)) };
        // A network of another shape fails here and not at the first page.
        net.ask(&Gray::filled(INPUT, INPUT, 255), 0.0).ok_or(ImageError::Corrupt)?;
        Ok(net)
    }

    /// Returns how likely a page is to be turned by 0, 1, 2 and 3 quarters clockwise; `deg` is the skew of its lines.
    pub(crate) fn ask(&self, page: &Gray, deg: f64) -> Option<[f32; 4]> {
        let shades = thumbnail(page, deg);
        let mut input = NdTensor::<f32, 4>::zeros([1, 3, INPUT, INPUT]);
        for (channel, values) in input.data_mut()?.chunks_exact_mut(INPUT * INPUT).enumerate() {
            for (value, shade) in values.iter_mut().zip(&shades) {
                *value = (shade / 255.0 - MEAN[channel]) / DEVIATION[channel];
            }
        }
        let output = self.model.run_one(input.view().into(), Some(self.run.clone())).ok()?;
        let likely: NdTensor<f32, 2> = output.try_into().ok()?;
        likely.data()?.try_into().ok()
    }
}

/// Returns the straightened middle of a page, shade by shade; what lies outside the page is white.
fn thumbnail(page: &Gray, deg: f64) -> Vec<f32> {
    let scale = page.width.min(page.height) as f64 / SHORT_EDGE;
    let samples = scale.round().clamp(1.0, 8.0) as usize;
    let (sin, cos) = deg.to_radians().sin_cos();
    let (middle_x, middle_y) = (page.width as f64 / 2.0, page.height as f64 / 2.0);
    let shade = |x: f64, y: f64| {
        let (x, y) = (x * scale, y * scale);
        let (x, y) = (middle_x + cos * x - sin * y, middle_y + sin * x + cos * y);
        if x < 0.0 || y < 0.0 || x >= page.width as f64 || y >= page.height as f64 {
            return 255;
        }
        u32::from(page.pixels[y as usize * page.width + x as usize])
    };
    let half = INPUT as f64 / 2.0;
    let step = 1.0 / samples as f64;
    let mut out = Vec::with_capacity(INPUT * INPUT);
    for (y, x) in (0..INPUT).flat_map(|y| (0..INPUT).map(move |x| (y, x))) {
        let mut sum = 0;
        for (row, column) in (0..samples).flat_map(|row| (0..samples).map(move |column| (row, column))) {
            let place = |at: usize, part: usize| at as f64 + (part as f64 + 0.5) * step - half;
            sum += shade(place(x, column), place(y, row));
        }
        out.push(sum as f32 / (samples * samples) as f32);
    }
    out
}
