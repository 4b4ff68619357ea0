//! What stands on a paper beside what the form says.

use berkas_domain::form::{Form, FormDocument, Role};
use berkas_domain::{NameLikeness, NameMatch, compare_names, normalize_name};
use schemars::JsonSchema;
use serde::Serialize;

use super::sections::grouped;

/// One value twice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Comparison {
    /// Whose it is.
    pub role: Role,
    /// `name` or `nik`.
    pub field: &'static str,
    /// As the clerk read it off the paper.
    pub paper: String,
    /// As the form has it.
    pub form: String,
    /// How alike they are.
    pub likeness: NameLikeness,
    /// The same as a number, 0 to 100; of names only, and only where somebody has to look closely.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub similarity: Option<u8>,
}

impl Comparison {
    /// Takes `value` apart, a name into words and a number into groups of four, and says of each part whether `other`
    /// lacks it: words wherever they stand, groups at their place.
    pub(crate) fn parts(&self, value: &str, other: &str) -> Vec<(String, bool)> {
        if self.field == "nik" {
            let (groups, others) = (grouped(value), grouped(other));
            let beside = others.split(' ').map(Some).chain(std::iter::repeat(None));
            return groups
                .split(' ')
                .zip(beside)
                .map(|(part, same)| (part.to_owned(), Some(part) != same))
                .collect();
        }
        let known = normalize_name(other);
        let lacks = |word: &str| {
            let word = normalize_name(word);
            !word.is_empty() && known.split(' ').all(|other| other != word)
        };
        value.split_whitespace().map(|word| (word.to_owned(), lacks(word))).collect()
    }
}

/// Compares the names and numbers that were declared to stand on `paper`; what the form does not say is left out.
pub(super) fn compare(paper: &FormDocument, form: &Form) -> Vec<Comparison> {
    let mut compared = Vec::new();
    for (role, name) in &paper.attrs.names {
        if let Some(person) = form.person(*role) {
            let alike = compare_names(name, &person.name);
            compared.push(Comparison {
                role: *role,
                field: "name",
                paper: name.clone(),
                form: person.name.clone(),
                likeness: alike.likeness,
                similarity: percent(&alike),
            });
        }
    }
    for (role, nik) in &paper.attrs.niks {
        if let Some(known) = form.person(*role).and_then(|person| person.nik.as_ref()) {
            let likeness = if nik == known { NameLikeness::Same } else { NameLikeness::Different };
            let (paper, form) = (nik.clone(), known.clone());
            compared.push(Comparison { role: *role, field: "nik", paper, form, likeness, similarity: None });
        }
    }
    compared
}

/// The similarity of two names that are neither the same nor plainly different.
fn percent(alike: &NameMatch) -> Option<u8> {
    // Below 100, since the names are not the same.
    let whole = (alike.similarity * 100.0).round().clamp(0.0, 99.0);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it lies between 0 and 99")]
    let whole = whole as u8;
    matches!(alike.likeness, NameLikeness::Variant | NameLikeness::Near).then_some(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_near_miss_has_its_similarity_beside_it_and_nothing_else_has() {
        let of = |paper: &str, form: &str| percent(&compare_names(paper, form));
        assert_eq!(of("SLAMED CONTOH", "SLAMET CONTOH"), Some(92));
        assert_eq!(of("MOH. CONTOH", "MUHAMMAD CONTOH"), Some(60));
        assert_eq!(of("SLAMET CONTOH", "slamet  contoh"), None);
        assert_eq!(of("SLAMET CONTOH", "WATI UMPAMA"), None);
    }

    fn parts(field: &'static str, value: &str, other: &str) -> Vec<String> {
        let compared = Comparison {
            role: Role::Mother,
            field,
            paper: String::new(),
            form: String::new(),
            likeness: NameLikeness::Near,
            similarity: None,
        };
        let marked = compared.parts(value, other).into_iter().filter(|(_, lacks)| *lacks);
        marked.map(|(part, _)| part).collect()
    }

    #[test]
    fn only_the_words_and_groups_that_differ_are_marked() {
        assert_eq!(parts("name", "SITI NUR CONTOH", "Siti  Contoh"), ["NUR"]);
        assert!(parts("name", "Siti Contoh", "SITI NUR CONTOH").is_empty());
        assert_eq!(parts("nik", "3517094104909001", "3517094204909001"), ["0941"]);
        assert_eq!(parts("nik", "3517094104909001", "351709"), ["0941", "0490", "9001"]);
    }
}
