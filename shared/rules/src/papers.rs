//! Which papers count for which requirement, and which of them are needed.

use std::collections::{BTreeMap, BTreeSet};

use berkas_domain::DocumentKind;
use berkas_domain::form::Role;

use crate::effective::{ItemDef, RequirementDef};
use crate::facts::{Document, Facts};

/// The papers of a submission beside the requirements that apply to it.
pub(crate) struct Papers<'a> {
    documents: &'a [Document],
    requirements: Vec<&'a RequirementDef>,
    /// Of kinds that several people have to bring: whom, if anybody, a paper serves of which nobody said whose it is.
    serves: BTreeMap<usize, Option<Role>>,
}

impl<'a> Papers<'a> {
    /// Looks at the papers of `facts` for `requirements`, those that do not apply left out.
    pub(crate) fn of(facts: &'a Facts, requirements: Vec<&'a RequirementDef>) -> Self {
        let mut this = Self { documents: &facts.documents, requirements, serves: BTreeMap::new() };
        this.serves = this.share_out();
        this
    }

    /// Gives each paper that is nobody's to one of those who have to bring such a paper and have not: one card cannot be
    /// that of the husband and that of the wife.
    fn share_out(&self) -> BTreeMap<usize, Option<Role>> {
        let mut wanted: BTreeMap<DocumentKind, Vec<Role>> = BTreeMap::new();
        for item in self.requirements.iter().flat_map(|def| def.any_of.iter().flatten()) {
            let roles = wanted.entry(item.kind).or_default();
            roles.extend(item.of.filter(|of| !roles.contains(of)));
        }
        let mut serves = BTreeMap::new();
        for (kind, roles) in wanted.into_iter().filter(|(_, roles)| roles.len() > 1) {
            let of_kind = || self.documents.iter().enumerate().filter(|(_, document)| document.kind == kind);
            let mut without =
                roles.into_iter().filter(|role| !of_kind().any(|(_, document)| is_of(document, *role)));
            let mut files = BTreeSet::new();
            for (place, _) in of_kind().filter(|(_, document)| document.of.is_empty()) {
                let is_another = files.insert(self.documents[place].sha256);
                serves.insert(place, if is_another { without.next() } else { None });
            }
        }
        serves
    }

    /// Whether the document at `place` counts for `item`. Whose an unmarked document is, nobody said; the verifier sees it.
    fn counts(&self, place: usize, item: &ItemDef) -> bool {
        let document = &self.documents[place];
        let is_of_wanted = |wanted: Role| {
            is_of(document, wanted)
                || document.of.is_empty()
                    && self.serves.get(&place).is_none_or(|served| *served == Some(wanted))
        };
        let purpose = document.purpose.as_ref();
        document.kind == item.kind
            && item.of.is_none_or(is_of_wanted)
            && item.purpose.as_ref().is_none_or(|wanted| purpose.is_none_or(|own| own == wanted))
    }

    /// Kinds of the papers that count for a requirement, each once.
    pub(crate) fn met_by(&self, def: &RequirementDef) -> Vec<DocumentKind> {
        let items = def.any_of.iter().flatten();
        let places: BTreeSet<usize> = items.flat_map(|item| self.matching(item)).collect();
        let kinds: BTreeSet<DocumentKind> =
            places.into_iter().map(|place| self.documents[place].kind).collect();
        kinds.into_iter().collect()
    }

    fn matching(&self, item: &ItemDef) -> Vec<usize> {
        (0..self.documents.len()).filter(|place| self.counts(*place, item)).collect()
    }

    /// Whether `places` hold enough for `item`; one file is one paper, however often it is listed.
    fn is_enough(&self, item: &ItemDef, places: &[usize]) -> bool {
        let files: BTreeSet<_> = places.iter().map(|place| self.documents[*place].sha256).collect();
        files.len() >= usize::from(item.at_least)
    }

    fn is_there(&self, alternative: &[ItemDef]) -> bool {
        alternative.iter().all(|item| self.is_enough(item, &self.matching(item)))
    }

    /// Whether the papers of one alternative are all there.
    pub(crate) fn is_met(&self, def: &RequirementDef) -> bool {
        def.any_of.iter().any(|alternative| self.is_there(alternative))
    }

    /// Whether more papers were handed in than are needed, so that it matters which of them are sound.
    pub(crate) fn has_choice(&self) -> bool {
        self.requirements.iter().any(|def| {
            let items = def.any_of.iter().flatten();
            let counting: usize = items.map(|item| self.matching(item).len()).sum();
            let needed: usize = def
                .any_of
                .iter()
                .map(|papers| papers.iter().map(|item| usize::from(item.at_least)).sum())
                .min()
                .unwrap_or(0);
            counting > needed
        })
    }

    /// Which documents are needed: of each requirement the first alternative that is there and sound, else the first that is
    /// there, else whatever of it was handed in; of several papers for one place the sound ones, if they are enough.
    pub(crate) fn needed(&self, is_sound: impl Fn(usize) -> bool) -> Vec<bool> {
        let mut needed = vec![false; self.documents.len()];
        for def in &self.requirements {
            let sound = |item: &ItemDef| -> Vec<usize> {
                self.matching(item).into_iter().filter(|place| is_sound(*place)).collect()
            };
            let is_all_sound =
                |papers: &&Vec<ItemDef>| papers.iter().all(|item| self.is_enough(item, &sound(item)));
            let chosen = def.any_of.iter().find(is_all_sound);
            let chosen = chosen.or_else(|| def.any_of.iter().find(|papers| self.is_there(papers)));
            let items: Vec<&ItemDef> = match chosen {
                Some(papers) => papers.iter().collect(),
                None => def.any_of.iter().flatten().collect(),
            };
            for item in items {
                let good = sound(item);
                let places = if self.is_enough(item, &good) { good } else { self.matching(item) };
                places.into_iter().for_each(|place| needed[place] = true);
            }
        }
        needed
    }
}

/// Whether the document is that of `role`. A family card is that of everybody on it.
fn is_of(document: &Document, role: Role) -> bool {
    document.of.contains(&role) || document.on_card.contains(&role)
}
