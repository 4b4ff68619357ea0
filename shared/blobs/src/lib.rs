//! The only crate that names the object store: content-addressed, encrypted at rest.
