//! Serves desk and console with fictional dossiers on a database of its own, to look at and to take pictures of:
//! `cargo run -p berkas-desk --example sample_desk -- 127.0.0.1:8088`. Sign in as `ani` or `budi` (verifiers), `sari`
//! (supervisor) or `oki` (operator) with the password printed at the start. Ctrl-C ends it and removes the database.

#![expect(
    clippy::unwrap_used,
    reason = "a test or measurement that fails says where; its helpers are not test functions"
)]

#[path = "../tests/desk/seed.rs"]
mod seed;

use std::sync::Arc;

use berkas_blobs::Blobs;
use berkas_desk::{DeskSettings, DeskState, Originals};
use berkas_domain::{Clock, DocumentKind, OfficeMode, Service, SystemClock, UserId};
use berkas_imaging::{Document, Limits, Options, normalize};
use berkas_notices::NoticeTexts;
use berkas_runtime::settings::Settings;
use berkas_samples::{Defect, Generator, Plan, SampleFile, cases, kecamatan};
use berkas_store::{Eyes, NewUser, PoolEntry, Settled, Settlement, Store, TestDatabase, UserRole};
use berkas_web::{WebSettings, WebState};
use chrono::TimeDelta;
use serde_json::{Value, json};
use uuid::Uuid;

const PASSWORD: &str = "contoh-contoh";

type Failure = Box<dyn std::error::Error>;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8088".to_owned());
    let services = berkas_testkit::services()?;
    let name = format!("sample_{}", Uuid::now_v7().simple());
    let database = TestDatabase::create(services.get("BERKAS_DATABASE_URL")?, &name).await?;
    let store = Store::connect(&database.url(), 8).await?;
    store.migrate().await?;
    let directory = std::env::temp_dir().join(format!("berkas-{name}"));
    let blobs = Blobs::open(&format!("file://{}", directory.display()), None)?;
    let settings = WebSettings { secure_cookies: false, ..WebSettings::default() };
    let web = WebState::new(store.clone(), Arc::new(SystemClock), settings)?;

    people(&web).await?;
    dossiers(&store, &blobs).await?;
    let (texts, settings) = (NoticeTexts::built_in(), DeskSettings::default());
    let defaults = Settings::load(None, [])?;
    let originals = Originals::new(&defaults.scan, &defaults.desk);
    let desk = DeskState { web: web.clone(), blobs, texts, originals, settings };
    let routes = berkas_desk::routes(desk).merge(berkas_console::routes(web.clone()));
    let listener = tokio::net::TcpListener::bind(&address).await?;
    eprintln!("http://{address}/ as ani, budi, sari or oki, password {PASSWORD}");
    let stop = async { drop(tokio::signal::ctrl_c().await) };
    axum::serve(listener, berkas_web::surface(routes, web)).with_graceful_shutdown(stop).await?;
    std::fs::remove_dir_all(directory)?;
    Ok(())
}

async fn people(web: &WebState) -> Result<(), Failure> {
    let hash = web.passwords.hash(PASSWORD)?;
    for (login, display_name, role) in [
        ("ani", "Ani Contoh", UserRole::Verifier),
        ("budi", "Budi Contoh", UserRole::Verifier),
        ("sari", "Sari Contoh", UserRole::Supervisor),
        ("oki", "Oki Contoh", UserRole::Operator),
    ] {
        let user = NewUser {
            id: UserId(Uuid::now_v7()),
            login,
            display_name,
            role,
            password_hash: &hash,
            services: Service::ALL,
            capacity: 50,
            training: false,
        };
        web.store.create_user(&user, web.clock.now()).await?;
    }
    Ok(())
}

/// A dozen dossiers of all services from several kecamatan, the older ones late; two of them parked.
async fn dossiers(store: &Store, blobs: &Blobs) -> Result<(), Failure> {
    let now = SystemClock.now();
    let mut generator = Generator::new(7, berkas_domain::wib(now).date_naive());
    for place in kecamatan() {
        seed::office(store, place.office.as_str(), place.name, OfficeMode::Live).await;
    }
    for number in 0..12_usize {
        let service = Service::ALL[(number + 2) % Service::ALL.len()];
        let all = cases(service);
        let case = all[number / Service::ALL.len() % all.len()].0.parse()?;
        let office = kecamatan()[number * 5 % kecamatan().len()].office.clone();
        let defects = if number % 3 == 0 { vec![Defect::NameDiffers] } else { Vec::new() };
        let sample = generator.dossier(&Plan { service, case, office: office.clone(), defects });
        let scans = sample.files.iter().map(scan).collect();
        let judgement =
            judgement(&sample.form.documents.iter().map(|document| document.kind).collect::<Vec<_>>());
        let dossier = seed::Dossier { office, form: sample.form, scans, judgement };
        let at = now - TimeDelta::minutes(40 * i64::try_from(12 - number)?);
        if number < 10 {
            // The first few need two verifiers; where `ani` and `budi` differ, `sari` decides.
            let entry =
                PoolEntry { eyes: if number < 3 { Eyes::Two } else { Eyes::One }, ..PoolEntry::default() };
            seed::into_pool(store, blobs, dossier, entry, at).await;
        } else {
            let work = seed::accept(store, blobs, &dossier, at).await;
            let settled = Settled::Park {
                code: "file_corrupt".to_owned(),
                detail: "document 2: the file ends in the middle of a page".to_owned(),
            };
            store.settle(vec![Settlement { work, settled, trace: None }], at).await?;
        }
    }
    Ok(())
}

/// The file with its first page as the chain makes it; what cannot be read stands for a page that failed.
fn scan(file: &SampleFile) -> seed::Scan {
    let limits = Limits::default();
    let made = Document::open(&file.bytes, &limits)
        .and_then(|document| normalize(&document, 0, &Options::default(), &limits));
    let page = match made {
        Ok(made) => seed::Page {
            report: json!({
                "page": 1, "width_px": made.report.width_px, "height_px": made.report.height_px, "blank": false,
                "verdict": "warn", "reasons": ["shadow"], "halves": made.report.halves
            }),
            normalized: Some(made.bytes),
            preview: Some(made.preview),
            halves: made.halves,
        },
        Err(_) => seed::Page {
            normalized: None,
            preview: None,
            halves: None,
            report: json!({ "error": "not_a_picture" }),
        },
    };
    seed::Scan { bytes: file.bytes.clone(), media_type: file.media_type, pages: vec![page] }
}

fn judgement(kinds: &[DocumentKind]) -> Value {
    let checklist: Vec<Value> = kinds
        .iter()
        .enumerate()
        .map(|(index, kind)| {
            json!({
                "check": "X04", "rule": "X04.asli", "document": index, "unknown": index == 1,
                "text_id": format!("{} dipindai dari dokumen asli, bukan fotokopi?", kind.name_id()),
                "text_en": "Is it a scan of the original, not of a copy?"
            })
        })
        .collect();
    json!({
        "outcome": "passes",
        "findings": [{
            "level": "person", "code": "NAMA_BERBEDA", "check": "X07", "rule": "X07.nama", "document": 1, "page": 1,
            "text_id": "Sebuah nama pada dokumen berbeda dari formulir; bandingkan ejaannya.",
            "text_en": "A name on the paper differs from the form; compare the spelling.",
            "regulation": "Perpres 96/2018"
        }, {
            "level": "information", "code": "TIDAK_TERBACA", "check": "X01", "rule": "X01.mutu", "document": 0,
            "page": 1, "text_id": "Ada bayangan pada halaman 1.", "text_en": "There is a shadow on page 1.",
            "regulation": "-"
        }],
        "checklist": checklist
    })
}
