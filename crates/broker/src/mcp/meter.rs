//! Counts what a server says while one call waits, and cuts it off when that is more than anybody asked for.

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, ReadBuf};

use super::{Limits, McpError};

/// What has come since the present call began.
#[derive(Debug)]
pub(super) struct Meter {
    limits: Limits,
    bytes: AtomicU64,
    messages: AtomicU64,
    /// Bytes since the last end of a line; a line is a message.
    line: AtomicU64,
    flooded: AtomicBool,
    what: Mutex<String>,
}

impl Meter {
    pub(super) fn new(limits: Limits) -> Self {
        let zero = AtomicU64::default;
        Self { limits, bytes: zero(), messages: zero(), line: zero(), flooded: AtomicBool::new(false), what: Mutex::default() }
    }

    /// A new call begins. A flood stays a flood.
    pub(super) fn begin(&self) {
        self.bytes.store(0, Ordering::Relaxed);
        self.messages.store(0, Ordering::Relaxed);
    }

    /// The limit that was broken, if one was.
    pub(super) fn flood(&self) -> Option<McpError> {
        let what = || self.what.lock().unwrap_or_else(PoisonError::into_inner).clone();
        self.flooded.load(Ordering::Acquire).then(|| McpError::Flood { what: what() })
    }

    /// Takes note of bytes that came; an error when they are too many.
    pub(super) fn take(&self, bytes: &[u8]) -> io::Result<()> {
        if self.flooded.load(Ordering::Acquire) {
            return Err(io::ErrorKind::ConnectionAborted.into());
        }
        let all = self.bytes.fetch_add(bytes.len() as u64, Ordering::Relaxed) + bytes.len() as u64;
        if all > self.limits.bytes {
            return self.cut(format!("more than {} bytes for one call", self.limits.bytes));
        }
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            let line = self.line.fetch_add(piece.len() as u64, Ordering::Relaxed) + piece.len() as u64;
            if line > self.limits.message {
                return self.cut(format!("a message of more than {} bytes", self.limits.message));
            }
            if piece.last() == Some(&b'\n') {
                self.line.store(0, Ordering::Relaxed);
                if self.messages.fetch_add(1, Ordering::Relaxed) >= self.limits.messages {
                    return self.cut(format!("more than {} messages for one call", self.limits.messages));
                }
            }
        }
        Ok(())
    }

    /// A message ended that is no line.
    pub(super) fn end_message(&self) {
        self.line.store(0, Ordering::Relaxed);
    }

    fn cut(&self, what: String) -> io::Result<()> {
        *self.what.lock().unwrap_or_else(PoisonError::into_inner) = what;
        self.flooded.store(true, Ordering::Release);
        Err(io::ErrorKind::ConnectionAborted.into())
    }
}

/// A stream whose bytes are counted.
pub(super) struct Metered<R> {
    inner: R,
    meter: Arc<Meter>,
}

impl<R> Metered<R> {
    pub(super) fn new(inner: R, meter: Arc<Meter>) -> Self {
        Self { inner, meter }
    }
}

impl<R: AsyncRead + Unpin> AsyncRead for Metered<R> {
    fn poll_read(mut self: Pin<&mut Self>, task: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.inner).poll_read(task, buffer);
        if let Poll::Ready(Ok(())) = read {
            let new = buffer.filled().get(before..).unwrap_or_default();
            return Poll::Ready(self.meter.take(new));
        }
        read
    }
}

#[cfg(test)]
mod tests;
