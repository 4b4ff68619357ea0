//! A plot as SVG: axes, lines and words, nothing else.

use std::fmt::Write as _;

/// A picture that grows downwards, of so many units.
pub struct Picture {
    body: String,
    width: u32,
    height: u32,
}

/// A rectangle of the picture with a scale on either side.
pub struct Panel {
    pub left: f64,
    pub top: f64,
    pub width: f64,
    pub height: f64,
    /// What the right and the upper edge stand for; both begin at 0.
    pub most: (f64, f64),
}

/// How a line looks: its colour, and its dashes so that it is told apart without colour too.
pub struct Look {
    pub colour: &'static str,
    pub dashes: &'static str,
}

impl Picture {
    pub fn new(width: u32, height: u32) -> Self {
        Self { body: String::new(), width, height }
    }

    /// The whole file.
    pub fn svg(&self) -> String {
        let (width, height) = (self.width, self.height);
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" \
             font-family=\"Helvetica, Arial, sans-serif\" font-size=\"13\">\n\
             <rect width=\"{width}\" height=\"{height}\" fill=\"#fff\"/>\n{}</svg>\n",
            self.body
        )
    }

    /// Words that begin (`start`), end (`end`) or have their middle (`middle`) there.
    pub fn words(&mut self, (x, y): (f64, f64), anchor: &str, colour: &str, weight: u32, words: &str) {
        self.push(&format!(
            "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" fill=\"{colour}\" font-weight=\"{weight}\">{words}</text>"
        ));
    }

    /// A straight line.
    pub fn rule(&mut self, (x1, y1): (f64, f64), (x2, y2): (f64, f64), colour: &str) {
        self.push(&format!(
            "<line x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\" stroke=\"{colour}\"/>"
        ));
    }

    /// A line through points of a panel.
    pub fn line(&mut self, panel: &Panel, points: &[(f64, f64)], look: &Look) {
        let Look { colour, dashes } = look;
        self.push(&format!(
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\" stroke-dasharray=\"{dashes}\"/>",
            panel.path(points)
        ));
    }

    /// The ground below a line.
    pub fn area(&mut self, panel: &Panel, points: &[(f64, f64)], colour: &str) {
        let ends = [points.last(), points.first()].map(|end| end.map_or(0.0, |(x, _)| *x));
        let below = ends.map(|x| (x, 0.0));
        let path = panel.path(&[points, &below].concat());
        self.push(&format!("<polygon points=\"{path}\" fill=\"{colour}\"/>"));
    }

    /// The panel's title, its frame's left and lower edge, and lines across at `marks` with their words.
    pub fn frame(&mut self, panel: &Panel, title: &str, marks: &[(f64, String)]) {
        self.words((panel.left, panel.top - 14.0), "start", "#222", 600, title);
        for (value, words) in marks {
            let y = panel.y(*value);
            self.rule((panel.left, y), (panel.left + panel.width, y), "#e3e3e3");
            self.words((panel.left - 8.0, y + 4.0), "end", "#555", 400, words);
        }
        let bottom = panel.top + panel.height;
        self.rule((panel.left, bottom), (panel.left + panel.width, bottom), "#888");
    }

    fn push(&mut self, element: &str) {
        let _ = writeln!(self.body, "{element}");
    }
}

impl Panel {
    pub fn x(&self, value: f64) -> f64 {
        self.left + self.width * (value / self.most.0).min(1.0)
    }

    pub fn y(&self, value: f64) -> f64 {
        self.top + self.height * (1.0 - (value / self.most.1).min(1.0))
    }

    fn path(&self, points: &[(f64, f64)]) -> String {
        let points: Vec<String> =
            points.iter().map(|(x, y)| format!("{:.1},{:.1}", self.x(*x), self.y(*y))).collect();
        points.join(" ")
    }
}
