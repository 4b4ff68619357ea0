//! Where each pixel of the normalized page comes from: every geometric step in one inverse map.

use crate::homography::Homography;
use crate::raster::Turn;

/// Maps the middle of an output pixel to a place in the page as it lies in memory:
/// `x = (x0 + dx·X + ex·Y) / w`, `y = (y0 + dy·X + ey·Y) / w` with `w = 1 + lx·X + ly·Y`, all in pixels, where (0, 0) is the
/// middle of the first pixel. Without a perspective `w` is 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct InverseMap {
    pub(crate) x0: f64,
    pub(crate) y0: f64,
    /// Step in the source for one output pixel to the right.
    pub(crate) right: (f64, f64),
    /// Step in the source for one output pixel down.
    pub(crate) down: (f64, f64),
    /// How the page leans: (lx, ly).
    pub(crate) lean: (f64, f64),
}

impl InverseMap {
    /// Returns the place that the output pixel (x, y) comes from.
    pub(crate) fn at(&self, x: f64, y: f64) -> (f64, f64) {
        let place =
            (self.x0 + self.right.0 * x + self.down.0 * y, self.y0 + self.right.1 * x + self.down.1 * y);
        if self.is_even() {
            return place;
        }
        let w = 1.0 + self.lean.0 * x + self.lean.1 * y;
        (place.0 / w, place.1 / w)
    }

    /// Returns the map of samples that stand for blocks of `by × by` output pixels each, from their middles.
    pub(crate) fn coarser(&self, by: f64) -> Self {
        let (first, lean) = ((by - 1.0) / 2.0, self.lean);
        let w = 1.0 + first * (lean.0 + lean.1);
        let stepped = |step: (f64, f64)| (by * step.0 / w, by * step.1 / w);
        Self {
            x0: (self.x0 + first * (self.right.0 + self.down.0)) / w,
            y0: (self.y0 + first * (self.right.1 + self.down.1)) / w,
            right: stepped(self.right),
            down: stepped(self.down),
            lean: stepped(lean),
        }
    }

    /// Returns the map to the same source made smaller, of which a pixel stands for a block of `by × by`.
    pub(crate) fn to_smaller(self, by: f64) -> Self {
        let shift = (1.0 - by) / 2.0;
        let (lx, ly) = self.lean;
        Self {
            x0: (self.x0 + shift) / by,
            y0: (self.y0 + shift) / by,
            right: ((self.right.0 + shift * lx) / by, (self.right.1 + shift * lx) / by),
            down: ((self.down.0 + shift * ly) / by, (self.down.1 + shift * ly) / by),
            lean: self.lean,
        }
    }

    /// Returns whether every step in the output is the same step in the source.
    pub(crate) fn is_even(&self) -> bool {
        self.lean == (0.0, 0.0)
    }
}

/// How a page leans that was taken from aslant, in pixels of the upright page, counted from pixel edges.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Warp {
    /// From the straight sheet to the upright page.
    to_upright: Homography,
    /// And back.
    to_straight: Homography,
}

impl Warp {
    /// Takes the map from the straight sheet to the upright page.
    pub(crate) fn new(to_upright: Homography) -> Self {
        Self { to_upright, to_straight: to_upright.inverse() }
    }

    /// Returns the same for pictures `by` times smaller.
    pub(crate) fn shrunk(&self, by: f64) -> Self {
        Self::new(self.to_upright.shrunk(by))
    }
}

/// Everything that is to be done to a page's geometry.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Plan {
    /// Size of the page as it lies in memory.
    pub(crate) source: (u32, u32),
    /// Turn that sets the page upright.
    pub(crate) turn: Turn,
    /// Skew of the upright page in degrees clockwise, which is taken away.
    pub(crate) skew_deg: f64,
    /// How the upright page leans, which is taken away in place of the skew.
    pub(crate) warp: Option<Warp>,
    /// Part that is kept of the straightened page, in its own pixels: left, top, width, height. It may reach beyond
    /// the page, where there is paper.
    pub(crate) keep: (f64, f64, f64, f64),
    /// Source pixels for one output pixel, at least 1.
    pub(crate) scale: f64,
}

impl Plan {
    /// Plans to leave a page as it is, but for its turn.
    pub(crate) fn upright(source: (u32, u32), turn: Turn) -> Self {
        let (width, height) = if turn.swaps_axes() { (source.1, source.0) } else { source };
        let keep = (0.0, 0.0, f64::from(width), f64::from(height));
        Self { source, turn, skew_deg: 0.0, warp: None, keep, scale: 1.0 }
    }

    /// Plans the same, but smaller where the output's longer edge would have more than `longest_px` pixels.
    pub(crate) fn within(self, longest_px: u32) -> Self {
        let longest = self.keep.2.max(self.keep.3);
        Self { scale: self.scale.max(longest / f64::from(longest_px.max(1))), ..self }
    }

    /// Returns whether the output's pixels are the source's pixels.
    pub(crate) fn is_identity(&self) -> bool {
        *self == Self::upright(self.source, Turn::default())
    }

    /// Returns whether pixels are only moved to other places, without any between-values.
    pub(crate) fn is_turn_only(&self) -> bool {
        *self == Self::upright(self.source, self.turn)
    }

    /// Returns width and height of the output, at least 1 each.
    pub(crate) fn output_size(&self) -> (u32, u32) {
        let edge = |length: f64| (length / self.scale).round().max(1.0) as u32;
        (edge(self.keep.2), edge(self.keep.3))
    }

    /// Returns the map from output pixels to the page as it lies in memory.
    pub(crate) fn inverse(&self) -> InverseMap {
        if let Some(warp) = &self.warp {
            return self.leaning(warp);
        }
        let origin = self.source_of(0.0, 0.0);
        let right = self.source_of(1.0, 0.0);
        let down = self.source_of(0.0, 1.0);
        InverseMap {
            x0: origin.0,
            y0: origin.1,
            right: (right.0 - origin.0, right.1 - origin.1),
            down: (down.0 - origin.0, down.1 - origin.1),
            lean: (0.0, 0.0),
        }
    }

    fn leaning(&self, warp: &Warp) -> InverseMap {
        let half = self.scale / 2.0;
        let to_straight = Homography::affine(
            (self.keep.0 + half, self.keep.1 + half),
            (self.scale, 0.0),
            (0.0, self.scale),
        );
        let (origin, right, down) =
            (self.turned_back((0.0, 0.0)), self.turned_back((1.0, 0.0)), self.turned_back((0.0, 1.0)));
        let to_source = Homography::affine(
            origin,
            (right.0 - origin.0, right.1 - origin.1),
            (down.0 - origin.0, down.1 - origin.1),
        );
        let [a, b, c, d, e, f, g, h, _] = to_source.after(&warp.to_upright).after(&to_straight).values();
        InverseMap { x0: c, y0: f, right: (a, d), down: (b, e), lean: (g, h) }
    }

    /// Returns the corners of the output on the upright page, counted from pixel edges, from the upper left one clockwise.
    pub(crate) fn corners(&self) -> [(f64, f64); 4] {
        let (left, top, width, height) = self.keep;
        let (right, bottom) = (left + width, top + height);
        [(left, top), (right, top), (right, bottom), (left, bottom)].map(|place| self.upright_of(place))
    }

    /// Returns the map from output pixels to the upright page as if it lay so in memory.
    pub(crate) fn to_upright(self) -> InverseMap {
        let (width, height) = self.upright_size();
        Self { source: (width as u32, height as u32), turn: Turn::default(), ..self }.inverse()
    }

    fn source_of(&self, x: f64, y: f64) -> (f64, f64) {
        // Output pixel to straightened page, counted from pixel edges.
        let straight = (self.keep.0 + (x + 0.5) * self.scale, self.keep.1 + (y + 0.5) * self.scale);
        let upright = self.upright_of(straight);
        self.turned_back(upright)
    }

    /// From the straightened to the upright page, both counted from pixel edges: they share their middle.
    pub(crate) fn upright_of(&self, place: (f64, f64)) -> (f64, f64) {
        if let Some(warp) = &self.warp {
            return warp.to_upright.at(place);
        }
        if self.skew_deg == 0.0 {
            return place;
        }
        let (width, height) = self.upright_size();
        let (sin, cos) = self.skew_deg.to_radians().sin_cos();
        let (dx, dy) = (place.0 - width / 2.0, place.1 - height / 2.0);
        (width / 2.0 + cos * dx - sin * dy, height / 2.0 + sin * dx + cos * dy)
    }

    /// From the upright to the straightened page, both counted from pixel edges.
    pub(crate) fn straightened(&self, place: (f64, f64)) -> (f64, f64) {
        if let Some(warp) = &self.warp {
            return warp.to_straight.at(place);
        }
        Self { skew_deg: -self.skew_deg, ..*self }.upright_of(place)
    }

    /// From the upright page, counted from pixel edges, to the middles of the pixels in memory.
    fn turned_back(&self, place: (f64, f64)) -> (f64, f64) {
        let (width, height) = (f64::from(self.source.0), f64::from(self.source.1));
        let (x, y) = match self.turn.quarters {
            0 => place,
            1 => (place.1, height - place.0),
            2 => (width - place.0, height - place.1),
            _ => (width - place.1, place.0),
        };
        let x = if self.turn.mirrored { width - x } else { x };
        (x - 0.5, y - 0.5)
    }

    /// Returns width and height of the upright page.
    pub(crate) fn upright_size(&self) -> (f64, f64) {
        let (width, height) = (f64::from(self.source.0), f64::from(self.source.1));
        if self.turn.swaps_axes() { (height, width) } else { (width, height) }
    }
}
