//! E-mail to the people of an office, about decisions and about what passed and waits for blanks.

mod channel;
mod half;
mod letter;
mod server;
mod standby;

pub(crate) use channel::MailChannel;
pub use server::{MailSetupError, is_mail_address};
