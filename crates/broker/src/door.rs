//! The dependency door: a forward proxy on a unix socket, outside the box.
//!
//! One thread listens, one serves each connection, and a tunnel has one more for its way back. Everything that passes was
//! put to `ask` first and is told to `seen` when it is over; `ask` and `seen` are called from many threads at once. Nothing
//! is kept on disk but the socket itself, which is only its owner's; if the power goes, the next open replaces it.

use std::fmt;
use std::fs;
use std::io;
use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use crate::address::{Resolve, SystemResolver};
use crate::live::Live;
use crate::passage::{Answer, Passage, Reach};
use crate::proxy::{BadProxy, Proxy};
use crate::reach::Outside;
use crate::rules::{BadRule, DoorRules};
use crate::visit;
use crate::wire::{Inlet, Socket};

/// An open door. Dropping it closes it.
pub struct Door {
    shared: Arc<Shared>,
    listener: Arc<UnixListener>,
    socket: PathBuf,
    thread: Option<JoinHandle<()>>,
}

/// Decides whether somebody may reach a host.
pub type Ask = Box<dyn Fn(&Reach) -> Answer + Send + Sync>;
/// Is told every passage when it is over.
pub type Seen = Box<dyn Fn(&Passage) + Send + Sync>;

/// What all connections share.
pub(crate) struct Shared {
    pub(crate) outside: Outside,
    pub(crate) limits: Limits,
    pub(crate) ask: Ask,
    pub(crate) seen: Seen,
    live: Arc<Live>,
}

/// How much and how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Connections open at once; one more is turned away.
    pub connections: usize,
    /// For a whole request head, a TLS hello, a proxy's answer.
    pub head: Duration,
    /// For resolving and connecting together.
    pub connect: Duration,
    /// For silence in both directions.
    pub idle: Duration,
    /// For one passage as a whole.
    pub total: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self { connections: 128, head: seconds(15), connect: seconds(20), idle: seconds(120), total: seconds(3600) }
    }
}

/// How long closing waits for the passages that it cut to be recorded.
const CLOSING: Duration = Duration::from_millis(800);

impl Door {
    /// Listens on `socket`, which is made readable and writable for its owner only.
    ///
    /// A socket that a dead process left behind is replaced; one that somebody listens on is not.
    pub fn open(socket: &Path, rules: DoorRules, ask: Ask, seen: Seen) -> Result<Self, DoorError> {
        Self::open_with(socket, rules, Limits::default(), Arc::new(SystemResolver), ask, seen)
    }

    /// The same, with other limits and another resolver.
    pub fn open_with(
        socket: &Path,
        rules: DoorRules,
        limits: Limits,
        resolver: Arc<dyn Resolve>,
        ask: Ask,
        seen: Seen,
    ) -> Result<Self, DoorError> {
        let rules = rules.normalised()?;
        let proxy = rules.upstream_proxy.as_deref().map(Proxy::parse).transpose()?;
        let outside = Outside { rules, proxy, resolver, patience: limits.connect };
        let shared = Arc::new(Shared { outside, limits, ask, seen, live: Arc::default() });
        let listener = Arc::new(listen(socket)?);
        let (theirs, mine) = (Arc::clone(&shared), Arc::clone(&listener));
        let thread = std::thread::Builder::new()
            .name("door".into())
            .spawn(move || accept(&theirs, &mine))
            .map_err(|source| DoorError::Thread { source })?;
        Ok(Self { shared, listener, socket: socket.to_owned(), thread: Some(thread) })
    }

    /// Where it listens.
    pub fn socket(&self) -> &Path {
        &self.socket
    }

    /// How many connections are open.
    pub fn connections(&self) -> usize {
        self.shared.live.count()
    }

    /// Stops listening and cuts every connection at once, in less than a second. What had passed is recorded as cut.
    pub fn close(mut self) {
        self.shut();
    }

    fn shut(&mut self) {
        let Some(thread) = self.thread.take() else { return };
        self.shared.live.cut_all(CLOSING);
        fs::remove_file(&self.socket).ok(); // gone already is as good
        if rustix::net::shutdown(&*self.listener, rustix::net::Shutdown::Both).is_ok() {
            thread.join().ok(); // if it panicked it listens no more, which is what was asked
        }
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        self.shut();
    }
}

impl fmt::Debug for Door {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Door").field("socket", &self.socket).field("connections", &self.connections()).finish_non_exhaustive()
    }
}

fn listen(socket: &Path) -> Result<UnixListener, DoorError> {
    let failed = |source| DoorError::Listen { socket: socket.to_owned(), source };
    remove_stale(socket)?;
    let listener = UnixListener::bind(socket).map_err(failed)?;
    fs::set_permissions(socket, fs::Permissions::from_mode(0o600)).map_err(failed)?;
    Ok(listener)
}

fn remove_stale(socket: &Path) -> Result<(), DoorError> {
    let failed = |source| DoorError::Listen { socket: socket.to_owned(), source };
    match fs::symlink_metadata(socket) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(e) => Err(failed(e)),
        Ok(found) if !found.file_type().is_socket() => Err(DoorError::NotASocket { socket: socket.to_owned() }),
        Ok(_) if UnixStream::connect(socket).is_ok() => Err(DoorError::InUse { socket: socket.to_owned() }),
        Ok(_) => fs::remove_file(socket).map_err(failed),
    }
}

fn accept(shared: &Arc<Shared>, listener: &UnixListener) {
    loop {
        match listener.accept() {
            _ if shared.live.is_closing() => return,
            Ok((client, _)) => welcome(shared, Arc::new(client)),
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            // Out of descriptors or memory: connections that end give some back.
            Err(_) => shared.live.wait_for_an_end(Duration::from_millis(20)),
        }
    }
}

fn welcome(shared: &Arc<Shared>, client: Arc<dyn Socket>) {
    let mut inlet = Inlet::new(Arc::clone(&client));
    let Some(seat) = shared.live.seat(client, shared.limits.connections) else {
        return visit::turn_away(shared, &inlet);
    };
    let theirs = Arc::clone(shared);
    let serve = move || visit::serve(&theirs, &seat, &mut inlet);
    // When no thread can be had, the closure is dropped, and with it the connection.
    drop(std::thread::Builder::new().name("door-visit".into()).spawn(serve));
}

/// The door could not be opened. Nothing listens.
#[derive(Debug, thiserror::Error)]
pub enum DoorError {
    /// The rules name something that cannot be opened.
    #[error(transparent)]
    Rule(#[from] BadRule),
    /// The machine's proxy cannot be chained.
    #[error(transparent)]
    Proxy(#[from] BadProxy),
    /// Something else is at the path.
    #[error("`{}` is there already and is not a socket", socket.display())]
    NotASocket {
        /// The path.
        socket: PathBuf,
    },
    /// Another process listens there.
    #[error("`{}` is in use by another process", socket.display())]
    InUse {
        /// The path.
        socket: PathBuf,
    },
    /// The system refused to listen there.
    #[error("cannot listen on `{}`: {source}", socket.display())]
    Listen {
        /// The path.
        socket: PathBuf,
        /// The system's words.
        source: io::Error,
    },
    /// The system gave no thread.
    #[error("cannot start the door's thread: {source}")]
    Thread {
        /// The system's words.
        source: io::Error,
    },
}
