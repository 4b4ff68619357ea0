//! `rules check`: everything that can be said about a rule directory.

use std::collections::BTreeSet;
use std::path::Path;

use crate::compiled::RuleSet;
use crate::diagnostic::Diagnostic;
use crate::examples::{ExampleOutcome, passing_cases, run_example_files};
use crate::files::{example_files, rule_files};
use crate::resolve::resolve;
use crate::sets::{Depth, RuleFile, RuleSets, build};
use crate::source::read;

/// Checks the rule files and the examples below `dir`, and says what is wrong with file, line and column.
///
/// Errors: TOML or CEL that cannot be read; unknown fact, field, word, kind, code, case or rule id; a clash of types;
/// `has` on an unknown field; a condition that is not yes or no, or that depends on nothing; a text that is missing
/// in a language; a gap or an overlap of validity; a case without a passing example. A condition with too many facts
/// to try is information.
#[must_use]
pub fn check_dir(dir: &Path) -> Vec<Diagnostic> {
    match (rule_files(dir), example_files(dir)) {
        (Ok(rules), Ok(_)) if rules.is_empty() => vec![Diagnostic {
            file: ".".to_owned(),
            line: 1,
            column: 1,
            message: "no rule file is here".to_owned(),
            is_error: true,
        }],
        (Ok(rules), Ok(examples)) => check_files(&rules, &examples),
        (Err(error), _) | (_, Err(error)) => vec![error],
    }
}

/// Checks files that were read elsewhere.
#[must_use]
pub fn check_files(rules: &[RuleFile], examples: &[RuleFile]) -> Vec<Diagnostic> {
    let built = build(rules, Depth::Thorough);
    let mut found = built.found;
    // Examples need rules to run; without them the errors of the rules are enough.
    if !found.iter().any(|diagnostic| diagnostic.is_error) {
        let sets = RuleSets::from_sets(built.sets);
        match run_example_files(&sets, examples) {
            Ok(outcomes) => {
                found.extend(outcomes.iter().filter_map(disappointment));
                found.extend(cases_without_example(rules, &sets, &outcomes));
            }
            Err(errors) => found.extend(errors.0),
        }
    }
    found.sort();
    found
}

fn disappointment(outcome: &ExampleOutcome) -> Option<Diagnostic> {
    if outcome.as_expected {
        return None;
    }
    let message = match &outcome.problem {
        Some(problem) if outcome.rules.is_some() => format!("in the example {problem}"),
        Some(problem) => format!("the example cannot be run: {problem}"),
        None => {
            format!("the example finds [{}], not [{}]", outcome.found.join(", "), outcome.expected.join(", "))
        }
    };
    Some(Diagnostic { file: outcome.file.clone(), line: outcome.line, column: 1, message, is_error: true })
}

/// Cases that no example shows to pass by the version that has them. What another version corrects is in force never.
fn cases_without_example(
    rules: &[RuleFile],
    sets: &RuleSets,
    outcomes: &[ExampleOutcome],
) -> Vec<Diagnostic> {
    let passing = passing_cases(outcomes);
    let in_force: BTreeSet<String> = sets.all().flat_map(RuleSet::labels).collect();
    let mut found = Vec::new();
    for raw in rules.iter().filter_map(|(path, text)| read(path, text).ok()) {
        let (resolved, _) = resolve(raw);
        let Some(resolved) = resolved.filter(|file| in_force.contains(&file.label())) else { continue };
        let label = resolved.label();
        for (case, def) in resolved.raw.body.case.iter().zip(&resolved.cases) {
            if passing.contains(&(def.code.clone(), label.clone())) {
                continue;
            }
            let elsewhere = passing.iter().any(|(code, _)| *code == def.code);
            let by = if elsewhere { format!(" by {label}") } else { String::new() };
            let message = format!("case `{}` has no example that passes{by}", def.code);
            found.push(resolved.raw.file.at(&case.code, message));
        }
    }
    found
}
