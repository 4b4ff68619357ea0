//! What the operators' commands print for programs.

use anyhow::{Context as _, Result, ensure};
use berkas_contract::names;
use berkas_samples::Defect;
use serde_json::{Value, json};

use crate::bench::{Bench, until};

/// Runs a command that shall succeed; returns the one JSON value it prints.
pub fn said(bench: &Bench, arguments: &[&str]) -> Result<Value> {
    let text = bench.run(&[arguments, &["--output", "json"]].concat())?;
    serde_json::from_str(&text).with_context(|| format!("{arguments:?} prints `{text}`"))
}

/// The keys of an object, in alphabetical order.
pub fn keys(value: &Value) -> Vec<&str> {
    let mut keys: Vec<&str> =
        value.as_object().map(|object| object.keys().map(String::as_str).collect()).unwrap_or_default();
    keys.sort_unstable();
    keys
}

/// The same words in the order of [`keys`].
pub fn sorted(words: &str) -> Vec<&str> {
    let mut words: Vec<&str> = words.split_whitespace().collect();
    words.sort_unstable();
    words
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_measured_is_printed_in_the_promised_shapes() -> Result<()> {
    let bench = Bench::start().await?;
    let nik = said(&bench, &["nik", "3517091501909001", "--reference-date", "2026-11-24"])?;
    assert_eq!(keys(&nik), sorted("input kind verdict codes sex birth_date region"));
    assert_eq!((&nik["kind"], &nik["birth_date"]), (&json!("nik"), &json!("1990-01-15")));
    assert!(["ok", "warn", "error"].contains(&nik["verdict"].as_str().unwrap_or_default()), "{nik}");

    let office = bench.office("351709").await?;
    let dossier = office.dossier(1, "akta_kematian", "MTI-1", &[])?;
    let file = bench.path("page");
    std::fs::write(&file, &dossier.files[0].bytes)?;
    let lines = bench.run(&["scan", file.to_str().context("no text")?, "--output", "json"])?;
    let page: Value = serde_json::from_str(lines.lines().next().context("no page")?)?;
    let promised = "file page width_px height_px dpi rotation_deg skew_deg blank verdict reasons elapsed_ms";
    assert_eq!(keys(&page), sorted(promised));
    assert!(["ok", "warn", "unreadable"].contains(&page["verdict"].as_str().unwrap_or_default()), "{page}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_operator_looks_at_is_printed_in_the_promised_shapes() -> Result<()> {
    let bench = Bench::start().await?;
    let _processes = [bench.spawn(&["serve"])?, bench.spawn(&["worker", "intake"])?];
    bench.serves().await?;
    let office = bench.office("351709").await?;
    office.submit(&office.dossier(2, "akta_kematian", "MTI-1", &[Defect::MissingDocument])?).await?;
    bench.publish(names::DEAD_EXCHANGE, "", b"not json").await?;
    until("the dead letter is parked", || async { Ok(bench.store.parked(10).await?.len() == 1) }).await?;

    let books = said(&bench, &["neraca"])?;
    assert_eq!(keys(&books), sorted("accepted finished returned waiting parked training missing doubled"));
    assert_eq!(
        (&books["accepted"], &books["waiting"], &books["missing"]),
        (&json!(1), &json!(1), &json!([]))
    );

    let stages = said(&bench, &["status"])?;
    let received = stages.as_array().and_then(|stages| stages.iter().find(|one| one["stage"] == "received"));
    let received = received.context("no stage `received`")?;
    assert_eq!(keys(received), sorted("stage depth oldest_age_s parked in_per_minute out_per_minute"));
    assert_eq!(received["depth"], 1);

    let parked = said(&bench, &["parked", "list"])?;
    let promised = "id submission registration_number step source code detail parked_at training";
    assert_eq!(keys(&parked[0]), sorted(promised));
    let id = parked[0]["id"].as_str().context("no id")?;
    let discarded = said(&bench, &["parked", "discard", id])?;
    assert_eq!(discarded, json!({ "id": id, "resolution": "discarded" }));

    // Of the queue that has the message, or of nobody yet.
    let requeued = said(&bench, &["requeue", "scan"])?;
    assert_eq!(keys(&requeued), ["requeued"]);

    // There is no verifier here, so that the doctor finds a fault and says so with its exit code.
    let (code, text) = bench.outcome(&["doctor", "--output", "json"])?;
    let checks: Value = serde_json::from_str(&text)?;
    let checks = checks.as_array().context("no list")?;
    assert_eq!(code, Some(1));
    assert!(checks.iter().all(|check| keys(check) == sorted("check ok fault")), "{checks:?}");
    let people = checks.iter().find(|check| check["check"] == "people").context("no people")?;
    assert_eq!((&people["ok"], &people["fault"]), (&json!(false), &json!("there is no verifier")));
    let decoder = checks.iter().find(|check| check["check"] == "decoder").context("no decoder")?;
    assert_eq!((&decoder["ok"], &decoder["fault"]), (&json!(true), &json!(null)), "it is confined here");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_operator_does_is_printed_as_json_too() -> Result<()> {
    let bench = Bench::start().await?;
    assert_eq!(said(&bench, &["migrate"])?, json!({ "offices": 21, "published_rule_sets": null }));
    let topology = said(&bench, &["topology"])?;
    assert_eq!(topology, json!({ "definitions": null, "offices": 21, "made": [] }));
    let mode = said(&bench, &["office", "mode", "351709", "live"])?;
    assert_eq!(mode, json!({ "office": "351709", "mode": "live" }));
    let mail = said(&bench, &["office", "mail", "351709", "loket@contoh.example"])?;
    assert_eq!(mail, json!({ "office": "351709", "mail": true }));
    let hook = said(&bench, &["office", "webhook", "351709", "https://contoh.example/hook"])?;
    assert_eq!(keys(&hook), sorted("office webhook secret"));
    let hook = said(&bench, &["office", "webhook", "351709"])?;
    assert_eq!(hook, json!({ "office": "351709", "webhook": false }));
    let dir = bench.path("contract");
    let written = said(&bench, &["contract", "write", dir.to_str().context("no text")?])?;
    assert_eq!(keys(&written), sorted("dir files"));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_key_and_an_old_password_open_nothing() -> Result<()> {
    let bench = Bench::start().await?;
    let _serving = bench.spawn(&["serve"])?;
    bench.serves().await?;
    let key = said(&bench, &["office", "key", "351709", "--label", "loket"])?;
    let client = berkas::client::Client::new(&bench.url(), key["key"].as_str())?;
    client.get("/api/v1/notices").await?;
    let listed = said(&bench, &["office", "keys", "351709"])?;
    assert_eq!(keys(&listed[0]), sorted("id label created_at revoked_at"));
    let id = listed[0]["id"].as_str().context("no id")?;
    assert_eq!((&key["id"], &listed[0]["label"]), (&json!(id), &json!("loket")));
    assert_eq!(said(&bench, &["office", "revoke", id])?, json!({ "id": id, "revoked": true }));
    let refused = client.get("/api/v1/notices").await.unwrap_err().to_string();
    assert!(refused.starts_with("401"), "{refused}");
    assert_eq!(bench.outcome(&["office", "revoke", id])?.0, Some(1));

    let wati = bench.verifier("wati").await?;
    wati.client.get("/api/v1/me").await?;
    bench.run_with_input(&["user", "password", "wati"], "kata-sandi-lain-contoh\n")?;
    ensure!(wati.client.get("/api/v1/me").await.is_err(), "the session outlived the password");
    let login = async |password| crate::bench::Verifier::login(&bench.url(), "wati", password).await;
    ensure!(login("kata-sandi-contoh").await.is_err(), "the old password still opens");
    login("kata-sandi-lain-contoh").await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn books_that_do_not_balance_are_named_with_exit_code_one() -> Result<()> {
    let bench = Bench::start().await?;
    let _serving = bench.spawn(&["serve"])?;
    bench.serves().await?;
    let office = bench.office("351709").await?;
    let sent = office.submit(&office.dossier(5, "akta_kematian", "MTI-1", &[])?).await?;
    let submission = bench.store.find_submission(&office.code, Some(sent), None).await?.context("unknown")?;
    assert_eq!(bench.outcome(&["neraca"])?.0, Some(0));
    // Nothing would ever move it on again.
    bench.sql("delete from due")?;
    let (code, text) = bench.outcome(&["neraca", "--output", "json"])?;
    let books: Value = serde_json::from_str(&text)?;
    assert_eq!(code, Some(1));
    assert_eq!((&books["missing"], &books["doubled"]), (&json!([submission.id]), &json!([])));
    let (_, text) = bench.outcome(&["neraca"])?;
    assert!(text.contains(&format!("✖ missing: {}", submission.id)), "{text}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_submission_that_is_refused_through_the_broker_is_told_by_the_command_that_sent_it() -> Result<()> {
    let bench = Bench::start().await?;
    let _processes = [bench.spawn(&["serve"])?, bench.spawn(&["worker", "intake"])?];
    bench.serves().await?;
    let office = bench.office("351709").await?;
    let dossier = office.dossier(6, "akta_kematian", "MTI-1", &[])?;
    let files = bench.written(&dossier)?;
    let (key, url, amqp) = (bench.key("351709")?, bench.url(), bench.amqp_url("351709")?);
    // A repair of something that was never sent.
    let mut arguments = vec!["submit", "--office", "351709"];
    arguments.extend(["--url", &url, "--api-key", &key, "--amqp", &amqp, "--revision", "2", "--wait", "60"]);
    arguments.extend(files.iter().map(String::as_str));
    arguments.extend(["--output", "json"]);
    let (code, text) = bench.outcome(&arguments)?;
    assert_eq!(code, Some(1), "{text}");
    let rejected: Value = serde_json::from_str(text.trim())?;
    assert_eq!(rejected["type"], "id.berkas.rejected.v1");
    assert_eq!(rejected["data"]["reasons"][0]["code"], "not_found");
    Ok(())
}
