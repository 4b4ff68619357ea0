//! `berkas user`: who may sign in.

mod roster;

use std::process::ExitCode;

use anyhow::{Context as _, ensure};
use berkas_domain::{Service, UserId};
use berkas_store::{ListedUser, NewUser, StoreError, UserAccount};
use berkas_web::{PasswordHasher, WebSettings};
use serde_json::{Value, json};
use uuid::Uuid;

use super::Operator;
use super::office::ensure_known;
use crate::cli::{Switch, UserCommand};
use crate::output::{self, Format};

pub async fn run(operator: &Operator, command: UserCommand) -> anyhow::Result<ExitCode> {
    match command {
        UserCommand::List => list(operator).await?,
        UserCommand::History { login, limit } => history(operator, &login, limit).await?,
        UserCommand::Add { login, name, role, services, training, capacity } => {
            let login = login.to_lowercase();
            ensure!(is_login(&login), "a login has 1 to 64 letters, digits and `.-_@`");
            ensure!(!name.trim().is_empty(), "`--name` is what colleagues see: it is not empty");
            ensure!(
                role.takes_tasks() || services.is_empty(),
                "`--services` is for verifiers and supervisors: a user with the role `{}` takes no tasks",
                role.as_str()
            );
            ensure!(
                operator.store.disabled_user(&login).await?.is_none(),
                "the login `{login}` is that of a disabled user; `berkas user enable {login}` lets them in again"
            );
            let hash = read_password(operator)?;
            let all = services.is_empty() && role.takes_tasks();
            let services = if all { Service::ALL.to_vec() } else { services };
            let user = NewUser {
                id: UserId(Uuid::now_v7()),
                login: &login,
                display_name: &name,
                role,
                password_hash: &hash,
                services: &services,
                capacity,
                training,
            };
            operator.store.create_user(&user, operator.now()).await.map_err(|error| match error {
                StoreError::Constraint(name) if name == "users_login_key" => {
                    anyhow::anyhow!("the login `{login}` is taken")
                }
                error => error.into(),
            })?;
            let text = format_args!("✔ {login} may sign in as {}", role.as_str());
            output::done(operator.format, &json!({ "login": login, "role": role }), text)?;
        }
        UserCommand::Password { login } => {
            let user = find(operator, &login).await?;
            let hash = read_password(operator)?;
            operator.store.set_password(user.id, &hash, operator.now()).await?;
            let login = user.login;
            let text = format_args!("✔ {login} has a new password and is signed out everywhere");
            output::done(operator.format, &json!({ "login": login, "signed_out": true }), text)?;
        }
        UserCommand::Duty { login, duty } => {
            let user = find(operator, &login).await?;
            ensure!(user.role.takes_tasks(), "`{login}` takes no tasks, so there is no duty for them");
            let login = user.login;
            let changed = operator.store.order_duty(user.id, duty == Switch::On, operator.now()).await?;
            let (already, word) =
                (if changed { "" } else { " already" }, if duty == Switch::On { "on" } else { "off" });
            let value = json!({ "login": login, "on_duty": duty == Switch::On, "changed": changed });
            output::done(operator.format, &value, format_args!("✔ {login} is{already} {word} duty"))?;
        }
        UserCommand::Roster { login, set, off, extra, usual } => {
            let user = find(operator, &login).await?;
            ensure!(user.role.takes_tasks(), "`{login}` takes no tasks, so there is no roster for them");
            let changes = roster::Changes { week: set, off, extra, usual };
            roster::run(operator, &user, changes).await?;
        }
        UserCommand::Clerk { login, office, clerk } => {
            let user = find(operator, &login).await?;
            ensure_known(operator, &office).await?;
            let login = user.login;
            let changed =
                operator.store.add_clerk_id(user.id, &office, clerk.as_str(), operator.now()).await?;
            let already = if changed { "" } else { ", as was known already" };
            let value =
                json!({ "login": login, "office": office, "clerk": clerk.as_str(), "changed": changed });
            let text = format_args!("✔ {login} is never given what `{clerk}` of {office} sends{already}");
            output::done(operator.format, &value, text)?;
        }
        UserCommand::Disable { login } => {
            let user = find(operator, &login).await?;
            let login = user.login;
            operator.store.disable_user(user.id, operator.now()).await?;
            let text = format_args!("✔ {login} is disabled and signed out everywhere");
            output::done(operator.format, &json!({ "login": login, "disabled": true }), text)?;
        }
        UserCommand::Enable { login } => {
            let login = login.to_lowercase();
            let user = operator.store.disabled_user(&login).await?;
            let user = user.with_context(|| format!("there is no disabled user `{login}`"))?;
            operator.store.enable_user(user, operator.now()).await?;
            let text = format_args!("✔ {login} may sign in again, with the password they had");
            output::done(operator.format, &json!({ "login": login, "disabled": false }), text)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Reads a password from standard input; returns its hash.
fn read_password(operator: &Operator) -> anyhow::Result<String> {
    let mut password = String::new();
    std::io::stdin().read_line(&mut password).context("reading the password")?;
    let settings: WebSettings = operator.settings.section("web")?;
    Ok(PasswordHasher::new(&settings)?.hash(password.trim_end_matches(['\r', '\n']))?)
}

/// Whether `text` can be typed at login as it stands: no space and nothing that cannot be seen.
fn is_login(text: &str) -> bool {
    let allowed = |one: char| one.is_alphanumeric() || ['.', '-', '_', '@'].contains(&one);
    (1..=64).contains(&text.chars().count()) && text.chars().all(allowed)
}

/// Finds who signs in as `login`, as that is typed: capitals do not matter.
async fn find(operator: &Operator, login: &str) -> anyhow::Result<UserAccount> {
    let ListedUser { account: user, disabled_at } = find_any(operator, login).await?;
    let login = &user.login;
    ensure!(disabled_at.is_none(), "`{login}` is disabled; `berkas user enable {login}` lets them in again");
    Ok(user)
}

/// As [`find`], also of who is disabled.
async fn find_any(operator: &Operator, login: &str) -> anyhow::Result<ListedUser> {
    let login = login.to_lowercase();
    let users = operator.store.all_users().await?;
    let found = users.into_iter().find(|user| user.account.login == login);
    found.with_context(|| format!("there is no login `{login}`; `berkas user list` names them"))
}

async fn list(operator: &Operator) -> anyhow::Result<()> {
    let users = operator.store.all_users().await?;
    if operator.format == Format::Json {
        let rows: Vec<_> = users
            .iter()
            .map(|ListedUser { account: user, disabled_at }| {
                json!({
                    "login": user.login, "role": user.role, "training": user.training,
                    "disabled_at": disabled_at
                })
            })
            .collect();
        return output::json(&rows);
    }
    if users.is_empty() {
        output::line("nobody may sign in yet; `berkas user add` adds somebody");
        return Ok(());
    }
    let mut table = output::table(&["login", "name", "role", "pool", "disabled since"]);
    for ListedUser { account: user, disabled_at } in users {
        let pool = if user.training { "training" } else { "live" };
        let since = disabled_at.map(output::moment).unwrap_or_default();
        table.add_row([user.login.as_str(), &user.display_name, user.role.as_str(), pool, &since]);
    }
    output::line(table);
    Ok(())
}

/// What the audit has of a user: what became of their account, when they signed in, when they were on duty.
async fn history(operator: &Operator, login: &str, limit: i64) -> anyhow::Result<()> {
    let user = find_any(operator, login).await?.account;
    let lines = operator.store.audit_of(&user.id.to_string(), limit).await?;
    if operator.format == Format::Json {
        return output::json(&lines);
    }
    if lines.is_empty() {
        output::line(format_args!("nothing was written down of {} yet", user.login));
        return Ok(());
    }
    let mut table = output::table(&["at", "by", "what", "detail"]);
    for line in lines {
        table.add_row([output::moment(line.at), line.by, line.action, detail(&line.detail)]);
    }
    output::line(table);
    Ok(())
}

/// The values of an act in one line, sorted by their names: `cause: break`. Whether JSON keeps an order depends on the features of a build.
fn detail(values: &Value) -> String {
    let said = |value: &Value| match value {
        Value::String(word) => word.clone(),
        Value::Array(items) => items
            .iter()
            .map(|item| item.as_str().map_or_else(|| item.to_string(), str::to_owned))
            .collect::<Vec<_>>()
            .join(" "),
        other => other.to_string(),
    };
    let pairs = values.as_object().into_iter().flatten();
    let mut said: Vec<_> = pairs.map(|(name, value)| format!("{name}: {}", said(value))).collect();
    said.sort_unstable();
    said.join(", ")
}
