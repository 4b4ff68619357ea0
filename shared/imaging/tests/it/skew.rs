//! A known turn goes in, the same angle comes out.

use berkas_imaging::measure_skew;
use proptest::prelude::*;
use rstest::rstest;

use crate::draw::{self, Page};

#[rstest]
#[case(-14.5)]
#[case(-7.0)]
#[case(-3.2)]
#[case(-0.4)]
#[case(0.08)]
#[case(0.0)]
#[case(1.3)]
#[case(7.2)]
#[case(14.5)]
fn a_drawn_page_gives_its_angle_back(#[case] deg: f64) {
    let (found, confidence) = measure_skew(&draw::writing(Page { skew_deg: deg, ..Page::default() }));
    assert!((found - deg).abs() < 0.03, "drawn at {deg}, found {found}");
    assert!(confidence > 0.8, "{confidence}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_angle_comes_back_through_blur_noise_and_uneven_light(
        deg in -14.5_f64..14.5,
        seed in 0_u64..1000,
        fall in -0.3_f64..0.3,
    ) {
        let page = draw::writing(Page { seed, skew_deg: deg, ..Page::default() });
        let page = draw::noisy(&draw::blurred(&page, (1, 1)), 20.0, seed);
        let page = draw::lit(&page, |x, y| 0.7 + fall * (x - 0.5) + fall * (y - 0.5));
        let (found, _) = measure_skew(&page);
        prop_assert!((found - deg).abs() < 0.1, "drawn at {deg}, found {found}");
    }
}

#[test]
fn a_page_without_lines_gives_no_confidence() {
    let empty = draw::noisy(&draw::lit(&blank(), |_, _| 0.9), 12.0, 3);
    let (_, confidence) = measure_skew(&empty);
    assert!(confidence < 0.2, "{confidence}");
}

#[test]
fn a_few_specks_on_an_empty_sheet_are_no_lines() {
    let mut sheet = draw::in_gray(&blank());
    let width = sheet.width as usize;
    let mut random = draw::Random(5);
    if let berkas_imaging::Pixels::Gray(pixels) = &mut sheet.pixels {
        for _ in 0..60 {
            let at = random.below(pixels.len() as u64 - 8 * width as u64) as usize;
            (0..4).for_each(|row| pixels[at + row * width..][..4].fill(30));
        }
    }
    assert_eq!(measure_skew(&sheet), (0.0, 0.0));
}

#[rstest]
#[case(1.2)]
#[case(-0.5)]
fn the_edge_of_what_lies_beside_the_sheet_is_no_line(#[case] deg: f64) {
    let mut page = draw::writing(Page { skew_deg: deg, ..Page::default() });
    let width = page.width as usize;
    if let berkas_imaging::Pixels::Gray(pixels) = &mut page.pixels {
        for (at, pixel) in pixels.iter_mut().enumerate() {
            let (x, y) = (at % width, at / width);
            // A lid whose edge runs down to the right by 0.34 degrees, as long as any line and blacker.
            if 1000 * y < 30_000 + 6 * x {
                *pixel = 10;
            }
        }
    }
    let (found, _) = measure_skew(&page);
    assert!((found - deg).abs() < 0.03, "drawn at {deg}, found {found}");
}

#[test]
fn a_tiny_picture_is_no_reason_to_panic() {
    for (width, height) in [(1, 1), (7, 900), (900, 7), (40, 40)] {
        let page = berkas_imaging::Raster::gray(width, height, vec![128; (width * height) as usize]);
        assert_eq!(measure_skew(&page).1, 0.0);
    }
}

fn blank() -> berkas_imaging::Raster {
    let page = Page::default();
    berkas_imaging::Raster::gray(page.width as u32, page.height as u32, vec![255; page.width * page.height])
}
