//! Finds queues that confirm nothing any more.
//!
//! A quorum queue that was killed right after its declaration can stay like that for ever; only deleting it helps.

use std::collections::BTreeMap;

use berkas_domain::Step;

use crate::relay::Relayed;

/// Batches in a row without any confirm after which a queue counts as wedged.
const LIMIT: u32 = 3;

/// How often in a row each step's queue kept silent while the broker confirmed to others.
#[derive(Debug, Default)]
pub(crate) struct Silence {
    counts: BTreeMap<Step, u32>,
}

impl Silence {
    /// Whether no queue was silent the last time.
    pub(crate) fn is_quiet(&self) -> bool {
        self.counts.is_empty()
    }

    /// Notes what came of a batch; returns the steps whose queue is wedged, each once. A broker that confirms to nobody
    /// has another trouble, which is nobody's queue's.
    pub(crate) fn note(&mut self, relayed: &Relayed, others_confirm: bool) -> Vec<Step> {
        for work in &relayed.confirmed {
            self.counts.remove(&work.step);
        }
        if !others_confirm {
            return Vec::new();
        }
        for step in &relayed.silent {
            *self.counts.entry(*step).or_default() += 1;
        }
        let wedged: Vec<Step> =
            self.counts.iter().filter(|(_, count)| **count >= LIMIT).map(|(step, _)| *step).collect();
        for step in &wedged {
            self.counts.remove(step);
        }
        wedged
    }
}

#[cfg(test)]
mod tests {
    use berkas_domain::{Generation, SubmissionId};
    use berkas_store::WorkRef;

    use super::*;

    fn silent(step: Step) -> Relayed {
        Relayed { silent: [step].into(), ..Relayed::default() }
    }

    fn confirmed(step: Step) -> Relayed {
        let submission = SubmissionId(uuid::Uuid::nil());
        let work = WorkRef { submission, step, generation: Generation(1) };
        Relayed { confirmed: vec![work], ..Relayed::default() }
    }

    #[test]
    fn a_queue_that_is_silent_three_times_while_others_are_not_is_wedged() {
        let mut silence = Silence::default();
        assert_eq!(silence.note(&silent(Step::Scan), true), []);
        assert_eq!(silence.note(&silent(Step::Scan), true), []);
        assert_eq!(silence.note(&silent(Step::Scan), true), [Step::Scan]);
        assert!(silence.is_quiet(), "counting begins anew with the new queue");
    }

    #[test]
    fn a_confirm_in_between_ends_the_suspicion() {
        let mut silence = Silence::default();
        silence.note(&silent(Step::Scan), true);
        silence.note(&silent(Step::Scan), true);
        silence.note(&confirmed(Step::Scan), true);
        assert_eq!(silence.note(&silent(Step::Scan), true), []);
    }

    #[test]
    fn a_broker_that_confirms_to_nobody_has_no_wedged_queue() {
        let mut silence = Silence::default();
        for _ in 0..10 {
            assert_eq!(silence.note(&silent(Step::Scan), false), []);
        }
    }
}
