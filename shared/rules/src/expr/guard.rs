//! Keeps the parser within bounds: a condition from a rule file must never end the process.

use cel::common::ast::SourceInfo;
use cel::{Env, IdedExpr};

use super::ConditionError;

/// A longer condition is two rules.
const LONGEST: usize = 1200;
/// Nesting of brackets; the parser descends some twenty functions for each.
const DEEPEST: usize = 12;
/// The parser's recursion on a stack of its own, whatever thread asks; half of it was never needed for [`LONGEST`].
const STACK_BYTES: usize = 32 << 20;

/// A parsed condition.
#[derive(Debug)]
pub(crate) struct Parsed {
    pub(crate) expr: IdedExpr,
    info: SourceInfo,
}

impl Parsed {
    /// Byte offset at which the node `id` begins.
    pub(crate) fn offset(&self, id: u64) -> usize {
        self.info.offset_for(id).map_or(0, |(start, _)| start as usize)
    }
}

/// Parses CEL without macros and optional values.
///
/// # Errors
/// Too long, nested too deeply, or no CEL.
pub(crate) fn parse(source: &str) -> Result<Parsed, ConditionError> {
    check_bounds(source)?;
    let at_start = |message: String| ConditionError { offset: 0, message };
    std::thread::scope(|scope| {
        let parser =
            std::thread::Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, || parse_here(source));
        match parser.map(std::thread::ScopedJoinHandle::join) {
            Ok(Ok(parsed)) => parsed,
            Ok(Err(_)) => Err(at_start("the condition makes the parser panic".to_owned())),
            Err(error) => Err(at_start(format!("no thread to parse on: {error}"))),
        }
    })
}

fn parse_here(source: &str) -> Result<Parsed, ConditionError> {
    // `Env::default` knows no macros: `has(x)` stays a call, and `exists` and its kin become unknown functions.
    let parser = Env::default().with_optional_support(false).parser();
    parser.parse_with_source_info(source).map(|(expr, info)| Parsed { expr, info }).map_err(|errors| {
        let first = errors.errors.into_iter().next();
        let (line, column) = first.as_ref().map_or((1, 1), |error| error.pos);
        let message = first.map_or_else(|| "not a condition".to_owned(), |error| error.msg);
        ConditionError {
            offset: offset_of(source, line, column),
            message: format!("not CEL: {}", one_line(&message)),
        }
    })
}

fn check_bounds(source: &str) -> Result<(), ConditionError> {
    if source.len() > LONGEST {
        let message = format!("the condition has {} bytes, {LONGEST} are the most", source.len());
        return Err(ConditionError { offset: 0, message });
    }
    let mut depth = 0_usize;
    for (offset, byte) in source.bytes().enumerate() {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEEPEST {
            return Err(ConditionError { offset, message: format!("more than {DEEPEST} nested brackets") });
        }
    }
    Ok(())
}

/// Byte offset of a line and a column in characters, both from 1.
fn offset_of(source: &str, line: isize, column: isize) -> usize {
    let line = usize::try_from(line).unwrap_or(1).max(1);
    let column = usize::try_from(column).unwrap_or(1).max(1);
    let before: usize = source.split_inclusive('\n').take(line - 1).map(str::len).sum();
    let rest = source.get(before..).unwrap_or_default();
    before + rest.chars().take(column - 1).map(char::len_utf8).sum::<usize>()
}

fn one_line(message: &str) -> String {
    message.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_that_is_too_long_or_too_deep_is_refused_before_parsing() {
        assert!(parse(&"1+".repeat(1000)).unwrap_err().message.contains("bytes"));
        let deep = format!("{}1{}", "(".repeat(40), ")".repeat(40));
        assert_eq!(parse(&deep).unwrap_err().message, "more than 12 nested brackets");
    }

    #[test]
    fn the_longest_chains_that_are_allowed_do_not_abort() {
        for unit in ["!", "-", "1+", "a.", "a?b:", "a||"] {
            let text = format!("{}a", unit.repeat((LONGEST - 1) / unit.len()));
            // Whether it parses does not matter; that this line is reached does.
            let _ = parse(&text);
        }
    }

    #[test]
    fn an_error_of_syntax_has_a_place() {
        let error = parse("a ==\n b &&").unwrap_err();
        assert!(error.message.starts_with("not CEL: "), "{}", error.message);
        assert!(error.offset >= 6, "{}", error.offset);
    }
}
