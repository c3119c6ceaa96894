use std::collections::BTreeSet;

use action::{Change, Content, Digest};
use spec::folder::Spec;
use tools::Runner;

use super::{Expect, Own, Ran, Seen, judge};
use crate::specs::brief::Brief;
use crate::specs::part::Workflow;
use crate::specs::tagged::{CriterionTest, PropertyTest, Tagged};

static NONE: BTreeSet<String> = BTreeSet::new();

const REQUIREMENTS: &str = "# Requirements Document\n\n## Requirements\n\n### Requirement 1: A\n\n#### Acceptance Criteria\n1. WHEN x, THE system SHALL y.\n2. WHEN z, THE system SHALL w.\n";
const TASKS: &str = "# Tasks\n\n- [ ] 1. Work\n  - _Requirements: 1.1_\n- [ ] 2. Checkpoint - Ensure all tests pass\n- [ ] 3. Write down how it is deployed\n";

fn spec() -> Spec {
    Spec::read("totals", vec![("requirements.md".into(), REQUIREMENTS.into()), ("tasks.md".into(), TASKS.into())])
}

fn brief(runners: Vec<Runner>) -> Brief {
    let (name, folder, wish, id) = ("totals".into(), ".kiro/specs/totals".into(), String::new(), String::new());
    Brief { name, folder, wish, workflow: Workflow::RequirementsFirst, id, runners, has_docs: true, changelog: None, tests: Vec::new(), test_seconds: 600 }
}

fn own(paths: &[&str]) -> Own {
    let file = || Some(Content::File { digest: Digest::of_bytes(b"x"), size: 1, executable: false });
    Own::of(&paths.iter().map(|path| Change { path: (*path).into(), before: None, after: file() }).collect::<Vec<_>>())
}

fn ran(ok: bool, could: bool) -> Ran {
    Ran { command: "npm test".into(), ok, could, passed: Some(if ok { 3 } else { 2 }), line: "npm test: said".into(), cases: Vec::new(), wanted: Vec::new() }
}

fn covering(ids: &[&str]) -> Tagged {
    let test = |id: &&str| CriterionTest { criterion: (*id).to_owned(), file: "test/total.test.mjs".into(), name: "adds".into() };
    Tagged { criteria: ids.iter().map(test).collect(), ..Tagged::default() }
}

/// The things that were not seen.
fn missing(task: usize, own: &Own, before: Option<Ran>, now: Option<Ran>, covered: &[&str], waiting: usize) -> Vec<String> {
    let (spec, brief) = (spec(), brief(Vec::new()));
    let tagged = covering(covered);
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
        tests_only: &NONE, new_inline: false,
        steered: Vec::new(),
        tagged: &tagged,
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
        (&ALL, Some(ran(false, true)), Some(ran(false, true)), &["1.1"], 0, &["criteria covered", "pass now"]),
        (&ALL, Some(ran(false, true)), None, &["1.1"], 0, &["criteria covered", "pass now"]),
        (&ALL, Some(ran(false, true)), Some(ran(true, true)), &["1.2"], 0, &["criteria covered"]),
        (&["src/total.mjs", "test/total.test.mjs"], Some(ran(false, true)), Some(ran(true, true)), &["1.1"], 0, &["documentation"]),
        (&ALL, Some(ran(false, true)), Some(ran(true, true)), &["1.1"], 1, &["nothing waits"]),
    ];
    for (paths, before, now, covered, waiting, lacks) in rows {
        assert_eq!(missing(0, &own(paths), before, now, covered, waiting), lacks, "{paths:?}");
    }
}

/// A tag is in a source whether its test runs or not: what counts is how it went.
#[test]
fn a_test_that_is_tagged_and_skipped_or_not_run_covers_no_criterion() {
    use tools::Went::{Failed, Passed, Skipped};
    let lacks = |now: Ran| missing(0, &own(&ALL), Some(ran(false, true)), Some(now), &["1.1"], 0);
    assert!(lacks(named(Passed)).is_empty());
    assert_eq!(lacks(named(Skipped)), ["criteria covered"], "tagged and skipped, and another test passed");
    assert_eq!(lacks(named(Failed)), ["criteria covered", "pass now"]);
    assert_eq!(lacks(Ran { cases: named(Passed).cases[1..].to_vec(), ..ran(true, true) }), ["criteria covered"], "no run names it");
    assert_eq!(lacks(Ran { passed: None, ..ran(true, true) }), ["criteria covered", "pass now"], "nobody names a test or says that one passed");
}

#[test]
fn documentation_is_asked_for_where_a_project_has_none_and_always_has_a_line() {
    let (spec, now, before, tagged) = (spec(), ran(true, true), ran(false, true), covering(&["1.1"]));
    let said = |task: usize, paths: &[&str], has_docs: bool| {
        let (own, brief) = (own(paths), Brief { has_docs, ..brief(Vec::new()) });
        let task = &spec.tasks.as_ref().unwrap().tasks[task];
        let (now, before) = (Some(&now), Some(&before));
        let judgement = judge(&Seen { brief: &brief, spec: &spec, task, own: &own, base_all: None, before, now, own_now: now, failed_once: false, tests_only: &NONE, new_inline: false, steered: Vec::new(), tagged: &tagged, waiting: 0 });
        let found: Vec<_> = judgement.lines.into_iter().filter(|line| line.what == "documentation").map(|line| (line.ok, line.text)).collect();
        assert_eq!(found.len(), 1);
        assert!(found[0].0 || !judgement.done);
        found[0].clone()
    };
    let code = &ALL[..2];
    assert_eq!(said(0, code, true), (false, "criteria were met in code, and no documentation was changed".to_owned()));
    assert_eq!(said(0, code, false), (false, "criteria were met in code, and the project has no documentation: add a README".to_owned()));
    assert_eq!(said(0, &ALL, false), (true, "README.md".to_owned()));
    assert_eq!(said(0, &ALL[1..2], false), (true, "not asked for: no code changed for a criterion".to_owned()));
    assert_eq!(said(1, &[], false), (true, "not asked for: no code changed for a criterion".to_owned()));
}

#[test]
fn tests_that_went_ran_less_or_run_otherwise_are_no_evidence() {
    let (spec, brief) = (spec(), brief(Vec::new()));
    let tagged = covering(&["1.1"]);
    let task = &spec.tasks.as_ref().unwrap().tasks[0];
    let lacks = |own: &Own, base: u64, steered: &[&str], own_passed: Option<u64>| {
        let with = |passed| Ran { passed, ..ran(true, true) };
        let (base_all, before, now, own_now) = (with(Some(base)), ran(false, true), with(Some(3)), with(own_passed));
        let steered = steered.iter().map(|path| (*path).to_owned()).collect();
        let (base_all, before, now, own_now) = (Some(&base_all), Some(&before), Some(&now), Some(&own_now));
        not_seen(&Seen { brief: &brief, spec: &spec, task, own, base_all, before, now, own_now, failed_once: false, tests_only: &NONE, new_inline: false, steered, tagged: &tagged, waiting: 0 })
    };
    let mut deleted = own(&ALL);
    deleted.tests.push(Change { path: "test/old.test.mjs".into(), before: None, after: None });
    assert!(lacks(&own(&ALL), 2, &[], Some(1)).is_empty());
    assert_eq!(lacks(&deleted, 2, &[], Some(1)), ["tests kept"]);
    assert_eq!(lacks(&own(&ALL), 4, &[], Some(1)), ["tests kept"], "fewer pass than before");
    assert_eq!(lacks(&own(&ALL), 2, &["package.json"], Some(1)), ["tests kept"]);
    assert_eq!(lacks(&own(&ALL), 2, &[], Some(0)), ["criteria covered", "pass now"], "all of the task's tests were skipped");
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
    let tagged = covering(&["1.1"]);
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
            tests_only: &NONE, new_inline: false,
            steered: Vec::new(),
            tagged: &tagged,
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

#[test]
fn what_must_stay_is_shown_by_tests_that_passed_and_not_by_none() {
    let tasks = "# Tasks\n\n- [ ] 1. Write a bug condition exploration test\n- [ ] 2. Write preservation tests\n";
    let spec = Spec::read("x", vec![("bugfix.md".into(), b"# Bugfix Requirements Document\n".to_vec()), ("tasks.md".into(), tasks.into())]);
    let (brief, own, tagged) = (brief(Vec::new()), own(&["test/stays.test.mjs"]), covering(&[]));
    let task = &spec.tasks.as_ref().unwrap().tasks[1];
    let lacks = |before: Option<u64>, now: Option<u64>| {
        let with = |passed| Ran { passed, ..ran(true, true) };
        let (before, now, all) = (with(before), with(now), with(Some(3)));
        let (before, own_now, now) = (Some(&before), Some(&now), Some(&all));
        not_seen(&Seen { brief: &brief, spec: &spec, task, own: &own, base_all: None, before, now, own_now, failed_once: false, tests_only: &NONE, new_inline: false, steered: Vec::new(), tagged: &tagged, waiting: 0 })
    };
    assert!(lacks(Some(1), Some(1)).is_empty());
    assert_eq!(lacks(Some(0), Some(1)), ["passed before"], "all were skipped");
    assert_eq!(lacks(None, Some(1)), ["passed before"], "nobody said so");
    assert_eq!(lacks(Some(1), Some(0)), ["pass now"]);
    assert_eq!(lacks(Some(1), None), ["pass now"]);
}

const DESIGN: &str = "# Design\n\n## Correctness Properties\n\n### Property 1: Additive\n\n*For any* lists, THE system SHALL add.\n\n**Validates: Requirements 1.1**\n";

/// What is said of property 1, by whether it is shown.
fn property(test: Option<PropertyTest>, runs: [Option<Ran>; 2]) -> (bool, String) {
    let tasks = "# Tasks\n\n- [ ] 1. Work\n  - **Property 1: Additive**\n  - _Requirements: 1.1_\n";
    let files = [("requirements.md", REQUIREMENTS), ("design.md", DESIGN), ("tasks.md", tasks)];
    let spec = Spec::read("totals", files.map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec())).into());
    let paths = ["package.json".to_owned(), "test/total.test.mjs".to_owned()];
    let runners = tools::runners(&paths, &|path| (path == "package.json").then(|| "{\"scripts\":{\"test\":\"node --test\"}}".to_owned()));
    let (brief, own) = (brief(runners), own(&ALL));
    let tagged = Tagged { properties: test.into_iter().collect(), ..covering(&["1.1"]) };
    let [own_now, now] = runs;
    let (before, task) = (ran(false, true), &spec.tasks.as_ref().unwrap().tasks[0]);
    let (now, own_now) = (now.as_ref(), own_now.as_ref());
    let judgement = judge(&Seen { brief: &brief, spec: &spec, task, own: &own, base_all: None, before: Some(&before), now, own_now, failed_once: false, tests_only: &NONE, new_inline: false, steered: Vec::new(), tagged: &tagged, waiting: 0 });
    let line = judgement.lines.into_iter().find(|line| line.what == "property 1 tested").unwrap();
    assert!(line.ok || !judgement.done);
    (line.ok, line.text)
}

fn property_test(file: &str, library: Option<&'static str>) -> PropertyTest {
    PropertyTest { property: "1".into(), file: file.into(), name: "adds".into(), library }
}

fn named(went: tools::Went) -> Ran {
    let case = |name: &str, went| tools::Case { name: name.to_owned(), within: String::new(), went };
    Ran { cases: vec![case("adds", went), case("other", tools::Went::Passed)], ..ran(went != tools::Went::Failed, true) }
}

#[test]
fn a_property_is_shown_by_a_tagged_test_with_a_library_that_ran_and_passed() {
    use tools::Went::{Failed, Passed, Skipped};
    let file = "test/total.test.mjs";
    let with = || Some(property_test(file, Some("fast-check")));
    type Row = (Option<PropertyTest>, [Option<Ran>; 2], bool, &'static str);
    let rows: [Row; 9] = [
        (with(), [Some(named(Passed)), Some(named(Passed))], true, "`adds` in test/total.test.mjs with fast-check"),
        (None, [None, Some(named(Passed))], false, "no test says `Feature: totals, Property 1: …`, to be written with fast-check"),
        (Some(property_test(file, None)), [None, Some(named(Passed))], false, "tries examples, and a property is tested with fast-check or jsverify"),
        (Some(property_test("a.lua", None)), [None, Some(named(Passed))], false, "no property-based library is known for its language; a person may"),
        (with(), [Some(named(Passed)), Some(named(Failed))], false, "it failed"),
        (with(), [Some(named(Skipped)), Some(named(Skipped))], false, "it was left out"),
        (with(), [None, Some(Ran { cases: named(Passed).cases[1..].to_vec(), ..ran(true, true) })], false, "no run names it"),
        (with(), [Some(ran(true, true)), Some(ran(true, true))], true, "with fast-check"),
        (with(), [Some(Ran { line: "`fast-check` could not be found".into(), ..ran(false, true) }), Some(ran(false, true))], false, "no run names it (`fast-check` could not be found); the library is not among"),
    ];
    for (test, runs, ok, says) in rows {
        let (found, text) = property(test, runs);
        assert!(found == ok && text.contains(says), "{text}, not {says}");
    }
}

#[test]
fn a_test_that_was_left_out_is_not_shown_by_one_whose_name_ends_alike() {
    use tools::Went::{Failed, Passed, Skipped};
    let here = "test/total.test.mjs";
    type Row<'r> = (&'r [(&'r str, &'r str, tools::Went)], bool);
    let rows: [Row<'_>; 10] = [
        (&[("adds", "", Skipped), ("never adds", "", Passed)], false),
        (&[("adds", "", Passed), ("never adds", "", Skipped)], true),
        (&[("sums adds", "", Skipped), ("never adds", "", Passed)], false),
        (&[("adds", here, Skipped), ("adds", "test/other.test.mjs", Passed)], false),
        (&[("adds", here, Passed), ("adds", "test/other.test.mjs", Skipped)], true),
        (&[("sums adds", "total.test.mjs", Passed), ("adds", "test/other.test.mjs", Failed)], true),
        (&[("adds", "test/other.test.mjs", Passed)], false),
        (&[("adds", "unit test/total.test.mjs", Passed)], true),
        (&[("adds [1]", "", Passed), ("adds [2]", "", Skipped)], false),
        (&[("adds", "shop.example/totals", Passed)], true),
    ];
    for (cases, shown) in rows {
        let cases = cases.iter().map(|(name, within, went)| tools::Case { name: (*name).into(), within: (*within).into(), went: *went });
        let run = Ran { cases: cases.collect(), ..ran(true, true) };
        let (found, text) = property(Some(property_test(here, Some("fast-check"))), [Some(run.clone()), Some(run.clone())]);
        assert_eq!(found, shown, "{:?}: {text}", run.cases);
    }
}

#[test]
fn what_the_tests_want_from_the_network_is_told_where_they_fail() {
    let wanting = |ok| Ran { wanted: vec!["packages.example:443 (held as 12ab)".into()], ..ran(ok, true) };
    assert!(!missing(0, &own(&ALL), Some(ran(false, true)), Some(wanting(true)), &["1.1"], 0).contains(&"network".to_owned()));
    assert_eq!(missing(0, &own(&ALL), Some(ran(false, true)), Some(wanting(false)), &["1.1"], 0), ["criteria covered", "pass now", "network"]);
}

#[test]
fn a_judgement_of_an_older_version_is_read() {
    let old = r#"{"v":1,"spec":".kiro/specs/x","task":"1","lines":[],"done":true}"#;
    assert_eq!(serde_json::from_str::<super::Judgement>(old).unwrap().tested, None);
}

/// What was not seen of a task, with runs before and now.
fn lacks(spec: &Spec, task: usize, own: &Own, tagged: &Tagged, runs: [Option<&Ran>; 4], brief: &Brief) -> Vec<String> {
    let [base_all, before, now, own_now] = runs;
    let task = &spec.tasks.as_ref().unwrap().tasks[task];
    not_seen(&Seen { brief, spec, task, own, base_all, before, now, own_now, failed_once: false, tests_only: &NONE, new_inline: false, steered: Vec::new(), tagged, waiting: 0 })
}

fn with_cases(ok: bool, cases: &[(&str, tools::Went)]) -> Ran {
    let case = |(name, went): &(&str, tools::Went)| tools::Case { name: (*name).to_owned(), within: String::new(), went: *went };
    Ran { cases: cases.iter().map(case).collect(), ..ran(ok, true) }
}

#[test]
fn what_is_changed_at_a_checkpoint_mends_a_test_that_failed() {
    let (spec, brief, own) = (spec(), brief(Vec::new()), own(&["src/total.mjs"]));
    let tagged = covering(&[]);
    let (bad, good) = (ran(false, true), ran(true, true));
    let found = |base: &Ran| lacks(&spec, 1, &own, &tagged, [Some(base), None, Some(&good), None], &brief);
    assert_eq!(found(&good), ["failed before"]);
    assert!(found(&bad).is_empty());
    assert_eq!(found(&ran(false, false)), ["failed before"], "what could not be run failed for another reason");
}

#[test]
fn a_page_that_goes_is_no_documentation() {
    let spec = spec();
    let (before, now, tagged) = (ran(false, true), ran(true, true), covering(&["1.1"]));
    let found = |own: &Own, changelog: Option<&str>| {
        let brief = Brief { changelog: changelog.map(str::to_owned), ..brief(Vec::new()) };
        lacks(&spec, 0, own, &tagged, [None, Some(&before), Some(&now), Some(&now)], &brief)
    };
    let mut gone = own(&ALL[..2]);
    gone.documents.push(Change { path: "README.md".into(), before: None, after: None });
    assert_eq!(found(&gone, None), ["documentation"]);
    assert!(found(&own(&ALL), None).is_empty());
    assert!(found(&own(&ALL), Some("CHANGELOG.md")).is_empty(), "told, and not demanded: tasks at once would all write into one file");
    let told = own(&["src/total.mjs", "test/total.test.mjs", "CHANGELOG.md"]);
    assert!(found(&told, Some("CHANGELOG.md")).is_empty());
}

#[test]
fn tests_inside_sources_are_new_by_a_run_that_names_them() {
    use tools::Went::{Failed, Passed};
    let paths = ["Cargo.toml".to_owned(), "src/lib.rs".to_owned()];
    let runners = tools::runners(&paths, &|path| (path == "Cargo.toml").then(|| "[package]\nname = \"x\"\nversion = \"0.1.0\"\n".to_owned()));
    let (spec, brief, own, tagged) = (spec(), brief(runners), own(&["src/lib.rs", "README.md"]), covering(&["1.1"]));
    let found = |base: &Ran, before: &Ran, now: &Ran| lacks(&spec, 0, &own, &tagged, [Some(base), Some(before), Some(now), None], &brief);
    let (old, both) = (with_cases(true, &[("old", Passed)]), with_cases(true, &[("old", Passed), ("tests::adds", Passed)]));
    let failing = with_cases(false, &[("old", Passed), ("tests::adds", Failed)]);
    let without_tag = |found: Vec<String>| found.into_iter().filter(|what| what != "criteria covered").collect::<Vec<_>>();
    assert!(without_tag(found(&old, &failing, &both)).is_empty());
    assert_eq!(without_tag(found(&old, &old, &old)), ["tests exist", "failed before"], "nothing was added, and nothing failed");
    assert_eq!(without_tag(found(&old, &both, &both)), ["failed before"], "it passes without the change");
    assert!(without_tag(found(&old, &with_cases(false, &[("old", Failed)]), &old)).is_empty(), "a test that was there asks for more now");
}

const BUG: &str = "# Bugfix Requirements Document\n\n## Bug Analysis\n\n### Current Behavior (Defect)\n1.1 WHEN x THEN the system fails.\n\n### Expected Behavior (Correct)\n2.1 WHEN x THEN the system SHALL work.\n\n### Unchanged Behavior (Regression Prevention)\n3.1 WHEN y THEN the system SHALL CONTINUE TO work.\n3.2 WHEN z THEN the system SHALL CONTINUE TO work.\n";

fn bug(tasks: &str) -> Spec {
    Spec::read("x", vec![("bugfix.md".into(), BUG.as_bytes().to_vec()), ("tasks.md".into(), tasks.as_bytes().to_vec())])
}

#[test]
fn the_clauses_that_a_task_cites_say_what_it_is_in_every_language() {
    let spec = bug("# Tasks\n\n- [ ] 7. \u{5199}\n  - _Requirements: 1.1_\n- [ ] 8. \u{4fdd}\n  - _Requirements: 3.1, 3.2_\n- [ ] 9. \u{4fee}\n  - _Requirements: 2.1, 3.1_\n  - [ ] 9.1 \u{8bd5}\n    - _Requirements: 3.1_\n- [ ] 10. \u{8bd5}\n");
    let found: Vec<Expect> = spec.tasks.as_ref().unwrap().tasks.iter().map(|task| Expect::of(&spec, task)).collect();
    assert_eq!(found, [Expect::Exploration, Expect::Preservation, Expect::Work, Expect::Work, Expect::Work]);
}

#[test]
fn a_bug_is_shown_on_the_code_as_it_was_by_a_test_that_failed() {
    use tools::Went::{Failed, Passed};
    let (spec, brief, tagged) = (bug("# Tasks\n\n- [ ] 1. Show it\n"), brief(Vec::new()), covering(&[]));
    let all = with_cases(true, &[("old", Passed)]);
    let found = |paths: &[&str], before: &Ran| {
        let now = Ran { passed: Some(3), ..with_cases(false, &[("adds", Failed)]) };
        lacks(&spec, 0, &own(paths), &tagged, [Some(&all), Some(before), Some(&now), Some(&now)], &brief)
    };
    let failed = with_cases(false, &[("adds", Failed)]);
    assert!(found(&["test/a.test.mjs"], &failed).is_empty());
    assert!(found(&["test/a.test.mjs", "package.json", "package-lock.json"], &failed).is_empty(), "what tests depend on may come");
    assert_eq!(found(&["test/a.test.mjs", "src/a.mjs"], &failed), ["code as it was"]);
    assert_eq!(found(&["test/a.test.mjs"], &with_cases(true, &[("adds", Passed)])), ["failed before"]);
    assert_eq!(found(&["test/a.test.mjs"], &ran(false, true)), ["failed before"], "no test ran, so none failed");
    let broken = with_cases(false, &[("old", Failed)]);
    let task = |base: &Ran, ran: &Ran| {
        let now = Ran { passed: Some(3), ..ran.clone() };
        lacks(&spec, 0, &own(&["test/a.test.mjs"]), &tagged, [Some(base), Some(ran), Some(&now), Some(&now)], &brief)
    };
    assert_eq!(task(&broken, &with_cases(false, &[("old", Failed), ("adds", Passed)])), ["failed before", "fails now"], "what failed anyway shows nothing");
    assert!(task(&broken, &with_cases(false, &[("old", Failed), ("adds", Failed)])).is_empty());
}

#[test]
fn what_must_stay_passed_before_the_fix_and_passes_with_it() {
    use tools::Went::{Failed, Passed, Skipped};
    let (spec, brief, own) = (bug("# Tasks\n\n- [ ] 3. Fix it\n"), brief(Vec::new()), own(&["src/a.mjs", "test/b.test.mjs"]));
    let test = |id: &str, name: &str| CriterionTest { criterion: id.to_owned(), file: "test/kept.test.mjs".into(), name: name.to_owned() };
    let tagged = Tagged { criteria: vec![test("3.1", "one"), test("3.2", "two")], ..Tagged::default() };
    let now = with_cases(true, &[("one", Passed), ("two", Passed), ("bug", Passed)]);
    let before = with_cases(false, &[("bug", Failed)]);
    let found = |two: tools::Went, tagged: &Tagged| {
        let base = with_cases(true, &[("one", Passed), ("two", two)]);
        lacks(&spec, 0, &own, tagged, [Some(&base), Some(&before), Some(&now), Some(&with_cases(true, &[("bug", Passed)]))], &brief)
    };
    assert!(found(Passed, &tagged).is_empty());
    assert_eq!(found(Skipped, &tagged), ["kept as it was"]);
    assert_eq!(found(Failed, &tagged), ["kept as it was"]);
    assert_eq!(found(Passed, &Tagged { criteria: vec![test("3.1", "one")], ..Tagged::default() }), ["kept as it was"], "no test says 3.2");
}

#[test]
fn a_property_that_no_task_cites_is_the_last_task_s_on_what_it_is_about() {
    let with = |tasks: &str| {
        let files = [("requirements.md", REQUIREMENTS), ("design.md", DESIGN), ("tasks.md", tasks)];
        Spec::read("totals", files.map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec())).into())
    };
    let paths = ["package.json".to_owned(), "test/total.test.mjs".to_owned()];
    let brief = brief(tools::runners(&paths, &|path| (path == "package.json").then(|| "{\"scripts\":{\"test\":\"node --test\"}}".to_owned())));
    let of = |spec: &Spec| spec.tasks.as_ref().unwrap().tasks.iter().map(|task| super::demanded(&brief, spec, task).join(",")).collect::<Vec<_>>();
    let plain = "# Tasks\n\n- [ ] 1. A\n  - _Requirements: 1.1_\n- [ ] 2. B\n  - _Requirements: 1.1, 1.2_\n- [ ] 3. C\n  - _Requirements: 1.2_\n- [ ]* 4. D\n  - _Requirements: 1.1_\n";
    assert_eq!(of(&with(plain)), ["", "1", "", ""]);
    assert_eq!(of(&with(&plain.replace("- [ ]* 4. D\n", "- [ ]* 4. D\n  - **Property 1: Additive**\n"))), ["", "", "", "1"], "whoever signed the tasks has left it to that one");
}

/// The test of the bug, which stands beside them in one source, fails until the fix.
#[test]
fn what_must_stay_is_judged_by_its_own_tests_where_others_fail_as_they_did() {
    use tools::Went::{Failed, Passed};
    let (spec, brief, own, tagged) = (bug("# Tasks\n\n- [ ] 2. Preservation tests\n"), brief(Vec::new()), own(&["test/kept.test.mjs"]), covering(&[]));
    let base = with_cases(false, &[("bug", Failed)]);
    let found = |kept: tools::Went| {
        let ran = with_cases(false, &[("bug", Failed), ("kept", kept)]);
        lacks(&spec, 0, &own, &tagged, [Some(&base), Some(&ran), Some(&ran), Some(&ran)], &brief)
    };
    assert!(found(Passed).is_empty());
    assert_eq!(found(Failed), ["passed before", "pass now"]);
}
