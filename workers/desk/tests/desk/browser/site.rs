//! A desk and a console behind a real listener, with dossiers whose pages are pictures.

use berkas_desk::DeskSettings;
use berkas_domain::form::{FormDocument, PersonEntry};
use berkas_domain::{Clock, DocumentKind, Service, Sha256Hash, SubmissionId};
use berkas_imaging::{Document, Limits, Options, normalize};
use berkas_samples::{Generator, Plan, SampleFile, cases};
use berkas_store::{Eyes, PoolEntry, Settled, Settlement, UserRole};
use serde_json::{Value, json};

use super::chromium::Chromium;
use crate::seed::{self, Dossier, Page, Scan};
use crate::support::{Bench, PASSWORD};

/// The page of a task that is held is there and has the keyboard.
pub(crate) const HELD: &str =
    "document.querySelector('#task[data-held]') && document.activeElement?.id === 'stage'";

/// Its page of a scan is there and in its place.
pub(crate) const SCAN: &str =
    "document.querySelector('#scan')?.naturalWidth > 300 && document.querySelector('#scan').style.transform";

pub(crate) struct Site {
    pub(crate) bench: Bench,
    base: String,
    generator: Generator,
}

impl Site {
    pub(crate) async fn new() -> Self {
        Self::with(DeskSettings::default()).await
    }

    pub(crate) async fn with(settings: DeskSettings) -> Self {
        let bench = Bench::with(settings).await;
        let events = berkas_desk::events(bench.web.clone(), std::future::pending());
        let routes = berkas_desk::routes(bench.state.clone())
            .merge(events)
            .merge(berkas_console::routes(bench.web.clone()));
        let app = berkas_web::surface(routes, bench.web.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, app).await });
        let generator = Generator::new(7, berkas_domain::wib(bench.clock.now()).date_naive());
        Self { bench, base, generator }
    }

    /// A browser in which `login` has just signed in by keys; `None` where there is no browser.
    pub(crate) async fn browser(&self, login: &str, role: UserRole) -> Option<Chromium> {
        self.bench.employ(login, role).await;
        let browser = Chromium::start(&self.base).await?;
        browser.sign_in(login, PASSWORD).await;
        Some(browser)
    }

    pub(crate) async fn verifier(&self, login: &str) -> Option<Chromium> {
        self.browser(login, UserRole::Verifier).await
    }

    /// A browser in which nobody has signed in.
    pub(crate) async fn stranger(&self) -> Option<Chromium> {
        Chromium::start(&self.base).await
    }

    /// Puts a birth with its papers into the pool.
    pub(crate) async fn dossier(&mut self) -> SubmissionId {
        let dossier = self.made();
        let now = self.bench.clock.now();
        let (store, blobs) = (&self.bench.store, &self.bench.blobs);
        seed::into_pool(store, blobs, dossier, PoolEntry::default(), now).await
    }

    /// Puts a dossier into the pool as heavy as they come: twelve documents, the first of forty pages, and long names.
    pub(crate) async fn heavy_dossier(&mut self) -> SubmissionId {
        let mut dossier = self.made();
        for entry in dossier.form.persons.values_mut() {
            if let PersonEntry::Person(person) = entry {
                person.name = LONG.to_owned();
                person.address = Some(format!("Dusun Contoh Panjang Sekali RT 001 RW 002, {LONG}"));
            }
        }
        let kinds = DocumentKind::ALL.iter().filter(|kind| kind.name_id().len() > 12).take(12);
        let (papers, scans) = (dossier.form.documents.clone(), dossier.scans);
        let picture = scans.iter().position(|scan| scan.pages[0].normalized.is_some()).unwrap();
        dossier.scans = Vec::new();
        dossier.form.documents = Vec::new();
        for (place, kind) in kinds.enumerate() {
            let mut scan = scans[picture].clone();
            scan.bytes.extend([0, u8::try_from(place).unwrap()]);
            let pages = if place == 0 { 40 } else { 1 };
            scan.pages = vec![scan.pages[0].clone(); pages];
            for page in scan.pages.iter_mut().skip(2).step_by(7) {
                page.report["verdict"] = json!("warn");
                page.report["reasons"] = json!(["shadow", "blurred"]);
            }
            let sha256 = Sha256Hash::of(&scan.bytes);
            dossier.form.documents.push(FormDocument { kind: *kind, sha256, ..papers[picture].clone() });
            dossier.scans.push(scan);
        }
        dossier.judgement = judgement(dossier.scans.len());
        let (store, blobs, now) = (&self.bench.store, &self.bench.blobs, self.bench.clock.now());
        seed::into_pool(store, blobs, dossier, PoolEntry::default(), now).await
    }

    /// Puts a birth into the pool on which two verifiers have to agree.
    pub(crate) async fn dossier_for_two(&mut self) -> SubmissionId {
        let dossier = self.made();
        let entry = PoolEntry { eyes: Eyes::Two, ..PoolEntry::default() };
        let (store, blobs, now) = (&self.bench.store, &self.bench.blobs, self.bench.clock.now());
        seed::into_pool(store, blobs, dossier, entry, now).await
    }

    /// Parks a dossier, for the console.
    pub(crate) async fn parked(&mut self) {
        let dossier = self.made();
        let (bench, now) = (&self.bench, self.bench.clock.now());
        let work = seed::accept(&bench.store, &bench.blobs, &dossier, now).await;
        let settled =
            Settled::Park { code: "file_corrupt".to_owned(), detail: "the file ends early".to_owned() };
        bench.store.settle(vec![Settlement { work, settled, trace: None }], now).await.unwrap();
    }

    fn made(&mut self) -> Dossier {
        let service = Service::AktaKelahiran;
        let case = cases(service)[0].0.parse().unwrap();
        let office = self.bench.office.clone();
        let sample =
            self.generator.dossier(&Plan { service, case, office: office.clone(), defects: Vec::new() });
        let scans: Vec<Scan> = sample.files.iter().map(scan).collect();
        let judgement = judgement(scans.len());
        Dossier { office, form: sample.form, scans, judgement }
    }
}

/// As long as names get.
const LONG: &str = "RADEN RORO SITI NURJANNAH KUSUMANINGRUM WIDYASTUTI PRAMUDHAWARDHANI BINTI CONTOH";

/// The file with its pages as the chain makes them.
fn scan(file: &SampleFile) -> Scan {
    let limits = Limits::default();
    let page = match Document::open(&file.bytes, &limits) {
        Ok(document) => {
            let made = normalize(&document, 0, &Options::default(), &limits).unwrap();
            let report = json!({
                "page": 1, "width_px": made.report.width_px, "height_px": made.report.height_px, "blank": false,
                "verdict": "ok", "reasons": [], "halves": made.report.halves
            });
            Page { normalized: Some(made.bytes), preview: Some(made.preview), halves: made.halves, report }
        }
        Err(_) => Page {
            normalized: None,
            preview: None,
            halves: None,
            report: json!({ "error": "not_a_picture" }),
        },
    };
    Scan { bytes: file.bytes.clone(), media_type: file.media_type, pages: vec![page] }
}

fn judgement(documents: usize) -> Value {
    let line = |document: usize| {
        json!({
            "check": "X04", "rule": "X04.asli", "document": document, "unknown": document == 1,
            "text_id": "Pindaian dari asli?", "text_en": "Scan of the original?",
            "role": "mother", "field": if document == 0 { json!("birth_date") } else { Value::Null }
        })
    };
    json!({
        "outcome": "passes", "checklist": (0..documents).map(line).collect::<Vec<_>>(),
        "findings": [{
            "level": "person", "code": "NAMA_BERBEDA", "check": "X07", "rule": "X07.nama", "document": 1,
            "page": 1, "role": "mother", "field": "name",
            "text_id": "Nama ibu berbeda.", "text_en": "The mother's name differs.", "regulation": "-"
        }]
    })
}
