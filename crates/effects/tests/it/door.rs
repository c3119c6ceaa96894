//! The one door: each kind of deed reaches its reader, and equal inputs give equal digests.

use action::{
    AgentName, Change, ChangeSet, Content, Deed, Digest, Environment, EnvironmentName, Generation, Intent, IntentId, Landing, PersonId,
    SessionId, Tier,
};
use effects::{DataFact, Facts};

const ROOT: &str = "/srv/production/region-1";

fn intent(deed: Deed) -> Intent {
    Intent {
        v: 1,
        id: IntentId::new("i-1"),
        session: SessionId::new("s-1"),
        turn: 1,
        asked_by: PersonId::new("ana"),
        agent: AgentName::new("engineer"),
        deed,
    }
}

fn facts(root: &str) -> Facts {
    let region = Environment {
        name: EnvironmentName::new("production/region-1"),
        tier: Tier::Production,
        paths: vec![ROOT.into()],
        hosts: vec![],
        remotes: vec![],
        recovery: vec![format!("{ROOT}/backups")],
        owners: Vec::new(),
        terms: Default::default(),
        identities: Vec::new(),
    };
    let file = || Some(Content::File { digest: Digest::of_bytes(b"x"), size: 1, executable: false });
    let change = |path: &str| Change { path: path.into(), before: file(), after: file() };
    let mut facts = Facts {
        tree: "/home/ana/app".into(),
        home: "/home/ana".into(),
        environments: vec![(region, Generation(4))],
        change: Some(ChangeSet::new(root, vec![change("data/costs.db"), change("app/explorer.mjs")])),
        recovery_points: vec![format!("{ROOT}/backups/yesterday")],
        ..Facts::default()
    };
    let lost = DataFact { engine: "sqlite".into(), rows_before: Some(48_211), rows_after: Some(0), rows_lost: 48_211 };
    facts.databases.insert("data/costs.db".into(), lost);
    facts
}

#[track_caller]
fn check(deed: Deed, root: &str, expected: &[&str]) {
    let facts = facts(root);
    let effects = effects::of(&intent(deed.clone()), &facts);
    assert_eq!(effects.lines(), expected);
    let again = effects::of(&intent(deed), &facts);
    assert_eq!(Digest::of(&effects).unwrap(), Digest::of(&again).unwrap());
}

#[test]
fn the_incident_is_one_line() {
    let deed = Deed::Change {
        environment: EnvironmentName::new("production/region-1"),
        command: "node scripts/minor-fix.mjs".into(),
        change: Digest::of_bytes(b"the change set"),
    };
    check(deed, ROOT, &[
        "replaces environment `production/region-1`: 48,211 rows, 1 database, no recovery point outside it, irreversible",
    ]);
}

#[test]
fn landing_is_a_few_lines() {
    let deed = Deed::Land { root: "/home/ana/app".into(), change: Digest::of_bytes(b""), landing: Landing::Worktree };
    check(deed, "/home/ana/app", &["updates data-file `data/costs.db` in host", "updates file `app/explorer.mjs` in host"]);
}

#[test]
fn a_command_is_judged_in_the_box_and_from_its_directory() {
    let deed = |command: &str| Deed::Shell { command: command.into(), cwd: "sub".into(), seconds: 60, background: false };
    check(deed("rm -rf x"), ROOT, &["deletes directory `sub/x` in workspace"]);
    check(deed("rm -rf ../../x"), ROOT, &["deletes directory `/home/ana/x` in host: irreversible"]);
    check(deed("node build.mjs"), ROOT, &["runs program `node` in workspace: could not be read"]);
}

#[test]
fn a_host_that_nobody_named_leaves_the_box() {
    check(Deed::Reach { host: "evil.example".into(), port: 443 }, ROOT, &[
        "exposes host `evil.example:443` in unknown: leaves the box, irreversible, could not be read",
    ]);
}
