//! The only crate that speaks SQL: migrations, one module for each aggregate, due work.
