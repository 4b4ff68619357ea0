//! What a dossier shall be, and what shall be wrong with it.

use berkas_domain::{CaseCode, OfficeCode, Service};
use serde::{Deserialize, Serialize};

/// An order for one dossier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// What is asked for.
    pub service: Service,
    /// The variant, one of [`cases`].
    pub case: CaseCode,
    /// Where it is handed in; the people live there.
    pub office: OfficeCode,
    /// What shall be wrong. A defect that cannot occur in the case is left out; the truth lists those that went in.
    #[serde(default)]
    pub defects: Vec<Defect>,
}

/// Something wrong, or merely unusual, with a dossier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Defect {
    /// A required paper was not handed in.
    MissingDocument,
    /// Two papers lie in each other's slot.
    WrongSlot,
    /// A required page cannot be read.
    Unreadable,
    /// A required paper was laid on the glass with its blank side down.
    BlankPage,
    /// A blank back page follows the paper; harmless.
    BlankBack,
    /// The form is not signed.
    Unsigned,
    /// The form is an outdated print.
    OldForm,
    /// One of the two witnesses is missing.
    MissingWitness,
    /// A witness is the reporter.
    WitnessIsReporter,
    /// The birth or death lies after the day at the counter.
    FutureEvent,
    /// The letter is dated before the birth or death.
    LetterBeforeEvent,
    /// A NIK has 15 digits.
    MalformedNik,
    /// Two people have the same NIK.
    SameNik,
    /// The family card shows another number than the form.
    KkNumberDiffers,
    /// The identity card shows another NIK than the form.
    NikDiffers,
    /// A paper spells the name differently.
    NameDiffers,
    /// First identity card before the seventeenth birthday.
    Underage,
    /// The biometric recording is not done.
    NotRecorded,
    /// The stay permit has run out.
    ExpiredPermit,
    /// The child's name has a digit in it.
    NameBreaksRules,
}

impl Defect {
    /// Every defect, in the order of declaration.
    pub const ALL: [Self; 20] = [
        Self::MissingDocument,
        Self::WrongSlot,
        Self::Unreadable,
        Self::BlankPage,
        Self::BlankBack,
        Self::Unsigned,
        Self::OldForm,
        Self::MissingWitness,
        Self::WitnessIsReporter,
        Self::FutureEvent,
        Self::LetterBeforeEvent,
        Self::MalformedNik,
        Self::SameNik,
        Self::KkNumberDiffers,
        Self::NikDiffers,
        Self::NameDiffers,
        Self::Underage,
        Self::NotRecorded,
        Self::ExpiredPermit,
        Self::NameBreaksRules,
    ];
}

const KTP: [(&str, f64); 9] = [
    ("KTP-1", 34.0),
    ("KTP-2", 20.0),
    ("KTP-3", 16.0),
    ("KTP-4", 16.0),
    ("KTP-5", 6.0),
    ("KTP-6", 0.5),
    ("KTP-7", 0.5),
    ("KTP-8", 4.0),
    ("KTP-9", 3.0),
];
const KK: [(&str, f64); 10] = [
    ("KK-1", 16.0),
    ("KK-2", 8.0),
    ("KK-3", 12.0),
    ("KK-4", 22.0),
    ("KK-5", 8.0),
    ("KK-6", 8.0),
    ("KK-7", 14.0),
    ("KK-8", 6.0),
    ("KK-9", 5.5),
    ("KK-10", 0.5),
];
const LHR: [(&str, f64); 8] = [
    ("LHR-1", 58.0),
    ("LHR-2", 14.0),
    ("LHR-3", 7.0),
    ("LHR-4", 8.0),
    ("LHR-5", 4.0),
    ("LHR-6", 0.5),
    ("LHR-7", 0.5),
    ("LHR-8", 8.0),
];
const MTI: [(&str, f64); 7] = [
    ("MTI-1", 86.0),
    ("MTI-2", 2.0),
    ("MTI-3", 1.0),
    ("MTI-4", 0.5),
    ("MTI-5", 0.5),
    ("MTI-6", 2.0),
    ("MTI-7", 8.0),
];

/// Lists the cases of a service (`domain.md` 3.3 to 3.6) with how often each comes; the weights are an estimate.
#[must_use]
pub fn cases(service: Service) -> &'static [(&'static str, f64)] {
    match service {
        Service::KtpEl => &KTP,
        Service::KartuKeluarga => &KK,
        Service::AktaKelahiran => &LHR,
        Service::AktaKematian => &MTI,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_case_has_the_shape_of_a_code() {
        for (case, _) in Service::ALL.iter().flat_map(|service| cases(*service)) {
            assert!(case.parse::<CaseCode>().is_ok(), "{case}");
        }
    }

    #[test]
    fn a_plan_reads_back() {
        let plan = Plan {
            service: Service::AktaKelahiran,
            case: "LHR-1".parse().unwrap(),
            office: "351709".parse().unwrap(),
            defects: vec![Defect::BlankBack],
        };
        let text = serde_json::to_string(&plan).unwrap();
        assert!(text.contains("\"blank_back\""));
        assert_eq!(serde_json::from_str::<Plan>(&text).unwrap(), plan);
    }
}
