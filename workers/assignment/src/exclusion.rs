//! Whom a rule of the office keeps from what, as a plain function. The database finds the same; a test compares the two.

use berkas_domain::{CaseCode, ExclusionCode, OfficeCode, Service};
use berkas_store::ExclusionRule;
use serde::Deserialize;

/// One line of `[assignment] exclude`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Line")]
pub struct Rule {
    /// Logins of those whom it keeps from it.
    pub users: Vec<String>,
    /// What it keeps them from; all that is named has to fit.
    pub office: Option<OfficeCode>,
    /// Of this service only.
    pub service: Option<Service>,
    /// Of this case only.
    pub case: Option<CaseCode>,
    /// Why.
    pub code: ExclusionCode,
}

/// What a rule is held against.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// Who sent it.
    pub office: &'a OfficeCode,
    /// The office above the sender, or the sender.
    pub share: &'a OfficeCode,
    /// What is asked for.
    pub service: Service,
    /// The case.
    pub case: &'a CaseCode,
}

impl Rule {
    /// Whether it keeps its users from `subject`.
    #[must_use]
    pub fn fits(&self, subject: Subject<'_>) -> bool {
        self.office.as_ref().is_none_or(|office| office == subject.office || office == subject.share)
            && self.service.is_none_or(|service| service == subject.service)
            && self.case.as_ref().is_none_or(|case| case == subject.case)
    }
}

/// The rules as the database keeps them: a row for each user.
#[must_use]
pub fn rows(rules: &[Rule]) -> Vec<ExclusionRule> {
    let rows = rules.iter().flat_map(|rule| {
        rule.users.iter().map(|login| ExclusionRule {
            login: login.clone(),
            office: rule.office.clone(),
            service: rule.service,
            case: rule.case.clone(),
            code: rule.code,
        })
    });
    rows.collect()
}

/// A line as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    users: Vec<String>,
    office: Option<OfficeCode>,
    service: Option<Service>,
    case: Option<CaseCode>,
    code: ExclusionCode,
}

/// A line that names nothing would keep its users from everything.
#[derive(Debug, thiserror::Error)]
#[error("a line of `exclude` must name an office, a service or a case")]
struct NamesNothing;

impl TryFrom<Line> for Rule {
    type Error = NamesNothing;

    fn try_from(line: Line) -> Result<Self, NamesNothing> {
        let Line { users, office, service, case, code } = line;
        if office.is_none() && service.is_none() && case.is_none() {
            return Err(NamesNothing);
        }
        Ok(Self { users, office, service, case, code })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_rule_fits_when_everything_it_names_does_and_a_kecamatan_stands_for_its_desa() {
        let rule: Rule = serde_json::from_value(
            json!({ "users": ["wati"], "office": "351709", "service": "akta_kelahiran", "code": "lives_there" }),
        )
        .unwrap();
        let case = "LHR-1".parse().unwrap();
        let fits = |office: &str, share: &str, service| {
            let (office, share) = (office.parse().unwrap(), share.parse().unwrap());
            rule.fits(Subject { office: &office, share: &share, service, case: &case })
        };
        assert!(fits("351709", "351709", Service::AktaKelahiran));
        assert!(fits("3517092001", "351709", Service::AktaKelahiran));
        assert!(!fits("351702", "351702", Service::AktaKelahiran));
        assert!(!fits("351709", "351709", Service::KtpEl));
    }

    #[test]
    fn a_line_that_names_nothing_or_no_known_reason_is_refused() {
        for line in [
            json!({ "users": ["wati"], "code": "lives_there" }),
            json!({ "users": ["wati"], "office": "351709", "code": "dislikes_it" }),
        ] {
            assert!(serde_json::from_value::<Rule>(line).is_err());
        }
    }
}
