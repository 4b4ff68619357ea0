//! `berkas parked`: what retries did not cure.

use std::process::ExitCode;

use anyhow::{Context as _, ensure};
use berkas_blobs::Seal;
use berkas_domain::{ReasonCode, VerifierNote};
use berkas_runtime::PARKED_SEAL;
use berkas_runtime::settings::BlobsSettings;
use berkas_store::{ParkedReturn, ResolveError, SealFor};
use uuid::Uuid;

use super::Operator;
use crate::cli::ParkedCommand;
use crate::output::{self, Format};

pub async fn run(operator: &Operator, command: ParkedCommand) -> anyhow::Result<ExitCode> {
    let (now, actor) = (operator.now(), operator.actor());
    match command {
        ParkedCommand::List { limit } => return list(operator, limit).await,
        ParkedCommand::Show { id } => return show(operator, id).await,
        ParkedCommand::Replay { ids } => {
            let mut failed = false;
            for id in ids {
                match operator.store.replay_parked(id, &actor, now).await {
                    Ok(()) => resolved(operator, id, "replayed", format_args!("✔ {id} is due again"))?,
                    // One that cannot be replayed holds up none of the others.
                    Err(error) => {
                        output::fail(&coded(error).context(format!("replaying {id}")));
                        failed = true;
                    }
                }
            }
            return Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS });
        }
        ParkedCommand::Return { id, code, note } => {
            let note = VerifierNote::read(note.as_deref().unwrap_or_default()).context("`--note`")?;
            ensure!(
                note.is_some() || code != ReasonCode::Lainnya,
                "`{code}` says nothing by itself: `--note` tells the office what it is"
            );
            let seal = match &note {
                Some(note) => {
                    let keys = note_seal(&operator.settings.blobs)?;
                    Some(move |place: &str| keys.seal(place, note.as_str().as_bytes()))
                }
                None => None,
            };
            let told =
                ParkedReturn { reasons: reasons(code), note: seal.as_ref().map(|seal| seal as &SealFor<'_>) };
            operator.store.return_parked(id, told, &actor, now).await.map_err(coded)?;
            resolved(operator, id, "returned", format_args!("✔ {id} goes back to its office with {code}"))?;
        }
        ParkedCommand::Discard { id } => {
            operator.store.discard_parked(id, &actor, now).await.map_err(coded)?;
            resolved(operator, id, "discarded", format_args!("✔ {id} is closed and its message erased"))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn resolved(operator: &Operator, id: Uuid, word: &str, text: std::fmt::Arguments<'_>) -> anyhow::Result<()> {
    output::done(operator.format, &serde_json::json!({ "id": id, "resolution": word }), text)
}

/// What a note is sealed with. A shell in which the key of the services is not set would store it in the clear, and they,
/// who have the key, would not open it: then nobody could be told of the decision.
fn note_seal(settings: &BlobsSettings) -> anyhow::Result<Seal> {
    let seal = settings.seal()?;
    ensure!(
        seal.encrypts() || settings.opens_plain,
        "a note is stored encrypted and no key is set here: set `BERKAS_SEAL_KEY` (`blobs.key`) or \
         `BERKAS_SEAL_KEY_FILE` (`blobs.key_file`) as the services have it; a system that has no key by choice sets \
         `blobs.opens_plain`"
    );
    Ok(seal)
}

/// The stable word of the cause before its explanation.
fn coded(error: ResolveError) -> anyhow::Error {
    let code = error.code();
    anyhow::Error::from(error).context(code)
}

/// One reason about the whole submission, as the contract has it.
pub fn reasons(code: ReasonCode) -> serde_json::Value {
    serde_json::json!([{ "code": code, "text_id": code.text_id(), "text_en": code.text_en() }])
}

async fn list(operator: &Operator, limit: i64) -> anyhow::Result<ExitCode> {
    let items = operator.store.parked(limit).await?;
    if operator.format == Format::Json {
        output::json(&items)?;
        return Ok(ExitCode::SUCCESS);
    }
    if items.is_empty() {
        output::line("nothing is parked");
        return Ok(ExitCode::SUCCESS);
    }
    let mut table = output::table(&["id", "registration", "from", "code", "since", "detail"]);
    for item in items {
        table.add_row([
            item.id.to_string(),
            item.registration_number.unwrap_or_else(|| "—".to_owned()),
            item.source,
            item.code,
            output::moment(item.parked_at),
            item.detail,
        ]);
    }
    output::line(table);
    Ok(ExitCode::SUCCESS)
}

/// The row, and of an unreadable message what was kept of its body. Only here, and only on request: the message may
/// hold anything.
async fn show(operator: &Operator, id: Uuid) -> anyhow::Result<ExitCode> {
    let items = operator.store.parked(i64::MAX).await?;
    let item = items.into_iter().find(|item| item.id == id).context("nothing is parked under this id")?;
    let mut shown = serde_json::to_value(&item)?;
    if let Some(sealed) = operator.store.parked_body(id).await? {
        let seal = operator.settings.blobs.seal()?;
        let body = seal.open(PARKED_SEAL, &sealed).context("the key that sealed the message is not set")?;
        shown["message"] = String::from_utf8_lossy(&body).into();
        shown["message_bytes"] = body.len().into();
    }
    output::json(&shown)?;
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use berkas_runtime::settings::Settings;

    use super::*;

    #[test]
    fn a_note_is_sealed_with_a_key_or_where_having_none_is_a_choice() {
        let key = "ab".repeat(32);
        let seal = |env: &[(&str, &str)]| {
            let env = env.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
            note_seal(&Settings::load(None, env).unwrap().blobs)
        };
        assert!(seal(&[("BERKAS_SEAL_KEY", &key)]).unwrap().encrypts());
        assert!(!seal(&[("BERKAS_BLOBS__OPENS_PLAIN", "true")]).unwrap().encrypts());
        let told = seal(&[]).unwrap_err().to_string();
        assert!(told.contains("`BERKAS_SEAL_KEY`") && told.contains("`blobs.opens_plain`"), "{told}");
    }
}
