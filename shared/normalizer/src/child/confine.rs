//! The system calls that the child leaves itself.
//!
//! Limits alone would still let a decoder that was taken over start a program, signal other processes or use whatever
//! file it was started with. After this it can compute, ask for memory, and talk over its pipe.

#[cfg(target_os = "linux")]
pub(super) use self::linux::apply;

/// Takes nothing away: this system has no filter of calls that the child could use.
///
/// # Errors
/// Always, so that the setting decides whether the child goes on.
#[cfg(not(target_os = "linux"))]
pub(super) fn apply() -> std::io::Result<()> {
    Err(std::io::ErrorKind::Unsupported.into())
}

#[cfg(target_os = "linux")]
mod linux {
    use std::collections::BTreeMap;
    use std::io;

    use libc::{c_long, pid_t};
    use seccompiler::SeccompCmpArgLen::{Dword, Qword};
    use seccompiler::SeccompCmpOp::{Eq, MaskedEq};
    use seccompiler::{
        BackendError, BpfProgram, SeccompAction, SeccompCondition, SeccompFilter, SeccompRule,
    };

    /// The rayon pools of the HEIC decoder and of the orientation network are the only threads.
    pub(super) const THREADS: bool = cfg!(any(feature = "heic", feature = "orientation-net"));

    /// Calls that reach nothing outside this process, whatever their arguments are.
    const ANY_ARGUMENTS: [c_long; 21] = [
        libc::SYS_brk,
        libc::SYS_clock_gettime,
        libc::SYS_exit,
        libc::SYS_exit_group,
        libc::SYS_futex,
        libc::SYS_getpid,
        libc::SYS_getrandom,
        libc::SYS_gettid,
        libc::SYS_madvise,
        libc::SYS_mremap,
        libc::SYS_munmap,
        libc::SYS_restart_syscall,
        libc::SYS_rseq,
        libc::SYS_rt_sigaction,
        libc::SYS_rt_sigprocmask,
        libc::SYS_rt_sigreturn,
        libc::SYS_sched_getaffinity,
        libc::SYS_sched_yield,
        libc::SYS_set_robust_list,
        libc::SYS_set_tid_address,
        libc::SYS_sigaltstack,
    ];

    /// Confines this thread and those it starts, for good: any other call fails with `EPERM`.
    ///
    /// # Errors
    /// When this processor or this kernel has no such filter; nothing is taken away then.
    pub(in super::super) fn apply() -> io::Result<()> {
        let own = rustix::process::getpid().as_raw_nonzero().get();
        // Both are made before the first is applied. What `clone3` is asked lies in memory, where no filter reads it; told
        // that the call does not exist, the C library asks `clone` instead. Of two refusals the first one here counts.
        let filters = [without_clone3(), only_decoding(own)];
        for filter in filters {
            seccompiler::apply_filter(&filter.map_err(io::Error::other)?).map_err(io::Error::other)?;
        }
        Ok(())
    }

    fn without_clone3() -> Result<BpfProgram, BackendError> {
        let rules = BTreeMap::from([(libc::SYS_clone3, Vec::new())]);
        compiled(rules, SeccompAction::Allow, SeccompAction::Errno(libc::ENOSYS.unsigned_abs()))
    }

    fn only_decoding(own: pid_t) -> Result<BpfProgram, BackendError> {
        let mut rules: BTreeMap<c_long, Vec<SeccompRule>> =
            ANY_ARGUMENTS.into_iter().map(|call| (call, Vec::new())).collect();
        rules.insert(libc::SYS_clone3, Vec::new());
        rules.insert(libc::SYS_read, vec![file_is(libc::STDIN_FILENO)?]);
        for call in [libc::SYS_write, libc::SYS_writev] {
            rules.insert(call, vec![file_is(libc::STDOUT_FILENO)?, file_is(libc::STDERR_FILENO)?]);
        }
        let not_code = || SeccompCondition::new(2, Dword, MaskedEq(bits(libc::PROT_EXEC)), 0);
        let of_no_file = bits(libc::MAP_ANONYMOUS);
        let of_no_file = SeccompCondition::new(3, Dword, MaskedEq(of_no_file), of_no_file)?;
        rules.insert(libc::SYS_mmap, vec![SeccompRule::new(vec![not_code()?, of_no_file])?]);
        rules.insert(libc::SYS_mprotect, vec![SeccompRule::new(vec![not_code()?])?]);
        // `abort` ends this process with a signal to itself.
        let to_itself = SeccompCondition::new(0, Dword, Eq, u64::from(own.unsigned_abs()))?;
        rules.insert(libc::SYS_tgkill, vec![SeccompRule::new(vec![to_itself])?]);
        if THREADS {
            rules.insert(libc::SYS_clone, vec![a_thread()?]);
        }
        compiled(rules, SeccompAction::Errno(libc::EPERM.unsigned_abs()), SeccompAction::Allow)
    }

    fn file_is(number: i32) -> Result<SeccompRule, BackendError> {
        SeccompRule::new(vec![SeccompCondition::new(0, Dword, Eq, bits(number))?])
    }

    /// A thread of this process, in the same namespaces.
    fn a_thread() -> Result<SeccompRule, BackendError> {
        let thread = bits(libc::CLONE_THREAD);
        let elsewhere = libc::CLONE_NEWNS | libc::CLONE_NEWCGROUP | libc::CLONE_NEWUTS | libc::CLONE_NEWIPC;
        let elsewhere = elsewhere | libc::CLONE_NEWUSER | libc::CLONE_NEWPID | libc::CLONE_NEWNET;
        let looked_at = thread | bits(elsewhere);
        SeccompRule::new(vec![SeccompCondition::new(0, Qword, MaskedEq(looked_at), thread)?])
    }

    /// The flags of a call as a filter compares them.
    const fn bits(flags: i32) -> u64 {
        flags.cast_unsigned() as u64
    }

    fn compiled(
        rules: BTreeMap<c_long, Vec<SeccompRule>>,
        otherwise: SeccompAction,
        on_match: SeccompAction,
    ) -> Result<BpfProgram, BackendError> {
        let target = std::env::consts::ARCH.try_into()?;
        SeccompFilter::new(rules, otherwise, on_match, target)?.try_into()
    }
}

#[cfg(target_os = "linux")]
#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::fs::File;
    use std::io;
    use std::net::{TcpStream, UdpSocket};
    use std::os::unix::net::UnixStream;
    use std::process::Command;
    use std::time::Instant;

    use rustix::process::{Resource, Rlimit, getppid, setrlimit, test_kill_process};

    use super::*;

    /// Does `work` on a thread that confined itself; a filter is a thread's own.
    fn confined<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
        let thread = std::thread::spawn(move || apply().map(|()| work()));
        thread.join().unwrap().unwrap()
    }

    /// Were it let, the tests would end as `false` does. Not by `Command::exec`, which fails after it let this process die of
    /// pipes that nobody reads: so did other tests then, whose children end early.
    #[expect(unsafe_code, reason = "the C library's call")]
    fn become_a_program() -> io::Error {
        let arguments = [c"false".as_ptr(), std::ptr::null()];
        // SAFETY: every text ends with a zero, and the list with a null pointer.
        unsafe { libc::execv(c"/bin/false".as_ptr(), arguments.as_ptr()) };
        io::Error::last_os_error()
    }

    #[test]
    fn whoever_is_confined_reaches_no_file_no_network_no_program_and_no_process() {
        let parent = getppid().unwrap();
        let attempts = confined(move || {
            let unlimited = Rlimit { current: None, maximum: None };
            [
                ("read a file", File::open("/etc/hostname").err()),
                ("make a file", File::create("/tmp/berkas-confined").err()),
                ("remove a file", std::fs::remove_file("/tmp/berkas-confined").err()),
                ("list a directory", std::fs::read_dir("/").err()),
                ("listen", UdpSocket::bind("127.0.0.1:0").err()),
                ("connect", TcpStream::connect("127.0.0.1:9").err()),
                ("make a socket", UnixStream::pair().err()),
                ("start a program", Command::new("/bin/true").spawn().err()),
                ("become a program", Some(become_a_program())),
                ("signal its parent", test_kill_process(parent).err().map(Into::into)),
                ("raise a limit", setrlimit(Resource::Core, unlimited).err().map(Into::into)),
            ]
        });
        for (what, error) in attempts {
            let kind = error.as_ref().map(io::Error::kind);
            assert_eq!(kind, Some(io::ErrorKind::PermissionDenied), "{what}: {error:?}");
        }
    }

    #[test]
    fn whoever_is_confined_has_memory_time_and_chance() {
        let (memory, map) = confined(|| {
            let memory: Vec<Vec<u8>> = (1..9).map(|part| vec![1; part << 20]).collect();
            (memory, HashMap::from([(7, Instant::now())]))
        });
        assert_eq!(memory.iter().map(Vec::len).sum::<usize>(), 36 << 20);
        assert!(map.contains_key(&7));
    }

    #[test]
    fn a_thread_is_started_where_a_decoder_needs_one_and_is_confined_too() {
        let opened = confined(|| {
            let thread = std::thread::Builder::new().spawn(|| File::open("/etc/hostname").err());
            thread.map(|thread| thread.join().unwrap())
        });
        assert_eq!(opened.is_ok(), linux::THREADS);
        let error = opened.map_or_else(|error| error, Option::unwrap);
        assert_eq!(error.kind(), io::ErrorKind::PermissionDenied);
    }
}
