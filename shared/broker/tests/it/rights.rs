//! What an office may do, decided by the real broker.

use berkas_broker::{
    Broker, BrokerUser, ConsumeOptions, Outgoing, PasswordHash, PublishError, definitions_json,
};
use berkas_contract::names;
use berkas_domain::{OfficeCode, Service};
use lapin::options::{BasicConsumeOptions, BasicPublishOptions, QueueDeclareOptions};
use lapin::types::{AMQPValue, FieldArray, FieldTable};
use lapin::{BasicProperties, Connection, ConnectionProperties};
use tokio_util::sync::CancellationToken;

use crate::bench::{Bench, config, on_bench, take};

const PASSWORD: &str = "rahasia-kantor";

/// A code that no other run uses: users belong to the whole broker and not to a vhost.
fn some_office() -> OfficeCode {
    format!("99{:08}", std::process::id()).parse().unwrap()
}

/// Makes the user of `office` with the rights that the definitions file gives it, and its return queue.
async fn admit(bench: &Bench<'_>, office: &OfficeCode) -> String {
    let mut topology = bench.topology.clone();
    let queue = topology.queues.last_mut().unwrap();
    queue.name = names::return_queue(office);
    topology.bindings.last_mut().unwrap().queue = queue.name.clone();
    let users = [BrokerUser::office(office.clone(), PasswordHash::new(PASSWORD, [1, 2, 3, 4]))];
    let file = std::env::temp_dir().join(format!("{}-rights.json", bench.vhost.name()));
    std::fs::write(&file, definitions_json(&topology, bench.vhost.name(), &users).to_string()).unwrap();
    bench.services.rabbitmqctl(&["import_definitions", file.to_str().unwrap()]).unwrap();
    std::fs::remove_file(file).unwrap();
    bench.vhost.url_for(office.as_str(), PASSWORD).unwrap()
}

#[test]
fn an_office_writes_its_own_keys_at_the_intake_and_nothing_else() {
    on_bench(async |bench| {
        let office = some_office();
        let url = admit(&bench, &office).await;
        let as_office = Broker::start(config(&url), CancellationToken::new()).unwrap();
        let publisher = as_office.publisher();
        let to = |exchange: &str, key: &str| {
            Outgoing::new(exchange, key, "m", b"{}".to_vec()).as_user(office.as_str())
        };

        let own = [
            names::submission_key(&office, Service::KtpEl),
            names::withdrawal_key(&office),
            names::acknowledgement_key(&office),
        ];
        for key in &own {
            assert_eq!(publisher.publish(to(names::INTAKE_EXCHANGE, key)).await, Ok(()), "{key}");
        }
        let refused = Err(PublishError::Refused { code: 403 });
        let other: OfficeCode = "351701".parse().unwrap();
        for (exchange, key) in [
            (names::INTAKE_EXCHANGE, names::submission_key(&other, Service::KtpEl)),
            (names::INTAKE_EXCHANGE, names::acknowledgement_key(&other)),
            (names::INTAKE_EXCHANGE, format!("submission.{office}")),
            (names::INTAKE_EXCHANGE, format!("submission.{office}.ktp_el.more")),
            (names::INTAKE_EXCHANGE, format!("x.submission.{office}.ktp_el")),
            (names::WORK_EXCHANGE, "scan".to_owned()),
            (names::RETURNS_EXCHANGE, names::return_key(&office)),
            (names::DEAD_EXCHANGE, String::new()),
            ("", names::INTAKE_QUEUE.to_owned()),
        ] {
            assert_eq!(publisher.publish(to(exchange, &key)).await, refused, "{exchange} {key}");
        }
        let disguised = to(names::INTAKE_EXCHANGE, &own[0]).as_user("guest");
        assert_eq!(publisher.publish(disguised).await, Err(PublishError::Refused { code: 406 }));

        let mut intake =
            bench.broker.consume(names::INTAKE_QUEUE, ConsumeOptions::chunks_of(5, "test")).await;
        for delivery in take(&mut intake, own.len()).await {
            assert_eq!(delivery.user_id.as_deref(), Some(office.as_str()));
            assert_eq!(names::office_of_intake_key(&delivery.routing_key), Some(office.clone()));
            delivery.ack().await;
        }
        bench.wait_for_depth(names::INTAKE_QUEUE, 0).await;
        bench.services.rabbitmqctl(&["delete_user", office.as_str()]).unwrap();
    });
}

#[test]
fn an_office_reads_its_own_answers_and_makes_nothing() {
    on_bench(async |bench| {
        let office: OfficeCode = format!("98{:08}", std::process::id()).parse().unwrap();
        let url = admit(&bench, &office).await;
        let connection = Connection::connect(&url, ConnectionProperties::default()).await.unwrap();
        let consume = async |queue: &str| {
            let channel = connection.create_channel().await.unwrap();
            let options = BasicConsumeOptions::default();
            channel.basic_consume(queue.into(), "".into(), options, FieldTable::default()).await.map(|_| ())
        };
        assert!(consume(&names::return_queue(&office)).await.is_ok());
        for foreign in ["return.351709", names::INTAKE_QUEUE, "work.scan", "dead"] {
            let refusal = consume(foreign).await.unwrap_err();
            assert!(refusal.to_string().contains("ACCESS_REFUSED"), "{foreign}: {refusal}");
        }
        let channel = connection.create_channel().await.unwrap();
        let made =
            channel.queue_declare("mine".into(), QueueDeclareOptions::default(), FieldTable::default()).await;
        assert!(made.unwrap_err().to_string().contains("ACCESS_REFUSED"));
        bench.services.rabbitmqctl(&["delete_user", office.as_str()]).unwrap();
    });
}

#[test]
fn a_carbon_copy_shows_on_the_delivery() {
    on_bench(async |bench| {
        let connection =
            Connection::connect(&bench.vhost.url().unwrap(), ConnectionProperties::default()).await.unwrap();
        let channel = connection.create_channel().await.unwrap();
        for header in ["CC", "BCC"] {
            let mut headers = FieldTable::default();
            let keys = FieldArray::from(vec![AMQPValue::LongString("submission.351701.ktp_el".into())]);
            headers.insert(header.into(), AMQPValue::FieldArray(keys));
            let properties = BasicProperties::default().with_headers(headers);
            let key = "submission.351709.ktp_el".into();
            let publish = channel.basic_publish(
                "intake".into(),
                key,
                BasicPublishOptions::default(),
                b"{}",
                properties,
            );
            publish.await.unwrap().await.unwrap();
        }
        let mut intake =
            bench.broker.consume(names::INTAKE_QUEUE, ConsumeOptions::chunks_of(2, "test")).await;
        let deliveries = take(&mut intake, 2).await;
        assert!(deliveries[0].has_cc && !deliveries[1].has_cc);
        // The broker takes `BCC` off. It does no harm here: the copies end in the same queue, once, under the first key.
        assert!(!deliveries[1].has_bcc);
        assert!(deliveries.iter().all(|delivery| delivery.routing_key == "submission.351709.ktp_el"));
    });
}
