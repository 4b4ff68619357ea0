//! Short messages to applicants, through a real HTTP gateway.

use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

use berkas_blobs::ObjectKey;
use berkas_contract::{Correction, Decision, Event};
use berkas_domain::form::Role;
use berkas_domain::{NoticeId, OfficeMode, Outcome, Sha256Hash};
use berkas_runtime::settings::Settings;
use berkas_runtime::{Job, Outcome as Handled, Worker};
use berkas_store::{Arrival, Effect, OfficeRecord};
use serde_json::json;
use tracing_subscriber::fmt::MakeWriter;

use crate::bench::{Bench, Decided, OFFICE, arrival, office, on_bench};
use crate::receiver::{Answer, Receiver};

/// As the form has it, and as the gateway wants it. No such number is given out.
const SPELLED: &str = "0812-0000-9001";
const PHONE: &str = "+6281200009001";
/// Whatever the spelling, this is in it.
const TAIL: [&str; 2] = ["0000-9001", "00009001"];
const NAME: &str = "SITI CONTOH";
const NIK: &str = "3517094305929002";

/// Sends short messages through the gateway at `url`.
fn send_through(bench: &mut Bench, url: String) {
    let mut settings = (*bench.app.settings).clone();
    settings.sms.url = url;
    settings.sms.header = "Authorization".to_owned();
    settings.sms.secret = "Bearer rahasia".into();
    bench.app.settings = Arc::new(settings);
}

/// Stores a form and returns an arrival that names it.
async fn with_form(bench: &Bench, code: &str, phone: &str, sms_to: Option<Role>) -> Arrival {
    let form = json!({
        "salt": uuid::Uuid::new_v4().simple().to_string(), "service": "akta_kelahiran", "case": "LHR-1",
        "handed_in": "2026-11-24",
        "persons": { "mother": { "name": NAME, "nik": NIK, "phone": phone }, "reporter": { "same_as": "mother" } },
        "documents": [],
    });
    let form = form.to_string().into_bytes();
    let sha256 = Sha256Hash::of(&form);
    bench.app.blobs.put(&ObjectKey::Original { office: office(code), sha256 }, form).await.unwrap();
    Arrival { form: sha256, sms_to, ..arrival(code) }
}

/// A decided submission whose reporter agreed.
async fn agreed(bench: &Bench, outcome: Outcome) -> Decided {
    let arrival = with_form(bench, OFFICE, SPELLED, Some(Role::Reporter)).await;
    bench.decide_on(arrival, outcome).await
}

async fn number_of(bench: &Bench, decided: &Decided) -> String {
    bench.app.store.submission(decided.submission).await.unwrap().unwrap().registration_number.to_string()
}

/// A log in memory.
#[derive(Clone, Default)]
struct Memory(Arc<Mutex<Vec<u8>>>);

impl Write for Memory {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Memory {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

fn assert_silent(what: &str, text: &str) {
    for secret in TAIL.iter().chain([&NAME, &NIK]) {
        assert!(!text.contains(secret), "`{secret}` is in {what}");
    }
}

#[test]
fn who_agreed_gets_one_message_for_each_outcome_with_number_and_word_alone() {
    on_bench(async |mut bench| {
        let gateway = Receiver::start([]).await;
        send_through(&mut bench, gateway.url("/send"));
        bench.dispatch();
        for (count, (outcome, word)) in
            [(Outcome::Passed, "LOLOS"), (Outcome::Returned, "DIKEMBALIKAN"), (Outcome::Refused, "DITOLAK")]
                .into_iter()
                .enumerate()
        {
            let decided = agreed(&bench, outcome).await;
            let notice = bench.notice(&decided).await;
            assert_eq!(bench.delivery(notice, "sms", "sent").await.attempts, 1);
            let hits = gateway.hits();
            assert_eq!(hits.len(), count + 1, "`accepted` is not told");
            let hit = &hits[count];
            let number = number_of(&bench, &decided).await;
            let text = format!(
                "Dispendukcapil: berkas {number} {word}. Keterangan di kantor tempat berkas diserahkan."
            );
            assert_eq!(hit.envelope(), json!({ "to": PHONE, "message": text }));
            assert_eq!((hit.path.as_str(), hit.header("authorization")), ("/send", "Bearer rahasia"));
            assert_eq!(hit.header("idempotency-key"), notice.to_string());
            assert!(!hit.headers.contains_key("traceparent"), "what we trace is nobody's business there");
            let body = String::from_utf8(hit.body.to_vec()).unwrap();
            assert!(!body.contains(NAME) && !body.contains(NIK), "{body}");
        }
        // Nobody is reminded, however long the office says nothing.
        let fourth = agreed(&bench, Outcome::Passed).await;
        bench.later(86_400);
        let notice = bench.notice(&fourth).await;
        bench.delivery(notice, "sms", "sent").await;
        assert_eq!(gateway.hits().len(), 4);
    });
}

#[test]
fn a_correction_is_told_as_one() {
    on_bench(async |mut bench| {
        let gateway = Receiver::start([]).await;
        send_through(&mut bench, gateway.url("/send"));
        let decided = agreed(&bench, Outcome::Refused).await;
        let notice = corrected(&bench, &decided).await;
        bench.dispatch();
        bench.delivery(notice, "sms", "sent").await;
        let told = gateway.hits()[0].envelope()["message"].as_str().unwrap().to_owned();
        let number = number_of(&bench, &decided).await;
        assert!(told.starts_with(&format!("Dispendukcapil: RALAT, berkas {number} DITOLAK.")), "{told}");
    });
}

/// Makes the notice of a decision that takes another one's place.
async fn corrected(bench: &Bench, decided: &Decided) -> NoticeId {
    let worker = berkas_notification::Notification::new(bench.app.clone());
    let handled = worker.handle(&Job { work: decided.work, trace: None }).await.unwrap();
    let Handled::Forward { to, effects, .. } = handled else { panic!("{handled:?}") };
    let Some(Effect::Notice { id, decision, data, .. }) = effects.into_iter().next() else {
        panic!("no notice")
    };
    let told: Decision = serde_json::from_value(data).unwrap();
    let correction = Correction { corrects: NoticeId(uuid::Uuid::from_u128(7)), decision: told };
    let data = serde_json::to_value(correction).unwrap();
    bench.settle(decided.work, to, vec![Effect::Notice { id, decision, kind: Correction::TYPE, data }]).await;
    id
}

#[test]
fn without_consent_or_in_training_nothing_is_sent() {
    on_bench(async |mut bench| {
        const TRAINING: &str = "351710";
        let gateway = Receiver::start([]).await;
        send_through(&mut bench, gateway.url("/send"));
        let record = OfficeRecord {
            code: office(TRAINING),
            name: "Latihan".into(),
            parent: None,
            mode: OfficeMode::Training,
        };
        bench.app.store.add_offices(&[record]).await.unwrap();
        bench.declare(&[OFFICE, TRAINING]).await;
        let mut silent = Vec::new();
        for (code, sms_to) in [(OFFICE, None), (TRAINING, Some(Role::Reporter))] {
            let arrival = with_form(&bench, code, SPELLED, sms_to).await;
            let decided = bench.decide_on(arrival, Outcome::Passed).await;
            silent.push(bench.notice(&decided).await);
        }
        bench.dispatch();
        for notice in &silent {
            bench.delivery(*notice, "amqp", "sent").await;
            let channels = bench.app.store.deliveries_of(*notice).await.unwrap();
            assert!(channels.iter().all(|one| one.channel != "sms"), "{channels:?}");
        }
        // What comes after them is sent, and alone.
        let notice = bench.notice(&agreed(&bench, Outcome::Passed).await).await;
        bench.delivery(notice, "sms", "sent").await;
        assert_eq!(gateway.hits().len(), 1);
    });
}

#[test]
fn a_gateway_that_is_down_is_tried_again_and_slows_no_other_channel() {
    on_bench(async |mut bench| {
        let gateway = Receiver::start([Answer::Silence, Answer::Status(503), Answer::Status(401)]).await;
        let hook = Receiver::start([]).await;
        bench.set_webhook(&hook.url("/hook")).await;
        send_through(&mut bench, gateway.url("/send"));
        let mut settings = (*bench.app.settings).clone();
        settings.sms.timeout_ms = 1000;
        bench.app.settings = Arc::new(settings);
        let notice = bench.notice(&agreed(&bench, Outcome::Passed).await).await;
        bench.dispatch();
        gateway.wait_for(1).await;
        // The gateway says nothing yet.
        bench.inbox(OFFICE).await.decisions(1).await;
        hook.wait_for(2).await;
        bench.failed_with(notice, "sms", "timed_out").await;
        bench.later(7);
        bench.failed_with(notice, "sms", "status_503").await;
        bench.later(40);
        bench.failed_with(notice, "sms", "status_401").await;
        // Three failures have opened the circuit; the last of the waits is longer.
        bench.later(150);
        assert_eq!(bench.delivery(notice, "sms", "sent").await.attempts, 4);
        let tries = bench.app.store.delivery_record(notice).await.unwrap().unwrap().tries;
        let tries: Vec<_> =
            tries.iter().filter(|one| one.channel == "sms").map(|one| one.outcome.as_str()).collect();
        assert_eq!(tries, ["failed", "failed", "failed", "sent"]);
    });
}

#[test]
fn what_the_gateway_never_takes_and_what_is_too_late_is_given_up() {
    on_bench(async |mut bench| {
        let gateway = Receiver::start([Answer::Status(422)]).await;
        send_through(&mut bench, gateway.url("/send"));
        let refused = bench.notice(&agreed(&bench, Outcome::Passed).await).await;
        bench.dispatch();
        let given_up = bench.delivery(refused, "sms", "failed").await;
        assert_eq!(given_up.last_error.as_deref(), Some("status_422"));
        bench.stop().await;

        let late = bench.notice(&agreed(&bench, Outcome::Passed).await).await;
        bench.later(48 * 3600 + 1);
        bench.dispatch();
        assert_eq!(bench.delivery(late, "sms", "failed").await.last_error.as_deref(), Some("too_late"));
        assert_eq!(gateway.hits().len(), 1);
    });
}

#[test]
fn a_gateway_that_redirects_is_not_followed_and_one_at_a_private_address_is_refused_at_the_start() {
    on_bench(async |mut bench| {
        let elsewhere = Receiver::start([]).await;
        let gateway = Receiver::start([Answer::RedirectTo(elsewhere.url("/send"))]).await;
        send_through(&mut bench, gateway.url("/send"));
        let notice = bench.notice(&agreed(&bench, Outcome::Passed).await).await;
        bench.dispatch();
        bench.failed_with(notice, "sms", "redirect_refused").await;
        assert!(elsewhere.hits().is_empty());
        bench.stop().await;

        let mut settings: Settings = (*bench.app.settings).clone();
        settings.webhook.allow_cidrs.clear();
        bench.app.settings = Arc::new(settings);
        let error =
            berkas_notification::Dispatcher::new(bench.app.clone(), bench.broker.clone()).err().unwrap();
        assert_eq!(error.to_string(), "`sms.url` cannot be used: address_refused");
    });
}

#[test]
fn a_number_is_in_no_log_metric_message_address_or_table() {
    let log = Memory::default();
    let subscriber =
        tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(log.clone()).finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();
    on_bench(async |mut bench| {
        let gateway = Receiver::start([Answer::Status(500)]).await;
        let hook = Receiver::start([]).await;
        bench.set_webhook(&hook.url("/hook")).await;
        send_through(&mut bench, gateway.url("/send"));
        let notice = bench.notice(&agreed(&bench, Outcome::Passed).await).await;
        let landline = with_form(&bench, OFFICE, "021-0000-9001", Some(Role::Mother)).await;
        let landline = bench.notice(&bench.decide_on(landline, Outcome::Passed).await).await;
        bench.dispatch();
        bench.failed_with(notice, "sms", "status_500").await;
        bench.later(7);
        bench.delivery(notice, "sms", "sent").await;
        let given_up = bench.delivery(landline, "sms", "failed").await;
        assert_eq!(given_up.last_error.as_deref(), Some("phone_invalid"));

        let mut inbox = bench.inbox(OFFICE).await;
        for _ in 0..4 {
            assert_silent("a message", &inbox.next().await.to_string());
        }
        hook.wait_for(4).await.iter().for_each(|hit| assert_silent("a webhook", &hit.envelope().to_string()));
        for hit in gateway.hits() {
            assert_silent("the address and the headers", &format!("{} {:?}", hit.path, hit.headers));
        }
        assert_silent("the metrics", &bench.app.metrics.render());
        let rows = bench.app.store.every_row().await.unwrap();
        assert!(rows.contains("reporter") && rows.contains(&notice.to_string()), "the tables were read");
        assert_silent("a table", &rows);
        // Bytes are read in hexadecimal.
        for secret in TAIL {
            let hexadecimal: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
            assert!(!rows.contains(&hexadecimal), "`{secret}` is in a table");
        }
        bench.stop().await;
    });
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(log.contains("a notice could not be delivered"), "the log was read");
    // Everything that a deployment can log of ours; at TRACE the HTTP library says what it writes.
    let ours: Vec<&str> = log.lines().filter(|line| line.contains("berkas_")).collect();
    assert_silent("the log", &ours.join("\n"));
}
