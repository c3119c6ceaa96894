//! The connections that are open now, so that all of them can be cut at once.

use std::collections::HashMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::wire::Socket;

/// Every open connection with its sockets.
#[derive(Default)]
pub(crate) struct Live {
    table: Mutex<Table>,
    fewer: Condvar,
}

#[derive(Default)]
struct Table {
    next: u64,
    closing: bool,
    open: HashMap<u64, Vec<Arc<dyn Socket>>>,
}

/// One place in the table; given back when dropped.
pub(crate) struct Seat {
    live: Arc<Live>,
    id: u64,
}

impl Live {
    /// Takes a place for a connection, unless there are `most` already or all are being closed.
    pub(crate) fn seat(self: &Arc<Self>, socket: Arc<dyn Socket>, most: usize) -> Option<Seat> {
        let mut table = self.locked();
        if table.closing || table.open.len() >= most {
            return None;
        }
        table.next += 1;
        let id = table.next;
        table.open.insert(id, vec![socket]);
        Some(Seat { live: Arc::clone(self), id })
    }

    /// How many are open.
    pub(crate) fn count(&self) -> usize {
        self.locked().open.len()
    }

    pub(crate) fn is_closing(&self) -> bool {
        self.locked().closing
    }

    /// Cuts all of them, and waits at most so long for their threads to say what had passed.
    pub(crate) fn cut_all(&self, within: Duration) {
        let mut table = self.locked();
        table.closing = true;
        for socket in table.open.values().flatten() {
            socket.cut();
        }
        drop(self.fewer.wait_timeout_while(table, within, |table| !table.open.is_empty()));
    }

    /// Waits until one of them has ended, or so long.
    pub(crate) fn wait_for_an_end(&self, within: Duration) {
        drop(self.fewer.wait_timeout(self.locked(), within));
    }

    fn locked(&self) -> MutexGuard<'_, Table> {
        // A thread that panicked while it held the lock left a table that is still whole: each change is one call.
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seat {
    /// Adds the other side of the connection; false when all are being closed already.
    #[must_use]
    pub(crate) fn add(&self, socket: Arc<dyn Socket>) -> bool {
        let mut table = self.live.locked();
        if table.closing {
            return false;
        }
        table.open.entry(self.id).or_default().push(socket);
        true
    }

    /// Forgets the sockets of a request that is over; the client's own stays.
    pub(crate) fn forget_others(&self) {
        if let Some(sockets) = self.live.locked().open.get_mut(&self.id) {
            sockets.truncate(1);
        }
    }

    pub(crate) fn is_closing(&self) -> bool {
        self.live.is_closing()
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.live.locked().open.remove(&self.id);
        self.live.fewer.notify_all();
    }
}
