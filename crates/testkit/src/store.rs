//! A ledger's store that fails when it is told to, with both outcomes, and one that says another head than it has.
//!
//! A failing write has two ends that look the same to whoever wrote: nothing is there, or all of it is. Code that is right
//! is right after both.

use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, Mutex};

use ledger::{Beside, Index, CommitError, Genesis, Hash, Held, Landed, Ledger, LogKey, Nodes, Plan, Row, SqliteStore, Store, StoreError};

/// How a commit fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreFault {
    /// Before anything was written; what the store says of it may be less certain.
    NotPersisted(Landed),
    /// After everything was written.
    Persisted,
}

/// A real SQLite store with a fault to come, and perhaps a head of its own. Clones are the same store.
#[derive(Clone)]
pub struct FaultyStore {
    inner: Arc<SqliteStore>,
    fault: Arc<Mutex<Option<(u64, StoreFault)>>>,
    lie: Arc<Mutex<Option<String>>>,
}

impl FaultyStore {
    /// The store of a ledger in `folder`, which is made if it is absent, and that ledger over it.
    pub fn over(folder: &Path, key: impl Fn() -> LogKey) -> (Self, Ledger) {
        drop(Ledger::open(folder, key()).expect("a ledger")); // makes the file with its first head
        let unused = Genesis { vkey: String::new(), head: String::new() };
        let inner = Arc::new(SqliteStore::open(&folder.join("ledger.sqlite"), &unused).expect("its store"));
        let store = Self { inner, fault: Arc::default(), lie: Arc::default() };
        let ledger = Ledger::with_store(Box::new(store.clone()), key(), &folder.join("blobs")).expect("the same ledger");
        (store, ledger)
    }

    /// The next commit fails like this.
    pub fn next(&self, fault: StoreFault) {
        self.after(0, fault);
    }

    /// So many commits go well, and then one fails like this.
    pub fn after(&self, commits: u64, fault: StoreFault) {
        *self.fault.lock().unwrap() = Some((commits, fault));
    }

    /// Whether a fault is still to come.
    pub fn waits(&self) -> bool {
        self.fault.lock().unwrap().is_some()
    }

    /// It says this head from now on; with `None`, the true one.
    pub fn lie(&self, head: Option<String>) {
        *self.lie.lock().unwrap() = head;
    }

    fn said(&self) -> Option<String> {
        self.lie.lock().unwrap().clone()
    }

    fn due(&self) -> Option<StoreFault> {
        let mut fault = self.fault.lock().unwrap();
        match fault.take() {
            Some((0, due)) => Some(due),
            later => {
                *fault = later.map(|(commits, due)| (commits - 1, due));
                None
            }
        }
    }
}

fn failed(landed: Landed) -> CommitError {
    CommitError::Failed { landed, source: StoreError::Failed("injected".to_owned()) }
}

impl Nodes for FaultyStore {
    fn nodes(&self, level: u8, from: u64, count: u64) -> Result<Vec<Hash>, StoreError> {
        self.inner.nodes(level, from, count)
    }
}

impl Store for FaultyStore {
    fn vkey(&self) -> Result<String, StoreError> {
        self.inner.vkey()
    }

    fn head(&self) -> Result<String, StoreError> {
        self.said().map_or_else(|| self.inner.head(), Ok)
    }

    fn rows(&self, range: Range<u64>) -> Result<Vec<Row>, StoreError> {
        self.inner.rows(range)
    }

    fn about(&self, subject: &str) -> Result<Vec<Row>, StoreError> {
        self.inner.about(subject)
    }

    fn is_beside(&self, of: Index, row: &Beside) -> Result<bool, StoreError> {
        self.inner.is_beside(of, row)
    }

    fn count_beside(&self, of: Index, range: Range<u64>) -> Result<u64, StoreError> {
        self.inner.count_beside(of, range)
    }

    fn beside(&self, of: Index, after: Option<&Beside>, limit: u64) -> Result<Vec<Beside>, StoreError> {
        self.inner.beside(of, after, limit)
    }

    fn among(&self, names: Range<&str>, limit: usize) -> Result<Vec<(String, Row)>, StoreError> {
        self.inner.among(names, limit)
    }

    fn last_among(&self, names: Range<&str>) -> Result<Option<String>, StoreError> {
        self.inner.last_among(names)
    }

    fn changes(&self) -> Result<u64, StoreError> {
        self.inner.changes()
    }

    fn commit(&self, plan: &mut Plan<'_>) -> Result<(), CommitError> {
        let said = self.said();
        match self.due() {
            None => self.inner.commit(&mut |held| plan(&Liar { held, said: said.clone() })),
            Some(StoreFault::Persisted) => self.inner.commit(plan).and(Err(failed(Landed::Perhaps))),
            Some(StoreFault::NotPersisted(landed)) => {
                let tried = self.inner.commit(&mut |held| plan(held).map(|_| None));
                tried.and(Err(failed(landed)))
            }
        }
    }
}

struct Liar<'h> {
    held: &'h dyn Held,
    said: Option<String>,
}

impl Nodes for Liar<'_> {
    fn nodes(&self, level: u8, from: u64, count: u64) -> Result<Vec<Hash>, StoreError> {
        self.held.nodes(level, from, count)
    }
}

impl Held for Liar<'_> {
    fn head(&self) -> Result<String, StoreError> {
        self.said.clone().map_or_else(|| self.held.head(), Ok)
    }

    fn done(&self, key: &str) -> Result<bool, StoreError> {
        self.held.done(key)
    }
}
