//! The disk limit: while commands run, the size of the box's layers is measured, and over the limit the commands are killed.
//!
//! An ordinary user can make no quota, so this is a measurement and not a wall: what is written between two measurements can
//! exceed it. Measuring takes at most a twentieth of one processor.

use std::os::unix::fs::MetadataExt;
use std::sync::Weak;
use std::time::Instant;

use super::*;

/// Between measurements, at least.
const PAUSE: Duration = Duration::from_millis(250);
/// Enough for a walk that keeps its folders on the heap.
const STACK: usize = 128 * 1024;

pub(super) fn start(shared: &Arc<Shared>) -> io::Result<()> {
    let held = Arc::downgrade(shared);
    let watcher = std::thread::Builder::new().name("disk-limit".to_owned()).stack_size(STACK).spawn(move || watch(&held))?;
    shared.watcher.get_or_init(|| watcher.thread().clone());
    Ok(())
}

fn watch(shared: &Weak<Shared>) {
    let mut pause = PAUSE;
    loop {
        std::thread::park_timeout(pause);
        let Some(shared) = shared.upgrade().filter(|shared| !shared.closed.load(Ordering::Acquire)) else { return };
        if lock(&shared.running).is_empty() {
            continue;
        }
        let began = Instant::now();
        let held = shared.state.disk_use();
        pause = PAUSE.max(began.elapsed() * 20);
        if held > shared.disk_bytes {
            shared.kill_overdrawn();
        }
    }
}

impl Shared {
    fn kill_overdrawn(&self) {
        for running in lock(&self.running).values() {
            running.overdrawn.store(true, Ordering::Release);
            // One that has ended meanwhile needs no killing.
            rustix::process::pidfd_send_signal(&running.first, rustix::process::Signal::KILL).ok();
        }
    }
}

impl StateFolder {
    /// Bytes on disk of all layers. What vanishes or cannot be read while it is counted, counts as nothing.
    fn disk_use(&self) -> u64 {
        let mut sum = 0;
        let mut waiting = vec![self.root().to_owned()];
        while let Some(folder) = waiting.pop() {
            for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
                let Ok(metadata) = entry.metadata() else { continue };
                sum += metadata.blocks() * 512;
                if metadata.is_dir() {
                    waiting.push(entry.path());
                }
            }
        }
        sum
    }
}
