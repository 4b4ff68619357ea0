//! Fictional dossiers: one that is complete for every case, and the examples that lie beside the rule files.

mod dossier;
mod file;
mod papers;
mod people;
mod random;

pub use dossier::{DAY, complete_form, complete_input};
pub(crate) use file::passing_cases;
pub use file::{ExampleOutcome, run_example_files, run_examples};
