//! `berkas office purge`: practice is removed, with everything that was made of it.

use anyhow::Context as _;
use berkas_blobs::ObjectKey;
use berkas_domain::{OfficeCode, WIB_OFFSET_HOURS};
use berkas_runtime::App;
use berkas_store::Actor;
use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};

use super::Operator;
use super::office::ensure_known;
use crate::output::{self, Format};

/// Submissions removed at a time: their rows are locked meanwhile.
const BATCH: i64 = 50;

/// Removes what `office` sent as practice before the day `before`, or all of it.
///
/// Objects go before their rows: should this be interrupted, the rows are still there and the next run goes on.
pub async fn run(operator: &Operator, office: &OfficeCode, before: Option<NaiveDate>) -> anyhow::Result<()> {
    ensure_known(operator, office).await?;
    let app = App::start(operator.settings.clone(), "office").await?;
    let before = before.map_or_else(|| operator.now(), midnight);
    let (mut submissions, mut files) = (0, 0);
    loop {
        let purge = app.store.take_practice(office, before, BATCH).await?;
        if purge.is_empty() {
            break;
        }
        let originals = purge
            .originals()
            .iter()
            .map(|sha256| ObjectKey::Original { office: office.clone(), sha256: *sha256 });
        let derived = purge
            .derived()
            .iter()
            .map(|sha256| ObjectKey::Derived { office: office.clone(), sha256: *sha256 });
        for key in originals.chain(derived) {
            app.blobs.delete(&key).await.context("removing a scan; run it again to go on")?;
        }
        submissions += purge.len();
        files += purge.originals().len();
        purge.finish(Actor::Operator, operator.now()).await?;
    }
    if operator.format == Format::Json {
        return output::json(&serde_json::json!({ "submissions": submissions, "files": files }));
    }
    if submissions == 0 {
        output::line(format_args!("✔ there was no practice of {office} to remove"));
        return Ok(());
    }
    output::line(format_args!(
        "✔ removed {submissions} submissions of practice of {office} with {files} files"
    ));
    Ok(())
}

/// The beginning of a day in WIB.
fn midnight(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(NaiveTime::MIN).and_utc() - TimeDelta::hours(WIB_OFFSET_HOURS.into())
}
