//! `berkas topology`: what the broker must have, and the file it comes back with after a wipe.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;
use berkas_broker::{BrokerUser, PasswordHash, definitions_json};
use berkas_domain::OfficeCode;
use berkas_runtime::{App, restore_topology};
use tokio_util::sync::CancellationToken;

use super::{Operator, let_in};
use crate::cli::TopologyArgs;
use crate::output;

pub async fn run(operator: &Operator, args: TopologyArgs) -> anyhow::Result<ExitCode> {
    let offices: Vec<OfficeCode> =
        operator.store.offices().await?.into_iter().map(|office| office.code).collect();
    let app = App::start(operator.settings.clone(), "topology").await?;
    let (mut texts, mut made) = (Vec::new(), None);
    if let (Some(definitions), Some(credentials)) = (&args.definitions, &args.credentials) {
        let passwords = passwords(credentials, &offices)?;
        write_definitions(&app, definitions, &offices, &passwords)?;
        texts.push(format!("wrote `{}` with {} offices", definitions.display(), offices.len()));
    }
    if !args.offline {
        let shutdown = CancellationToken::new();
        let broker = app.broker("topology", shutdown.clone())?;
        let_in(&broker, "`broker.urls`").await?;
        let queues = restore_topology(&app.store, &app, &broker).await?;
        texts.push(format!("the broker has what it must have; {} queues were made", queues.len()));
        made = Some(queues);
        broker.close().await;
    }
    let value =
        serde_json::json!({ "definitions": args.definitions, "offices": offices.len(), "made": made });
    output::done(operator.format, &value, texts.join("\n"))?;
    Ok(ExitCode::SUCCESS)
}

/// Reads the offices' passwords, makes those that are missing and writes the file back.
fn passwords(path: &Path, offices: &[OfficeCode]) -> anyhow::Result<BTreeMap<OfficeCode, String>> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(error).with_context(|| format!("reading `{}`", path.display())),
    };
    let mut passwords = BTreeMap::new();
    for (number, line) in text.lines().enumerate() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        // Never the line itself: it may be a password.
        let at = || format!("`{}`, line {}: it is not like `office,password`", path.display(), number + 1);
        let (office, password) = line.split_once(',').with_context(at)?;
        passwords.insert(office.parse().with_context(at)?, password.to_owned());
    }
    for office in offices {
        passwords.entry(office.clone()).or_insert_with(password);
    }
    let mut text =
        "# office,password for the broker. Hand each office its own line and no other.\n".to_owned();
    for (office, password) in &passwords {
        text.push_str(&format!("{office},{password}\n"));
    }
    write_private(path, &text)?;
    Ok(passwords)
}

/// 192 random bits; letters and digits, so that it survives a URL.
fn password() -> String {
    let words: [u128; 2] = [rand::random(), rand::random()];
    format!("{:032x}{:016x}", words[0], words[1] >> 64)
}

fn write_definitions(
    app: &App,
    path: &Path,
    offices: &[OfficeCode],
    passwords: &BTreeMap<OfficeCode, String>,
) -> anyhow::Result<()> {
    let url = app.settings.broker.required_urls()?.first().map(|url| (*url).to_owned()).unwrap_or_default();
    let login = Login::of(&url).context("`broker.urls` must name a user and a password")?;
    let mut users = vec![BrokerUser::service(login.user, PasswordHash::new(&login.password, rand::random()))];
    for office in offices {
        if let Some(password) = passwords.get(office) {
            users.push(BrokerUser::office(office.clone(), PasswordHash::new(password, rand::random())));
        }
    }
    let definitions = definitions_json(&app.topology(offices.to_vec()), &login.vhost, &users);
    write_private(path, &serde_json::to_string_pretty(&definitions)?)
}

fn write_private(path: &Path, text: &str) -> anyhow::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    let mut file = options
        .create(true)
        .write(true)
        .truncate(true)
        .mode(0o600)
        .open(path)
        .with_context(|| format!("writing `{}`", path.display()))?;
    Ok(file.write_all(text.as_bytes())?)
}

/// User, password and vhost of an `amqp://` URL.
struct Login {
    user: String,
    password: String,
    vhost: String,
}

impl Login {
    fn of(url: &str) -> Option<Self> {
        let rest = url.split_once("://")?.1;
        let (login, host) = rest.rsplit_once('@')?;
        let (user, password) = login.split_once(':')?;
        let vhost = host.split_once('/').map_or("", |(_, vhost)| vhost.split('?').next().unwrap_or(""));
        let vhost = if vhost.is_empty() { "/".to_owned() } else { percent_decoded(vhost)? };
        Some(Self { user: percent_decoded(user)?, password: percent_decoded(password)?, vhost })
    }
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next()?, rest.next()?];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_login_of_a_url_is_read_with_its_vhost() {
        let login = Login::of("amqp://berkas:s%2Fcret@127.0.0.1:5672/%2f").unwrap();
        assert_eq!(
            (login.user.as_str(), login.password.as_str(), login.vhost.as_str()),
            ("berkas", "s/cret", "/")
        );
        assert_eq!(Login::of("amqp://a:b@host").unwrap().vhost, "/");
        assert!(Login::of("amqp://host").is_none());
    }
}
