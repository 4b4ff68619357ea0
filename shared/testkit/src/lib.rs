//! The whole application on a bench, for tests.
