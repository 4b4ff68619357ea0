//! Rules of the office about who is never given what.

use std::collections::BTreeSet;

use berkas_assignment::PoolKeeper;
use berkas_assignment::exclusion::{self, Rule, Subject};
use berkas_domain::{ConflictReason, OfficeCode, Service, UserId};
use berkas_store::RulesSet;
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::bench::{Bench, LIVE, NEIGHBOUR, THIRD, VILLAGE, on_bench};

impl Bench {
    /// Sets the rules, which are written as in the settings.
    async fn exclude(&self, rules: &Value) -> RulesSet {
        let rules: Vec<Rule> = serde_json::from_value(rules.clone()).unwrap();
        self.app.store.set_exclusion_rules(&exclusion::rows(&rules), self.now()).await.unwrap()
    }
}

fn lives_there(login: &str) -> Value {
    json!([{ "users": [login], "office": LIVE, "code": "lives_there" }])
}

#[test]
fn the_database_excludes_whom_the_rules_say() {
    on_bench(async |bench| {
        let people = [
            ("wati", bench.verifier("wati", Service::ALL, false).await),
            ("budi", bench.verifier("budi", Service::ALL, false).await),
            ("sari", bench.verifier("sari", Service::ALL, false).await),
        ];
        let rules = json!([
            { "users": ["wati", "budi"], "office": LIVE, "code": "lives_there" },
            { "users": ["budi"], "service": "akta_kelahiran", "code": "office_rule" },
            { "users": ["budi"], "office": NEIGHBOUR, "service": "ktp_el", "code": "family_there" },
            { "users": ["sari"], "office": VILLAGE, "case": "KTP-1", "code": "registered_there" },
            { "users": ["sari"], "office": THIRD, "case": "KTP-9", "code": "worked_there" },
        ]);
        bench.exclude(&rules).await;
        let mut sent = Vec::new();
        for number in 0..24_usize {
            let (office, service) = (
                [LIVE, NEIGHBOUR, VILLAGE, THIRD][number % 4],
                Service::ALL[number / 4 % Service::ALL.len()],
            );
            let due = bench.now() + TimeDelta::hours(10);
            bench.pooled(office, service, due).await;
            sent.push((office, service));
        }
        let rules: Vec<Rule> = serde_json::from_value(rules).unwrap();
        let case = "KTP-1".parse().unwrap();
        let by_rules = |(office, service): &(&str, Service)| {
            let share: OfficeCode = office[..6].parse().unwrap();
            let office = office.parse().unwrap();
            let subject = Subject { office: &office, share: &share, service: *service, case: &case };
            let kept = |login: &str| {
                rules.iter().any(|rule| rule.users.iter().any(|user| user == login) && rule.fits(subject))
            };
            people.iter().filter(|(login, _)| kept(login)).map(|(_, user)| *user).collect::<BTreeSet<_>>()
        };
        let mut expected: Vec<_> = sent.iter().map(by_rules).collect();
        let pooled = bench.app.store.pooled_tasks().await.unwrap();
        let mut found: Vec<BTreeSet<_>> =
            pooled.iter().map(|task| task.excluded.iter().copied().map(UserId).collect()).collect();
        expected.sort();
        found.sort();
        assert_eq!(found, expected);
        assert!(expected.iter().any(BTreeSet::is_empty) && expected.iter().any(|users| users.len() > 1));
        let allowed = expected.iter().filter(|users| !users.contains(&people[1].1)).count();
        assert_eq!(bench.pulls(people[1].1, 30).await.len(), allowed);
    });
}

#[test]
fn when_a_rule_comes_what_its_user_holds_goes_back_and_when_it_goes_they_may_have_it() {
    on_bench(async |bench| {
        let user = bench.verifier("wati", Service::ALL, false).await;
        let due = bench.now() + TimeDelta::days(1);
        let held = bench.pooled(LIVE, Service::KtpEl, due).await;
        assert_eq!(bench.pulls(user, 1).await, [held]);
        let waits = bench.pooled(LIVE, Service::KtpEl, due).await;
        let elsewhere = bench.pooled(NEIGHBOUR, Service::KtpEl, due).await;
        let entering = bench.checked(LIVE).await;
        let set = bench.exclude(&lives_there("wati")).await;
        assert_eq!(
            set,
            RulesSet { changed: true, unknown: vec![], taken_back: 2 },
            "one held, one meant for them"
        );
        assert!(!bench.exclude(&lives_there("wati")).await.changed);
        bench.assign(entering).await;
        assert_eq!(bench.pulls(user, 5).await, [elsewhere]);
        let other = bench.verifier("budi", Service::ALL, false).await;
        assert_eq!(bench.pulls(other, 1).await, [held], "it is open to others");
        bench.exclude(&json!([])).await;
        assert_eq!(bench.pulls(user, 5).await, [waits, entering.submission]);
        assert!(bench.app.store.neraca().await.unwrap().balances());
    });
}

#[test]
fn a_conflict_that_somebody_declared_outlives_the_rule_that_keeps_them_from_it_too() {
    on_bench(async |bench| {
        let user = bench.verifier("wati", Service::ALL, false).await;
        let declared = bench.pooled(LIVE, Service::KtpEl, bench.now() + TimeDelta::days(1)).await;
        let task = bench.pull(user).await.unwrap();
        bench.stand_back(&task, user).await;
        let undeclared = bench.pooled(LIVE, Service::KtpEl, bench.now() + TimeDelta::days(2)).await;
        bench.exclude(&lives_there("wati")).await;
        let reasons = |timeline: berkas_store::Timeline| {
            timeline.exclusions.iter().map(|one| one.reason.as_str()).collect::<Vec<_>>()
        };
        let shown = reasons(bench.app.store.timeline(declared).await.unwrap());
        assert_eq!(shown, [ConflictReason::Acquainted.as_str(), "lives_there"], "a supervisor is shown both");
        bench.exclude(&json!([])).await;
        assert_eq!(bench.pulls(user, 2).await, [undeclared]);
    });
}

#[test]
fn a_rule_for_a_login_that_nobody_has_is_told_and_holds_once_somebody_has_it() {
    on_bench(async |bench| {
        let set = bench.exclude(&lives_there("wati")).await;
        assert_eq!((set.changed, set.unknown), (false, vec!["wati".to_owned()]));
        let user = bench.verifier("wati", Service::ALL, false).await;
        bench.pooled(LIVE, Service::KtpEl, bench.now() + TimeDelta::days(1)).await;
        assert!(bench.exclude(&lives_there("wati")).await.changed);
        assert_eq!(bench.pull(user).await, None);
    });
}

#[test]
fn the_keeper_of_the_pool_holds_to_the_settings_which_have_no_rule_of_their_own() {
    on_bench(async |bench| {
        let user = bench.verifier("wati", Service::ALL, false).await;
        let submission = bench.pooled(LIVE, Service::KtpEl, bench.now() + TimeDelta::days(1)).await;
        bench.exclude(&lives_there("wati")).await;
        assert_eq!(bench.pull(user).await, None);
        let set = PoolKeeper::new(bench.app.clone()).unwrap().follow_rules().await.unwrap();
        assert!(set.changed);
        assert_eq!(bench.pulls(user, 1).await, [submission]);
    });
}
