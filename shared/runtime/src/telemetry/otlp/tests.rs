use berkas_domain::FixedClock;
use chrono::{DateTime, TimeDelta};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tracing_subscriber::layer::SubscriberExt;

use super::*;
use crate::job_span;
use crate::telemetry::TraceContext;

/// Reads one request and says `200`: its head and its body.
async fn take_request(stream: &mut TcpStream) -> (String, Value) {
    let mut bytes = Vec::new();
    loop {
        stream.read_buf(&mut bytes).await.unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let head = head.to_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
        if body.len() == length.parse::<usize>().unwrap() {
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await.unwrap();
            return (head, serde_json::from_str(body).unwrap());
        }
    }
}

#[tokio::test]
async fn a_collector_gets_the_spans_of_a_trace_with_their_parents_and_links() {
    let collector = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}/", collector.local_addr().unwrap());
    let clock = FixedClock::at(DateTime::from_timestamp(1_700_000_000, 0).unwrap());
    let (layer, sending) = exporter(&endpoint, "scan", Arc::new(clock.clone()));
    let sent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), || {
        tracing::info_span!("process.start").in_scope(|| ());
        let context = TraceContext::continue_from(Some(sent));
        let _job = job_span!("job.scan.normalize", &context, page.count = 2).entered();
        let _page = tracing::info_span!("scan.page.decode").entered();
        clock.advance(TimeDelta::milliseconds(5));
    });
    let (mut stream, _) = tokio::join!(async { collector.accept().await.unwrap().0 }, async {
        // The layer is gone, so that sending ends; until then it needs its turn.
        tokio::spawn(sending);
    });
    let (head, body) = take_request(&mut stream).await;

    assert!(head.starts_with("post /v1/traces "), "{head}");
    let spans = &body["resourceSpans"][0]["scopeSpans"][0]["spans"];
    assert_eq!(spans.as_array().unwrap().len(), 2, "{body}");
    let (page, job) = (&spans[0], &spans[1]);
    assert_eq!(
        (page["name"].as_str(), job["name"].as_str()),
        (Some("scan.page.decode"), Some("job.scan.normalize"))
    );
    assert_eq!(page["parentSpanId"], job["spanId"]);
    assert_eq!(
        (&page["traceId"], job["traceId"].as_str()),
        (&job["traceId"], Some("4bf92f3577b34da6a3ce929d0e0e4736"))
    );
    assert_eq!(job["links"][0]["spanId"], "00f067aa0ba902b7");
    assert_eq!(job["startTimeUnixNano"], "1700000000000000000");
    assert_eq!(job["endTimeUnixNano"], "1700000000005000000");
    assert_eq!(job["attributes"], json!([{ "key": "page.count", "value": { "intValue": "2" } }]));
    assert_eq!(body["resourceSpans"][0]["resource"]["attributes"][1]["value"]["stringValue"], "scan");
}
