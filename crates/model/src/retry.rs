//! When to ask again, and how long to wait before.
//!
//! 408, 409, 429, 5xx (529 among them) and broken connections; after something of the reply was shown twice at most, since
//! those words were paid for. A reply that is not whole is never acted on, so asking again is safe. The wait doubles from
//! half a second up to 30 s; what the vendor asks for is honoured up to two minutes, and beyond that the person is
//! told instead of kept waiting. There is no jitter: one session is one client, and runs are to be repeatable.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

const FIRST: Duration = Duration::from_millis(500);
const LONGEST: Duration = Duration::from_secs(30);
const MOST_ASKED: Duration = Duration::from_secs(120);
const TRIES: u32 = 6;
const REPEATS: u32 = 2;

/// Waits for the given time, or until the flag is set. Tests give one that only writes down what it was asked.
pub type Pause = Box<dyn FnMut(Duration, &AtomicBool) + Send>;

/// Counts the tries of one request.
#[derive(Debug, Default)]
pub(crate) struct Tries {
    made: u32,
    repeated: u32,
}

impl Tries {
    /// Counts one more try that failed; gives the wait before the next, or nothing if there is to be none.
    pub(crate) fn failed(&mut self, asked: Option<Duration>) -> Option<Duration> {
        self.made += 1;
        if self.made >= TRIES {
            return None;
        }
        match asked {
            Some(wait) if wait > MOST_ASKED => None,
            Some(wait) => Some(wait),
            None => Some(FIRST.saturating_mul(1 << (self.made - 1).min(16)).min(LONGEST)),
        }
    }

    /// Counts a reply that was cut after something of it was shown; whether it may be asked for once more.
    pub(crate) fn may_repeat(&mut self) -> bool {
        self.repeated += 1;
        self.repeated <= REPEATS
    }

    /// How many tries were made.
    pub(crate) fn made(&self) -> u32 {
        self.made
    }
}

/// Whether an answer with this status may be different next time.
pub(crate) fn is_passing(status: u16) -> bool {
    matches!(status, 408 | 409 | 429 | 500..=599)
}

/// A [`Pause`] that really waits and looks at the flag every 25 ms.
pub fn real_pause() -> Pause {
    Box::new(|wait, cancel| {
        let until = Instant::now() + wait;
        while !cancel.load(Ordering::Relaxed) {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            thread::park_timeout(left.min(Duration::from_millis(25)));
        }
    })
}

#[cfg(test)]
mod tests;
