//! Statements that a database's own program is given, on its command line, in files or on its standard input: read as SQL where
//! the program's dialect is known. Of other programs harmless ones are told from all others by their words alone: anything that is
//! not plainly a question is opaque, and a deletion where it says so.

use action::{Certainty, Effect, Resource, Verb};

use super::{Command, Rest};
use crate::place::{Target, Touch, lasting};
use crate::shell::Reader;
use crate::shell::arguments::Arguments;
use crate::shell::expand::Text;
use crate::shell::scope::Scope;
use crate::shell::table::Condition;
use crate::shell::walk::Input;
use crate::sql::{Database, Dialect, Location};

/// Files in the home that clients read before all statements.
const SETTINGS: [&str; 5] = [".psqlrc", ".pg_service.conf", ".my.cnf", ".mylogin.cnf", ".sqliterc"];
/// Variables of the clients that change nothing about what statements mean.
const HARMLESS: [&str; 11] = [
    "PGHOST", "PGPORT", "PGDATABASE", "PGUSER", "PGPASSWORD", "PGSSLMODE", "PGAPPNAME", "PGCONNECT_TIMEOUT", "MYSQL_PWD", "MYSQL_HOST",
    "MYSQL_TCP_PORT",
];
/// Options after which statements may mean something else, or that lead to more: values for variables, another end of a statement,
/// an open line after them.
fn changes_meaning(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Postgres => "-v --set --variable",
        Dialect::Mysql => "--delimiter --login-path",
        Dialect::Mssql => "-q --initial-query",
        Dialect::Sqlite | Dialect::Bigquery => "",
    }
}

/// Options of `sqlite3` that change nothing about its statements.
const PLAIN_OF_SQLITE: [&str; 20] = [
    "ascii", "bail", "batch", "box", "column", "csv", "echo", "header", "html", "json", "line", "list", "markdown", "noheader", "quote", "readonly",
    "safe", "stats", "table", "tabs",
];

/// Functions that a question may call.
const PURE: [&str; 22] = [
    "count", "sum", "min", "max", "avg", "length", "lower", "upper", "coalesce", "now", "version", "round", "date", "date_trunc", "abs",
    "in", "and", "or", "where", "current_database", "pg_size_pretty", "pg_database_size",
];

/// Words of statements that take something away.
const TAKES: [&str; 4] = ["delete", "drop", "truncate", "flushall"];

impl Reader<'_> {
    /// Statements for a program that speaks this dialect.
    pub(super) fn statements_of(
        &mut self,
        dialect: Dialect,
        command: &Command<'_>,
        conditions: &[Condition],
        scope: &Scope,
        input: &Input,
    ) -> Option<Rest> {
        let (arguments, row) = (&command.arguments, &command.found.program);
        let mut texts: Vec<Option<String>> = arguments.values(row.sql).map(|text| self.literal(text)).collect();
        texts.extend(arguments.values(row.reads).map(|file| self.carried_text(file, scope, input)));
        if dialect == Dialect::Bigquery && texts.is_empty() {
            texts.extend(arguments.operands.iter().map(|text| self.literal(text)));
        }
        if texts.is_empty() {
            texts.push(self.carried_text(&Text::known("-"), scope, input));
        }
        // Settings that the text chooses may hold statements of their own.
        let odd = command.has_unlisted(conditions) || command.sureness == Certainty::Opaque || arguments.has(changes_meaning(dialect));
        let known = !odd && self.has_client_settings(scope) && texts.iter().all(Option::is_some);
        let (database, spot) = (database_of(dialect, arguments), command.landing.spot());
        for text in texts.into_iter().flatten() {
            let reading = crate::sql::read_where(&text, Some(dialect), &database, &spot, self.ground.facts, self.ground.place);
            self.find_all(&reading.no_surer_than(command.sureness));
        }
        known.then(|| command.on_top(conditions))
    }

    fn literal(&mut self, text: &Text) -> Option<String> {
        let text = text.exact()?.to_owned();
        self.affords_text(&text).then_some(text)
    }

    fn has_client_settings(&self, scope: &Scope) -> bool {
        let foreign = |start: &str| scope.variables_named(start).any(|name| !HARMLESS.contains(&name));
        self.has_own_settings(&SETTINGS, scope) && !["PG", "PSQL", "MYSQL", "SQLCMD"].into_iter().any(foreign)
    }

    /// `sqlite3 FILE 'SQL'`: says whether all of it was read.
    pub(in crate::shell::programs) fn statements_on_a_file(
        &mut self,
        name: &str,
        arguments: &Arguments,
        words: &[Text],
        scope: &Scope,
        input: &Input,
    ) -> bool {
        let Some(dialect) = Dialect::of_program(name) else { return self.asks_a_file(arguments, words, scope) };
        let Some((file, texts)) = arguments.operands.split_first() else { return false };
        let Some(database) = database_in(file, scope) else { return false };
        let plain = |word: &Text| word.exact().is_some_and(|w| PLAIN_OF_SQLITE.contains(&w.trim_start_matches('-')));
        let options = words.iter().filter(|word| word.may_be_option());
        // Everything behind the file is statements, also what looks like an option to us.
        let all_plain = options.clone().all(plain) && arguments.options.iter().all(|(_, value)| value.is_none());
        let mut known: Vec<Option<String>> = texts.iter().map(|text| self.literal(text)).collect();
        if known.is_empty() {
            known.push(self.carried_text(&Text::known("-"), scope, input));
        }
        if !all_plain || !self.has_client_settings(scope) || !known.iter().all(Option::is_some) {
            return false;
        }
        let mut only_looks = true;
        for text in known.into_iter().flatten() {
            let reading = crate::sql::read(&text, Some(dialect), &database, self.ground.facts, self.ground.place);
            only_looks &= reading.sightings().iter().all(|seen| seen.effect.verb == Verb::Read);
            self.find_all(&reading);
        }
        if database.location != Location::Memory {
            self.touch(Touch::new(if only_looks { Verb::Read } else { Verb::Update }), file, scope);
        }
        true
    }

    /// The same for a program whose dialect nobody reads: a plain question, or not known.
    fn asks_a_file(&mut self, arguments: &Arguments, words: &[Text], scope: &Scope) -> bool {
        let plain = words.iter().all(|w| w.exact().is_some_and(|w| !w.starts_with('-') || ["-json", "-csv", "-header", "-column", "-readonly"].contains(&w)));
        match arguments.operands.as_slice() {
            [file, question] if plain && question.exact().is_some_and(is_question) => {
                self.touch(Touch::new(Verb::Read), file, scope);
                true
            }
            _ => false,
        }
    }

    /// Statements whose dialect nobody reads, one effect each.
    pub(in crate::shell::programs) fn statements(&mut self, command: &Command<'_>, texts: &[Text]) {
        for text in texts {
            let verb = match text.exact() {
                Some(statement) if is_question(statement) => Verb::Read,
                _ if takes(&text.text) => Verb::Delete,
                _ => Verb::Opaque,
            };
            let certainty = if verb == Verb::Read { command.sureness } else { Certainty::Opaque };
            let resource = Resource::new("database", command.name());
            let mut effect = command.landing.placed(Effect::in_workspace(verb, resource)).that_is(lasting(verb)).with_certainty(certainty);
            // Whose rows a question gives back is not told apart without its dialect.
            effect.data_bearing = verb == Verb::Delete || (verb == Verb::Read && text.text.to_lowercase().split_whitespace().any(|word| word == "from"));
            self.find(effect);
        }
    }
}

/// The database of `sqlite3`, where the word leads to one place.
fn database_in(file: &Text, scope: &Scope) -> Option<Database> {
    let written = file.exact()?;
    if written.is_empty() || written == ":memory:" {
        return Some(Database::in_file(written));
    }
    match scope.targets(file).as_slice() {
        [Target::Path(path)] if !written.starts_with("file:") => Some(Database::in_file(path)),
        _ => None,
    }
}

/// The name of the database, for people. Where it is, the row says.
fn database_of(dialect: Dialect, arguments: &Arguments) -> Database {
    let option = match dialect {
        Dialect::Postgres => "-d --dbname",
        Dialect::Mysql => "-D --database",
        Dialect::Mssql => "-d --database-name",
        Dialect::Bigquery => "--dataset_id",
        Dialect::Sqlite => "",
    };
    // Behind a bare `-p` people write their password, though it is taken for the name.
    let operand = || arguments.operands.first().filter(|_| matches!(dialect, Dialect::Postgres) || (dialect == Dialect::Mysql && !arguments.has("-p --password")));
    let host = arguments.values("-h --host -S --server").last().and_then(Text::exact);
    let of_host = || host.filter(|host| !host.contains(['@', '='])).map(|host| Database::at_host(host, None, None));
    let Some(word) = arguments.values(option).last().or_else(operand).and_then(Text::exact) else { return of_host().unwrap_or_default() };
    if word.contains("://") {
        return Database::of_url(word).map(|(database, _)| database).unwrap_or_default();
    }
    if word.contains('=') {
        let name = word.split_whitespace().find_map(|part| part.strip_prefix("dbname="));
        return Database { name: name.map(str::to_owned), location: Location::Unknown };
    }
    Database { name: Some(word.to_owned()), location: Location::Unknown }
}

/// Whether a statement surely only asks: one statement, of known words, that calls nothing but known functions.
pub(super) fn is_question(text: &str) -> bool {
    let lower = text.trim().trim_end_matches(';').to_lowercase();
    if let Some(command) = lower.strip_prefix('\\') {
        let name: String = command.chars().take_while(char::is_ascii_alphanumeric).collect();
        return ["l", "d", "dt", "dn", "du", "di", "dv", "df", "conninfo"].contains(&name.as_str()) && !command.contains(['|', '`', '!', '\n']);
    }
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|w| !w.is_empty()).collect();
    let asks = matches!(words.first(), Some(&"select" | &"show" | &"describe" | &"desc"));
    let plain = !lower.contains([';', '\\', '$', '@', '`']) && !lower.contains("--") && !lower.contains("/*") && !lower.contains('#');
    let changes = ["into", "update", "insert", "merge", "alter", "create", "grant", "revoke", "copy", "call", "do", "outfile", "lock"];
    asks && plain && !words.iter().any(|w| changes.contains(w) || TAKES.contains(w)) && calls_only_pure(&lower)
}

fn calls_only_pure(lower: &str) -> bool {
    lower.match_indices('(').all(|(at, _)| {
        let before = lower.get(..at).unwrap_or_default().trim_end();
        let name = before.rsplit(|c: char| !c.is_alphanumeric() && c != '_' && c != '"' && c != '.').next().unwrap_or_default();
        name.is_empty() || PURE.contains(&name)
    })
}

fn takes(text: &str) -> bool {
    text.to_lowercase().split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| TAKES.contains(&word))
}

#[cfg(test)]
mod tests;
