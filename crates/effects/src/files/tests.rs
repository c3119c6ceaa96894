use action::{
    AgentName, Certainty, Deed, Digest, Effects, Environment, EnvironmentName, Generation, Intent, IntentId, PersonId, SessionId, Tier,
};

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
    facts.files.insert("src/a.rs".into(), FileFact { size: 10, tracked: Some(true), changed: true, ..FileFact::default() });
    facts.files.insert("notes".into(), FileFact { size: 20, tracked: Some(false), ..FileFact::default() });
    facts.files.insert("target".into(), FileFact { kind: FileKind::Directory, size: 1234, ..FileFact::default() });
    facts
}

fn of(deed: Deed) -> Effects {
    let intent = Intent {
        v: 1,
        id: IntentId::new("i"),
        session: SessionId::new("s"),
        turn: 1,
        asked_by: PersonId::new("ana"),
        agent: AgentName::new("engineer"),
        deed,
    };
    crate::of(&intent, &facts())
}

#[track_caller]
fn check(deed: Deed, expected: &[&str]) {
    assert_eq!(of(deed).lines(), expected);
}

fn write(path: &str) -> Deed {
    Deed::Write { path: path.into(), content: Digest::of_bytes(b"") }
}

#[test]
fn ordinary_work_stays_in_the_box_and_says_what_it_does() {
    check(Deed::Read { path: "src/a.rs".into(), offset: 1, limit: 9 }, &["reads file `src/a.rs` in workspace"]);
    check(Deed::List { path: "".into() }, &["reads directory `.` in workspace"]);
    check(write("src/new.rs"), &["creates file `src/new.rs` in workspace"]);
    check(write("src/a.rs"), &["updates file `src/a.rs` in workspace: holds changes that are not committed"]);
    check(write("./src/../notes"), &["updates file `notes` in workspace: not tracked by git, 20 bytes"]);
    check(Deed::Delete { path: "notes".into() }, &["deletes file `notes` in workspace: 20 bytes, not tracked by git"]);
    check(Deed::Delete { path: "target".into() }, &["deletes directory `target` in workspace: 1,234 files"]);
    check(
        Deed::Move { from: "notes".into(), to: "doc/notes".into() },
        &[
            "deletes file `notes` in workspace: 20 bytes, not tracked by git, moved to `doc/notes`",
            "creates file `doc/notes` in workspace: moved from `notes`",
        ],
    );
    check(write(".github/workflows/ci.yml"), &["creates file `.github/workflows/ci.yml` in workspace: runs in continuous integration"]);
}

#[test]
fn jobs_and_plans_stay_where_they_are() {
    check(Deed::Output { job: 3 }, &["reads process `job 3` in workspace"]);
    check(Deed::StopJob { job: 3 }, &["deletes process `job 3` in workspace"]);
    check(Deed::Plan { steps: Digest::of_bytes(b"") }, &[]);
}

#[test]
fn a_path_out_of_the_tree_is_judged_where_it_leads() {
    for (path, tier) in [
        ("../../../srv/prod/x", Tier::Production),
        ("/srv/prod/x", Tier::Production),
        ("../notes", Tier::Host),
        ("/etc/passwd", Tier::Host),
        ("src/../../app/src/a.rs", Tier::Workspace),
    ] {
        assert_eq!(of(write(path)).tier(), tier, "{path}");
        assert_eq!(of(Deed::Read { path: path.into(), offset: 1, limit: 1 }).tier(), tier, "{path}");
        assert_eq!(of(Deed::Delete { path: path.into() }).tier(), tier, "{path}");
        assert_eq!(of(Deed::Move { from: "src/a.rs".into(), to: path.into() }).tier(), tier, "{path}");
    }
}

#[test]
fn a_pattern_can_lead_out_too() {
    let glob = |pattern: &str| of(Deed::Glob { pattern: pattern.into(), path: "src".into() });
    assert_eq!(glob("**/*.rs").tier(), Tier::Workspace);
    assert_eq!(glob("/srv/prod/*").tier(), Tier::Production);
    assert_eq!(glob("../../*.rs").tier(), Tier::Host);
    assert_eq!(glob("*/../../x").iter().next().unwrap().certainty, Certainty::Opaque);
}

#[test]
fn outlines_and_maps_read_all_that_is_below() {
    for path in ["src", "/srv/prod/app", "../..", ".env"] {
        let list = of(Deed::List { path: path.into() });
        assert_eq!(of(Deed::Outline { path: path.into() }), list, "{path}");
        assert_eq!(of(Deed::FindSymbol { symbol: "total".into(), path: path.into(), line: 1, seeks: action::Seeks::Definition }), list, "{path}");
        assert_eq!(of(Deed::Map { path: path.into(), budget: 100, about: "words".into() }), list, "{path}");
    }
}

#[test]
fn safeguards_are_named_even_when_absent() {
    check(
        write(".claude/settings.json"),
        &["takes protection from agent-config `.claude/settings.json` in workspace: configuration of an agent"],
    );
    check(Deed::Edit { path: ".git/config".into(), edits: Digest::of_bytes(b"") }, &[
        "takes protection from agent-config `.git/config` in workspace: git's configuration, which can run programs",
    ]);
}
