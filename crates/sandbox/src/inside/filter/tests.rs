//! What the filter does is tried in `tests/it/escapes.rs`; here only its shape.

use super::*;

#[test]
fn both_filters_compile_and_fit() {
    let (allowed, denied) = (program(Exec::Allowed).unwrap(), program(Exec::Denied).unwrap());
    assert!(allowed.len() < 2048 && denied.len() > allowed.len(), "{} {}", allowed.len(), denied.len());
}

#[test]
fn what_cannot_be_seen_is_answered_first() {
    let program = program(Exec::Allowed).unwrap();
    assert_eq!(program[0].k, 0, "the call's number is loaded");
    assert_eq!(program[2].k, libc::SYS_clone3 as u32);
    assert_eq!(program[3].k, libc::SECCOMP_RET_ERRNO | libc::ENOSYS as u32);
}
