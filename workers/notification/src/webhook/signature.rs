//! Signatures after Standard Webhooks (<https://github.com/standard-webhooks/standard-webhooks>, `v1`).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// How a symmetric secret begins, so that secret scanners know one when they see it.
const PREFIX: &str = "whsec_";
/// Bytes a secret may have: between 192 and 512 bits, as the specification says.
const LENGTHS: std::ops::RangeInclusive<usize> = 24..=64;

/// What an office's webhook is signed with: `whsec_` and the base64 of 24 to 64 bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningSecret(Vec<u8>);

/// A text that is no such secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a webhook secret is `whsec_` and the base64 of 24 to 64 bytes")]
pub struct InvalidSecret;

impl std::str::FromStr for SigningSecret {
    type Err = InvalidSecret;
    fn from_str(text: &str) -> Result<Self, InvalidSecret> {
        let encoded = text.strip_prefix(PREFIX).ok_or(InvalidSecret)?;
        let bytes = STANDARD.decode(encoded).map_err(|_| InvalidSecret)?;
        if LENGTHS.contains(&bytes.len()) { Ok(Self(bytes)) } else { Err(InvalidSecret) }
    }
}

impl SigningSecret {
    /// Signs message `id`, sent at `timestamp` (seconds since 1970), whose content is `body`: the value of
    /// `webhook-signature`.
    #[must_use]
    pub fn sign(&self, id: &str, timestamp: i64, body: &[u8]) -> String {
        #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes a key of any length");
        mac.update(format!("{id}.{timestamp}.").as_bytes());
        mac.update(body);
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    }
}

/// What a receiver's messages are signed with: its secret, and while it changes over the one before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SigningKeys {
    present: SigningSecret,
    old: Option<SigningSecret>,
}

impl SigningKeys {
    /// Takes the present secret and the one before it.
    #[must_use]
    pub const fn new(present: SigningSecret, old: Option<SigningSecret>) -> Self {
        Self { present, old }
    }

    /// The value of `webhook-signature`: a signature by each, the present one first, apart by a space. A receiver that knows
    /// either takes the message.
    #[must_use]
    pub fn sign(&self, id: &str, timestamp: i64, body: &[u8]) -> String {
        let secrets = std::iter::once(&self.present).chain(&self.old);
        let signatures: Vec<String> = secrets.map(|secret| secret.sign(id, timestamp, body)).collect();
        signatures.join(" ")
    }
}

impl std::fmt::Debug for SigningSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SigningSecret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The published example of the reference implementations.
    const SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
    const ID: &str = "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk";
    const TIMESTAMP: i64 = 1_649_367_553;
    const BODY: &[u8] = br#"{"email":"test@example.com","username":"test_user"}"#;
    const SIGNATURE: &str = "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=";

    #[test]
    fn the_published_example_has_the_published_signature() {
        let secret: SigningSecret = SECRET.parse().unwrap();
        assert_eq!(secret.sign(ID, TIMESTAMP, BODY), SIGNATURE);
    }

    #[test]
    fn while_a_receiver_changes_over_both_secrets_sign() {
        let present: SigningSecret = format!("{PREFIX}{}", STANDARD.encode([7; 32])).parse().unwrap();
        let old: SigningSecret = SECRET.parse().unwrap();
        let alone = SigningKeys::new(present.clone(), None).sign(ID, TIMESTAMP, BODY);
        assert_eq!(alone, present.sign(ID, TIMESTAMP, BODY));
        let both = SigningKeys::new(present, Some(old)).sign(ID, TIMESTAMP, BODY);
        assert_eq!(both, format!("{alone} {SIGNATURE}"));
    }

    #[test]
    fn id_time_body_and_secret_all_change_the_signature() {
        let secret: SigningSecret = SECRET.parse().unwrap();
        let other: SigningSecret = format!("{PREFIX}{}", STANDARD.encode([7; 32])).parse().unwrap();
        for changed in [
            secret.sign("msg_other", TIMESTAMP, BODY),
            secret.sign(ID, TIMESTAMP + 1, BODY),
            secret.sign(ID, TIMESTAMP, b"{}"),
            other.sign(ID, TIMESTAMP, BODY),
        ] {
            assert_ne!(changed, SIGNATURE);
        }
    }

    #[test]
    fn only_a_prefixed_secret_of_the_right_length_is_one_and_none_is_printed() {
        let of = |bytes: usize| format!("{PREFIX}{}", STANDARD.encode(vec![1; bytes]));
        for right in [of(24), of(64), SECRET.to_owned()] {
            let secret: SigningSecret = right.parse().unwrap();
            assert!(!format!("{secret:?}").contains(&right[PREFIX.len()..]));
        }
        for wrong in
            [of(23), of(65), "".to_owned(), PREFIX.to_owned(), SECRET[6..].to_owned(), format!("{SECRET}!")]
        {
            assert_eq!(wrong.parse::<SigningSecret>(), Err(InvalidSecret), "{wrong}");
        }
    }
}
