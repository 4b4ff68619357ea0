//! Offices that are away, and queues that are lost.

use std::collections::{HashMap, HashSet};

use berkas_contract::names;
use berkas_domain::NoticeId;
use berkas_runtime::restore_topology;
use chrono::TimeDelta;

use crate::bench::{Bench, OFFICE, office, on_bench, wait_until};

/// An office that is there, and tells by what it gets that the dispatcher has looked round.
const WITNESS: &str = "351710";

async fn waiting(bench: &Bench, code: &str) -> u32 {
    let queue = names::return_queue(&office(code));
    bench.broker.queue_depths(&[&queue]).await.unwrap().remove(0).ready.unwrap()
}

/// Moves the clock on and waits until the dispatcher has looked for what nobody acknowledged.
async fn look_after(bench: &Bench, hours: i64) {
    bench.later(hours * 3600);
    let (_, witness) = bench.accept(WITNESS).await;
    // Whoever claims it has reminded before, at this time or later.
    bench.delivery(witness, "amqp", "sent").await;
}

#[test]
fn an_office_that_was_away_for_a_fortnight_finds_each_of_800_notices_once_and_in_order() {
    on_bench(async |mut bench| {
        bench.add_office(WITNESS).await;
        bench.declare(&[OFFICE, WITNESS]).await;
        bench.dispatch();
        for _ in 0..4 {
            bench.noticed_many(OFFICE, 100).await;
            bench.later(1);
        }
        wait_until(async || waiting(&bench, OFFICE).await == 800).await;
        // What is with the broker, but not yet noted as sent, would be sent again once hours have passed.
        wait_until(async || bench.app.store.pending_deliveries().await.unwrap().amqp == 0).await;
        for _ in 0..14 * 2 {
            look_after(&bench, 12).await;
            assert_eq!(waiting(&bench, OFFICE).await, 800, "nobody is reminded by a second copy");
        }

        let mut inbox = bench.inbox(OFFICE).await;
        let (mut ids, mut latest, mut last_made) = (HashSet::new(), HashMap::new(), String::new());
        for _ in 0..800 {
            let envelope = inbox.next().await;
            let id: NoticeId = envelope["id"].as_str().unwrap().parse().unwrap();
            assert!(ids.insert(id), "{id} came twice");
            let sequence = envelope["sequence"].as_i64().unwrap();
            let before = latest.insert(envelope["data"]["submission"].as_str().unwrap().to_owned(), sequence);
            assert_eq!(before.unwrap_or(0) + 1, sequence, "in the order of its submission");
            let made = envelope["time"].as_str().unwrap().to_owned();
            assert!(last_made <= made, "in the order in which they were made");
            last_made = made;
            bench.app.store.acknowledge(&office(OFFICE), id, bench.app.clock.now()).await.unwrap();
        }
        assert_eq!(latest.len(), 400);
        assert_eq!(bench.app.store.unacknowledged_count().await.unwrap(), 0);
        for _ in 0..4 {
            look_after(&bench, 12).await;
        }
        assert_eq!(waiting(&bench, OFFICE).await, 0, "nothing comes after it");
    });
}

#[test]
fn a_lost_queue_gets_what_its_office_still_needs_and_not_its_history() {
    on_bench(async |bench| {
        bench.add_office(WITNESS).await;
        let (_, old_answer) = bench.accept(WITNESS).await;
        let old_silent = bench.noticed(WITNESS).await;
        let old_read = bench.noticed(WITNESS).await;
        bench.later(15 * 86_400);
        let (_, answer) = bench.accept(WITNESS).await;
        let silent = bench.decide(WITNESS).await;
        let silent_notice = bench.notice(&silent).await;
        let sent = send_all(&bench).await;
        assert_eq!(sent.len(), 8);
        let (store, now) = (&bench.app.store, bench.app.clock.now());
        store.acknowledge(&office(WITNESS), old_read, now).await.unwrap();
        bench.later(60);

        // The queue of that office is missing.
        let missing = restore_topology(store, &bench.app, &bench.broker).await.unwrap();
        assert_eq!(missing, [names::return_queue(&office(WITNESS))]);
        let again: HashSet<NoticeId> = send_all(&bench).await.into_iter().collect();
        assert_eq!(again, HashSet::from([old_silent, answer, silent_notice]));
        assert!(!again.contains(&old_answer), "nobody waits for it any more");
        assert!(!again.contains(&silent.accepted), "a decision followed it");
    });
}

/// Has everything that is due taken by the other side; what it was.
async fn send_all(bench: &Bench) -> Vec<NoticeId> {
    let mut sent = Vec::new();
    loop {
        let (store, now) = (&bench.app.store, bench.app.clock.now());
        let claimed = store.claim_deliveries("amqp", now, TimeDelta::seconds(60), 100).await.unwrap();
        let ids: Vec<NoticeId> = claimed.iter().map(|delivery| delivery.notice).collect();
        if ids.is_empty() {
            return sent;
        }
        store.deliveries_sent("amqp", &ids, now).await.unwrap();
        sent.extend(ids);
    }
}
