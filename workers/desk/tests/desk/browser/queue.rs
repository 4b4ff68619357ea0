//! The queues: a list that follows what happens, and leaves whoever is in it where they are.

use super::site::Site;

const LINES: &str = "document.querySelectorAll('#lines tbody tr').length";

#[tokio::test]
async fn a_list_follows_what_happens_and_takes_the_focus_from_nobody() {
    let mut site = Site::new().await;
    site.dossier().await;
    let Some(desk) = site.browser("rini", berkas_store::UserRole::Supervisor).await else { return };
    desk.open("/desk?view=pool").await;
    desk.until(&format!("{LINES} === 1")).await;
    // The stream is open once its first event was heard, and then a task that comes is told.
    site.dossier().await;
    desk.until(&format!("{LINES} === 2")).await;

    desk.ask("document.querySelector('#lines summary').focus()").await;
    desk.ask("window.kept = document.activeElement").await;
    // A listener of the test's own hears what the page hears, and then leaves the page time for what it does about it.
    desk.ask(
        "const source = new EventSource('/api/v1/events');
         source.addEventListener('hello', () => { window.heard = true; });
         source.addEventListener('task', () => setTimeout(() => { window.settled = true; }, 1500))",
    )
    .await;
    desk.until("window.heard").await;
    site.dossier().await;
    site.dossier().await;
    desk.until("window.settled").await;
    assert_eq!(
        desk.ask("return document.activeElement === window.kept && window.kept.isConnected").await,
        true
    );
    assert_eq!(desk.ask(&format!("return {LINES}")).await, 2, "whoever is in the list keeps it as it is");

    // Whoever leaves it sees what has come meanwhile.
    desk.ask("document.activeElement.blur()").await;
    desk.until(&format!("{LINES} === 4")).await;
}
