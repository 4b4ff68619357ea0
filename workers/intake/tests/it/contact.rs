//! Whom a short message may tell of the outcome.

use berkas_domain::NoticeId;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::bench::{Bench, codes, on_bench, on_http};
use crate::dossier::Dossier;

/// Short messages are on.
const ON: (&str, &str) = ("BERKAS_SMS__URL", "https://sms.example.go.id/send");

/// A dossier whose mother has this number and said this about messages.
fn dossier(bench: &Bench<'_>, phone: Option<&str>, contact: Value) -> Dossier {
    let mut dossier = Dossier::with_form(&bench.office.office, |form| {
        if let Some(phone) = phone {
            form["persons"]["mother"]["phone"] = phone.into();
        }
    });
    dossier.manifest["contact"] = contact;
    dossier
}

fn says(agreed: bool) -> Value {
    json!({ "person": "mother", "sms_consent": agreed })
}

/// Who is told, read by the notice that a dossier was accepted.
async fn told(bench: &Bench<'_>, dossier: &Dossier) -> Option<String> {
    let sender = &dossier.manifest["sender_id"];
    let told = bench.told(&bench.office).await;
    let notice: NoticeId = told.iter().find(|notice| &notice.data["sender_id"] == sender).unwrap().id;
    bench.app.store.short_message_to(notice).await.unwrap().map(|to| to.person.to_string())
}

#[test]
fn consent_is_kept_through_both_doors_and_the_number_is_in_no_table() {
    on_bench(&[ON], async |bench| {
        let _consumer = bench.start_consumer();
        let yes = dossier(bench, Some("0812-0000-9001"), says(true));
        let by_message = dossier(bench, Some("+62 812 0000 9001"), says(true));
        let no = dossier(bench, Some("081200009001"), says(false));
        let nothing = Dossier::new(&bench.office.office);
        for dossier in [&yes, &by_message, &no, &nothing] {
            dossier.upload(bench, &bench.office).await;
        }
        by_message.publish(bench, &bench.office).await;
        for dossier in [&yes, &no, &nothing] {
            assert_eq!(dossier.submit(bench, &bench.office).await.status, 202);
        }
        bench.wait_until_told(&bench.office, 4).await;
        for (dossier, expected) in [(&yes, true), (&by_message, true), (&no, false), (&nothing, false)] {
            assert_eq!(told(bench, dossier).await.is_some_and(|person| person == "mother"), expected);
        }
        let rows = bench.app.store.every_row().await.unwrap();
        assert!(!["0000-9001", "0000 9001", "00009001"].iter().any(|number| rows.contains(number)));
    });
}

#[test]
fn who_agreed_without_a_number_that_can_get_messages_is_refused_by_its_field() {
    on_bench(&[ON], async |bench| {
        let _consumer = bench.start_consumer();
        for phone in [None, Some("021-0000-9001"), Some("tidak ada")] {
            let wrong = dossier(bench, phone, says(true));
            wrong.upload(bench, &bench.office).await;
            let answer = wrong.submit(bench, &bench.office).await;
            assert_eq!(answer.faults(), (422, vec![("/form", "phone_invalid")]));
            assert!(answer.text.contains("form.persons.mother.phone"), "{}", answer.text);
            assert!(
                !answer.text.contains("0000-9001") && !answer.text.contains("tidak ada"),
                "{}",
                answer.text
            );
            let silent = Dossier {
                manifest: {
                    let mut m = wrong.manifest.clone();
                    m["contact"] = says(false);
                    m
                },
                ..wrong
            };
            assert_eq!(silent.submit(bench, &bench.office).await.status, 202, "who did not agree needs none");
        }
        let by_message = dossier(bench, Some("0812"), says(true));
        by_message.upload(bench, &bench.office).await;
        by_message.publish(bench, &bench.office).await;
        let told = bench.wait_until_told(&bench.office, 4).await;
        assert_eq!(codes(&told[3]), ["phone_invalid"]);
        assert_eq!(told[3].data["reasons"][0]["field"], "form.persons.mother.phone");
        assert!(!told[3].data.to_string().contains("0812"));
    });
}

#[test]
fn a_person_who_is_not_in_the_form_or_in_no_form_is_named() {
    on_http(&[ON], async |bench| {
        for (person, pointer, code) in
            [("father", "/contact/person", "form_mismatch"), ("Siti", "/contact/person", "envelope_invalid")]
        {
            let contact = json!({ "person": person, "sms_consent": true });
            let wrong = dossier(bench, Some("081200009001"), contact);
            wrong.upload(bench, &bench.office).await;
            assert_eq!(wrong.submit(bench, &bench.office).await.faults(), (422, vec![(pointer, code)]));
        }
    });
}

#[test]
fn consent_that_changes_is_no_repetition_and_without_a_gateway_none_is_kept() {
    on_http(&[], async |bench| {
        let mut first = dossier(bench, Some("081200009001"), says(true));
        first.upload(bench, &bench.office).await;
        assert_eq!(first.submit(bench, &bench.office).await.status, 202);
        assert_eq!(first.submit(bench, &bench.office).await.status, 200);
        assert_eq!(told(bench, &first).await, None);
        first.manifest["contact"] = says(false);
        assert_eq!(first.submit(bench, &bench.office).await.faults().1, [("/sender_id", "conflict")]);
        first.manifest["sender_id"] = json!(Uuid::now_v7());
        assert_eq!(first.submit(bench, &bench.office).await.status, 202);
    });
}
