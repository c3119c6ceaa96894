use action::{Certainty, Environment, EnvironmentName, Generation, Reversibility, Tier, Verb};

use super::{Ground, Place, Target, Touch};
use crate::facts::{Facts, FileFact, FileKind};

fn facts() -> Facts {
    let production = Environment {
        name: EnvironmentName::new("production"),
        tier: Tier::Production,
        paths: vec!["/srv/prod".into()],
        hosts: vec![],
        remotes: vec![],
        recovery: vec![],
        owners: Vec::new(),
        terms: Default::default(),
        identities: Vec::new(),
    };
    let mut facts = Facts {
        tree: "/home/ana/app".into(),
        home: "/home/ana".into(),
        environments: vec![(production, Generation(1))],
        ..Facts::default()
    };
    let link = |target: &str| FileFact { kind: FileKind::Symlink { target: target.into() }, ..FileFact::default() };
    facts.files.insert("out".into(), link("/srv/prod/data"));
    facts.files.insert("up".into(), link("../../../srv/prod"));
    facts.files.insert("loop".into(), link("loop"));
    facts.files.insert("new.txt".into(), FileFact { size: 7, tracked: Some(false), ..FileFact::default() });
    facts
}

fn check(place: Place, touch: Touch, path: &str) -> Vec<(Tier, Verb, String)> {
    let facts = facts();
    let effects = Ground { facts: &facts, place }.touch(touch, &Target::Path(path.into()));
    effects.iter().map(|e| (e.tier, e.verb, format!("{} {}", e.resource.kind, e.resource.name))).collect()
}

#[test]
fn a_path_lands_where_it_is() {
    for (place, path, tier) in [
        (Place::Boxed, "/home/ana/app/src/a.rs", Tier::Workspace),
        (Place::Boxed, "/home/ana/app2/a.rs", Tier::Host),
        (Place::Boxed, "/home/ana/notes", Tier::Host),
        (Place::Boxed, "/etc/hosts", Tier::Host),
        (Place::Boxed, "/tmp/x", Tier::Workspace),
        (Place::Boxed, "/srv/prod/data", Tier::Production),
        (Place::Host, "/home/ana/app/src/a.rs", Tier::Host),
        (Place::Host, "/tmp/x", Tier::Host),
        (Place::Host, "/srv/prod/data", Tier::Production),
    ] {
        assert_eq!(check(place, Touch::new(Verb::Update), path).first().map(|e| e.0), Some(tier), "{place:?} {path}");
    }
}

#[test]
fn reading_the_system_in_the_box_stays_in_it_but_the_home_and_environments_do_not() {
    let tier = |path| check(Place::Boxed, Touch::new(Verb::Read), path).first().map(|e| e.0);
    assert_eq!(tier("/usr/include/stdio.h"), Some(Tier::Workspace));
    assert_eq!(tier("/home/ana/.ssh/id_ed25519"), Some(Tier::Host));
    assert_eq!(tier("/srv/prod/data"), Some(Tier::Production));
}

#[test]
fn links_that_the_facts_name_are_followed_but_not_when_deleted() {
    assert_eq!(check(Place::Boxed, Touch::new(Verb::Update), "/home/ana/app/out").first().map(|e| e.0), Some(Tier::Production));
    assert_eq!(check(Place::Boxed, Touch::new(Verb::Update), "/home/ana/app/up/x").first().map(|e| e.0), Some(Tier::Production));
    assert_eq!(check(Place::Boxed, Touch::new(Verb::Delete), "/home/ana/app/out").first().map(|e| e.0), Some(Tier::Workspace));
    assert_eq!(check(Place::Boxed, Touch::new(Verb::Update), "/home/ana/app/loop").len(), 1, "a loop of links ends");
}

#[test]
fn a_recursive_deed_takes_environments_below_along() {
    let effects = check(Place::Boxed, Touch::new(Verb::Delete).recursive(), "/srv");
    assert_eq!(
        effects,
        [(Tier::Host, Verb::Delete, "directory /srv".into()), (Tier::Production, Verb::Delete, "environment production".into())]
    );
    let whole = check(Place::Boxed, Touch::new(Verb::Delete).recursive(), "/srv/prod");
    assert_eq!(whole, [(Tier::Production, Verb::Delete, "environment production".into())]);
}

#[test]
fn safeguards_are_shown_as_such_and_devices_not_at_all() {
    let hook = check(Place::Boxed, Touch::new(Verb::Create), "/home/ana/app/.git/hooks/pre-push");
    assert_eq!(hook, [(Tier::Workspace, Verb::DisableProtection, "agent-config .git/hooks/pre-push".into())]);
    let repository = check(Place::Boxed, Touch::new(Verb::Delete).recursive(), "/home/ana/app/.git");
    assert_eq!(repository, [(Tier::Workspace, Verb::Delete, "repository .git".into())]);
    assert!(check(Place::Host, Touch::new(Verb::Update), "/dev/null").is_empty());
    assert!(check(Place::Host, Touch::new(Verb::Update), "/dev/fd/3").is_empty());
}

#[test]
fn what_is_lost_is_said_and_outside_it_stays_lost() {
    let facts = facts();
    let target = Target::Path("/home/ana/app/new.txt".into());
    let boxed = Ground { facts: &facts, place: Place::Boxed }.touch(Touch::new(Verb::Delete), &target);
    assert_eq!(boxed[0].line(), "deletes file `new.txt` in workspace: not tracked by git, 7 bytes");
    let host = Ground { facts: &facts, place: Place::Host }.touch(Touch::new(Verb::Delete), &target);
    assert_eq!(host[0].reversibility, Reversibility::Irreversible);
    let adrift = Ground { facts: &facts, place: Place::Host }.touch(Touch::new(Verb::Delete), &Target::Unknown { base: None, shown: "$x".into() });
    assert_eq!((adrift[0].tier, adrift[0].certainty), (Tier::Host, Certainty::Opaque));
}
