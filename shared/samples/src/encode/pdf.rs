//! A PDF as a scanner writes it: one JPEG for each page.

use pdf_writer::{Content, Filter, Finish, Name, Pdf, Rect, Ref};

use super::{Picture, jpeg};

const IMAGE: Name<'static> = Name(b"Im");

/// Objects of a page: the page, its content, its image.
fn refs(page: usize) -> [Ref; 3] {
    let first = 3 + 3 * page as i32;
    [Ref::new(first), Ref::new(first + 1), Ref::new(first + 2)]
}

/// Writes the pages in their real size.
pub(super) fn write(pictures: &[Picture]) -> Vec<u8> {
    let (catalog, tree) = (Ref::new(1), Ref::new(2));
    let mut pdf = Pdf::new();
    pdf.catalog(catalog).pages(tree);
    let kids = (0..pictures.len()).map(|page| refs(page)[0]);
    pdf.pages(tree).kids(kids).count(pictures.len() as i32);
    for (number, picture) in pictures.iter().enumerate() {
        page(&mut pdf, tree, refs(number), picture);
    }
    pdf.finish()
}

fn page(pdf: &mut Pdf, tree: Ref, [page_ref, content_ref, image_ref]: [Ref; 3], picture: &Picture) {
    let raster = &picture.raster;
    let points = |pixels: usize| pixels as f32 * 72.0 / f32::from(picture.dpi);
    let (width, height) = (points(raster.width), points(raster.height));
    let mut page = pdf.page(page_ref);
    page.media_box(Rect::new(0.0, 0.0, width, height)).parent(tree).contents(content_ref);
    page.resources().x_objects().pair(IMAGE, image_ref);
    page.finish();
    let data = jpeg(picture);
    let mut image = pdf.image_xobject(image_ref, &data);
    image.filter(Filter::DctDecode);
    image.width(raster.width as i32).height(raster.height as i32).bits_per_component(8);
    if raster.channels == 1 {
        image.color_space().device_gray();
    } else {
        image.color_space().device_rgb();
    }
    image.finish();
    let mut content = Content::new();
    content.save_state().transform([width, 0.0, 0.0, height, 0.0, 0.0]).x_object(IMAGE).restore_state();
    pdf.stream(content_ref, &content.finish());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ink::Raster;

    #[test]
    fn a_pdf_names_every_page_and_holds_its_jpeg() {
        let raster = Raster::filled(150, 75, [200; 3]);
        let picture = |raster| Picture { raster, dpi: 150, quality: 80, exif_orientation: None };
        let bytes = write(&[picture(raster.clone()), picture(raster.to_grey())]);
        let text = String::from_utf8_lossy(&bytes);
        assert!(text.contains("/Count 2") && text.contains("[0 0 72 36]") && text.contains("/DeviceGray"));
        assert_eq!(bytes.windows(3).filter(|three| three == &[0xFF, 0xD8, 0xFF]).count(), 2);
    }
}
