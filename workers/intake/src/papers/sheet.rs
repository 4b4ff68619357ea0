//! What every paper shares: language, style, number, code.

use std::sync::LazyLock;

use askama::Template;
use axum::http::{HeaderName, header};
use axum::response::{Html, IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use berkas_domain::{RegistrationNumber, Sha256Hash, wib};
use berkas_notices::{PaperTexts, Text};
use berkas_web::{Lang, Problem, times};
use chrono::{DateTime, Utc};
use sha2::{Digest as _, Sha256};

use super::code;

/// The style of every paper. It stands in the page, so that a saved file prints like the one that was served.
const STYLE: &str = include_str!("../../assets/paper.css");

/// Nothing from anywhere, and of styles only the one above.
static POLICY: LazyLock<String> = LazyLock::new(|| {
    let digest = BASE64.encode(Sha256::digest(STYLE));
    format!("default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; frame-ancestors 'none'")
});

/// The parts that papers have in common.
#[derive(Debug)]
pub(super) struct Sheet<'a> {
    lang: Lang,
    texts: &'a PaperTexts,
    pub(super) number: RegistrationNumber,
    pub(super) training: bool,
    hash: Sha256Hash,
}

impl<'a> Sheet<'a> {
    pub(super) const fn new(
        (lang, texts): (Lang, &'a PaperTexts),
        number: RegistrationNumber,
        training: bool,
        hash: Sha256Hash,
    ) -> Self {
        Self { lang, texts, number, training, hash }
    }

    pub(super) fn say<'t>(&self, text: &'t Text) -> &'t str {
        super::say(self.lang, text)
    }

    pub(super) fn pick<'t>(&self, indonesian: &'t str, english: &'t str) -> &'t str {
        self.lang.say(indonesian, english)
    }

    pub(super) const fn texts(&self) -> &'a PaperTexts {
        self.texts
    }

    pub(super) fn tag(&self) -> &'static str {
        self.lang.tag()
    }

    pub(super) fn style(&self) -> &'static str {
        STYLE
    }

    pub(super) fn qr(&self) -> String {
        code::svg(&code::content(&self.number, self.hash))
    }

    /// The content hash in groups of eight digits, which two people can compare aloud.
    pub(super) fn hash_groups(&self) -> String {
        let digits: Vec<char> = self.hash.to_string().chars().collect();
        digits.chunks(8).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
    }

    pub(super) fn day(&self, day: &chrono::NaiveDate) -> String {
        times::day(self.lang, *day)
    }

    /// Day and hour of the office clock.
    pub(super) fn moment(&self, instant: &DateTime<Utc>) -> String {
        format!("{}, {} WIB", self.day(&wib(*instant).date_naive()), times::hour(self.lang, *instant))
    }
}

/// Renders a paper as an answer.
///
/// # Errors
/// 500 when the template cannot be rendered.
pub(super) fn answer(template: &impl Template) -> Result<Response, Problem> {
    let text = template.render().map_err(|error| {
        tracing::error!(%error, "a paper cannot be rendered");
        Problem::internal()
    })?;
    let policy: [(HeaderName, &str); 1] = [(header::CONTENT_SECURITY_POLICY, POLICY.as_str())];
    Ok((policy, Html(text)).into_response())
}
