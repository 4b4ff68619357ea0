//! A real mail server, which answers as it is told (`tests/peers/smtp_sink.py`).

use std::path::Path;
use std::process::Stdio;
use std::sync::{Arc, Mutex};

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::bench::{PATIENCE, wait_until};

pub(crate) const PYTHON: &str = "/usr/bin/python3";

/// Whether Debian's Python has the package; says so when it has not.
pub(crate) fn has_aiosmtpd() -> bool {
    let found = std::process::Command::new(PYTHON).args(["-c", "import aiosmtpd"]).output();
    let there = found.is_ok_and(|output| output.status.success());
    if !there {
        eprintln!("SKIPPED: python3 with aiosmtpd is missing; run `scripts/install-deps tests`");
    }
    there
}

/// A mail server on a port of its own; it goes when this is dropped.
pub(crate) struct Sink {
    pub(crate) port: u16,
    lines: Arc<Mutex<Vec<Value>>>,
    _child: Child,
}

impl Sink {
    /// Starts one on `port`, 0 for any, that answers recipients with `statuses`, then with 250.
    pub(crate) async fn start(port: u16, statuses: &[&str]) -> Self {
        let mut arguments = vec![port.to_string()];
        arguments.extend(statuses.iter().map(|status| (*status).to_owned()));
        Self::run(&arguments).await
    }

    /// Starts one that takes mail only over TLS, with the certificate `localhost` that it makes below `directory`, and
    /// from the user `berkas` with `password`.
    pub(crate) async fn guarded(directory: &Path, password: &str) -> Self {
        let (certificate, key) = (directory.join("certificate.pem"), directory.join("key.pem"));
        let done = std::process::Command::new("openssl")
            .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"])
            .args(["-days", "30", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"])
            .args(["-addext", "basicConstraints=critical,CA:FALSE"])
            .arg("-out")
            .arg(&certificate)
            .arg("-keyout")
            .arg(&key)
            .output()
            .unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        let path = |path: &Path| path.to_str().unwrap().to_owned();
        let tls = ["--tls".to_owned(), path(&certificate), path(&key), password.to_owned(), "0".to_owned()];
        Self::run(&tls).await
    }

    async fn run(arguments: &[String]) -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/peers/smtp_sink.py");
        let mut child = Command::new(PYTHON)
            .arg(script)
            .args(arguments)
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap()).lines();
        let first = tokio::time::timeout(PATIENCE, output.next_line()).await.expect("the sink hangs");
        let told: Value = serde_json::from_str(&first.unwrap().expect("the sink ended")).unwrap();
        let port = u16::try_from(told["port"].as_u64().unwrap()).unwrap();
        let lines = Arc::new(Mutex::new(Vec::new()));
        let shared = Arc::clone(&lines);
        tokio::spawn(async move {
            while let Ok(Some(line)) = output.next_line().await {
                shared.lock().unwrap().push(serde_json::from_str(&line).unwrap());
            }
        });
        Self { port, lines, _child: child }
    }

    /// A port that nobody listens on.
    pub(crate) async fn free_port() -> u16 {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        listener.local_addr().unwrap().port()
    }

    /// The mails it took.
    pub(crate) fn mails(&self) -> Vec<Value> {
        self.with("content")
    }

    /// The recipients it was asked about, with its answers.
    pub(crate) fn asked(&self) -> Vec<Value> {
        self.with("rcpt")
    }

    /// Waits until it took `count` mails.
    pub(crate) async fn wait_for(&self, count: usize) -> Vec<Value> {
        wait_until(async || self.mails().len() >= count).await;
        self.mails()
    }

    fn with(&self, key: &str) -> Vec<Value> {
        let lines = self.lines.lock().unwrap();
        lines.iter().filter(|line| line.get(key).is_some()).cloned().collect()
    }
}
