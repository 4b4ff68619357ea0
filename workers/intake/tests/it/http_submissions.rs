//! Handing in over HTTP.

use axum::body::Body;
use axum::http::Method;
use berkas_contract::Submission;
use berkas_domain::{OfficeMode, Revision};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::bench::{on_bench, on_http};
use crate::dossier::{Dossier, envelope, scan, upload};

#[test]
fn a_submission_gets_a_number_and_only_its_office_is_told_of_it() {
    on_http(&[], async |bench| {
        let dossier = Dossier::new(&bench.office.office);
        dossier.upload(bench, &bench.office).await;
        let accepted = dossier.submit(bench, &bench.office).await;
        assert_eq!(accepted.status, 202, "{accepted:?}");
        let number = accepted.json["registration_number"].as_str().unwrap();
        assert!(number.starts_with(&format!("{}-261124-0001-", bench.office.office)), "{number}");
        let location = accepted.headers["location"].to_str().unwrap();
        assert_eq!(location, format!("/api/v1/submissions/{number}"));

        let by_sender =
            format!("/api/v1/submissions?sender_id={}", dossier.manifest["sender_id"].as_str().unwrap());
        for path in [location, &by_sender] {
            let status = bench.call(&bench.office, Method::GET, path, Body::empty()).await;
            assert_eq!((status.status.as_u16(), &status.json["stage"]), (200, &"received".into()));
            assert_eq!(status.json["registration_number"], number);
            // 08:30 WIB and one office day of 450 minutes.
            assert_eq!(status.json["due_at"], "2026-11-25T01:30:00Z");
            assert_eq!(bench.call(&bench.neighbour, Method::GET, path, Body::empty()).await.status, 404);
        }
        let work = bench.app.store.due_count().await.unwrap();
        assert_eq!(work, 1);
    });
}

#[test]
fn a_document_that_the_counter_flagged_is_kept_as_flagged_through_both_doors() {
    on_bench(&[], async |bench| {
        let _consumer = bench.start_consumer();
        let mut by_http = Dossier::new(&bench.office.office);
        let mut by_message = Dossier::new(&bench.office.office);
        for dossier in [&mut by_http, &mut by_message] {
            dossier.manifest["documents"][1]["flagged"] = true.into();
            dossier.upload(bench, &bench.office).await;
        }
        assert_eq!(by_http.submit(bench, &bench.office).await.status, 202);
        by_message.publish(bench, &bench.office).await;
        bench.wait_until_told(&bench.office, 2).await;
        for dossier in [by_http, by_message] {
            let sender: Uuid = dossier.manifest["sender_id"].as_str().unwrap().parse().unwrap();
            let found = bench.app.store.find_submission(&bench.office.office, Some(sender), None).await;
            let found = found.unwrap().unwrap();
            let documents = bench.app.store.documents(found.id, Revision(1)).await.unwrap();
            let flags: Vec<bool> = documents.iter().map(|document| document.flagged).collect();
            assert_eq!(flags, [false, true]);
        }
    });
}

#[test]
fn the_same_again_is_answered_the_same_and_other_content_conflicts() {
    on_http(&[], async |bench| {
        let dossier = Dossier::new(&bench.office.office);
        dossier.upload(bench, &bench.office).await;
        let first = dossier.submit(bench, &bench.office).await;
        let again = dossier.submit(bench, &bench.office).await;
        assert_eq!((again.status.as_u16(), &again.json), (200, &first.json));
        let body = envelope::<Submission>(&bench.office.office, &dossier.manifest);
        let as_message = bench.call(&bench.office, Method::POST, "/api/v1/submissions", body).await;
        assert_eq!((as_message.status.as_u16(), &as_message.json), (200, &first.json));

        let mut other = Dossier::new(&bench.office.office);
        other.manifest["sender_id"] = dossier.manifest["sender_id"].clone();
        other.upload(bench, &bench.office).await;
        let conflict = other.submit(bench, &bench.office).await;
        assert_eq!(conflict.faults(), (409, vec![("/sender_id", "conflict")]));
    });
}

/// What spoils a manifest, the status of the answer, and its faults: place and code.
type Spoilt = (fn(&mut Value), u16, &'static [(&'static str, &'static str)]);

#[test]
fn everything_that_is_wrong_is_named_with_its_place() {
    on_http(&[("BERKAS_INTAKE__MAX_FILES", "2")], async |bench| {
        let dossier = Dossier::new(&bench.office.office);
        dossier.upload(bench, &bench.office).await;
        let cases: &[Spoilt] = &[
            (
                |m| m["documents"][1]["sha256"] = json!("0".repeat(64)),
                422,
                &[("/documents/1/sha256", "blob_missing")],
            ),
            (|m| m["documents"][0]["size"] = json!(1), 422, &[("/documents/0/size", "blob_size_mismatch")]),
            (|m| m["documents"][0]["kind"] = json!("ktp_el"), 422, &[("/documents/0/kind", "form_mismatch")]),
            (|m| m["documents"] = json!([m["documents"][0]]), 422, &[("/documents", "form_mismatch")]),
            (|m| m["documents"] = json!([]), 422, &[("/documents", "no_documents")]),
            (
                |m| m["documents"] = json!([m["documents"][0], m["documents"][1], m["documents"][1]]),
                422,
                &[("/documents", "too_many_documents")],
            ),
            (|m| m["case"] = json!("LHR-2"), 422, &[("/case", "form_mismatch")]),
            (|m| m["service"] = json!("ktp_el"), 422, &[("/service", "form_mismatch")]),
            (
                |m| {
                    m["form"]["size"] = json!(3);
                    m["documents"][0]["size"] = json!(1);
                },
                422,
                &[("/form/size", "blob_size_mismatch"), ("/documents/0/size", "blob_size_mismatch")],
            ),
            (
                |m| m["form"]["sha256"] = m["documents"][0]["sha256"].clone(),
                422,
                &[("/form/size", "blob_size_mismatch")],
            ),
            (|m| m["office"] = json!("351709"), 422, &[("/office", "office_mismatch")]),
            (
                |m| m["documents"][0]["kind"] = json!("surat_cinta"),
                422,
                &[("/documents/0/kind", "envelope_invalid")],
            ),
            (|m| m["revision"] = json!(0), 409, &[("/revision", "revision_unexpected")]),
            (|m| m["revision"] = json!(2), 422, &[("/sender_id", "not_found")]),
        ];
        for (number, (spoil, status, faults)) in cases.iter().enumerate() {
            let mut spoilt = dossier.clone();
            spoil(&mut spoilt.manifest);
            let answer = spoilt.submit(bench, &bench.office).await;
            assert_eq!(answer.faults(), (*status, faults.to_vec()), "case {number}: {answer:?}");
        }
        let not_json = bench.call(&bench.office, Method::POST, "/api/v1/submissions", "{").await;
        assert_eq!(not_json.status, 400);
        assert_eq!(
            dossier.submit(bench, &bench.office).await.status,
            202,
            "nothing of the refused ones is kept"
        );
    });
}

#[test]
fn a_form_that_is_not_form_v1_has_no_salt_or_a_text_that_cannot_be_used_is_refused() {
    on_http(&[], async |bench| {
        let unsalted = Dossier::with_form(&bench.office.office, |form| form["salt"] = json!("1234"));
        let unknown = Dossier::with_form(&bench.office.office, |form| form["surprise"] = json!("SITI"));
        let too_long = Dossier::with_form(&bench.office.office, |form| {
            form["persons"]["witness_1"] = json!({ "name": "BUDI CONTOH", "address": "SITI".repeat(200) });
        });
        let refused =
            [(unsalted, "`form.salt`"), (unknown, "`form"), (too_long, "`form.persons.witness_1.address`")];
        for (dossier, told) in refused {
            dossier.upload(bench, &bench.office).await;
            let answer = dossier.submit(bench, &bench.office).await;
            assert_eq!(answer.faults(), (422, vec![("/form", "form_invalid")]));
            let text = answer.json.to_string();
            assert!(text.contains(told) && !text.contains("SITI") && !text.contains("1234"), "{text}");
        }
        let mut swapped = Dossier::new(&bench.office.office);
        swapped.upload(bench, &bench.office).await;
        let picture = scan();
        upload(bench, &bench.office, &picture).await;
        swapped.manifest["form"] =
            json!({ "sha256": berkas_domain::Sha256Hash::of(&picture), "size": picture.len() });
        let answer = swapped.submit(bench, &bench.office).await;
        assert_eq!(answer.faults(), (422, vec![("/form/sha256", "form_invalid")]));
    });
}

#[test]
fn what_another_office_uploaded_does_not_exist_and_a_stopped_office_is_let_in_nowhere() {
    on_http(&[], async |bench| {
        let dossier = Dossier::new(&bench.office.office);
        dossier.upload(bench, &bench.neighbour).await;
        let (status, faults) = {
            let answer = dossier.submit(bench, &bench.office).await;
            (answer.status.as_u16(), answer.faults().1.len())
        };
        assert_eq!((status, faults), (422, 3));
        bench
            .app
            .store
            .set_office_mode(&bench.office.office, OfficeMode::Stopped, bench.app.clock.now())
            .await
            .unwrap();
        assert_eq!(dossier.submit(bench, &bench.office).await.status, 403);
    });
}

#[test]
fn a_submission_can_be_taken_back_by_its_office_as_long_as_it_is_the_latest_revision() {
    on_http(&[], async |bench| {
        let dossier = Dossier::new(&bench.office.office);
        dossier.upload(bench, &bench.office).await;
        let accepted = dossier.submit(bench, &bench.office).await;
        let path = accepted.headers["location"].to_str().unwrap();
        let withdrawal = format!("{path}/withdrawal");
        let request = |revision: i32| json!({ "revision": revision, "reason": "duplicate" }).to_string();

        let foreign = bench.call(&bench.neighbour, Method::POST, &withdrawal, request(1)).await;
        assert_eq!(foreign.status, 404);
        let stale = bench.call(&bench.office, Method::POST, &withdrawal, request(2)).await;
        assert_eq!(stale.faults(), (409, vec![("/revision", "revision_unexpected")]));
        for _ in 0..2 {
            let withdrawn = bench.call(&bench.office, Method::POST, &withdrawal, request(1)).await;
            assert_eq!((withdrawn.status.as_u16(), &withdrawn.json["stage"]), (200, &"withdrawn".into()));
        }
        assert_eq!(bench.call(&bench.office, Method::DELETE, path, Body::empty()).await.status, 200);
        let id = accepted.json["submission"].as_str().unwrap();
        assert_eq!(bench.app.store.audited("submission.withdrawn", id).await.unwrap(), 1);
        assert_eq!(bench.app.store.due_count().await.unwrap(), 0);
        let unknown = format!("/api/v1/submissions/{}", Uuid::now_v7());
        assert_eq!(bench.call(&bench.office, Method::DELETE, &unknown, Body::empty()).await.status, 404);
    });
}
