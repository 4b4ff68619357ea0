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
            RoleLine { role: *role, name_id, name_en, optional, fields }
        };
        let roles = case.roles.iter().map(|role| (role, false));
        let roles = roles.chain(case.optional_roles.iter().map(|role| (role, true)));
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

    /// Every fact that some condition of the case asks about.
    fn slots(&self, case: &CaseCode) -> BTreeSet<Slot> {
        let Some(rules) = self.case_rules(case) else { return BTreeSet::new() };
        let requirements = rules.requirements.iter().map(|place| self.requirement(*place).when.as_ref());
        let checks = rules.checks.iter().map(|place| self.check(*place).when.as_ref());
        let mut slots = BTreeSet::new();
        for condition in requirements.chain(checks).flatten() {
            condition.for_each_slot(&mut |slot| {
                slots.insert(slot);
            });
        }
        slots
    }

    fn document_fields(&self, case: &CaseCode) -> Vec<&'static str> {
        let fields = self.slots(case).into_iter().flat_map(field_of_document);
        fields.collect::<BTreeSet<_>>().into_iter().collect()
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

/// The field of a document behind a fact.
fn field_of_document(slot: Slot) -> Option<&'static str> {
    let is = |fact: DocumentFact| slot.index == fact as usize;
    match slot.space {
        Space::Mention => {
            Some(if slot.index == MentionFact::NikMatches as usize { "attrs.niks" } else { "attrs.names" })
        }
        Space::Document if is(DocumentFact::Of) => Some("of"),
        Space::Document if is(DocumentFact::Model) => Some("model"),
        Space::Document if is(DocumentFact::SignedBy) => Some("signed_by"),
        Space::Document if is(DocumentFact::Witnesses) => Some("witnesses"),
        Space::Document if is(DocumentFact::IsFamilyCard) || is(DocumentFact::IsCardOfOwner) => {
            Some("attrs.number")
        }
        Space::Document if is(DocumentFact::NumberGiven) => Some("attrs.number"),
        Space::Document if is(DocumentFact::Dated) => Some("attrs.dated"),
        Space::Document if is(DocumentFact::ValidUntil) => Some("attrs.valid_until"),
        Space::Document if is(DocumentFact::Issuer) => Some("attrs.issuer"),
        Space::Document if is(DocumentFact::Purpose) => Some("attrs.purpose"),
        _ => None,
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
mod tests {
    use super::*;
    use crate::facts::catalogue::{FamilyFact, PersonFact};
    use crate::sets::RuleSets;

    /// The field of the form behind a fact that is no person's and no document's.
    fn field_of_form(slot: Slot) -> Option<String> {
        let name = slot.to_string();
        let is = |fact: FamilyFact| slot.index == fact as usize;
        let of_card = |fact: PersonFact| slot.index == fact as usize;
        match slot.space {
            Space::Event if name.ends_with("days_ago") => Some("event.date".to_owned()),
            Space::Event | Space::Change => Some(name),
            Space::Family
                if is(FamilyFact::KkGiven) || is(FamilyFact::KkVerdict) || is(FamilyFact::KkIsNik) =>
            {
                None
            }
            Space::Role(_) if of_card(PersonFact::KkMatches) => Some("family.kk_number".to_owned()),
            Space::Role(_) if of_card(PersonFact::InFamily) => Some("family.members".to_owned()),
            Space::Document if slot.index == DocumentFact::IsFamilyCard as usize => {
                Some("family.kk_number".to_owned())
            }
            _ => None,
        }
    }

    #[test]
    fn every_case_lists_the_fields_that_its_rules_ask_about() {
        let mut missing = BTreeSet::new();
        for set in RuleSets::embedded().all() {
            for case in &set.effective().cases {
                let asked = set.slots(&case.code).into_iter().filter_map(field_of_form);
                missing.extend(
                    asked
                        .filter(|field| !case.fields.contains(field))
                        .map(|field| format!("{} {field}", case.code)),
                );
            }
        }
        assert_eq!(missing, BTreeSet::new());
    }
}
