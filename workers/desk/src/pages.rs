//! The pages; they work without scripts, and better with them.

use std::sync::LazyLock;

use berkas_web::{Asset, Assets};

pub(crate) mod acts;
pub(crate) mod agreement;
pub(crate) mod history;
pub(crate) mod keys;
pub(crate) mod queue;
pub(crate) mod roster;
pub(crate) mod standby;
pub(crate) mod supervise;
pub(crate) mod task;
mod undoable;

/// The desk's own scripts and styles.
pub(crate) static ASSETS: LazyLock<Assets> = LazyLock::new(|| {
    Assets::new(&[
        Asset { name: "desk.css", content: include_bytes!("../assets/desk.css") },
        Asset { name: "task.css", content: include_bytes!("../assets/task.css") },
        Asset { name: "events.js", content: include_bytes!("../assets/events.js") },
        Asset { name: "queue.js", content: include_bytes!("../assets/queue.js") },
        Asset { name: "task.js", content: include_bytes!("../assets/task.js") },
        Asset { name: "dom.js", content: include_bytes!("../assets/dom.js") },
        Asset { name: "next.js", content: include_bytes!("../assets/next.js") },
        Asset { name: "pictures.js", content: include_bytes!("../assets/pictures.js") },
        Asset { name: "scans.js", content: include_bytes!("../assets/scans.js") },
        Asset { name: "verdicts.js", content: include_bytes!("../assets/verdicts.js") },
        Asset { name: "viewer.js", content: include_bytes!("../assets/viewer.js") },
        Asset { name: "draft.js", content: include_bytes!("../assets/draft.js") },
        Asset { name: "send.js", content: include_bytes!("../assets/send.js") },
        Asset { name: "keys.js", content: include_bytes!("../assets/keys.js") },
        Asset { name: "lease.js", content: include_bytes!("../assets/lease.js") },
    ])
});
