//! Papers and mail addresses through the program as it is run.

use anyhow::{Context as _, Result};
use berkas_samples::Defect;

use crate::bench::Bench;

#[tokio::test(flavor = "multi_thread")]
async fn a_dossier_sent_from_files_gets_its_receipt_and_its_return_a_letter() -> Result<()> {
    let bench = Bench::start().await?;
    let _berkas = bench.spawn_all().await?;
    let office = bench.office("351702").await?;
    let dossier = office.dossier(7, "akta_kematian", "MTI-1", &[Defect::MissingDocument])?;

    let files = bench.written(&dossier)?;
    let (url, key, receipt) =
        (bench.url(), bench.key("351702")?, bench.path("receipt.html").display().to_string());
    let mut arguments = vec!["submit", "--url", &url, "--api-key", &key, "--office", "351702"];
    arguments.extend(["--receipt", &receipt, "--no-follow"]);
    arguments.extend(files.iter().map(String::as_str));
    let said = bench.run(&arguments)?;
    let number = said.split_whitespace().next().context("nothing was said")?.to_owned();
    let saved = std::fs::read_to_string(&receipt)?;
    assert!(saved.contains("Tanda terima berkas") && saved.contains(&number), "{saved}");

    let status = office.client.get(&format!("/api/v1/submissions/{number}")).await?;
    let returned = office.decision(status["sender_id"].as_str().context("no id")?.parse()?).await?;
    let letter = office.client.page(&format!("/api/v1/notices/{}/letter?lang=en", returned.id)).await?;
    let letter = String::from_utf8_lossy(&letter);
    assert!(
        letter.contains("Return of a dossier")
            && letter.contains(&number)
            && letter.contains("TIDAK_LENGKAP")
    );
    // The scans were looked at meanwhile, so their pages are counted.
    let later = office.client.page(&format!("/api/v1/submissions/{number}/receipt")).await?;
    assert!(!String::from_utf8_lossy(&later).contains("belum diperiksa"));

    let neighbour = bench.office("351709").await?;
    for path in
        [format!("/api/v1/submissions/{number}/receipt"), format!("/api/v1/notices/{}/letter", returned.id)]
    {
        let refused = neighbour.client.page(&path).await.expect_err("it is another office's");
        assert!(refused.to_string().starts_with("404"), "{refused}");
    }
    bench.finish().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_offices_address_is_set_and_taken_away_and_only_an_address_is_taken() -> Result<()> {
    let bench = Bench::start().await?;
    bench.run(&["office", "mail", "351709", "kantor@gudo.example"])?;
    bench.run(&["office", "mail", "351709"])?;
    for wrong in [["office", "mail", "351709", "kantor"], ["office", "mail", "999999", "kantor@gudo.example"]]
    {
        bench.run(&wrong).expect_err("it is taken");
    }
    bench.finish().await?;
    Ok(())
}
