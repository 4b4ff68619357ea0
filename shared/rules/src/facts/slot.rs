//! Where a fact is found: its namespace and its number there.

use berkas_domain::DocumentKind;
use berkas_domain::form::Role;

use super::catalogue::{
    CHANGE_FACTS, DECLARATIONS, DOCUMENT_FACTS, EVENT_FACTS, EventFact, FAMILY_FACTS, FORM_FACTS, FactDecl,
    FamilyFact, HISTORY_FACTS, HistoryFact, MENTION_FACTS, MentionFact, PAGE_FACTS, PERSON_FACTS, PageFact,
    PersonFact, ROLES, Type,
};

/// A namespace of facts: what stands before the dot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Space {
    Form,
    Event,
    Family,
    Change,
    History,
    /// One of [`ROLES`], by its place there.
    Role(usize),
    /// How many documents of a kind there are.
    Docs,
    Declared,
    /// The document a rule looks at, with `each = "document"`, `"page"` or `"mention"`.
    Document,
    Page,
    Mention,
    /// The person a rule looks at, with `each = "person"`.
    Person,
}

/// Where a fact is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Slot {
    pub(crate) space: Space,
    pub(crate) index: usize,
}

impl Space {
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "form" => Self::Form,
            "event" => Self::Event,
            "family" => Self::Family,
            "change" => Self::Change,
            "history" => Self::History,
            "docs" => Self::Docs,
            "declared" => Self::Declared,
            "document" => Self::Document,
            "page" => Self::Page,
            "mention" => Self::Mention,
            "person" => Self::Person,
            _ => {
                let role: Role = name.parse().ok()?;
                Self::Role(ROLES.iter().position(|known| *known == role)?)
            }
        })
    }

    /// The facts of a namespace with a fixed table; papers and declarations have lists of their own.
    pub(crate) fn table(self) -> &'static [FactDecl] {
        match self {
            Self::Form => FORM_FACTS,
            Self::Event => EVENT_FACTS,
            Self::Family => FAMILY_FACTS,
            Self::Change => CHANGE_FACTS,
            Self::History => HISTORY_FACTS,
            Self::Role(_) | Self::Person => PERSON_FACTS,
            Self::Document => DOCUMENT_FACTS,
            Self::Page => PAGE_FACTS,
            Self::Mention => MENTION_FACTS,
            Self::Docs | Self::Declared => &[],
        }
    }

    /// Finds the fact `field` of this namespace and its type.
    pub(crate) fn field(self, field: &str) -> Option<(Slot, Type)> {
        let at = |index| Slot { space: self, index };
        match self {
            Self::Docs => {
                let index = DocumentKind::ALL.iter().position(|kind| kind.as_str() == field)?;
                Some((at(index), Type::Int))
            }
            Self::Declared => {
                let index = DECLARATIONS.iter().position(|known| known.word == field)?;
                Some((at(index), Type::Bool))
            }
            _ => {
                let index = self.table().iter().position(|fact| fact.name == field)?;
                Some((at(index), self.table()[index].of))
            }
        }
    }
}

/// The type of the fact at `slot`; of a slot that no table has, a yes or no.
pub(crate) fn type_of(slot: Slot) -> Type {
    match slot.space {
        Space::Docs => Type::Int,
        _ => slot.space.table().get(slot.index).map_or(Type::Bool, |fact| fact.of),
    }
}

impl Slot {
    /// Whether the fact counts something, so that it is never below zero.
    pub(crate) fn is_count(self) -> bool {
        let is = |facts: &[usize]| facts.contains(&self.index);
        match self.space {
            Space::Docs => true,
            Space::Family => is(&[FamilyFact::Members as usize, FamilyFact::Heads as usize]),
            Space::History => is(&[HistoryFact::OpenRequests as usize, HistoryFact::SameChild as usize]),
            Space::Event => is(&[EventFact::BirthOrder as usize, EventFact::Plurality as usize]),
            Space::Role(_) | Space::Person => is(&[PersonFact::WitnessUses as usize]),
            Space::Document => matches!(type_of(self), Type::Int),
            Space::Page => is(&[PageFact::Number as usize]),
            Space::Form | Space::Change | Space::Declared | Space::Mention => false,
        }
    }

    /// Whether the fact tells of a disagreement that can be legal: names, numbers and dates that differ between papers.
    pub(crate) fn may_disagree_legally(self) -> bool {
        match self.space {
            Space::Mention => [MentionFact::NameLikeness, MentionFact::NikMatches]
                .iter()
                .any(|fact| *fact as usize == self.index),
            Space::Role(_) | Space::Person => {
                [PersonFact::NikCodes, PersonFact::TypedAlike].iter().any(|fact| *fact as usize == self.index)
            }
            _ => false,
        }
    }

    /// Whether the fact is the verdict on a NIK, which also warns of what can be legal.
    pub(crate) fn is_nik_verdict(self) -> bool {
        matches!(self.space, Space::Role(_) | Space::Person) && self.index == PersonFact::NikVerdict as usize
    }

    /// Whether the fact is known for every form.
    pub(crate) fn is_always_known(self) -> bool {
        match self.space {
            Space::Form | Space::Docs => true,
            Space::Role(_) => self.index == PersonFact::Given as usize,
            Space::Family => {
                [FamilyFact::Given, FamilyFact::KkGiven].iter().any(|fact| *fact as usize == self.index)
            }
            _ => false,
        }
    }
}

impl std::fmt::Display for Slot {
    /// The fact as a condition writes it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let group = match self.space {
            Space::Form => "form",
            Space::Event => "event",
            Space::Family => "family",
            Space::Change => "change",
            Space::History => "history",
            Space::Document => "document",
            Space::Page => "page",
            Space::Mention => "mention",
            Space::Person => "person",
            Space::Role(place) => return write!(f, "{}.{}", ROLES[place], PERSON_FACTS[self.index].name),
            Space::Docs => return write!(f, "docs.{}", DocumentKind::ALL[self.index]),
            Space::Declared => return write!(f, "declared.{}", DECLARATIONS[self.index].word),
        };
        write!(f, "{group}.{}", self.space.table().get(self.index).map_or("", |fact| fact.name))
    }
}
