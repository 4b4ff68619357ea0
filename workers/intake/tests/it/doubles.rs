//! The same submission again, and again, and at once.

use berkas_contract::{Submission, names};
use berkas_domain::Service;
use serde_json::Value;

use crate::bench::on_bench;
use crate::dossier::{Dossier, envelope};

#[test]
fn five_copies_at_once_through_both_doors_are_one_submission_with_one_number() {
    on_bench(&[], async |bench| {
        let dossier = Dossier::new(&bench.office.office);
        dossier.upload(bench, &bench.office).await;
        let consumer = bench.start_consumer();
        let publish = || dossier.publish(bench, &bench.office);
        let submit = || dossier.submit(bench, &bench.office);
        let ((), (), (), first, second) = tokio::join!(publish(), publish(), publish(), submit(), submit());
        bench.wait_for_depth(0).await;
        bench.shutdown.cancel();
        consumer.await.unwrap();

        let mut statuses = [first.status.as_u16(), second.status.as_u16()];
        statuses.sort_unstable();
        assert!([[200, 200], [200, 202]].contains(&statuses), "{statuses:?}");
        assert_eq!(first.json, second.json);
        let told = bench.told(&bench.office).await;
        assert_eq!(told.len(), 1, "{told:?}");
        assert_eq!(told[0].data, first.json);
        assert_eq!(bench.app.store.due_count().await.unwrap(), 1);
        let neraca = bench.app.store.neraca().await.unwrap();
        assert!(neraca.balances(), "{neraca:?}");
    });
}

#[test]
fn other_content_under_the_same_id_in_one_chunk_is_refused_and_the_first_one_stays() {
    on_bench(&[], async |bench| {
        let (first, mut second) = (Dossier::new(&bench.office.office), Dossier::new(&bench.office.office));
        second.manifest["sender_id"] = first.manifest["sender_id"].clone();
        let key = names::submission_key(&bench.office.office, Service::AktaKelahiran);
        for dossier in [&first, &second] {
            dossier.upload(bench, &bench.office).await;
            let body = envelope::<Submission>(&bench.office.office, &dossier.manifest);
            // Both wait in the queue before anybody consumes it.
            bench.publish(&bench.office, &key, body).await;
        }
        let _consumer = bench.start_consumer();
        let told = bench.wait_until_told(&bench.office, 2).await;
        let kinds: Vec<&str> = told.iter().map(|notice| notice.kind.as_str()).collect();
        assert!(
            kinds.contains(&"id.berkas.accepted.v1") && kinds.contains(&"id.berkas.rejected.v1"),
            "{kinds:?}"
        );
        let refusal = told.iter().find(|notice| notice.kind == "id.berkas.rejected.v1").unwrap();
        assert_eq!(refusal.data["reasons"][0]["code"], Value::from("conflict"));
        assert_eq!(bench.app.store.due_count().await.unwrap(), 1);
    });
}
