//! Test results as runners report them in JUnit's XML, which nearly every runner can write.
//!
//! There is no one schema: what counts here is `testcase` with its `name`, and `failure`, `error` or `skipped` inside.

use roxmltree::{Document, Node, ParsingOptions};
use spec::trace::TestResult;

/// One reported case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Case {
    /// As the runner names it.
    pub name: String,
    /// What the runner says it is in: a module, a class, a file.
    pub within: String,
    /// How it went.
    pub result: TestResult,
    /// When its suite ran, as the report has it.
    pub when: String,
}

/// Elements of a report beyond which it is refused.
const MOST_NODES: u32 = 5_000_000;

/// Reads a report. A document type is refused, so nothing in it can grow.
pub(super) fn read(text: &str) -> Result<Vec<Case>, roxmltree::Error> {
    let options = ParsingOptions { nodes_limit: MOST_NODES, ..ParsingOptions::default() };
    let report = Document::parse_with_options(text, options)?;
    Ok(report.descendants().filter(|node| node.has_tag_name("testcase")).map(case).collect())
}

fn case(node: Node<'_, '_>) -> Case {
    let child = |names: &[&str]| node.children().any(|child| names.contains(&child.tag_name().name()));
    let result = match () {
        () if child(&["failure", "error"]) => TestResult::Failed,
        () if child(&["skipped"]) || node.attribute("status").is_some_and(|status| matches!(status, "skipped" | "notrun" | "disabled")) => TestResult::NotRun,
        () => TestResult::Passed,
    };
    let attribute = |name: &str| node.attribute(name).unwrap_or_default().to_owned();
    let when = node.ancestors().find_map(|suite| suite.attribute("timestamp")).unwrap_or_default().to_owned();
    Case { name: attribute("name"), within: attribute("classname"), result, when }
}

/// How a test went by all its cases, and when; `declared` tests have this name. A failed case outweighs all, and a name that
/// several tests have counts only where as many cases ran.
pub(super) fn result(cases: &[Case], name: &str, declared: usize) -> (TestResult, String) {
    let own: Vec<&Case> = cases.iter().filter(|case| tools::is_run_of(&case.name, name)).collect();
    let when = own.first().map(|case| case.when.clone()).unwrap_or_default();
    let ran = own.iter().filter(|case| case.result == TestResult::Passed).count();
    let places: std::collections::BTreeSet<&str> = own.iter().map(|case| case.within.as_str()).collect();
    match own.iter().find(|case| case.result == TestResult::Failed) {
        Some(failed) => (TestResult::Failed, failed.when.clone()),
        None if ran > 0 && ran == own.len() && (declared < 2 || places.len().max(ran) >= declared) => (TestResult::Passed, when),
        None => (TestResult::NotRun, String::new()),
    }
}

#[cfg(test)]
mod tests;
