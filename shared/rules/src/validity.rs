//! What `rules check` says beyond single files: gaps, overlaps, conditions that depend on nothing.

use std::collections::BTreeMap;

use crate::compiled::RuleSet;
use crate::diagnostic::Diagnostic;
use crate::expr::{Comparison, Constancy, Expr, Name, constancy};
use crate::facts::slot::type_of;
use crate::facts::value::Value;
use crate::finding::Level;
use crate::merge::Parts;
use crate::resolve::{Head, Resolved};
use crate::source::Each;

/// Compares the validity of files of one kind: two of them may only share time when one corrects the other.
pub(crate) fn check(files: &[Resolved]) -> Vec<Diagnostic> {
    let mut by_head: BTreeMap<String, Vec<&Resolved>> = BTreeMap::new();
    for file in files {
        let key = match &file.head {
            Head::National { id } => id.clone(),
            Head::Overlay { office, .. } => format!("overlay {office}"),
        };
        by_head.entry(key).or_default().push(file);
    }
    by_head
        .into_values()
        .flat_map(|mut group| {
            group.sort_by_key(|file| (file.valid_from, file.version));
            group.windows(2).filter_map(|pair| compare(pair[0], pair[1])).collect::<Vec<_>>()
        })
        .collect()
}

fn compare(earlier: &Resolved, later: &Resolved) -> Option<Diagnostic> {
    let corrects =
        (earlier.version.year, earlier.version.edition) == (later.version.year, later.version.edition);
    let same_validity = (earlier.valid_from, earlier.valid_to) == (later.valid_from, later.valid_to);
    let at_head = |message: String| Some(later.at_head(message));
    if corrects {
        return if same_validity && earlier.version != later.version {
            None
        } else {
            at_head(format!("a correction of {} has its validity and a higher last number", earlier.label()))
        };
    }
    let end = earlier.valid_to;
    match end.and_then(|end| end.succ_opt()) {
        None => at_head(format!("the validity overlaps that of {}", earlier.label())),
        Some(next) if later.valid_from < next => {
            at_head(format!("the validity overlaps that of {}", earlier.label()))
        }
        Some(next) if later.valid_from > next => {
            at_head(format!("nothing holds from {next} until this begins"))
        }
        Some(_) => None,
    }
}

/// Conditions that are always met, never met, or too large to tell.
pub(crate) fn constants(parts: &Parts<'_>, set: &RuleSet) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (id, condition) in set.conditions() {
        let Some(site) = parts.site(id) else { continue };
        match constancy(condition, &type_of) {
            Constancy::Varies => {}
            Constancy::Always => found.push(site.in_condition(0, "the condition is always met")),
            Constancy::Never => found.push(site.in_condition(0, "the condition is never met")),
            Constancy::NotDecided => {
                let info =
                    site.in_condition(0, "not decided whether the condition is ever met: too many facts");
                found.push(Diagnostic { is_error: false, ..info });
            }
        }
    }
    found
}

/// Texts with a placeholder that nothing fills in: one with an unknown name, or one the rule does not look at.
pub(crate) fn unfilled(parts: &Parts<'_>, set: &RuleSet) -> Vec<Diagnostic> {
    let effective = set.effective();
    let requirements = effective.requirements.iter().flat_map(|rule| {
        let texts = rule.condition.iter().chain(&rule.text).chain(std::iter::once(&rule.title));
        texts.map(|text| (&rule.id, None, text))
    });
    let checks = effective.checks.iter().flat_map(|rule| {
        let texts = rule.ask.iter().chain(std::iter::once(&rule.text));
        texts.map(|text| (&rule.id, rule.each, text))
    });
    let looks = effective.looks.iter().map(|rule| (&rule.id, rule.each, &rule.text));
    let mut found = Vec::new();
    for (id, each, text) in requirements.chain(checks).chain(looks) {
        for name in placeholders(&text.id).chain(placeholders(&text.en)) {
            if !filled_in(each).contains(&name) {
                let message = format!("nothing fills in `{{{name}}}` in a text of this rule");
                found.extend(parts.site(id).map(|site| site.diagnostic(message)));
            }
        }
    }
    found
}

fn placeholders(text: &str) -> impl Iterator<Item = &str> {
    text.split('{').skip(1).map(|rest| rest.split('}').next().unwrap_or(rest))
}

/// What a text may name, by what its rule looks at.
const fn filled_in(each: Option<Each>) -> &'static [&'static str] {
    match each {
        None => &[],
        Some(Each::Document) => &["document"],
        Some(Each::Page) => &["document", "page"],
        Some(Each::Mention) => &["document", "role"],
        Some(Each::Person) => &["role"],
    }
}

/// Checks that block on a disagreement that can be legal, under whatever number they go.
pub(crate) fn legal_disagreements(parts: &Parts<'_>, set: &RuleSet) -> Vec<Diagnostic> {
    let blocks = set.checks().filter(|rule| rule.def.level == Level::Block);
    let disagrees = blocks.filter(|rule| {
        let Some(when) = &rule.when else { return false };
        let mut may_be_legal = false;
        when.for_each_slot(&mut |slot| may_be_legal |= slot.may_disagree_legally());
        may_be_legal || !meets_malformed_only(when, Some(true))
    });
    disagrees
        .filter_map(|rule| {
            let message = format!("`{}` may never block: a disagreement there can be legal", rule.def.check);
            parts.site(&rule.def.id).map(|site| site.diagnostic(message))
        })
        .collect()
}

/// Whether the verdict on a NIK can only meet the condition by being an error: what is malformed is no NIK of anybody, all
/// else can be legal. `wanted` is the answer of this part that meets the whole condition; either of them when `None`.
fn meets_malformed_only(part: &Expr, wanted: Option<bool>) -> bool {
    let is_verdict = |part: &Expr| matches!(part, Expr::Fact(slot) if slot.is_nik_verdict());
    let is_error = |part: &Expr| match part {
        Expr::Literal(Value::Text(text)) => text == "error",
        Expr::Literal(Value::List(texts)) => texts.iter().all(|text| text == "error"),
        _ => false,
    };
    let both =
        |a: &Expr, b: &Expr, wanted| meets_malformed_only(a, wanted) && meets_malformed_only(b, wanted);
    match part {
        Expr::Compare(Comparison::Equal, a, b) | Expr::In(a, b)
            if (is_verdict(a) && is_error(b)) || (is_verdict(b) && is_error(a)) =>
        {
            wanted == Some(true)
        }
        Expr::Compare(Comparison::NotEqual, a, b)
            if (is_verdict(a) && is_error(b)) || (is_verdict(b) && is_error(a)) =>
        {
            wanted == Some(false)
        }
        Expr::Fact(_) => !is_verdict(part),
        Expr::Literal(_) | Expr::Switch(..) | Expr::Has(_) | Expr::Pair(..) => true,
        Expr::Not(inner) => meets_malformed_only(inner, wanted.map(|wanted| !wanted)),
        Expr::And(a, b) | Expr::Or(a, b) => both(a, b, wanted),
        Expr::If(parts) => {
            let [condition, then, otherwise] = parts.as_ref();
            meets_malformed_only(condition, None) && both(then, otherwise, wanted)
        }
        Expr::Compare(_, a, b) | Expr::In(a, b) | Expr::Add(a, b) | Expr::Subtract(a, b) => both(a, b, None),
        Expr::Call(_, args) => args.iter().all(|arg| meets_malformed_only(arg, None)),
    }
}

/// Checks that return or ask a person and may be unknown, but do not say what a person looks at then.
pub(crate) fn unasked(parts: &Parts<'_>, set: &RuleSet) -> Vec<Diagnostic> {
    let message = "a check that blocks or lets a person decide says in `ask` what a person looks at when the facts are unknown";
    let silent = set.checks().filter(|rule| {
        let mut may_be_unknown = false;
        if let Some(when) = &rule.when {
            when.for_each_name(&mut |name| {
                may_be_unknown |= match name {
                    Name::Fact(slot) => !slot.is_always_known(),
                    Name::Pair(_) => true,
                    Name::Switch(..) => false,
                };
            });
        }
        let def = &rule.def;
        def.level != Level::Information && def.each.is_none() && def.ask.is_none() && may_be_unknown
    });
    silent.filter_map(|rule| parts.site(&rule.def.id).map(|site| site.diagnostic(message))).collect()
}
