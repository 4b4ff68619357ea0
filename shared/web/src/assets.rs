//! Scripts and styles: in the binary, under addresses that change with their content.

use std::sync::Arc;

use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use sha2::{Digest, Sha256};

/// One file of a set.
#[derive(Debug, Clone, Copy)]
pub struct Asset {
    /// Its name, for example `desk.css`; the ending says its type.
    pub name: &'static str,
    /// Its content.
    pub content: &'static [u8],
}

/// The files of one surface, all below `/assets/<hash of the set>/`, so that modules can import each other by
/// relative names and browsers may keep them for ever.
#[derive(Debug, Clone)]
pub struct Assets {
    base: String,
    files: Arc<[Asset]>,
}

impl Assets {
    /// Names the set by its content.
    #[must_use]
    pub fn new(files: &[Asset]) -> Self {
        let mut hash = Sha256::new();
        for file in files {
            hash.update(file.name.as_bytes());
            hash.update(file.content.len().to_le_bytes());
            hash.update(file.content);
        }
        let digest = hex::encode(hash.finalize());
        Self { base: format!("/assets/{}", &digest[..16]), files: files.into() }
    }

    /// The address of a file of the set.
    #[must_use]
    pub fn url(&self, name: &str) -> String {
        debug_assert!(self.files.iter().any(|file| file.name == name), "`{name}` is in the set");
        format!("{}/{name}", self.base)
    }

    /// Routes that serve the set.
    pub fn routes<S: Clone + Send + Sync + 'static>(&self) -> Router<S> {
        let files = Arc::clone(&self.files);
        let serve = move |Path(name): Path<String>| {
            let file = files.iter().find(|file| file.name == name).copied();
            async move { file.map_or_else(|| StatusCode::NOT_FOUND.into_response(), response) }
        };
        Router::new().route(&format!("{}/{{name}}", self.base), get(serve))
    }
}

fn response(file: Asset) -> Response {
    let kind = match file.name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    };
    let mut response = file.content.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    let for_ever = HeaderValue::from_static("public, max-age=31536000, immutable");
    headers.insert(header::CACHE_CONTROL, for_ever);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_changes_with_the_content_of_any_file() {
        let file = |content| Asset { name: "a.css", content };
        let first = Assets::new(&[file(b"a{}")]);
        assert_eq!(first.url("a.css"), Assets::new(&[file(b"a{}")]).url("a.css"));
        assert_ne!(first.url("a.css"), Assets::new(&[file(b"b{}")]).url("a.css"));
    }
}
