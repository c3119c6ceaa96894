//! What contradicts itself, points at nothing, or will be read in two ways: small rules over one specification.
//!
//! Each rule is one function and stands once in [`RULES`], with its severity and its reason. A rule that cannot know says
//! nothing: a requirements.md without requirements has no uncited criteria. Nothing here knows what the software does.

mod criteria;
mod documents;
mod order;
mod properties;
mod references;
mod tasks;

use crate::finding::Finding;
use crate::finding::Severity::{self, Error, Note, Warning};
use crate::folder::Spec;
use crate::text::Span;

pub use properties::{properties_without_test, shown_by_none};
pub use references::Cited;

/// One rule.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// Its name, in findings and in the documentation.
    pub id: &'static str,
    /// How grave what it finds is. Rules of reading choose it themselves; here is the gravest.
    pub severity: Severity,
    /// What it finds.
    pub what: &'static str,
    /// Why that matters.
    pub why: &'static str,
    /// Finds it; `None` for what reading finds, and for what the project's tests show.
    run: Option<fn(&Spec) -> Vec<Found>>,
}

/// What a rule found, without what the table says about it.
struct Found {
    file: &'static str,
    span: Span,
    text: String,
    hint: Option<String>,
}

impl Found {
    fn new(file: &'static str, span: Span, text: impl Into<String>) -> Self {
        Self { file, span, text: text.into(), hint: None }
    }

    fn hinted(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// A row of the table.
const fn rule(id: &'static str, severity: Severity, what: &'static str, why: &'static str, run: fn(&Spec) -> Vec<Found>) -> Rule {
    Rule { id, severity, what, why, run: Some(run) }
}

/// A row for what reading finds, or [`shown_by_none`].
const fn odd(id: &'static str, severity: Severity, what: &'static str, why: &'static str) -> Rule {
    Rule { id, severity, what, why, run: None }
}

/// All rules, in the order of the documentation.
pub const RULES: &[Rule] = &[
    rule("ears-form", Warning, "a criterion is not in EARS form", "who must do what, and when, has to be guessed", criteria::ears),
    rule("ambiguous-word", Warning, "a criterion has a word that people read differently", "no test can tell whether it is met", criteria::ambiguous),
    rule("undefined-term", Note, "a criterion uses a Term_Name that the glossary has not", "the term may mean something else to each reader", criteria::undefined),
    rule("uncited-criterion", Warning, "no task cites a criterion", "nobody has planned to meet it", references::uncited),
    rule("dangling-reference", Error, "a task or property cites what does not exist", "the work is traced to nothing", references::dangling),
    rule("unknown-section", Note, "a task cites a part of the design that has no heading", "a reader cannot follow it", references::sections),
    rule("task-without-reference", Note, "a task cites nothing, nor does the task that it is part of", "nobody can say what it is for", references::idle),
    rule("parent-done", Error, "a task is done and a required part of it is not", "one of the two is not true", tasks::parents),
    rule("duplicate-id", Error, "two requirements, criteria, tasks or properties have one number", "what cites it is ambiguous", tasks::duplicates),
    rule("dependency-cycle", Error, "tasks or waves wait for each other", "none of them can ever begin", order::cycles),
    rule("unknown-task", Error, "a wave or `_Depends:_` names a task that does not exist", "what must come first is not known", order::unknown),
    rule("task-in-two-waves", Error, "a task is in two waves", "when it is to be done is not known", order::twice),
    rule("task-in-no-wave", Note, "the graph leaves out a task that has no parts", "it is done when nobody expects it", order::left_out),
    rule("untested-property", Warning, "no task tests a property of the design", "nobody has planned to show that it holds", properties::untested),
    odd(WITHOUT_TEST, Warning, "a property's task is done and no test says that it tests it", "nothing shows that it holds"),
    rule("missing-document", Warning, "a later document is there and an earlier one is not", "what was decided rests on nothing written", documents::missing),
    rule("no-document", Error, "the folder has none of the documents", "there is no specification in it", documents::none),
    odd("free-form", Note, "a document has no requirement, or no clause, that can be told apart", "nothing can be traced to it"),
    odd("number-not-place", Note, "a criterion's number is not its place in the list", "it is cited by its place, not by what is printed"),
    odd("unread-task", Note, "a line looks like a task and its box is none of `[ ]`, `[x]`, `[-]`, `[~]`", "it is not done, and nobody sees it"),
    odd("no-tasks", Note, "tasks.md has no task that can be told apart", "there is nothing to do in it"),
    odd("no-boxes", Note, "no task has a box", "how far each has got stands nowhere"),
    odd("odd-graph", Warning, "the dependency graph cannot be read", "tasks are done in the order of the file"),
    odd("odd-config", Warning, "`.config.kiro` or `spec.json` says something unknown", "what was meant by it does not happen"),
    odd("unclear-kind", Note, "files and configuration disagree on feature or bug fix", "other tools may take it for the other"),
    odd("not-utf8", Warning, "a file has bytes that are not UTF-8", "other tools show or save it differently"),
    odd("open-fence", Warning, "a code block is never closed", "the rest of the file is code, and no tool reads it"),
    odd("half-written", Warning, "a file has a zero byte", "a write did not end"),
    odd("unread-file", Error, "a document is there and was not read: a link, no regular file, or too long", "nothing in it was checked"),
];

/// The rule of a finding.
pub fn rule_of(id: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.id == id)
}

/// All findings about a specification, those of reading it first, in the order of files and places.
pub fn check(spec: &Spec) -> Vec<Finding> {
    let mut findings = spec.findings.clone();
    for rule in RULES {
        let found = rule.run.map(|run| run(spec)).unwrap_or_default();
        findings.extend(found.into_iter().map(|found| Finding {
            rule: rule.id,
            severity: rule.severity,
            file: found.file.to_owned(),
            span: found.span,
            text: found.text,
            hint: found.hint,
            mend: Vec::new(),
        }));
    }
    let place = |finding: &Finding| spec.files.iter().position(|file| file.name == finding.file).unwrap_or(usize::MAX);
    findings.sort_by_cached_key(|finding| (place(finding), finding.span.start, finding.rule, finding.span.end));
    findings
}

/// The file that the criteria of a bug fix or a feature stand in.
const REQUIREMENTS: &str = "requirements.md";
const BUGFIX: &str = "bugfix.md";
const DESIGN: &str = "design.md";
const TASKS: &str = "tasks.md";
/// The one rule that goes by the project's tests as well.
const WITHOUT_TEST: &str = "property-without-test";

#[cfg(test)]
mod tests;
