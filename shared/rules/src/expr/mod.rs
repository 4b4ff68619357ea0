//! Conditions: CEL by syntax, typed and three-valued by evaluation.
//!
//! The `cel` crate parses; its interpreter is not used. It has no types, aborts the process on deep expressions, has
//! no calendar, and knows *error* where the office knows *unknown*. What a condition may say is a small part of CEL,
//! lowered here to a typed tree whose evaluation ends, allocates next to nothing and cannot fail.

mod constant;
mod eval;
mod guard;
mod lower;

use std::collections::HashMap;
use std::rc::Rc;

use crate::facts::slot::Slot;
use crate::facts::value::Value;

pub(crate) use constant::{Constancy, constancy};
pub(crate) use eval::Seen;
use guard::{Parsed, parse};
pub(crate) use lower::Names;
pub use lower::SwitchValue;
use lower::lower;

/// What is wrong with a condition, and where: a byte offset into its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ConditionError {
    pub(crate) offset: usize,
    pub(crate) message: String,
}

/// A typed condition or a part of one.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Expr {
    Literal(Value),
    Fact(Slot),
    /// A switch with the value it is set to.
    Switch(String, Value),
    Has(Slot),
    Not(Box<Self>),
    And(Box<Self>, Box<Self>),
    Or(Box<Self>, Box<Self>),
    If(Box<[Self; 3]>),
    Compare(Comparison, Box<Self>, Box<Self>),
    In(Box<Self>, Box<Self>),
    Add(Box<Self>, Box<Self>),
    Subtract(Box<Self>, Box<Self>),
    Call(Function, Vec<Self>),
    /// Two roles by their places in the catalogue.
    Pair(PairFunction, usize, usize),
}

/// A comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// A function of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Function {
    /// `age(birth, day)`: completed years.
    Age,
    /// `days(from, to)`: days from one date to another.
    Days,
    /// `overlaps(a, b)`: whether two lists have a text in common.
    Overlaps,
    /// `size(list)`.
    Size,
}

/// A function of two roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PairFunction {
    /// `same_person(a, b)`.
    SamePerson,
    /// `same_kk(a, b)`.
    SameKk,
}

/// Conditions that were parsed before: the common rules stand in the sets of every service and overlay.
#[derive(Debug, Default)]
pub(crate) struct ParseCache(HashMap<String, Result<Rc<Parsed>, ConditionError>>);

impl ParseCache {
    /// Reads and types a condition.
    ///
    /// # Errors
    /// The first thing that is wrong, with its place.
    pub(crate) fn compile(&mut self, source: &str, names: &Names<'_>) -> Result<Expr, ConditionError> {
        let known = self.0.entry(source.to_owned());
        let parsed = known.or_insert_with(|| parse(source).map(Rc::new)).clone()?;
        lower(&parsed, names)
    }
}

/// Reads and types one condition.
#[cfg(test)]
pub(crate) fn compile(source: &str, names: &Names<'_>) -> Result<Expr, ConditionError> {
    ParseCache::default().compile(source, names)
}

impl Expr {
    /// Calls `visit` with every fact the expression names.
    pub(crate) fn for_each_slot(&self, visit: &mut dyn FnMut(Slot)) {
        match self {
            Self::Fact(slot) | Self::Has(slot) => visit(*slot),
            Self::Literal(_) | Self::Switch(..) | Self::Pair(..) => {}
            Self::Not(inner) => inner.for_each_slot(visit),
            Self::If(parts) => parts.iter().for_each(|part| part.for_each_slot(visit)),
            Self::And(a, b)
            | Self::Or(a, b)
            | Self::Compare(_, a, b)
            | Self::In(a, b)
            | Self::Add(a, b)
            | Self::Subtract(a, b) => {
                a.for_each_slot(visit);
                b.for_each_slot(visit);
            }
            Self::Call(_, args) => args.iter().for_each(|arg| arg.for_each_slot(visit)),
        }
    }
}
