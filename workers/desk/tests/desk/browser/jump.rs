//! Lines of findings and checklist lead to where the verifier has to look.

use super::site::{HELD, SCAN, Site};

#[tokio::test]
async fn a_line_leads_to_its_document_its_page_and_its_field_of_the_form() {
    let mut site = Site::new().await;
    site.dossier().await;
    let Some(desk) = site.verifier("ani").await else { return };
    desk.keys("n").await;
    desk.until(&format!("{HELD} && {SCAN}")).await;
    desk.ask("document.querySelector('a.jump[data-doc=\"1\"]').click()").await;
    desk.until("new URLSearchParams(location.search).get('doc') === '1'").await;
    desk.until("document.querySelector('.facts .here')?.id === 'f-mother-name'").await;
    let seen = "const box = document.querySelector('.facts .here').getBoundingClientRect();
        const panels = document.querySelector('.panels').getBoundingClientRect();
        return box.top >= panels.top && box.bottom <= panels.bottom && document.activeElement.id === 'f-mother-name'";
    assert_eq!(desk.ask(seen).await, true);
    desk.picture("jumped").await;
    desk.ask("document.querySelector('a.jump[data-doc=\"0\"]').click()").await;
    desk.until("document.querySelector('.facts .here')?.id === 'f-mother-birth_date'").await;
    desk.until("new URLSearchParams(location.search).get('doc') === '0'").await;
}
