//! Named crash points: a test names one, and the process dies there as by `kill -9`.
//!
//! Without the feature `crash-points` every call is empty.

/// Every crash point of the chain, in the order work passes them.
pub const CRASH_POINTS: [&str; 17] = [
    "upload.after_put",
    "intake.before_accept",
    "intake.after_accept",
    "intake.after_ack",
    "runner.before_handle",
    "scan.before_put",
    "scan.after_put",
    "scan.after_page",
    "completeness.after_facts",
    "runner.before_settle",
    "runner.after_settle",
    "runner.after_ack",
    "relay.after_confirm",
    "sweeper.after_claim",
    "dead.after_park",
    "notification.before_send",
    "notification.after_send",
];

/// Dies here when `BERKAS_CRASH_AT` names this point, the `n`-th time it is passed when it says `name:n`.
#[cfg(feature = "crash-points")]
pub fn crash_point(name: &'static str) {
    use std::sync::atomic::{AtomicU32, Ordering};
    static PASSED: AtomicU32 = AtomicU32::new(0);
    debug_assert!(CRASH_POINTS.contains(&name), "an unlisted crash point");
    let Ok(wanted) = std::env::var("BERKAS_CRASH_AT") else { return };
    let (point, nth) = wanted.split_once(':').unwrap_or((&wanted, "1"));
    if point == name && PASSED.fetch_add(1, Ordering::SeqCst) + 1 == nth.parse().unwrap_or(1) {
        std::process::abort();
    }
}

/// Does nothing: this program was built without crash points.
#[cfg(not(feature = "crash-points"))]
#[inline]
pub const fn crash_point(_name: &'static str) {}
