//! How processes of the box come to be and go: new namespaces, forks, exits. All of them are single-threaded when they
//! fork, so that the child may do anything that the parent could.

use std::fs;
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd, OwnedFd};

use rustix::thread::UnshareFlags;

use super::{Failed, Step};

/// The namespaces of a box.
const NAMESPACES: UnshareFlags = UnshareFlags::NEWUSER
    .union(UnshareFlags::NEWNS)
    .union(UnshareFlags::NEWPID)
    .union(UnshareFlags::NEWNET)
    .union(UnshareFlags::NEWIPC)
    .union(UnshareFlags::NEWUTS);

/// Ends this process at once: no destructors, no exit handlers, which belong to the program that was launched.
pub(super) fn leave(code: i32) -> ! {
    // SAFETY: `_exit` takes any number and does not return.
    unsafe { libc::_exit(code) }
}

/// Moves this process into namespaces of its own, in which it has its own user and group and no other.
pub(super) fn separate() -> Result<(), Failed> {
    let (user, group) = (rustix::process::geteuid().as_raw(), rustix::process::getegid().as_raw());
    if user == 0 {
        // Groups that root is in beside its own would open files in the box; others cannot drop theirs.
        // The root of a container may be unable to, and has no groups of the machine's.
        match rustix::thread::set_thread_groups(&[]) {
            Ok(()) | Err(rustix::io::Errno::PERM) => {}
            Err(error) => return Err(error).step("leave supplementary groups"),
        }
    }
    // SAFETY: the process has one thread and shares nothing that `unshare` would take from under it.
    unsafe { rustix::thread::unshare_unsafe(NAMESPACES) }.step("make namespaces")?;
    fs::write("/proc/self/setgroups", "deny").step("map the user")?;
    fs::write("/proc/self/uid_map", format!("{user} {user} 1")).step("map the user")?;
    fs::write("/proc/self/gid_map", format!("{group} {group} 1")).step("map the group")
}

/// Forks the first process of the box as a child of the *service*, so that the launched one can go. `Some(pid)` in the
/// launched process, `None` in the first process.
pub(super) fn first_process() -> Result<Option<i32>, Failed> {
    clone(libc::CLONE_PARENT).step("start the first process")
}

/// Forks an ordinary child.
pub(super) fn fork() -> io::Result<Option<i32>> {
    clone(libc::SIGCHLD)
}

/// Forks a child with a copy of the mount namespace, from which it can take mounts away.
pub(super) fn fork_with_own_mounts() -> io::Result<Option<i32>> {
    clone(libc::SIGCHLD | libc::CLONE_NEWNS)
}

/// Forks the first process of a command, in pid and mount namespaces of its own.
pub(super) fn first_of_command() -> io::Result<Option<i32>> {
    clone(libc::SIGCHLD | libc::CLONE_NEWPID | libc::CLONE_NEWNS)
}

fn clone(flags: i32) -> io::Result<Option<i32>> {
    // SAFETY: without CLONE_VM and without a stack this is `fork`; the process is single-threaded, so the child's copy of
    // the heap and of the standard library's state is consistent.
    let pid = unsafe { libc::syscall(libc::SYS_clone, i64::from(flags), 0_u64, 0_u64, 0_u64, 0_u64) };
    match i32::try_from(pid) {
        Ok(0) => Ok(None),
        Ok(pid) if pid > 0 => Ok(Some(pid)),
        _ => Err(io::Error::last_os_error()),
    }
}

/// Closes every descriptor above the first three but these: what the service left open for its children by mistake, and
/// what a fork of the box's first process holds for others.
pub(super) fn keep_only(kept: &[BorrowedFd<'_>]) -> io::Result<()> {
    let mut numbers: Vec<u32> = kept.iter().filter_map(|fd| u32::try_from(fd.as_raw_fd()).ok()).collect();
    numbers.sort_unstable();
    let mut first = 3;
    for number in numbers.into_iter().filter(|number| *number >= 3) {
        close_range(first, number.saturating_sub(1))?;
        first = number.saturating_add(1);
    }
    close_range(first, u32::MAX)
}

fn close_range(first: u32, last: u32) -> io::Result<()> {
    if first > last {
        return Ok(());
    }
    // SAFETY: callers have just begun as a process of their own and use no other descriptor than those that they keep; the
    // values that own the closed ones are never dropped, because these processes end by `leave`.
    let done = unsafe { libc::syscall(libc::SYS_close_range, u64::from(first), u64::from(last), 0_u64) };
    if done == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// A descriptor of this very process, by which its end can be awaited and hastened.
pub(super) fn own_pidfd() -> io::Result<OwnedFd> {
    Ok(rustix::process::pidfd_open(rustix::process::getpid(), rustix::process::PidfdFlags::empty())?)
}

/// Takes this process into network and message namespaces of its own, in which there is nothing.
pub(super) fn leave_network() -> io::Result<()> {
    // SAFETY: neither namespace is memory or descriptors; the process has one thread.
    unsafe { rustix::thread::unshare_unsafe(UnshareFlags::NEWNET | UnshareFlags::NEWIPC) }?;
    Ok(())
}
