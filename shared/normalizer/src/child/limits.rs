//! What the child takes away from itself before it sees the file.

use rustix::process::{Resource, Rlimit, setrlimit};

use super::Task;

/// Address space beyond the memory that is written to: the program, and what its heaps set aside for threads and never touch.
/// No limit but this one counts memory that could be shared with another process.
const SET_ASIDE_BYTES: u64 = 1536 << 20;
/// Standard input, output and error are open; a fourth file, socket or pipe is one too many.
const OPEN_FILES: u64 = 3;

/// Limits this process for good: memory, address space, processor time, no new file or connection, no file growth, no core
/// dump that would hold a person's papers.
///
/// # Errors
/// When the system refuses; the child must not go on then.
pub(super) fn apply(task: &Task) -> std::io::Result<()> {
    let address_space_bytes = task.memory_bytes.saturating_add(SET_ASIDE_BYTES);
    // A second between the two: at the first the process ends by a signal that tells why, at the other it is killed.
    let limits = [
        (Resource::Cpu, task.cpu_s, task.cpu_s.saturating_add(1)),
        (Resource::Data, task.memory_bytes, task.memory_bytes),
        (Resource::As, address_space_bytes, address_space_bytes),
        (Resource::Nofile, OPEN_FILES, OPEN_FILES),
        (Resource::Fsize, 0, 0),
        (Resource::Core, 0, 0),
    ];
    for (resource, current, maximum) in limits {
        setrlimit(resource, Rlimit { current: Some(current), maximum: Some(maximum) })?;
    }
    Ok(())
}
