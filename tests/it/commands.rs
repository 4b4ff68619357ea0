//! What the operators' commands print for programs.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use berkas_contract::{WorkMessage, names};
use berkas_domain::Step;
use berkas_samples::Defect;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::bench::{Bench, Office, until};

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
    let promised =
        "file page width_px height_px dpi rotation_deg skew_deg blank verdict reasons halves elapsed_ms";
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
    let shown = said(&bench, &["parked", "show", id])?;
    assert_eq!((&shown["message"], &shown["message_bytes"]), (&json!("not json"), &json!(8)));
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
    assert_eq!(bench.outcome(&["office", "webhook", "351709", "ftp://contoh.example/hook"])?.0, Some(1));
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
async fn numbers_are_read_from_standard_input_too_and_a_wrong_one_is_told_by_the_exit_code() -> Result<()> {
    let bench = Bench::start().await?;
    let cards = ["nik", "--kind", "kk", "--reference-date", "2026-11-24", "--output", "json"];
    let text = bench.run_with_input(&cards, "3517091203159001\n35.1709.120315.9002\n")?;
    let cards = text.lines().map(serde_json::from_str).collect::<Result<Vec<Value>, _>>()?;
    let told: Vec<_> = cards.iter().map(|card| (card["input"].as_str(), card["kind"].as_str())).collect();
    assert_eq!(told, [(Some("3517091203159001"), Some("kk")), (Some("35.1709.120315.9002"), Some("kk"))]);
    assert!(cards.iter().all(|card| card["verdict"] == "ok" && card["birth_date"].is_null()), "{cards:?}");

    let (code, text) = bench.outcome(&["nik", "3517091501909001", "351709", "--output", "json"])?;
    let verdicts = text.lines().map(serde_json::from_str).collect::<Result<Vec<Value>, _>>()?;
    assert_eq!((code, &verdicts[1]["verdict"]), (Some(1), &json!("error")), "{verdicts:?}");
    assert_eq!(verdicts[1]["codes"], json!(["length"]));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_seed_makes_the_same_dossiers_with_the_truth_beside_them() -> Result<()> {
    let bench = Bench::start().await?;
    let made = |name: &str| -> Result<Vec<(PathBuf, Vec<u8>)>> {
        let dir = bench.path(name);
        let to = dir.to_str().context("no text")?;
        let (seed, day) = (["--seed", "7"], ["--handed-in", "2026-11-24"]);
        let arguments =
            [&["sample", to, "--count", "2"], &seed[..], &day[..], &["--output", "json"]].concat();
        let mut files = Vec::new();
        for line in bench.run(&arguments)?.lines() {
            let dossier: Value = serde_json::from_str(line)?;
            assert_eq!(keys(&dossier), sorted("dir service case files"));
            for entry in std::fs::read_dir(dossier["dir"].as_str().context("no directory")?)? {
                let path = entry?.path();
                files.push((path.strip_prefix(&dir)?.to_owned(), std::fs::read(&path)?));
            }
        }
        files.sort();
        Ok(files)
    };
    let first = made("first")?;
    for number in ["0001", "0002"] {
        for name in ["form.json", "truth.json"] {
            let wanted = Path::new(number).join(name);
            assert!(first.iter().any(|(path, _)| *path == wanted), "no {}", wanted.display());
        }
    }
    assert!(first == made("again")?, "the second time it made something else");
    Ok(())
}

/// Submits the dossier with this seed and parks it by a dead letter; returns the sender id and the id of what is parked.
pub async fn parked(bench: &Bench, office: &Office, seed: u64) -> Result<(Uuid, String)> {
    let sent = office.submit(&office.dossier(seed, "akta_kematian", "MTI-1", &[])?).await?;
    bench.holds("work.scan", 1).await?;
    let submission = bench.store.find_submission(&office.code, Some(sent), None).await?.context("unknown")?;
    let message = WorkMessage::new(submission.id, submission.generation, Step::Scan);
    bench.publish(names::DEAD_EXCHANGE, "", &message.encode()).await?;
    until("its work is parked", || async { Ok(bench.store.parked(10).await?.len() == 1) }).await?;
    let id = bench.store.parked(10).await?[0].id.to_string();
    Ok((sent, id))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_parked_is_returned_to_its_office_with_the_code_that_an_operator_names() -> Result<()> {
    let bench = Bench::start().await?;
    let _serving = bench.spawn(&["serve"])?;
    let _workers = bench.spawn_workers(&["intake", "notification"])?;
    bench.serves().await?;
    let office = bench.office("351709").await?;
    let (sent, id) = parked(&bench, &office, 12).await?;

    // A code that says nothing by itself needs words, and no number of a person is among them.
    let other = ["parked", "return", &id, "--code", "LAINNYA"];
    assert_eq!(bench.outcome(&other)?.0, Some(2));
    for (note, words) in [(" ", "`--note` tells the office"), ("NIK 3517094105909001", "sixteen digits")] {
        let arguments = [&other[..], &["--note", note]].concat();
        assert_eq!(bench.outcome(&arguments)?.0, Some(1), "{note}");
        let told = bench.run(&arguments).unwrap_err().to_string();
        assert!(told.contains(words), "{told}");
    }
    let note = "Unggah ulang: berkas ini rusak di server kami";
    let arguments = [&other[..], &["--note", note]].concat();
    // A shell in which the key of the services is not set would store the note in the clear.
    let mut keyless = bench.spawn_with(&arguments, &[("BERKAS_SEAL_KEY", "")])?;
    assert_eq!(keyless.ended().await?.code(), Some(1));
    bench.logged("parked", "`blobs.key`").await?;
    let returned = said(&bench, &arguments)?;
    assert_eq!(returned, json!({ "id": id, "resolution": "returned" }));
    let told = office.decision(sent).await?;
    assert_eq!(told.data["outcome"], "returned");
    assert_eq!(told.data["reasons"][0]["code"], "LAINNYA");
    assert_eq!(told.data["note"], note);
    // Without a note no key is asked for.
    let again = ["parked", "return", &id, "--code", "TIDAK_TERBACA"];
    let mut broken = bench.spawn_with(&again, &[("BERKAS_SEAL_KEY", "no key")])?;
    assert_eq!(broken.ended().await?.code(), Some(1));
    bench.logged("parked-return", "not_found").await?;
    let books = bench.neraca().await?;
    assert!(books.balances() && (books.returned, books.parked) == (1, 0), "{books:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_finds_other_queues_under_its_names_ends_and_says_what_to_do() -> Result<()> {
    let bench = Bench::start().await?;
    let mut scan = bench.spawn_with(&["worker", "scan"], &[("BERKAS_BROKER__QUEUE_TYPE", "quorum")])?;
    ensure!(!scan.ended().await?.success(), "it worked on queues of another kind");
    bench.logged("scan", "delete or rename what is there, or change `broker.queue_type`").await?;
    bench.logged("scan", "work.scan").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dossier_that_is_sent_through_the_broker_is_followed_to_its_answer() -> Result<()> {
    let bench = Bench::start().await?;
    let _berkas = bench.spawn_all().await?;
    let office = bench.office("351709").await?;
    let files =
        bench.written(&office.dossier(13, "akta_kematian", "MTI-1", &[Defect::MissingDocument])?)?;
    let (key, url, amqp) = (bench.key("351709")?, bench.url(), bench.amqp_url("351709")?);
    let mut arguments = vec!["submit", "--office", "351709"];
    arguments.extend(["--url", &url, "--api-key", &key, "--amqp", &amqp, "--wait", "80"]);
    arguments.extend(files.iter().map(String::as_str));
    arguments.extend(["--output", "json"]);
    let (code, text) = bench.outcome(&arguments)?;
    let last: Value = serde_json::from_str(text.lines().last().context("it says nothing")?)?;
    assert_eq!((&last["stage"], &last["outcome"]), (&json!("noticed"), &json!("returned")), "{text}");
    assert_eq!(code, Some(1), "only what passed is a success");
    crate::faults::all_told(bench, 1).await
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
    let rejected: Value = serde_json::from_str(text.lines().last().context("it says nothing")?)?;
    assert_eq!(rejected["type"], "id.berkas.rejected.v1");
    assert_eq!(rejected["data"]["reasons"][0]["code"], "not_found");
    Ok(())
}
