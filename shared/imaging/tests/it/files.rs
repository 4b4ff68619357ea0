//! Writes small files of every type, by hand where no encoder is at hand.

use std::io::Cursor;

use berkas_imaging::Raster;
use image::{DynamicImage, GrayImage, ImageFormat};
use jpeg_encoder::{ColorType, Encoder};
use tiff::encoder::{TiffEncoder, colortype};

use crate::draw::gray;

fn picture(page: &Raster) -> DynamicImage {
    GrayImage::from_raw(page.width, page.height, gray(page).to_vec()).expect("pixels fit the size").into()
}

fn written(page: &Raster, format: ImageFormat) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    picture(page).write_to(&mut out, format).expect("a page can be written");
    out.into_inner()
}

pub(crate) fn png(page: &Raster) -> Vec<u8> {
    written(page, ImageFormat::Png)
}

pub(crate) fn pnm(page: &Raster) -> Vec<u8> {
    written(page, ImageFormat::Pnm)
}

pub(crate) fn webp(page: &Raster) -> Vec<u8> {
    let mut out = Vec::new();
    let encoder = image::codecs::webp::WebPEncoder::new_lossless(&mut out);
    let rgb = picture(page).to_rgb8();
    encoder
        .encode(&rgb, page.width, page.height, image::ExtendedColorType::Rgb8)
        .expect("a page can be written");
    out
}

pub(crate) fn jpeg(page: &Raster) -> Vec<u8> {
    jpeg_with(page, |_| ())
}

pub(crate) fn progressive_jpeg(page: &Raster) -> Vec<u8> {
    jpeg_with(page, |encoder| encoder.set_progressive(true))
}

fn jpeg_with(page: &Raster, set_up: impl Fn(&mut Encoder<&mut Vec<u8>>)) -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = Encoder::new(&mut out, 90);
    set_up(&mut encoder);
    encoder.encode(gray(page), page.width as u16, page.height as u16, ColorType::Luma).expect("a page fits");
    out
}

/// A CMYK JPEG, ink values inverted as Adobe writes them.
pub(crate) fn cmyk_jpeg(page: &Raster) -> Vec<u8> {
    let mut out = Vec::new();
    let pixels: Vec<u8> = gray(page).iter().flat_map(|&pixel| [0, 0, 0, 255 - pixel]).collect();
    let encoder = Encoder::new(&mut out, 90);
    encoder.encode(&pixels, page.width as u16, page.height as u16, ColorType::Cmyk).expect("a page fits");
    out
}

/// A JPEG whose EXIF data asks for no turn and holds `secret` as the picture's description.
pub(crate) fn jpeg_with_exif(page: &Raster, secret: &[u8]) -> Vec<u8> {
    let mut block = b"Exif\0\0II*\0\x08\0\0\0\x01\0".to_vec();
    block.extend([0x0E, 0x01, 2, 0]);
    block.extend((secret.len() as u32).to_le_bytes());
    block.extend(26_u32.to_le_bytes());
    block.extend([0; 4]);
    block.extend(secret);
    let mut out = vec![0xFF, 0xD8, 0xFF, 0xE1];
    out.extend((block.len() as u16 + 2).to_be_bytes());
    out.extend(block);
    out.extend(&jpeg(page)[2..]);
    out
}

/// A TIFF file with these pages.
pub(crate) fn tiff(pages: &[Raster]) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    let mut encoder = TiffEncoder::new(&mut out).expect("memory can be written");
    for page in pages {
        encoder
            .write_image::<colortype::Gray8>(page.width, page.height, gray(page))
            .expect("a page can be written");
    }
    out.into_inner()
}

/// A TIFF page of 16-bit gray.
pub(crate) fn tiff_16_bit(page: &Raster) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    let mut encoder = TiffEncoder::new(&mut out).expect("memory can be written");
    let pixels: Vec<u16> = gray(page).iter().map(|&pixel| u16::from(pixel) * 257).collect();
    encoder
        .write_image::<colortype::Gray16>(page.width, page.height, &pixels)
        .expect("a page can be written");
    out.into_inner()
}

/// A little-endian TIFF file with one directory of these (tag, value) pairs, and `data` right behind the header.
pub(crate) fn tiff_by_hand(tags: &[(u16, u32)], data: &[u8]) -> Vec<u8> {
    let mut out = b"II*\0".to_vec();
    out.extend((8 + data.len() as u32).to_le_bytes());
    out.extend(data);
    out.extend((tags.len() as u16).to_le_bytes());
    for &(tag, value) in tags {
        out.extend(tag.to_le_bytes());
        out.extend([4, 0, 1, 0, 0, 0]);
        out.extend(value.to_le_bytes());
    }
    out.extend([0; 4]);
    out
}

/// A fax page of group 4, 16 × 4 pixels: black from column 4 to 11 in every row.
pub(crate) fn tiff_group_4() -> Vec<u8> {
    // Row 1: horizontal 001, white run of 4 1011, black run of 8 000101, then the line's end as V0 1.
    // Rows 2 to 4: V0 three times. Then the end of the block, 000000000001 twice.
    let bits = concat!("001", "1011", "000101", "1", "111", "111", "111", "000000000001", "000000000001");
    let data = packed(bits);
    let tags = [
        (256, 16),
        (257, 4),
        (258, 1),
        (259, 4),
        (262, 0),
        (273, 8),
        (277, 1),
        (278, 4),
        (279, data.len() as u32),
    ];
    tiff_by_hand(&tags, &data)
}

/// The same picture in tiles of 16 × 16 pixels, of which only the upper four rows are on the page.
pub(crate) fn tiff_group_4_in_tiles() -> Vec<u8> {
    let rows = "1".repeat(3 * 15);
    let data = packed(&format!("001{}{}1{rows}000000000001000000000001", "1011", "000101"));
    let tags = [
        (256, 16),
        (257, 4),
        (258, 1),
        (259, 4),
        (262, 0),
        (277, 1),
        (322, 16),
        (323, 16),
        (324, 8),
        (325, data.len() as u32),
    ];
    tiff_by_hand(&tags, &data)
}

/// A fax page of 16 × `height` rows that holds but the first two.
pub(crate) fn tiff_group_4_cut_off(height: u32) -> Vec<u8> {
    let data = packed("0011011000101111100000000000");
    let tags = [
        (256, 16),
        (257, height),
        (258, 1),
        (259, 4),
        (262, 0),
        (273, 8),
        (277, 1),
        (278, height),
        (279, data.len() as u32),
    ];
    tiff_by_hand(&tags, &data)
}

/// A plane of one tile: what its directory says is all that counts.
pub(crate) fn tiff_of_tiled_planes() -> Vec<u8> {
    let tags = [
        (256, 16),
        (257, 16),
        (258, 8),
        (259, 1),
        (262, 1),
        (277, 1),
        (284, 2),
        (322, 16),
        (323, 16),
        (324, 8),
        (325, 256),
    ];
    tiff_by_hand(&tags, &[9; 256])
}

fn packed(bits: &str) -> Vec<u8> {
    bits.as_bytes()
        .chunks(8)
        .map(|chunk| chunk.iter().enumerate().fold(0, |byte, (at, bit)| byte | ((bit - b'0') << (7 - at))))
        .collect()
}

/// A PDF file of these objects, the first of which is the catalogue; `trailer` is added to the trailer.
pub(crate) fn pdf(objects: &[Vec<u8>], trailer: &str) -> Vec<u8> {
    let mut out = b"%PDF-1.4\n".to_vec();
    let mut offsets = Vec::new();
    for (at, object) in objects.iter().enumerate() {
        offsets.push(out.len());
        out.extend(format!("{} 0 obj\n", at + 1).as_bytes());
        out.extend(object);
        out.extend(b"\nendobj\n");
    }
    let start = out.len();
    out.extend(format!("xref\n0 {}\n0000000000 65535 f \n", offsets.len() + 1).as_bytes());
    for offset in offsets {
        out.extend(format!("{offset:010} 00000 n \n").as_bytes());
    }
    let size = objects.len() + 1;
    out.extend(
        format!("trailer << /Size {size} /Root 1 0 R {trailer} >>\nstartxref\n{start}\n%%EOF\n").as_bytes(),
    );
    out
}

/// A PDF stream object.
pub(crate) fn stream(dict: &str, data: &[u8]) -> Vec<u8> {
    let mut out = format!("<< {dict} /Length {} >>\nstream\n", data.len()).into_bytes();
    out.extend(data);
    out.extend(b"\nendstream");
    out
}

/// A PDF of one A4 page whose content is `content`, with `image` (a JPEG of `page`) as its only resource /I.
pub(crate) fn pdf_with_image(page: &Raster, content: &str, rotate: u32) -> Vec<u8> {
    pdf_with_annotation(page, content, rotate, "")
}

/// The same with these entries on the page; object 7 is an appearance of 100 × 100 points, all black.
pub(crate) fn pdf_with_annotation(page: &Raster, content: &str, rotate: u32, entries: &str) -> Vec<u8> {
    let image = format!(
        "/Type /XObject /Subtype /Image /Width {} /Height {} /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /DCTDecode",
        page.width, page.height
    );
    let leaf = format!(
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Rotate {rotate} {entries} /Contents 4 0 R /Resources << /XObject << /I 5 0 R >> /Font << /F 6 0 R >> >> >>"
    );
    pdf(
        &[
            b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_vec(),
            leaf.into_bytes(),
            stream("", content.as_bytes()),
            stream(&image, &jpeg(page)),
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_vec(),
            stream("/Type /XObject /Subtype /Form /BBox [0 0 100 100]", b"0 g 0 0 100 100 re f"),
        ],
        "",
    )
}
