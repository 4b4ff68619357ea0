//! What was decided last, as an address carries it from page to page.

use std::fmt;
use std::str::FromStr;

use berkas_domain::TaskId;
use serde::{Deserialize, Deserializer};

/// A decision that can be taken back: its task and the token it was taken under, written `task.token`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Undoable {
    pub(crate) task: TaskId,
    pub(crate) fence: i64,
}

impl fmt::Display for Undoable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.task, self.fence)
    }
}

impl FromStr for Undoable {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts = text
            .split_once('.')
            .and_then(|(task, fence)| Some(Self { task: task.parse().ok()?, fence: fence.parse().ok()? }));
        parts.ok_or("not a task and a token")
    }
}

impl<'de> Deserialize<'de> for Undoable {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_which_decision_under_which_token() {
        let text = "00000000-0000-7000-8000-000000000000.7";
        let undo: Undoable = text.parse().unwrap();
        assert_eq!((undo.fence, undo.to_string().as_str()), (7, text));
        assert!("00000000-0000-7000-8000-000000000000".parse::<Undoable>().is_err());
    }
}
