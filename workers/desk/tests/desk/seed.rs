//! Puts dossiers into the pool the way the chain does: accepted, normalized, judged, assigned.

use berkas_blobs::{Blobs, ObjectKey};
use berkas_domain::form::{Form, Role};
use berkas_domain::{LookupKeys, OfficeCode, OfficeMode, Revision, Sha256Hash, Stage, SubmissionId};
use berkas_store::{
    Arrival, ArrivalDocument, DerivedPage, Door, Effect, OfficeRecord, PoolEntry, Settled, Settlement, Store,
    StoredPage, WorkRef,
};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

/// The name under which pages are stored here.
pub(crate) const NORMALIZER: &str = "seed-1";

/// One scan with its pages as a normalizer would have made them; a page without bytes failed.
#[derive(Clone)]
pub(crate) struct Scan {
    pub(crate) bytes: Vec<u8>,
    pub(crate) media_type: &'static str,
    pub(crate) pages: Vec<Page>,
}

/// One normalized page.
#[derive(Clone)]
pub(crate) struct Page {
    pub(crate) normalized: Option<Vec<u8>>,
    /// The small copy; absent: the page itself.
    pub(crate) preview: Option<Vec<u8>>,
    /// The left and the right page of a double page.
    pub(crate) halves: Option<[Vec<u8>; 2]>,
    pub(crate) report: Value,
}

/// A dossier to be put into the pool.
pub(crate) struct Dossier {
    pub(crate) office: OfficeCode,
    pub(crate) form: Form,
    pub(crate) scans: Vec<Scan>,
    pub(crate) judgement: Value,
}

/// Makes an office known.
pub(crate) async fn office(store: &Store, code: &str, name: &str, mode: OfficeMode) -> OfficeCode {
    let code: OfficeCode = code.parse().unwrap();
    let record = OfficeRecord { code: code.clone(), name: name.to_owned(), parent: None, mode };
    store.add_offices(&[record]).await.unwrap();
    code
}

/// Hands one dossier in; its first step is due.
pub(crate) async fn accept(store: &Store, blobs: &Blobs, dossier: &Dossier, now: DateTime<Utc>) -> WorkRef {
    let arrival = arrive(store, blobs, dossier, now).await;
    let due_at = now + TimeDelta::hours(6);
    let answer =
        store.accept(&[arrival], &|_, _| json!({}), &|_, _| due_at, now).await.unwrap().remove(0).unwrap();
    answer.work.unwrap().work
}

/// Takes one dossier through the chain up to the pool.
pub(crate) async fn into_pool(
    store: &Store,
    blobs: &Blobs,
    dossier: Dossier,
    entry: PoolEntry,
    now: DateTime<Utc>,
) -> SubmissionId {
    let mut work = accept(store, blobs, &dossier, now).await;
    let stages = [
        (Stage::Normalized, vec![]),
        (Stage::Checked, vec![Effect::Judgement(dossier.judgement)]),
        (Stage::Waiting, vec![Effect::Task(entry)]),
    ];
    for (to, effects) in stages {
        let settled = Settled::Advance { to, not_before: None, effects };
        let applied = store.settle(vec![Settlement { work, settled, trace: None }], now).await.unwrap();
        assert!(applied.stale.is_empty());
        work = applied.fresh.first().map_or(work, |due| due.work);
    }
    work.submission
}

async fn arrive(store: &Store, blobs: &Blobs, dossier: &Dossier, now: DateTime<Utc>) -> Arrival {
    let office = &dossier.office;
    let form = serde_json::to_vec(&dossier.form).unwrap();
    let form_hash = put(blobs, office, form, false).await;
    let mut documents = Vec::new();
    for (declared, scan) in dossier.form.documents.iter().zip(&dossier.scans) {
        let sha256 = put(blobs, office, scan.bytes.clone(), false).await;
        for (index, page) in scan.pages.iter().enumerate() {
            let derived = match &page.normalized {
                Some(bytes) => {
                    let hash = put(blobs, office, bytes.clone(), true).await;
                    let preview = match &page.preview {
                        Some(small) => put(blobs, office, small.clone(), true).await,
                        None => hash,
                    };
                    let halves = match &page.halves {
                        Some([left, right]) => {
                            let left = put(blobs, office, left.clone(), true).await;
                            Some([left, put(blobs, office, right.clone(), true).await])
                        }
                        None => None,
                    };
                    let media_type = scan.media_type.to_owned();
                    Some(DerivedPage { sha256: hash, media_type, preview, halves })
                }
                None => None,
            };
            let page = i32::try_from(index).unwrap() + 1;
            let stored = StoredPage { page, derived, report: scan.pages[index].report.clone() };
            store.page_done(office, sha256, NORMALIZER, &stored).await.unwrap();
        }
        let count = i32::try_from(scan.pages.len()).unwrap();
        store.scan_done(office, sha256, NORMALIZER, count, None, now).await.unwrap();
        documents.push(ArrivalDocument {
            kind: declared.kind,
            of_role: declared.of.map(|role: Role| role.to_string()),
            sha256,
            size: i64::try_from(scan.bytes.len()).unwrap(),
            media_type: scan.media_type.to_owned(),
            flagged: false,
        });
    }
    Arrival {
        office: office.clone(),
        sender_id: Uuid::now_v7(),
        revision: Revision(1),
        manifest_hash: form_hash,
        service: dossier.form.service,
        case: dossier.form.case.clone(),
        form: form_hash,
        lookup: LookupKeys::none(dossier.form.service, dossier.form.case.clone()),
        sent_by: None,
        sms_to: None,
        documents,
        door: Door::Http,
        trace: None,
    }
}

async fn put(blobs: &Blobs, office: &OfficeCode, bytes: Vec<u8>, derived: bool) -> Sha256Hash {
    let key =
        if derived { ObjectKey::derived_of(office, &bytes) } else { ObjectKey::original_of(office, &bytes) };
    blobs.put(&key, bytes).await.unwrap();
    key.sha256()
}
