//! Lists, pipelines, branches and loops: which commands may run, in which state. Every branch is taken; a loop's body is
//! read with what it changes unknown, so that one reading stands for every round.

use action::Verb;

use super::Reader;
use super::expand::{LONGEST_WORD, MOST_WORDS, Text};
use super::names::Names;
use super::parse::{Dialect, is_name};
use super::scope::{Scope, Value};
use super::syntax::{AndOr, Assignment, Command, Join, List, Part, Pipeline, Redirect, Shape, Way, Word};
use crate::place::{Place, Touch};

/// A loop over more words than this is read once, with its variable unknown.
const MOST_ROUNDS: usize = 32;

/// What a command reads on its standard input.
#[derive(Clone, Debug, Default)]
pub(crate) enum Input {
    /// Whatever the shell has: nothing that the text says.
    #[default]
    Inherited,
    /// This text.
    Text(String),
    /// A pipe or file whose content is not known.
    Unknown,
}

impl Input {
    /// The same for several commands: nobody knows which of them reads what.
    fn shared(&self) -> &Self {
        match self {
            Self::Inherited => self,
            Self::Text(_) | Self::Unknown => &Self::Unknown,
        }
    }
}

impl Reader<'_> {
    /// Runs a list. Returns what it surely prints: where one command is all of it.
    pub(super) fn list(&mut self, list: &List, scope: &mut Scope) -> Option<String> {
        self.list_from(list, scope, &Input::Inherited)
    }

    pub(super) fn list_from(&mut self, list: &List, scope: &mut Scope, input: &Input) -> Option<String> {
        let mut printed = None;
        let input = if list.len() == 1 { input } else { input.shared() };
        for item in list {
            if self.budget.spent {
                return None;
            }
            printed = match item.background {
                true => self.and_or(item, &mut scope.clone(), input),
                false => self.and_or(item, scope, input),
            };
        }
        printed.filter(|_| list.len() == 1)
    }

    /// A subshell: what it changes of the shell ends with it.
    pub(super) fn apart(&mut self, list: &List, scope: &Scope) -> Option<String> {
        self.deeper(|reader| reader.list(list, &mut scope.clone())).flatten()
    }

    /// What a substitution surely leaves.
    pub(super) fn substituted(&mut self, list: &List, scope: &Scope) -> Option<String> {
        self.apart(list, scope).map(|text| text.trim_end_matches('\n').to_owned())
    }

    /// `&&` and `||` bind alike, from the left: what follows runs in every state that the chain may have reached.
    fn and_or(&mut self, item: &AndOr, scope: &mut Scope, input: &Input) -> Option<String> {
        if item.rest.is_empty() {
            return self.pipeline(&item.first, scope, input);
        }
        let (mut done, mut failed) = self.outcomes(&item.first, scope, input.shared());
        for (join, pipeline) in &item.rest {
            match join {
                Join::IfDone => {
                    let (then_done, then_failed) = self.outcomes(pipeline, &done, input.shared());
                    (done, failed) = (then_done, failed.or(then_failed));
                }
                Join::IfFailed => {
                    let (then_done, then_failed) = self.outcomes(pipeline, &failed, input.shared());
                    (done, failed) = (done.or(then_done), then_failed);
                }
            }
        }
        // In the box a directory that a chain leads to is taken to be reached; outside both are possible.
        let failed = if self.ground.place == Place::Boxed && !done.ended { failed.beside(&done) } else { failed };
        *scope = done.or(failed);
        None
    }

    /// The states after a pipeline that worked, and after one that did not.
    fn outcomes(&mut self, pipeline: &Pipeline, before: &Scope, input: &Input) -> (Scope, Scope) {
        let mut done = before.clone();
        self.pipeline(pipeline, &mut done, input);
        if !plain_cd(pipeline) {
            return (done.clone(), done);
        }
        done.arrived();
        (done, before.clone())
    }

    fn pipeline(&mut self, pipeline: &Pipeline, scope: &mut Scope, input: &Input) -> Option<String> {
        if let [only] = pipeline.stages.as_slice() {
            return self.command(only, scope, input);
        }
        let mut input = input.clone();
        let mut printed = None;
        for stage in &pipeline.stages {
            printed = self.command(stage, &mut scope.clone(), &input);
            let known = printed.clone().filter(|text| self.affords_characters(text.len()));
            input = known.map_or(Input::Unknown, Input::Text);
        }
        printed
    }

    /// One command with its redirections.
    pub(super) fn command(&mut self, command: &Command, scope: &mut Scope, input: &Input) -> Option<String> {
        if self.budget.spent {
            return None;
        }
        self.deeper(|reader| reader.placed(command.span, |reader| reader.command_here(command, scope, input))).flatten()
    }

    fn command_here(&mut self, command: &Command, scope: &mut Scope, input: &Input) -> Option<String> {
        let mut input = input.clone();
        let (mut elsewhere, mut fed) = (false, false);
        // Bash expands a simple command's words before its redirections; the order matters to nothing that is read here.
        for redirect in &command.redirects {
            match self.placed(redirect.span, |reader| reader.redirect(redirect, scope)) {
                // Zsh reads one after the other.
                Some(_) if fed && scope.dialect == Dialect::Zsh => input = Input::Unknown,
                Some(from) => (input, fed) = (from, true),
                None => elsewhere = true,
            }
        }
        let printed = match &command.shape {
            Shape::Simple { assignments, words } => self.simple(assignments, words, scope, &input),
            Shape::Group(list) => self.list_from(list, scope, &input),
            Shape::Subshell(list) => self.list_from(list, &mut scope.clone(), &input),
            Shape::If(arms) => self.branches(arms, scope),
            Shape::While { condition, body } => self.rounds(scope, &input, &[condition, body], |reader, scope, input| {
                reader.list_from(condition, scope, input);
                reader.list_from(body, scope, input);
            }),
            Shape::For { name, words, body } => self.for_each(name, words.as_deref(), body, scope, &input),
            Shape::Count { expression, body } => {
                self.flat(expression, scope);
                Names::in_arithmetic(expression).forget(scope);
                self.rounds(scope, &input, &[body], |reader, scope, input| {
                    reader.list_from(body, scope, input);
                })
            }
            Shape::Case { subject, arms } => self.case(subject, arms, scope),
            Shape::Function { name, body } => {
                self.define(name, body, scope);
                None
            }
            Shape::Test(words) => {
                self.spend();
                for word in words {
                    self.flat(word, scope);
                    self.suspect_arithmetic(word);
                    Names::in_arithmetic(word).forget(scope);
                    Names::evaluated(word).forget(scope);
                }
                None
            }
        };
        printed.filter(|_| !elsewhere)
    }

    /// Where a descriptor goes. Returns the new input, or nothing when output goes elsewhere.
    fn redirect(&mut self, redirect: &Redirect, scope: &mut Scope) -> Option<Input> {
        let target = match redirect.way {
            Way::Text => {
                let text = self.flat(&redirect.target, scope);
                return Some(text.exact().map_or(Input::Unknown, |t| Input::Text(t.to_owned())));
            }
            _ => self.expand(&redirect.target, scope),
        };
        // Bash refuses several words here; a hole may still be one.
        for word in &target {
            if redirect.way == Way::Duplicate && word.exact().is_some_and(|t| t.trim_end_matches('-').bytes().all(|b| b.is_ascii_digit())) {
                return None;
            }
            if self.socket(word) {
                continue;
            }
            if matches!(redirect.way, Way::From | Way::Both) {
                self.touch(Touch::new(Verb::Read), word, scope);
            }
            if matches!(redirect.way, Way::To | Way::Both | Way::Duplicate) {
                self.touch(Touch::new(Verb::Update), word, scope);
            }
        }
        let text = match target.as_slice() {
            [file] if redirect.way == Way::From => self.text_of(file, scope),
            _ => None,
        };
        matches!(redirect.way, Way::From | Way::Both).then(|| text.map_or(Input::Unknown, Input::Text))
    }

    fn simple(&mut self, assignments: &[Assignment], words: &[Word], scope: &mut Scope, input: &Input) -> Option<String> {
        let argv = match words.first().and_then(Word::plain) {
            Some("export" | "declare" | "typeset" | "local" | "readonly") if scope.dialect != Dialect::Sh => self.declared(words, scope),
            _ => self.expand_all(words, scope),
        };
        if argv.is_empty() {
            for assignment in assignments {
                self.assign(assignment, scope, false);
            }
            self.spend();
            return None;
        }
        for assignment in assignments {
            self.assign(assignment, scope, true);
        }
        let printed = self.invoke(&argv, scope, input);
        for assignment in assignments {
            scope.forget(&assignment.name);
        }
        printed
    }

    fn define(&mut self, name: &str, body: &std::rc::Rc<Command>, scope: &mut Scope) {
        if !self.spend() || !self.affords_function(scope.functions()) {
            return;
        }
        scope.define(name, std::rc::Rc::clone(body));
        let hooks: &[&str] = match scope.dialect {
            Dialect::Zsh => &["chpwd", "precmd", "preexec", "zshexit", "periodic", "zshaddhistory", "command_not_found_handler"],
            Dialect::Bash | Dialect::Sh => &["command_not_found_handle"],
        };
        // Called without being named, some time, from anywhere.
        if hooks.contains(&name) || (scope.dialect == Dialect::Zsh && name.starts_with("TRAP")) {
            let mut state = scope.clone();
            state.forget_all();
            state.lost();
            self.elsewhere(|reader| reader.command(body, &mut state, &Input::Unknown));
        }
    }

    /// The words of a declaration: what looks like an assignment is not split.
    fn declared(&mut self, words: &[Word], scope: &mut Scope) -> Vec<Text> {
        let mut argv = Vec::new();
        for word in words {
            let assigns = match word.parts.first() {
                Some(Part::Plain(text)) => text.split_once('=').is_some_and(|(name, _)| is_name(name.trim_end_matches('+'))),
                _ => false,
            };
            match assigns {
                true => argv.push(self.flat(word, scope)),
                false => argv.extend(self.expand(word, scope)),
            }
        }
        argv
    }

    pub(super) fn assign(&mut self, assignment: &Assignment, scope: &mut Scope, export: bool) {
        let Assignment { name, index, append, value } = assignment;
        if let Some(index) = index {
            self.flat(index, scope);
            self.suspect_arithmetic(index);
            Names::evaluated(index).forget(scope);
        }
        let value = match value.parts.as_slice() {
            [Part::Array(words)] => {
                // `([3]=x)`: the order is not that of the words.
                let placed = |w: &Word| matches!(w.parts.first(), Some(Part::Plain(text)) if text.starts_with('['));
                let by_index = words.iter().any(placed);
                let words = self.expand_all(words, scope);
                let exact: Option<Vec<String>> = words.iter().map(|w| w.exact().map(str::to_owned)).collect();
                exact.filter(|items| !by_index && items.len() <= MOST_WORDS).map_or(Value::Unknown, Value::List)
            }
            _ => self.flat(value, scope).exact().map_or(Value::Unknown, |t| Value::Text(t.to_owned())),
        };
        if let Value::Text(text) = &value {
            self.suspect_value(text);
            self.may_assign(text);
        }
        let value = match (append, index, value, scope.get(name)) {
            (_, Some(_), _, _) => Value::Unknown,
            // Of an array, only the first element.
            (false, None, Value::Text(first), Value::List(items)) if scope.dialect != Dialect::Zsh => {
                Value::List(std::iter::once(first).chain(items.into_iter().skip(1)).collect())
            }
            (false, None, value, _) => value,
            (true, None, Value::Text(more), Value::Text(text)) if text.len() <= LONGEST_WORD => Value::Text(text + &more),
            (true, None, Value::List(more), Value::List(items)) if items.len() <= MOST_WORDS => Value::List([items, more].concat()),
            (true, None, _, _) => Value::Unknown,
        };
        self.poison_with(name, if let Value::Text(text) = &value { Some(text) } else { None });
        scope.set(name, value, export);
    }

    fn branches(&mut self, arms: &[(List, List)], scope: &mut Scope) -> Option<String> {
        let mut exits: Option<Scope> = None;
        let mut otherwise = false;
        for (condition, body) in arms {
            otherwise |= condition.is_empty();
            self.list(condition, scope);
            let mut taken = scope.clone();
            self.list(body, &mut taken);
            exits = Some(exits.take().map_or_else(|| taken.clone(), |e| e.or(taken.clone())));
        }
        *scope = match (exits, otherwise) {
            (Some(exits), true) => exits,
            (Some(exits), false) => scope.clone().or(exits),
            (None, _) => scope.clone(),
        };
        None
    }

    fn case(&mut self, subject: &Word, arms: &[(Vec<Word>, List)], scope: &mut Scope) -> Option<String> {
        self.flat(subject, scope);
        let mut exits = scope.clone();
        for (patterns, body) in arms {
            for pattern in patterns {
                self.flat(pattern, scope);
            }
            // `;&` falls through: an arm may start in the state that the one before left.
            let mut taken = exits.clone();
            self.list(body, &mut taken);
            exits = exits.or(taken);
        }
        *scope = exits;
        None
    }

    /// A loop whose number of rounds is not known: what it sets is unknown from the first round on.
    fn rounds(
        &mut self,
        scope: &mut Scope,
        input: &Input,
        lists: &[&List],
        mut round: impl FnMut(&mut Self, &mut Scope, &Input),
    ) -> Option<String> {
        let before = scope.clone();
        let set = Names::set_by(lists, scope);
        set.forget(scope);
        round(self, scope, input.shared());
        // Once more with what a round defined, and from where a `cd` led, until that leads nowhere new.
        for more in 0..3 {
            let mut again = scope.clone().or(before.clone());
            if again.is_where(&before) && (more > 0 || !set.are_all()) {
                break;
            }
            if more == 2 {
                again.lost();
            }
            set.forget(&mut again);
            round(self, &mut again, input.shared());
            let settled = again.is_where(scope) && more > 0;
            *scope = again;
            if settled {
                break;
            }
        }
        scope.ended = false;
        *scope = before.or(scope.clone());
        set.forget(scope);
        None
    }

    fn for_each(&mut self, name: &str, words: Option<&[Word]>, body: &List, scope: &mut Scope, input: &Input) -> Option<String> {
        let values = match words {
            Some(words) => self.expand_all(words, scope),
            None => vec![Text::unknown("$@")],
        };
        let exact: Option<Vec<String>> = values.iter().map(|v| v.exact().map(str::to_owned)).collect();
        let exact = exact.filter(|values| values.len() <= MOST_ROUNDS);
        self.poison(name);
        self.rounds(scope, input, &[body], |reader, scope, input| match &exact {
            Some(values) => {
                for value in values {
                    scope.set(name, Value::Text(value.clone()), false);
                    reader.list_from(body, scope, input);
                }
            }
            None => {
                scope.set(name, Value::Unknown, false);
                reader.list_from(body, scope, input);
            }
        });
        scope.forget(name);
        None
    }
}

fn plain_cd(pipeline: &Pipeline) -> bool {
    match pipeline.stages.as_slice() {
        [Command { shape: Shape::Simple { words, .. }, .. }] => {
            words.first().and_then(Word::plain).is_some_and(|w| w == "cd" || w == "pushd")
        }
        _ => false,
    }
}
