//! A supervisor takes tasks back and hands them out, and what the queues tell.

use berkas_domain::{ConflictReason, HandReason, Outcome, Service, UserId};
use berkas_store::{
    Eyes, LeasedTask, PoolEntry, QueueFilter, SuperviseError, SupervisorAct, TaskError, Unfit,
};
use chrono::TimeDelta;

use crate::bench::{Bench, LIVE, NEIGHBOUR, TRAINING, VILLAGE, on_bench};

impl Bench {
    fn act(&self, task: &LeasedTask, by: UserId) -> SupervisorAct {
        SupervisorAct { task: task.id, fence: task.fence, by, reason: HandReason::Absent }
    }

    async fn hand(&self, act: SupervisorAct, to: UserId) -> Result<LeasedTask, SuperviseError> {
        self.app.store.hand_task(act, to, self.now() + TimeDelta::minutes(15), self.now()).await
    }
}

fn unfit(answer: Result<LeasedTask, SuperviseError>) -> Unfit {
    match answer {
        Err(SuperviseError::Unfit(unfit)) => unfit,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_taken_back_is_in_the_pool_and_its_holder_keeps_a_place_for_what_comes_late() {
    on_bench(async |bench| {
        let (store, head) = (&bench.app.store, bench.supervisor("rini").await);
        let holder = bench.verifier("wati", Service::ALL, false).await;
        let submission = bench.pooled(LIVE, Service::KtpEl, bench.now() + TimeDelta::days(1)).await;
        let held = bench.pull(holder).await.unwrap();
        store.take_task_back(bench.act(&held, head), bench.now()).await.unwrap();
        let late = store.renew_task(held.id, holder, held.fence, bench.now(), bench.now()).await;
        assert!(matches!(late, Err(TaskError::LeaseLost)));
        let draft = serde_json::json!({ "returned": ["SALAH_KASUS"] });
        store.keep_draft(held.id, holder, held.fence, &draft, bench.now()).await.unwrap();
        let again = store.take_task_back(bench.act(&held, head), bench.now()).await;
        assert!(matches!(again, Err(SuperviseError::Changed)));
        assert_eq!(store.audited("task.taken_back", &held.id.to_string()).await.unwrap(), 1);
        let other = bench.verifier("budi", Service::ALL, false).await;
        let next = bench.pull(other).await.unwrap();
        assert_eq!((next.submission, next.fence), (submission, held.fence + 2));
        assert!(store.neraca().await.unwrap().balances());
    });
}

#[test]
fn a_task_is_handed_from_the_pool_or_from_a_colleague_to_somebody_who_could_pull_it() {
    on_bench(async |bench| {
        let (store, head) = (&bench.app.store, bench.supervisor("rini").await);
        let holder = bench.verifier("wati", Service::ALL, false).await;
        let to = bench.verifier("budi", Service::ALL, false).await;
        bench.pooled(LIVE, Service::KtpEl, bench.now() + TimeDelta::days(1)).await;
        let held = bench.pull(holder).await.unwrap();
        let given = bench.hand(bench.act(&held, head), to).await.unwrap();
        assert_eq!(given.fence, held.fence + 1);
        assert_eq!(store.tasks_held(to, &QueueFilter::default(), bench.now()).await.unwrap().len(), 1);
        bench.decide(&given, to, Outcome::Passed).await;
        let decided = bench.hand(bench.act(&given, head), holder).await;
        assert!(matches!(decided, Err(SuperviseError::Changed)), "it is decided");

        let waits = bench.pooled(LIVE, Service::KtpEl, bench.now() + TimeDelta::days(1)).await;
        let line = store.task_pool(head, &QueueFilter::default(), 9).await.unwrap().remove(0);
        let act = SupervisorAct { task: line.id, fence: line.fence, by: head, reason: HandReason::Urgent };
        assert_eq!(bench.hand(act, to).await.unwrap().submission, waits);
        assert!(store.neraca().await.unwrap().balances());
    });
}

#[test]
fn nobody_is_handed_what_they_could_not_pull() {
    on_bench(async |bench| {
        let (store, now) = (&bench.app.store, bench.now());
        let head = bench.supervisor("rini").await;
        let holder = bench.verifier("wati", Service::ALL, false).await;
        bench.pooled(LIVE, Service::KtpEl, now + TimeDelta::days(1)).await;
        let held = bench.pull(holder).await.unwrap();
        let act = bench.act(&held, head);
        assert_eq!(unfit(bench.hand(act, UserId(uuid::Uuid::nil())).await), Unfit::Unknown);
        assert_eq!(unfit(bench.hand(act, holder).await), Unfit::HoldsIt);
        let births = bench.verifier("a", &[Service::AktaKelahiran], false).await;
        assert_eq!(unfit(bench.hand(act, births).await), Unfit::NotCompetent);
        let trainer = bench.verifier("b", Service::ALL, true).await;
        assert_eq!(unfit(bench.hand(act, trainer).await), Unfit::OtherPool);
        let resting = bench.verifier("c", Service::ALL, false).await;
        store.set_duty(resting, false, now).await.unwrap();
        assert_eq!(unfit(bench.hand(act, resting).await), Unfit::OffDuty);
        let full = bench.verifier_with("d", Service::ALL, false, 0).await;
        assert_eq!(unfit(bench.hand(act, full).await), Unfit::Full);

        // Whoever has a stake in it, also when somebody else holds it by now.
        store.declare_conflict(held.id, holder, held.fence, ConflictReason::Party, now).await.unwrap();
        let held = bench.pull(head).await.unwrap();
        assert_eq!(unfit(bench.hand(bench.act(&held, head), holder).await), Unfit::Excluded);
        assert_eq!(store.audited("task.handed", &held.id.to_string()).await.unwrap(), 0);
    });
}

#[test]
fn what_a_supervisor_decides_is_handed_to_no_verifier_and_is_not_called_disputed() {
    on_bench(async |bench| {
        let head = bench.supervisor("rini").await;
        let verifier = bench.verifier("wati", Service::ALL, false).await;
        let work = bench.checked(LIVE).await;
        let entry = PoolEntry { eyes: Eyes::Supervisor, ..PoolEntry::default() };
        let waiting = berkas_store::Settled::Advance {
            to: berkas_domain::Stage::Waiting,
            not_before: None,
            effects: vec![berkas_store::Effect::Task(entry)],
        };
        bench.settle(work, waiting).await;
        let line = bench.app.store.task_pool(head, &QueueFilter::default(), 9).await.unwrap().remove(0);
        assert_eq!((line.disputed, line.often_returned), (false, true));
        let act = SupervisorAct { task: line.id, fence: line.fence, by: head, reason: HandReason::Workload };
        assert_eq!(unfit(bench.hand(act, verifier).await), Unfit::SupervisorsOnly);
    });
}

#[test]
fn queues_are_told_by_service_and_office_and_to_whom_they_concern() {
    on_bench(async |bench| {
        let (store, now) = (&bench.app.store, bench.now());
        let head = bench.supervisor("rini").await;
        let user = bench.verifier("wati", &[Service::KtpEl, Service::AktaKelahiran], false).await;
        let due = now + TimeDelta::days(1);
        for (office, service) in [
            (LIVE, Service::KtpEl),
            (VILLAGE, Service::KtpEl),
            (NEIGHBOUR, Service::AktaKelahiran),
            (NEIGHBOUR, Service::KartuKeluarga),
            (TRAINING, Service::KtpEl),
        ] {
            bench.pooled(office, service, due).await;
        }
        let of = |office: &str, service| QueueFilter {
            office: (!office.is_empty()).then(|| office.parse().unwrap()),
            service,
        };
        let pool = async |who, filter| store.task_pool(who, &filter, 9).await.unwrap().len();
        assert_eq!(pool(user, of("", None)).await, 3);
        assert_eq!(store.task_pool_size(user, 9).await.unwrap(), 3);
        assert_eq!(store.task_pool_size(user, 2).await.unwrap(), 2, "counted to two");
        assert_eq!(pool(user, of(LIVE, None)).await, 2, "a kecamatan with its desa");
        assert_eq!(pool(user, of(VILLAGE, None)).await, 1);
        assert_eq!(pool(user, of(NEIGHBOUR, None)).await, 1);
        assert_eq!(pool(user, of(NEIGHBOUR, Some(Service::KtpEl))).await, 0);
        assert_eq!(pool(user, of("", Some(Service::AktaKelahiran))).await, 1);

        let late = due + TimeDelta::hours(1);
        let overdue = async |who, at| store.tasks_overdue(who, &QueueFilter::default(), 9, at).await.unwrap();
        assert_eq!(overdue(user, now).await, []);
        assert_eq!((overdue(user, late).await.len(), overdue(head, late).await.len()), (3, 5));

        let held = bench.pull(user).await.unwrap();
        let all = store.tasks_of_all(&QueueFilter::default(), 9, now).await.unwrap();
        assert_eq!(all.iter().map(|line| line.id).collect::<Vec<_>>(), [held.id]);
        assert_eq!(all[0].holder.as_deref(), Some("Verifikator Contoh"));
    });
}

#[test]
fn what_was_returned_waits_for_the_kecamatan_until_it_comes_back() {
    on_bench(async |bench| {
        let (store, head) = (&bench.app.store, bench.supervisor("rini").await);
        let (user, other) = (
            bench.verifier("wati", Service::ALL, false).await,
            bench.verifier("budi", Service::ALL, false).await,
        );
        let submission = bench.pooled(LIVE, Service::KtpEl, bench.now() + TimeDelta::days(1)).await;
        let task = bench.pull(user).await.unwrap();
        bench.decide(&task, user, Outcome::Returned).await;
        let away = async |who| store.tasks_away(who, &QueueFilter::default(), 9).await.unwrap();
        assert_eq!(away(user).await, [], "the notice has not left");
        bench.noticed(submission).await;
        assert_eq!((away(user).await.len(), away(head).await.len(), away(other).await.len()), (1, 1, 0));
    });
}

#[test]
fn a_decision_is_sent_before_its_hold_by_choice_of_who_took_it_and_once() {
    on_bench(async |bench| {
        // As the database keeps it.
        let now = chrono::DateTime::from_timestamp_micros(bench.now().timestamp_micros()).unwrap();
        let store = &bench.app.store;
        let user = bench.verifier("wati", Service::ALL, false).await;
        bench.pooled(LIVE, Service::KtpEl, now + TimeDelta::days(1)).await;
        let task = bench.pull(user).await.unwrap();
        let decision = berkas_store::VerifierDecision {
            task: task.id,
            fence: task.fence,
            user,
            outcome: Outcome::Passed,
            reasons: serde_json::json!([]),
            note: None,
            hold_until: now + TimeDelta::minutes(10),
        };
        let early = store.send_now(task.id, user, task.fence, now).await;
        assert!(matches!(early, Err(TaskError::NothingToSend)), "nothing was decided");
        store.decide(&decision, now).await.unwrap();
        let other = bench.verifier("budi", Service::ALL, false).await;
        for (who, fence) in [(other, task.fence), (user, task.fence + 1)] {
            let refused = store.send_now(task.id, who, fence, now).await;
            assert!(matches!(refused, Err(TaskError::NothingToSend)));
        }
        let until = async || {
            let day = now - TimeDelta::hours(1);
            let done = store.tasks_decided(user, &QueueFilter::default(), day, 9).await.unwrap();
            done[0].decision.clone().unwrap().undo_until
        };
        assert_eq!(until().await, Some(decision.hold_until));
        store.send_now(task.id, user, task.fence, now).await.unwrap();
        assert_eq!(until().await, Some(now), "the notice is due");
        let again = store.send_now(task.id, user, task.fence, now).await;
        assert!(matches!(again, Err(TaskError::NothingToSend)));
        assert_eq!(store.audited("task.sent_early", &task.id.to_string()).await.unwrap(), 1);
    });
}
