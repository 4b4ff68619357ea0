//! Where something stands in a rule file.

use std::ops::Range;

use toml::Spanned;

use crate::diagnostic::Diagnostic;

/// A rule file with its text, to turn spans into lines and columns.
#[derive(Debug, Clone)]
pub(crate) struct SourceFile {
    /// Path relative to the rule directory.
    pub(crate) path: String,
    pub(crate) text: String,
}

impl SourceFile {
    /// Line and column in characters, both from 1, of a byte offset.
    pub(crate) fn place(&self, offset: usize) -> (usize, usize) {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let before = &self.text[..offset];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        (line, column)
    }

    pub(crate) fn diagnostic(&self, offset: usize, message: impl Into<String>) -> Diagnostic {
        let (line, column) = self.place(offset);
        Diagnostic { file: self.path.clone(), line, column, message: message.into(), is_error: true }
    }

    pub(crate) fn at<T>(&self, spanned: &Spanned<T>, message: impl Into<String>) -> Diagnostic {
        self.diagnostic(spanned.span().start, message)
    }

    /// The offset in the file of byte `inner` of a string: exact when the string has no escapes, else its beginning.
    pub(crate) fn inside(&self, string: &Spanned<String>, inner: usize) -> usize {
        let span: Range<usize> = string.span();
        let raw = self.text.get(span.clone()).unwrap_or_default();
        match raw.find(string.get_ref().as_str()) {
            Some(start) => span.start + start + inner,
            None => span.start,
        }
    }
}
