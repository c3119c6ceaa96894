//! One process watched from outside: wall, processor time with all its children, peak memory.
//!
//! Processor time comes from the kernel's account of reaped children, which counts in hundredths of a second; the median
//! over several runs is better than that.

use std::fs;
use std::process::{Child, Command};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

/// How often memory is looked at. The kernel keeps the peak, so only the very end can be missed.
const LOOK: Duration = Duration::from_millis(3);
/// Looks between two walks over its children, which cost more: there the highest of what was seen counts.
const WALK: u32 = 16;

/// What it took.
pub(crate) struct Used {
    /// Nanoseconds of the monotonic clock at its start.
    pub(crate) begun: u128,
    /// Seconds.
    pub(crate) wall: f64,
    /// Seconds, user and system, children included.
    pub(crate) cpu: f64,
    /// Megabytes (10^6) at the peak of the process itself.
    pub(crate) peak: f64,
    /// Megabytes that its children and theirs had resident at once, at most; shared pages count in each.
    pub(crate) children: f64,
}

/// Runs a command to its end; it must succeed.
pub(crate) fn watch(mut command: Command) -> Result<Used> {
    let before = children_time()?;
    let begun = monotonic();
    let mut child = command.spawn().with_context(|| format!("{command:?} cannot be started"))?;
    let over = Arc::new(AtomicBool::new(false));
    let looking = {
        let (over, id) = (Arc::clone(&over), child.id());
        thread::spawn(move || peak_of(id, &over))
    };
    let ended = wait(&mut child);
    let wall = monotonic() - begun;
    over.store(true, Ordering::Relaxed);
    looking.thread().unpark();
    let (peak, children) = looking.join().unwrap_or_default();
    ended?;
    Ok(Used { begun, wall: wall as f64 / 1e9, cpu: children_time()? - before, peak, children })
}

fn wait(child: &mut Child) -> Result<()> {
    let status = child.wait()?;
    ensure!(status.success(), "it ended with {status}");
    Ok(())
}

/// Of the process itself, and of all below it together.
fn peak_of(id: u32, over: &AtomicBool) -> (f64, f64) {
    let (mut own, mut below, mut looks) = (0.0, 0.0, 0);
    while !over.load(Ordering::Relaxed) {
        own = f64::max(own, megabytes(id, "VmHWM:"));
        if looks % WALK == 0 {
            below = f64::max(below, children(id).into_iter().map(resident_below).sum());
        }
        looks += 1;
        thread::park_timeout(LOOK);
    }
    (own, below)
}

fn resident_below(id: u32) -> f64 {
    megabytes(id, "VmRSS:") + children(id).into_iter().map(resident_below).sum::<f64>()
}

fn children(id: u32) -> Vec<u32> {
    let threads = fs::read_dir(format!("/proc/{id}/task")).into_iter().flatten().flatten();
    let lists = threads.map(|thread| fs::read_to_string(thread.path().join("children")).unwrap_or_default());
    lists.flat_map(|list| list.split_whitespace().filter_map(|word| word.parse().ok()).collect::<Vec<u32>>()).collect()
}

fn megabytes(id: u32, line: &str) -> f64 {
    let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
    let kilobytes = status.lines().find_map(|found| found.strip_prefix(line)?.trim().strip_suffix(" kB")?.parse::<f64>().ok());
    kilobytes.unwrap_or_default() * 1024.0 / 1e6
}

/// Seconds that reaped children and theirs have used.
fn children_time() -> Result<f64> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |place: usize| fields.get(place).and_then(|field| field.parse::<f64>().ok()).unwrap_or_default();
    Ok((ticks(13) + ticks(14)) / rustix::param::clock_ticks_per_second() as f64)
}

/// Nanoseconds of the monotonic clock, which all processes share.
fn monotonic() -> u128 {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    u128::from(now.tv_sec.unsigned_abs()) * 1_000_000_000 + u128::from(now.tv_nsec.unsigned_abs())
}
