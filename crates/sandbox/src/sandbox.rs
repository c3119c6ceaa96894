//! A box as the service sees it: opened from a plan, given orders, closed.
//!
//! Every order is a [`Countersigned`] intent, and how far the box opens for it is computed from that intent alone. Dropping
//! the [`Sandbox`] kills everything in it; if the service itself is killed, the kernel closes its sockets and the box ends
//! by itself. The person's tree is never open for writing while a box exists.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::Thread;
use std::time::Duration;

use action::{Countersigned, Intent};

use crate::bounds::{self, Mismatch, Reach};
use crate::changes::{ChangesError, CopyOf, Differing};
use crate::coded::Coded;
use crate::kept_out::KeptOut;
use crate::level::Level;
use crate::plan::{BadPlan, Command, Place, Plan};
use crate::process::{self, Process, Rehearsal, Served};
use crate::state::StateFolder;
use crate::wire::{self, BoxPlan, Order, Rehearse, Settled, Setup, Start, Status};

mod opening;
mod watch;

pub(crate) use opening::launch;

/// One open box. `Send + Sync`; commands run in parallel, file operations one after another for each reach.
#[derive(Debug)]
pub struct Sandbox {
    shared: Arc<Shared>,
}

/// What the box, its processes and its watcher share.
#[derive(Debug)]
pub(crate) struct Shared {
    control: Mutex<UnixStream>,
    reader: Mutex<UnixStream>,
    writer: Mutex<UnixStream>,
    /// The box's first process; when it ends, all of the box does.
    first: OwnedFd,
    level: Level,
    copy: CopyOf,
    places: Vec<Place>,
    /// `PATH`, as commands have it.
    path: String,
    state: StateFolder,
    disk_bytes: u64,
    masked: Vec<PathBuf>,
    kept_out: KeptOut,
    cgroups: Vec<PathBuf>,
    next: AtomicU64,
    running: Mutex<BTreeMap<u64, Running>>,
    closed: AtomicBool,
    /// Woken when the box is closed, so that it goes too.
    watcher: OnceLock<Thread>,
}

/// A command that has not been seen to end.
#[derive(Debug)]
pub(crate) struct Running {
    pub(crate) first: OwnedFd,
    /// Set by the watcher before it kills.
    pub(crate) overdrawn: Arc<AtomicBool>,
}

/// A file operation that takes longer than this is ended, and its servant replaced.
const LONGEST_CALL: Duration = Duration::from_secs(120);
/// The box answers a start within this or is taken for lost.
const LONGEST_START: Duration = Duration::from_secs(20);

impl Sandbox {
    /// Makes a box. `launcher` is a program and its arguments that call [`crate::inside`].
    ///
    /// A few milliseconds for a small tree; the search for secrets makes it longer for a large one.
    pub fn open(plan: Plan, launcher: &[OsString]) -> Result<Self, OpenError> {
        let shared = Arc::new(opening::open(plan, launcher)?);
        watch::start(&shared).map_err(OpenError::Watch)?;
        Ok(Self { shared })
    }

    /// Where the tree is, in the box as outside of it.
    pub fn tree(&self) -> &Path {
        self.shared.copy.real()
    }

    /// The folders in which commands of this box look for programs.
    pub fn program_folders(&self) -> impl Iterator<Item = &str> {
        self.shared.path.split(':').filter(|folder| folder.starts_with('/'))
    }

    /// What this box is made of.
    pub fn level(&self) -> &Level {
        &self.shared.level
    }

    /// What the tree's `.kiroignore` files named when the box was opened.
    pub fn kept_out(&self) -> &KeptOut {
        &self.shared.kept_out
    }

    /// What has a placeholder in this box, secrets and what is kept out, relative to the tree.
    pub fn masked(&self) -> &[PathBuf] {
        &self.shared.masked
    }

    /// Serves one file operation in the box: `hands` is called there with `request`, and its reply comes back.
    ///
    /// Reading deeds are served by a process that can write nothing, writing ones by one that can write the tree and `/tmp`.
    pub fn call(&self, order: &Countersigned<Intent>, request: &[u8]) -> Result<Vec<u8>, CallError> {
        let reach = bounds::reach_of(&order.value().deed)?;
        let socket = if reach == Reach::Read { &self.shared.reader } else { &self.shared.writer };
        let mut socket = lock(socket);
        let answer = wire::send_frame(&*socket, request, &[]).and_then(|()| wire::receive_frame(&*socket));
        match answer.map(|(bytes, _)| split_first(bytes)) {
            Ok(Some((crate::inside::ANSWERED, reply))) => Ok(reply),
            Ok(_) => Err(CallError::Fault),
            Err(source) => {
                *socket = self.shared.replace_servant(reach).map_err(CallError::Lost)?;
                let late = matches!(source.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut);
                Err(if late { CallError::TooLong { limit: LONGEST_CALL } } else { CallError::Lost(source) })
            }
        }
    }

    /// Starts a command. When this returns it runs; on an error nothing ran.
    pub fn start(&self, order: &Countersigned<Intent>, command: Command) -> Result<Process, StartError> {
        bounds::check_start(&order.value().deed, &command)?;
        if command.line.len() > Command::LONGEST || command.line.contains('\0') {
            return Err(StartError::Unfit { longest: Command::LONGEST });
        }
        let number = self.shared.next.fetch_add(1, Ordering::Relaxed);
        let rehearsal = command.rehearse.as_ref().map(|name| self.shared.rehearsal(name.as_str(), number)).transpose()?;
        let rehearse = rehearsal.as_ref().map(|(place, _)| Rehearse { place: *place, number });
        let cwd = Path::new(&command.cwd);
        let cwd = Coded::new(cwd.strip_prefix(self.shared.copy.real()).unwrap_or(cwd));
        let order = Order::Start(Start { line: command.line, cwd, rehearse, variables: Vec::new(), network: true });
        let ends = process::Ends::start(&order, &lock(&self.shared.control)).map_err(StartError::Lost)?;
        let first = ends.first(LONGEST_START)?;
        let rehearsal = rehearsal.map(|(_, rehearsal)| rehearsal);
        Process::running(Arc::clone(&self.shared), number, ends, first, rehearsal).map_err(StartError::Lost)
    }

    /// Starts the server that the order names, and keeps its input open. It is bounded as every command is; `variables` are
    /// the values of those that the order names, and no others. When this returns it runs; on an error nothing ran.
    pub fn serve(&self, order: &Countersigned<Intent>, variables: Vec<(String, String)>) -> Result<Served, StartError> {
        let bounds::Serving { line, network } = bounds::server_of(&order.value().deed, &variables)?;
        let line = line.to_owned();
        if line.len() > Command::LONGEST || line.contains('\0') {
            return Err(StartError::Unfit { longest: Command::LONGEST });
        }
        let number = self.shared.next.fetch_add(1, Ordering::Relaxed);
        let order = Order::Start(Start { line, cwd: Coded::new(""), rehearse: None, variables, network });
        let ends = process::ServerEnds::start(&order, &lock(&self.shared.control)).map_err(StartError::Lost)?;
        let first = ends.ends.first(LONGEST_START)?;
        Process::serving(Arc::clone(&self.shared), number, ends, first).map_err(StartError::Lost)
    }

    /// How the copy differs from the person's tree as it is now. Secrets, protected paths and `.git` are left out.
    pub fn changes(&self) -> Result<Vec<Differing>, ChangesError> {
        self.shared.copy.changes()
    }

    /// Kills everything inside and waits for it to be gone.
    pub fn close(self) -> Result<(), CloseError> {
        self.shared.end().map_err(CloseError)
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        // The process that could not be killed has already ended.
        drop(self.shared.end());
    }
}

impl Shared {
    fn rehearsal(&self, name: &str, number: u64) -> Result<(usize, Rehearsal), StartError> {
        let unknown = || StartError::NoSuchPlace { name: name.to_owned() };
        let (index, place) = self.places.iter().enumerate().find(|(_, place)| place.name.as_str() == name).ok_or_else(unknown)?;
        let upper = self.state.rehearsal(number).map_err(StartError::Rehearsal)?;
        Ok((index, Rehearsal::new(place.clone(), upper)))
    }

    fn replace_servant(&self, reach: Reach) -> io::Result<UnixStream> {
        let (ours, theirs) = servant_socket()?;
        wire::send_value(&*lock(&self.control), &Order::Servant { reach }, &[theirs.as_fd()])?;
        Ok(ours)
    }

    pub(crate) fn add_running(&self, number: u64, running: Running) {
        lock(&self.running).insert(number, running);
    }

    pub(crate) fn remove_running(&self, number: u64) {
        lock(&self.running).remove(&number);
    }

    /// Kills the box and waits until the kernel has taken all of it down.
    fn end(&self) -> io::Result<()> {
        if self.closed.swap(true, Ordering::AcqRel) {
            return Ok(());
        }
        self.watcher.get().map(Thread::unpark);
        opening::end(&self.first)?;
        for folder in &self.cgroups {
            // Busy for a moment after the last process; the next box removes what is left.
            drop(std::fs::remove_dir(folder));
        }
        self.state.release()
    }
}

/// Both ends of a servant's socket, ours with a time limit.
fn servant_socket() -> io::Result<(UnixStream, UnixStream)> {
    let (ours, theirs) = UnixStream::pair()?;
    ours.set_read_timeout(Some(LONGEST_CALL))?;
    ours.set_write_timeout(Some(LONGEST_CALL))?;
    Ok((ours, theirs))
}

/// A panic elsewhere leaves no half-written state behind these locks.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn split_first(mut bytes: Vec<u8>) -> Option<(u8, Vec<u8>)> {
    let first = *bytes.first()?;
    bytes.remove(0);
    Some((first, bytes))
}

/// Why there is no box. Nothing runs.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The plan cannot be a box.
    #[error(transparent)]
    Plan(#[from] BadPlan),
    /// Another box has this state folder.
    #[error("the session's folder `{}` is in use by another process", state.display())]
    InUse {
        /// The folder.
        state: PathBuf,
    },
    /// The state folder cannot be prepared.
    #[error("the session's folder cannot be prepared")]
    State(#[source] io::Error),
    /// The tree could not be searched for secrets.
    #[error("the tree cannot be searched for secrets")]
    Search(#[source] io::Error),
    /// So many secrets that the table must be wrong for this tree.
    #[error("{found} files look like secrets, which is more than the {most} that a box can hold back")]
    TooManySecrets {
        /// How many.
        found: usize,
        /// How many at most.
        most: usize,
    },
    /// The launcher could not be started or did not answer.
    #[error("the box's process cannot be started")]
    Launch(#[source] io::Error),
    /// The machine offers too little; every command is to be held.
    #[error("this machine offers too little for a box: could not {step}: {why}")]
    NotEnough {
        /// What was reached before.
        level: Box<Level>,
        /// The step that failed.
        step: String,
        /// The system's words.
        why: String,
    },
    /// The watcher of the disk limit could not be started.
    #[error("the watcher of the disk limit cannot be started")]
    Watch(#[source] io::Error),
}

/// Why a file operation has no reply.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// The order is for something else. Nothing happened.
    #[error(transparent)]
    Mismatch(#[from] Mismatch),
    /// It took too long and was ended; what it did until then is in the copy.
    #[error("the file operation was ended after {} s", limit.as_secs())]
    TooLong {
        /// How long it may take.
        limit: Duration,
    },
    /// A fault of ours in the box; what it did until then is in the copy.
    #[error("the file operation ended in a fault")]
    Fault,
    /// The box or its servant is gone; what it did until then is in the copy.
    #[error("the box did not answer")]
    Lost(#[source] io::Error),
}

/// Why a command did not start. Nothing ran.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The order is for something else.
    #[error(transparent)]
    Mismatch(#[from] Mismatch),
    /// The kernel takes no such argument.
    #[error("the command is longer than {longest} bytes or holds a NUL; write it to a file and run that")]
    Unfit {
        /// How long it may be.
        longest: usize,
    },
    /// The plan has no environment of this name.
    #[error("there is no environment `{name}` to rehearse in")]
    NoSuchPlace {
        /// The name.
        name: String,
    },
    /// The rehearsal's folders cannot be made.
    #[error("the rehearsal's folders cannot be made")]
    Rehearsal(#[source] io::Error),
    /// A bound could not be put in force, or the shell not be started.
    #[error("the command was not started: {why}")]
    NotStarted {
        /// Which step, and the system's words.
        why: String,
    },
    /// The box is gone or does not answer.
    #[error("the box did not answer")]
    Lost(#[source] io::Error),
}

impl From<Option<Status>> for StartError {
    fn from(status: Option<Status>) -> Self {
        match status {
            Some(Status::NotStarted { why }) => Self::NotStarted { why },
            _ => Self::Lost(io::ErrorKind::UnexpectedEof.into()),
        }
    }
}

/// The box could not be killed.
#[derive(Debug, thiserror::Error)]
#[error("the box cannot be ended")]
pub struct CloseError(#[source] io::Error);
