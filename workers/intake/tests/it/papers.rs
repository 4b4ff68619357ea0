//! What is printed at the counter.

use axum::body::Body;
use axum::http::Method;
use berkas_contract::{Decision, Envelope, Event as _};
use berkas_domain::{NoticeId, OfficeMode, Revision, SubmissionId};
use berkas_store::note_place;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::bench::{Answer, Bench, Caller, on_http};
use crate::dossier::Dossier;
use crate::repairs::return_with;

/// The only name in the form of a [`Dossier`].
const NAME: &str = "SITI";

async fn page(bench: &Bench<'_>, caller: &Caller, path: &str) -> Answer {
    bench.call(caller, Method::GET, path, Body::empty()).await
}

/// Returns what was accepted for two reasons, as the chain would; the id of the notice.
async fn returned(bench: &Bench<'_>, accepted: &Value) -> NoticeId {
    return_with(bench, accepted, |submission, decided| {
        let mut data = serde_json::from_str::<Envelope<Decision>>(Decision::SAMPLE).unwrap().data;
        data.registration_number = decided.registration_number.parse().unwrap();
        data.submission = submission;
        data.training = decided.training;
        (Decision::TYPE, serde_json::to_value(data).unwrap())
    })
    .await
}

#[test]
fn the_receipt_lists_what_was_handed_in_for_its_office_alone_and_names_nobody() {
    on_http(&[], async |bench| {
        let dossier = Dossier::new(&bench.office.office);
        dossier.upload(bench, &bench.office).await;
        let accepted = dossier.submit(bench, &bench.office).await;
        let number = accepted.json["registration_number"].as_str().unwrap();
        let path = format!("/api/v1/submissions/{number}/receipt");

        let receipt = page(bench, &bench.office, &path).await;
        assert_eq!(receipt.status, 200);
        assert_eq!(receipt.headers["content-type"], "text/html; charset=utf-8");
        let policy = receipt.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
        for told in
            ["Tanda terima berkas", number, "Akta kelahiran", "LHR-1", "Jombang", "24 Nov 2026, 08.30 WIB"]
        {
            assert!(receipt.text.contains(told), "{told}");
        }
        for document in ["Formulir F-2.01", "Kartu keluarga", "belum diperiksa"] {
            assert!(receipt.text.contains(document), "{document}");
        }
        assert!(receipt.text.contains("class=\"qr\"") && !receipt.text.contains("<body class=\"training\""));
        let submission: SubmissionId = accepted.json["submission"].as_str().unwrap().parse().unwrap();
        let stored = bench.app.store.receipt(submission, berkas_domain::Revision(1)).await.unwrap().unwrap();
        let digits = stored.content.to_string();
        assert!(receipt.text.contains(&format!("{} {}", &digits[..8], &digits[8..16])));
        assert!(!receipt.text.contains(NAME));

        let english = page(bench, &bench.office, &format!("{path}?lang=en")).await;
        assert!(english.text.contains("Receipt of a dossier") && english.text.contains("family card"));
        assert_eq!(page(bench, &bench.neighbour, &path).await.status, 404);
        assert_eq!(page(bench, &bench.office, &format!("{path}?revision=2")).await.status, 404);
        assert_eq!(page(bench, &bench.office, &format!("{path}?revision=x")).await.status, 400);
        let stranger = Caller { key: "bk_salah".to_owned(), ..bench.office.clone() };
        assert_eq!(page(bench, &stranger, &path).await.status, 401);
    });
}

#[test]
fn the_letter_tells_reasons_next_step_and_due_day_to_its_office_alone() {
    on_http(&[], async |bench| {
        let dossier = Dossier::new(&bench.office.office);
        dossier.upload(bench, &bench.office).await;
        let accepted = dossier.submit(bench, &bench.office).await;
        let told = bench.told(&bench.office).await;
        let notice = returned(bench, &accepted.json).await;
        let path = format!("/api/v1/notices/{notice}/letter");

        let letter = page(bench, &bench.office, &path).await;
        assert_eq!(letter.status, 200);
        let number = accepted.json["registration_number"].as_str().unwrap();
        let sample = serde_json::from_str::<Envelope<Decision>>(Decision::SAMPLE).unwrap().data;
        for told in [
            "Surat pengembalian berkas",
            number,
            "Dikembalikan",
            &sample.next_step_id,
            "Perbaikan paling lambat",
        ] {
            assert!(letter.text.contains(told), "{told}");
        }
        assert!(!sample.reasons.is_empty());
        for reason in &sample.reasons {
            assert!(letter.text.contains(&reason.text_id) && letter.text.contains(reason.code.as_str()));
        }
        assert!(!letter.text.contains(NAME));
        let english = page(bench, &bench.office, &format!("{path}?lang=en")).await;
        assert!(english.text.contains(&sample.next_step_en), "{}", english.text);

        assert_eq!(page(bench, &bench.neighbour, &path).await.status, 404);
        let no_decision = format!("/api/v1/notices/{}/letter", told[0].id);
        for nothing in [
            no_decision,
            format!("/api/v1/notices/{}/letter", Uuid::now_v7()),
            "/api/v1/notices/x/letter".into(),
        ] {
            assert_eq!(page(bench, &bench.office, &nothing).await.status, 404, "{nothing}");
        }
    });
}

#[test]
fn a_verifiers_note_is_sealed_at_rest_and_told_in_the_inbox_and_in_the_letter() {
    on_http(&[("BERKAS_SEAL_KEY", &"a".repeat(64))], async |bench| {
        let dossier = Dossier::new(&bench.office.office);
        dossier.upload(bench, &bench.office).await;
        let accepted = dossier.submit(bench, &bench.office).await;
        let notice = returned(bench, &accepted.json).await;
        let submission: SubmissionId = accepted.json["submission"].as_str().unwrap().parse().unwrap();
        let (store, said) = (&bench.app.store, "Cap desa tidak terbaca");
        let place = note_place(submission, Revision(1));
        store.add_note(submission, &bench.app.seal.seal(&place, said.as_bytes())).await.unwrap();
        assert!(!store.every_row().await.unwrap().contains(said));

        let inbox = page(bench, &bench.office, "/api/v1/notices").await;
        let told = inbox.json["notices"].as_array().unwrap().iter().find(|item| item["id"] == json!(notice));
        assert_eq!(told.unwrap()["data"]["note"], said);
        let oldest = page(bench, &bench.office, "/api/v1/notices?after=").await;
        assert!(oldest.text.contains(said), "{}", oldest.text);
        let letter = page(bench, &bench.office, &format!("/api/v1/notices/{notice}/letter")).await;
        assert!(letter.text.contains("Catatan petugas") && letter.text.contains(said), "{}", letter.text);

        store.add_note(submission, b"damaged").await.unwrap();
        assert_eq!(page(bench, &bench.office, "/api/v1/notices").await.status, 500);
    });
}

#[test]
fn papers_of_an_office_in_training_are_marked() {
    on_http(&[], async |bench| {
        bench
            .app
            .store
            .set_office_mode(&bench.office.office, OfficeMode::Training, bench.app.clock.now())
            .await
            .unwrap();
        let dossier = Dossier::new(&bench.office.office);
        dossier.upload(bench, &bench.office).await;
        let accepted = dossier.submit(bench, &bench.office).await;
        let notice = returned(bench, &accepted.json).await;
        let number = accepted.json["registration_number"].as_str().unwrap();
        for path in
            [format!("/api/v1/submissions/{number}/receipt"), format!("/api/v1/notices/{notice}/letter")]
        {
            let paper = page(bench, &bench.office, &path).await;
            assert!(paper.text.contains("LATIHAN – bukan permohonan sungguhan"), "{path}");
            assert!(paper.text.contains("<body class=\"training\""), "{path}");
        }
    });
}
