//! Short messages to applicants, from the command at the counter to the gateway.

use anyhow::{Context as _, Result, ensure};
use berkas_samples::{Defect, Dossier};
use serde_json::{Value, json};

use crate::bench::{Bench, Gateway, Office, until};

/// As somebody types it, and as the gateway wants it. No such number is given out.
const SPELLED: &str = "0812-0000-9001";
const PHONE: &str = "+6281200009001";

/// Sends a dossier by `berkas submit`; returns its registration number.
fn submit(bench: &Bench, office: &Office, dossier: &Dossier, consent: &[&str]) -> Result<String> {
    let files = bench.written(dossier)?;
    let (url, key) = (bench.url(), bench.key(office.code.as_str())?);
    let mut arguments = vec!["submit", "--url", &url, "--api-key", &key, "--office", office.code.as_str()];
    arguments.extend(consent);
    arguments.push("--no-follow");
    arguments.extend(files.iter().map(String::as_str));
    let said = bench.run(&arguments)?;
    Ok(said.split_whitespace().next().context("nothing was said")?.to_owned())
}

/// Waits until the office was told how the submission with this number ended.
async fn told(office: &Office, number: &str) -> Result<Value> {
    let path = format!("/api/v1/submissions/{number}");
    until(&format!("{number} is told"), || async {
        Ok(office.client.get(&path).await?["stage"] == "noticed")
    })
    .await?;
    office.client.get(&path).await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_agreed_at_the_counter_is_told_by_a_short_message_and_nobody_else_is() -> Result<()> {
    let gateway = Gateway::start().await?;
    let settings = gateway.settings();
    let settings: Vec<(&str, &str)> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let services = Box::leak(Box::new(berkas_testkit::services()?));
    let bench = Bench::on(services, &settings).await?;
    let _berkas = bench.spawn_all().await?;
    let (office, verifier) = (bench.office("351709").await?, bench.verifier("wati").await?);
    let consent = ["--sms-consent", "reporter", "--phone", SPELLED];

    let agreed = submit(&bench, &office, &office.dossier(81, "akta_kematian", "MTI-1", &[])?, &consent)?;
    let incomplete = office.dossier(82, "akta_kematian", "MTI-1", &[Defect::MissingDocument])?;
    let returned = submit(&bench, &office, &incomplete, &consent)?;
    // These forms have a number too, of somebody who was not asked or said no, and of nobody real.
    let silent = submit(&bench, &office, &office.dossier(83, "akta_kematian", "MTI-1", &[])?, &[])?;
    bench.run(&["office", "mode", "351710", "training"])?;
    let trainees =
        Office::new("351710".parse()?, &bench.url(), &bench.key("351710")?, bench.amqp_url("351710")?)?;
    let practice = trainees.dossier(84, "akta_kematian", "MTI-1", &[Defect::MissingDocument])?;
    let practice = submit(&bench, &trainees, &practice, &consent)?;

    verifier.pass(2).await?;
    ensure!(told(&office, &agreed).await?["outcome"] == "passed");
    ensure!(told(&office, &returned).await?["outcome"] == "returned");
    ensure!(told(&office, &silent).await?["outcome"] == "passed");
    ensure!(told(&trainees, &practice).await?["outcome"] == "returned");
    bench.sql_says("select count(*) from deliveries where state in ('pending', 'sending')", "0").await?;

    let message = |number: &str, word: &str| {
        let text =
            format!("Dispendukcapil: berkas {number} {word}. Keterangan di kantor tempat berkas diserahkan.");
        json!({ "to": PHONE, "message": text })
    };
    let mut taken = gateway.taken();
    taken.sort_by_key(|one| one["message"].to_string());
    let mut wanted = vec![message(&agreed, "LOLOS"), message(&returned, "DIKEMBALIKAN")];
    wanted.sort_by_key(|one| one["message"].to_string());
    ensure!(taken == wanted, "{taken:?}");
    let sent = bench.sql("select count(*), min(state) from deliveries where channel = 'sms'")?;
    ensure!(sent == "2|sent", "{sent}");
    bench.finish().await?;
    Ok(())
}
