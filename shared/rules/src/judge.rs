//! Judging: requirements, then checks, then what a person looks at. Pure: the same facts give the same bytes.

use std::collections::BTreeSet;

use berkas_domain::form::Role;
use berkas_domain::{DocumentKind, ReasonCode};

use crate::compiled::{CaseRules, Rule, RuleSet};
use crate::effective::{CheckDef, ItemDef, LookDef, RequirementDef};
use crate::expr::{Expr, Name, Seen, Source as _};
use crate::facts::{Document, Facts, Row, Scope};
use crate::finding::{ChecklistLine, Finding, Judgement, JudgementOutcome, Level};
use crate::papers::Papers;
use crate::source::{Bilingual, Each};
use crate::words;

impl RuleSet {
    /// Judges a submission. The findings come blocks first, then in the order of the rules; the place of a document
    /// in the form decides only between documents of one kind.
    #[must_use]
    pub fn judge(&self, facts: &Facts) -> Judgement {
        let case = self.case_rules(&facts.case).filter(|_| facts.service == self.service());
        let mut judge = Judge::new(facts);
        match case {
            Some(case) => judge.case(self, case),
            None => judge.unknown_case(),
        }
        let (findings, checklist) = (ordered(judge.findings), distinct(ordered(judge.checklist)));
        let blocks = findings.iter().any(|finding| finding.level == Level::Block);
        Judgement {
            outcome: if blocks { JudgementOutcome::Returned } else { JudgementOutcome::Passes },
            rule_set: self.reference(),
            findings,
            checklist,
            not_checked: judge.not_checked.into_iter().collect(),
        }
    }
}

impl RuleSet {
    /// The alternatives of every requirement that applies and is not met.
    pub(crate) fn open_requirements(&self, facts: &Facts) -> Vec<Vec<Vec<ItemDef>>> {
        let judge = Judge::new(facts);
        let Some(case) = self.case_rules(&facts.case) else { return Vec::new() };
        let papers = judge.papers(self, case);
        let rules = case.requirements.iter().map(|place| self.requirement(*place));
        rules
            .filter(|rule| judge.applies(rule) == Some(true) && !papers.is_met(&rule.def))
            .map(|rule| rule.def.any_of.clone())
            .collect()
    }
}

pub(crate) struct Judge<'a> {
    facts: &'a Facts,
    /// Which documents are needed.
    asked_for: Vec<bool>,
    findings: Vec<(Place, Finding)>,
    checklist: Vec<(Place, ChecklistLine)>,
    not_checked: BTreeSet<String>,
}

/// What a rule says of its subject.
struct Said<'a> {
    check: &'a str,
    rule: &'a str,
    text: &'a Bilingual,
    regulation: &'a str,
}

/// Order of what is said: level, then the rule's place, then whom and what it is about.
type Place = (Option<Level>, usize, Option<Role>, Option<DocumentKind>, Option<[u8; 32]>, Option<u32>);

/// Says what two rules say in the same words once.
fn distinct(mut lines: Vec<ChecklistLine>) -> Vec<ChecklistLine> {
    let mut seen = BTreeSet::new();
    lines.retain(|line| seen.insert((line.text_id.clone(), line.document, line.role)));
    lines
}

fn ordered<T>(mut lines: Vec<(Place, T)>) -> Vec<T> {
    lines.sort_by_key(|(place, _)| *place);
    lines.into_iter().map(|(_, line)| line).collect()
}

/// What a rule is about at one moment.
#[derive(Clone, Copy, Default)]
struct Subject<'a> {
    document: Option<(usize, &'a Document)>,
    page: Option<(u32, &'a Row)>,
    mention: Option<(Role, &'a Row)>,
    person: Option<(Role, &'a Row)>,
}

impl<'a> Subject<'a> {
    fn scope(&self, asked_for: &[bool]) -> Scope<'a> {
        Scope {
            document: self.document.map(|(_, document)| &document.facts),
            asked_for: self
                .document
                .is_some_and(|(place, _)| asked_for.get(place).copied().unwrap_or_default()),
            page: self.page.map(|(_, row)| row),
            mention: self.mention.map(|(_, row)| row),
            person: self.person.map(|(_, row)| row),
        }
    }

    fn role(&self) -> Option<Role> {
        self.mention.or(self.person).map(|(role, _)| role)
    }

    fn place(&self, level: Option<Level>, rule: usize) -> Place {
        let document = self.document.map(|(_, document)| document);
        let bytes = document.map(|document| *document.sha256.as_bytes());
        let page = self.page.map(|(number, _)| number);
        (level, rule, self.role(), document.map(|document| document.kind), bytes, page)
    }
}

impl<'a> Judge<'a> {
    pub(crate) fn new(facts: &'a Facts) -> Self {
        Self {
            facts,
            asked_for: vec![true; facts.documents.len()],
            findings: Vec::new(),
            checklist: Vec::new(),
            not_checked: BTreeSet::new(),
        }
    }

    /// Whether the condition of a requirement holds; `None` is unknown.
    pub(crate) fn applies(&self, rule: &Rule<RequirementDef>) -> Option<bool> {
        self.truth(rule, &Subject::default())
    }

    /// What decides whether a requirement applies, as the condition names it.
    pub(crate) fn decisive(&self, rule: &Rule<RequirementDef>) -> Vec<String> {
        let seen = Seen { facts: self.facts, scope: Subject::default().scope(&self.asked_for) };
        let mut names = Vec::new();
        if let Some(when) = &rule.when {
            when.for_each_decisive(&seen, &mut |name| names.push(name.to_string()));
        }
        let mut told = BTreeSet::new();
        names.retain(|name| told.insert(name.clone()));
        names
    }

    /// Whether the condition names something of the submission that nobody declared.
    pub(crate) fn is_known(&self, name: Name<'_>) -> bool {
        match name {
            Name::Fact(slot) => self.facts.is_known(slot),
            Name::Pair(pair) => Seen { facts: self.facts, scope: Subject::default().scope(&self.asked_for) }
                .pair(pair)
                .is_known(),
            Name::Switch(..) => true,
        }
    }

    /// The papers beside the requirements of the case that apply, or may apply.
    pub(crate) fn papers<'b>(&self, set: &'b RuleSet, case: &CaseRules) -> Papers<'b>
    where
        'a: 'b,
    {
        let rules = case.requirements.iter().map(|place| set.requirement(*place));
        let applying = rules.filter(|rule| self.applies(rule) != Some(false)).map(|rule| &rule.def);
        Papers::of(self.facts, applying.collect())
    }

    /// Documents against which some check stands that returns the submission.
    fn flawed(&self, set: &RuleSet, case: &CaseRules) -> BTreeSet<usize> {
        let rules = case.checks.iter().map(|place| set.check(*place));
        let mut flawed = BTreeSet::new();
        for rule in rules.filter(|rule| rule.def.level == Level::Block) {
            for subject in self.subjects(rule.def.each) {
                if let Some((place, _)) = subject.document
                    && self.truth(rule, &subject) == Some(true)
                {
                    flawed.insert(place);
                }
            }
        }
        flawed
    }

    fn case(&mut self, set: &RuleSet, case: &CaseRules) {
        let papers = self.papers(set, case);
        // What else was handed in is not needed when something sound is there.
        let flawed = if papers.has_choice() { self.flawed(set, case) } else { BTreeSet::new() };
        let asked_for = papers.needed(|place| !flawed.contains(&place));
        for place in &case.requirements {
            self.requirement(*place, set.requirement(*place), &papers);
        }
        self.asked_for = asked_for;
        // Checks follow requirements in the order of findings; the offset keeps them apart.
        const AFTER_REQUIREMENTS: usize = 1 << 20;
        for place in &case.checks {
            self.check(AFTER_REQUIREMENTS + *place, set.check(*place));
        }
        for place in &case.looks {
            self.look(2 * AFTER_REQUIREMENTS + *place, set.look(*place));
        }
    }

    fn unknown_case(&mut self) {
        let code = ReasonCode::SalahKasus;
        let finding = Finding {
            level: Level::Block,
            code,
            check: "N00".to_owned(),
            rule: "case.known".to_owned(),
            document: None,
            kind: None,
            page: None,
            field: Some("case".to_owned()),
            role: None,
            text_id: "Jenis permohonan ini tidak dikenal untuk layanan yang dipilih".to_owned(),
            text_en: "The service has no such case".to_owned(),
            regulation: "Perpres 96/2018; Permendagri 108/2019".to_owned(),
        };
        self.findings.push((Subject::default().place(Some(Level::Block), 0), finding));
    }

    /// Whether what a dry run leaves out is asked for; then the check is listed as left out.
    fn is_left_out<T>(&mut self, rule: &Rule<T>, check: &str) -> bool {
        let left_out =
            (rule.asks.history && !self.facts.has_history) || (rule.asks.pages && !self.facts.has_pages);
        // What the district has switched off is checked nowhere.
        if left_out && rule.when.as_ref().and_then(Expr::settled) == Some(false) {
            return true;
        }
        if left_out {
            self.not_checked.insert(check.to_owned());
        }
        left_out
    }

    fn truth<T>(&self, rule: &Rule<T>, subject: &Subject<'a>) -> Option<bool> {
        let seen = Seen { facts: self.facts, scope: subject.scope(&self.asked_for) };
        rule.when.as_ref().map_or(Some(true), |when| when.truth(&seen))
    }

    fn requirement(&mut self, place: usize, rule: &Rule<RequirementDef>, papers: &Papers<'_>) {
        let def = &rule.def;
        if papers.is_met(def) {
            return;
        }
        let subject = Subject::default();
        match self.truth(rule, &subject) {
            Some(true) => {
                let finding = missing(def);
                self.findings.push((subject.place(Some(def.level), place), finding));
            }
            Some(false) => {}
            None => {
                let (id, en) =
                    def.condition.as_ref().map_or(("", ""), |words| (words.id.as_str(), words.en.as_str()));
                let text = Bilingual {
                    id: format!("Periksa apakah perlu: {} ({id})", def.title.id),
                    en: format!("Look whether it is needed: {} ({en})", def.title.en),
                };
                let said = Said { check: "X01", rule: &def.id, text: &text, regulation: &def.regulation };
                self.note(place, &subject, line(&said, &subject));
            }
        }
    }

    fn check(&mut self, place: usize, rule: &Rule<CheckDef>) {
        if self.is_left_out(rule, &rule.def.check) {
            return;
        }
        for subject in self.subjects(rule.def.each) {
            match self.truth(rule, &subject) {
                Some(true) => {
                    let finding = found(&rule.def, &subject);
                    self.findings.push((subject.place(Some(rule.def.level), place), finding));
                }
                Some(false) => {}
                None => {
                    if let Some(ask) = &rule.def.ask {
                        let CheckDef { check, id: rule, regulation, field, role, .. } = &rule.def;
                        let said = Said { check, rule, text: ask, regulation };
                        let asked = ChecklistLine {
                            field: field.clone(),
                            role: subject.role().or(*role),
                            ..line(&said, &subject)
                        };
                        self.note(place, &subject, asked);
                    }
                }
            }
        }
    }

    fn look(&mut self, place: usize, rule: &Rule<LookDef>) {
        for subject in self.subjects(rule.def.each) {
            if self.truth(rule, &subject) != Some(false) {
                let LookDef { check, id: rule, text, regulation, .. } = &rule.def;
                let line = line(&Said { check, rule, text, regulation }, &subject);
                self.note(place, &subject, ChecklistLine { unknown: false, ..line });
            }
        }
    }

    fn note(&mut self, place: usize, subject: &Subject<'a>, line: ChecklistLine) {
        self.checklist.push((subject.place(None, place), line));
    }

    fn subjects(&self, each: Option<Each>) -> Vec<Subject<'a>> {
        let facts = self.facts;
        let documents = || facts.documents.iter().enumerate();
        let of_document = |document| Subject { document: Some(document), ..Subject::default() };
        match each {
            None => vec![Subject::default()],
            Some(Each::Document) => documents().map(of_document).collect(),
            Some(Each::Page) => documents()
                .flat_map(|document| {
                    let pages = document.1.pages.iter();
                    pages.map(move |(number, row)| Subject {
                        page: Some((*number, row)),
                        ..of_document(document)
                    })
                })
                .collect(),
            Some(Each::Mention) => documents()
                .flat_map(|document| {
                    let mentions = document.1.mentions.iter();
                    mentions.map(move |(role, row)| Subject {
                        mention: Some((*role, row)),
                        ..of_document(document)
                    })
                })
                .collect(),
            Some(Each::Person) => {
                let person = |one: &'a crate::facts::One| Subject {
                    person: Some((one.role, &one.facts)),
                    ..Subject::default()
                };
                facts.people.all.iter().map(person).collect()
            }
        }
    }
}

/// What a person is asked about `subject`, because facts were unknown.
fn line(said: &Said<'_>, subject: &Subject<'_>) -> ChecklistLine {
    let text = fill(said.text, subject);
    ChecklistLine {
        check: said.check.to_owned(),
        rule: said.rule.to_owned(),
        document: subject.document.map(|(index, _)| index),
        kind: subject.document.map(|(_, document)| document.kind),
        page: subject.page.map(|(number, _)| number),
        field: None,
        role: subject.role(),
        text_id: text.id,
        text_en: text.en,
        regulation: said.regulation.to_owned(),
        unknown: true,
    }
}

fn missing(def: &RequirementDef) -> Finding {
    let single = match def.any_of.as_slice() {
        [papers] if papers.len() == 1 => papers.first(),
        _ => None,
    };
    let text = def.text.clone().unwrap_or_else(|| {
        let (id, en) = papers(def);
        Bilingual { id: format!("Belum ada: {id}"), en: format!("Missing: {en}") }
    });
    Finding {
        level: def.level,
        code: def.code,
        check: "X01".to_owned(),
        rule: def.id.clone(),
        document: None,
        kind: single.map(|item| item.kind),
        page: None,
        field: None,
        role: single.and_then(|item| item.of),
        text_id: text.id,
        text_en: text.en,
        regulation: def.regulation.clone(),
    }
}

/// What a requirement asks for, in Indonesian and in English. A statement is known by what it is for, which its title
/// says.
pub(crate) fn papers(def: &RequirementDef) -> (String, String) {
    let (id, en) = alternatives(&def.any_of);
    let is_statement = |item: &ItemDef| item.kind == DocumentKind::SuratPernyataan;
    match def.any_of.as_slice() {
        [only] if only.iter().all(is_statement) => {
            (format!("{} ({id})", def.title.id), format!("{} ({en})", def.title.en))
        }
        _ => (id, en),
    }
}

/// Names all alternatives, in Indonesian and in English.
fn alternatives(any_of: &[Vec<ItemDef>]) -> (String, String) {
    let groups: Vec<(String, String)> = any_of
        .iter()
        .map(|papers| {
            let (ids, ens): (Vec<String>, Vec<String>) = papers.iter().map(item_words).unzip();
            (ids.join(" dan "), ens.join(" and "))
        })
        .collect();
    let (ids, ens): (Vec<String>, Vec<String>) = groups.into_iter().unzip();
    (ids.join(", atau "), ens.join(", or "))
}

fn item_words(item: &ItemDef) -> (String, String) {
    let (id, en) = words::document(item.kind, item.of);
    match item.at_least {
        0 | 1 => (id, en),
        count => (format!("{count} lembar {id}"), format!("{count} of {en}")),
    }
}

fn found(def: &CheckDef, subject: &Subject<'_>) -> Finding {
    let text = fill(&def.text, subject);
    Finding {
        level: def.level,
        code: def.code,
        check: def.check.clone(),
        rule: def.id.clone(),
        document: subject.document.map(|(index, _)| index),
        kind: subject.document.map(|(_, document)| document.kind).or(def.kind),
        page: subject.page.map(|(number, _)| number),
        field: def.field.clone(),
        role: subject.role().or(def.role),
        text_id: text.id,
        text_en: text.en,
        regulation: def.regulation.clone(),
    }
}

/// Fills in `{document}`, `{role}` and `{page}`; nothing else of the submission can get into a text.
fn fill(text: &Bilingual, subject: &Subject<'_>) -> Bilingual {
    if !text.id.contains('{') && !text.en.contains('{') {
        return text.clone();
    }
    let document =
        subject.document.map(|(_, document)| words::document(document.kind, document.of.first().copied()));
    let role = subject.role().map(words::role);
    let page = subject.page.map(|(number, _)| number.to_string()).unwrap_or_default();
    let put = |text: &str, document: Option<&String>, role: Option<&String>| {
        text.replace("{document}", document.map_or("", String::as_str))
            .replace("{role}", role.map_or("", String::as_str))
            .replace("{page}", &page)
    };
    Bilingual {
        id: put(&text.id, document.as_ref().map(|(id, _)| id), role.as_ref().map(|(id, _)| id)),
        en: put(&text.en, document.as_ref().map(|(_, en)| en), role.as_ref().map(|(_, en)| en)),
    }
}
