//! Pages looked at while the applicant still stands at the counter.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, Request};
use berkas_blobs::ObjectKey;
use berkas_domain::Sha256Hash;
use berkas_normalizer::fixtures::{self, TiffPage, child_program};
use berkas_samples::{Defect, Degradation, Generator, PageTruth, Plan, Verdict};
use futures::StreamExt;
use serde_json::Value;
use tokio::sync::Notify;

use crate::bench::{Answer, Bench, on_http};

const PATH: &str = "/api/v1/pages/check";

async fn check(bench: &Bench<'_>, file: impl Into<Body>) -> Answer {
    bench.call(&bench.office, Method::POST, PATH, file).await
}

/// The first page of one sheet that the generator made as `wanted`.
pub(crate) fn sample(defects: &[Defect], wanted: impl Fn(&PageTruth) -> bool) -> Vec<u8> {
    let generator = Generator::new(11, "2026-11-24".parse().unwrap());
    let plan = Plan {
        service: berkas_domain::Service::AktaKelahiran,
        case: "LHR-1".parse().unwrap(),
        office: "351709".parse().unwrap(),
        defects: defects.to_vec(),
    };
    let mut dossiers = (0..20).map(|index| generator.dossier_at(index, &plan));
    let found = dossiers.find_map(|dossier| {
        let fits = |pages: &[PageTruth]| pages.len() == 1 && wanted(&pages[0]);
        let at = dossier.truth.documents.iter().position(|document| fits(&document.pages))?;
        let file = &dossier.files[at];
        (!file.bytes.starts_with(b"%PDF")).then(|| file.bytes.clone())
    });
    found.expect("one of twenty dossiers has such a page")
}

fn codes(page: &Value) -> Vec<&str> {
    page["reasons"].as_array().unwrap().iter().filter_map(|reason| reason["code"].as_str()).collect()
}

fn blurred(page: &PageTruth) -> bool {
    let blur = |degradation: &Degradation| matches!(degradation, Degradation::Blur { .. });
    page.expected_verdict == Verdict::Unreadable && page.degradations.iter().any(blur)
}

#[test]
fn a_good_page_is_ok_and_comes_with_its_measures_and_a_small_picture() {
    on_http(&[], async |bench| {
        let file = sample(&[], |page| page.expected_verdict == Verdict::Ok && !page.blank);
        let answer = check(bench, file.clone()).await;
        assert_eq!((answer.status.as_u16(), &answer.json["verdict"]), (200, &"ok".into()), "{answer:?}");
        assert_eq!(answer.json["sha256"], Sha256Hash::of(&file).to_string());
        let page = &answer.json["pages"][0];
        assert_eq!(
            (&page["page"], &page["verdict"], &page["blank"]),
            (&1.into(), &"ok".into(), &false.into())
        );
        assert!(codes(page).is_empty(), "{page}");
        for measure in ["width_px", "height_px", "dpi"] {
            assert!(page[measure].as_u64().unwrap() > 0, "{measure}");
        }
        assert!(page["rotation_deg"].is_u64() && page["skew_deg"].is_f64());
        let preview = page["preview"].as_str().unwrap();
        assert!(preview.starts_with("data:image/jpeg;base64,/9j/"));
        assert!(preview.len() < 30_720 * 4 / 3 + 40, "{} bytes", preview.len());
    });
}

#[test]
fn a_double_page_says_that_it_is_cut_in_two_and_how_large_its_pages_are() {
    on_http(&[("BERKAS_SCAN__MAX_PAGE_MS", "120000")], async |bench| {
        let answer = check(bench, fixtures::double_page()).await;
        let pages = answer.json["pages"].as_array().unwrap();
        assert_eq!((answer.status.as_u16(), pages.len()), (200, 1), "it is one page still: {answer:?}");
        let (page, halves) = (&pages[0], &pages[0]["halves"]);
        assert_eq!(halves["code"], "cut_in_two", "{page}");
        assert!(halves["text_id"].as_str().unwrap().contains("Tidak perlu dipindai ulang"), "{halves}");
        assert!(halves["text_en"].as_str().unwrap().contains("double page"), "{halves}");
        assert!((0.5..=1.0).contains(&halves["confidence"].as_f64().unwrap()), "{halves}");
        let size = |of: &Value, side| of[side].as_u64().unwrap();
        for half in [&halves["left"], &halves["right"]] {
            assert!(size(half, "width_px") < size(page, "width_px"), "{page}");
            assert!(size(half, "height_px") > 0 && half["skew_deg"].is_f64(), "{half}");
        }
        // Nothing is wrong with it.
        assert!(!codes(page).contains(&"cut_in_two") && !codes(page).contains(&"two_pages"), "{page}");

        let single = check(bench, fixtures::pnm(1)).await;
        assert!(single.json["pages"][0]["halves"].is_null(), "{single:?}");
    });
}

#[test]
fn a_page_out_of_focus_is_unreadable_and_says_what_helps() {
    on_http(&[], async |bench| {
        let answer = check(bench, sample(&[Defect::Unreadable], blurred)).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.json["verdict"]),
            (200, &"unreadable".into()),
            "{answer:?}"
        );
        let page = &answer.json["pages"][0];
        assert!(codes(page).contains(&"blurred"), "{:?}", codes(page));
        let reason = page["reasons"].as_array().unwrap().iter().find(|reason| reason["code"] == "blurred");
        let said = &reason.unwrap();
        assert!(said["text_id"].as_str().unwrap().contains("pindai ulang"), "{said}");
        assert!(said["text_en"].as_str().unwrap().contains("scan again"), "{said}");
    });
}

#[test]
fn every_page_of_a_file_is_told_and_a_bad_one_does_not_lose_the_others() {
    on_http(&[("BERKAS_SCAN__CHILD", child_program().to_str().unwrap())], async |bench| {
        let file = fixtures::tiff(&[TiffPage::Good, TiffPage::Corrupt, TiffPage::Good]);
        let answer = check(bench, file).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.json["verdict"]),
            (200, &"unreadable".into()),
            "{answer:?}"
        );
        let pages = answer.json["pages"].as_array().unwrap();
        assert_eq!(pages.len(), 3);
        assert_eq!((codes(&pages[1]), pages[1]["preview"].is_null()), (vec!["corrupt"], true));
        assert!(pages[0]["preview"].is_string() && pages[2]["preview"].is_string());
        assert_eq!(check(bench, fixtures::pdf(2)).await.json["pages"].as_array().unwrap().len(), 2);
    });
}

#[test]
fn what_cannot_be_opened_is_refused_with_its_code_and_never_quoted() {
    on_http(&[("BERKAS_INTAKE__MAX_FILE_BYTES", "100000")], async |bench| {
        let cases: [(&[u8], u16, &str); 5] = [
            (b"3517090101900001", 422, "unsupported_type"),
            (b"", 422, "unsupported_type"),
            (b"\xFF\xD8\xFF\xE0 no picture", 422, "corrupt"),
            (b"P6 60000 60000 255\n", 422, "too_many_pixels"),
            (&[0xFF; 100_001], 413, "too_large"),
        ];
        for (file, status, code) in cases {
            let answer = check(bench, file.to_vec()).await;
            assert_eq!((answer.status.as_u16(), &answer.json["code"]), (status, &code.into()), "{answer:?}");
            assert!(!answer.json.to_string().contains("3517090101900001"));
        }
    });
}

#[test]
fn only_an_office_may_ask() {
    on_http(&[], async |bench| {
        let nobody = Request::post(PATH).body(Body::from(fixtures::pnm(1))).unwrap();
        assert_eq!(bench.ask(nobody).await.status, 401);
    });
}

#[test]
fn nothing_of_it_is_kept() {
    on_http(&[], async |bench| {
        let file = fixtures::pnm(1);
        assert_eq!(check(bench, file.clone()).await.status, 200);
        let path = format!("/api/v1/blobs/{}", Sha256Hash::of(&file));
        assert_eq!(bench.call(&bench.office, Method::HEAD, &path, Body::empty()).await.status, 404);
        let key = ObjectKey::original_of(&bench.office.office, &file);
        assert!(!bench.app.blobs.exists(&key).await.unwrap());
        assert_eq!(bench.app.store.due_count().await.unwrap(), 0);
    });
}

#[test]
fn with_every_place_taken_the_next_is_told_when_to_come_back() {
    let settings =
        [("BERKAS_INTAKE__PAGE_CHECK__CONCURRENCY", "0"), ("BERKAS_INTAKE__PAGE_CHECK__RETRY_AFTER_S", "3")];
    on_http(&settings, async |bench| {
        let answer = check(bench, fixtures::pnm(1)).await;
        assert_eq!((answer.status.as_u16(), &answer.json["code"]), (429, &"busy".into()), "{answer:?}");
        assert_eq!(answer.headers["retry-after"], "3");
    });
}

#[test]
fn a_slow_line_takes_no_place_from_anybody() {
    on_http(&[("BERKAS_INTAKE__PAGE_CHECK__CONCURRENCY", "1")], async |bench| {
        let (begun, go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let file = fixtures::pnm(1);
        let (head, tail) = (file[..100].to_vec(), file[100..].to_vec());
        let (told, waited) = (Arc::clone(&begun), Arc::clone(&go));
        let body = futures::stream::iter([head]).chain(futures::stream::once(async move {
            told.notify_one();
            waited.notified().await;
            tail
        }));
        let slow = check(bench, Body::from_stream(body.map(Ok::<_, std::io::Error>)));
        let quick = async {
            begun.notified().await;
            let answer = check(bench, fixtures::pnm(2)).await;
            go.notify_one();
            answer
        };
        let both = async { tokio::join!(slow, quick) };
        let (slow, quick) = tokio::time::timeout(Duration::from_secs(60), both).await.unwrap();
        assert_eq!((slow.status.as_u16(), quick.status.as_u16()), (200, 200));
    });
}

#[test]
fn an_office_that_sends_too_many_waits_for_the_next_minute_and_no_other_office_does() {
    on_http(&[("BERKAS_INTAKE__PAGE_CHECK__PER_MINUTE", "1")], async |bench| {
        assert_eq!(check(bench, fixtures::pnm(1)).await.status, 200);
        let refused = check(bench, fixtures::pnm(1)).await;
        assert_eq!((refused.status.as_u16(), refused.headers["retry-after"].as_bytes()), (429, &b"60"[..]));
        let neighbour = bench.call(&bench.neighbour, Method::POST, PATH, fixtures::pnm(1)).await;
        assert_eq!(neighbour.status, 200, "{neighbour:?}");
    });
}
