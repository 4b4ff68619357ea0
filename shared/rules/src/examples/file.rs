//! Examples beside the rule files: how a dossier differs from a complete one, and what is found.

use std::collections::BTreeSet;
use std::path::Path;

use berkas_domain::form::FormDocument;
use berkas_domain::{CaseCode, DocumentKind, Service};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use toml::Spanned;

use super::dossier::complete_input;
use crate::diagnostic::{Diagnostic, RuleErrors};
use crate::facts::Facts;
use crate::finding::{Finding, Judgement};
use crate::input::{DocumentPages, History, Input, PageQuality, PageVerdict};
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
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PagePatch {
    kind: DocumentKind,
    verdict: PageQuality,
    #[serde(default)]
    blank: bool,
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

/// The cases that have an example which passes.
pub(crate) fn passing_cases(outcomes: &[ExampleOutcome]) -> BTreeSet<CaseCode> {
    outcomes
        .iter()
        .filter(|outcome| outcome.as_expected && outcome.passes)
        .map(|outcome| outcome.case.clone())
        .collect()
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
    let judged = build(example).and_then(|input| judge(sets, example, &input));
    let mut outcome = ExampleOutcome {
        file: source.path.clone(),
        line,
        name: example.name.get_ref().clone(),
        case: example.case.clone(),
        as_expected: false,
        passes: false,
        found: Vec::new(),
        expected: example.expect.clone(),
        problem: None,
    };
    match judged {
        Ok(judgement) => {
            outcome.found = judgement.findings.iter().map(short).collect();
            outcome.passes =
                !judgement.findings.iter().any(|finding| finding.level != crate::Level::Information);
            outcome.as_expected = sorted(&outcome.found) == sorted(&outcome.expected);
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

fn judge(sets: &RuleSets, example: &Example, input: &Input) -> Result<Judgement, String> {
    let set = sets.in_force(example.service, input.form.handed_in);
    set.map(|set| set.judge(&Facts::of(input))).ok_or_else(|| "no rules are in force on that day".to_owned())
}

fn build(example: &Example) -> Result<Input, String> {
    let mut input = complete_input(example.service, &example.case, example.seed)
        .ok_or_else(|| "the embedded rules do not know the case".to_owned())?;
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
            let page =
                PageVerdict { page: 1, verdict: patch.verdict, blank: patch.blank, reasons: Vec::new() };
            input.pages.push(DocumentPages { sha256, flagged: false, pages: vec![page], failed: None });
            input.pages.len() - 1
        });
        let pages = &mut input.pages[place];
        pages.flagged = patch.flagged;
        pages.failed = patch.failed.then(|| "not_an_image".to_owned());
        for page in &mut pages.pages {
            (page.verdict, page.blank) = (patch.verdict, patch.blank);
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
