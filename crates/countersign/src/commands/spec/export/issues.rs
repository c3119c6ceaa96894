//! The tasks of a specification as issues: one a task, its parts as a list with boxes, the criteria that it cites quoted.
//!
//! Only texts are made here, and looked up what is there. Nothing is sent: the whole is proposed and held.

use std::collections::{BTreeMap, BTreeSet};

use action::{Decision, Issue, IssueSet};
use agent::publish::{self, MOST_BODY, MOST_ISSUES, MOST_TITLE, NotPublished, Repository};
use anyhow::{Context, bail};
use spec::folder::Spec;
use spec::tasks::{State, Task, Tasks};
use spec::trace::{Evidence, trace};

use super::Source;
use crate::args::Common;
use crate::home::Home;
use crate::screen::{self, DIM, Ending, Misuse, Outside, WARN};
use crate::words;

/// Where issues are to be, and how.
#[derive(Debug, clap::Args)]
pub(super) struct Where {
    /// The repository that gets the issues.
    #[arg(long, value_name = "OWNER/NAME", required_if_eq("format", "github"))]
    pub repo: Option<String>,
    /// The host that it is on.
    #[arg(long, value_name = "HOST", default_value = "github.com")]
    host: String,
    /// A label for new issues; may be given several times.
    #[arg(long, value_name = "NAME", requires = "repo")]
    label: Vec<String>,
    /// One more issue with all tasks in a list.
    #[arg(long, requires = "repo")]
    tracking: bool,
}

impl Where {
    /// For formats that stay here.
    pub(super) fn none(&self) -> anyhow::Result<()> {
        match self.repo {
            Some(_) => bail!(Misuse("--repo goes with --format github".into())),
            None => Ok(()),
        }
    }
}

pub(super) fn propose(common: &Common, source: &Source, at: &Where) -> anyhow::Result<Ending> {
    let repository = at.repo.as_deref().unwrap_or_default();
    let host = at.host.to_ascii_lowercase();
    if !publish::is_place(&host, repository) {
        bail!(Misuse(NotPublished::NoPlace.to_string()));
    }
    let home = Home::find(common)?;
    let service = home.service()?;
    let person = home.person(&service)?;
    let drafts = Drafts::of(source)?;
    let there = publish::look(&service, &host, repository).map_err(|e| Outside(e.into()))?;
    let (set, left_out) = drafts.set(&there, at)?;
    if set.issues.is_empty() {
        bail!("there is nothing to publish: every task is done, and none has an issue in {repository}");
    }
    let (id, verdict) = publish::propose(&service, &person, &host, repository, &set)?;
    let (new, updated) = (set.new_ones().count(), set.updated().count());
    let refused = verdict.decision == Decision::Refuse;
    if common.json {
        let is = if refused { "refused" } else { "held" };
        screen::json(&serde_json::json!({"event": "proposed", "is": is, "intent": id, "new": new, "updated": updated, "left_out": left_out, "strangers": there.strangers}));
        return Ok(if refused { Ending::NotDone } else { Ending::Done });
    }
    left_out.iter().for_each(|task| screen::say_in(DIM, &format!("task {} is done and has no issue: left out", words::safe(task))));
    there.strangers.iter().for_each(|number| screen::say_in(WARN, &format!("#{number} bears a mark of ours, but whoever opened it does not belong to the repository: not counted")));
    if refused {
        verdict.reasons.iter().for_each(|reason| screen::say_in(WARN, &format!("‖ refused: {} [{}]", words::safe(&reason.text), reason.rule)));
        return Ok(Ending::NotDone);
    }
    screen::say_in(WARN, &format!("‖ {new} new and {updated} to be updated in {host}/{repository}: {}", words::decision(&verdict.decision)));
    screen::say(&format!("  nothing was sent; held as {0}: countersign show {0} · countersign sign {0}", words::short(&id)));
    Ok(Ending::Done)
}

/// The texts, before it is known which issues are there.
struct Drafts<'s> {
    spec: &'s Spec,
    /// What the marks name: the name, or the folder where it is not the project's own.
    name: String,
    folder: &'s str,
    tasks: &'s Tasks,
    /// Criteria that a task cites, by the task's name: id and text.
    cited: BTreeMap<String, Vec<(String, String)>>,
}

impl<'s> Drafts<'s> {
    fn of(source: &'s Source) -> anyhow::Result<Self> {
        let spec = &source.spec;
        let tasks = spec.tasks.as_ref().filter(|tasks| !tasks.tasks.is_empty()).context("there are no tasks to make issues of")?;
        if spec.file("tasks.md").is_some_and(|file| !file.is_utf8) {
            bail!("tasks.md is not UTF-8, and would not be published as it is");
        }
        let own = source.folder.path == format!(".kiro/specs/{}", spec.name);
        let name = if own { spec.name.clone() } else { source.folder.path.clone() };
        let drafts = Self { spec, name, folder: &source.folder.path, tasks, cited: cited(spec) };
        drafts.check()?;
        Ok(drafts)
    }

    /// Every issue must be found again: by a number that is its own.
    fn check(&self) -> anyhow::Result<()> {
        let mut seen = BTreeSet::new();
        for (_, task) in self.heads() {
            let Some(number) = &task.number else {
                bail!("the task `{}` has no number, so its issue could not be found again\nhint: number it in tasks.md", words::safe(&task.text));
            };
            if !seen.insert(number) {
                bail!("two tasks are called {}\nhint: `countersign spec check {}`", words::safe(number), words::safe(&self.spec.name));
            }
        }
        if seen.len() + 1 > MOST_ISSUES {
            bail!("it has {} tasks, and {} issues at most are published at once", seen.len(), MOST_ISSUES - 1);
        }
        Ok(())
    }

    /// Tasks that are no part of another.
    fn heads(&self) -> impl Iterator<Item = (usize, &'s Task)> {
        self.tasks.tasks.iter().enumerate().filter(|(_, task)| task.parent.is_none())
    }

    /// The issues for what is there, and the tasks that need none.
    fn set(&self, there: &Repository, at: &Where) -> anyhow::Result<(IssueSet, Vec<String>)> {
        let (mut issues, mut left_out) = (Vec::new(), Vec::new());
        for (index, task) in self.heads() {
            let number = task.number.as_deref().unwrap_or_default();
            let subject = format!("task {number}");
            let known = there.marked.get(&self.mark(&subject)?).copied();
            if known.is_none() && self.is_done(index) {
                left_out.push(number.to_owned());
                continue;
            }
            let title = cut(&format!("{} {number}: {}", self.spec.name, task.text));
            issues.push(self.issue(subject, known, title, &self.text(index, task), at)?);
        }
        if at.tracking {
            let subject = "all tasks".to_owned();
            let known = there.marked.get(&self.mark(&subject)?).copied();
            issues.push(self.issue(subject, known, cut(&format!("{}: all tasks", self.spec.name)), &self.all(there)?, at)?);
        }
        Ok((IssueSet { v: 1, spec: self.name.clone(), visibility: there.visibility.clone(), issues }, left_out))
    }

    fn issue(&self, subject: String, number: Option<u64>, title: String, text: &str, at: &Where) -> anyhow::Result<Issue> {
        let body = format!("{}\n{text}", self.mark(&subject)?);
        if body.chars().count() > MOST_BODY {
            bail!("the issue of {subject} would have more than {MOST_BODY} characters, which the host does not take");
        }
        Ok(Issue { subject, number, title, body, labels: at.label.clone() })
    }

    fn mark(&self, subject: &str) -> anyhow::Result<String> {
        let mark = IssueSet::mark(&self.name, subject);
        mark.with_context(|| format!("`{}` with `{}` cannot stand in the mark of an issue\nhint: no `--`, `<` or `>` in the name of a specification or a task", words::safe(&self.name), words::safe(subject)))
    }

    fn is_done(&self, index: usize) -> bool {
        self.family(index).iter().all(|at| self.tasks.tasks.get(*at).is_some_and(|task| task.state == State::Completed))
    }

    /// A task and all its parts, in the order of the file.
    fn family(&self, index: usize) -> Vec<usize> {
        let (mut all, mut open) = (Vec::new(), vec![index]);
        while let Some(at) = open.pop().filter(|_| all.len() < self.tasks.tasks.len()) {
            all.push(at);
            open.extend(self.tasks.tasks.get(at).into_iter().flat_map(|task| task.children.iter().rev().copied()));
        }
        all
    }

    fn text(&self, index: usize, task: &Task) -> String {
        let optional = if task.optional { " It may be left out." } else { "" };
        let mut text = format!("Task {} of specification `{}` (`{}/tasks.md`).{optional}\n", self.tasks.name(index), self.spec.name, self.folder);
        if !task.details.is_empty() {
            text.push('\n');
            task.details.iter().for_each(|detail| text.push_str(&format!("- {}\n", detail.text)));
        }
        if !task.children.is_empty() {
            text.push_str("\n## Parts\n\n");
            task.children.iter().for_each(|child| self.part(*child, 0, &mut text));
        }
        let cited = self.cited_by(index);
        if !cited.is_empty() {
            text.push_str("\n## Criteria\n");
            cited.iter().for_each(|(id, criterion)| text.push_str(&format!("\n> **{id}** {criterion}\n")));
        }
        if !task.depends.is_empty() {
            text.push_str(&format!("\nDepends on: {}\n", task.depends.join(", ")));
        }
        text
    }

    /// One part as a line with a box, its details and its own parts below it.
    fn part(&self, index: usize, depth: usize, text: &mut String) {
        let Some(task) = self.tasks.tasks.get(index).filter(|_| depth < 6) else { return };
        let (indent, mark) = ("  ".repeat(depth), boxed(task.state == State::Completed));
        text.push_str(&format!("{indent}- {mark} {}\n", named(task)));
        task.details.iter().for_each(|detail| text.push_str(&format!("{indent}  - {}\n", detail.text)));
        task.children.iter().for_each(|child| self.part(*child, depth + 1, text));
    }

    /// The criteria of a task and of its parts, each once.
    fn cited_by(&self, index: usize) -> Vec<&(String, String)> {
        let mut cited: Vec<&(String, String)> = Vec::new();
        for at in self.family(index) {
            for criterion in self.cited.get(self.tasks.name(at)).into_iter().flatten() {
                if !cited.contains(&criterion) {
                    cited.push(criterion);
                }
            }
        }
        cited
    }

    /// All tasks in a list; those with an issue by its number.
    fn all(&self, there: &Repository) -> anyhow::Result<String> {
        let mut text = format!("All tasks of specification `{}` (`{}/tasks.md`).\n\n", self.spec.name, self.folder);
        for (index, task) in self.heads() {
            let subject = format!("task {}", task.number.as_deref().unwrap_or_default());
            let number = there.marked.get(&self.mark(&subject)?).map(|number| format!(" (#{number})")).unwrap_or_default();
            text.push_str(&format!("- {} {}{number}\n", boxed(self.is_done(index)), named(task)));
        }
        Ok(text)
    }
}

fn boxed(done: bool) -> &'static str {
    if done { "[x]" } else { "[ ]" }
}

fn named(task: &Task) -> String {
    match &task.number {
        Some(number) => format!("{number} {}", task.text),
        None => task.text.clone(),
    }
}

/// What each task cites, as the trace reads it.
fn cited(spec: &Spec) -> BTreeMap<String, Vec<(String, String)>> {
    let mut cited: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for row in trace(spec, &Evidence::default()).requirements {
        for criterion in row.criteria {
            for task in &criterion.tasks {
                cited.entry(task.name.clone()).or_default().push((criterion.id.clone(), criterion.text.clone()));
            }
        }
    }
    cited
}

/// A title that the host takes, on one line.
fn cut(title: &str) -> String {
    let line = title.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(MOST_TITLE - 1) {
        Some((at, _)) if line.chars().count() > MOST_TITLE => format!("{}…", line.get(..at).unwrap_or_default()),
        _ => line,
    }
}
