//! Sessions, roles, keys and headers, over the real database.

mod access;
mod guards;
mod support;
mod throttling;
