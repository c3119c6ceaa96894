use action::Certainty;

use crate::facts::Facts;
use crate::place::Place;
use crate::sql::{Database, Dialect, read};

fn seen(sql: &str, dialect: Dialect) -> Vec<String> {
    let database = Database::at_host("h", None, Some("shop"));
    let reading = read(sql, Some(dialect), &database, &Facts::default(), Place::Host);
    let short = |e: &action::Effect| format!("{} {}{}", e.verb, e.resource.kind, if e.certainty == Certainty::Opaque { " ?" } else { "" });
    reading.effects().iter().map(short).collect()
}

#[test]
fn functions_that_do_something_are_seen_wherever_they_are_called() {
    let file = "file of the database's host";
    for (dialect, sql, expected) in [
        (Dialect::Postgres, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity", "delete session".to_owned()),
        (Dialect::Postgres, "SELECT pg_read_file('/etc/passwd')", format!("read {file} ?")),
        (Dialect::Postgres, "SELECT pg_catalog.PG_READ_FILE('/etc/passwd')", format!("read {file} ?")),
        (Dialect::Postgres, "SELECT lo_export(1, '/x')", format!("update {file}")),
        (Dialect::Postgres, "SELECT 1 FROM o WHERE lo_unlink(o.id) = 1", "delete large object".into()),
        (Dialect::Postgres, "SELECT * FROM dblink('x', 'DROP TABLE o') AS t(a int)", "opaque function ?".into()),
        (Dialect::Postgres, "INSERT INTO o VALUES (pg_reload_conf())", "update server".into()),
        (Dialect::Postgres, "SELECT 1 ORDER BY setval('s', 1)", "update sequence".into()),
        (Dialect::Postgres, "SELECT nextval('s')", "update sequence".into()),
        (Dialect::Postgres, "SELECT query_to_xml('DELETE FROM o', true, true, '')", "opaque function ?".into()),
        (Dialect::Postgres, "SELECT pg_drop_replication_slot('x')", "delete replication slot".into()),
        (Dialect::Postgres, "SELECT set_config('session_replication_role', 'replica', false)", "disable-protection setting".into()),
        (Dialect::Postgres, "SELECT tidy_up()", "execute function".into()),
        (Dialect::Postgres, "SELECT my.now()", "execute function".into()),
        (Dialect::Postgres, "SELECT (SELECT max(tidy_up()) FROM o)", "execute function".into()),
        (Dialect::Postgres, "EXPLAIN SELECT tidy_up()", "execute function".into()),
        (Dialect::Postgres, "DELETE FROM o WHERE a = 1 RETURNING tidy_up()", "execute function".into()),
        (Dialect::Postgres, "SELECT count(*) FILTER (WHERE tidy_up()) OVER (PARTITION BY 1) FROM o", "execute function".into()),
        (Dialect::Sqlite, "SELECT load_extension('./x.so')", "execute function ?".into()),
        (Dialect::Sqlite, "SELECT writefile('x', 1)", format!("update {file}")),
        (Dialect::Sqlite, "SELECT edit('x')", "execute function ?".into()),
        (Dialect::Mysql, "SELECT LOAD_FILE('/etc/passwd')", format!("read {file} ?")),
        (Dialect::Mysql, "SELECT sys_exec('id')", "execute function ?".into()),
        (Dialect::Mssql, "SELECT * FROM OPENROWSET('a', 'b', 'c')", "opaque function ?".into()),
        (Dialect::Bigquery, "SELECT * FROM EXTERNAL_QUERY('c', 'SELECT 1')", "opaque function ?".into()),
    ] {
        let seen = seen(sql, dialect);
        assert!(seen.contains(&expected), "{sql}: {seen:?}");
    }
}

#[test]
fn functions_that_only_compute_are_no_effects() {
    for (dialect, sql) in [
        (Dialect::Postgres, "SELECT now(), lower('x'), coalesce(a, 1), count(*), date_trunc('day', b), jsonb_agg(c) FROM o"),
        (Dialect::Postgres, "SELECT pg_catalog.set_config('search_path', '', false) FROM o"),
        (Dialect::Postgres, "SELECT * FROM generate_series(1, 10), o"),
        (Dialect::Postgres, "SELECT row_number() OVER (ORDER BY a) FROM o"),
        (Dialect::Postgres, "SELECT current_timestamp, current_user FROM o"),
        (Dialect::Mysql, "SELECT sleep(1), group_concat(a) FROM o"),
        (Dialect::Sqlite, "SELECT datetime('now'), json_extract(a, '$.b') FROM o"),
        (Dialect::Mssql, "SELECT TOP 3 GETDATE(), ISNULL(a, 0) FROM o"),
        (Dialect::Bigquery, "SELECT SAFE.PARSE_DATE('%F', a), NET.HOST(b) FROM o"),
    ] {
        let seen = seen(sql, dialect);
        assert!(seen.iter().all(|s| s == "read table" || s == "read database"), "{sql}: {seen:?}");
    }
}

#[test]
fn a_name_stands_on_one_side_only() {
    for name in ["pg_terminate_backend", "load_file", "lo_export", "dblink", "setval", "eval", "edit", "load_extension", "query_to_xml", "xp_cmdshell"] {
        assert!(!super::pure::is_pure(name), "{name}");
    }
}
