//! Reloads and dead lines: nothing chosen is lost.

use super::chromium::{ENTER, ESCAPE};
use super::site::{HELD, Site};

const CHOSEN: &str = "return [...document.querySelectorAll('[name=codes]:checked, [name=checked]:checked')]
    .map((box) => `${box.closest('[data-panel]')?.dataset.panel ?? box.closest('details')?.id ?? ''}:${box.value}`)";

#[tokio::test]
async fn what_was_chosen_is_still_there_after_a_reload() {
    let mut site = Site::new().await;
    site.dossier().await;
    let Some(desk) = site.verifier("ani").await else { return };
    desk.keys("n").await;
    desk.until(HELD).await;
    desk.keys("x").await;
    desk.until("document.activeElement?.name === 'codes'").await;
    desk.keys("13").await;
    desk.keys(ESCAPE).await;
    desk.keys("k").await;
    desk.until("document.querySelector('#return').open").await;
    desk.keys("4").await;
    desk.ask("document.querySelector('[name=checked]').click()").await;
    let chosen = desk.ask(CHOSEN).await;
    assert_eq!(chosen.as_array().map(Vec::len), Some(4), "{chosen}");
    // At once, before it can have been sent.
    desk.reload().await;
    desk.until(HELD).await;
    assert_eq!(desk.ask(CHOSEN).await, chosen);
    desk.until("Object.keys(sessionStorage).every((key) => !key.startsWith('berkas.draft.'))").await;
    // And from the server alone, once it has it.
    desk.ask("sessionStorage.clear()").await;
    desk.reload().await;
    desk.until(HELD).await;
    assert_eq!(desk.ask(CHOSEN).await, chosen);
}

#[tokio::test]
async fn a_dead_line_is_told_and_the_verdict_is_sent_when_it_is_back() {
    let mut site = Site::new().await;
    site.dossier().await;
    let Some(desk) = site.verifier("ani").await else { return };
    desk.keys("n").await;
    desk.until(&format!("{HELD} && document.querySelector('#scan')?.naturalWidth > 300")).await;
    let task = desk.path().await.rsplit('/').next().unwrap().to_owned();
    desk.offline(true).await;
    desk.sees("Sambungan terputus.").await;
    desk.keys("x").await;
    desk.until("document.activeElement?.name === 'codes'").await;
    desk.keys(&format!("2{ENTER}")).await;
    desk.sees("belum terkirim").await;
    desk.keys(ESCAPE).await;
    desk.keys("k").await;
    desk.until("document.querySelector('#return').open && document.activeElement?.name === 'codes'").await;
    desk.keys(&format!("4{ENTER}")).await;
    desk.until("!document.querySelector('#pass').closest('.decide').querySelector('button[value=returned]').disabled").await;
    assert!(desk.path().await.ends_with(&task), "the page stays");
    desk.picture("offline").await;

    desk.offline(false).await;
    desk.sees("Tersambung lagi").await;
    desk.until("document.querySelector('.docs a[data-doc=\"0\"] .sign').textContent === '✕'").await;
    desk.until("document.querySelector('[data-panel=\"0\"] .unsent').hidden").await;
    assert_eq!(site.bench.store.audited("task.decided", &task).await.unwrap(), 0, "nobody decides by itself");
    desk.ask("document.querySelector('#return').open = true").await;
    desk.ask("document.querySelector('#return [name=codes]').focus()").await;
    desk.keys(ENTER).await;
    desk.sees("Keputusan tersimpan.").await;
    assert_eq!(site.bench.store.audited("task.decided", &task).await.unwrap(), 1);
}
