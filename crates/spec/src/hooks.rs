//! Hooks: what a project asks to be done when something happens. Two forms on disk, the new `{"version": "v1", "hooks": […]}`
//! and the old `{"when": …, "then": …}`.
//!
//! Only a hook that is wholly understood is given out: one with an error, or with a key that might have limited it, is a
//! finding and never runs. Nothing here runs anything or compiles a matcher; a matcher that does not compile matches nothing.

mod old;
mod v1;

use crate::finding::{Finding, Severity};
use crate::text::Span;
use crate::tree::{self, Entry, Node};

/// One hook file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Hooks {
    /// The hooks that are wholly understood, also those that are switched off.
    pub hooks: Vec<Hook>,
    /// What is wrong with the file.
    pub findings: Vec<Finding>,
}

/// One hook.
#[derive(Clone, Debug, PartialEq)]
pub struct Hook {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// When it runs.
    pub trigger: Trigger,
    /// For what it runs.
    pub applies: Applies,
    /// What it does.
    pub action: Action,
    /// How long it may take, in seconds.
    pub seconds: u64,
    /// Whether it is switched on.
    pub enabled: bool,
    /// Whether a person is asked each time.
    pub confirm: bool,
    /// Where it is in the file.
    pub span: Span,
}

/// When a hook runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trigger {
    /// A session begins.
    SessionStarted,
    /// A person sent a prompt.
    PromptSubmitted,
    /// A tool is about to be used.
    BeforeTool,
    /// A tool was used.
    AfterTool,
    /// The agent has done its turn.
    AgentStopped,
    /// A file was saved.
    FileSaved,
    /// A file was made.
    FileCreated,
    /// A file was deleted.
    FileDeleted,
    /// A task of a specification is about to be begun.
    BeforeTask,
    /// A task was done.
    AfterTask,
    /// A person asks for it.
    Manual,
}

/// For what a hook runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Applies {
    /// For everything that its trigger is about.
    All,
    /// A regular expression, on a tool's name or a path.
    Matching(String),
    /// Patterns of paths.
    Paths(Vec<String>),
    /// Kinds of tools: `read`, `write`, `shell`, `@server/.*`.
    Tools(Vec<String>),
}

/// What a hook does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Runs a command.
    Command(String),
    /// Says something to the agent.
    Prompt(String),
}

/// How long a hook may take when it does not say.
pub const SECONDS: u64 = 60;
/// How long it may take at most.
pub const MOST_SECONDS: u64 = 3600;

const TRIGGERS: [(Trigger, &str, &str); 11] = [
    (Trigger::SessionStarted, "SessionStart", ""),
    (Trigger::PromptSubmitted, "UserPromptSubmit", "promptSubmit"),
    (Trigger::BeforeTool, "PreToolUse", "preToolUse"),
    (Trigger::AfterTool, "PostToolUse", "postToolUse"),
    (Trigger::AgentStopped, "Stop", "agentStop"),
    (Trigger::FileSaved, "PostFileSave", "fileEdited"),
    (Trigger::FileCreated, "PostFileCreate", "fileCreated"),
    (Trigger::FileDeleted, "PostFileDelete", "fileDeleted"),
    (Trigger::BeforeTask, "PreTaskExec", "preTaskExecution"),
    (Trigger::AfterTask, "PostTaskExec", "postTaskExecution"),
    (Trigger::Manual, "Manual", "userTriggered"),
];

impl Hooks {
    /// Whether a file of `.kiro/hooks` is one, by its name.
    pub fn is_one(name: &str) -> bool {
        name.ends_with(".json") || name.ends_with(".kiro.hook")
    }

    /// Reads a hook file. `file` is its name in findings.
    pub fn read(file: &str, text: &str) -> Self {
        let mark = text.len() - text.trim_start_matches('\u{feff}').len();
        let mut hooks = Self::default();
        let root = match tree::json(text.get(mark..).unwrap_or_default(), mark) {
            Ok(root) => root,
            Err(why) => {
                hooks.findings.push(Finding::error("hook-form", file, why.span.clone(), format!("the file cannot be read: {why}")));
                return hooks;
            }
        };
        if root.get("when").is_some() || root.get("then").is_some() {
            hooks.take(old::read(file, &root));
        } else if root.get("hooks").is_some() {
            v1::read(file, &root).into_iter().for_each(|one| hooks.take(one));
        } else {
            let seen = ["trigger", "triggers", "action", "actions", "event", "events"].into_iter().find(|key| root.get(key).is_some());
            let text = seen.map_or_else(|| "this is no hook".to_owned(), |key| format!("this is no hook: nothing reads `{key}` here"));
            let hint = "write `{\"version\": \"v1\", \"hooks\": [{\"name\", \"trigger\", \"action\"}]}`";
            hooks.findings.push(Finding::error("hook-shape", file, root.span.clone(), text).hinted(hint));
        }
        hooks
    }

    fn take(&mut self, reading: Reading) {
        self.findings.extend(reading.findings);
        self.hooks.extend(reading.hook);
    }
}

impl Trigger {
    /// Whether a hook can stop what it runs before.
    pub fn can_stop(self) -> bool {
        matches!(self, Self::BeforeTool | Self::BeforeTask | Self::PromptSubmitted)
    }

    /// The one with this name, in either form.
    pub fn named(word: &str) -> Option<Self> {
        TRIGGERS.iter().find(|(_, new, former)| *new == word || !former.is_empty() && *former == word).map(|(trigger, _, _)| *trigger)
    }

    /// All of those whose hooks can stop what they run before.
    pub fn stopping() -> impl Iterator<Item = Self> {
        TRIGGERS.iter().map(|(trigger, _, _)| *trigger).filter(|trigger| trigger.can_stop())
    }

    /// Its names, in the new form and in the old one where it has one there.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        let names = TRIGGERS.iter().filter(move |(trigger, _, _)| *trigger == self).flat_map(|(_, new, former)| [*new, *former]);
        names.filter(|name| !name.is_empty())
    }

    /// Its name in the new form.
    pub fn name(self) -> &'static str {
        TRIGGERS.iter().find(|(trigger, _, _)| *trigger == self).map_or("", |(_, name, _)| name)
    }

    fn is_about_files(self) -> bool {
        matches!(self, Self::FileSaved | Self::FileCreated | Self::FileDeleted)
    }

    fn is_about_tools(self) -> bool {
        matches!(self, Self::BeforeTool | Self::AfterTool)
    }
}

/// One hook while it is read.
struct Reading {
    hook: Option<Hook>,
    findings: Vec<Finding>,
}

/// Collects what is wrong with one hook.
struct Reader<'f> {
    file: &'f str,
    findings: Vec<Finding>,
}

impl Reader<'_> {
    fn error(&mut self, rule: &'static str, span: &Span, text: impl Into<String>, hint: impl Into<String>) {
        self.findings.push(Finding::error(rule, self.file, span.clone(), text).hinted(hint));
    }

    fn warning(&mut self, rule: &'static str, span: &Span, text: impl Into<String>, hint: impl Into<String>) {
        self.findings.push(Finding::warning(rule, self.file, span.clone(), text).hinted(hint));
    }

    /// Ends the reading: a hook with an error is none.
    fn end(self, hook: Option<Hook>) -> Reading {
        let is_whole = self.findings.iter().all(|finding| finding.severity < Severity::Error);
        Reading { hook: hook.filter(|_| is_whole), findings: self.findings }
    }

    /// Keys that nobody knows, and that might have limited the hook.
    fn unknown(&mut self, node: &Node, keys: &[&str]) {
        let unknown: Vec<&Entry> = node.entries().iter().filter(|entry| !keys.contains(&entry.key.as_str())).collect();
        for entry in unknown {
            let hint = format!("keys here are {}", keys.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", "));
            self.error("hook-key", &entry.at, format!("`{}` is no key here, and the hook is not run", entry.key), hint);
        }
    }

    /// A text that must be there.
    fn needed(&mut self, node: &Node, key: &str) -> Option<String> {
        let text = self.optional(node, key).filter(|text| !text.trim().is_empty());
        if text.is_none() && node.get(key).is_none_or(|value| value.text().is_some()) {
            self.error("hook-key", &node.span, format!("there is no `{key}`"), format!("write `\"{key}\": …`"));
        }
        text
    }

    fn optional(&mut self, node: &Node, key: &str) -> Option<String> {
        let value = node.get(key)?;
        if value.text().is_none() {
            self.error("hook-key", &value.span, format!("`{key}` is {}, not text", value.kind()), "write text in quotes");
        }
        value.text().map(str::to_owned)
    }

    fn flag(&mut self, node: &Node, key: &str) -> Option<bool> {
        let value = node.get(key)?;
        if value.flag().is_none() {
            self.error("hook-key", &value.span, format!("`{key}` is neither true nor false"), "write `true` or `false` without quotes");
        }
        value.flag()
    }

    fn seconds(&mut self, node: &Node) -> u64 {
        let Some(value) = node.get("timeout") else { return SECONDS };
        let whole = value.text().filter(|_| value.number().is_some()).and_then(|text| text.parse::<u64>().ok());
        let seconds = whole.filter(|seconds| (1..=MOST_SECONDS).contains(seconds));
        if seconds.is_none() {
            self.error("hook-timeout", &value.span, format!("`timeout` is not a number of seconds from 1 to {MOST_SECONDS}"), "write whole seconds");
        }
        seconds.unwrap_or(SECONDS)
    }

    /// The texts of a list.
    fn texts(&mut self, node: &Node, key: &str) -> Option<Vec<String>> {
        let value = node.get(key)?;
        let texts: Option<Vec<String>> = value.list().map(|items| items.iter().filter_map(|item| item.text().map(str::to_owned)).collect());
        let is_whole = texts.as_ref().is_some_and(|texts| !texts.is_empty() && Some(texts.len()) == value.list().map(<[Node]>::len));
        if !is_whole {
            self.error("hook-key", &value.span, format!("`{key}` is not a list of texts"), format!("write `\"{key}\": [\"…\"]`"));
        }
        texts.filter(|_| is_whole)
    }

    fn command(&mut self, node: &Node) -> Option<String> {
        let command = self.needed(node, "command")?;
        let span = node.get("command").map_or(node.span.clone(), |value| value.span.clone());
        if ["/home/", "/Users/", ":\\"].iter().any(|place| command.contains(place)) {
            self.warning("hook-path", &span, "the command names a path of one machine", "write it from the project's root");
        }
        Some(command)
    }

    fn trigger(&mut self, node: &Node, key: &str, old: bool) -> Option<Trigger> {
        let said = self.needed(node, key)?;
        let name = |new: &'static str, former: &'static str| if old { former } else { new };
        let found = TRIGGERS.iter().find(|(_, new, former)| name(new, former) == said).map(|(trigger, _, _)| *trigger);
        if found.is_none() {
            let span = node.get(key).map_or(node.span.clone(), |value| value.span.clone());
            let names: Vec<&str> = TRIGGERS.iter().map(|(_, new, former)| name(new, former)).filter(|name| !name.is_empty()).collect();
            let other = TRIGGERS.iter().find(|(_, new, former)| name(former, new) == said).map(|(_, new, former)| name(new, former));
            let hint = other.filter(|name| !name.is_empty()).map_or_else(|| format!("triggers are {}", names.join(", ")), |name| format!("write `{name}` in this form"));
            self.error("hook-trigger", &span, format!("nothing triggers `{said}`"), hint);
        }
        found
    }
}

#[cfg(test)]
mod tests;
