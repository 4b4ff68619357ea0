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

#[test]
fn the_worked_example_uploads_publishes_and_reads_its_answer() {
    let Some(python) = python_with_pika() else { return };
    on_bench(&[], async |bench| {
        let address = serve(bench).await;
        let _consumer = bench.start_consumer();
        let folder = tempfile::tempdir().unwrap();
        let dossier = Dossier::new(&bench.office.office);
        let mut arguments = vec!["akta_kelahiran".to_owned(), "LHR-1".to_owned()];
        arguments.push(file(folder.path(), "form.json", &dossier.form));
        for (kind, scan) in ["form_f201", "kk"].iter().zip(&dossier.scans) {
            arguments.push(format!("{kind}={}", file(folder.path(), &format!("{kind}.jpg"), scan)));
        }
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/examples/submit.py");
        let example = tokio::process::Command::new(python)
            .arg(script)
            .args(arguments)
            .env("BERKAS_OFFICE", bench.office.office.as_str())
            .env("BERKAS_HTTP", format!("http://{address}"))
            .env("BERKAS_API_KEY", &bench.office.key)
            .env("BERKAS_AMQP", bench.amqp_url(&bench.office))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let output = tokio::select! {
            output = example.wait_with_output() => output.unwrap(),
            () = deliver(bench) => unreachable!("the postman never stops"),
        };
        let (said, complained) =
            (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{said}{complained}");
        let told = bench.told(&bench.office).await;
        let number = told[0].data["registration_number"].as_str().unwrap();
        assert!(said.contains(&format!("accepted as {number}")), "{said}");
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
