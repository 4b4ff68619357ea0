//! How much work a task is expected to be: the measure by which offices take turns and verifiers are loaded.

use std::collections::BTreeMap;
use std::num::NonZeroU16;

use berkas_domain::Service;

/// The weights, as the section `[assignment]` has them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effort {
    /// Seconds for the task itself. Work that counts nothing would never end an office's turn.
    pub task_s: NonZeroU16,
    /// Seconds for each document.
    pub document_s: u16,
    /// Seconds for each page after a document's first.
    pub page_s: u16,
    /// Percent of all that by service; one that is not named has 100.
    pub percent: BTreeMap<Service, NonZeroU16>,
}

impl Default for Effort {
    /// What `config/berkas.toml` says.
    fn default() -> Self {
        let some = |of: u16| NonZeroU16::new(of).unwrap_or(NonZeroU16::MIN);
        Self {
            task_s: some(180),
            document_s: 30,
            page_s: 10,
            percent: BTreeMap::from([
                (Service::KtpEl, some(70)),
                (Service::KartuKeluarga, some(100)),
                (Service::AktaKelahiran, some(130)),
                (Service::AktaKematian, some(120)),
            ]),
        }
    }
}

impl Effort {
    /// Seconds of work that a task for `service` is expected to be; `pages` is how many each of its documents has. What could
    /// not be opened has none and counts as a document. At least a second, and never beyond what the database holds.
    #[must_use]
    pub fn of(&self, service: Service, pages: &[i32]) -> i32 {
        let documents = i64::try_from(pages.len()).unwrap_or(i64::MAX);
        let further = pages.iter().map(|pages| i64::from(*pages) - 1).filter(|pages| *pages > 0).sum::<i64>();
        let plain_s = i64::from(self.task_s.get())
            .saturating_add(documents.saturating_mul(self.document_s.into()))
            .saturating_add(further.saturating_mul(self.page_s.into()));
        let percent = self.percent.get(&service).map_or(100, |percent| i64::from(percent.get()));
        i32::try_from((plain_s.saturating_mul(percent) / 100).max(1)).unwrap_or(i32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn effort(percent: &[(Service, u16)]) -> Effort {
        Effort {
            task_s: NonZeroU16::new(180).unwrap(),
            document_s: 30,
            page_s: 10,
            percent: percent
                .iter()
                .map(|(service, percent)| (*service, (*percent).try_into().unwrap()))
                .collect(),
        }
    }

    #[test]
    fn a_task_is_its_documents_and_their_further_pages_weighted_by_its_service() {
        let effort = effort(&[(Service::KtpEl, 50)]);
        assert_eq!(effort.of(Service::AktaKematian, &[]), 180);
        assert_eq!(
            effort.of(Service::AktaKematian, &[1, 1, 0]),
            270,
            "a file that cannot be opened is looked at too"
        );
        assert_eq!(effort.of(Service::AktaKematian, &[1, 5, 2]), 320);
        assert_eq!(effort.of(Service::KtpEl, &[1, 5, 2]), 160);
    }

    proptest! {
        #[test]
        fn more_pages_are_never_less_work_and_no_task_is_none(
            service in proptest::sample::select(Service::ALL),
            pages in proptest::collection::vec(0_i32..2_000, 0..40),
            percent in 1_u16..=u16::MAX,
        ) {
            let effort = effort(&[(service, percent)]);
            let less = effort.of(service, &pages);
            let mut longer = pages;
            longer.push(3);
            prop_assert!(less >= 1 && effort.of(service, &longer) >= less);
        }
    }
}
