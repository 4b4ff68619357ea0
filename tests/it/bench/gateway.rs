//! A gateway of short messages: an HTTP server that takes whatever is posted and keeps it.

use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, Result};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// A gateway on a port of its own; it goes with the test's runtime.
pub struct Gateway {
    port: u16,
    taken: Arc<Mutex<Vec<Value>>>,
}

impl Gateway {
    pub async fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let port = listener.local_addr()?.port();
        let taken: Arc<Mutex<Vec<Value>>> = Arc::default();
        let kept = Arc::clone(&taken);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                if let Ok(message) = take(stream).await {
                    kept.lock().unwrap_or_else(PoisonError::into_inner).push(message);
                }
            }
        });
        Ok(Self { port, taken })
    }

    /// The settings that have short messages sent through it.
    pub fn settings(&self) -> Vec<(&'static str, String)> {
        vec![
            ("BERKAS_SMS__URL", format!("http://127.0.0.1:{}/send", self.port)),
            ("BERKAS_WEBHOOK__REQUIRE_HTTPS", "false".to_owned()),
            ("BERKAS_WEBHOOK__ALLOW_CIDRS", "127.0.0.1/32".to_owned()),
        ]
    }

    /// What was posted, the first first.
    pub fn taken(&self) -> Vec<Value> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Reads one call and says that it is taken.
async fn take(stream: TcpStream) -> Result<Value> {
    let mut stream = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await?;
        if line.trim().is_empty() {
            break;
        }
        let header = line.split_once(':').filter(|(name, _)| name.eq_ignore_ascii_case("content-length"));
        if let Some((_, value)) = header {
            length = value.trim().parse().context("the length of the body")?;
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await?;
    stream.write_all(b"HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").await?;
    Ok(serde_json::from_slice(&body)?)
}
