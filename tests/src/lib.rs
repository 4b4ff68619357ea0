//! End-to-end, fault and browser tests of the whole chain.
