//! The names of the form's fields, for those who draw a form from a list.

/// Every field of a person ([`crate::form::Person`]), in the order of the form.
pub const PERSON_FIELDS: &[&str] = &[
    "name",
    "nik",
    "kk_number",
    "sex",
    "birth_place",
    "birth_date",
    "address",
    "desa",
    "kecamatan",
    "religion",
    "education",
    "occupation",
    "blood_group",
    "marital_status",
    "marital_status_date",
    "citizenship",
    "passport_number",
    "stay_permit_number",
    "father_name",
    "mother_name",
    "recording_state",
    "had_card",
    "phone",
    "email",
    "alive",
];

/// Every field of the form beside persons and documents, dotted.
pub const FORM_FIELDS: &[&str] = &[
    "event.date",
    "event.time",
    "event.place",
    "event.place_kind",
    "event.plurality",
    "event.birth_order",
    "event.helper",
    "event.weight_g",
    "event.length_mm",
    "event.cause",
    "event.certifier",
    "event.reporter_relation",
    "event.parents_wedding",
    "event.elder_sibling_birth",
    "family.kk_number",
    "family.members",
    "change.elements",
    "change.reason",
];

#[cfg(test)]
#[cfg(feature = "schema")]
mod tests {
    use super::*;
    use crate::form::{Change, Event, Family, Person};

    fn properties(schema: &schemars::Schema) -> Vec<String> {
        let schema = serde_json::to_value(schema).unwrap();
        let mut names: Vec<String> = schema["properties"].as_object().unwrap().keys().cloned().collect();
        names.sort();
        names
    }

    fn sorted<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
        let mut names: Vec<String> = names.map(str::to_owned).collect();
        names.sort();
        names
    }

    #[test]
    fn the_lists_are_those_of_the_form() {
        assert_eq!(properties(&schemars::schema_for!(Person)), sorted(PERSON_FIELDS.iter().copied()));
        for (group, schema) in [
            ("event.", schemars::schema_for!(Event)),
            ("family.", schemars::schema_for!(Family)),
            ("change.", schemars::schema_for!(Change)),
        ] {
            let listed = FORM_FIELDS.iter().filter_map(|field| field.strip_prefix(group));
            assert_eq!(properties(&schema), sorted(listed));
        }
    }
}
