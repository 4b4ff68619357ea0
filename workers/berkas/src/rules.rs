//! The published rules of this deployment: published, read at the start, followed while a process runs.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use berkas_rules::{LiveRules, RuleSet, RuleSets};
use berkas_store::{NewRuleSet, Publication, PublishError, Store};
use chrono::{DateTime, Utc};
use tokio_util::sync::CancellationToken;

/// How often a process looks for a new publication.
const LOOK_EVERY: Duration = Duration::from_secs(15);

/// Publishes `sets` as what is in force from now on.
pub async fn publish(
    store: &Store,
    sets: &RuleSets,
    actor: &str,
    now: DateTime<Utc>,
) -> Result<Publication, PublishError> {
    let new: Vec<NewRuleSet> = sets.all().map(as_new).collect();
    store.publish_rule_sets(&new, actor, now).await
}

fn as_new(set: &RuleSet) -> NewRuleSet {
    let (from, to) = set.validity();
    let to = to.map(|to| format!(" to {to}")).unwrap_or_default();
    let label = format!("{}: {}, from {from}{to}", set.service(), set.version());
    NewRuleSet { sha256: set.hash(), label, body: set.effective().canonical_json() }
}

/// Reads what is in force.
pub async fn start(store: &Store) -> anyhow::Result<(Arc<LiveRules>, i64)> {
    let publication = store.rule_publication().await.context("reading the published rules")?;
    let publication =
        publication.context("no rules are published; run `berkas migrate` or `berkas rules publish`")?;
    Ok((Arc::new(LiveRules::new(read(store, publication).await?)), publication))
}

async fn read(store: &Store, publication: i64) -> anyhow::Result<Arc<RuleSets>> {
    let mut sets = Vec::new();
    for body in store.published_rule_sets(publication).await? {
        let set = RuleSet::from_published(&body).map_err(|errors| {
            let said = errors.first().map(ToString::to_string).unwrap_or_default();
            anyhow::anyhow!("a published rule set cannot be used by this program: {said}")
        })?;
        sets.push(set);
    }
    Ok(Arc::new(RuleSets::from_sets(sets)))
}

/// Puts every new publication in force until `shutdown`. One that cannot be read is told of and passed over: what was in
/// force stays.
pub async fn follow(store: Store, live: Arc<LiveRules>, mut present: i64, shutdown: CancellationToken) {
    while shutdown.run_until_cancelled(tokio::time::sleep(LOOK_EVERY)).await.is_some() {
        let newest = match store.rule_publication().await {
            Ok(Some(newest)) if newest > present => newest,
            Ok(_) => continue,
            Err(error) => {
                tracing::debug!(error = &error as &dyn std::error::Error, "could not look for new rules");
                continue;
            }
        };
        match read(&store, newest).await {
            Ok(sets) => {
                live.replace(sets);
                tracing::info!(rules.publication = newest, "new rules are in force");
            }
            Err(error) => {
                tracing::error!(
                    rules.publication = newest,
                    error = error.as_ref() as &dyn std::error::Error,
                    "new rules cannot be used; the former stay in force"
                );
            }
        }
        present = newest;
    }
}
