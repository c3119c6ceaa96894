use action::{Certainty, Change, ChangeSet, Content, Digest, Effects, Environment, EnvironmentName, Generation, Reversibility, Tier, Verb};

use super::of;
use crate::facts::{DataFact, Facts};

const ROOT: &str = "/srv/production/region-1";

fn file() -> Option<Content> {
    Some(Content::File { digest: Digest::of_bytes(b"x"), size: 3, executable: false })
}

fn change(path: &str, before: Option<Content>, after: Option<Content>) -> Change {
    Change { path: path.into(), before, after }
}

fn data(before: u64, after: Option<u64>, lost: u64) -> DataFact {
    DataFact { engine: "sqlite".into(), rows_before: Some(before), rows_after: after, rows_lost: lost }
}

fn facts(changes: Vec<Change>, databases: &[(&str, DataFact)]) -> Facts {
    let region = Environment {
        name: EnvironmentName::new("production/region-1"),
        tier: Tier::Production,
        paths: vec![ROOT.into()],
        hosts: vec![],
        remotes: vec![],
        recovery: vec!["/backups/region-1".into()],
        owners: Vec::new(),
        terms: Default::default(),
        identities: Vec::new(),
    };
    Facts {
        environments: vec![(region, Generation(7))],
        change: Some(ChangeSet::new(ROOT, changes)),
        databases: databases.iter().map(|(path, fact)| ((*path).to_owned(), fact.clone())).collect(),
        ..Facts::default()
    }
}

fn effects(facts: &Facts) -> Effects {
    Effects::new(of(&EnvironmentName::new("production/region-1"), facts))
}

#[track_caller]
fn check(facts: &Facts, expected: &[&str]) {
    assert_eq!(effects(facts).lines(), expected);
}

#[test]
fn delete_and_recreate_is_one_replacement_in_one_line() {
    let facts = facts(
        vec![change("data/costs.db", file(), file()), change("app/explorer.mjs", file(), file()), change("old.log", file(), None)],
        &[("data/costs.db", data(48_211, Some(0), 48_211))],
    );
    check(&facts, &[
        "replaces environment `production/region-1`: 48,211 rows, 1 database, no recovery point outside it, irreversible",
    ]);
    let effects = effects(&facts);
    let effect = effects.iter().next().unwrap();
    assert!(effect.whole_environment && effect.data_bearing);
    assert_eq!(effect.tier, Tier::Production);
}

#[test]
fn databases_may_be_named_by_absolute_path() {
    let path = format!("{ROOT}/data/costs.db");
    let facts = facts(vec![change("data/costs.db", file(), file())], &[(&path, data(5, Some(0), 5))]);
    check(&facts, &["replaces environment `production/region-1`: 5 rows, 1 database, no recovery point outside it, irreversible"]);
}

#[test]
fn the_minor_fix_is_a_line_a_file() {
    let facts = facts(vec![change("app/explorer.mjs", file(), file())], &[("data/costs.db", data(48_211, Some(48_211), 0))]);
    check(&facts, &["updates file `app/explorer.mjs` in production/region-1"]);
    assert_eq!(effects(&facts).iter().next().unwrap().reversibility, Reversibility::Reversible);
}

#[test]
fn a_deleted_database_deletes_the_environment_unless_another_takes_its_place() {
    let gone = vec![change("data/costs.db", file(), None)];
    let facts_gone = facts(gone.clone(), &[("data/costs.db", data(10, None, 10))]);
    check(&facts_gone, &["deletes environment `production/region-1`: 10 rows, 1 database, no recovery point outside it, irreversible"]);
    let mut anew = gone;
    anew.push(change("data/new.db", None, file()));
    let facts_anew = facts(anew, &[("data/costs.db", data(10, None, 10))]);
    check(&facts_anew, &["replaces environment `production/region-1`: 10 rows, 1 database, no recovery point outside it, irreversible"]);
}

#[test]
fn a_recovery_point_counts_only_outside() {
    let mut facts = facts(vec![change("data/costs.db", file(), file())], &[("data/costs.db", data(10, Some(0), 10))]);
    facts.recovery_points = vec![format!("{ROOT}/backups/yesterday")];
    assert_eq!(effects(&facts).iter().next().unwrap().reversibility, Reversibility::Irreversible);
    facts.recovery_points = vec!["/backups/region-1/yesterday".into()];
    check(&facts, &[
        "replaces environment `production/region-1`: 10 rows, 1 database, recovery point outside it: `/backups/region-1/yesterday`",
    ]);
    assert_eq!(effects(&facts).iter().next().unwrap().reversibility, Reversibility::Recoverable);
}

#[test]
fn one_database_of_two_is_that_database() {
    let databases = [("a.db", data(10, Some(0), 10)), ("b.db", data(5, Some(5), 0))];
    let facts = facts(vec![change("a.db", file(), file())], &databases);
    check(&facts, &["replaces database `a.db` in production/region-1: 10 rows, no recovery point outside it, irreversible"]);
}

#[test]
fn rows_that_go_are_counted_and_added_rows_are_not_a_loss() {
    let some = facts(vec![change("a.db", file(), file())], &[("a.db", data(100, Some(90), 12))]);
    check(&some, &["deletes rows of database `a.db` in production/region-1: 12 rows, no longer there afterwards, no recovery point outside it, irreversible"]);
    let more = facts(vec![change("a.db", file(), file())], &[("a.db", data(100, Some(150), 0))]);
    check(&more, &["updates database `a.db` in production/region-1"]);
    let only_wal = facts(vec![change("a.db-wal", file(), file())], &[("a.db", data(100, Some(40), 60))]);
    check(&only_wal, &["deletes rows of database `a.db` in production/region-1: 60 rows, no longer there afterwards, no recovery point outside it, irreversible"]);
}

#[test]
fn a_side_file_is_its_databases_doing_whatever_the_name() {
    let created = vec![change("costs-wal", None, file()), change("costs-shm", None, file())];
    let emptied = facts(created.clone(), &[("costs", data(5_000, Some(0), 5_000))]);
    check(&emptied, &["replaces environment `production/region-1`: 5,000 rows, 1 database, no recovery point outside it, irreversible"]);
    let neighbour = facts(created, &[("costs", data(5_000, Some(0), 5_000)), ("kept", data(3, Some(3), 0))]);
    check(&neighbour, &["replaces database `costs` in production/region-1: 5,000 rows, no recovery point outside it, irreversible"]);
    let more = facts(vec![change("a.db-wal", None, file())], &[("a.db", data(5, Some(6), 0))]);
    check(&more, &["updates database `a.db` in production/region-1"]);
    let unknown = effects(&facts(vec![change("a.db-journal", None, file())], &[]));
    let effect = unknown.iter().next().unwrap();
    assert_eq!((effect.verb, effect.certainty, effect.resource.name.as_str()), (Verb::Update, Certainty::Opaque, "a.db"));
}

#[test]
fn a_database_of_another_environment_inside_saves_nothing_here() {
    let databases = [("a.db", data(10, Some(0), 10)), ("shared/b.db", data(5, Some(5), 0))];
    let mut facts = facts(vec![change("a.db", file(), file())], &databases);
    let mut shared = facts.environments[0].clone();
    (shared.0.name, shared.0.paths) = (EnvironmentName::new("shared"), vec![format!("{ROOT}/shared")]);
    facts.environments.push(shared);
    check(&facts, &["replaces environment `production/region-1`: 10 rows, 1 database, no recovery point outside it, irreversible"]);
}

#[test]
fn a_database_that_nobody_can_count_is_opaque_and_an_empty_one_is_nothing_to_lose() {
    let unknown = facts(vec![change("a.db", file(), file())], &[]);
    let effects_unknown = effects(&unknown);
    let effect = effects_unknown.iter().next().unwrap();
    assert_eq!((effect.verb, effect.certainty, effect.reversibility), (Verb::Update, Certainty::Opaque, Reversibility::Irreversible));
    let unreadable_after = facts(vec![change("a.db", file(), file())], &[("a.db", data(9, None, 0))]);
    assert!(effects(&unreadable_after).iter().next().unwrap().whole_environment, "rows that cannot be found again are lost");
    let empty = facts(vec![change("a.db", file(), None)], &[("a.db", data(0, None, 0))]);
    check(&empty, &["deletes database `a.db` in production/region-1"]);
    let created = facts(vec![change("a.db", None, file())], &[]);
    check(&created, &["creates database `a.db` in production/region-1"]);
}

#[test]
fn deleting_every_entry_at_the_top_is_deleting_the_environment() {
    let mut facts = facts(vec![change("app", Some(Content::Directory), None), change("app/a.js", file(), None), change("README", file(), None)], &[]);
    facts.top_level = Some(vec!["README".into(), "app".into()]);
    check(&facts, &["deletes environment `production/region-1`: 2 files, no recovery point outside it, irreversible"]);
    facts.top_level = Some(vec!["README".into(), "app".into(), "kept".into()]);
    assert!(!effects(&facts).iter().any(|e| e.whole_environment));
}

#[test]
fn many_files_are_named_up_to_a_bound_and_counted_beyond() {
    let changes = (0..50).map(|n| change(&format!("f{n:02}"), file(), file())).collect();
    let lines = effects(&facts(changes, &[])).lines();
    assert_eq!(lines.len(), 21);
    assert!(lines.contains(&"updates files `f20, f21, f22 …` in production/region-1: 30 files".to_owned()), "{lines:#?}");
}

#[test]
fn a_place_inside_that_is_another_environment_is_told_apart() {
    let mut facts = facts(vec![change("app/a.js", file(), file()), change("shared/b.js", file(), file())], &[]);
    let shared = Environment {
        name: EnvironmentName::new("shared"),
        tier: Tier::Staging,
        paths: vec![format!("{ROOT}/shared")],
        hosts: vec![],
        remotes: vec![],
        recovery: vec![],
        owners: Vec::new(),
        terms: Default::default(),
        identities: Vec::new(),
    };
    facts.environments.push((shared, Generation(1)));
    check(&facts, &["updates file `app/a.js` in production/region-1", "updates file `shared/b.js` in shared"]);
}

#[test]
fn what_does_not_fit_is_opaque_in_the_worst_place() {
    let opaque = |facts: &Facts, name: &str, tier: Tier| {
        let effects = Effects::new(of(&EnvironmentName::new(name), facts));
        let effect = effects.iter().next().unwrap().clone();
        assert_eq!((effect.verb, effect.certainty, effect.tier), (Verb::Opaque, Certainty::Opaque, tier), "{name}");
    };
    opaque(&facts(vec![], &[]), "production/region-9", Tier::Unknown);
    let mut none = facts(vec![], &[]);
    none.change = None;
    opaque(&none, "production/region-1", Tier::Production);
    let mut elsewhere = facts(vec![], &[]);
    elsewhere.change = Some(ChangeSet::new("/srv/production", vec![]));
    opaque(&elsewhere, "production/region-1", Tier::Unknown);
    opaque(&facts(vec![change("../region-2/x", file(), None)], &[]), "production/region-1", Tier::Unknown);
}
