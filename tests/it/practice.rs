//! What an office sends while it is in training runs through the same chain, says so wherever it shows, and is in nothing
//! that counts or that people see who work on what is real.

use anyhow::{Context as _, Result, ensure};
use berkas_domain::{Clock as _, SystemClock};
use berkas_samples::Defect;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::bench::{Bench, Gateway, Office, Process, Received, Verifier, free_port, until};
use crate::commands::said;
use crate::observed::metrics;

const CASE: (&str, &str) = ("akta_kematian", "MTI-1");
const TRAINEES: &str = "351710";

/// Everything at work, with one office that is live and one that practises.
struct Stage {
    _berkas: Process,
    bench: Bench,
    gateway: Gateway,
    observed: String,
    live: Office,
    trainees: Office,
    /// Two, since two have to agree on everything here.
    verifiers: [Verifier; 2],
    head: Verifier,
    operator: Verifier,
    trainer: Verifier,
    head_trainer: Verifier,
}

impl Stage {
    async fn set() -> Result<Self> {
        let gateway = Gateway::start().await?;
        let mut settings = gateway.settings();
        settings.push(("BERKAS_ASSIGNMENT__SECOND_LOOK_PERCENT", "100".to_owned()));
        let observed = format!("127.0.0.1:{}", free_port()?);
        settings.push(("BERKAS_HTTP__OBSERVE_LISTEN", observed.clone()));
        let settings: Vec<(&str, &str)> =
            settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let services = Box::leak(Box::new(berkas_testkit::services()?));
        let bench = Bench::on(services, &settings).await?;
        let berkas = bench.spawn_all().await?;
        let live = bench.office("351709").await?;
        let trainees = bench.office(TRAINEES).await?;
        bench.run(&["office", "mode", TRAINEES, "training"])?;
        Ok(Self {
            verifiers: [bench.verifier("wati").await?, bench.verifier("yani").await?],
            head: bench.person("rini", "supervisor").await?,
            operator: bench.person("oki", "operator").await?,
            trainer: bench.trainer("tutor", "verifier").await?,
            head_trainer: bench.trainer("guru", "supervisor").await?,
            _berkas: berkas,
            bench,
            gateway,
            observed,
            live,
            trainees,
        })
    }

    /// Sends a dossier whose reporter agreed to short messages.
    async fn send(&self, office: &Office, seed: u64, defects: &[Defect]) -> Result<Uuid> {
        self.send_as(office, seed, defects, (Uuid::new_v4(), 1)).await
    }

    async fn send_as(
        &self,
        office: &Office,
        seed: u64,
        defects: &[Defect],
        (sender_id, revision): (Uuid, i32),
    ) -> Result<Uuid> {
        let dossier = office.dossier(seed, CASE.0, CASE.1, defects)?;
        let mut manifest = office.manifest(&dossier, sender_id, revision)?;
        manifest["contact"] = json!({ "person": "reporter", "sms_consent": true });
        office.upload(&dossier).await?;
        office.client.post("/api/v1/submissions", &manifest).await?;
        Ok(sender_id)
    }

    /// Sends one that the rules return, and its repair.
    async fn send_and_repair(&self, office: &Office, seed: u64) -> Result<Uuid> {
        let sender_id = self.send(office, seed, &[Defect::MissingDocument]).await?;
        office.reaches(sender_id, "noticed").await?;
        self.send_as(office, seed, &[], (sender_id, 2)).await
    }

    /// What counts, as everybody sees it who looks; what moves with the clock alone is left out.
    async fn figures(&self) -> Result<Vec<(&'static str, Value)>> {
        let (store, bench) = (&self.bench.store, &self.bench);
        let live = |value: Value| -> Vec<Value> {
            value
                .as_array()
                .cloned()
                .unwrap_or_default()
                .into_iter()
                .filter(|one| one["training"] == false)
                .collect()
        };
        let status = self.operator.client.get("/api/v1/status").await?;
        let console = self.operator.client.page("/console").await?;
        let console = String::from_utf8_lossy(&console).into_owned();
        let totals = console.split_once("figures").and_then(|(_, rest)| rest.split_once("</ul>"));
        let stages = |stages: &Value, keys: &[&str]| -> Vec<Value> {
            let stages = stages.as_array().cloned().unwrap_or_default();
            stages.iter().map(|stage| keys.iter().map(|key| stage[*key].clone()).collect()).collect()
        };
        let mut offices = status["offices"].as_array().context("no offices")?.clone();
        offices.retain(|office| office["code"] != TRAINEES);
        let told = metrics(&self.observed).await?;
        let counted =
            ["stage_depth", "stage_transitions", "parked", "deliveries", "notice", "tasks", "standby"];
        let counted: Vec<&str> = told
            .lines()
            .filter(|line| counted.iter().any(|name| line.starts_with(&format!("berkas_{name}"))))
            .collect();
        Ok(vec![
            ("the console's totals", json!(totals.context("no totals")?.0)),
            (
                "the console's stages",
                json!(stages(&status["stages"], &["stage", "depth", "parked", "in_1h", "out_1h"])),
            ),
            ("the console's offices", json!(offices)),
            ("the console's standbys", status["standbys"].clone()),
            ("what is parked", json!([status["parked_count"], status["parked"]])),
            ("what is owed", json!([status["owed"], status["channels"]])),
            ("`berkas status`", json!(stages(&said(bench, &["status"])?, &["stage", "depth", "parked"]))),
            ("what nobody acknowledged", json!(store.owed(SystemClock.now(), 100).await?)),
            ("the agreement", self.head.client.get("/api/v1/agreement").await?),
            ("the turnaround", json!(store.turnaround().await?)),
            ("the waits", json!(store.stage_waits().await?)),
            ("the report", json!(live(serde_json::to_value(store.report().await?)?))),
            ("the legibility", json!(live(serde_json::to_value(store.page_legibility().await?)?))),
            ("the metrics", json!(counted)),
            ("the short messages", json!(self.gateway.taken())),
        ])
    }

    /// What those read who work on what is real.
    async fn pages(&self) -> Result<String> {
        let mut read = String::new();
        let queues = ["mine", "pool", "kecamatan", "escalated", "done"];
        for verifier in &self.verifiers {
            for queue in queues {
                for path in [format!("/api/v1/tasks?view={queue}"), format!("/desk?view={queue}")] {
                    read += &text(verifier, &path).await?;
                }
            }
            for path in ["/api/v1/tasks/peek", "/api/v1/standbys", "/desk/standbys"] {
                read += &text(verifier, path).await?;
            }
        }
        for path in
            ["/desk?view=held", "/api/v1/standbys", "/desk/agreement", "/desk/roster", "/api/v1/verifiers"]
        {
            read += &text(&self.head, path).await?;
        }
        for path in ["/api/v1/status", "/console"] {
            read += &text(&self.operator, path).await?;
        }
        Ok(read)
    }

    /// Waits until everything is delivered and the gauges, which are fed now and then, say so, and that one real dossier is in
    /// the pool and so many wait for blanks.
    async fn settled(&self, standbys: u32) -> Result<()> {
        let under_way = "select count(*) from deliveries where state in ('pending', 'sending')";
        self.bench.sql_says(under_way, "0").await?;
        let lines = [
            format!("berkas_standby{{kind=\"akta_blanks\"}} {standbys}"),
            "berkas_stage_depth{stage=\"waiting\"} 1".to_owned(),
            "berkas_deliveries_pending{channel=\"amqp\"} 0".to_owned(),
            "berkas_deliveries_pending{channel=\"sms\"} 0".to_owned(),
        ];
        until("the gauges have settled", || async {
            let told = metrics(&self.observed).await?;
            Ok(lines.iter().all(|line| told.lines().any(|one| one == line)))
        })
        .await
    }
}

impl Bench {
    /// Somebody of the trainers' pool who is signed in.
    async fn trainer(&self, login: &str, role: &str) -> Result<Verifier> {
        let arguments = ["user", "add", login, "--name", "Pelatih Contoh", "--role", role, "--training"];
        self.run_with_input(&arguments, "kata-sandi-contoh\n")?;
        Verifier::login(&self.url(), login, "kata-sandi-contoh").await
    }
}

async fn text(person: &Verifier, path: &str) -> Result<String> {
    let page = person.client.page(path).await.with_context(|| path.to_owned())?;
    Ok(String::from_utf8_lossy(&page).into_owned())
}

/// The number on the receipt.
async fn number(office: &Office, sender_id: Uuid) -> Result<String> {
    let status = office.status(sender_id).await?.context("unknown")?;
    Ok(status["registration_number"].as_str().context("no number")?.to_owned())
}

/// Marks what passed as waiting for blanks.
async fn blanks_missing(person: &Verifier, number: &str, revision: i32) -> Result<()> {
    let path = format!("/api/v1/submissions/{number}/standby");
    person.client.put(&path, &json!({ "revision": revision })).await.map(drop)
}

/// Says that the blanks are here that the only standby of blanks waits for.
async fn blanks_here(person: &Verifier) -> Result<()> {
    let listed = person.client.get("/api/v1/standbys").await?;
    let mut all = listed["standbys"].as_array().context("no list")?.iter();
    let standby = all.find(|one| one["kind"] == "akta_blanks").context("none waits for blanks")?;
    let id = standby["id"].as_str().context("no id")?;
    person.client.post(&format!("/api/v1/standbys/{id}/end"), &json!({})).await.map(drop)
}

/// Has the trainees' dossiers go every way there is; returns their numbers.
async fn practise(stage: &Stage) -> Result<Vec<String>> {
    let (office, trainer) = (&stage.trainees, &stage.trainer);
    // Returned, repaired, passed by one look, waiting for blanks and printed.
    let repaired = stage.send_and_repair(office, 91).await?;
    trainer.pass(1).await?;
    office.reaches(repaired, "noticed").await?;
    let printed = number(office, repaired).await?;
    blanks_missing(trainer, &printed, 2).await?;
    blanks_here(trainer).await?;
    // Passed and reversed, while the other waits for blanks again.
    let reversed = stage.send(office, 92, &[]).await?;
    trainer.pass(1).await?;
    office.reaches(reversed, "noticed").await?;
    let wrong = number(office, reversed).await?;
    blanks_missing(trainer, &printed, 2).await?;
    let reasons = json!([{ "code": "BUKAN_ASLI", "document": 0 }]);
    let seen = stage.head_trainer.client.get(&format!("/api/v1/submissions/{wrong}/history")).await?;
    let reversal = json!({
        "revision": 1, "reason": "overlooked", "outcome": "refused", "reasons": reasons, "fence": seen["fence"]
    });
    stage.head_trainer.client.post(&format!("/api/v1/submissions/{wrong}/reversal"), &reversal).await?;
    // Set aside, and left in the pool.
    let aside = stage.send(office, 93, &[]).await?;
    let task = trainer.next().await?;
    trainer
        .client
        .post(&format!("/api/v1/tasks/{}/set-aside", task.id), &json!({ "fence": task.fence }))
        .await?;
    let pooled = stage.send(office, 94, &[]).await?;
    office.reaches(pooled, "waiting").await?;
    // Rejected: a repair of what was never sent.
    let nothing = office.dossier(95, CASE.0, CASE.1, &[])?;
    office.upload(&nothing).await?;
    office.publish(&nothing, office.manifest(&nothing, Uuid::new_v4(), 2)?).await?;
    Ok(vec![printed, wrong, number(office, aside).await?, number(office, pooled).await?])
}

#[tokio::test(flavor = "multi_thread")]
async fn practice_is_in_no_figure_list_pool_or_short_message_of_what_is_real_and_says_what_it_is()
-> Result<()> {
    let stage = Stage::set().await?;
    // Something in each figure: returned, repaired, passed by two, waiting for blanks; and one in the pool.
    let real = stage.send_and_repair(&stage.live, 96).await?;
    for verifier in &stage.verifiers {
        verifier.pass(1).await?;
    }
    stage.live.reaches(real, "noticed").await?;
    blanks_missing(&stage.verifiers[0], &number(&stage.live, real).await?, 2).await?;
    let waits = stage.send(&stage.live, 97, &[]).await?;
    stage.live.reaches(waits, "waiting").await?;
    stage.settled(1).await?;
    let before = stage.figures().await?;
    for (what, figures) in &before {
        let empty = [json!([]), Value::Null];
        let is_quiet = ["what is parked", "what is owed"].contains(what);
        ensure!(is_quiet || !empty.contains(figures), "{what} would prove nothing: {figures}");
    }

    let practice = practise(&stage).await?;
    let rejected = |all: &[Received]| all.iter().any(|one| one.kind == "id.berkas.rejected.v1");
    let corrected = |all: &[Received]| all.iter().any(|one| one.kind == "id.berkas.correction.v1");
    let told = stage.trainees.receive(|all| rejected(all) && corrected(all)).await?;
    // Gauges that say what changes now were fed later than that.
    blanks_here(&stage.verifiers[0]).await?;
    stage.settled(0).await?;
    blanks_missing(&stage.verifiers[0], &number(&stage.live, real).await?, 2).await?;
    stage.settled(1).await?;
    for ((what, figures), (_, then)) in stage.figures().await?.into_iter().zip(before) {
        // Since when the blanks are missing was said anew.
        let timeless = |figures: Value| without(figures, "oldest_since");
        assert_eq!(timeless(figures), timeless(then), "{what} counts practice");
    }

    let pages = stage.pages().await?;
    ensure!(pages.contains(&number(&stage.live, waits).await?), "the pages show what is real");
    for number in &practice {
        ensure!(!pages.contains(number), "{number} is shown to those who work on what is real");
        let history = format!("/api/v1/submissions/{number}/history");
        ensure!(
            stage.head.client.page(&history).await.is_err(),
            "{number} is a supervisor's who does not train"
        );
        let papers = stage.trainees.client.page(&format!("/api/v1/submissions/{number}/receipt")).await?;
        ensure!(String::from_utf8_lossy(&papers).contains("LATIHAN"), "the receipt is not marked");
    }
    // The pool of those who work on what is real has what is real alone.
    let task = stage.verifiers[0].next().await?;
    let shown = text(&stage.verifiers[0], &format!("/api/v1/tasks/{}", task.id)).await?;
    ensure!(shown.contains(&number(&stage.live, waits).await?));
    for person in stage.verifiers.iter().chain([&stage.head]) {
        ensure!(person.pull().await?.is_none(), "practice is in the pool");
    }
    is_marked(&stage, &told).await?;

    let books = said(&stage.bench, &["neraca"])?;
    assert_eq!((&books["accepted"], &books["training"]), (&json!(6), &json!(4)));
    stage.bench.finish().await?;
    Ok(())
}

/// The value without what `key` has in it, at any depth.
fn without(value: Value, key: &str) -> Value {
    match value {
        Value::Array(values) => values.into_iter().map(|value| without(value, key)).collect(),
        Value::Object(fields) => {
            let kept = fields.into_iter().filter(|(name, _)| name != key);
            Value::Object(kept.map(|(name, value)| (name, without(value, key))).collect())
        }
        other => other,
    }
}

/// Every message to the trainees says that it is practice, in its data and to whoever reads it.
async fn is_marked(stage: &Stage, told: &[Received]) -> Result<()> {
    let kinds: std::collections::BTreeSet<&str> = told.iter().map(|one| one.kind.as_str()).collect();
    let wanted = ["accepted", "correction", "decision", "rejected", "standby"];
    ensure!(
        kinds == wanted.map(|kind| format!("id.berkas.{kind}.v1")).iter().map(String::as_str).collect(),
        "{kinds:?}"
    );
    for one in told {
        let data = one.data.get("decision").unwrap_or(&one.data);
        ensure!(data["training"] == true, "{one:?}");
        let words = [
            ("next_step_id", "LATIHAN"),
            ("next_step_en", "TRAINING"),
            ("text_id", "LATIHAN"),
            ("text_en", "TRAINING"),
        ];
        for (key, word) in words {
            let said = data[key].as_str();
            ensure!(said.is_none_or(|said| said.contains(word)), "{one:?}");
        }
        let shown = said(&stage.bench, &["notices", "show", &one.id.to_string()])?;
        ensure!(shown["training"] == true, "{shown}");
        if one.kind.ends_with("decision.v1") || one.kind.ends_with("correction.v1") {
            let letter = stage.trainees.client.page(&format!("/api/v1/notices/{}/letter", one.id)).await?;
            ensure!(String::from_utf8_lossy(&letter).contains("LATIHAN"), "the letter is not marked");
        }
    }
    Ok(())
}
