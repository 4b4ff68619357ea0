//! Every route of the HTTP door, and who is let in.

use axum::body::Body;
use axum::http::{Method, Request};
use berkas_domain::OfficeMode;

use crate::bench::{Bench, on_http};

const METHODS: [&str; 6] = ["GET", "HEAD", "PUT", "POST", "DELETE", "PATCH"];

/// Every address that the door's router has, with every method: those that nothing answers say so.
fn every_request() -> Vec<(Method, String)> {
    let filled = |path: &str| {
        let path = path.replace("{sha256}", &"0a".repeat(32)).replace("{number}", "351709-261124-0001-1");
        let path = path.replace("{id}", "00000000-0000-7000-8000-000000000000");
        let path = path.replace("{service}", "akta_kelahiran").replace("{case}", "LHR-1");
        path.replace("{revision}", "1").replace("{document}", "0").replace("{page}", "1")
    };
    let paths: Vec<String> = berkas_intake::paths().into_iter().map(filled).collect();
    paths.iter().flat_map(|path| METHODS.map(|method| (method.parse().unwrap(), path.clone()))).collect()
}

/// Asks every route under this key; each must answer with `status`, and none with anything of its own.
async fn every_route_says(bench: &Bench<'_>, key: Option<&str>, status: u16) {
    let mut answered = 0;
    for (method, path) in every_request() {
        assert!(!path.contains('{'), "{path}");
        let request = Request::builder().method(method.clone()).uri(&path);
        let request = match key {
            Some(key) => request.header("authorization", format!("Bearer {key}")),
            None => request,
        };
        match bench.ask(request.body(Body::empty()).unwrap()).await.status.as_u16() {
            405 => {}
            said => {
                assert_eq!(said, status, "{method} {path}");
                answered += 1;
            }
        }
    }
    assert!(answered >= berkas_intake::paths().len());
}

#[test]
fn no_route_answers_without_a_key_or_with_a_wrong_one() {
    on_http(&[], async |bench| {
        every_route_says(bench, None, 401).await;
        let wrong = berkas_web::ApiKey::draw().unwrap().reveal();
        every_route_says(bench, Some(&wrong), 401).await;
    });
}

#[test]
fn no_route_answers_an_office_that_is_stopped() {
    on_http(&[], async |bench| {
        bench
            .app
            .store
            .set_office_mode(&bench.office.office, OfficeMode::Stopped, bench.app.clock.now())
            .await
            .unwrap();
        every_route_says(bench, Some(&bench.office.key), 403).await;
    });
}
