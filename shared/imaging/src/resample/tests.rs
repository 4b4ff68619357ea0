//! Every way of blending against the slow one.

use super::blend::{TOGETHER, blend_gray, blend_rgb, corner, mix};
use super::line::{FRACTION, Line};
use crate::geometry::{Plan, Warp};
use crate::homography::Homography;
use crate::raster::Turn;
use crate::simd::has_avx2;

#[test]
fn the_way_without_a_look_at_the_edges_blends_the_same() {
    let data: Vec<u8> = (0..170_u32 * 150).map(|at| ((at * 7919) >> 3) as u8).collect();
    let colours: Vec<u8> = (0..170_u32 * 150 * 3).map(|at| ((at * 6007) >> 3) as u8).collect();
    let even = [(3.1, 1.0), (-14.0, 1.37), (0.0, 1.5), (0.4, 1.0), (-0.9, 1.0), (1.7, 1.02)];
    let smaller = [(1.3, 1.5), (-2.4, 1.98), (5.1, 1.2)];
    for (skew_deg, scale) in even.into_iter().chain(smaller) {
        for quarters in 0..4 {
            let turn = Turn { mirrored: quarters == 1, quarters };
            let plan = Plan { skew_deg, scale, ..Plan::upright((170, 150), turn) };
            let (width, height) = plan.output_size();
            for y in 0..height as usize {
                let line = Line::new(&plan.inverse(), y, (170, 150), width as usize);
                let mut out = vec![9; width as usize];
                blend_gray(&mut out, &data, &line);
                let mut expected = vec![9; width as usize];
                for at in line.inside.clone() {
                    expected[at] = mix(&data, &corner(&line, at, 1));
                }
                assert_eq!(out, expected);
                let mut out = vec![9; 3 * width as usize];
                blend_rgb(&mut out, &colours, &line);
                let mut expected = vec![9; 3 * width as usize];
                for at in line.inside.clone() {
                    let mut corner = corner(&line, at, 3);
                    for channel in 0..3 {
                        expected[3 * at + channel] = mix(&colours, &corner);
                        corner.here += 1;
                    }
                }
                assert_eq!(out, expected);
            }
        }
    }
}

#[test]
fn stretches_of_a_page_that_leans_follow_it_closely() {
    let corners = [(30.0, 10.0), (940.0, 70.0), (990.0, 1380.0), (5.0, 1300.0)];
    let map = Homography::onto((900.0, 1300.0), corners).expect("a quadrilateral");
    let upright = Plan::upright((1000, 1400), Turn { mirrored: false, quarters: 3 });
    let plan = Plan { warp: Some(Warp::new(map)), keep: (0.0, 0.0, 900.0, 1300.0), ..upright };
    let map = plan.inverse();
    let mut most = 0.0_f64;
    for (y, x) in (0..1300).step_by(91).flat_map(|y| (0..900).step_by(TOGETHER).map(move |x| (y, x))) {
        let line = Line::between(&map, (x, x + TOGETHER), y, (1000, 1400));
        for at in 0..TOGETHER {
            let (u, v) = map.at((x + at) as f64, y as f64);
            let (a, b) = line.place(at);
            let pixels = |place: i64| place as f64 / f64::from(1 << FRACTION);
            most = most.max((pixels(a) - u).abs()).max((pixels(b) - v).abs());
        }
    }
    assert!(most < 0.02, "{most}");
}

#[test]
fn pairs_are_picked_out_of_loads_wherever_a_page_becomes_smaller_by_less_than_half() {
    let data = vec![200; 400 * 300];
    for (skew_deg, scale, quarters, is_close) in [
        (0.0, 1.5, 0, true),
        (1.3, 1.5, 2, true),
        (-2.4, 1.98, 0, true),
        (1.3, 1.5, 1, false),
        (9.0, 1.5, 0, false),
    ] {
        let turn = Turn { mirrored: false, quarters };
        let plan = Plan { skew_deg, scale, ..Plan::upright((400, 300), turn) };
        let line = Line::new(&plan.inverse(), 90, (400, 300), plan.output_size().0 as usize);
        let (mut upper, mut lower) = ([0; TOGETHER], [0; TOGETHER]);
        let place = line.place(line.surrounded.start);
        let pairs = (TOGETHER, &mut upper, &mut lower);
        let is_done = line.gather(place, (&data, &data[400..]), pairs);
        assert_eq!(is_done, is_close && has_avx2(), "{skew_deg} {scale} {quarters}");
    }
}

#[test]
fn pixels_in_colour_are_picked_out_of_loads_wherever_rows_are_not_crossed_by_each_pixel() {
    let data = vec![200; 3 * 400 * 300];
    for (skew_deg, scale, quarters, is_close) in
        [(1.3, 1.5, 0, true), (-14.0, 1.98, 2, true), (1.3, 1.5, 1, false), (1.3, 3.5, 0, false)]
    {
        let turn = Turn { mirrored: false, quarters };
        let plan = Plan { skew_deg, scale, ..Plan::upright((400, 300), turn) };
        let line = Line::new(&plan.inverse(), 60, (400, 300), plan.output_size().0 as usize);
        let place = line.place(line.surrounded.start);
        let is_done = line.blend_close(&mut [0; 3 * TOGETHER], (&data, &data[3 * 400..]), place);
        assert_eq!(is_done, is_close && has_avx2(), "{skew_deg} {scale} {quarters}");
    }
}
