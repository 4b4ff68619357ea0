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
