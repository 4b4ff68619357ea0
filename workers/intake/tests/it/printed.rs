//! What the printer gets: papers in Debian's Chromium, on sheets of A4. Where it is not installed, each test says so and ends.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use axum::body::Body;
use axum::http::Method;
use berkas_contract::{Decision, Envelope, Event as _, Reason, Told};
use berkas_domain::{DocumentKind, NoticeId, OfficeMode, Outcome, ReasonCode};
use berkas_imaging::{Document, Limits, Pixels};
use berkas_notices::NoticeTexts;
use chrono::NaiveDate;
use tempfile::TempDir;
use uuid::Uuid;

use crate::bench::{Bench, on_http};
use crate::dossier::Dossier;
use crate::repairs::return_with;

/// Where Debian puts it.
const BINARY: &str = "/usr/bin/chromium";

/// Names what stands beyond the sheet, or is wider than its own place.
const MEASURE: &str = "<script>
    const sheet = document.body.getBoundingClientRect();
    const spills = (e) => {
        const box = e.getBoundingClientRect();
        const wide = getComputedStyle(e).display !== 'inline' && e.scrollWidth > e.clientWidth + 1;
        return box.width > 0 && (box.right > sheet.right + 1 || box.left < sheet.left - 1 || wide);
    };
    const all = [...document.querySelectorAll('body *:not(svg):not(svg *):not(script)')].filter(spills);
    document.documentElement.dataset.spilled = all.map((e) => `${e.tagName}.${e.className}`).join(' ');
    </script></body>";

/// A paper as it was served, saved to be opened.
struct Saved {
    dir: TempDir,
}

impl Saved {
    fn new(html: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("paper.html"), html).unwrap();
        std::fs::write(dir.path().join("measured.html"), html.replace("</body>", MEASURE)).unwrap();
        Self { dir }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Opens one of the pages with these flags; what Chromium prints.
    fn open(&self, page: &str, flags: &[String]) -> String {
        let output = Command::new(BINARY)
            .args([
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--no-first-run",
            ])
            .args(["--hide-scrollbars", "--window-size=900,2400", "--force-device-scale-factor=2"])
            .arg(format!("--user-data-dir={}", self.path("profile").display()))
            .args(flags)
            .arg(format!("file://{}", self.path(page).display()))
            .stderr(Stdio::null())
            .output()
            .unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// What does not keep to its place.
    fn spilled(&self) -> String {
        let dom = self.open("measured.html", &["--dump-dom".to_owned()]);
        let (_, rest) = dom.split_once("data-spilled=\"").expect("it was measured");
        rest.split_once('"').unwrap().0.to_owned()
    }

    /// How many sheets it takes.
    fn sheets(&self) -> usize {
        let pdf = self.path("paper.pdf");
        let flags = [format!("--print-to-pdf={}", pdf.display()), "--no-pdf-header-footer".to_owned()];
        self.open("paper.html", &flags);
        let bytes = std::fs::read(&pdf).unwrap();
        let page = b"/Type /Page\n";
        bytes.windows(page.len()).filter(|window| window == page).count()
    }

    /// Leaves page, picture and print in `place`, for a person to look at.
    fn keep(&self, place: &Path, name: &str) {
        for kind in ["html", "png", "pdf"] {
            let made = self.path(&format!("paper.{kind}"));
            if made.exists() {
                std::fs::copy(made, place.join(format!("{name}.{kind}"))).unwrap();
            }
        }
    }

    /// What the code says to a camera that sees the page as Chromium paints it.
    fn code(&self) -> String {
        let picture = self.path("paper.png");
        self.open("paper.html", &[format!("--screenshot={}", picture.display())]);
        let bytes = std::fs::read(&picture).unwrap();
        let page = Document::open(&bytes, &Limits::default()).unwrap().page(0).unwrap();
        let width = page.width as usize;
        // Black on white: one of the colours is enough.
        let grey = |x: usize, y: usize| match &page.pixels {
            Pixels::Gray(pixels) => pixels[y * width + x],
            Pixels::Rgb(pixels) => pixels[(y * width + x) * 3],
        };
        let mut image = rqrr::PreparedImage::prepare_from_greyscale(width, page.height as usize, grey);
        image.detect_grids()[0].decode().unwrap().1
    }
}

/// Every code on pages of every kind of paper, with the longest words that rules have, and a name without a place to break.
fn crowded(decision: &mut Decision) {
    let long = "Hubungan antara anak dan saksi pertama pada formulir tidak sama dengan yang tercantum pada kartu keluarga \
                dan surat keterangan lahir, mohon diperiksa kembali dan diperbaiki pada dokumen yang bersangkutan";
    let reason = |(index, code): (usize, &ReasonCode)| {
        let (text_id, text_en) = match index % 5 {
            0 => (long.to_owned(), long.to_owned()),
            1 => (
                "Suratketeranganlahirdaripuskesmas".repeat(3),
                "Certificateofbirthfromthehealthcentre".repeat(3),
            ),
            _ => (code.text_id().to_owned(), code.text_en().to_owned()),
        };
        let sent = index % 3 != 2;
        Reason {
            code: *code,
            document: sent.then_some(index % 2),
            kind: (!sent).then_some(DocumentKind::ALL[index % DocumentKind::ALL.len()]),
            page: sent.then_some(u32::try_from(index).unwrap() + 1),
            page_href: None,
            field: None,
            text_id,
            text_en,
        }
    };
    decision.reasons = ReasonCode::ALL.iter().enumerate().map(reason).collect();
}

/// What passed, told long enough for every line that only such a letter has.
fn passed(decision: &mut Decision) {
    (decision.outcome, decision.reasons, decision.due) = (Outcome::Passed, Vec::new(), None);
    let day = NaiveDate::from_ymd_opt(2026, 12, 8);
    let next = NoticeTexts::built_in().steps.next_step(Outcome::Passed, &[], day);
    (decision.next_step_id, decision.next_step_en) = (next.id, next.en);
    decision.issue_due = Some("2026-12-08T08:30:00Z".parse().unwrap());
}

/// What is refused, with words that a verifier wrote.
fn refused(decision: &mut Decision) {
    (decision.outcome, decision.due) = (Outcome::Refused, None);
    decision.reasons = [ReasonCode::Ganda, ReasonCode::BukanWilayah].map(whole).to_vec();
    let next = NoticeTexts::built_in().steps.next_step(Outcome::Refused, &[], None);
    (decision.next_step_id, decision.next_step_en) = (next.id, next.en);
    let word = "Pemohon sudah mengajukan permohonan yang sama di kecamatan asal. ";
    decision.note = Some(word.repeat(7).trim_end().to_owned());
}

/// A reason that concerns the dossier as a whole.
fn whole(code: ReasonCode) -> Reason {
    Reason {
        code,
        document: None,
        kind: None,
        page: None,
        page_href: None,
        field: None,
        text_id: code.text_id().to_owned(),
        text_en: code.text_en().to_owned(),
    }
}

/// A receipt and a letter: the number that both are about, and their places.
type Papers = [(String, String); 2];

async fn papers(bench: &Bench<'_>, change: impl FnOnce(&mut Decision)) -> Papers {
    papers_as(bench, None, change).await
}

/// The same, where the letter corrects an earlier one.
async fn papers_as(
    bench: &Bench<'_>,
    corrects: Option<NoticeId>,
    change: impl FnOnce(&mut Decision),
) -> Papers {
    let dossier = Dossier::new(&bench.office.office);
    dossier.upload(bench, &bench.office).await;
    let accepted = dossier.submit(bench, &bench.office).await.json;
    let notice = return_with(bench, &accepted, |submission, decided| {
        let mut data = serde_json::from_str::<Envelope<Decision>>(Decision::SAMPLE).unwrap().data;
        data.registration_number = decided.registration_number.parse().unwrap();
        (data.submission, data.training, data.outcome) = (submission, decided.training, Outcome::Returned);
        change(&mut data);
        Told { decision: data, corrects }.message().unwrap()
    })
    .await;
    let number = accepted["registration_number"].as_str().unwrap().to_owned();
    let (receipt, letter) =
        (format!("/api/v1/submissions/{number}/receipt"), format!("/api/v1/notices/{notice}/letter"));
    [(number.clone(), receipt), (number, letter)]
}

#[test]
fn papers_keep_to_their_sheets_in_both_languages_and_their_code_is_read_from_the_print() {
    if !Path::new(BINARY).exists() {
        eprintln!("SKIPPED: papers were not looked at, chromium is not installed");
        return;
    }
    on_http(&[], async |bench| {
        let plain = papers(bench, |_| {}).await;
        let [_, full] = papers(bench, crowded).await;
        let [_, passed] = papers(bench, passed).await;
        let [_, refused] = papers(bench, refused).await;
        let [_, corrected] = papers_as(bench, Some(NoticeId(Uuid::from_u128(7))), |_| {}).await;
        bench
            .app
            .store
            .set_office_mode(&bench.office.office, OfficeMode::Training, bench.app.clock.now())
            .await
            .unwrap();
        let [_, practice] = papers(bench, |_| {}).await;
        let [receipt, letter] = plain;
        for (name, (number, path), most) in [
            ("receipt", receipt, 1),
            ("letter", letter, 1),
            ("crowded", full, 4),
            ("passed", passed, 1),
            ("refused", refused, 1),
            ("corrected", corrected, 1),
            ("practice", practice, 1),
        ] {
            for lang in ["id", "en"] {
                let served = bench
                    .call(&bench.office, Method::GET, &format!("{path}?lang={lang}"), Body::empty())
                    .await;
                let saved = Saved::new(&served.text);
                assert_eq!(saved.spilled(), "", "{name} {lang}");
                let looked_at = std::env::var_os("BERKAS_PAPERS_DIR");
                // Each takes a browser of its own, and the two languages differ in words alone.
                if lang == "id" || looked_at.is_some() {
                    let sheets = saved.sheets();
                    assert!((1..=most).contains(&sheets), "{name} {lang}: {sheets} sheets");
                    // The picture is of the first sheets.
                    if most == 1 {
                        assert!(saved.code().starts_with(&format!("BERKAS:{number}:")), "{name} {lang}");
                    }
                }
                if let Some(place) = looked_at {
                    saved.keep(Path::new(&place), &format!("{name}-{lang}"));
                }
            }
        }
    });
}
