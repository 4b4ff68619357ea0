//! Addresses and bodies that cannot be read are refused in the desk's own words: coded for programs, as a page for people.

use axum::body::Body;
use axum::http::{Method, Request, header};
use berkas_store::UserRole;
use serde_json::json;

use crate::access::{METHODS, TASK};
use crate::support::{Answer, Bench, Person};

/// What the places of an address may hold; a number on a receipt is any text, and unknown where it is none.
const PLACES: [(&str, &str); 5] =
    [("{id}", TASK), ("{user}", TASK), ("{date}", "2026-11-24"), ("{ordinal}", "0"), ("{page}", "1")];
const NUMBER: (&str, &str) = ("{number}", "351709-261124-0001-1");

/// What none of the places may hold.
const SPOILED: &str = "rusak-9000";

/// A supervisor, whom every route of the desk lets in.
async fn head(bench: &Bench) -> Person<'_> {
    bench.person("rini", UserRole::Supervisor).await
}

/// `path` with all places filled, but for `spoiled`.
fn filled(path: &str, spoiled: &str) -> String {
    let places = PLACES.iter().chain([&NUMBER]);
    places.fold(path.to_owned(), |path, (place, good)| {
        path.replace(place, if *place == spoiled { SPOILED } else { good })
    })
}

/// Fails unless `answer` is a problem of this status and code: as JSON below `/api/`, as a page elsewhere.
#[track_caller]
fn is_ours(path: &str, answer: &Answer, (status, code): (u16, &str)) {
    let text = answer.text();
    assert_eq!(answer.status.as_u16(), status, "{path}: {text}");
    if path.starts_with("/api/") {
        assert_eq!(answer.header("content-type"), "application/problem+json", "{path}");
        let problem = answer.json();
        let kind = format!("urn:berkas:problem:{code}");
        assert_eq!((&problem["code"], &problem["type"]), (&json!(code), &json!(kind)), "{path}");
        assert!(!text.contains("rusak"), "{path} repeats what was sent: {text}");
    } else {
        assert!(answer.header("content-type").starts_with("text/html"), "{path}: {text}");
        assert!(text.contains(&format!("{status} · {code}")) && text.contains("<nav"), "{path}: {text}");
    }
    for word in ["Invalid URL", "Cannot parse", "deserialize"] {
        assert!(!text.contains(word), "{path}: {text}");
    }
}

#[tokio::test]
async fn every_place_of_an_address_that_cannot_be_read_is_refused_with_a_code_or_a_page() {
    let bench = Bench::new().await;
    let head = head(&bench).await;
    let mut spoiled = 0;
    for path in berkas_desk::paths() {
        for (place, _) in PLACES.iter().filter(|(place, _)| path.contains(place)) {
            let asked = filled(&path, place);
            for method in METHODS {
                let method: Method = method.parse().unwrap();
                let answer = if path.starts_with("/desk") && method == Method::POST {
                    head.form(&asked, "fence=1").await
                } else {
                    head.send(method, &asked, Some(1), Some(json!({}))).await
                };
                if answer.status.as_u16() == 405 {
                    is_ours(&asked, &answer, (405, "method_not_allowed"));
                    assert!(!answer.header("allow").is_empty(), "{asked}");
                } else {
                    is_ours(&asked, &answer, (400, "malformed"));
                    spoiled += 1;
                }
            }
        }
    }
    assert!(spoiled >= 35, "{spoiled} of them");
}

#[tokio::test]
async fn what_stands_behind_the_question_mark_and_cannot_be_read_is_refused_the_same_way() {
    let bench = Bench::new().await;
    let head = head(&bench).await;
    for query in [
        "/api/v1/tasks?view=rusak",
        "/api/v1/tasks?service=rusak",
        "/api/v1/tasks?office=rusak",
        "/api/v1/roster?from=rusak",
        "/api/v1/roster?days=-1",
        "/api/v1/agreement?days=rusak",
        "/desk?view=rusak",
        "/desk?undo=rusak",
        "/desk/roster?from=rusak",
        "/desk/agreement?days=rusak",
    ] {
        is_ours(query, &head.get(query).await, (400, "malformed"));
    }
}

#[tokio::test]
async fn a_body_that_is_too_large_or_of_another_type_is_refused_the_same_way() {
    let bench = Bench::new().await;
    let head = head(&bench).await;
    let send = async |method: Method, path: &str, kind: &str, body: Vec<u8>| {
        let request = Request::builder().method(method).uri(path).header(header::COOKIE, &head.cookie);
        let request = request.header(header::CONTENT_TYPE, kind).header(header::IF_MATCH, "\"1\"");
        bench.ask(request.body(Body::from(body)).unwrap()).await
    };
    const JSON: &str = "application/json";
    const FORM: &str = "application/x-www-form-urlencoded";
    for path in berkas_desk::paths() {
        let asked = filled(&path, "");
        if path.starts_with("/desk") {
            // A form that is read is refused before anything is done; what reads none has nothing to refuse.
            let answer = send(Method::POST, &asked, "text/plain", b"fence=1".to_vec()).await;
            match answer.status.as_u16() {
                405 => continue,
                303 => assert_eq!(path, "/desk/next"),
                404 | 204 => assert!(path.starts_with("/desk/standbys/"), "{path}"),
                _ => is_ours(&asked, &answer, (415, "media_type_not_allowed")),
            }
            let answer = send(Method::POST, &asked, FORM, vec![b'x'; 3 << 20]).await;
            if !matches!(answer.status.as_u16(), 303 | 404) {
                is_ours(&asked, &answer, (413, "too_large"));
            }
            continue;
        }
        for method in [Method::PUT, Method::POST] {
            let operation = berkas_desk::openapi()["paths"][&path][method.as_str().to_lowercase()].clone();
            if operation["requestBody"].is_null() {
                continue;
            }
            let answer = send(method.clone(), &asked, JSON, vec![b' '; 3 << 20]).await;
            is_ours(&asked, &answer, (413, "too_large"));
            let answer = send(method, &asked, JSON, b"{\"rusak".to_vec()).await;
            is_ours(&asked, &answer, (400, "malformed"));
        }
    }
}
