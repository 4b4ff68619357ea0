//! Facts: what the rules may ask about a submission, three-valued.

pub(crate) mod catalogue;
mod collect;
mod documents;
mod people;
pub(crate) mod slot;
pub(crate) mod value;

use berkas_domain::form::{Form, Role};
use berkas_domain::{CaseCode, DocumentKind, Service, Sha256Hash};
use chrono::{DateTime, Utc};

use crate::input::{DocumentPages, History, Input};
use collect::Sender;
pub(crate) use people::One;
use people::People;
pub(crate) use people::age as people_age;
use slot::{Slot, Space};
use value::{UNKNOWN, Value};

/// The facts of one submission, ready to be judged. What nobody declared is unknown, never false.
#[derive(Debug, Clone)]
pub struct Facts {
    pub(crate) service: Service,
    pub(crate) case: CaseCode,
    form: Row,
    event: Row,
    family: Row,
    change: Row,
    history: Row,
    docs: Row,
    declared: Row,
    /// By the place in `ROLES`; empty for a role the form does not name.
    roles: Vec<Row>,
    pub(crate) people: People,
    pub(crate) documents: Vec<Document>,
    pub(crate) has_history: bool,
    pub(crate) has_pages: bool,
}

/// One document with what can be said about it.
#[derive(Debug, Clone)]
pub(crate) struct Document {
    pub(crate) kind: DocumentKind,
    /// Every role of the person it belongs to; empty is unknown.
    pub(crate) of: Vec<Role>,
    /// Of a family card: everybody who is on it, as far as the form says.
    pub(crate) on_card: Vec<Role>,
    pub(crate) purpose: Option<String>,
    pub(crate) sha256: Sha256Hash,
    pub(crate) facts: Row,
    pub(crate) pages: Vec<(u32, Row)>,
    pub(crate) mentions: Vec<(Role, Row)>,
}

/// The facts of one namespace.
#[derive(Debug, Clone, Default)]
pub(crate) struct Row(Vec<Value>);

impl Row {
    pub(crate) fn with(len: usize) -> Self {
        Self(vec![Value::Unknown; len])
    }

    pub(crate) fn set(&mut self, fact: impl Into<usize>, value: impl Into<Value>) {
        if let Some(place) = self.0.get_mut(fact.into()) {
            *place = value.into();
        }
    }

    pub(crate) fn get(&self, index: usize) -> &Value {
        self.0.get(index).unwrap_or(&UNKNOWN)
    }
}

/// What a rule looks at beside the facts that stand for the whole submission.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Scope<'a> {
    pub(crate) document: Option<&'a Row>,
    /// Whether the document is needed; the rule set knows, the facts do not.
    pub(crate) asked_for: bool,
    pub(crate) page: Option<&'a Row>,
    pub(crate) mention: Option<&'a Row>,
    pub(crate) person: Option<&'a Row>,
}

static TRUE: Value = Value::Bool(true);
static FALSE: Value = Value::Bool(false);

impl Facts {
    /// Collects the facts of a submission whose pages were looked at and whose look-ups were made.
    ///
    /// The sending office stays unknown; give an [`Input`] to [`Facts::of`] to name it.
    #[must_use]
    pub fn new(form: &Form, pages: &[DocumentPages], history: &History, received: DateTime<Utc>) -> Self {
        collect::collect(form, pages, Some(history), received, Sender::default())
    }

    /// Collects the facts of `input`; what is absent there is unknown.
    #[must_use]
    pub fn of(input: &Input) -> Self {
        collect::collect(
            &input.form,
            &input.pages,
            input.history.as_ref(),
            input.received,
            Sender { office: input.office.as_ref(), hours: input.hours },
        )
    }

    /// Whether somebody said what the fact is.
    pub(crate) fn is_known(&self, slot: Slot) -> bool {
        self.get(slot, &Scope::default()).is_known()
    }

    pub(crate) fn get<'a>(&'a self, slot: Slot, scope: &Scope<'a>) -> &'a Value {
        let row = match slot.space {
            Space::Form => &self.form,
            Space::Event => &self.event,
            Space::Family => &self.family,
            Space::Change => &self.change,
            Space::History => &self.history,
            Space::Docs => &self.docs,
            Space::Declared => &self.declared,
            Space::Role(place) => {
                return self.roles.get(place).map_or(&UNKNOWN, |row| row_of_role(row, slot.index));
            }
            Space::Document if slot.index == catalogue::DocumentFact::AskedFor as usize => {
                return if scope.asked_for { &TRUE } else { &FALSE };
            }
            Space::Document => return scope.document.map_or(&UNKNOWN, |row| row.get(slot.index)),
            Space::Page => return scope.page.map_or(&UNKNOWN, |row| row.get(slot.index)),
            Space::Mention => return scope.mention.map_or(&UNKNOWN, |row| row.get(slot.index)),
            Space::Person => return scope.person.map_or(&UNKNOWN, |row| row.get(slot.index)),
        };
        row.get(slot.index)
    }
}

/// A role the form does not name has an empty row: that it is not given is known, all else is not.
fn row_of_role(row: &Row, index: usize) -> &Value {
    if row.0.is_empty() && index == catalogue::PersonFact::Given as usize { &FALSE } else { row.get(index) }
}
