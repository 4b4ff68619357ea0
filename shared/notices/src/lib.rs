//! What offices are told about decisions, as texts (`config/notices`), in Indonesian and English.
//!
//! The texts are part of the program; a directory laid over them ([`NoticeTexts::load`]) replaces those it names. What it
//! does not name keeps the built-in words; what is wrong in it is refused with file and line ([`check_dir`]).

mod fault;
mod overlay;
mod sections;
mod set;
mod short_message;
mod standby;
mod steps;
mod text;
mod words;

pub use fault::{BrokenOverlay, Fault};
pub use overlay::{Checked, check_dir};
pub use sections::{LetterTexts, MailTexts, PaperTexts, ReceiptTexts};
pub use set::NoticeTexts;
pub use short_message::ShortMessageTexts;
pub use standby::StandbyTexts;
pub use steps::StepTexts;
pub use text::Text;
