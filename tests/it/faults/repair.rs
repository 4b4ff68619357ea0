//! A repair and the acknowledgement of the return that it repairs cross on their way.

use anyhow::{Context as _, Result, ensure};
use berkas_samples::Defect;
use serde_json::Value;
use uuid::Uuid;

use crate::bench::{Bench, Office, Process, Queues, Received, Verifier, until};

on_both_kinds_of_queues! {
    an_acknowledgement_that_comes_after_the_repair_changes_nothing;
    an_acknowledgement_that_comes_before_the_repair_lets_it_in;
    a_repair_and_an_acknowledgement_at_the_same_time_both_count;
}

/// A submission that was returned, and whose office has its repair ready and has acknowledged nothing.
struct Returned {
    bench: Bench,
    office: Office,
    verifier: Verifier,
    sender_id: Uuid,
    decision: Received,
    /// The manifest of revision 2, whose files are uploaded.
    repair: Value,
    _berkas: Process,
}

impl Returned {
    async fn start(queues: Queues) -> Result<Self> {
        let bench = Bench::start_with(queues).await?;
        let _berkas = bench.spawn_all().await?;
        let office = bench.office("351702").await?;
        let verifier = bench.verifier("wati").await?;
        let broken = office.dossier(21, "akta_kematian", "MTI-1", &[Defect::MissingDocument])?;
        let sender_id = office.submit(&broken).await?;
        let decision = office.decision(sender_id).await?;
        ensure!(decision.data["outcome"] == "returned");
        let mended = office.dossier(21, "akta_kematian", "MTI-1", &[])?;
        office.upload(&mended).await?;
        let repair = office.manifest(&mended, sender_id, 2)?;
        Ok(Self { bench, office, verifier, sender_id, decision, repair, _berkas })
    }

    async fn repair(&self) -> Result<()> {
        self.office.client.post("/api/v1/submissions", &self.repair).await.map(drop)
    }

    /// When the return counted as acknowledged.
    async fn acknowledged_at(&self) -> Result<Option<chrono::DateTime<chrono::Utc>>> {
        let inbox = self.bench.store.inbox(&self.office.code, false, 10).await?;
        let notice = inbox.into_iter().find(|item| item.id.0 == self.decision.id);
        Ok(notice.context("the return's notice is gone")?.acknowledged_at)
    }

    /// The return is acknowledged, the repair passes, and the office was told so and nothing else.
    async fn ends_well(self) -> Result<()> {
        until("the return is acknowledged", || async { Ok(self.acknowledged_at().await?.is_some()) }).await?;
        self.verifier.pass(1).await?;
        let status = self.office.reaches(self.sender_id, "noticed").await?;
        assert_eq!((status["outcome"].as_str(), status["revision"].as_i64()), (Some("passed"), Some(2)));

        let received = self.office.receive(|all| decisions(all).contains(&("passed".into(), 2))).await?;
        // Unless it came too late for that, the return itself is no longer in the queue: it was read before.
        let told: Vec<_> = decisions(&received).into_iter().filter(|(_, revision)| *revision == 2).collect();
        assert_eq!(told, [("passed".to_owned(), 2)]);
        let rejected = received.iter().find(|one| one.kind == "id.berkas.rejected.v1");
        assert!(rejected.is_none(), "the office was told off: {rejected:?}");
        assert!(self.bench.store.parked(10).await?.is_empty());
        let neraca = self.bench.finish().await?;
        assert_eq!((neraca.accepted, neraca.finished, neraca.returned), (1, 1, 0), "{neraca:?}");
        Ok(())
    }
}

/// Outcome and revision of each decision among what an office received.
fn decisions(received: &[Received]) -> Vec<(String, i64)> {
    let decisions = received.iter().filter(|one| one.kind == "id.berkas.decision.v1");
    let of =
        |one: &Received| Some((one.data["outcome"].as_str()?.to_owned(), one.data["revision"].as_i64()?));
    decisions.filter_map(of).collect()
}

async fn an_acknowledgement_that_comes_after_the_repair_changes_nothing(queues: Queues) -> Result<()> {
    let returned = Returned::start(queues).await?;
    returned.repair().await?;
    let counted = returned.acknowledged_at().await?;
    assert!(counted.is_some(), "who repairs has read the return");
    returned.office.acknowledge(returned.decision.id).await?;
    returned.bench.holds("intake", 0).await?;
    assert_eq!(returned.acknowledged_at().await?, counted);
    returned.ends_well().await
}

async fn an_acknowledgement_that_comes_before_the_repair_lets_it_in(queues: Queues) -> Result<()> {
    let returned = Returned::start(queues).await?;
    returned.office.acknowledge(returned.decision.id).await?;
    until("the return is acknowledged", || async { Ok(returned.acknowledged_at().await?.is_some()) }).await?;
    returned.repair().await?;
    returned.ends_well().await
}

async fn a_repair_and_an_acknowledgement_at_the_same_time_both_count(queues: Queues) -> Result<()> {
    let returned = Returned::start(queues).await?;
    let (repaired, acknowledged) =
        tokio::join!(returned.repair(), returned.office.acknowledge(returned.decision.id));
    repaired?;
    acknowledged?;
    returned.ends_well().await
}
