use super::*;
use tempfile::TempDir;

fn genesis() -> Genesis {
    Genesis { vkey: "vkey".to_owned(), head: "head 0".to_owned() }
}

fn store() -> (TempDir, SqliteStore) {
    let folder = TempDir::new().unwrap();
    let store = SqliteStore::open(&folder.path().join("ledger.sqlite"), &genesis()).unwrap();
    (folder, store)
}

fn entry(index: u64, length: usize) -> NewEntry {
    let bytes = vec![7; length];
    let once = Some(format!("key {index}"));
    NewEntry { index, leaf: Hash::of_entry(&bytes), bytes, once, subjects: vec!["all".to_owned(), "all".to_owned()] }
}

fn put(store: &SqliteStore, entries: Vec<NewEntry>, head: &str) -> Result<(), CommitError> {
    let mut writes = Some(Writes { entries, nodes: vec![], head: head.to_owned() });
    store.commit(&mut |_| Ok(writes.take()))
}

#[test]
fn what_is_written_is_there_for_others() {
    let (folder, store) = store();
    let other =
        SqliteStore::open(&folder.path().join("ledger.sqlite"), &Genesis { vkey: "x".into(), head: "y".into() });
    let other = other.unwrap();
    assert_eq!((other.vkey().unwrap(), other.head().unwrap()), ("vkey".to_owned(), "head 0".to_owned()));
    let (mine, theirs) = (store.changes().unwrap(), other.changes().unwrap());
    put(&store, vec![entry(0, 10), entry(1, 20)], "head 2").unwrap();
    assert_eq!(store.changes().unwrap(), mine);
    assert_ne!(other.changes().unwrap(), theirs);
    assert_eq!(other.head().unwrap(), "head 2");
    assert_eq!(other.rows(1..u64::MAX).unwrap().len(), 1);
    assert_eq!(other.about("all").unwrap().len(), 2);
    assert_eq!(other.nodes(0, 0, 2).unwrap().len(), 2);
    assert!(matches!(other.nodes(0, 1, 2), Err(StoreError::Damaged(_))));
}

#[test]
fn a_plan_that_gives_up_leaves_nothing_and_no_lock() {
    let (_folder, store) = store();
    let refused = CommitError::from(StoreError::Failed("no".to_owned()));
    assert_eq!(store.commit(&mut |_| Err(refused.clone())), Err(refused.clone()));
    store.commit(&mut |_| Ok(None)).unwrap();
    let result = put(&store, vec![entry(0, 10), entry(0, 10)], "head 2");
    assert!(matches!(result, Err(CommitError::Failed { landed: Landed::No, .. })), "{result:?}");
    assert_eq!((store.head().unwrap().as_str(), store.rows(0..9).unwrap().len()), ("head 0", 0));
    put(&store, vec![entry(0, 10)], "head 1").unwrap();
    store
        .commit(&mut |held| {
            assert_eq!((held.done("key 0"), held.done("key 1")), (Ok(true), Ok(false)));
            assert_eq!(held.head().unwrap(), "head 1");
            Ok(None)
        })
        .unwrap();
}

/// SQLite's own limit of pages stands for a full disk: it fails in the same place with the same code.
#[test]
fn a_full_disk_writes_nothing_and_is_survived() {
    let (_folder, store) = store();
    let limit = |pages: i64| {
        let writer = store.writer.as_ref().unwrap().lock().unwrap();
        let pages = format!("PRAGMA max_page_count={pages}");
        writer.query_row(&pages, [], |row| row.get::<_, i64>(0)).unwrap();
    };
    limit(1);
    let full = put(&store, vec![entry(0, 60_000)], "head 1");
    assert_eq!(full, Err(CommitError::Failed { landed: Landed::No, source: StoreError::Full }));
    assert_eq!(store.head().unwrap(), "head 0");
    limit(1_000_000);
    put(&store, vec![entry(0, 60_000)], "head 1").unwrap();
    assert_eq!(store.rows(0..9).unwrap().len(), 1);
}

#[test]
fn reading_needs_no_permission_to_write() {
    let (folder, store) = store();
    put(&store, vec![entry(0, 10)], "head 1").unwrap();
    let path = folder.path().join("ledger.sqlite");
    let reader = SqliteStore::read_only(&path).unwrap();
    put(&store, vec![entry(1, 10)], "head 2").unwrap();
    assert_eq!(reader.head().unwrap(), "head 2");
    let refused = put(&reader, vec![entry(2, 10)], "head 3");
    assert_eq!(refused, Err(CommitError::Failed { landed: Landed::No, source: StoreError::ReadOnly }));
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let error = still(&path, flags, StoreError::ReadOnly).unwrap_err();
    assert!(error.to_string().contains("ledger.sqlite-wal"), "what waits in the log must not be overlooked: {error}");
    drop(reader);
    drop(store);
    assert!(!folder.path().join("ledger.sqlite-wal").exists(), "the last writer puts the log away");
    let frozen = still(&path, flags, StoreError::ReadOnly).unwrap();
    assert_eq!(head(&frozen).unwrap(), "head 2");
    assert!(!folder.path().join("ledger.sqlite-shm").exists(), "reading a still file makes no files");
}

#[test]
fn other_files_are_not_taken_for_ledgers() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("ledger.sqlite");
    std::fs::write(&path, "not a database, but long enough to be looked at by anybody who opens it".repeat(20))
        .unwrap();
    assert!(matches!(SqliteStore::open(&path, &genesis()), Err(StoreError::Damaged(_))));
    assert!(matches!(SqliteStore::read_only(&path), Err(StoreError::Damaged(_))));
    std::fs::remove_file(&path).unwrap();
    Connection::open(&path).unwrap().execute_batch("CREATE TABLE t (a); PRAGMA user_version=7").unwrap();
    assert_eq!(
        SqliteStore::open(&path, &genesis()).err(),
        Some(StoreError::Damaged("the file is not a ledger".to_owned()))
    );
}

#[test]
fn a_newer_format_is_named() {
    let (folder, store) = store();
    let writer = store.writer.as_ref().unwrap().lock().unwrap();
    writer.pragma_update(None, "user_version", 2).unwrap();
    drop(writer);
    drop(store);
    let error = SqliteStore::open(&folder.path().join("ledger.sqlite"), &genesis()).err().unwrap();
    assert!(error.to_string().contains("format 2"), "{error}");
}

#[test]
fn a_long_log_is_taken_over_by_whoever_opens_next_and_nothing_is_lost() {
    let (folder, store) = store();
    let log = folder.path().join("ledger.sqlite-wal");
    let long = || std::fs::metadata(&log).unwrap().len();
    put(&store, (0..100).map(|index| entry(index, 8_000)).collect(), "head 100").unwrap();
    assert!(long() > SHORT);
    let reading = rusqlite::Connection::open(folder.path().join("ledger.sqlite")).unwrap();
    reading.execute_batch("BEGIN; SELECT count(*) FROM entry").unwrap();
    let other = SqliteStore::open(&folder.path().join("ledger.sqlite"), &genesis()).unwrap();
    assert!(long() > SHORT, "somebody reads what it has");
    drop((reading, other));
    let other = SqliteStore::open(&folder.path().join("ledger.sqlite"), &genesis()).unwrap();
    assert!(long() <= SHORT, "{}", long());
    put(&store, vec![entry(100, 10)], "head 101").unwrap();
    put(&other, vec![entry(101, 10)], "head 102").unwrap();
    assert_eq!((store.head().unwrap(), other.rows(0..u64::MAX).unwrap().len()), ("head 102".to_owned(), 102));
}
