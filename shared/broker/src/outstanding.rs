//! Which deliveries of a channel are not settled yet: tells how many a single acknowledgement can cover.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use lapin::types::DeliveryTag;

/// The delivery tags of one channel that were handed out and not settled.
#[derive(Debug, Default)]
pub(crate) struct Outstanding(Mutex<BTreeSet<DeliveryTag>>);

impl Outstanding {
    pub(crate) fn hand_out(&self, tag: DeliveryTag) {
        self.lock().insert(tag);
    }

    pub(crate) fn settle(&self, tag: DeliveryTag) {
        self.lock().remove(&tag);
    }

    /// Whether everything was settled.
    pub(crate) fn is_empty(&self) -> bool {
        self.lock().is_empty()
    }

    /// Settles the given `tags` (ascending) as far as they are the oldest ones outstanding; returns how many that are.
    ///
    /// One acknowledgement of the last of them, with `multiple`, then covers exactly these: tags grow in the order of
    /// delivery, so what the broker has sent and nobody was handed yet is newer than all of them.
    pub(crate) fn settle_oldest(&self, tags: &[DeliveryTag]) -> usize {
        let mut outstanding = self.lock();
        let covered = outstanding.iter().zip(tags).take_while(|(oldest, tag)| oldest == tag).count();
        for tag in &tags[..covered] {
            outstanding.remove(tag);
        }
        covered
    }

    fn lock(&self) -> MutexGuard<'_, BTreeSet<DeliveryTag>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_acknowledgement_never_covers_what_somebody_else_still_holds() {
        let outstanding = Outstanding::default();
        (1..=6).for_each(|tag| outstanding.hand_out(tag));
        assert_eq!(outstanding.settle_oldest(&[2, 3]), 0);
        assert_eq!(outstanding.settle_oldest(&[1, 2, 4]), 2);
        outstanding.settle(3);
        assert_eq!(outstanding.settle_oldest(&[4, 5, 6]), 3);
        assert_eq!(outstanding.settle_oldest(&[7]), 0);
    }
}
