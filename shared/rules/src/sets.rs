//! All rule sets of a directory, over time and offices.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, LazyLock};

use berkas_domain::{OfficeCode, Service, Sha256Hash, wib};
use chrono::{DateTime, Days, NaiveDate, Utc};

use crate::compiled::RuleSet;
use crate::diagnostic::{Diagnostic, RuleErrors};
use crate::expr::ParseCache;
use crate::merge::{Parts, check_overlay, merge, unknown_cases};
use crate::resolve::{Head, Resolved, resolve};
use crate::source::read;

/// A rule file: its path below the rule directory and its text.
pub type RuleFile = (String, String);

/// All rule sets of a directory.
#[derive(Debug)]
pub struct RuleSets {
    sets: Vec<RuleSet>,
}

/// What reading a directory gives, for those who want everything that can be said about it.
#[derive(Debug, Default)]
pub(crate) struct Built {
    pub(crate) sets: Vec<RuleSet>,
    pub(crate) found: Vec<Diagnostic>,
}

/// The files that are part of the program.
const EMBEDDED: &[(&str, &str)] = &[
    ("common.toml", include_str!("../../../config/rules/common.toml")),
    ("ktp_el.toml", include_str!("../../../config/rules/ktp_el.toml")),
    ("kartu_keluarga.toml", include_str!("../../../config/rules/kartu_keluarga.toml")),
    ("akta_kelahiran.toml", include_str!("../../../config/rules/akta_kelahiran.toml")),
    ("akta_kematian.toml", include_str!("../../../config/rules/akta_kematian.toml")),
    ("overlays/jombang.toml", include_str!("../../../config/rules/overlays/jombang.toml")),
];

static BUILT_IN: LazyLock<Arc<RuleSets>> = LazyLock::new(|| {
    #[expect(clippy::expect_used, reason = "the files are part of the program; tests read them")]
    Arc::new(RuleSets::from_files(&RuleSets::embedded_files()).expect("the embedded rule files are in order"))
});

impl RuleSets {
    /// Reads and compiles every rule file below `dir`; examples beside them are not run.
    ///
    /// # Errors
    /// Everything `rules check` calls an error, but for cases without a passing example.
    pub fn load(dir: &Path) -> Result<Self, RuleErrors> {
        let files = crate::files::rule_files(dir).map_err(|error| RuleErrors(vec![error]))?;
        Self::from_files(&files)
    }

    /// Compiles rule files that were read elsewhere.
    ///
    /// # Errors
    /// As [`RuleSets::load`].
    pub fn from_files(files: &[RuleFile]) -> Result<Self, RuleErrors> {
        let built = build(files, Depth::Compile);
        let errors: Vec<Diagnostic> = built.found.into_iter().filter(|found| found.is_error).collect();
        if errors.is_empty() { Ok(Self { sets: built.sets }) } else { Err(RuleErrors(errors)) }
    }

    /// Rule sets that were published one by one; with them [`RuleSets::in_force`] works as with files.
    #[must_use]
    pub fn from_sets(sets: Vec<RuleSet>) -> Self {
        Self { sets }
    }

    /// The rule files that are part of the program.
    #[must_use]
    pub fn embedded_files() -> Vec<RuleFile> {
        EMBEDDED.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
    }

    /// The rule sets that are part of the program.
    #[must_use]
    pub fn embedded() -> &'static Self {
        &BUILT_IN
    }

    /// The set in force on `date` for the whole district: with the overlay that lies nearest to the root of the
    /// office tree. `None` when no set covers the date.
    #[must_use]
    pub fn in_force(&self, service: Service, date: NaiveDate) -> Option<&RuleSet> {
        self.candidates(service, date).min_by_key(|set| set.office().map_or(usize::MAX, str::len))
    }

    /// The set in force on `date` for what `office` sends: the overlay nearest to the office wins.
    #[must_use]
    pub fn in_force_at(&self, service: Service, date: NaiveDate, office: &OfficeCode) -> Option<&RuleSet> {
        self.candidates(service, date)
            .filter(|set| set.office().is_none_or(|node| office.as_str().starts_with(node)))
            .max_by_key(|set| set.office().map_or(0, str::len))
    }

    /// The set that judges what `office` sends and nobody has judged yet: the one in force on the day at the counter;
    /// when none knows that day, which is then mistyped and a finding of its own, the one of the day of receipt.
    #[must_use]
    pub fn judging(
        &self,
        service: Service,
        handed_in: NaiveDate,
        received: DateTime<Utc>,
        office: &OfficeCode,
    ) -> Option<&RuleSet> {
        let on = |day| self.in_force_at(service, day, office);
        on(handed_in).or_else(|| on(wib(received).date_naive()))
    }

    fn candidates(&self, service: Service, date: NaiveDate) -> impl Iterator<Item = &RuleSet> {
        self.sets.iter().filter(move |set| {
            let (from, to) = set.validity();
            set.service() == service && from <= date && to.is_none_or(|to| date <= to)
        })
    }

    /// The rule sets that are part of the program, shared.
    #[must_use]
    pub fn built_in() -> Arc<Self> {
        Arc::clone(&BUILT_IN)
    }

    /// The set with this hash.
    #[must_use]
    pub fn by_hash(&self, sha256: Sha256Hash) -> Option<&RuleSet> {
        self.sets.iter().find(|set| set.reference().sha256 == sha256)
    }

    /// Every set, for publishing.
    pub fn all(&self) -> impl Iterator<Item = &RuleSet> {
        self.sets.iter()
    }
}

/// How much is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Depth {
    /// What is needed to judge.
    Compile,
    /// Also whether conditions depend on anything, which tries up to 65,536 combinations for each.
    Thorough,
}

/// Reads, resolves, merges and compiles; collects everything that is wrong on the way.
pub(crate) fn build(files: &[RuleFile], depth: Depth) -> Built {
    let mut built = Built::default();
    let mut resolved = Vec::new();
    let mut is_unreadable = false;
    for (path, text) in files {
        match read(path, text) {
            Ok(raw) => {
                let (file, found) = resolve(raw);
                built.found.extend(found);
                resolved.extend(file);
            }
            Err(diagnostic) => {
                is_unreadable = true;
                built.found.push(diagnostic);
            }
        }
    }
    if is_unreadable {
        // What a file that cannot be read would have named, the others lack: they are looked at when it can.
        built.found.sort();
        return built;
    }
    built.found.extend(crate::validity::check(&resolved));
    let mut cache = ParseCache::default();
    for interval in intervals(&resolved) {
        combine(&resolved, interval, depth, &mut cache, &mut built);
    }
    built.found.sort();
    built.found.dedup();
    built
}

/// First and last day; the last is open when `None`.
type Interval = (NaiveDate, Option<NaiveDate>);

/// The spans of time in which the same files hold.
fn intervals(files: &[Resolved]) -> Vec<Interval> {
    let starts = files.iter().map(|file| file.valid_from);
    let ends = files.iter().filter_map(|file| file.valid_to?.succ_opt());
    let cuts: Vec<NaiveDate> = starts.chain(ends).collect::<BTreeSet<_>>().into_iter().collect();
    let next = |place: usize| cuts.get(place + 1).and_then(|cut| cut.checked_sub_days(Days::new(1)));
    cuts.iter().enumerate().map(|(place, from)| (*from, next(place))).collect()
}

/// Builds the sets of one interval: for each service the national rules alone and with each overlay.
fn combine(
    files: &[Resolved],
    (from, to): Interval,
    depth: Depth,
    cache: &mut ParseCache,
    built: &mut Built,
) {
    let mut national: BTreeMap<&str, &Resolved> = BTreeMap::new();
    let mut overlays: BTreeMap<&str, &Resolved> = BTreeMap::new();
    for file in files.iter().filter(|file| file.holds_on(from)) {
        let (map, key) = match &file.head {
            Head::National { id } => (&mut national, id.as_str()),
            Head::Overlay { office, .. } => (&mut overlays, office.as_str()),
        };
        let newest = map.entry(key).or_insert(file);
        if newest.version < file.version {
            *newest = file;
        }
    }
    let common = national.get("common").copied();
    if common.is_none() && files.iter().any(Resolved::is_common) {
        built.found.extend(national.values().map(|service| without_common(service, (from, to))));
    }
    let all_cases =
        national.values().flat_map(|file| file.cases.iter().map(|case| case.code.clone())).collect();
    for file in national.values().chain(overlays.values()) {
        built.found.extend(unknown_cases(file, &all_cases));
    }
    let overlays: Vec<Option<&Resolved>> =
        std::iter::once(None).chain(overlays.into_values().map(Some)).collect();
    let services =
        Service::ALL.iter().filter_map(|service| Some((*service, *national.get(service.as_str())?)));
    let services: Vec<(Service, &Resolved)> = services.collect();
    for overlay in overlays {
        let parts = services.iter().map(|(service, national)| Parts {
            service: *service,
            national,
            common,
            overlay,
            from,
            to,
        });
        let merged: Vec<_> = parts.map(|parts| (parts, merge(&parts))).collect();
        if let Some(overlay) = overlay {
            // Rules are looked for in the sets as they were before the overlay took any away.
            let plain: Vec<_> =
                merged.iter().map(|(parts, _)| merge(&Parts { overlay: None, ..*parts }).0).collect();
            built.found.extend(check_overlay(overlay, &plain.iter().collect::<Vec<_>>()));
        }
        for (parts, (set, found)) in merged {
            built.found.extend(found);
            compile(&parts, set, depth, cache, built);
        }
    }
}

/// Says that a service holds in an interval in which nothing common does: its sets would lack every common rule.
fn without_common(service: &Resolved, (from, to): Interval) -> Diagnostic {
    let until = to.map(|to| format!(" to {to}")).unwrap_or_default();
    service.at_head(format!("from {from}{until} nothing of `common` holds beside {}", service.label()))
}

fn compile(
    parts: &Parts<'_>,
    set: crate::effective::EffectiveSet,
    depth: Depth,
    cache: &mut ParseCache,
    built: &mut Built,
) {
    match RuleSet::compile_with(set, cache) {
        Ok(set) => {
            if depth == Depth::Thorough {
                built.found.extend(crate::validity::constants(parts, &set));
                built.found.extend(crate::validity::unasked(parts, &set));
                built.found.extend(crate::validity::unfilled(parts, &set));
                built.found.extend(crate::validity::legal_disagreements(parts, &set));
            }
            built.sets.push(set);
        }
        Err(errors) => built.found.extend(errors.into_iter().filter_map(|error| {
            parts.site(&error.rule).map(|site| site.in_condition(error.offset, error.message))
        })),
    }
}
