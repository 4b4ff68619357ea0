//! Which submissions need a second pair of eyes: some by rule, and a share of the others drawn at random.

use berkas_domain::{CaseCode, DocumentKind, Service, Sha256Hash, SubmissionId};
use serde::Deserialize;

/// One kind of submission that always needs a second look: all that is named has to fit.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rule {
    #[serde(default)]
    service: Option<Service>,
    #[serde(default)]
    case: Option<CaseCode>,
    /// Documents none of which is there.
    #[serde(default)]
    without: Vec<DocumentKind>,
}

/// What the choice is made by.
pub(crate) struct Traits<'a> {
    pub submission: SubmissionId,
    pub service: Service,
    pub case: &'a CaseCode,
    pub documents: &'a [DocumentKind],
}

/// Whether two verifiers have to agree on it: a rule fits, or it is one of the `percent` of a hundred that are drawn. The same
/// submission is always answered the same: a step that is tried again draws nothing new, and neither does a repair.
pub(crate) fn needed(percent: u8, rules: &[Rule], of: &Traits<'_>) -> bool {
    rules.iter().any(|rule| rule.fits(of)) || drawn(of.submission) < u64::from(percent)
}

impl Rule {
    fn fits(&self, of: &Traits<'_>) -> bool {
        self.service.is_none_or(|service| service == of.service)
            && self.case.as_ref().is_none_or(|case| case == of.case)
            && !self.without.iter().any(|kind| of.documents.contains(kind))
    }
}

/// A number below a hundred that nobody who sends a submission can choose: the id is given by the district.
fn drawn(submission: SubmissionId) -> u64 {
    let hash = Sha256Hash::of(submission.0.as_bytes());
    let number = hash.as_bytes().iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte));
    number % 100
}

#[cfg(test)]
mod tests {
    use berkas_domain::DocumentKind::{Kk, SptjmKematian, SuratKetKematian};
    use berkas_domain::Service::{AktaKelahiran, AktaKematian, KtpEl};
    use uuid::Uuid;

    use super::*;

    fn rules() -> Vec<Rule> {
        let rule = |service, case: Option<&str>, without| Rule {
            service,
            case: case.map(|case| case.parse().unwrap()),
            without,
        };
        vec![rule(None, Some("LHR-5"), vec![]), rule(Some(AktaKematian), None, vec![SuratKetKematian])]
    }

    #[test]
    fn a_rule_fits_when_everything_it_names_does() {
        let needed = |service, case: &str, documents: &[DocumentKind]| {
            let case = case.parse().unwrap();
            let submission = SubmissionId(Uuid::nil());
            super::needed(0, &rules(), &Traits { submission, service, case: &case, documents })
        };
        assert!(needed(AktaKelahiran, "LHR-5", &[Kk]), "a birth with the mother only");
        assert!(!needed(AktaKelahiran, "LHR-1", &[Kk]));
        assert!(needed(AktaKematian, "MTI-7", &[SptjmKematian]), "a death without a letter");
        assert!(!needed(AktaKematian, "MTI-1", &[Kk, SuratKetKematian]));
    }

    #[test]
    fn about_the_share_is_drawn_and_always_the_same() {
        let case = "KTP-1".parse().unwrap();
        let drawn = |percent: u8| -> Vec<u128> {
            let chosen = |number: &u128| {
                let submission = SubmissionId(Uuid::from_u128(*number));
                needed(percent, &rules(), &Traits { submission, service: KtpEl, case: &case, documents: &[] })
            };
            (0..10_000).filter(chosen).collect()
        };
        assert!((400..600).contains(&drawn(5).len()), "{}", drawn(5).len());
        assert_eq!(drawn(5), drawn(5));
        assert_eq!((drawn(0).len(), drawn(100).len()), (0, 10_000));
    }
}
