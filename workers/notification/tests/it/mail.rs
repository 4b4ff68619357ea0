//! E-mail to the office, through a real mail server.

use std::sync::Arc;

use berkas_contract::{Event as _, Standby};
use berkas_domain::{NoticeId, Outcome, ReasonCode, Revision, Service, StandbyState, UserId, wib};
use berkas_runtime::settings::MailTls;
use berkas_store::{BlanksMissing, NewUser, ToldStandby, UserRole};
use chrono::TimeDelta;
use serde_json::Value;
use uuid::Uuid;

use crate::bench::{Bench, OFFICE, arrival, office, on_bench, wait_until};
use crate::receiver::Receiver;
use crate::sink::{PYTHON, Sink, has_aiosmtpd};

/// Where the office reads its mail.
const ADDRESS: &str = "kantor@gudo.example";

/// Has the office's decisions mailed through the server at `port`.
async fn mail_through(bench: &mut Bench, port: u16) {
    let mut settings = (*bench.app.settings).clone();
    settings.mail.host = "127.0.0.1".to_owned();
    settings.mail.port = port;
    settings.mail.tls = MailTls::None;
    settings.mail.from = "Dispendukcapil <berkas@jombang.example>".to_owned();
    settings.mail.timeout_ms = 5000;
    settings.http.public_url = "https://berkas.jombang.example".to_owned();
    bench.app.settings = Arc::new(settings);
    assert!(bench.app.store.set_mail(&office(OFFICE), Some(ADDRESS), bench.app.clock.now()).await.unwrap());
}

/// A mail as Python's own library reads it: headers and text.
fn read(mail: &Value) -> Value {
    const SCRIPT: &str = "import email.policy, json, sys
mail = email.message_from_string(sys.argv[1], policy=email.policy.default)
print(json.dumps({**{key.lower(): str(value) for key, value in mail.items()}, 'text': mail.get_content()}))";
    let output =
        std::process::Command::new(PYTHON).args(["-c", SCRIPT, mail["content"].as_str().unwrap()]).output();
    let output = output.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// A verifier who is competent for everything.
async fn person(bench: &Bench) -> UserId {
    let id = UserId(Uuid::now_v7());
    let verifier = NewUser {
        id,
        login: "wati",
        display_name: "Pegawai Contoh",
        role: UserRole::Verifier,
        password_hash: "",
        services: Service::ALL,
        capacity: 3,
        training: false,
    };
    bench.app.store.create_user(&verifier, bench.app.clock.now()).await.unwrap();
    id
}

fn message_id(notice: NoticeId) -> String {
    format!("<{notice}@jombang.example>")
}

#[test]
fn a_decision_is_mailed_with_its_reasons_and_what_to_do_and_once_taken_it_is_not_sent_again() {
    if !has_aiosmtpd() {
        return;
    }
    on_bench(async |mut bench| {
        let sink = Sink::start(0, &[]).await;
        mail_through(&mut bench, sink.port).await;
        let decided = bench.decide(OFFICE).await;
        let notice = bench.notice(&decided).await;
        bench.dispatch();
        bench.delivery(notice, "mail", "sent").await;
        let mails = sink.mails();
        assert_eq!((mails.len(), &mails[0]["to"][0]), (1, &ADDRESS.into()), "`accepted` is not mailed");
        assert_eq!(mails[0]["from"], "berkas@jombang.example");

        let mail = read(&mails[0]);
        let number =
            bench.app.store.submission(decided.submission).await.unwrap().unwrap().registration_number;
        assert_eq!(mail["subject"], format!("Berkas {number}: Dikembalikan"));
        assert_eq!(mail["message-id"], message_id(notice));
        assert_eq!(mail["auto-submitted"], "auto-generated");
        let text = mail["text"].as_str().unwrap();
        for told in [
            number.as_str(),
            "Hasil: Dikembalikan",
            "Outcome: Returned",
            "- dokumen 1, Kartu keluarga, halaman 1: ",
            ReasonCode::TidakTerbaca.text_id(),
            ReasonCode::TidakTerbaca.text_en(),
            "(TIDAK_TERBACA)",
            "Pindai ulang halaman",
            "Perbaikan paling lambat: 08-12-2026",
            "Repair is due by: 2026-12-08",
            &format!("https://berkas.jombang.example/api/v1/notices/{notice}/letter"),
        ] {
            assert!(text.contains(told), "{told} is not in {text}");
        }

        // An unacknowledged notice goes into the queue again, and not into the mailbox.
        bench.delivery(notice, "amqp", "sent").await;
        let mut inbox = bench.inbox(OFFICE).await;
        inbox.decisions(1).await;
        bench.later(7 * 86_400);
        inbox.decisions(1).await;
        assert_eq!((sink.asked().len(), sink.mails().len()), (1, 1));
        assert_eq!(bench.delivery(notice, "mail", "sent").await.attempts, 1);
    });
}

#[test]
fn that_what_passed_waits_for_blanks_and_that_they_are_here_is_mailed_after_the_decision() {
    if !has_aiosmtpd() {
        return;
    }
    on_bench(async |mut bench| {
        let sink = Sink::start(0, &[]).await;
        mail_through(&mut bench, sink.port).await;
        let decided = bench.decide_on(arrival(OFFICE), Outcome::Passed).await;
        bench.notice(&decided).await;
        let (store, now) = (bench.app.store.clone(), bench.app.clock.now());
        let by = person(&bench).await;
        let texts = Arc::clone(&bench.app.texts);
        let told = |told: &ToldStandby| {
            let text =
                texts.standby.told(told.standby.kind, told.state, wib(told.standby.back_at).date_naive());
            let data = Standby {
                registration_number: told.registration_number.clone(),
                submission: told.submission,
                sender_id: told.sender_id,
                revision: told.revision,
                waits_for: told.standby.kind,
                state: told.state,
                since: told.standby.since,
                back_at: (told.state == StandbyState::Waiting).then_some(told.standby.back_at),
                training: told.training,
                text_id: text.id,
                text_en: text.en,
            };
            (Standby::TYPE, serde_json::to_value(data).unwrap())
        };
        let missing = BlanksMissing {
            submission: decided.submission,
            revision: Revision(1),
            by,
            named: None,
            otherwise: now + TimeDelta::days(7),
        };
        store.blanks_missing(&missing, &told, now).await.unwrap();
        let standby = store.standbys(by, 1).await.unwrap().remove(0).id;
        store.blanks_here(standby, by, &told, now).await.unwrap();
        bench.dispatch();
        wait_until(async || sink.mails().len() == 3).await;

        let mails: Vec<Value> = sink.mails().iter().map(read).collect();
        let subject = |index: usize| mails[index]["subject"].as_str().unwrap().split_once(": ").unwrap().1;
        assert_eq!([0, 1, 2].map(subject), ["Lolos", "Menunggu blanko akta", "Blanko akta sudah tersedia"]);
        let number = store.submission(decided.submission).await.unwrap().unwrap().registration_number;
        let waiting = mails[1]["text"].as_str().unwrap();
        for told in [
            number.as_str(),
            "Keadaan: Menunggu blanko akta",
            "State: Waiting for certificate blanks",
            "blanko akta sedang habis",
            "there are no certificate blanks",
            "Diperiksa lagi: 01-12-2026",
            "Next look: 2026-12-01",
        ] {
            assert!(waiting.contains(told), "{told} is not in {waiting}");
        }
        let here = mails[2]["text"].as_str().unwrap();
        assert!(here.contains("kutipan dicetak") && !here.contains("Diperiksa lagi"), "{here}");
        let mut ids: Vec<_> = mails.iter().map(|mail| mail["message-id"].as_str().unwrap()).collect();
        ids.dedup();
        assert_eq!(ids.len(), 3, "each is told by its id");
    });
}

#[test]
fn a_server_that_is_down_holds_no_other_channel_up_and_gets_the_mail_once_it_is_back() {
    if !has_aiosmtpd() {
        return;
    }
    on_bench(async |mut bench| {
        let port = Sink::free_port().await;
        mail_through(&mut bench, port).await;
        let receiver = Receiver::start([]).await;
        bench.set_webhook(&receiver.url("/hook")).await;
        let notice = bench.noticed(OFFICE).await;
        bench.dispatch();
        bench.failed_with(notice, "mail", "connect_failed").await;
        receiver.wait_for(2).await;
        bench.inbox(OFFICE).await.decisions(1).await;

        let sink = Sink::start(port, &[]).await;
        bench.later(7);
        bench.delivery(notice, "mail", "sent").await;
        let mails = sink.mails();
        assert_eq!((mails.len(), &read(&mails[0])["message-id"]), (1, &message_id(notice).into()));
    });
}

#[test]
fn a_server_that_stays_down_costs_three_tries_and_then_one_now_and_then() {
    on_bench(async |mut bench| {
        let port = Sink::free_port().await;
        mail_through(&mut bench, port).await;
        let mut owed = Vec::new();
        for _ in 0..6 {
            owed.push(bench.noticed(OFFICE).await);
        }
        let mut settings = (*bench.app.settings).clone();
        settings.mail.concurrency = 1;
        bench.app.settings = Arc::new(settings);
        let opened_at = bench.app.clock.now();
        bench.dispatch();
        wait_until(async || {
            let (mut tried, mut put_off) = (0, 0);
            for notice in &owed {
                let delivery = bench.delivery(*notice, "mail", "pending").await;
                tried += i32::from(delivery.attempts == 1);
                put_off += i32::from(delivery.attempts == 0 && delivery.not_before > opened_at);
            }
            (tried, put_off) == (3, 3)
        })
        .await;
    });
}

#[test]
fn a_mailbox_that_is_busy_gets_it_again_and_one_that_refuses_for_good_does_not() {
    if !has_aiosmtpd() {
        return;
    }
    on_bench(async |mut bench| {
        let sink = Sink::start(0, &["450", "250", "550", "250"]).await;
        mail_through(&mut bench, sink.port).await;
        let busy = bench.noticed(OFFICE).await;
        bench.dispatch();
        bench.failed_with(busy, "mail", "smtp_450").await;
        assert!(sink.mails().is_empty());
        bench.later(7);
        assert_eq!(bench.delivery(busy, "mail", "sent").await.attempts, 2);
        sink.wait_for(1).await;

        let refused = bench.noticed(OFFICE).await;
        let given_up = bench.delivery(refused, "mail", "failed").await;
        assert_eq!((given_up.attempts, given_up.last_error.as_deref()), (1, Some("smtp_550")));
        // The next decision is tried again: the mailbox may have been mended.
        let next = bench.noticed(OFFICE).await;
        bench.delivery(next, "mail", "sent").await;
        let ids: Vec<Value> =
            sink.wait_for(2).await.iter().map(|mail| read(mail)["message-id"].clone()).collect();
        assert_eq!(ids, [message_id(busy), message_id(next)]);
        assert_eq!(sink.asked().len(), 4);
    });
}

#[test]
fn a_server_that_hangs_is_left_and_the_queue_goes_on_meanwhile() {
    if !has_aiosmtpd() {
        return;
    }
    on_bench(async |mut bench| {
        let sink = Sink::start(0, &["hang"]).await;
        mail_through(&mut bench, sink.port).await;
        let notice = bench.noticed(OFFICE).await;
        bench.dispatch();
        bench.inbox(OFFICE).await.decisions(1).await;
        bench.failed_with(notice, "mail", "timed_out").await;
        bench.later(7);
        bench.delivery(notice, "mail", "sent").await;
        assert_eq!(sink.wait_for(1).await.len(), 1);
    });
}

#[test]
fn without_a_server_decisions_wait_and_without_an_address_none_is_owed() {
    on_bench(async |mut bench| {
        let unaddressed = bench.noticed(OFFICE).await;
        bench.app.store.set_mail(&office(OFFICE), Some(ADDRESS), bench.app.clock.now()).await.unwrap();
        let waiting = bench.noticed(OFFICE).await;
        bench.dispatch();
        bench.inbox(OFFICE).await.decisions(2).await;
        assert_eq!(bench.delivery(waiting, "mail", "pending").await.attempts, 0);
        let channels: Vec<String> = bench
            .app
            .store
            .deliveries_of(unaddressed)
            .await
            .unwrap()
            .into_iter()
            .map(|one| one.channel)
            .collect();
        assert_eq!(channels, ["amqp"]);
    });
}

#[test]
fn a_server_of_ones_own_is_reached_over_tls_with_a_password_from_a_file_and_a_wrong_one_costs_no_notice() {
    if !has_aiosmtpd() {
        return;
    }
    on_bench(async |mut bench| {
        let directory = tempfile::tempdir().unwrap();
        let sink = Sink::guarded(directory.path(), "kata-sandi").await;
        mail_through(&mut bench, sink.port).await;
        let password = directory.path().join("password");
        std::fs::write(&password, "salah\n").unwrap();
        let mut settings = (*bench.app.settings).clone();
        settings.mail.host = "localhost".to_owned();
        settings.mail.tls = MailTls::Starttls;
        settings.mail.user = "berkas".to_owned();
        settings.mail.password_file.clone_from(&password);
        bench.app.settings = Arc::new(settings.clone());
        let notice = bench.noticed(OFFICE).await;

        // Nobody vouches for the server.
        bench.dispatch();
        bench.failed_with(notice, "mail", "connect_failed").await;
        bench.stop().await;

        settings.mail.ca_file = directory.path().join("certificate.pem");
        bench.app.settings = Arc::new(settings);
        bench.later(7);
        bench.dispatch();
        bench.failed_with(notice, "mail", "smtp_535").await;
        bench.stop().await;
        assert!(sink.asked().is_empty());

        std::fs::write(&password, "kata-sandi\n").unwrap();
        bench.later(40);
        bench.dispatch();
        assert_eq!(bench.delivery(notice, "mail", "sent").await.attempts, 3);
        assert_eq!(sink.wait_for(1).await[0]["to"][0], ADDRESS);
    });
}

#[test]
fn a_mail_whose_sender_died_is_sent_again_under_the_same_message_id() {
    if !has_aiosmtpd() {
        return;
    }
    on_bench(async |mut bench| {
        let sink = Sink::start(0, &[]).await;
        mail_through(&mut bench, sink.port).await;
        let notice = bench.noticed(OFFICE).await;
        // Another process claims it, perhaps sends it, and dies before it can say so.
        let (now, lease) = (bench.app.clock.now(), chrono::TimeDelta::seconds(60));
        assert_eq!(bench.app.store.claim_deliveries("mail", now, lease, 10).await.unwrap().len(), 1);
        bench.later(61);
        bench.dispatch();
        assert_eq!(bench.delivery(notice, "mail", "sent").await.attempts, 2);
        let mails = sink.wait_for(1).await;
        assert_eq!(read(&mails[0])["message-id"], message_id(notice));
    });
}

#[test]
fn an_office_that_acknowledges_at_once_gets_its_mail_all_the_same() {
    if !has_aiosmtpd() {
        return;
    }
    on_bench(async |mut bench| {
        let sink = Sink::start(0, &[]).await;
        mail_through(&mut bench, sink.port).await;
        let notice = bench.noticed(OFFICE).await;
        bench.app.store.acknowledge(&office(OFFICE), notice, bench.app.clock.now()).await.unwrap();
        bench.delivery(notice, "amqp", "acknowledged").await;
        bench.dispatch();
        bench.delivery(notice, "mail", "sent").await;
        assert_eq!(read(&sink.wait_for(1).await[0])["message-id"], message_id(notice));
    });
}

#[test]
fn an_address_that_the_server_cannot_take_holds_no_other_office_up() {
    if !has_aiosmtpd() {
        return;
    }
    on_bench(async |mut bench| {
        const OTHER: &str = "351710";
        let sink = Sink::start(0, &[]).await;
        mail_through(&mut bench, sink.port).await;
        bench.add_office(OTHER).await;
        for (code, address) in [(OFFICE, "kantor-gud\u{f2}@gudo.example"), (OTHER, ADDRESS)] {
            assert!(
                bench.app.store.set_mail(&office(code), Some(address), bench.app.clock.now()).await.unwrap()
            );
        }
        let mut odd = Vec::new();
        for _ in 0..4 {
            odd.push(bench.noticed(OFFICE).await);
        }
        bench.dispatch();
        for notice in odd {
            bench.failed_with(notice, "mail", "address_not_ascii").await;
        }
        let plain = bench.noticed(OTHER).await;
        assert_eq!(bench.delivery(plain, "mail", "sent").await.attempts, 1, "the circuit is closed");
    });
}
