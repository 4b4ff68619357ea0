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
    copy_rules(&corrected, &|text| text.replace("version = \"2024.1.4\"", "version = \"2024.1.5\""))?;
    let published = bench.run(&["rules", "publish", &corrected.display().to_string(), "--output", "json"])?;
    assert_eq!(json(&published)?["changed"], true);
    until("the door tells of the new rules", || async {
        let services = office.client.get("/api/v1/services").await?;
        Ok(services[0]["rule_set"]["national"].as_str().is_some_and(|version| version.contains("2024.1.5")))
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

#[tokio::test(flavor = "multi_thread")]
async fn rule_files_are_checked_and_their_examples_run_from_the_command_line() -> Result<()> {
    let bench = Bench::start().await?;
    assert_eq!(bench.run(&["rules", "check", RULES])?, "✔ nothing is wrong\n");
    assert_eq!(json(&bench.run(&["rules", "check", RULES, "--output", "json"])?)?, Value::Array(Vec::new()));

    let misspelt = bench.path("misspelt");
    copy_rules(&misspelt, &|text| text.replace("applicant.age < 17 && !", "applicant.agee < 17 && !"))?;
    let misspelt = misspelt.display().to_string();
    let said = bench.run(&["rules", "check", &misspelt]).unwrap_err().to_string();
    assert!(said.contains("error: `applicant` has no fact `agee`"), "{said}");
    assert!(said.contains("ktp_el.toml:"), "the file and the line are named: {said}");

    let ran = json(&bench.run(&["rules", "test", RULES, "--output", "json"])?)?;
    assert_eq!(ran["failed"], 0, "{ran}");
    assert!(ran["examples"].as_u64().is_some_and(|count| count > 150), "{ran}");
    let eased = bench.path("eased");
    copy_rules(&eased, &|text| text.replace("code = \"SURAT_KEHILANGAN\"", "code = \"LAINNYA\""))?;
    let eased = eased.display().to_string();
    let said = bench.run(&["rules", "test", &eased]).unwrap_err().to_string();
    assert!(said.contains("found block LAINNYA ktp2.police_letter"), "{said}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn facts_are_judged_from_the_command_line_by_the_rules_of_the_day() -> Result<()> {
    let bench = Bench::start().await?;
    let case = "KTP-2".parse()?;
    let mut input = berkas_rules::examples::complete_input(berkas_domain::Service::KtpEl, &case, 0)
        .context("no such case")?;
    let judge = |input: &berkas_rules::Input, more: &[&str]| -> Result<Value> {
        let facts = bench.path("facts.json");
        std::fs::write(&facts, serde_json::to_vec(input)?)?;
        let facts = facts.display().to_string();
        json(&bench.run(&[&["rules", "judge", &facts, "--output", "json"][..], more].concat())?)
    };
    let passes = judge(&input, &[])?;
    assert_eq!(
        (&passes["outcome"], passes["findings"].as_array().map(Vec::len)),
        (&"passes".into(), Some(0))
    );
    input.form.documents.retain(|paper| paper.kind != berkas_domain::DocumentKind::SuratPolisiKehilangan);
    let returned = judge(&input, &[])?;
    assert_eq!(returned["outcome"], "returned");
    assert_eq!(returned["findings"][0]["code"], "SURAT_KEHILANGAN");

    let lenient = bench.path("lenient");
    copy_rules(&lenient, &|text| {
        text.replace("version = \"2024.1.0\"", "version = \"2024.1.1\"").replace(
            "[[look]]\nid = \"jombang",
            "[[ease]]\nrule = \"ktp2.police_letter\"\nreason = \"a test\"\n[[look]]\nid = \"jombang",
        )
    })?;
    let eased = judge(&input, &["--rules", &lenient.display().to_string()])?;
    assert_eq!((&eased["outcome"], &eased["findings"][0]["level"]), (&"passes".into(), &"person".into()));
    let none = judge(&input, &["--as-of", "2019-09-30"]).unwrap_err().to_string();
    assert!(none.contains("no rules are in force on 2019-09-30"), "{none}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_is_of_what_is_published_or_of_a_directory_and_of_an_office() -> Result<()> {
    let bench = Bench::start().await?;
    let list = |more: &[&str]| -> Result<Value> {
        json(&bench.run(&[&["rules", "list", "akta_kelahiran", "--output", "json"][..], more].concat())?)
    };
    assert_eq!(list(&[])?.as_array().map(Vec::len), Some(8), "one element for each case");
    let one = list(&["LHR-5"])?;
    assert_eq!(one.as_array().map(Vec::len), Some(1));
    assert!(bench.run(&["rules", "list", "akta_kelahiran", "KK-1"]).is_err());
    let printed = bench.run(&["rules", "list", "akta_kelahiran", "LHR-5"])?;
    assert!(printed.contains("□ Kartu keluarga (ibu)"), "{printed}");

    let corrected = bench.path("corrected");
    copy_rules(&corrected, &|text| text.replace("version = \"2024.1.4\"", "version = \"2024.1.5\""))?;
    bench.run(&["rules", "publish", &corrected.display().to_string()])?;
    let version = |listed: &Value| listed[0]["rule_set"]["national"].as_str().unwrap_or_default().to_owned();
    assert!(version(&list(&[])?).contains("2024.1.5"), "what is published");
    assert!(version(&list(&["--rules", RULES])?).contains("2024.1.4"), "what is in the directory");
    let overlay = |listed: &Value| listed[0]["rule_set"]["overlay"].as_str().map(str::to_owned);
    assert!(overlay(&list(&["--office", "351709"])?).is_some_and(|label| label.starts_with("jombang")));
    assert_eq!(overlay(&list(&["--office", "320101"])?), None, "another district has no overlay");
    Ok(())
}
