//! What people type at the command line, rightly or wrongly.

use anyhow::{Context as _, Result, ensure};
use berkas_samples::Defect;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::bench::{Bench, Verifier, until};
use crate::commands::{keys, parked, said, sorted};

/// Runs a command that shall be refused; returns what it says.
fn refused(bench: &Bench, arguments: &[&str]) -> Result<String> {
    ensure!(bench.outcome(arguments)?.0 == Some(1), "{arguments:?} is not refused");
    Ok(bench.run(arguments).unwrap_err().to_string())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sent_from_files_says_the_sender_id_that_its_state_is_asked_for_with() -> Result<()> {
    let bench = Bench::start().await?;
    let _processes = [bench.spawn(&["serve"])?, bench.spawn(&["worker", "intake"])?];
    bench.serves().await?;
    let office = bench.office("351709").await?;
    let files = bench.written(&office.dossier(14, "akta_kematian", "MTI-1", &[])?)?;
    let (key, url, amqp) = (bench.key("351709")?, bench.url(), bench.amqp_url("351709")?);
    let mut arguments = vec!["submit", "--office", "351709", "--url", &url, "--api-key", &key, "--no-follow"];
    arguments.extend(files.iter().map(String::as_str));

    let text = bench.run(&arguments)?;
    let (number, rest) = text.trim().split_once("  ").context("no number")?;
    let id = rest.strip_prefix("accepted, sender id ").with_context(|| text.clone())?;
    let path = |id: &str| format!("/api/v1/submissions?sender_id={id}");
    assert_eq!(office.client.get(&path(id)).await?["registration_number"], number);
    // Under the same id it is the same submission.
    let again = bench.run(&[&arguments[..], &["--sender-id", id]].concat())?;
    assert_eq!(again, text);

    // Through the broker nobody has answered yet.
    arguments.extend(["--amqp", &amqp]);
    let sent = said(&bench, &arguments)?;
    assert_eq!(keys(&sent), sorted("sender_id revision message"));
    let id = sent["sender_id"].as_str().context("no id")?;
    until("it is accepted", || async { Ok(office.client.get(&path(id)).await?["stage"] == "received") })
        .await?;
    let text = bench.run(&arguments)?;
    assert!(text.starts_with("—  sent, sender id "), "{text}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_back_to_who_sent_it_from_files_says_why() -> Result<()> {
    let bench = Bench::start().await?;
    let _berkas = bench.spawn_all().await?;
    let office = bench.office("351709").await?;
    let dossier = office.dossier(15, "akta_kematian", "MTI-1", &[Defect::MissingDocument])?;
    let files = bench.written(&dossier)?;
    let (key, url) = (bench.key("351709")?, bench.url());
    let mut arguments =
        vec!["submit", "--office", "351709", "--url", &url, "--api-key", &key, "--wait", "80"];
    arguments.extend(files.iter().map(String::as_str));
    let (code, text) = bench.outcome(&arguments)?;
    assert_eq!(code, Some(1), "{text}");
    let (_, reasons) = text.split_once("noticed, returned\n").with_context(|| text.clone())?;
    assert!(reasons.starts_with("   TIDAK_LENGKAP: "), "{text}");
    crate::faults::all_told(bench, 1).await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_shut_out_is_named_as_that_and_can_be_let_in_again() -> Result<()> {
    let bench = Bench::start().await?;
    let _serving = bench.spawn(&["serve"])?;
    bench.serves().await?;
    bench.verifier("wati").await?;
    let login = async || Verifier::login(&bench.url(), "wati", "kata-sandi-contoh").await;
    // As it was typed, capitals or not.
    assert_eq!(said(&bench, &["user", "disable", "Wati"])?, json!({ "login": "wati", "disabled": true }));
    ensure!(login().await.is_err(), "a disabled user signs in");

    let add = ["user", "add", "wati", "--name", "Wati Contoh", "--role", "verifier"];
    for arguments in [&["user", "disable", "wati"][..], &["user", "password", "wati"], &add] {
        let told = refused(&bench, arguments)?;
        assert!(told.contains("disabled") && told.contains("`berkas user enable wati`"), "{told}");
    }
    // Who can be let in again is listed, and marked.
    assert!(said(&bench, &["user", "list"])?[0]["disabled_at"].is_string());
    let listed = bench.run(&["user", "list"])?;
    assert!(listed.contains("disabled since") && listed.contains("wati"), "{listed}");
    assert_eq!(said(&bench, &["user", "enable", "Wati"])?, json!({ "login": "wati", "disabled": false }));
    assert_eq!(said(&bench, &["user", "list"])?[0]["disabled_at"], Value::Null);
    login().await?;
    assert!(refused(&bench, &["user", "enable", "wati"])?.contains("there is no disabled user `wati`"));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_operators_change_of_a_user_is_written_down_and_shown() -> Result<()> {
    let bench = Bench::start().await?;
    bench.run_with_input(
        &["user", "add", "wati", "--name", "Wati Contoh", "--role", "verifier", "--services", "ktp_el"],
        "kata-sandi-contoh\n",
    )?;
    bench.run(&["user", "duty", "wati", "on"])?;
    bench.run_with_input(&["user", "password", "wati"], "kata-sandi-lain-contoh\n")?;
    bench.run(&["user", "roster", "wati", "--set", "mon-thu 07:30-16:00"])?;
    // Once more changes nothing.
    for changed in [true, false] {
        let told = said(&bench, &["user", "clerk", "wati", "351709", "loket-1"])?;
        assert_eq!(told["changed"], changed);
    }
    bench.run(&["user", "disable", "wati"])?;
    bench.run(&["user", "enable", "wati"])?;

    let shown = said(&bench, &["user", "history", "Wati", "--limit", "20"])?;
    let shown = shown.as_array().context("no list")?;
    ensure!(shown.iter().all(|line| line["by"] == "operator"), "{shown:?}");
    let mut actions: Vec<&str> = shown.iter().filter_map(|line| line["action"].as_str()).collect();
    assert_eq!((actions.first(), actions.last()), (Some(&"user.enabled"), Some(&"user.added")));
    actions.sort_unstable();
    let promised = "user.added duty.on duty.off user.password_set roster.changed user.clerk_added \
                    user.disabled user.enabled";
    assert_eq!(actions, sorted(promised));
    let newest = said(&bench, &["user", "history", "wati", "--limit", "1"])?;
    let newest = newest.as_array().context("no list")?;
    assert_eq!((newest.len(), &newest[0]["action"]), (1, &json!("user.enabled")));
    let text = bench.run(&["user", "history", "wati"])?;
    assert!(text.contains("capacity: 10, role: verifier, services: ktp_el, training: false"), "{text}");
    assert!(!text.contains("Wati Contoh") && !text.contains("kata-sandi"), "{text}");
    assert!(refused(&bench, &["user", "history", "budi"])?.contains("there is no login `budi`"));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn who_and_what_does_not_exist_is_named_and_nothing_is_made_of_it() -> Result<()> {
    let bench = Bench::start().await?;
    let operator = ["user", "add", "ani", "--name", "Ani Contoh", "--role", "operator"];
    bench.run_with_input(&operator, "kata-sandi-contoh\n")?;
    for (arguments, words) in [
        (&["office", "key", "999999"][..], "there is no office `999999`"),
        (&["office", "keys", "999999"], "there is no office `999999`"),
        (&["office", "purge", "999999", "--training"], "there is no office `999999`"),
        (&["user", "clerk", "ani", "999999", "loket-1"], "there is no office `999999`"),
        (&["user", "clerk", "budi", "351709", "loket-1"], "there is no login `budi`"),
        (&["user", "duty", "ani", "on"], "`ani` takes no tasks"),
        (&["user", "add", "we ti", "--name", "Weti", "--role", "verifier"], "a login has 1 to 64 letters"),
        (&["user", "add", "weti", "--name", " ", "--role", "verifier"], "`--name` is what colleagues see"),
        (&["notices", "check", "/nowhere"], "/nowhere: the directory cannot be read"),
    ] {
        let told = refused(&bench, arguments)?;
        assert!(told.contains(words), "{arguments:?}: {told}");
    }
    // What cannot be read at all is told by the help's own exit code.
    let id = Uuid::nil().to_string();
    for (arguments, words) in [
        (&["topology", "--offline"][..], "--definitions"),
        (&["topology", "--credentials", "offices.csv"], "--definitions"),
        (&["parked", "return", &id, "--code", "BURAM"], "TIDAK_TERBACA"),
        (&["office", "purge", "351709", "--training", "--before", "kemarin"], "a day is like 2026-11-28"),
        (&["user", "history", "ani", "--limit", "0"], "0 is not in 1.."),
        (&["parked", "list", "--limit", "0"], "0 is not in 1.."),
        (&["notices", "owed", "--limit", "0"], "0 is not in 1.."),
        (&["rules", "explain", "351706-261124-0001-8"], "its last digit checks the others"),
    ] {
        assert_eq!(bench.outcome(arguments)?.0, Some(2), "{arguments:?}");
        let told = bench.run(arguments).unwrap_err().to_string();
        assert!(told.contains(words), "{arguments:?}: {told}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn of_what_is_parked_one_that_cannot_be_replayed_holds_up_no_other_and_no_submission_is_discarded()
-> Result<()> {
    let bench = Bench::start().await?;
    let _processes = [bench.spawn(&["serve"])?, bench.spawn(&["worker", "intake"])?];
    bench.serves().await?;
    let office = bench.office("351709").await?;
    let (_, id) = parked(&bench, &office, 16).await?;

    let told = refused(&bench, &["parked", "discard", &id])?;
    assert!(told.contains("is_submission: this is a submission"), "{told}");
    let unknown = Uuid::nil().to_string();
    let (code, text) = bench.outcome(&["parked", "replay", &unknown, &id, "--output", "json"])?;
    let replayed: Value = serde_json::from_str(&text)?;
    assert_eq!((code, replayed), (Some(1), json!({ "id": id, "resolution": "replayed" })));
    assert!(bench.store.parked(10).await?.is_empty());
    let again = refused(&bench, &["parked", "replay", &id])?;
    assert!(
        again.contains(&format!("replaying {id}: not_found: nothing is parked under this id")),
        "{again}"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_without_its_tables_and_a_broker_that_is_down_are_told_with_what_to_do() -> Result<()> {
    let bench = Bench::start().await?;
    bench.sql("alter table parked rename to elsewhere")?;
    let told = refused(&bench, &["parked", "list"])?;
    assert!(told.contains("run `berkas migrate`"), "{told}");
    assert_eq!(told.matches("does not exist").count(), 1, "{told}");

    let nobody = [("BERKAS_AMQP_URLS", "amqp://guest:rahasia@127.0.0.1:1/%2f")];
    let told = "RabbitMQ at `127.0.0.1:1` did not let us in within 5 seconds: ";
    for command in ["topology", "doctor"] {
        let mut process = bench.spawn_with(&[command], &nobody)?;
        assert_eq!(process.ended().await?.code(), Some(1));
        bench.logged(command, told).await?;
        bench.logged(command, "Connection refused").await?;
        bench.logged(command, "is it up, and are address, user and password in `broker.urls` right?").await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_lets_nobody_in_is_told_with_where_it_is_and_why() -> Result<()> {
    let bench = Bench::start().await?;
    let url = bench.services.get("BERKAS_DATABASE_URL")?;
    let (door, _) = url.rsplit_once('/').context("no database in the address")?;
    let (_, place) = door.rsplit_once('@').context("no user in the address")?;
    let (stranger, nowhere) = (format!("postgres://nobody:rahasia@{place}/x"), format!("{door}/nowhere"));
    let at = |place: &str, why: &str| format!("PostgreSQL at `{place}` cannot be reached: {why}");
    let down = "postgres://berkas:rahasia@127.0.0.1:1/x";
    for (url, words) in [
        (down, at("127.0.0.1:1", "connection refused; is it running, and are host and port")),
        (&stranger, at(place, "role \"nobody\" does not exist; are user and password")),
        (&nowhere, at(place, "database \"nowhere\" does not exist; make it with `createdb`")),
        ("rahasia", "`database.url` is no address like".to_owned()),
    ] {
        for command in ["status", "doctor"] {
            let mut process = bench.spawn_with(&[command], &[("BERKAS_DATABASE_URL", url)])?;
            assert_eq!(process.ended().await?.code(), Some(1), "{command}");
            bench.logged(command, &words).await?;
        }
    }
    for entry in std::fs::read_dir(bench.path("."))? {
        let path = entry?.path();
        let is_log = path.extension().is_some_and(|end| end == "log");
        ensure!(!is_log || !std::fs::read_to_string(&path)?.contains("rahasia"), "a password is told");
    }
    Ok(())
}
