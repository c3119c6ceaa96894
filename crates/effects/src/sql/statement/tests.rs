use action::{Certainty, Verb};

use crate::facts::Facts;
use crate::place::Place;
use crate::sql::{Database, Dialect, read};

fn first(sql: &str, dialect: Dialect) -> (Verb, String, Certainty) {
    let reading = read(sql, Some(dialect), &Database::default(), &Facts::default(), Place::Host);
    let effects = reading.effects();
    let effect = effects.iter().next().unwrap();
    (effect.verb, effect.resource.kind.clone(), effect.certainty)
}

#[test]
fn what_takes_a_check_away_takes_protection() {
    for sql in ["DROP TRIGGER t ON o", "DROP POLICY p ON o"] {
        assert_eq!(first(sql, Dialect::Postgres).0, Verb::DisableProtection, "{sql}");
    }
}

#[test]
fn what_runs_later_is_at_least_what_it_says() {
    for (dialect, sql, kind) in [
        (Dialect::Postgres, "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$", "function"),
        (Dialect::Postgres, "CREATE TRIGGER t BEFORE DELETE ON o FOR EACH ROW EXECUTE FUNCTION f()", "trigger"),
    ] {
        let (verb, seen, certainty) = first(sql, dialect);
        assert_eq!((verb, seen.as_str(), certainty), (Verb::Create, kind, Certainty::AtLeast), "{sql}");
    }
}

#[test]
fn the_body_of_a_routine_is_part_of_what_making_it_touches() {
    let sql = "CREATE TRIGGER t AFTER INSERT ON o BEGIN DELETE FROM p; END";
    let reading = read(sql, Some(Dialect::Sqlite), &Database::default(), &Facts::default(), Place::Host);
    let effects = reading.effects();
    assert!(effects.iter().any(|e| e.verb == Verb::Delete && e.resource.name == "p") || effects.iter().any(|e| e.certainty == Certainty::Opaque));
}

#[test]
fn a_reset_of_the_server_takes_the_way_back_and_one_of_a_setting_does_not() {
    for sql in ["RESET MASTER", "RESET REPLICA", "reset persist"] {
        let found = first(sql, Dialect::Mysql);
        assert!(found.0 == Verb::Delete || found.2 == Certainty::Opaque, "{sql}: {found:?}");
    }
    assert_eq!(first("RESET search_path", Dialect::Postgres).0, Verb::Read);
}
