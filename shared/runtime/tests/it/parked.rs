//! What an operator can do with parked work.

use berkas_domain::{Outcome, Stage};
use berkas_store::{
    Effect, ParkedReturn, ResolveError, Settled, Settlement, Withdrawing, Withdrawn, WorkRef,
};
use serde_json::json;
use uuid::Uuid;

use crate::bench::{Bench, on_bench, wait_until};

/// Writes `settled`; returns the work that is due then, if any is.
async fn settle(bench: &Bench<'_>, work: WorkRef, settled: Settled) -> Option<WorkRef> {
    let settlement = Settlement { work, settled, trace: None };
    let applied = bench.app.store.settle(vec![settlement], bench.app.clock.now()).await.unwrap();
    assert!(applied.stale.is_empty());
    applied.fresh.first().map(|due| due.work)
}

/// Parks `work`; returns the id of the row.
async fn park(bench: &Bench<'_>, work: WorkRef) -> Uuid {
    let settled = Settled::Park { code: "hopeless".to_owned(), detail: "as the test says".to_owned() };
    assert_eq!(settle(bench, work, settled).await, None);
    bench.app.store.parked(10).await.unwrap().remove(0).id
}

fn reasons() -> ParkedReturn<'static> {
    ParkedReturn { reasons: json!([{ "code": "TIDAK_TERBACA" }]), note: None }
}

#[test]
fn parked_work_that_is_not_decided_can_be_returned_once() {
    on_bench(&[], async |bench| {
        let work = bench.submission().await;
        let id = park(bench, work).await;
        let now = bench.app.clock.now();
        let discarded = bench.app.store.discard_parked(id, "operator", now).await;
        assert!(matches!(discarded, Err(ResolveError::IsSubmission)), "{discarded:?}");
        bench.app.store.return_parked(id, reasons(), "operator", now).await.unwrap();
        assert_eq!(bench.sql("select stage, outcome, parked from submissions"), "decided|returned|f");
        assert_eq!(bench.sql("select outcome, reasons->0->>'code' from decisions"), "returned|TIDAK_TERBACA");
        assert_eq!(bench.sql("select step, attempts from due"), "notification|0");
        assert_eq!(
            bench.sql("select action from audit where subject = (select id::text from parked)"),
            "parked.returned"
        );
        let again = bench.app.store.return_parked(id, reasons(), "operator", now).await;
        assert!(matches!(again, Err(ResolveError::Unknown)), "{again:?}");
    });
}

#[test]
fn what_is_decided_already_is_not_returned_and_can_be_replayed() {
    on_bench(&[], async |bench| {
        let mut work = bench.submission().await;
        for stage in [Stage::Normalized, Stage::Checked] {
            let settled = Settled::Advance { to: stage, not_before: None, effects: Vec::new() };
            work = settle(bench, work, settled).await.unwrap();
        }
        // As the rules' own decision would come here; what counts is that there is one.
        let decision = Effect::Decision { outcome: Outcome::Passed, reasons: json!([]) };
        let settled = Settled::Advance { to: Stage::Decided, not_before: None, effects: vec![decision] };
        work = settle(bench, work, settled).await.unwrap();
        let id = park(bench, work).await;
        let before = bench.app.store.every_row().await.unwrap();

        let refused = bench.app.store.return_parked(id, reasons(), "operator", bench.app.clock.now()).await;
        let error = refused.unwrap_err();
        assert!(matches!(error, ResolveError::Decided(Outcome::Passed)), "{error:?}");
        assert_eq!(error.code(), "already_decided");
        assert!(error.to_string().contains("decided already as `passed`"), "{error}");
        assert_eq!(bench.app.store.every_row().await.unwrap(), before);

        bench.app.store.replay_parked(id, "operator", bench.app.clock.now()).await.unwrap();
        assert_eq!(bench.sql("select stage, outcome, parked from submissions"), "decided|passed|f");
        assert_eq!(bench.sql("select step, attempts from due"), "notification|0");
    });
}

#[test]
fn a_withdrawal_and_a_return_at_the_same_moment_do_not_lock_each_other_out() {
    on_bench(&[], async |bench| {
        let work = bench.submission().await;
        let id = park(bench, work).await;
        let (store, now) = (&bench.app.store, bench.app.clock.now());
        let office = "351709".parse().unwrap();
        let withdrawing = Withdrawing::latest(&office, work.submission);
        let held = store.hold("select id from submissions for update").await.unwrap();
        let blocked =
            async |count| wait_until(async || store.waiting_for_locks().await.unwrap() == count).await;
        // The withdrawal comes first to the submission, and the return stands behind it.
        let (withdrawn, returned, ()) = tokio::join!(
            store.withdraw(&withdrawing, now),
            async {
                blocked(1).await;
                store.return_parked(id, reasons(), "operator", now).await
            },
            async {
                blocked(2).await;
                held.release().await.unwrap();
            },
        );
        assert_eq!(withdrawn.unwrap(), Withdrawn::Now);
        assert!(matches!(returned, Err(ResolveError::Unknown)), "{returned:?}");
        assert_eq!(bench.sql("select stage, parked from submissions"), "withdrawn|f");
    });
}
