use crate::facts::Facts;
use crate::place::Place;
use crate::sql::{Database, Dialect, read};

fn reads(sql: &str) -> Vec<String> {
    let reading = read(sql, Some(Dialect::Postgres), &Database::default(), &Facts::default(), Place::Host);
    reading.effects().iter().map(|e| e.resource.name.clone()).collect()
}

#[test]
fn a_name_of_the_query_is_no_table_where_it_is_in_force() {
    assert_eq!(reads("WITH x AS (SELECT * FROM a) SELECT * FROM x"), ["a"]);
    assert_eq!(reads("WITH a AS (SELECT * FROM a) SELECT * FROM a"), ["a"], "it does not name itself");
    assert_eq!(reads("WITH RECURSIVE x AS (SELECT 1 FROM a UNION SELECT 1 FROM x) SELECT * FROM x"), ["a"]);
    assert_eq!(reads("SELECT (WITH x AS (SELECT 1) SELECT 1 FROM x) FROM x"), ["x"], "it ends with its query");
}

#[test]
fn tables_are_found_in_every_corner_of_a_query() {
    let sql = "SELECT (SELECT 1 FROM b) FROM a, LATERAL (SELECT 1 FROM c) d WHERE EXISTS (SELECT 1 FROM e) AND f IN (SELECT 1 FROM g) UNION TABLE h";
    assert_eq!(reads(sql), ["a", "b", "c", "e", "g", "h"]);
}
