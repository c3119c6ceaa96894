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
/// A successor that is no database has lost every row. A `now` that cannot be read is an error, never a zero. Rows are
/// compared by the columns of now: a further column loses nothing, a column that is gone loses every row of its table.
pub(crate) fn compare(now: &Path, after: Option<&Path>) -> Result<Rows, rusqlite::Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
    let connection = Connection::open_with_flags(now, flags)?;
    connection.busy_timeout(std::time::Duration::from_secs(2))?;
    let successor = match after.filter(|path| is_database(path)) {
        Some(path) => connection.execute("ATTACH DATABASE ?1 AS successor", [format!("file:{}?immutable=1", quote(path))]).is_ok(),
        None => false,
    };
    let mut rows = Rows { before: 0, after: 0, lost: 0 };
    for name in names(&connection, TABLES, [])? {
        let columns = names(&connection, COLUMNS, [&name])?;
        let table = identifier(&name);
        let of = |schema: &str| columns.iter().map(|c| format!("{schema}.{table}.{}", identifier(c))).collect::<Vec<_>>().join(", ");
        let before = count(&connection, &format!("SELECT count(*) FROM main.{table}"))?;
        let after = if successor { count(&connection, &format!("SELECT count(*) FROM successor.{table}")).unwrap_or(0) } else { 0 };
        let gone = format!(
            "SELECT count(*) FROM (SELECT {} FROM main.{table} EXCEPT SELECT {} FROM successor.{table})",
            of("main"),
            of("successor")
        );
        let lost = if successor { count(&connection, &gone).unwrap_or(before) } else { before };
        rows.before += before;
        rows.after += after;
        rows.lost += lost.max(before.saturating_sub(after)).min(before);
    }
    Ok(rows)
}

const TABLES: &str = "SELECT name FROM main.sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name";

const COLUMNS: &str = "SELECT name FROM pragma_table_info(?1, 'main') ORDER BY cid";

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

/// A path inside an SQLite file URI.
fn quote(path: &Path) -> String {
    path.to_string_lossy().replace('%', "%25").replace('?', "%3f").replace('#', "%23")
}

#[cfg(test)]
mod tests;
