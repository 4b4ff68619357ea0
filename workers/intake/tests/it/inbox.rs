//! The inbox over HTTP.

use axum::body::Body;
use axum::http::Method;
use uuid::Uuid;

use crate::bench::{Bench, on_http};
use crate::dossier::Dossier;

#[test]
fn a_notice_is_owed_until_its_own_office_acknowledges_it_as_often_as_it_likes() {
    on_http(&[], async |bench| {
        let dossier = Dossier::new(&bench.office.office);
        dossier.upload(bench, &bench.office).await;
        let accepted = dossier.submit(bench, &bench.office).await;
        let owed = async || {
            let path = "/api/v1/notices?owed=true";
            bench.call(&bench.office, Method::GET, path, Body::empty()).await.json["notices"].clone()
        };
        let notices = owed().await;
        assert_eq!(notices.as_array().unwrap().len(), 1);
        assert_eq!(notices[0]["type"], "id.berkas.accepted.v1");
        assert_eq!(notices[0]["data"], accepted.json);

        let path = format!("/api/v1/notices/{}/acknowledgement", notices[0]["id"].as_str().unwrap());
        assert_eq!(bench.call(&bench.neighbour, Method::POST, &path, Body::empty()).await.status, 404);
        assert_eq!(owed().await, notices);
        for _ in 0..2 {
            assert_eq!(bench.call(&bench.office, Method::POST, &path, Body::empty()).await.status, 204);
            assert_eq!(owed().await.as_array().unwrap().len(), 0);
        }
        let all = bench.call(&bench.office, Method::GET, "/api/v1/notices?limit=1", Body::empty()).await;
        assert!(all.json["notices"][0]["acknowledged_at"].is_string());
        let unknown = format!("/api/v1/notices/{}/acknowledgement", Uuid::now_v7());
        assert_eq!(bench.call(&bench.office, Method::POST, &unknown, Body::empty()).await.status, 404);
        let malformed =
            bench.call(&bench.office, Method::GET, "/api/v1/notices?owed=perhaps", Body::empty()).await;
        assert_eq!(malformed.status, 400);
    });
}

#[test]
fn the_inbox_is_read_page_by_page_and_every_notice_is_on_one_of_them() {
    on_http(&[], async |bench| {
        for _ in 0..5 {
            let dossier = Dossier::new(&bench.office.office);
            dossier.upload(bench, &bench.office).await;
            assert_eq!(dossier.submit(bench, &bench.office).await.status, 202);
            bench.clock.advance(chrono::TimeDelta::seconds(1));
        }
        let told = bench.told(&bench.office).await;
        let mut ids: Vec<String> = told.iter().map(|item| item.id.to_string()).collect();
        assert_eq!(read_through(bench, "/api/v1/notices?limit=2&after=").await, (ids.clone(), 3));
        ids.reverse();
        let newest_first = ids;
        assert_eq!(read_through(bench, "/api/v1/notices?limit=2").await, (newest_first.clone(), 3));

        // Another office's notice is no place to begin at.
        let path = format!("/api/v1/notices?before={}", newest_first[0]);
        let foreign = bench.call(&bench.neighbour, Method::GET, &path, Body::empty()).await;
        assert_eq!(foreign.json["notices"].as_array().unwrap().len(), 0);
        let id = &newest_first[0];
        for wrong in ["before=x", "after=x", &format!("before={id}&after={id}")] {
            let path = format!("/api/v1/notices?{wrong}");
            assert_eq!(
                bench.call(&bench.office, Method::GET, &path, Body::empty()).await.status,
                400,
                "{wrong}"
            );
        }
    });
}

/// The ids on all pages from `path` on, and how many pages there were.
async fn read_through(bench: &Bench<'_>, path: &str) -> (Vec<String>, usize) {
    let (mut path, mut read, mut pages) = (path.to_owned(), Vec::new(), 0);
    loop {
        let page = bench.call(&bench.office, Method::GET, &path, Body::empty()).await;
        assert_eq!(page.status, 200);
        let notices = page.json["notices"].as_array().unwrap();
        read.extend(notices.iter().map(|item| item["id"].as_str().unwrap().to_owned()));
        pages += 1;
        let Some(next) = page.json["next"].as_str() else { return (read, pages) };
        next.clone_into(&mut path);
    }
}
