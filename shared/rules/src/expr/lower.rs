//! Types a parsed condition: every name, field, word and type is checked, whether or not evaluation would get there.

use std::collections::BTreeMap;

use cel::IdedExpr;
use cel::common::ast::{CallExpr, Expr as Ast, LiteralValue, SelectExpr, operators};
use chrono::NaiveDate;

use super::guard::Parsed;
use super::{Comparison, ConditionError, Expr, Function, Pair, PairFunction};
use crate::facts::catalogue::Type;
use crate::facts::slot::{Slot, Space};
use crate::facts::value::{Text, Value};
use crate::source::Each;

/// No age, count or number of days is larger; sums of two such never overflow.
const LARGEST_NUMBER: u64 = 1_000_000;

/// What a condition may name beside the fixed facts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Names<'a> {
    pub(crate) switches: &'a BTreeMap<String, SwitchValue>,
    /// What the rule looks at.
    pub(crate) each: Option<Each>,
}

/// What a switch can be set to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(untagged)]
pub enum SwitchValue {
    /// On or off.
    Bool(bool),
    /// A number, for example of days.
    Int(i64),
}

type Typed = (Expr, Type);

/// Types `parsed`, which must be a yes or a no.
///
/// # Errors
/// The first unknown name, field, word or function, or a clash of types, with its place.
pub(crate) fn lower(parsed: &Parsed, names: &Names<'_>) -> Result<Expr, ConditionError> {
    let lowering = Lowering { parsed, names };
    let (expr, of) = lowering.expr(&parsed.expr)?;
    match of {
        Type::Bool => Ok(expr),
        other => {
            Err(lowering.error(&parsed.expr, format!("the condition is {}, not yes or no", other.name())))
        }
    }
}

struct Lowering<'a> {
    parsed: &'a Parsed,
    names: &'a Names<'a>,
}

impl Lowering<'_> {
    fn error(&self, at: &IdedExpr, message: impl Into<String>) -> ConditionError {
        ConditionError { offset: self.start(at), message: message.into() }
    }

    /// Where the text of a node begins: of `a.b` the parser only says where the dot is.
    fn start(&self, node: &IdedExpr) -> usize {
        let own = self.parsed.offset(node.id);
        let first = match &node.expr {
            Ast::Select(select) => Some(select.operand.as_ref()),
            Ast::Call(call) => call.target.as_deref().or(call.args.first()),
            _ => None,
        };
        first.map_or(own, |first| own.min(self.start(first)))
    }

    fn expr(&self, node: &IdedExpr) -> Result<Typed, ConditionError> {
        match &node.expr {
            Ast::Literal(literal) => self.literal(node, literal),
            Ast::Select(select) => self.select(node, select),
            Ast::Call(call) => self.call(node, call),
            Ast::List(list) => self.list(&list.elements),
            Ast::Ident(name) => Err(self.lone_name(node, name)),
            _ => Err(self
                .error(node, "only facts, words, numbers, comparisons and the listed functions are allowed")),
        }
    }

    fn lone_name(&self, node: &IdedExpr, name: &str) -> ConditionError {
        match Space::named(name) {
            Some(_) => {
                self.error(node, format!("`{name}` is a group of facts; name one of them, `{name}.…`"))
            }
            None => self.error(node, format!("unknown fact `{name}`")),
        }
    }

    fn literal(&self, node: &IdedExpr, literal: &LiteralValue) -> Result<Typed, ConditionError> {
        match literal {
            LiteralValue::Boolean(truth) => Ok((Expr::Literal(Value::Bool(*truth.inner())), Type::Bool)),
            LiteralValue::Int(number) if number.inner().unsigned_abs() > LARGEST_NUMBER => {
                Err(self.error(node, format!("no fact is as large as {}", number.inner())))
            }
            LiteralValue::Int(number) => Ok((Expr::Literal(Value::Int(*number.inner())), Type::Int)),
            LiteralValue::String(text) => {
                let text = Text::Owned(text.inner().to_owned());
                Ok((Expr::Literal(Value::Text(text)), Type::Text(None)))
            }
            _ => {
                Err(self.error(node, "only yes or no, whole numbers and texts can be written in a condition"))
            }
        }
    }

    fn list(&self, elements: &[IdedExpr]) -> Result<Typed, ConditionError> {
        let mut texts = Vec::new();
        for element in elements {
            match self.expr(element)? {
                (Expr::Literal(Value::Text(text)), _) => texts.push(text),
                _ => return Err(self.error(element, "a list holds texts only")),
            }
        }
        Ok((Expr::Literal(Value::List(texts)), Type::List(None)))
    }

    fn select(&self, node: &IdedExpr, select: &SelectExpr) -> Result<Typed, ConditionError> {
        if let Ast::Ident(group) = &select.operand.expr
            && group == "switches"
        {
            return self.switch(node, &select.field);
        }
        let (slot, of) = self.slot(node, select)?;
        Ok((Expr::Fact(slot), of))
    }

    fn switch(&self, node: &IdedExpr, name: &str) -> Result<Typed, ConditionError> {
        let unknown = || self.error(node, format!("unknown switch `{name}`"));
        let (value, of) = match self.names.switches.get(name).ok_or_else(unknown)? {
            SwitchValue::Bool(truth) => (Value::Bool(*truth), Type::Bool),
            SwitchValue::Int(number) => (Value::Int(*number), Type::Int),
        };
        Ok((Expr::Switch(name.to_owned(), value), of))
    }

    fn slot(&self, node: &IdedExpr, select: &SelectExpr) -> Result<(Slot, Type), ConditionError> {
        let Ast::Ident(group) = &select.operand.expr else {
            return Err(self.error(node, "a fact is written as `group.name`"));
        };
        let space = Space::named(group)
            .ok_or_else(|| self.error(node, format!("unknown fact `{group}.{}`", select.field)))?;
        self.check_scope(node, space, group)?;
        let unknown = || self.error(node, format!("`{group}` has no fact `{}`", select.field));
        space.field(&select.field).ok_or_else(unknown)
    }

    fn check_scope(&self, node: &IdedExpr, space: Space, group: &str) -> Result<(), ConditionError> {
        let each = self.names.each;
        let in_scope = match space {
            Space::Document => matches!(each, Some(Each::Document | Each::Page | Each::Mention)),
            Space::Page => each == Some(Each::Page),
            Space::Mention => each == Some(Each::Mention),
            Space::Person => each == Some(Each::Person),
            _ => true,
        };
        if in_scope {
            return Ok(());
        }
        Err(self.error(node, format!("`{group}` needs a rule with `each = \"{group}\"`")))
    }

    fn call(&self, node: &IdedExpr, call: &CallExpr) -> Result<Typed, ConditionError> {
        if call.target.is_some() {
            return Err(self.error(node, format!("unknown function `{}`", call.func_name)));
        }
        let args = &call.args;
        match (call.func_name.as_str(), args.as_slice()) {
            (operators::LOGICAL_AND, [a, b]) => Ok((Expr::And(self.truth(a)?, self.truth(b)?), Type::Bool)),
            (operators::LOGICAL_OR, [a, b]) => Ok((Expr::Or(self.truth(a)?, self.truth(b)?), Type::Bool)),
            (operators::LOGICAL_NOT, [a]) => Ok((Expr::Not(self.truth(a)?), Type::Bool)),
            (operators::CONDITIONAL, [a, b, c]) => self.conditional(node, a, b, c),
            (operators::IN, [a, b]) => self.contains(node, a, b),
            (operators::NEGATE, [a]) => self.negate(node, a),
            (operators::ADD, [a, b]) => self.arithmetic(node, Expr::Add, a, b),
            (operators::SUBSTRACT, [a, b]) => self.arithmetic(node, Expr::Subtract, a, b),
            (operator, [a, b]) if comparison(operator).is_some() => self.compare(node, operator, a, b),
            ("has", [a]) => self.has(a),
            ("date", [a]) => self.date(a),
            ("same_person", [a, b]) => self.pair(PairFunction::Person, a, b),
            ("same_kk", [a, b]) => self.pair(PairFunction::Kk, a, b),
            ("same_desa", [a, b]) => self.pair(PairFunction::Desa, a, b),
            (name, _) => self.function(node, name, args),
        }
    }

    fn truth(&self, node: &IdedExpr) -> Result<Box<Expr>, ConditionError> {
        match self.expr(node)? {
            (expr, Type::Bool) => Ok(Box::new(expr)),
            (_, other) => Err(self.error(node, format!("{} where yes or no is needed", other.name()))),
        }
    }

    fn conditional(
        &self,
        node: &IdedExpr,
        condition: &IdedExpr,
        then: &IdedExpr,
        otherwise: &IdedExpr,
    ) -> Result<Typed, ConditionError> {
        let condition = self.truth(condition)?;
        let ((a, of), (b, other)) = (self.expr(then)?, self.expr(otherwise)?);
        if !of.is_like(other) {
            return Err(self.clash(node, of, other));
        }
        Ok((Expr::If(Box::new([*condition, a, b])), of))
    }

    fn clash(&self, node: &IdedExpr, left: Type, right: Type) -> ConditionError {
        self.error(node, format!("{} stands beside {}", left.name(), right.name()))
    }

    /// A text that is compared with a fact of a fixed vocabulary must be one of its words.
    fn check_words(&self, node: &IdedExpr, literal: &Expr, of: Type) -> Result<(), ConditionError> {
        let Some(words) = of.words() else { return Ok(()) };
        let used: &[Text] = match literal {
            Expr::Literal(Value::Text(text)) => std::slice::from_ref(text),
            Expr::Literal(Value::List(list)) => list,
            _ => return Ok(()),
        };
        match used.iter().find(|text| !words.iter().any(|word| word == *text)) {
            Some(text) => Err(self.error(node, format!("`{text}` is not a word of this fact"))),
            None => Ok(()),
        }
    }

    fn compare(
        &self,
        node: &IdedExpr,
        operator: &str,
        left: &IdedExpr,
        right: &IdedExpr,
    ) -> Result<Typed, ConditionError> {
        let ((a, of), (b, other)) = (self.expr(left)?, self.expr(right)?);
        if !of.is_like(other) {
            return Err(self.clash(node, of, other));
        }
        self.check_words(right, &b, of)?;
        self.check_words(left, &a, other)?;
        let comparison = comparison(operator).unwrap_or(Comparison::Equal);
        let ordered = !matches!(comparison, Comparison::Equal | Comparison::NotEqual);
        if ordered && !matches!(of, Type::Int | Type::Date) {
            return Err(self.error(node, format!("{} cannot be more or less than another", of.name())));
        }
        if matches!(of, Type::List(_)) {
            return Err(self.error(node, "two lists are compared with `overlaps`"));
        }
        Ok((Expr::Compare(comparison, Box::new(a), Box::new(b)), Type::Bool))
    }

    fn contains(
        &self,
        node: &IdedExpr,
        element: &IdedExpr,
        list: &IdedExpr,
    ) -> Result<Typed, ConditionError> {
        let ((a, of), (b, other)) = (self.expr(element)?, self.expr(list)?);
        if !matches!((of, other), (Type::Text(_), Type::List(_))) {
            return Err(self.clash(node, of, other));
        }
        self.check_words(element, &a, other)?;
        self.check_words(list, &b, of)?;
        Ok((Expr::In(Box::new(a), Box::new(b)), Type::Bool))
    }

    fn negate(&self, node: &IdedExpr, of: &IdedExpr) -> Result<Typed, ConditionError> {
        let zero = Expr::Literal(Value::Int(0));
        match self.expr(of)? {
            (expr, Type::Int) => Ok((Expr::Subtract(Box::new(zero), Box::new(expr)), Type::Int)),
            (_, other) => Err(self.error(node, format!("{} has no opposite", other.name()))),
        }
    }

    fn arithmetic(
        &self,
        node: &IdedExpr,
        make: fn(Box<Expr>, Box<Expr>) -> Expr,
        left: &IdedExpr,
        right: &IdedExpr,
    ) -> Result<Typed, ConditionError> {
        match (self.expr(left)?, self.expr(right)?) {
            ((a, Type::Int), (b, Type::Int)) => Ok((make(Box::new(a), Box::new(b)), Type::Int)),
            ((_, Type::Int), (_, other)) | ((_, other), _) => {
                Err(self.error(node, format!("{} cannot be added or taken away", other.name())))
            }
        }
    }

    fn has(&self, node: &IdedExpr) -> Result<Typed, ConditionError> {
        match &node.expr {
            Ast::Select(select) => {
                let (slot, _) = self.slot(node, select)?;
                Ok((Expr::Has(slot), Type::Bool))
            }
            _ => Err(self.error(node, "`has` asks about a fact, `has(group.name)`")),
        }
    }

    fn date(&self, node: &IdedExpr) -> Result<Typed, ConditionError> {
        let text = match self.expr(node)? {
            (Expr::Literal(Value::Text(text)), _) => text,
            _ => return Err(self.error(node, "`date` takes a text, `date(\"2026-01-31\")`")),
        };
        match text.parse::<NaiveDate>() {
            Ok(date) => Ok((Expr::Literal(Value::Date(date)), Type::Date)),
            Err(_) => Err(self.error(node, format!("`{text}` is no date"))),
        }
    }

    fn pair(
        &self,
        function: PairFunction,
        left: &IdedExpr,
        right: &IdedExpr,
    ) -> Result<Typed, ConditionError> {
        let (left, right) = (self.role(left)?, self.role(right)?);
        Ok((Expr::Pair(Pair { function, left, right }), Type::Bool))
    }

    fn role(&self, node: &IdedExpr) -> Result<usize, ConditionError> {
        match &node.expr {
            Ast::Ident(name) => match Space::named(name) {
                Some(Space::Role(place)) => Ok(place),
                _ => Err(self.error(node, format!("`{name}` is not a role"))),
            },
            _ => Err(self.error(node, "a role is needed here, for example `witness_1`")),
        }
    }

    fn function(&self, node: &IdedExpr, name: &str, args: &[IdedExpr]) -> Result<Typed, ConditionError> {
        let list = Type::List(None);
        let (function, takes, gives): (_, &[Type], _) = match name {
            "age" => (Function::Age, &[Type::Date, Type::Date], Type::Int),
            "days" => (Function::Days, &[Type::Date, Type::Date], Type::Int),
            "overlaps" => (Function::Overlaps, &[list, list], Type::Bool),
            "size" => (Function::Size, &[list], Type::Int),
            _ => return Err(self.error(node, format!("unknown function `{name}`"))),
        };
        if takes.len() != args.len() {
            let message = format!("`{name}` takes {} values, here are {}", takes.len(), args.len());
            return Err(self.error(node, message));
        }
        let mut typed = Vec::new();
        for (arg, wanted) in args.iter().zip(takes) {
            let (expr, of) = self.expr(arg)?;
            if !of.is_like(*wanted) {
                let message = format!("`{name}` takes {} here, not {}", wanted.name(), of.name());
                return Err(self.error(arg, message));
            }
            typed.push((expr, of));
        }
        if let [(a, of), (b, other)] = typed.as_slice() {
            self.check_words(node, b, *of)?;
            self.check_words(node, a, *other)?;
        }
        Ok((Expr::Call(function, typed.into_iter().map(|(expr, _)| expr).collect()), gives))
    }
}

fn comparison(operator: &str) -> Option<Comparison> {
    Some(match operator {
        operators::EQUALS => Comparison::Equal,
        operators::NOT_EQUALS => Comparison::NotEqual,
        operators::LESS => Comparison::Less,
        operators::LESS_EQUALS => Comparison::LessOrEqual,
        operators::GREATER => Comparison::Greater,
        operators::GREATER_EQUALS => Comparison::GreaterOrEqual,
        _ => return None,
    })
}

#[cfg(test)]
#[path = "lower_tests.rs"]
mod tests;
