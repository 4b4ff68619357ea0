//! The straight line that most of a side's places lie on.
//!
//! Every pair of a few places proposes a line, the one with the most places near it is taken, and all places near that set it
//! exactly (random sample consensus, Fischler and Bolles 1981, here with every pair instead of random ones).

/// Places that propose lines.
const PROPOSERS: usize = 48;
/// A paper's edge is at most this steep against the picture's: 15 degrees of skew and some perspective.
const STEEPEST: f64 = 0.32;
/// Rounds in which the line is set by the places near it.
const ROUNDS: usize = 2;

/// A line `depth = start + slope × along`, in pixels of the small copy.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Line {
    pub(super) start: f64,
    pub(super) slope: f64,
}

impl Line {
    pub(super) fn at(&self, along: f64) -> f64 {
        self.start + self.slope * along
    }

    fn through(a: (f64, f64), b: (f64, f64)) -> Self {
        let slope = (b.1 - a.1) / (b.0 - a.0);
        Self { start: a.1 - slope * a.0, slope }
    }

    fn is_near(&self, point: (f64, f64), tolerance: f64) -> bool {
        (self.at(point.0) - point.1).abs() <= tolerance
    }
}

/// Returns the line with the most points (along, depth) within `tolerance` pixels; nothing for fewer than two points.
pub(super) fn fit(points: &[(f64, f64)], tolerance: f64) -> Option<Line> {
    let few: Vec<(f64, f64)> =
        points.iter().copied().step_by(points.len().div_ceil(PROPOSERS).max(1)).collect();
    let mut best: Option<(usize, Line)> = None;
    for (at, &a) in few.iter().enumerate() {
        for &b in &few[at + 1..] {
            let line = Line::through(a, b);
            let near = few.iter().filter(|&&point| line.is_near(point, tolerance)).count();
            if line.slope.abs() <= STEEPEST && best.is_none_or(|(most, _)| near > most) {
                best = Some((near, line));
            }
        }
    }
    let (_, mut line) = best?;
    for _ in 0..ROUNDS {
        let near = points.iter().copied().filter(|&point| line.is_near(point, tolerance));
        line = least_squares(near).unwrap_or(line);
    }
    Some(line)
}

fn least_squares(points: impl Iterator<Item = (f64, f64)> + Clone) -> Option<Line> {
    let count = points.clone().count() as f64;
    let sums = points.clone().fold((0.0, 0.0), |sums, point| (sums.0 + point.0, sums.1 + point.1));
    let mean = (sums.0 / count, sums.1 / count);
    let (across, along) = points.fold((0.0, 0.0), |(across, along), point| {
        let (x, y) = (point.0 - mean.0, point.1 - mean.1);
        (across + x * y, along + x * x)
    });
    let slope = across / along;
    slope.is_finite().then_some(Line { start: mean.1 - slope * mean.0, slope })
}

#[cfg(test)]
mod tests {
    use super::fit;

    #[test]
    fn the_line_of_most_points_is_found_whatever_the_others_do() {
        let points: Vec<(f64, f64)> = (0..200)
            .map(|at| {
                let along = f64::from(at) * 4.0;
                (along, if at % 3 == 0 { 300.0 - along / 5.0 } else { 12.0 + 0.05 * along })
            })
            .collect();
        let line = fit(&points, 2.0).expect("many points");
        assert!((line.start - 12.0).abs() < 0.2 && (line.slope - 0.05).abs() < 1e-3, "{line:?}");
    }

    #[test]
    fn one_point_makes_no_line() {
        assert_eq!(fit(&[(3.0, 4.0)], 2.0), None);
        assert_eq!(fit(&[], 2.0), None);
    }
}
