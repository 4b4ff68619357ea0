//! axe-core's rules for WCAG 2.2 AA on every page and state, and the content policy on all of them.

use std::path::Path;

use berkas_domain::Clock;
use berkas_store::UserRole;
use chrono::TimeDelta;
use serde_json::json;

use super::budget::fits;
use super::chromium::{Chromium, ENTER, PAGE_DOWN, PAGE_UP};
use super::site::{HELD, SCAN, Site};
use crate::support::PASSWORD;

/// Where `scripts/fetch-axe` leaves it.
const AXE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../.run/tools/axe/axe.min.js");

const JUDGE: &str = "const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
    const found = await axe.run(document, { runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'] });
    return found.violations.map((rule) => `${rule.id}: ${rule.nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`)";

struct Judge {
    axe: String,
    found: Vec<String>,
}

impl Judge {
    /// Judges what the page shows now, in light and dark colours.
    async fn look(&mut self, browser: &Chromium, state: &str) {
        browser.ask(&self.axe).await;
        for (dark, colours) in [(false, "light"), (true, "dark")] {
            browser.dark(dark).await;
            browser.picture(&format!("axe-{state}-{colours}")).await;
            let told = browser.ask(JUDGE).await;
            let told: Vec<String> = serde_json::from_value(told).unwrap();
            self.found.extend(told.into_iter().map(|finding| format!("{state}, {colours}: {finding}")));
        }
        browser.dark(false).await;
        let refused = browser.violations().await.into_iter();
        self.found.extend(refused.map(|refused| format!("{state}: {refused}")));
    }
}

fn judge() -> Option<Judge> {
    let Ok(axe) = std::fs::read_to_string(Path::new(AXE)) else {
        eprintln!(
            "SKIPPED: the pages were not judged, axe-core is not there; scripts/fetch-axe .run/tools/axe"
        );
        return None;
    };
    Some(Judge { axe, found: Vec::new() })
}

#[tokio::test]
async fn axe_and_the_content_policy_find_nothing_on_the_desk() {
    let Some(mut judge) = judge() else { return };
    let mut site = Site::new().await;
    let Some(stranger) = site.stranger().await else { return };
    stranger.open("/login").await;
    judge.look(&stranger, "login").await;
    stranger.keys(&format!("siapa\u{e004}salah{ENTER}")).await;
    stranger.until("document.querySelector('[role=alert]')").await;
    judge.look(&stranger, "login-refused").await;
    drop(stranger);

    let Some(desk) = site.verifier("ani").await else { return };
    judge.look(&desk, "queue-empty").await;
    desk.open("/desk?nothing=true").await;
    judge.look(&desk, "queue-nothing").await;
    site.dossier().await;
    site.dossier().await;
    desk.open("/desk?view=pool").await;
    judge.look(&desk, "pool").await;
    desk.keys("n").await;
    desk.until(
        "document.querySelector('#scan')?.naturalWidth > 300 && document.activeElement?.id === 'stage'",
    )
    .await;
    judge.look(&desk, "task").await;
    desk.keys("o").await;
    desk.until("document.querySelector('#sent')?.naturalWidth > 300 || !document.querySelector('#beside .nothing').hidden")
        .await;
    judge.look(&desk, "task-beside").await;
    desk.keys("o").await;
    desk.keys("g").await;
    desk.until("document.querySelector('#lock').open").await;
    judge.look(&desk, "task-locked").await;
    desk.reload().await;
    desk.until("location.pathname === '/unlock'").await;
    judge.look(&desk, "unlock").await;
    desk.until("document.activeElement?.id === 'password'").await;
    desk.keys(&format!("{PASSWORD}{ENTER}")).await;
    desk.until(HELD).await;
    desk.keys("2").await;
    desk.until("document.querySelector('[data-panel=\"1\"] .compare').checkVisibility()").await;
    judge.look(&desk, "task-compared").await;
    desk.keys("1").await;
    desk.keys("?").await;
    desk.until("document.querySelector('#help').open").await;
    judge.look(&desk, "task-keys").await;
    desk.keys("?").await;
    desk.keys("x").await;
    desk.until("document.activeElement?.name === 'codes'").await;
    judge.look(&desk, "task-reasons").await;
    desk.keys(&format!("1{ENTER}")).await;
    desk.until("document.querySelector('.docs .sign').textContent === '✕'").await;
    for key in ["k", "t"] {
        desk.keys(key).await;
        desk.until("document.activeElement?.name === 'codes'").await;
        judge.look(&desk, &format!("task-sheet-{key}")).await;
        desk.keys("\u{e00c}").await;
    }
    desk.ask("document.querySelector('#conflict').open = true").await;
    judge.look(&desk, "task-conflict").await;
    desk.offline(true).await;
    desk.sees("Sambungan terputus.").await;
    judge.look(&desk, "task-offline").await;
    desk.offline(false).await;
    desk.sees("Tersambung lagi").await;
    judge.look(&desk, "task-online").await;
    desk.open("/desk").await;
    judge.look(&desk, "queue-mine").await;
    after_the_lease(&site, &desk, &mut judge).await;
    desk.open("/desk/tasks/00000000-0000-7000-8000-000000000000").await;
    judge.look(&desk, "not-found").await;
    assert_eq!(judge.found, Vec::<String>::new());
}

/// The states behind a lease that ran out: told, the draft back, decided, to be undone.
async fn after_the_lease(site: &Site, desk: &Chromium, judge: &mut Judge) {
    desk.ask("document.querySelector('tbody a').click()").await;
    desk.until("document.activeElement?.id === 'stage'").await;
    site.bench.clock.advance(TimeDelta::minutes(16));
    site.bench.store.expire_leases(site.bench.clock.now()).await.unwrap();
    desk.keys("v").await;
    desk.sees("bukan milik Anda").await;
    judge.look(desk, "task-lost").await;
    desk.open("/desk").await;
    desk.keys("n").await;
    desk.until("document.querySelector('#draft') && document.activeElement?.id === 'stage'").await;
    judge.look(desk, "task-draft").await;
    desk.keys("v").await;
    desk.until("document.querySelector('#pass:not([disabled])')").await;
    desk.keys("l").await;
    desk.until("document.querySelector('#all')?.open").await;
    judge.look(desk, "task-all-valid").await;
    desk.keys(ENTER).await;
    desk.until("document.querySelector('#undo')").await;
    judge.look(desk, "task-undo").await;
    desk.open("/desk?view=done").await;
    judge.look(desk, "queue-done").await;
    desk.ask("document.querySelector('tbody a').click()").await;
    desk.until("document.querySelector('#task:not([data-held])')").await;
    judge.look(desk, "task-decided").await;
}

#[tokio::test]
async fn axe_and_the_content_policy_find_nothing_on_the_states_of_a_crowded_desk() {
    let Some(mut judge) = judge() else { return };
    let mut site = Site::new().await;
    let Some(desk) = site.verifier("ani").await else { return };
    desk.ask("document.querySelector('form[action=\"/desk/duty\"] button').click()").await;
    desk.sees("Anda tidak bertugas").await;
    judge.look(&desk, "queue-break").await;
    desk.ask("document.querySelector('form[action=\"/desk/duty\"] button').click()").await;
    desk.until("document.querySelector('#next')").await;
    site.heavy_dossier().await;
    desk.keys("n").await;
    desk.until(&format!("{HELD} && {SCAN}")).await;
    judge.look(&desk, "task-heavy").await;
    // While a picture does not come, its place is shown, and not the page before.
    desk.hold_back("*/pages/*").await;
    desk.keys(PAGE_DOWN).await;
    desk.until("document.querySelector('#stage.busy') && !document.querySelector('#scan')").await;
    judge.look(&desk, "task-loading").await;
    desk.let_go().await;
    desk.until(SCAN).await;
    desk.keys(PAGE_UP).await;
    fits(&desk, "task-heavy").await;
    desk.keys("h").await;
    desk.until("document.querySelector('#pages').open && document.activeElement?.dataset.page === '1'").await;
    judge.look(&desk, "task-pages").await;
    fits(&desk, "task-pages").await;
    desk.ask("document.querySelector('#pages [data-page=\"24\"]').click()").await;
    desk.until(&format!("document.querySelector('#pageno').textContent.includes('24/40') && {SCAN}")).await;
    judge.look(&desk, "task-page-24").await;
    desk.keys("g").await;
    desk.until("document.querySelector('#lock').open").await;
    fits(&desk, "task-locked").await;
    desk.keys(&format!("{PASSWORD}{ENTER}")).await;
    desk.until(&format!("!document.querySelector('#lock').open && {SCAN}")).await;
    desk.open("/desk").await;
    fits(&desk, "queue-heavy").await;
    drop(desk);
    let Some(desk) = disputed(&mut site).await else { return };
    judge.look(&desk, "queue-disputed").await;
    desk.keys("n").await;
    desk.until(&format!("document.querySelector('#looks') && {SCAN}")).await;
    judge.look(&desk, "task-disputed").await;
    assert_eq!(judge.found, Vec::<String>::new());
}

/// A supervisor before a dossier on which two verifiers differ.
async fn disputed(site: &mut Site) -> Option<Chromium> {
    site.dossier_for_two().await;
    for (login, outcome) in [("tuti", "passed"), ("wati", "returned")] {
        let verifier = site.bench.verifier(login).await;
        let (task, fence) = verifier.pull().await;
        let reasons = if outcome == "returned" { json!([{"code": "TIDAK_TERBACA"}]) } else { json!([]) };
        let all_valid = outcome == "passed";
        let decision =
            json!({"outcome": outcome, "reasons": reasons, "all_valid": all_valid, "fence": fence});
        verifier.post(&format!("{task}/decision"), decision).await.is(200);
    }
    site.browser("sari", UserRole::Supervisor).await
}

#[tokio::test]
async fn axe_and_the_content_policy_find_nothing_on_console_and_agreement() {
    let Some(mut judge) = judge() else { return };
    let mut site = Site::new().await;
    let Some(console) = site.browser("oki", UserRole::Operator).await else { return };
    console.open("/console").await;
    judge.look(&console, "console-empty").await;
    site.parked().await;
    console.open("/console").await;
    judge.look(&console, "console-parked").await;
    console.open("/desk").await;
    judge.look(&console, "forbidden").await;
    drop(console);
    let Some(desk) = site.browser("sari", UserRole::Supervisor).await else { return };
    desk.open("/desk/agreement").await;
    judge.look(&desk, "agreement").await;
    desk.open("/desk/roster").await;
    judge.look(&desk, "roster").await;
    desk.ask("document.querySelector('.change').open = true").await;
    judge.look(&desk, "roster-change").await;
    assert_eq!(judge.found, Vec::<String>::new());
}

#[tokio::test]
async fn axe_and_the_content_policy_find_nothing_on_what_stands_by() {
    let Some(mut judge) = judge() else { return };
    let mut site = Site::new().await;
    let Some(desk) = site.verifier("ani").await else { return };
    desk.open("/desk/standbys").await;
    judge.look(&desk, "standbys-empty").await;
    site.dossier().await;
    desk.open("/desk").await;
    desk.keys("n").await;
    desk.until(HELD).await;
    desk.ask("document.querySelector('#aside summary').click()").await;
    desk.until("document.querySelector('#aside').open").await;
    judge.look(&desk, "task-aside").await;
    desk.ask("document.querySelector('#aside form button').click()").await;
    desk.until("location.pathname === '/desk'").await;
    site.bench.clock.advance(TimeDelta::days(3));
    let Some(desk) = site.browser("budi", UserRole::Supervisor).await else { return };
    desk.open("/desk/standbys").await;
    desk.sees("saatnya dilihat lagi").await;
    judge.look(&desk, "standbys").await;
    fits(&desk, "standbys").await;
    assert_eq!(judge.found, Vec::<String>::new());
}
