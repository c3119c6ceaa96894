//! `countersign spec` on real folders: what it says, how it ends, and which bytes it changes.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::PathBuf;

use serde_json::Value;
use testkit::World;

const REQUIREMENTS: &str = "# Requirements Document\n\n## Requirements\n\n### Requirement 1: Carts\n\n#### Acceptance Criteria\n\n1. WHEN a thing is added, THE Cart SHALL keep it\n2. WHEN an hour passes, THE Cart SHALL forget it\n";
const DESIGN: &str = "# Design Document\n\n## Overview\n\nWords.\n";
const TASKS: &str = "# Implementation Plan\n\n- [ ] 1. Keep things\n  - _Requirements: 1.1_\n- [ ] 2. Forget them\n  - _Requirements: 1.2_\n";

/// A world in which nobody is enrolled and nothing is set up, with these files below `project`.
fn world(files: &[(&str, &str)]) -> (World, PathBuf) {
    let world = World::empty(env!("CARGO_BIN_EXE_countersign"));
    let project = world.project(files);
    (world, project)
}

fn sound(name: &str, tasks: &str) -> [(String, String); 3] {
    let file = |document: &str, text: &str| (format!("{name}/{document}"), text.to_owned());
    [file("requirements.md", REQUIREMENTS), file("design.md", DESIGN), file("tasks.md", tasks)]
}

fn cart(tasks: &str) -> (World, PathBuf) {
    let files = sound(".kiro/specs/cart", tasks);
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    world(&files)
}

#[test]
fn a_sound_specification_ends_with_zero_and_needs_no_service() {
    let (world, _) = cart(TASKS);
    world.call("nobody", &["spec", "check", "cart"]).must_succeed().must_say("✓ cart: nothing to say");
    world.call("nobody", &["spec", "check", "--all", "--strict"]).must_succeed();
    assert!(!world.service().exists(), "nothing was founded");
}

#[test]
fn an_error_ends_with_one_and_names_place_rule_and_hint() {
    let (world, _) = cart(&TASKS.replace("1.2_", "9.9_"));
    let checked = world.call("nobody", &["spec", "check", "cart"]);
    checked.must_end_with(1).must_say(".kiro/specs/cart/tasks.md:6:20: error: there is no criterion 9.9 [dangling-reference]");
    checked.must_say("    cite what it is for").must_say("✗ cart: 1 error, 1 warning, 0 notes").must_say("requirements.md:10:1: warning: no task cites criterion 1.2");
}

#[test]
fn warnings_fail_only_when_it_is_strict() {
    let (world, _) = cart(TASKS);
    world.write("project/.kiro/specs/cart/requirements.md", REQUIREMENTS.replace("keep it", "keep it quickly"));
    world.call("nobody", &["spec", "check", "cart"]).must_succeed().must_say("says `quickly`").must_say("‖ cart: 0 errors, 1 warning, 0 notes");
    world.call("nobody", &["spec", "check", "cart", "--strict"]).must_end_with(1);
}

/// The tests of the project are looked at, and only once the task that was to write one is done.
#[test]
fn a_property_whose_task_is_done_wants_a_test_that_says_so() {
    let (world, _) = cart(&TASKS.replace("- [ ] 1. Keep things\n", "- [x] 1. Keep things\n  - **Property 1: Kept**\n"));
    world.write("project/.kiro/specs/cart/design.md", format!("{DESIGN}\n## Correctness Properties\n\n### Property 1: Kept\n\n*For any* thing, THE Cart SHALL keep it.\n\n**Validates: Requirements 1.1**\n"));
    let says = "the task of property 1 is done, and no test says that it tests it [property-without-test]";
    let check = |test: &str| {
        world.write("project/tests/cart.rs", test);
        world.git(&["add", "--all"]);
        world.call("nobody", &["spec", "check", "cart"])
    };
    check("#[test]\nfn keeps() {}\n").must_succeed().must_say(says).must_say("write `Feature: cart, Property 1: …` above the test");
    check("// Feature: other, Property 1: kept\n#[test]\nfn keeps() {}\n").must_say(says);
    check("// Feature: cart, Property 1: kept\n").must_say(says);
    check("// Feature: cart, Property 1: kept\n#[test]\nfn keeps() {}\n").must_succeed().must_say("✓ cart: nothing to say");
    world.write("project/.kiro/specs/cart/tasks.md", TASKS.replace("- [ ] 1. Keep things\n", "- [ ] 1. Keep things\n  - **Property 1: Kept**\n"));
    check("").must_succeed().must_not_say("property-without-test");
}

#[test]
fn json_and_sarif_are_whole_documents_with_the_same_findings() {
    let (world, _) = cart(&TASKS.replace("1.2_", "9.9_"));
    let said = world.call("nobody", &["spec", "check", "--all", "--json"]);
    let object: Value = serde_json::from_str(&said.must_end_with(1).out).unwrap();
    assert_eq!((&object["errors"], &object["warnings"], &object["notes"]), (&1.into(), &1.into(), &0.into()));
    let finding = object["specs"][0]["findings"].as_array().unwrap().iter().find(|one| one["severity"] == "error").unwrap();
    assert_eq!((&finding["rule"], &finding["line"], &finding["column"]), (&"dangling-reference".into(), &6.into(), &20.into()));
    let sarif: Value = serde_json::from_str(&world.call("nobody", &["spec", "check", "--all", "--format", "sarif"]).must_end_with(1).out).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    assert_eq!((sarif["version"].as_str(), results.len()), (Some("2.1.0"), 2));
    let place = &results[1]["locations"][0]["physicalLocation"];
    assert_eq!((&place["artifactLocation"]["uri"], &place["region"]["startLine"]), (&".kiro/specs/cart/tasks.md".into(), &6.into()));
}

#[test]
fn specifications_of_sub_projects_are_found_and_names_must_be_clear() {
    let files = [sound(".kiro/specs/cart", TASKS), sound("shop/web/.kiro/specs/cart", TASKS), sound("shop/.kiro/specs/till", TASKS), sound("node_modules/x/.kiro/specs/other", TASKS)].concat();
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let (world, project) = world(&files);
    let listed = world.call("nobody", &["spec", "list"]);
    listed.must_succeed().must_say("till").must_say("shop/web/.kiro/specs/cart: requirements.md, design.md, tasks.md").must_say("2 criteria").must_say("0 of 2 tasks done").must_not_say("other");
    world.call("nobody", &["spec", "check", "cart"]).must_end_with(2).must_say("`cart` is the name of several").must_say("hint: name the folder");
    world.call("nobody", &["spec", "check", "shop/web/.kiro/specs/cart"]).must_succeed();
    world.call("nobody", &["spec", "check", "../cart"]).must_end_with(2).must_say("there is no specification");
    world.call("nobody", &["spec", "check"]).must_end_with(2);
    world.call("nobody", &["spec", "check", "till", "--all"]).must_end_with(2);
    world.call("nobody", &["spec", "check", "-C", "nowhere", "--all"]).must_end_with(2).must_say("no folder");
    let mut inside = world.command("nobody", &["spec", "list"]);
    inside.current_dir(project.join("shop/web"));
    testkit::Called::of(inside).must_succeed().must_say("  .kiro/specs/cart: ").must_say("  ../../.kiro/specs/cart: ");
    world.call("nobody", &["spec", "list", "-C", "shop/web"]).must_succeed().must_not_say("till");
}

#[test]
fn an_empty_project_is_told_and_nothing_fails() {
    let (world, _) = world(&[("a.txt", "one\n")]);
    world.call("nobody", &["spec", "list"]).must_succeed().must_say("there is no specification here");
    world.call("nobody", &["spec", "check", "--all"]).must_succeed().must_say("there is no specification here");
    world.call("nobody", &["spec", "fmt", "--all"]).must_succeed().must_say("0 specifications");
}

#[test]
fn links_pipes_and_endless_files_are_findings_and_not_read() {
    let (world, project) = cart(TASKS);
    let folder = project.join(".kiro/specs/cart");
    world.write("project/outside.md", "# Tasks\n\n- [x] 1. Secret words\n");
    fs::remove_file(folder.join("tasks.md")).unwrap();
    symlink(project.join("outside.md"), folder.join("tasks.md")).unwrap();
    fs::write(folder.join("design.md"), vec![b'a'; 9 * 1024 * 1024]).unwrap();
    fs::remove_file(folder.join("requirements.md")).unwrap();
    assert_eq!(testkit::Called::of({
        let mut command = world.bare("mkfifo");
        command.arg(folder.join("requirements.md"));
        command
    }).code, 0);
    let checked = world.call("nobody", &["spec", "check", "cart"]);
    checked.must_end_with(1).must_say("tasks.md was not read: it is a link").must_say("design.md was not read: it has more than 8 MiB").must_say("requirements.md was not read: it is no regular file");
    checked.must_say("[unread-file]").must_not_say("Secret");
    symlink(project.join("outside.md"), project.join(".kiro/specs/linked")).unwrap();
    world.call("nobody", &["spec", "list"]).must_succeed().must_not_say("linked");
}

#[test]
fn nothing_in_a_specification_moves_the_cursor() {
    let (world, _) = cart(TASKS);
    world.write("project/.kiro/specs/cart/requirements.md", REQUIREMENTS.replace("Cart SHALL keep", "Cart must\u{1b}[2J keep"));
    world.call("nobody", &["spec", "check", "cart"]).must_say("must").must_not_say("\u{1b}");
    world.write("project/.kiro/specs/cart/tasks.md", TASKS.replace("[ ] 1.", "[X] \u{1b}[2J1."));
    world.call("nobody", &["spec", "fmt", "cart", "--check"]).must_end_with(1).must_not_say("\u{1b}");
}

#[test]
fn mending_shows_and_writes_what_is_safe_and_no_other_byte() {
    let odd = TASKS.replace("- [ ] 1.", "- [X] 1.").replace("_Requirements: 1.2_\n", "_Requirements:1.2_ \n\n```\nkept \n```");
    let (world, project) = cart(&odd);
    let path = project.join(".kiro/specs/cart/tasks.md");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o664)).unwrap();
    world.call("nobody", &["spec", "fmt", "cart", "--check"]).must_end_with(1).must_say("+- [x] 1. Keep things").must_say("4 places to mend");
    assert_eq!(world.read("project/.kiro/specs/cart/tasks.md"), odd, "only shown");
    world.call("nobody", &["spec", "fmt", "cart", "--check", "--write"]).must_end_with(2);
    world.call("nobody", &["spec", "fmt", "--all"]).must_succeed().must_say("-- [X] 1. Keep things").must_say("✓ .kiro/specs/cart/tasks.md: 4 places mended");
    let mended = odd.replace("[X]", "[x]").replace("_Requirements:1.2_ \n", "_Requirements: 1.2_\n") + "\n";
    assert_eq!(world.read("project/.kiro/specs/cart/tasks.md"), mended);
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o7777, 0o664);
    assert_eq!(fs::read_dir(project.join(".kiro/specs/cart")).unwrap().count(), 3, "nothing is left beside it");
    world.call("nobody", &["spec", "fmt", "cart", "--check"]).must_succeed().must_say("nothing to mend");
}

#[test]
fn mending_never_writes_through_a_link_and_says_when_it_cannot_write() {
    let (world, project) = cart(TASKS);
    let outside = world.write("project/outside.md", "- [X] 1. A \n");
    let path = project.join(".kiro/specs/cart/tasks.md");
    fs::remove_file(&path).unwrap();
    symlink(&outside, &path).unwrap();
    world.call("nobody", &["spec", "fmt", "cart"]).must_succeed().must_say("tasks.md was not read: it is a link");
    assert_eq!(fs::read_to_string(&outside).unwrap(), "- [X] 1. A \n");
    assert!(path.symlink_metadata().unwrap().is_symlink());
}

#[test]
fn bytes_that_are_not_utf8_and_line_ends_survive_mending() {
    let (world, project) = cart(TASKS);
    let path = project.join(".kiro/specs/cart/tasks.md");
    fs::write(&path, b"\xef\xbb\xbf# Tasks\r\n\r\n- [X] 1. A \xff\r\n  - _Requirements: 1.1_ \r\n").unwrap();
    world.call("nobody", &["spec", "fmt", "cart", "--json"]).must_succeed().must_say("\"places\":2").must_say("\"written\":true");
    assert_eq!(fs::read(&path).unwrap(), b"\xef\xbb\xbf# Tasks\r\n\r\n- [x] 1. A \xff\r\n  - _Requirements: 1.1_\r\n");
}
