//! From a verdict to the next task.

use serde_json::json;

use super::site::{HELD, SCAN, Site};

/// Tasks that are decided one after the other.
const ROUNDS: usize = 7;

#[tokio::test]
async fn the_next_task_takes_the_place_of_the_last_without_a_new_page_and_its_first_scan_comes_with_it() {
    let (mut site, mut dossiers) = (Site::new().await, Vec::new());
    for _ in 0..=ROUNDS {
        dossiers.push(site.dossier().await.to_string());
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
        // Beforehand, or with the task: in either case once. Who asked beforehand and was not answered before the task was
        // given gets no page there (404).
        let fetched = format!(
            "performance.getEntriesByType('resource').filter((entry) =>
                /{id}\\/(documents|first-page)/.test(entry.name) && entry.responseStatus !== 404).length"
        );
        // The browser may show a picture before it notes that it has come.
        desk.until(&format!("{fetched} > 0")).await;
        assert_eq!(desk.ask(&format!("return {fetched}")).await, 1, "its first page is fetched once");
    }
    let mut seen = Vec::new();
    for dossier in &dossiers {
        let store = &site.bench.store;
        let views = store.audited("scan.viewed", dossier).await.unwrap();
        seen.push(views + store.audited("scan.prefetched", dossier).await.unwrap());
    }
    assert_eq!(seen, vec![1; ROUNDS + 1], "each first page was written down once");
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
    // Figures with their aim are in docs/PERFORMANCE.md: how long it takes here depends on what else this machine does.
    eprintln!(
        "verdict to the next first page: {middle:.0} ms in the middle, {longest:.0} ms at most; \
         a page loaded as a whole paints its scan after {:.0} ms more",
        painted.as_f64().unwrap()
    );
    // Back leads to the task before, which can only be looked at by now.
    desk.back().await;
    desk.until("document.querySelector('#task:not([data-held])')").await;
}

/// Holds back what is asked beforehand until the next task has taken the place of this one, and notes what is answered then.
const LATE: &str = "const { fetch } = window;
    Object.assign(window, { waiting: [], answered: [] });
    new MutationObserver(() => { for (const go of window.waiting.splice(0)) go(); })
        .observe(document.querySelector('main'), { childList: true });
    window.fetch = async (address, options) => {
        if (!/first-page/.test(address)) return fetch(address, options);
        await new Promise((go) => window.waiting.push(go));
        const answer = await fetch(address, options);
        window.answered.push(answer.status);
        return answer;
    }";

#[tokio::test]
async fn a_first_page_that_was_asked_for_beforehand_and_too_late_comes_with_the_task() {
    let (mut site, mut dossiers) = (Site::new().await, Vec::new());
    for _ in 0..3 {
        dossiers.push(site.dossier().await.to_string());
    }
    let Some(desk) = site.verifier("ani").await else { return };
    desk.keys("n").await;
    desk.until(&format!("{HELD} && {SCAN}")).await;
    // The first look ahead is over; the one that follows is held back.
    desk.until("performance.getEntriesByType('resource').some((entry) => /first-page/.test(entry.name))")
        .await;
    desk.ask(LATE).await;
    for waiting in [0, 1] {
        desk.until(&format!("window.waiting.length === {waiting}")).await;
        let before = desk.path().await;
        desk.pass_all().await;
        desk.until(&format!("location.pathname !== '{before}' && {HELD} && {SCAN}")).await;
    }
    assert_eq!(desk.ask("return window.answered").await, json!([404]), "it came too late");
    assert_eq!(
        desk.ask("return document.querySelector('#pass').disabled").await,
        false,
        "the task is theirs"
    );
    let (store, last) = (&site.bench.store, &dossiers[2]);
    assert_eq!(store.audited("scan.viewed", last).await.unwrap(), 1);
    assert_eq!(store.audited("scan.prefetched", last).await.unwrap(), 0);
}
