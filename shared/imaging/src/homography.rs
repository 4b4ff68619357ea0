//! Projective maps of the plane: how a flat sheet looks from aslant.

use std::array;

/// A projective map: `(x, y)` goes to `((a·x + b·y + c) / w, (d·x + e·y + f) / w)` with `w = g·x + h·y + i`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Homography([f64; 9]);

impl Homography {
    /// Returns the map of the rectangle from (0, 0) to `(width, height)` onto a quadrilateral, whose corners are named from the
    /// upper left one clockwise (Heckbert 1989, section 2.2.3); `None` where the corners make none.
    pub(crate) fn onto((width, height): (f64, f64), corners: [(f64, f64); 4]) -> Option<Self> {
        let [(x0, y0), (x1, y1), (x2, y2), (x3, y3)] = corners;
        let ((dx1, dy1), (dx2, dy2)) = ((x1 - x2, y1 - y2), (x3 - x2, y3 - y2));
        let (sx, sy) = (x0 - x1 + x2 - x3, y0 - y1 + y2 - y3);
        let area = dx1 * dy2 - dx2 * dy1;
        let (g, h) = ((sx * dy2 - dx2 * sy) / area, (dx1 * sy - sx * dy1) / area);
        let (a, d) = (x1 - x0 + g * x1, y1 - y0 + g * y1);
        let (b, e) = (x3 - x0 + h * x3, y3 - y0 + h * y3);
        let map = [a / width, b / height, x0, d / width, e / height, y0, g / width, h / height, 1.0];
        map.iter().all(|value| value.is_finite()).then_some(Self(map))
    }

    /// Returns the map `(x, y)` to `origin + x × right + y × down`.
    pub(crate) fn affine(origin: (f64, f64), right: (f64, f64), down: (f64, f64)) -> Self {
        Self([right.0, down.0, origin.0, right.1, down.1, origin.1, 0.0, 0.0, 1.0])
    }

    /// Returns the turn around `middle` by `deg` degrees clockwise.
    pub(crate) fn turn(middle: (f64, f64), deg: f64) -> Self {
        let (sin, cos) = deg.to_radians().sin_cos();
        let origin = (middle.0 - cos * middle.0 + sin * middle.1, middle.1 - sin * middle.0 - cos * middle.1);
        Self::affine(origin, (cos, sin), (-sin, cos))
    }

    /// Returns the map that does `first` and then this one.
    pub(crate) fn after(&self, first: &Self) -> Self {
        let of = |row: usize, column: usize| -> f64 {
            (0..3).map(|at| self.0[3 * row + at] * first.0[3 * at + column]).sum()
        };
        Self(array::from_fn(|at| of(at / 3, at % 3))).settled()
    }

    /// Returns the map back, up to the scale that a projective map does not have.
    pub(crate) fn inverse(&self) -> Self {
        let [a, b, c, d, e, f, g, h, i] = self.0;
        Self([
            e * i - f * h,
            c * h - b * i,
            b * f - c * e,
            f * g - d * i,
            a * i - c * g,
            c * d - a * f,
            d * h - e * g,
            b * g - a * h,
            a * e - b * d,
        ])
        .settled()
    }

    /// Returns the same map between pictures of which both are `by` times smaller.
    pub(crate) fn shrunk(&self, by: f64) -> Self {
        let [a, b, c, d, e, f, g, h, i] = self.0;
        Self([a, b, c / by, d, e, f / by, g * by, h * by, i])
    }

    /// Returns where a place goes.
    pub(crate) fn at(&self, (x, y): (f64, f64)) -> (f64, f64) {
        let [a, b, c, d, e, f, g, h, i] = self.0;
        let w = g * x + h * y + i;
        ((a * x + b * y + c) / w, (d * x + e * y + f) / w)
    }

    /// Returns its nine values, of which the last is 1.
    pub(crate) fn values(&self) -> [f64; 9] {
        self.settled().0
    }

    fn settled(&self) -> Self {
        Self(self.0.map(|value| value / self.0[8]))
    }
}

#[cfg(test)]
mod tests {
    use super::Homography;

    const CORNERS: [(f64, f64); 4] = [(31.0, 22.0), (910.0, 60.0), (870.0, 1290.0), (12.0, 1340.0)];

    fn near(a: (f64, f64), b: (f64, f64)) -> bool {
        (a.0 - b.0).hypot(a.1 - b.1) < 1e-6
    }

    #[test]
    fn a_rectangle_goes_to_the_corners_and_back() {
        let map = Homography::onto((800.0, 1200.0), CORNERS).expect("a quadrilateral");
        let rectangle = [(0.0, 0.0), (800.0, 0.0), (800.0, 1200.0), (0.0, 1200.0)];
        for (corner, place) in CORNERS.into_iter().zip(rectangle) {
            assert!(near(map.at(place), corner));
            assert!(near(map.inverse().at(corner), place));
        }
    }

    #[test]
    fn maps_follow_each_other_and_shrink_with_their_pictures() {
        let map = Homography::onto((800.0, 1200.0), CORNERS).expect("a quadrilateral");
        let turn = Homography::turn((400.0, 600.0), 7.0);
        let place = (123.0, 456.0);
        assert!(near(map.after(&turn).at(place), map.at(turn.at(place))));
        let (x, y) = map.at(place);
        assert!(near(map.shrunk(4.0).at((place.0 / 4.0, place.1 / 4.0)), (x / 4.0, y / 4.0)));
        assert!(near(turn.at((400.0, 600.0)), (400.0, 600.0)));
    }

    #[test]
    fn corners_on_one_line_make_no_map() {
        let line = [(0.0, 0.0), (1.0, 1.0), (2.0, 2.0), (3.0, 3.0)];
        assert_eq!(Homography::onto((10.0, 10.0), line), None);
    }
}
