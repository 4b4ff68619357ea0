//! What the desk's handlers can reach.

use std::sync::Arc;

use axum::extract::FromRef;
use berkas_blobs::Blobs;
use berkas_notices::NoticeTexts;
use berkas_web::WebState;
use chrono::{DateTime, Utc};

use crate::{DeskSettings, Originals};

/// The state of the desk. Clones share everything.
#[derive(Debug, Clone)]
pub struct DeskState {
    /// Store, clock, sessions.
    pub web: WebState,
    /// Forms and scans.
    pub blobs: Blobs,
    /// What offices are told.
    pub texts: Arc<NoticeTexts>,
    /// What draws a page of a file that a browser cannot show.
    pub originals: Originals,
    /// The knobs.
    pub settings: DeskSettings,
}

impl FromRef<DeskState> for WebState {
    fn from_ref(state: &DeskState) -> Self {
        state.web.clone()
    }
}

impl DeskState {
    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.web.clock.now()
    }

    /// When a lease ends that is given or renewed now.
    pub(crate) fn lease_end(&self) -> DateTime<Utc> {
        self.now() + self.settings.lease
    }
}
