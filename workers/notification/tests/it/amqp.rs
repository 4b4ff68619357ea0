//! The office's queue.

use berkas_contract::{Accepted, Decision, Envelope, Event, Source};
use berkas_store::ClaimedDelivery;
use chrono::TimeDelta;

use crate::bench::{Bench, OFFICE, on_bench};
use crate::receiver::Receiver;

#[test]
fn the_office_reads_accepted_and_then_the_decision() {
    on_bench(async |mut bench| {
        let id = bench.noticed(OFFICE).await;
        bench.dispatch();
        let mut inbox = bench.inbox(OFFICE).await;
        let (accepted, decided) = (inbox.next().await, inbox.next().await);
        let accepted: Envelope<Accepted> = serde_json::from_value(accepted).unwrap();
        let decided: Envelope<Decision> = serde_json::from_value(decided).unwrap();
        assert_eq!((accepted.kind.as_str(), accepted.sequence), (Accepted::TYPE, Some(1)));
        assert_eq!((decided.kind.as_str(), decided.sequence), (Decision::TYPE, Some(2)));
        assert_eq!((decided.id, &decided.source), (id.0, &Source::District));
        assert_eq!(decided.subject.as_deref(), Some(accepted.data.registration_number.as_str()));
    });
}

#[test]
fn what_nobody_acknowledged_is_sent_again_under_its_id_and_what_was_acknowledged_is_not() {
    on_bench(async |mut bench| {
        let (silent, read) = (bench.noticed(OFFICE).await, bench.noticed(OFFICE).await);
        bench.dispatch();
        let mut inbox = bench.inbox(OFFICE).await;
        let mut first = inbox.decisions(2).await;
        first.sort_unstable();
        let mut both = [silent.to_string(), read.to_string()];
        both.sort_unstable();
        assert_eq!(first, both);

        for notice in [silent, read] {
            bench.delivery(notice, "amqp", "sent").await;
        }
        let office = OFFICE.parse().unwrap();
        bench.app.store.acknowledge(&office, read, bench.app.clock.now()).await.unwrap();
        bench.later(901);
        assert_eq!(inbox.decisions(1).await, [silent.to_string()]);

        // A third submission comes after anything that might still have been sent again.
        let third = bench.noticed(OFFICE).await;
        assert_eq!(inbox.decisions(1).await, [third.to_string()]);
    });
}

#[test]
fn a_delivery_whose_lease_ran_out_is_sent_again_under_the_same_id() {
    on_bench(async |mut bench| {
        let id = bench.noticed(OFFICE).await;
        // Another process claims both and dies, one after the other as the sequence wants it.
        for sequence in [1, 2] {
            let claimed = claim(&bench).await;
            assert_eq!(claimed.iter().map(|one| one.sequence).collect::<Vec<_>>(), [Some(sequence)]);
            if sequence == 1 {
                let now = bench.app.clock.now();
                bench.app.store.deliveries_sent("amqp", &[claimed[0].notice], now).await.unwrap();
            }
        }
        assert!(claim(&bench).await.is_empty(), "it is leased");
        bench.later(61);
        bench.dispatch();
        let mut inbox = bench.inbox(OFFICE).await;
        assert_eq!(inbox.decisions(1).await, [id.to_string()]);
    });
}

async fn claim(bench: &Bench) -> Vec<ClaimedDelivery> {
    let now = bench.app.clock.now();
    bench.app.store.claim_deliveries("amqp", now, TimeDelta::seconds(60), 10).await.unwrap()
}

#[test]
fn an_office_without_a_queue_holds_nobody_up_and_gets_its_notices_once_it_has_one() {
    on_bench(async |mut bench| {
        const OTHER: &str = "351710";
        bench.add_office(OTHER).await;
        let decided = bench.decide(OTHER).await;
        let unroutable = bench.notice(&decided).await;
        let id = bench.noticed(OFFICE).await;
        bench.dispatch();
        let mut inbox = bench.inbox(OFFICE).await;
        assert_eq!(inbox.decisions(1).await, [id.to_string()]);
        bench.failed_with(decided.accepted, "amqp", "unroutable").await;

        bench.declare(&[OFFICE, OTHER]).await;
        // The first rung is five seconds, a fifth more at most.
        bench.later(7);
        let mut other = bench.inbox(OTHER).await;
        assert_eq!(other.decisions(1).await, [unroutable.to_string()]);
    });
}

#[test]
fn a_broker_that_is_away_costs_a_notice_no_attempt_and_the_webhook_nothing() {
    on_bench(async |mut bench| {
        let receiver = Receiver::start([]).await;
        bench.set_webhook(&receiver.url("/hook")).await;
        let decided = bench.decide(OFFICE).await;
        bench.broker.clone().close().await;
        bench.dispatch();
        receiver.wait_for(1).await;
        bench.stop().await;
        let delivery = bench.delivery(decided.accepted, "amqp", "pending").await;
        assert_eq!((delivery.attempts, delivery.last_error), (0, None));
    });
}

#[test]
fn an_acknowledgement_that_overtakes_the_confirm_leaves_word_of_when_it_was_sent() {
    on_bench(async |bench| {
        let (_, accepted) = bench.accept(OFFICE).await;
        assert_eq!(claim(&bench).await[0].notice, accepted);
        let (store, now) = (&bench.app.store, bench.app.clock.now());
        store.acknowledge(&OFFICE.parse().unwrap(), accepted, now).await.unwrap();
        store.deliveries_sent("amqp", &[accepted], now).await.unwrap();
        let delivery = bench.delivery(accepted, "amqp", "acknowledged").await;
        assert_eq!(delivery.sent_at, Some(now));
    });
}
