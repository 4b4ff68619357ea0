//! The published rules of this deployment: published, read at the start, followed while a process runs.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use berkas_domain::{Service, wib};
use berkas_rules::{LiveRules, RuleSet, RuleSets};
use berkas_store::{NewRuleSet, Publication, Store, StoreError};
use chrono::{DateTime, Utc};
use tokio_util::sync::CancellationToken;

/// How often a process looks for a new publication.
const LOOK_EVERY: Duration = Duration::from_secs(15);

/// Publishes `sets` as what is in force from now on.
///
/// # Errors
/// When a service has no rules for today, whose submissions could not be judged; when a version is published with other
/// content; when the database says so.
pub async fn publish(
    store: &Store,
    sets: &RuleSets,
    actor: &str,
    now: DateTime<Utc>,
) -> anyhow::Result<Publication> {
    let today = wib(now).date_naive();
    for service in Service::ALL {
        ensure!(sets.in_force(*service, today).is_some(), "`{service}` has no rules that are in force today");
    }
    let new: Vec<NewRuleSet> = sets.all().map(as_new).collect();
    Ok(store.publish_rule_sets(&new, actor, now).await?)
}

fn as_new(set: &RuleSet) -> NewRuleSet {
    let office = set.office().map(|office| format!(" of {office}")).unwrap_or_default();
    NewRuleSet {
        sha256: set.hash(),
        label: format!("{}{office}: {}", set.service(), set.version()),
        content: set.content_hash(),
        body: set.effective().canonical_json(),
    }
}

/// Why a publication is not put in force.
enum Unread {
    /// The database; asked again.
    Store(StoreError),
    /// A set that this program cannot use.
    Unusable(String),
}

/// Reads what is in force.
pub async fn start(store: &Store) -> anyhow::Result<(Arc<LiveRules>, i64)> {
    let publication = store.rule_publication().await.context("reading the published rules")?;
    let publication =
        publication.context("no rules are published; run `berkas migrate` or `berkas rules publish`")?;
    match read(store, publication).await {
        Ok(sets) => Ok((Arc::new(LiveRules::new(sets)), publication)),
        Err(Unread::Store(error)) => Err(error).context("reading the published rules"),
        Err(Unread::Unusable(said)) => bail!("a published rule set cannot be used by this program: {said}"),
    }
}

async fn read(store: &Store, publication: i64) -> Result<Arc<RuleSets>, Unread> {
    let mut sets = Vec::new();
    for body in store.published_rule_sets(publication).await.map_err(Unread::Store)? {
        let set = RuleSet::from_published(&body).map_err(|errors| {
            Unread::Unusable(errors.first().map(ToString::to_string).unwrap_or_default())
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
            Err(Unread::Store(error)) => {
                tracing::warn!(
                    rules.publication = newest,
                    error = &error as &dyn std::error::Error,
                    "could not read new rules, trying again"
                );
                continue;
            }
            Err(Unread::Unusable(said)) => {
                tracing::error!(
                    rules.publication = newest,
                    reason = said,
                    "new rules cannot be used; the former stay in force"
                );
            }
        }
        present = newest;
    }
}
