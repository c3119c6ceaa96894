use super::{Cursor, Failure, parse, place_in};
use crate::sql::Dialect;

#[test]
fn a_failure_knows_its_place_in_the_text() {
    let Err(failure) = parse("SELECT 1\n + + FROM )", Dialect::Postgres) else { panic!("parsed") };
    assert_eq!(failure.position((10, 5)).0, 11);
    assert_eq!(Failure::Grammar(Some((1, 3))).position((10, 5)), (10, 7));
    assert_eq!(Failure::Depth.position((10, 5)), (10, 5));
    assert_eq!(place_in("x at Line: 3, Column: 14"), Some((3, 14)));
    assert_eq!(place_in("x"), None);
}

#[test]
fn places_are_counted_in_lines_and_characters() {
    let mut cursor = Cursor::new("é1\n2\n");
    assert_eq!(cursor.at(0), (1, 1));
    assert_eq!(cursor.at(2), (1, 2));
    assert_eq!(cursor.at(4), (2, 1));
    assert_eq!(cursor.at(6), (3, 1));
    assert_eq!(cursor.at(600), (3, 1));
}

#[test]
fn long_lists_are_no_depth_and_long_chains_are() {
    let list = format!("SELECT 1 WHERE a IN (1{})", ", -2 + 3".repeat(10_000));
    assert!(parse(&list, Dialect::Postgres).is_ok());
    let chain = format!("SELECT 1{}", " + 1".repeat(10_000));
    assert!(matches!(parse(&chain, Dialect::Postgres), Err(Failure::Depth)));
    // A chain within a chain counts with it.
    let nested = format!("SELECT {}1{}", "1 + (".repeat(40), format!("{})", " + 1".repeat(40)).repeat(40));
    assert!(matches!(parse(&nested, Dialect::Postgres), Err(Failure::Depth)));
}
