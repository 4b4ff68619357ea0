//! Judging one submission.

use std::sync::Arc;

use berkas_blobs::{BlobError, ObjectKey};
use berkas_contract::decode_form;
use berkas_domain::form::Form;
use berkas_domain::{LookupKeys, OfficeHours, Outcome as Decided, Sha256Hash, Stage, Step, SubmissionId};
use berkas_rules::{
    DocumentPages, Explanation, Facts, Input, Judgement, JudgementOutcome, LiveRules, RuleSet, RuleSetRef,
    RuleSets,
};
use berkas_runtime::retry::{RetryPolicy, retry};
use berkas_runtime::{App, Failure, Job, Outcome, Worker, crash_point};
use berkas_store::{Dossier, Effect, Submission};

use crate::pages::document_pages;
use crate::reasons::reasons;
use crate::snapshot::Snapshot;

/// Judges submissions by the rules: what blocks goes back with its coded reasons, the rest on to a person.
///
/// The same dossier under the same rules gives the same judgement, byte for byte: what was known when it was judged first
/// is kept with it.
pub struct Completeness {
    app: App,
    rules: Arc<LiveRules>,
}

impl Completeness {
    /// Judges by what `rules` has in force, and repairs by the set that judged the submission first.
    #[must_use]
    pub const fn new(app: App, rules: Arc<LiveRules>) -> Self {
        Self { app, rules }
    }

    async fn judge(&self, dossier: &Dossier) -> Result<Judgement, Failure> {
        let form = self.form(dossier).await?;
        let pages = self.pages(dossier).await?;
        let seal = &self.app.seal;
        let keys = LookupKeys::of(&form, |text| seal.lookup_hash(text));
        let hours = self.app.settings.office_time.hours;
        let compose = |known| Snapshot::new(pages, known, hours).seal(seal, dossier);
        let sealed = self.app.store.facts_to_judge(dossier, &keys, self.app.clock.now(), compose).await?;
        crash_point("completeness.after_facts");
        let input = input(dossier, form, Snapshot::open(seal, dossier, &sealed)?);
        let facts = Facts::of(&input);
        self.with_rules(&dossier.submission, &input.form, |rules| rules.judge(&facts)).await
    }

    /// Says of every requirement of the submission's case why it does or does not apply, by what it was judged by, or
    /// by its pages alone before that; `None` when there is no such submission.
    ///
    /// # Errors
    /// What keeps it from being judged.
    pub async fn explain(
        &self,
        submission: SubmissionId,
    ) -> Result<Option<(RuleSetRef, Vec<Explanation>)>, Failure> {
        let Some(dossier) = self.app.store.dossier(submission).await? else { return Ok(None) };
        let form = self.form(&dossier).await?;
        let input = match self.app.store.judged_facts(&dossier).await? {
            Some(sealed) => input(&dossier, form, Snapshot::open(&self.app.seal, &dossier, &sealed)?),
            None => {
                let hours = Some(self.app.settings.office_time.hours);
                unjudged_input(&dossier, form, self.pages(&dossier).await?, hours)
            }
        };
        let facts = Facts::of(&input);
        let explain = |rules: &RuleSet| (rules.reference(), rules.explain(&facts));
        self.with_rules(&dossier.submission, &input.form, explain).await.map(Some)
    }

    async fn form(&self, dossier: &Dossier) -> Result<Form, Failure> {
        let key =
            ObjectKey::Original { office: dossier.submission.office.clone(), sha256: dossier.form_sha256 };
        let bytes =
            retry(&RetryPolicy::default(), || self.app.blobs.get(&key)).await.map_err(blob_failure)?;
        // The error names the path of a field and never its value.
        decode_form(&bytes).map_err(|error| Failure::permanent("form_unreadable", error.to_string()))
    }

    /// The verdicts on every page, in the order of the documents.
    async fn pages(&self, dossier: &Dossier) -> Result<Vec<DocumentPages>, Failure> {
        let hashes: Vec<Sha256Hash> = dossier.documents.iter().map(|document| document.sha256).collect();
        let scans = self.app.store.scans(&dossier.submission.office, &hashes).await?;
        let mut pages: Vec<DocumentPages> = Vec::with_capacity(hashes.len());
        for document in &dossier.documents {
            let Some(scan) = scans.get(&document.sha256) else {
                let detail = format!("document {} was never looked at", document.ordinal);
                return Err(Failure::permanent("scan_missing", detail));
            };
            pages.push(document_pages(document, scan));
        }
        Ok(pages)
    }

    /// Lends the rule set of a submission: the one that judged it first, else what is in force for it now.
    async fn with_rules<T>(
        &self,
        submission: &Submission,
        form: &Form,
        lend: impl FnOnce(&RuleSet) -> T,
    ) -> Result<T, Failure> {
        let current = self.rules.current();
        if let Some(pinned) = self.app.store.pinned_rule_set(submission.id).await? {
            if let Some(rules) = current.by_hash(pinned) {
                return Ok(lend(rules));
            }
            return Ok(lend(&self.superseded(pinned).await?));
        }
        let Submission { service, received_at, office, .. } = submission;
        let rules = current.judging(*service, form.handed_in, *received_at, office);
        rules.map(lend).ok_or_else(|| {
            Failure::permanent("no_rule_set", format!("no rule set of `{}` is in force", submission.service))
        })
    }

    /// A set that is no longer in force and whose submissions are still judged by it.
    async fn superseded(&self, sha256: Sha256Hash) -> Result<RuleSet, Failure> {
        let body = self.app.store.rule_set(sha256).await?;
        let built_in = || RuleSets::built_in().by_hash(sha256).map(|set| set.effective().canonical_json());
        let body = body.or_else(built_in).ok_or_else(|| {
            Failure::permanent("rule_set_missing", format!("the rule set `{sha256}` was never published"))
        })?;
        RuleSet::from_published(&body).map_err(|errors| {
            let detail = errors.first().map(ToString::to_string).unwrap_or_default();
            Failure::permanent("rule_set_unusable", detail)
        })
    }
}

impl Worker for Completeness {
    const STEP: Step = Step::Completeness;

    async fn handle(&self, job: &Job) -> Result<Outcome, Failure> {
        let dossier = self.app.store.dossier(job.work.submission).await?;
        let due = |dossier: &Dossier| dossier.submission.generation == job.work.generation;
        let Some(dossier) = dossier.filter(due) else { return Ok(Outcome::Stale) };
        let judgement = self.judge(&dossier).await?;
        let Submission { revision, training, .. } = dossier.submission;
        let returns = !self.app.settings.repair.is_for_supervisor(revision, training);
        outcome(&judgement, returns).map_err(|error| Failure::transient("judgement_unwritable", error))
    }
}

/// Everything that a judgement depends on beside the rules.
fn input(dossier: &Dossier, form: Form, known: Snapshot) -> Input {
    Input { history: Some(known.history), ..unjudged_input(dossier, form, known.pages, known.hours) }
}

/// The same while nobody was asked what is known from elsewhere.
fn unjudged_input(
    dossier: &Dossier,
    form: Form,
    pages: Vec<DocumentPages>,
    hours: Option<OfficeHours>,
) -> Input {
    let submission = &dossier.submission;
    Input {
        form,
        pages,
        history: None,
        received: submission.received_at,
        office: Some(submission.office.clone()),
        hours,
    }
}

/// What follows from a judgement. What came back often enough is not returned by the rules any more: a supervisor sees what
/// they found.
fn outcome(judgement: &Judgement, returns: bool) -> Result<Outcome, serde_json::Error> {
    let body = Effect::Judgement(serde_json::to_value(judgement)?);
    Ok(match judgement.outcome {
        JudgementOutcome::Returned if !returns => Outcome::forward(Stage::Checked).with(body),
        JudgementOutcome::Passes => Outcome::forward(Stage::Checked).with(body),
        JudgementOutcome::Returned => {
            let reasons = serde_json::to_value(reasons(judgement))?;
            let decision = Effect::Decision { outcome: Decided::Returned, reasons };
            Outcome::forward(Stage::Decided).with(body).with(decision)
        }
    })
}

fn blob_failure(error: BlobError) -> Failure {
    match error {
        BlobError::NotFound { .. } => {
            Failure::permanent("form_missing", "the form is not in the object store")
        }
        passing if passing.is_transient() => Failure::dependency_down("object_store", passing),
        other => Failure::permanent("form_damaged", other.to_string()),
    }
}
