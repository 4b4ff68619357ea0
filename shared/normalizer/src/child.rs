//! Decoding in a child process: what a hostile file can break there is that process and nothing else.
//!
//! The parent leads: it sends the task, then, once the child has taken from itself what it does not need, the file, and
//! asks for one page after the other; the child answers each with one frame. So the parent can wait for its turn between
//! two pages, and knows which page a dead child was at.

mod confine;
mod entry;
mod frame;
#[cfg(test)]
mod fuzz;
mod limits;
#[cfg(test)]
pub(crate) mod malformed;
mod messages;
mod process;

pub use entry::decode_child_main;
pub(crate) use messages::Task;
pub(crate) use process::{ChildFault, ChildProgram, DecodeChild, PageFault};

/// The subcommand of the binary that becomes the child.
pub const CHILD_COMMAND: &str = "decode-child";
