//! The frame around every page.

use std::sync::LazyLock;

use askama::Template;
use axum::http::Uri;
use axum::response::{Html, IntoResponse, Response};
use berkas_store::{UserAccount, UserRole};
use chrono::TimeDelta;

use crate::assets::{Asset, Assets};
use crate::{Lang, Problem};

/// What all pages share.
pub(crate) static SHARED: LazyLock<Assets> = LazyLock::new(|| {
    Assets::new(&[
        Asset { name: "base.css", content: include_bytes!("../assets/base.css") },
        Asset { name: "lock.js", content: include_bytes!("../assets/lock.js") },
        Asset { name: "icon.svg", content: include_bytes!("../assets/icon.svg") },
    ])
});

/// A link in the head of the page.
#[derive(Debug, Clone)]
pub struct NavItem {
    /// Where it leads.
    pub href: &'static str,
    /// What it says, in the page's language.
    pub text: &'static str,
    /// Whether the page is there already.
    pub here: bool,
}

/// What the layout `layout.html` needs; templates that extend it have a field `frame` of this type.
#[derive(Debug, Clone)]
pub struct Frame {
    /// The language.
    pub lang: Lang,
    /// The title, without the name of the product.
    pub title: String,
    /// Who is signed in.
    pub account: Option<UserAccount>,
    /// Links in the head.
    pub nav: Vec<NavItem>,
    /// Addresses of styles beside the shared one.
    pub styles: Vec<String>,
    /// Addresses of modules.
    pub scripts: Vec<String>,
    /// The same page in the other language.
    pub other_lang: String,
    /// Milliseconds without a hand on mouse or keyboard after which the page locks itself; absent where it never does, zero
    /// where only its button does.
    pub lock_after_ms: Option<i64>,
}

impl Frame {
    /// Starts the frame of the page at `uri`.
    #[must_use]
    pub fn new(lang: Lang, uri: &Uri, title: &str, account: Option<UserAccount>) -> Self {
        let nav = account.as_ref().map(|account| links(account.role, lang, uri.path())).unwrap_or_default();
        Self {
            lang,
            title: title.to_owned(),
            account,
            nav,
            styles: Vec::new(),
            scripts: Vec::new(),
            other_lang: in_other_language(uri, lang),
            lock_after_ms: None,
        }
    }

    /// Adds a style.
    #[must_use]
    pub fn style(mut self, url: String) -> Self {
        self.styles.push(url);
        self
    }

    /// Adds a module.
    #[must_use]
    pub fn script(mut self, url: String) -> Self {
        self.scripts.push(url);
        self
    }

    /// Gives the page a lock that closes by its button, and by itself after `idle` unless that is zero.
    #[must_use]
    pub fn lockable(mut self, idle: TimeDelta) -> Self {
        self.lock_after_ms = Some(idle.num_milliseconds());
        self.script(SHARED.url("lock.js"))
    }

    /// The frame of the page that opens a lock: it leads nowhere else, and keeps what is held.
    pub(crate) fn behind_a_lock(mut self) -> Self {
        self.nav.clear();
        self.script(SHARED.url("lock.js"))
    }

    /// Picks the text in the page's language.
    #[must_use]
    pub const fn say<'a>(&self, indonesian: &'a str, english: &'a str) -> &'a str {
        self.lang.say(indonesian, english)
    }

    /// The address of a shared asset.
    #[must_use]
    pub fn shared(&self, name: &str) -> String {
        SHARED.url(name)
    }
}

/// The page that `role` starts from.
pub(crate) const fn home(role: UserRole) -> &'static str {
    match role {
        UserRole::Verifier | UserRole::Supervisor => "/desk",
        UserRole::Operator | UserRole::Viewer => "/console",
    }
}

/// The pages that `role` may open.
fn links(role: UserRole, lang: Lang, path: &str) -> Vec<NavItem> {
    let desk =
        NavItem { href: "/desk", text: lang.say("Meja verifikasi", "Desk"), here: path.starts_with("/desk") };
    let here = path.starts_with("/console");
    let console = NavItem { href: "/console", text: lang.say("Pemantauan", "Console"), here };
    match role {
        UserRole::Verifier => vec![desk],
        UserRole::Supervisor => vec![desk, console],
        UserRole::Operator | UserRole::Viewer => vec![console],
    }
}

fn in_other_language(uri: &Uri, lang: Lang) -> String {
    let others = uri.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty());
    let kept: Vec<&str> = others.filter(|pair| !pair.starts_with("lang=")).collect();
    let mut query = kept.join("&");
    if !query.is_empty() {
        query.push('&');
    }
    format!("{}?{query}lang={}", uri.path(), lang.other().tag())
}

/// Renders a page.
///
/// # Errors
/// 500 when the template cannot be rendered.
pub fn page(template: &impl Template) -> Result<Response, Problem> {
    match template.render() {
        Ok(text) => Ok(Html(text).into_response()),
        Err(error) => {
            tracing::error!(%error, "a page cannot be rendered");
            Err(Problem::internal())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_other_language_keeps_the_rest_of_the_address() {
        let uri: Uri = "/desk?view=done&lang=id&page=2".parse().unwrap();
        assert_eq!(in_other_language(&uri, Lang::Id), "/desk?view=done&page=2&lang=en");
        assert_eq!(in_other_language(&Uri::from_static("/login"), Lang::En), "/login?lang=id");
    }
}
