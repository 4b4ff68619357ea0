//! The lock: nothing is shown, nothing is lost, and the task stays held.

use berkas_desk::DeskSettings;
use chrono::TimeDelta;

use super::chromium::{Chromium, ENTER};
use super::site::{HELD, SCAN, Site};
use crate::support::PASSWORD;

const LOCKED: &str = "document.querySelector('#lock').open && document.activeElement?.id === 'lock-password'";

/// Nothing of the task is left in the document.
async fn shows_nothing(desk: &Chromium) {
    desk.until(LOCKED).await;
    let left =
        desk.ask("return [...document.body.children].map((child) => child.id || child.localName)").await;
    assert_eq!(left, serde_json::json!(["lock"]));
    assert_eq!(desk.ask("return document.querySelectorAll('img').length").await, 0);
}

#[tokio::test]
async fn a_locked_desk_shows_nothing_and_opens_again_by_the_password_where_it_was() {
    let mut site = Site::new().await;
    site.dossier().await;
    let Some(desk) = site.verifier("ani").await else { return };
    desk.keys("n").await;
    desk.until(&format!("{HELD} && {SCAN}")).await;
    let task = desk.path().await;
    desk.ask("document.querySelector('[name=checked]').click()").await;
    desk.keys("g").await;
    shows_nothing(&desk).await;
    desk.picture("locked").await;
    let status = |path: &str| format!("return (await fetch('{path}')).status");
    let api = task.replace("/desk/", "/api/v1/");
    desk.until_asked(&status(&api), 423).await;
    assert_eq!(desk.ask(&status(&format!("{api}/documents/0/pages/1?variant=preview"))).await, 423);

    desk.keys(&format!("lolos{ENTER}")).await;
    desk.until("document.querySelector('#lock [role=alert]').textContent === 'Kata sandi salah.'").await;
    desk.picture("locked-wrong").await;
    desk.keys(&format!("{PASSWORD}{ENTER}")).await;
    desk.until(&format!("!document.querySelector('#lock').open && {SCAN}")).await;
    assert_eq!(desk.ask("return document.querySelector('[name=checked]').checked").await, true);
    desk.keys("v").await;
    desk.until("document.querySelector('.docs .sign').textContent === '✓'").await;
    let id = task.rsplit('/').next().unwrap();
    assert_eq!(site.bench.store.audited("task.decided", id).await.unwrap(), 0, "no key reached the page");
    assert_eq!(desk.violations().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_desk_that_nobody_touches_locks_itself_and_a_reload_does_not_open_it() {
    let settings = DeskSettings { lock: TimeDelta::seconds(3), ..DeskSettings::default() };
    let mut site = Site::with(settings).await;
    site.dossier().await;
    let Some(desk) = site.verifier("ani").await else { return };
    desk.keys("n").await;
    desk.until("document.querySelector('#task[data-held]')").await;
    let task = desk.path().await;
    shows_nothing(&desk).await;
    let api = task.replace("/desk/", "/api/v1/");
    desk.until_asked(&format!("return (await fetch('{api}')).status"), 423).await;
    desk.reload().await;
    desk.until("location.pathname === '/unlock' && document.activeElement?.id === 'password'").await;
    assert_eq!(desk.ask("return document.querySelector('#task, #scan')").await, serde_json::Value::Null);
    desk.picture("unlock").await;
    desk.keys(&format!("salah{ENTER}")).await;
    desk.sees("Kata sandi salah.").await;
    desk.keys(&format!("{PASSWORD}{ENTER}")).await;
    desk.until(&format!("location.pathname === '{task}' && document.querySelector('#task[data-held]')"))
        .await;
}

#[tokio::test]
async fn the_lock_reaches_the_other_tabs_and_one_password_opens_all_of_them() {
    let mut site = Site::new().await;
    site.dossier().await;
    let Some(desk) = site.verifier("ani").await else { return };
    desk.keys("n").await;
    desk.until(&format!("{HELD} && {SCAN}")).await;
    let first = desk.tab().await;
    let second = desk.new_tab("/desk?view=pool").await;
    desk.until("document.querySelector('#lines')").await;
    desk.keys("g").await;
    shows_nothing(&desk).await;
    desk.to_tab(&first).await;
    shows_nothing(&desk).await;
    desk.keys(&format!("{PASSWORD}{ENTER}")).await;
    desk.until(&format!("!document.querySelector('#lock').open && {SCAN}")).await;
    desk.to_tab(&second).await;
    desk.until("!document.querySelector('#lock').open && document.querySelector('#lines')").await;
}
