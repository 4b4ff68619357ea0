//! The form, one JSON shape for all services: `form.v1` (`form-and-rules.md` 1).
//!
//! Whatever nobody declared is absent, and absent is *unknown*, never *false*. Dates are complete ISO dates.

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveTime};
use serde::{Deserialize, Serialize};

pub use crate::role::Role;
use crate::text_enum::text_enum;
use crate::{CaseCode, DocumentKind, Service, Sha256Hash};

/// A filled form with the list of papers that go with it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Form {
    /// 128 random bits in hexadecimal; without them the hash of the form would betray the NIK to guessing.
    #[cfg_attr(feature = "schema", schemars(regex(pattern = r"^[0-9a-f]{32}$")))]
    pub salt: String,
    /// What is asked for.
    pub service: Service,
    /// The variant that was ticked, for example `LHR-1`.
    pub case: CaseCode,
    /// The day at the counter, in WIB; it decides ages, the 60 days and the rule set.
    pub handed_in: NaiveDate,
    /// Everybody the form names, each human being once, by role.
    pub persons: BTreeMap<Role, PersonEntry>,
    /// The vital event, for births and deaths.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<Event>,
    /// The family card.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family: Option<Family>,
    /// What shall be changed, for changes of data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<Change>,
    /// What the clerk or the applicant declares.
    #[serde(default, skip_serializing_if = "Declarations::is_empty")]
    pub declarations: Declarations,
    /// The papers.
    pub documents: Vec<FormDocument>,
}

/// A person, or the role under which that person already stands in the form.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum PersonEntry {
    /// The same human being as in another role.
    SameAs(SameAs),
    /// The person's data.
    Person(Box<Person>),
}

/// Points at another role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SameAs {
    /// The role where the data stands.
    pub same_as: Role,
}

text_enum! {
    /// Sex as the register has it.
    Sex, "sex", {
        /// *Laki-laki*.
        Male = "L",
        /// *Perempuan*.
        Female = "P",
    }
}

text_enum! {
    /// Marital status.
    MaritalStatus, "marital status", {
        /// Never married.
        Single = "belum_kawin",
        /// Married, recorded.
        Married = "kawin_tercatat",
        /// Married, not recorded.
        MarriedUnrecorded = "kawin_belum_tercatat",
        /// Divorced.
        Divorced = "cerai_hidup",
        /// Widowed.
        Widowed = "cerai_mati",
    }
}

text_enum! {
    /// State of the biometric recording for an identity card (`domain.md` 9.3).
    RecordingState, "recording state", {
        /// Not recorded.
        None = "none",
        /// In process at the district.
        Pro = "PRO",
        /// Being sent to the centre.
        Sfe = "SFE",
        /// Print ready record.
        Prr = "PRR",
        /// Recorded twice.
        Dup = "DUP",
        /// Incomplete.
        Efac = "EFAC",
    }
}

text_enum! {
    /// Relation to the head of the family (SHDK).
    FamilyRelation, "family relation", {
        /// Head of the family.
        Head = "kepala_keluarga",
        /// Husband.
        Husband = "suami",
        /// Wife.
        Wife = "istri",
        /// Child.
        Child = "anak",
        /// Child in law.
        ChildInLaw = "menantu",
        /// Grandchild.
        Grandchild = "cucu",
        /// Parent.
        Parent = "orang_tua",
        /// Parent in law.
        ParentInLaw = "mertua",
        /// Other relative.
        OtherRelative = "famili_lain",
        /// Servant.
        Servant = "pembantu",
        /// Other.
        Other = "lainnya",
    }
}

/// One human being. Every field but the name is optional; what is absent is unknown.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Person {
    /// Full name as on the leading document.
    #[cfg_attr(feature = "schema", schemars(length(max = 200)))]
    pub name: String,
    /// The 16 digits of the NIK.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nik: Option<String>,
    /// The 16 digits of the family card number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kk_number: Option<String>,
    /// Sex.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sex: Option<Sex>,
    /// Place of birth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birth_place: Option<String>,
    /// Date of birth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birth_date: Option<NaiveDate>,
    /// Street and house, RT/RW.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Desa or kelurahan, ten digits of its code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub desa: Option<String>,
    /// Kecamatan, six digits of its code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kecamatan: Option<String>,
    /// Religion.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub religion: Option<String>,
    /// Highest education.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub education: Option<String>,
    /// Occupation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occupation: Option<String>,
    /// Blood group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blood_group: Option<String>,
    /// Marital status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub marital_status: Option<MaritalStatus>,
    /// Since when: the day of the wedding, of the divorce or of the death that made a widow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub marital_status_date: Option<NaiveDate>,
    /// Two capital letters, ISO 3166-1; `ID` for a citizen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub citizenship: Option<String>,
    /// Number of the travel document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passport_number: Option<String>,
    /// Number of the stay permit (KITAP, KITAS).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stay_permit_number: Option<String>,
    /// The father's name as the family card has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub father_name: Option<String>,
    /// The mother's name as the family card has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mother_name: Option<String>,
    /// State of the biometric recording.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recording_state: Option<RecordingState>,
    /// Whether an identity card was issued before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub had_card: Option<bool>,
    /// Telephone, any of the usual spellings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// E-mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Whether the person is alive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alive: Option<bool>,
}

/// A birth or a death.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Event {
    /// The day it happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<NaiveDate>,
    /// The hour, `HH:MM:SS`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<NaiveTime>,
    /// The place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// Kind of place, for example `rumah_sakit`, `rumah`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place_kind: Option<String>,
    /// Birth: 1 single, 2 twins and so on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 10)))]
    pub plurality: Option<u8>,
    /// Birth: the child's place among the mother's children, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 30)))]
    pub birth_order: Option<u8>,
    /// Birth: who helped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub helper: Option<String>,
    /// Birth: weight in grams.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(range(min = 200, max = 12000)))]
    pub weight_g: Option<u32>,
    /// Birth: length in millimetres.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(range(min = 150, max = 800)))]
    pub length_mm: Option<u32>,
    /// Death: cause.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    /// Death: who certifies it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certifier: Option<String>,
    /// The reporter's relation to the child or the deceased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reporter_relation: Option<String>,
    /// The parents' wedding day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parents_wedding: Option<NaiveDate>,
    /// Birth date of the next elder sibling.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub elder_sibling_birth: Option<NaiveDate>,
}

/// The family card.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Family {
    /// Its number, 16 digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kk_number: Option<String>,
    /// Who stands on it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<FamilyMember>,
}

/// One line of the family card.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FamilyMember {
    /// Where the person's data stands.
    pub role: Role,
    /// Relation to the head.
    pub relation: FamilyRelation,
}

text_enum! {
    /// An element of a person's data that can be changed (F-1.06); where the form has a field for it, by its name.
    ChangeElement, "element of a change", {
        /// The name.
        Name = "name",
        /// Place of birth.
        BirthPlace = "birth_place",
        /// Date of birth.
        BirthDate = "birth_date",
        /// Sex.
        Sex = "sex",
        /// Religion.
        Religion = "religion",
        /// Education.
        Education = "education",
        /// Occupation.
        Occupation = "occupation",
        /// Blood group.
        BloodGroup = "blood_group",
        /// Marital status.
        MaritalStatus = "marital_status",
        /// Address within the district.
        Address = "address",
        /// Citizenship.
        Citizenship = "citizenship",
        /// Relation to the head of the family.
        FamilyRelation = "family_relation",
        /// Name of the father or the mother.
        ParentName = "parent_name",
        /// The photo on the card.
        Photo = "photo",
        /// The signature on the card.
        Signature = "signature",
        /// Something else; the reason says what.
        Other = "other",
    }
}

/// What shall be changed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Change {
    /// The changed elements.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub elements: Vec<ChangeElement>,
    /// Why, for example `perkawinan`, `pindah`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Declared facts by their name in the rules' fact list, for example `marriage_recorded`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(transparent))]
pub struct Declarations(pub BTreeMap<String, bool>);

impl Declarations {
    /// Whether nothing was declared.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// One paper.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FormDocument {
    /// What it is.
    pub kind: DocumentKind,
    /// Whose it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<Role>,
    /// The scan.
    pub sha256: Sha256Hash,
    /// Which print of a form, for example `2019`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Who signed it; absent is unknown, empty is nobody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_by: Option<Vec<Role>>,
    /// Who witnessed it; absent is unknown, empty is nobody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub witnesses: Option<Vec<Role>>,
    /// What stands on it.
    #[serde(default, skip_serializing_if = "DocumentAttrs::is_empty")]
    pub attrs: DocumentAttrs,
}

/// What stands on a paper, as the clerk read it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DocumentAttrs {
    /// Its number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// Its date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dated: Option<NaiveDate>,
    /// The last day it is valid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<NaiveDate>,
    /// Who issued it, as a word of the fact list, for example `bidan`, `kepala_desa`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// The names that stand on it, by role.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub names: BTreeMap<Role, String>,
    /// The numbers (NIK) that stand on it, by role.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub niks: BTreeMap<Role, String>,
    /// What a statement is for, for example `ibu_saja`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
}

impl DocumentAttrs {
    /// Whether nothing was read off.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Form {
    /// Finds the person in `role`, following one `same_as`.
    #[must_use]
    pub fn person(&self, role: Role) -> Option<&Person> {
        match self.persons.get(&role)? {
            PersonEntry::Person(person) => Some(person),
            PersonEntry::SameAs(target) => match self.persons.get(&target.same_as)? {
                PersonEntry::Person(person) => Some(person),
                PersonEntry::SameAs(_) => None,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minimal() -> serde_json::Value {
        serde_json::json!({
            "salt": "00112233445566778899aabbccddeeff", "service": "akta_kelahiran", "case": "LHR-1",
            "handed_in": "2026-11-24",
            "persons": {
                "mother": {"name": "SITI CONTOH", "nik": "3517094104909001"},
                "reporter": {"same_as": "mother"}, "member_2": {"name": "BUDI CONTOH"}
            },
            "documents": [{"kind": "kk", "sha256": "0".repeat(64)}]
        })
    }

    #[test]
    fn a_form_reads_back_as_it_was_written() {
        let form: Form = serde_json::from_value(minimal()).unwrap();
        assert_eq!(form.person(Role::Reporter).map(|person| person.name.as_str()), Some("SITI CONTOH"));
        assert_eq!(form.person(Role::Member(2)).map(|person| person.name.as_str()), Some("BUDI CONTOH"));
        assert_eq!(serde_json::to_value(&form).unwrap(), minimal());
    }

    #[test]
    fn an_unknown_field_or_role_is_refused() {
        let mut form = minimal();
        form["persons"]["member_0"] = serde_json::json!({"name": "X"});
        assert!(serde_json::from_value::<Form>(form).is_err());
        let mut form = minimal();
        form["surprise"] = serde_json::json!(1);
        assert!(serde_json::from_value::<Form>(form).is_err());
    }
}
