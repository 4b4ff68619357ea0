//! Published rules: what is in force, and by what a submission is judged for good.

use std::sync::Arc;

use berkas_domain::Stage;
use berkas_rules::{RuleSet, RuleSets};
use berkas_store::{NewRuleSet, PublishError};
use serde_json::Value;

use crate::bench::{Bench, Dossier, form_without, good_pages, on_bench};
use crate::told;

fn as_new(set: &RuleSet) -> NewRuleSet {
    NewRuleSet {
        sha256: set.hash(),
        label: format!("{} {}", set.service(), set.version()),
        content: set.content_hash(),
        body: set.effective().canonical_json(),
    }
}

/// Every built-in set, with `from` replaced in its JSON.
fn changed(from: &str, to: &str) -> Vec<RuleSet> {
    let sets = RuleSets::built_in();
    sets.all()
        .map(|set| RuleSet::from_published(&set.effective().canonical_json().replace(from, to)).unwrap())
        .collect()
}

/// A correction of every set: the versions go up by one.
fn corrected() -> Vec<RuleSet> {
    let sets = changed("2024.1.4", "2024.1.5");
    let built_in = RuleSets::built_in();
    assert!(
        sets.iter().all(|set| built_in.by_hash(set.hash()).is_none()),
        "every national version is 2024.1.4"
    );
    sets
}

async fn publish(
    bench: &Bench,
    sets: impl Iterator<Item = &RuleSet>,
) -> Result<(i64, usize, bool), PublishError> {
    let new: Vec<NewRuleSet> = sets.map(as_new).collect();
    let done = bench.app.store.publish_rule_sets(&new, "test", bench.app.clock.now()).await?;
    Ok((done.id, done.added, done.changed))
}

async fn judged_by(bench: &Bench, dossier: &Dossier) -> Value {
    let (stage, judgement, _) = told(bench.judge(dossier).await.unwrap());
    assert_eq!(stage, Stage::Checked);
    judgement["rule_set"]["sha256"].clone()
}

#[test]
fn the_same_sets_again_change_nothing_and_the_latest_publication_counts() {
    on_bench(async |bench| {
        let store = &bench.app.store;
        assert_eq!(store.rule_publication().await.unwrap(), None);
        let built_in = RuleSets::built_in();
        let count = built_in.all().count();
        let (first, added, changed) = publish(&bench, built_in.all()).await.unwrap();
        assert_eq!((added, changed), (count, true));
        assert_eq!(publish(&bench, built_in.all()).await.unwrap(), (first, 0, false));

        let (second, ..) = publish(&bench, corrected().iter()).await.unwrap();
        assert_eq!(store.rule_publication().await.unwrap(), Some(second));
        // Back to what was: its sets are known, the publication is a new one.
        let (third, added, changed) = publish(&bench, built_in.all()).await.unwrap();
        assert_eq!((third > second, added, changed), (true, 0, true));
        let bodies = store.published_rule_sets(third).await.unwrap();
        assert_eq!(bodies.len(), count);
        assert!(bodies.iter().all(|body| {
            RuleSet::from_published(body).is_ok_and(|set| built_in.by_hash(set.hash()).is_some())
        }));
    });
}

#[test]
fn what_is_published_under_a_version_stays_what_it_is() {
    on_bench(async |bench| {
        publish(&bench, RuleSets::built_in().all()).await.unwrap();
        let before = bench.app.store.rule_publication().await.unwrap();
        let other = changed("KTP-el", "Kartu tanda penduduk");
        let refused = publish(&bench, other.iter()).await.unwrap_err();
        assert!(matches!(&refused, PublishError::SameVersion { .. }), "{refused:?}");
        assert!(refused.to_string().contains("higher version"), "{refused}");
        assert_eq!(bench.app.store.rule_publication().await.unwrap(), before);
        // Nor does another interval make it another set.
        let earlier = other.iter().map(|set| {
            let json = set.effective().canonical_json();
            RuleSet::from_published(&json.replace("\"valid_from\":\"20", "\"valid_from\":\"19")).unwrap()
        });
        let earlier: Vec<RuleSet> = earlier.collect();
        assert!(matches!(publish(&bench, earlier.iter()).await, Err(PublishError::SameVersion { .. })));
    });
}

#[test]
fn a_submission_keeps_the_rules_that_judged_it_first_and_new_ones_get_the_new_rules() {
    on_bench(async |bench| {
        publish(&bench, RuleSets::built_in().all()).await.unwrap();
        let old = bench.hand_in(form_without(&[]), good_pages).await;
        let outcome = bench.judge(&old).await.unwrap();
        bench.write(&old, outcome).await;
        let pinned = bench.app.store.pinned_rule_set(old.work.submission).await.unwrap().unwrap();

        let corrected = corrected();
        publish(&bench, corrected.iter()).await.unwrap();
        bench.rules.replace(Arc::new(RuleSets::from_sets(corrected)));
        let (by, requirements) = bench.worker().explain(old.work.submission).await.unwrap().unwrap();
        assert_eq!(by.sha256, pinned);
        assert!(!requirements.is_empty());

        let new = bench.hand_in(form_without(&[]), good_pages).await;
        assert_ne!(judged_by(&bench, &new).await, pinned.to_string());
    });
}
