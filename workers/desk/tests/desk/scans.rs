//! Pages of scans.

use berkas_desk::Originals;
use berkas_imaging::{Document, Limits};
use berkas_normalizer::fixtures::{TiffPage, child_program, double_page, pdf, tiff};
use berkas_runtime::settings::Settings;
use serde_json::json;

use crate::support::Bench;

#[tokio::test]
async fn a_page_is_served_in_each_of_its_copies_and_every_view_is_written_down() {
    let bench = Bench::new().await;
    let submission = bench.dossier(1).await;
    let verifier = bench.verifier("ani").await;
    let (task, _) = verifier.pull().await;
    let page = format!("{task}/documents/1/pages/2");
    for (variant, bytes) in
        [("normalized", "normalized 1/2/2"), ("preview", "normalized 1/2/2"), ("original", "original 1/2")]
    {
        let answer = verifier.get(&format!("{page}?variant={variant}")).await.is(200);
        assert_eq!(answer.text(), bytes);
        assert_eq!(answer.header("content-type"), "image/jpeg");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("cache-control"), "no-store");
        assert!(answer.header("content-security-policy").contains("sandbox"));
        assert_eq!(answer.header("content-encoding"), "");
        assert_eq!(answer.header("cross-origin-resource-policy"), "same-origin");
    }
    assert_eq!(bench.store.audited("scan.viewed", &submission.to_string()).await.unwrap(), 3);
    verifier.get(&format!("{task}/documents/1/pages/3")).await.is(404);
    verifier.get(&format!("{task}/documents/2/pages/1")).await.is(404);
    assert_eq!(bench.store.audited("scan.viewed", &submission.to_string()).await.unwrap(), 3);
}

#[tokio::test]
async fn the_pages_of_a_double_page_are_served_as_copies_of_their_page_and_of_no_other() {
    let bench = Bench::new().await;
    let files = [("image/x-portable-anymap", double_page()), ("image/tiff", tiff(&[TiffPage::Good]))];
    bench.dossier_of_files(files).await;
    let verifier = bench.verifier("ani").await;
    let (task, _) = verifier.pull().await;
    let told = verifier.get(&task).await.is(200).json();
    assert_eq!(told["documents"][0]["pages"][0]["halves"], true);
    let page = format!("{task}/documents/0/pages/1");
    let mut copies = Vec::new();
    for variant in ["left", "right"] {
        let answer = verifier.get(&format!("{page}?variant={variant}")).await.is(200);
        assert_eq!(answer.header("cache-control"), "no-store");
        copies.push(answer.bytes);
    }
    assert_ne!(copies[0], copies[1]);
    verifier.get(&format!("{task}/documents/1/pages/1?variant=left")).await.is(404);
}

#[tokio::test]
async fn what_a_browser_cannot_show_in_a_sandbox_is_sent_to_be_saved() {
    let bench = Bench::new().await;
    bench.dossier_of("application/pdf").await;
    let verifier = bench.verifier("ani").await;
    let (task, _) = verifier.pull().await;
    let answer = verifier.get(&format!("{task}/documents/0/pages/1?variant=original")).await.is(200);
    assert_eq!(answer.header("content-type"), "application/pdf");
    assert_eq!(answer.header("content-disposition"), "attachment; filename=\"scan.pdf\"");
}

#[tokio::test]
async fn a_page_of_an_original_that_a_browser_cannot_show_is_drawn() {
    let mut bench = Bench::new().await;
    // As in the program: in a process of its own, one at a time.
    let mut settings = Settings::load(None, []).unwrap();
    settings.scan.child = child_program();
    settings.scan.max_page_ms = 120_000;
    settings.desk.originals_at_once = 1;
    bench.state.originals = Originals::new(&settings.scan, &settings.desk);
    bench.app = berkas_desk::router(bench.state.clone());
    let files = [("image/tiff", tiff(&[TiffPage::Good])), ("application/pdf", pdf(2))];
    let submission = bench.dossier_of_files(files).await;
    let verifier = bench.verifier("ani").await;
    let (task, _) = verifier.pull().await;
    let drawn = async |place: &str| {
        let (document, page) = place.split_once('/').unwrap();
        let path = format!("{task}/documents/{document}/pages/{page}?variant=original_page");
        let answer = verifier.get(&path).await.is(200);
        assert_eq!(answer.header("content-type"), "image/jpeg");
        assert!(answer.header("content-security-policy").contains("sandbox"));
        let page = Document::open(&answer.bytes, &Limits::default()).unwrap().page(0).unwrap();
        (page.width, page.height)
    };
    let (first, second, third) = tokio::join!(drawn("0/1"), drawn("1/1"), drawn("1/2"));
    assert_eq!(first, (400, 560), "no larger than it is");
    assert!(second.1.abs_diff(2339) < 2 && second == third, "A4 at 200 dots an inch: {second:?}");
    assert_eq!(bench.store.audited("scan.viewed", &submission.to_string()).await.unwrap(), 3);
    verifier.get(&format!("{task}/documents/1/pages/3?variant=original_page")).await.is(404);
}

#[tokio::test]
async fn a_page_of_an_original_that_cannot_be_drawn_has_its_code_and_the_file_can_still_be_saved() {
    let bench = Bench::new().await;
    let files =
        [("application/pdf", b"%PDF-1.7 and nothing else".to_vec()), ("image/tiff", b"no tiff".to_vec())];
    bench.dossier_of_files(files).await;
    let verifier = bench.verifier("ani").await;
    let (task, _) = verifier.pull().await;
    for (document, code) in [(0, "corrupt"), (1, "unsupported_type")] {
        let page = format!("{task}/documents/{document}/pages/1?variant=original");
        assert_eq!(verifier.get(&format!("{page}_page")).await.is(422).code(), code);
        verifier.get(&page).await.is(200);
    }
}

#[tokio::test]
async fn a_decided_dossier_stays_open_to_the_verifier_who_decided_it_and_to_nobody_else() {
    let bench = Bench::new().await;
    bench.dossier(1).await;
    let (verifier, other) = (bench.verifier("ani").await, bench.verifier("budi").await);
    let (task, fence) = verifier.pull().await;
    let page = format!("{task}/documents/0/pages/1");
    verifier
        .post(&format!("{task}/decision"), json!({"outcome": "passed", "all_valid": true, "fence": fence}))
        .await
        .is(200);
    verifier.get(&page).await.is(200);
    other.get(&page).await.is(404);
}

#[tokio::test]
async fn whoever_gave_a_task_back_does_not_see_its_scans_any_more() {
    let bench = Bench::new().await;
    bench.dossier(1).await;
    let verifier = bench.verifier("ani").await;
    let (task, fence) = verifier.pull().await;
    verifier.get(&format!("{task}/documents/0/pages/1")).await.is(200);
    verifier.post(&format!("{task}/release"), json!({"fence": fence})).await.is(204);
    verifier.get(&format!("{task}/documents/0/pages/1")).await.is(404);
    verifier.get(&task).await.is(404);
}
