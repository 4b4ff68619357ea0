//! Indonesian first, English second.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use serde::Deserialize;

use crate::cookies::cookie;

/// The cookie that remembers the choice.
pub(crate) const LANG_COOKIE: &str = "lang";

/// The language of a page: `?lang=` asks for it, a cookie remembers it, Indonesian is the default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lang {
    /// Indonesian.
    #[default]
    Id,
    /// English.
    En,
}

impl Lang {
    /// Its BCP 47 tag.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::En => "en",
        }
    }

    /// The other language.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Id => Self::En,
            Self::En => Self::Id,
        }
    }

    /// Picks the text in this language.
    #[must_use]
    pub const fn say<'a>(self, indonesian: &'a str, english: &'a str) -> &'a str {
        match self {
            Self::Id => indonesian,
            Self::En => english,
        }
    }

    fn read(tag: &str) -> Option<Self> {
        [Self::Id, Self::En].into_iter().find(|lang| lang.tag() == tag)
    }

    /// What `?lang=` asks for.
    pub(crate) fn asked(query: Option<&str>) -> Option<Self> {
        query?.split('&').find_map(|pair| Self::read(pair.strip_prefix("lang=")?))
    }

    pub(crate) fn of(parts: &Parts) -> Self {
        let remembered = || cookie(&parts.headers, LANG_COOKIE).and_then(Self::read);
        Self::asked(parts.uri.query()).or_else(remembered).unwrap_or_default()
    }
}

impl<S: Sync> FromRequestParts<S> for Lang {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(parts))
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    fn of(uri: &str, cookies: &str) -> Lang {
        let request = Request::get(uri).header("cookie", cookies).body(()).unwrap();
        Lang::of(&request.into_parts().0)
    }

    #[test]
    fn the_address_wins_over_the_cookie_and_indonesian_is_the_default() {
        assert_eq!(of("/desk", ""), Lang::Id);
        assert_eq!(of("/desk", "a=b; lang=en"), Lang::En);
        assert_eq!(of("/desk?view=mine&lang=id", "lang=en"), Lang::Id);
        assert_eq!(of("/desk?lang=xx", "lang=yy"), Lang::Id);
    }
}
