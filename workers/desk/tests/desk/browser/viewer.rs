//! The viewer: fit, pan, drag, zoom, the original beside the page, and a memory of all that.

use berkas_normalizer::fixtures::{TiffPage, double_page, pdf, tiff};

use super::site::{HELD, SCAN, Site};

const SHOWN: &str = "return document.querySelector('#scan').style.transform";

#[tokio::test]
async fn a_page_is_fitted_panned_dragged_and_sharpened_and_a_reload_forgets_none_of_it() {
    let mut site = Site::new().await;
    site.dossier().await;
    let Some(desk) = site.verifier("ani").await else { return };
    desk.keys("n").await;
    desk.until(&format!("{HELD} && {SCAN}")).await;
    let fits = "(() => { const page = document.querySelector('#scan').getBoundingClientRect();
        const stage = document.querySelector('#stage').getBoundingClientRect();
        return { inside: page.left >= stage.left && page.right <= stage.right && page.top >= stage.top && page.bottom <= stage.bottom,
            wide: Math.abs(page.width - stage.width) < 20 }; })()";
    assert_eq!(desk.ask(&format!("return {fits}.inside")).await, true, "the whole page is seen at first");
    desk.keys("w").await;
    desk.until(&format!("{fits}.wide")).await;

    // Stretched beyond the preview, the whole page is fetched and takes its place at the same size.
    desk.keys("f").await;
    desk.keys("+++").await;
    desk.until("document.querySelector('#scan').naturalWidth > 1001").await;
    let before = desk.ask(SHOWN).await;
    desk.keys("\u{e015}").await;
    desk.until(&format!("document.querySelector('#scan').style.transform !== {before}")).await;
    let panned = desk.ask(SHOWN).await;
    // The same by a button, for who can neither drag nor press keys (WCAG 2.5.7).
    desk.ask("document.querySelector('#tools [data-act=down]').click()").await;
    assert_ne!(desk.ask(SHOWN).await, panned);
    let clicked = desk.ask(SHOWN).await;
    desk.drag("#stage", (-60, -40)).await;
    desk.until(&format!("document.querySelector('#scan').style.transform !== {clicked}")).await;
    let dragged = desk.ask(SHOWN).await;
    desk.picture("viewer-zoomed").await;

    // Another document has its own view, and this one's is still there.
    desk.keys("2").await;
    desk.until("new URLSearchParams(location.search).get('doc') === '1'").await;
    desk.keys("1").await;
    desk.until(&format!("document.querySelector('#scan')?.style.transform === {dragged}")).await;
    desk.reload().await;
    desk.until(&format!("{HELD} && {SCAN} && document.querySelector('#scan').style.transform === {dragged}"))
        .await;
    let kept = "Object.keys(sessionStorage).filter((key) => key.startsWith('berkas.')).length";
    assert_ne!(desk.ask(&format!("return {kept}")).await, 0);
    desk.ask("document.querySelector('form[action=\"/logout\"] button').click()").await;
    desk.until(&format!("location.pathname === '/login' && {kept} === 0")).await;
}

#[tokio::test]
async fn the_original_stands_beside_the_normalized_page() {
    let mut site = Site::new().await;
    site.dossier().await;
    let Some(desk) = site.verifier("ani").await else { return };
    desk.keys("n").await;
    desk.until(&format!("{HELD} && {SCAN}")).await;
    desk.keys("o").await;
    desk.until("document.querySelector('#sent')?.naturalWidth > 300").await;
    desk.picture("beside").await;
    let both = "[...document.querySelectorAll('.stage')].every((stage) => stage.checkVisibility() && stage.clientWidth > 200)";
    assert_eq!(desk.ask(&format!("return {both}")).await, true);
    desk.reload().await;
    desk.until(&format!("{HELD} && {both}")).await;
    desk.keys("o").await;
    desk.until("document.querySelector('#beside').hidden").await;
}

#[tokio::test]
async fn the_original_of_a_pdf_and_of_a_tiff_is_drawn_and_what_cannot_be_drawn_is_offered() {
    let site = Site::new().await;
    let files = [("application/pdf", pdf(1)), ("image/tiff", tiff(&[TiffPage::Good, TiffPage::Corrupt]))];
    site.bench.dossier_of_files(files).await;
    let Some(desk) = site.verifier("ani").await else { return };
    desk.keys("n").await;
    desk.until(HELD).await;
    desk.keys("o").await;
    let sent = |document: u8, page: u8| {
        format!(
            "document.querySelector('#sent')?.src && new URLSearchParams(location.search).get('doc') === '{document}' && document.querySelector('#sent').alt.endsWith(' {page}')"
        )
    };
    desk.until(&format!("{} && document.querySelector('#sent').naturalHeight > 2300", sent(0, 1))).await;
    desk.picture("beside-pdf").await;
    desk.keys("2").await;
    desk.until(&format!("{} && document.querySelector('#sent').naturalWidth === 400", sent(1, 1))).await;
    // Page Down
    desk.keys("\u{e00f}").await;
    desk.until(
        "!document.querySelector('#sent') && document.querySelector('#beside .nothing')?.checkVisibility()",
    )
    .await;
    desk.picture("beside-nothing").await;
}

#[tokio::test]
async fn a_double_page_is_read_left_then_right_and_is_whole_again_on_the_next_key() {
    let site = Site::new().await;
    let files = [("image/x-portable-anymap", double_page()), ("image/tiff", tiff(&[TiffPage::Good]))];
    site.bench.dossier_of_files(files).await;
    let Some(desk) = site.verifier("ani").await else { return };
    desk.keys("n").await;
    desk.until(HELD).await;
    let shown = |page: &str, wider: char| {
        format!(
            "document.querySelector('#pageno').textContent === '{page}' && document.querySelector('#scan')?.complete
                && document.querySelector('#scan').alt.endsWith('{}')
                && document.querySelector('#scan').naturalWidth {wider} document.querySelector('#scan').naturalHeight",
            page.replace("/1", "")
        )
    };
    desk.until(&shown("hlm. 1/1", '>')).await;
    desk.keys("d").await;
    desk.until(&shown("hlm. 1/1 kiri", '<')).await;
    desk.picture("half-left").await;
    desk.keys("d").await;
    desk.until(&shown("hlm. 1/1 kanan", '<')).await;
    desk.picture("half-right").await;
    // The original beside it is that of the whole.
    desk.keys("o").await;
    desk.until(
        "document.querySelector('#sent')?.naturalWidth > document.querySelector('#sent')?.naturalHeight",
    )
    .await;
    desk.picture("half-beside").await;
    desk.keys("od").await;
    desk.until(&shown("hlm. 1/1", '>')).await;
    // A single page has no halves: the button is away and the key does nothing.
    desk.keys("2").await;
    desk.until("document.querySelector('[data-act=halves]').hidden").await;
    desk.keys("d").await;
    assert_eq!(desk.ask("return document.querySelector('#pageno').textContent").await, "hlm. 1/1");
}
