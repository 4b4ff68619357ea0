//! Small files of each kind for the tests, written by hand so that their faults are known.

#![expect(clippy::unwrap_used, reason = "a test that fails says where; its helpers are not test functions")]

/// A grey page with lines of dark blocks, like print from afar; `seed` makes pages differ.
fn pixels(width: usize, height: usize, seed: usize) -> Vec<u8> {
    let mut pixels = vec![245; width * height];
    for y in (40..height - 40).filter(|y| y % 24 < 12) {
        for x in (40..width - 40).filter(|x| !(x / 9 + y / 24 * 7 + seed).is_multiple_of(3)) {
            pixels[y * width + x] = 30;
        }
    }
    pixels
}

/// A page as `scanimage` writes it.
#[must_use]
pub fn pnm(seed: usize) -> Vec<u8> {
    let mut file = b"P5\n400 560\n255\n".to_vec();
    file.extend(pixels(400, 560, seed));
    file
}

/// Two pages of a book side by side, with the shadow of the fold between them.
#[must_use]
pub fn double_page() -> Vec<u8> {
    let (width, height) = (600, 860);
    let (left, right) = (pixels(width, height, 1), pixels(width, height, 2));
    let mut file = format!("P5\n{} {height}\n255\n", 2 * width).into_bytes();
    for y in 0..height {
        let row = left[y * width..][..width].iter().chain(&right[y * width..][..width]);
        file.extend(row.enumerate().map(|(x, &shade)| {
            let away = x.abs_diff(width).min(30);
            (usize::from(shade) * (170 + away) / 200) as u8
        }));
    }
    file
}

/// One page of a TIFF file.
#[derive(Debug, Clone, Copy)]
pub enum TiffPage {
    /// Can be read.
    Good,
    /// Says it is compressed with LZW and is not.
    Corrupt,
}

/// A TIFF file of uncompressed grey pages.
#[must_use]
pub fn tiff(pages: &[TiffPage]) -> Vec<u8> {
    let (width, height) = (400, 560);
    let mut file = b"II*\0\0\0\0\0".to_vec();
    let mut link = 4;
    for (index, page) in pages.iter().enumerate() {
        let strip = file.len();
        file.extend(pixels(width, height, index));
        let at = number(file.len()).to_le_bytes();
        file[link..link + 4].copy_from_slice(&at);
        let compression = match page {
            TiffPage::Good => 1,
            TiffPage::Corrupt => 5,
        };
        file.extend(directory(&[
            (256, number(width)),
            (257, number(height)),
            (258, 8),
            (259, compression),
            (262, 1),
            (273, number(strip)),
            (277, 1),
            (278, number(height)),
            (279, number(width * height)),
        ]));
        link = file.len();
        file.extend([0; 4]);
    }
    file
}

/// A TIFF file of `data`, which begins at byte 8, and one directory of these tags that names `next` as the one behind it.
#[cfg(test)]
pub(crate) fn tiff_of(data: &[u8], tags: &[(u16, u32)], next: u32) -> Vec<u8> {
    let at = number(8 + data.len()).to_le_bytes();
    [b"II*\0", &at[..], data, &directory(tags), &next.to_le_bytes()].concat()
}

/// Tags with one number each.
fn directory(tags: &[(u16, u32)]) -> Vec<u8> {
    let mut bytes = u16::try_from(tags.len()).unwrap().to_le_bytes().to_vec();
    for (tag, value) in tags {
        bytes.extend(tag.to_le_bytes());
        bytes.extend(4_u16.to_le_bytes());
        bytes.extend(1_u32.to_le_bytes());
        bytes.extend(value.to_le_bytes());
    }
    bytes
}

fn number(value: usize) -> u32 {
    u32::try_from(value).unwrap()
}

/// A PDF file of drawn pages, without a picture in it.
#[must_use]
pub fn pdf(pages: usize) -> Vec<u8> {
    let drawing: String =
        (0..30).map(|row| format!("{} {} 200 6 re f\n", 60 + row % 5 * 40, 100 + row * 20)).collect();
    let kids: String = (0..pages).map(|page| format!("{} 0 R ", 4 + page)).collect();
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        format!("<< /Type /Pages /Count {pages} /Kids [{kids}] >>"),
        format!("<< /Length {} >>\nstream\n{drawing}endstream", drawing.len()),
    ];
    let page = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 3 0 R /Resources << >> >>";
    objects.extend(std::iter::repeat_n(page.to_owned(), pages));
    pdf_of(&objects)
}

/// A PDF file of these objects, the first of which is the catalogue.
pub(crate) fn pdf_of(objects: &[String]) -> Vec<u8> {
    let (mut file, mut places) = ("%PDF-1.4\n".to_owned(), Vec::new());
    for (index, object) in objects.iter().enumerate() {
        places.push(file.len());
        file += &format!("{} 0 obj\n{object}\nendobj\n", index + 1);
    }
    let table = file.len();
    file += &format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for place in places {
        file += &format!("{place:010} 00000 n \n");
    }
    file += &format!("trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n", objects.len() + 1);
    file.into_bytes()
}

/// The example of this crate that is the child alone; the tests of the workspace are built together with it.
///
/// # Panics
/// When only another crate's tests were built.
#[must_use]
pub fn child_program() -> std::path::PathBuf {
    let own = std::env::current_exe().unwrap();
    let path = own.parent().and_then(std::path::Path::parent).unwrap().join("examples/decode_child");
    assert!(path.exists(), "build it first: cargo build -p berkas-normalizer --example decode_child");
    path
}
