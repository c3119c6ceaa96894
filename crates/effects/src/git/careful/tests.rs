use action::{Certainty, Effects, Verb};

use crate::facts::{Facts, FileFact};
use crate::place::Place;
use crate::shell::read;
use crate::shell::tests::{facts, has};

fn by_hand(text: &str) -> Effects {
    read(text, &Facts { by_hand: true, git_hooks: Some(false), ..facts() }, Place::Host)
}

fn is_opaque(effects: &Effects) -> bool {
    effects.iter().any(|effect| effect.certainty == Certainty::Opaque)
}

#[track_caller]
fn all_opaque(texts: &[&str]) {
    for text in texts {
        assert!(is_opaque(&by_hand(text)), "{text}: {:#?}", by_hand(text).lines());
    }
}

#[track_caller]
fn none_opaque(texts: &[&str]) {
    for text in texts {
        assert!(!is_opaque(&by_hand(text)), "{text}: {:#?}", by_hand(text).lines());
    }
}

#[track_caller]
fn all_do(verb: Verb, name: &str, texts: &[&str]) {
    for text in texts {
        assert!(has(&by_hand(text), verb, name), "{text}: {:#?}", by_hand(text).lines());
    }
}

#[test]
fn a_patch_that_writes_where_it_likes_is_opaque() {
    all_opaque(&[
        "git apply p",
        "git am p",
        "git am < p",
        "git apply --unsafe-paths p",
        "git apply --check --apply p",
        "git apply --stat --no-stat p",
        "git apply --check --directory=.git p",
        "git apply --check --build-fake-ancestor=.git/hooks/x p",
        "git apply -- --check",
        "git update-index --add --cacheinfo 120000,0123,a",
        "git update-index --index-info < x",
        "git update-index --add x",
        "git update-index --refresh x",
    ]);
    none_opaque(&["git apply --check p", "git apply --stat p", "git apply --numstat --summary p", "git update-index --refresh", "git update-index -q --refresh"]);
    assert!(has(&by_hand("git apply --stat /home/ana/.ssh/id_rsa"), Verb::Read, "/home/ana/.ssh/id_rsa"));
    assert!(by_hand("git format-patch -o /etc/x HEAD~1").iter().any(|e| e.verb == Verb::Update && e.resource.name.starts_with("/etc/x")));
    none_opaque(&["git format-patch --stdout HEAD~1"]);
}

#[test]
fn only_the_root_of_the_tree_is_surely_its_own_repository() {
    all_opaque(&[
        "cd br && git status",
        "git -C barerepo status",
        "cd sub && git commit -m x",
        "git -C sub/.. status",
        "cd \"$X\" && git status",
        "cd sub; git log",
        "echo 'ref: refs/heads/x' > HEAD; git status",
        "mv x .git && git status",
        "cp -r br/HEAD br/objects br/refs br/config . && git status",
        "cd \"$(git -C sub rev-parse --show-toplevel)\" && ls",
    ]);
    none_opaque(&["git status", "git -C . status", "git -C /home/ana/app log", "cd /home/ana/app && git commit -m x"]);
    let loose = read("git status", &Facts { by_hand: true, git: None, ..facts() }, Place::Host);
    let mut bare = Facts { by_hand: true, ..facts() };
    bare.files.insert("HEAD".into(), FileFact::default());
    assert!(is_opaque(&read("git status", &bare, Place::Host)), "it looks like a repository itself");
    assert!(is_opaque(&loose), "a tree without a repository may itself look like one");
}

#[test]
fn shortened_options_are_not_taken_for_none() {
    all_opaque(&[
        "git reset --har",
        "git switch --disc x",
        "git checkout --forc x",
        "git branch --del x",
        "git tag --del x",
        "git gc --prun=now",
        "git push --mirr origin",
        "git diff --no-ind a b",
        "git commit --am",
    ]);
    none_opaque(&["git log --all --oneline", "git branch --all", "git branch --list", "git diff --stat", "git diff --name-only", "git commit --allow-empty -m x", "git stash --keep-index"]);
}

#[test]
fn what_is_taken_back_does_not_make_it_mild() {
    all_do(Verb::Delete, "untracked", &["git clean -f --no-dry-run -n", "git clean -f -n --no-d"]);
    all_do(Verb::Delete, "untracked and ignored", &["git clean -n --no-dry-run -fdx"]);
    all_do(Verb::Delete, "x", &["git rm -n --no-dry-run -f x", "git rm --cached --no-cached x"]);
    all_do(Verb::Delete, "not committed", &["git restore --staged --no-staged x"]);
    assert!(!has(&by_hand("git clean -n"), Verb::Delete, "untracked"));
    assert!(!has(&by_hand("git rm --cached x"), Verb::Delete, "x"));
}

#[test]
fn old_content_over_files_discards_by_whatever_way() {
    all_do(Verb::Delete, "not committed", &["git read-tree -u --reset HEAD", "git read-tree -m -u HEAD", "git checkout ':(glob)src/*'", "git checkout 'src/*'", "git checkout :/"]);
    all_opaque(&[
        "git read-tree --index-output=.git/hooks/x HEAD",
        "git checkout --pathspec-from-file=f",
        "git restore --pathspec-from-file f",
        "git add --pathspec-from-file=f",
        "git commit --pathspec-from-file=f -m x",
        "git stash --pathspec-from-file=f",
        "git reset --pathspec-from-file=f",
        "git rm --pathspec-from-f=f",
    ]);
    all_do(Verb::Replace, "b", &["git mv -f a b", "git mv --force a b"]);
    assert!(!has(&by_hand("git mv a b"), Verb::Replace, "b"));
}

#[test]
fn a_file_for_the_output_is_written() {
    for name in ["rev-list", "blame", "log", "diff", "show", "shortlog", "annotate", "stash show", "reflog", "diff-tree"] {
        all_do(Verb::Update, "/etc/x", &[&format!("git {name} --output=/etc/x HEAD"), &format!("git {name} --output /etc/x HEAD")]);
    }
}

#[test]
fn files_that_options_name_are_read() {
    let key = "/home/ana/.ssh/id_rsa";
    for text in [
        "git diff --no-index K a",
        "git diff a K",
        "git archive --add-file=K HEAD",
        "git commit -F K",
        "git commit -FK",
        "git commit --file=K",
        "git commit -t K",
        "git tag -F K v1",
        "git notes add -F K",
        "git hash-object K",
        "git config -f K --list",
        "git config --file=K --get a.b",
        "git grep -f K",
        "git grep --no-index a K",
        "git ls-files -X K",
        "git ls-files --exclude-from=K",
        "git blame -S K a",
        "git blame --ignore-revs-file K a",
        "git blame --contents K a",
        "git format-patch --signature-file K HEAD~1",
        "git format-patch --description-file=K HEAD~1",
        "git diff -O K",
        "git log -OK",
        "git merge -F K topic",
    ] {
        let effects = by_hand(&text.replace('K', key));
        let read = effects.iter().any(|e| e.verb == Verb::Read && e.resource.kind == "secret" && e.resource.name == key);
        assert!(read, "{text}: {:#?}", effects.lines());
    }
    none_opaque(&["git commit -F notes.txt", "git commit -F -", "git diff main...HEAD -- src", "git diff HEAD~1 HEAD", "git diff ../app/x"]);
}

#[test]
fn an_option_that_passes_for_the_value_of_another_is_not_overlooked() {
    all_opaque(&[
        "git log -U --output=/etc/x",
        "git log --pretty --output=/etc/x",
        "git diff --format --no-index K a",
        "git branch --sort -D x",
        "git restore -s --staged x",
    ]);
    let key = "/home/ana/.ssh/id_rsa";
    all_do(Verb::Read, key, &[&format!("git diff -U {key} a"), &format!("git diff --pretty {key} a"), &format!("git diff --no-index -U {key} a")]);
    all_do(Verb::DisableProtection, ".git/config", &[
        "git config --comment --get core.fsmonitor ./x",
        "git config set --value --list core.fsmonitor ./x",
        "git config edit",
    ]);
    none_opaque(&["git log --format='- %s'", "git log -n 5", "git config get user.name", "git config list", "git config --list --show-origin"]);
}

#[test]
fn everyday_git_at_the_root_is_read() {
    none_opaque(&[
        "git status -sb",
        "git diff --stat HEAD~3",
        "git diff '*.rs'",
        "git log --graph --all --oneline",
        "git log -p -1 --format=%H",
        "git show HEAD:src/main.rs",
        "git blame -L 10,20 src/main.rs",
        "git branch -a",
        "git branch --show-current",
        "git remote -v",
        "git ls-files '*.rs' | wc -l",
        "git grep -n unsafe",
        "git config --get user.name",
        "git add -A && git commit -m 'a b'",
        "git rev-parse --show-toplevel",
        "git stash list",
        "git checkout -b topic",
        "git switch main",
    ]);
}

#[test]
fn what_would_open_an_editor_in_a_terminal_is_opaque() {
    all_opaque(&[
        "git commit", "git commit -a", "git commit -m x -e", "git commit --reedit-message=HEAD", "git commit -p -m x", "git tag -a v1", "git tag v1 -m x -e", "git merge x",
        "git merge --no-commit -e x", "git merge --continue", "git revert HEAD", "git cherry-pick -e x", "git cherry-pick --continue", "git rebase --continue", "git notes add HEAD",
        "git help log", "git stash -p", "git checkout -p", "git restore --patch a", "git reset -p",
    ]);
    none_opaque(&[
        "git commit -m x", "git commit -am x", "git commit -qam x", "git commit -F message.txt", "git commit --no-edit", "git commit --fixup HEAD", "git tag v1", "git tag -a v1 -m x",
        "git merge --no-edit x", "git merge --ff-only x", "git merge --abort", "git revert --no-edit HEAD", "git cherry-pick x", "git stash",
    ]);
}
