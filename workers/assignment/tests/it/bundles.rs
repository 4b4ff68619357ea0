//! What one family asks for together goes to one person.

use berkas_domain::form::Form;
use berkas_domain::{LookupKeys, Service, Sha256Hash, SubmissionId};
use berkas_store::Arrival;
use chrono::TimeDelta;
use serde_json::json;

use crate::bench::{Bench, LIVE, NEIGHBOUR, arrival, on_bench};

impl Bench {
    /// Something that the family with this card asks for, in the pool.
    async fn of_family(&self, card: &str, service: Service, clerk: Option<&str>) -> SubmissionId {
        let form: Form = serde_json::from_value(json!({
            "salt": "00112233445566778899aabbccddeeff", "service": service, "case": "KTP-1",
            "handed_in": "2026-11-24", "persons": {}, "family": {"kk_number": card}, "documents": []
        }))
        .unwrap();
        let lookup = LookupKeys::of(&form, |text| *Sha256Hash::of(text.as_bytes()).as_bytes());
        let sent_by = clerk.map(str::to_owned);
        let arrival = Arrival { service, lookup, sent_by, ..arrival(LIVE.parse().unwrap()) };
        let work = self.accepted(arrival, self.now() + TimeDelta::days(1)).await;
        self.assign(work).await;
        work.submission
    }
}

const CARD: &str = "3517091411109001";
const OTHER: &str = "3517091411109002";

#[test]
fn what_waits_of_a_family_comes_next_to_who_pulled_the_first_of_it_and_to_nobody_else() {
    on_bench(async |bench| {
        let (one, two) = (
            bench.verifier("wati", Service::ALL, false).await,
            bench.verifier("budi", Service::ALL, false).await,
        );
        let death = bench.of_family(CARD, Service::AktaKelahiran, None).await;
        let between = bench.of_family(OTHER, Service::KtpEl, None).await;
        let single = bench.pooled(NEIGHBOUR, Service::KtpEl, bench.now() + TimeDelta::days(1)).await;
        let card = bench.of_family(CARD, Service::KartuKeluarga, None).await;
        let first = bench.pulls(one, 1).await;
        let taker = if first == [death] { (one, two) } else { (two, one) };
        if first != [death] {
            assert_eq!(bench.pulls(two, 1).await, [death]);
        }
        let others = bench.pulls(taker.1, 4).await;
        assert!(!others.contains(&card), "it is kept: {others:?}");
        assert!(others.contains(&between) || first == [between], "another family is not");
        assert!(others.contains(&single) || first == [single]);
        assert_eq!(bench.pulls(taker.0, 1).await, [card]);
    });
}

#[test]
fn what_comes_later_of_a_family_is_kept_for_who_holds_the_first_while_they_hold_it() {
    on_bench(async |bench| {
        let holder = bench.verifier("wati", Service::ALL, false).await;
        let first = bench.of_family(CARD, Service::AktaKelahiran, None).await;
        assert_eq!(bench.pulls(holder, 1).await, [first]);
        let other = bench.verifier("budi", Service::ALL, false).await;
        let second = bench.of_family(CARD, Service::KartuKeluarga, None).await;
        assert_eq!(bench.pulls(other, 1).await, []);
        let later = bench.now() + TimeDelta::hours(1);
        let late = bench.app.store.pull_task(other, later, later).await.unwrap();
        assert_eq!(late.unwrap().submission, second, "not for ever");
    });
}

#[test]
fn a_bundle_is_not_kept_for_who_may_not_have_all_of_it() {
    on_bench(async |bench| {
        let clerk = bench.verifier("wati", Service::ALL, false).await;
        let office = LIVE.parse().unwrap();
        bench.app.store.add_clerk_id(clerk, &office, "k-17", bench.now()).await.unwrap();
        let first = bench.of_family(CARD, Service::AktaKelahiran, None).await;
        let waits = bench.of_family(CARD, Service::KartuKeluarga, Some("k-17")).await;
        assert_eq!(bench.pulls(clerk, 3).await, [first]);
        let cards = bench.verifier("budi", &[Service::KartuKeluarga], false).await;
        assert_eq!(bench.pulls(cards, 1).await, [waits], "who sent it is never given it");
        let entered = bench.of_family(CARD, Service::KartuKeluarga, Some("k-17")).await;
        let other = bench.verifier("sari", Service::ALL, false).await;
        assert_eq!(bench.pulls(other, 1).await, [], "one of two who hold some of it may have it");
        assert_eq!(bench.pulls(cards, 1).await, [entered]);
    });
}
