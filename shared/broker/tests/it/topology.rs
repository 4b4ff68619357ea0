//! Declaring, comparing, making anew.

use berkas_broker::{Applied, BrokerError, Finding, QueueType, definitions_json};
use berkas_broker::{BrokerUser, PasswordHash};

use crate::bench::{on_bench, topology};

#[test]
fn a_topology_applied_twice_changes_nothing() {
    on_bench(async |bench| {
        assert_eq!(bench.broker.verify_topology(&bench.topology).await, Ok(vec![]));
        assert_eq!(bench.broker.apply_topology(&bench.topology).await, Ok(Applied::default()));
    });
}

#[test]
fn what_is_missing_is_made_and_named() {
    on_bench(async |bench| {
        let mut more = topology(QueueType::Classic);
        more.queues.last_mut().unwrap().name = "return.351710".into();
        more.bindings.last_mut().unwrap().queue = "return.351710".into();
        let missing = vec![Finding::MissingQueue("return.351710".into())];
        assert_eq!(bench.broker.verify_topology(&more).await, Ok(missing));
        let applied = bench.broker.apply_topology(&more).await.unwrap();
        assert_eq!(applied, Applied { queues: vec!["return.351710".into()], exchanges: vec![] });
    });
}

#[test]
fn what_differs_is_named_and_nothing_is_changed() {
    on_bench(async |bench| {
        let other = topology(QueueType::Quorum);
        let names = other.queues.iter().map(|queue| queue.name.clone()).collect();
        let refusal = bench.broker.apply_topology(&other).await;
        assert_eq!(refusal, Err(BrokerError::Different { names }));
        assert_eq!(bench.broker.verify_topology(&bench.topology).await, Ok(vec![]));
    });
}

#[test]
fn only_a_queue_of_work_is_made_anew() {
    on_bench(async |bench| {
        bench.publish(0..5).await;
        bench.broker.recreate_queue(&bench.topology, "work.scan").await.unwrap();
        let depths = bench.broker.queue_depths(&["work.scan", "no.such"]).await.unwrap();
        assert_eq!((depths[0].ready, depths[1].ready), (Some(0), None));
        bench.publish([1]).await;
        for foreign in ["intake", "return.351709", "dead"] {
            let refusal = bench.broker.recreate_queue(&bench.topology, foreign).await;
            assert_eq!(refusal, Err(BrokerError::NotWork { queue: foreign.into() }));
        }
    });
}

#[test]
fn the_definitions_file_makes_what_applying_makes() {
    for queue_type in [QueueType::Classic, QueueType::Quorum] {
        on_bench(async |bench| {
            // Away with what the bench made, so that all of it comes from the file.
            let name = bench.vhost.name();
            bench.services.rabbitmqctl(&["delete_vhost", name]).unwrap();
            let topology = topology(queue_type);
            let guest = BrokerUser::service("guest", PasswordHash::new("guest", *b"salt"));
            let guest = BrokerUser { tags: vec!["administrator".into()], ..guest };
            let file = std::env::temp_dir().join(format!("{name}.json"));
            std::fs::write(&file, definitions_json(&topology, name, &[guest]).to_string()).unwrap();
            bench.services.rabbitmqctl(&["import_definitions", file.to_str().unwrap()]).unwrap();
            std::fs::remove_file(file).unwrap();
            bench.broker.ready().await.unwrap();
            // The epoch queue is in no file: by its absence a wiped broker is known.
            let wiped = vec![Finding::MissingQueue("epoch".to_owned())];
            let found = async || bench.broker.verify_topology(&topology).await == Ok(wiped.clone());
            crate::bench::wait_until(found).await;
            let applied = bench.broker.apply_topology(&topology).await;
            let made = Applied { queues: vec!["epoch".to_owned()], ..Applied::default() };
            assert_eq!(applied, Ok(made), "{queue_type:?}");
            bench.publish([1]).await;
        });
    }
}

#[test]
fn a_refusal_is_not_remembered_against_later_requests() {
    on_bench(async |bench| {
        // Each refusal costs a channel; the broker allows a connection 64 of them, and lapin would answer the 65th with
        // what the first one was told.
        for _ in 0..200 {
            let depths = bench.broker.queue_depths(&["no.such", "work.scan"]).await.unwrap();
            assert_eq!((depths[0].ready, depths[1].ready), (None, Some(0)));
        }
    });
}
