//! Values of facts. Every fact may also be unknown.

use std::borrow::Cow;

use chrono::NaiveDate;
use serde::Serialize;

/// A word or a text; mostly a word of a fixed vocabulary.
pub(crate) type Text = Cow<'static, str>;

/// What a fact is, or that nobody said what it is.
#[derive(Debug, Clone, PartialEq, Serialize, Default)]
#[serde(untagged)]
pub(crate) enum Value {
    #[default]
    Unknown,
    Bool(bool),
    Int(i64),
    Date(NaiveDate),
    Text(Text),
    List(Vec<Text>),
}

pub(crate) static UNKNOWN: Value = Value::Unknown;

impl Value {
    pub(crate) fn is_known(&self) -> bool {
        *self != Self::Unknown
    }

    /// Three-valued truth: `None` is unknown.
    pub(crate) fn truth(&self) -> Option<bool> {
        match self {
            Self::Bool(truth) => Some(*truth),
            _ => None,
        }
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<usize> for Value {
    fn from(value: usize) -> Self {
        Self::Int(i64::try_from(value).unwrap_or(i64::MAX))
    }
}

impl From<NaiveDate> for Value {
    fn from(value: NaiveDate) -> Self {
        Self::Date(value)
    }
}

impl From<&'static str> for Value {
    fn from(value: &'static str) -> Self {
        Self::Text(Cow::Borrowed(value))
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Text(Cow::Owned(value))
    }
}

impl From<Vec<Text>> for Value {
    fn from(value: Vec<Text>) -> Self {
        Self::List(value)
    }
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Unknown, Into::into)
    }
}
