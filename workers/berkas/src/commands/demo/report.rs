//! What the person who watches sees: live progress, then the summary.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use berkas_store::{PageLegibility, ReportLine, StageWait, Store};
use tokio_util::sync::CancellationToken;

use super::board::Board;
use super::repair;
use super::setup::Demo;
use crate::output;

/// Prints one line every other second until `stop`.
pub async fn progress(store: Store, board: Arc<Board>, stop: CancellationToken) {
    let started = tokio::time::Instant::now();
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(Duration::from_secs(2)) => {}
        }
        let Ok(neraca) = store.neraca().await else { continue };
        let read = |counter: &std::sync::atomic::AtomicUsize| counter.load(Ordering::Relaxed);
        output::line(format_args!(
            "{:>4} s  sent {:>3} (+{} again, +{} repaired)  accepted {:>3}  waiting {:>3}  decided by people {:>3}  \
             finished {:>3}  returned {:>3}  parked {}",
            started.elapsed().as_secs(),
            read(&board.sent),
            read(&board.resent),
            read(&board.repaired),
            neraca.accepted,
            neraca.waiting,
            read(&board.decided),
            neraca.finished,
            neraca.returned,
            neraca.parked,
        ));
    }
}

/// Prints the tables; returns whether the books balance.
pub async fn summary(demo: &Demo, board: &Board) -> anyhow::Result<bool> {
    let lines = demo.store.report().await?;
    offices(&lines);
    legibility(&demo.store.page_legibility().await?);
    waits(&demo.store.stage_waits().await?);
    examples(demo, &lines).await?;
    repair::print(&demo.store).await?;
    let neraca = demo.store.neraca().await?;
    output::line("");
    output::line(format_args!(
        "neraca: accepted {} = finished {} + returned {} + waiting {} + parked {}   missing {}   doubled {}",
        neraca.accepted,
        neraca.finished,
        neraca.returned,
        neraca.waiting,
        neraca.parked,
        neraca.missing.len(),
        neraca.doubled.len()
    ));
    output::line(if neraca.balances() { "✔ the books balance" } else { "✖ the books do not balance" });
    output::line(format_args!(
        "sent {} dossiers, {} of them twice, {} repairs; {} notices acknowledged",
        board.sent.load(Ordering::Relaxed),
        board.resent.load(Ordering::Relaxed),
        board.repaired.load(Ordering::Relaxed),
        board.acknowledged.load(Ordering::Relaxed)
    ));
    Ok(neraca.balances())
}

fn offices(lines: &[ReportLine]) {
    let headings = [
        "kecamatan",
        "service",
        "received",
        "passed",
        "with office",
        "refused",
        "waiting",
        "parked",
        "returns, top reasons",
    ];
    let mut table = output::table(&headings);
    for line in lines {
        let mark = if line.training { " (latihan)" } else { "" };
        let returns = if line.returns == 0 {
            String::new()
        } else {
            format!("{}: {}", line.returns, line.top_reasons.join(", "))
        };
        table.add_row([
            format!("{}{mark}", line.name),
            line.service.name_id().to_owned(),
            line.received.to_string(),
            line.passed.to_string(),
            line.returned.to_string(),
            line.refused.to_string(),
            line.waiting.to_string(),
            line.parked.to_string(),
            returns,
        ]);
    }
    output::line("");
    output::line(table);
}

fn legibility(offices: &[PageLegibility]) {
    let headings = ["kecamatan", "pages", "good", "hard to read", "unreadable", "not opened", "why"];
    let mut table = output::table(&headings);
    for office in offices {
        table.add_row([
            format!("{}{}", office.name, if office.training { " (latihan)" } else { "" }),
            office.pages.to_string(),
            office.ok.to_string(),
            office.warn.to_string(),
            office.unreadable.to_string(),
            office.failed.to_string(),
            office.top_reasons.join(", "),
        ]);
    }
    output::line("");
    output::line("Legibility of the scans:");
    output::line(table);
}

fn waits(waits: &[StageWait]) {
    let headings = ["stage", "left", "p50", "p90", "p99", "of it work: p50", "p90", "p99"];
    let mut table = output::table(&headings);
    for wait in waits {
        let mut row = vec![wait.stage.to_string(), wait.left.to_string()];
        row.extend([wait.p50_ms, wait.p90_ms, wait.p99_ms].map(duration));
        row.extend(wait.worked_ms.map_or_else(|| ["—"; 3].map(str::to_owned), |worked| worked.map(duration)));
        table.add_row(row);
    }
    output::line("");
    output::line(
        "Time in each stage until it was left, and how long a worker was at it (a simulated verifier looks for 0.15 s; a \
         person takes minutes):",
    );
    output::line(table);
}

fn duration(milliseconds: f64) -> String {
    if milliseconds < 1000.0 {
        format!("{milliseconds:.0} ms")
    } else {
        format!("{:.1} s", milliseconds / 1000.0)
    }
}

/// One returned dossier of each service with its reasons as the kecamatan reads them.
async fn examples(demo: &Demo, lines: &[ReportLine]) -> anyhow::Result<()> {
    output::line("");
    output::line("One return of each service, as the kecamatan reads it:");
    for service in berkas_domain::Service::ALL {
        if lines.iter().all(|line| line.service != *service || line.returns == 0) {
            continue;
        }
        let Some(example) = demo.store.returned_example(*service).await? else { continue };
        output::line(format_args!("  {} · {}", example.registration_number, service.name_id()));
        for reason in example.reasons.as_array().into_iter().flatten() {
            let code = reason["code"].as_str().unwrap_or_default();
            let text = reason["text_id"].as_str().unwrap_or_default();
            output::line(format_args!("      {code}: {text}"));
        }
    }
    Ok(())
}
