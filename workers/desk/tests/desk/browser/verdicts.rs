//! What is ticked on the page and what the office is told are the same.

use super::chromium::{Chromium, ENTER, ESCAPE};
use super::site::{HELD, Site};

async fn saved(desk: &Chromium, task: &str) -> serde_json::Value {
    desk.ask(&format!(
        "return (await (await fetch('/api/v1/tasks/{task}')).json()).documents[0].verdict.codes"
    ))
    .await
}

async fn not_valid(desk: &Chromium) -> String {
    desk.keys("n").await;
    desk.until(HELD).await;
    desk.keys("x").await;
    desk.until("document.activeElement?.name === 'codes'").await;
    desk.keys(&format!("1{ENTER}")).await;
    desk.until("document.querySelector('.docs .sign').textContent === '✕'").await;
    desk.path().await.rsplit('/').next().unwrap().to_owned()
}

const TICK: &str = "document.querySelectorAll('[data-panel=\"0\"] [name=codes]')[PLACE].click()";

#[tokio::test]
async fn reasons_that_change_after_the_verdict_are_saved_again_and_sent() {
    let mut site = Site::new().await;
    site.dossier().await;
    let Some(desk) = site.verifier("ani").await else { return };
    let task = not_valid(&desk).await;
    assert_eq!(saved(&desk, &task).await.as_array().unwrap().len(), 1);
    desk.ask(&TICK.replace("PLACE", "1")).await;
    desk.until("document.querySelector('[data-panel=\"0\"] .unsent').hidden").await;
    let both = saved(&desk, &task).await;
    assert_eq!(both.as_array().unwrap().len(), 2, "{both}");

    // The last one is sent with the decision, though it was ticked at the last moment.
    desk.ask(&TICK.replace("PLACE", "2")).await;
    desk.keys("k").await;
    desk.until("document.querySelector('#return').open && document.activeElement?.name === 'codes'").await;
    desk.keys(ENTER).await;
    desk.sees("Keputusan tersimpan.").await;
    assert_eq!(saved(&desk, &task).await.as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn nothing_is_decided_while_something_that_is_ticked_is_not_saved() {
    let mut site = Site::new().await;
    site.dossier().await;
    let Some(desk) = site.verifier("ani").await else { return };
    let task = not_valid(&desk).await;
    // Without any reason the verdict cannot be saved again; it says so, and waits.
    desk.ask(&TICK.replace("PLACE", "0")).await;
    desk.until("!document.querySelector('[data-panel=\"0\"] .unsent').hidden").await;
    desk.sees("belum tersimpan").await;
    desk.keys("2").await;
    desk.keys("k").await;
    desk.until("document.querySelector('#return').open && document.activeElement?.name === 'codes'").await;
    desk.keys(&format!("4{ENTER}")).await;
    desk.until("document.querySelector('#alert').innerText.includes('alasannya dihapus')").await;
    desk.until(
        "!document.querySelector('[data-panel=\"0\"]').hidden && document.activeElement?.name === 'codes'",
    )
    .await;
    desk.picture("not-saved").await;
    assert_eq!(site.bench.store.audited("task.decided", &task).await.unwrap(), 0);

    // Valid after all: what was ticked is not left looking as if it counted.
    desk.keys(ESCAPE).await;
    desk.keys("v").await;
    desk.until("document.querySelector('.docs .sign').textContent === '✓'").await;
    desk.until("document.querySelector('[data-panel=\"0\"] .unsent').hidden").await;
    assert_eq!(desk.ask("return document.querySelectorAll('[data-panel=\"0\"] :checked').length").await, 0);
    // The other document was not judged: that is asked, and named.
    desk.keys("l").await;
    desk.until("document.querySelector('#all')?.open").await;
    let (missing, other) = (
        desk.ask("return document.querySelector('#all .missing').textContent").await,
        desk.ask("return document.querySelector('[data-panel=\"1\"]').dataset.title").await,
    );
    assert!(missing.as_str().unwrap().contains(other.as_str().unwrap()), "{missing} {other}");
    assert_eq!(site.bench.store.audited("task.decided", &task).await.unwrap(), 0);
    desk.keys(ENTER).await;
    desk.sees("Keputusan tersimpan.").await;
    assert_eq!(site.bench.store.audited("task.decided", &task).await.unwrap(), 1);
}

#[tokio::test]
async fn a_decision_that_differs_from_the_one_that_was_taken_is_told_as_that_and_not_as_a_lost_task() {
    let mut site = Site::new().await;
    site.dossier().await;
    let Some(desk) = site.verifier("ani").await else { return };
    desk.keys("n").await;
    desk.until(HELD).await;
    let task = desk.path().await.rsplit('/').next().unwrap().to_owned();
    // In another tab of the same person, under the same lease.
    let decided = desk
        .ask(&format!(
            "const fence = Number(document.querySelector('#task').dataset.fence);
             const body = JSON.stringify({{ outcome: 'returned', reasons: [{{ code: 'GANDA' }}], fence }});
             return (await fetch('/api/v1/tasks/{task}/decision', {{ method: 'POST', body }})).status"
        ))
        .await;
    assert_eq!(decided, 200);
    desk.keys("k").await;
    desk.until("document.querySelector('#return').open && document.activeElement?.name === 'codes'").await;
    desk.keys(&format!("4{ENTER}")).await;
    desk.until("document.querySelector('#alert').innerText.includes('Keputusan pertama yang berlaku')").await;
    desk.until("document.querySelector('#pass').disabled").await;
    let told = desk.ask("return document.querySelector('#alert').innerText").await;
    assert!(!told.as_str().unwrap().contains("bukan milik Anda"), "{told}");
    desk.picture("decided-otherwise").await;
    assert_eq!(site.bench.store.audited("task.decided", &task).await.unwrap(), 1);
}
