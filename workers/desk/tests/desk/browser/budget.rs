//! What a page may weigh, and the windows it must fit into.

use berkas_store::UserRole;
use serde_json::json;

use super::chromium::Chromium;
use super::site::Site;

const SIZES: &str = "return performance.getEntries()
    .filter((entry) => entry.entryType === 'navigation' || entry.entryType === 'resource')
    .map((entry) => [new URL(entry.name).pathname, entry.transferSize])";

fn weigh(sizes: &serde_json::Value, scans: bool) -> u64 {
    let entries = sizes.as_array().unwrap().iter();
    let of = |entry: &serde_json::Value| entry[0].as_str().unwrap().contains("/pages/") == scans;
    entries.filter(|entry| of(entry)).map(|entry| entry[1].as_u64().unwrap()).sum()
}

#[tokio::test]
async fn the_first_page_and_the_first_readable_picture_stay_within_their_bytes() {
    let mut site = Site::new().await;
    let submission = site.dossier().await.to_string();
    let Some(desk) = site.verifier("ani").await else { return };
    desk.keys("n").await;
    desk.until("document.querySelector('#scan')?.naturalWidth > 300").await;
    // Opened by somebody who has none of it yet.
    desk.devtools("Network.enable", json!({})).await;
    desk.devtools("Network.clearBrowserCache", json!({})).await;
    let path = desk.path().await;
    let seen = site.bench.store.audited("scan.viewed", &submission).await.unwrap();
    desk.open(&path).await;
    desk.until(
        "document.querySelector('#stage.live #scan')?.style.transform && document.readyState === 'complete'",
    )
    .await;
    let sizes = desk.ask(SIZES).await;
    let pictures =
        sizes.as_array().unwrap().iter().filter(|entry| entry[0].as_str().unwrap().contains("/pages/"));
    assert_eq!(pictures.count(), 1, "the first picture is fetched once: {sizes}");
    let now_seen = site.bench.store.audited("scan.viewed", &submission).await.unwrap();
    assert_eq!(now_seen - seen, 1, "and written down once");
    let (page, scans) = (weigh(&sizes, false), weigh(&sizes, true));
    assert!((1..=60 * 1024).contains(&page), "{page} bytes of page: {sizes}");
    assert!((1..=150 * 1024).contains(&scans), "{scans} bytes until the first picture: {sizes}");
}

const FITS: &str = "const wide = document.documentElement.scrollWidth <= innerWidth;
    const shown = (element) => element.checkVisibility() && element.getClientRects().length > 0;
    const outside = [...document.querySelectorAll('button, summary, a, input')].filter(shown).filter((element) => {
        element.scrollIntoView({ block: 'nearest', inline: 'nearest' });
        const box = element.getBoundingClientRect();
        return !element.classList.contains('skip') && element.type !== 'hidden' &&
            (box.right > innerWidth + 1 || box.left < -1 || box.bottom > innerHeight + 1 || box.top < -1);
    }).map((element) => element.outerHTML.slice(0, 80));
    // Beside a telephone's edge nothing of a queue is to be looked for, not even within its own frame.
    const frames = innerWidth > 640 ? [] : [...document.querySelectorAll('#lines .scroll')];
    outside.push(...frames.filter((frame) => frame.scrollWidth > frame.clientWidth).map(() => 'a queue'));
    return wide && outside.length === 0 ? '' : `${document.documentElement.scrollWidth}/${innerWidth} ${outside}`";

pub(super) async fn fits(desk: &Chromium, name: &str) {
    // The same page in the windows of the office, of a telephone, and of the office at 200 %.
    for (width, height, ratio) in [(1366, 768, 1.0), (500, 800, 1.0), (320, 640, 1.0), (683, 384, 2.0)] {
        desk.size(width, height, ratio).await;
        desk.until(&format!("innerWidth === {width}")).await;
        desk.picture(&format!("{name}-{width}")).await;
        assert_eq!(desk.ask(FITS).await, "", "{name} at {width} px");
    }
    desk.size(1366, 768, 1.0).await;
}

#[tokio::test]
async fn every_action_is_reachable_without_sideways_scrolling_in_small_windows_and_at_200_percent() {
    let mut site = Site::new().await;
    site.dossier().await;
    let Some(stranger) = site.stranger().await else { return };
    stranger.open("/login").await;
    fits(&stranger, "login").await;
    drop(stranger);
    let Some(desk) = site.verifier("ani").await else { return };
    fits(&desk, "queue").await;
    desk.keys("n").await;
    desk.until("document.querySelector('#scan')?.naturalWidth > 300").await;
    fits(&desk, "task").await;
    desk.keys("k").await;
    desk.until("document.querySelector('#return').open").await;
    fits(&desk, "task-return").await;
    site.dossier().await;
    desk.open("/desk?view=pool").await;
    fits(&desk, "pool").await;
}

#[tokio::test]
async fn every_action_of_supervisors_and_operators_is_reachable_in_every_window() {
    let mut site = Site::new().await;
    let Some(desk) = site.browser("sari", UserRole::Supervisor).await else { return };
    for _ in 0..3 {
        site.dossier().await;
    }
    let ani = site.bench.verifier("ani").await;
    let (task, fence) = ani.pull().await;
    let number = ani.get(&task).await.json()["registration_number"].as_str().unwrap().to_owned();
    let body = json!({"outcome": "returned", "reasons": [{"code": "TIDAK_TERBACA"}], "fence": fence});
    ani.post(&format!("{task}/decision"), body).await.is(200);
    ani.pull().await;
    let who = ani.get("/api/v1/me").await.json()["id"].as_str().unwrap().to_owned();
    let head = site.bench.sign_in("sari").await;
    let week = json!({"week": "mon-thu 07:30-12:00, mon-thu 13:00-16:00, fri 07:30-11:30", "fence": 0});
    head.put(&format!("/api/v1/roster/{who}"), week).await.is(204);
    let day = json!({"off": true, "extra": ["08:00-12:00"], "fence": 1});
    head.put(&format!("/api/v1/roster/{who}/days/2026-11-26"), day).await.is(204);
    for view in ["held", "pool", "kecamatan", "escalated", "done"] {
        desk.open(&format!("/desk?view={view}")).await;
        fits(&desk, &format!("supervisor-{view}")).await;
    }
    desk.open("/desk?view=held").await;
    desk.ask("document.querySelector('.move').open = true").await;
    fits(&desk, "supervisor-move").await;
    for (path, name) in [
        ("/desk/roster", "roster"),
        ("/desk/agreement", "agreement"),
        ("/desk/submissions", "find"),
        (&format!("/desk/submissions/{number}"), "history"),
        ("/console", "console-supervisor"),
    ] {
        desk.open(path).await;
        fits(&desk, name).await;
    }
    desk.open("/desk/roster").await;
    desk.ask("for (const change of document.querySelectorAll('.change')) change.open = true").await;
    fits(&desk, "roster-change").await;
    desk.dark(true).await;
    desk.picture("roster-dark").await;
    desk.open(&format!("/desk/submissions/{number}")).await;
    desk.picture("history-dark").await;
    drop(desk);
    let Some(console) = site.browser("oki", UserRole::Operator).await else { return };
    site.parked().await;
    console.open("/console").await;
    fits(&console, "console").await;
}
