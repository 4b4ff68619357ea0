//! Passwords: argon2id, a bounded number at a time.

use std::sync::Arc;

use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version};
use rand::TryRng;
use tokio::sync::Semaphore;

use crate::WebSettings;

/// A password that will not be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a password has between 10 and 200 characters")]
pub struct InvalidPassword;

/// Too many passwords are being checked already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Busy;

/// Hashes and checks passwords off the async threads. Clones share the bound.
#[derive(Debug, Clone)]
pub struct PasswordHasher {
    argon2: Argon2<'static>,
    working: Arc<Semaphore>,
    /// Those that work and those that wait.
    room: Arc<Semaphore>,
    /// A hash that fits no password, so that an unknown login takes as long as a known one.
    nobody: Arc<str>,
}

impl PasswordHasher {
    /// Sets the cost and the bounds.
    ///
    /// # Errors
    /// `argon2::Error` when the cost lies outside what argon2 allows.
    pub fn new(settings: &WebSettings) -> Result<Self, argon2::Error> {
        let params = Params::new(settings.password_memory_kib, settings.password_passes, 1, None)?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let nobody = hash(&argon2, "nobody has this password").ok_or(argon2::Error::AlgorithmInvalid)?;
        let workers = settings.login_concurrency.max(1);
        Ok(Self {
            argon2,
            working: Arc::new(Semaphore::new(workers)),
            room: Arc::new(Semaphore::new(workers + settings.login_waiting)),
            nobody: nobody.into(),
        })
    }

    /// Hashes a new password into a PHC string. Blocks for tens of milliseconds.
    ///
    /// # Errors
    /// [`InvalidPassword`] when it is too short or too long.
    pub fn hash(&self, password: &str) -> Result<String, InvalidPassword> {
        if !(10..=200).contains(&password.chars().count()) {
            return Err(InvalidPassword);
        }
        hash(&self.argon2, password).ok_or(InvalidPassword)
    }

    /// Checks `password` against `hash`; against nobody's hash when there is none, which takes as long and fails.
    pub(crate) async fn verify(&self, password: String, hash: Option<String>) -> Result<bool, Busy> {
        let place = Arc::clone(&self.room).try_acquire_owned().map_err(|_| Busy)?;
        let turn = Arc::clone(&self.working).acquire_owned().await.map_err(|_| Busy)?;
        let (argon2, nobody) = (self.argon2.clone(), Arc::clone(&self.nobody));
        let checked = tokio::task::spawn_blocking(move || {
            let known = hash.is_some();
            let hash = hash.unwrap_or_else(|| nobody.to_string());
            let fits = argon2.verify_password(password.as_bytes(), hash.as_str()).is_ok();
            drop((turn, place));
            fits && known
        });
        checked.await.map_err(|_| Busy)
    }
}

/// Hashes with a salt of the operating system; none when that has no random numbers.
fn hash(argon2: &Argon2<'_>, password: &str) -> Option<String> {
    let mut salt = [0; 16];
    rand::rngs::SysRng.try_fill_bytes(&mut salt).ok()?;
    argon2.hash_password_with_salt(password.as_bytes(), &salt).ok().map(|hash| hash.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cheap() -> WebSettings {
        WebSettings { password_memory_kib: 64, password_passes: 1, ..WebSettings::default() }
    }

    #[tokio::test]
    async fn a_password_is_checked_against_its_hash_and_nobody_has_one() {
        let hasher = PasswordHasher::new(&cheap()).unwrap();
        let hash = hasher.hash("kata sandi contoh").unwrap();
        assert!(hash.starts_with("$argon2id$"));
        assert_eq!(hasher.verify("kata sandi contoh".into(), Some(hash.clone())).await, Ok(true));
        assert_eq!(hasher.verify("kata sandi lain".into(), Some(hash)).await, Ok(false));
        assert_eq!(hasher.verify("nobody has this password".into(), None).await, Ok(false));
        assert_eq!(hasher.hash("pendek"), Err(InvalidPassword));
    }

    #[tokio::test]
    async fn a_full_waiting_room_turns_people_away() {
        let settings = WebSettings { login_concurrency: 1, login_waiting: 0, ..cheap() };
        let hasher = PasswordHasher::new(&settings).unwrap();
        let _taken = Arc::clone(&hasher.room).try_acquire_owned().unwrap();
        assert_eq!(hasher.verify("kata sandi contoh".into(), None).await, Err(Busy));
    }
}
