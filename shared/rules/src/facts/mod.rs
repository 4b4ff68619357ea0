//! Facts: what the rules may ask about a submission, three-valued.

use berkas_domain::form::Form;
use chrono::{DateTime, Utc};

use crate::input::{DocumentPages, History, Input};

/// The facts of one submission, ready to be judged.
#[derive(Debug, Clone)]
pub struct Facts {
    input: Input,
}

impl Facts {
    /// Collects the facts of a submission whose pages were looked at and whose look-ups were made.
    #[must_use]
    pub fn new(form: &Form, pages: &[DocumentPages], history: &History, received: DateTime<Utc>) -> Self {
        Self::of(&Input { form: form.clone(), pages: pages.to_vec(), history: Some(history.clone()), received })
    }

    /// Collects the facts of `input`; what is absent there is unknown.
    #[must_use]
    pub fn of(input: &Input) -> Self {
        Self { input: input.clone() }
    }
}
