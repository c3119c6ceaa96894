//! Appending: threads stand in line, one of them commits for all who wait.
//!
//! While one thread waits for the disk, others queue up; the next one takes all of them into its transaction, so that many
//! appends cost one `fsync`. Each append stays whole and is judged alone: one whose `once` key is taken, or that comes after a
//! key of its `unless`, writes nothing and does not hinder its neighbours. No append is told that it landed before the commit returned.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::mpsc::{self, Sender, TryRecvError};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::edge::Edge;
use crate::hash::Hash;
use crate::store::{CommitError, HeadError, Held, Landed, NewEntry, Node, StoreError, Writes};

/// The longest entry, in bytes: what a bundle of C2SP tlog-tiles can hold. Longer things are blobs.
pub const ENTRY_LIMIT: usize = 65_535;

/// An entry to append.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Append {
    /// Its bytes, at most [`ENTRY_LIMIT`].
    pub bytes: Vec<u8>,
    /// If given: no other entry of the whole ledger may have this key.
    pub once: Option<String>,
    /// Nothing is written where an entry with one of these keys is there: what would come too late after it.
    pub unless: Vec<String>,
    /// What it can be looked up by.
    pub subjects: Vec<String>,
}

/// Where threads wait for their turn to commit.
#[derive(Default)]
pub(crate) struct Line {
    waiting: Mutex<Waiting>,
    moved: Condvar,
}

#[derive(Default)]
struct Waiting {
    tickets: Vec<Ticket>,
    /// Somebody commits right now.
    busy: bool,
}

/// One call of append, waiting.
pub(crate) struct Ticket {
    appends: Vec<Append>,
    leaves: Vec<Hash>,
    tell: Sender<Outcome>,
}

type Outcome = Result<Vec<u64>, AppendError>;

impl Line {
    /// Stands in line until the appends are decided; on its turn, commits everything that waits with `commit`.
    pub(crate) fn pass(&self, appends: Vec<Append>, commit: impl FnOnce(Vec<Ticket>)) -> Outcome {
        check_sizes(&appends)?;
        if appends.is_empty() {
            return Ok(Vec::new());
        }
        let leaves = appends.iter().map(|append| Hash::of_entry(&append.bytes)).collect();
        let (tell, told) = mpsc::channel();
        let mut waiting = self.lock();
        waiting.tickets.push(Ticket { appends, leaves, tell });
        loop {
            match told.try_recv() {
                Ok(outcome) => return outcome,
                Err(TryRecvError::Disconnected) => return Err(lost()),
                Err(TryRecvError::Empty) if !waiting.busy => break,
                Err(TryRecvError::Empty) => {
                    waiting = self.moved.wait(waiting).unwrap_or_else(PoisonError::into_inner);
                }
            }
        }
        waiting.busy = true;
        let group = std::mem::take(&mut waiting.tickets);
        drop(waiting);
        let turn = Turn(self);
        commit(group);
        drop(turn);
        told.try_recv().unwrap_or_else(|_| Err(lost()))
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        // Nothing that is done under this lock can be left half done.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Ends the turn, also when the commit panicked.
struct Turn<'l>(&'l Line);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.lock().busy = false;
        self.0.moved.notify_all();
    }
}

/// What a group of appends comes to, before it is durable.
#[derive(Default)]
pub(crate) struct Decided {
    verdicts: Vec<Verdict>,
    /// The edge of the tree after it.
    pub(crate) edge: Edge,
    pub(crate) writes: Writes,
}

enum Verdict {
    Placed(Range<u64>),
    /// The key is on the ledger.
    Done(String),
    /// The key is of a neighbour in this very group, and as durable as that.
    DoneHere(String),
}

/// Gives every append of the group its place, unless its key is taken. The entries move out of the tickets.
pub(crate) fn decide(group: &mut [Ticket], held: &dyn Held, edge: Edge) -> Result<Decided, StoreError> {
    let mut decided = Decided { edge, ..Decided::default() };
    let mut keys = HashSet::new();
    for ticket in group {
        let verdict = match taken(&ticket.appends, held, &keys)? {
            Some(verdict) => verdict,
            None => {
                keys.extend(ticket.appends.iter().filter_map(|append| append.once.clone()));
                decided.place(ticket)
            }
        };
        decided.verdicts.push(verdict);
    }
    Ok(decided)
}

impl Decided {
    fn place(&mut self, ticket: &mut Ticket) -> Verdict {
        let first = self.edge.size();
        for (append, leaf) in std::mem::take(&mut ticket.appends).into_iter().zip(&ticket.leaves) {
            let Append { bytes, once, unless: _, subjects } = append;
            let index = self.edge.size();
            self.writes.entries.push(NewEntry { index, leaf: *leaf, bytes, once, subjects });
            let nodes = &mut self.writes.nodes;
            self.edge.push(*leaf, |node: Node| {
                if node.level > 0 {
                    nodes.push(node)
                }
            });
        }
        Verdict::Placed(first..self.edge.size())
    }
}

/// Tells everybody in the group how it ended. Somebody who went away is not told.
pub(crate) fn tell(group: Vec<Ticket>, verdicts: Decided, result: Result<(), CommitError>) {
    let mut verdicts = verdicts.verdicts.into_iter();
    for ticket in group {
        drop(ticket.tell.send(outcome(verdicts.next(), &result)));
    }
}

fn outcome(verdict: Option<Verdict>, result: &Result<(), CommitError>) -> Outcome {
    match (verdict, result) {
        (Some(Verdict::Placed(range)), Ok(())) => Ok(range.collect()),
        (Some(Verdict::Done(key)), _) | (Some(Verdict::DoneHere(key)), Ok(())) => Err(AppendError::AlreadyDone { key }),
        (_, Err(CommitError::Head(error))) => Err(AppendError::Head(error.clone())),
        (Some(Verdict::DoneHere(_)), Err(CommitError::Failed { source, .. })) => {
            Err(AppendError::Store { landed: Landed::No, source: source.clone() })
        }
        (_, Err(CommitError::Failed { landed, source })) => {
            Err(AppendError::Store { landed: *landed, source: source.clone() })
        }
        (None, Ok(())) => Err(lost()),
    }
}

fn taken(appends: &[Append], held: &dyn Held, here: &HashSet<String>) -> Result<Option<Verdict>, StoreError> {
    let mut own = HashSet::new();
    for key in appends.iter().filter_map(|append| append.once.as_ref()) {
        if held.done(key)? || !own.insert(key) {
            return Ok(Some(Verdict::Done(key.clone())));
        }
        if here.contains(key) {
            return Ok(Some(Verdict::DoneHere(key.clone())));
        }
    }
    for key in appends.iter().flat_map(|append| &append.unless) {
        if held.done(key)? {
            return Ok(Some(Verdict::Done(key.clone())));
        }
        if here.contains(key) {
            return Ok(Some(Verdict::DoneHere(key.clone())));
        }
    }
    Ok(None)
}

fn check_sizes(appends: &[Append]) -> Result<(), AppendError> {
    match appends.iter().enumerate().find(|(_, append)| append.bytes.len() > ENTRY_LIMIT) {
        Some((position, append)) => Err(AppendError::TooLarge { position, length: append.bytes.len() }),
        None => Ok(()),
    }
}

/// Whoever committed for us is gone without a word.
fn lost() -> AppendError {
    AppendError::Store { landed: Landed::Perhaps, source: StoreError::Failed("the commit was cut short".to_owned()) }
}

/// An append did not happen, or may not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AppendError {
    /// An entry with this key is there, which was to be the only one or not to be; nothing of this append was written.
    #[error("`{key}` is on the ledger already; nothing was written")]
    AlreadyDone {
        /// The key.
        key: String,
    },
    /// An entry is too long; nothing was written.
    #[error("entry {position} of the append has {length} bytes, more than {ENTRY_LIMIT}; nothing was written")]
    TooLarge {
        /// Which of the appended entries, from 0.
        position: usize,
        /// Its length in bytes.
        length: usize,
    },
    /// The ledger was opened for reading; nothing was written.
    #[error("the ledger was opened for reading only; nothing was written")]
    ReadOnly,
    /// The ledger's head is not one to append to; nothing was written.
    #[error("{0}; nothing was written")]
    Head(HeadError),
    /// The store failed.
    #[error("{source}; {landed}")]
    Store {
        /// Whether it is there.
        landed: Landed,
        /// What happened.
        source: StoreError,
    },
}

#[cfg(test)]
mod tests;
