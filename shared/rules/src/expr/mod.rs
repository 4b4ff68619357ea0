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

use crate::facts::catalogue::ROLES;
use crate::facts::slot::Slot;
use crate::facts::value::Value;

pub(crate) use constant::{Constancy, constancy};
pub(crate) use eval::{Seen, Source};
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
    Pair(Pair),
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum PairFunction {
    /// `same_person(a, b)`.
    Person,
    /// `same_kk(a, b)`.
    Kk,
    /// `same_desa(a, b)`.
    Desa,
}

/// A function of two roles with the places of the roles in the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Pair {
    pub(crate) function: PairFunction,
    pub(crate) left: usize,
    pub(crate) right: usize,
}

impl std::fmt::Display for Pair {
    /// The pair as a condition writes it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let name = match self.function {
            PairFunction::Person => "same_person",
            PairFunction::Kk => "same_kk",
            PairFunction::Desa => "same_desa",
        };
        write!(f, "{name}({}, {})", ROLES[self.left], ROLES[self.right])
    }
}

/// Something that an expression names.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Name<'a> {
    Fact(Slot),
    Pair(Pair),
    /// A switch with the value it is set to.
    Switch(&'a str, &'a Value),
}

impl std::fmt::Display for Name<'_> {
    /// The name as a condition writes it; of a switch also its value, which is no citizen's.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Fact(slot) => slot.fmt(f),
            Self::Pair(pair) => pair.fmt(f),
            Self::Switch(name, Value::Bool(value)) => write!(f, "switches.{name} = {value}"),
            Self::Switch(name, Value::Int(value)) => write!(f, "switches.{name} = {value}"),
            Self::Switch(name, _) => write!(f, "switches.{name}"),
        }
    }
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
        self.for_each_name(&mut |name| {
            if let Name::Fact(slot) = name {
                visit(slot);
            }
        });
    }

    /// Calls `visit` with everything the expression names that is not written in it.
    pub(crate) fn for_each_name<'a>(&'a self, visit: &mut dyn FnMut(Name<'a>)) {
        match self {
            Self::Fact(slot) | Self::Has(slot) => visit(Name::Fact(*slot)),
            Self::Pair(pair) => visit(Name::Pair(*pair)),
            Self::Switch(name, value) => visit(Name::Switch(name, value)),
            Self::Literal(_) => {}
            Self::Not(inner) => inner.for_each_name(visit),
            Self::If(parts) => parts.iter().for_each(|part| part.for_each_name(visit)),
            Self::And(a, b)
            | Self::Or(a, b)
            | Self::Compare(_, a, b)
            | Self::In(a, b)
            | Self::Add(a, b)
            | Self::Subtract(a, b) => {
                a.for_each_name(visit);
                b.for_each_name(visit);
            }
            Self::Call(_, args) => args.iter().for_each(|arg| arg.for_each_name(visit)),
        }
    }
}
