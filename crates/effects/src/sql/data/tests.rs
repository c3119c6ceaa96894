use action::{Count, Effect};

use crate::facts::Facts;
use crate::place::Place;
use crate::sql::{Database, Dialect, read};

fn effects(sql: &str, dialect: Dialect) -> Vec<Effect> {
    let reading = read(sql, Some(dialect), &Database::default(), &Facts::default(), Place::Host);
    reading.effects().iter().cloned().collect()
}

#[test]
fn rows_that_are_written_out_are_counted() {
    let seen = effects("INSERT INTO o VALUES (1), (2), (3)", Dialect::Postgres);
    assert_eq!(seen[0].count, Some(Count::new(3, "rows")));
    assert_eq!(effects("INSERT INTO o SELECT * FROM p", Dialect::Postgres)[0].resource.name, "o");
    assert_eq!(effects("INSERT INTO o SET a = 1", Dialect::Mysql)[0].count, Some(Count::new(1, "rows")));
}

#[test]
fn how_many_rows_are_meant_is_said() {
    for (sql, said) in [
        ("DELETE FROM o", "every row: it has no condition"),
        ("DELETE FROM o WHERE 1=1", "every row: its condition is always true"),
        ("DELETE FROM o WHERE id = 5", "rows named by `id`"),
        ("UPDATE o SET a = 1 WHERE a > 5", "every row that fits: a range"),
        ("DELETE FROM o USING p", "every row that fits: every row that is joined"),
        ("TRUNCATE o", "every row: the table is truncated"),
    ] {
        let seen = effects(sql, Dialect::Postgres);
        assert!(seen.iter().any(|e| e.notes.iter().any(|note| note == said)), "{sql}: {seen:?}");
    }
    let seen = effects("DELETE FROM o LIMIT 5", Dialect::Mysql);
    assert_eq!(seen[0].notes, ["every row that fits: up to a limit"]);
}

#[test]
fn an_alias_is_the_table_that_it_stands_for() {
    let names = |sql, dialect| effects(sql, dialect).iter().filter(|e| e.verb != action::Verb::Read).map(|e| e.resource.name.clone()).collect::<Vec<_>>();
    assert_eq!(names("DELETE x FROM orders x JOIN b ON 1=1", Dialect::Mysql), ["orders"]);
    assert_eq!(names("UPDATE x SET a = 1 FROM orders x", Dialect::Mssql), ["orders"]);
    assert_eq!(names("UPDATE orders x JOIN b y ON 1=1 SET x.a = 1", Dialect::Mysql), ["b", "orders"]);
    assert_eq!(names("DELETE a, b FROM a JOIN b ON 1=1", Dialect::Mysql), ["a", "b"]);
}
