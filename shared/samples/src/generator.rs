//! From a plan to a dossier: form, files and truth.

use berkas_domain::form::{Form, FormDocument};
use berkas_domain::{CaseCode, OfficeCode, Service, Sha256Hash};
use chrono::NaiveDate;

use crate::cases::{self, Draft, Paper};
use crate::defects;
use crate::plan::{self, Defect, Plan};
use crate::production::{self, Film};
use crate::rng::Rng;
use crate::truth::{DocumentTruth, Truth};

/// Makes dossiers: the same seed, day and plans give the same bytes.
#[derive(Debug, Clone)]
pub struct Generator {
    seed: u64,
    handed_in: NaiveDate,
    made: u64,
    shrink: u16,
}

/// A dossier as the kecamatan would send it, with the truth beside it.
#[derive(Debug, Clone)]
pub struct Dossier {
    /// The filled form; its documents name the files by hash.
    pub form: Form,
    /// One file for each document of the form, in the same order.
    pub files: Vec<SampleFile>,
    /// What is true of it.
    pub truth: Truth,
}

/// A file to be uploaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleFile {
    /// Kind and number, for example `ktp_el-3.jpg`; never anything about a person.
    pub name: String,
    /// Hash of the bytes.
    pub sha256: Sha256Hash,
    /// For example `image/jpeg`.
    pub media_type: &'static str,
    /// The content.
    pub bytes: Vec<u8>,
}

/// Why a plan cannot be carried out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// The service has no such case.
    #[error("`{case}` is not a case of `{service}`")]
    UnknownCase {
        /// What was asked for.
        case: CaseCode,
        /// Of which service.
        service: Service,
    },
    /// The office is none of the district's.
    #[error("`{0}` is not an office of the district")]
    UnknownOffice(OfficeCode),
}

impl Plan {
    /// Checks that the case belongs to the service and the office to the district.
    ///
    /// # Errors
    /// [`PlanError`] says which does not.
    pub fn check(&self) -> Result<(), PlanError> {
        if plan::cases(self.service).iter().all(|(case, _)| *case != self.case.as_str()) {
            return Err(PlanError::UnknownCase { case: self.case.clone(), service: self.service });
        }
        if crate::places::kecamatan_of_office(&self.office).is_none() {
            return Err(PlanError::UnknownOffice(self.office.clone()));
        }
        Ok(())
    }
}

impl Generator {
    /// Starts with `seed`; every dossier is handed in on `handed_in`.
    #[must_use]
    pub const fn new(seed: u64, handed_in: NaiveDate) -> Self {
        Self { seed, handed_in, made: 0, shrink: 1 }
    }

    /// Draws everything at an eighth of its resolution: sixty times faster, and nothing can be read any more. For
    /// tests that look at forms and truth only.
    #[must_use]
    pub const fn thumbnails(self) -> Self {
        Self { shrink: 8, ..self }
    }

    /// Makes the next dossier. A plan that [`Plan::check`] refuses gives a dossier that no rule set knows.
    pub fn dossier(&mut self, plan: &Plan) -> Dossier {
        let index = self.made;
        self.made += 1;
        self.dossier_at(index, plan)
    }

    /// Makes dossier number `index`, whatever was made before: for making many at a time on several threads.
    #[must_use]
    pub fn dossier_at(&self, index: u64, plan: &Plan) -> Dossier {
        let mut rng = Rng::new(self.seed, 2 * index);
        let mut draft = cases::draft(plan, self.handed_in, &mut rng);
        let (applied, expected) = defects::apply(&mut draft, &plan.defects, &mut rng);
        let Draft { mut form, papers } = draft;
        let films = production::produce(&form, &papers, self.shrink, &mut rng);
        form.documents =
            papers.iter().zip(&films).map(|(paper, film)| document(paper, film.sha256)).collect();
        let documents = papers.iter().zip(&films).map(|(paper, film)| truth_of(paper, film)).collect();
        let truth = Truth {
            service: plan.service,
            case: plan.case.clone(),
            office: plan.office.clone(),
            defects: applied,
            expected,
            documents,
        };
        Dossier { form, files: files(&papers, films), truth }
    }

    /// Draws a plan for `office`: services and cases as often as they come, a defect in about every third dossier.
    pub fn random_plan(&mut self, office: &OfficeCode) -> Plan {
        let mut rng = Rng::new(self.seed, 2 * self.made + 1);
        self.made += 1;
        draw_plan(office, &mut rng)
    }
}

/// Draws a plan; see [`Generator::random_plan`].
pub(crate) fn draw_plan(office: &OfficeCode, rng: &mut Rng) -> Plan {
    let volumes = crate::morning::volumes();
    let service = volumes.draw_service(rng);
    let cases = plan::cases(service);
    let (case, _) = cases[rng.weighted(cases.iter().map(|(_, weight)| *weight))];
    let mut defects = Vec::new();
    if rng.chance(volumes.defective) {
        defects.push(volumes.draw_defect(rng));
    }
    if rng.chance(volumes.blank_back) {
        defects.push(Defect::BlankBack);
    }
    Plan { service, case: case_code(case), office: office.clone(), defects }
}

#[expect(clippy::expect_used, reason = "the table of cases is a constant, and a test parses all of it")]
fn case_code(case: &str) -> CaseCode {
    case.parse().expect("every case in the table has the shape of a code")
}

fn document(paper: &Paper, sha256: Sha256Hash) -> FormDocument {
    FormDocument {
        kind: paper.kind,
        of: paper.of,
        sha256,
        model: paper.model.map(str::to_owned),
        signed_by: paper.signed_by.clone(),
        witnesses: paper.witnesses.clone(),
        attrs: paper.attrs.clone(),
    }
}

fn truth_of(paper: &Paper, film: &Film) -> DocumentTruth {
    DocumentTruth { kind: paper.kind, shows: paper.shows, sha256: film.sha256, pages: film.pages.clone() }
}

fn files(papers: &[Paper], films: Vec<Film>) -> Vec<SampleFile> {
    let named = papers.iter().zip(films).enumerate();
    let file = |(index, (paper, film)): (usize, (&Paper, Film))| SampleFile {
        name: format!("{}-{}.{}", paper.kind, index + 1, film.format.extension()),
        sha256: film.sha256,
        media_type: film.format.media_type(),
        bytes: film.bytes,
    };
    named.map(file).collect()
}
