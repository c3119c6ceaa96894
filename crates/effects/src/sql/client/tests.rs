use action::{Certainty, Effect, Verb};

use crate::facts::Facts;
use crate::place::Place;
use crate::sql::{Database, Dialect, read};

fn effects(text: &str, dialect: Dialect) -> Vec<Effect> {
    let reading = read(text, Some(dialect), &Database::default(), &Facts::default(), Place::Host);
    reading.effects().iter().cloned().collect()
}

#[test]
fn lines_for_the_client_that_run_something_are_opaque() {
    for (dialect, text) in [
        (Dialect::Postgres, "\\! rm -rf /"),
        (Dialect::Postgres, "SELECT 1; \\! rm -rf /"),
        (Dialect::Postgres, "SELECT 1 \\! rm -rf /\n;"),
        (Dialect::Postgres, "\\o |cat"),
        (Dialect::Postgres, "SELECT 1 \\g |sh"),
        (Dialect::Postgres, "\\i other.sql"),
        (Dialect::Postgres, "\\copy o from program 'curl x'"),
        (Dialect::Postgres, "SELECT 'DROP TABLE o' \\gexec"),
        (Dialect::Postgres, "\\set x `id`"),
        (Dialect::Postgres, "\\set x 1"),
        (Dialect::Postgres, "\\c other"),
        (Dialect::Postgres, "\\frobnicate"),
        (Dialect::Postgres, "DELETE FROM o \\if :x\n WHERE id = 1 \\endif\n;"),
        (Dialect::Sqlite, ".shell rm x"),
        (Dialect::Sqlite, ".sh rm x"),
        (Dialect::Sqlite, "SELECT 1;\n.system rm x"),
        (Dialect::Sqlite, ".read other.sql"),
        (Dialect::Sqlite, ".output |sh"),
        (Dialect::Sqlite, ".load ./x.so"),
        (Dialect::Sqlite, ".open other.db"),
        (Dialect::Sqlite, ".import \"|sh\" o"),
        (Dialect::Mysql, "system rm x"),
        (Dialect::Mysql, "\\! rm x"),
        (Dialect::Mysql, "source other.sql"),
        (Dialect::Mysql, "\\. other.sql"),
        (Dialect::Mysql, "pager sh"),
        (Dialect::Mssql, "!! dir"),
        (Dialect::Mssql, ":r other.sql"),
        (Dialect::Mssql, ":setvar x 1"),
    ] {
        let seen = effects(text, dialect);
        assert!(seen.iter().any(|e| e.certainty == Certainty::Opaque), "{text}: {seen:?}");
    }
}

#[test]
fn lines_for_the_client_that_look_are_looks() {
    for (dialect, text) in [
        (Dialect::Postgres, "\\d orders"),
        (Dialect::Postgres, "\\dt+ *.*"),
        (Dialect::Postgres, "\\x on\n\\timing\n\\l"),
        (Dialect::Postgres, "SELECT 1 \\gx"),
        (Dialect::Sqlite, ".tables"),
        (Dialect::Sqlite, ".mode json\n.headers on\n.schema"),
        (Dialect::Mysql, "status"),
    ] {
        let seen = effects(text, dialect);
        assert!(seen.iter().all(|e| e.verb == Verb::Read && e.certainty == Certainty::Exact), "{text}: {seen:?}");
    }
}

#[test]
fn what_follows_a_command_on_its_line_is_read() {
    for (dialect, text) in [
        (Dialect::Postgres, "\\x \\\\ DROP TABLE o;"),
        (Dialect::Mysql, "\\s DROP TABLE o;"),
        (Dialect::Mysql, "\\u shop; DROP TABLE o;"),
        (Dialect::Mysql, "status; DROP TABLE o;"),
    ] {
        let seen = effects(text, dialect);
        assert!(seen.iter().any(|e| e.verb == Verb::Delete && e.resource.name == "o"), "{text}: {seen:?}");
    }
    let seen = effects("\\x \\! rm x", Dialect::Postgres);
    assert!(seen.iter().any(|e| e.certainty == Certainty::Opaque), "{seen:?}");
    let seen = effects("go DROP TABLE o", Dialect::Mssql);
    assert!(seen.iter().any(|e| e.verb == Verb::Delete || e.certainty == Certainty::Opaque), "{seen:?}");
}

#[test]
fn a_command_within_a_statement_leaves_the_statement_whole() {
    let seen = effects("DELETE FROM o \\x\n WHERE id = 1;", Dialect::Postgres);
    assert!(seen.iter().any(|e| e.verb == Verb::Delete && e.certainty == Certainty::AtLeast), "{seen:?}");
    assert!(seen.iter().all(|e| e.certainty != Certainty::Opaque), "{seen:?}");
}

#[test]
fn files_that_the_client_writes_are_on_its_own_machine() {
    let seen = effects("\\o /tmp/x", Dialect::Postgres);
    assert!(seen.iter().any(|e| e.verb == Verb::Update && e.resource.name == "/tmp/x" && e.tier == action::Tier::Host), "{seen:?}");
}
