//! The checklist a clerk prints, and what an intake program draws its form from.

use std::collections::BTreeSet;

use berkas_domain::form::Role;
use berkas_domain::{CaseCode, DocumentKind, ReasonCode, Service};
use serde::Serialize;

use crate::compiled::RuleSet;
use crate::effective::{CaseDef, ItemDef, RequirementDef};
use crate::expr::Expr;
use crate::facts::catalogue::{DECLARATIONS, DocumentFact, MentionFact};
use crate::facts::slot::{Slot, Space};
use crate::finding::{Level, RuleSetRef};
use crate::judge::papers;
use crate::words;

/// Everything one case asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CaseRequirements {
    /// The service.
    pub service: Service,
    /// The case.
    pub case: CaseCode,
    /// Its name in Indonesian.
    pub title_id: String,
    /// Its name in English.
    pub title_en: String,
    /// Which rule set says so.
    pub rule_set: RuleSetRef,
    /// The papers, in the order of the rules.
    pub requirements: Vec<RequirementLine>,
    /// Persons the form names, in order.
    pub roles: Vec<RoleLine>,
    /// Dotted fields of the form beside the persons.
    pub fields: Vec<String>,
    /// Fields of the documents that the rules of the case ask about, within `form.documents[]`.
    pub document_fields: Vec<&'static str>,
    /// Words that can be declared in `form.declarations` and matter for the case.
    pub declarations: Vec<DeclarationLine>,
}

/// One requirement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RequirementLine {
    /// Stable id of the rule.
    pub rule: String,
    /// What is needed, in Indonesian.
    pub title_id: String,
    /// The same in English.
    pub title_en: String,
    /// All alternatives in one line, in Indonesian.
    pub papers_id: String,
    /// The same in English.
    pub papers_en: String,
    /// How the district's overlay words it, in Indonesian; absent: it has no words of its own for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text_id: Option<String>,
    /// The same in English.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text_en: Option<String>,
    /// Any one of these groups satisfies it; a group must be there whole.
    pub any_of: Vec<Vec<PaperLine>>,
    /// When it is needed, in Indonesian; absent: always.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub condition_id: Option<String>,
    /// The same in English.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub condition_en: Option<String>,
    /// The condition as the rule states it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// What its absence weighs.
    pub level: Level,
    /// The reason its absence is given.
    pub code: ReasonCode,
    /// Where it comes from.
    pub regulation: String,
}

/// One paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PaperLine {
    /// Its kind.
    pub kind: DocumentKind,
    /// Whose it must be; absent: whoever's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of: Option<Role>,
    /// How many of it.
    pub at_least: u8,
    /// What it must be for; absent: whatever.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// Its name in Indonesian.
    pub name_id: String,
    /// Its name in English.
    pub name_en: String,
}

/// A person of the form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RoleLine {
    /// The role.
    pub role: Role,
    /// Its name in Indonesian.
    pub name_id: String,
    /// Its name in English.
    pub name_en: String,
    /// Whether the form can do without this person: only some papers or circumstances ask for it.
    pub optional: bool,
    /// Whether there can be several of them: `member_1`, `member_2` and so on.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub repeats: bool,
    /// The fields of this person, in the order of the form.
    pub fields: Vec<String>,
}

/// A fact that can be declared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeclarationLine {
    /// The word in `form.declarations`.
    pub name: String,
    /// What it means, in Indonesian.
    pub meaning_id: String,
    /// The same in English.
    pub meaning_en: String,
}

impl RuleSet {
    /// What each case asks for, in the order of the rule file; only `case` when it is given.
    #[must_use]
    pub fn requirements(&self, case: Option<&CaseCode>) -> Vec<CaseRequirements> {
        let cases = self.effective().cases.iter().filter(|known| case.is_none_or(|case| known.code == *case));
        cases.map(|case| self.case_requirements(case)).collect()
    }

    fn case_requirements(&self, case: &CaseDef) -> CaseRequirements {
        let places = self.case_rules(&case.code).map(|rules| rules.requirements.clone()).unwrap_or_default();
        // What the district has switched off is not asked for, and what it asks for always has no condition.
        let line = |place: &usize| {
            let rule = self.requirement(*place);
            let settled = rule.when.as_ref().map_or(Some(true), Expr::settled);
            (settled != Some(false)).then(|| requirement(&rule.def, settled.is_none()))
        };
        let names = |(role, optional): (&Role, bool)| {
            let (name_id, name_en) = words::role(*role);
            let fields = self.effective().persons.get(role).cloned().unwrap_or_default();
            let repeats = matches!(role, Role::Member(_));
            RoleLine { role: *role, name_id, name_en, optional, repeats, fields }
        };
        let roles = case.roles.iter().map(|role| (role, false));
        let roles = roles.chain(case.optional_roles.iter().map(|role| (role, true)));
        // Who is on the family card and has no other part in the form.
        let lists_members = case.fields.iter().any(|field| field == "family.members");
        let roles = roles.chain(lists_members.then_some((&Role::Member(1), true)));
        CaseRequirements {
            service: self.service(),
            case: case.code.clone(),
            title_id: case.title.id.clone(),
            title_en: case.title.en.clone(),
            rule_set: self.reference(),
            requirements: places.iter().filter_map(line).collect(),
            roles: roles.map(names).collect(),
            fields: case.fields.clone(),
            document_fields: self.document_fields(&case.code),
            declarations: self.declarations(&case.code),
        }
    }

    /// Every condition of the case.
    fn conditions_of(&self, case: &CaseCode) -> impl Iterator<Item = &Expr> {
        let rules = self.case_rules(case);
        let requirements = rules.into_iter().flat_map(|rules| &rules.requirements);
        let checks = rules.into_iter().flat_map(|rules| &rules.checks);
        let looks = rules.into_iter().flat_map(|rules| &rules.looks);
        let requirements = requirements.map(|place| self.requirement(*place).when.as_ref());
        let checks = checks.map(|place| self.check(*place).when.as_ref());
        requirements.chain(checks).chain(looks.map(|place| self.look(*place).when.as_ref())).flatten()
    }

    /// Every fact that some condition of the case asks about.
    fn slots(&self, case: &CaseCode) -> BTreeSet<Slot> {
        let mut slots = BTreeSet::new();
        for condition in self.conditions_of(case) {
            condition.for_each_slot(&mut |slot| {
                slots.insert(slot);
            });
        }
        slots
    }

    fn document_fields(&self, case: &CaseCode) -> Vec<&'static str> {
        let mut fields: BTreeSet<&'static str> =
            self.slots(case).into_iter().flat_map(fields_of_document).copied().collect();
        let rules = self.case_rules(case).into_iter().flat_map(|rules| &rules.requirements);
        for item in rules.flat_map(|place| self.requirement(*place).def.any_of.iter().flatten()) {
            fields.extend(item.of.map(|_| "of"));
            fields.extend(item.purpose.as_ref().map(|_| "attrs.purpose"));
        }
        fields.into_iter().collect()
    }

    /// The declarations that some condition of the case asks about.
    fn declarations(&self, case: &CaseCode) -> Vec<DeclarationLine> {
        let asked: BTreeSet<usize> = self
            .slots(case)
            .into_iter()
            .filter(|slot| slot.space == Space::Declared)
            .map(|slot| slot.index)
            .collect();
        let line = |index: usize| {
            let known = DECLARATIONS.get(index)?;
            Some(DeclarationLine {
                name: known.word.to_owned(),
                meaning_id: known.id.to_owned(),
                meaning_en: known.en.to_owned(),
            })
        };
        asked.into_iter().filter_map(line).collect()
    }
}

/// The fields of a document behind a fact.
fn fields_of_document(slot: Slot) -> &'static [&'static str] {
    let is = |fact: DocumentFact| slot.index == fact as usize;
    match slot.space {
        Space::Mention if slot.index == MentionFact::NikMatches as usize => &["attrs.niks"],
        Space::Mention => &["attrs.names"],
        Space::Document if is(DocumentFact::Of) => &["of"],
        Space::Document if is(DocumentFact::Model) => &["model"],
        Space::Document if is(DocumentFact::SignedBy) => &["signed_by"],
        Space::Document if is(DocumentFact::Witnesses) => &["witnesses"],
        Space::Document if is(DocumentFact::IsFamilyCard) => &["attrs.number"],
        Space::Document if is(DocumentFact::IsCardOfOwner) => &["attrs.number", "of"],
        Space::Document if is(DocumentFact::NumberGiven) => &["attrs.number"],
        Space::Document if is(DocumentFact::Dated) => &["attrs.dated"],
        Space::Document if is(DocumentFact::ValidUntil) => &["attrs.valid_until"],
        Space::Document if is(DocumentFact::Issuer) => &["attrs.issuer"],
        Space::Document if is(DocumentFact::Purpose) => &["attrs.purpose"],
        Space::Document if is(DocumentFact::Names) => &["attrs.names"],
        _ => &[],
    }
}

fn requirement(def: &RequirementDef, depends: bool) -> RequirementLine {
    let condition = def.condition.as_ref().filter(|_| depends);
    let (papers_id, papers_en) = papers(def);
    RequirementLine {
        rule: def.id.clone(),
        title_id: def.title.id.clone(),
        title_en: def.title.en.clone(),
        papers_id,
        papers_en,
        text_id: def.text.as_ref().map(|text| text.id.clone()),
        text_en: def.text.as_ref().map(|text| text.en.clone()),
        any_of: def.any_of.iter().map(|papers| papers.iter().map(paper).collect()).collect(),
        condition_id: condition.map(|words| words.id.clone()),
        condition_en: condition.map(|words| words.en.clone()),
        when: def.when.clone().filter(|_| depends),
        level: def.level,
        code: def.code,
        regulation: def.regulation.clone(),
    }
}

fn paper(item: &ItemDef) -> PaperLine {
    let (name_id, name_en) = words::document(item.kind, item.of);
    PaperLine {
        kind: item.kind,
        of: item.of,
        at_least: item.at_least,
        purpose: item.purpose.clone(),
        name_id,
        name_en,
    }
}

#[cfg(test)]
#[path = "listing_tests.rs"]
mod tests;
