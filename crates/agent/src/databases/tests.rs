use super::{Rows, compare, is_database};
use rusqlite::Connection;
use std::path::{Path, PathBuf};

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
    assert_eq!(compare(&now, after.as_deref()).unwrap(), expected);
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
    assert!(compare(&path, None).is_err());
}
