//! A note is written without a mouse, and nothing else happens meanwhile.

use berkas_domain::ReasonCode;

use super::chromium::{BACKSPACE, Chromium, DOWN, ENTER, TAB};
use super::site::{HELD, Site};

const IN_NOTE: &str = "document.activeElement?.name === 'note'";
const NOTE: &str = "return document.querySelector('#return textarea').value";

/// Opens the sheet for a return, ticks its first reason, and goes down to the note.
async fn to_the_note(desk: &Chromium) {
    desk.keys("k").await;
    desk.until("document.querySelector('#return').open && document.activeElement?.name === 'codes'").await;
    desk.keys("1").await;
    desk.keys(&DOWN.repeat(ReasonCode::ALL.len())).await;
    desk.until(IN_NOTE).await;
}

#[tokio::test]
async fn a_note_is_written_and_sent_by_keys_and_no_key_fires_while_it_is_typed() {
    let mut site = Site::new().await;
    site.dossier().await;
    let Some(desk) = site.verifier("ani").await else { return };
    desk.keys("n").await;
    desk.until(HELD).await;
    let task = desk.path().await.rsplit('/').next().unwrap().to_owned();
    to_the_note(&desk).await;
    let typed = "v x j l k t u g o r 2? Cap desa";
    desk.keys(typed).await;
    desk.until_asked(NOTE, typed).await;
    desk.until_asked(
        "return document.querySelector('#return .count').textContent",
        format!("{}/500", typed.len()),
    )
    .await;
    let still = "const at = (part) => document.querySelector(part);
        return at('#return').open && !at('#help').open && !at('#refuse').open && !at('.docs .good, .docs .bad')
            && at('.docs [aria-current]').dataset.doc === '0' && document.querySelectorAll('#return :checked').length === 1";
    assert_eq!(desk.ask(still).await, true);
    desk.picture("return-note").await;

    desk.keys(" 3517094105909001").await;
    desk.keys(&format!("{TAB}{ENTER}")).await;
    desk.until("document.querySelector('#alert').innerText.includes('Catatan ditolak')").await;
    desk.until(IN_NOTE).await;
    assert_eq!(site.bench.store.audited("task.decided", &task).await.unwrap(), 0);
    desk.picture("note-refused").await;
    desk.keys(&BACKSPACE.repeat(17)).await;
    desk.until_asked(NOTE, typed).await;
    desk.keys(&format!("{TAB}{ENTER}")).await;
    desk.sees("Keputusan tersimpan.").await;
    assert_eq!(site.bench.store.audited("task.decided", &task).await.unwrap(), 1);
    // Without a key it is stored in the clear, so that it can be looked for here.
    let in_digits: String = typed.bytes().map(|byte| format!("{byte:02x}")).collect();
    assert!(site.bench.store.every_row().await.unwrap().contains(&in_digits));
    assert_eq!(desk.violations().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_note_that_was_not_sent_is_in_no_draft_and_does_not_outlive_a_reload() {
    let mut site = Site::new().await;
    site.dossier().await;
    let Some(desk) = site.verifier("ani").await else { return };
    desk.keys("n").await;
    desk.until(HELD).await;
    to_the_note(&desk).await;
    desk.keys(&format!("Cap desa{TAB}")).await;
    desk.until_asked(NOTE, "Cap desa").await;
    desk.until("!Object.keys(sessionStorage).some((key) => key.startsWith('berkas.draft.'))").await;
    let kept = desk.ask("return JSON.stringify([{ ...sessionStorage }, { ...localStorage }])").await;
    assert!(!kept.as_str().unwrap().contains("Cap desa"), "{kept}");
    let rows = site.bench.store.every_row().await.unwrap();
    assert!(!rows.contains("Cap desa") && !rows.contains("43617020646573"));
    desk.reload().await;
    desk.until(HELD).await;
    desk.until_asked("return document.querySelector('#return :checked')?.name", "codes").await;
    assert_eq!(desk.ask(NOTE).await, "");
}
