use super::{ROWS, names_only, writes_a_file};
use crate::sql::Dialect;

#[test]
fn the_longer_words_stand_first() {
    for (at, (words, ..)) in ROWS.iter().enumerate() {
        let shadowed = ROWS.iter().take(at).any(|(earlier, ..)| words.starts_with(&format!("{earlier} ")) || words == earlier);
        assert!(!shadowed, "{words}");
    }
}

#[test]
fn care_is_believed_only_where_nothing_else_fits_in() {
    assert!(names_only("REINDEX TABLE CONCURRENTLY public.orders", Dialect::Postgres));
    for sql in ["VACUUM INTO 'x.db'", "ANALYZE DELETE FROM o", "REINDEX (VERBOSE) TABLE o", "CHECK TABLE f(o)", "SHOW TABLES; DROP TABLE o"] {
        assert!(!names_only(sql, Dialect::Mysql), "{sql}");
    }
    assert!(!names_only("CHECKPOINT SHUTDOWN", Dialect::Mssql));
}

#[test]
fn a_query_into_a_file_is_found_by_its_words() {
    assert!(writes_a_file("SELECT 1 INTO\n OUTFILE '/x'"));
    assert!(writes_a_file("select 1 into dumpfile'/x'"));
    assert!(!writes_a_file("SELECT outfile FROM into_x"));
}
