//! The desk without a mouse.

use super::chromium::{ENTER, ESCAPE, PAGE_DOWN};
use super::site::Site;

#[tokio::test]
async fn a_verifier_works_from_signing_in_to_the_next_task_without_a_mouse() {
    let mut site = Site::new().await;
    site.dossier().await;
    site.dossier().await;
    let Some(desk) = site.verifier("ani").await else { return };
    desk.keys("n").await;
    desk.until(
        "document.querySelector('#task[data-held]') && document.querySelector('#scan')?.naturalWidth > 300",
    )
    .await;
    let first = desk.path().await;
    let title = desk.ask("return document.querySelector('#title').textContent").await;

    desk.keys("2").await;
    desk.until("new URLSearchParams(location.search).get('doc') === '1'").await;
    assert_ne!(desk.ask("return document.querySelector('#title').textContent").await, title);
    // One page: there is no second to turn to, and zooming and turning stay on it.
    desk.keys(PAGE_DOWN).await;
    desk.keys("+w0r").await;
    desk.until("document.querySelector('#scan').style.transform.includes('rotate(90deg)')").await;
    desk.keys("?").await;
    desk.until("document.querySelector('#help').open").await;
    desk.keys(ESCAPE).await;
    desk.until("!document.querySelector('#help').open").await;

    desk.keys("1v").await;
    desk.until("document.querySelector('.docs a[data-doc=\"0\"] .sign').textContent === '✓'").await;
    desk.keys("2x").await;
    desk.until("document.activeElement?.name === 'codes'").await;
    desk.keys(&format!("1{ENTER}")).await;
    desk.until("document.querySelector('.docs a[data-doc=\"1\"] .sign').textContent === '✕'").await;
    desk.until("document.querySelector('#pass').disabled").await;
    desk.keys("k").await;
    desk.until("document.querySelector('#return').open && document.activeElement?.name === 'codes'").await;
    desk.picture("return-sheet").await;
    desk.keys(ENTER).await;
    desk.until(&format!("location.pathname.startsWith('/desk/tasks/') && location.pathname !== '{first}'"))
        .await;
    desk.sees("Keputusan tadi tersimpan.").await;
    assert_eq!(desk.violations().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_verdict_is_taken_back_by_a_key_while_its_notice_waits() {
    let mut site = Site::new().await;
    site.dossier().await;
    site.dossier().await;
    let Some(desk) = site.verifier("ani").await else { return };
    desk.keys("n").await;
    desk.until("document.querySelector('#task[data-held]') && document.activeElement?.id === 'stage'").await;
    let first = desk.path().await;
    desk.pass_all().await;
    desk.until(&format!("document.querySelector('#undo button') && location.pathname !== '{first}'")).await;
    desk.until("document.activeElement?.id === 'stage'").await;
    desk.keys("u").await;
    desk.until(&format!("location.pathname === '{first}' && document.querySelector('#task[data-held]')"))
        .await;
    let task = first.rsplit('/').next().unwrap();
    assert_eq!(site.bench.store.audited("task.undone", task).await.unwrap(), 1);
}
