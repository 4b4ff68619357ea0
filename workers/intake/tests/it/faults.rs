//! What the intake needs goes away and comes back.

use std::time::Duration;

use berkas_broker::{Broker, BrokerConfig};
use berkas_contract::names;
use berkas_intake::AmqpIntake;

use crate::bench::{on_bench, wait_until};
use crate::dossier::Dossier;

#[test]
fn while_the_object_store_is_away_submissions_wait_and_nothing_is_refused_or_parked() {
    on_bench(&[], async |bench| {
        let dossier = Dossier::new(&bench.office.office);
        dossier.upload(bench, &bench.office).await;
        let (mounted, away) = (bench.objects.path().join("objects"), bench.objects.path().join("away"));
        std::fs::rename(&mounted, &away).unwrap();

        let refused = dossier.submit(bench, &bench.office).await;
        assert_eq!(refused.status, 503, "{refused:?}");
        let _consumer = bench.start_consumer();
        dossier.publish(bench, &bench.office).await;
        // The consumer has it in hand and cannot decide on it.
        bench.wait_for_depth(0).await;
        assert_eq!(bench.told(&bench.office).await.len(), 0);

        std::fs::rename(&away, &mounted).unwrap();
        let told = bench.wait_until_told(&bench.office, 1).await;
        assert_eq!(told[0].kind, "id.berkas.accepted.v1");
        assert_eq!(bench.app.store.parked(10).await.unwrap().len(), 0);
    });
}

#[test]
fn a_message_in_hand_at_the_shutdown_goes_back_to_the_broker() {
    on_bench(&[], async |bench| {
        let dossier = Dossier::new(&bench.office.office);
        dossier.upload(bench, &bench.office).await;
        std::fs::rename(bench.objects.path().join("objects"), bench.objects.path().join("away")).unwrap();
        dossier.publish(bench, &bench.office).await;
        let consumer = bench.start_consumer();
        bench.wait_for_depth(0).await;
        bench.shutdown.cancel();
        consumer.await.unwrap();
        wait_until(async || bench.depth().await == Some(1)).await;
        assert_eq!(bench.told(&bench.office).await.len(), 0);
    });
}

#[test]
fn a_consumer_that_the_broker_has_forgotten_finds_out_although_it_looks_at_the_backlog_in_between() {
    on_bench(&[], async |bench| {
        let dossier = Dossier::new(&bench.office.office);
        dossier.upload(bench, &bench.office).await;
        let mut config = BrokerConfig::new(vec![bench.vhost().url().unwrap()], "intake");
        // Longer than from one look at the backlog to the next.
        config.look_every = Duration::from_millis(1300);
        let broker = Broker::start(config, bench.shutdown.clone()).unwrap();
        let intake = AmqpIntake::new(bench.app.clone(), broker);
        let consuming = tokio::spawn(intake.run(bench.shutdown.clone()));
        let consumers = async || {
            let depth = bench.broker().queue_depths(&[names::INTAKE_QUEUE]).await.unwrap().remove(0);
            depth.consumers
        };
        wait_until(async || consumers().await == 1).await;
        bench.forget_consumers(names::INTAKE_QUEUE);
        assert_eq!(consumers().await, 0);

        dossier.publish(bench, &bench.office).await;
        let told = bench.wait_until_told(&bench.office, 1).await;
        assert_eq!(told[0].kind, "id.berkas.accepted.v1");
        let alive = bench.app.health.alive();
        assert!(alive.ok && alive.checks.iter().any(|check| check.name == "intake"), "{alive:?}");
        bench.shutdown.cancel();
        consuming.await.unwrap();
    });
}
