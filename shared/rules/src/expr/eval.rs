//! Evaluation, three-valued after Kleene: `false && unknown` is false, `true || unknown` is true, all else that
//! depends on an unknown is unknown.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::{Comparison, Expr, Function, Name, Pair, PairFunction};
use crate::facts::catalogue::ROLES;
use crate::facts::people_age;
use crate::facts::value::Value;
use crate::facts::{Facts, Scope};

/// What gives a condition its values: the facts, or made-up ones.
pub(crate) trait Source {
    fn fact(&self, slot: crate::facts::slot::Slot) -> Cow<'_, Value>;
    /// Whether the fact is known; `None` when even that is open.
    fn is_known(&self, slot: crate::facts::slot::Slot) -> Option<bool> {
        Some(self.fact(slot).is_known())
    }
    fn pair(&self, pair: Pair) -> Value;
    fn switch<'a>(&'a self, name: &str, value: &'a Value) -> Cow<'a, Value> {
        let _ = name;
        Cow::Borrowed(value)
    }
}

/// The facts of a submission, seen from one document, page, mention or person.
pub(crate) struct Seen<'a> {
    pub(crate) facts: &'a Facts,
    pub(crate) scope: Scope<'a>,
}

impl Source for Seen<'_> {
    fn fact(&self, slot: crate::facts::slot::Slot) -> Cow<'_, Value> {
        Cow::Borrowed(self.facts.get(slot, &self.scope))
    }

    fn pair(&self, pair: Pair) -> Value {
        let (left, right) = (ROLES[pair.left], ROLES[pair.right]);
        match pair.function {
            PairFunction::Person => self.facts.people.same_person(left, right),
            PairFunction::Kk => self.facts.people.same_kk(left, right),
            PairFunction::Desa => self.facts.people.same_desa(left, right),
        }
    }
}

/// No submission yet: what a condition is worth by the switches alone.
struct Nothing;

impl Source for Nothing {
    fn fact(&self, _: crate::facts::slot::Slot) -> Cow<'_, Value> {
        Cow::Owned(Value::Unknown)
    }

    fn is_known(&self, _: crate::facts::slot::Slot) -> Option<bool> {
        None
    }

    fn pair(&self, _: Pair) -> Value {
        Value::Unknown
    }
}

impl Expr {
    /// What the switches decide whatever the submission says; `None` when it depends on the submission.
    pub(crate) fn settled(&self) -> Option<bool> {
        self.truth(&Nothing)
    }

    /// Three-valued truth of a condition: `None` is unknown.
    pub(crate) fn truth(&self, source: &dyn Source) -> Option<bool> {
        match self {
            Self::Not(inner) => inner.truth(source).map(|truth| !truth),
            Self::And(left, right) => match left.truth(source) {
                Some(false) => Some(false),
                Some(true) => right.truth(source),
                None => right.truth(source).filter(|truth| !truth),
            },
            Self::Or(left, right) => match left.truth(source) {
                Some(true) => Some(true),
                Some(false) => right.truth(source),
                None => right.truth(source).filter(|truth| *truth),
            },
            Self::If(parts) => parts[usize::from(!parts[0].truth(source)?) + 1].truth(source),
            _ => self.value(source).truth(),
        }
    }

    /// Calls `visit` with what decides that the expression is what it is: of a conjunction that fails the parts that fail,
    /// of one that holds all of it, and of one that is unknown the parts that are.
    pub(crate) fn for_each_decisive<'a>(&'a self, source: &dyn Source, visit: &mut dyn FnMut(Name<'a>)) {
        match self {
            Self::And(a, b) | Self::Or(a, b) => {
                let whole = self.truth(source);
                for part in [a, b].into_iter().filter(|part| part.truth(source) == whole) {
                    part.for_each_decisive(source, visit);
                }
            }
            Self::Not(inner) => inner.for_each_decisive(source, visit),
            Self::If(parts) => {
                parts[0].for_each_decisive(source, visit);
                if let Some(truth) = parts[0].truth(source) {
                    parts[usize::from(!truth) + 1].for_each_decisive(source, visit);
                }
            }
            _ => self.for_each_name(visit),
        }
    }

    fn value<'a>(&'a self, source: &'a dyn Source) -> Cow<'a, Value> {
        match self {
            Self::Literal(value) => Cow::Borrowed(value),
            Self::Fact(slot) => source.fact(*slot),
            Self::Switch(name, value) => source.switch(name, value),
            Self::Has(slot) => Cow::Owned(source.is_known(*slot).map_or(Value::Unknown, Value::Bool)),
            Self::Not(_) | Self::And(..) | Self::Or(..) => Cow::Owned(self.truth(source).into()),
            Self::If(parts) => match parts[0].truth(source) {
                Some(truth) => parts[usize::from(!truth) + 1].value(source),
                None => Cow::Owned(Value::Unknown),
            },
            Self::Compare(comparison, left, right) => {
                Cow::Owned(compare(*comparison, &left.value(source), &right.value(source)).into())
            }
            Self::In(element, list) => {
                Cow::Owned(contains(&element.value(source), &list.value(source)).into())
            }
            Self::Add(left, right) => {
                Cow::Owned(arithmetic(i64::checked_add, &left.value(source), &right.value(source)))
            }
            Self::Subtract(left, right) => {
                Cow::Owned(arithmetic(i64::checked_sub, &left.value(source), &right.value(source)))
            }
            Self::Call(function, args) => {
                let mut values = args.iter().map(|arg| arg.value(source));
                Cow::Owned(apply(*function, values.next().as_deref(), values.next().as_deref()))
            }
            Self::Pair(pair) => Cow::Owned(source.pair(*pair)),
        }
    }
}

fn compare(comparison: Comparison, left: &Value, right: &Value) -> Option<bool> {
    if !left.is_known() || !right.is_known() {
        return None;
    }
    let order = match (left, right) {
        (Value::Int(a), Value::Int(b)) => a.cmp(b),
        (Value::Date(a), Value::Date(b)) => a.cmp(b),
        (a, b) if a == b => Ordering::Equal,
        // Texts and truths are only ever compared for being equal.
        _ => Ordering::Less,
    };
    Some(match comparison {
        Comparison::Equal => order.is_eq(),
        Comparison::NotEqual => order.is_ne(),
        Comparison::Less => order.is_lt(),
        Comparison::LessOrEqual => order.is_le(),
        Comparison::Greater => order.is_gt(),
        Comparison::GreaterOrEqual => order.is_ge(),
    })
}

fn contains(element: &Value, list: &Value) -> Option<bool> {
    match (element, list) {
        (Value::Text(text), Value::List(list)) => Some(list.contains(text)),
        _ => None,
    }
}

fn arithmetic(operation: fn(i64, i64) -> Option<i64>, left: &Value, right: &Value) -> Value {
    match (left, right) {
        (Value::Int(a), Value::Int(b)) => operation(*a, *b).into(),
        _ => Value::Unknown,
    }
}

fn apply(function: Function, first: Option<&Value>, second: Option<&Value>) -> Value {
    match (function, first, second) {
        (Function::Age, Some(Value::Date(birth)), Some(Value::Date(day))) => people_age(*birth, *day).into(),
        (Function::Days, Some(Value::Date(from)), Some(Value::Date(to))) => (*to - *from).num_days().into(),
        (Function::Overlaps, Some(Value::List(a)), Some(Value::List(b))) => {
            a.iter().any(|text| b.contains(text)).into()
        }
        (Function::Size, Some(Value::List(list)), _) => list.len().into(),
        _ => Value::Unknown,
    }
}
