//! Publishing rules under a running chain.

use anyhow::{Context as _, Result};
use berkas_samples::Defect;
use serde_json::Value;

use crate::bench::{Bench, until};

/// The rule files of the project.
const RULES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../config/rules");

/// Copies the rule files to `to` with `replace` applied to their text.
fn copy_rules(to: &std::path::Path, replace: &impl Fn(String) -> String) -> Result<()> {
    for folder in ["", "overlays"] {
        std::fs::create_dir_all(to.join(folder))?;
        for entry in std::fs::read_dir(std::path::Path::new(RULES).join(folder))? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "toml") {
                let name = path.file_name().context("a file without a name")?;
                std::fs::write(to.join(folder).join(name), replace(std::fs::read_to_string(&path)?))?;
            }
        }
    }
    Ok(())
}

fn json(text: &str) -> Result<Value> {
    Ok(serde_json::from_str(text)?)
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_that_do_not_hold_are_not_published() -> Result<()> {
    let bench = Bench::start().await?;
    let same = json(&bench.run(&["rules", "publish", RULES, "--output", "json"])?)?;
    assert_eq!(same["changed"], false, "`migrate` has published them: {same}");

    let empty = bench.path("empty");
    std::fs::create_dir_all(&empty)?;
    let refused = bench.run(&["rules", "publish", &empty.display().to_string()]).unwrap_err().to_string();
    assert!(refused.contains("is not in order"), "{refused}");

    let reworded = bench.path("reworded");
    copy_rules(&reworded, &|text| text.replace("Surat kehilangan", "Surat lapor hilang"))?;
    let refused = bench.run(&["rules", "publish", &reworded.display().to_string()]).unwrap_err().to_string();
    assert!(refused.contains("needs a higher version"), "{refused}");

    let after = json(&bench.run(&["rules", "publish", "--output", "json"])?)?;
    assert_eq!(
        (&after["id"], &after["changed"]),
        (&same["id"], &Value::Bool(false)),
        "nothing took their place"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_publication_reaches_running_workers_and_a_repair_keeps_the_rules_of_its_submission() -> Result<()>
{
    let bench = Bench::start().await?;
    let _berkas = bench.spawn_all().await?;
    let office = bench.office("351709").await?;
    let verifier = bench.verifier("wati").await?;
    let broken = office.dossier(51, "akta_kematian", "MTI-1", &[Defect::MissingDocument])?;
    let sender_id = office.submit(&broken).await?;
    assert_eq!(office.decision(sender_id).await?.data["outcome"], "returned");

    let explain = async |sender_id| -> Result<Value> {
        let found = bench.store.find_submission(&office.code, Some(sender_id), None).await?;
        let number = found.context("unknown")?.registration_number.to_string();
        json(&bench.run(&["rules", "explain", &number, "--output", "json"])?)
    };
    let before = explain(sender_id).await?;
    let unmet = before["requirements"].as_array().context("no list")?.iter();
    let unmet = unmet.filter(|line| line["applies"] == true && line["met"] == false).count();
    assert_eq!(unmet, 1, "one paper is missing: {before}");

    let corrected = bench.path("corrected");
    copy_rules(&corrected, &|text| text.replace("version = \"2024.1.2\"", "version = \"2024.1.3\""))?;
    let published = bench.run(&["rules", "publish", &corrected.display().to_string(), "--output", "json"])?;
    assert_eq!(json(&published)?["changed"], true);
    until("the door tells of the new rules", || async {
        let services = office.client.get("/api/v1/services").await?;
        Ok(services[0]["rule_set"]["national"].as_str().is_some_and(|version| version.contains("2024.1.3")))
    })
    .await?;

    let mended = office.dossier(51, "akta_kematian", "MTI-1", &[])?;
    office.upload(&mended).await?;
    office.client.post("/api/v1/submissions", &office.manifest(&mended, sender_id, 2)?).await?;
    verifier.pass(1).await?;
    office.reaches(sender_id, "noticed").await?;
    assert_eq!(explain(sender_id).await?["rule_set"], before["rule_set"], "a repair keeps its rules");
    bench.finish().await?;
    Ok(())
}
