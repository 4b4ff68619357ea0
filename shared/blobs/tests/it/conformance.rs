//! What every store must do. A test of one kind of store calls these with a fresh store of its kind.

use berkas_blobs::{BlobError, Blobs, ObjectKey, ObjectKind};
use futures::TryStreamExt;

use crate::{office, original};

/// Runs the whole suite.
pub(crate) async fn holds(blobs: &Blobs) {
    what_was_put_is_read_back(blobs).await;
    storing_twice_changes_nothing(blobs).await;
    a_missing_object_is_not_found(blobs).await;
    bytes_under_a_foreign_name_are_refused(blobs).await;
    deleting_is_final_and_can_be_repeated(blobs).await;
    a_listing_shows_one_kind_of_one_office(blobs).await;
    writers_of_the_same_object_do_not_hurt_each_other(blobs).await;
    an_empty_object_is_an_object(blobs).await;
    blobs.check().await.unwrap();
}

async fn what_was_put_is_read_back(blobs: &Blobs) {
    let content: Vec<u8> = (0..3_000_000_u32).map(|index| (index % 251) as u8).collect();
    let key = original(&content);
    blobs.put(&key, content.clone()).await.unwrap();
    assert_eq!(blobs.get(&key).await.unwrap(), content);
    assert!(blobs.exists(&key).await.unwrap());
}

async fn storing_twice_changes_nothing(blobs: &Blobs) {
    let key = original(b"dua kali");
    blobs.put(&key, &b"dua kali"[..]).await.unwrap();
    let first = written(blobs, &key).await;
    blobs.put(&key, &b"dua kali"[..]).await.unwrap();
    assert_eq!(written(blobs, &key).await, first);
}

async fn written(blobs: &Blobs, key: &ObjectKey) -> berkas_blobs::StoredObject {
    let all: Vec<_> = blobs.list(key.office(), key.kind()).try_collect().await.unwrap();
    all.into_iter().find(|object| object.key == *key).unwrap()
}

async fn a_missing_object_is_not_found(blobs: &Blobs) {
    let key = original(b"tidak pernah disimpan");
    let error = blobs.get(&key).await.unwrap_err();
    assert!(matches!(error, BlobError::NotFound { .. }) && !error.is_transient(), "{error}");
    assert!(!blobs.exists(&key).await.unwrap());
}

async fn bytes_under_a_foreign_name_are_refused(blobs: &Blobs) {
    let key = original(b"nama ini");
    let error = blobs.put(&key, &b"isi lain"[..]).await.unwrap_err();
    assert!(matches!(error, BlobError::Damaged { .. }), "{error}");
    assert!(!blobs.exists(&key).await.unwrap());
}

async fn deleting_is_final_and_can_be_repeated(blobs: &Blobs) {
    let key = original(b"dihapus");
    blobs.put(&key, &b"dihapus"[..]).await.unwrap();
    for _ in 0..2 {
        blobs.delete(&key).await.unwrap();
        assert!(!blobs.exists(&key).await.unwrap());
    }
}

async fn a_listing_shows_one_kind_of_one_office(blobs: &Blobs) {
    let neighbour = "351702".parse().unwrap();
    let there = ObjectKey::original_of(&neighbour, b"tetangga");
    let derived = ObjectKey::derived_of(&neighbour, b"turunan");
    blobs.put(&there, &b"tetangga"[..]).await.unwrap();
    blobs.put(&derived, &b"turunan"[..]).await.unwrap();
    let keys = |kind| async move {
        let all: Vec<_> = blobs.list(&"351702".parse().unwrap(), kind).try_collect().await.unwrap();
        all.into_iter().map(|object| object.key).collect::<Vec<_>>()
    };
    assert_eq!(keys(ObjectKind::Original).await, [there]);
    assert_eq!(keys(ObjectKind::Derived).await, [derived]);
    let nobody: Vec<_> =
        blobs.list(&"351799".parse().unwrap(), ObjectKind::Original).try_collect().await.unwrap();
    assert_eq!(nobody, []);
}

async fn writers_of_the_same_object_do_not_hurt_each_other(blobs: &Blobs) {
    let content = vec![7_u8; 200_000];
    let key = ObjectKey::derived_of(&office(), &content);
    let puts = (0..8).map(|_| blobs.put(&key, content.clone()));
    for done in futures::future::join_all(puts).await {
        done.unwrap();
    }
    assert_eq!(blobs.get(&key).await.unwrap(), content);
}

async fn an_empty_object_is_an_object(blobs: &Blobs) {
    let key = original(b"");
    blobs.put(&key, Vec::new()).await.unwrap();
    assert!(blobs.get(&key).await.unwrap().is_empty());
}
