//! Examples beside the rule files: how a dossier differs from a complete one, and what is found.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Deref;
use std::path::Path;

use berkas_domain::form::{Form, FormDocument};
use berkas_domain::{CaseCode, DocumentKind, OfficeCode, Service, wib};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use toml::Spanned;

use super::dossier::{Counter, DAY, form_for, input_for};
use crate::compiled::RuleSet;
use crate::diagnostic::{Diagnostic, RuleErrors};
use crate::expr::SwitchValue;
use crate::facts::Facts;
use crate::finding::{Finding, Judgement};
use crate::input::{DocumentPages, History, Input, PageLook, PageQuality, PageVerdict};
use crate::sets::{RuleFile, RuleSets};
use crate::source::SourceFile;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ExampleFile {
    #[serde(default)]
    example: Vec<Example>,
}

/// One example: facts in, findings out.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Example {
    name: Spanned<String>,
    service: Service,
    case: CaseCode,
    #[serde(default)]
    seed: u64,
    /// The office that sends it, whose nearest overlay judges; the whole district's when absent.
    #[serde(default)]
    office: Option<OfficeCode>,
    /// The day at the counter, which decides the versions of the rules.
    #[serde(default)]
    handed_in: Option<NaiveDate>,
    /// Switches that stand otherwise than in the files.
    #[serde(default)]
    switches: BTreeMap<String, SwitchValue>,
    /// A whole form instead of a complete fictional one.
    #[serde(default)]
    form: Option<Json>,
    /// Kinds of documents that are taken out.
    #[serde(default)]
    without: Vec<DocumentKind>,
    /// Documents that are put in; a hash is made up when there is none.
    #[serde(default)]
    with: Vec<Json>,
    /// JSON merge patch (RFC 7386) of the form; `~` stands for null, which TOML has not.
    #[serde(default)]
    patch: Json,
    /// Pages that are not legible.
    #[serde(default)]
    pages: Vec<PagePatch>,
    #[serde(default)]
    history: History,
    /// `level CODE rule`, each finding once, in any order.
    #[serde(default)]
    expect: Vec<String>,
    /// Rules whose question stands on the checklist; others may stand there too.
    #[serde(default)]
    asks: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PagePatch {
    kind: DocumentKind,
    verdict: PageQuality,
    #[serde(default)]
    blank: bool,
    #[serde(default)]
    looks_like: Option<PageLook>,
    #[serde(default)]
    flagged: bool,
    #[serde(default)]
    failed: bool,
}

/// How one example went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExampleOutcome {
    /// The file.
    pub file: String,
    /// Line of the example, from 1.
    pub line: usize,
    /// Its name.
    pub name: String,
    /// Its case.
    pub case: CaseCode,
    /// The versions of the rules that judged it.
    pub rules: Option<String>,
    /// Whether exactly what is expected was found.
    pub as_expected: bool,
    /// Whether nothing was found that blocks or asks a person.
    pub passes: bool,
    /// What was found, as `level CODE rule`.
    pub found: Vec<String>,
    /// What was expected.
    pub expected: Vec<String>,
    /// Why the example could not be built.
    pub problem: Option<String>,
}

/// Runs the examples below `dir` with the rules below `dir`.
///
/// # Errors
/// Rules or example files that cannot be used.
pub fn run_examples(dir: &Path) -> Result<Vec<ExampleOutcome>, RuleErrors> {
    let sets = RuleSets::load(dir)?;
    let files = crate::files::example_files(dir).map_err(|error| RuleErrors(vec![error]))?;
    run_example_files(&sets, &files)
}

/// Runs examples that were read elsewhere.
///
/// # Errors
/// Example files that cannot be used.
pub fn run_example_files(sets: &RuleSets, files: &[RuleFile]) -> Result<Vec<ExampleOutcome>, RuleErrors> {
    let mut outcomes = Vec::new();
    let mut wrong = Vec::new();
    for (path, text) in files {
        let source = SourceFile { path: path.clone(), text: text.clone() };
        match read(&source) {
            Ok(examples) => outcomes.extend(examples.iter().map(|example| run(sets, &source, example))),
            Err(diagnostic) => wrong.push(diagnostic),
        }
    }
    if wrong.is_empty() { Ok(outcomes) } else { Err(RuleErrors(wrong)) }
}

/// The cases that have an example which passes, each with the label of a rule file that judged it.
pub(crate) fn passing_cases(outcomes: &[ExampleOutcome]) -> BTreeSet<(CaseCode, String)> {
    let passing = outcomes.iter().filter(|outcome| outcome.as_expected && outcome.passes);
    let labels = |outcome: &ExampleOutcome| -> Vec<(CaseCode, String)> {
        let rules = outcome.rules.iter().flat_map(|rules| rules.split([',', '+']));
        rules.map(|label| (outcome.case.clone(), label.trim().to_owned())).collect()
    };
    passing.flat_map(labels).collect()
}

fn read(source: &SourceFile) -> Result<Vec<Example>, Diagnostic> {
    let file = toml::from_str::<ExampleFile>(&source.text);
    file.map(|file| file.example).map_err(|error| {
        let offset = error.span().map_or(0, |span| span.start);
        source.diagnostic(offset, format!("not a file of examples: {}", error.message()))
    })
}

fn run(sets: &RuleSets, source: &SourceFile, example: &Example) -> ExampleOutcome {
    let (line, _) = source.place(example.name.span().start);
    let judged = build(sets, example).and_then(|input| judge(sets, example, &input));
    let mut outcome = ExampleOutcome {
        file: source.path.clone(),
        line,
        name: example.name.get_ref().clone(),
        case: example.case.clone(),
        rules: None,
        as_expected: false,
        passes: false,
        found: Vec::new(),
        expected: example.expect.clone(),
        problem: None,
    };
    match judged {
        Ok((judgement, rules)) => {
            outcome.rules = Some(rules);
            outcome.found = judgement.findings.iter().map(short).collect();
            outcome.passes =
                !judgement.findings.iter().any(|finding| finding.level != crate::Level::Information);
            outcome.as_expected = sorted(&outcome.found) == sorted(&outcome.expected);
            let is_asked = |rule: &&String| judgement.checklist.iter().any(|line| line.rule == **rule);
            if let Some(rule) = example.asks.iter().find(|rule| !is_asked(rule)) {
                outcome.as_expected = false;
                outcome.problem = Some(format!("the checklist does not ask about `{rule}`"));
            }
        }
        Err(problem) => outcome.problem = Some(problem),
    }
    outcome
}

fn sorted(lines: &[String]) -> Vec<&String> {
    let mut lines: Vec<&String> = lines.iter().collect();
    lines.sort();
    lines
}

fn short(finding: &Finding) -> String {
    let level = match finding.level {
        crate::Level::Block => "block",
        crate::Level::Person => "person",
        crate::Level::Information => "information",
    };
    format!("{level} {} {}", finding.code, finding.rule)
}

fn judge(sets: &RuleSets, example: &Example, input: &Input) -> Result<(Judgement, String), String> {
    let set = in_force(sets, example, input.form.handed_in)
        .or_else(|_| in_force(sets, example, wib(input.received).date_naive()))?;
    Ok((set.judge(&Facts::of(input)), set.version()))
}

/// The rules that judge the example, with its switches.
fn in_force<'a>(sets: &'a RuleSets, example: &Example, day: NaiveDate) -> Result<Lent<'a>, String> {
    let set = match &example.office {
        Some(office) => sets.in_force_at(example.service, day, office),
        None => sets.in_force(example.service, day),
    };
    let set = set.ok_or_else(|| format!("no rules are in force on {day}"))?;
    if example.switches.is_empty() {
        return Ok(Lent::AsItIs(set));
    }
    let mut changed = set.effective().clone();
    for (name, value) in &example.switches {
        let known = changed.switches.get_mut(name).ok_or_else(|| format!("unknown switch `{name}`"))?;
        if std::mem::discriminant(known) != std::mem::discriminant(value) {
            return Err(format!("the switch `{name}` has a value of another type"));
        }
        *known = *value;
    }
    let compiled = RuleSet::compile(changed);
    compiled.map(|set| Lent::Changed(Box::new(set))).map_err(|errors| {
        errors.first().map_or_else(|| "the rules cannot be compiled".to_owned(), ToString::to_string)
    })
}

/// The rules as they are in force, or with other switches.
enum Lent<'a> {
    AsItIs(&'a RuleSet),
    Changed(Box<RuleSet>),
}

impl Deref for Lent<'_> {
    type Target = RuleSet;

    fn deref(&self) -> &RuleSet {
        match self {
            Self::AsItIs(set) => set,
            Self::Changed(set) => set,
        }
    }
}

/// The dossier before anything is changed: the form that is written out, or a complete one by the rules that judge it.
fn start(sets: &RuleSets, example: &Example) -> Result<Input, String> {
    let office = example.office.clone().unwrap_or_else(|| Counter::office(example.seed));
    let counter = Counter { seed: example.seed, day: example.handed_in.unwrap_or(DAY), office };
    let form = match &example.form {
        Some(form) => {
            let form: Form =
                serde_json::from_value(form.clone()).map_err(|error| format!("the form: {error}"))?;
            if (form.service, &form.case) != (example.service, &example.case) {
                return Err("the form is of another service or case than the example".to_owned());
            }
            let input = input_for(form, &counter);
            return Ok(Input { office: example.office.clone(), ..input });
        }
        None => {
            let set = in_force(sets, example, counter.day)?;
            let form = form_for(&set, &example.case, &counter);
            form.ok_or_else(|| format!("the rules have no case `{}` on {}", example.case, counter.day))?
        }
    };
    Ok(input_for(form, &counter))
}

fn build(sets: &RuleSets, example: &Example) -> Result<Input, String> {
    let mut input = start(sets, example)?;
    input.form.documents.retain(|document| !example.without.contains(&document.kind));
    for document in &example.with {
        let document = document_of(document, input.form.documents.len())?;
        input.form.documents.push(document);
    }
    if !example.patch.is_null() {
        let mut form = serde_json::to_value(&input.form).map_err(|error| error.to_string())?;
        merge(&mut form, &example.patch);
        input.form = serde_json::from_value(form).map_err(|error| format!("the patched form: {error}"))?;
    }
    patch_pages(&mut input, example)?;
    input.history = Some(example.history.clone());
    Ok(input)
}

fn document_of(json: &Json, place: usize) -> Result<FormDocument, String> {
    let mut json = json.clone();
    if let Some(object) = json.as_object_mut() {
        let hash = berkas_domain::Sha256Hash::of(format!("example {place}").as_bytes());
        object.entry("sha256").or_insert_with(|| Json::String(hash.to_string()));
    }
    serde_json::from_value(json).map_err(|error| format!("the document that is put in: {error}"))
}

fn patch_pages(input: &mut Input, example: &Example) -> Result<(), String> {
    for patch in &example.pages {
        let document = input.form.documents.iter().find(|document| document.kind == patch.kind);
        let document = document.ok_or_else(|| format!("there is no `{}`", patch.kind))?;
        let sha256 = document.sha256;
        let known = input.pages.iter().position(|pages| pages.sha256 == sha256);
        // Of a document that is put in nothing was said yet.
        let place = known.unwrap_or_else(|| {
            let page = PageVerdict {
                page: 1,
                verdict: patch.verdict,
                blank: patch.blank,
                reasons: Vec::new(),
                looks_like: None,
            };
            input.pages.push(DocumentPages { sha256, flagged: false, pages: vec![page], failed: None });
            input.pages.len() - 1
        });
        let pages = &mut input.pages[place];
        pages.flagged = patch.flagged;
        pages.failed = patch.failed.then(|| "not_an_image".to_owned());
        for page in &mut pages.pages {
            (page.verdict, page.blank, page.looks_like) = (patch.verdict, patch.blank, patch.looks_like);
        }
    }
    Ok(())
}

/// JSON merge patch.
fn merge(target: &mut Json, patch: &Json) {
    let Json::Object(patch) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Json::Object(serde_json::Map::new());
    }
    let Some(object) = target.as_object_mut() else { return };
    for (key, value) in patch {
        if value.is_null() || value.as_str() == Some("~") {
            object.remove(key);
        } else {
            merge(object.entry(key.clone()).or_insert(Json::Null), value);
        }
    }
}
