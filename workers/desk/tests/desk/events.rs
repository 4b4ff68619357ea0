//! What happens is told over a real connection.

use std::time::Duration;

use berkas_domain::Clock as _;
use berkas_store::UserRole;
use chrono::TimeDelta;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

use crate::support::{Bench, Person};

/// How long anything may take to be told.
const PATIENCE: Duration = Duration::from_secs(30);

/// A stream of events as it comes over the line.
struct Line {
    stream: TcpStream,
    heard: String,
}

impl Line {
    async fn open(listener: std::net::SocketAddr, person: &Person<'_>) -> Self {
        let mut stream = TcpStream::connect(listener).await.unwrap();
        let request = format!(
            "GET /api/v1/events HTTP/1.1\r\nHost: desk\r\nCookie: {}\r\nAccept-Encoding: gzip\r\n\r\n",
            person.cookie
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut line = Self { stream, heard: String::new() };
        line.hears("event: hello").await;
        assert!(line.heard.contains("content-type: text/event-stream"), "{}", line.heard);
        assert!(!line.heard.contains("content-encoding"), "{}", line.heard);
        line
    }

    /// Waits for `words`, and forgets what came before them.
    async fn hears(&mut self, words: &str) {
        let heard = tokio::time::timeout(PATIENCE, async {
            while !self.heard.contains(words) {
                assert!(self.read().await, "the stream ended: {}", self.heard);
            }
        });
        assert!(heard.await.is_ok(), "no `{words}` in {}", self.heard);
        if words != "event: hello" {
            let after = self.heard.find(words).unwrap() + words.len();
            self.heard.drain(..after);
        }
    }

    async fn ends(&mut self) {
        let ended = tokio::time::timeout(PATIENCE, async { while self.read().await {} });
        assert!(ended.await.is_ok(), "the stream goes on");
    }

    async fn read(&mut self) -> bool {
        let mut bytes = [0; 4096];
        let count = self.stream.read(&mut bytes).await.unwrap_or(0);
        self.heard.push_str(&String::from_utf8_lossy(&bytes[..count]));
        count > 0 && !self.heard.ends_with("\r\n0\r\n\r\n")
    }
}

fn told(kind: &str, task: &str) -> String {
    format!("event: {kind}\ndata: {{\"id\":\"{}\"}}", task.rsplit('/').next().unwrap())
}

#[tokio::test]
async fn a_queue_is_told_what_happens_until_the_session_or_the_process_ends() {
    let bench = Bench::new().await;
    let (stop, stopped) = oneshot::channel::<()>();
    let events = berkas_desk::events(bench.web.clone(), async { drop(stopped.await) });
    let app = berkas_web::surface(events, bench.web.clone());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });

    let (verifier, head) = (bench.verifier("ani").await, bench.person("rini", UserRole::Supervisor).await);
    let id = bench.store.users().await.unwrap().into_iter().find(|user| user.login == "ani").unwrap().id;
    let mut line = Line::open(address, &verifier).await;
    bench.dossier(1).await;
    line.hears("event: task").await;
    let (task, fence) = verifier.pull().await;
    bench.clock.advance(TimeDelta::minutes(14));
    line.hears(&told("lease_soon", &task)).await;
    let body = json!({"reason": "absent", "fence": fence});
    head.post(&format!("{task}/take-back"), body).await.is(204);
    line.hears(&told("taken_back", &task)).await;
    let body = json!({"reason": "urgent", "to": id, "fence": fence + 1});
    head.post(&format!("{task}/reassign"), body).await.is(200);
    line.hears(&told("handed", &task)).await;
    bench.clock.advance(TimeDelta::minutes(15));
    bench.store.expire_leases(bench.clock.now()).await.unwrap();
    line.hears(&told("lease_ended", &task)).await;

    // Nobody has touched the desk since: the stream has not kept the session alive.
    bench.clock.advance(TimeDelta::minutes(31));
    line.ends().await;
    let verifier = bench.sign_in("ani").await;
    let mut line = Line::open(address, &verifier).await;
    stop.send(()).unwrap();
    line.ends().await;
}

#[tokio::test]
async fn a_page_that_refreshes_itself_does_not_keep_the_session_alive() {
    let bench = Bench::new().await;
    let verifier = bench.verifier("ani").await;
    let ask = async |unattended: bool| {
        let mut request = axum::http::Request::get("/desk").header("cookie", &verifier.cookie);
        if unattended {
            request = request.header("x-unattended", "1");
        }
        bench.ask(request.body(axum::body::Body::empty()).unwrap()).await.status.as_u16()
    };
    bench.clock.advance(TimeDelta::minutes(20));
    assert_eq!(ask(true).await, 200);
    bench.clock.advance(TimeDelta::minutes(11));
    assert_eq!(ask(true).await, 303, "nobody was there for half an hour");
}
