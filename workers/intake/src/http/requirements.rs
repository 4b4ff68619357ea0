//! What the services ask for: what an intake program draws its form from, and what it can find out before it sends.

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use berkas_contract::RejectionCode;
use berkas_domain::form::Form;
use berkas_domain::{CaseCode, Service, Sha256Hash, wib};
use berkas_rules::{CaseRequirements, DocumentPages, Facts, Input, Judgement, RuleSet, RuleSetRef};
use berkas_web::{Office, Problem};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::problem::{refusal, rejected};
use super::upload::too_large;
use super::{Door, manifest};
use crate::validate::unusable_texts;

/// A service and its cases.
#[derive(Debug, Serialize)]
pub(super) struct ServiceLine {
    service: Service,
    name_id: &'static str,
    name_en: &'static str,
    /// Which rule set says so.
    rule_set: RuleSetRef,
    cases: Vec<CaseLine>,
}

/// A case and where its requirements are.
#[derive(Debug, Serialize)]
struct CaseLine {
    case: CaseCode,
    title_id: String,
    title_en: String,
    href: String,
}

/// `GET /api/v1/services`: the services and cases that the office may ask for today.
pub(super) async fn services(State(door): State<Door>, Office(owner): Office) -> Json<Vec<ServiceLine>> {
    let (rules, day) = (door.rules.current(), today(&door));
    let of = |service: &Service| rules.in_force_at(*service, day, &owner.office).map(service_line);
    Json(Service::ALL.iter().filter_map(of).collect())
}

/// `GET /api/v1/services/{service}/cases/{case}`: the papers, persons and fields of one case.
pub(super) async fn case(
    State(door): State<Door>,
    Office(owner): Office,
    Path((service, case)): Path<(String, String)>,
) -> Result<Json<CaseRequirements>, Problem> {
    let service: Service = service.parse().map_err(|_| Problem::not_found())?;
    let case: CaseCode = case.parse().map_err(|_| Problem::not_found())?;
    let current = door.rules.current();
    let rules = current.in_force_at(service, today(&door), &owner.office).ok_or_else(Problem::not_found)?;
    rules.requirements(Some(&case)).pop().map(Json).ok_or_else(Problem::not_found)
}

/// What a dry run is asked about.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Question {
    /// As it would be sent; a paper that was not scanned yet has no `sha256`.
    form: Form,
    /// What the office's own program found of the pages, if it looked.
    #[serde(default)]
    pages: Vec<DocumentPages>,
}

/// `POST /api/v1/submissions/check`: judges a form as the district would, and keeps nothing. No look-ups are made:
/// nobody may learn here who or what is known elsewhere. What was left out stands in `not_checked`.
pub(super) async fn check(
    State(door): State<Door>,
    Office(owner): Office,
    body: Body,
) -> Result<Json<Judgement>, Problem> {
    if let Err(seconds) = door.checks.take(&owner.office, door.app.clock.now()) {
        return Err(refusal(StatusCode::TOO_MANY_REQUESTS, RejectionCode::Busy).retry_after(seconds));
    }
    let most = door.app.settings.intake.max_form_bytes;
    let limit = usize::try_from(most).unwrap_or(usize::MAX);
    let bytes = axum::body::to_bytes(body, limit).await.map_err(|_| too_large(most))?;
    let filled_in = with_hashes(&bytes);
    let bytes = filled_in.as_deref().unwrap_or(&bytes);
    let Question { form, pages } = manifest::decode(bytes, RejectionCode::FormInvalid)?;
    let unusable = unusable_texts(&form, "data.form");
    if !unusable.is_empty() {
        return Err(rejected(&unusable, ""));
    }
    let (now, current) = (door.app.clock.now(), door.rules.current());
    let rules = current.judging(form.service, form.handed_in, now, &owner.office);
    let rules = rules.ok_or_else(Problem::internal)?;
    let input = Input {
        form,
        pages,
        history: None,
        received: now,
        office: Some(owner.office.clone()),
        hours: Some(door.app.settings.office_time.hours),
    };
    Ok(Json(rules.judge(&Facts::of(&input))))
}

/// The question with a hash of its own for each paper that was not scanned yet and has none; `None` when there is no such
/// paper, and for what cannot be read, of which the reader of the question says what is wrong.
fn with_hashes(question: &[u8]) -> Option<Vec<u8>> {
    let mut json: Value = serde_json::from_slice(question).ok()?;
    let papers = json.get_mut("form")?.get_mut("documents")?.as_array_mut()?;
    let mut has_unscanned = false;
    for (place, paper) in papers.iter_mut().enumerate() {
        let Some(paper) = paper.as_object_mut().filter(|paper| !paper.contains_key("sha256")) else {
            continue;
        };
        let hash = Sha256Hash::of(format!("unscanned paper {place}").as_bytes());
        paper.insert("sha256".to_owned(), Value::String(hash.to_string()));
        has_unscanned = true;
    }
    if has_unscanned { serde_json::to_vec(&json).ok() } else { None }
}

fn today(door: &Door) -> NaiveDate {
    wib(door.app.clock.now()).date_naive()
}

fn service_line(rules: &RuleSet) -> ServiceLine {
    let service = rules.service();
    let line = |case: CaseRequirements| CaseLine {
        href: format!("/api/v1/services/{service}/cases/{}", case.case),
        case: case.case,
        title_id: case.title_id,
        title_en: case.title_en,
    };
    ServiceLine {
        service,
        name_id: service.name_id(),
        name_en: service.name_en(),
        rule_set: rules.reference(),
        cases: rules.requirements(None).into_iter().map(line).collect(),
    }
}
