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

#[test]
fn a_paper_that_was_not_scanned_yet_needs_no_hash_to_be_asked_about() {
    on_http(&[], async |bench| {
        let papers = |hashed: bool| {
            let kinds = ["form_f201", "surat_ket_lahir", "buku_nikah", "kk"].into_iter().enumerate();
            let paper = |(place, kind): (usize, &str)| match hashed {
                true => json!({ "kind": kind, "sha256": format!("{place}").repeat(64) }),
                false => json!({ "kind": kind }),
            };
            kinds.map(paper).collect::<Vec<_>>()
        };
        let ask = async |documents: Vec<Value>| {
            let mut asked = form();
            asked["documents"] = documents.into();
            check(bench, &json!({ "form": asked })).await
        };
        let (unscanned, scanned) = (ask(papers(false)).await, ask(papers(true)).await);
        assert_eq!(unscanned.status, 200, "{unscanned:?}");
        assert_eq!(unscanned.json, scanned.json, "the answer is that for scanned papers");
        let findings = unscanned.json["findings"].as_array().unwrap();
        let rules: Vec<&str> = findings.iter().map(|finding| finding["rule"].as_str().unwrap()).collect();
        assert!(!rules.contains(&"lhr.letter") && !rules.contains(&"x03.two_kinds"), "{rules:?}");
        let mut mixed = papers(true);
        mixed.truncate(2);
        mixed.extend(papers(false).split_off(2));
        assert_eq!(ask(mixed).await.json, scanned.json);
        let wrong = ask(vec![json!({ "kind": "kk", "sha256": "kk" })]).await;
        assert_eq!(wrong.faults(), (422, vec![("/form/documents/0/sha256", "form_invalid")]), "{wrong:?}");
    });
}

#[test]
fn what_no_form_can_have_is_refused_by_its_field_or_found_with_its_code() {
    on_http(&[], async |bench| {
        let refused = async |pointer: &str, value: Value| {
            let mut wrong = form();
            wrong["event"] = json!({ "date": "2026-11-20", "birth_order": 1, "plurality": 1 });
            let (parent, key) = pointer.rsplit_once('/').unwrap();
            wrong.pointer_mut(parent).unwrap()[key] = value;
            let answer = check(bench, &json!({ "form": wrong })).await;
            let field = format!("/form{pointer}");
            assert_eq!(answer.faults(), (422, vec![(field.as_str(), "form_invalid")]), "{answer:?}");
        };
        refused("/service", "akta_cerai".into()).await;
        refused("/event/birth_order", 0.into()).await;
        refused("/event/plurality", 0.into()).await;
        refused("/event/weight_g", 3.into()).await;
        refused("/event/weight_g", 99_999.into()).await;
        refused("/event/length_mm", 49.into()).await;
        refused("/event/weight_g", (-3).into()).await;
        refused("/event/birth_order", "satu".into()).await;

        let mut unknown = form();
        unknown["case"] = "LHR-99".into();
        let answer = check(bench, &json!({ "form": unknown })).await;
        assert_eq!(answer.json["findings"][0]["code"], "SALAH_KASUS", "{answer:?}");

        for length in [201, 100_000] {
            let mut long = form();
            long["persons"]["mother"]["name"] = "A".repeat(length).into();
            let answer = check(bench, &json!({ "form": long })).await;
            assert_eq!(answer.status, 200, "{length}: {:?}", answer.json["code"]);
            let findings = answer.json["findings"].as_array().unwrap();
            let found = |finding: &&Value| finding["rule"] == "n06.name_unprintable";
            let finding = findings.iter().find(found).unwrap();
            assert_eq!((&finding["level"], &finding["role"]), (&"block".into(), &"mother".into()));
            assert!(answer.json.to_string().len() < 100_000, "it is not said again");
        }
        let mut endless = form();
        endless["persons"]["mother"]["name"] = "A".repeat(1 << 20).into();
        let answer = check(bench, &json!({ "form": endless })).await;
        assert_eq!(answer.status, 413, "no form is that long: {answer:?}");
    });
}
