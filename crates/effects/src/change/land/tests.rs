use action::{Change, ChangeSet, Content, Digest, Environment, EnvironmentName, Generation, Landing, Tier};

use super::of;
use crate::facts::{Facts, GitFact};

fn file(executable: bool) -> Option<Content> {
    Some(Content::File { digest: Digest::of_bytes(b"x"), size: 3, executable })
}

fn change(path: &str, before: Option<Content>, after: Option<Content>) -> Change {
    Change { path: path.into(), before, after }
}

fn facts(changes: Vec<Change>) -> Facts {
    Facts { tree: "/home/ana/app".into(), change: Some(ChangeSet::new("/home/ana/app", changes)), ..Facts::default() }
}

#[track_caller]
fn check(facts: &Facts, expected: &[&str]) {
    let effects = action::Effects::new(of("/home/ana/app", &Landing::Worktree, facts));
    assert_eq!(effects.lines(), expected);
}

#[test]
fn a_change_set_is_a_handful_of_lines() {
    let facts = facts(vec![
        change("a.rs", file(false), file(false)),
        change("b.rs", file(false), file(false)),
        change("c.rs", file(false), file(false)),
        change("d.rs", file(false), file(false)),
        change("new.rs", None, file(false)),
        change("old.rs", file(false), None),
        change("src", None, Some(Content::Directory)),
    ]);
    check(
        &facts,
        &[
            "deletes file `old.rs` in host",
            "updates files `a.rs, b.rs, c.rs …` in host: 4 files",
            "creates directory `src` in host",
            "creates file `new.rs` in host",
        ],
    );
}

#[test]
fn what_could_bite_stands_apart() {
    let facts = facts(vec![
        change(".git/hooks/pre-push", None, file(true)),
        change(".claude/settings.json", None, file(false)),
        change("run.sh", None, file(true)),
        change("data/app.db", file(false), None),
        change("out", None, Some(Content::Symlink { target: "../../.ssh".into() })),
        change("in", None, Some(Content::Symlink { target: "src/in".into() })),
        change(".github/workflows/ci.yml", file(false), file(false)),
    ]);
    check(
        &facts,
        &[
            "deletes data-file `data/app.db` in host",
            "takes protection from agent-config `.claude/settings.json, .git/hooks/pre-push` in host: 2 files, configuration of an agent, a git hook, which runs outside the box",
            "updates ci-file `.github/workflows/ci.yml` in host: runs in continuous integration",
            "creates executable `run.sh` in host",
            "creates links `in, out` in host: 2 files, points out of the tree, to `../../.ssh`",
        ],
    );
}

#[test]
fn a_branch_gets_one_commit() {
    let mut facts = facts(vec![change("a.rs", file(false), file(false))]);
    facts.git = Some(GitFact { branch: "main".into(), ..GitFact::default() });
    let landing = Landing::Branch { name: "main".into(), base: String::new() };
    let effects = action::Effects::new(of("/home/ana/app", &landing, &facts));
    assert_eq!(effects.lines(), [
        "updates file `a.rs` in host",
        "updates git-ref `main` in host: 1 commit, the branch that is checked out",
    ]);
}

#[test]
fn a_tree_inside_an_environment_is_that_environment() {
    let mut facts = facts(vec![change("a.rs", file(false), file(false))]);
    let production = Environment {
        name: EnvironmentName::new("production"),
        tier: Tier::Production,
        paths: vec!["/home/ana".into()],
        hosts: vec![],
        remotes: vec![],
        recovery: vec![],
        owners: Vec::new(),
        terms: Default::default(),
        identities: Vec::new(),
    };
    facts.environments.push((production, Generation(1)));
    check(&facts, &["updates file `a.rs` in production"]);
}

#[test]
fn what_does_not_fit_is_opaque() {
    check(&Facts::default(), &["does something unreadable to files `/home/ana/app` in host: the change set is not at hand, irreversible, could not be read"]);
    let mut other = facts(vec![]);
    other.change = Some(ChangeSet::new("/home/ana/other", vec![]));
    check(&other, &["does something unreadable to files `/home/ana/app` in host: the change set is not at hand, irreversible, could not be read"]);
    let escaping = facts(vec![change("a/../../x", None, file(false))]);
    check(&escaping, &["does something unreadable to files `a/../../x` in host: a path leaves the tree, irreversible, could not be read"]);
}

#[test]
fn a_new_folder_for_specifications_takes_no_protection_and_what_is_protected_in_it_does() {
    let folder = || Some(Content::Directory);
    check(&facts(vec![change(".kiro", None, folder())]), &["creates directory `.kiro` in host"]);
    for guarded in [change(".kiro", folder(), None), change(".kiro/hooks", None, folder()), change(".kiro/hooks/x.json", None, file(false))] {
        let effects = of("/home/ana/app", &Landing::Worktree, &facts(vec![guarded.clone()]));
        assert!(effects.iter().any(|effect| effect.verb == action::Verb::DisableProtection), "{guarded:?}");
    }
}
