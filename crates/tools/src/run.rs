//! Attends a running command: hands its output on as it comes, keeps a bounded part of it, and ends the command when its
//! time is up or somebody says so. Ending is ending everything it started: its whole pid namespace goes.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use sandbox::{Event, Process, Why};

use crate::kept::Kept;

/// What is kept of a command's output.
pub(crate) const MOST_KEPT: usize = 10_000_000;
/// What of it a model is shown.
pub(crate) const MOST_SHOWN: usize = 30_000;
/// The stop flag is looked at this often.
pub(crate) const SLICE: Duration = Duration::from_millis(50);

/// A command's output and end.
pub(crate) struct Run {
    pub(crate) kept: Kept,
    pub(crate) exit: i32,
    pub(crate) end: End,
    pub(crate) took: Duration,
}

/// What ended a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// It ended by itself.
    Exited,
    /// A signal of its own making.
    Signal,
    /// Somebody said stop.
    Stopped,
    /// Its time was up.
    TimeLimit { seconds: u64 },
    /// The copy had grown over its disk limit.
    DiskLimit,
    /// The box ended.
    Lost,
}

/// Attends `process` until nothing of it runs.
pub(crate) fn attend(process: &mut Process, seconds: u64, live: &mut dyn FnMut(&[u8]), stop: &AtomicBool) -> Run {
    let begun = Instant::now();
    let limit = Duration::from_secs(seconds);
    let mut kept = Kept::new(MOST_KEPT);
    let mut cut = None;
    loop {
        if cut.is_none() {
            cut = if stop.load(Ordering::Acquire) {
                Some(End::Stopped)
            } else {
                (begun.elapsed() >= limit).then_some(End::TimeLimit { seconds })
            };
            if cut.is_some() {
                process.stop();
            }
        }
        match process.next(SLICE.min(limit.saturating_sub(begun.elapsed())).max(Duration::from_millis(1))) {
            Event::Output(bytes) => {
                live(&bytes);
                kept.push(&bytes);
            }
            Event::Quiet => {}
            Event::Exited { code, why } => {
                return Run { kept, exit: code, end: End::of(why, cut), took: begun.elapsed() };
            }
        }
    }
}

impl End {
    /// Why it ended; `cut` is what we stopped it for, if we did.
    pub(crate) fn of(why: Why, cut: Option<Self>) -> Self {
        match why {
            Why::Finished => Self::Exited,
            Why::Signal => Self::Signal,
            Why::Stopped => cut.unwrap_or(Self::Stopped),
            Why::DiskLimit => Self::DiskLimit,
            Why::Lost => Self::Lost,
        }
    }

    /// Whether a command that ended so, with this status, did what it was to do.
    pub(crate) fn is_good(self, exit: i32) -> bool {
        self == Self::Exited && exit == 0
    }

    /// Whether it did not end by itself.
    pub(crate) fn is_cut(self) -> bool {
        !matches!(self, Self::Exited | Self::Signal)
    }

    /// For people: `exit 0 in 0.3 s`.
    pub(crate) fn line(self, exit: i32, took: Duration) -> String {
        let took = spelled(took);
        match self {
            Self::Exited => format!("exit {exit} in {took}"),
            Self::Signal => format!("ended by signal {} after {took}", exit - 128),
            Self::Stopped => format!("stopped after {took}"),
            Self::TimeLimit { seconds } => format!("stopped after {seconds} s, the time limit"),
            Self::DiskLimit => format!("killed after {took}: the copy grew over its disk limit"),
            Self::Lost => format!("lost after {took}: the box ended"),
        }
    }

    /// For the model; without times, so that the same run is told in the same words.
    pub(crate) fn words(self, exit: i32) -> String {
        match self {
            Self::Exited => format!("[exit {exit}]"),
            Self::Signal => format!("[exit {exit}: ended by signal {}]", exit - 128),
            Self::Stopped => "[stopped, with everything it had started]".to_owned(),
            Self::TimeLimit { seconds } => {
                format!("[stopped after {seconds} s, its time limit; give it more `seconds`, or run it in the background]")
            }
            Self::DiskLimit => "[killed: the copy grew over its disk limit]".to_owned(),
            Self::Lost => "[lost: the box ended]".to_owned(),
        }
    }
}

/// `0.3 s`, `75 s`.
fn spelled(took: Duration) -> String {
    match took.as_secs() {
        0..=9 => format!("{:.1} s", took.as_secs_f64()),
        seconds => format!("{seconds} s"),
    }
}

#[cfg(test)]
mod tests;
