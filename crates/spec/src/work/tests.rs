use super::STEPS;
use crate::bugfix::Bugfix;
use crate::design::Design;
use crate::graph::waves;
use crate::requirements::Requirements;
use crate::tasks::{NewTask, Tasks};

/// The steps that it takes to read this as each kind of document and to make edits.
fn work(text: &str) -> u64 {
    STEPS.with(|steps| steps.set(0));
    Requirements::read(text);
    Bugfix::read(text);
    Design::read(text);
    let tasks = Tasks::read(text);
    let new = NewTask { number: None, text: "new".to_owned(), optional: false };
    if let Some(last) = tasks.tasks.len().checked_sub(1) {
        tasks.insert_after(text, 0, &new);
        tasks.append_detail(text, last, "more");
    }
    let _ordered = waves(&tasks);
    STEPS.with(std::cell::Cell::get)
}

/// Texts of so many pieces, each made to be slow.
fn shapes(count: usize) -> Vec<(&'static str, String)> {
    let lines = |line: &dyn Fn(usize) -> String| (0..count).map(line).collect::<String>();
    let acceptance = "### Requirement 1\n#### Acceptance Criteria\n";
    vec![
        ("one long line", "a".repeat(count)),
        ("hashes", "#".repeat(count)),
        ("spaces", " ".repeat(count)),
        ("stars", "*".repeat(count)),
        ("fences", "```\n".repeat(count)),
        ("fences of other lengths", lines(&|nth| format!("{}\n", "`".repeat(3 + nth % 9)))),
        ("an open fence", format!("- [ ] 1. a\n```\n{}", "x\n".repeat(count))),
        ("a number of many parts", "1.".repeat(count)),
        ("a task with a number of many parts", format!("- [ ] {}1 a", "1.".repeat(count))),
        ("digits", "1".repeat(count)),
        ("labels in one line", "_Requirements: 1.1".repeat(count)),
        ("labels and nothing else", "_Requirements: ".repeat(count)),
        ("labels with wide gaps", format!("_Requirements{}: 1.1", " ".repeat(count))),
        ("validations in one line", " Validates: Requirements 1.1".repeat(count)),
        ("open brackets", format!("_Requirements: {}1.1_", "(".repeat(count))),
        ("a list of many", format!("_Requirements: {}_", "1.1, ".repeat(count))),
        ("a list without commas", format!("_Requirements: {}_", "1.1 ".repeat(count))),
        ("a list of words", format!("_Requirements: {}_", "Requirement ".repeat(count))),
        ("a list of short names", format!("_Requirements: {}_", "R ".repeat(count))),
        ("a list of designs", format!("_Requirements: {}_", "design ".repeat(count))),
        ("open dashes", format!("_Requirements: {}_", "1.1 - ".repeat(count))),
        ("requirements", lines(&|nth| format!("### Requirement {nth}\n1. a\n"))),
        ("requirements in bold", lines(&|nth| format!("**Requirement {nth}**\n1. a\n"))),
        ("criteria", format!("{acceptance}{}", "1. a\n".repeat(count))),
        ("criteria that are printed", format!("{acceptance}{}", lines(&|nth| format!("1.{nth} a\n")))),
        ("one criterion of many lines", format!("{acceptance}1. a\n{}", "b\n".repeat(count))),
        ("one criterion of many bullets", format!("{acceptance}1. a\n{}", "   - b\n".repeat(count))),
        ("acceptance headings", format!("### Requirement 1\n{}", "#### Acceptance Criteria\n".repeat(count))),
        ("terms", format!("## Glossary\n{}", "- **a**: b\n".repeat(count))),
        ("one term of many lines", format!("## Glossary\n- **a**: b\n{}", "c\n".repeat(count))),
        ("a table", format!("## Glossary\n{}", "| a | b |\n".repeat(count))),
        ("cells", format!("## Glossary\n{}", "| a ".repeat(count))),
        ("properties", lines(&|nth| format!("### Property {nth}: a\nb\n**Validates: Requirements 1.1**\n"))),
        ("one property of many lines", format!("### Property 1: a\n{}", "b\n".repeat(count))),
        ("sections that go down and up", lines(&|nth| format!("{} a\n", "#".repeat(1 + nth % 6)))),
        ("tasks", lines(&|nth| format!("- [ ] {nth}. a\n"))),
        ("tasks with one number", "- [ ] 1. a\n- [ ] 1.1 b\n".repeat(count)),
        ("one task of many details", format!("- [ ] 1. a\n{}", "  - b\n".repeat(count))),
        ("one detail of many lines", format!("- [ ] 1. a\n  - b\n{}", "    c\n".repeat(count))),
        ("a parent that waits for many with many parts", format!("- [ ] 1. a\n  - _Depends: {}_\n{}", lines(&|nth| format!("2.{nth}, ")), lines(&|nth| format!("  - [ ] 1.{nth} b\n- [ ] 2.{nth} c\n")))),
        ("a chain", lines(&|nth| format!("- [ ] {nth}. a\n  - _Depends: {}_\n", nth + 1))),
        ("boxes that are none", "- [⏭️] a\n".repeat(count)),
        ("open boxes", "- [".repeat(count)),
        ("graphs that cannot be read", "```json\n\"waves\"\n```\n".repeat(count)),
        ("a graph of many waves", format!("```json\n{{\"waves\":[{}[]]}}\n```\n", "[\"1\"],".repeat(count))),
        ("under lines", "_".repeat(count)),
        ("under lines and letters", "_a".repeat(count)),
    ]
}

#[test]
fn four_times_the_text_is_four_times_the_work() {
    let small = shapes(300);
    let large = shapes(1200);
    for ((name, small), (_, large)) in small.iter().zip(&large) {
        let (few, many) = (work(small), work(large));
        // Numbers get longer as they get larger, which is a little more than four times the text.
        let times = large.len().div_ceil(small.len()).max(4) as u64 + 1;
        assert!(few > 0 && many <= times * few + 2000, "{name}: {few} steps for {} bytes, {many} for {}", small.len(), large.len());
    }
}
