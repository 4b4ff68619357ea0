//! Berkas: every role and every operator command in one binary.

fn main() {}
