//! What the tests of the rules share: a dossier that can be changed and judged.

use berkas_domain::form::{FormDocument, Role};
use berkas_domain::{CaseCode, DocumentKind, Service, Sha256Hash};
use berkas_rules::examples::{DAY, complete_input};
use berkas_rules::{
    DocumentPages, Facts, Input, Judgement, Level, PageQuality, PageVerdict, RuleFile, RuleSet, RuleSets,
};

/// The rules in force for a service.
pub(crate) fn rules(service: Service) -> &'static RuleSet {
    RuleSets::embedded().in_force(service, DAY).unwrap()
}

/// The embedded files with another overlay.
pub(crate) fn with_overlay(office: &str, changes: &str) -> RuleSets {
    let mut files = RuleSets::embedded_files();
    let head = format!(
        "[overlay]\nid = \"local\"\nversion = \"2024.1.0\"\noffice = \"{office}\"\nvalid_from = 2019-10-01\n"
    );
    files.push(("overlays/local.toml".to_owned(), format!("{head}{changes}")));
    RuleSets::from_files(&files).unwrap()
}

/// A rule file that is nowhere on the disk.
pub(crate) fn file(path: &str, text: impl Into<String>) -> RuleFile {
    (path.to_owned(), text.into())
}

/// The cases of a service.
pub(crate) fn cases(service: Service) -> Vec<String> {
    rules(service).cases().map(ToString::to_string).collect()
}

/// The service of a case by its letters.
pub(crate) fn service_of(case: &str) -> Service {
    match case.split('-').next().unwrap() {
        "KTP" => Service::KtpEl,
        "KK" => Service::KartuKeluarga,
        "LHR" => Service::AktaKelahiran,
        _ => Service::AktaKematian,
    }
}

/// The codes of one level, in order, with spaces between.
pub(crate) fn codes(judgement: &Judgement, level: &str) -> String {
    let wanted = match level {
        "block" => Level::Block,
        "person" => Level::Person,
        _ => Level::Information,
    };
    let codes = judgement.findings.iter().filter(|finding| finding.level == wanted);
    codes.map(|finding| finding.code.as_str()).collect::<Vec<_>>().join(" ")
}

/// A fictional submission.
pub(crate) struct Dossier {
    /// Everything the judgement depends on.
    pub(crate) input: Input,
}

impl Dossier {
    /// A complete one of `case`.
    pub(crate) fn complete(case: &str) -> Self {
        Self::seeded(case, 1)
    }

    /// A complete one of `case` with other people.
    pub(crate) fn seeded(case: &str, seed: u64) -> Self {
        let code: CaseCode = case.parse().unwrap();
        Self { input: complete_input(service_of(case), &code, seed).unwrap() }
    }

    pub(crate) fn has(&self, kind: &str) -> bool {
        self.input.form.documents.iter().any(|document| document.kind.as_str() == kind)
    }

    pub(crate) fn remove(&mut self, kind: &str) {
        self.input.form.documents.retain(|document| document.kind.as_str() != kind);
    }

    pub(crate) fn remove_of(&mut self, kind: DocumentKind, of: Option<Role>) {
        let goes = |document: &FormDocument| document.kind == kind && (of.is_none() || document.of == of);
        self.input.form.documents.retain(|document| !goes(document));
    }

    /// Adds legible papers of which nothing was read off.
    pub(crate) fn add(&mut self, kind: DocumentKind, of: Option<Role>, copies: u8) {
        for _ in 0..copies.max(1) {
            let sha256 = Sha256Hash::of(format!("added {}", self.input.form.documents.len()).as_bytes());
            let json = serde_json::json!({"kind": kind, "sha256": sha256, "of": of});
            self.input.form.documents.push(serde_json::from_value(json).unwrap());
            let page = PageVerdict {
                page: 1,
                verdict: PageQuality::Ok,
                blank: false,
                reasons: vec![],
                looks_like: None,
            };
            self.input.pages.push(DocumentPages { sha256, flagged: false, pages: vec![page], failed: None });
        }
    }

    /// Merges `patch`, objects of JSON, into the form.
    pub(crate) fn patch(&mut self, patch: &str) {
        let mut form = serde_json::to_value(&self.input.form).unwrap();
        merge(&mut form, &serde_json::from_str(patch).unwrap());
        self.input.form = serde_json::from_value(form).unwrap();
    }

    pub(crate) fn judge(&self) -> Judgement {
        rules(self.input.form.service).judge(&Facts::of(&self.input))
    }
}

fn merge(target: &mut serde_json::Value, patch: &serde_json::Value) {
    match (target.as_object_mut(), patch.as_object()) {
        (Some(object), Some(patch)) => {
            for (key, value) in patch {
                merge(object.entry(key.clone()).or_insert(serde_json::Value::Null), value);
            }
        }
        (None, Some(_)) => {
            *target = serde_json::json!({});
            merge(target, patch);
        }
        _ => *target = patch.clone(),
    }
}
