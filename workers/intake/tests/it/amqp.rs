//! What offices publish, and the answer to each of it.

use std::process::Command;

use axum::body::Body;
use axum::http::Method;
use berkas_broker::Outgoing;
use berkas_contract::{Acknowledgement, Submission, Withdrawal, names};
use berkas_domain::Service;
use serde_json::json;
use uuid::Uuid;

use crate::bench::{Bench, Caller, codes, on_bench, wait_until};
use crate::dossier::{Dossier, envelope, scan, upload};
use crate::example::python_with_pika;

/// The coded causes of what is parked, sorted.
async fn parked(bench: &Bench<'_>) -> Vec<String> {
    let mut codes: Vec<_> =
        bench.app.store.parked(100).await.unwrap().into_iter().map(|item| item.code).collect();
    codes.sort_unstable();
    codes
}

#[test]
fn a_message_nobody_may_send_or_can_read_is_parked_and_its_sender_is_told() {
    on_bench(&[], async |bench| {
        let _consumer = bench.start_consumer();
        let (office, other) = (&bench.office.office, &bench.neighbour.office);
        let dossier = Dossier::new(office);
        let own = names::submission_key(office, Service::AktaKelahiran);
        let foreign_data = Dossier::new(other).manifest;
        let mut old = dossier.manifest.clone();
        old.as_object_mut().unwrap().remove("form");
        let unknown = json!({ "id": Uuid::now_v7(), "type": "id.berkas.submission.v9" });
        let oversized = [dossier.manifest.to_string().into_bytes(), vec![b' '; 65_536]].concat();
        let cases: [(Vec<u8>, &str); 6] = [
            (b"\x00\xFFnot json".to_vec(), "envelope_invalid"),
            (unknown.to_string().into_bytes(), "type_unknown"),
            (envelope::<Submission>(office, &old), "envelope_invalid"),
            (oversized, "too_large"),
            (envelope::<Submission>(office, &foreign_data), "office_mismatch"),
            (envelope::<Submission>(other, &dossier.manifest), "office_mismatch"),
        ];
        let mut causes = Vec::new();
        for (number, (body, code)) in cases.into_iter().enumerate() {
            bench.publish(&bench.office, &own, body).await;
            let told = bench.wait_until_told(&bench.office, number + 1).await;
            assert_eq!(codes(&told[number]), [code], "case {number}");
            causes.push(code);
            causes.sort_unstable();
            wait_until(async || parked(bench).await == causes).await;
        }
        bench.wait_for_depth(0).await;
        assert_eq!(bench.told(&bench.neighbour).await.len(), 0);
        assert_eq!(bench.app.store.due_count().await.unwrap(), 0);
    });
}

#[test]
fn without_a_sender_that_the_broker_vouches_for_nobody_is_told() {
    on_bench(&[], async |bench| {
        let _consumer = bench.start_consumer();
        let dossier = Dossier::new(&bench.office.office);
        dossier.upload(bench, &bench.office).await;
        let key = names::submission_key(&bench.office.office, Service::AktaKelahiran);
        let body = envelope::<Submission>(&bench.office.office, &dossier.manifest);
        let message = |body| Outgoing::new(names::INTAKE_EXCHANGE, key.clone(), Uuid::now_v7(), body);
        let publisher = bench.broker().publisher();
        publisher.publish(message(body.clone())).await.unwrap();
        wait_until(async || parked(bench).await == ["user_missing"]).await;
        // A user that is no office. The body differs, for the same one would be parked once.
        publisher.publish(message([body, b" ".to_vec()].concat()).as_user("guest")).await.unwrap();
        wait_until(async || parked(bench).await == ["office_unknown", "user_missing"]).await;
        assert_eq!(bench.told(&bench.office).await.len(), 0);
    });
}

#[test]
fn a_carbon_copy_is_refused() {
    let Some(python) = python_with_pika() else { return };
    on_bench(&[], async |bench| {
        let _consumer = bench.start_consumer();
        let dossier = Dossier::new(&bench.office.office);
        dossier.upload(bench, &bench.office).await;
        let body = envelope::<Submission>(&bench.office.office, &dossier.manifest);
        let script = "import sys, pika\n\
             url, user, key, body = sys.argv[1:]\n\
             channel = pika.BlockingConnection(pika.URLParameters(url)).channel()\n\
             properties = pika.BasicProperties(user_id=user, headers={'CC': ['submission.351701.ktp_el']})\n\
             channel.confirm_delivery()\n\
             channel.basic_publish('intake', key, body.encode(), properties, mandatory=True)\n";
        let (office, key) = (
            bench.office.office.as_str(),
            names::submission_key(&bench.office.office, Service::AktaKelahiran),
        );
        let url = bench.amqp_url(&bench.office);
        let body = String::from_utf8(body).unwrap();
        let done = Command::new(python).args(["-c", script, &url, office, &key, &body]).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        let told = bench.wait_until_told(&bench.office, 1).await;
        assert_eq!(codes(&told[0]), ["cc_refused"]);
        assert_eq!(bench.app.store.due_count().await.unwrap(), 0);
    });
}

#[test]
fn a_rejected_submission_is_told_once_for_each_reason_and_accepted_when_it_is_mended() {
    on_bench(&[], async |bench| {
        let _consumer = bench.start_consumer();
        let dossier = Dossier::new(&bench.office.office);
        let key = names::submission_key(&bench.office.office, Service::AktaKelahiran);
        let message = envelope::<Submission>(&bench.office.office, &dossier.manifest);
        for _ in 0..2 {
            bench.publish(&bench.office, &key, message.clone()).await;
        }
        let told = bench.wait_until_told(&bench.office, 1).await;
        assert_eq!(codes(&told[0]), ["blob_missing"; 3]);
        assert_eq!(told[0].data["sender_id"], dossier.manifest["sender_id"]);
        assert_eq!(told[0].data["reasons"][1]["document"], 0);

        upload(bench, &bench.office, &dossier.form).await;
        bench.publish(&bench.office, &key, message.clone()).await;
        let told = bench.wait_until_told(&bench.office, 2).await;
        assert_eq!(codes(&told[1]), ["blob_missing"; 2]);

        for bytes in &dossier.scans {
            upload(bench, &bench.office, bytes).await;
        }
        bench.publish(&bench.office, &key, message).await;
        let told = bench.wait_until_told(&bench.office, 3).await;
        assert_eq!(told[2].kind, "id.berkas.accepted.v1");
        assert_eq!(parked(bench).await, Vec::<String>::new());
    });
}

#[test]
fn a_picture_in_place_of_a_form_and_a_form_in_place_of_a_scan_are_refused() {
    on_bench(&[], async |bench| {
        let _consumer = bench.start_consumer();
        let mut dossier = Dossier::new(&bench.office.office);
        dossier.upload(bench, &bench.office).await;
        let picture = scan();
        upload(bench, &bench.office, &picture).await;
        dossier.manifest["documents"][0]["sha256"] = dossier.manifest["form"]["sha256"].clone();
        dossier.manifest["documents"][0]["size"] = dossier.manifest["form"]["size"].clone();
        dossier.manifest["form"] =
            json!({ "sha256": berkas_domain::Sha256Hash::of(&picture), "size": picture.len() });
        dossier.publish(bench, &bench.office).await;
        let told = bench.wait_until_told(&bench.office, 1).await;
        assert_eq!(codes(&told[0]), ["form_invalid", "media_type_not_allowed"]);
    });
}

#[test]
fn a_notice_is_acknowledged_by_its_own_office_only() {
    on_bench(&[], async |bench| {
        let _consumer = bench.start_consumer();
        let dossier = Dossier::new(&bench.office.office);
        dossier.upload(bench, &bench.office).await;
        dossier.publish(bench, &bench.office).await;
        let notice = bench.wait_until_told(&bench.office, 1).await.remove(0).id;

        let acknowledge = async |caller: &Caller, notice: String| {
            let body = envelope::<Acknowledgement>(&caller.office, &json!({ "notice": notice }));
            bench.publish(caller, &names::acknowledgement_key(&caller.office), body).await;
        };
        acknowledge(&bench.neighbour, notice.to_string()).await;
        let told = bench.wait_until_told(&bench.neighbour, 1).await;
        assert_eq!(codes(&told[0]), ["not_found"]);
        assert!(bench.told(&bench.office).await[0].acknowledged_at.is_none());

        for _ in 0..2 {
            acknowledge(&bench.office, notice.to_string()).await;
        }
        acknowledge(&bench.office, Uuid::now_v7().to_string()).await;
        let told = bench.wait_until_told(&bench.office, 2).await;
        assert!(told[0].acknowledged_at.is_some());
        assert_eq!(codes(&told[1]), ["not_found"]);
        assert_eq!(told[1].data["reasons"][0]["field"], "data.notice");
    });
}

#[test]
fn a_withdrawal_is_done_or_answered() {
    on_bench(&[], async |bench| {
        let dossier = Dossier::new(&bench.office.office);
        dossier.upload(bench, &bench.office).await;
        let withdraw = async |sender: &serde_json::Value, revision: i32| {
            let data =
                json!({ "dossier": { "sender_id": sender }, "revision": revision, "reason": "duplicate" });
            let body = envelope::<Withdrawal>(&bench.office.office, &data);
            bench.publish(&bench.office, &names::withdrawal_key(&bench.office.office), body).await;
        };
        let sender = dossier.manifest["sender_id"].clone();
        // The withdrawal lies in the same chunk as its submission.
        dossier.publish(bench, &bench.office).await;
        withdraw(&json!(Uuid::now_v7()), 1).await;
        withdraw(&sender, 2).await;
        withdraw(&sender, 1).await;
        let _consumer = bench.start_consumer();
        let told = bench.wait_until_told(&bench.office, 3).await;
        let rejections: Vec<_> =
            told.iter().filter(|notice| notice.kind == "id.berkas.rejected.v1").collect();
        let mut refused: Vec<_> = rejections.iter().flat_map(|notice| codes(notice)).collect();
        refused.sort_unstable();
        assert_eq!(refused, ["not_found", "revision_unexpected"]);
        let path = format!("/api/v1/submissions?sender_id={}", sender.as_str().unwrap());
        wait_until(async || {
            bench.call(&bench.office, Method::GET, &path, Body::empty()).await.json["stage"] == "withdrawn"
        })
        .await;
    });
}
