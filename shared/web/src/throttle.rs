//! Slows down guessing. Every try is counted before the password is looked at, so that many at once do not slip through.

use std::net::IpAddr;

use berkas_domain::Sha256Hash;
use berkas_store::StoreError;

use crate::WebState;

/// The counters that one try belongs to.
pub(crate) struct Tries {
    login_here: Sha256Hash,
    login: Sha256Hash,
    here: Option<Sha256Hash>,
}

impl Tries {
    pub(crate) fn of(login: &str, peer: Option<IpAddr>) -> Self {
        let here = peer.map(|address| address.to_string()).unwrap_or_default();
        Self {
            login_here: Sha256Hash::of(format!("login-address\n{login}\n{here}").as_bytes()),
            login: Sha256Hash::of(format!("login\n{login}").as_bytes()),
            here: peer.map(|address| Sha256Hash::of(format!("address\n{address}").as_bytes())),
        }
    }

    /// Counts the try. Returns the seconds to wait when it is one too many.
    pub(crate) async fn count(&self, web: &WebState) -> Result<Option<u64>, StoreError> {
        let settings = &web.settings;
        let mut limits = vec![(self.login_here, settings.login_tries), (self.login, settings.account_tries)];
        limits.extend(self.here.map(|key| (key, settings.address_tries)));
        let now = web.clock.now();
        let mut wait = None;
        for (key, limit) in limits {
            let (tries, since) = web.store.count_try(key, now, settings.try_window()).await?;
            if tries > limit {
                let left = (since + settings.try_window() - now).num_seconds().max(1);
                wait = wait.max(u64::try_from(left).ok());
            }
        }
        Ok(wait)
    }

    /// Forgets what was counted against this login from here; what the address did to others stays.
    pub(crate) async fn forget(&self, web: &WebState) -> Result<(), StoreError> {
        web.store.forget_tries(self.login_here).await?;
        web.store.forget_tries(self.login).await
    }
}
