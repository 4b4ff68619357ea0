//! What the HTTP surfaces share: sessions, API keys, problem details, layout.
//!
//! A surface builds its routes over a state from which [`WebState`] can be taken, and wraps them in [`surface`]
//! (login, logout, the shared assets). Handlers say in their signature who may call
//! them: [`Office`], [`User`], [`Verifier`], [`Supervisor`], [`Operator`] or [`Watcher`].

mod access;
mod assets;
mod body;
mod cookies;
mod headers;
mod lang;
mod limit;
mod listening;
mod lock;
mod login;
mod login_page;
mod origin;
mod pages;
mod password;
mod peer;
mod plain;
mod problem;
mod problem_page;
mod problem_words;
mod secret;
mod session;
mod settings;
mod state;
mod surface;
mod throttle;
pub mod times;

pub use access::{EvenLocked, Office, Operator, Supervisor, User, Verifier, Watcher};
pub use assets::{Asset, Assets};
pub use body::ApiJson;
pub use headers::scan_headers;
pub use lang::Lang;
pub use limit::{IsUpload, timed};
pub use listening::Listening;
pub use login::{LoginRequest, Me};
pub use pages::{Frame, NavItem, page};
pub use password::{InvalidPassword, PasswordHasher};
pub use problem::{Fault, KEPT_AS_DRAFT, Problem};
pub use secret::{ApiKey, Secret};
pub use settings::WebSettings;
pub use state::WebState;
pub use surface::{surface, surface_within};
