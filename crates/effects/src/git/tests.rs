use action::{Certainty, Effects, Reversibility, Tier, Verb};

use crate::place::Place;
use crate::shell::read;
use crate::shell::tests::{facts, has};

fn boxed(text: &str) -> Effects {
    read(text, &facts(), Place::Boxed)
}

#[track_caller]
fn check(text: &str, expected: &[&str]) {
    assert_eq!(boxed(text).lines(), expected, "{text}");
}

#[test]
fn work_that_no_commit_holds_is_counted_before_it_goes() {
    let lost = "deletes changes `not committed` in workspace: 150 files";
    for text in ["git reset --hard", "git reset --hard HEAD", "git checkout -f", "git -C . reset --hard", "git restore .", "git checkout -- .", "git checkout .", "git --no-pager reset -q --hard", "git switch --discard-changes main"] {
        assert!(boxed(text).lines().iter().any(|l| l == lost), "{text}: {:#?}", boxed(text).lines());
        assert!(boxed(text).stay_in_the_box(), "{text}");
    }
    let host = read("git reset --hard", &facts(), Place::Host);
    let effect = host.iter().find(|e| e.resource.kind == "changes").unwrap();
    assert_eq!((effect.tier, effect.reversibility), (Tier::Host, Reversibility::Irreversible));
}

#[test]
fn harmless_neighbours_discard_nothing() {
    for text in ["git reset", "git reset HEAD~1", "git restore --staged .", "git checkout main", "git checkout -b topic", "git status", "git clean -n", "git commit -am x"] {
        assert!(!boxed(text).iter().any(|e| e.verb == Verb::Delete), "{text}: {:#?}", boxed(text).lines());
    }
    check("git status --short", &["reads repository `.` in workspace"]);
    check("git add -A && git commit -m 'a b'", &["updates git-index `.` in workspace", "creates commits `main` in workspace: 1 commit"]);
}

#[test]
fn commits_that_a_reset_leaves_behind_are_told() {
    for (text, steps) in [("git reset --hard HEAD~5", Some(5)), ("git reset --hard HEAD^^", Some(2)), ("git reset --hard @~", Some(1)), ("git reset --hard origin/main", None), ("git reset --hard HEAD^2", None)] {
        let effects = read(text, &facts(), Place::Host);
        let commits = effects.iter().find(|e| e.resource.kind == "commits").unwrap_or_else(|| panic!("{text}: {:#?}", effects.lines()));
        assert_eq!((commits.verb, commits.reversibility, commits.certainty), (Verb::Delete, Reversibility::Recoverable, Certainty::AtLeast), "{text}");
        assert_eq!(commits.count.as_ref().map(|count| count.n), steps, "{text}");
        assert!(commits.line().contains("reflog"), "{}", commits.line());
    }
    for text in ["git reset --hard", "git reset --hard HEAD", "git reset HEAD~1", "git reset --soft HEAD~1"] {
        assert!(!read(text, &facts(), Place::Host).iter().any(|e| e.resource.kind == "commits"), "{text}");
    }
}

#[test]
fn notes_and_names_for_names_say_what_they_do() {
    check("git notes list", &["reads repository `.` in workspace"]);
    check("git notes add -m x", &["updates notes `of commits` in workspace"]);
    check("git notes add -f -m x", &["replaces notes `of commits` in workspace"]);
    check("git notes remove", &["deletes notes `of commits` in workspace"]);
    check("git symbolic-ref HEAD", &["reads repository `.` in workspace"]);
    assert!(has(&boxed("git symbolic-ref HEAD refs/heads/x"), Verb::Update, "HEAD"));
    assert!(has(&boxed("git symbolic-ref -d HEAD"), Verb::Delete, "HEAD"));
    assert!(boxed("git notes edit").iter().any(|e| e.certainty == Certainty::Opaque));
}

#[test]
fn what_is_deleted_is_named() {
    check("git clean -fd", &["deletes files `untracked` in workspace: 3 files"]);
    check("git clean -fdx", &["deletes files `untracked and ignored` in workspace: 3 files, perhaps more"]);
    check("git clean -fd build", &["deletes directory `build` in workspace"]);
    check("git branch -D old", &["deletes git-ref `old` in workspace"]);
    check("git tag -d v1", &["deletes git-ref `v1` in workspace"]);
    check("git stash drop", &["deletes stash `one` in workspace: 1 entry"]);
    check("git stash clear", &["deletes stash `all` in workspace: 2 entries"]);
    check("git reflog expire --expire=now --all", &["deletes commits `that no ref names` in workspace: perhaps more"]);
    check("git gc --prune=now", &["deletes commits `that no ref names` in workspace: perhaps more"]);
    check("git rm -r src", &["deletes directory `src` in workspace", "updates git-index `.` in workspace"]);
    check("git commit --amend", &["replaces commits `main` in workspace: 1 commit"]);
    assert!(has(&boxed("git rebase main"), Verb::Replace, "main"));
    assert!(has(&boxed("git filter-branch --tree-filter 'rm x' HEAD"), Verb::Replace, "main"));
}

#[test]
fn a_push_lands_in_the_environment_of_its_remote() {
    let push = |text: &str| {
        let effects = boxed(text);
        let effect = effects.iter().next().unwrap().clone();
        (effect.verb, effect.resource.name, effect.tier, effect.certainty)
    };
    let production = |verb, name: &str, certainty| (verb, name.to_owned(), Tier::Production, certainty);
    assert_eq!(push("git push prod main"), production(Verb::Update, "prod main", Certainty::Exact));
    assert_eq!(push("git push prod"), production(Verb::Update, "prod main", Certainty::AtLeast));
    assert_eq!(push("git push -f prod main"), production(Verb::Replace, "prod main", Certainty::Exact));
    assert_eq!(push("git push --force-with-lease prod main"), production(Verb::Replace, "prod main", Certainty::Exact));
    assert_eq!(push("git push prod +main"), production(Verb::Replace, "prod main", Certainty::Exact));
    assert_eq!(push("git push prod :main"), production(Verb::Delete, "prod main", Certainty::Exact));
    assert_eq!(push("git push --delete prod main"), production(Verb::Delete, "prod main", Certainty::Exact));
    assert_eq!(push("git push --mirror prod"), production(Verb::Replace, "prod every branch", Certainty::AtLeast));
    assert_eq!(push("git push prod topic:refs/heads/main"), production(Verb::Update, "prod main", Certainty::Exact));
    assert_eq!(push("git push prod \"$X\""), production(Verb::Opaque, "prod every branch", Certainty::Opaque));
    assert_eq!(push("git push"), (Verb::Update, "origin main".into(), Tier::Unknown, Certainty::Opaque));
    assert_eq!(push("git push \"$REMOTE\" main"), (Verb::Update, "$REMOTE every branch".into(), Tier::Unknown, Certainty::Opaque));
    assert_eq!(push("git push /srv/prod/region-1/repo main").2, Tier::Production);
    assert_eq!(push("git push ../other main").2, Tier::Host);
    assert_eq!(push("git remote set-url origin x; git push prod main").2, Tier::Production);
}

#[test]
fn commits_that_go_out_are_counted() {
    assert_eq!(
        boxed("git push prod main").lines()[0],
        "updates git-ref `prod main` in production/region-1: 2 commits, leaves the box"
    );
}

#[test]
fn tricks_of_options_are_opaque() {
    for text in [
        "git -c core.hooksPath=x commit -m y",
        "git -c alias.st='!rm -rf x' st",
        "git --git-dir=/x status",
        "git --exec-path=./x status",
        "git diff --ext-diff",
        "git rebase -x 'rm -rf x' main",
        "git bisect run ./x",
        "git submodule foreach 'rm -rf x'",
        "git clone -c core.fsmonitor=x https://crates.io/x",
        "git unknown",
        "git $X",
        "GIT_SSH_COMMAND=./x git fetch",
        "git -C /etc status",
        "git grep -O./x a",
    ] {
        assert!(boxed(text).iter().any(|e| e.certainty == Certainty::Opaque), "{text}: {:#?}", boxed(text).lines());
    }
    assert!(!boxed("git -c user.name=x -c color.ui=never status").iter().any(|e| e.certainty == Certainty::Opaque));
}

#[test]
fn reading_from_a_mapped_or_named_remote() {
    assert_eq!(boxed("git fetch prod").tier(), Tier::Production);
    assert_eq!(boxed("git pull").tier(), Tier::Unknown);
    assert!(boxed("git clone https://crates.io/x y").stay_in_the_box());
}

#[test]
fn the_top_of_the_tree_is_known() {
    let effects = boxed("cd src && cd \"$(git rev-parse --show-toplevel)\" && rm -rf build");
    assert!(has(&effects, Verb::Delete, "build"), "{:#?}", effects.lines());
}
