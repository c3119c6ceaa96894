//! Statements that the parser does not know, by their first words. Most of them stay opaque; the words only say what they are
//! about. A few do nothing but look or take care, and have no room for anything else: those are read whole.

use action::{Effect, Verb};

use super::{Dialect, Site, settings};

/// Whether the words say all.
#[derive(Clone, Copy)]
enum Rest {
    /// What follows may do more.
    Hidden,
    /// Names only may follow.
    Names,
}

type Row = (&'static str, Verb, &'static str, Rest, &'static str);

/// First words, what they do, to what kind of thing, and in words.
const ROWS: &[Row] = &[
    ("do", Verb::Execute, "block", Rest::Hidden, "a block of code"),
    ("drop owned", Verb::Delete, "database", Rest::Hidden, "all that a role owns"),
    ("reassign owned", Verb::Grant, "database", Rest::Hidden, "all that a role owns gets another owner"),
    ("drop tablespace", Verb::Delete, "tablespace", Rest::Hidden, ""),
    ("drop event trigger", Verb::DisableProtection, "event trigger", Rest::Hidden, "dropped"),
    ("drop event", Verb::Delete, "event", Rest::Hidden, ""),
    ("drop server", Verb::Delete, "foreign server", Rest::Hidden, ""),
    ("drop publication", Verb::Delete, "publication", Rest::Hidden, "replication of its tables ends"),
    ("drop subscription", Verb::Delete, "subscription", Rest::Hidden, "replication ends"),
    ("drop login", Verb::Delete, "role", Rest::Hidden, ""),
    ("drop all row access policies", Verb::DisableProtection, "row policy", Rest::Hidden, "dropped"),
    ("drop row access policy", Verb::DisableProtection, "row policy", Rest::Hidden, "dropped"),
    ("drop snapshot table", Verb::Delete, "table", Rest::Hidden, ""),
    ("drop external table", Verb::Delete, "table", Rest::Hidden, ""),
    ("drop", Verb::Delete, "database", Rest::Hidden, "something of it"),
    ("truncate", Verb::Delete, "rows", Rest::Hidden, ""),
    ("delete", Verb::Delete, "rows", Rest::Hidden, ""),
    ("update", Verb::Update, "rows", Rest::Hidden, ""),
    ("insert", Verb::Create, "rows", Rest::Hidden, ""),
    ("replace", Verb::Replace, "rows", Rest::Hidden, ""),
    ("merge", Verb::Update, "rows", Rest::Hidden, ""),
    ("alter system", Verb::Update, "server", Rest::Hidden, "settings for everybody"),
    ("set password", Verb::Grant, "role", Rest::Hidden, "a new password"),
    ("alter login", Verb::Grant, "role", Rest::Hidden, ""),
    ("alter user", Verb::Grant, "role", Rest::Hidden, ""),
    ("alter role", Verb::Grant, "role", Rest::Hidden, ""),
    ("alter server role", Verb::Grant, "role", Rest::Hidden, ""),
    ("alter authorization", Verb::Grant, "database", Rest::Hidden, "another owner"),
    ("alter database", Verb::Update, "database", Rest::Hidden, ""),
    ("alter", Verb::Update, "database", Rest::Hidden, "something of it"),
    ("create event trigger", Verb::Create, "event trigger", Rest::Hidden, "code that runs when something is changed"),
    ("create event", Verb::Execute, "event", Rest::Hidden, "code that runs by itself"),
    ("create user", Verb::Grant, "role", Rest::Hidden, "a new user"),
    ("create login", Verb::Grant, "role", Rest::Hidden, "a new login"),
    ("create role", Verb::Grant, "role", Rest::Hidden, "a new role"),
    ("create publication", Verb::Expose, "publication", Rest::Hidden, "tables that others may follow"),
    ("create subscription", Verb::Create, "subscription", Rest::Hidden, "follows another server"),
    ("create", Verb::Create, "database", Rest::Hidden, "something of it"),
    ("rename user", Verb::Update, "role", Rest::Hidden, ""),
    ("grant", Verb::Grant, "database", Rest::Hidden, ""),
    ("revoke", Verb::Update, "database", Rest::Hidden, "rights are taken away"),
    ("import foreign schema", Verb::Create, "schema", Rest::Hidden, "from another server"),
    ("security label", Verb::Update, "database", Rest::Hidden, ""),
    ("backup", Verb::Expose, "database", Rest::Hidden, "written to a file or a device"),
    ("restore", Verb::Replace, "database", Rest::Hidden, "from a backup"),
    ("shutdown", Verb::Delete, "server", Rest::Hidden, "it ends"),
    ("restart", Verb::Update, "server", Rest::Hidden, "it is started anew"),
    ("kill", Verb::Delete, "session", Rest::Hidden, "ends what somebody runs"),
    ("reset master", Verb::Delete, "binary logs", Rest::Hidden, "the way back in time"),
    ("reset binary logs", Verb::Delete, "binary logs", Rest::Hidden, "the way back in time"),
    ("purge", Verb::Delete, "binary logs", Rest::Hidden, "the way back in time"),
    ("change master", Verb::Update, "replication", Rest::Hidden, ""),
    ("change replication", Verb::Update, "replication", Rest::Hidden, ""),
    ("install", Verb::Execute, "plugin", Rest::Hidden, "code that runs in the server"),
    ("uninstall", Verb::DisableProtection, "plugin", Rest::Hidden, ""),
    ("load data", Verb::Create, "rows", Rest::Hidden, "from a file"),
    ("load xml", Verb::Create, "rows", Rest::Hidden, "from a file"),
    ("load", Verb::Execute, "library", Rest::Hidden, "code that runs in the server"),
    ("bulk insert", Verb::Create, "rows", Rest::Hidden, "from a file"),
    ("call", Verb::Execute, "procedure", Rest::Hidden, ""),
    ("exec", Verb::Execute, "procedure", Rest::Hidden, ""),
    ("execute", Verb::Execute, "statement", Rest::Hidden, "a text that is put together when it runs"),
    ("copy", Verb::Expose, "rows", Rest::Hidden, "to or from a place outside"),
    ("export", Verb::Expose, "rows", Rest::Hidden, "to a place outside"),
    ("attach", Verb::Execute, "database", Rest::Hidden, "another database is attached"),
    ("dbcc", Verb::Update, "database", Rest::Hidden, "a command of the console"),
    ("reconfigure", Verb::Update, "server", Rest::Hidden, "settings for everybody"),
    ("disable trigger", Verb::DisableProtection, "trigger", Rest::Hidden, "switched off"),
    ("xp_cmdshell", Verb::Execute, "program", Rest::Hidden, "of the database's host"),
    ("reindex", Verb::Update, "index", Rest::Names, "built anew"),
    ("cluster", Verb::Update, "table", Rest::Names, "its order on the disk"),
    ("vacuum", Verb::Update, "table", Rest::Names, "its storage, not its data"),
    ("analyze", Verb::Update, "table", Rest::Names, "its statistics, not its data"),
    ("optimize", Verb::Update, "table", Rest::Names, "its storage, not its data"),
    ("checkpoint", Verb::Update, "server", Rest::Names, "its storage, not its data"),
    ("checksum table", Verb::Read, "table", Rest::Names, ""),
    ("check table", Verb::Read, "table", Rest::Names, ""),
    ("detach", Verb::Read, "database", Rest::Names, ""),
    ("table", Verb::Read, "table", Rest::Names, ""),
    ("show", Verb::Read, "database", Rest::Names, ""),
    ("describe", Verb::Read, "database", Rest::Names, ""),
    ("desc", Verb::Read, "database", Rest::Names, ""),
    ("enable trigger", Verb::Update, "trigger", Rest::Names, "switched on"),
];

/// What is known of a statement that was not parsed.
pub(super) enum Known {
    /// All of it.
    All(Vec<Effect>),
    /// What it is about.
    Part(Effect),
    /// Nothing.
    Nothing,
}

/// What a statement that was not parsed is about.
pub(super) fn known(sql: &str, site: &Site<'_>) -> Known {
    let lower: Vec<String> = sql.split_whitespace().take(24).map(|word| word.to_lowercase()).collect();
    if writes_a_file(sql) {
        return Known::Part(site.hidden(Verb::Expose, "file of the database's host", &site.name).noted("writes what it finds into a file"));
    }
    if site.dialect == Dialect::Sqlite && lower.first().is_some_and(|word| word == "pragma") {
        return pragma(sql, site).map_or(Known::Nothing, Known::All);
    }
    let fits = |words: &str| words.split(' ').enumerate().all(|(at, word)| lower.get(at).is_some_and(|had| had.trim_end_matches('(') == word));
    let Some((_, verb, kind, rest, note)) = ROWS.iter().find(|(words, ..)| fits(words)) else { return Known::Nothing };
    match rest {
        Rest::Hidden => Known::Part(noted(site.hidden(*verb, kind, &site.name), note)),
        Rest::Names if names_only(sql, site.dialect) => {
            let thing = lower.last().filter(|_| lower.len() > 1 && matches!(*kind, "table" | "index")).unwrap_or(&site.name);
            let reads_rows = sql.split_whitespace().next().is_some_and(|word| word.eq_ignore_ascii_case("table"));
            Known::All(vec![if reads_rows { super::catalogue::read(thing, site) } else { noted(site.kept(*verb, kind, thing), note) }])
        }
        Rest::Names => Known::Nothing,
    }
}

/// `PRAGMA schema.name = word`, which the parser knows for numbers and texts only.
fn pragma(sql: &str, site: &Site<'_>) -> Option<Vec<Effect>> {
    let rest = sql.split_once(char::is_whitespace).map_or("", |(_, rest)| rest.trim());
    let (name, value) = match rest.find(['=', '(']) {
        Some(at) => (rest.get(..at).unwrap_or_default(), rest.get(at + 1..).map(|value| value.trim_end_matches(')').trim())),
        None => (rest, None),
    };
    let is_word = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | '+'));
    if !is_word(name.trim()) || !value.is_none_or(is_word) {
        return None;
    }
    Some(settings::pragma(name.trim(), value, site))
}

fn noted(effect: Effect, note: &str) -> Effect {
    if note.is_empty() { effect } else { effect.noted(note) }
}

/// Whether nothing but words, names and commas is in it: nothing is called, nothing hides in a text, no other statement follows.
fn names_only(sql: &str, dialect: Dialect) -> bool {
    const VERBS: &str = "alter begin call copy create delete do drop exec execute grant insert into kill merge replace revoke select set shutdown \
                         truncate update with";
    let joins = |c: char| matches!(c, '.' | ',' | '_' | '$' | '`' | '"' | '=' | '%' | '\'');
    let plain = sql.chars().all(|c| c.is_alphanumeric() || c.is_whitespace() || joins(c));
    let verb = sql.split_whitespace().any(|word| VERBS.split_whitespace().any(|verb| verb.eq_ignore_ascii_case(word)));
    // In Transact-SQL the next statement may follow with nothing in between.
    plain && !verb && (dialect != Dialect::Mssql || sql.split_whitespace().count() <= 1)
}

/// `SELECT … INTO OUTFILE`, `INTO DUMPFILE`.
fn writes_a_file(sql: &str) -> bool {
    let mut words = sql.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty());
    let mut last = "";
    words.any(|word| {
        let found = last.eq_ignore_ascii_case("into") && (word.eq_ignore_ascii_case("outfile") || word.eq_ignore_ascii_case("dumpfile"));
        last = word;
        found
    })
}

#[cfg(test)]
mod tests;
