//! The examples for CI, step by step, as their runners would execute them.

use std::path::Path;

use serde_json::Value;
use spec::tree::{Node, yaml};
use testkit::{Called, World};

use super::{done, turn, write};

fn example(name: &str) -> Node {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/ci").join(name);
    yaml(&std::fs::read_to_string(path).unwrap(), 0).unwrap()
}

fn at<'n>(node: &'n Node, keys: &[&str]) -> &'n Node {
    keys.iter().fold(node, |node, key| node.get(key).unwrap_or_else(|| panic!("no `{key}`")))
}

/// The commands of the GitHub example, and of the GitLab example.
fn steps() -> [Vec<String>; 2] {
    let (github, gitlab) = (example("github-actions.yml"), example("gitlab-ci.yml"));
    let steps = at(&github, &["jobs", "countersign", "steps"]).list().unwrap();
    let github_runs = steps.iter().filter_map(|step| step.get("run")?.text().map(str::to_owned)).collect();
    let gitlab_runs = at(&gitlab, &["countersign", "script"]).list().unwrap().iter().map(|line| line.text().unwrap().to_owned()).collect();
    [github_runs, gitlab_runs]
}

/// Runs the steps as a runner does: each in a shell that ends at the first failure, in the project's folder.
fn play(steps: &[String], prompt: &str) -> World {
    let mut world = World::empty(env!("CARGO_BIN_EXE_countersign"));
    world.project(&[("a.txt", "one\n")]);
    let model = world.recording(&[turn("", &[write("a.txt", "two\n")]), done()]);
    world.set("COUNTERSIGN_MODEL", &model);
    world.set("COUNTERSIGN_HOME", world.path("service").to_str().unwrap().to_owned().as_str());
    world.set("PROMPT", prompt);
    let program = Path::new(env!("CARGO_BIN_EXE_countersign")).parent().unwrap().to_owned();
    world.set("PATH", &format!("{}:{}", program.display(), std::env::var("PATH").unwrap()));
    for step in steps {
        let mut command = world.bare("bash");
        command.args(["-e", "-o", "pipefail", "-c", step]).current_dir(world.path("project"));
        let called = Called::of(command);
        assert_eq!(called.code, 0, "{step}\n{}{}", called.out, called.err);
    }
    world
}

#[test]
fn both_examples_hold_the_work_and_leave_evidence() {
    for steps in steps() {
        assert!(steps.len() >= 4, "{steps:?}");
        let world = play(&steps, "Please do it.");
        let events = world.read("project/events.jsonl");
        let last: Value = serde_json::from_str(events.lines().last().unwrap()).unwrap();
        assert_eq!((&last["event"], &last["change"]["is"]), (&"ended".into(), &"held".into()), "{last}");
        assert_eq!(world.read("project/a.txt"), "one\n");
        assert!(world.path("project/evidence/checkpoint").exists() && world.read("project/specs.sarif").contains("2.1.0"));
    }
}

#[test]
fn without_a_prompt_they_only_check() {
    for steps in steps() {
        let world = play(&steps, "");
        assert!(!world.path("project/events.jsonl").exists());
    }
}

#[test]
fn a_specification_with_an_error_stops_the_job() {
    for steps in steps() {
        let world = World::empty(env!("CARGO_BIN_EXE_countersign"));
        world.project(&[(".kiro/specs/x/tasks.md", "- [x] 1. Done\n  - [ ] 1.1 Open\n")]);
        let program = Path::new(env!("CARGO_BIN_EXE_countersign")).parent().unwrap().to_owned();
        let mut command = world.bare("bash");
        command.args(["-e", "-c", &steps[0]]).current_dir(world.path("project"));
        command.env("PATH", format!("{}:{}", program.display(), std::env::var("PATH").unwrap()));
        Called::of(command).must_end_with(1);
        assert!(world.read("project/specs.sarif").contains("parent-done"));
    }
}
