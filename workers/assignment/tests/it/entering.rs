//! Whom a task is meant for when it enters the pool.

use std::collections::BTreeMap;

use berkas_assignment::effort::Effort;
use berkas_domain::{
    DocumentKind, Outcome as Decided, Service, Sha256Hash, Stage, SubmissionId, UserId, turn,
};
use berkas_runtime::{Job, Outcome, Worker};
use berkas_store::{Arrival, ArrivalDocument};
use chrono::TimeDelta;

use crate::bench::{Bench, LIVE, NEIGHBOUR, TRAINING, arrival, on_bench};

impl Bench {
    /// A submission in the pool whose scans have so many pages.
    async fn with_pages(&self, office: &str, service: Service, pages: &[i32]) -> SubmissionId {
        let office = office.parse().unwrap();
        let mut documents = Vec::new();
        for (ordinal, pages) in pages.iter().enumerate() {
            let sha256 = Sha256Hash::of(format!("file {ordinal} of {pages}").as_bytes());
            let error = (*pages == 0).then_some("corrupt");
            // The newest normalizer counts.
            for (normalizer, pages, days) in [("older", 1, 1), ("newer", *pages, 0)] {
                let at = self.now() - TimeDelta::days(days);
                self.app.store.scan_done(&office, sha256, normalizer, pages, error, at).await.unwrap();
            }
            let kind = DocumentKind::Kk;
            let media_type = "application/pdf".to_owned();
            documents.push(ArrivalDocument {
                kind,
                of_role: None,
                sha256,
                size: 1,
                media_type,
                flagged: false,
            });
        }
        let arrival = Arrival { service, documents, ..arrival(office) };
        let work = self.accepted(arrival, self.now() + TimeDelta::days(1)).await;
        self.assign(work).await;
        work.submission
    }
}

#[test]
fn a_task_counts_by_its_service_and_pages_and_its_office_is_charged_with_that() {
    on_bench(async |bench| {
        let sent: [(Service, &[i32]); 5] = [
            (Service::KtpEl, &[1, 1]),
            (Service::AktaKelahiran, &[1, 12, 0, 3]),
            (Service::KartuKeluarga, &[]),
            (Service::AktaKematian, &[40]),
            (Service::KtpEl, &[1]),
        ];
        for (service, pages) in sent {
            bench.with_pages(LIVE, service, pages).await;
        }
        let mut pooled = bench.app.store.pooled_tasks().await.unwrap();
        pooled.sort_by_key(|task| task.rank);
        let efforts: Vec<_> =
            sent.iter().map(|(service, pages)| Effort::default().of(*service, pages)).collect();
        assert_eq!(efforts, [168, 559, 180, 720, 147]);
        assert_eq!(pooled.iter().map(|task| task.effort_s).collect::<Vec<_>>(), efforts);
        let efforts: Vec<_> = efforts.iter().map(|effort_s| i64::from(*effort_s)).collect();
        let ranks: Vec<_> = pooled.iter().map(|task| task.rank).collect();
        assert_eq!(ranks, turn::ranks(0, 0, &efforts));
    });
}

#[test]
fn an_office_of_thick_files_gets_fewer_of_them_done_than_one_of_thin_files() {
    on_bench(async |bench| {
        let user = bench.verifier("wati", Service::ALL, false).await;
        for _ in 0..6 {
            bench.with_pages(LIVE, Service::KartuKeluarga, &[67]).await;
            bench.with_pages(NEIGHBOUR, Service::KartuKeluarga, &[1]).await;
        }
        // 870 seconds of work against 210.
        let mut offices = BTreeMap::<String, u32>::new();
        for submission in bench.pulls(user, 6).await {
            let office = bench.app.store.submission(submission).await.unwrap().unwrap().office;
            *offices.entry(office.to_string()).or_default() += 1;
        }
        assert_eq!(offices, BTreeMap::from([(LIVE.to_owned(), 1), (NEIGHBOUR.to_owned(), 5)]));
    });
}

#[test]
fn a_task_is_meant_for_who_has_the_least_work_not_the_fewest_tasks() {
    on_bench(async |bench| {
        let one = bench.verifier("wati", Service::ALL, false).await;
        bench.with_pages(LIVE, Service::KartuKeluarga, &[90]).await;
        let two = bench.verifier("budi", Service::ALL, false).await;
        // The loads are read once a second at most; another worker reads them anew.
        let worker = berkas_assignment::Assignment::new(bench.app.clone()).unwrap();
        let mut meant = Vec::new();
        for _ in 0..4 {
            let work = bench.checked(LIVE).await;
            let Ok(Outcome::Forward { effects, .. }) = worker.handle(&Job { work, trace: None }).await else {
                panic!("it goes on")
            };
            let [berkas_store::Effect::Task(entry)] = effects.as_slice() else { panic!("{effects:?}") };
            meant.push(entry.preferred);
        }
        assert_eq!(meant, [Some(two); 4], "{one} has a file of ninety pages");
    });
}

#[test]
fn a_chunk_spreads_over_the_competent_verifiers_of_the_right_pool() {
    on_bench(async |bench| {
        let one = bench.verifier("wati", &[Service::KtpEl], false).await;
        let two = bench.verifier("budi", Service::ALL, false).await;
        bench.verifier("sari", &[Service::AktaKelahiran], false).await;
        let trainer = bench.verifier("joko", Service::ALL, true).await;

        let mut given: BTreeMap<Option<UserId>, u32> = BTreeMap::new();
        for _ in 0..6 {
            let work = bench.checked(LIVE).await;
            *given.entry(bench.assign(work).await).or_default() += 1;
        }
        assert_eq!(given, BTreeMap::from([(Some(one), 3), (Some(two), 3)]));

        let practice = bench.checked(TRAINING).await;
        assert_eq!(bench.assign(practice).await, Some(trainer));
        assert_eq!(bench.pull(trainer).await.unwrap().submission, practice.submission);
        assert_eq!(bench.pull(trainer).await, None, "live work is not for trainers");
    });
}

#[test]
fn practice_is_given_to_the_trainers_pool_alone_and_live_work_never_to_it() {
    on_bench(async |bench| {
        let verifier = bench.verifier("wati", Service::ALL, false).await;
        let head = bench.supervisor("rini").await;
        let practice = bench.checked(TRAINING).await;
        bench.assign(practice).await;
        for user in [verifier, head] {
            assert_eq!(bench.pull(user).await, None, "practice is no work for who decides on live files");
        }
        let trainer = bench.verifier("joko", Service::ALL, true).await;
        let live = bench.checked(LIVE).await;
        bench.assign(live).await;
        assert_eq!(bench.pull(trainer).await.unwrap().submission, practice.submission);
        assert_eq!(bench.pull(trainer).await, None);
        assert_eq!(bench.pull(verifier).await.unwrap().submission, live.submission);
    });
}

#[test]
fn what_waits_for_a_person_is_due_for_no_machine_and_goes_nowhere_by_itself_however_late_it_gets() {
    on_bench(async |bench| {
        let user = bench.verifier("wati", Service::ALL, false).await;
        let work = bench.checked(LIVE).await;
        bench.assign(work).await;
        let store = &bench.app.store;
        for days in 1..=30 {
            let now = bench.now() + TimeDelta::days(days);
            let lease = now + TimeDelta::minutes(15);
            let task = store.pull_task(user, lease, now).await.unwrap().unwrap();
            assert_eq!((task.submission, store.due_count().await.unwrap()), (work.submission, 0));
            assert_eq!(store.expire_leases(lease).await.unwrap(), 1);
            store.hurry_tasks(lease).await.unwrap();
        }
        let late = bench.now() + TimeDelta::days(31);
        assert_eq!((store.due_count().await.unwrap(), store.overdue_tasks(late).await.unwrap()), (0, 1));
        let stands = store.submission(work.submission).await.unwrap().unwrap();
        assert_eq!((stands.stage, stands.parked, stands.outcome), (Stage::Waiting, false, None));
    });
}

#[test]
fn with_nobody_on_duty_the_task_waits_for_anybody() {
    on_bench(async |bench| {
        let work = bench.checked(LIVE).await;
        assert_eq!(bench.assign(work).await, None);
        let late = bench.verifier("wati", &[Service::KtpEl], false).await;
        assert_eq!(bench.pull(late).await.unwrap().submission, work.submission);
    });
}

#[test]
fn work_that_somebody_else_has_done_is_left_alone() {
    on_bench(async |bench| {
        let work = bench.checked(LIVE).await;
        bench.assign(work).await;
        let again = bench.worker.handle(&Job { work, trace: None }).await.unwrap();
        assert!(matches!(again, Outcome::Stale), "{again:?}");
    });
}

#[test]
fn practice_enters_no_stage_in_the_figures_however_it_moves() {
    on_bench(async |bench| {
        let entered = |stage: &str| {
            let line = format!("berkas_stage_transitions_total{{stage=\"{stage}\"}} ");
            let text = bench.app.metrics.render();
            let found = text.lines().find_map(|written| written.strip_prefix(&line).map(str::to_owned));
            found.unwrap_or_else(|| "0".to_owned())
        };
        let figures = || ["received", "waiting", "assigned", "decided", "noticed"].map(entered);
        for (office, training, expected) in
            [(TRAINING, true, ["0", "0", "0", "0", "0"]), (LIVE, false, ["1", "2", "3", "2", "1"])]
        {
            let user = bench.verifier(office, Service::ALL, training).await;
            let work = bench.checked(office).await;
            bench.assign(work).await;
            let (store, now) = (&bench.app.store, bench.now());
            let task = bench.pull(user).await.unwrap();
            store.release_task(task.id, user, task.fence, now).await.unwrap();
            let task = bench.pull(user).await.unwrap();
            bench.decide(&task, user, Decided::Passed).await;
            let task = store.undo_decision(task.id, user, task.fence, now + TimeDelta::hours(1), now).await;
            bench.decide(&task.unwrap().unwrap(), user, Decided::Passed).await;
            bench.noticed(work.submission).await;
            assert_eq!(figures(), expected);
        }
    });
}
