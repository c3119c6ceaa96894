//! From each criterion to what was done about it: design elements, tasks, commits, tests and their results, receipts.
//!
//! What a task list says of itself is a claim. A criterion is *proved* only where the tasks that cite it are done, a test
//! that names it passed, and none failed; everything short of that is said in exact words. What is not known here is how
//! the evidence was found: it comes in as plain values.

mod cited;
mod html;
mod markdown;
mod tags;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::folder::Spec;
use crate::reference::{Referred, lists};
use crate::tasks::{State, Task, Tasks};
use crate::text::lines;
use cited::Ids;

pub use html::to_html;
pub use markdown::to_markdown;
pub use tags::{Tag, Tagged, Lines, names_in, tags_in, tests_in};

/// What is known from outside the specification.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Evidence {
    /// Newest first.
    pub commits: Vec<Commit>,
    /// Tests that name a criterion or a property.
    pub tests: Vec<Test>,
    /// Ledger entries of what was executed.
    pub receipts: Vec<Receipt>,
    /// Documents that people approved.
    pub approvals: Vec<Approval>,
}

/// A commit that names this specification's tasks or criteria.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Commit {
    /// Its id.
    pub sha: String,
    /// Its first line.
    pub subject: String,
    /// What it changed.
    pub files: Vec<String>,
    /// Tasks that it names: `2.1`.
    pub tasks: Vec<String>,
    /// Criteria that it names: `1.2`.
    pub criteria: Vec<String>,
}

/// A test in a source file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Test {
    /// As the source has it.
    pub name: String,
    /// Where.
    pub file: String,
    /// Where in it, from one.
    pub line: usize,
    /// What it says it tests.
    pub tags: Vec<Tag>,
    /// How it went.
    pub result: TestResult,
    /// When, in words; empty if it is not known.
    pub when: String,
}

/// How a test went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TestResult {
    /// It passed.
    Passed,
    /// It failed.
    Failed,
    /// Nobody said that it ran.
    NotRun,
}

/// A ledger entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Receipt {
    /// The intent.
    pub intent: String,
    /// Its place in the ledger.
    pub index: u64,
    /// One line about it.
    pub line: String,
    /// The task that it was for.
    pub task: Option<String>,
    /// Criteria that it names.
    pub criteria: Vec<String>,
}

/// A document that somebody approved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Approval {
    /// `design.md`.
    pub document: String,
    /// Who.
    pub by: String,
    /// Whether the document is still what was approved.
    pub current: bool,
}

/// A specification with what was done about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Trace {
    /// Its name.
    pub spec: String,
    /// Requirements, in their order.
    pub requirements: Vec<Row>,
    /// Who approved which document.
    pub approvals: Vec<Approval>,
    /// Tasks that are said to be done and cite no criterion: nothing shows what for.
    pub loose: Vec<Loose>,
    /// References that point at no criterion, no property: where they stand, what they say.
    pub dangling: Vec<String>,
    /// Whether there are too many links to show all.
    pub cut: bool,
}

/// A task that is said to be done and cites no criterion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Loose {
    /// Which.
    pub task: Done,
    /// Commits that name it.
    pub commits: Vec<Commit>,
    /// Ledger entries about it.
    pub receipts: Vec<Receipt>,
}

impl Loose {
    /// In a sentence.
    pub fn line(&self) -> String {
        let Done { name, text, .. } = &self.task;
        let what = if name == text { text.clone() } else { format!("{name} {text}") };
        let shown = self.receipts.iter().map(|receipt| format!("#{} {}", receipt.index, receipt.line)).chain(self.commits.iter().map(|commit| format!("commit {}", markdown::short(&commit.sha))));
        let shown: Vec<String> = shown.collect();
        match shown.is_empty() {
            true => format!("{what}: claimed, and nothing shows it"),
            false => format!("{what}: {}", shown.join("; ")),
        }
    }
}

/// One requirement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    /// `2`.
    pub number: String,
    /// May be empty.
    pub title: String,
    /// Its criteria.
    pub criteria: Vec<Traced>,
}

/// One criterion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Traced {
    /// `2.1`.
    pub id: String,
    /// What it says.
    pub text: String,
    /// How it stands.
    pub standing: Standing,
    /// Why it stands so, in a sentence.
    pub why: String,
    /// Properties and sections of the design.
    pub design: Vec<String>,
    /// Tasks that cite it.
    pub tasks: Vec<Done>,
    /// Tests that name it or a property of it.
    pub tests: Vec<Test>,
    /// Commits for it or for its tasks.
    pub commits: Vec<Commit>,
    /// Ledger entries for it or for its tasks.
    pub receipts: Vec<Receipt>,
}

/// A task, as far as tracing needs it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Done {
    /// What tells it from all others: its number, or its place where it has none: `@3`.
    pub id: String,
    /// Its number, or its words where it has none.
    pub name: String,
    /// Its words.
    pub text: String,
    /// How far it has got.
    pub state: State,
    /// Whether it may be left out.
    pub optional: bool,
}

/// How a criterion stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// Its tasks are done, a test for it passed, none failed.
    Proved,
    /// A test for it failed.
    Failing,
    /// Its tasks are said to be done, and nothing shows it.
    Claimed,
    /// Its tasks are not all done.
    Open,
    /// No task cites it.
    Uncited,
}

impl Standing {
    /// In a word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Proved => "proved",
            Self::Failing => "failing",
            Self::Claimed => "claimed",
            Self::Open => "open",
            Self::Uncited => "uncited",
        }
    }
}

impl Trace {
    /// All criteria, in their order.
    pub fn criteria(&self) -> impl Iterator<Item = &Traced> {
        self.requirements.iter().flat_map(|row| &row.criteria)
    }

    /// How many criteria stand so.
    pub fn count(&self, standing: Standing) -> usize {
        self.criteria().filter(|criterion| criterion.standing == standing).count()
    }

    /// `5 criteria: 3 proved, 1 claimed, 1 open`.
    pub fn summary(&self) -> String {
        let standings = [Standing::Proved, Standing::Failing, Standing::Claimed, Standing::Open, Standing::Uncited];
        let counts = standings.map(|standing| (self.count(standing), standing.word()));
        let said: Vec<String> = counts.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}")).collect();
        let total = self.criteria().count();
        let noun = if total == 1 { "criterion" } else { "criteria" };
        match said.is_empty() {
            true => "no criteria".to_owned(),
            false => format!("{total} {noun}: {}", said.join(", ")),
        }
    }
}

/// Follows every criterion.
pub fn trace(spec: &Spec, evidence: &Evidence) -> Trace {
    let mut links = Links::new(Ids::of(spec));
    links.design(spec);
    if let Some(tasks) = &spec.tasks {
        links.tasks(tasks);
    }
    links.tests(spec, evidence);
    links.named(evidence);
    let traced = |id: &str, text: &str| links.traced(spec, evidence, id, text);
    let mut rows: Vec<Row> = Vec::new();
    if let Some(requirements) = &spec.requirements {
        rows.extend(requirements.requirements.iter().map(|requirement| Row {
            number: requirement.number.clone(),
            title: requirement.title.clone(),
            criteria: requirement.criteria.iter().map(|criterion| traced(&criterion.id, &criterion.text)).collect(),
        }));
    }
    if let Some(bugfix) = &spec.bugfix {
        for (number, title, clauses) in [("2", "Expected Behavior", &bugfix.expected), ("3", "Unchanged Behavior", &bugfix.unchanged)] {
            rows.push(Row { number: number.to_owned(), title: title.to_owned(), criteria: clauses.iter().map(|clause| traced(&clause.id, &clause.text)).collect() });
        }
    }
    let loose = links.loose(spec, evidence);
    Trace { spec: spec.name.clone(), requirements: rows, approvals: evidence.approvals.clone(), loose, dangling: links.dangling, cut: links.cut }
}

/// Which things are linked with which criterion; all by number.
struct Links<'s> {
    ids: Ids<'s>,
    design: BTreeMap<&'s str, Vec<String>>,
    tasks: BTreeMap<&'s str, Vec<usize>>,
    tests: BTreeMap<&'s str, BTreeSet<usize>>,
    commits: BTreeMap<&'s str, BTreeSet<usize>>,
    receipts: BTreeMap<&'s str, BTreeSet<usize>>,
    /// Commits and receipts by the task that they name.
    by_task: BTreeMap<String, (BTreeSet<usize>, BTreeSet<usize>)>,
    dangling: Vec<String>,
    left: usize,
    cut: bool,
}

/// Links beyond which no more are followed.
const MOST_LINKS: usize = 1_000_000;

impl<'s> Links<'s> {
    fn new(ids: Ids<'s>) -> Self {
        let none = BTreeMap::new;
        Self {
            ids,
            design: BTreeMap::new(),
            tasks: BTreeMap::new(),
            tests: BTreeMap::new(),
            commits: BTreeMap::new(),
            receipts: BTreeMap::new(),
            by_task: none(),
            dangling: Vec::new(),
            left: MOST_LINKS,
            cut: false,
        }
    }

    /// The criteria that references reach; `place` is told for those that reach nothing.
    fn reached<'r>(&mut self, references: impl IntoIterator<Item = &'r crate::reference::Referred>, place: &str) -> Vec<&'s str> {
        let mut reached = BTreeSet::new();
        for to in references {
            match self.ids.reach(to) {
                Some(ids) if ids.len() <= self.left => {
                    self.left -= ids.len();
                    reached.extend(ids.iter().copied());
                }
                Some(_) => self.cut = true,
                None => self.dangling.push(format!("{place}: {}", cited::words(to))),
            }
        }
        reached.into_iter().collect()
    }

    fn design(&mut self, spec: &'s Spec) {
        let Some(design) = &spec.design else { return };
        for property in &design.properties {
            let name = title("Property", &property.number, &property.name);
            for id in self.reached(property.validates.iter().map(|reference| &reference.to), &format!("design.md, {name}")) {
                self.design.entry(id).or_default().push(name.clone());
            }
        }
        let text = spec.text("design.md").unwrap_or_default();
        let (mut sections, mut properties) = (design.sections.iter().peekable(), design.properties.iter().peekable());
        let mut section = None;
        for line in lines(text).iter().filter(|line| !line.fenced) {
            while let Some(next) = sections.next_if(|section| section.span.start <= line.start) {
                section = Some(&next.title);
            }
            while properties.next_if(|property| property.span.end <= line.start).is_some() {}
            if properties.peek().is_some_and(|property| property.span.start <= line.start) {
                continue;
            }
            let found: Vec<_> = lists(line.says, line.start).into_iter().flat_map(|list| list.references).collect();
            for id in self.reached(found.iter().map(|reference| &reference.to), "design.md") {
                let known = self.design.entry(id).or_default();
                known.extend(section.filter(|section| !known.contains(section)).cloned());
            }
        }
    }

    fn tasks(&mut self, tasks: &'s Tasks) {
        for (index, task) in tasks.tasks.iter().enumerate() {
            let place = format!("tasks.md, {}", tasks.name(index));
            let parts = task.references.iter().filter_map(|reference| if let Referred::Design(part) = &reference.to { Some(part) } else { None });
            let parts: Vec<String> = parts.map(|part| format!("{part} (by task {})", tasks.name(index))).collect();
            for id in self.reached(task.references.iter().map(|reference| &reference.to), &place) {
                self.tasks.entry(id).or_default().push(index);
                self.design.entry(id).or_default().extend(parts.iter().cloned());
            }
        }
    }

    fn tests(&mut self, spec: &Spec, evidence: &Evidence) {
        for (index, test) in evidence.tests.iter().enumerate() {
            let own = test.tags.iter().filter(|tag| tag.spec.as_ref().is_none_or(|name| *name == spec.name));
            let place = format!("{}:{}", test.file, test.line);
            for id in self.reached(own.flat_map(|tag| &tag.to), &place) {
                self.tests.entry(id).or_default().insert(index);
            }
        }
    }

    fn named(&mut self, evidence: &Evidence) {
        for (index, commit) in evidence.commits.iter().enumerate() {
            for task in &commit.tasks {
                self.by_task.entry(task.clone()).or_default().0.insert(index);
            }
            for id in self.ids.known(&commit.criteria) {
                self.commits.entry(id).or_default().insert(index);
            }
        }
        for (index, receipt) in evidence.receipts.iter().enumerate() {
            if let Some(task) = &receipt.task {
                self.by_task.entry(task.clone()).or_default().1.insert(index);
            }
            for id in self.ids.known(&receipt.criteria) {
                self.receipts.entry(id).or_default().insert(index);
            }
        }
    }

    /// Tasks without parts that are done and reach no criterion. A checkpoint is no work of its own.
    fn loose(&self, spec: &Spec, evidence: &Evidence) -> Vec<Loose> {
        let Some(tasks) = &spec.tasks else { return Vec::new() };
        let cited: BTreeSet<usize> = self.tasks.values().flatten().copied().collect();
        let above = |index: usize| std::iter::successors(Some(index), |at| tasks.tasks.get(*at).and_then(|task| task.parent));
        let is_loose = |index: &usize| {
            let counts = tasks.tasks.get(*index).is_some_and(|task| task.state == State::Completed && !task.checkpoint);
            counts && !above(*index).any(|at| cited.contains(&at))
        };
        let loose = |index: usize| {
            let (_, done) = done(tasks, index)?;
            let (commits, receipts) = self.by_task.get(&done.id).cloned().unwrap_or_default();
            let commits = commits.iter().filter_map(|index| evidence.commits.get(*index).cloned()).collect();
            Some(Loose { task: done, commits, receipts: receipts.iter().filter_map(|index| evidence.receipts.get(*index).cloned()).collect() })
        };
        tasks.leaves().filter(is_loose).filter_map(loose).collect()
    }

    fn traced(&self, spec: &Spec, evidence: &Evidence, id: &str, text: &str) -> Traced {
        let tasks: Vec<(&Task, Done)> = spec.tasks.iter().flat_map(|tasks| self.tasks.get(id).into_iter().flatten().filter_map(|index| done(tasks, *index))).collect();
        let (mut commits, mut receipts) = (self.commits.get(id).cloned().unwrap_or_default(), self.receipts.get(id).cloned().unwrap_or_default());
        for (of_commits, of_receipts) in tasks.iter().filter_map(|(_, done)| self.by_task.get(&done.id)) {
            commits.extend(of_commits);
            receipts.extend(of_receipts);
        }
        let tests: Vec<Test> = self.tests.get(id).into_iter().flatten().filter_map(|index| evidence.tests.get(*index).cloned()).collect();
        let tasks: Vec<Done> = tasks.into_iter().map(|(_, done)| done).collect();
        let (standing, why) = standing(&tasks, &tests);
        Traced {
            id: id.to_owned(),
            text: text.to_owned(),
            standing,
            why,
            design: self.design.get(id).cloned().unwrap_or_default(),
            tasks,
            tests,
            commits: commits.iter().filter_map(|index| evidence.commits.get(*index).cloned()).collect(),
            receipts: receipts.iter().filter_map(|index| evidence.receipts.get(*index).cloned()).collect(),
        }
    }
}

fn title(word: &str, number: &str, name: &str) -> String {
    match name {
        "" => format!("{word} {number}"),
        name => format!("{word} {number}: {name}"),
    }
}

fn done(tasks: &Tasks, index: usize) -> Option<(&Task, Done)> {
    let task = tasks.tasks.get(index)?;
    Some((task, Done { id: tasks.id(index), name: tasks.name(index).to_owned(), text: task.text.clone(), state: task.state, optional: task.optional }))
}

/// How a criterion stands, and why. Tasks that may be left out count only where nothing else cites it.
fn standing(tasks: &[Done], tests: &[Test]) -> (Standing, String) {
    if let Some(failed) = tests.iter().find(|test| test.result == TestResult::Failed) {
        return (Standing::Failing, format!("the test `{}` failed{}", failed.name, on(&failed.when)));
    }
    let passed = tests.iter().find(|test| test.result == TestResult::Passed);
    if tasks.is_empty() {
        let also = passed.map_or_else(String::new, |test| format!("; the test `{}` passed all the same", test.name));
        return (Standing::Uncited, format!("no task cites it{also}"));
    }
    let required = tasks.iter().any(|task| !task.optional);
    let open: Vec<&str> = tasks.iter().filter(|task| task.state != State::Completed && !(required && task.optional)).map(|task| task.name.as_str()).collect();
    if !open.is_empty() {
        let also = passed.map_or_else(String::new, |test| format!("; the test `{}` passed already", test.name));
        return (Standing::Open, format!("{} not done{also}", named(&open)));
    }
    let done: Vec<&str> = tasks.iter().filter(|task| task.state == State::Completed).map(|task| task.name.as_str()).collect();
    let names = named(&done);
    match (passed, tests.first()) {
        (Some(test), _) => (Standing::Proved, format!("{names} done; the test `{}` passed{}", test.name, on(&test.when))),
        (None, Some(test)) => (Standing::Claimed, format!("{names} said to be done; the test `{}` was not run", test.name)),
        (None, None) => (Standing::Claimed, format!("{names} said to be done; no test names it")),
    }
}

fn named(tasks: &[&str]) -> String {
    format!("{} {}", if tasks.len() == 1 { "task" } else { "tasks" }, tasks.join(", "))
}

fn on(when: &str) -> String {
    match when {
        "" => String::new(),
        when => format!(" ({when})"),
    }
}

#[cfg(test)]
mod tests;
