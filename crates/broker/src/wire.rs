//! Bytes between two sockets, with a limit on every wait.
//!
//! A [`Socket`] is one end, a [`Inlet`] its reading side with what was read ahead, a [`Clock`] how long one passage may take
//! and stay silent. The clock is monotonic and measures waits only; no moment of the day is read here.

use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// One end of a connection; reading and writing may happen on different threads.
pub(crate) trait Socket: Send + Sync {
    /// Reads what is there, waiting at most so long; 0 is the end.
    fn receive(&self, into: &mut [u8], within: Duration) -> io::Result<usize>;
    /// Writes all of it; each part may wait at most so long.
    fn send(&self, bytes: &[u8], within: Duration) -> io::Result<()>;
    /// Says that nothing more will be sent.
    fn finish(&self);
    /// Ends both directions; threads that wait on it wake up.
    fn cut(&self);
}

macro_rules! socket {
    ($stream:ty) => {
        impl Socket for $stream {
            fn receive(&self, into: &mut [u8], within: Duration) -> io::Result<usize> {
                self.set_read_timeout(Some(within.max(Duration::from_millis(1))))?;
                let mut this = self;
                loop {
                    match this.read(into) {
                        Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                        other => return other,
                    }
                }
            }

            fn send(&self, bytes: &[u8], within: Duration) -> io::Result<()> {
                self.set_write_timeout(Some(within.max(Duration::from_millis(1))))?;
                let mut this = self;
                this.write_all(bytes)
            }

            fn finish(&self) {
                self.shutdown(Shutdown::Write).ok(); // it may be closed already
            }

            fn cut(&self) {
                self.shutdown(Shutdown::Both).ok(); // it may be closed already
            }
        }
    };
}
socket!(UnixStream);
socket!(TcpStream);

/// How long one passage has been open and silent, against what it may.
pub(crate) struct Clock {
    started: Instant,
    idle: Duration,
    total: Duration,
    /// Milliseconds after the start at which a byte last moved, in either direction.
    moved: AtomicU64,
}

impl Clock {
    pub(crate) fn start(idle: Duration, total: Duration) -> Self {
        Self { started: Instant::now(), idle, total, moved: AtomicU64::new(0) }
    }

    /// A byte has moved.
    pub(crate) fn touch(&self) {
        self.moved.fetch_max(self.milliseconds(), Ordering::Relaxed);
    }

    pub(crate) fn milliseconds(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// How long may still be waited, or which limit is reached.
    pub(crate) fn patience(&self) -> Result<Duration, WireError> {
        let open = self.started.elapsed();
        let left = self.total.checked_sub(open).filter(|left| !left.is_zero()).ok_or(WireError::TooLong)?;
        let moved = Duration::from_millis(self.moved.load(Ordering::Relaxed));
        let silent = open.saturating_sub(moved);
        let quiet = self.idle.checked_sub(silent).filter(|left| !left.is_zero()).ok_or(WireError::Idle)?;
        Ok(left.min(quiet))
    }

    /// The moment until which may still be waited.
    pub(crate) fn until(&self) -> Result<Instant, WireError> {
        let patience = self.patience()?;
        Ok(Instant::now() + patience)
    }
}

/// The reading side of a socket, with what was read and not yet taken.
pub(crate) struct Inlet {
    socket: Arc<dyn Socket>,
    ahead: Vec<u8>,
}

/// How much is read at once.
pub(crate) const PIECE: usize = 64 * 1024;

impl Inlet {
    pub(crate) fn new(socket: Arc<dyn Socket>) -> Self {
        Self { socket, ahead: Vec::new() }
    }

    pub(crate) fn socket(&self) -> &Arc<dyn Socket> {
        &self.socket
    }

    /// What was read and not yet taken.
    pub(crate) fn ahead(&self) -> &[u8] {
        &self.ahead
    }

    /// Takes all that was read ahead.
    pub(crate) fn take_ahead(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.ahead)
    }

    /// Reads more; false is the end.
    pub(crate) fn fill(&mut self, until: Instant) -> Result<bool, WireError> {
        let within = until.saturating_duration_since(Instant::now());
        if within.is_zero() {
            return Err(WireError::TooSlow);
        }
        let mut piece = [0; 4096];
        let n = self.socket.receive(&mut piece, within).map_err(WireError::from)?;
        self.ahead.extend(piece.iter().take(n));
        Ok(n > 0)
    }

    /// Takes up to and with the blank line that ends a head; `None` when the other side has closed before the first byte.
    ///
    /// A line feed without its carriage return ends nothing, in no parser that may read this next.
    pub(crate) fn head(&mut self, most: usize, until: Instant) -> Result<Option<Vec<u8>>, WireError> {
        loop {
            if has_bare_line_end(&self.ahead) {
                return Err(WireError::BareLineEnd);
            }
            if let Some(at) = self.ahead.windows(4).position(|four| four == b"\r\n\r\n") {
                return if at + 4 > most { Err(WireError::TooLarge) } else { Ok(Some(self.split(at + 4))) };
            }
            if self.ahead.len() >= most {
                return Err(WireError::TooLarge);
            }
            if !self.fill(until)? {
                return if self.ahead.is_empty() { Ok(None) } else { Err(WireError::Ended) };
            }
        }
    }

    /// Takes one line without its line end.
    pub(crate) fn line(&mut self, most: usize, until: Instant) -> Result<Vec<u8>, WireError> {
        loop {
            if let Some(at) = self.ahead.windows(2).position(|two| two == b"\r\n") {
                let mut line = self.split(at + 2);
                line.truncate(at);
                let clean = at <= most && !line.iter().any(|b| matches!(b, b'\r' | b'\n'));
                return if clean { Ok(line) } else { Err(WireError::BareLineEnd) };
            }
            if self.ahead.len() > most + 2 {
                return Err(WireError::TooLarge);
            }
            if !self.fill(until)? {
                return Err(WireError::Ended);
            }
        }
    }

    /// Takes some bytes, at most so many; empty is the end.
    pub(crate) fn some(&mut self, most: usize, until: Instant) -> Result<Vec<u8>, WireError> {
        if !self.ahead.is_empty() {
            return Ok(self.split(most.min(self.ahead.len())));
        }
        let within = until.saturating_duration_since(Instant::now());
        let mut piece = vec![0; most.min(PIECE)];
        let n = self.socket.receive(&mut piece, within).map_err(WireError::from)?;
        piece.truncate(n);
        Ok(piece)
    }

    fn split(&mut self, at: usize) -> Vec<u8> {
        let rest = self.ahead.split_off(at);
        std::mem::replace(&mut self.ahead, rest)
    }
}

/// Whether, before the blank line, a line feed stands without a carriage return or the other way round.
fn has_bare_line_end(bytes: &[u8]) -> bool {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").map_or(bytes.len(), |at| at + 4);
    let mut before = 0;
    for byte in bytes.iter().take(end) {
        if (*byte == b'\n') != (before == b'\r') {
            return true;
        }
        before = *byte;
    }
    false
}

/// Why bytes did not come.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WireError {
    #[error("it has more bytes than are read")]
    TooLarge,
    #[error("it has a line end that is not both carriage return and line feed")]
    BareLineEnd,
    #[error("it came too slowly")]
    TooSlow,
    #[error("it was silent for too long")]
    Idle,
    #[error("it was open for too long")]
    TooLong,
    #[error("it ended in the middle")]
    Ended,
    #[error("it has a chunk whose size cannot be read")]
    BadChunk,
    #[error("the connection failed: {0}")]
    Io(io::Error),
}

impl From<io::Error> for WireError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => Self::TooSlow,
            _ => Self::Io(error),
        }
    }
}

#[cfg(test)]
mod tests;
