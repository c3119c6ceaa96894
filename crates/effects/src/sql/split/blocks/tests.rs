use super::Blocks;
use crate::sql::Dialect;

fn closed_after(dialect: Dialect, words: &str) -> bool {
    let mut blocks = Blocks::new(dialect);
    words.split(' ').for_each(|word| blocks.word(word));
    blocks.is_closed_by_semicolon()
}

#[test]
fn a_semicolon_within_a_body_is_no_end() {
    for (dialect, words, closed) in [
        (Dialect::Sqlite, "CREATE TRIGGER t BEGIN SELECT", false),
        (Dialect::Sqlite, "CREATE TRIGGER t BEGIN SELECT END", true),
        (Dialect::Sqlite, "CREATE TABLE trigger BEGIN", true),
        (Dialect::Mysql, "CREATE DEFINER root PROCEDURE p BEGIN LOOP x END LOOP", false),
        (Dialect::Mysql, "CREATE PROCEDURE p BEGIN CASE a END CASE", false),
        (Dialect::Mysql, "CREATE PROCEDURE p BEGIN CASE a END CASE END", true),
        (Dialect::Mssql, "BEGIN", true),
        (Dialect::Mssql, "BEGIN TRANSACTION", true),
        (Dialect::Mssql, "BEGIN TRY SELECT", false),
        (Dialect::Bigquery, "IF a END IF", true),
        (Dialect::Postgres, "BEGIN SELECT", true),
        (Dialect::Postgres, "END END END", true),
    ] {
        assert_eq!(closed_after(dialect, words), closed, "{dialect:?}: {words}");
    }
}
