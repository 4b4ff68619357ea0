//! What leaves the district, and what its own people find in logs, names nobody: who it is about is on the authorised page.

use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use berkas_samples::{Defect, Dossier};
use serde_json::{Value, json};

use crate::bench::{Bench, free_port};
use crate::observed::metrics;

/// Fields of a person that tell who it is, or where.
const TELLING: [&str; 7] = ["name", "nik", "kk_number", "address", "phone", "father_name", "mother_name"];

/// What a form says of people, as it says it.
fn secrets(dossier: &Dossier) -> Result<Vec<String>> {
    let form = serde_json::to_value(&dossier.form)?;
    let people = form["persons"].as_object().context("no persons")?;
    let told =
        people.values().flat_map(|person| TELLING.map(|field| person[field].as_str().map(str::to_owned)));
    let mut told: Vec<String> = told.flatten().filter(|text| text.chars().count() > 3).collect();
    told.sort_unstable();
    told.dedup();
    ensure!(told.len() > 5, "the form says hardly anything: {told:?}");
    Ok(told)
}

/// Every name of a file and every line of a log below `place`.
fn names_and_logs(place: &Path, found: &mut String) -> Result<()> {
    for entry in std::fs::read_dir(place)? {
        let path = entry?.path();
        found.push_str(&path.display().to_string());
        found.push('\n');
        if path.is_dir() {
            names_and_logs(&path, found)?;
        } else if path.extension().is_some_and(|ending| ending == "log") {
            found.push_str(&String::from_utf8_lossy(&std::fs::read(&path)?));
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn no_message_inbox_paper_log_metric_or_name_of_an_object_says_who_a_dossier_is_about() -> Result<()> {
    let bench = Bench::start().await?;
    let observed = format!("127.0.0.1:{}", free_port()?);
    let _berkas = bench.spawn_with(&["all"], &[("BERKAS_HTTP__OBSERVE_LISTEN", &observed)])?;
    bench.serves().await?;
    let (office, verifier) = (bench.office("351709").await?, bench.verifier("wati").await?);
    // Returned by the rules for what the form says of people, and by a person.
    let doubtful = [Defect::MalformedNik, Defect::MissingWitness, Defect::FutureEvent];
    let doubtful = office.dossier(101, "akta_kelahiran", "LHR-1", &doubtful)?;
    let clean = office.dossier(102, "akta_kematian", "MTI-1", &[])?;
    let told = [&doubtful, &clean].map(secrets).into_iter().collect::<Result<Vec<_>>>()?.concat();
    let returned = office.submit(&doubtful).await?;
    ensure!(office.decision(returned).await?.data["outcome"] == "returned");
    let judged = office.submit(&clean).await?;
    let task = verifier.next().await?;
    let reasons =
        json!([{ "code": "NAMA_BERBEDA", "document": 0, "page": 1 }, { "code": "NIK_TIDAK_SESUAI" }]);
    verifier.decide(&task, "returned", reasons).await?;
    let messages = office
        .receive(|all| {
            all.iter()
                .any(|one| one.data["sender_id"] == judged.to_string() && one.kind == "id.berkas.decision.v1")
        })
        .await?;

    let mut seen = vec![("a message", format!("{messages:?}"))];
    let inbox = office.client.get("/api/v1/notices").await?;
    seen.push(("the inbox", inbox.to_string()));
    for sender_id in [returned, judged] {
        let status = office.status(sender_id).await?.context("unknown")?;
        let number = status["registration_number"].as_str().context("no number")?;
        seen.push(("the status", status.to_string()));
        for lang in ["id", "en"] {
            let page =
                office.client.page(&format!("/api/v1/submissions/{number}/receipt?lang={lang}")).await?;
            seen.push(("the receipt", String::from_utf8_lossy(&page).into_owned()));
        }
    }
    let decided = |notice: &&Value| notice["type"] == "id.berkas.decision.v1";
    for notice in inbox["notices"].as_array().context("no inbox")?.iter().filter(decided) {
        let id = notice["id"].as_str().context("no id")?;
        for lang in ["id", "en"] {
            let page = office.client.page(&format!("/api/v1/notices/{id}/letter?lang={lang}")).await?;
            seen.push(("the letter", String::from_utf8_lossy(&page).into_owned()));
        }
    }
    seen.push(("the metrics", metrics(&observed).await?));
    let mut found = String::new();
    names_and_logs(&bench.path(""), &mut found)?;
    ensure!(found.contains("id.berkas") || found.contains("INFO"), "the logs were read");
    seen.push(("a log or the name of an object", found));
    ensure!(seen.iter().filter(|(what, _)| *what == "the letter").count() == 4);
    for (what, text) in &seen {
        for secret in &told {
            ensure!(!text.contains(secret), "{what} tells who it is about");
        }
    }
    bench.finish().await?;
    Ok(())
}
