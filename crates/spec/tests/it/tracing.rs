//! Tracing and drift over whatever comes in.

use proptest::prelude::*;
use spec::drift::{Made, Now, drift};
use spec::folder::Spec;
use spec::trace::{Evidence, Standing, Test, TestResult, tests_in, to_html, to_markdown, trace};

/// Lines of which documents and sources are made.
const LINES: [&str; 22] = [
    "### Requirement 1: <b>A</b>", "### Requirement 2", "#### Acceptance Criteria", "1. THE Shop SHALL sell <script>x</script>.", "2. WHEN x, THE Shop SHALL buy.",
    "- [x] 1. Do | it", "  - [ ] 1.1 Do more", "- [x]* 2. Maybe", "  - _Requirements: 1.1, 2.1-2.2_", "  - _Requirements: All_", "### Property 1: P",
    "**Validates: Requirements 1.2**", "```", "// Feature: s, Property 1: x", "# Requirements 1.1", "fn sells() {", "def test_buys():", "it('Feature: s, Property 1: é', () =>",
    "", "\u{feff}", "требования: 1.1", "\t*/",
];

fn text(lines: &[usize]) -> String {
    lines.iter().map(|line| LINES[line % LINES.len()]).collect::<Vec<_>>().join("\n")
}

fn lines() -> impl Strategy<Value = Vec<usize>> {
    proptest::collection::vec(0usize..22, 0..30)
}

proptest! {
    #[test]
    fn every_criterion_has_one_standing_and_nothing_is_proved_without_a_passed_test(documents in [lines(), lines(), lines()], source in lines(), passed in any::<bool>()) {
        let [requirements, design, tasks] = documents.map(|lines| text(&lines).into_bytes());
        let files = [("requirements.md", requirements), ("design.md", design), ("tasks.md", tasks)];
        let spec = Spec::read("s", files.map(|(name, bytes)| (name.to_owned(), bytes)).into());
        let result = if passed { TestResult::Passed } else { TestResult::NotRun };
        let found = tests_in(&text(&source)).into_iter();
        let tests = found.map(|test| Test { name: test.name, file: "a.rs".to_owned(), line: test.line, tags: test.tags, result, when: String::new() }).collect();
        let traced = trace(&spec, &Evidence { tests, ..Evidence::default() });
        prop_assert_eq!(traced.criteria().count(), spec.criteria().count());
        prop_assert!(passed || traced.count(Standing::Proved) == 0);
        for criterion in traced.criteria().filter(|criterion| criterion.standing == Standing::Proved) {
            prop_assert!(!criterion.tasks.is_empty() && !criterion.tests.is_empty());
        }
        let page = to_html(&traced, &[]);
        prop_assert!(!page.contains("<script") && !page.contains("<b>A"));
        prop_assert!(!to_markdown(&traced, &[]).contains("<script"));
    }

    #[test]
    fn what_was_made_just_now_has_not_drifted(documents in [lines(), lines()]) {
        let [requirements, tasks] = documents.map(|lines| text(&lines).into_bytes());
        let spec = Spec::read("s", vec![("requirements.md".to_owned(), requirements), ("tasks.md".to_owned(), tasks)]);
        let traced = trace(&spec, &Evidence::default());
        let mut seen = std::collections::BTreeSet::new();
        let criteria = traced.criteria().filter(|criterion| seen.insert(criterion.id.clone())).map(|criterion| (criterion.id.clone(), criterion.text.clone())).collect::<Vec<_>>();
        let numbers: std::collections::BTreeMap<&str, usize> = spec.criteria().fold(Default::default(), |mut counts, criterion| { *counts.entry(criterion.id.as_str()).or_default() += 1; counts });
        prop_assume!(numbers.values().all(|count| *count == 1));
        for task in spec.tasks.iter().flat_map(|tasks| &tasks.tasks).filter_map(|task| task.number.clone()) {
            let made = Made { task, criteria: criteria.clone(), ..Made::default() };
            prop_assert_eq!(drift(&spec, &[made], &Now::default()), []);
        }
    }

    #[test]
    fn any_source_is_read(source in "(?s).{0,300}") {
        for test in tests_in(&source) {
            prop_assert!(test.line >= 1 && test.line <= source.lines().count() && !test.tags.is_empty());
        }
    }
}
