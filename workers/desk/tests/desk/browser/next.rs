//! From a verdict to the next task.

use super::site::{HELD, SCAN, Site};

/// Tasks that are decided one after the other.
const ROUNDS: usize = 7;

#[tokio::test]
async fn the_next_task_takes_the_place_of_the_last_without_a_new_page_and_its_first_scan_comes_with_it() {
    let mut site = Site::new().await;
    for _ in 0..=ROUNDS {
        site.dossier().await;
    }
    let Some(desk) = site.verifier("ani").await else { return };
    desk.keys("n").await;
    desk.until(&format!("{HELD} && {SCAN}")).await;
    desk.ask("document.documentElement.dataset.same = 'yes'").await;
    for round in 1..=ROUNDS {
        let before = desk.path().await;
        desk.pass_all().await;
        desk.until(&format!("performance.getEntriesByName('berkas.next').length === {round}")).await;
        desk.until(&format!("location.pathname !== '{before}' && {HELD} && {SCAN}")).await;
        assert_eq!(
            desk.ask("return document.documentElement.dataset.same").await,
            "yes",
            "no new page was loaded"
        );
        let id = desk.path().await;
        let id = id.rsplit('/').next().unwrap();
        // Beforehand, or with the task: in either case once.
        let fetched = format!(
            "return performance.getEntriesByType('resource').filter((entry) =>
                /{id}\\/(documents|first-page)/.test(entry.name)).length"
        );
        assert_eq!(desk.ask(&fetched).await, 1, "its first page is fetched once");
    }
    desk.sees("Keputusan tadi tersimpan.").await;
    let took =
        desk.ask("return performance.getEntriesByName('berkas.next').map((entry) => entry.duration)").await;
    let mut took: Vec<f64> = serde_json::from_value(took).unwrap();
    took.sort_by(f64::total_cmp);
    let (middle, longest) = (took[ROUNDS / 2], took[ROUNDS - 1]);
    // What a page that is loaded as a whole takes until its scan is painted, without the decision before it.
    desk.reload().await;
    desk.until(&format!("{HELD} && {SCAN}")).await;
    let painted = desk
        .ask("return await new Promise((told) => new PerformanceObserver((list) =>
            told(list.getEntries().at(-1).startTime)).observe({ type: 'largest-contentful-paint', buffered: true }))")
        .await;
    eprintln!(
        "verdict to the next first page: {middle:.0} ms in the middle, {longest:.0} ms at most; \
         a page loaded as a whole paints its scan after {:.0} ms more",
        painted.as_f64().unwrap()
    );
    // Far above the aim, for machines that build something else meanwhile; the figure is in docs/PERFORMANCE.md.
    assert!(middle < 2_000.0, "{took:?}");
    // Back leads to the task before, which can only be looked at by now.
    desk.back().await;
    desk.until("document.querySelector('#task:not([data-held])')").await;
}
