//! The pages; they work without scripts, and better with them.

use std::sync::LazyLock;

use berkas_web::{Asset, Assets};

pub(crate) mod acts;
pub(crate) mod agreement;
pub(crate) mod history;
pub(crate) mod queue;
pub(crate) mod task;

/// The desk's own scripts and styles.
pub(crate) static ASSETS: LazyLock<Assets> = LazyLock::new(|| {
    Assets::new(&[
        Asset { name: "desk.css", content: include_bytes!("../assets/desk.css") },
        Asset { name: "task.css", content: include_bytes!("../assets/task.css") },
        Asset { name: "queue.js", content: include_bytes!("../assets/queue.js") },
        Asset { name: "task.js", content: include_bytes!("../assets/task.js") },
        Asset { name: "viewer.js", content: include_bytes!("../assets/viewer.js") },
        Asset { name: "draft.js", content: include_bytes!("../assets/draft.js") },
        Asset { name: "send.js", content: include_bytes!("../assets/send.js") },
        Asset { name: "keys.js", content: include_bytes!("../assets/keys.js") },
        Asset { name: "lease.js", content: include_bytes!("../assets/lease.js") },
    ])
});
