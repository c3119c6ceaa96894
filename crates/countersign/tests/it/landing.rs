//! From a prompt to a change in the person's tree.

use super::{done, shell, turn, world, write};

const FILES: [(&str, &str); 2] = [("src/a.txt", "one\n"), ("README.md", "# Project\n")];

#[test]
fn a_change_set_is_held_and_lands_when_the_person_signs() {
    let world = world();
    let project = world.project(&FILES);
    let run = world.run(&[turn("I write it.", &[write("src/a.txt", "two\n")]), done()], &[]);
    run.must_end_with(1).must_say("held as").must_say("src/a.txt");
    assert_eq!(world.read("project/src/a.txt"), "one\n", "the tree is untouched before the signature");
    let id = world.held("land");
    world.call("ana", &["sign", &id]).must_succeed().must_say("landed 1 path");
    assert_eq!(world.read("project/src/a.txt"), "two\n");
    assert_eq!(world.git(&["status", "--porcelain"]).trim(), "M src/a.txt");
    assert!(project.exists());
}

#[test]
fn it_lands_as_a_commit_on_a_branch_and_the_tree_is_not_touched() {
    let world = world();
    world.project(&FILES);
    let run = world.run(&[turn("I write it.", &[write("src/b.txt", "new\n"), write("src/a.txt", "two\n")]), done()], &["--land", "branch:fix/a"]);
    run.must_end_with(1);
    let before = world.git(&["rev-parse", "HEAD"]);
    world.call("ana", &["sign", &world.held("land")]).must_succeed().must_say("on fix/a");
    assert_eq!(world.git(&["status", "--porcelain"]), "");
    assert_eq!(world.git(&["rev-parse", "HEAD"]), before);
    assert_eq!(world.git(&["show", "fix/a:src/a.txt"]), "two\n");
    assert_eq!(world.git(&["show", "fix/a:src/b.txt"]), "new\n");
    assert!(world.git(&["log", "-1", "--format=%B", "fix/a"]).contains("Countersign-Intent: "));
}

#[test]
fn a_dirty_tree_stays_as_it_is_and_the_agent_sees_it() {
    let world = world();
    world.project(&FILES);
    world.write("project/src/a.txt", "dirty\n");
    world.write("project/untracked.txt", "mine\n");
    let run = world.run(&[turn("I look.", &[shell("cat src/a.txt untracked.txt > seen.txt")]), done()], &[]);
    run.must_end_with(1);
    world.call("ana", &["sign", &world.held("land")]).must_succeed();
    assert_eq!(world.read("project/seen.txt"), "dirty\nmine\n");
    assert_eq!(world.read("project/src/a.txt"), "dirty\n");
}

#[test]
fn an_edit_that_came_between_is_a_named_conflict_and_nothing_is_overwritten() {
    let world = world();
    world.project(&FILES);
    world.run(&[turn("I write it.", &[write("src/a.txt", "two\n"), write("other.txt", "x\n")]), done()], &[]).must_end_with(1);
    world.write("project/src/a.txt", "mine\n");
    let signed = world.call("ana", &["sign", &world.held("land")]);
    signed.must_end_with(1).must_say("src/a.txt");
    assert_eq!(world.read("project/src/a.txt"), "mine\n");
    assert!(!world.path("project/other.txt").exists(), "one conflict, and nothing lands");
}

#[test]
fn a_refusal_ends_it_and_nothing_happens() {
    let world = world();
    world.project(&FILES);
    world.run(&[turn("I write it.", &[write("src/a.txt", "two\n")]), done()], &[]).must_end_with(1);
    let id = world.held("land");
    world.call("ana", &["refuse", &id, "--why", "not like this"]).must_succeed();
    assert_eq!(world.read("project/src/a.txt"), "one\n");
    world.call("ana", &["sign", &id]).must_end_with(1);
    world.call("ana", &["show", &id]).must_succeed().must_say("not like this");
    assert!(world.inbox().is_empty());
}

#[test]
fn a_signature_serves_once() {
    let world = world();
    world.project(&FILES);
    world.run(&[turn("I write it.", &[write("src/a.txt", "two\n")]), done()], &[]).must_end_with(1);
    let id = world.held("land");
    world.call("ana", &["sign", &id]).must_succeed();
    world.write("project/src/a.txt", "one\n");
    world.call("ana", &["sign", &id]).must_end_with(1).must_say("finished");
    assert_eq!(world.read("project/src/a.txt"), "one\n");
}

#[test]
fn build_outputs_that_git_ignores_stay_in_the_copy() {
    let world = world();
    world.project(&[(".gitignore", "target/\n"), ("a.txt", "one\n")]);
    let build = shell("mkdir -p target/deep && echo obj > target/deep/o && echo two > a.txt");
    world.run(&[turn("I build.", &[build]), done()], &[]).must_end_with(1).must_not_say("A target").must_not_say("directory `target`");
    world.call("ana", &["sign", &world.held("land")]).must_succeed();
    assert!(!world.path("project/target").exists());
    assert_eq!(world.read("project/a.txt"), "two\n");
}

#[test]
fn a_folder_without_git_works_too() {
    let world = world();
    world.write("project/a.txt", "one\n");
    world.run(&[turn("I write it.", &[write("a.txt", "two\n")]), done()], &[]).must_end_with(1);
    world.call("ana", &["sign", &world.held("land")]).must_succeed();
    assert_eq!(world.read("project/a.txt"), "two\n");
}

#[test]
fn names_with_newlines_binary_files_deletions_and_modes_land_exactly() {
    let world = world();
    world.project(&[("gone.txt", "x\n"), ("keep.txt", "y\n")]);
    let command = "rm gone.txt; printf '\\000\\377\\001' > bin; printf hi > \"$(printf 'new\\nline')\"; printf '#!/bin/sh\\n' > run.sh; chmod +x run.sh; ln -s keep.txt link";
    world.run(&[turn("I do it.", &[shell(command)]), done()], &[]).must_end_with(1);
    world.call("ana", &["sign", &world.held("land")]).must_succeed();
    use std::os::unix::fs::PermissionsExt;
    assert!(!world.path("project/gone.txt").exists());
    assert_eq!(std::fs::read(world.path("project/bin")).unwrap(), [0, 255, 1]);
    assert_eq!(world.read("project/new\nline"), "hi");
    assert_ne!(std::fs::metadata(world.path("project/run.sh")).unwrap().permissions().mode() & 0o111, 0);
    assert_eq!(std::fs::read_link(world.path("project/link")).unwrap().to_str(), Some("keep.txt"));
}

#[test]
fn a_branch_that_went_on_is_not_overwritten() {
    let world = world();
    world.project(&FILES);
    world.run(&[turn("", &[write("up.txt", "ours\n")]), done()], &["--land", "branch:feature"]).must_end_with(1);
    world.git(&["checkout", "--quiet", "-b", "feature"]);
    world.write("project/up.txt", "theirs\n");
    world.git(&["add", "up.txt"]);
    world.git(&["commit", "--quiet", "-m", "theirs"]);
    world.git(&["checkout", "--quiet", "main"]);
    world.call("ana", &["sign", &world.held("land")]).must_end_with(1).must_say("up.txt");
    assert_eq!(world.git(&["show", "feature:up.txt"]), "theirs\n");
}

#[test]
fn a_repositorys_filter_is_never_run_by_the_service() {
    let world = world();
    world.project(&[("a.txt", "one\n"), (".gitattributes", "* filter=evil\n")]);
    let mark = world.path("ran");
    world.git(&["config", "filter.evil.clean", &format!("touch {}; cat", mark.display())]);
    world.write("project/a.txt", "two\n");
    world.run(&[turn("", &[shell("git --version")]), done()], &[]);
    assert!(!mark.exists(), "the repository's program ran outside the box");
}

#[test]
fn a_newer_change_set_takes_the_place_of_the_one_that_waits() {
    let world = world();
    world.project(&FILES);
    world.run(&[turn("", &[write("src/a.txt", "two\n")]), done()], &[]).must_end_with(1);
    let older = world.held("land");
    let sessions = world.call("ana", &["sessions", "--json"]);
    let session: serde_json::Value = serde_json::from_str(sessions.out.lines().next().unwrap()).unwrap();
    let model = world.recording(&[turn("", &[write("src/a.txt", "three\n")]), done()]);
    world.call("ana", &["resume", session["session"].as_str().unwrap(), "--headless", "--model", &model, "more"]).must_end_with(1);
    let newer = world.held("land");
    assert_ne!(older, newer);
    world.call("ana", &["sign", &older]).must_end_with(1);
    assert_eq!(world.read("project/src/a.txt"), "one\n");
    world.call("ana", &["sign", &newer]).must_succeed();
    assert_eq!(world.read("project/src/a.txt"), "three\n");
}
