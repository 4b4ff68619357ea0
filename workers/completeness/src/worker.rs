//! Judging one submission.

use berkas_blobs::{BlobError, ObjectKey};
use berkas_contract::decode_form;
use berkas_domain::form::Form;
use berkas_domain::{Outcome as Decided, Sha256Hash, Stage, Step, wib};
use berkas_rules::{DocumentPages, Facts, Input, Judgement, JudgementOutcome, RuleSet, RuleSets};
use berkas_runtime::retry::{RetryPolicy, retry};
use berkas_runtime::{App, Failure, Job, Outcome, Worker};
use berkas_store::{Dossier, Effect, Submission};

use crate::pages::document_pages;
use crate::reasons::reasons;

/// Judges submissions by the rules: what blocks goes back with its coded reasons, the rest on to a person.
///
/// The same dossier under the same rules gives the same judgement, byte for byte.
pub struct Completeness {
    app: App,
    rules: &'static RuleSets,
}

impl Completeness {
    /// Judges by `rules`: [`RuleSets::embedded`], or a directory that was read once at the start and kept for good.
    #[must_use]
    pub const fn new(app: App, rules: &'static RuleSets) -> Self {
        Self { app, rules }
    }

    async fn judge(&self, dossier: &Dossier) -> Result<Judgement, Failure> {
        let submission = &dossier.submission;
        let form = self.form(dossier).await?;
        let pages = self.pages(dossier).await?;
        let rules = self.in_force(submission, &form)?;
        let input = Input {
            form,
            pages,
            // Look-ups in other submissions are not made yet; the judgement lists what it left out for want of them.
            history: None,
            received: submission.received_at,
            office: Some(submission.office.clone()),
        };
        Ok(rules.judge(&Facts::of(&input)))
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
            pages.push(document_pages(document.sha256, scan));
        }
        Ok(pages)
    }

    /// The rule set of the day at the counter; of the day of receipt when no set knows the former, which is then
    /// mistyped and a finding of its own.
    fn in_force(&self, submission: &Submission, form: &Form) -> Result<&'static RuleSet, Failure> {
        let received = wib(submission.received_at).date_naive();
        let on = |day| self.rules.in_force_at(submission.service, day, &submission.office);
        on(form.handed_in).or_else(|| on(received)).ok_or_else(|| {
            Failure::permanent("no_rule_set", format!("no rule set of `{}` is in force", submission.service))
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
        outcome(&judgement).map_err(|error| Failure::transient("judgement_unwritable", error))
    }
}

/// What follows from a judgement.
fn outcome(judgement: &Judgement) -> Result<Outcome, serde_json::Error> {
    let body = Effect::Judgement(serde_json::to_value(judgement)?);
    Ok(match judgement.outcome {
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
