use std::collections::BTreeSet;

use action::{Change, Content, Digest};
use spec::folder::Spec;
use tools::Runner;

use super::{Expect, Own, Ran, Seen, judge};
use crate::specs::brief::Brief;
use crate::specs::part::Workflow;

const REQUIREMENTS: &str = "# Requirements Document\n\n## Requirements\n\n### Requirement 1: A\n\n#### Acceptance Criteria\n1. WHEN x, THE system SHALL y.\n2. WHEN z, THE system SHALL w.\n";
const TASKS: &str = "# Tasks\n\n- [ ] 1. Work\n  - _Requirements: 1.1_\n- [ ] 2. Checkpoint - Ensure all tests pass\n- [ ] 3. Write down how it is deployed\n";

fn spec() -> Spec {
    Spec::read("totals", vec![("requirements.md".into(), REQUIREMENTS.into()), ("tasks.md".into(), TASKS.into())])
}

fn brief(runners: Vec<Runner>) -> Brief {
    let (name, folder, wish, id) = ("totals".into(), ".kiro/specs/totals".into(), String::new(), String::new());
    Brief { name, folder, wish, workflow: Workflow::RequirementsFirst, id, runners, has_docs: true, tests: Vec::new() }
}

fn own(paths: &[&str]) -> Own {
    let file = || Some(Content::File { digest: Digest::of_bytes(b"x"), size: 1, executable: false });
    Own::of(&paths.iter().map(|path| Change { path: (*path).into(), before: None, after: file() }).collect::<Vec<_>>())
}

fn ran(ok: bool, could: bool) -> Ran {
    Ran { command: "npm test".into(), ok, could, passed: Some(if ok { 3 } else { 2 }), line: "npm test: said".into() }
}

/// The things that were not seen.
fn missing(task: usize, own: &Own, before: Option<Ran>, now: Option<Ran>, covered: &[&str], waiting: usize) -> Vec<String> {
    let (spec, brief) = (spec(), brief(Vec::new()));
    let covered: BTreeSet<String> = covered.iter().map(|id| (*id).to_owned()).collect();
    let task = &spec.tasks.as_ref().unwrap().tasks[task];
    let own_now = now.clone().filter(|_| !own.tests.is_empty());
    let seen = Seen {
        brief: &brief,
        spec: &spec,
        task,
        own,
        base_all: None,
        before: before.as_ref(),
        now: now.as_ref(),
        own_now: own_now.as_ref(),
        failed_once: false,
        steered: Vec::new(),
        covered: &covered,
        waiting,
    };
    not_seen(&seen)
}

fn not_seen(seen: &Seen<'_>) -> Vec<String> {
    let judgement = judge(seen);
    let missing: Vec<String> = judgement.lines.iter().filter(|line| !line.ok).map(|line| line.what.clone()).collect();
    assert_eq!(judgement.done, missing.is_empty());
    missing
}

const ALL: [&str; 3] = ["src/total.mjs", "test/total.test.mjs", "README.md"];

#[test]
fn all_of_it_is_done_and_each_part_that_lacks_is_named() {
    let good = || (Some(ran(false, true)), Some(ran(true, true)));
    let (before, now) = good();
    assert!(missing(0, &own(&ALL), before, now, &["1.1"], 0).is_empty());
    type Row<'r> = (&'r [&'r str], Option<Ran>, Option<Ran>, &'r [&'r str], usize, &'r [&'r str]);
    let rows: [Row<'_>; 8] = [
        (&["src/total.mjs", "README.md"], None, Some(ran(true, true)), &["1.1"], 0, &["tests exist", "failed before"]),
        (&ALL, Some(ran(true, true)), Some(ran(true, true)), &["1.1"], 0, &["failed before"]),
        (&ALL, Some(ran(false, false)), Some(ran(true, true)), &["1.1"], 0, &["failed before"]),
        (&ALL, Some(ran(false, true)), Some(ran(false, true)), &["1.1"], 0, &["pass now"]),
        (&ALL, Some(ran(false, true)), None, &["1.1"], 0, &["pass now"]),
        (&ALL, Some(ran(false, true)), Some(ran(true, true)), &["1.2"], 0, &["criteria covered"]),
        (&["src/total.mjs", "test/total.test.mjs"], Some(ran(false, true)), Some(ran(true, true)), &["1.1"], 0, &["documentation"]),
        (&ALL, Some(ran(false, true)), Some(ran(true, true)), &["1.1"], 1, &["nothing waits"]),
    ];
    for (paths, before, now, covered, waiting, lacks) in rows {
        assert_eq!(missing(0, &own(paths), before, now, covered, waiting), lacks, "{paths:?}");
    }
}

#[test]
fn tests_that_went_ran_less_or_run_otherwise_are_no_evidence() {
    let (spec, brief) = (spec(), brief(Vec::new()));
    let covered = BTreeSet::from(["1.1".to_owned()]);
    let task = &spec.tasks.as_ref().unwrap().tasks[0];
    let lacks = |own: &Own, base: u64, steered: &[&str], own_passed: Option<u64>| {
        let with = |passed| Ran { passed, ..ran(true, true) };
        let (base_all, before, now, own_now) = (with(Some(base)), ran(false, true), with(Some(3)), with(own_passed));
        let steered = steered.iter().map(|path| (*path).to_owned()).collect();
        let (base_all, before, now, own_now) = (Some(&base_all), Some(&before), Some(&now), Some(&own_now));
        not_seen(&Seen { brief: &brief, spec: &spec, task, own, base_all, before, now, own_now, failed_once: false, steered, covered: &covered, waiting: 0 })
    };
    let mut deleted = own(&ALL);
    deleted.tests.push(Change { path: "test/old.test.mjs".into(), before: None, after: None });
    assert!(lacks(&own(&ALL), 2, &[], Some(1)).is_empty());
    assert_eq!(lacks(&deleted, 2, &[], Some(1)), ["tests kept"]);
    assert_eq!(lacks(&own(&ALL), 4, &[], Some(1)), ["tests kept"], "fewer pass than before");
    assert_eq!(lacks(&own(&ALL), 2, &["package.json"], Some(1)), ["tests kept"]);
    assert_eq!(lacks(&own(&ALL), 2, &[], Some(0)), ["pass now"], "all of the task's tests were skipped");
}

#[test]
fn nothing_at_all_is_not_done() {
    assert!(missing(0, &own(&[]), None, Some(ran(true, true)), &[], 0).contains(&"something changed".to_owned()));
}

#[test]
fn a_checkpoint_wants_that_all_passes_and_a_page_wants_no_test() {
    assert!(missing(1, &own(&[]), None, Some(ran(true, true)), &[], 0).is_empty());
    assert_eq!(missing(1, &own(&[]), None, Some(ran(false, true)), &[], 0), ["pass now"]);
    assert!(missing(2, &own(&["docs/deploy.md"]), None, Some(ran(true, true)), &[], 0).is_empty());
}

#[test]
fn tests_inside_source_files_count_where_the_language_has_them_and_a_run_failed() {
    let paths = ["Cargo.toml".to_owned(), "src/lib.rs".to_owned()];
    let runners = tools::runners(&paths, &|path| (path == "Cargo.toml").then(|| "[package]\nname = \"x\"\nversion = \"0.1.0\"\n".to_owned()));
    assert!(runners.iter().any(|runner| runner.inline_tests));
    let (spec, brief, own) = (spec(), brief(runners), own(&["src/lib.rs", "README.md"]));
    let covered = BTreeSet::from(["1.1".to_owned()]);
    for failed_once in [true, false] {
        let task = &spec.tasks.as_ref().unwrap().tasks[0];
        let now = ran(true, true);
        let seen = Seen {
            brief: &brief,
            spec: &spec,
            task,
            own: &own,
            base_all: None,
            before: None,
            now: Some(&now),
            own_now: None,
            failed_once,
            steered: Vec::new(),
            covered: &covered,
            waiting: 0,
        };
        assert_eq!(judge(&seen).done, failed_once);
    }
}

#[test]
fn a_bug_is_shown_by_a_test_that_fails_and_what_must_stay_by_one_that_passes_before() {
    let tasks = "# Tasks\n\n- [ ] 1. Write a bug condition exploration test\n- [ ] 2. Write preservation tests\n- [ ] 3. Fix it\n  - [ ] 3.1 Change the constant\n  - [ ] 3.2 Verify bug condition exploration test now passes\n";
    let spec = Spec::read("x", vec![("bugfix.md".into(), b"# Bugfix Requirements Document\n".to_vec()), ("tasks.md".into(), tasks.into())]);
    let expected = [Expect::Exploration, Expect::Preservation, Expect::Work, Expect::Work, Expect::Checkpoint];
    let found: Vec<Expect> = spec.tasks.as_ref().unwrap().tasks.iter().map(|task| Expect::of(&spec, task)).collect();
    assert_eq!(found, expected);
}
