//! Where the objects are, read from a URL.

use std::path::PathBuf;

use url::Url;

use crate::BlobError;

/// A local directory or a bucket.
#[derive(Clone, PartialEq, Eq)]
pub enum Location {
    /// `file:///absolute/path`
    Directory(PathBuf),
    /// `s3://bucket[/prefix][?endpoint=https://host:port][&region=name]`
    Bucket(Bucket),
}

/// A bucket of an S3-compatible store.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Bucket {
    /// Its name.
    pub name: String,
    /// What stands before every key; empty for nothing.
    pub prefix: String,
    /// The address of the store, when it is not Amazon's own.
    pub endpoint: Option<String>,
    /// The region, when the environment does not say it.
    pub region: Option<String>,
    /// Key id and secret; without them the usual `AWS_…` variables are asked.
    pub credentials: Option<(String, String)>,
}

impl Location {
    /// Reads a URL. Credentials are never part of it, because addresses end up in logs.
    ///
    /// # Errors
    /// [`BlobError::Location`] saying what is wrong.
    pub fn parse(text: &str) -> Result<Self, BlobError> {
        let refuse = |reason: &str| BlobError::Location { setting: shown(text), reason: reason.to_owned() };
        let url = Url::parse(text).map_err(|error| refuse(&error.to_string()))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refuse("credentials do not belong into the address"));
        }
        match url.scheme() {
            "file" => match url.to_file_path() {
                Ok(path) => Ok(Self::Directory(path)),
                Err(()) => Err(refuse("it takes an absolute path without a host: `file:///path`")),
            },
            "s3" => Bucket::read(&url).map(Self::Bucket).map_err(|reason| refuse(&reason)),
            _ => Err(refuse("it takes `file:///path` or `s3://bucket?endpoint=…`")),
        }
    }

    /// Signs in with this key id and secret instead of the `AWS_…` variables; nothing for a directory.
    #[must_use]
    pub fn signing_in_with(mut self, key_id: &str, secret: &str) -> Self {
        if let Self::Bucket(bucket) = &mut self {
            bucket.credentials = Some((key_id.to_owned(), secret.to_owned()));
        }
        self
    }
}

impl Bucket {
    fn read(url: &Url) -> Result<Self, String> {
        let name = url.host_str().ok_or("the bucket is missing: `s3://bucket`")?.to_owned();
        let prefix = url.path().trim_matches('/').to_owned();
        let mut bucket = Self { name, prefix, ..Self::default() };
        for (option, value) in url.query_pairs() {
            match &*option {
                "endpoint" => bucket.endpoint = Some(value.into_owned()),
                "region" => bucket.region = Some(value.into_owned()),
                _ => return Err(format!("unknown option `{option}`; there are `endpoint` and `region`")),
            }
        }
        Ok(bucket)
    }
}

/// The address as it may be shown: without user, password and query.
fn shown(text: &str) -> String {
    let without_query = text.split('?').next().unwrap_or_default();
    match without_query.split_once("://") {
        Some((scheme, rest)) => {
            let host = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
            format!("{scheme}://{host}")
        }
        None => without_query.to_owned(),
    }
}

impl std::fmt::Display for Location {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Directory(path) => write!(f, "file://{}", path.display()),
            Self::Bucket(bucket) => write!(f, "s3://{}/{}", bucket.name, bucket.prefix),
        }
    }
}

impl std::fmt::Debug for Location {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Location({self})")
    }
}

impl std::fmt::Debug for Bucket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Bucket({})", self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_kinds_of_address_are_read() {
        assert_eq!(Location::parse("file:///srv/b").unwrap(), Location::Directory("/srv/b".into()));
        let text = "s3://arsip/jombang?endpoint=http://127.0.0.1:9000&region=idn";
        let Location::Bucket(bucket) = Location::parse(text).unwrap() else { panic!("a bucket") };
        assert_eq!((bucket.name.as_str(), bucket.prefix.as_str()), ("arsip", "jombang"));
        assert_eq!(bucket.endpoint.as_deref(), Some("http://127.0.0.1:9000"));
        assert_eq!(bucket.region.as_deref(), Some("idn"));
    }

    #[test]
    fn a_wrong_address_says_what_is_wrong_and_never_shows_a_secret() {
        let cases = [
            ("srv/b", "relative URL"),
            ("file://host/srv", "absolute path"),
            ("http://x", "it takes"),
            ("s3://arsip?secret=rahasia", "unknown option `secret`"),
            ("s3://id:rahasia@arsip", "credentials"),
        ];
        for (text, expected) in cases {
            let error = Location::parse(text).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
            assert!(!error.contains("rahasia"), "{error}");
        }
    }

    #[test]
    fn credentials_are_never_printed() {
        let location = Location::parse("s3://arsip").unwrap().signing_in_with("id", "rahasia");
        assert!(!format!("{location:?} {location}").contains("rahasia"));
    }
}
