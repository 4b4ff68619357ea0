//! The knobs of the HTTP surfaces.

use chrono::TimeDelta;
use serde::Deserialize;

/// Settings of sessions, passwords and throttling; the section `[web]` of `berkas.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WebSettings {
    /// Minutes after which an unused session ends.
    pub session_idle_minutes: u32,
    /// Hours after which every session ends.
    pub session_max_hours: u32,
    /// Whether the cookie is sent over HTTPS only; turn it off for a demo on loopback and nowhere else.
    pub secure_cookies: bool,
    /// Passwords checked at the same time; each takes `password_memory_kib` and a core.
    pub login_concurrency: usize,
    /// Sign-ins that may wait for their turn; more are told to come back.
    pub login_waiting: usize,
    /// Tries for one login from one address within the window.
    pub login_tries: i32,
    /// Tries from one address within the window.
    pub address_tries: i32,
    /// Tries for one login, from anywhere, within the window.
    pub account_tries: i32,
    /// Minutes after which tries are forgotten.
    pub try_window_minutes: u32,
    /// Whether the last address of `X-Forwarded-For` is the caller's: only behind a proxy that sets it.
    pub trust_forwarded_for: bool,
    /// argon2id memory in KiB.
    pub password_memory_kib: u32,
    /// argon2id passes.
    pub password_passes: u32,
}

impl Default for WebSettings {
    /// The password cost is OWASP's second recommendation for argon2id: 19 MiB, two passes, one lane.
    fn default() -> Self {
        Self {
            session_idle_minutes: 30,
            session_max_hours: 10,
            secure_cookies: true,
            login_concurrency: 2,
            login_waiting: 16,
            login_tries: 5,
            address_tries: 60,
            account_tries: 30,
            try_window_minutes: 15,
            trust_forwarded_for: false,
            password_memory_kib: 19 * 1024,
            password_passes: 2,
        }
    }
}

impl WebSettings {
    /// How long a session may be unused.
    #[must_use]
    pub fn idle(&self) -> TimeDelta {
        TimeDelta::minutes(self.session_idle_minutes.into())
    }

    /// How long a session may last.
    #[must_use]
    pub fn session_max(&self) -> TimeDelta {
        TimeDelta::hours(self.session_max_hours.into())
    }

    /// How long tries are remembered.
    #[must_use]
    pub fn try_window(&self) -> TimeDelta {
        TimeDelta::minutes(self.try_window_minutes.into())
    }
}
