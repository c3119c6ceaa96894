//! A running command: its output as it comes, how it ended, and the end of everything that it started.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::net::{AddressFamily, SocketFlags, SocketType};
use rustix::pipe::PipeFlags;
use rustix::process::Signal;

use crate::changes::{ChangesError, CopyOf, Differing};
use crate::plan::Place;
use crate::sandbox::{Running, Shared, StartError};
use crate::wire::{self, Order, Status};

mod memory;

/// A command in the box. Dropping it kills it and all that it started.
#[derive(Debug)]
pub struct Process {
    shared: Arc<Shared>,
    number: u64,
    output: Option<OwnedFd>,
    status: Option<OwnedFd>,
    /// The first process of the command's pid namespace.
    first: OwnedFd,
    overdrawn: Arc<AtomicBool>,
    stopped: bool,
    end: Option<Ended>,
    rehearsal: Option<Rehearsal>,
}

/// What a command did next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Output and errors, as they came, in one stream.
    Output(Vec<u8>),
    /// Nothing within the time.
    Quiet,
    /// It has ended, nothing of it runs, and all its output was given.
    Exited {
        /// Its exit code, or 128 and the signal's number.
        code: i32,
        /// What ended it.
        why: Why,
    },
}

/// What ended a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// It ended by itself.
    Finished,
    /// A signal of its own making.
    Signal,
    /// [`Process::stop`].
    Stopped,
    /// The copy had grown over the plan's disk limit.
    DiskLimit,
    /// The box ended, or something killed the command's first process.
    Lost,
}

#[derive(Clone, Copy, Debug)]
struct Ended {
    code: i32,
    why: Why,
}

/// Bytes of one [`Event::Output`] at most.
const CHUNK: usize = 64 * 1024;
const KILLED: i32 = 128 + libc::SIGKILL;

impl Process {
    pub(crate) fn running(
        shared: Arc<Shared>,
        number: u64,
        ends: Ends,
        first: OwnedFd,
        rehearsal: Option<Rehearsal>,
    ) -> io::Result<Self> {
        let overdrawn = Arc::new(AtomicBool::new(false));
        shared.add_running(number, Running { first: first.try_clone()?, overdrawn: Arc::clone(&overdrawn) });
        let (output, status) = (Some(ends.output), Some(ends.status));
        Ok(Self { shared, number, output, status, first, overdrawn, stopped: false, end: None, rehearsal })
    }

    /// The same, where whoever speaks to it reads its output.
    pub(crate) fn serving(shared: Arc<Shared>, number: u64, ends: ServerEnds, first: OwnedFd) -> io::Result<Served> {
        let ServerEnds { ends, input, errors } = ends;
        let mut process = Self::running(shared, number, ends, first, None)?;
        let output = process.output.take().ok_or(io::ErrorKind::BrokenPipe)?;
        Ok(Served { process, input, output, errors })
    }

    /// Waits at most `wait` for output or the end. After `Exited` it says the same again.
    pub fn next(&mut self, wait: Duration) -> Event {
        let until = Instant::now() + wait;
        loop {
            if let (None, Some(ended)) = (&self.output, self.end) {
                self.shared.remove_running(self.number);
                return Event::Exited { code: ended.code, why: ended.why };
            }
            match self.wait_until(until) {
                Ok(Readable::Nothing) => return Event::Quiet,
                Ok(Readable::Output) => {
                    if let Some(bytes) = self.read_output() {
                        return Event::Output(bytes);
                    }
                }
                Ok(Readable::Status) => self.read_status(),
                Err(_) => self.lose(),
            }
        }
    }

    /// Kills the command and everything that it started, and returns when nothing of it is left. Output that it had written
    /// can still be read.
    pub fn stop(&mut self) {
        self.stopped = true;
        // It may have ended; and without a descriptor of it nothing of it could have run.
        rustix::process::pidfd_send_signal(&self.first, Signal::KILL).ok();
        drop(wait_readable(&self.first, None));
        self.shared.remove_running(self.number);
    }

    /// Bytes of memory that it and all that it started hold, as far as they can be counted from outside.
    pub fn memory(&self) -> u64 {
        memory::held_by(&self.first)
    }

    /// The environment's throw-away copy, where the command had one.
    pub fn rehearsal(&self) -> Option<&Rehearsal> {
        self.rehearsal.as_ref()
    }

    /// What the command did to the environment that it rehearsed; nothing without a rehearsal.
    pub fn changes(&self) -> Result<Vec<Differing>, ChangesError> {
        self.rehearsal.as_ref().map_or(Ok(Vec::new()), Rehearsal::changes)
    }

    fn wait_until(&self, until: Instant) -> io::Result<Readable> {
        let mut fds: Vec<PollFd<'_>> = Vec::with_capacity(2);
        fds.extend(self.output.iter().map(|fd| PollFd::new(fd, PollFlags::IN)));
        fds.extend(self.status.iter().map(|fd| PollFd::new(fd, PollFlags::IN)));
        if fds.is_empty() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let left = until.saturating_duration_since(Instant::now());
        let ready = match poll(&mut fds, Some(&timespec(left))) {
            Ok(ready) => ready,
            Err(rustix::io::Errno::INTR) => 0,
            Err(error) => return Err(error.into()),
        };
        if ready == 0 {
            return Ok(Readable::Nothing);
        }
        let output_ready = self.output.is_some() && fds.first().is_some_and(|fd| !fd.revents().is_empty());
        Ok(if output_ready { Readable::Output } else { Readable::Status })
    }

    fn read_output(&mut self) -> Option<Vec<u8>> {
        let output = self.output.as_ref()?;
        let mut bytes = vec![0; CHUNK];
        match rustix::io::retry_on_intr(|| rustix::io::read(output, &mut bytes)) {
            Ok(0) | Err(_) => {
                self.output = None;
                None
            }
            Ok(got) => {
                bytes.truncate(got);
                bytes.shrink_to_fit();
                Some(bytes)
            }
        }
    }

    fn read_status(&mut self) {
        let said = self.status.take().and_then(|status| wire::receive_packet(&status).ok().flatten());
        self.end = Some(match said {
            Some((Status::Exited { code }, _)) => Ended { code, why: Why::Finished },
            Some((Status::Killed { signal }, _)) => Ended { code: 128 + signal, why: self.reason(Why::Signal) },
            _ => Ended { code: KILLED, why: self.reason(Why::Lost) },
        });
    }

    fn lose(&mut self) {
        (self.output, self.status) = (None, None);
        self.end.get_or_insert(Ended { code: KILLED, why: Why::Lost });
    }

    fn reason(&self, otherwise: Why) -> Why {
        if self.overdrawn.load(Ordering::Acquire) {
            Why::DiskLimit
        } else if self.stopped {
            Why::Stopped
        } else {
            otherwise
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if self.end.is_none() {
            self.stop();
        }
        self.shared.remove_running(self.number);
    }
}

enum Readable {
    Nothing,
    Output,
    Status,
}

/// A server in the box: a process that is spoken to. Everything that it says is untrusted.
#[derive(Debug)]
pub struct Served {
    /// Ends it when dropped; gives no output of its own.
    pub process: Process,
    /// What is written here it reads; closing it is how most are told to go.
    pub input: OwnedFd,
    /// What it says.
    pub output: OwnedFd,
    /// What it complains of. Somebody has to read it, or the server waits once the pipe is full.
    pub errors: OwnedFd,
}

/// Our ends of a command's output and status.
pub(crate) struct Ends {
    output: OwnedFd,
    status: OwnedFd,
}

impl Ends {
    /// Makes both and sends the other ends with the order.
    pub(crate) fn start(order: &Order, control: &UnixStream) -> io::Result<Self> {
        let (output, in_output) = rustix::pipe::pipe_with(PipeFlags::CLOEXEC)?;
        let (status, in_status) =
            rustix::net::socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None)?;
        wire::send_value(control, order, &[in_output.as_fd(), in_status.as_fd()])?;
        Ok(Self { output, status })
    }

    /// Waits until the command runs; gives a descriptor of its first process.
    pub(crate) fn first(&self, limit: Duration) -> Result<OwnedFd, StartError> {
        if !wait_readable(&self.status, Some(limit)).map_err(StartError::Lost)? {
            return Err(StartError::Lost(io::ErrorKind::TimedOut.into()));
        }
        match wire::receive_packet(&self.status).map_err(StartError::Lost)? {
            Some((Status::Started, fds)) => fds.into_iter().next().ok_or_else(|| StartError::from(None)),
            other => Err(StartError::from(other.map(|(status, _)| status))),
        }
    }
}

/// The same with the server's input and errors.
pub(crate) struct ServerEnds {
    pub(crate) ends: Ends,
    input: OwnedFd,
    errors: OwnedFd,
}

impl ServerEnds {
    pub(crate) fn start(order: &Order, control: &UnixStream) -> io::Result<Self> {
        let (output, in_output) = rustix::pipe::pipe_with(PipeFlags::CLOEXEC)?;
        let (in_input, input) = rustix::pipe::pipe_with(PipeFlags::CLOEXEC)?;
        let (errors, in_errors) = rustix::pipe::pipe_with(PipeFlags::CLOEXEC)?;
        let (status, in_status) =
            rustix::net::socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None)?;
        wire::send_value(control, order, &[in_output.as_fd(), in_status.as_fd(), in_input.as_fd(), in_errors.as_fd()])?;
        Ok(Self { ends: Ends { output, status }, input, errors })
    }
}

fn wait_readable(fd: &OwnedFd, limit: Option<Duration>) -> io::Result<bool> {
    let limit = limit.map(timespec);
    let mut fds = [PollFd::new(fd, PollFlags::IN)];
    Ok(rustix::io::retry_on_intr(|| poll(&mut fds, limit.as_ref()))? > 0)
}

fn timespec(duration: Duration) -> Timespec {
    Timespec { tv_sec: i64::try_from(duration.as_secs()).unwrap_or(i64::MAX), tv_nsec: duration.subsec_nanos().into() }
}

/// A throw-away copy of an environment, and what a command did to it.
#[derive(Debug)]
pub struct Rehearsal {
    place: Place,
    copy: CopyOf,
}

impl Rehearsal {
    pub(crate) fn new(place: Place, upper: PathBuf) -> Self {
        let copy = CopyOf::of_place(place.path.clone(), upper);
        Self { place, copy }
    }

    /// Which environment, and where it really is.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// How the copy differs from the real place as it is now.
    pub fn changes(&self) -> Result<Vec<Differing>, ChangesError> {
        self.copy.changes()
    }
}
