//! Keys: what `?` names works and nothing else does; they can be changed and switched off.

use super::chromium::{Chromium, ESCAPE};
use super::site::{HELD, Site};

const NAMED: &str = "return [...document.querySelectorAll('#help [data-act]')].map((row) => row.dataset.act)";

async fn named(desk: &Chromium) -> Vec<String> {
    serde_json::from_value(desk.ask(NAMED).await).unwrap()
}

#[tokio::test]
async fn the_list_of_keys_names_what_works_on_the_page_and_nothing_else() {
    let mut site = Site::new().await;
    site.dossier().await;
    let Some(desk) = site.verifier("ani").await else { return };
    let queue = named(&desk).await;
    assert!(queue.contains(&"take".to_owned()) && !queue.contains(&"valid".to_owned()), "{queue:?}");
    desk.keys("?").await;
    desk.until("document.querySelector('#help').open").await;
    desk.picture("keys-queue").await;
    desk.keys(ESCAPE).await;
    desk.keys("n").await;
    desk.until(HELD).await;
    let held = named(&desk).await;
    for act in ["valid", "pass", "beside", "lock", "document"] {
        assert!(held.contains(&act.to_owned()), "{act}: {held:?}");
    }
    // One page in each document, and nothing decided before: neither paging nor undoing works, so neither is named.
    assert!(!held.contains(&"next".to_owned()) && !held.contains(&"undo".to_owned()), "{held:?}");
    let task = desk.path().await;
    desk.pass_all().await;
    desk.sees("Keputusan tersimpan.").await;
    desk.open(&task).await;
    desk.until("document.activeElement?.id === 'stage'").await;
    let decided = named(&desk).await;
    assert!(decided.contains(&"undo".to_owned()) && !decided.contains(&"pass".to_owned()), "{decided:?}");
    for act in ["valid", "invalid", "again", "return", "refuse"] {
        assert!(!decided.contains(&act.to_owned()), "{act}: {decided:?}");
    }
}

#[tokio::test]
async fn no_key_fires_while_somebody_types_or_while_it_is_held_down() {
    let mut site = Site::new().await;
    site.dossier().await;
    let Some(desk) = site.verifier("ani").await else { return };
    desk.keys("n").await;
    desk.until(HELD).await;
    let task = desk.path().await;
    for field in ["input", "textarea"] {
        desk.ask(&format!(
            "document.querySelector('.panels').prepend(document.createElement('{field}'));
             document.querySelector('.panels {field}').focus()"
        ))
        .await;
        desk.keys("vxjlktu?2g").await;
        desk.until(&format!("document.querySelector('.panels {field}').value === 'vxjlktu?2g'")).await;
    }
    let shown =
        "return [document.querySelector('.docs .sign').textContent, document.querySelector('#help').open,
        document.querySelector('#lock').open, document.querySelector('.sheet[open]') === null]";
    assert_eq!(desk.ask(shown).await, serde_json::json!(["○", false, false, true]));
    // A key that stays down is pressed once: the next task is not decided by it.
    desk.ask(
        "document.querySelector('#stage').focus();
         document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: 'l', repeat: true, bubbles: true }))",
    )
    .await;
    desk.keys("2").await;
    desk.until("new URLSearchParams(location.search).get('doc') === '1'").await;
    assert_eq!(desk.path().await, task);
    let id = task.rsplit('/').next().unwrap();
    assert_eq!(site.bench.store.audited("task.decided", id).await.unwrap(), 0);
}

#[tokio::test]
async fn a_key_can_be_changed_and_all_of_them_switched_off() {
    let mut site = Site::new().await;
    site.dossier().await;
    let Some(desk) = site.verifier("ani").await else { return };
    desk.keys("n").await;
    desk.until(HELD).await;
    // The key of another act: the two change places.
    desk.keys("?").await;
    desk.until("document.querySelector('#help').open").await;
    desk.ask("document.querySelector('#help [data-act=valid] button').click()").await;
    desk.until("document.querySelector('#help [data-act=valid] button').textContent.includes('…')").await;
    desk.picture("keys-changing").await;
    desk.keys("x").await;
    desk.until("document.querySelector('#help [data-act=valid] button').textContent === 'X'").await;
    assert_eq!(
        desk.ask("return document.querySelector('#help [data-act=invalid] button').textContent").await,
        "V"
    );
    desk.keys(ESCAPE).await;
    desk.until("!document.querySelector('#help').open").await;
    assert_eq!(desk.ask("return document.querySelector('kbd[data-of=valid]').textContent").await, "X");
    desk.reload().await;
    desk.until(HELD).await;
    desk.keys("x").await;
    desk.until("document.querySelector('.docs .sign').textContent === '✓'").await;

    desk.keys("?").await;
    desk.until("document.querySelector('#help').open").await;
    desk.ask("document.querySelector('#keys-on').click()").await;
    desk.keys(ESCAPE).await;
    desk.until("!document.querySelector('#help').open").await;
    desk.keys("2v?g").await;
    // By the mouse everything still goes; so the keys had their time and did nothing.
    desk.ask("document.querySelector('[data-panel=\"0\"] [value=judge_again]').click()").await;
    desk.until("document.querySelector('.docs .sign').textContent === '↻'").await;
    assert_eq!(
        desk.ask("return [document.querySelector('#help').open, document.querySelector('#lock').open]").await,
        serde_json::json!([false, false])
    );
    assert_eq!(desk.ask("return document.querySelector('[data-panel=\"0\"]').hidden").await, false);
}
