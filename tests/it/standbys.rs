//! What passed and waits for blanks, through the whole chain.

use anyhow::{Context as _, Result, ensure};
use berkas_domain::{Clock as _, SystemClock, wib};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::bench::{Bench, Office, Process, Received, Verifier, until};

const STANDBY: &str = "id.berkas.standby.v1";
/// How this office is told that the blanks are here, in Indonesian and English.
const OWN_WORDS: [&str; 2] = ["Kertas akta sudah datang", "The paper for certificates has come"];
/// What no channel has taken yet.
const UNDER_WAY: &str = "select count(*) from deliveries where state in ('pending', 'sending')";

/// A passed dossier whose office was told, with everything at work except what tells offices.
struct Passed {
    _chain: Vec<Process>,
    bench: Bench,
    office: Office,
    verifier: Verifier,
    number: String,
    _texts: tempfile::TempDir,
}

impl Passed {
    async fn start() -> Result<Self> {
        let texts = tempfile::tempdir()?;
        let words = format!("[akta_blanks_here]\nid = \"{}\"\nen = \"{}\"\n", OWN_WORDS[0], OWN_WORDS[1]);
        std::fs::write(texts.path().join("standby.toml"), words)?;
        let services = Box::leak(Box::new(berkas_testkit::services()?));
        let dir = texts.path().to_str().context("no text")?;
        let bench = Bench::on(services, &[("BERKAS_NOTICES__DIR", dir)]).await?;
        let mut chain = bench.spawn_workers(&["intake", "scan", "completeness", "assignment"])?;
        chain.push(bench.spawn(&["serve"])?);
        bench.serves().await?;
        let notification = bench.spawn(&["worker", "notification"])?;
        let office = bench.office("351709").await?;
        let verifier = bench.verifier("wati").await?;
        let sender_id = office.submit(&office.dossier(71, "akta_kematian", "MTI-1", &[])?).await?;
        verifier.pass(1).await?;
        let decision = office.decision(sender_id).await?;
        office.read(decision.id).await?;
        let number = decision.data["registration_number"].as_str().context("no number")?.to_owned();
        bench.sql_says(UNDER_WAY, "0").await?;
        // By SIGKILL.
        drop(notification);
        Ok(Self { _chain: chain, bench, office, verifier, number, _texts: texts })
    }

    /// Says that there are no blanks, twice.
    async fn missing(&self, back_on: Option<&str>) -> Result<()> {
        let path = format!("/api/v1/submissions/{}/standby", self.number);
        for _ in 0..2 {
            self.verifier.client.put(&path, &json!({ "revision": 1, "back_on": back_on })).await?;
        }
        Ok(())
    }

    /// Says that they are here, twice.
    async fn here(&self) -> Result<()> {
        let listed = self.verifier.client.get("/api/v1/standbys").await?;
        let id = listed["standbys"][0]["id"].as_str().context("nothing waits")?.to_owned();
        for _ in 0..2 {
            self.verifier.client.post(&format!("/api/v1/standbys/{id}/end"), &json!({})).await?;
        }
        Ok(())
    }

    /// Lets the process that tells offices die at `point`.
    async fn dies_at(&self, point: &str) -> Result<()> {
        let doomed = self.bench.spawn_with(&["worker", "notification"], &[("BERKAS_CRASH_AT", point)]);
        ensure!(!doomed?.ended().await?.success(), "it did not die at `{point}`");
        Ok(())
    }

    /// Lets another tell everything that is owed; then that is killed too.
    async fn told(&self) -> Result<()> {
        let notification = self.bench.spawn(&["worker", "notification"])?;
        self.bench.sql_says(UNDER_WAY, "0").await?;
        drop(notification);
        Ok(())
    }

    /// Messages in the office's queue, unread.
    async fn unread(&self, count: u64) -> Result<()> {
        self.bench.holds("return.351709", count).await
    }

    /// What the office is told of the standby, each message once however often it came.
    async fn read(&self) -> Result<Vec<Received>> {
        let over = |one: &Received| one.kind == STANDBY && one.data["state"] == "over";
        let received = self.office.receive(|all| all.iter().any(over)).await?;
        Ok(received.into_iter().filter(|one| one.kind == STANDBY).collect())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_office_is_told_of_missing_blanks_another_day_and_their_coming_once_each_whoever_is_killed()
-> Result<()> {
    let passed = Passed::start().await?;
    let another_day = (wib(SystemClock.now()).date_naive() + chrono::Days::new(45)).to_string();

    passed.missing(None).await?;
    // It dies after the broker has taken the message and before it says so: the message goes out twice.
    passed.dies_at("notification.after_send").await?;
    passed.told().await?;
    passed.unread(2).await?;

    passed.missing(Some(&another_day)).await?;
    passed.dies_at("notification.before_send").await?;
    passed.told().await?;
    passed.unread(3).await?;

    passed.here().await?;
    passed.dies_at("notification.after_send").await?;
    passed.told().await?;
    passed.unread(5).await?;

    let told = passed.read().await?;
    let states: Vec<&Value> = told.iter().map(|one| &one.data["state"]).collect();
    ensure!(states == ["waiting", "waiting", "over"], "{told:?}");
    ensure!(told.iter().all(|one| one.data["waits_for"] == "akta_blanks"), "{told:?}");
    ensure!(told.iter().all(|one| one.data["registration_number"] == passed.number), "{told:?}");
    let words = ["text_id", "text_en"];
    ensure!(words.map(|key| &told[2].data[key]) == OWN_WORDS, "{:?}", told[2]);
    ensure!(told[1].data["text_id"].as_str().is_some_and(|said| said.contains("blanko akta sedang habis")));
    let sequences: Vec<i64> = told.iter().filter_map(|one| one.sequence).collect();
    ensure!(sequences == [3, 4, 5], "after `accepted` and the decision: {sequences:?}");
    let days: Vec<Option<&str>> = told.iter().map(|one| one.data["back_at"].as_str()).collect();
    ensure!(days[0].is_some() && days[1] > days[0] && days[2].is_none(), "{days:?}");

    // The inbox says the same, and nothing is owed: a standby needs no acknowledgement.
    let inbox = passed.office.client.get("/api/v1/notices").await?;
    let mut in_inbox: Vec<Uuid> = inbox["notices"]
        .as_array()
        .context("no inbox")?
        .iter()
        .filter(|notice| notice["type"] == STANDBY)
        .filter_map(|notice| notice["id"].as_str()?.parse().ok())
        .collect();
    in_inbox.reverse();
    ensure!(in_inbox == told.iter().map(|one| one.id).collect::<Vec<_>>(), "{in_inbox:?}");
    until("nothing waits any more", || async {
        Ok(passed.verifier.client.get("/api/v1/standbys").await?["standbys"] == json!([]))
    })
    .await?;
    let neraca = passed.bench.finish().await?;
    ensure!((neraca.accepted, neraca.finished, neraca.waiting) == (1, 1, 0), "{neraca:?}");
    Ok(())
}
