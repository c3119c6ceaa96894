//! Lines that a client program takes for itself: `\copy` of psql, `.shell` of sqlite3, `source` of mysql, `!!` of sqlcmd.

use action::{Certainty, Effect, Verb};

use super::{Dialect, Site};
use crate::environment::Spot;
use crate::place::{Ground, lasting};

/// Commands of `mysql` that are words at the beginning of a line.
const OF_MYSQL: &[&str] = &[
    "system", "source", "tee", "notee", "pager", "nopager", "edit", "connect", "help", "exit", "quit", "status", "print", "ego", "go", "clear",
    "rehash", "charset", "prompt", "warnings", "nowarning", "resetconnection", "query_attributes", "ssl_session_data_print",
];

/// Whether `mysql` takes a line that begins with this word for itself.
pub(super) fn is_mysql_command(word: &str) -> bool {
    OF_MYSQL.contains(&word)
}

/// Whether a command of psql sends the statement that stands before it.
pub(super) fn sends(line: &str) -> bool {
    let name = line.trim_start_matches('\\').split(|c: char| c.is_whitespace() || c == '|' || c == '(').next().unwrap_or_default();
    matches!(name, "g" | "gx" | "gexec" | "gset" | "gdesc" | "watch" | "crosstabview" | "bind" | "bind_named" | "parse")
}

/// How many bytes of a line a command takes. What follows is another command, or statements again.
pub(super) fn length(line: &str, dialect: Dialect) -> usize {
    match dialect {
        // The arguments of psql's commands end at a backslash; these two take the line as it is.
        Dialect::Postgres if line.starts_with("\\!") || line.starts_with("\\copy") => line.len(),
        Dialect::Postgres => line.get(1..).and_then(|rest| rest.find('\\')).map_or(line.len(), |at| at + 1),
        // Some of mysql's take no argument; those of the others end where a statement would.
        Dialect::Mysql if line.starts_with('\\') => match line.chars().nth(1) {
            Some('!' | '.' | 'T' | 'P' | 'u' | 'r' | 'C' | 'R' | 'd' | '#') => line.find(';').unwrap_or(line.len()),
            Some(other) => 1 + other.len_utf8(),
            None => line.len(),
        },
        Dialect::Mysql => line.find(';').unwrap_or(line.len()),
        Dialect::Sqlite | Dialect::Mssql | Dialect::Bigquery => line.len(),
    }
}

/// What a client's own line touches; `pending` where it stands within a statement.
pub(super) fn effects(line: &str, pending: bool, site: &Site<'_>) -> Vec<Effect> {
    let line = line.trim();
    let (name, rest) = line.split_once(char::is_whitespace).map_or((line, ""), |(name, rest)| (name, rest.trim()));
    let client = Client { site, rest };
    match site.dialect {
        Dialect::Postgres => client.psql(name.trim_start_matches('\\'), pending),
        Dialect::Mysql => client.mysql(name),
        Dialect::Sqlite => client.sqlite(name),
        Dialect::Mssql => client.sqlcmd(&line.to_lowercase()),
        Dialect::Bigquery => vec![client.opaque("a line for an unknown program")],
    }
}

struct Client<'s, 'f> {
    site: &'s Site<'f>,
    rest: &'s str,
}

impl Client<'_, '_> {
    fn psql(&self, name: &str, pending: bool) -> Vec<Effect> {
        let pipes = name.contains('|') || self.rest.starts_with('|') || self.rest.contains('`');
        if pipes {
            return vec![self.program()];
        }
        match name {
            _ if name.starts_with('!') => vec![self.program()],
            "copy" => self.copy(),
            "i" | "ir" | "include" | "include_relative" => vec![self.opaque("runs the statements of a file")],
            "gexec" => vec![self.opaque("runs what the statement before it gives")],
            "o" | "out" | "g" | "gx" | "w" | "write" | "s" if !self.rest.is_empty() => vec![self.file(Verb::Update)],
            "e" | "edit" | "ef" | "ev" => vec![self.program()],
            "set" | "gset" | "prompt" | "getenv" | "bind" | "bind_named" => vec![self.opaque("sets what later lines may name")],
            "setenv" => vec![self.opaque("sets a variable of the environment")],
            "c" | "connect" if !self.rest.is_empty() => vec![self.opaque("what follows is run on another database")],
            "lo_import" => vec![self.file(Verb::Read), self.site.effect(Verb::Create, "large object", "new")],
            "lo_export" => vec![self.file(Verb::Update), self.site.data(Verb::Read, "large object", &self.site.name)],
            "lo_unlink" => vec![self.site.data(Verb::Delete, "large object", self.rest)],
            "password" => vec![self.site.effect(Verb::Grant, "role", self.rest).noted("a new password")],
            "if" | "elif" | "else" | "endif" if pending => vec![self.opaque("a part of a statement under a condition")],
            "watch" => vec![self.site.looks().noted("runs the statement before it again and again")],
            "a" | "C" | "c" | "cd" | "conninfo" | "connect" | "copyright" | "crosstabview" | "echo" | "elif" | "else" | "encoding" | "endif"
            | "errverbose" | "f" | "g" | "gdesc" | "gx" | "h" | "H" | "help" | "html" | "if" | "l" | "list" | "o" | "out" | "p" | "print"
            | "pset" | "q" | "quit" | "qecho" | "r" | "reset" | "s" | "t" | "T" | "timing" | "unset" | "warn" | "x" | "z" | "?" | "." => {
                vec![self.site.looks()]
            }
            _ if describes(name) => vec![self.site.looks()],
            _ => vec![self.opaque("an unknown command of psql")],
        }
    }

    /// `\copy table from 'file'`, `… to program 'command'`.
    fn copy(&self) -> Vec<Effect> {
        let words: Vec<String> = self.rest.split(|c: char| c.is_whitespace() || c == '\'').map(str::to_ascii_lowercase).collect();
        let has = |word: &str| words.iter().any(|w| w == word);
        if has("program") {
            return vec![self.program(), self.opaque("copies by way of a program")];
        }
        let table = words.first().map(String::as_str).unwrap_or_default();
        if self.rest.starts_with('(') || table.contains('(') {
            return vec![self.opaque("copies the rows of a query")];
        }
        let file = |verb| self.local(verb, "file", "given to \\copy");
        match (has("from"), has("to")) {
            (true, false) => vec![self.site.effect(Verb::Create, "rows", table).with_certainty(Certainty::AtLeast), file(Verb::Read)],
            (false, true) => vec![super::catalogue::read(table, self.site), file(Verb::Update)],
            _ => vec![self.opaque("copies rows")],
        }
    }

    fn mysql(&self, name: &str) -> Vec<Effect> {
        let name = name.trim_end_matches(';');
        let short = name.strip_prefix('\\').and_then(|rest| rest.chars().next());
        match (name.to_ascii_lowercase().as_str(), short) {
            ("system" | "pager" | "edit", _) | (_, Some('!' | 'P' | 'e')) => vec![self.program()],
            ("source", _) | (_, Some('.')) => vec![self.opaque("runs the statements of a file")],
            ("tee", _) | (_, Some('T')) => vec![self.file(Verb::Update)],
            ("connect", _) | (_, Some('r')) => vec![self.opaque("what follows is run on another database")],
            (_, Some('d')) => vec![self.opaque("what ends a statement is changed")],
            (_, None | Some('h' | '?' | 'q' | 's' | 'p' | 't' | 'n' | 'w' | 'W' | 'x' | 'C' | 'R' | '#' | 'u')) => vec![self.site.looks()],
            _ => vec![self.opaque("an unknown command of mysql")],
        }
    }

    fn sqlite(&self, name: &str) -> Vec<Effect> {
        let file = self.rest.trim_matches(['\'', '"']);
        let pipes = file.starts_with('|') || self.rest.contains("\"|") || self.rest.contains("'|");
        // sqlite3 takes any beginning of a command's name for the command.
        let is = |full: &str, least: usize| name.len() > least && full.starts_with(name.trim_start_matches('.'));
        let reads = [
            "auth", "bail", "cd", "changes", "crlf", "databases", "dbinfo", "dump", "echo", "eqp", "exit", "explain", "fullschema", "headers",
            "help", "indexes", "indices", "intck", "lint", "mode", "nullvalue", "print", "progress", "prompt", "quit", "schema",
            "separator", "sha3sum", "show", "stats", "tables", "timeout", "timer", "version", "vfsinfo", "vfslist", "vfsname",
            "width", "limit", "binary",
        ];
        let opens = file.starts_with('-') && (is("once", 2) || is("output", 1));
        if opens || is("shell", 2) || is("system", 1) || is("excel", 2) || is("www", 1) || pipes {
            return vec![self.program()];
        }
        if is("read", 3) {
            return vec![self.opaque("runs the statements of a file")];
        }
        if is("load", 2) {
            return vec![self.opaque("loads code into the program")];
        }
        if is("import", 2) {
            let table = self.rest.split_whitespace().last().unwrap_or_default();
            let rows = self.site.effect(Verb::Create, "rows", table).with_certainty(Certainty::AtLeast);
            return vec![self.local(Verb::Read, "file", "given to .import"), rows];
        }
        if is("output", 1) || is("once", 2) || is("log", 2) || is("backup", 1) || is("save", 2) || is("clone", 2) {
            return if self.rest.is_empty() { vec![self.site.looks()] } else { vec![self.file(Verb::Update), self.site.data(Verb::Read, "database", &self.site.name)] };
        }
        if name.trim_start_matches('.') == "dump" {
            return vec![self.site.data(Verb::Read, "database", &self.site.name)];
        }
        if is("restore", 4) {
            return vec![self.site.data(Verb::Replace, "database", &self.site.name).noted("from a file"), self.file(Verb::Read)];
        }
        if is("open", 2) {
            return vec![self.opaque("what follows is run on another database")];
        }
        if reads.contains(&name.trim_start_matches('.')) && !self.rest.contains("--overwrite") {
            return vec![self.site.looks()];
        }
        vec![self.opaque("an unknown command of sqlite3")]
    }

    fn sqlcmd(&self, line: &str) -> Vec<Effect> {
        match line {
            _ if line.starts_with("!!") || line.starts_with(":!!") || line.starts_with(":ed") => vec![self.program()],
            _ if line.starts_with(":list") || line.starts_with(":help") || line.starts_with(":exit") || line.starts_with(":on error") => {
                vec![self.site.looks()]
            }
            _ => vec![self.opaque("a command of sqlcmd")],
        }
    }

    fn opaque(&self, why: &str) -> Effect {
        self.site.opaque(why)
    }

    /// A program of the client's machine. Its words are not repeated: they may hold secrets.
    fn program(&self) -> Effect {
        self.local(Verb::Execute, "program", "of the client's machine").with_certainty(Certainty::Opaque)
    }

    /// The file that the line names.
    fn file(&self, verb: Verb) -> Effect {
        let name = self.rest.split_whitespace().last().unwrap_or_default().trim_matches(['\'', '"']);
        let site = self.site;
        let ground = Ground { facts: site.facts, place: site.place };
        let path = crate::path::normal(&site.facts.tree, name);
        let spot = ground.spot(&ground.resolved(&path), verb == Verb::Read);
        self.placed(verb, "file", &ground.name(&path), spot)
    }

    fn local(&self, verb: Verb, kind: &str, name: &str) -> Effect {
        let spot = if self.site.place == crate::place::Place::Boxed { Spot::workspace() } else { Spot::host() };
        self.placed(verb, kind, name, spot)
    }

    fn placed(&self, verb: Verb, kind: &str, name: &str, spot: Spot) -> Effect {
        let lasts = if spot.tier == action::Tier::Workspace { action::Reversibility::Reversible } else { lasting(verb) };
        self.site.effect(verb, kind, name).at(spot.environment, spot.tier).that_is(lasts)
    }
}

/// `\d`, `\dt+`, `\sf`, `\l+`: looks at the catalogue.
fn describes(name: &str) -> bool {
    let bare = name.trim_end_matches(['+', 'S', 'x']);
    let letters = bare.chars().all(|c| c.is_ascii_alphabetic());
    (bare.starts_with('d') && letters && bare.len() <= 6) || ["sf", "sv", "l", "list", "z"].contains(&bare)
}

#[cfg(test)]
mod tests;
