//! Which variables a piece of a text may set. A superset: where it cannot be told, all of them.

use std::collections::BTreeSet;

use super::parse::is_name;
use super::scope::Scope;
use super::syntax::{Command, List, Operation, Part, Shape, Word};

/// Names, or all names.
#[derive(Debug, Default)]
pub(super) struct Names {
    all: bool,
    names: BTreeSet<String>,
}

impl Names {
    /// What the lists set when they run in this scope.
    pub(super) fn set_by(lists: &[&List], scope: &Scope) -> Self {
        let mut names = Self::default();
        for list in lists {
            names.list(list, scope);
        }
        names
    }

    /// What a command sets: a function's body.
    pub(super) fn set_by_command(command: &Command, scope: &Scope) -> Self {
        let mut names = Self::default();
        names.command(command, scope);
        names
    }

    /// Every name that stands in an arithmetic expression: any of them may be assigned there.
    pub(super) fn in_arithmetic(word: &Word) -> Self {
        let mut names = Self::default();
        names.word(word);
        names
    }

    /// Every name in a word that may be evaluated as arithmetic, if it holds anything that assigns.
    pub(super) fn evaluated(word: &Word) -> Self {
        let mut names = Self::default();
        for text in word.parts.iter().filter_map(written).filter(|t| t.contains('=') || t.contains("++") || t.contains("--")) {
            names.in_text(text);
        }
        names
    }

    pub(super) fn forget(&self, scope: &mut Scope) {
        if self.all {
            scope.forget_all();
        }
        for name in &self.names {
            scope.forget(name);
        }
    }

    /// Whether functions, arguments or options of the shell may change too.
    pub(super) fn are_all(&self) -> bool {
        self.all
    }

    fn list(&mut self, list: &List, scope: &Scope) {
        let pipelines = list.iter().flat_map(|item| std::iter::once(&item.first).chain(item.rest.iter().map(|(_, p)| p)));
        for command in pipelines.flat_map(|p| &p.stages) {
            self.command(command, scope);
        }
    }

    fn command(&mut self, command: &Command, scope: &Scope) {
        for redirect in &command.redirects {
            self.word(&redirect.target);
        }
        match &command.shape {
            Shape::Simple { assignments, words } => {
                for assignment in assignments {
                    self.names.insert(assignment.name.clone());
                    self.word(&assignment.value);
                }
                self.simple(words, scope);
            }
            Shape::Group(list) => self.list(list, scope),
            Shape::Subshell(_) => {}
            Shape::If(arms) => {
                for (condition, body) in arms {
                    self.list(condition, scope);
                    self.list(body, scope);
                }
            }
            Shape::While { condition, body } => {
                self.list(condition, scope);
                self.list(body, scope);
            }
            Shape::For { name, words, body } => {
                self.names.insert(name.clone());
                words.iter().flatten().for_each(|w| self.word(w));
                self.list(body, scope);
            }
            Shape::Count { expression, body } => {
                self.word(expression);
                self.list(body, scope);
            }
            Shape::Case { subject, arms } => {
                self.word(subject);
                arms.iter().for_each(|(_, body)| self.list(body, scope));
            }
            // Calling it sets whatever its body sets; a loop that defines and calls one is not worth following.
            Shape::Function { .. } => self.all = true,
            Shape::Test(words) => {
                for word in words {
                    self.word(word);
                    self.names.extend(Self::evaluated(word).names);
                }
            }
        }
    }

    fn simple(&mut self, words: &[Word], scope: &Scope) {
        words.iter().for_each(|w| self.word(w));
        let Some((first, arguments)) = words.split_first() else { return };
        match first.plain() {
            None => self.all = true,
            Some("eval" | "source" | "." | "command" | "builtin" | "let" | "trap" | "unset" | "exec" | "set" | "shift") => self.all = true,
            Some(name) if scope.has_function(name) => self.all = true,
            Some(
                "read" | "mapfile" | "readarray" | "getopts" | "printf" | "export" | "declare" | "typeset" | "local" | "readonly" | "wait",
            ) => arguments.iter().for_each(|w| self.argument(w)),
            Some(_) => {}
        }
    }

    /// `name` or `name=…` as an argument of a builtin.
    fn argument(&mut self, word: &Word) {
        match word.parts.first() {
            Some(Part::Plain(text)) => {
                let name = text.split(['=', '[', '+']).next().unwrap_or_default();
                if is_name(name) {
                    self.names.insert(name.to_owned());
                } else if word.parts.len() > 1 && !text.starts_with('-') {
                    self.all = true;
                }
            }
            Some(Part::Quoted(text)) if !is_name(text) && word.parts.len() == 1 => {} // a format, a prompt
            None => {}
            Some(_) => self.all = true,
        }
    }

    fn in_text(&mut self, text: &str) {
        let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        self.names.extend(words.filter(|w| is_name(w)).map(str::to_owned));
    }

    fn word(&mut self, word: &Word) {
        for part in &word.parts {
            match part {
                Part::Arithmetic { inside, .. } => {
                    inside.parts.iter().filter_map(written).for_each(|text| self.in_text(text));
                    self.word(inside);
                }
                Part::Parameter(parameter) => match &parameter.operation {
                    Operation::Assign(value) => {
                        self.names.insert(parameter.name.clone());
                        self.word(value);
                    }
                    Operation::Default(word) => self.word(word),
                    Operation::Other(word) => {
                        self.word(word);
                        self.names.extend(Self::evaluated(word).names);
                    }
                    Operation::Plain => {}
                },
                Part::Array(words) => words.iter().for_each(|w| self.word(w)),
                Part::Plain(_) | Part::Quoted(_) | Part::Substitution { .. } | Part::Process(_) => {}
            }
        }
    }
}

fn written(part: &Part) -> Option<&str> {
    match part {
        Part::Plain(text) | Part::Quoted(text) => Some(text),
        _ => None,
    }
}
