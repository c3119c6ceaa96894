use sqlparser::ast::{SetExpr, Statement};

use super::{Breadth, breadth};
use crate::sql::{Dialect, parse};

fn of(condition: &str) -> Breadth {
    let sql = format!("SELECT 1 FROM t WHERE {condition}");
    let statements = parse::parse(&sql, Dialect::Mysql).ok().unwrap_or_default();
    let Some(Statement::Query(query)) = statements.into_iter().next() else { panic!("{condition}") };
    let SetExpr::Select(select) = *query.body else { panic!("{condition}") };
    breadth(select.selection.as_ref())
}

#[test]
fn what_is_always_true_is_every_row() {
    for condition in [
        "1", "1=1", "TRUE", "NOT FALSE", "NOT (1=2)", "id=id", "o.id = o.id", "(id) = (id)", "id IS NOT NULL", "NOT (id IS NULL)", "name LIKE '%'", "name LIKE '%%'",
        "'a' = 'a'", "2 > 1", "1 + 1 = 2", "id = 5 OR TRUE", "TRUE OR id = 5", "id = 5 OR 1=1", "id = 5 OR id IS NOT NULL", "id >= id", "1 IN (1, 2)",
        "id IN (id)", "1 BETWEEN 0 AND 2", "TRUE AND TRUE", "(TRUE)", "NULL IS NULL", "id <=> id", "\"a\" = \"a\"", "FALSE OR 1=1", "(1=1) IS TRUE",
        "id IS NOT NULL AND 1=1", "0 = 0 AND 'x' LIKE '%'", "-1 < 0", "NOT 0", "1 XOR 0",
    ] {
        assert!(matches!(of(condition), Breadth::Every(_)), "{condition}: {:?}", of(condition));
    }
    assert!(matches!(breadth(None), Breadth::Every(_)));
}

#[test]
fn what_names_no_rows_is_wide() {
    for condition in [
        "id = 1 OR id = 2", "id > 5", "id <> 5", "id != 5", "name LIKE 'x%'", "id IN (SELECT id FROM o)", "id BETWEEN 1 AND 9", "NOT id = 5", "active", "a = b",
        "id = (SELECT 1)", "EXISTS (SELECT 1)", "id NOT IN (1)", "id = f(1)", "lower(a) = 'x'", "a IS NULL", "name = 'a' = 'b'", "'A' = 'a'", "'abc' = 0",
        "name NOT LIKE 'x'", "id = id + 1", "rand() = rand()", "a LIKE b", "CASE WHEN a THEN b END", "id = 5 OR a > 1",
    ] {
        assert!(matches!(of(condition), Breadth::Wide(_)), "{condition}: {:?}", of(condition));
    }
    let long = format!("id IN (1{})", ", 2".repeat(200));
    assert!(matches!(of(&long), Breadth::Wide(_)));
}

#[test]
fn what_names_its_rows_is_narrow() {
    for (condition, columns) in [
        ("id = 5", &["id"][..]),
        ("5 = id", &["id"]),
        ("id = ?", &["id"]),
        ("id = -5", &["id"]),
        ("o.id = CAST('5' AS SIGNED)", &["id"]),
        ("id IN (1, 2, 3)", &["id"]),
        ("id = 5 AND a > 1", &["id"]),
        ("id = 5 AND b = 'x'", &["b", "id"]),
        ("(a, b) = (1, 2)", &["a", "b"]),
        ("name LIKE 'exact'", &["name"]),
        ("id = 5 AND 1=1", &["id"]),
        ("FALSE OR id = 5", &["id"]),
        ("(id = 5) IS TRUE", &["id"]),
    ] {
        assert_eq!(of(condition), Breadth::Named(columns.iter().map(|c| (*c).to_owned()).collect()), "{condition}");
    }
}

#[test]
fn what_is_never_true_is_no_row() {
    for condition in ["FALSE", "1=2", "0", "NULL", "id = 5 AND FALSE", "id <> id", "NOT 1", "1 NOT IN (1)", "NULL = NULL", "name NOT LIKE '%'"] {
        assert_eq!(of(condition), Breadth::Nothing, "{condition}");
    }
}

#[test]
fn columns_are_told_and_values_are_not() {
    assert_eq!(of("token = 'secret'").note(), "rows named by `token`");
}
