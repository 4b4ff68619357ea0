use std::path::Path;

use berkas_blobs::{BlobError, Blobs, Location, Seal, SealError};
use tempfile::TempDir;

use crate::{conformance, original, seal_with};

fn open(root: &Path, seal: Seal) -> Blobs {
    Blobs::open_at(&Location::Directory(root.to_owned()), seal).unwrap()
}

#[tokio::test]
async fn a_directory_holds_the_suite_in_the_clear() {
    let root = TempDir::new().unwrap();
    conformance::holds(&open(root.path(), Seal::default())).await;
}

#[tokio::test]
async fn a_directory_holds_the_suite_encrypted() {
    let root = TempDir::new().unwrap();
    conformance::holds(&open(root.path(), seal_with("a"))).await;
}

#[tokio::test]
async fn an_encrypted_object_shows_nothing_of_its_content() {
    let root = TempDir::new().unwrap();
    let key = original(b"CONTOH kartu keluarga");
    open(root.path(), seal_with("a")).put(&key, &b"CONTOH kartu keluarga"[..]).await.unwrap();
    let stored = std::fs::read(root.path().join(key.path())).unwrap();
    assert!(!stored.windows(6).any(|window| window == b"CONTOH"));
}

#[tokio::test]
async fn an_object_that_was_moved_to_another_name_does_not_open() {
    let root = TempDir::new().unwrap();
    let blobs = open(root.path(), seal_with("a"));
    let (first, second) = (original(b"satu"), original(b"dua"));
    blobs.put(&first, &b"satu"[..]).await.unwrap();
    std::fs::copy(root.path().join(first.path()), root.path().join(second.path())).unwrap();
    let error = blobs.get(&second).await.unwrap_err();
    assert!(matches!(error, BlobError::Sealed { cause: SealError::Tampered, .. }), "{error}");
}

#[tokio::test]
async fn a_rotten_byte_is_noticed_without_encryption_too() {
    let root = TempDir::new().unwrap();
    let blobs = open(root.path(), Seal::default());
    let key = original(b"satu dua tiga");
    blobs.put(&key, &b"satu dua tiga"[..]).await.unwrap();
    let path = root.path().join(key.path());
    let mut bytes = std::fs::read(&path).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    std::fs::write(&path, bytes).unwrap();
    let error = blobs.get(&key).await.unwrap_err();
    assert!(matches!(error, BlobError::Damaged { .. }) && !error.is_transient(), "{error}");
}

#[tokio::test]
async fn the_wrong_key_is_said_plainly_and_is_permanent() {
    let root = TempDir::new().unwrap();
    let key = original(b"satu");
    open(root.path(), seal_with("a")).put(&key, &b"satu"[..]).await.unwrap();
    let error = open(root.path(), seal_with("b")).get(&key).await.unwrap_err();
    assert!(error.to_string().contains("is not among the keys that are set"), "{error}");
    assert!(!error.is_transient());
}

#[tokio::test]
async fn objects_in_the_clear_open_under_a_key_only_while_migrating() {
    let root = TempDir::new().unwrap();
    let key = original(b"satu");
    open(root.path(), Seal::default()).put(&key, &b"satu"[..]).await.unwrap();
    let error = open(root.path(), seal_with("a")).get(&key).await.unwrap_err();
    assert!(matches!(error, BlobError::Sealed { cause: SealError::NotSealed, .. }), "{error}");
    let migrating = open(root.path(), seal_with("a").opening_plain_values());
    assert_eq!(migrating.get(&key).await.unwrap(), &b"satu"[..]);
}

#[tokio::test]
async fn a_directory_that_went_away_is_an_outage_and_no_missing_object() {
    let root = TempDir::new().unwrap();
    let (mounted, elsewhere) = (root.path().join("objects"), root.path().join("elsewhere"));
    let blobs = open(&mounted, Seal::default());
    let key = original(b"satu");
    blobs.put(&key, &b"satu"[..]).await.unwrap();

    std::fs::rename(&mounted, &elsewhere).unwrap();
    std::fs::create_dir(&mounted).unwrap();
    assert!(blobs.get(&key).await.unwrap_err().is_transient());
    assert!(blobs.exists(&key).await.unwrap_err().is_transient());
    assert!(blobs.put(&original(b"dua"), &b"dua"[..]).await.unwrap_err().is_transient());
    assert!(blobs.delete(&key).await.unwrap_err().is_transient());
    assert!(blobs.check().await.unwrap_err().is_transient());

    std::fs::remove_dir(&mounted).unwrap();
    std::fs::rename(&elsewhere, &mounted).unwrap();
    assert_eq!(blobs.get(&key).await.unwrap(), &b"satu"[..]);
}

#[tokio::test]
async fn no_half_written_file_is_left_beside_an_object() {
    let root = TempDir::new().unwrap();
    let blobs = open(root.path(), Seal::default());
    let key = original(b"satu");
    blobs.put(&key, &b"satu"[..]).await.unwrap();
    let directory = root.path().join(key.path());
    let names: Vec<_> = std::fs::read_dir(directory.parent().unwrap()).unwrap().collect();
    assert_eq!(names.len(), 1);
}
