use action::Verb;

use crate::facts::Facts;
use crate::place::Place;
use crate::sql::{Database, Dialect, read};

fn verbs(sql: &str, dialect: Dialect) -> Vec<Verb> {
    let reading = read(sql, Some(dialect), &Database::default(), &Facts::default(), Place::Host);
    reading.effects().iter().map(|e| e.verb).collect()
}

#[test]
fn settings_that_protect_are_seen_when_they_are_given_up() {
    for (dialect, sql) in [
        (Dialect::Postgres, "SET session_replication_role = replica"),
        (Dialect::Postgres, "SET session_replication_role TO 'replica'"),
        (Dialect::Postgres, "SET LOCAL row_security = off"),
        (Dialect::Sqlite, "PRAGMA foreign_keys = OFF"),
        (Dialect::Sqlite, "PRAGMA foreign_keys = 0"),
        (Dialect::Sqlite, "PRAGMA writable_schema = 1"),
        (Dialect::Sqlite, "PRAGMA writable_schema(1)"),
        (Dialect::Sqlite, "PRAGMA main.journal_mode = OFF"),
        (Dialect::Mysql, "SET FOREIGN_KEY_CHECKS = 0"),
        (Dialect::Mysql, "SET FOREIGN_KEY_CHECKS=0, UNIQUE_CHECKS=0"),
        (Dialect::Mysql, "SET @@SESSION.sql_log_bin = 0"),
        (Dialect::Mysql, "SET GLOBAL local_infile = 1"),
        (Dialect::Mysql, "SET FOREIGN_KEY_CHECKS = @old"),
    ] {
        let seen = verbs(sql, dialect);
        assert!(!seen.is_empty() && seen.iter().all(|verb| *verb == Verb::DisableProtection), "{sql}: {seen:?}");
    }
}

#[test]
fn settings_that_only_concern_the_session_are_looks() {
    for (dialect, sql) in [
        (Dialect::Postgres, "SET client_encoding = 'UTF8'"),
        (Dialect::Postgres, "SET session_replication_role = origin"),
        (Dialect::Postgres, "SET TIME ZONE 'UTC'"),
        (Dialect::Sqlite, "PRAGMA foreign_keys = ON"),
        (Dialect::Sqlite, "PRAGMA table_info(o)"),
        (Dialect::Sqlite, "PRAGMA journal_mode = WAL"),
        (Dialect::Mysql, "SET NAMES utf8mb4"),
        (Dialect::Mysql, "SET @x = 1"),
        (Dialect::Mssql, "SET NOCOUNT ON"),
    ] {
        assert_eq!(verbs(sql, dialect), vec![Verb::Read], "{sql}");
    }
}

#[test]
fn settings_for_everybody_and_of_code_are_more() {
    assert_eq!(verbs("SET GLOBAL max_connections = 5", Dialect::Mysql), vec![Verb::Update]);
    assert_eq!(verbs("SET GLOBAL general_log_file = '/var/www/x.php'", Dialect::Mysql), vec![Verb::Execute]);
    assert_eq!(verbs("SET standard_conforming_strings = off", Dialect::Postgres), vec![Verb::Opaque]);
    assert_eq!(verbs("SET ROLE admin", Dialect::Postgres), vec![Verb::Grant]);
}
