//! Faults on the real servers. Each ends with balanced books, exactly one outcome for each submission, one notice for
//! each decision and one at the office after de-duplication.

/// Makes two tests of each function, which takes the kind of queues: on classic and on quorum queues. On quorum queues
/// only what is marked `smoke` is part of every run; `make faults` runs all.
macro_rules! on_both_kinds_of_queues {
    ($($name:ident $(, $mark:ident)?;)+) => {$(
        mod $name {
            #[tokio::test(flavor = "multi_thread")]
            async fn classic() -> anyhow::Result<()> {
                super::$name(crate::bench::Queues::Classic).await
            }

            on_quorum_queues! { $name $(, $mark)? }
        }
    )+};
}

macro_rules! on_quorum_queues {
    ($name:ident, smoke) => {
        #[tokio::test(flavor = "multi_thread")]
        async fn quorum() -> anyhow::Result<()> {
            super::$name(crate::bench::Queues::Quorum).await
        }
    };
    ($name:ident) => {
        #[tokio::test(flavor = "multi_thread")]
        #[ignore = "part of `make faults`"]
        async fn quorum() -> anyhow::Result<()> {
            super::$name(crate::bench::Queues::Quorum).await
        }
    };
}

mod backlog;
mod broker;
mod cluster;
mod crashes;
mod dead;
mod doubles;
mod drain;
mod files;
mod frozen;
mod people;
mod poison;
mod repair;
mod second_look;
mod undo;
mod wedged;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use uuid::Uuid;

use crate::bench::{Bench, Office, Received};

/// Waits for the decisions on `sent` and checks that the office got one of each and nothing else, in the order of the
/// sequence; acknowledges each twice, as a program does that is not sure, and checks that none of them is owed any more.
pub async fn one_decision_each(office: &Office, sent: &[Uuid]) -> Result<Vec<Received>> {
    let count =
        |received: &[Received]| received.iter().filter(|one| one.kind == "id.berkas.decision.v1").count();
    let received = office.receive(|all| count(all) >= sent.len()).await?;
    let is_decision = |one: &&Received| one.kind == "id.berkas.decision.v1";
    let decisions: Vec<Received> = received.iter().filter(is_decision).cloned().collect();
    for sender_id in sent {
        let of_it = decisions.iter().filter(|one| one.data["sender_id"] == sender_id.to_string()).count();
        ensure!(of_it == 1, "{sender_id} has {of_it} decisions");
    }
    ensure!(decisions.len() == sent.len(), "{} decisions for {} submissions", decisions.len(), sent.len());
    for sender_id in sent {
        let of_it = received.iter().filter(|one| one.data["sender_id"] == sender_id.to_string());
        let sequences: Vec<i64> = of_it.filter_map(|one| one.sequence).collect();
        ensure!(sequences.is_sorted_by(|before, after| before < after), "{sender_id}: {sequences:?}");
    }
    acknowledge_twice(office, &decisions).await?;
    Ok(decisions)
}

async fn acknowledge_twice(office: &Office, decisions: &[Received]) -> Result<()> {
    for decision in decisions {
        for _ in 0..2 {
            office.read(decision.id).await?;
        }
    }
    let is_owed = |notice: &Value| decisions.iter().any(|decision| notice["id"] == decision.id.to_string());
    let owed = office.client.get("/api/v1/notices?owed=true").await?;
    let owed = owed["notices"].as_array().context("no inbox")?;
    ensure!(!owed.iter().any(is_owed), "a decision is owed that was acknowledged");
    Ok(())
}

/// Ends a test whose submissions were all accepted and are all finished or returned.
pub async fn all_told(bench: Bench, count: i64) -> Result<()> {
    let neraca = bench.finish().await?;
    ensure!(neraca.accepted == count, "{} were accepted, not {count}", neraca.accepted);
    ensure!(neraca.finished + neraca.returned == count, "not all are told: {neraca:?}");
    Ok(())
}
