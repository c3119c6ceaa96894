//! The hooks of one project, ready to run: which are due when something happens, and what each does.
//!
//! They are the person's, read when the session begins: what an agent writes into its copy runs for nobody (and the box lets it
//! write none). A hook with a finding, or whose matcher does not compile, is never due, and the person is told; where it was to
//! say yes before something, nobody says yes, and that is not done. Nothing here runs anything: a command goes through `act` like
//! every other intent.

use std::path::Path;

use regex::{Regex, RegexBuilder};
use serde_json::Value;
use spec::finding::{Finding, Severity};
use spec::hooks::{Action, Applies, Hook, Hooks as File, Trigger};

use crate::called::Called;
use crate::patterns::Patterns;
use crate::shown::{MOST, Shown};

const FOLDER: &str = ".kiro/hooks";
/// A compiled matcher may have this many bytes.
const LARGEST: usize = 1 << 20;

/// The hooks of one project.
#[derive(Debug, Default)]
pub(crate) struct Hooks {
    ready: Vec<Ready>,
    /// Hooks that were to say yes before something, and cannot.
    mute: Vec<Mute>,
    notes: Vec<String>,
}

/// A hook that cannot run, and before what it was to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mute {
    pub(crate) name: String,
    /// Its file.
    pub(crate) path: String,
    trigger: Trigger,
}

/// A hook that can run.
#[derive(Clone, Debug)]
pub(crate) struct Ready {
    pub(crate) name: String,
    pub(crate) trigger: Trigger,
    pub(crate) action: Action,
    pub(crate) seconds: u64,
    /// Whether a person is asked each time.
    pub(crate) confirm: bool,
    applies: Matcher,
}

#[derive(Clone, Debug)]
enum Matcher {
    All,
    Expression(Regex),
    Paths(Patterns),
    /// Kinds and names of tools; each is also tried as an expression on all of a name.
    Tools(Vec<Regex>),
}

/// What has happened, or is about to.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Occasion<'a> {
    /// One that is about nothing in particular.
    Plain(Trigger),
    /// A tool.
    Tool(Trigger, &'a Called),
    /// A file of the project.
    File(Trigger, &'a str),
}

impl Hooks {
    /// Reads the hooks of a project.
    pub(crate) fn read(shown: &Shown<'_>) -> Self {
        let mut hooks = Self::default();
        let names = shown.names(FOLDER, "");
        if shown.hides(FOLDER) {
            hooks.notes.push(format!("`{FOLDER}` leads out of the project; no hook in it is run"));
        }
        if names.len() == MOST {
            hooks.notes.push(format!("`{FOLDER}` has {MOST} files or more; hooks further on are not run"));
        }
        for name in names.into_iter().filter(|name| File::is_one(name)) {
            let path = format!("{FOLDER}/{name}");
            match shown.text(&path) {
                Some(text) => hooks.file(&path, &text),
                None => {
                    hooks.notes.push(format!("`{path}` is not read, and its hooks are not run: it is no text, too large, or leads where an agent may not look"));
                    hooks.mute.extend(Trigger::stopping().map(|trigger| Mute { name: action::visible(&path).into_owned(), path: path.clone(), trigger }));
                }
            }
        }
        hooks
    }

    fn file(&mut self, path: &str, text: &str) {
        let read = File::read(path, text);
        let grave: Vec<&Finding> = read.findings.iter().filter(|finding| finding.severity > Severity::Note).collect();
        self.notes.extend(grave.iter().map(|finding| format!("hook in `{path}`: {}; it is not run", finding.text)));
        let known = self.ready.len();
        for hook in read.hooks.into_iter().filter(|hook| hook.enabled) {
            let is_clean = grave.iter().all(|finding| finding.span.start < hook.span.start || finding.span.start >= hook.span.end);
            if is_clean {
                self.take(path, hook);
            }
        }
        let mut heard: Vec<(&str, Trigger)> = self.ready.get(known..).unwrap_or_default().iter().map(|ready| (ready.name.as_str(), ready.trigger)).collect();
        let mut mute = guards(text);
        // Each that runs speaks for one of its name.
        mute.retain(|(name, trigger)| match heard.iter().position(|(known, of)| *known == name && of == trigger) {
            Some(at) => {
                heard.swap_remove(at);
                false
            }
            None => true,
        });
        self.mute.extend(mute.into_iter().map(|(name, trigger)| Mute { name, path: path.to_owned(), trigger }));
    }

    fn take(&mut self, path: &str, hook: Hook) {
        match Matcher::of(&hook.applies) {
            Ok(applies) => {
                let Hook { name, trigger, action, seconds, confirm, .. } = hook;
                self.ready.push(Ready { name: action::visible(&name).into_owned(), trigger, action, seconds, confirm, applies });
            }
            Err(bad) => self.notes.push(format!("hook `{}` in `{path}`: its matcher `{}` does not compile and matches nothing; it is not run", hook.name, action::visible(&bad))),
        }
    }

    /// What is to be run now, in the order of the files.
    pub(crate) fn due(&self, occasion: Occasion<'_>) -> Vec<Ready> {
        self.ready.iter().filter(|hook| hook.trigger == occasion.trigger() && hook.applies.to(occasion)).cloned().collect()
    }

    /// The hook that nobody hears before this, where there is one.
    pub(crate) fn mute(&self, trigger: Trigger) -> Option<&Mute> {
        self.mute.iter().find(|mute| mute.trigger == trigger)
    }

    /// The hook that a person asks for by its name.
    pub(crate) fn named(&self, name: &str) -> Result<Ready, NoHook> {
        let found: Vec<&Ready> = self.ready.iter().filter(|hook| hook.trigger == Trigger::Manual && hook.name == name).collect();
        match found.as_slice() {
            [one] => Ok((*one).clone()),
            [] => Err(NoHook::Absent { name: name.to_owned() }),
            _ => Err(NoHook::Several { name: name.to_owned() }),
        }
    }

    /// What the person should know, once.
    pub(crate) fn take_notes(&mut self) -> Vec<String> {
        std::mem::take(&mut self.notes)
    }
}

/// A hook that can run, as a person is told of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HookLine {
    /// Its name.
    pub name: String,
    /// When it runs.
    pub trigger: &'static str,
    /// The command, or what it says to the agent.
    pub does: String,
    /// Whether it needs a model: it says something to an agent.
    pub needs_model: bool,
}

/// The hooks of a project that can run, and why others cannot.
pub fn hooks_of(root: &Path) -> (Vec<HookLine>, Vec<String>) {
    let hooks = Hooks::read(&Shown { root, closed: &[], kept_out: &|_| false });
    let line = |hook: &Ready| {
        let (does, needs_model) = match &hook.action {
            Action::Command(command) => (command.clone(), false),
            Action::Prompt(words) => (words.clone(), true),
        };
        HookLine { name: hook.name.clone(), trigger: hook.trigger.name(), does, needs_model }
    };
    (hooks.ready.iter().map(line).collect(), hooks.notes)
}

/// The part of a hook's matcher that does not compile, where one does not.
pub fn matcher_fault(applies: &Applies) -> Option<String> {
    Matcher::of(applies).err()
}

impl Occasion<'_> {
    pub(crate) fn trigger(self) -> Trigger {
        match self {
            Self::Plain(trigger) | Self::Tool(trigger, _) | Self::File(trigger, _) => trigger,
        }
    }
}

impl Matcher {
    fn of(applies: &Applies) -> Result<Self, String> {
        match applies {
            Applies::All => Ok(Self::All),
            Applies::Matching(text) if text == "*" => Ok(Self::All),
            Applies::Matching(text) => expression(text).map(Self::Expression),
            Applies::Paths(patterns) => match Patterns::of(patterns) {
                (patterns, bad) if bad.is_empty() => Ok(Self::Paths(patterns)),
                (_, bad) => Err(bad.join(", ")),
            },
            Applies::Tools(tools) if tools.iter().any(|tool| tool == "*") => Ok(Self::All),
            Applies::Tools(tools) => tools.iter().map(|tool| expression(&format!("^(?:{tool})$"))).collect::<Result<_, _>>().map(Self::Tools),
        }
    }

    fn to(&self, occasion: Occasion<'_>) -> bool {
        match (self, occasion) {
            (Self::All, _) => true,
            (Self::Expression(wanted), Occasion::Tool(_, call)) => call.names().iter().any(|name| wanted.is_match(name)),
            (Self::Expression(wanted), Occasion::File(_, path)) => wanted.is_match(path),
            (Self::Paths(patterns), Occasion::File(_, path)) => patterns.matches(path),
            (Self::Tools(wanted), Occasion::Tool(_, call)) => call.names().iter().any(|name| wanted.iter().any(|wanted| wanted.is_match(name))),
            // What limits something else says nothing here.
            (Self::Expression(_) | Self::Paths(_) | Self::Tools(_), Occasion::Plain(_)) => true,
            (Self::Paths(_), Occasion::Tool(..)) | (Self::Tools(_), Occasion::File(..)) => false,
        }
    }
}

fn expression(text: &str) -> Result<Regex, String> {
    RegexBuilder::new(text).size_limit(LARGEST).dfa_size_limit(LARGEST).nest_limit(64).build().map_err(|_| text.to_owned())
}

/// The hooks of a file that are to say yes before something, however little else of them is understood: by name and trigger. Of a
/// file that is no JSON, each trigger that it names.
fn guards(text: &str) -> Vec<(String, Trigger)> {
    let Ok(file) = serde_json::from_str::<Value>(text.trim_start_matches('\u{feff}')) else {
        let named = |trigger: &Trigger| trigger.names().any(|name| text.contains(name));
        return Trigger::stopping().filter(named).map(|trigger| (String::new(), trigger)).collect();
    };
    let alone = [file.clone()];
    let hooks = file.get("hooks").and_then(Value::as_array).map_or(alone.as_slice(), Vec::as_slice);
    hooks.iter().filter(|hook| hook.get("enabled") != Some(&Value::Bool(false))).flat_map(guard).collect()
}

/// One hook, in whatever form: also with several triggers, or as a list below the name of its trigger.
fn guard(hook: &Value) -> Vec<(String, Trigger)> {
    let name = hook.get("name").and_then(Value::as_str).unwrap_or_default();
    let said = [hook.get("trigger"), hook.get("triggers"), hook.get("event"), hook.get("when").and_then(|when| when.get("type"))];
    let words = said.into_iter().flatten().flat_map(|said| match said {
        Value::Array(words) => words.iter().filter_map(Value::as_str).collect::<Vec<_>>(),
        other => other.as_str().into_iter().collect(),
    });
    let below = hook.get("hooks").and_then(Value::as_object).into_iter().flatten().map(|(key, _)| key.as_str());
    let stopping = words.chain(below).filter_map(Trigger::named).filter(|trigger| trigger.can_stop());
    stopping.map(|trigger| (action::visible(name).into_owned(), trigger)).collect()
}

/// Why a hook that was asked for is not run. Nothing happened.
#[derive(Debug, thiserror::Error)]
pub enum NoHook {
    /// There is none that could run.
    #[error("there is no hook `{name}` that a person can start; `countersign hook list` says what there is")]
    Absent {
        /// What was asked for.
        name: String,
    },
    /// There are several.
    #[error("several hooks are called `{name}`")]
    Several {
        /// What was asked for.
        name: String,
    },
}

#[cfg(test)]
mod tests;
