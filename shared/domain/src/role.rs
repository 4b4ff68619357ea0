//! Roles: a person's part in a form.

use serde::{Deserialize, Serialize};

/// A person's part in the form; serialized as its word, for example `witness_1` or `member_3`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(with = "String"))]
pub enum Role {
    /// Asks for a card.
    Applicant,
    /// Reports a birth or a death.
    Reporter,
    /// The person the request is about.
    Subject,
    /// The child that was born.
    Child,
    /// The mother.
    Mother,
    /// The father.
    Father,
    /// The spouse.
    Spouse,
    /// The person who died.
    Deceased,
    /// The guardian.
    Guardian,
    /// Who found a foundling.
    Finder,
    /// Who acts under a power of attorney.
    Attorney,
    /// Whose family card somebody joins.
    Host,
    /// First witness of the form.
    Witness1,
    /// Second witness of the form.
    Witness2,
    /// First witness of a statement of responsibility.
    SptjmWitness1,
    /// Second witness of a statement of responsibility.
    SptjmWitness2,
    /// The n-th member of the family card, from 1.
    Member(u8),
}

const NAMED_ROLES: [(Role, &str); 16] = [
    (Role::Applicant, "applicant"),
    (Role::Reporter, "reporter"),
    (Role::Subject, "subject"),
    (Role::Child, "child"),
    (Role::Mother, "mother"),
    (Role::Father, "father"),
    (Role::Spouse, "spouse"),
    (Role::Deceased, "deceased"),
    (Role::Guardian, "guardian"),
    (Role::Finder, "finder"),
    (Role::Attorney, "attorney"),
    (Role::Host, "host"),
    (Role::Witness1, "witness_1"),
    (Role::Witness2, "witness_2"),
    (Role::SptjmWitness1, "sptjm_witness_1"),
    (Role::SptjmWitness2, "sptjm_witness_2"),
];

impl std::fmt::Display for Role {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Self::Member(n) = self {
            return write!(f, "member_{n}");
        }
        let word = NAMED_ROLES.iter().find(|(role, _)| role == self).map_or("", |(_, word)| word);
        f.write_str(word)
    }
}

impl std::str::FromStr for Role {
    type Err = crate::UnknownWord;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let unknown = crate::UnknownWord { what: "role" };
        if let Some((role, _)) = NAMED_ROLES.iter().find(|(_, word)| *word == text) {
            return Ok(*role);
        }
        let number = text.strip_prefix("member_").ok_or(unknown.clone())?;
        match number.parse::<u8>() {
            Ok(n) if n > 0 && !number.starts_with('0') => Ok(Self::Member(n)),
            _ => Err(unknown),
        }
    }
}

impl TryFrom<String> for Role {
    type Error = crate::UnknownWord;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Role> for String {
    fn from(role: Role) -> Self {
        role.to_string()
    }
}
