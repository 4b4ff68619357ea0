//! The worked example of the documentation, run as it stands there.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use berkas_broker::Outgoing;
use berkas_contract::{Envelope, Source, SpecVersion, names};
use berkas_store::ClaimedDelivery;
use chrono::TimeDelta;
use tokio::net::TcpListener;

use crate::bench::{Bench, on_bench};
use crate::dossier::Dossier;

const PYTHON: &str = "/usr/bin/python3";

/// Debian's Python with its package `python3-pika`; says so when it is missing.
pub(crate) fn python_with_pika() -> Option<&'static str> {
    let found = std::process::Command::new(PYTHON).args(["-c", "import pika"]).output();
    if found.is_ok_and(|output| output.status.success()) {
        return Some(PYTHON);
    }
    eprintln!("SKIPPED: python3 with pika is missing; run `scripts/install-deps tests`");
    None
}

/// The arguments of the example for a dossier, whose papers are of these kinds.
fn arguments(folder: &Path, dossier: &Dossier, kinds: [&str; 2]) -> Vec<String> {
    let mut arguments = vec!["akta_kelahiran".to_owned(), "LHR-1".to_owned()];
    arguments.push(file(folder, "form.json", &dossier.form));
    for (kind, scan) in kinds.iter().zip(&dossier.scans) {
        arguments.push(format!("{kind}={}", file(folder, &format!("{kind}.jpg"), scan)));
    }
    arguments
}

/// Runs the example to its end; returns whether it succeeded, what it says and what it complains of.
async fn run(
    bench: &Bench<'_>,
    python: &str,
    arguments: &[String],
    more: &[(&str, &str)],
) -> (bool, String, String) {
    let address = serve(bench).await;
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/examples/submit.py");
    let example = tokio::process::Command::new(python)
        .arg(script)
        .args(arguments)
        .env("BERKAS_OFFICE", bench.office.office.as_str())
        .env("BERKAS_HTTP", format!("http://{address}"))
        .env("BERKAS_API_KEY", &bench.office.key)
        .env("BERKAS_AMQP", bench.amqp_url(&bench.office))
        .envs(more.iter().copied())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let output = example.wait_with_output().await.unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.success(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn the_worked_example_uploads_publishes_and_reads_its_answer() {
    let Some(python) = python_with_pika() else { return };
    on_bench(&[], async |bench| {
        let _consumer = bench.start_consumer();
        let folder = tempfile::tempdir().unwrap();
        let dossier = Dossier::new(&bench.office.office);
        let arguments = arguments(folder.path(), &dossier, ["form_f201", "kk"]);
        while_delivering(bench, async {
            let (ok, said, complained) = run(bench, python, &arguments, &[]).await;
            assert!(ok, "{said}{complained}");
            let told = bench.told(&bench.office).await;
            let number = told[0].data["registration_number"].as_str().unwrap();
            assert!(said.contains(&format!("accepted as {number}")), "{said}");

            // Who had no answer sends it again under the id that was printed, and gets the same number.
            let id = said.lines().next().unwrap().strip_prefix("sent, sender id ").unwrap();
            let again = run(bench, python, &arguments, &[("BERKAS_SENDER_ID", id)]).await;
            assert_eq!(again, (true, said.clone(), String::new()));
        })
        .await;
    });
}

#[test]
fn the_worked_example_tells_why_its_message_was_not_taken_also_when_nobody_could_read_it() {
    let Some(python) = python_with_pika() else { return };
    on_bench(&[], async |bench| {
        let _consumer = bench.start_consumer();
        let folder = tempfile::tempdir().unwrap();
        let dossier = Dossier::new(&bench.office.office);
        while_delivering(bench, async {
            // The first is no kind of document at all; the second is one, and not the form's.
            for (kinds, code) in [
                (["kartu", "kk"], "envelope_invalid: Susunan pesan tidak benar (data.documents[0].kind)"),
                (["kk", "kk"], "form_mismatch: Formulir tidak cocok dengan pesan (data.documents[0].kind)"),
            ] {
                let arguments = arguments(folder.path(), &dossier, kinds);
                let (ok, said, complained) = run(bench, python, &arguments, &[]).await;
                assert!(!ok && complained.contains(code), "{said}{complained}");
            }
        })
        .await;
    });
}

#[test]
fn the_worked_example_says_what_it_lacks_without_a_trace_of_the_program() {
    let Some(python) = python_with_pika() else { return };
    on_bench(&[], async |bench| {
        let folder = tempfile::tempdir().unwrap();
        let mut arguments =
            arguments(folder.path(), &Dossier::new(&bench.office.office), ["form_f201", "kk"]);
        for (more, words) in [
            (("BERKAS_OFFICE", ""), "BERKAS_OFFICE is not set"),
            (("BERKAS_API_KEY", "bk_wrong"), "HTTP 401"),
            (("BERKAS_HTTP", "http://127.0.0.1:1"), "nothing was handed in"),
            (("BERKAS_AMQP", "amqp://351709:x@127.0.0.1:1/%2f"), "the broker did not take it"),
        ] {
            let (ok, said, complained) = run(bench, python, &arguments, &[more]).await;
            assert!(!ok && complained.contains(words), "{said}{complained}");
            assert!(!complained.contains("Traceback"), "{complained}");
        }
        arguments.truncate(3);
        let (ok, _, complained) = run(bench, python, &arguments, &[]).await;
        assert!(!ok && complained.starts_with("Hands one dossier in"), "{complained}");
    });
}

fn file(folder: &Path, name: &str, bytes: &[u8]) -> String {
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    path.to_str().unwrap().to_owned()
}

async fn serve(bench: &Bench<'_>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = bench.router.clone();
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

/// Does `work` while the answers to it are brought to the offices.
async fn while_delivering(bench: &Bench<'_>, work: impl Future<Output = ()>) {
    tokio::select! {
        () = work => (),
        () = deliver(bench) => unreachable!("the postman never stops"),
    }
}

/// Does what the notification worker does, which is no part of this crate: brings notices to the offices' queues.
async fn deliver(bench: &Bench<'_>) {
    let publisher = bench.broker().publisher();
    loop {
        let now = bench.app.clock.now();
        let claimed = bench.app.store.claim_deliveries("amqp", now, TimeDelta::minutes(1), 10).await.unwrap();
        for delivery in claimed {
            publisher.publish(letter(&delivery)).await.unwrap();
            bench.app.store.deliveries_sent("amqp", &[delivery.notice], now).await.unwrap();
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn letter(delivery: &ClaimedDelivery) -> Outgoing {
    let envelope = Envelope {
        specversion: SpecVersion::V1,
        id: delivery.notice.0,
        source: Source::District,
        kind: delivery.kind.clone(),
        time: delivery.created_at,
        datacontenttype: None,
        subject: None,
        sequence: delivery.sequence,
        data: delivery.data.clone(),
    };
    let body = serde_json::to_vec(&envelope).unwrap();
    Outgoing::new(names::RETURNS_EXCHANGE, names::return_key(&delivery.office), delivery.notice, body)
}
