use action::{Reversibility, Verb};

use crate::facts::Facts;
use crate::place::Place;
use crate::sql::{Database, Dialect, read};

fn first(sql: &str, dialect: Dialect) -> action::Effect {
    let reading = read(sql, Some(dialect), &Database::default(), &Facts::default(), Place::Host);
    let effects = reading.effects();
    assert_eq!(effects.len(), 1, "{sql}: {effects:?}");
    effects.iter().next().cloned().unwrap()
}

#[test]
fn what_loses_data_is_told_from_what_renames_and_adds() {
    for (dialect, sql, verb, loses) in [
        (Dialect::Postgres, "ALTER TABLE o DROP COLUMN c", Verb::Delete, true),
        (Dialect::Postgres, "ALTER TABLE o DROP COLUMN c CASCADE", Verb::Delete, true),
        (Dialect::Postgres, "ALTER TABLE o ALTER COLUMN c TYPE int", Verb::Update, true),
        (Dialect::Postgres, "ALTER TABLE o ALTER COLUMN c TYPE text", Verb::Update, false),
        (Dialect::Mysql, "ALTER TABLE o MODIFY COLUMN c VARCHAR(3)", Verb::Update, true),
        (Dialect::Mysql, "ALTER TABLE o CHANGE a b VARCHAR(3)", Verb::Update, true),
        (Dialect::Postgres, "ALTER TABLE o RENAME TO p", Verb::Update, false),
        (Dialect::Postgres, "ALTER TABLE o RENAME COLUMN a TO b", Verb::Update, false),
        (Dialect::Postgres, "ALTER TABLE o ADD COLUMN c int", Verb::Update, false),
        (Dialect::Postgres, "ALTER TABLE o ADD CONSTRAINT c CHECK (a > 1)", Verb::Update, false),
        (Dialect::Postgres, "ALTER TABLE o DROP CONSTRAINT c", Verb::DisableProtection, false),
        (Dialect::Mysql, "ALTER TABLE o DROP FOREIGN KEY c", Verb::DisableProtection, false),
        (Dialect::Mysql, "ALTER TABLE o DROP PRIMARY KEY", Verb::DisableProtection, false),
        (Dialect::Postgres, "ALTER TABLE o DISABLE TRIGGER ALL", Verb::DisableProtection, false),
        (Dialect::Postgres, "ALTER TABLE o DISABLE ROW LEVEL SECURITY", Verb::DisableProtection, false),
        (Dialect::Postgres, "ALTER TABLE o ALTER COLUMN c DROP NOT NULL", Verb::DisableProtection, false),
        (Dialect::Postgres, "ALTER TABLE o OWNER TO bob", Verb::Grant, false),
        (Dialect::Postgres, "ALTER TABLE o ENABLE ROW LEVEL SECURITY", Verb::Update, false),
    ] {
        let effect = first(sql, dialect);
        assert_eq!((effect.verb, effect.data_bearing), (verb, loses), "{sql}: {effect:?}");
        assert_eq!(effect.resource.name.split('.').next(), Some("o"), "{sql}");
    }
}

#[test]
fn a_rename_can_be_taken_back_and_a_lost_column_cannot() {
    assert_eq!(first("ALTER TABLE o RENAME TO p", Dialect::Postgres).reversibility, Reversibility::Reversible);
    assert_eq!(first("ALTER TABLE o DROP COLUMN c", Dialect::Postgres).reversibility, Reversibility::Irreversible);
}
