use super::{is_question, takes};

#[test]
fn a_plain_question_is_told_from_what_changes_something() {
    for text in [
        "select 1",
        "SELECT count(*) FROM orders WHERE id IN (1, 2);",
        "show tables",
        "describe orders",
        "\\dt",
        "\\d orders",
        "select max(created_at) from orders where name like 'a%'",
    ] {
        assert!(is_question(text), "{text}");
    }
    for text in [
        "delete from orders",
        "select 1; drop table orders",
        "select * into copy from orders",
        "select pg_terminate_backend(1)",
        "select * from orders for update",
        "select 1 -- ; drop",
        "select /*! drop */ 1",
        "with x as (delete from orders returning 1) select 1",
        "explain analyze delete from orders",
        "\\! rm -rf x",
        "\\copy orders to program 'sh'",
        "\\dt | sh",
        "select load_file('/etc/passwd')",
        "select 1 \\gexec",
        "select \"drop_all\"()",
        "",
    ] {
        assert!(!is_question(text), "{text}");
    }
}

#[test]
fn what_takes_away_says_so_anywhere_in_the_text() {
    for text in ["DROP TABLE x", "begin; truncate x; commit", "with x as (delete from y) select 1"] {
        assert!(takes(text), "{text}");
    }
    assert!(!takes("select dropped from deleted_orders"));
}
