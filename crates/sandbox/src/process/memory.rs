//! How much memory a command holds: the resident pages of its first process and of all below it, as /proc tells them.
//!
//! A measurement and not a wall: what vanishes while it is counted counts as nothing, and shared pages count for each.

use std::fs;
use std::os::fd::{AsRawFd, OwnedFd};

/// More processes of one command are not counted.
const MOST_PROCESSES: usize = 4096;

pub(super) fn held_by(first: &OwnedFd) -> u64 {
    let mut waiting: Vec<i32> = number_of(first).into_iter().collect();
    let mut pages = 0;
    for _ in 0..MOST_PROCESSES {
        let Some(process) = waiting.pop() else { break };
        pages += resident(process).unwrap_or_default();
        waiting.extend(children(process));
    }
    pages * rustix::param::page_size() as u64
}

/// The number of a process in our own namespace; proc_pid_fdinfo(5) has it for a pidfd, -1 once it is gone.
fn number_of(first: &OwnedFd) -> Option<i32> {
    let told = fs::read_to_string(format!("/proc/self/fdinfo/{}", first.as_raw_fd())).ok()?;
    let number = told.lines().find_map(|line| line.strip_prefix("Pid:"))?;
    number.trim().parse().ok().filter(|number| *number > 0)
}

fn resident(process: i32) -> Option<u64> {
    fs::read_to_string(format!("/proc/{process}/statm")).ok()?.split(' ').nth(1)?.parse().ok()
}

/// What the threads of a process have started; proc_tid_children(5).
fn children(process: i32) -> Vec<i32> {
    let threads = fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten().flatten();
    let told = threads.filter_map(|thread| fs::read_to_string(thread.path().join("children")).ok());
    told.flat_map(|told| told.split_whitespace().filter_map(|number| number.parse().ok()).collect::<Vec<_>>()).collect()
}
