use action::Verb;

use crate::facts::Facts;
use crate::place::Place;
use crate::sql::{Database, Dialect, read};

/// Kind, and whether data is in it, of what is read.
fn reads(text: &str, dialect: Option<Dialect>) -> Vec<(String, bool)> {
    let reading = read(text, dialect, &Database::default(), &Facts::default(), Place::Host);
    reading.sightings().iter().filter(|seen| seen.effect.verb == Verb::Read).map(|seen| (seen.effect.resource.kind.clone(), seen.effect.data_bearing)).collect()
}

#[test]
fn rows_are_somebodys_data_and_lists_of_the_engine_are_not() {
    let (pg, my, lite) = (Some(Dialect::Postgres), Some(Dialect::Mysql), Some(Dialect::Sqlite));
    for (text, dialect, kind, data) in [
        ("select * from users", pg, "table", true),
        ("select count(*) from users", pg, "table", true),
        ("select * from users", None, "table", true),
        ("copy users to stdout", pg, "table", true),
        ("table users", pg, "table", true),
        ("select relname from pg_class", pg, "table", false),
        ("select * from pg_catalog.pg_tables", pg, "table", false),
        ("select * from information_schema.columns", my, "table", false),
        ("select name from sqlite_master", lite, "table", false),
        ("select * from pg_stat_activity", pg, "table", true),
        ("select * from pg_stats", pg, "table", true),
        ("select * from mine.pg_class", pg, "table", true),
        ("select * from pg_class", my, "table", true),
        ("select * from pg_class", None, "table", true),
        ("select * from information_schema.x", lite, "table", true),
        ("select rolpassword from pg_authid", pg, "secret", true),
        ("select * from pg_catalog.pg_shadow", pg, "secret", true),
        ("select authentication_string from mysql.user", my, "secret", true),
        ("select * from user", my, "table", true),
        ("select 1", pg, "database", false),
    ] {
        assert!(reads(text, dialect).contains(&(kind.to_owned(), data)), "{text}: {:?}", reads(text, dialect));
        assert!(!reads(text, dialect).contains(&(kind.to_owned(), !data)), "{text}: {:?}", reads(text, dialect));
    }
}
