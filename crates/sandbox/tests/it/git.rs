//! Git in a box, also where a tree's git folder lies elsewhere; and git outside, run by the service.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use sandbox::{Input, Trusted, TrustedError, spawn_trusted, spawn_trusted_until};

use crate::harness::*;

fn git(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .args(["-c", "user.name=Ana", "-c", "user.email=ana@example.com", "-c", "init.defaultBranch=main", "-c", "protocol.file.allow=always"])
        .args(arguments)
        .current_dir(folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn repository(folder: &Path) {
    std::fs::create_dir_all(folder).unwrap();
    git(folder, &["init", "-q"]);
    std::fs::write(folder.join("file"), "one\n").unwrap();
    git(folder, &["add", "."]);
    git(folder, &["commit", "-q", "-m", "first"]);
}

/// Works in the box: status, add, commit. Nothing of it is outside.
fn check_commit(world: &World, plan: sandbox::Plan) {
    let tree = plan.tree.clone();
    let before = (git(&tree, &["rev-parse", "HEAD"]), git(&tree, &["status", "--porcelain"]));
    let sandbox = world.open_with(plan);
    let said = ok(&sandbox, "git status --porcelain && echo two >> file && git add file && \
        git -c user.name=A -c user.email=a@b commit -q -m second && git log --format=%s && git status --porcelain && git gc -q && git stash list");
    assert_eq!(said, "second\nfirst\n");
    assert_eq!((git(&tree, &["rev-parse", "HEAD"]), git(&tree, &["status", "--porcelain"])), before);
    let changed: Vec<_> = sandbox.changes().unwrap().into_iter().map(|differing| differing.path).collect();
    assert_eq!(changed, [Path::new("file")]);
}

#[test]
fn a_repository() {
    let world = World::new();
    repository(&world.tree());
    check_commit(&world, world.plan());
}

#[test]
fn a_work_tree_of_another_repository() {
    let world = World::new();
    repository(&world.path("main"));
    git(&world.path("main"), &["worktree", "add", "-q", "../linked"]);
    let mut plan = world.plan();
    plan.tree = world.path("linked");
    check_commit(&world, plan);
    let sandbox = world.open_with(sandbox::Plan { tree: world.path("linked"), ..world.plan() });
    let config = world.path("main/.git/config").display().to_string();
    for line in [format!("echo x >> {config}"), "git config core.fsmonitor x".into(), format!("echo x > {}/hooks/pre-push", world.path("main/.git").display()), "echo x > .git".into()] {
        assert_ne!(run(&sandbox, &line).code, 0, "{line}");
    }
    assert!(run(&sandbox, &format!("ls {}/file", world.path("main").display())).text.contains("No such file"));
}

#[test]
fn a_linked_worktree_prints_nothing_of_what_is_kept_out() {
    let world = World::new();
    let main = world.path("main");
    repository(&main);
    std::fs::write(main.join("plan.txt"), "TOP-SECRET\n").unwrap();
    git(&main, &["add", "-A"]);
    git(&main, &["commit", "-q", "-m", "plan"]);
    git(&main, &["worktree", "add", "-q", "../linked"]);
    std::fs::write(world.path("linked/.kiroignore"), "plan.txt\n").unwrap();
    let sandbox = world.open_with(sandbox::Plan { tree: world.path("linked"), ..world.plan() });
    let said = ok(&sandbox, "git diff; git log -p");
    assert!(said.contains("plan.txt") && !said.contains("TOP-SECRET"), "{said}");
}

#[test]
fn a_submodule() {
    let world = World::new();
    repository(&world.path("library"));
    repository(&world.path("main"));
    git(&world.path("main"), &["submodule", "add", "-q", "../library", "vendored"]);
    let mut plan = world.plan();
    plan.tree = world.path("main/vendored");
    check_commit(&world, plan);
}

#[test]
fn a_clone_that_borrows_objects() {
    let world = World::new();
    repository(&world.path("library"));
    git(&world.path(""), &["clone", "-q", "--shared", "library", "borrower"]);
    let mut plan = world.plan();
    plan.tree = world.path("borrower");
    check_commit(&world, plan);
}

#[test]
fn what_a_strange_repository_points_to_does_not_come_into_the_box() {
    for (file, text, pointed) in [
        (".git", "gitdir: ../home/.ssh\n", "home/.ssh"),
        (".git", "gitdir: ../outside\n", "outside"),
        (".git/commondir", "../../outside\n", "outside"),
        (".git/objects/info/alternates", "../../../outside\n", "outside"),
    ] {
        let world = World::new();
        std::fs::create_dir_all(world.path("home/.ssh")).unwrap();
        std::fs::write(world.path(pointed).join("kept"), "TOP-SECRET").unwrap();
        if file != ".git" {
            repository(&world.tree());
        }
        world.write(file, text);
        let sandbox = world.open();
        let ran = run(&sandbox, &format!("cat {0}/kept; ls -A {0}", world.path(pointed).display()));
        assert!(ran.text.contains("No such file") && !ran.text.contains("TOP-SECRET") && !ran.text.contains("kept\n"), "{text}: {}", ran.text);
    }
}

#[test]
fn credentials_in_git_s_configuration_are_not_in_the_box() {
    let world = World::new();
    repository(&world.path("main"));
    git(&world.path("main"), &["config", "http.https://h.example/.extraheader", "AUTHORIZATION: basic TOP-SECRET"]);
    git(&world.path("main"), &["remote", "add", "origin", "https://ana:TOP-SECRET@h.example/a.git"]);
    git(&world.path("main"), &["worktree", "add", "-q", "../linked"]);
    for tree in ["main", "linked"] {
        let sandbox = world.open_with(sandbox::Plan { tree: world.path(tree), ..world.plan() });
        let config = world.path("main/.git/config").display().to_string();
        assert_eq!(ok(&sandbox, &format!("git remote get-url origin; git config --get-regexp extraheader; grep -c TOP-SECRET {config}; true")), "https://h.example/a.git\n0\n");
        assert_ne!(run(&sandbox, &format!("echo x >> {config}")).code, 0);
        assert_ne!(run(&sandbox, &format!("rm -f {config}")).code, 0);
    }
    assert!(std::fs::read_to_string(world.path("main/.git/config")).unwrap().contains("TOP-SECRET"));
}

fn trusted<'a>(folder: &'a Path, arguments: &'a [&'a OsStr], stdin: &'a [u8]) -> Input<'a> {
    Input { arguments, folder, stdin, variables: &[], limit: Duration::from_secs(20) }
}

#[test]
fn trusted_git_works_and_obeys_no_configuration_that_starts_programs() {
    let world = World::new();
    repository(&world.tree());
    let (tree, proof) = (world.tree(), world.path("home/ran"));
    std::fs::write(tree.join("file"), "changed").unwrap();
    let program = world.path("evil");
    std::fs::write(&program, format!("#!/bin/sh\ntouch {}\n", proof.display())).unwrap();
    std::fs::set_permissions(&program, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    for (key, value) in [("core.fsmonitor", program.to_str().unwrap()), ("core.hooksPath", world.path("").to_str().unwrap()), ("diff.external", program.to_str().unwrap()), ("core.pager", program.to_str().unwrap())] {
        git(&tree, &["config", key, value]);
    }
    std::fs::copy(&program, world.path("post-index-change")).unwrap();
    let run = |arguments: &[&str], stdin: &[u8]| {
        let arguments: Vec<&OsStr> = arguments.iter().map(OsStr::new).collect();
        spawn_trusted(Trusted::Git, &trusted(&tree, &arguments, stdin)).unwrap()
    };
    let status = run(&["status", "--porcelain"], b"");
    assert_eq!((status.code, status.stdout.as_slice()), (0, b" M file\n".as_slice()));
    assert_eq!(run(&["hash-object", "--stdin"], b"blob").stdout.len(), 41);
    assert_eq!(run(&["cat-file", "blob", "HEAD:file"], b"").stdout, b"one\n");
    assert!(run(&["log", "-p", "-1"], b"").code == 0 && run(&["no-such"], b"").code != 0);
    assert!(!run(&["no-such"], b"").stderr.is_empty());
    assert!(!proof.exists(), "a configured program ran");
}

#[test]
fn trusted_git_has_a_time_limit_an_end_by_hand_and_a_list_of_variables() {
    let world = World::new();
    repository(&world.tree());
    let arguments = ["cat-file", "--batch"].map(OsStr::new);
    let tree = world.tree();
    let mut slow = trusted(&tree, &arguments, b"");
    let alias = ["-c", "alias.slow=!sleep 98765", "slow"].map(OsStr::new);
    slow.arguments = &alias;
    slow.limit = Duration::from_millis(200);
    assert!(matches!(spawn_trusted(Trusted::Git, &slow), Err(TrustedError::TooLong { .. })));
    slow.limit = Duration::from_secs(600);
    let asked = AtomicUsize::new(0);
    let stopped = || asked.fetch_add(1, Ordering::Relaxed) > 0;
    assert!(matches!(spawn_trusted_until(Trusted::Git, &slow, &stopped), Err(TrustedError::Stopped)));
    assert_eq!(asked.into_inner(), 2, "it is asked again while it runs");
    assert_eq!(running_outside("sleep\x0098765"), 0);
    let mut poisoned = trusted(&tree, &arguments, b"");
    let variables = [("LD_PRELOAD", OsStr::new("/tmp/x.so"))];
    poisoned.variables = &variables;
    assert!(matches!(spawn_trusted(Trusted::Git, &poisoned), Err(TrustedError::Variable { .. })));
}
