//! Fictional dossiers with ground truth: filled papers, rendered and degraded.
//!
//! Everything is made up: names are put together at random, the serial of every NIK and family card number lies
//! between 9000 and 9999, no layout is a copy, and every page that is not blank bears the mark *CONTOH* (specimen).
//! The same seed, day and plan give the same bytes.

mod cases;
mod defects;
mod encode;
mod generator;
mod ink;
mod morning;
mod papers;
mod people;
mod places;
mod plan;
mod production;
mod rng;
mod scanner;
mod specimen;
mod tiny;
mod truth;

pub use generator::{Dossier, Generator, PlanError, SampleFile};
pub use morning::{Arrival, morning};
pub use places::{Kecamatan, kecamatan};
pub use plan::{Defect, Plan, cases};
pub use specimen::{Bed, Exposure, Layout, Original, Specimen};
pub use tiny::tiny_page;
pub use truth::{Degradation, DocumentTruth, Expected, Judge, PageTruth, Truth, Verdict};
