//! Compiles a kernel twice: for any processor, and for AVX2 where the processor has it.
//!
//! A kernel is plain safe Rust in a form that the compiler vectorizes; both compilations run the same operations in
//! the same order, so that their results are equal to the bit (floating-point sums are never reordered).

#[cfg(test)]
use std::cell::Cell;

#[cfg(test)]
thread_local! {
    static SCALAR_ONLY: Cell<bool> = const { Cell::new(false) };
}

/// Returns whether the AVX2 compilation of kernels may run.
pub(crate) fn has_avx2() -> bool {
    #[cfg(test)]
    if SCALAR_ONLY.get() {
        return false;
    }
    #[cfg(target_arch = "x86_64")]
    return std::arch::is_x86_feature_detected!("avx2");
    #[cfg(not(target_arch = "x86_64"))]
    false
}

/// Loads sixteen bytes.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
pub(crate) fn bytes(from: &[u8; 16]) -> std::arch::x86_64::__m128i {
    #[expect(unsafe_code, reason = "a load by pointer")]
    // SAFETY: `from` has the 16 bytes that are read, the load asks for no alignment, and every processor of this kind has SSE2.
    unsafe {
        std::arch::x86_64::_mm_loadu_si128(from.as_ptr().cast())
    }
}

/// Runs `work` with the plain compilation of every kernel on this thread.
#[cfg(test)]
pub(crate) fn scalar_only<T>(work: impl FnOnce() -> T) -> T {
    SCALAR_ONLY.set(true);
    let result = work();
    SCALAR_ONLY.set(false);
    result
}

/// Defines a function with a plain and an AVX2 compilation of its body.
macro_rules! kernel {
    ($(#[$meta:meta])* $vis:vis fn $name:ident($($arg:ident: $ty:ty),* $(,)?) $(-> $ret:ty)? $body:block) => {
        $(#[$meta])*
        $vis fn $name($($arg: $ty),*) $(-> $ret)? {
            #[inline(always)]
            fn plain($($arg: $ty),*) $(-> $ret)? $body

            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx2")]
            fn avx2($($arg: $ty),*) $(-> $ret)? {
                plain($($arg),*)
            }

            #[cfg(target_arch = "x86_64")]
            if $crate::simd::has_avx2() {
                #[expect(unsafe_code, reason = "a function compiled for AVX2 may run where AVX2 was detected")]
                // SAFETY: `has_avx2` has just said that the processor has every feature that `avx2` enables.
                return unsafe { avx2($($arg),*) };
            }
            plain($($arg),*)
        }
    };
}
pub(crate) use kernel;

#[cfg(test)]
mod tests {
    use super::scalar_only;
    use crate::drawing::Drawing;
    use crate::flatten::Light;
    use crate::geometry::Plan;
    use crate::limits::Deadline;
    use crate::planes::{self, Planes};
    use crate::raster::{Pixels, Raster, Turn};
    use crate::{Limits, coding, gray, skew};

    /// Returns a page of stripes and noise, in colour or not, whose edges do not fill whole vectors.
    fn page(colour: bool) -> Raster {
        let (width, height) = (411_u32, 307_u32);
        let mut state = 7_u32;
        let mut shade = |at: u32| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let stripe = if at / width % 12 < 3 { 40 } else { 190 };
            (stripe + (state >> 26)) as u8
        };
        if colour {
            Raster::rgb(
                width,
                height,
                (0..width * height).flat_map(|at| [shade(at), shade(at), shade(at)]).collect(),
            )
        } else {
            Raster::gray(width, height, (0..width * height).map(shade).collect())
        }
    }

    fn everything(colour: bool) -> (Vec<gray::Gray>, skew::Skew, Raster, Vec<u8>) {
        let page = page(colour);
        let small: Vec<gray::Gray> = (1..4).map(|factor| gray::reduce(&page, factor)).collect();
        let skew = skew::across(&small[0]);
        let light = Light::measure(&small[1]);
        let mut plan = Plan::upright((page.width, page.height), Turn::default());
        (plan.skew_deg, plan.scale) = (2.5, 1.3);
        let deadline = Deadline::start(&Limits::default());
        let drawing = Drawing::new(planes::split(page.clone(), 2).0, &plan, 200, Some((&light, 2)), 300);
        let planes = coding::preview(drawing, 400, &deadline).expect("in time");
        let drawing = Drawing::new(Planes::of_pixels(page), &plan, 200, Some((&light, 2)), 300);
        let mut out = drawing.whole(&deadline).expect("in time");
        if let Pixels::Rgb(pixels) = out.pixels {
            out = Raster::gray(out.width, out.height, gray::from_rgb(pixels));
        }
        (small, skew, out, planes)
    }

    #[test]
    fn both_compilations_of_every_kernel_give_the_same() {
        for colour in [false, true] {
            assert_eq!(everything(colour), scalar_only(|| everything(colour)));
        }
    }
}
