//! The OpenAPI document says what the desk does: every answer of every test here is held against it.

use std::sync::{LazyLock, OnceLock};

use axum::body::Body;
use axum::http::{Method, Request};
use serde_json::{Value, json};

use crate::json_schema::fits;
use crate::support::{Answer, Bench};

const METHODS: [&str; 5] = ["get", "put", "post", "delete", "patch"];

/// The operation that answers a request to `path`, where the document has one.
fn operation<'a>(document: &'a Value, method: &str, path: &str) -> Option<&'a Value> {
    let path = path.split('?').next().unwrap_or(path);
    let matches = |known: &str| {
        let (known, asked): (Vec<_>, Vec<_>) = (known.split('/').collect(), path.split('/').collect());
        let fits = |(known, asked): (&&str, &&str)| known == asked || known.starts_with('{');
        known.len() == asked.len() && known.iter().zip(&asked).all(fits)
    };
    let paths = document["paths"].as_object()?;
    // A fixed path is closer than one with a place for an id.
    let known =
        paths.get(path).or_else(|| paths.iter().find(|(known, _)| matches(known)).map(|(_, found)| found));
    known.and_then(|operations| operations.get(method))
}

/// Fails when the desk answered something that the document does not say. What signs in and out is not in it, and neither
/// are pages.
pub(crate) fn check(method: &Method, path: &str, sent: &[u8], answer: &Answer) {
    let document = document();
    let Some(operation) = operation(document, &method.as_str().to_lowercase(), path) else { return };
    let kind = answer.header("content-type");
    let at = format!("{method} {path}: {}", answer.status);
    let response = &operation["responses"][answer.status.as_str()];
    assert!(response.is_object(), "{at} is not described: {}", answer.text());
    match response["content"].as_object() {
        None => assert!(answer.bytes.is_empty(), "{at} has a body: {}", answer.text()),
        Some(content) => {
            let Some(described) = content.get(kind).or(content.get("*/*")) else { panic!("{at} is {kind}") };
            if let (Some(schema), true) = (described.get("schema"), kind.ends_with("json")) {
                let fit = fits_within(document, schema, &answer.json());
                assert!(fit.is_ok(), "{at}: {}", fit.unwrap_err());
            }
        }
    }
    let taken = &operation["requestBody"]["content"]["application/json"]["schema"];
    if answer.status.is_success() && taken.is_object() && !sent.is_empty() {
        let fit = fits_within(document, taken, &serde_json::from_slice(sent).unwrap());
        assert!(fit.is_ok(), "{at}: what was taken is not described: {}", fit.unwrap_err());
    }
}

/// References lead into the whole document, under a name that the checker passes over.
fn fits_within(document: &Value, schema: &Value, instance: &Value) -> Result<(), String> {
    let moved = |value: &Value| {
        let text = value.to_string().replace("#/components/schemas/", "#/$defs/");
        serde_json::from_str::<Value>(&text).unwrap()
    };
    static SCHEMAS: OnceLock<Value> = OnceLock::new();
    let schemas = SCHEMAS.get_or_init(|| moved(&document["components"]["schemas"]));
    fits(&json!({ "$defs": schemas, "allOf": [moved(schema)] }), instance)
}

fn document() -> &'static Value {
    static DOCUMENT: LazyLock<Value> = LazyLock::new(berkas_desk::openapi);
    &DOCUMENT
}

#[tokio::test]
async fn every_route_of_the_api_is_described_and_nothing_else() {
    let bench = Bench::new().await;
    let mut described = 0;
    for path in berkas_desk::paths().iter().filter(|path| path.starts_with("/api/")) {
        let asked = path.replace("{id}", crate::access::TASK).replace("{user}", crate::access::TASK);
        let asked = asked.replace("{date}", "2026-11-24").replace("{number}", "1");
        let asked = asked.replace("{ordinal}", "0").replace("{page}", "1");
        for method in METHODS {
            let request = Request::builder().method(method.to_uppercase().as_str()).uri(&asked);
            let answer = bench.ask(request.body(Body::empty()).unwrap()).await;
            let is_described = document()["paths"][path].get(method).is_some();
            // Nobody is signed in: what is there asks for that, and what is not says so.
            let expected = if is_described { 401 } else { 405 };
            assert_eq!(answer.status.as_u16(), expected, "{method} {path}");
            described += usize::from(is_described);
        }
    }
    let all = document()["paths"]
        .as_object()
        .unwrap()
        .values()
        .map(|operations| operations.as_object().unwrap().len());
    assert_eq!(described, all.sum::<usize>());
}

#[tokio::test]
async fn the_document_is_served_to_who_is_signed_in() {
    let bench = Bench::new().await;
    let served = bench.verifier("ani").await.get("/api/v1/openapi.json").await.is(200).json();
    assert_eq!(&served, document());
}
