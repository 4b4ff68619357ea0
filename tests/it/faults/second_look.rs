//! Two who have to agree, and a desk that dies under them.

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{all_told, one_decision_each};
use crate::bench::{Bench, Office, Process, Queues, Task, Verifier, until};

on_both_kinds_of_queues! {
    the_desk_dies_while_two_look_and_the_office_is_told_once, smoke;
    what_two_differ_on_is_told_when_a_supervisor_has_decided;
}

/// A birth with the mother only, which needs two.
async fn send(office: &Office, seed: u64) -> Result<Uuid> {
    let sent = office.submit(&office.dossier(seed, "akta_kelahiran", "LHR-5", &[])?).await?;
    office.reaches(sent, "waiting").await?;
    Ok(sent)
}

/// What a desk that is killed, as soon as the decision is in the database, may have answered or not: sent again it is the
/// same. Returns the desk that came after.
async fn decide_and_die(
    bench: &Bench,
    verifier: &Verifier,
    (task, desk): (&Task, Process),
    reasons: Value,
) -> Result<Process> {
    let id = bench.store.audited("task.decided", &task.id).await?;
    let said = verifier.decide(task, "returned", reasons.clone());
    let death = async {
        until("the decision is in the database", || async {
            Ok(bench.store.audited("task.decided", &task.id).await? > id)
        })
        .await?;
        drop(desk);
        anyhow::Ok(())
    };
    let (_, died) = tokio::join!(said, death);
    died?;
    let desk = bench.spawn(&["serve"])?;
    bench.serves().await?;
    verifier.decide(task, "returned", reasons).await?;
    ensure!(bench.store.audited("task.decided", &task.id).await? == id + 1, "noted twice");
    Ok(desk)
}

async fn the_desk_dies_while_two_look_and_the_office_is_told_once(queues: Queues) -> Result<()> {
    let bench = Bench::start_with(queues).await?;
    let _workers = bench.spawn_workers(&["intake", "scan", "completeness", "assignment", "notification"])?;
    let mut desk = bench.spawn(&["serve"])?;
    bench.serves().await?;
    let office = bench.office("351709").await?;
    let (first, second) = (bench.verifier("wati").await?, bench.verifier("yono").await?);
    let mut sent = Vec::new();
    for seed in 0..2 {
        sent.push(send(&office, 70 + seed).await?);
        let task = first.next().await?;
        desk = decide_and_die(&bench, &first, (&task, desk), json!([{ "code": "GANDA" }])).await?;
        ensure!(first.pull().await?.is_none(), "the first does not look again");
        let of_it = bench.store.find_submission(&office.code, sent.last().copied(), None).await?;
        let submission = of_it.expect("accepted").id;
        ensure!(bench.store.decision_for_notice(submission).await?.is_none(), "one pair of eyes decided");
        let task = second.next().await?;
        desk = decide_and_die(&bench, &second, (&task, desk), json!([{ "code": "LAINNYA" }])).await?;
    }
    for decision in one_decision_each(&office, &sent).await? {
        let codes: Vec<_> =
            decision.data["reasons"].as_array().into_iter().flatten().map(|one| &one["code"]).collect();
        ensure!(codes == ["GANDA", "LAINNYA"], "{codes:?}");
    }
    all_told(bench, 2).await
}

async fn what_two_differ_on_is_told_when_a_supervisor_has_decided(queues: Queues) -> Result<()> {
    let bench = Bench::start_with(queues).await?;
    let _berkas = bench.spawn_all().await?;
    let office = bench.office("351709").await?;
    let (mild, strict) = (bench.verifier("wati").await?, bench.verifier("yono").await?);
    let head = bench.person("rini", "supervisor").await?;
    let sent = send(&office, 80).await?;
    mild.decide(&mild.next().await?, "passed", json!([])).await?;
    strict.decide(&strict.next().await?, "refused", json!([{ "code": "GANDA" }])).await?;
    ensure!(mild.pull().await?.is_none() && strict.pull().await?.is_none(), "it is the supervisor's");
    head.decide(&head.next().await?, "passed", json!([])).await?;
    let decisions = one_decision_each(&office, &[sent]).await?;
    ensure!(decisions[0].data["outcome"] == "passed", "{:?}", decisions[0].data);
    all_told(bench, 1).await
}
