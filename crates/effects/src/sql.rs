//! SQL: what the statements of a text would touch in a database, for PostgreSQL, MySQL, SQLite, BigQuery and SQL Server.
//!
//! ```text
//! text ── split ──▶ pieces ── sqlparser ──▶ statements ── walk ──▶ sightings
//!            │                    └─ not readable ──▶ known by its first words, or opaque
//!            └─ lines for the client program ──▶ client
//! ```
//!
//! Refuses to know: what triggers, rules, procedures and functions of the database do, what rows a condition meets, what a
//! transaction rolls back. Where the dialect is unknown, a text is all that it is in any of them. Comments are blank before
//! anything is parsed, except those that MySQL runs: such a text is read with and without them.

use std::collections::BTreeSet;

use action::{Certainty, Effect, Resource, Reversibility, Tier, Verb};

use crate::environment::{Spot, is_loopback, of_host, recovery_outside, split_host};
use crate::facts::Facts;
use crate::path::{normal, shown};
use crate::place::{Ground, Place, lasting};
use crate::sighting::{Reading, Sighting, Span};

mod alter;
mod catalogue;
mod client;
mod condition;
mod data;
mod functions;
mod parse;
mod rights;
mod settings;
mod split;
mod statement;
mod unparsed;
mod walk;

/// Bytes of a text that are read; a longer one is opaque.
const MOST_BYTES: usize = 8 << 20;

/// A language of databases, with the quotes, comments and client commands of its engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dialect {
    /// PostgreSQL, and `psql`.
    Postgres,
    /// MySQL and MariaDB, and `mysql`.
    Mysql,
    /// SQLite, and `sqlite3`.
    Sqlite,
    /// BigQuery.
    Bigquery,
    /// Microsoft SQL Server, and `sqlcmd`.
    Mssql,
}

impl Dialect {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Postgres, Self::Mysql, Self::Sqlite, Self::Bigquery, Self::Mssql];

    /// By the name of an engine or the scheme of its addresses: `postgresql`, `mariadb`, `sqlite`, …
    pub fn named(name: &str) -> Option<Self> {
        Some(match name.to_lowercase().as_str() {
            "postgres" | "postgresql" | "pg" | "cockroachdb" | "timescaledb" => Self::Postgres,
            "mysql" | "mysql2" | "mariadb" | "percona" => Self::Mysql,
            "sqlite" | "sqlite3" | "libsql" => Self::Sqlite,
            "bigquery" | "bq" => Self::Bigquery,
            "mssql" | "sqlserver" | "tsql" => Self::Mssql,
            _ => return None,
        })
    }

    /// The dialect that a client program speaks: `psql`, `mysql`, `sqlite3`, `bq`, `sqlcmd`, …
    pub fn of_program(program: &str) -> Option<Self> {
        Some(match program {
            "psql" | "pgcli" => Self::Postgres,
            "mysql" | "mariadb" | "mycli" => Self::Mysql,
            "sqlite3" | "sqlite" | "litecli" => Self::Sqlite,
            "bq" => Self::Bigquery,
            "sqlcmd" | "mssql-cli" | "osql" => Self::Mssql,
            _ => return None,
        })
    }

    /// How the engine is called.
    pub fn engine(self) -> &'static str {
        match self {
            Self::Postgres => "PostgreSQL",
            Self::Mysql => "MySQL",
            Self::Sqlite => "SQLite",
            Self::Bigquery => "BigQuery",
            Self::Mssql => "SQL Server",
        }
    }
}

/// Where a database is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Location {
    /// Nobody said.
    #[default]
    Unknown,
    /// A server.
    Host {
        /// Its name or address.
        name: String,
        /// Its port, where one is given.
        port: Option<u16>,
    },
    /// A file, by absolute path or relative to the work tree.
    File(String),
    /// The memory of the client program, gone with it.
    Memory,
}

/// The database that a text would be run on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Database {
    /// Its name on its server.
    pub name: Option<String>,
    /// Where it is.
    pub location: Location,
}

impl Database {
    /// A database of a server.
    pub fn at_host(host: &str, port: Option<u16>, name: Option<&str>) -> Self {
        Self { name: name.map(str::to_owned), location: Location::Host { name: host.to_owned(), port } }
    }

    /// A database in a file, as `sqlite3` takes it: `:memory:` and nothing at all are memory.
    pub fn in_file(path: &str) -> Self {
        let location = if path.is_empty() || path == ":memory:" { Location::Memory } else { Location::File(path.to_owned()) };
        Self { name: None, location }
    }

    /// By an address, `postgres://user:password@host:5432/name` or `sqlite:path`, with its dialect. User and password are left out.
    pub fn of_url(url: &str) -> Option<(Self, Option<Dialect>)> {
        let (scheme, rest) = url.split_once(':')?;
        let base = scheme.split('+').next().unwrap_or(scheme);
        let dialect = Dialect::named(base);
        let rest = rest.split(['?', '#']).next().unwrap_or(rest);
        if dialect == Some(Dialect::Sqlite) || base == "file" {
            let path = rest.strip_prefix("//").unwrap_or(rest);
            return Some((Self::in_file(path), Some(Dialect::Sqlite)));
        }
        let (authority, name) = rest.strip_prefix("//")?.split_once('/').unwrap_or((rest.strip_prefix("//")?, ""));
        if authority.contains(',') || url.contains("host=") {
            return Some((Self::default(), dialect)); // several servers, or one that is named elsewhere: which, is not said
        }
        let (host, port) = split_host(authority);
        let location = if host.is_empty() { Location::Unknown } else { Location::Host { name: host, port } };
        Some((Self { name: (!name.is_empty()).then(|| name.to_owned()), location }, dialect))
    }
}

/// What a text would touch in a database. `dialect` is absent where it is not known: then the text is read in each.
pub fn read(text: &str, dialect: Option<Dialect>, database: &Database, facts: &Facts, place: Place) -> Reading {
    let (spot, recoverable) = locate(database, facts, place);
    read_on(text, dialect, &Site::new(database, facts, place, dialect, spot, recoverable))
}

/// The same where the caller knows better where the database is than its address says.
pub(crate) fn read_where(text: &str, dialect: Option<Dialect>, database: &Database, spot: &Spot, facts: &Facts, place: Place) -> Reading {
    let environment = crate::environment::named(facts, &spot.environment);
    let recoverable = environment.is_some_and(|e| recovery_outside(facts, e, "/dev/null").is_some());
    read_on(text, dialect, &Site::new(database, facts, place, dialect, spot.clone(), recoverable))
}

fn read_on(text: &str, dialect: Option<Dialect>, site: &Site<'_>) -> Reading {
    if text.len() > MOST_BYTES {
        let effect = site.opaque("more text than is read");
        return Reading::new(vec![Sighting { effect, span: Span::whole(text) }]);
    }
    let dialects = dialect.map_or_else(|| Dialect::ALL.to_vec(), |one| vec![one]);
    let pages: Vec<Page> = dialects.into_iter().map(|dialect| Page::of(text, &Site { dialect, ..site.clone() })).collect();
    let mut sightings: Vec<Sighting> = Vec::new();
    for page in &pages {
        let elsewhere = |span: &Span| !page.alone && pages.iter().any(|other| other.understood.contains(span));
        sightings.extend(page.seen.iter().cloned());
        sightings.extend(page.unread.iter().filter(|sighting| !elsewhere(&sighting.span)).cloned());
    }
    Reading::new(sightings)
}

/// A text in one dialect.
#[derive(Default)]
struct Page {
    seen: Vec<Sighting>,
    /// What could not be read. It does not count where the very same bytes are a statement in another dialect, unless `alone`.
    unread: Vec<Sighting>,
    understood: BTreeSet<Span>,
    /// Whether the text has code that only this dialect sees.
    alone: bool,
}

impl Page {
    fn of(text: &str, site: &Site<'_>) -> Self {
        let script = split::split(text, site.dialect, split::Executable::Run);
        let mut page = Self::default();
        page.add(text, &script, site);
        if script.has_executable_comments {
            page.alone = true;
            page.add(text, &split::split(text, site.dialect, split::Executable::Skipped), site);
        }
        let unread: Vec<Span> = page.unread.iter().map(|sighting| sighting.span).collect();
        for span in unread {
            page.understood.remove(&span);
        }
        page
    }

    fn add(&mut self, text: &str, script: &split::Script, site: &Site<'_>) {
        let mut cursor = parse::Cursor::new(text);
        for piece in &script.pieces {
            let sighting = |effect| Sighting { effect, span: piece.span };
            match &piece.kind {
                split::Kind::Command { pending } => {
                    let effects = client::effects(text.get(piece.span.start..piece.span.end).unwrap_or_default(), *pending, site);
                    self.seen.extend(effects.into_iter().map(sighting));
                    self.understood.insert(piece.span);
                }
                split::Kind::Broken(why) => {
                    let (line, column) = cursor.at(piece.span.start);
                    self.unread.push(sighting(site.opaque(&format!("line {line}, column {column}: {why}"))));
                }
                split::Kind::Statement => self.statement(script.of(piece.span), piece.span, &mut cursor, site),
            }
        }
    }

    fn statement(&mut self, sql: &str, span: Span, cursor: &mut parse::Cursor<'_>, site: &Site<'_>) {
        if site.dialect == Dialect::Mssql && sql.contains("$(") {
            self.unread.push(Sighting { effect: site.opaque("sqlcmd fills a part in"), span });
        }
        match parse::parse(sql, site.dialect) {
            Ok(statements) => {
                let effects = walk::effects(&statements, sql, site);
                self.seen.extend(effects.into_iter().map(|effect| Sighting { effect, span }));
                self.understood.insert(span);
            }
            Err(failure) => {
                let (line, column) = failure.position(cursor.at(span.start));
                let why = format!("line {line}, column {column}: {}", failure.reason(site.dialect));
                let sighting = |effect| Sighting { effect, span };
                match unparsed::known(sql, site) {
                    unparsed::Known::All(effects) => {
                        self.seen.extend(effects.into_iter().map(sighting));
                        self.understood.insert(span);
                    }
                    unparsed::Known::Part(effect) => self.unread.extend([sighting(effect), sighting(site.opaque(&why))]),
                    unparsed::Known::Nothing => self.unread.push(sighting(site.opaque(&why))),
                }
            }
        }
    }
}

/// The database, with all that is known about it: where effects land, and in which words.
#[derive(Clone)]
struct Site<'f> {
    facts: &'f Facts,
    place: Place,
    dialect: Dialect,
    /// Whether the dialect was given: where not, names are folded alike in all of them.
    sure: bool,
    spot: Spot,
    /// Its name among people.
    name: String,
    recoverable: bool,
}

impl<'f> Site<'f> {
    fn new(database: &Database, facts: &'f Facts, place: Place, dialect: Option<Dialect>, spot: Spot, recoverable: bool) -> Self {
        let name = database.name.clone().unwrap_or_else(|| match &database.location {
            Location::Host { name, .. } => name.clone(),
            Location::File(path) => Ground { facts, place }.name(&normal(&facts.tree, path)),
            Location::Memory => "memory".into(),
            Location::Unknown => "unknown".into(),
        });
        let sure = dialect.is_some();
        Self { facts, place, dialect: dialect.unwrap_or(Dialect::Postgres), sure, spot, name: shown(&name), recoverable }
    }

    /// An effect on a thing of this database.
    fn effect(&self, verb: Verb, kind: &str, name: &str) -> Effect {
        let reversibility = match lasting(verb) {
            _ if self.spot.tier == Tier::Workspace => Reversibility::Reversible,
            Reversibility::Irreversible if self.recoverable => Reversibility::Recoverable,
            other => other,
        };
        Effect::in_workspace(verb, Resource::new(kind, shown(name)))
            .at(self.spot.environment.clone(), self.spot.tier)
            .that_is(reversibility)
    }

    /// One that takes or changes data.
    fn data(&self, verb: Verb, kind: &str, name: &str) -> Effect {
        Effect { data_bearing: true, ..self.effect(verb, kind, name) }
    }

    /// One that loses nothing: the opposite brings it back, or there is nothing to bring back.
    fn kept(&self, verb: Verb, kind: &str, name: &str) -> Effect {
        self.effect(verb, kind, name).that_is(Reversibility::Reversible)
    }

    /// Something that could not be read: it may do anything to the database.
    fn opaque(&self, why: &str) -> Effect {
        self.hidden(Verb::Opaque, "database", &self.name).noted(why)
    }

    /// An effect of which only this much is known.
    fn hidden(&self, verb: Verb, kind: &str, name: &str) -> Effect {
        let effect = self.data(verb, kind, name).with_certainty(Certainty::Opaque);
        let worst = self.effect(Verb::Delete, kind, name).reversibility;
        effect.that_is(worst)
    }

    /// The database itself is asked.
    fn looks(&self) -> Effect {
        self.effect(Verb::Read, "database", &self.name)
    }

    /// Rows of a table in the snapshot that the facts have; absent where no table, or more than one, goes by that name.
    fn rows(&self, table: &str) -> Option<u64> {
        if let Some(rows) = self.facts.tables.get(table) {
            return Some(*rows);
        }
        let last = |name: &str| name.rsplit('.').next().unwrap_or(name).to_lowercase();
        let fits = |key: &str| {
            let qualified = key.contains('.') && table.contains('.');
            if qualified { key.eq_ignore_ascii_case(table) } else { last(key) == last(table) }
        };
        let mut fitting = self.facts.tables.iter().filter(|(key, _)| fits(key)).map(|(_, rows)| *rows);
        fitting.next().filter(|_| fitting.next().is_none())
    }
}

/// The environment of a database, and whether something outside of it brings it back.
fn locate(database: &Database, facts: &Facts, place: Place) -> (Spot, bool) {
    match &database.location {
        Location::Host { name, port } => match of_host(facts, name, *port) {
            Some(environment) => (Spot::of(environment), recovery_outside(facts, environment, "/dev/null").is_some()),
            None if is_loopback(&name.to_lowercase()) && place == Place::Boxed => (Spot::workspace(), false),
            None if is_loopback(&name.to_lowercase()) => (Spot::host(), false),
            None => (Spot::unknown(), false),
        },
        Location::File(path) => {
            let ground = Ground { facts, place };
            let path = ground.resolved(&normal(&facts.tree, path));
            let spot = ground.spot(&path, false);
            let environment = crate::environment::named(facts, &spot.environment);
            let recoverable = environment.is_some_and(|e| recovery_outside(facts, e, &path).is_some());
            (spot, recoverable)
        }
        Location::Memory => (Spot::workspace(), false),
        Location::Unknown => (Spot::unknown(), false),
    }
}

#[cfg(test)]
mod tests;
