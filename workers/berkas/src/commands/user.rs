//! `berkas user`: who may sign in.

mod roster;

use std::process::ExitCode;

use anyhow::{Context as _, ensure};
use berkas_domain::{Service, UserId};
use berkas_store::{NewUser, StoreError, UserAccount, UserRole};
use berkas_web::{PasswordHasher, WebSettings};
use serde_json::json;
use uuid::Uuid;

use super::Operator;
use crate::cli::{Switch, UserCommand};
use crate::output::{self, Format};

pub async fn run(operator: &Operator, command: UserCommand) -> anyhow::Result<ExitCode> {
    match command {
        UserCommand::List => list(operator).await?,
        UserCommand::Add { login, name, role, services, training, capacity } => {
            let hash = read_password(operator)?;
            let competent = role == UserRole::Verifier || role == UserRole::Supervisor;
            let services = if services.is_empty() && competent { Service::ALL.to_vec() } else { services };
            let login = login.to_lowercase();
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
            let text = format_args!("✔ {login} has a new password and is signed out everywhere");
            output::done(operator.format, &json!({ "login": login, "signed_out": true }), text)?;
        }
        UserCommand::Duty { login, duty } => {
            let user = find(operator, &login).await?;
            let changed = operator.store.set_duty(user.id, duty == Switch::On, operator.now()).await?;
            let (already, word) =
                (if changed { "" } else { " already" }, if duty == Switch::On { "on" } else { "off" });
            let value = json!({ "login": login, "on_duty": duty == Switch::On, "changed": changed });
            output::done(operator.format, &value, format_args!("✔ {login} is{already} {word} duty"))?;
        }
        UserCommand::Roster { login, set, off, extra, usual } => {
            let user = find(operator, &login).await?;
            ensure!(
                matches!(user.role, UserRole::Verifier | UserRole::Supervisor),
                "`{login}` takes no tasks, so there is no roster for them"
            );
            let changes = roster::Changes { week: set, off, extra, usual };
            roster::run(operator, &user, changes).await?;
        }
        UserCommand::Clerk { login, office, clerk } => {
            let user = find(operator, &login).await?;
            let added = operator.store.add_clerk_id(user.id, &office, clerk.as_str(), operator.now());
            let changed = added.await.context("is the office known?")?;
            let already = if changed { "" } else { " as was known already" };
            let value =
                json!({ "login": login, "office": office, "clerk": clerk.as_str(), "changed": changed });
            let text = format_args!("✔ {login} is never given what `{clerk}` of {office} sends{already}");
            output::done(operator.format, &value, text)?;
        }
        UserCommand::Disable { login } => {
            let user = find(operator, &login).await?;
            ensure!(
                operator.store.disable_user(user.id, operator.now()).await?,
                "`{login}` is disabled already"
            );
            let text = format_args!("✔ {login} is disabled and signed out everywhere");
            output::done(operator.format, &json!({ "login": login, "disabled": true }), text)?;
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

async fn find(operator: &Operator, login: &str) -> anyhow::Result<UserAccount> {
    let users = operator.store.users().await?;
    users.into_iter().find(|user| user.login == login).context("there is no such login")
}

async fn list(operator: &Operator) -> anyhow::Result<()> {
    let users = operator.store.users().await?;
    if operator.format == Format::Json {
        let rows: Vec<_> = users
            .iter()
            .map(|user| json!({ "login": user.login, "role": user.role, "training": user.training }))
            .collect();
        return output::json(&rows);
    }
    let mut table = output::table(&["login", "name", "role", "pool"]);
    for user in users {
        let pool = if user.training { "training" } else { "live" };
        table.add_row([user.login.as_str(), &user.display_name, user.role.as_str(), pool]);
    }
    output::line(table);
    Ok(())
}
