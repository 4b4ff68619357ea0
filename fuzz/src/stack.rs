//! A stack of its own for the handler of signals: on one that overflowed, libFuzzer could not write down what did it.

#![expect(unsafe_code, reason = "the C library's calls")]

/// Bytes of that stack.
const SIZE: usize = 256 << 10;

/// Makes libFuzzer tell an overflow of the stack, with the input, like any other crash.
pub(crate) fn make_overflows_reportable() {
    let memory = Box::leak(vec![0_u8; SIZE].into_boxed_slice());
    let stack = libc::stack_t { ss_sp: memory.as_mut_ptr().cast(), ss_flags: 0, ss_size: SIZE };
    // SAFETY: the memory lives as long as the process, and nothing else uses it.
    unsafe { libc::sigaltstack(&raw const stack, std::ptr::null_mut()) };
    for signal in [libc::SIGSEGV, libc::SIGBUS] {
        // SAFETY: all zero is the default action; libFuzzer replaces it by its own and keeps the flag.
        unsafe {
            let mut action: libc::sigaction = std::mem::zeroed();
            action.sa_sigaction = libc::SIG_DFL;
            action.sa_flags = libc::SA_ONSTACK;
            libc::sigaction(signal, &raw const action, std::ptr::null_mut());
        }
    }
}
