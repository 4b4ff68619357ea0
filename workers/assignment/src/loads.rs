//! The verifiers' loads, read from the database at most once a second.

use std::time::Duration;

use berkas_domain::{Service, UserId};
use berkas_store::{Store, StoreError, VerifierLoad};
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::policy::least_loaded;

/// How old the loads may be. What this process hands out meanwhile is counted on top.
const FRESH_FOR: Duration = Duration::from_secs(1);

/// The loads as this process knows them.
#[derive(Default)]
pub(crate) struct Loads {
    known: Mutex<Option<Known>>,
}

struct Known {
    loads: Vec<VerifierLoad>,
    read_at: Instant,
}

impl Loads {
    /// Chooses for one task and counts it, so that a chunk of submissions spreads over the verifiers.
    ///
    /// # Errors
    /// [`StoreError`] when the loads have to be read and cannot be.
    pub(crate) async fn choose(
        &self,
        store: &Store,
        service: Service,
        training: bool,
        effort_s: i32,
    ) -> Result<Option<UserId>, StoreError> {
        let mut known = self.known.lock().await;
        let usable = known.take().filter(|known| known.read_at.elapsed() < FRESH_FOR);
        let loads = match usable {
            Some(usable) => usable,
            None => Known { loads: store.verifier_loads().await?, read_at: Instant::now() },
        };
        Ok(known.insert(loads).choose(service, training, effort_s))
    }
}

impl Known {
    fn choose(&mut self, service: Service, training: bool, effort_s: i32) -> Option<UserId> {
        let chosen = least_loaded(&self.loads, service, training)?;
        if let Some(load) = self.loads.iter_mut().find(|load| load.user == chosen) {
            load.effort_s += i64::from(effort_s);
        }
        Some(chosen)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_chunk_spreads_until_all_have_the_same_work() {
        let load = |(user, effort_s)| VerifierLoad {
            user: UserId(Uuid::from_u128(user)),
            services: vec![Service::KtpEl.as_str().to_owned()],
            training: false,
            effort_s,
        };
        let loads = [(1, 0), (2, 1_500), (3, 600)].map(load).to_vec();
        let mut known = Known { loads, read_at: Instant::now() };
        let mut given = BTreeMap::new();
        for _ in 0..11 {
            *given.entry(known.choose(Service::KtpEl, false, 300).unwrap().0.as_u128()).or_insert(0) += 1;
        }
        assert_eq!(given, BTreeMap::from([(1, 6), (2, 1), (3, 4)]));
        assert_eq!(known.choose(Service::KtpEl, true, 300), None);
    }
}
