//! What every handler can reach.

use std::sync::Arc;

use berkas_domain::Clock;
use berkas_store::Store;

use crate::{PasswordHasher, WebSettings};

/// The state that the shared extractors and pages need. Clones share everything.
#[derive(Debug, Clone)]
pub struct WebState {
    /// The database.
    pub store: Store,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The knobs.
    pub settings: Arc<WebSettings>,
    /// The passwords.
    pub passwords: PasswordHasher,
}

impl WebState {
    /// Gathers the state.
    ///
    /// # Errors
    /// `argon2::Error` when the settings ask for a password cost that argon2 does not allow.
    pub fn new(store: Store, clock: Arc<dyn Clock>, settings: WebSettings) -> Result<Self, argon2::Error> {
        let passwords = PasswordHasher::new(&settings)?;
        Ok(Self { store, clock, settings: Arc::new(settings), passwords })
    }
}
