//! What a running deployment tells of itself.

use anyhow::{Context as _, Result};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::bench::{Bench, free_port, until};

/// What `GET /metrics` answers at `address`.
pub async fn metrics(address: &str) -> Result<String> {
    let (head, body) = get(address, "/metrics").await?;
    anyhow::ensure!(head.contains(" 200 "), "{head}");
    Ok(body)
}

/// The head and the body of the answer to `GET path`.
async fn get(address: &str, path: &str) -> Result<(String, String)> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(format!("GET {path} HTTP/1.0\r\n\r\n").as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    let (head, body) = answer.split_once("\r\n\r\n").context("no answer")?;
    Ok((head.to_owned(), body.to_owned()))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_whose_clock_is_off_the_databases_is_not_ready() -> Result<()> {
    let bench = Bench::start().await?;
    let address = format!("127.0.0.1:{}", free_port()?);
    // No two clocks agree when nothing may lie between them.
    let strict =
        [("BERKAS_HTTP__OBSERVE_LISTEN", address.as_str()), ("BERKAS_DATABASE__MAX_CLOCK_SKEW_MS", "0")];
    let _berkas = bench.spawn_with(&["serve"], &strict)?;
    bench.serves().await?;
    until("it is not ready", || async {
        let (head, body) = get(&address, "/readyz").await?;
        Ok(head.contains(" 503 ") && body.contains("the clocks differ by"))
    })
    .await?;
    bench.finish().await.map(drop)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_metrics_tell_where_submissions_and_messages_are() -> Result<()> {
    let bench = Bench::start().await?;
    let address = format!("127.0.0.1:{}", free_port()?);
    let _berkas = bench.spawn_with(&["all"], &[("BERKAS_HTTP__OBSERVE_LISTEN", &address)])?;
    bench.serves().await?;
    let office = bench.office("351709").await?;
    let sender_id = office.submit(&office.dossier(1, "akta_kelahiran", "LHR-1", &[])?).await?;
    office.reaches(sender_id, "waiting").await?;
    // Something for an operator, so that not every gauge says nought.
    bench.publish(berkas_contract::names::DEAD_EXCHANGE, "", b"not json").await?;

    let lines = [
        r#"berkas_up{role="all"} 1"#,
        r#"berkas_stage_depth{stage="waiting"} 1"#,
        r#"berkas_stage_depth{stage="received"} 0"#,
        r#"berkas_stage_transitions_total{stage="received"} 1"#,
        r#"berkas_stage_transitions_total{stage="normalized"} 1"#,
        r#"berkas_stage_transitions_total{stage="checked"} 1"#,
        r#"berkas_stage_transitions_total{stage="waiting"} 1"#,
        r#"berkas_job_outcomes_total{step="scan",outcome="done"} 1"#,
        r#"berkas_queue_depth{queue="intake"} 0"#,
        r#"berkas_queue_depth{queue="dead"} 0"#,
        r#"berkas_queue_depth{queue="work.scan"} 0"#,
        r#"berkas_queue_depth{queue="work.notification"} 0"#,
        // `accepted`, which the office has not fetched.
        r#"berkas_queue_depth{queue="return"} 1"#,
        r#"berkas_parked{cause="dead_lettered"} 1"#,
        r#"berkas_parked{cause="crashed"} 0"#,
        r#"berkas_due_unpublished 0"#,
        r#"berkas_deliveries_pending{channel="amqp"} 0"#,
        r#"berkas_deliveries_pending{channel="webhook"} 0"#,
        r#"berkas_deliveries_pending{channel="mail"} 0"#,
        r#"berkas_deliveries_failed{channel="amqp"} 0"#,
        r#"berkas_notice_unacknowledged 0"#,
        r#"berkas_tasks_overdue 0"#,
        r#"berkas_broker_reconnects_total 0"#,
    ];
    let missing = |text: &str| -> Vec<&str> {
        lines.into_iter().filter(|line| !text.lines().any(|told| told == *line)).collect()
    };
    until("every gauge tells what is", || async {
        let missing = missing(&metrics(&address).await?);
        anyhow::ensure!(missing.is_empty(), "not told: {missing:?}");
        Ok(true)
    })
    .await?;

    let item = bench.store.parked(10).await?.pop().context("nothing is parked")?;
    bench.run(&["parked", "discard", &item.id.to_string()])?;
    let verifier = bench.verifier("wati").await?;
    verifier.pass(1).await?;
    super::faults::one_decision_each(&office, &[sender_id]).await?;
    until("the board follows", || async {
        let text = metrics(&address).await?;
        Ok(text.contains("berkas_stage_depth{stage=\"waiting\"} 0\n")
            && ["assigned", "decided", "noticed"].iter().all(|stage| {
                text.contains(&format!("berkas_stage_transitions_total{{stage=\"{stage}\"}} 1\n"))
            })
            && text.contains("berkas_parked{cause=\"dead_lettered\"} 0\n"))
    })
    .await?;
    super::faults::all_told(bench, 1).await
}
