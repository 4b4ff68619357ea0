//! An office's receiver of webhooks, which answers as it is told.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use crate::bench::wait_until;

/// How one call is answered.
#[derive(Debug, Clone)]
pub(crate) enum Answer {
    Status(u16),
    RedirectTo(String),
    /// Never.
    Silence,
    /// With a body without end.
    Flood,
}

/// One call as it came in.
#[derive(Debug, Clone)]
pub(crate) struct Hit {
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Hit {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).unwrap_or_else(|| panic!("no `{name}`")).to_str().unwrap()
    }

    pub(crate) fn envelope(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// A receiver on a port of its own; it goes with the test's runtime.
#[derive(Clone)]
pub(crate) struct Receiver {
    port: u16,
    shared: Arc<Mutex<Shared>>,
}

#[derive(Default)]
struct Shared {
    hits: Vec<Hit>,
    /// For the next calls; then 200.
    answers: VecDeque<Answer>,
}

impl Receiver {
    pub(crate) async fn start(answers: impl IntoIterator<Item = Answer>) -> Self {
        let shared = Shared { hits: Vec::new(), answers: answers.into_iter().collect() };
        let shared = Arc::new(Mutex::new(shared));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let router = Router::new().fallback(take).with_state(Arc::clone(&shared));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { port, shared }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    pub(crate) fn hits(&self) -> Vec<Hit> {
        self.shared.lock().unwrap().hits.clone()
    }

    /// Waits until there were `count` calls.
    pub(crate) async fn wait_for(&self, count: usize) -> Vec<Hit> {
        wait_until(async || self.hits().len() >= count).await;
        self.hits()
    }
}

async fn take(
    State(shared): State<Arc<Mutex<Shared>>>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let answer = {
        let mut shared = shared.lock().unwrap();
        shared.hits.push(Hit { path: uri.path().to_owned(), headers, body });
        shared.answers.pop_front().unwrap_or(Answer::Status(200))
    };
    match answer {
        Answer::Status(status) => StatusCode::from_u16(status).unwrap().into_response(),
        Answer::RedirectTo(place) => (StatusCode::FOUND, [(header::LOCATION, place)]).into_response(),
        Answer::Silence => std::future::pending().await,
        Answer::Flood => vec![b'x'; 64 << 20].into_response(),
    }
}
