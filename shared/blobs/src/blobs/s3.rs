//! A store in an S3-compatible bucket.

use std::sync::Arc;
use std::time::Duration;

use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::prefix::PrefixStore;
use object_store::{ClientOptions, ObjectStore, RetryConfig};

use crate::location::Bucket;
use crate::{BlobError, Location};

/// How long one request may take, a transfer of 64 MiB over a slow line included.
const REQUEST_TIMEOUT: Duration = Duration::from_mins(2);
/// How long until a store that does not answer at all counts as unavailable.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long one call may go on trying; longer outages are the caller's to wait for.
const RETRY_TIMEOUT: Duration = Duration::from_secs(10);

/// Opens `bucket`; nothing is asked of the store yet.
pub(super) fn open(bucket: &Bucket) -> Result<Arc<dyn ObjectStore>, BlobError> {
    // Fails when a provider was chosen before, which then serves just as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let store = build(bucket).map_err(|error| BlobError::Location {
        setting: Location::Bucket(bucket.clone()).to_string(),
        reason: error.to_string(),
    })?;
    Ok(match bucket.prefix.as_str() {
        "" => Arc::new(store),
        prefix => Arc::new(PrefixStore::new(store, prefix)),
    })
}

fn build(bucket: &Bucket) -> object_store::Result<AmazonS3> {
    let client = ClientOptions::new().with_timeout(REQUEST_TIMEOUT).with_connect_timeout(CONNECT_TIMEOUT);
    let retry = RetryConfig { max_retries: 2, retry_timeout: RETRY_TIMEOUT, ..RetryConfig::default() };
    let mut builder = AmazonS3Builder::from_env()
        .with_client_options(client)
        .with_retry(retry)
        .with_bucket_name(&bucket.name);
    if let Some(endpoint) = &bucket.endpoint {
        let plain = endpoint.starts_with("http://");
        builder =
            builder.with_endpoint(endpoint).with_allow_http(plain).with_virtual_hosted_style_request(false);
    }
    if let Some(region) = &bucket.region {
        builder = builder.with_region(region);
    }
    if let Some((key_id, secret)) = &bucket.credentials {
        builder = builder.with_access_key_id(key_id).with_secret_access_key(secret);
    }
    builder.build()
}
