//! Test results as runners report them in JUnit's XML, which nearly every runner can write.
//!
//! There is no one schema: what counts here is `testcase` with its `name`, and `failure`, `error` or `skipped` inside.

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
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

/// Elements inside each other beyond which it is no report.
const DEEPEST: usize = 200;

/// Why a text is no report.
#[derive(Debug, thiserror::Error)]
pub(super) enum BadReport {
    #[error("{0}, at byte {1}")]
    Xml(quick_xml::Error, u64),
    #[error("it has a document type, which no test report needs")]
    DocumentType,
    #[error("it is nested deeper than {DEEPEST} elements")]
    TooDeep,
    #[error("it ends inside an element")]
    Cut,
    #[error("it has no element")]
    Empty,
}

/// Reads a report in one pass. A document type is refused, so nothing in it can grow.
pub(super) fn read(text: &str) -> Result<Vec<Case>, BadReport> {
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
    let mut report = Report::default();
    loop {
        let event = reader.read_event().map_err(|e| BadReport::Xml(e, reader.error_position()))?;
        let wrong = |e| BadReport::Xml(e, reader.buffer_position());
        match event {
            Event::Start(element) => report.begins(&element).map_err(wrong)?,
            Event::Empty(element) => {
                report.begins(&element).map_err(wrong)?;
                report.ends();
            }
            Event::End(_) => report.ends(),
            Event::DocType(_) => return Err(BadReport::DocumentType),
            Event::Eof => return report.done(),
            Event::Text(_) | Event::CData(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::GeneralRef(_) => {}
        }
        if report.open.len() > DEEPEST {
            return Err(BadReport::TooDeep);
        }
    }
}

/// What was read so far.
#[derive(Default)]
struct Report {
    cases: Vec<Case>,
    /// For each open element: when it says that it ran, and whether it is a case.
    open: Vec<(Option<String>, bool)>,
    elements: usize,
}

impl Report {
    fn begins(&mut self, element: &BytesStart<'_>) -> Result<(), quick_xml::Error> {
        self.elements += 1;
        let is_case = element.local_name().as_ref() == "testcase";
        let when = attribute(element, "timestamp")?;
        if is_case {
            let skipped = attribute(element, "status")?.is_some_and(|status| matches!(status.as_str(), "skipped" | "notrun" | "disabled"));
            let suite = || self.open.iter().rev().find_map(|(when, _)| when.clone());
            self.cases.push(Case {
                name: attribute(element, "name")?.unwrap_or_default(),
                within: attribute(element, "classname")?.unwrap_or_default(),
                result: if skipped { TestResult::NotRun } else { TestResult::Passed },
                when: when.clone().or_else(suite).unwrap_or_default(),
            });
        } else if let (Some((_, true)), Some(case)) = (self.open.last(), self.cases.last_mut()) {
            match element.local_name().as_ref() {
                "failure" | "error" => case.result = TestResult::Failed,
                "skipped" if case.result == TestResult::Passed => case.result = TestResult::NotRun,
                _ => {}
            }
        }
        self.open.push((when, is_case));
        Ok(())
    }

    fn ends(&mut self) {
        self.open.pop();
    }

    fn done(self) -> Result<Vec<Case>, BadReport> {
        match (self.open.is_empty(), self.elements) {
            (false, _) => Err(BadReport::Cut),
            (true, 0) => Err(BadReport::Empty),
            (true, _) => Ok(self.cases),
        }
    }
}

fn attribute(element: &BytesStart<'_>, name: &str) -> Result<Option<String>, quick_xml::Error> {
    let found = element.try_get_attribute(name)?;
    found.map(|found| Ok(found.normalized_value(XmlVersion::Implicit1_0)?.into_owned())).transpose()
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
