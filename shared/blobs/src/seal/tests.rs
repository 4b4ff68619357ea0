use super::*;

fn key(digit: &str) -> SealKey {
    SealKey::parse(&digit.repeat(64)).unwrap()
}

fn seal_with(digit: &str) -> Seal {
    Seal::new(Some(key(digit)))
}

#[test]
fn a_value_opens_under_its_own_context_only() {
    let seal = seal_with("a");
    let sealed = seal.seal("facts/1", b"isi");
    assert_eq!(seal.open("facts/1", &sealed).unwrap(), b"isi");
    assert_eq!(seal.open("facts/2", &sealed), Err(SealError::Tampered));
    assert!(!sealed.windows(3).any(|window| window == b"isi"));
}

#[test]
fn the_same_value_never_looks_the_same_twice() {
    let seal = seal_with("a");
    assert_ne!(seal.seal("x", b"isi"), seal.seal("x", b"isi"));
}

#[test]
fn a_change_of_any_byte_is_noticed() {
    let seal = seal_with("a");
    let sealed = seal.seal("x", b"isi");
    for index in 0..sealed.len() {
        let mut changed = sealed.clone();
        changed[index] ^= 1;
        assert!(seal.open("x", &changed).is_err(), "byte {index}");
    }
    for length in 0..sealed.len() {
        assert!(seal.open("x", &sealed[..length]).is_err(), "first {length} bytes");
    }
}

#[test]
fn a_missing_or_a_wrong_key_is_named() {
    let sealed = seal_with("a").seal("x", b"isi");
    let key_id = key("a").id();
    assert_eq!(seal_with("b").open("x", &sealed), Err(SealError::WrongKey { key_id }));
    assert_eq!(Seal::default().open("x", &sealed), Err(SealError::NoKey { key_id }));
}

#[test]
fn a_value_in_the_clear_is_refused_once_a_key_is_set_unless_migrating() {
    let plain = Seal::default().seal("x", b"isi");
    assert_eq!(Seal::default().open("x", &plain).unwrap(), b"isi");
    assert_eq!(seal_with("a").open("x", &plain), Err(SealError::NotSealed));
    assert_eq!(seal_with("a").open("x", b"isi"), Err(SealError::NotSealed));
    assert_eq!(seal_with("a").opening_plain_values().open("x", &plain).unwrap(), b"isi");
}

#[test]
fn a_newer_header_is_not_guessed_at() {
    assert_eq!(seal_with("a").open("x", b"BRKS\x02rest"), Err(SealError::UnknownVersion { version: 2 }));
}

#[test]
fn after_a_rotation_old_values_open_and_look_ups_still_match() {
    let old = seal_with("a");
    let text = format!("{}\n{}", "b".repeat(64), "a".repeat(64));
    let rotated = Seal::new(Some(SealKey::parse(&text).unwrap()));
    assert_eq!(rotated.open("x", &old.seal("x", b"isi")).unwrap(), b"isi");
    assert!(old.open("x", &rotated.seal("x", b"isi")).is_err());
    assert_eq!(rotated.lookup_hash("3517092904909001"), old.lookup_hash("3517092904909001"));
    assert_ne!(old.lookup_hash("3517092904909001"), seal_with("b").lookup_hash("3517092904909001"));
    assert_ne!(old.lookup_hash("3517092904909001"), old.lookup_hash("3517092904909002"));
}
