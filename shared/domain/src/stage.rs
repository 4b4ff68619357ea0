//! The stage machine of a submission.
//!
//! ```text
//! received → normalized → checked → waiting → assigned → decided → noticed
//!                     └──────────── returned by machine ───↗         │ repair: next revision
//!      ↑─────────────────────────────────────────────────────────────┘
//! noticed → decided, when a supervisor reverses what was told
//! any stage before `decided` → withdrawn, and `noticed` of what was returned; a machine stage that is parked → decided, when an operator returns it
//! ```
//!
//! A stage is the state a submission *is in*; a [`Step`] is the machine work that is *due*. Being parked is not a
//! stage: it is a mark beside it, so that a replay goes on where the fault struck.

use crate::text_enum::text_enum;

text_enum! {
    /// The state a submission is in.
    Stage, "stage", {
        /// Accepted; its pages are not normalized yet.
        Received = "received",
        /// Every page has a derived copy and a verdict.
        Normalized = "normalized",
        /// The rules have nothing against it.
        Checked = "checked",
        /// In the pool, until a verifier pulls it.
        Waiting = "waiting",
        /// On a verifier's desk, under a lease.
        Assigned = "assigned",
        /// Decided; the notice has not left yet and the decision can be undone.
        Decided = "decided",
        /// The notice exists and is owed to the office.
        Noticed = "noticed",
        /// Taken back by the office.
        Withdrawn = "withdrawn",
    }
}

text_enum! {
    /// Machine work that is due; also the routing key below the exchange `work`.
    Step, "step", {
        /// Normalize the pages.
        Scan = "scan",
        /// Judge the submission by the rules.
        Completeness = "completeness",
        /// Put it before a person.
        Assignment = "assignment",
        /// Make the notice.
        Notification = "notification",
    }
}

/// A move that the stage machine does not allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a submission cannot go from `{from}` to `{to}`")]
pub struct IllegalMove {
    /// The stage it is in.
    pub from: Stage,
    /// The stage that was asked for.
    pub to: Stage,
}

impl Stage {
    /// The stages that may follow this one.
    #[must_use]
    pub const fn followers(self) -> &'static [Stage] {
        match self {
            Self::Received => &[Self::Normalized, Self::Decided, Self::Withdrawn],
            Self::Normalized => &[Self::Checked, Self::Decided, Self::Withdrawn],
            Self::Checked => &[Self::Waiting, Self::Decided, Self::Withdrawn],
            Self::Waiting => &[Self::Assigned, Self::Withdrawn],
            Self::Assigned => &[Self::Waiting, Self::Decided, Self::Withdrawn],
            Self::Decided => &[Self::Noticed, Self::Assigned, Self::Waiting],
            Self::Noticed => &[Self::Received, Self::Decided, Self::Withdrawn],
            Self::Withdrawn => &[],
        }
    }

    /// Checks the move to `to`.
    ///
    /// # Errors
    /// [`IllegalMove`] when the machine has no such arrow.
    pub fn go(self, to: Self) -> Result<Self, IllegalMove> {
        if self.followers().contains(&to) { Ok(to) } else { Err(IllegalMove { from: self, to }) }
    }

    /// The machine work that is due while a submission is in this stage; none while a person or nobody is at work.
    #[must_use]
    pub const fn due_step(self) -> Option<Step> {
        match self {
            Self::Received => Some(Step::Scan),
            Self::Normalized => Some(Step::Completeness),
            Self::Checked => Some(Step::Assignment),
            Self::Decided => Some(Step::Notification),
            Self::Waiting | Self::Assigned | Self::Noticed | Self::Withdrawn => None,
        }
    }
}

impl Step {
    /// The stage a submission is in while this step is due.
    #[must_use]
    pub const fn works_on(self) -> Stage {
        match self {
            Self::Scan => Stage::Received,
            Self::Completeness => Stage::Normalized,
            Self::Assignment => Stage::Checked,
            Self::Notification => Stage::Decided,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_due_step_works_on_the_stage_it_is_due_in() {
        for stage in Stage::ALL {
            if let Some(step) = stage.due_step() {
                assert_eq!(step.works_on(), *stage);
            }
        }
        for step in Step::ALL {
            assert_eq!(step.works_on().due_step(), Some(*step));
        }
    }

    #[test]
    fn every_pair_of_stages_is_either_an_arrow_or_an_illegal_move() {
        for from in Stage::ALL {
            for to in Stage::ALL {
                match from.go(*to) {
                    Ok(reached) => assert_eq!(reached, *to),
                    Err(refusal) => assert_eq!(refusal, IllegalMove { from: *from, to: *to }),
                }
            }
        }
        assert!(Stage::Received.go(Stage::Waiting).is_err());
        assert!(Stage::Withdrawn.followers().is_empty());
    }
}
