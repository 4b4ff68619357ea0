//! What the rules promise, from the outside.
#![cfg(test)]

mod cases;
mod checks;
mod complete;
mod conditions;
mod examples;
mod guide;
mod own_examples;
mod properties;
mod sets;
mod support;
