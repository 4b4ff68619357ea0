//! What stands on a paper beside what the form says.

use berkas_domain::form::{Form, FormDocument, Role};
use berkas_domain::{NameLikeness, compare_names};
use serde::Serialize;

/// One value twice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
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
}

/// Compares the names and numbers that were declared to stand on `paper`; what the form does not say is left out.
pub(super) fn compare(paper: &FormDocument, form: &Form) -> Vec<Comparison> {
    let mut compared = Vec::new();
    for (role, name) in &paper.attrs.names {
        if let Some(person) = form.person(*role) {
            compared.push(Comparison {
                role: *role,
                field: "name",
                paper: name.clone(),
                form: person.name.clone(),
                likeness: compare_names(name, &person.name).likeness,
            });
        }
    }
    for (role, nik) in &paper.attrs.niks {
        if let Some(known) = form.person(*role).and_then(|person| person.nik.as_ref()) {
            let likeness = if nik == known { NameLikeness::Same } else { NameLikeness::Different };
            let (paper, form) = (nik.clone(), known.clone());
            compared.push(Comparison { role: *role, field: "nik", paper, form, likeness });
        }
    }
    compared
}
