//! The store in one SQLite file, for one machine and any number of processes.
//!
//! Write-ahead log with `synchronous=FULL`: a commit has reached the disk when it returns, and a reader never waits for
//! a writer. `BEGIN IMMEDIATE` is the lock under which the head is compared and swapped. Two connections, so that reading
//! goes on while a commit waits for the disk. If the power goes, SQLite drops what was not committed when it opens next.
//!
//! The hashes of level 0 are beside the entries and those of level 8, 16, … in `node`: a tile is one range of rows, and
//! a commit writes one row an entry, not a rewritten tile.

use std::ops::Range;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::{CachedStatement, Connection, ErrorCode, OpenFlags, TransactionBehavior, params};

use crate::beside::{Beside, Index};
use crate::hash::Hash;
use crate::store::{CommitError, Genesis, Held, Landed, NewEntry, Nodes, Plan, Row, Store, StoreError, Writes};

const FORMAT: i64 = 1;
const APPLICATION: i64 = 0x4353_4c47; // "CSLG", so that `file` can tell

const SCHEMA: &str = "
CREATE TABLE ledger (id INTEGER PRIMARY KEY CHECK (id = 0), vkey TEXT NOT NULL, head TEXT NOT NULL) STRICT;
CREATE TABLE entry (
  idx INTEGER PRIMARY KEY,
  leaf BLOB NOT NULL CHECK (length(leaf) = 32),
  bytes BLOB NOT NULL CHECK (length(bytes) <= 65535)
) STRICT;
CREATE TABLE node (
  level INTEGER NOT NULL, n INTEGER NOT NULL, hash BLOB NOT NULL CHECK (length(hash) = 32), PRIMARY KEY (level, n)
) STRICT, WITHOUT ROWID;
CREATE TABLE once (key TEXT PRIMARY KEY, idx INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE subject (name TEXT NOT NULL, idx INTEGER NOT NULL, PRIMARY KEY (name, idx)) STRICT, WITHOUT ROWID;
";

/// A ledger in one SQLite file.
pub struct SqliteStore {
    reader: Mutex<Connection>,
    /// Absent when opened for reading only.
    writer: Option<Mutex<Connection>>,
}

impl SqliteStore {
    /// Opens the file for reading and writing; makes it, with `genesis` in it, if it is not there.
    pub fn open(path: &Path, genesis: &Genesis) -> Result<Self, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut writer = connect(path, flags)?;
        if writer.is_readonly("main")? {
            return Err(StoreError::ReadOnly);
        }
        let mode: String = writer.query_row("PRAGMA journal_mode=WAL", [], |row| row.get(0))?;
        if mode != "wal" {
            return Err(StoreError::Failed(format!("the disk offers no write-ahead log (journal mode `{mode}`)")));
        }
        writer.execute_batch("PRAGMA synchronous=FULL")?;
        create(&mut writer, genesis)?;
        shorten(&writer, path)?;
        let reader = connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        Ok(Self { reader: Mutex::new(reader), writer: Some(Mutex::new(writer)) })
    }

    /// Opens an existing file for reading; also one that nobody here may write.
    pub fn read_only(path: &Path) -> Result<Self, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let reader = connect(path, flags).and_then(|connection| check_format(&connection).map(|()| connection));
        let reader = match reader {
            Ok(reader) => reader,
            Err(error) => still(path, flags, error)?,
        };
        Ok(Self { reader: Mutex::new(reader), writer: None })
    }

    fn reader(&self) -> MutexGuard<'_, Connection> {
        // A panic of another thread cannot leave a connection half changed: SQLite holds the state.
        self.reader.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Bytes of a log that is read again at once.
const SHORT: u64 = 256 * 1024;

/// Takes a long write-ahead log over into the file. Whoever opens it first after nobody had it open reads all of the log again, and
/// nobody in a row of short processes is left to begin it anew. Where somebody else is at it, it stays for the next.
fn shorten(writer: &Connection, path: &Path) -> Result<(), StoreError> {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    if std::fs::metadata(log).map_or(0, |found| found.len()) <= SHORT {
        return Ok(());
    }
    writer.busy_handler(None)?;
    // What keeps it from being done (others, a full disk) loses nothing: the log is as good as it was.
    writer.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0)).ok();
    Ok(writer.busy_handler(Some(wait_for_the_lock))?)
}

impl Nodes for SqliteStore {
    fn nodes(&self, level: u8, from: u64, count: u64) -> Result<Vec<Hash>, StoreError> {
        nodes(&self.reader(), level, from, count)
    }
}

impl Store for SqliteStore {
    fn vkey(&self) -> Result<String, StoreError> {
        Ok(self.reader().query_row("SELECT vkey FROM ledger", [], |row| row.get(0))?)
    }

    fn head(&self) -> Result<String, StoreError> {
        head(&self.reader())
    }

    fn rows(&self, range: Range<u64>) -> Result<Vec<Row>, StoreError> {
        let reader = self.reader();
        let sql = "SELECT idx, leaf, bytes FROM entry WHERE idx >= ?1 AND idx < ?2 ORDER BY idx";
        rows(reader.prepare_cached(sql)?, params![clamp(range.start), clamp(range.end)])
    }

    fn about(&self, subject: &str) -> Result<Vec<Row>, StoreError> {
        let reader = self.reader();
        let sql = "SELECT entry.idx, leaf, bytes FROM subject JOIN entry USING (idx) WHERE name = ?1 ORDER BY idx";
        rows(reader.prepare_cached(sql)?, params![subject])
    }

    fn is_beside(&self, of: Index, row: &Beside) -> Result<bool, StoreError> {
        let sql = match of {
            Index::Once => "SELECT 1 FROM once WHERE key = ?1 AND idx = ?2",
            Index::Subject => "SELECT 1 FROM subject WHERE name = ?1 AND idx = ?2",
        };
        Ok(self.reader().prepare_cached(sql)?.exists(params![row.name, clamp(row.index)])?)
    }

    fn count_beside(&self, of: Index, range: Range<u64>) -> Result<u64, StoreError> {
        let sql = match of {
            Index::Once => "SELECT count(*) FROM once WHERE idx >= ?1 AND idx < ?2",
            Index::Subject => "SELECT count(*) FROM subject WHERE idx >= ?1 AND idx < ?2",
        };
        let count: i64 = self.reader().prepare_cached(sql)?.query_row([clamp(range.start), clamp(range.end)], |row| row.get(0))?;
        Ok(count.unsigned_abs())
    }

    fn beside(&self, of: Index, after: Option<&Beside>, limit: u64) -> Result<Vec<Beside>, StoreError> {
        let sql = match of {
            Index::Once => "SELECT key, idx FROM once WHERE (key, idx) > (?1, ?2) ORDER BY key, idx LIMIT ?3",
            Index::Subject => "SELECT name, idx FROM subject WHERE (name, idx) > (?1, ?2) ORDER BY name, idx LIMIT ?3",
        };
        let (name, index) = after.map_or(("", -1), |row| (row.name.as_str(), clamp(row.index)));
        let read = |row: &rusqlite::Row<'_>| {
            let index: i64 = row.get(1)?;
            Ok(Beside { name: row.get(0)?, index: index.unsigned_abs() })
        };
        Ok(self.reader().prepare_cached(sql)?.query_map(params![name, index, clamp(limit)], read)?.collect::<Result<_, _>>()?)
    }

    fn among(&self, names: Range<&str>, limit: usize) -> Result<Vec<(String, Row)>, StoreError> {
        let reader = self.reader();
        let sql = "SELECT entry.idx, leaf, bytes, name FROM subject CROSS JOIN entry USING (idx) WHERE name >= ?1 AND name < ?2 ORDER BY name, subject.idx LIMIT ?3";
        let mut statement = reader.prepare_cached(sql)?;
        let read = |row: &rusqlite::Row<'_>| Ok((row.get(3)?, row_of(row)?));
        let found = statement.query_map(params![names.start, names.end, i64::try_from(limit).unwrap_or(i64::MAX)], read)?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    fn last_among(&self, names: Range<&str>) -> Result<Option<String>, StoreError> {
        let reader = self.reader();
        let sql = "SELECT name FROM subject WHERE name >= ?1 AND name < ?2 ORDER BY name DESC LIMIT 1";
        let mut statement = reader.prepare_cached(sql)?;
        let mut found = statement.query_map(params![names.start, names.end], |row| row.get(0))?;
        Ok(found.next().transpose()?)
    }

    fn changes(&self) -> Result<u64, StoreError> {
        // On the writing connection the number does not move for our own commits.
        let connection = self.writer.as_ref().unwrap_or(&self.reader);
        let connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
        let version: i64 = connection.prepare_cached("PRAGMA data_version")?.query_row([], |row| row.get(0))?;
        Ok(version.unsigned_abs())
    }

    fn commit(&self, plan: &mut Plan<'_>) -> Result<(), CommitError> {
        let writer = self.writer.as_ref().ok_or(StoreError::ReadOnly)?;
        let mut writer = writer.lock().unwrap_or_else(PoisonError::into_inner);
        let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate).map_err(StoreError::from)?;
        // Dropping the transaction on any way out of here but the last rolls it back.
        let Some(writes) = plan(&Locked(&transaction))? else { return Ok(()) };
        write(&transaction, &writes)?;
        transaction.commit().map_err(|error| {
            let source = StoreError::from(error);
            // Out of room, the frame that marks the commit is not whole, and recovery ignores all before it. Any other
            // failure may have come after it was written: then it may be found again after a restart.
            let landed = if source == StoreError::Full { Landed::No } else { Landed::Perhaps };
            CommitError::Failed { landed, source }
        })
    }
}

/// The writing connection inside its transaction.
struct Locked<'c>(&'c Connection);

impl Nodes for Locked<'_> {
    fn nodes(&self, level: u8, from: u64, count: u64) -> Result<Vec<Hash>, StoreError> {
        nodes(self.0, level, from, count)
    }
}

impl Held for Locked<'_> {
    fn head(&self) -> Result<String, StoreError> {
        head(self.0)
    }

    fn done(&self, key: &str) -> Result<bool, StoreError> {
        Ok(self.0.prepare_cached("SELECT 1 FROM once WHERE key = ?1")?.exists([key])?)
    }
}

fn connect(path: &Path, flags: OpenFlags) -> Result<Connection, StoreError> {
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_handler(Some(wait_for_the_lock))?;
    connection.set_prepared_statement_cache_capacity(32);
    Ok(connection)
}

/// SQLite's own waiting grows to 100 ms a step; a commit of another process takes about one `fsync`.
#[expect(clippy::disallowed_methods, reason = "SQLite's lock between processes has no event to wait for")]
fn wait_for_the_lock(tried: i32) -> bool {
    const QUICK: i32 = 100;
    const PATIENT: i32 = 10_000;
    std::thread::sleep(Duration::from_micros(if tried < QUICK { 200 } else { 1_000 }));
    tried < PATIENT
}

/// A file on a disk that we cannot write, not even the lock files beside it, can be read if nothing waits in its log.
/// `error` is why it could not be opened as usual.
fn still(path: &Path, flags: OpenFlags, error: StoreError) -> Result<Connection, StoreError> {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    if std::fs::metadata(&log).is_ok_and(|log| log.len() > 0) {
        let log = Path::new(&log).display();
        return Err(StoreError::Failed(format!(
            "{error}; `{log}` must be put away by opening the ledger for writing once"
        )));
    }
    let Some(path) = path.to_str().filter(|_| path.is_file()) else { return Err(error) };
    let escaped = path.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    let uri = format!("file:{escaped}?immutable=1");
    let connection = connect(Path::new(&uri), flags | OpenFlags::SQLITE_OPEN_URI)?;
    check_format(&connection)?;
    Ok(connection)
}

fn create(connection: &mut Connection, genesis: &Genesis) -> Result<(), StoreError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    if pragma(&transaction, "user_version")? == 0 {
        transaction.execute_batch(SCHEMA)?;
        transaction.execute("INSERT INTO ledger VALUES (0, ?1, ?2)", params![genesis.vkey, genesis.head])?;
        transaction.pragma_update(None, "application_id", APPLICATION)?;
        transaction.pragma_update(None, "user_version", FORMAT)?;
    }
    check_format(&transaction)?;
    Ok(transaction.commit()?)
}

fn check_format(connection: &Connection) -> Result<(), StoreError> {
    let (application, format) = (pragma(connection, "application_id")?, pragma(connection, "user_version")?);
    if application != APPLICATION {
        return Err(StoreError::Damaged("the file is not a ledger".to_owned()));
    }
    if format != FORMAT {
        return Err(StoreError::Failed(format!("the ledger has format {format}; this program reads format {FORMAT}")));
    }
    Ok(())
}

fn pragma(connection: &Connection, name: &str) -> Result<i64, StoreError> {
    Ok(connection.pragma_query_value(None, name, |row| row.get(0))?)
}

fn head(connection: &Connection) -> Result<String, StoreError> {
    Ok(connection.prepare_cached("SELECT head FROM ledger")?.query_row([], |row| row.get(0))?)
}

fn nodes(connection: &Connection, level: u8, from: u64, count: u64) -> Result<Vec<Hash>, StoreError> {
    let (first, end) = (clamp(from), clamp(from.saturating_add(count)));
    let read = |row: &rusqlite::Row<'_>| row.get(0).map(Hash);
    let hashes: Vec<Hash> = if level == 0 {
        let sql = "SELECT leaf FROM entry WHERE idx >= ?1 AND idx < ?2 ORDER BY idx";
        connection.prepare_cached(sql)?.query_map([first, end], read)?.collect::<Result<_, _>>()?
    } else {
        let sql = "SELECT hash FROM node WHERE level = ?1 AND n >= ?2 AND n < ?3 ORDER BY n";
        connection.prepare_cached(sql)?.query_map([level.into(), first, end], read)?.collect::<Result<_, _>>()?
    };
    if u64::try_from(hashes.len()) == Ok(count) {
        Ok(hashes)
    } else {
        Err(StoreError::Damaged(format!("{count} hashes of level {level} from {from} are not all there")))
    }
}

fn rows(mut statement: CachedStatement<'_>, with: impl rusqlite::Params) -> Result<Vec<Row>, StoreError> {
    Ok(statement.query_map(with, row_of)?.collect::<Result<_, _>>()?)
}

/// Index, leaf and bytes, in this order.
fn row_of(row: &rusqlite::Row<'_>) -> rusqlite::Result<Row> {
    let index: i64 = row.get(0)?;
    Ok(Row { index: index.unsigned_abs(), leaf: Hash(row.get(1)?), bytes: row.get(2)? })
}

fn write(connection: &Connection, writes: &Writes) -> Result<(), StoreError> {
    writes.entries.iter().try_for_each(|entry| write_entry(connection, entry))?;
    for node in &writes.nodes {
        let mut insert = connection.prepare_cached("INSERT INTO node VALUES (?1, ?2, ?3)")?;
        insert.execute(params![node.level, number(node.n)?, node.hash.0])?;
    }
    let changed = connection.prepare_cached("UPDATE ledger SET head = ?1")?.execute([&writes.head])?;
    if changed == 1 { Ok(()) } else { Err(StoreError::Damaged("there is no head".to_owned())) }
}

fn write_entry(connection: &Connection, entry: &NewEntry) -> Result<(), StoreError> {
    let index = number(entry.index)?;
    let mut insert = connection.prepare_cached("INSERT INTO entry VALUES (?1, ?2, ?3)")?;
    insert.execute(params![index, entry.leaf.0, entry.bytes])?;
    if let Some(key) = &entry.once {
        connection.prepare_cached("INSERT INTO once VALUES (?1, ?2)")?.execute(params![key, index])?;
    }
    for subject in &entry.subjects {
        let mut insert = connection.prepare_cached("INSERT OR IGNORE INTO subject VALUES (?1, ?2)")?;
        insert.execute(params![subject, index])?;
    }
    Ok(())
}

/// For the end of a range, where too much means all.
fn clamp(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn number(number: u64) -> Result<i64, StoreError> {
    i64::try_from(number).map_err(|_| StoreError::Failed(format!("{number} is beyond what SQLite can count")))
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        let said = error.to_string();
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            Some(ErrorCode::ReadOnly) => Self::ReadOnly,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase | ErrorCode::TypeMismatch) => Self::Damaged(said),
            // SQLite does not hand out what the system said.
            Some(ErrorCode::CannotOpen) => Self::Failed(format!("{said} (no room on the disk, or no right to write beside it)")),
            _ => Self::Failed(said),
        }
    }
}

#[cfg(test)]
mod tests;
