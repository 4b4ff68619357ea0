use berkas_blobs::ObjectKey;
use berkas_domain::{Generation, Sha256Hash, Stage};
use berkas_runtime::{Failure, Outcome};

use crate::bench::{Bench, nobodys_work};
use berkas_normalizer::fixtures::{TiffPage, double_page, pdf, pnm, tiff};

fn went_on(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Forward { to: Stage::Normalized, not_before: None, effects } if effects.is_empty())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_of_every_document_is_made_and_kept_under_its_hash() {
    let bench = Bench::new().await;
    let picture = bench.upload(&pnm(1)).await;
    let papers = bench.upload(&tiff(&[TiffPage::Good, TiffPage::Corrupt, TiffPage::Good])).await;
    let letter = bench.upload(&pdf(2)).await;
    let broken = bench.upload(b"%PDF-1.4 and nothing else").await;
    // The same paper in two places of the form.
    let job = bench.submit(&[picture, papers, letter, broken, picture]).await;

    assert!(went_on(&bench.handle(&job).await.unwrap()));

    for (file, page_count) in [(picture, 1), (papers, 3), (letter, 2)] {
        let scan = bench.scan(file).await;
        assert_eq!(
            (scan.page_count, scan.error.as_deref(), scan.pages.len()),
            (page_count, None, page_count as usize)
        );
        for page in scan.pages.iter().filter_map(|page| page.derived.as_ref()) {
            assert_eq!(page.media_type, "image/jpeg");
            for sha256 in [page.sha256, page.preview] {
                let key = ObjectKey::Derived { office: bench.office.clone(), sha256 };
                let bytes = bench.blobs.get(&key).await.unwrap();
                assert!(bytes.starts_with(&[0xFF, 0xD8]));
            }
        }
    }
    let papers = bench.scan(papers).await.pages;
    assert!(papers[0].derived.is_some() && papers[1].derived.is_none() && papers[2].derived.is_some());
    assert_eq!(
        (papers[1].report["verdict"].as_str(), papers[1].report["error"].as_str()),
        (Some("unreadable"), Some("corrupt"))
    );
    let broken = bench.scan(broken).await;
    assert_eq!((broken.page_count, broken.error.as_deref()), (0, Some("corrupt")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_double_page_stays_one_page_and_has_a_copy_of_each_of_its_two() {
    let bench = Bench::new().await;
    let book = bench.upload(&double_page()).await;
    let job = bench.submit(&[book]).await;

    assert!(went_on(&bench.handle(&job).await.unwrap()));
    let scan = bench.scan(book).await;
    let [page] = &scan.pages[..] else { panic!("one page: {scan:?}") };
    assert_eq!((scan.page_count, page.page), (1, 1));
    let derived = page.derived.as_ref().unwrap();
    let halves = derived.halves.unwrap();
    assert_ne!(halves[0], halves[1]);
    for (half, sha256) in halves.into_iter().enumerate() {
        let key = ObjectKey::Derived { office: bench.office.clone(), sha256 };
        let bytes = bench.blobs.get(&key).await.unwrap();
        let limits = berkas_imaging::Limits::default();
        let copy = berkas_imaging::Document::open(&bytes, &limits).unwrap().page(0).unwrap();
        assert_eq!(page.report["halves"]["pages"][half]["width_px"], copy.width);
    }
    // What is done is found done, with its halves.
    assert!(went_on(&bench.handle(&job).await.unwrap()));
    assert_eq!(bench.scan(book).await, scan);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_offices_pages_are_counted_by_their_verdict() {
    let bench = Bench::new().await;
    let picture = bench.upload(&pnm(1)).await;
    let papers = bench.upload(&tiff(&[TiffPage::Good, TiffPage::Corrupt])).await;
    // The same paper in two places of the form is one page.
    let job = bench.submit(&[picture, papers, picture]).await;
    bench.handle(&job).await.unwrap();

    let mut made = bench.pages(picture).await;
    made.extend(bench.pages(papers).await.into_iter().filter(|page| page.derived.is_some()));
    let called = |verdict: &str| made.iter().filter(|page| page.report["verdict"] == verdict).count() as i64;
    let counted = bench.store.page_legibility().await.unwrap();
    let [counted] = counted.as_slice() else { panic!("{counted:?}") };
    assert_eq!((counted.pages, counted.failed), (3, 1));
    assert_eq!(
        (counted.ok, counted.warn, counted.unreadable),
        (called("ok"), called("warn"), called("unreadable"))
    );
    assert_eq!(counted.ok + counted.warn + counted.unreadable, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_run_goes_on_behind_the_pages_that_are_done() {
    let bench = Bench::new().await;
    let file = bench.upload(&pdf(3)).await;
    let job = bench.submit(&[file]).await;
    // As a run that was killed after its first page left it: the first page is marked, so that it would show if it
    // were made again.
    let mark = berkas_store::StoredPage { page: 1, derived: None, report: "made before".into() };
    let version = berkas_imaging::NORMALIZER_VERSION;
    bench.store.page_done(&bench.office, file, version, &mark).await.unwrap();

    assert!(went_on(&bench.handle(&job).await.unwrap()));
    let pages = bench.pages(file).await;
    assert_eq!(pages.len(), 3);
    assert_eq!(pages[0], mark);
    assert!(pages[1].derived.is_some() && pages[2].derived.is_some());

    // Done is done: the original is not even read any more.
    let key = ObjectKey::Original { office: bench.office.clone(), sha256: file };
    bench.blobs.delete(&key).await.unwrap();
    assert!(went_on(&bench.handle(&job).await.unwrap()));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outage_of_the_object_store_waits_and_a_missing_object_is_for_the_operator() {
    let bench = Bench::new().await;
    let good = bench.upload(&pnm(2)).await;
    let missing = Sha256Hash::of(b"never uploaded");
    let job = bench.submit(&[missing, good]).await;

    let elsewhere = bench.objects.path().with_extension("elsewhere");
    std::fs::rename(bench.objects.path(), &elsewhere).unwrap();
    let failure = bench.handle(&job).await.unwrap_err();
    assert!(matches!(failure, Failure::DependencyDown { what: "object store", .. }), "{failure}");

    std::fs::rename(&elsewhere, bench.objects.path()).unwrap();
    let failure = bench.handle(&job).await.unwrap_err();
    assert!(matches!(failure, Failure::Permanent { code: "object_missing", .. }), "{failure}");
    // The other document's pages are there all the same.
    assert_eq!(bench.pages(good).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn work_of_another_generation_or_of_nobody_is_stale() {
    let bench = Bench::new().await;
    let mut job = bench.submit(&[]).await;
    job.work.generation = Generation(job.work.generation.0 + 1);
    assert!(matches!(bench.handle(&job).await.unwrap(), Outcome::Stale));
    assert!(matches!(bench.handle(&nobodys_work()).await.unwrap(), Outcome::Stale));
}
