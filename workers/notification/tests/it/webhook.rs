//! The office's webhook.

use berkas_contract::{Accepted, Decision, Event};
use berkas_notification::SigningSecret;
use berkas_store::ClaimedDelivery;
use chrono::TimeDelta;

use crate::bench::{Bench, OFFICE, SECRET, TRACE, on_bench, wait_until};
use crate::receiver::{Answer, Receiver};

#[test]
fn a_notice_is_posted_with_a_signature_that_holds() {
    on_bench(async |mut bench| {
        let receiver = Receiver::start([]).await;
        bench.set_webhook(&receiver.url("/hook")).await;
        let id = bench.noticed(OFFICE).await;
        bench.dispatch();
        let hits = receiver.wait_for(2).await;
        let hit = &hits[1];
        assert_eq!((hit.path.as_str(), hit.header("content-type")), ("/hook", "application/json"));
        assert_eq!(hit.header("webhook-id"), id.to_string());
        assert_eq!(hit.envelope()["id"], id.to_string());
        let timestamp: i64 = hit.header("webhook-timestamp").parse().unwrap();
        assert_eq!(timestamp, bench.app.clock.now().timestamp());
        let secret: SigningSecret = SECRET.parse().unwrap();
        assert_eq!(hit.header("webhook-signature"), secret.sign(&id.to_string(), timestamp, &hit.body));
    });
}

#[test]
fn the_receiver_can_go_on_with_the_trace_of_the_case() {
    on_bench(async |mut bench| {
        let receiver = Receiver::start([]).await;
        bench.set_webhook(&receiver.url("/hook")).await;
        bench.noticed(OFFICE).await;
        bench.dispatch();
        let hits = receiver.wait_for(2).await;
        assert_eq!(hits[1].header("traceparent"), TRACE);
        assert!(!hits[0].headers.contains_key("traceparent"), "it was accepted without a trace");
    });
}

#[test]
fn a_receiver_that_fails_gets_it_again_and_nothing_overtakes_it() {
    on_bench(async |mut bench| {
        let receiver = Receiver::start([Answer::Status(500)]).await;
        bench.set_webhook(&receiver.url("/hook")).await;
        let decided = bench.decide(OFFICE).await;
        bench.notice(&decided).await;
        bench.dispatch();
        bench.failed_with(decided.accepted, "webhook", "status_500").await;
        bench.later(7);
        let hits = receiver.wait_for(3).await;
        let kinds: Vec<_> = hits.iter().map(|hit| hit.envelope()["type"].clone()).collect();
        assert_eq!(kinds, [Accepted::TYPE, Accepted::TYPE, Decision::TYPE]);
        assert_eq!(hits[0].header("webhook-id"), hits[1].header("webhook-id"));
    });
}

#[test]
fn a_redirect_is_not_followed() {
    on_bench(async |mut bench| {
        let inside = Receiver::start([]).await;
        let receiver = Receiver::start([Answer::RedirectTo(inside.url("/secret"))]).await;
        bench.set_webhook(&receiver.url("/hook")).await;
        let (_, accepted) = bench.accept(OFFICE).await;
        bench.dispatch();
        bench.failed_with(accepted, "webhook", "redirect_refused").await;
        bench.later(7);
        bench.delivery(accepted, "webhook", "sent").await;
        assert!(inside.hits().is_empty() && receiver.hits().len() == 2);
    });
}

#[test]
fn a_receiver_that_is_gone_is_turned_off() {
    on_bench(async |mut bench| {
        let receiver = Receiver::start([Answer::Status(410)]).await;
        bench.set_webhook(&receiver.url("/hook")).await;
        let (_, accepted) = bench.accept(OFFICE).await;
        bench.dispatch();
        let given_up = bench.delivery(accepted, "webhook", "failed").await;
        assert_eq!(given_up.last_error.as_deref(), Some("gone"));
        bench.stop().await;

        bench.noticed(OFFICE).await;
        bench.later(7 * 86_400);
        assert!(owed(&bench).await.is_empty(), "neither the old one nor a new one is owed there");
        assert_eq!(receiver.hits().len(), 1);
    });
}

#[test]
fn a_receiver_that_hangs_is_given_up_and_tried_again_while_the_queue_goes_on() {
    on_bench(async |mut bench| {
        let receiver = Receiver::start([Answer::Silence]).await;
        bench.set_webhook(&receiver.url("/hook")).await;
        let decided = bench.decide(OFFICE).await;
        bench.notice(&decided).await;
        bench.dispatch();
        receiver.wait_for(1).await;
        let mut inbox = bench.inbox(OFFICE).await;
        inbox.decisions(1).await;
        bench.failed_with(decided.accepted, "webhook", "timed_out").await;
        bench.later(7);
        let hits = receiver.wait_for(2).await;
        assert_eq!(hits[0].header("webhook-id"), hits[1].header("webhook-id"));
    });
}

#[test]
fn an_answer_without_end_is_cut_off_and_counts() {
    on_bench(async |mut bench| {
        let receiver = Receiver::start([Answer::Flood]).await;
        bench.set_webhook(&receiver.url("/hook")).await;
        bench.noticed(OFFICE).await;
        bench.dispatch();
        let hits = receiver.wait_for(2).await;
        assert_eq!(hits[1].envelope()["type"], Decision::TYPE, "the first was not sent twice");
    });
}

#[test]
fn a_receiver_that_is_down_costs_three_calls_and_then_a_trial_now_and_then() {
    on_bench(async |mut bench| {
        let receiver = Receiver::start(vec![Answer::Status(503); 3]).await;
        bench.set_webhook(&receiver.url("/hook")).await;
        let mut owed = Vec::new();
        for _ in 0..6 {
            owed.push(bench.accept(OFFICE).await.1);
        }
        bench.app = with_concurrency(&bench, 1);
        bench.dispatch();
        let opened_at = bench.app.clock.now();
        wait_until(async || {
            let mut put_off = 0;
            for notice in &owed {
                let delivery = bench.delivery(*notice, "webhook", "pending").await;
                put_off += i32::from(delivery.attempts == 0 && delivery.not_before > opened_at);
            }
            put_off == 3
        })
        .await;
        assert_eq!(receiver.hits().len(), 3, "the other three cost nothing");

        bench.later(31);
        receiver.wait_for(9).await;
        for notice in owed {
            bench.delivery(notice, "webhook", "sent").await;
        }
    });
}

#[test]
fn one_outage_that_many_calls_meet_at_once_opens_the_circuit_for_the_shortest_time() {
    on_bench(async |mut bench| {
        const AT_ONCE: usize = 16;
        let receiver = Receiver::start(vec![Answer::Silence; AT_ONCE]).await;
        bench.set_webhook(&receiver.url("/hook")).await;
        let mut owed = Vec::new();
        for _ in 0..AT_ONCE + 4 {
            owed.push(bench.accept(OFFICE).await.1);
        }
        bench.app = with_concurrency(&bench, AT_ONCE);
        bench.dispatch();
        let opened_at = bench.app.clock.now();
        let mut put_off = Vec::new();
        wait_until(async || {
            let mut tried = 0;
            put_off.clear();
            for notice in &owed {
                let delivery = bench.delivery(*notice, "webhook", "pending").await;
                tried += usize::from(delivery.attempts == 1);
                if delivery.attempts == 0 && delivery.not_before > opened_at {
                    put_off.push(delivery.not_before);
                }
            }
            (tried, put_off.len()) == (AT_ONCE, 4)
        })
        .await;
        assert_eq!(put_off, [opened_at + TimeDelta::seconds(30); 4]);
        assert_eq!(receiver.hits().len(), AT_ONCE);

        bench.later(31);
        for notice in owed {
            bench.delivery(notice, "webhook", "sent").await;
        }
    });
}

#[test]
fn a_reminder_waits_by_how_often_a_notice_arrived_and_not_by_how_often_it_was_tried() {
    on_bench(async |mut bench| {
        let answers = [200, 500, 500].map(Answer::Status);
        let receiver = Receiver::start(answers).await;
        bench.set_webhook(&receiver.url("/hook")).await;
        let notice = bench.noticed(OFFICE).await;
        bench.dispatch();
        for (attempts, later) in [(1, 7), (2, 40)] {
            bench.failed_with(notice, "webhook", "status_500").await;
            wait_until(async || bench.delivery(notice, "webhook", "pending").await.attempts == attempts)
                .await;
            bench.later(later);
        }
        assert_eq!(bench.delivery(notice, "webhook", "sent").await.attempts, 3);
        // The first wait of the reminders, not the third.
        bench.later(901);
        assert_eq!(receiver.wait_for(5).await[4].header("webhook-id"), notice.to_string());
    });
}

async fn owed(bench: &Bench) -> Vec<ClaimedDelivery> {
    let now = bench.app.clock.now();
    bench.app.store.claim_deliveries("webhook", now, TimeDelta::seconds(60), 10).await.unwrap()
}

fn with_concurrency(bench: &Bench, concurrency: usize) -> berkas_runtime::App {
    let mut app = bench.app.clone();
    let mut settings = (*app.settings).clone();
    settings.webhook.concurrency = concurrency;
    app.settings = std::sync::Arc::new(settings);
    app
}
