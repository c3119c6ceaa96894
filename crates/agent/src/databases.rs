//! Counts what a changed database file would lose: rows that are there now and would not be there afterwards.

use std::path::Path;

use rusqlite::{Connection, OpenFlags};

/// Rows of one database file, now and after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rows {
    /// Rows now.
    pub before: u64,
    /// Rows afterwards.
    pub after: u64,
    /// Rows of now that are gone afterwards.
    pub lost: u64,
}

/// Whether a file is an SQLite database, by its first bytes.
pub(crate) fn is_database(path: &Path) -> bool {
    use std::io::Read;
    let mut head = [0; 16];
    std::fs::File::open(path).and_then(|mut file| file.read_exact(&mut head)).is_ok() && &head == b"SQLite format 3\0"
}

/// Compares a database with what would take its place; `None`: nothing would.
///
/// A successor that is no database has lost every row. A `now` that cannot be read is an error, never a zero.
pub(crate) fn compare(now: &Path, after: Option<&Path>) -> Result<Rows, rusqlite::Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
    let connection = Connection::open_with_flags(now, flags)?;
    connection.busy_timeout(std::time::Duration::from_secs(2))?;
    let successor = match after.filter(|path| is_database(path)) {
        Some(path) => connection.execute("ATTACH DATABASE ?1 AS successor", [format!("file:{}?immutable=1", quote(path))]).is_ok(),
        None => false,
    };
    let mut rows = Rows { before: 0, after: 0, lost: 0 };
    for table in tables(&connection, "main")? {
        let before = count(&connection, &format!("SELECT count(*) FROM main.{table}"))?;
        let after = if successor { count(&connection, &format!("SELECT count(*) FROM successor.{table}")).unwrap_or(0) } else { 0 };
        let gone = format!("SELECT count(*) FROM (SELECT * FROM main.{table} EXCEPT SELECT * FROM successor.{table})");
        let lost = if successor { count(&connection, &gone).unwrap_or(before) } else { before };
        rows.before += before;
        rows.after += after;
        rows.lost += lost.max(before.saturating_sub(after)).min(before);
    }
    Ok(rows)
}

fn tables(connection: &Connection, schema: &str) -> Result<Vec<String>, rusqlite::Error> {
    let query = format!("SELECT name FROM {schema}.sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name");
    let mut statement = connection.prepare(&query)?;
    let names = statement.query_map([], |row| row.get::<_, String>(0))?;
    names.map(|name| name.map(|name| format!("\"{}\"", name.replace('"', "\"\"")))).collect()
}

fn count(connection: &Connection, query: &str) -> Result<u64, rusqlite::Error> {
    connection.query_row(query, [], |row| row.get::<_, i64>(0)).map(|n| u64::try_from(n).unwrap_or(0))
}

/// A path inside an SQLite file URI.
fn quote(path: &Path) -> String {
    path.to_string_lossy().replace('%', "%25").replace('?', "%3f").replace('#', "%23")
}

#[cfg(test)]
mod tests;
