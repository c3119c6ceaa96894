//! SQL in each dialect, and where the dialect is not known.
#![no_main]

use countersign_fuzz::{choose, facts, fits, input};
use effects::Place;
use effects::sql::{Database, Dialect, read};
use libfuzzer_sys::fuzz_target;

const DIALECTS: [Option<Dialect>; 6] =
    [Some(Dialect::Postgres), Some(Dialect::Mysql), Some(Dialect::Sqlite), Some(Dialect::Bigquery), Some(Dialect::Mssql), None];

fuzz_target!(|data: &[u8]| {
    let Some((mut choice, text)) = input(data) else { return };
    let dialect = choose(&mut choice, &DIALECTS);
    let is_file = choose(&mut choice, &[false, true]);
    let database = if is_file { Database::in_file("a") } else { Database::at_host("db.example.com", Some(5432), Some("shop")) };
    let facts = facts();
    let reading = |text: &str| read(text, dialect, &database, facts, Place::Host);
    let seen = reading(&text);
    fits(&text, &seen);
    assert_eq!(seen, reading(&text), "read twice");
});
