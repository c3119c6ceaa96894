//! What a command's first word calls: a function, a builtin, a program of the table, a script of the tree, or something
//! unknown. Bash looks in this order.

use super::Reader;
use super::expand::{MOST_WORDS, Text};
use super::names::Names;
use super::parse::Dialect;
use super::scope::Scope;
use super::walk::Input;
use crate::path::{below, normal};
use crate::place::Target;

impl<'f> Reader<'f> {
    /// Runs words as a command. Returns what it surely prints.
    pub(crate) fn invoke(&mut self, argv: &[Text], scope: &mut Scope, input: &Input) -> Option<String> {
        if !self.spend() {
            return None;
        }
        let (first, arguments) = argv.split_first()?;
        let Some(name) = first.exact().filter(|_| first.glob.is_none()) else {
            self.anything(first, arguments, scope);
            return None;
        };
        if let Some(function) = scope.function(name) {
            for body in &function.bodies {
                self.call(body, arguments, scope, input);
            }
            if !function.perhaps {
                return None;
            }
        }
        self.invoke_no_function(name, arguments, scope, input)
    }

    /// The same past functions: `command`, `exec`, wrappers.
    pub(crate) fn invoke_no_function(&mut self, name: &str, arguments: &[Text], scope: &mut Scope, input: &Input) -> Option<String> {
        match super::builtins::is_builtin(name) {
            true => self.builtin(name, arguments, scope, input),
            false => self.program(name, arguments, scope, input),
        }
    }

    /// The name is not known, so it may be any program or builtin.
    fn anything(&mut self, first: &Text, arguments: &[Text], scope: &mut Scope) {
        self.runs_opaque(&first.text);
        self.mentions(arguments, scope);
        scope.forget_all();
        scope.doubt_functions();
        scope.lost();
    }

    fn call(&mut self, body: &std::rc::Rc<super::syntax::Command>, arguments: &[Text], scope: &mut Scope, input: &Input) {
        let set = Names::set_by_command(body, scope);
        let outer = scope.arguments.take();
        scope.arguments = kept(arguments);
        let inside = std::mem::replace(&mut scope.in_function, true);
        self.elsewhere(|reader| reader.command(body, scope, input));
        scope.in_function = inside;
        scope.arguments = outer;
        // What was local is gone again; what a `return` skipped was never set.
        set.forget(scope);
    }

    /// A program called by a path that is no system directory: a script of the tree, or unknown.
    pub(crate) fn by_path(&mut self, path: &str, arguments: &[Text], scope: &mut Scope) {
        match self.script(&Text::known(path), scope) {
            Some((name, text)) if is_shell_script(text) => self.run_script(&name, text, arguments, scope),
            Some((name, text)) => {
                let notes = self.digest_of(&name, text).into_iter().collect();
                self.runs_code(path, notes);
                self.mentions_in(text);
                self.mentions(arguments, scope);
                self.framework(path, arguments, scope, &Input::Inherited);
            }
            None => {
                self.runs_opaque(path);
                self.mentions(arguments, scope);
                self.framework(path, arguments, scope, &Input::Inherited);
            }
        }
    }

    /// The text of a script file, where the facts hold it and nothing in this reading wrote it.
    pub(crate) fn script(&self, word: &Text, scope: &Scope) -> Option<(String, &'f str)> {
        let targets = scope.targets(word);
        let [Target::Path(path)] = targets.as_slice() else { return None };
        let path = self.ground.resolved(path);
        let name = below(&path, &self.ground.facts.tree)?;
        let text = self.ground.facts.scripts.get(name).filter(|_| !super::lies_in(&path, &self.written))?;
        Some((name.to_owned(), text))
    }

    /// Whether the budget allows that another reader gets this text.
    pub(crate) fn affords(&mut self, text: &str) -> bool {
        self.affords_text(text)
    }

    /// The text of a file that another reader gets: known only while nothing has run that could have written it anew.
    pub(crate) fn text_of(&mut self, word: &Text, scope: &Scope) -> Option<String> {
        let (name, text) = self.script(word, scope).filter(|_| !self.unread && !self.late)?;
        let path = normal(&self.ground.facts.tree, &name);
        (!self.is_overwritten(&path) && self.affords_text(text)).then(|| text.to_owned())
    }

    /// A shell script in a shell of its own.
    pub(crate) fn run_script(&mut self, name: &str, text: &str, arguments: &[Text], scope: &Scope) {
        let mut child = scope.child(kept(arguments));
        // Bash runs a file without `#!` itself.
        let first = text.lines().next().unwrap_or_default();
        child.dialect = match first.starts_with("#!") {
            true if first.contains("zsh") => Dialect::Zsh,
            true if !first.contains("bash") => Dialect::Sh,
            _ => Dialect::Bash,
        };
        self.deeper(|reader| reader.text(name, text, &mut child));
    }

    /// Where a word leads, when that is one path.
    pub(crate) fn directories_of(&self, word: &Text, scope: &Scope) -> Option<std::collections::BTreeSet<String>> {
        let paths = scope.targets(word).into_iter().map(|target| match target {
            Target::Path(path) => Some(normal("/", &path)),
            Target::Below { .. } | Target::Unknown { .. } => None,
        });
        paths.collect()
    }
}

/// Words as the arguments of a function or script. Very many are not kept.
pub(super) fn kept(words: &[Text]) -> Option<std::rc::Rc<Vec<String>>> {
    exact(words).filter(|words| words.len() <= MOST_WORDS).map(std::rc::Rc::new)
}

pub(crate) fn exact(words: &[Text]) -> Option<Vec<String>> {
    words.iter().map(|word| word.exact().map(str::to_owned)).collect()
}

/// Bash runs a file without `#!` itself.
fn is_shell_script(text: &str) -> bool {
    let Some(line) = text.strip_prefix("#!") else { return true };
    let words: Vec<&str> = line.lines().next().unwrap_or_default().split_whitespace().collect();
    let base = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
    let shell = |word: &&&str| ["sh", "bash", "dash", "zsh"].contains(&base(word).as_str());
    match words.as_slice() {
        [interpreter, options @ ..] if shell(&interpreter) => options.iter().all(|o| ["-e", "-u", "-x", "-eu", "-ex", "-eux"].contains(o)),
        [env, interpreter] if base(env) == "env" => shell(&interpreter),
        _ => false,
    }
}
