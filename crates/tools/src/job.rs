//! A background command: a thread drains its output, so that it never waits for a reader, and keeps what nobody has read
//! yet within bounds. Dropping a job ends the command and everything it started.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use std::{io, mem};

use sandbox::{Event, Process};

use crate::kept::Kept;
use crate::run::{End, SLICE};

/// What is kept of output that nobody has read.
const MOST_UNREAD: usize = 1_000_000;

/// One background command.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) command: String,
    state: Arc<State>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct State {
    seen: Mutex<Seen>,
    /// Signalled when there is something new.
    news: Condvar,
    stop: AtomicBool,
}

#[derive(Debug)]
struct Seen {
    unread: Kept,
    ended: Option<Ended>,
}

/// How a job ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ended {
    pub(crate) exit: i32,
    pub(crate) end: End,
    pub(crate) took: Duration,
}

/// What a job has printed since the last time, and its end if it has come.
pub(crate) struct News {
    pub(crate) unread: Kept,
    pub(crate) ended: Option<Ended>,
}

impl Job {
    /// Begins to drain a command that runs. If no thread can be had, the command is ended.
    pub(crate) fn start(command: String, process: Process) -> io::Result<Self> {
        let seen = Mutex::new(Seen { unread: Kept::new(MOST_UNREAD), ended: None });
        let state = Arc::new(State { seen, news: Condvar::new(), stop: AtomicBool::new(false) });
        let drained = Arc::clone(&state);
        let thread = thread::Builder::new().name("job".to_owned()).spawn(move || drain(process, &drained))?;
        Ok(Self { command, state, thread: Some(thread) })
    }

    /// Whether it has not ended.
    pub(crate) fn runs(&self) -> bool {
        self.state.seen().ended.is_none()
    }

    /// What is new; waits for it at most `wait`, or until `stop` is raised.
    pub(crate) fn news(&self, wait: Duration, stop: &AtomicBool) -> News {
        let until = Instant::now() + wait;
        let mut seen = self.state.seen();
        while seen.unread.is_empty() && seen.ended.is_none() && !stop.load(Ordering::Acquire) {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            let woken = self.state.news.wait_timeout(seen, left.min(SLICE));
            seen = woken.unwrap_or_else(PoisonError::into_inner).0;
        }
        News { unread: mem::replace(&mut seen.unread, Kept::new(MOST_UNREAD)), ended: seen.ended }
    }

    /// Ends it; returns when nothing of it runs.
    pub(crate) fn stop(&mut self) {
        self.state.stop.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            drop(thread.join()); // a panic in it has dropped the process, which ends it too
        }
    }
}

impl Drop for Job {
    fn drop(&mut self) {
        self.stop();
    }
}

impl State {
    /// A panic elsewhere leaves nothing half-written behind this lock.
    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn drain(mut process: Process, state: &State) {
    let begun = Instant::now();
    let mut stopped = false;
    loop {
        if !stopped && state.stop.load(Ordering::Acquire) {
            stopped = true;
            process.stop();
        }
        match process.next(SLICE) {
            Event::Output(bytes) => state.seen().unread.push(&bytes),
            Event::Quiet => continue,
            Event::Exited { code, why } => {
                state.seen().ended = Some(Ended { exit: code, end: End::of(why, None), took: begun.elapsed() });
                state.news.notify_all();
                return;
            }
        }
        state.news.notify_all();
    }
}
