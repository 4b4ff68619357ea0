//! How far the surroundings reach into a page from one side, place by place.

use super::view::View;

/// Distance between places that are looked at, in pixels of the small copy.
pub(super) const STEP: usize = 4;
/// Places whose surroundings are taken to be of one shade.
pub(super) const TOGETHER: usize = 16;
/// Part of the paper's shade up to which what lies at the very edge can be surroundings: a table is darker than paper.
const DARK: f64 = 0.72;
/// Least difference between the two, in shades.
const DIFFERENT: f64 = 25.0;
/// Paper in the shade has at least this part of the shade of the page's paper.
const SHADED: f64 = 0.6;
/// Paper begins where so many pixels in a row are brighter than the surroundings.
const IN_A_ROW: usize = 3;
/// The blur of an edge is at most this wide; it goes with the surroundings.
const BLUR: usize = 3;
/// Part of the shade of the paper behind it from which a pixel at the edge is paper.
const PAPER: f64 = 0.85;

/// What was seen from one place of a side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Depth {
    /// Paper begins so many pixels inside; 0 where there are no surroundings.
    Paper(usize),
    /// No paper, as far as was looked.
    Through,
}

/// What was seen from every [`STEP`]-th place of a side: how deep the surroundings reach, their shade, and up to which shade a
/// pixel counted as such.
pub(super) struct Profile {
    pub(super) depths: Vec<Depth>,
    pub(super) shades: Vec<u8>,
    pub(super) limits: Vec<u8>,
}

/// Returns the shade below which a pixel is none of paper of this shade.
pub(crate) fn darkest_paper(paper: f64) -> f64 {
    (DARK * paper).min(paper - DIFFERENT).max(0.0)
}

/// Looks inwards from one side of a page whose paper has this shade, up to this part of the page.
pub(super) fn measure(view: &View<'_>, paper: u8, most: f64) -> Profile {
    let paper = f64::from(paper);
    let darkest_paper = darkest_paper(paper);
    let most = (view.extent as f64 * most) as usize;
    let places: Vec<usize> = (0..view.length).step_by(STEP).collect();
    let mut profile = Profile { depths: Vec::new(), shades: Vec::new(), limits: Vec::new() };
    for places in places.chunks(TOGETHER) {
        let shade = shade(view, places, darkest_paper);
        let limit = shade.map_or(0, |shade| limit(f64::from(shade), paper));
        profile.depths.extend(places.iter().map(|&along| look_in(view, along, most, limit)));
        profile.shades.extend(std::iter::repeat_n(shade.unwrap_or(0), places.len()));
        profile.limits.extend(std::iter::repeat_n(limit, places.len()));
    }
    profile
}

/// Returns the shade of the surroundings at these places, the median of the dark pixels there; nothing where too few are
/// dark. The outermost pixels are left out: some scanners draw a line there.
fn shade(view: &View<'_>, places: &[usize], darkest_paper: f64) -> Option<u8> {
    let outer = places.iter().flat_map(|&along| [view.at(along, 1), view.at(along, 2)]);
    let mut dark: Vec<u8> = outer.filter(|&pixel| f64::from(pixel) < darkest_paper).collect();
    if dark.len() * 4 < places.len() {
        return None;
    }
    let middle = dark.len() / 2;
    Some(*dark.select_nth_unstable(middle).1)
}

/// Returns the shade up to which a pixel is surroundings. It stays close to their own shade, as paper may lie in the shade, but
/// never comes closer to the paper than half-way.
fn limit(shade: f64, paper: f64) -> u8 {
    let above = (1.3 * shade + 10.0).max(shade + 0.45 * (SHADED * paper - shade));
    above.min((shade + paper) / 2.0) as u8
}

fn look_in(view: &View<'_>, along: usize, most: usize, limit: u8) -> Depth {
    let mut bright = 0;
    for depth in 0..most {
        bright = if view.at(along, depth) > limit { bright + 1 } else { 0 };
        if bright == IN_A_ROW {
            return Depth::Paper(behind_blur(view, along, depth + 1 - IN_A_ROW));
        }
    }
    Depth::Through
}

/// Goes on to where the edge's blur ends.
fn behind_blur(view: &View<'_>, along: usize, depth: usize) -> usize {
    if depth == 0 {
        return 0;
    }
    let inside = (depth + 2 * BLUR).min(view.extent - 1);
    let least = PAPER * f64::from(view.at(along, inside));
    let end = depth + BLUR;
    (depth..end).find(|&depth| f64::from(view.at(along, depth)) >= least).unwrap_or(end)
}
