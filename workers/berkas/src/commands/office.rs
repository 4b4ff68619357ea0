//! `berkas office`: offices, their keys, modes, webhooks and addresses.

use std::process::ExitCode;

use anyhow::ensure;
use berkas_domain::OfficeCode;
use berkas_web::ApiKey;
use serde_json::json;
use uuid::Uuid;

use super::{Operator, purge};
use crate::cli::OfficeCommand;
use crate::output::{self, Format};

pub async fn run(operator: &Operator, command: OfficeCommand) -> anyhow::Result<ExitCode> {
    match command {
        OfficeCommand::List => list(operator).await?,
        OfficeCommand::Key { office, label } => {
            let key = ApiKey::draw()?;
            let id = Uuid::now_v7();
            ensure_known(operator, &office).await?;
            operator.store.add_api_key(id, &office, &label, key.hash(), operator.now()).await?;
            let key = key.reveal();
            output::done(operator.format, &json!({ "id": id, "key": key }), &key)?;
        }
        OfficeCommand::Keys { office } => keys(operator, &office).await?,
        OfficeCommand::Revoke { key } => {
            let valid = operator.store.revoke_api_key(key, operator.now()).await?;
            ensure!(valid, "there is no valid key with this id; `berkas office keys OFFICE` lists them");
            let text = format_args!("✔ the key {key} opens nothing any more");
            output::done(operator.format, &json!({ "id": key, "revoked": true }), text)?;
        }
        OfficeCommand::Mode { office, mode } => {
            let known = operator.store.set_office_mode(&office, mode, operator.now()).await?;
            ensure!(known, "there is no office `{office}`");
            let text = format_args!("✔ {office} is {mode}");
            output::done(operator.format, &json!({ "office": office, "mode": mode }), text)?;
        }
        OfficeCommand::Webhook { office, rotate: true, hours, .. } => {
            rotate(operator, &office, hours).await?;
        }
        OfficeCommand::Queue { office, state } => {
            let known = operator.store.set_queue(&office, state == "on", operator.now()).await?;
            ensure!(known, "there is no office `{office}`");
            let text = format_args!("✔ the queue of {office} is {state}");
            output::done(operator.format, &json!({ "office": office, "queue": state == "on" }), text)?;
        }
        OfficeCommand::Channels => channels(operator).await?,
        OfficeCommand::Webhook { office, url, .. } => {
            let valid = url.as_deref().is_none_or(berkas_notification::is_webhook_address);
            ensure!(valid, "this is no address of a webhook: it is like `https://host/path`");
            let secret = url.as_ref().map(|_| webhook_secret());
            let known = operator
                .store
                .set_webhook(&office, url.as_deref(), secret.as_deref(), operator.now())
                .await?;
            ensure!(known, "there is no office `{office}`");
            match secret {
                Some(secret) => {
                    let value = json!({ "office": office, "webhook": true, "secret": secret });
                    output::done(operator.format, &value, &secret)?;
                }
                None => {
                    let value = json!({ "office": office, "webhook": false });
                    output::done(operator.format, &value, format_args!("✔ the webhook of {office} is off"))?;
                }
            }
        }
        OfficeCommand::Purge { office, training: _, before } => purge::run(operator, &office, before).await?,
        OfficeCommand::Mail { office, address } => {
            let valid = address.as_deref().is_none_or(berkas_notification::is_mail_address);
            ensure!(valid, "this is no address of a mailbox");
            let known = operator.store.set_mail(&office, address.as_deref(), operator.now()).await?;
            ensure!(known, "there is no office `{office}`");
            let value = json!({ "office": office, "mail": address.is_some() });
            let text = match address {
                Some(_) => format!("✔ decisions for {office} are mailed"),
                None => format!("✔ nothing is mailed to {office}"),
            };
            output::done(operator.format, &value, text)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Gives the webhook another secret, which is printed once.
async fn rotate(operator: &Operator, office: &OfficeCode, hours: u32) -> anyhow::Result<()> {
    let (secret, now) = (webhook_secret(), operator.now());
    let until = now + chrono::TimeDelta::hours(hours.into());
    let known = operator.store.rotate_webhook(office, &secret, until, now).await?;
    ensure!(known, "the office `{office}` has no webhook");
    let value = json!({ "office": office, "webhook": true, "secret": secret });
    output::done(operator.format, &value, &secret)
}

async fn channels(operator: &Operator) -> anyhow::Result<()> {
    let channels = operator.store.channels().await?;
    if operator.format == Format::Json {
        return output::json(&channels);
    }
    if channels.is_empty() {
        output::line("no office has a webhook or a mail address");
        return Ok(());
    }
    let mut table = output::table(&["office", "channel", "address", "old key until", "off since", "why"]);
    for channel in channels {
        table.add_row([
            channel.office,
            channel.kind,
            channel.address.unwrap_or_default(),
            channel.old_until.map(output::moment).unwrap_or_default(),
            channel.off_at.map(output::moment).unwrap_or_default(),
            channel.off_reason.unwrap_or_default(),
        ]);
    }
    output::line(table);
    Ok(())
}

/// `whsec_` and 192 random bits in base64, as Standard Webhooks asks.
fn webhook_secret() -> String {
    use base64::Engine as _;
    let bytes: [u8; 24] = rand::random();
    format!("whsec_{}", base64::engine::general_purpose::STANDARD.encode(bytes))
}

/// Refuses a code that no office has.
pub async fn ensure_known(operator: &Operator, office: &OfficeCode) -> anyhow::Result<()> {
    let known = operator.store.offices().await?.into_iter().any(|one| one.code == *office);
    ensure!(known, "there is no office `{office}`; `berkas office list` names them");
    Ok(())
}

async fn keys(operator: &Operator, office: &OfficeCode) -> anyhow::Result<()> {
    ensure_known(operator, office).await?;
    let keys = operator.store.api_keys(office).await?;
    if operator.format == Format::Json {
        return output::json(&keys);
    }
    if keys.is_empty() {
        output::line(format_args!("{office} has no key; `berkas office key {office}` makes one"));
        return Ok(());
    }
    let mut table = output::table(&["id", "label", "made", "revoked"]);
    for key in keys {
        let revoked = key.revoked_at.map_or_else(|| "—".to_owned(), output::moment);
        table.add_row([key.id.to_string(), key.label, output::moment(key.created_at), revoked]);
    }
    output::line(table);
    Ok(())
}

async fn list(operator: &Operator) -> anyhow::Result<()> {
    let offices = operator.store.offices().await?;
    if operator.format == Format::Json {
        let rows: Vec<_> = offices
            .iter()
            .map(|office| json!({ "code": office.code, "name": office.name, "mode": office.mode }))
            .collect();
        return output::json(&rows);
    }
    let mut table = output::table(&["code", "name", "mode"]);
    for office in offices {
        table.add_row([office.code.to_string(), office.name, office.mode.to_string()]);
    }
    output::line(table);
    Ok(())
}
