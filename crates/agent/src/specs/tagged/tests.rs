use action::Change;
use spec::folder::Spec;

use super::{PropertyTest, Tagged, Texts};
use crate::samples::Sample;
use crate::specs::brief::Brief;
use crate::specs::part::Workflow;

const REQUIREMENTS: &str = "# Requirements Document\n\n## Requirements\n\n### Requirement 1: A\n\n#### Acceptance Criteria\n1. THE system SHALL y.\n2. THE system SHALL w.\n";
const DESIGN: &str = "# Design\n\n## Correctness Properties\n\n### Property 1: Additive\n\n**Validates: Requirements 1.2**\n";
const WITH: &str = "import fc from 'fast-check';\n\n// Feature: totals, Property 1: adds\ntest('adds', () => {\n  fc.assert(fc.property(fc.nat(), (n) => n >= 0));\n});\n\n// Feature: totals, Property 1: by hand\ntest('tries', () => {});\n";

/// What is found in a test file of this text.
fn read(text: &str) -> Tagged {
    let sample = Sample::new();
    let files = [("requirements.md", REQUIREMENTS), ("design.md", DESIGN)];
    let spec = Spec::read("totals", files.map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec())).into());
    let (name, folder, wish, id) = ("totals".into(), ".kiro/specs/totals".into(), String::new(), String::new());
    let brief = Brief { name, folder, wish, workflow: Workflow::RequirementsFirst, id, runners: Vec::new(), tests: Vec::new(), test_seconds: 600, has_docs: false, changelog: None };
    let change = Change { path: "test/a.test.mjs".into(), before: None, after: Some(sample.file(text)) };
    Tagged::read(&Texts { book: sample.book(), root: &sample.root() }, &spec, &brief, &[&[change]])
}

#[test]
fn a_property_s_test_is_told_with_the_library_that_it_shows_itself() {
    let found = read(WITH);
    let test = |name: &str, library| PropertyTest { property: "1".into(), file: "test/a.test.mjs".into(), name: name.into(), library };
    assert_eq!(found.properties, [test("adds", Some("fast-check")), test("tries", None)]);
    assert_eq!(found.files.len(), 1);
}

#[test]
fn a_tag_of_another_specification_or_without_a_test_counts_for_nothing() {
    for text in [WITH.replace("totals", "others"), "// Feature: totals, Property 1: x\nexport default 1;\n".to_owned()] {
        let found = read(&text);
        assert!(found.properties.is_empty() && found.criteria.is_empty() && found.files.is_empty() && found.names.is_empty(), "{text}");
    }
}
