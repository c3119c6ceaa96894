//! The ledger: one folder with `ledger.sqlite` and `blobs/`, shared by any number of threads and processes.
//!
//! It has one door for change, [`Ledger::append`], and what that does is in its order: shut others out, read the head,
//! verify it and catch up with what others wrote, place the entries, sign the new head, write all of it, commit. A crash
//! before the commit leaves nothing; after it, everything. Reading never waits for a commit. It knows no clock.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::append::{self, Append, AppendError, Decided, Line, Ticket};
use crate::beside::{self, Compared, KeysOf};
use crate::blobs::{self, BlobError, Blobs};
use crate::checkpoint::Checkpoint;
use crate::export::{self, ExportError, ExportSummary};
use crate::finding::{Each, Finding, Verified};
use crate::hash::Hash;
use crate::key::{BadKey, LogKey, LogVerifier};
use crate::proof::{self, ConsistencyProof, InclusionProof};
use crate::seen::Seen;
use crate::sqlite::SqliteStore;
use crate::store::{CommitError, Genesis, HeadError, Held, Row, Store, StoreError, Writes};
use crate::verify;

const FILE: &str = "ledger.sqlite";
const BLOBS: &str = "blobs";

/// A ledger, open.
pub struct Ledger {
    store: Box<dyn Store>,
    blobs: Blobs,
    verifier: LogVerifier,
    /// Absent when opened for reading.
    key: Option<LogKey>,
    seen: Mutex<Arc<Seen>>,
    line: Line,
}

impl Ledger {
    /// Opens the ledger in the folder `dir` for reading and appending; makes both if they are not there.
    pub fn open(dir: &Path, key: LogKey) -> Result<Self, OpenError> {
        let folder = |source| OpenError::Folder { path: dir.to_owned(), source };
        let had_blobs = dir.join(BLOBS).is_dir();
        blobs::make_folder(&dir.join(BLOBS)).map_err(folder)?;
        let path = dir.join(FILE);
        let store = SqliteStore::open(&path, &genesis(&key)?).map_err(|source| not_opened(&path, source))?;
        let ledger = Self::with_store(Box::new(store), key, &dir.join(BLOBS))?;
        // Nobody appends before the names of the new files are durable: whoever finds no entries sees to it.
        if !had_blobs || ledger.seen().edge.size() == 0 {
            let around = dir.parent().filter(|parent| parent.is_dir());
            [Some(dir), around].into_iter().flatten().try_for_each(blobs::sync_folder).map_err(folder)?;
        }
        Ok(ledger)
    }

    /// Opens an existing ledger for reading. Its public key is the one that it says: compare [`Ledger::vkey`] with one
    /// that you trust.
    pub fn read_only(dir: &Path) -> Result<Self, OpenError> {
        let path = dir.join(FILE);
        if !path.is_file() {
            return Err(OpenError::Absent { path });
        }
        let store = SqliteStore::read_only(&path).map_err(|source| not_opened(&path, source))?;
        let vkey = store.vkey().map_err(HeadError::from)?;
        let verifier = LogVerifier::new(&vkey)?;
        Self::assemble(Box::new(store), verifier, None, dir.join(BLOBS))
    }

    /// A ledger over any store, with blobs in the folder `blobs`.
    pub fn with_store(store: Box<dyn Store>, key: LogKey, blobs: &Path) -> Result<Self, OpenError> {
        let verifier = LogVerifier::new(&key.vkey())?;
        let stored = store.vkey().map_err(HeadError::from)?;
        if stored != verifier.vkey() {
            return Err(OpenError::OtherKey { stored, given: key.vkey() });
        }
        Self::assemble(store, verifier, Some(key), blobs.to_owned())
    }

    /// Appends the entries, all or none, and says their indexes. They are durable when this returns.
    pub fn append(&self, appends: Vec<Append>) -> Result<Vec<u64>, AppendError> {
        let key = self.key.as_ref().ok_or(AppendError::ReadOnly)?;
        self.line.pass(appends, |group| self.commit(key, group))
    }

    /// How many entries there are, also those of other processes. If that cannot be found out, how many were seen.
    pub fn len(&self) -> u64 {
        self.refresh().unwrap_or_else(|_| self.seen()).edge.size()
    }

    /// The same where nothing else will do.
    pub fn size(&self) -> Result<u64, ReadError> {
        Ok(self.refresh()?.edge.size())
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The entry of that index, if there is one.
    pub fn entry(&self, index: u64) -> Result<Option<Vec<u8>>, ReadError> {
        let entries = self.entries(index..index.saturating_add(1))?;
        Ok(entries.into_iter().next().map(|(_, bytes)| bytes))
    }

    /// The entries with these indexes, ascending; those that are not there are left out.
    pub fn entries(&self, range: Range<u64>) -> Result<Vec<(u64, Vec<u8>)>, ReadError> {
        self.signed(self.store.rows(range)?)?.into_iter().map(unspoilt).collect()
    }

    /// The entries that were appended with this subject, ascending.
    pub fn by_subject(&self, subject: &str) -> Result<Vec<(u64, Vec<u8>)>, ReadError> {
        self.signed(self.store.about(subject)?)?.into_iter().map(unspoilt).collect()
    }

    /// Of the subjects with names in this range, by name and then ascending, at most so many: name, index and entry. For an index by what
    /// a name ends in, a moment for one; what is read does not grow with the ledger.
    pub fn by_subjects(&self, names: Range<&str>, limit: usize) -> Result<Vec<(String, u64, Vec<u8>)>, ReadError> {
        let found = self.store.among(names, limit)?;
        found.into_iter().map(|(name, row)| unspoilt(row).map(|(index, bytes)| (name, index, bytes))).collect()
    }

    /// The last of the names of subjects in this range.
    pub fn last_subject(&self, names: Range<&str>) -> Result<Option<String>, ReadError> {
        Ok(self.store.last_among(names)?)
    }

    /// A number that changes when anybody but this `Ledger` has written. Asking takes about a microsecond, or until a
    /// commit of this `Ledger` that is under way ends.
    pub fn data_version(&self) -> Result<u64, ReadError> {
        Ok(self.store.changes()?)
    }

    /// The log's public key.
    pub fn vkey(&self) -> &str {
        self.verifier.vkey()
    }

    /// The newest signed checkpoint.
    pub fn checkpoint(&self) -> Result<String, ReadError> {
        Ok(self.refresh()?.note.clone())
    }

    /// The proof that the entry of that index is in the ledger with the newest checkpoint.
    pub fn prove_inclusion(&self, index: u64) -> Result<InclusionProof, ReadError> {
        let (note, head) = self.head()?;
        if index >= head.size() {
            return Err(ReadError::Absent { index, size: head.size() });
        }
        Ok(proof::inclusion(&*self.store, &note, &head, index)?)
    }

    /// The proof of inclusion as a self-contained text (C2SP tlog-proof), for [`crate::verify_proof`].
    pub fn prove(&self, index: u64) -> Result<String, ReadError> {
        Ok(self.prove_inclusion(index)?.to_text())
    }

    /// The proof that the newest checkpoint only added to the first `old_size` entries.
    pub fn prove_consistency(&self, old_size: u64) -> Result<ConsistencyProof, ReadError> {
        let (note, head) = self.head()?;
        if old_size > head.size() {
            return Err(ReadError::Absent { index: old_size, size: head.size() });
        }
        Ok(proof::consistency(&*self.store, &note, &head, old_size)?)
    }

    /// Keeps bytes of any size, durably, and says their name.
    pub fn put_blob(&self, bytes: &[u8]) -> Result<Hash, BlobError> {
        self.blobs.put(bytes)
    }

    /// The blob of that name, if it is here; verified.
    pub fn blob(&self, name: &Hash) -> Result<Option<Vec<u8>>, BlobError> {
        self.blobs.get(name)
    }

    /// The names of all blobs that are here, ascending.
    pub fn blob_names(&self) -> Result<Vec<Hash>, BlobError> {
        self.blobs.names()
    }

    /// Reads the whole ledger in place, hashes every entry and compares with the signed head. Every entry is given to
    /// `each`, which may refuse it, before the head is compared: what `each` gathered counts only if this returns `Ok`.
    pub fn verify(&self, each: &mut Each<'_>) -> Result<Verified, Finding> {
        let (_, head) = self.head().map_err(|error| Finding::Checkpoint { reason: error.to_string() })?;
        verify::store(&*self.store, &head, each)
    }

    /// Compares the keys and subjects that stand beside the entries with what `keys_of` says of each entry. Nothing is signed of these
    /// rows, so verify the entries first.
    pub fn compare_beside(&self, keys_of: &KeysOf<'_>) -> Result<Compared, ReadError> {
        let (_, head) = self.head()?;
        beside::compare(&*self.store, head.size(), keys_of, &|| Ok(self.refresh()?.edge.size()))
    }

    /// The root over the first entries, by the hashes that are kept of them; `None` where there are not so many.
    pub fn root_at(&self, size: u64) -> Result<Option<Hash>, ReadError> {
        match size <= self.refresh()?.edge.size() {
            true => Ok(Some(proof::edge(&*self.store, size)?.root())),
            false => Ok(None),
        }
    }

    /// Writes the ledger with its blobs as static files into the folder `to`, which must be absent or empty. See
    /// [`crate::verify_export`].
    pub fn export(&self, to: &Path) -> Result<ExportSummary, ExportError> {
        let (note, head) = self.head()?;
        export::write(&*self.store, &self.blobs, self.vkey(), &note, &head, to)
    }

    fn assemble(
        store: Box<dyn Store>,
        verifier: LogVerifier,
        key: Option<LogKey>,
        blobs: PathBuf,
    ) -> Result<Self, OpenError> {
        let seen = Seen::first(store.head().map_err(HeadError::from)?, &*store, &verifier)?;
        Ok(Self { store, blobs: Blobs::new(blobs), verifier, key, seen: Mutex::new(seen), line: Line::default() })
    }

    /// Commits for everybody in the group, and tells them.
    fn commit(&self, key: &LogKey, mut group: Vec<Ticket>) {
        let mut decided = Decided::default();
        let mut note = String::new();
        let result = self.store.commit(&mut |held| {
            decided = self.decide(held, &mut group)?;
            if decided.writes.entries.is_empty() {
                return Ok(None);
            }
            let (size, root) = (decided.edge.size(), decided.edge.root());
            note = key.checkpoint(size, root).map_err(|error| HeadError::Unsigned(error.0))?;
            Ok(Some(Writes { head: note.clone(), ..std::mem::take(&mut decided.writes) }))
        });
        // Only what certainly landed is seen. After anything else, the next look at the store's head finds out.
        if result.is_ok() && !note.is_empty() {
            self.believe(Arc::new(Seen { note, edge: std::mem::take(&mut decided.edge) }));
        }
        append::tell(group, decided, result);
    }

    fn decide(&self, held: &dyn Held, group: &mut [Ticket]) -> Result<Decided, CommitError> {
        let before = self.seen().advance(held.head()?, held, &self.verifier)?;
        Ok(append::decide(group, held, before.edge.clone())?)
    }

    /// Whether a head that was signed covers them: an entry that somebody put behind the end is nobody's.
    fn signed(&self, rows: Vec<Row>) -> Result<Vec<Row>, ReadError> {
        let behind = |size: u64| rows.iter().map(|row| row.index).find(|index| *index >= size);
        // What was read before the head is covered by it, if it is the ledger's.
        if behind(self.seen().edge.size()).is_some()
            && let Some(index) = behind(self.refresh()?.edge.size())
        {
            return Err(ReadError::Uncovered { index });
        }
        Ok(rows)
    }

    /// The newest head, believed.
    fn refresh(&self) -> Result<Arc<Seen>, HeadError> {
        // What was seen is taken first: a store that is honest has then at least as much.
        let before = self.seen();
        let seen = before.advance(self.store.head()?, &*self.store, &self.verifier)?;
        self.believe(Arc::clone(&seen));
        Ok(seen)
    }

    fn head(&self) -> Result<(String, Checkpoint), ReadError> {
        let seen = self.refresh()?;
        let head = Checkpoint::verify(seen.note.as_bytes(), &self.verifier).map_err(HeadError::from)?;
        Ok((seen.note.clone(), head))
    }

    fn seen(&self) -> Arc<Seen> {
        Arc::clone(&self.lock())
    }

    fn believe(&self, newer: Arc<Seen>) {
        let mut seen = self.lock();
        if newer.edge.size() > seen.edge.size() {
            *seen = newer;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Arc<Seen>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn genesis(key: &LogKey) -> Result<Genesis, HeadError> {
    let head = key.checkpoint(0, Hash::EMPTY).map_err(|error| HeadError::Unsigned(error.0))?;
    Ok(Genesis { vkey: key.vkey(), head })
}

/// What a bad disk did to an entry is found here; what a person did, by verifying the whole.
fn unspoilt(row: Row) -> Result<(u64, Vec<u8>), ReadError> {
    if Hash::of_entry(&row.bytes) == row.leaf {
        Ok((row.index, row.bytes))
    } else {
        Err(ReadError::Spoilt { index: row.index })
    }
}

fn not_opened(path: &Path, source: StoreError) -> OpenError {
    OpenError::Store { path: path.to_owned(), source }
}

/// A ledger could not be opened; no entry was written.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The folder cannot be made or written.
    #[error("the ledger's folder `{path}` cannot be used: {source}", path = path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// There is no ledger to read.
    #[error("there is no ledger: `{path}` is not a file", path = path.display())]
    Absent {
        /// Where it should be.
        path: PathBuf,
    },
    /// The file cannot be opened.
    #[error("the ledger `{path}` cannot be opened: {source}", path = path.display())]
    Store {
        /// The file.
        path: PathBuf,
        /// What the store said.
        source: StoreError,
    },
    /// The ledger is of another log.
    #[error("the ledger belongs to the log key `{stored}`, not to `{given}`")]
    OtherKey {
        /// The key that it was made with.
        stored: String,
        /// The key that was given.
        given: String,
    },
    /// A key cannot be read.
    #[error(transparent)]
    Key(#[from] BadKey),
    /// The head is not to be trusted.
    #[error(transparent)]
    Head(#[from] HeadError),
}

/// Something could not be read from the ledger.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// The head is not to be trusted.
    #[error(transparent)]
    Head(#[from] HeadError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The bytes of an entry are not those that were appended.
    #[error("entry {index} of the ledger is damaged: its bytes do not have the hash that is kept with them")]
    Spoilt {
        /// Its index.
        index: u64,
    },
    /// No signed head covers an entry that is there.
    #[error("entry {index} is behind the end of what the ledger's head was signed over: somebody put it there")]
    Uncovered {
        /// Its index.
        index: u64,
    },
    /// Whoever knows what entries mean cannot read one.
    #[error("entry {index} cannot be read: {why}")]
    Unread {
        /// Its index.
        index: u64,
        /// In their words.
        why: String,
    },
    /// There is nothing to prove.
    #[error("the ledger has {size} entries and nothing at {index}")]
    Absent {
        /// What was asked for.
        index: u64,
        /// How many there are.
        size: u64,
    },
}
