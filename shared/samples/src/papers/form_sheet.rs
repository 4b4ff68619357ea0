//! The lines of a printed form: labels in print, answers by hand.

use crate::ink::{Area, BLACK, Face, Page, WHITE};

/// Writes a form from top to bottom.
pub(super) struct Lines<'p, 'a> {
    pub(super) page: &'p mut Page<'a>,
    /// The next baseline in mm.
    pub(super) y: f32,
    number: usize,
}

const LEFT: f32 = 16.0;
const ANSWER: f32 = 62.0;
const LABEL: (Face, f32) = (Face::Sans, 8.5);

impl<'p, 'a> Lines<'p, 'a> {
    /// Starts a form: its code in a box at the top right, its title, and the mark in words.
    pub(super) fn start(page: &'p mut Page<'a>, code: &str, title: &[&str]) -> Self {
        page.frame(Area::new(172.0, 10.0, 24.0, 8.0), 0.4, BLACK);
        page.centred((184.0, 15.8), (Face::SansBold, 12.0), BLACK, code);
        page.mark_line((LEFT, 14.5), 8.0);
        let mut y = 27.0;
        for line in title {
            page.centred((105.0, y), (Face::SansBold, 12.0), BLACK, line);
            y += 5.6;
        }
        Self { page, y: y + 2.0, number: 0 }
    }

    /// A bar with the title of a section; numbering starts again.
    pub(super) fn section(&mut self, title: &str) {
        self.page.fill(Area::new(LEFT - 1.0, self.y, 179.0, 5.4), [70, 70, 76], 1.0);
        self.page.text((LEFT + 1.0, self.y + 3.9), (Face::SansBold, 9.0), WHITE, title);
        self.y += 11.0;
        self.number = 0;
    }

    fn label(&mut self, label: &str) {
        self.number += 1;
        let number = format!("{}.", self.number);
        self.page.text((LEFT, self.y), LABEL, BLACK, &number);
        self.page.text((LEFT + 6.0, self.y), LABEL, BLACK, label);
        self.page.text((ANSWER - 3.0, self.y), LABEL, BLACK, ":");
    }

    /// A question with one box for each letter of the answer.
    pub(super) fn boxes(&mut self, label: &str, count: usize, value: &str) {
        self.label(label);
        let cell = (132.0 / count as f32).min(5.2);
        self.page.boxes((ANSWER, self.y - 4.2), count, cell, value);
        self.y += 7.2;
    }

    /// A question with a dotted line for the answer.
    pub(super) fn line(&mut self, label: &str, value: &str) {
        self.label(label);
        self.page.dotted((ANSWER, self.y + 0.8), 130.0);
        let ink = self.page.hand;
        self.page.handwrite((ANSWER + 1.5, self.y), 3.0, ink, value);
        self.y += 6.6;
    }

    /// Boxes to tick, in two columns.
    pub(super) fn choices(&mut self, options: &[(&str, bool)]) {
        for (index, (label, ticked)) in options.iter().enumerate() {
            let x = if index % 2 == 0 { LEFT + 3.0 } else { 108.0 };
            self.page.tick_box((x, self.y), 3.8, *ticked, label);
            if index % 2 == 1 || index + 1 == options.len() {
                self.y += 6.2;
            }
        }
        self.y += 1.5;
    }

    /// Room for a signature at `x`: who signs, a signature if `signed`, the name in brackets.
    pub(super) fn sign(&mut self, x: f32, role: &str, signed: bool, name: &str) {
        self.page.centred((x, self.y), (Face::Sans, 9.0), BLACK, role);
        if signed {
            self.page.signature(Area::new(x - 17.0, self.y + 3.0, 34.0, 13.0));
        }
        let bracketed = format!("( {name} )");
        self.page.centred((x, self.y + 21.0), (Face::Sans, 8.5), BLACK, &bracketed);
    }
}
