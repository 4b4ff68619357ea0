//! What the words of one text may be.

use std::collections::BTreeSet;

/// Characters of one text at most: it shares an A4 sheet with others.
const MOST_CHARS: usize = 400;

/// Days, which may be left out: they are told beside the text too, while nothing else would tell the other placeholders.
const TOLD_BESIDE: [&str; 2] = ["due", "day"];

/// What is wrong with `words`, which take the place of the `built_in` ones of the same key in both languages.
pub(crate) fn faults(words: &str, built_in: [&str; 2]) -> Vec<String> {
    let mut faults = Vec::new();
    if words.trim().is_empty() {
        faults.push("the text is empty".to_owned());
    }
    if words.chars().any(char::is_control) {
        faults.push("the text has a line break or another control character".to_owned());
    }
    if words.chars().count() > MOST_CHARS {
        faults.push(format!("the text is longer than {MOST_CHARS} characters"));
    }
    let known: BTreeSet<&str> = built_in.into_iter().flat_map(|text| placeholders(text).0).collect();
    let (used, is_balanced) = placeholders(words);
    if !is_balanced {
        faults.push("a brace has no partner".to_owned());
    }
    for name in &used {
        if !known.contains(name) {
            faults.push(unknown(name, &known));
        }
    }
    for name in known.iter().filter(|name| !TOLD_BESIDE.contains(name) && !used.contains(*name)) {
        faults.push(format!("the placeholder `{{{name}}}` is missing"));
    }
    faults
}

fn unknown(name: &str, known: &BTreeSet<&str>) -> String {
    let known: Vec<String> = known.iter().map(|name| format!("`{{{name}}}`")).collect();
    let known = if known.is_empty() { "has none".to_owned() } else { format!("knows {}", known.join(", ")) };
    format!("unknown placeholder `{{{name}}}`; this text {known}")
}

/// The names between braces, and whether every brace has its partner.
fn placeholders(text: &str) -> (BTreeSet<&str>, bool) {
    let mut names = BTreeSet::new();
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        let Some(inside) = rest[at..].strip_prefix('{') else { return (names, false) };
        match inside.find(['{', '}']) {
            Some(end) if inside[end..].starts_with('}') => {
                names.insert(&inside[..end]);
                rest = &inside[end + 1..];
            }
            _ => return (names, false),
        }
    }
    (names, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_may_leave_the_day_out_and_nothing_else() {
        assert_eq!(faults("Perbaiki lalu kirim", ["sampai {due}", "by {due}"]), Vec::<String>::new());
        assert_eq!(faults("Blanko habis", ["habis, dicek {day}"; 2]), Vec::<String>::new());
        assert_eq!(faults("Ralat", ["Ralat: {next}"; 2]), ["the placeholder `{next}` is missing"]);
        assert_eq!(
            faults("oleh {nama} {due}", ["{due}"; 2]),
            ["unknown placeholder `{nama}`; this text knows `{due}`"]
        );
        assert_eq!(faults("{due}", ["ditolak"; 2]), ["unknown placeholder `{due}`; this text has none"]);
    }

    #[test]
    fn words_that_would_spoil_a_sheet_are_faults() {
        for (words, fault) in [
            ("  ", "is empty"),
            ("a\nb", "control character"),
            ("a {due", "no partner"),
            ("a due}", "no partner"),
            (&"x".repeat(401), "longer than 400"),
        ] {
            assert!(faults(words, ["{due}"; 2]).concat().contains(fault), "{words:?}");
        }
    }
}
