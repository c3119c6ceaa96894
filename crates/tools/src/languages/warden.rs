//! Holds a language server's process, and ends it when nobody has asked it anything for long, or when it holds too much memory.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::Thread;
use std::time::{Duration, Instant};

use sandbox::Process;

/// Memory of a server and all that it started.
const MOST_MEMORY: u64 = 4 << 30;
/// So long it runs without a question.
const LONGEST_IDLE: Duration = Duration::from_secs(15 * 60);
/// Between two looks.
const PAUSE: Duration = Duration::from_secs(1);

/// What a server may hold and how long it may idle.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    pub(crate) memory: u64,
    pub(crate) idle: Duration,
    pub(crate) pause: Duration,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { memory: MOST_MEMORY, idle: LONGEST_IDLE, pause: PAUSE }
    }
}

/// The holder of one process. Dropping it ends the process.
#[derive(Debug)]
pub(crate) struct Warden {
    held: Arc<Mutex<Held>>,
    thread: Thread,
}

#[derive(Debug)]
struct Held {
    process: Option<Process>,
    asked: Instant,
    why: Option<String>,
}

impl Warden {
    pub(crate) fn over(process: Process, bounds: Bounds) -> std::io::Result<Self> {
        let held = Arc::new(Mutex::new(Held { process: Some(process), asked: Instant::now(), why: None }));
        let watched = Arc::clone(&held);
        let thread = std::thread::Builder::new().name("language-warden".to_owned()).spawn(move || {
            while lock(&watched).look(&bounds) {
                std::thread::park_timeout(bounds.pause);
            }
        })?;
        Ok(Self { held, thread: thread.thread().clone() })
    }

    /// Somebody asks it now.
    pub(crate) fn asked(&self) {
        lock(&self.held).asked = Instant::now();
    }

    /// Whether it has not been ended; that it has ended by itself is seen at its pipes.
    pub(crate) fn runs(&self) -> bool {
        lock(&self.held).process.is_some()
    }

    /// Why it was ended, if for a reason of ours.
    pub(crate) fn why(&self) -> Option<String> {
        lock(&self.held).why.clone()
    }
}

impl Drop for Warden {
    fn drop(&mut self) {
        lock(&self.held).process = None;
        self.thread.unpark();
    }
}

impl Held {
    /// Whether there is still something to look after.
    fn look(&mut self, bounds: &Bounds) -> bool {
        let Some(process) = &self.process else { return false };
        self.why = bounds.broken(process.memory(), self.asked.elapsed());
        if self.why.is_some() {
            self.process = None;
        }
        self.why.is_none()
    }
}

impl Bounds {
    /// Which one a server is over, if any.
    fn broken(&self, memory: u64, idle: Duration) -> Option<String> {
        match () {
            () if memory > self.memory => Some(format!("it held more than {} of memory", action::Count::new(self.memory, "bytes"))),
            () if idle >= self.idle => Some("nobody had asked it anything for long".to_owned()),
            () => None,
        }
    }
}

/// A panic elsewhere leaves nothing half-written behind this lock.
fn lock(held: &Mutex<Held>) -> MutexGuard<'_, Held> {
    held.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_over_its_bounds_by_memory_or_by_idling() {
        let bounds = Bounds { memory: 100, idle: Duration::from_secs(9), pause: PAUSE };
        let broken = |memory, seconds| bounds.broken(memory, Duration::from_secs(seconds));
        assert_eq!(broken(100, 8), None);
        assert_eq!(broken(101, 0).as_deref(), Some("it held more than 100 bytes of memory"));
        assert_eq!(broken(0, 9).as_deref(), Some("nobody had asked it anything for long"));
    }
}
