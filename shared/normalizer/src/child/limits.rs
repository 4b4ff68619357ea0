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
    // A second between the two: at the first the process ends by a signal that tells why, at the other it is killed.
    let limits = [
        (Resource::Cpu, task.cpu_s, task.cpu_s.saturating_add(1)),
        (Resource::As, task.address_space_bytes, task.address_space_bytes),
        (Resource::Nofile, OPEN_FILES, OPEN_FILES),
        (Resource::Fsize, 0, 0),
        (Resource::Core, 0, 0),
    ];
    for (resource, current, maximum) in limits {
        setrlimit(resource, Rlimit { current: Some(current), maximum: Some(maximum) })?;
    }
    Ok(())
}
