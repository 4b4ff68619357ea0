//! Making notices.

use berkas_contract::{Decision, Event as _};
use berkas_domain::{Outcome, Revision, Service, Stage, Step, UserId};
use berkas_notification::Notification;
use berkas_runtime::{Job, Outcome as Handled, Worker};
use berkas_store::{
    Effect, NewUser, PoolEntry, Settled, Settlement, UserRole, VerifierDecision, WorkRef, note_place,
};
use chrono::TimeDelta;
use serde_json::json;
use uuid::Uuid;

use crate::bench::{OFFICE, office, on_bench};

#[test]
fn one_decision_makes_one_notice_however_often_it_is_made() {
    on_bench(async |bench| {
        let decided = bench.decide(OFFICE).await;
        let id = bench.notice(&decided).await;

        let job = Job { work: decided.work, trace: None };
        let again = Notification::new(bench.app.clone()).handle(&job).await.unwrap();
        let Handled::Forward { to, effects, .. } = again else { panic!("{again:?}") };
        assert!(matches!(effects.first(), Some(Effect::Notice { id: same, .. }) if *same == id));
        let settled = Settled::Advance { to, not_before: None, effects };
        let settlement = Settlement { work: decided.work, settled, trace: None };
        let applied = bench.app.store.settle(vec![settlement], bench.app.clock.now()).await.unwrap();
        assert_eq!(applied.stale, [decided.work]);

        let owed = bench.app.store.inbox(&office(OFFICE), true, 10).await.unwrap();
        let decisions: Vec<_> = owed.iter().filter(|item| item.sequence == Some(2)).collect();
        assert_eq!(decisions.len(), 1);
        let data: Decision = serde_json::from_value(decisions[0].data.clone()).unwrap();
        assert_eq!((data.outcome, data.submission), (Outcome::Returned, decided.submission));
        assert!(data.due.is_some() && data.next_step_id.contains("Pindai ulang"));
    });
}

#[test]
fn a_decision_that_was_undone_makes_no_notice() {
    on_bench(async |bench| {
        let (store, now) = (&bench.app.store, bench.app.clock.now());
        let (work, _) = bench.accept(OFFICE).await;
        let work = bench.settle(work, Stage::Normalized, Vec::new()).await;
        let work = bench.settle(work, Stage::Checked, Vec::new()).await;
        bench.settle(work, Stage::Waiting, vec![Effect::Task(PoolEntry::default())]).await;
        let user = UserId(Uuid::new_v4());
        let verifier = NewUser {
            id: user,
            login: "wati",
            display_name: "Verifikator Contoh",
            role: UserRole::Verifier,
            password_hash: "",
            services: Service::ALL,
            capacity: 5,
            training: false,
        };
        store.create_user(&verifier, now).await.unwrap();
        store.set_duty(user, true, now).await.unwrap();
        let (lease, hold) = (now + TimeDelta::minutes(15), now + TimeDelta::minutes(10));
        let task = store.pull_task(user, lease, now).await.unwrap().unwrap();
        let decision = VerifierDecision {
            task: task.id,
            fence: task.fence,
            user,
            outcome: Outcome::Passed,
            reasons: json!([]),
            note: None,
            hold_until: hold,
        };
        store.decide(&decision, now).await.unwrap();
        let generation = store.submission(task.submission).await.unwrap().unwrap().generation;
        store.undo_decision(task.id, user, task.fence, lease, now).await.unwrap();

        let work = WorkRef { submission: task.submission, step: Step::Notification, generation };
        let handled = Notification::new(bench.app.clone()).handle(&Job { work, trace: None }).await.unwrap();
        assert!(matches!(handled, Handled::Stale), "{handled:?}");
    });
}

#[test]
fn a_note_goes_out_with_the_notice_and_is_not_stored_with_it() {
    on_bench(async |mut bench| {
        let decided = bench.decide(OFFICE).await;
        let said = "Cap desa tidak terbaca";
        let sealed = bench.app.seal.seal(&note_place(decided.submission, Revision(1)), said.as_bytes());
        bench.app.store.add_note(decided.submission, &sealed).await.unwrap();
        let id = bench.notice(&decided).await;
        let stored = bench.app.store.delivery_record(id).await.unwrap().unwrap();
        assert!(stored.data.get("note").is_none(), "{}", stored.data);

        let mut inbox = bench.inbox(OFFICE).await;
        bench.dispatch();
        let envelope = loop {
            let envelope = inbox.next().await;
            if envelope["type"] == Decision::TYPE {
                break envelope;
            }
        };
        assert_eq!((&envelope["id"], &envelope["data"]["note"]), (&json!(id), &json!(said)));
    });
}

#[test]
fn a_notice_whose_note_cannot_be_opened_waits_and_holds_no_other_up() {
    on_bench(async |mut bench| {
        let decided = bench.decide(OFFICE).await;
        bench.app.store.add_note(decided.submission, b"damaged").await.unwrap();
        let waits = bench.notice(&decided).await;
        let goes = bench.noticed(OFFICE).await;
        bench.dispatch();
        bench.failed_with(waits, "amqp", "note_unreadable").await;
        bench.delivery(goes, "amqp", "sent").await;
    });
}
