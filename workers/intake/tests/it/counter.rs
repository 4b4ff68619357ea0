//! What an office can ask before it sends anything.

use axum::body::Body;
use axum::http::Method;
use serde_json::{Value, json};

use crate::bench::{Answer, Bench, on_http};

/// A birth without a single paper.
fn form() -> Value {
    json!({
        "salt": "c0".repeat(16), "service": "akta_kelahiran", "case": "LHR-1", "handed_in": "2026-11-24",
        "persons": { "mother": { "name": "SITI CONTOH" } }, "documents": []
    })
}

async fn check(bench: &Bench<'_>, question: &Value) -> Answer {
    bench.call(&bench.office, Method::POST, "/api/v1/submissions/check", question.to_string()).await
}

#[test]
fn every_service_lists_its_cases_and_every_case_its_papers() {
    on_http(&[], async |bench| {
        let services = bench.call(&bench.office, Method::GET, "/api/v1/services", Body::empty()).await;
        assert_eq!(services.status, 200, "{services:?}");
        let services = services.json.as_array().unwrap();
        let numbers: Vec<(&str, usize)> = services
            .iter()
            .map(|service| (service["service"].as_str().unwrap(), service["cases"].as_array().unwrap().len()))
            .collect();
        let expected = [("ktp_el", 9), ("kartu_keluarga", 10), ("akta_kelahiran", 8), ("akta_kematian", 7)];
        assert_eq!(numbers, expected);
        for case in services.iter().flat_map(|service| service["cases"].as_array().unwrap()) {
            let path = case["href"].as_str().unwrap();
            let answer = bench.call(&bench.office, Method::GET, path, Body::empty()).await;
            assert_eq!((answer.status.as_u16(), &answer.json["case"]), (200, &case["case"]), "{path}");
            assert!(!answer.json["requirements"].as_array().unwrap().is_empty(), "`{path}` asks for nothing");
            let persons = answer.json["roles"].as_array().unwrap();
            assert!(!persons.is_empty(), "`{path}` is about nobody");
            for person in persons {
                assert!(person["fields"].as_array().unwrap().contains(&"name".into()), "`{path}`: {person}");
            }
            for declaration in answer.json["declarations"].as_array().unwrap() {
                assert!(!declaration["meaning_id"].as_str().unwrap().is_empty(), "`{path}`: {declaration}");
            }
        }
    });
}

#[test]
fn a_service_or_case_that_does_not_exist_is_not_found() {
    on_http(&[], async |bench| {
        for path in ["akta_cerai/cases/LHR-1", "akta_kelahiran/cases/LHR-99", "akta_kelahiran/cases/KK-1"] {
            let path = format!("/api/v1/services/{path}");
            let answer = bench.call(&bench.office, Method::GET, &path, Body::empty()).await;
            assert_eq!(answer.status, 404, "{path}");
        }
    });
}

#[test]
fn a_dry_run_names_what_is_missing_and_keeps_nothing() {
    on_http(&[], async |bench| {
        let answer = check(bench, &json!({ "form": form() })).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.json["outcome"]),
            (200, &"returned".into()),
            "{answer:?}"
        );
        let findings = answer.json["findings"].as_array().unwrap();
        assert!(findings.iter().any(|finding| finding["code"] == "TIDAK_LENGKAP"), "{findings:?}");
        let left_out = answer.json["not_checked"].as_array().unwrap();
        assert!(left_out.contains(&"X28".into()), "a dry run looks nobody up: {left_out:?}");
        let again = check(bench, &json!({ "form": form() })).await;
        assert_eq!(again.json, answer.json, "the same question has the same answer");
        assert_eq!(bench.app.store.neraca().await.unwrap().accepted, 0);
        assert_eq!(bench.app.store.due_count().await.unwrap(), 0);
    });
}

#[test]
fn a_dry_run_with_a_wrong_field_points_at_it_and_never_quotes_it() {
    on_http(&[], async |bench| {
        let mut wrong = form();
        wrong["persons"]["mother"]["birth_date"] = "31-02-1990".into();
        let answer = check(bench, &json!({ "form": wrong })).await;
        assert_eq!(
            answer.faults(),
            (422, vec![("/form/persons/mother/birth_date", "form_invalid")]),
            "{answer:?}"
        );
        assert!(!answer.json.to_string().contains("31-02-1990"), "{answer:?}");
        let mut unusable = form();
        unusable["persons"]["mother"]["address"] = "Dusun Rahasia\u{202e}".into();
        unusable["persons"]["mother"]["citizenship"] = "WNI".into();
        let answer = check(bench, &json!({ "form": unusable })).await;
        let places = [
            ("/form/persons/mother/address", "form_invalid"),
            ("/form/persons/mother/citizenship", "form_invalid"),
        ];
        assert_eq!(answer.faults(), (422, places.to_vec()), "{answer:?}");
        assert!(!answer.json.to_string().contains("Rahasia"), "{answer:?}");
        assert_eq!(check(bench, &json!({ "form": form(), "history": {} })).await.status, 422);
        let broken = bench.call(&bench.office, Method::POST, "/api/v1/submissions/check", "{").await;
        assert_eq!(broken.status, 400);
    });
}

#[test]
fn an_office_that_asks_too_often_is_told_when_it_may_again() {
    on_http(&[("BERKAS_INTAKE__CHECKS_PER_MINUTE", "1")], async |bench| {
        let question = json!({ "form": form() });
        assert_eq!(check(bench, &question).await.status, 200);
        let refused = check(bench, &question).await;
        assert_eq!(refused.status, 429);
        assert_eq!(refused.headers["retry-after"], "60");
        let path = "/api/v1/submissions/check";
        let neighbour = bench.call(&bench.neighbour, Method::POST, path, question.to_string()).await;
        assert_eq!(neighbour.status, 200, "{neighbour:?}");
    });
}
