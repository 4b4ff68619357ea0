//! What operators ask and do about notices and the ways to offices, and texts of an office's own.

use anyhow::{Context as _, Result, ensure};
use berkas_samples::Defect;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::bench::{Bench, until};
use crate::commands::{keys, said, sorted};

#[tokio::test(flavor = "multi_thread")]
async fn what_an_office_is_owed_is_listed_and_shown_until_it_acknowledges() -> Result<()> {
    let bench = Bench::start().await?;
    let _berkas = bench.spawn_all().await?;
    let office = bench.office("351702").await?;
    let dossier = office.dossier(8, "akta_kematian", "MTI-1", &[Defect::MissingDocument])?;
    let sender_id = office.submit(&dossier).await?;
    let told = office.decision(sender_id).await?;
    let id = told.id.to_string();
    ensure!(said(&bench, &["notices", "owed"])?["owed"] == json!([]), "it was told just now");

    // A fortnight later nobody has read it.
    bench.sql(
        "update notices set created_at = created_at - interval '14 days' where decision_id is not null",
    )?;
    let listed = said(&bench, &["notices", "owed"])?;
    let promised = "id office office_name registration_number type created_at channels";
    assert_eq!(keys(&listed["owed"][0]), sorted(promised));
    assert_eq!((&listed["owed"][0]["id"], &listed["channels"]), (&json!(id), &json!([])));
    let text = bench.run(&["notices", "owed"])?;
    ensure!(text.contains(&id) && text.contains("amqp sent"), "{text}");

    let shown = said(&bench, &["notices", "show", &id])?;
    assert_eq!((&shown["office"], &shown["acknowledged_at"]), (&json!("351702"), &Value::Null));
    assert_eq!(
        (&shown["deliveries"][0]["channel"], &shown["tries"][0]["outcome"]),
        (&json!("amqp"), &json!("sent"))
    );
    assert_eq!(shown["data"]["reasons"], told.data["reasons"]);

    office.acknowledge(told.id).await?;
    until("it is owed no more", || async { Ok(said(&bench, &["notices", "owed"])?["owed"] == json!([])) })
        .await?;
    ensure!(bench.run(&["notices", "owed"])?.contains("every decision was acknowledged in time"));
    let text = bench.run(&["notices", "show", &id])?;
    ensure!(text.contains("id.berkas.decision.v1 for 351702") && text.contains(", acknowledged "), "{text}");
    assert_eq!(bench.outcome(&["notices", "show", &Uuid::now_v7().to_string()])?.0, Some(1));
    bench.finish().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn texts_of_an_offices_own_are_told_and_broken_ones_are_named_and_keep_a_process_from_starting()
-> Result<()> {
    let services = Box::leak(Box::new(berkas_testkit::services()?));
    let dir = tempfile::tempdir()?;
    let place = dir.path().to_str().context("no text")?;
    let own = "[TIDAK_LENGKAP]\nid = \"Ada syarat yang belum dibawa\"\nen = \"Something was not brought\"\n";
    std::fs::write(dir.path().join("reasons.toml"), own)?;
    std::fs::write(dir.path().join("texts.toml"), "repair_days = 3\n")?;
    let bench = Bench::on(services, &[("BERKAS_NOTICES__DIR", place)]).await?;
    let checked = said(&bench, &["notices", "check"])?;
    assert_eq!(keys(&checked), sorted("faults replaced kept"));
    assert_eq!((&checked["faults"], &checked["replaced"]), (&json!([]), &json!(2)));
    ensure!(checked["kept"].as_array().is_some_and(|kept| kept.contains(&json!("reasons.toml: GANDA"))));

    let berkas = bench.spawn_all().await?;
    let office = bench.office("351702").await?;
    let verifier = bench.verifier("wati").await?;
    let sender_id = office.submit(&office.dossier(9, "akta_kematian", "MTI-1", &[])?).await?;
    let task = verifier.next().await?;
    verifier.decide(&task, "returned", json!([{ "code": "TIDAK_LENGKAP" }])).await?;
    let told = office.decision(sender_id).await?.data;
    assert_eq!(told["reasons"][0]["text_id"], "Ada syarat yang belum dibawa");
    assert_eq!(told["reasons"][0]["text_en"], "Something was not brought");
    let day =
        |text: &Value| -> Result<chrono::NaiveDate> { Ok(text.as_str().context("no day")?[..10].parse()?) };
    let decided: chrono::DateTime<chrono::Utc> = told["decided_at"].as_str().context("none")?.parse()?;
    let decided_on = (decided + chrono::TimeDelta::hours(7)).date_naive();
    assert_eq!(day(&told["due"])?, decided_on + chrono::Days::new(3));
    ensure!(berkas.stop().await?.success());

    let broken = "\n[refused]\nid = \"Ditolak {nama}\"\nen = \"Refused\"\n";
    std::fs::write(dir.path().join("texts.toml"), broken)?;
    let (code, text) = bench.outcome(&["notices", "check", place])?;
    assert_eq!(code, Some(1));
    ensure!(text.contains("texts.toml:3: `refused.id`: unknown placeholder `{nama}`"), "{text}");
    let (code, text) = bench.outcome(&["notices", "check", place, "--output", "json"])?;
    let faults: Value = serde_json::from_str(&text)?;
    assert_eq!((code, &faults["faults"][0]["line"]), (Some(1), &json!(3)));
    let mut refused = bench.spawn(&["worker", "notification"])?;
    ensure!(!refused.ended().await?.success(), "it runs with half a text");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_ways_to_an_office_are_listed_turned_and_rotated_without_showing_a_secret_again() -> Result<()> {
    let bench = Bench::start().await?;
    assert_eq!(bench.outcome(&["office", "webhook", "351709", "--rotate"])?.0, Some(1), "there is none");
    let hook = said(&bench, &["office", "webhook", "351709", "https://contoh.example/hook"])?;
    let rotated = said(&bench, &["office", "webhook", "351709", "--rotate", "--hours", "2"])?;
    assert_eq!(keys(&rotated), sorted("office webhook secret"));
    let (old, new) = (hook["secret"].as_str().context("none")?, rotated["secret"].as_str().context("none")?);
    ensure!(old != new && new.starts_with("whsec_"));
    assert_eq!(
        said(&bench, &["office", "queue", "351709", "off"])?,
        json!({ "office": "351709", "queue": false })
    );

    let channels = said(&bench, &["office", "channels"])?;
    let of = |kind: &str| {
        let mut all = channels.as_array().into_iter().flatten();
        all.find(|one| one["office"] == "351709" && one["kind"] == kind).cloned().unwrap_or_default()
    };
    assert_eq!(keys(&of("webhook")), sorted("office kind address old_until off_at off_reason"));
    assert_eq!(of("webhook")["address"], "https://contoh.example/hook");
    ensure!(of("webhook")["old_until"].is_string() && of("amqp")["off_at"].is_string(), "{channels}");
    let text = bench.run(&["office", "channels"])? + &channels.to_string();
    ensure!(text.contains("contoh.example") && !text.contains(old) && !text.contains(new), "{text}");

    assert_eq!(
        said(&bench, &["office", "queue", "351709", "on"])?,
        json!({ "office": "351709", "queue": true })
    );
    for wrong in [["office", "queue", "999999", "off"], ["office", "queue", "351709", "maybe"]] {
        ensure!(bench.outcome(&wrong)?.0 != Some(0), "{wrong:?}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn practice_is_removed_with_its_scans_and_what_was_sent_for_real_stays() -> Result<()> {
    let bench = Bench::start().await?;
    let _serving = bench.spawn(&["serve"])?;
    bench.serves().await?;
    let office = bench.office("351702").await?;
    let live = office.submit(&office.dossier(10, "akta_kematian", "MTI-1", &[])?).await?;
    said(&bench, &["office", "mode", "351702", "training"])?;
    let dossier = office.dossier(11, "akta_kematian", "MTI-1", &[])?;
    let practice = office.submit(&dossier).await?;
    assert_eq!(bench.outcome(&["office", "purge", "351702"])?.0, Some(2), "only practice can be removed");
    let early = said(&bench, &["office", "purge", "351702", "--training", "--before", "2020-01-01"])?;
    assert_eq!(early, json!({ "submissions": 0, "files": 0 }));

    let purged = said(&bench, &["office", "purge", "351702", "--training"])?;
    assert_eq!(purged["submissions"], 1);
    ensure!(purged["files"].as_u64() >= Some(dossier.files.len().try_into()?), "{purged}");
    ensure!(bench.store.find_submission(&office.code, Some(practice), None).await?.is_none());
    ensure!(bench.store.find_submission(&office.code, Some(live), None).await?.is_some());
    let again = said(&bench, &["office", "purge", "351702", "--training"])?;
    assert_eq!(again, json!({ "submissions": 0, "files": 0 }));
    assert_eq!(bench.outcome(&["office", "purge", "999999", "--training"])?.0, Some(1));
    let neraca = bench.neraca().await?;
    ensure!(neraca.balances() && neraca.accepted == 1, "{neraca:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_return_that_names_a_page_shows_it_to_its_own_office() -> Result<()> {
    let bench = Bench::start().await?;
    let _berkas = bench.spawn_all().await?;
    let office = bench.office("351702").await?;
    let verifier = bench.verifier("wati").await?;
    let sender_id = office.submit(&office.dossier(12, "akta_kematian", "MTI-1", &[])?).await?;
    let task = verifier.next().await?;
    let reasons = json!([{ "code": "TIDAK_TERBACA", "document": 0, "page": 1 }, { "code": "LAINNYA" }]);
    verifier.decide(&task, "returned", reasons).await?;
    let told = office.decision(sender_id).await?.data;
    let place = told["reasons"][0]["page_href"].as_str().context("it names no page")?;
    ensure!(told["reasons"][1].get("page_href").is_none(), "{told}");
    ensure!(office.client.page(place).await?.starts_with(b"\xFF\xD8"), "it is no JPEG");
    let neighbour = bench.office("351709").await?;
    let refused = neighbour.client.page(place).await.expect_err("it is another office's");
    ensure!(refused.to_string().starts_with("404"), "{refused}");
    Ok(())
}
