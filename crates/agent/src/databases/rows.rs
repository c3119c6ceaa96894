//! Compares the rows of two databases, table by table. Both are scratch copies that SQLite may write to: it replays their
//! write-ahead logs and hot journals when it opens them. The schema is not trusted: views are not run, and time is bounded.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

/// Rows of one database, now and after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rows {
    /// Rows now.
    pub before: u64,
    /// Rows afterwards.
    pub after: u64,
    /// Rows of now that are gone afterwards.
    pub lost: u64,
}

/// Compares a database with what would take its place; `None`: nothing would.
///
/// What cannot be read within `patience` is an error, on either side. Rows are compared by the columns of now: a further
/// column loses nothing; a column that is gone, or a table that is gone or a view now, loses every row of its table.
pub(crate) fn compare(now: &Path, after: Option<&Path>, patience: Duration) -> Result<Rows, rusqlite::Error> {
    timed(now, patience, |connection| compare_all(connection, after))
}

/// How many rows each table has; what cannot be counted within `patience` is an error.
pub(crate) fn by_table(now: &Path, patience: Duration) -> Result<BTreeMap<String, u64>, rusqlite::Error> {
    timed(now, patience, |connection| {
        connection.execute_batch(DISTRUST)?;
        count(connection, "SELECT count(*) FROM main.sqlite_schema")?;
        let tables = names(connection, TABLES, ["main"])?.into_iter();
        tables.map(|table| Ok((table.clone(), count(connection, &format!("SELECT count(*) FROM main.{}", identifier(&table)))?))).collect()
    })
}

/// Looks at a scratch copy, for no longer than `patience`.
fn timed<T>(now: &Path, patience: Duration, look: impl FnOnce(&Connection) -> Result<T, rusqlite::Error>) -> Result<T, rusqlite::Error> {
    let connection = Connection::open_with_flags(now, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    let handle = connection.get_interrupt_handle();
    let (done, is_done) = channel::<()>();
    std::thread::scope(|scope| {
        let timer = scope.spawn(move || {
            let (mut wait, mut late) = (patience, false);
            while is_done.recv_timeout(wait) == Err(RecvTimeoutError::Timeout) {
                handle.interrupt(); // again and again: an interrupt between two statements stops neither
                (wait, late) = (Duration::from_millis(20), true);
            }
            late
        });
        let seen = look(&connection);
        drop(done);
        match timer.join() {
            Ok(false) => seen,
            _ => Err(failed(rusqlite::ffi::SQLITE_INTERRUPT, "counting them takes too long")),
        }
    })
}

const DISTRUST: &str = "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;";

fn compare_all(connection: &Connection, after: Option<&Path>) -> Result<Rows, rusqlite::Error> {
    connection.execute_batch(DISTRUST)?;
    if let Some(path) = after {
        let path = path.to_str().ok_or_else(|| failed(rusqlite::ffi::SQLITE_CANTOPEN, "the scratch folder's path is no text"))?;
        connection.execute("ATTACH DATABASE ?1 AS successor", [path])?;
        count(connection, "SELECT count(*) FROM successor.sqlite_schema")?;
    }
    let successors: Vec<String> = match after {
        Some(_) => names(connection, TABLES, ["successor"])?.iter().map(|name| name.to_ascii_lowercase()).collect(),
        None => Vec::new(),
    };
    let mut rows = Rows { before: 0, after: 0, lost: 0 };
    count(connection, "SELECT count(*) FROM main.sqlite_schema")?;
    for name in names(connection, TABLES, ["main"])? {
        let there = successors.contains(&name.to_ascii_lowercase());
        let one = compare_table(connection, &name, there)?;
        rows.before += one.before;
        rows.after += one.after;
        rows.lost += one.lost;
    }
    for name in &successors {
        if !names(connection, TABLES, ["main"])?.iter().any(|now| now.eq_ignore_ascii_case(name)) {
            rows.after += count(connection, &format!("SELECT count(*) FROM successor.{}", identifier(name)))?;
        }
    }
    Ok(rows)
}

fn compare_table(connection: &Connection, name: &str, there: bool) -> Result<Rows, rusqlite::Error> {
    let table = identifier(name);
    let before = count(connection, &format!("SELECT count(*) FROM main.{table}"))?;
    if !there {
        return Ok(Rows { before, after: 0, lost: before });
    }
    let after = count(connection, &format!("SELECT count(*) FROM successor.{table}"))?;
    let columns = names(connection, COLUMNS, [name, "main"])?;
    let kept = names(connection, COLUMNS, [name, "successor"])?;
    if columns.is_empty() || !columns.iter().all(|column| kept.iter().any(|k| k.eq_ignore_ascii_case(column))) {
        return Ok(Rows { before, after, lost: before });
    }
    let of = |schema: &str| {
        let columns: Vec<String> = columns.iter().map(|c| format!("{schema}.{table}.{} COLLATE BINARY", identifier(c))).collect();
        columns.join(", ")
    };
    let distinct = count(connection, &format!("SELECT count(*) FROM (SELECT DISTINCT {} FROM main.{table})", of("main")))?;
    let rows = |schema: &str| match of(schema) {
        columns if distinct == before => format!("SELECT {columns} FROM {schema}.{table}"),
        columns => format!("SELECT {columns}, row_number() OVER (PARTITION BY {columns}) FROM {schema}.{table}"), // each equal row counts
    };
    let gone = count(connection, &format!("SELECT count(*) FROM ({} EXCEPT {})", rows("main"), rows("successor")))?;
    Ok(Rows { before, after, lost: gone.max(before.saturating_sub(after)).min(before) })
}

/// Tables that hold rows, as SQLite understood the schema: what the schema's own columns say may be forged.
const TABLES: &str = "SELECT name FROM pragma_table_list WHERE schema = ?1 AND type IN ('table', 'shadow') \
                      AND lower(substr(name, 1, 7)) <> 'sqlite_' ORDER BY name";

const COLUMNS: &str = "SELECT name FROM pragma_table_info(?1, ?2) ORDER BY cid";

fn names(connection: &Connection, query: &str, of: impl rusqlite::Params) -> Result<Vec<String>, rusqlite::Error> {
    connection.prepare(query)?.query_map(of, |row| row.get(0))?.collect()
}

/// A name as SQL takes it, whatever it holds.
fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn count(connection: &Connection, query: &str) -> Result<u64, rusqlite::Error> {
    connection.query_row(query, [], |row| row.get::<_, i64>(0)).map(|n| u64::try_from(n).unwrap_or(0))
}

fn failed(code: i32, why: &str) -> rusqlite::Error {
    rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(code), Some(why.into()))
}
