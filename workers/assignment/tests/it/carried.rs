//! What a verifier found valid stays so when the submission comes back.

use berkas_domain::{
    DocumentKind, DocumentVerdict, Outcome, ReversalReason, Revision, Service, Sha256Hash, TaskId, UserId,
};
use berkas_store::{Arrival, ArrivalDocument, LeasedTask, Reversal, VerdictOnDocument};
use chrono::TimeDelta;
use serde_json::json;

use crate::bench::{Bench, LIVE, arrival, on_bench};

fn document(kind: DocumentKind, file: &str) -> ArrivalDocument {
    ArrivalDocument {
        kind,
        of_role: Some("applicant".to_owned()),
        sha256: Sha256Hash::of(file.as_bytes()),
        size: 1,
        media_type: "image/jpeg".to_owned(),
        flagged: false,
    }
}

impl Bench {
    async fn judge(&self, task: &LeasedTask, user: UserId, ordinal: i16, verdict: DocumentVerdict) {
        let codes = if verdict == DocumentVerdict::Valid { vec![] } else { vec!["TIDAK_TERBACA".to_owned()] };
        let verdict = VerdictOnDocument { ordinal, verdict, codes, page: None };
        self.app
            .store
            .judge_document(task.id, user, task.fence, &verdict, (self.now(), self.now()))
            .await
            .unwrap();
    }

    async fn verdicts(&self, task: TaskId, user: UserId) -> Vec<(i16, DocumentVerdict, bool)> {
        let task = self.app.store.desk_task(task, user, self.now()).await.unwrap().unwrap();
        task.verdicts.iter().map(|verdict| (verdict.ordinal, verdict.verdict, verdict.carried)).collect()
    }
}

#[test]
fn a_repair_keeps_what_was_found_valid_of_the_files_that_did_not_change() {
    on_bench(async |bench| {
        let user = bench.verifier("wati", Service::ALL, false).await;
        let papers = vec![
            document(DocumentKind::FormF102, "form"),
            document(DocumentKind::Kk, "dark card"),
            document(DocumentKind::SuratPolisiKehilangan, "letter"),
            document(DocumentKind::Ijazah, "diploma"),
        ];
        let first = Arrival { documents: papers, ..arrival(LIVE.parse().unwrap()) };
        let work = bench.accepted(first.clone(), bench.now() + TimeDelta::days(1)).await;
        bench.assign(work).await;
        let task = bench.pull(user).await.unwrap();
        bench.judge(&task, user, 0, DocumentVerdict::Valid).await;
        bench.judge(&task, user, 1, DocumentVerdict::NotValid).await;
        bench.judge(&task, user, 2, DocumentVerdict::Valid).await;
        bench.decide(&task, user, Outcome::Returned).await;

        // The card is scanned again, the letter is taken for another kind, and the order is another one.
        let mended = vec![
            document(DocumentKind::Ijazah, "diploma"),
            document(DocumentKind::FormF102, "form"),
            document(DocumentKind::Kk, "clear card"),
            document(DocumentKind::SuratPermohonan, "letter"),
        ];
        let work = bench.repair(Arrival { documents: mended, ..first }, work).await;
        bench.assign(work).await;
        let again = bench.pull(user).await.unwrap();
        assert_eq!(bench.verdicts(again.id, user).await, [(1, DocumentVerdict::Valid, true)]);

        bench.judge(&again, user, 1, DocumentVerdict::NotValid).await;
        assert_eq!(bench.verdicts(again.id, user).await, [(1, DocumentVerdict::NotValid, false)]);
    });
}

/// Whom a repair is kept for when a supervisor has reversed a verifier's decision to a return: nobody who decided otherwise.
#[test]
fn the_repair_of_a_reversed_decision_is_kept_for_the_verifier_who_knows_it_and_never_for_who_reversed() {
    for (decided, kept) in [(Outcome::Returned, true), (Outcome::Passed, false), (Outcome::Refused, false)] {
        on_bench(async |bench| {
            let user = bench.verifier("wati", Service::ALL, false).await;
            let first = arrival(LIVE.parse().unwrap());
            let work = bench.accepted(first.clone(), bench.now() + TimeDelta::days(1)).await;
            bench.assign(work).await;
            let task = bench.pull(user).await.unwrap();
            bench.decide(&task, user, decided).await;
            bench.noticed(work.submission).await;
            let head = bench.supervisor("rini").await;
            let seen = bench.app.store.submission(work.submission).await.unwrap().unwrap();
            let reversal = Reversal {
                submission: work.submission,
                revision: Revision(1),
                generation: seen.generation,
                by: head,
                reason: ReversalReason::Overlooked,
                outcome: Outcome::Returned,
                reasons: json!([{ "code": "TIDAK_TERBACA" }]),
            };
            bench.app.store.reverse_decision(&reversal, bench.now()).await.unwrap();
            let work = bench.repair(first, work).await;
            bench.assign(work).await;
            let waiting = bench.app.store.pooled_tasks().await.unwrap().remove(0);
            assert_eq!(waiting.reserved_until.is_some(), kept);
            if kept {
                assert_eq!(waiting.preferred, Some(user.0));
                assert_eq!(bench.pull(user).await.unwrap().submission, work.submission);
            } else {
                assert_eq!(waiting.excluded, [user.0], "they had decided otherwise");
                assert_eq!(bench.pull(user).await, None);
                assert_eq!(bench.pull(head).await.unwrap().submission, work.submission);
            }
        });
    }
}
