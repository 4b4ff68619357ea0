//! A small dossier: a form and two scans, everything in it made up.

use axum::http::Method;
use berkas_contract::{Envelope, Event, Source, Submission, names};
use berkas_domain::{OfficeCode, Service, Sha256Hash};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::bench::{Answer, Bench, Caller};

#[derive(Debug, Clone)]
pub(crate) struct Dossier {
    /// The data of the message; a test may spoil it.
    pub(crate) manifest: Value,
    pub(crate) form: Vec<u8>,
    pub(crate) scans: Vec<Vec<u8>>,
}

impl Dossier {
    /// Makes a dossier that is in order and like no other.
    pub(crate) fn new(office: &OfficeCode) -> Self {
        Self::with_form(office, |_| {})
    }

    /// Makes a dossier whose form was changed before it was hashed.
    pub(crate) fn with_form(office: &OfficeCode, change: impl FnOnce(&mut Value)) -> Self {
        let scans: Vec<Vec<u8>> = (0..2).map(|_| scan()).collect();
        let kinds = ["form_f201", "kk"];
        let entries: Vec<Value> = kinds
            .iter()
            .zip(&scans)
            .map(|(kind, scan)| json!({ "kind": kind, "sha256": Sha256Hash::of(scan) }))
            .collect();
        let mut form = json!({
            "salt": Uuid::new_v4().simple().to_string(), "service": "akta_kelahiran", "case": "LHR-1",
            "handed_in": "2026-11-24", "persons": { "mother": { "name": "SITI CONTOH" } }, "documents": entries
        });
        change(&mut form);
        let form = serde_json::to_vec(&form).unwrap();
        let documents: Vec<Value> = kinds
            .iter()
            .zip(&scans)
            .map(|(kind, scan)| {
                json!({
                    "kind": kind, "sha256": Sha256Hash::of(scan), "size": scan.len(), "media_type": "image/jpeg"
                })
            })
            .collect();
        let manifest = json!({
            "sender_id": Uuid::now_v7(), "office": office, "service": "akta_kelahiran", "case": "LHR-1",
            "revision": 1, "form": { "sha256": Sha256Hash::of(&form), "size": form.len() }, "documents": documents
        });
        Self { manifest, form, scans }
    }

    /// Uploads form and scans.
    pub(crate) async fn upload(&self, bench: &Bench<'_>, caller: &Caller) {
        for bytes in self.scans.iter().chain([&self.form]) {
            let answer = upload(bench, caller, bytes).await;
            assert_eq!(answer.status, 201, "{answer:?}");
        }
    }

    /// Hands it in over HTTP.
    pub(crate) async fn submit(&self, bench: &Bench<'_>, caller: &Caller) -> Answer {
        bench.call(caller, Method::POST, "/api/v1/submissions", self.manifest.to_string()).await
    }

    /// Publishes it as a message.
    pub(crate) async fn publish(&self, bench: &Bench<'_>, caller: &Caller) {
        let key = names::submission_key(&caller.office, Service::AktaKelahiran);
        bench.publish(caller, &key, envelope::<Submission>(&caller.office, &self.manifest)).await;
    }
}

/// A file that is a JPEG as far as the intake looks, like no other.
pub(crate) fn scan() -> Vec<u8> {
    [b"\xFF\xD8\xFF\xE0 CONTOH ".as_slice(), Uuid::new_v4().as_bytes()].concat()
}

/// Uploads one file under its own hash.
pub(crate) async fn upload(bench: &Bench<'_>, caller: &Caller, bytes: &[u8]) -> Answer {
    let path = format!("/api/v1/blobs/{}", Sha256Hash::of(bytes));
    bench.call(caller, Method::PUT, &path, bytes.to_vec()).await
}

/// Wraps `data` as a message of `office`, whatever it is.
pub(crate) fn envelope<T: Event>(office: &OfficeCode, data: &Value) -> Vec<u8> {
    let time = "2026-11-24T01:30:00Z".parse().unwrap();
    let sample: T = serde_json::from_str::<Envelope<T>>(T::SAMPLE).unwrap().data;
    let envelope = Envelope::new(Uuid::now_v7(), Source::Office(office.clone()), time, sample);
    let mut json = serde_json::to_value(&envelope).unwrap();
    json["data"] = data.clone();
    serde_json::to_vec(&json).unwrap()
}
