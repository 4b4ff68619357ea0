//! Panics in the log.

use std::panic::PanicHookInfo;

/// Makes every panic one line of the log, contained or not.
///
/// The text of a panic is logged only when it is a literal of the program: a formatted one may quote what was being
/// read, and that can be a person's data.
pub(super) fn log_them() {
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(panic.location = place, panic.text = literal(info), "panic");
    }));
}

fn literal(info: &PanicHookInfo<'_>) -> &'static str {
    info.payload().downcast_ref::<&'static str>().copied().unwrap_or("<formatted, not logged>")
}
