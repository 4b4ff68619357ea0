//! Uploads by content hash.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Method, Request};
use berkas_blobs::ObjectKey;
use berkas_domain::{FixedClock, Sha256Hash};
use berkas_runtime::sweep_orphans;
use chrono::TimeDelta;
use tokio_util::sync::CancellationToken;

use crate::bench::{Caller, on_http};
use crate::dossier::{Dossier, scan, upload};

#[test]
fn an_upload_is_known_by_its_hash_to_its_own_office_only() {
    on_http(&[], async |bench| {
        let bytes = scan();
        let path = format!("/api/v1/blobs/{}", Sha256Hash::of(&bytes));
        assert_eq!(bench.call(&bench.office, Method::HEAD, &path, Body::empty()).await.status, 404);

        let stored = upload(bench, &bench.office, &bytes).await;
        assert_eq!((stored.status.as_u16(), &stored.json["media_type"]), (201, &"image/jpeg".into()));
        assert_eq!(upload(bench, &bench.office, &bytes).await.status, 200);

        let known = bench.call(&bench.office, Method::HEAD, &path, Body::empty()).await;
        assert_eq!(known.status, 200);
        assert_eq!(known.headers["content-length"], bytes.len().to_string());
        assert_eq!(known.headers["content-type"], "image/jpeg");
        assert_eq!(bench.call(&bench.neighbour, Method::HEAD, &path, Body::empty()).await.status, 404);

        let nobody = Request::put(&path).body(Body::from(bytes)).unwrap();
        assert_eq!(bench.ask(nobody).await.status, 401);
    });
}

#[test]
fn what_is_not_what_it_is_named_after_or_not_allowed_or_too_large_is_not_kept() {
    on_http(
        &[("BERKAS_INTAKE__MAX_FILE_BYTES", "2000"), ("BERKAS_INTAKE__MAX_FORM_BYTES", "100")],
        async |bench| {
            let form = format!(r#"{{"salt": "{}"}}"#, "0".repeat(100));
            let cases: [(&[u8], &[u8], u16, &str); 6] = [
                (b"\xFF\xD8\xFF\xE0 one", b"\xFF\xD8\xFF\xE0 another", 409, "blob_hash_mismatch"),
                (b"GIF89a", b"GIF89a", 415, "media_type_not_allowed"),
                (b"", b"", 415, "media_type_not_allowed"),
                (&[0xFF; 2001], &[0xFF; 2001], 413, "too_large"),
                (form.as_bytes(), form.as_bytes(), 413, "too_large"),
                (b"{\"salt\":", b"{\"salt\":", 415, "media_type_not_allowed"),
            ];
            for (named, sent, status, code) in cases {
                let path = format!("/api/v1/blobs/{}", Sha256Hash::of(named));
                let answer = bench.call(&bench.office, Method::PUT, &path, sent.to_vec()).await;
                assert_eq!(
                    (answer.status.as_u16(), &answer.json["code"]),
                    (status, &code.into()),
                    "{answer:?}"
                );
                assert_eq!(bench.call(&bench.office, Method::HEAD, &path, Body::empty()).await.status, 404);
            }
            let malformed = bench.call(&bench.office, Method::PUT, "/api/v1/blobs/ABC", scan()).await;
            assert_eq!(malformed.status, 400);
        },
    );
}

#[test]
fn a_body_of_unknown_length_is_cut_off_at_the_limit() {
    on_http(&[("BERKAS_INTAKE__MAX_FILE_BYTES", "1000")], async |bench| {
        let endless = futures::stream::repeat_with(|| Ok::<_, std::io::Error>(vec![0xFF; 100]));
        let path = format!("/api/v1/blobs/{}", Sha256Hash::of(b"x"));
        let answer = bench.call(&bench.office, Method::PUT, &path, Body::from_stream(endless)).await;
        assert_eq!(answer.status, 413);
    });
}

#[test]
fn a_full_memory_tells_the_sender_to_come_back() {
    let settings = [("BERKAS_INTAKE__MAX_TOTAL_BYTES", "10"), ("BERKAS_INTAKE__RETRY_AFTER_S", "7")];
    on_http(&settings, async |bench| {
        let answer = upload(bench, &bench.office, &scan()).await;
        assert_eq!((answer.status.as_u16(), &answer.json["code"]), (429, &"busy".into()));
        assert_eq!(answer.headers["retry-after"], "7");
    });
}

#[test]
fn an_upload_that_no_submission_names_goes_after_its_time_and_no_other() {
    on_http(&[("BERKAS_BLOBS__ORPHAN_DAYS", "30")], async |bench| {
        let sent = Dossier::new(&bench.office.office);
        sent.upload(bench, &bench.office).await;
        assert_eq!(sent.submit(bench, &bench.office).await.status, 202);
        let (forgotten, lent) = (scan(), sent.scans[0].clone());
        upload(bench, &bench.office, &forgotten).await;
        // The same file at another office is that office's own.
        upload(bench, &bench.neighbour, &lent).await;

        let (mut later, stop) = (bench.app.clone(), CancellationToken::new());
        let clock = FixedClock::at(bench.app.clock.now() + TimeDelta::days(29));
        later.clock = Arc::new(clock.clone());
        assert_eq!(sweep_orphans(&later, &stop).await.unwrap(), 0, "it is not time yet");
        clock.advance(TimeDelta::days(2));
        assert_eq!(sweep_orphans(&later, &stop).await.unwrap(), 2);
        assert_eq!(sweep_orphans(&later, &stop).await.unwrap(), 0);

        let is_there = async |caller: &Caller, bytes: &[u8]| {
            let key = ObjectKey::original_of(&caller.office, bytes);
            let path = format!("/api/v1/blobs/{}", Sha256Hash::of(bytes));
            let status = bench.call(caller, Method::HEAD, &path, Body::empty()).await.status;
            (status.as_u16(), bench.app.blobs.exists(&key).await.unwrap())
        };
        for bytes in sent.scans.iter().chain([&sent.form]) {
            assert_eq!(is_there(&bench.office, bytes).await, (200, true));
        }
        assert_eq!(is_there(&bench.office, &forgotten).await, (404, false));
        assert_eq!(is_there(&bench.neighbour, &lent).await, (404, false));
    });
}
