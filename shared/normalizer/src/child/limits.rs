//! What the child takes away from itself before it sees the file.

use rustix::process::{Resource, Rlimit, setrlimit};

use super::Task;

/// Standard input, output and error are open; a fourth file, socket or pipe is one too many.
const OPEN_FILES: u64 = 3;

/// Limits this process for good: address space, processor time, no new file or connection, no file growth, no core
/// dump that would hold a person's papers.
///
/// # Errors
/// When the system refuses; the child must not go on then.
pub(super) fn apply(task: &Task) -> std::io::Result<()> {
    let limits = [
        (Resource::As, task.address_space_bytes),
        (Resource::Cpu, task.cpu_s),
        (Resource::Nofile, OPEN_FILES),
        (Resource::Fsize, 0),
        (Resource::Core, 0),
    ];
    for (resource, limit) in limits {
        setrlimit(resource, Rlimit { current: Some(limit), maximum: Some(limit) })?;
    }
    Ok(())
}
