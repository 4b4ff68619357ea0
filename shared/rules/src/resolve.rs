//! Turns a rule file into typed rules, and says what is wrong with it.

use std::collections::BTreeMap;
use std::str::FromStr;

use berkas_domain::form::Role;
use berkas_domain::{CaseCode, FORM_FIELDS, PERSON_FIELDS, Service};
use chrono::NaiveDate;
use toml::Spanned;

use crate::diagnostic::Diagnostic;
use crate::effective::{CaseDef, CheckDef, ItemDef, LookDef, RequirementDef};
use crate::expr::SwitchValue;
use crate::finding::Level;
use crate::source::{
    Bilingual, RawCase, RawCheck, RawFile, RawItem, RawLook, RawPerson, RawRequirement, SourceFile,
};
use crate::version::Version;

/// Checks whose findings may never block (`form-and-rules.md` 9): a disagreement there may be legal.
const NEVER_BLOCK: &[&str] = &["X06", "X07", "X08", "N04"];

/// What a finding can point at beside persons' and forms' fields.
const OTHER_FIELDS: &[&str] = &[
    "case",
    "handed_in",
    "persons",
    "declarations",
    "documents",
    "model",
    "signed_by",
    "witnesses",
    "number",
    "dated",
    "valid_until",
    "issuer",
    "names",
    "niks",
    "purpose",
];

/// What a file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Head {
    /// Rules of a service, or `common`.
    National {
        id: String,
    },
    Overlay {
        id: String,
        office: String,
    },
}

/// A rule file with its words resolved.
#[derive(Debug, Clone)]
pub(crate) struct Resolved {
    pub(crate) raw: RawFile,
    pub(crate) head: Head,
    pub(crate) version: Version,
    pub(crate) valid_from: NaiveDate,
    pub(crate) valid_to: Option<NaiveDate>,
    pub(crate) switches: BTreeMap<String, SwitchValue>,
    pub(crate) cases: Vec<CaseDef>,
    /// The fields of a person by its role.
    pub(crate) persons: BTreeMap<Role, Vec<String>>,
    pub(crate) requirements: Vec<RequirementDef>,
    pub(crate) checks: Vec<CheckDef>,
    pub(crate) looks: Vec<LookDef>,
}

impl Resolved {
    pub(crate) fn label(&self) -> String {
        match &self.head {
            Head::National { id } | Head::Overlay { id, .. } => format!("{id} {}", self.version),
        }
    }

    /// Whether it holds the rules of all services.
    pub(crate) fn is_common(&self) -> bool {
        matches!(&self.head, Head::National { id } if id == "common")
    }

    /// A diagnostic at the beginning of the file's validity.
    pub(crate) fn at_head(&self, message: impl Into<String>) -> Diagnostic {
        let body = &self.raw.body;
        let offset = body.set.as_ref().map(|set| set.valid_from.span().start);
        let offset = offset.or_else(|| body.overlay.as_ref().map(|head| head.valid_from.span().start));
        self.raw.file.diagnostic(offset.unwrap_or_default(), message)
    }

    /// Whether it holds on `date`.
    pub(crate) fn holds_on(&self, date: NaiveDate) -> bool {
        self.valid_from <= date && self.valid_to.is_none_or(|last| date <= last)
    }

    /// Where the rule `id` is named, if it is in this file.
    pub(crate) fn site(&self, id: &str) -> Option<Site<'_>> {
        let body = &self.raw.body;
        let site = |id: &'_ Spanned<String>, when| Site { file: &self.raw.file, id: id.span().start, when };
        let is = |name: &Spanned<String>| name.get_ref() == id;
        None.or_else(|| {
            body.requirement.iter().find(|rule| is(&rule.id)).map(|rule| site(&rule.id, rule.when.as_ref()))
        })
        .or_else(|| body.check.iter().find(|rule| is(&rule.id)).map(|rule| site(&rule.id, Some(&rule.when))))
        .or_else(|| body.look.iter().find(|rule| is(&rule.id)).map(|rule| site(&rule.id, rule.when.as_ref())))
    }
}

/// Where a rule stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Site<'a> {
    pub(crate) file: &'a SourceFile,
    pub(crate) id: usize,
    pub(crate) when: Option<&'a Spanned<String>>,
}

impl Site<'_> {
    pub(crate) fn diagnostic(&self, message: impl Into<String>) -> Diagnostic {
        self.file.diagnostic(self.id, message)
    }

    /// A diagnostic at byte `offset` of the rule's condition.
    pub(crate) fn in_condition(&self, offset: usize, message: impl Into<String>) -> Diagnostic {
        let at = self.when.map_or(self.id, |when| self.file.inside(when, offset));
        self.file.diagnostic(at, message)
    }
}

/// Resolves a file. The diagnostics are all errors; the file is `None` when its head is unusable.
pub(crate) fn resolve(raw: RawFile) -> (Option<Resolved>, Vec<Diagnostic>) {
    let mut resolver = Resolver { file: raw.file.clone(), found: Vec::new() };
    let head = resolver.head(&raw);
    let switches = resolver.switches(&raw);
    let body = &raw.body;
    let cases = body.case.iter().filter_map(|case| resolver.case(case, body.overlay.is_some())).collect();
    let persons = body.person.iter().flat_map(|person| resolver.person(person)).collect();
    let requirements = body.requirement.iter().filter_map(|rule| resolver.requirement(rule)).collect();
    let checks = body.check.iter().filter_map(|rule| resolver.check(rule)).collect();
    let looks = body.look.iter().filter_map(|rule| resolver.look(rule)).collect();
    resolver.reasons(&raw);
    let found = resolver.found;
    let resolved = head.map(|(head, version, valid_from, valid_to)| Resolved {
        raw,
        head,
        version,
        valid_from,
        valid_to,
        switches,
        cases,
        persons,
        requirements,
        checks,
        looks,
    });
    (resolved, found)
}

struct Resolver {
    file: SourceFile,
    found: Vec<Diagnostic>,
}

type HeadParts = (Head, Version, NaiveDate, Option<NaiveDate>);

impl Resolver {
    fn wrong<T>(&mut self, at: &Spanned<T>, message: impl Into<String>) {
        let diagnostic = self.file.at(at, message);
        self.found.push(diagnostic);
    }

    fn head(&mut self, raw: &RawFile) -> Option<HeadParts> {
        match (&raw.body.set, &raw.body.overlay) {
            (Some(set), None) => {
                let head = Head::National { id: set.id.get_ref().clone() };
                let known = set.id.get_ref() == "common" || set.id.get_ref().parse::<Service>().is_ok();
                if !known {
                    self.wrong(&set.id, format!("`{}` is neither a service nor `common`", set.id.get_ref()));
                }
                self.validity(head, &set.version, &set.valid_from, set.valid_to.as_ref())
            }
            (None, Some(overlay)) => {
                let office = overlay.office.get_ref().clone();
                let is_node =
                    matches!(office.len(), 2 | 4 | 6 | 10) && office.bytes().all(|b| b.is_ascii_digit());
                if !is_node {
                    self.wrong(
                        &overlay.office,
                        format!("`{office}` is no node of the office tree, such as `3517`"),
                    );
                }
                let head = Head::Overlay { id: overlay.id.get_ref().clone(), office };
                self.validity(head, &overlay.version, &overlay.valid_from, overlay.valid_to.as_ref())
            }
            _ => {
                let diagnostic =
                    self.file.diagnostic(0, "a rule file has either a `[set]` or an `[overlay]`");
                self.found.push(diagnostic);
                None
            }
        }
    }

    fn validity(
        &mut self,
        head: Head,
        version: &Spanned<String>,
        from: &Spanned<toml::value::Datetime>,
        to: Option<&Spanned<toml::value::Datetime>>,
    ) -> Option<HeadParts> {
        let Ok(number) = version.get_ref().parse::<Version>() else {
            self.wrong(version, format!("`{}` is not a version such as `2024.1.0`", version.get_ref()));
            return None;
        };
        let valid_from = self.date(from)?;
        let valid_to = match to {
            Some(to) => Some(self.date(to)?),
            None => None,
        };
        if valid_to.is_some_and(|last| last < valid_from) {
            self.wrong(from, "the validity ends before it begins");
            return None;
        }
        Some((head, number, valid_from, valid_to))
    }

    fn date(&mut self, at: &Spanned<toml::value::Datetime>) -> Option<NaiveDate> {
        let date = at.get_ref().date.and_then(|date| {
            NaiveDate::from_ymd_opt(i32::from(date.year), u32::from(date.month), u32::from(date.day))
        });
        if date.is_none() || at.get_ref().time.is_some() {
            self.wrong(at, "a date without a time is needed here");
        }
        date
    }

    fn switches(&mut self, raw: &RawFile) -> BTreeMap<String, SwitchValue> {
        for switch in raw.body.switches.values() {
            if switch.comment.get_ref().trim().is_empty() {
                self.wrong(&switch.comment, "a switch says in its comment what is open");
            }
        }
        raw.body.switches.iter().map(|(name, switch)| (name.clone(), switch.default)).collect()
    }

    fn word<T: FromStr>(&mut self, word: &Spanned<String>, what: &str) -> Option<T> {
        let parsed = word.get_ref().parse::<T>().ok();
        if parsed.is_none() {
            self.wrong(word, format!("unknown {what} `{}`", word.get_ref()));
        }
        parsed
    }

    fn text(&mut self, text: &Spanned<Bilingual>) -> Bilingual {
        let Bilingual { id, en } = text.get_ref();
        for (language, words) in [("Indonesian (`id`)", id), ("English (`en`)", en)] {
            if words.trim().is_empty() {
                self.wrong(text, format!("the {language} text is missing"));
            }
        }
        text.get_ref().clone()
    }

    fn services(&mut self, services: &[Spanned<String>]) -> Vec<Service> {
        services.iter().filter_map(|service| self.word(service, "service")).collect()
    }

    fn cases(&mut self, cases: &[Spanned<String>]) -> Vec<CaseCode> {
        cases.iter().filter_map(|case| self.word(case, "case")).collect()
    }

    fn case(&mut self, case: &RawCase, is_overlay: bool) -> Option<CaseDef> {
        let service = case.service.as_ref().and_then(|service| self.word(service, "service"));
        if is_overlay != case.service.is_some() {
            let message = "a case of an overlay says its `service`, and one of a service's own file does not";
            self.wrong(&case.code, message);
        }
        let title = self.text(&case.title);
        let roles = case.roles.iter().filter_map(|role| self.word(role, "role")).collect();
        let optional_roles = case.optional_roles.iter().filter_map(|role| self.word(role, "role")).collect();
        let fields = self.fields(&case.fields, FORM_FIELDS);
        Some(CaseDef { code: self.word(&case.code, "case")?, service, title, roles, optional_roles, fields })
    }

    fn fields(&mut self, fields: &[Spanned<String>], known: &[&str]) -> Vec<String> {
        for field in fields.iter().filter(|field| !known.contains(&field.get_ref().as_str())) {
            self.wrong(field, format!("unknown field `{}`", field.get_ref()));
        }
        fields.iter().map(|field| field.get_ref().clone()).collect()
    }

    fn person(&mut self, person: &RawPerson) -> Vec<(Role, Vec<String>)> {
        let fields = self.fields(&person.fields, PERSON_FIELDS);
        let roles = person.roles.iter().filter_map(|role| self.word(role, "role"));
        roles.map(|role| (role, fields.clone())).collect()
    }

    fn regulation(&mut self, regulation: &Spanned<String>) -> String {
        if regulation.get_ref().trim().is_empty() {
            self.wrong(regulation, "a rule says in `regulation` where it comes from");
        }
        regulation.get_ref().clone()
    }

    fn item(&mut self, item: &RawItem) -> Option<ItemDef> {
        let of = match &item.of {
            Some(role) => Some(self.word(role, "role")?),
            None => None,
        };
        let kind = self.word(item.kind.as_ref().filter(|_| item.all_of.is_empty())?, "document kind")?;
        let at_least = item.at_least.as_ref().map_or(1, |count| *count.get_ref());
        if let Some(count) = item.at_least.as_ref().filter(|count| *count.get_ref() == 0) {
            self.wrong(count, "`at_least` is 1 or more; a paper that is not needed is not listed");
        }
        Some(ItemDef { kind, of, at_least, purpose: item.purpose.clone() })
    }

    fn requirement(&mut self, rule: &RawRequirement) -> Option<RequirementDef> {
        let mut any_of = Vec::new();
        for alternative in &rule.any_of {
            let together = !alternative.all_of.is_empty() && alternative.kind.is_none();
            let items =
                if together { alternative.all_of.as_slice() } else { std::slice::from_ref(alternative) };
            any_of.push(items.iter().filter_map(|item| self.item(item)).collect::<Vec<_>>());
        }
        if any_of.is_empty() || any_of.iter().any(Vec::is_empty) {
            self.wrong(&rule.id, "a requirement names at least one paper in each alternative");
        }
        if rule.when.is_some() && rule.condition.is_none() {
            self.wrong(&rule.id, "a requirement with `when` says in `condition` when it applies");
        }
        let code = match &rule.code {
            Some(code) => self.word(code, "reason code")?,
            None => berkas_domain::ReasonCode::TidakLengkap,
        };
        Some(RequirementDef {
            id: rule.id.get_ref().clone(),
            services: self.services(&rule.services),
            cases: self.cases(&rule.cases),
            when: rule.when.as_ref().map(|when| when.get_ref().clone()),
            condition: rule.condition.as_ref().map(|condition| self.text(condition)),
            any_of,
            title: self.text(&rule.title),
            text: None,
            code,
            level: rule.level.unwrap_or(Level::Block),
            regulation: self.regulation(&rule.regulation),
        })
    }

    fn check(&mut self, rule: &RawCheck) -> Option<CheckDef> {
        let role = match &rule.role {
            Some(role) => Some(self.word(role, "role")?),
            None => None,
        };
        let kind = match &rule.kind {
            Some(kind) => Some(self.word(kind, "document kind")?),
            None => None,
        };
        if rule.level == Level::Block && NEVER_BLOCK.contains(&rule.check.as_str()) {
            self.wrong(
                &rule.id,
                format!("`{}` may never block: a disagreement there can be legal", rule.check),
            );
        }
        if let Some(field) = &rule.field {
            let known: Vec<&str> = [PERSON_FIELDS, FORM_FIELDS, OTHER_FIELDS].concat();
            self.fields(std::slice::from_ref(field), &known);
        }
        Some(CheckDef {
            id: rule.id.get_ref().clone(),
            check: rule.check.clone(),
            services: self.services(&rule.services),
            cases: self.cases(&rule.cases),
            each: rule.each,
            when: rule.when.get_ref().clone(),
            level: rule.level,
            code: self.word(&rule.code, "reason code")?,
            field: rule.field.as_ref().map(|field| field.get_ref().clone()),
            role,
            kind,
            text: self.text(&rule.text),
            ask: rule.ask.as_ref().map(|ask| self.text(ask)),
            regulation: self.regulation(&rule.regulation),
        })
    }

    fn look(&mut self, rule: &RawLook) -> Option<LookDef> {
        Some(LookDef {
            id: rule.id.get_ref().clone(),
            check: rule.check.clone(),
            services: self.services(&rule.services),
            cases: self.cases(&rule.cases),
            each: rule.each,
            when: rule.when.as_ref().map(|when| when.get_ref().clone()),
            text: self.text(&rule.text),
            regulation: self.regulation(&rule.regulation),
        })
    }

    /// Every change of an overlay says why.
    fn reasons(&mut self, raw: &RawFile) {
        let body = &raw.body;
        let changes = body.off.iter().chain(&body.ease).map(|change| &change.reason);
        let settings = body.setting.iter().map(|setting| &setting.reason);
        let rewordings = body.reword.iter().map(|change| &change.reason);
        for reason in changes.chain(settings).chain(rewordings) {
            if reason.get_ref().trim().is_empty() {
                self.wrong(reason, "an overlay says the reason of each change");
            }
        }
        for rewording in &body.reword {
            self.text(&rewording.text);
        }
    }
}
