//! The same on a bucket, served over HTTP by a real S3 server in this process.

use std::net::SocketAddr;
use std::path::Path;

use berkas_blobs::{Blobs, Location, Seal};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::{conformance, original, seal_with};

/// Serves the directories below `root` as buckets; stops when the handle is aborted.
async fn serve(root: &Path) -> (SocketAddr, JoinHandle<()>) {
    let mut builder = S3ServiceBuilder::new(s3s_fs::FileSystem::new(root).unwrap());
    builder.set_auth(SimpleAuth::from_single("berkas", "rahasia"));
    let service = builder.build();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = tokio::spawn(async move {
        let mut connections = tokio::task::JoinSet::new();
        while let Ok((socket, _)) = listener.accept().await {
            let service = service.clone();
            connections.spawn(async move {
                let http = Builder::new(TokioExecutor::new());
                let _ = http.serve_connection(TokioIo::new(socket), service).await;
            });
        }
    });
    (address, server)
}

fn location(address: SocketAddr, bucket: &str) -> Location {
    let url = format!("s3://{bucket}?endpoint=http://{address}&region=us-east-1");
    Location::parse(&url).unwrap().signing_in_with("berkas", "rahasia")
}

fn buckets() -> TempDir {
    let root = TempDir::new().unwrap();
    std::fs::create_dir(root.path().join("arsip")).unwrap();
    root
}

#[tokio::test]
async fn a_bucket_holds_the_suite_in_the_clear() {
    let root = buckets();
    let (address, _server) = serve(root.path()).await;
    conformance::holds(&Blobs::open_at(&location(address, "arsip"), Seal::default()).unwrap()).await;
}

#[tokio::test]
async fn a_bucket_holds_the_suite_encrypted_and_below_a_prefix() {
    let root = buckets();
    let (address, _server) = serve(root.path()).await;
    let blobs = Blobs::open_at(&location(address, "arsip/jombang"), seal_with("a")).unwrap();
    conformance::holds(&blobs).await;
    assert!(root.path().join("arsip/jombang/v1/351709/original").is_dir());
}

#[tokio::test]
async fn a_missing_bucket_is_an_outage_and_no_missing_object() {
    let root = buckets();
    let (address, _server) = serve(root.path()).await;
    let blobs = Blobs::open_at(&location(address, "tidak-ada"), Seal::default()).unwrap();
    assert!(blobs.get(&original(b"satu")).await.unwrap_err().is_transient());
    assert!(blobs.check().await.unwrap_err().is_transient());
}

#[tokio::test]
async fn a_server_that_is_down_is_an_outage() {
    let root = buckets();
    let (address, server) = serve(root.path()).await;
    let blobs = Blobs::open_at(&location(address, "arsip"), Seal::default()).unwrap();
    let key = original(b"satu");
    blobs.put(&key, &b"satu"[..]).await.unwrap();
    server.abort();
    assert!(server.await.unwrap_err().is_cancelled());
    assert!(blobs.get(&key).await.unwrap_err().is_transient());
}

#[tokio::test]
async fn wrong_credentials_are_denied_and_wait_for_the_operator() {
    let root = buckets();
    let (address, _server) = serve(root.path()).await;
    let url = format!("s3://arsip?endpoint=http://{address}&region=us-east-1");
    let stranger = Location::parse(&url).unwrap().signing_in_with("berkas", "salah");
    let blobs = Blobs::open_at(&stranger, Seal::default()).unwrap();
    let error = blobs.get(&original(b"satu")).await.unwrap_err();
    assert!(matches!(error, berkas_blobs::BlobError::Denied { .. }), "{error}");
    assert!(!error.to_string().contains("salah"));
}
