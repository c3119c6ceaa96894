use action::Verb;

use crate::facts::Facts;
use crate::place::Place;
use crate::sql::{Database, Dialect, read};

fn line(sql: &str) -> (Verb, String) {
    let reading = read(sql, Some(Dialect::Postgres), &Database::default(), &Facts::default(), Place::Host);
    let effects = reading.effects();
    assert_eq!(effects.len(), 1, "{sql}: {effects:?}");
    let effect = effects.iter().next().unwrap();
    (effect.verb, format!("{} {}: {}", effect.resource.kind, effect.resource.name, effect.notes.join(", ")))
}

#[test]
fn who_gets_what_is_said() {
    for (sql, verb, said) in [
        ("GRANT SELECT ON o TO bob", Verb::Grant, "table o: select to `bob`"),
        ("GRANT SELECT ON o TO bob WITH GRANT OPTION", Verb::Grant, "table o: select to `bob`, which may pass it on"),
        ("GRANT SELECT ON ALL TABLES IN SCHEMA s TO bob", Verb::Grant, "all tables of schema s: select to `bob`"),
        ("GRANT admin TO bob", Verb::Grant, "role admin: to `bob`"),
        ("CREATE ROLE r", Verb::Grant, "role r: a new role"),
        ("CREATE ROLE r SUPERUSER", Verb::Grant, "role r: a new role, with rights over the whole server"),
        ("ALTER ROLE r BYPASSRLS", Verb::Grant, "role r: with rights over the whole server"),
        ("REVOKE SELECT ON o FROM bob", Verb::Update, "table o: rights are taken away"),
        ("ALTER ROLE r RENAME TO s", Verb::Update, "role r: another name"),
    ] {
        assert_eq!(line(sql), (verb, said.to_owned()), "{sql}");
    }
}
