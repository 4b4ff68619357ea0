//! E-mail to the people of an office, about decisions alone.

mod channel;
mod letter;
mod server;

pub(crate) use channel::MailChannel;
pub use server::{MailSetupError, is_mail_address};
