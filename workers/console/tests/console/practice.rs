//! What an office sends while it is in training counts nowhere, shows everywhere, and can be removed.

use axum::http::Method;
use berkas_domain::{
    Clock as _, NoticeId, OfficeCode, OfficeMode, Outcome, Revision, Service, Sha256Hash, Stage, UserId,
};
use berkas_store::{
    Actor, BlanksMissing, BlobRecord, DerivedPage, Effect, NewUser, PoolEntry, RejectionNotice, Settled,
    StoredPage, ToldStandby, UserRole, WorkRef,
};
use chrono::TimeDelta;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::Bench;

/// The file that practice and an earlier real submission share, and the one of practice alone.
const SHARED: &[u8] = b"shared";
const ALONE: &[u8] = b"alone";

/// Uploads a file and has it looked at, as the scan worker does.
async fn upload(bench: &Bench, office: &OfficeCode, bytes: &[u8]) -> Sha256Hash {
    let (sha256, now) = (Sha256Hash::of(bytes), bench.clock.now());
    let record = BlobRecord { size: 6, media_type: "image/png".into() };
    bench.store.blob_uploaded(office, sha256, &record, now).await.unwrap();
    let copy = Sha256Hash::of(&[bytes, b"/1"].concat());
    let halves = [Sha256Hash::of(&[bytes, b"/1/left"].concat()), copy];
    let derived =
        DerivedPage { sha256: copy, media_type: "image/jpeg".into(), preview: copy, halves: Some(halves) };
    let page =
        StoredPage { page: 1, derived: Some(derived), report: json!({"verdict": "ok", "reasons": []}) };
    bench.store.page_done(office, sha256, "n", &page).await.unwrap();
    bench.store.scan_done(office, sha256, "n", 1, None, now).await.unwrap();
    sha256
}

/// Takes a submission to a return that its office was told and has not acknowledged.
async fn told(bench: &Bench, work: WorkRef) -> NoticeId {
    told_of(bench, work, Outcome::Returned).await
}

/// The same with any outcome.
async fn told_of(bench: &Bench, work: WorkRef, outcome: Outcome) -> NoticeId {
    let work = bench.advance(work, Stage::Normalized).await;
    let decision = Effect::Decision { outcome, reasons: json!([]) };
    let effects = vec![decision];
    let work =
        bench.settle(work, Settled::Advance { to: Stage::Decided, not_before: None, effects }).await.unwrap();
    let decided = bench.store.decision_for_notice(work.submission).await.unwrap().unwrap();
    let id = NoticeId(Uuid::now_v7());
    let notice =
        Effect::Notice { id, decision: decided.decision, kind: "id.berkas.decision.v1", data: json!({}) };
    let effects = vec![notice];
    assert!(
        bench
            .settle(work, Settled::Advance { to: Stage::Noticed, not_before: None, effects })
            .await
            .is_none()
    );
    id
}

/// Answers `office` that a message of its was not taken.
async fn rejected(bench: &Bench, office: &OfficeCode) -> NoticeId {
    let rejection = RejectionNotice {
        office: office.clone(),
        revision: 1,
        data: json!({ "reasons": [], "training": false }),
        dedup: Sha256Hash::of(office.as_str().as_bytes()),
    };
    bench.store.reject(&rejection, bench.clock.now()).await.unwrap().unwrap()
}

/// Takes a submission of `office` to its pass, and marks it as waiting for blanks.
async fn waits_for_blanks(bench: &Bench, office: &OfficeCode) {
    let work = bench.submission_of(office, Vec::new()).await;
    told_of(bench, work, Outcome::Passed).await;
    let trainer = person(bench, "tutor", true).await;
    let missing = BlanksMissing {
        submission: work.submission,
        revision: Revision(1),
        by: trainer,
        named: None,
        otherwise: bench.clock.now(),
    };
    let data = |_: &ToldStandby| ("id.berkas.standby.v1", json!({}));
    bench.store.blanks_missing(&missing, &data, bench.clock.now()).await.unwrap();
    assert_eq!(bench.store.standbys(trainer, 10).await.unwrap().len(), 1, "who trains sees it");
}

/// Somebody competent for everything.
async fn person(bench: &Bench, login: &str, training: bool) -> UserId {
    let id = UserId(Uuid::now_v7());
    let user = NewUser {
        id,
        login,
        display_name: "Pegawai Contoh",
        role: UserRole::Verifier,
        password_hash: "",
        services: Service::ALL,
        capacity: 3,
        training,
    };
    bench.store.create_user(&user, bench.clock.now()).await.unwrap();
    id
}

/// Brings a submission before a person.
async fn pooled(bench: &Bench, work: WorkRef) {
    let work = bench.advance(work, Stage::Normalized).await;
    let work = bench.advance(work, Stage::Checked).await;
    let effects = vec![Effect::Task(PoolEntry::default())];
    bench.settle(work, Settled::Advance { to: Stage::Waiting, not_before: None, effects }).await;
}

#[tokio::test]
async fn a_dossier_of_training_is_in_no_live_figure_list_or_pool_and_is_marked_where_it_is_shown() {
    let bench = Bench::new().await;
    let office = bench.office_in("351710", OfficeMode::Training).await;
    let paper = upload(&bench, &office, ALONE).await;
    pooled(&bench, bench.submission_of(&office, vec![paper]).await).await;
    let notice = told(&bench, bench.submission_of(&office, Vec::new()).await).await;
    let stuck = bench.submission_of(&office, Vec::new()).await;
    let park = Settled::Park { code: "file_corrupt".into(), detail: "page 2 cannot be decoded".into() };
    bench.settle(stuck, park).await;
    let rejected = rejected(&bench, &office).await;
    waits_for_blanks(&bench, &office).await;
    // Given up on one channel, silent on all, overdue in the pool: nothing that would go unnoticed live.
    let (store, lease) = (&bench.store, TimeDelta::minutes(1));
    let claimed = store.claim_deliveries("amqp", bench.clock.now(), lease, 10).await.unwrap();
    for delivery in claimed {
        let now = bench.clock.now();
        store.delivery_failed("amqp", delivery.notice, "refused", None, now).await.unwrap();
    }
    bench.clock.advance(TimeDelta::days(3));
    let now = bench.clock.now();
    let cookie = bench.signed_in("ani", UserRole::Operator).await;

    assert_eq!(store.overdue_tasks(now).await.unwrap(), 0);
    assert_eq!(store.silent_notices(now).await.unwrap(), 0);
    for counts in [store.pending_deliveries().await.unwrap(), store.failed_deliveries().await.unwrap()] {
        assert_eq!((counts.amqp, counts.webhook, counts.mail, counts.sms), (0, 0, 0, 0));
    }
    assert!(store.parked_counts().await.unwrap().is_empty());
    assert!(
        store.standby_counts(now).await.unwrap().iter().all(|of| of.count == 0 && of.oldest_since.is_none())
    );
    assert_eq!(store.turnaround().await.unwrap(), None);
    assert_eq!(store.returned_example(Service::KtpEl).await.unwrap(), None);
    let since = now - TimeDelta::days(30);
    assert!(store.verifier_agreement(since).await.unwrap().is_empty());
    assert!(store.code_agreement(since).await.unwrap().is_empty());
    assert!(store.stage_waits().await.unwrap().is_empty());
    assert!(store.owed(now, 10).await.unwrap().is_empty());
    assert!(store.channel_faults().await.unwrap().is_empty());
    let legible = store.page_legibility().await.unwrap();
    assert!(legible.iter().all(|office| office.training) && legible.len() == 1);
    let books = store.neraca().await.unwrap();
    assert!(books.balances() && (books.accepted, books.training) == (4, 4));
    let verifier = person(&bench, "wati", false).await;
    assert_eq!(store.pull_task(verifier, now + lease, now).await.unwrap(), None);
    assert_eq!(store.standbys(verifier, 10).await.unwrap(), []);

    let status = bench.call(Method::GET, "/api/v1/status", &cookie, "").await.is(200).json();
    let stages = status["stages"].as_array().unwrap();
    let sum = |key: &str| stages.iter().map(|stage| stage[key].as_i64().unwrap()).sum::<i64>();
    assert_eq!(["depth", "parked", "in_1h", "out_1h"].map(sum), [0; 4]);
    assert_eq!(sum("training"), 1, "the one in the pool");
    assert_eq!((&status["owed"], &status["channels"]), (&json!([]), &json!([])));
    assert_eq!((&status["parked_count"], &status["parked_training"]), (&json!(0), &json!(1)));
    assert_eq!(status["parked"][0]["training"], true);
    assert!(status["standbys"].as_array().unwrap().iter().all(|of| of["count"] == 0));
    let page = bench.call(Method::GET, "/console", &cookie, "").await.is(200).text;
    let figures = page.split_once("figures").unwrap().1.split_once("</ul>").unwrap().0;
    assert_eq!(figures.matches("<b>0</b>").count(), 4, "{figures}");
    assert!(page.contains(r#"<span class="tag warn">latihan</span>"#) && page.contains("+ 1 latihan"));
    for notice in [notice, rejected] {
        assert!(store.delivery_record(notice).await.unwrap().unwrap().training, "a rejection is marked too");
    }
}

#[tokio::test]
async fn what_an_office_practised_stays_practice_when_it_goes_live() {
    let bench = Bench::new().await;
    let office = bench.office_in("351710", OfficeMode::Training).await;
    let practised = upload(&bench, &office, ALONE).await;
    bench.submission_of(&office, vec![practised]).await;
    let told = rejected(&bench, &office).await;
    let store = &bench.store;
    store.set_office_mode(&office, OfficeMode::Live, bench.clock.now()).await.unwrap();
    let shared = upload(&bench, &office, SHARED).await;
    bench.submission_of(&office, vec![shared]).await;

    let legible = store.page_legibility().await.unwrap();
    let lines: Vec<_> = legible.iter().map(|line| (line.training, line.pages)).collect();
    assert_eq!(lines, [(false, 1), (true, 1)]);
    assert!(store.delivery_record(told).await.unwrap().unwrap().training);
    // What waits is `accepted` of the one that is real.
    assert_eq!(store.pending_deliveries().await.unwrap().amqp, 1);

    // The same message in earnest is answered in earnest.
    let again = rejected(&bench, &office).await;
    assert_eq!(rejected(&bench, &office).await, again);
    let record = store.delivery_record(again).await.unwrap().unwrap();
    assert_eq!((record.training, &record.data["training"]), (false, &json!(false)));

    // Sent again in earnest, the same scan is a real one.
    bench.submission_of(&office, vec![practised]).await;
    let legible = store.page_legibility().await.unwrap();
    let lines: Vec<_> = legible.iter().map(|line| (line.training, line.pages)).collect();
    assert_eq!(lines, [(false, 2)]);
}

#[tokio::test]
async fn what_is_real_is_listed_when_nobody_acknowledges_it_with_every_try() {
    let bench = Bench::new().await;
    let notice = told(&bench, bench.submission().await).await;
    let (store, made) = (&bench.store, bench.clock.now());
    let claim = async || store.claim_deliveries("amqp", made, TimeDelta::minutes(1), 10).await.unwrap();
    // `accepted` goes before it.
    let accepted = claim().await.remove(0).notice;
    store.deliveries_sent("amqp", &[accepted], made).await.unwrap();
    for (code, again) in [("connect_failed", Some(made)), ("gone", None)] {
        assert_eq!(claim().await[0].notice, notice);
        store.delivery_failed("amqp", notice, code, again, made).await.unwrap();
    }
    bench.clock.advance(TimeDelta::hours(4));
    let cookie = bench.signed_in("ani", UserRole::Viewer).await;
    let early = bench.call(Method::GET, "/api/v1/status", &cookie, "").await.is(200).json();
    assert_eq!(early["owed"], json!([]), "half an office day");

    bench.clock.advance(TimeDelta::hours(20));
    let cookie = bench.signed_in("budi", UserRole::Viewer).await;
    let status = bench.call(Method::GET, "/api/v1/status", &cookie, "").await.is(200).json();
    assert_eq!(status["owed"][0]["id"], json!(notice));
    assert_eq!(status["owed"][0]["channels"], "amqp failed");
    let fault: &Value = &status["channels"][0];
    assert_eq!(
        (&fault["channel"], &fault["code"], &fault["notices"]),
        (&json!("amqp"), &json!("gone"), &json!(1))
    );
    let page = bench.call(Method::GET, "/console", &cookie, "").await.is(200).text;
    assert!(page.contains("amqp failed") && page.contains("1 hari"), "how long it is silent");
    let tries = store.delivery_record(notice).await.unwrap().unwrap().tries;
    let tries: Vec<_> = tries.iter().map(|one| (one.outcome.as_str(), one.code.as_deref())).collect();
    assert_eq!(tries, [("failed", Some("connect_failed")), ("given_up", Some("gone"))]);

    store.acknowledge(&bench.office, notice, bench.clock.now()).await.unwrap();
    assert!(store.owed(bench.clock.now(), 10).await.unwrap().is_empty());
    assert!(store.channel_faults().await.unwrap().is_empty());
}

#[tokio::test]
async fn practice_is_removed_with_what_is_its_alone_and_what_is_real_stays() {
    let bench = Bench::new().await;
    let office = bench.office_in("351710", OfficeMode::Live).await;
    let shared = upload(&bench, &office, SHARED).await;
    let real = bench.submission_of(&office, vec![shared]).await.submission;
    bench.store.set_office_mode(&office, OfficeMode::Training, bench.clock.now()).await.unwrap();
    let alone = upload(&bench, &office, ALONE).await;
    pooled(&bench, bench.submission_of(&office, vec![shared, alone]).await).await;
    let practice = bench.submission_of(&office, Vec::new()).await;
    let notice = told(&bench, practice).await;
    bench.clock.advance(TimeDelta::days(1));
    let recent = bench.submission_of(&office, Vec::new()).await.submission;
    let (store, now) = (&bench.store, bench.clock.now());

    let purge = store.take_practice(&office, now, 50).await.unwrap();
    assert_eq!((purge.len(), purge.originals()), (2, [alone].as_slice()));
    let copies: std::collections::BTreeSet<_> = purge.derived().iter().copied().collect();
    assert_eq!(copies, [b"alone/1".as_slice(), b"alone/1/left"].map(Sha256Hash::of).into());
    purge.finish(Actor::Operator, now).await.unwrap();
    assert!(store.take_practice(&office, now, 50).await.unwrap().is_empty());
    assert!(store.submission(practice.submission).await.unwrap().is_none());
    assert!(store.delivery_record(notice).await.unwrap().is_none());
    let gone = store.timeline(practice.submission).await.unwrap();
    assert!(gone.stages.is_empty() && gone.decisions.is_empty() && gone.notices.is_empty());
    for (hash, stays) in [(shared, true), (alone, false)] {
        let key = (office.clone(), hash);
        assert_eq!(store.blobs(&[key]).await.unwrap().len(), usize::from(stays));
    }
    for submission in [real, recent] {
        assert!(store.submission(submission).await.unwrap().is_some());
    }
    let books = store.neraca().await.unwrap();
    assert!(books.balances() && (books.accepted, books.training) == (2, 1), "{books:?}");
    assert_eq!(store.audited("office.practice_purged", office.as_str()).await.unwrap(), 1);
}
