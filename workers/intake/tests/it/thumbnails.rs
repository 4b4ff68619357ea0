//! Small copies of pages that a notice names.

use axum::body::Body;
use axum::http::Method;
use berkas_blobs::ObjectKey;
use berkas_domain::Sha256Hash;
use berkas_samples::Verdict;
use berkas_store::{DerivedPage, StoredPage};
use serde_json::json;

use crate::bench::{Answer, Bench, Caller, on_http};
use crate::dossier::Dossier;
use crate::pages::sample;

/// Two pages of the second document: the first has a copy, the second could not be made.
async fn scanned(bench: &Bench<'_>, dossier: &Dossier, copy: &[u8]) -> Sha256Hash {
    let (office, original) = (&bench.office.office, Sha256Hash::of(&dossier.scans[1]));
    let (normalized, preview) = (Sha256Hash::of(b"a page"), Sha256Hash::of(copy));
    let key = ObjectKey::Derived { office: office.clone(), sha256: preview };
    bench.app.blobs.put(&key, copy.to_vec()).await.unwrap();
    let derived =
        DerivedPage { sha256: normalized, media_type: "image/jpeg".to_owned(), preview, halves: None };
    for (page, derived) in [(1, Some(derived)), (2, None)] {
        let page = StoredPage { page, derived, report: json!({}) };
        bench.app.store.page_done(office, original, "test", &page).await.unwrap();
    }
    bench.app.store.scan_done(office, original, "test", 2, None, bench.app.clock.now()).await.unwrap();
    preview
}

async fn look(bench: &Bench<'_>, caller: &Caller, path: &str) -> Answer {
    bench.call(caller, Method::GET, path, Body::empty()).await
}

#[test]
fn a_page_is_shown_small_to_its_own_office_and_every_view_is_written_down() {
    on_http(&[("BERKAS_INTAKE__THUMBNAILS_PER_MINUTE", "3")], async |bench| {
        let dossier = Dossier::new(&bench.office.office);
        dossier.upload(bench, &bench.office).await;
        let accepted = dossier.submit(bench, &bench.office).await.json;
        let (number, submission) =
            (accepted["registration_number"].as_str().unwrap(), accepted["submission"].as_str().unwrap());
        let copy = sample(&[], |page| page.expected_verdict == Verdict::Ok && !page.blank);
        let preview = scanned(bench, &dossier, &copy).await;
        let path = format!("/api/v1/submissions/{number}/revisions/1/documents/1/pages/1");
        let views = async || bench.app.store.audited("scan.thumbnail", submission).await.unwrap();

        let shown = look(bench, &bench.office, &path).await;
        assert_eq!(shown.status, 200, "{}", shown.text);
        for (name, value) in [
            ("content-type", "image/jpeg"),
            ("cache-control", "no-store"),
            ("x-content-type-options", "nosniff"),
            ("cross-origin-resource-policy", "same-origin"),
            ("content-security-policy", "default-src 'none'; sandbox; frame-ancestors 'none'"),
        ] {
            assert_eq!(shown.headers[name], value, "{name}");
        }
        let most = bench.app.settings.intake.page_check.preview_bytes;
        assert!(shown.bytes.starts_with(b"\xFF\xD8") && shown.bytes.len() <= most, "{}", shown.bytes.len());
        assert!(copy.len() > most, "it had to be made smaller");
        assert_eq!(views().await, 1);

        // Nobody else's, and nothing that is not there: before, behind and beside the range.
        assert_eq!(look(bench, &bench.neighbour, &path).await.status, 404);
        let stranger = Caller { key: "bk_salah".to_owned(), ..bench.office.clone() };
        assert_eq!(look(bench, &stranger, &path).await.status, 401);
        let dossier_of = format!("/api/v1/submissions/{number}/revisions");
        for nothing in [
            "1/documents/1/pages/0",
            "1/documents/1/pages/2",
            "1/documents/1/pages/3",
            "1/documents/1/pages/-1",
            "1/documents/0/pages/1",
            "1/documents/2/pages/1",
            "1/documents/-1/pages/1",
            "2/documents/1/pages/1",
            "0/documents/1/pages/1",
            "x/documents/1/pages/1",
            "1/documents/1/pages/99999999999",
            "1/documents/99999999999999999999/pages/1",
        ] {
            let answer = look(bench, &bench.office, &format!("{dossier_of}/{nothing}")).await;
            assert_eq!(answer.status, 404, "{nothing}");
        }
        assert_eq!(views().await, 1, "what was not shown was not seen");

        // Once the copy is removed there is nothing to show.
        let key = ObjectKey::Derived { office: bench.office.office.clone(), sha256: preview };
        bench.app.blobs.delete(&key).await.unwrap();
        assert_eq!(look(bench, &bench.office, &path).await.status, 404);
        assert_eq!(look(bench, &bench.office, &path).await.status, 404);
        let refused = look(bench, &bench.office, &path).await;
        assert_eq!(
            (refused.status, refused.headers.contains_key("retry-after")),
            (429.try_into().unwrap(), true)
        );
    });
}
