use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::*;

/// One request over a real connection: the status line and the body.
async fn request(address: SocketAddr, path: &str) -> (String, String) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.lines().next().unwrap().to_owned(), body.to_owned())
}

#[tokio::test]
async fn the_three_addresses_answer_over_http_until_the_process_stops() {
    let (health, metrics, stop) = (Health::default(), Metrics::new("scan"), CancellationToken::new());
    health.watch("database", || async { Err("connection refused".to_owned()) });
    let (address, server) = serve("127.0.0.1:0", router(health, metrics), stop.clone()).await.unwrap();

    let (status, _) = request(address, "/livez").await;
    assert_eq!(status, "HTTP/1.1 200 OK");
    let (status, body) = request(address, "/readyz").await;
    assert_eq!(status, "HTTP/1.1 503 Service Unavailable");
    assert!(body.contains(r#"{"name":"database","ok":false,"problem":"connection refused"}"#), "{body}");
    let (_, body) = request(address, "/metrics").await;
    assert!(body.contains(r#"berkas_up{role="scan"} 1"#), "{body}");

    stop.cancel();
    server.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_process_is_ready_when_every_dependency_is_and_it_does_not_stop() {
    let health = Health::default();
    health.watch("database", || async { Ok(()) });
    assert!(health.ready().await.ok);
    health.watch("broker", || async { Err("down".to_owned()) });
    let report = health.ready().await;
    assert!(!report.ok && report.checks.iter().any(|check| check.name == "database" && check.ok));
    health.watch("broker", || async { Ok(()) });
    health.drain();
    assert!(!health.ready().await.ok);
    assert!(health.alive().ok);
}

#[tokio::test(start_paused = true)]
async fn a_dependency_that_does_not_answer_makes_the_process_unready_in_time() {
    let health = Health::default();
    health.watch("store", std::future::pending);
    let started = Instant::now();
    let report = health.ready().await;
    assert_eq!(report.checks[0].problem.as_deref(), Some("no answer within 2 s"));
    assert!(started.elapsed() < Duration::from_secs(3));
}

#[tokio::test(start_paused = true)]
async fn a_loop_that_stops_turning_makes_the_process_dead_and_one_that_ended_does_not() {
    let health = Health::default();
    let pulse = health.pulse("consumer", Duration::from_secs(10));
    tokio::time::advance(Duration::from_secs(9)).await;
    pulse.beat();
    tokio::time::advance(Duration::from_secs(9)).await;
    assert!(health.alive().ok);
    tokio::time::advance(Duration::from_secs(2)).await;
    assert!(!health.alive().ok);
    drop(pulse);
    assert!(health.alive().ok);
}

#[tokio::test(start_paused = true)]
async fn a_loop_that_waits_for_its_next_message_is_alive_however_long_that_takes() {
    let health = Health::default();
    let pulse = health.pulse("consumer", Duration::from_secs(10));
    let (sender, message) = tokio::sync::oneshot::channel();
    let waiting = tokio::spawn(async move { pulse.idle(message).await });
    for _ in 0..100 {
        tokio::time::sleep(Duration::from_secs(7)).await;
        assert!(health.alive().ok);
    }
    sender.send(7).unwrap();
    assert_eq!(waiting.await.unwrap(), Ok(7));
}
