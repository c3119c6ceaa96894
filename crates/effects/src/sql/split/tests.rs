use super::{Executable, Kind, split};
use crate::sql::Dialect::{self, Bigquery, Mssql, Mysql, Postgres, Sqlite};

fn pieces(dialect: Dialect, text: &str) -> Vec<String> {
    let script = split(text, dialect, Executable::Run);
    let shown = script.pieces.iter().map(|piece| match &piece.kind {
        Kind::Statement => script.of(piece.span).split_whitespace().collect::<Vec<_>>().join(" "),
        Kind::Command { .. } => format!("client: {}", &text[piece.span.start..piece.span.end]),
        Kind::Broken(why) => format!("broken: {why}"),
    });
    shown.collect()
}

#[test]
fn a_text_is_cut_where_the_engine_cuts_it() {
    for (dialect, text, expected) in [
        (Postgres, "a; b ;; c", &["a", "b", "c"][..]),
        (Postgres, "a ';' b; c", &["a ';' b", "c"]),
        (Postgres, "a 'x''; ' b; c", &["a 'x''; ' b", "c"]),
        (Postgres, r"a '\'; b", &[r"a '\'", "b"]),
        (Mysql, r"a '\'; b'; c", &[r"a '\'; b'", "c"]),
        (Postgres, r"a E'\'; b'; c", &[r"a E'\'; b'", "c"]),
        (Postgres, "a $$ ; $$; b", &["a $$ ; $$", "b"]),
        (Postgres, "a $x$ $$ ; $x$; b", &["a $x$ $$ ; $x$", "b"]),
        (Postgres, "a$b$ ; c$b$", &["a$b$", "c$b$"]),
        (Postgres, "a $1; b", &["a $1", "b"]),
        (Sqlite, "a $$ ; $$", &["a $$", "$$"]),
        (Postgres, "a -- ; '\n; b", &["a", "b"]),
        (Mysql, "a # ; '\n; b", &["a", "b"]),
        (Mysql, "a --1; b", &["a --1", "b"]),
        (Mssql, "a [;]]; ] ; b", &["a [;]]; ]", "b"]),
        (Sqlite, "a [;]; b", &["a [;]", "b"]),
        (Mysql, "a `;`; b", &["a `;`", "b"]),
        (Bigquery, "a '''; ' ; '''; b", &["a '''; ' ; '''", "b"]),
        (Postgres, "a /* ; /* ; */ ; */ ; b", &["a", "b"]),
        (Mysql, "a /* ; /* ; */ ; b", &["a", "b"]),
        (Mssql, "a\nGO\nb\ngo 5\nc", &["a", "b", "c"]),
        (Mysql, "DELIMITER //\na; b //\nDELIMITER ;\nc; d", &["a; b", "c", "d"]),
        (Sqlite, "CREATE TRIGGER t AFTER DELETE ON o BEGIN a; b; END; c", &["CREATE TRIGGER t AFTER DELETE ON o BEGIN a; b; END", "c"]),
        (Mysql, "CREATE PROCEDURE p() BEGIN IF a THEN b; END IF; c; END; d", &["CREATE PROCEDURE p() BEGIN IF a THEN b; END IF; c; END", "d"]),
        (Mysql, "CREATE PROCEDURE p() BEGIN SELECT CASE a WHEN 1 THEN 2 END; c; END; d", &["CREATE PROCEDURE p() BEGIN SELECT CASE a WHEN 1 THEN 2 END; c; END", "d"]),
        (Postgres, "CREATE FUNCTION f() RETURNS trigger AS $$ BEGIN; END; $$ LANGUAGE x; d", &["CREATE FUNCTION f() RETURNS trigger AS $$ BEGIN; END; $$ LANGUAGE x", "d"]),
        (Postgres, "BEGIN; a; END; b", &["BEGIN", "a", "END", "b"]),
        (Mssql, "BEGIN TRAN; a; COMMIT; b", &["BEGIN TRAN", "a", "COMMIT", "b"]),
        (Mssql, "IF x BEGIN a; b; END; c", &["IF x BEGIN a; b; END", "c"]),
        (Postgres, "a \\d x\n b; c", &["client: \\d x", "a b", "c"]),
        (Postgres, "a \\gx\n b", &["client: \\gx", "a", "b"]),
        (Mysql, "a \\G b", &["a", "b"]),
        (Sqlite, "a;\n.tables\nb", &["a", "client: .tables", "b"]),
        (Postgres, "COPY o FROM STDIN;\n1\tx\n\\.\na", &["COPY o FROM STDIN", "a"]),
        (Postgres, "a 'b", &["broken: a quote without an end"]),
        (Mysql, "a /*! b */ c", &["a b c"]),
        (Mysql, "a /*!50001 b; d */ c", &["a b", "d c"]),
    ] {
        assert_eq!(pieces(dialect, text), expected, "{dialect:?}: {text}");
    }
}

#[test]
fn data_of_a_copy_that_might_be_statements_is_broken() {
    let seen = pieces(Postgres, "COPY o FROM STDIN;\nDROP TABLE o;\n\\.\na");
    assert!(seen[1].starts_with("broken"), "{seen:?}");
    let seen = pieces(Postgres, "COPY o FROM STDIN;\nDROP TABLE o;");
    assert_eq!(seen, ["COPY o FROM STDIN", "DROP TABLE o"], "without an end it is no data");
}

#[test]
fn several_comments_that_are_code_are_broken_as_well() {
    let seen = pieces(Mysql, "a /*!1 b */ /*!2 c */");
    assert_eq!(seen.len(), 2);
    assert!(seen[1].starts_with("broken"), "{seen:?}");
}

#[test]
fn long_lines_of_anything_are_cut_in_one_pass() {
    for text in [" ".repeat(2 << 20), "\\".repeat(1 << 20), "$".repeat(1 << 20), "/*".repeat(1 << 20), "COPY o FROM STDIN;\n".repeat(20_000), "'a'".repeat(1 << 20)] {
        for dialect in Dialect::ALL {
            split(&text, dialect, Executable::Run);
        }
    }
}
