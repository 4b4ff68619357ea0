//! The QR code of a paper: registration number and content hash.

use berkas_domain::{RegistrationNumber, Sha256Hash};
use qrcode::{Color, EcLevel, QrCode};

/// What the code of a paper says. In capitals, which a QR code packs more densely, so that it stays coarse enough for a
/// bad printer and a cheap camera.
pub(super) fn content(number: &RegistrationNumber, hash: Sha256Hash) -> String {
    format!("BERKAS:{number}:{hash}").to_uppercase()
}

/// The code as an SVG element with the quiet zone of four modules that ISO/IEC 18004 asks for; empty when `content` is
/// too long for any code, which a number and a hash never are.
pub(super) fn svg(content: &str) -> String {
    const QUIET: usize = 4;
    let Ok(code) = QrCode::with_error_correction_level(content, EcLevel::M) else { return String::new() };
    let width = code.width();
    let mut dark = String::new();
    for (index, color) in code.to_colors().into_iter().enumerate() {
        if color == Color::Dark {
            dark.push_str(&format!("M{} {}h1v1h-1z", index % width + QUIET, index / width + QUIET));
        }
    }
    let side = width + 2 * QUIET;
    format!(
        r##"<svg class="qr" viewBox="0 0 {side} {side}" shape-rendering="crispEdges" role="img" aria-label="QR"><path fill="#fff" d="M0 0h{side}v{side}h-{side}z"/><path fill="#000" d="{dark}"/></svg>"##
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Paints the squares of the element's path, eight pixels a module.
    fn picture(svg: &str) -> (usize, Vec<bool>) {
        const SCALE: usize = 8;
        let between = |text: &str, start: &str, end: &str| {
            text.split_once(start).unwrap().1.split_once(end).unwrap().0.to_owned()
        };
        let side: usize = between(svg, "viewBox=\"0 0 ", " ").parse().unwrap();
        let width = side * SCALE;
        let mut pixels = vec![false; width * width];
        let path = between(svg, "fill=\"#000\" d=\"", "\"");
        for square in path.split('M').skip(1) {
            let (x, rest) = square.split_once(' ').unwrap();
            let (x, y): (usize, usize) =
                (x.parse().unwrap(), rest.strip_suffix("h1v1h-1z").unwrap().parse().unwrap());
            for row in 0..SCALE {
                let start = (y * SCALE + row) * width + x * SCALE;
                pixels[start..start + SCALE].fill(true);
            }
        }
        (width, pixels)
    }

    #[test]
    fn another_programs_reader_finds_number_and_hash_in_the_code() {
        let number = "351709-261124-0042-5".parse().unwrap();
        let hash = Sha256Hash::of(b"isi");
        let said = content(&number, hash);
        let (width, pixels) = picture(&svg(&said));
        let mut image = rqrr::PreparedImage::prepare_from_greyscale(width, width, |x, y| {
            if pixels[y * width + x] { 0 } else { 255 }
        });
        let (_, read) = image.detect_grids()[0].decode().unwrap();
        assert_eq!(read, format!("BERKAS:351709-261124-0042-5:{}", hash.to_string().to_uppercase()));
    }
}
