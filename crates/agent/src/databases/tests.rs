use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use action::{Change, ChangeSet, Content};
use effects::DataFact;
use rusqlite::Connection;

use super::{PATIENCE, Rows, compare, facts, is_database};
use crate::samples::Sample;
use crate::survey::SurveyError;

fn database(folder: &Path, name: &str, rows: impl Iterator<Item = i64>) -> PathBuf {
    let path = folder.join(name);
    let connection = Connection::open(&path).unwrap();
    connection.execute_batch("CREATE TABLE costs (id INTEGER, cents INTEGER)").unwrap();
    for id in rows {
        connection.execute("INSERT INTO costs VALUES (?1, 7)", [id]).unwrap();
    }
    path
}

fn check(after: impl Fn(&Path) -> Option<PathBuf>, expected: Rows) {
    let folder = tempfile::tempdir().unwrap();
    let now = database(folder.path(), "now.db", 0..10);
    let after = after(folder.path());
    assert_eq!(compare(&now, after.as_deref(), PATIENCE).unwrap(), expected);
}

#[test]
fn a_deleted_database_loses_every_row() {
    check(|_| None, Rows { before: 10, after: 0, lost: 10 });
}

#[test]
fn an_empty_file_loses_every_row() {
    let empty = |folder: &Path| {
        std::fs::write(folder.join("empty"), b"").unwrap();
        Some(folder.join("empty"))
    };
    check(empty, Rows { before: 10, after: 0, lost: 10 });
}

#[test]
fn added_rows_lose_nothing() {
    check(|folder| Some(database(folder, "more.db", 0..15)), Rows { before: 10, after: 15, lost: 0 });
}

#[test]
fn rows_of_other_content_are_lost_even_when_the_count_stays() {
    check(|folder| Some(database(folder, "other.db", 5..15)), Rows { before: 10, after: 10, lost: 5 });
}

#[test]
fn equal_rows_are_counted_one_by_one() {
    let folder = tempfile::tempdir().unwrap();
    let now = database(folder.path(), "now.db", [1, 1, 1, 1, 2].into_iter());
    let after = database(folder.path(), "after.db", [1, 2, 3, 4, 5].into_iter());
    assert_eq!(compare(&now, Some(&after), PATIENCE).unwrap(), Rows { before: 5, after: 5, lost: 3 });
}

#[test]
fn a_further_column_or_another_order_loses_nothing_and_a_column_that_is_gone_loses_the_table() {
    let made = |sql: &'static str| {
        move |folder: &Path| {
            let path = database(folder, "migrated.db", 0..10);
            Connection::open(&path).unwrap().execute_batch(sql).unwrap();
            Some(path)
        }
    };
    let unharmed = Rows { before: 10, after: 10, lost: 0 };
    check(made("ALTER TABLE costs ADD COLUMN note TEXT"), unharmed);
    check(made("CREATE TABLE other (cents INTEGER, id INTEGER); INSERT INTO other SELECT cents, id FROM costs; DROP TABLE costs; ALTER TABLE other RENAME TO costs"), unharmed);
    check(made("ALTER TABLE costs DROP COLUMN cents"), Rows { before: 10, after: 10, lost: 10 });
    check(made("ALTER TABLE costs RENAME COLUMN cents TO money"), Rows { before: 10, after: 10, lost: 10 });
    check(made("ALTER TABLE costs ADD COLUMN note TEXT; DELETE FROM costs WHERE id < 4"), Rows { before: 10, after: 6, lost: 4 });
}

#[test]
fn a_dropped_table_loses_its_rows() {
    let other = |folder: &Path| {
        let path = folder.join("dropped.db");
        Connection::open(&path).unwrap().execute_batch("CREATE TABLE fresh (a)").unwrap();
        Some(path)
    };
    check(other, Rows { before: 10, after: 0, lost: 10 });
}

#[test]
fn a_file_that_is_no_database_is_an_error_never_a_zero() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("text");
    std::fs::write(&path, b"this is a text, not a database; it is long enough").unwrap();
    assert!(!is_database(&path));
    assert!(compare(&path, None, PATIENCE).is_err());
}

#[test]
fn a_view_in_place_of_a_table_loses_its_rows_and_is_not_run() {
    let endless = |folder: &Path| {
        let path = folder.join("endless.db");
        let view = "CREATE VIEW costs AS WITH RECURSIVE n(id, cents) AS (SELECT 1, 7 UNION ALL SELECT id + 1, 7 FROM n) SELECT * FROM n";
        Connection::open(&path).unwrap().execute_batch(view).unwrap();
        Some(path)
    };
    check(endless, Rows { before: 10, after: 0, lost: 10 });
}

#[test]
fn a_view_that_says_it_is_a_table_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let now = database(folder.path(), "now.db", 0..10);
    let forged = folder.path().join("forged.db");
    let view = "CREATE VIEW costs AS SELECT 1 AS id, 7 AS cents; PRAGMA writable_schema = ON; UPDATE sqlite_schema SET type = 'table'";
    Connection::open(&forged).unwrap().execute_batch(view).unwrap();
    assert!(compare(&now, Some(&forged), PATIENCE).is_err());
}

#[test]
fn what_takes_too_long_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let now = folder.path().join("now.db");
    let many = "CREATE TABLE many (id); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400000) INSERT INTO many SELECT i FROM n;";
    Connection::open(&now).unwrap().execute_batch(many).unwrap();
    let after = folder.path().join("after.db");
    fs::copy(&now, &after).unwrap();
    assert!(compare(&now, Some(&after), Duration::from_millis(1)).unwrap_err().to_string().contains("too long"));
    assert_eq!(compare(&now, Some(&after), PATIENCE).unwrap().lost, 0);
}

#[test]
fn a_successor_that_cannot_be_read_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let now = database(folder.path(), "now.db", 0..10);
    let after = folder.path().join("after.db");
    let mut bytes = fs::read(&now).unwrap();
    bytes.truncate(5000);
    bytes[100..].fill(0xff);
    fs::write(&after, bytes).unwrap();
    assert!(compare(&now, Some(&after), PATIENCE).is_err());
}

/// A tree with a database, and what a command that ran on a copy of it left there.
struct Rehearsed {
    sample: Sample,
    changes: Vec<Change>,
}

impl Rehearsed {
    /// `command` leaves the files of the database in the state that they are in when its connection is still open.
    fn new(name: &str, mode: &str, command: &str) -> Self {
        let sample = Sample::new();
        let root = sample.root();
        let main = database(&root, name, 0..50);
        Connection::open(&main).unwrap().query_row(&format!("PRAGMA journal_mode = {mode}"), [], |_| Ok(())).unwrap();
        let copy = tempfile::tempdir().unwrap();
        fs::copy(&main, copy.path().join(name)).unwrap();
        let connection = Connection::open(copy.path().join(name)).unwrap();
        connection.execute_batch(command).unwrap();
        let mut changes = Vec::new();
        for entry in fs::read_dir(copy.path()).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            let (before, after) = (content(&sample, &root.join(&name)), content(&sample, &path));
            if before != after {
                changes.push(Change { path: name, before, after });
            }
        }
        Self { sample, changes }
    }

    fn facts(&self) -> Result<std::collections::BTreeMap<String, DataFact>, SurveyError> {
        facts(&self.sample.office, &ChangeSet::new(self.sample.root().to_str().unwrap(), self.changes.clone()))
    }

    #[track_caller]
    fn must_count(&self, name: &str, before: u64, after: u64, lost: u64) {
        let fact = self.facts().unwrap().remove(name).unwrap();
        assert_eq!((fact.rows_before, fact.rows_after, fact.rows_lost), (Some(before), Some(after), lost));
    }
}

fn content(sample: &Sample, path: &Path) -> Option<Content> {
    let bytes = fs::read(path).ok()?;
    Some(Content::File { digest: sample.book().put(&bytes).unwrap(), size: bytes.len() as u64, executable: false })
}

const EMPTIED_IN_LOG: &str = "PRAGMA wal_autocheckpoint = 0; DELETE FROM costs;";

#[test]
fn rows_that_only_a_write_ahead_log_deletes_are_seen() {
    let rehearsed = Rehearsed::new("costs.sqlite", "wal", EMPTIED_IN_LOG);
    let paths: Vec<&str> = rehearsed.changes.iter().map(|change| change.path.as_str()).collect();
    assert!(!paths.contains(&"costs.sqlite") && paths.contains(&"costs.sqlite-wal"), "{paths:?}");
    rehearsed.must_count("costs.sqlite", 50, 0, 50);
    let tmp = rehearsed.sample.office.folder.join("tmp");
    assert_eq!(fs::read_dir(tmp).unwrap().count(), 0, "the scratch copies are gone");
    assert!(!rehearsed.sample.root().join("costs.sqlite-wal").exists(), "the real database was not opened");
}

#[test]
fn a_database_needs_no_name_that_says_so() {
    Rehearsed::new("ledger", "wal", EMPTIED_IN_LOG).must_count("ledger", 50, 0, 50);
    Rehearsed::new("ledger", "delete", "DELETE FROM costs WHERE id < 20").must_count("ledger", 50, 30, 20);
}

#[test]
fn an_added_row_loses_nothing() {
    Rehearsed::new("costs.db", "wal", "PRAGMA wal_autocheckpoint = 0; INSERT INTO costs VALUES (50, 7)").must_count("costs.db", 50, 51, 0);
}

#[test]
fn a_log_of_now_is_part_of_now_and_taking_it_away_loses_its_rows() {
    let mut rehearsed = Rehearsed::new("costs.db", "wal", "");
    rehearsed.changes.clear();
    let main = rehearsed.sample.root().join("costs.db");
    let live = Connection::open(&main).unwrap();
    live.execute_batch("PRAGMA wal_autocheckpoint = 0; INSERT INTO costs VALUES (50, 7), (51, 7)").unwrap();
    let log = rehearsed.sample.root().join("costs.db-wal");
    rehearsed.changes.push(Change { path: "costs.db-wal".into(), before: content(&rehearsed.sample, &log), after: None });
    rehearsed.must_count("costs.db", 52, 50, 2);
    assert_eq!(live.query_row("SELECT count(*) FROM costs", [], |row| row.get::<_, i64>(0)).unwrap(), 52);
}

/// A journal that puts the database back to when it was empty.
fn hot_journal(extra: &[u8]) -> Rehearsed {
    let mut rehearsed = Rehearsed::new("costs.db", "delete", "");
    let folder = tempfile::tempdir().unwrap();
    let path = database(folder.path(), "costs.db", 0..0);
    let connection = Connection::open(&path).unwrap();
    connection.execute_batch("PRAGMA cache_size = 1; PRAGMA cache_spill = 1; BEGIN").unwrap();
    for id in 0..2_000 {
        connection.execute("INSERT INTO costs VALUES (?1, 7)", [id]).unwrap();
    }
    let mut journal = fs::read(folder.path().join("costs.db-journal")).unwrap();
    assert_eq!(journal[..8], super::JOURNAL_MAGIC, "the journal was flushed, so it is hot");
    journal.extend_from_slice(extra);
    let digest = rehearsed.sample.book().put(&journal).unwrap();
    let after = Some(Content::File { digest, size: journal.len() as u64, executable: false });
    rehearsed.changes = vec![Change { path: "costs.db-journal".into(), before: None, after }];
    rehearsed
}

#[test]
fn a_hot_journal_is_replayed() {
    hot_journal(&[]).must_count("costs.db", 50, 0, 50);
}

#[test]
fn a_journal_of_several_databases_is_refused() {
    let refused = hot_journal(&super::JOURNAL_MAGIC).facts().unwrap_err();
    assert!(refused.to_string().contains("several databases"), "{refused}");
}

#[test]
fn a_link_for_a_log_is_refused() {
    let mut rehearsed = Rehearsed::new("costs.db", "wal", EMPTIED_IN_LOG);
    let log = rehearsed.changes.iter_mut().find(|change| change.path == "costs.db-wal").unwrap();
    log.after = Some(Content::Symlink { target: "payload".into() });
    let refused = rehearsed.facts().unwrap_err();
    assert!(refused.to_string().contains("no regular file"), "{refused}");
}

#[test]
fn a_neighbour_that_stays_is_named_when_all_rows_of_a_database_go() {
    let rehearsed = Rehearsed::new("costs.db", "wal", EMPTIED_IN_LOG);
    fs::create_dir_all(rehearsed.sample.root().join("other")).unwrap();
    database(&rehearsed.sample.root().join("other"), "plain", 0..3);
    std::os::unix::fs::symlink("other/plain", rehearsed.sample.root().join("link.db")).unwrap();
    rehearsed.must_count("other/plain", 3, 3, 0);
    assert_eq!(rehearsed.facts().unwrap().len(), 2, "a link is no database of its own");
}

#[test]
fn a_new_database_and_a_damaged_one() {
    let mut rehearsed = Rehearsed::new("costs.db", "delete", "");
    let folder = tempfile::tempdir().unwrap();
    let fresh = database(folder.path(), "fresh", 0..4);
    rehearsed.changes = vec![Change { path: "fresh".into(), before: None, after: content(&rehearsed.sample, &fresh) }];
    rehearsed.must_count("fresh", 0, 4, 0);
    let mut damaged = fs::read(&fresh).unwrap();
    damaged[100..].fill(0xff);
    fs::write(&fresh, damaged).unwrap();
    rehearsed.changes = vec![Change { path: "fresh".into(), before: None, after: content(&rehearsed.sample, &fresh) }];
    assert!(matches!(rehearsed.facts(), Err(SurveyError::Database { .. })));
}

#[test]
fn text_that_becomes_a_database_is_not_counted_as_empty() {
    let mut rehearsed = Rehearsed::new("costs.db", "delete", "");
    let before = rehearsed.sample.put("notes", "a text");
    let database = rehearsed.sample.root().join("costs.db");
    let (before, after) = (content(&rehearsed.sample, &before), content(&rehearsed.sample, &database));
    rehearsed.changes = vec![Change { path: "notes".into(), before, after }];
    assert_eq!(rehearsed.facts().unwrap()["notes"].rows_before, None);
}

#[test]
fn tables_are_counted_one_by_one_in_a_copy_and_the_database_is_not_touched() {
    let (folder, scratch) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let now = database(folder.path(), "now.db", 0..10);
    let connection = Connection::open(&now).unwrap();
    connection.execute_batch("PRAGMA journal_mode = wal; PRAGMA wal_autocheckpoint = 0; CREATE TABLE \"odd \"\"name\" (a); INSERT INTO \"odd \"\"name\" VALUES (1); CREATE VIEW v AS SELECT 1").unwrap();
    let before = fs::read(&now).unwrap();
    let rows = super::rows_by_table(&now, scratch.path()).unwrap();
    assert_eq!(rows.into_iter().collect::<Vec<_>>(), [("costs".to_owned(), 10), ("odd \"name".to_owned(), 1)]);
    assert_eq!(fs::read(&now).unwrap(), before);
    assert_eq!(fs::read_dir(scratch.path()).unwrap().count(), 0, "nothing is left");
    fs::write(folder.path().join("text"), "no database").unwrap();
    assert!(matches!(super::rows_by_table(&folder.path().join("text"), scratch.path()), Err(SurveyError::Database { .. })));
}
