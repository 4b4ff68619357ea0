//! What of a form other submissions may be asked about, as keyed hashes (a blind index): equal numbers have equal
//! hashes, and nobody who lacks the key can read a number off one.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::form::{Form, Role};
use crate::nik::plain_digits;
use crate::{CaseCode, Service};

/// A keyed hash of a NIK, of a KK number or of what tells a child apart.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LookupHash(pub [u8; 32]);

impl std::fmt::Debug for LookupHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LookupHash(..)")
    }
}

/// The keyed hashes of one form. What the form does not say, or says malformed, has none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookupKeys {
    service: Service,
    case: CaseCode,
    /// Everybody with a NIK of sixteen digits, under every role.
    persons: BTreeMap<Role, LookupHash>,
    /// The family card.
    family: Option<LookupHash>,
    /// A birth: mother, day and birth order, which tell twins apart too.
    child: Option<LookupHash>,
    /// A birth: its day.
    born: Option<NaiveDate>,
}

impl LookupKeys {
    /// Hashes what `form` says with `hash`, which must be keyed. Kinds of numbers never share a hash.
    #[must_use]
    pub fn of(form: &Form, hash: impl Fn(&str) -> [u8; 32]) -> Self {
        let keyed = |kind: &str, text: String| LookupHash(hash(&format!("{kind}|{text}")));
        let nik = |role: Role| form.person(role)?.nik.as_deref().and_then(plain_digits);
        let persons: BTreeMap<Role, LookupHash> =
            form.persons.keys().filter_map(|role| Some((*role, keyed("nik", nik(*role)?)))).collect();
        let card = form.family.as_ref().and_then(|family| family.kk_number.as_deref()).and_then(plain_digits);
        let is_birth = form.service == Service::AktaKelahiran;
        let event = form.event.as_ref().filter(|_| is_birth);
        let born = event.and_then(|event| event.date);
        let order = event.and_then(|event| event.birth_order);
        let child = match (nik(Role::Mother), born, order) {
            (Some(mother), Some(day), Some(order)) => Some(keyed("child", format!("{mother}|{day}|{order}"))),
            _ => None,
        };
        Self {
            service: form.service,
            case: form.case.clone(),
            persons,
            family: card.map(|number| keyed("kk", number)),
            child,
            born,
        }
    }

    /// Those of a form that names nobody.
    #[must_use]
    pub const fn none(service: Service, case: CaseCode) -> Self {
        Self { service, case, persons: BTreeMap::new(), family: None, child: None, born: None }
    }

    /// What is asked for.
    #[must_use]
    pub const fn service(&self) -> Service {
        self.service
    }

    /// Which variant of it.
    #[must_use]
    pub const fn case(&self) -> &CaseCode {
        &self.case
    }

    /// Everybody by role.
    #[must_use]
    pub const fn persons(&self) -> &BTreeMap<Role, LookupHash> {
        &self.persons
    }

    /// Whom the request is for: the dead, the born, otherwise the subject or, where none is named, the applicant.
    #[must_use]
    pub fn principal(&self) -> Option<LookupHash> {
        let roles: &[Role] = match self.service {
            Service::KtpEl | Service::KartuKeluarga => &[Role::Subject, Role::Applicant],
            Service::AktaKelahiran => &[Role::Child],
            Service::AktaKematian => &[Role::Deceased],
        };
        roles.iter().find_map(|role| self.persons.get(role)).copied()
    }

    /// The family card.
    #[must_use]
    pub const fn family(&self) -> Option<LookupHash> {
        self.family
    }

    /// The child of a birth.
    #[must_use]
    pub const fn child(&self) -> Option<LookupHash> {
        self.child
    }

    /// The mother of a birth and its day.
    #[must_use]
    pub fn birth(&self) -> Option<(LookupHash, NaiveDate)> {
        self.persons.get(&Role::Mother).copied().zip(self.born)
    }

    /// The witnesses of the event and of its statements, by role.
    #[must_use]
    pub fn witnesses(&self) -> BTreeMap<Role, LookupHash> {
        let roles = [Role::Witness1, Role::Witness2, Role::SptjmWitness1, Role::SptjmWitness2];
        roles.iter().filter_map(|role| Some((*role, *self.persons.get(role)?))).collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// No hash at all, so that a test can read what was hashed.
    fn first_bytes(text: &str) -> [u8; 32] {
        let mut bytes = [0; 32];
        let sum = text.bytes().fold(7_u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(byte)));
        bytes[..8].copy_from_slice(&sum.to_be_bytes());
        bytes
    }

    fn birth(change: &Value) -> LookupKeys {
        let mut form = json!({
            "salt": "00112233445566778899aabbccddeeff", "service": "akta_kelahiran", "case": "LHR-1",
            "handed_in": "2026-11-24",
            "persons": {
                "mother": {"name": "SITI CONTOH", "nik": "3517094104909001"}, "reporter": {"same_as": "mother"},
                "witness_1": {"name": "BUDI CONTOH", "nik": "3517090104809002"}
            },
            "event": {"date": "2026-11-20", "birth_order": 1},
            "family": {"kk_number": "3517090104809001"},
            "documents": []
        });
        merge(&mut form, change);
        LookupKeys::of(&serde_json::from_value(form).unwrap(), first_bytes)
    }

    fn merge(target: &mut Value, change: &Value) {
        match (target, change) {
            (Value::Object(target), Value::Object(change)) => {
                for (key, value) in change {
                    merge(target.entry(key).or_insert(Value::Null), value);
                }
            }
            (target, change) => *target = change.clone(),
        }
    }

    #[test]
    fn the_spelling_of_a_number_does_not_matter() {
        let spaced = json!({"persons": {"mother": {"nik": " 3517.0941-0490 9001"}}});
        assert_eq!(birth(&spaced), birth(&json!({})));
    }

    #[test]
    fn one_human_being_has_one_hash_under_every_role_and_a_card_never_that_of_a_person() {
        let keys = birth(&json!({"family": {"kk_number": "3517094104909001"}}));
        assert_eq!(keys.persons()[&Role::Mother], keys.persons()[&Role::Reporter]);
        assert_ne!(keys.family(), keys.persons().get(&Role::Mother).copied());
    }

    #[test]
    fn a_child_is_told_apart_by_mother_day_and_birth_order() {
        let child = |change: Value| birth(&change).child().unwrap();
        let first = child(json!({}));
        assert_eq!(first, child(json!({"case": "LHR-2", "family": {"kk_number": "3517090104809009"}})));
        assert_ne!(first, child(json!({"event": {"birth_order": 2}})), "a twin");
        assert_ne!(first, child(json!({"event": {"date": "2026-11-19"}})));
        assert_ne!(first, child(json!({"persons": {"mother": {"nik": "3517094104909003"}}})));
        assert_eq!(birth(&json!({"event": {"birth_order": null}})).child(), None, "unknown is not a child");
    }

    #[test]
    fn a_malformed_number_and_another_service_have_no_hash() {
        let malformed = birth(&json!({"persons": {"mother": {"nik": "351709410490900"}}}));
        assert_eq!((malformed.child(), malformed.birth()), (None, None));
        let death = birth(&json!({"service": "akta_kematian", "case": "MTI-1",
            "persons": {"deceased": {"name": "TONO CONTOH", "nik": "3517090104509004"}}}));
        assert_eq!((death.child(), death.birth()), (None, None));
        assert_eq!(death.principal(), death.persons().get(&Role::Deceased).copied());
    }
}
