//! Draws fictional pages as PDF files, turned by an exactly known angle: letters, forms, tables and lists in the
//! standard fonts, which the renderer brings along.

use std::fmt::Write as _;

/// A small seeded generator (SplitMix64): the same seed draws the same page.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    /// Returns the next 64 bits.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Returns a number in `low..high`.
    pub(crate) fn range(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Returns an index below `count`.
    pub(crate) fn below(&mut self, count: usize) -> usize {
        (self.next() % count as u64) as usize
    }
}

const WORDS: [&str; 48] = [
    "surat",
    "keterangan",
    "kelahiran",
    "yang",
    "bertanda",
    "tangan",
    "di",
    "bawah",
    "ini",
    "kepala",
    "desa",
    "kecamatan",
    "kabupaten",
    "menerangkan",
    "bahwa",
    "telah",
    "lahir",
    "seorang",
    "anak",
    "bernama",
    "dari",
    "pasangan",
    "suami",
    "istri",
    "alamat",
    "dusun",
    "pekerjaan",
    "agama",
    "kewarganegaraan",
    "demikian",
    "dibuat",
    "dengan",
    "sebenarnya",
    "untuk",
    "dipergunakan",
    "sebagaimana",
    "mestinya",
    "pada",
    "tanggal",
    "nomor",
    "kartu",
    "keluarga",
    "pemohon",
    "pelapor",
    "saksi",
    "umur",
    "tahun",
    "tempat",
];

/// Kinds of page that are drawn, by index.
pub(crate) const KINDS: [&str; 5] = ["letter", "form", "table", "list", "card"];

/// The index of a kind beside them: capitals and figures only, from which nobody can tell by the letters' rise which end
/// is up.
pub(crate) const FIGURES: usize = KINDS.len();

/// The index of pages of numbers alone, whose figures have gaps that say nothing.
pub(crate) const NUMBERS: usize = FIGURES + 1;

/// A4 in points.
const A4: (f64, f64) = (595.276, 841.89);

struct Canvas {
    out: String,
}

impl Canvas {
    fn text(&mut self, font: usize, size: f64, at: (f64, f64), text: &str) {
        let _ = writeln!(self.out, "BT /F{font} {size:.2} Tf {:.3} {:.3} Td ({text}) Tj ET", at.0, at.1);
    }

    fn line(&mut self, from: (f64, f64), to: (f64, f64), width: f64) {
        let _ = writeln!(self.out, "{width:.2} w {:.3} {:.3} m {:.3} {:.3} l S", from.0, from.1, to.0, to.1);
    }
}

fn words(random: &mut Random, count: usize, upper: bool) -> String {
    let mut text = String::new();
    for at in 0..count {
        if at > 0 {
            text.push(' ');
        }
        text.push_str(WORDS[random.below(WORDS.len())]);
    }
    if upper { text.to_uppercase() } else { text }
}

fn heading(canvas: &mut Canvas, random: &mut Random) -> f64 {
    canvas.text(2, 15.0, (150.0, 780.0), "PEMERINTAH KABUPATEN CONTOH");
    canvas.text(1, 11.0, (180.0, 764.0), &words(random, 4, true));
    canvas.line((50.0, 752.0), (545.0, 752.0), 1.5);
    725.0
}

fn letter(canvas: &mut Canvas, random: &mut Random) {
    let mut y = heading(canvas, random);
    let font = 1 + random.below(6);
    let size = random.range(9.0, 12.5);
    let per_line = (92.0 / size * 1.15) as usize;
    let end = random.range(80.0, 400.0);
    while y > end {
        let paragraph = 2 + random.below(5);
        for line in 0..paragraph {
            let count = if line + 1 == paragraph { 1 + random.below(per_line) } else { per_line };
            let indent = if line == 0 { 25.0 } else { 0.0 };
            canvas.text(font, size, (60.0 + indent, y), &words(random, count, false));
            y -= size * 1.35;
        }
        y -= size * 0.8;
    }
}

fn form(canvas: &mut Canvas, random: &mut Random) {
    let mut y = heading(canvas, random);
    let upper = random.below(2) == 0;
    let end = random.range(80.0, 300.0);
    while y > end {
        let count = 1 + random.below(2);
        canvas.text(1, 10.0, (60.0, y), &words(random, count, false));
        canvas.text(1, 10.0, (210.0, y), ":");
        let count = 1 + random.below(3);
        canvas.text(5, 10.0, (225.0, y), &words(random, count, upper));
        if random.below(3) > 0 {
            canvas.line((222.0, y - 3.0), (530.0, y - 3.0), 0.5);
        }
        y -= 19.0;
    }
}

fn table(canvas: &mut Canvas, random: &mut Random) {
    let top = heading(canvas, random);
    let columns = 4 + random.below(5);
    let rows = 12 + random.below(18);
    let (width, height) = (485.0 / columns as f64, 20.0);
    for row in 0..=rows {
        let y = top - height * row as f64;
        canvas.line((55.0, y), (540.0, y), 0.7);
    }
    for column in 0..=columns {
        let x = 55.0 + width * column as f64;
        canvas.line((x, top), (x, top - height * rows as f64), 0.7);
    }
    for row in 0..rows {
        for column in 0..columns {
            if random.below(4) > 0 {
                let at = (58.0 + width * column as f64, top - height * (row as f64 + 0.7));
                let text: String = words(random, 1, row == 0).chars().take((width / 5.0) as usize).collect();
                canvas.text(1, 8.0, at, &text);
            }
        }
    }
}

fn list(canvas: &mut Canvas, random: &mut Random) {
    let mut y = heading(canvas, random);
    let end = random.range(80.0, 500.0);
    let mut number = 1;
    while y > end {
        let count = 2 + random.below(8);
        canvas.text(3, 11.0, (70.0, y), &format!("{number}. {}", words(random, count, false)));
        number += 1;
        y -= random.range(15.0, 30.0);
    }
}

fn figures(canvas: &mut Canvas, random: &mut Random) {
    let mut y = heading(canvas, random);
    let font = 1 + random.below(6);
    let end = random.range(80.0, 500.0);
    while y > end {
        let name = words(random, 2, true);
        let (whole, part) = (random.below(999_999), random.below(99));
        canvas.text(font, 10.0, (60.0, y), &format!("{name}, {}.{},{part:02}", whole / 1000, whole % 1000));
        y -= 16.0;
    }
}

fn numbers(canvas: &mut Canvas, random: &mut Random) {
    let font = 1 + random.below(6);
    let has_marks = random.below(2) == 0;
    let end = random.range(80.0, 500.0);
    let mut y = 780.0;
    while y > end {
        for column in 0..4 {
            let (whole, part) = (random.below(999_999), random.below(99));
            let text = if has_marks {
                format!("{}.{:03},{part:02}", whole / 1000, whole % 1000)
            } else {
                format!("{whole} {part:02}")
            };
            canvas.text(font, 10.0, (60.0 + 120.0 * f64::from(column), y), &text);
        }
        y -= 16.0;
    }
}

fn card(canvas: &mut Canvas, random: &mut Random) {
    let (left, top) = (random.range(90.0, 250.0), random.range(500.0, 760.0));
    for (from, to) in [((0.0, 0.0), (243.0, 0.0)), ((243.0, 0.0), (243.0, -153.0))] {
        canvas.line((left + from.0, top + from.1), (left + to.0, top + to.1), 1.0);
    }
    canvas.line((left, top - 153.0), (left + 243.0, top - 153.0), 1.0);
    canvas.line((left, top), (left, top - 153.0), 1.0);
    canvas.text(2, 10.0, (left + 60.0, top - 15.0), "PROVINSI CONTOH");
    canvas.text(2, 10.0, (left + 60.0, top - 27.0), "KABUPATEN CONTOH");
    for row in 0..8 {
        let y = top - 45.0 - 13.0 * f64::from(row);
        canvas.text(1, 7.5, (left + 10.0, y), &words(random, 1, false));
        let count = 1 + random.below(2);
        canvas.text(2, 7.5, (left + 75.0, y), &format!(": {}", words(random, count, true)));
    }
}

/// Draws one page of this kind, its content turned clockwise by `deg` degrees around the middle, at `zoom` times A4.
pub(crate) fn draw(seed: u64, kind: usize, deg: f64, zoom: f64) -> Vec<u8> {
    let mut random = Random(seed);
    let mut canvas = Canvas { out: String::new() };
    let (cx, cy) = (A4.0 / 2.0, A4.1 / 2.0);
    let (sin, cos) = deg.to_radians().sin_cos();
    // PDF's y axis points up: a clockwise turn has the matrix [cos -sin sin cos].
    let _ = writeln!(canvas.out, "{zoom} 0 0 {zoom} 0 0 cm 1 0 0 1 {cx} {cy} cm");
    let _ = writeln!(canvas.out, "{cos:.9} {:.9} {sin:.9} {cos:.9} 0 0 cm 1 0 0 1 -{cx} -{cy} cm", -sin);
    match kind {
        0 => letter(&mut canvas, &mut random),
        1 => form(&mut canvas, &mut random),
        2 => table(&mut canvas, &mut random),
        3 => list(&mut canvas, &mut random),
        FIGURES => figures(&mut canvas, &mut random),
        NUMBERS => numbers(&mut canvas, &mut random),
        _ => card(&mut canvas, &mut random),
    }
    file(&canvas.out, (A4.0 * zoom, A4.1 * zoom))
}

const FONTS: [&str; 6] =
    ["Helvetica", "Helvetica-Bold", "Times-Roman", "Times-Bold", "Courier", "Times-Italic"];

fn file(content: &str, size: (f64, f64)) -> Vec<u8> {
    let mut objects = vec!["<< /Type /Catalog /Pages 2 0 R >>".to_owned()];
    objects.push("<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned());
    let fonts: String = (1..=FONTS.len()).map(|at| format!("/F{at} {} 0 R ", at + 4)).collect();
    objects.push(format!(
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {:.3} {:.3}] /Contents 4 0 R /Resources << /Font << {fonts}>> >> >>",
        size.0, size.1
    ));
    objects.push(format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len()));
    for font in FONTS {
        objects.push(format!("<< /Type /Font /Subtype /Type1 /BaseFont /{font} >>"));
    }
    let mut out = String::from("%PDF-1.4\n");
    let mut offsets = Vec::new();
    for (at, object) in objects.iter().enumerate() {
        offsets.push(out.len());
        let _ = write!(out, "{} 0 obj\n{object}\nendobj\n", at + 1);
    }
    let start = out.len();
    let _ = write!(out, "xref\n0 {}\n0000000000 65535 f \n", offsets.len() + 1);
    for offset in &offsets {
        let _ = writeln!(out, "{offset:010} 00000 n ");
    }
    let _ = write!(out, "trailer << /Size {} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n", offsets.len() + 1);
    out.into_bytes()
}
