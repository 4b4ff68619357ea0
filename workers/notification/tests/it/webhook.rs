//! The office's webhook.

use berkas_contract::{Accepted, Decision, Event};
use berkas_notification::SigningSecret;
use berkas_store::ClaimedDelivery;
use chrono::TimeDelta;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::bench::{Bench, OFFICE, SECRET, TRACE, office, on_bench, wait_until};
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
        for _ in 0..AT_ONCE {
            owed.push(bench.accept(OFFICE).await.1);
        }
        bench.app = with_concurrency(&bench, AT_ONCE);
        bench.dispatch();
        let opened_at = bench.app.clock.now();
        for notice in &owed {
            wait_until(async || bench.delivery(*notice, "webhook", "pending").await.attempts == 1).await;
        }
        // Not before: one that took the place of the first that failed would still be let pass.
        let mut put_off = Vec::new();
        for _ in 0..4 {
            let notice = bench.accept(OFFICE).await.1;
            wait_until(async || bench.delivery(notice, "webhook", "pending").await.not_before > opened_at)
                .await;
            let delivery = bench.delivery(notice, "webhook", "pending").await;
            assert_eq!(delivery.attempts, 0);
            put_off.push(delivery.not_before);
            owed.push(notice);
        }
        assert_eq!(put_off, [opened_at + TimeDelta::seconds(30); 4]);
        assert_eq!(receiver.hits().len(), AT_ONCE);

        // One of those that are due is the trial; what is claimed beside it waits until it is certainly over.
        bench.later(31);
        wait_until(async || receiver.hits().len() > AT_ONCE && bench.any_is_sent(&owed, "webhook").await)
            .await;
        bench.later(61);
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

#[test]
fn an_office_that_hangs_leaves_the_others_their_turn() {
    on_bench(async |mut bench| {
        const OTHER: &str = "351710";
        bench.add_office(OTHER).await;
        bench.declare(&[OFFICE, OTHER]).await;
        let (hanging, prompt) = (Receiver::start(vec![Answer::Silence; 8]).await, Receiver::start([]).await);
        bench.set_webhook(&hanging.url("/hook")).await;
        let other = bench
            .app
            .store
            .set_webhook(&office(OTHER), Some(&prompt.url("/hook")), Some(SECRET), bench.app.clock.now())
            .await;
        assert!(other.unwrap());
        for _ in 0..8 {
            bench.accept(OFFICE).await;
        }
        let (_, notice) = bench.accept(OTHER).await;
        let mut settings = (*bench.app.settings).clone();
        settings.webhook.concurrency = 4;
        settings.webhook.per_office = 2;
        // Nobody is given up while the test lasts.
        settings.webhook.timeout_ms = 300_000;
        bench.app.settings = std::sync::Arc::new(settings);
        bench.dispatch();
        bench.delivery(notice, "webhook", "sent").await;
        assert_eq!(hanging.wait_for(2).await.len(), 2);
    });
}

#[test]
fn a_receiver_that_answers_garbage_gets_it_again() {
    on_bench(async |mut bench| {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        bench.set_webhook(&format!("http://{}/hook", listener.local_addr().unwrap())).await;
        let (_, accepted) = bench.accept(OFFICE).await;
        tokio::spawn(async move {
            const ANSWERS: [&[u8]; 2] = [
                b"\xff\x00 garbage \xfe\r\n\r\n",
                b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
            ];
            for answer in ANSWERS {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut request = [0; 1 << 16];
                assert!(stream.read(&mut request).await.unwrap() > 0);
                stream.write_all(answer).await.unwrap();
            }
        });
        bench.dispatch();
        bench.failed_with(accepted, "webhook", "call_failed").await;
        bench.later(7);
        assert_eq!(bench.delivery(accepted, "webhook", "sent").await.attempts, 2);
    });
}

#[test]
fn a_reminder_that_fails_is_tried_again_until_the_office_acknowledges() {
    on_bench(async |mut bench| {
        let receiver = Receiver::start([200, 200, 500].map(Answer::Status)).await;
        bench.set_webhook(&receiver.url("/hook")).await;
        let notice = bench.noticed(OFFICE).await;
        bench.dispatch();
        bench.delivery(notice, "webhook", "sent").await;
        bench.later(901);
        bench.failed_with(notice, "webhook", "status_500").await;
        bench.later(40);
        let again = bench.delivery(notice, "webhook", "sent").await;
        assert_eq!((again.attempts, receiver.hits().len()), (3, 4));
        bench.app.store.acknowledge(&office(OFFICE), notice, bench.app.clock.now()).await.unwrap();
        bench.later(86_400);
        assert!(owed(&bench).await.is_empty());
        assert_eq!(bench.delivery(notice, "webhook", "acknowledged").await.attempts, 3);
    });
}

#[test]
fn an_office_without_a_queue_of_its_own_is_owed_nothing_there() {
    on_bench(async |bench| {
        let receiver = Receiver::start([]).await;
        bench.set_webhook(&receiver.url("/hook")).await;
        let (_, before) = bench.accept(OFFICE).await;
        let (store, now) = (&bench.app.store, bench.app.clock.now());
        assert!(store.set_queue(&office(OFFICE), false, now).await.unwrap());
        let (_, after) = bench.accept(OFFICE).await;
        for notice in [before, after] {
            let ways: Vec<String> =
                store.deliveries_of(notice).await.unwrap().into_iter().map(|one| one.channel).collect();
            assert_eq!(ways, ["webhook"]);
        }
        assert!(store.set_queue(&office(OFFICE), true, now).await.unwrap());
        let (_, again) = bench.accept(OFFICE).await;
        assert_eq!(store.deliveries_of(again).await.unwrap().len(), 2);
        assert!(!store.set_queue(&office("351799"), false, now).await.unwrap());
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
    settings.webhook.per_office = u32::try_from(concurrency).unwrap();
    app.settings = std::sync::Arc::new(settings);
    app
}
