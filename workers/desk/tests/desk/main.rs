//! The desk over the real database and a directory of objects.

mod access;
mod flow;
mod pages;
mod scans;
mod seed;
mod support;
