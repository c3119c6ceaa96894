//! Commands that bash runs in itself: they change the shell, and with it the meaning of everything that follows.

use action::Verb;

use super::Reader;
use super::expand::Text;
use super::invoke::{exact, kept};
use super::parse::{Dialect, is_name};
use super::scope::{Scope, Value};
use super::walk::Input;
use crate::place::{Place, Touch};

const BUILTINS: [&str; 51] = [
    ".", ":", "[", "alias", "bg", "bind", "break", "builtin", "caller", "cd", "command", "compgen", "complete", "continue", "declare",
    "dirs", "disown", "echo", "enable", "eval", "exec", "exit", "export", "false", "fc", "fg", "getopts", "hash", "help", "history", "jobs",
    "let", "local", "logout", "mapfile", "popd", "printf", "pushd", "pwd", "read", "readarray", "readonly", "return", "set", "shift",
    "shopt", "source", "test", "trap", "true", "type",
];
const MORE_BUILTINS: [&str; 8] = ["typeset", "ulimit", "umask", "unalias", "unset", "wait", "times", "suspend"];

/// Those that not every `sh` has.
const ONLY_BASH: [&str; 13] = [
    "builtin", "declare", "enable", "let", "mapfile", "popd", "pushd", "readarray", "shopt", "source", "typeset", "compgen", "complete",
];

/// Whether bash runs it without a program.
pub(super) fn is_builtin(name: &str) -> bool {
    BUILTINS.contains(&name) || MORE_BUILTINS.contains(&name)
}

impl Reader<'_> {
    /// Runs a builtin. Returns what it surely prints.
    pub(super) fn builtin(&mut self, name: &str, arguments: &[Text], scope: &mut Scope, input: &Input) -> Option<String> {
        if scope.dialect == Dialect::Sh && ONLY_BASH.contains(&name) {
            self.runs_opaque(name);
            scope.forget_all();
        }
        match name {
            "cd" | "pushd" | "popd" => self.change_directory(name, arguments, scope),
            "echo" => return echo(arguments, scope.dialect),
            "printf" => return self.printf(arguments, scope),
            "pwd" => return scope.directory().filter(|_| arguments.is_empty()).map(|d| format!("{d}\n")),
            "export" | "declare" | "typeset" | "local" | "readonly" => {
                self.declared_values(name, arguments);
                self.declare(name, arguments, scope);
            }
            "set" if arguments.is_empty() => self.shows_environment(name),
            "unset" => self.unset(arguments, scope),
            "set" if !set(arguments, scope) => self.runs_opaque("set"),
            "shift" => scope.arguments = shifted(arguments, scope),
            "eval" => return self.eval(arguments, scope),
            "source" | "." => self.source(arguments, scope),
            "trap" => self.trap(arguments, scope),
            "command" | "builtin" | "exec" => return self.pass_on(name, arguments, scope, input),
            "exit" | "logout" => scope.ended = true,
            // Its editing line can be handed to an editor.
            "read" if self.ground.facts.by_hand && arguments.iter().any(|a| a.known_prefix().starts_with('-') && a.text.contains('e')) => {
                self.runs_opaque("read -e");
                self.read_into(arguments, scope);
            }
            "fc" if arguments.is_empty() => self.runs_opaque(name),
            "read" | "mapfile" | "readarray" | "getopts" => self.read_into(arguments, scope),
            "let" | "test" | "[" => {
                for word in arguments {
                    self.suspect_value(&word.text);
                }
                if name == "let" {
                    arguments.iter().for_each(|word| self.may_assign(&word.text));
                    scope.forget_all();
                }
            }
            "alias" | "enable" | "bind" | "fc" | "complete" if !arguments.is_empty() => self.runs_opaque(name),
            "shopt" if arguments.iter().any(changes_meaning) => self.runs_opaque(name),
            "wait" => {
                let after = arguments.iter().skip_while(|word| !word.text.starts_with("-p")).take(2);
                after.for_each(|word| self.poison(word.text.trim_start_matches("-p")));
            }
            "hash" if arguments.iter().any(|w| w.exact() != Some("-r")) => self.runs_opaque(name),
            _ => {}
        }
        None
    }

    fn change_directory(&mut self, name: &str, arguments: &[Text], scope: &mut Scope) {
        let may_stay = self.ground.place == Place::Host && !scope.ends_on_failure;
        let operand = arguments.iter().find(|w| !matches!(w.exact(), Some("-P" | "-L" | "-e" | "-@" | "--" | "-n")));
        let places = match operand {
            _ if name == "popd" => None,
            None if name == "pushd" => None,
            // `cd old new` goes where neither word says.
            Some(_) if scope.dialect == Dialect::Zsh && arguments.len() > 1 => None,
            None => match scope.get("HOME") {
                Value::Text(home) => self.directories_of(&Text::known(home), scope),
                Value::List(_) | Value::Unknown => None,
            },
            Some(word) if word.exact() == Some("-") => scope.before.clone().map(|b| [b].into()),
            Some(word) if word.exact().is_some_and(|t| t.starts_with(['+', '-'])) => None,
            Some(word) => self.directories_of(word, scope),
        };
        scope.enter(places, may_stay);
    }

    fn printf(&mut self, arguments: &[Text], scope: &mut Scope) -> Option<String> {
        if arguments.first().and_then(Text::exact) == Some("-v") {
            match arguments.get(1).and_then(Text::exact).filter(|n| is_name(n)) {
                Some(name) => {
                    self.poison(name);
                    scope.forget(name);
                }
                None => {
                    self.runs_opaque("printf -v");
                    scope.forget_all();
                }
            }
            return None;
        }
        if arguments.first().is_some_and(|w| w.exact().is_none() && w.may_be_option()) {
            scope.forget_all();
        }
        let words = exact(arguments)?;
        let (format, values) = words.split_first()?;
        formatted(format, values)
    }

    /// `export -p`, `declare -p NAME`: what variables hold is printed. Functions alone are no secret.
    fn declared_values(&mut self, name: &str, arguments: &[Text]) {
        let options = || arguments.iter().filter(|word| word.known_prefix().starts_with(['-', '+']));
        let names: Vec<Text> = arguments.iter().filter(|word| !word.known_prefix().starts_with(['-', '+'])).cloned().collect();
        let prints = options().any(|word| word.text.contains('p'));
        let functions = options().any(|word| word.text.contains(['f', 'F']));
        if !functions && name != "local" && (names.is_empty() || prints) {
            self.shows_variables(name, &names);
        }
    }

    fn declare(&mut self, name: &str, arguments: &[Text], scope: &mut Scope) {
        let mut fixed = name == "readonly";
        let mut strange = name == "local" && !scope.in_function;
        for word in arguments {
            let known = word.known_prefix();
            if known.starts_with('-') || known.starts_with('+') {
                // Names that stand for other variables, values that are changed or evaluated, functions for other shells.
                let of_zsh = scope.dialect == Dialect::Zsh && known.bytes().skip(1).any(|b| !b"xrgaA".contains(&b));
                if known.contains(['n', 'i', 'l', 'u', 'c', 'f']) || of_zsh {
                    scope.forget_all();
                    self.runs_opaque(name);
                    strange = true;
                }
                fixed |= strange || known.contains('r');
                continue;
            }
            let (variable, value) = match known.split_once('=') {
                Some((variable, _)) => (variable.trim_end_matches('+'), Some(word.after(known.find('=').map_or(0, |at| at + 1)))),
                None => (known, None),
            };
            let variable = variable.split('[').next().unwrap_or_default();
            if !is_name(variable) || (value.is_none() && word.exact().is_none()) {
                scope.forget_all();
                self.runs_opaque(name);
                continue;
            }
            self.suspect_value(&word.text);
            value.iter().for_each(|value| self.may_assign(&value.text));
            if value.is_some() || name == "export" {
                self.poison_with(variable, value.as_ref().and_then(Text::exact));
            }
            let export = name == "export";
            match value {
                // Bash does not split such a value, some `sh` do.
                Some(_) if scope.dialect == Dialect::Sh && arguments.len() > 1 => scope.forget(variable),
                Some(_) if strange || matches!(scope.get(variable), Value::List(_)) => scope.forget(variable),
                Some(value) if !known.contains("+=") => {
                    let value = value.exact().map_or(Value::Unknown, |t| Value::Text(t.to_owned()));
                    scope.set(variable, value, export);
                }
                Some(_) => scope.forget(variable),
                None if export => scope.export(variable),
                None => scope.forget(variable),
            }
            if fixed {
                scope.fix(variable);
            }
        }
    }

    pub(super) fn unset(&mut self, arguments: &[Text], scope: &mut Scope) {
        scope.doubt_functions();
        for word in arguments {
            match word.exact() {
                Some("IFS") => scope.set("IFS", Value::Text(" \t\n".into()), false),
                Some(name) if is_name(name) => {
                    if ["PATH", "FPATH"].contains(&name) {
                        self.poison(name); // programs are then looked for where one stands
                    }
                    scope.forget(name);
                }
                Some(option) if option.starts_with('-') => {}
                _ => {
                    self.suspect_value(&word.text);
                    scope.forget_all();
                }
            }
        }
    }

    fn eval(&mut self, arguments: &[Text], scope: &mut Scope) -> Option<String> {
        match exact(arguments) {
            Some(words) => self.deeper(|reader| reader.text("eval", &words.join(" "), scope)).flatten(),
            None => {
                self.runs_opaque("eval");
                scope.forget_all();
                scope.doubt_functions();
                scope.lost();
                None
            }
        }
    }

    fn source(&mut self, arguments: &[Text], scope: &mut Scope) {
        let Some((file, rest)) = arguments.split_first() else { return };
        let script = file.exact().filter(|f| f.contains('/')).and_then(|_| self.script(file, scope));
        match script {
            Some((name, text)) => {
                let outer = scope.arguments.clone();
                if !rest.is_empty() {
                    scope.arguments = kept(rest);
                }
                self.deeper(|reader| reader.text(&name, text, scope));
                scope.arguments = outer;
            }
            None => {
                self.runs_opaque(&format!("source {}", file.text));
                scope.forget_all();
                scope.doubt_functions();
                scope.lost();
            }
        }
    }

    /// What it hangs on a signal or the end runs some time, in some state.
    fn trap(&mut self, arguments: &[Text], scope: &mut Scope) {
        let operands: Vec<&Text> = arguments.iter().filter(|w| w.exact() != Some("--")).collect();
        match operands.split_first() {
            Some((first, rest)) if !rest.is_empty() => match first.exact() {
                Some("" | "-" | "-l" | "-p") => {}
                Some(text) => {
                    let mut state = scope.clone();
                    let before = std::mem::replace(&mut self.late, true);
                    self.deeper(|reader| reader.text("trap", text, &mut state));
                    // It may run later, from anywhere, with other values.
                    state.forget_all();
                    state.lost();
                    self.deeper(|reader| reader.text("trap", text, &mut state));
                    self.late = before;
                }
                None => self.runs_opaque("trap"),
            },
            _ => {}
        }
    }

    /// `command`, `builtin`, `exec`: the rest is the command.
    fn pass_on(&mut self, name: &str, arguments: &[Text], scope: &mut Scope, input: &Input) -> Option<String> {
        let mut rest = arguments;
        while let Some((first, after)) = rest.split_first() {
            match (name, first.exact()) {
                ("command", Some("-v" | "-V" | "-pv" | "-pV")) => return None,
                ("command", Some("-p")) | ("exec", Some("-c" | "-l" | "-cl")) | (_, Some("--")) => rest = after,
                ("exec", Some("-a")) => rest = after.split_first().map_or(&[], |(_, r)| r),
                _ => break,
            }
        }
        let (first, after) = rest.split_first()?;
        let printed = match first.exact() {
            Some(program) => self.invoke_no_function(program, after, scope, input),
            None => self.invoke(rest, scope, input),
        };
        scope.ended |= name == "exec";
        printed
    }

    fn read_into(&mut self, arguments: &[Text], scope: &mut Scope) {
        for word in arguments {
            match word.exact() {
                Some(name) if is_name(name) => {
                    self.poison(name);
                    scope.forget(name);
                }
                Some(_) => self.suspect_value(&word.text),
                None => scope.forget_all(),
            }
            // `mapfile -C` calls what it is given.
            if word.text.starts_with("-C") {
                self.runs_opaque("mapfile -C");
            }
        }
        if scope.dialect == Dialect::Zsh {
            scope.forget_all();
        }
        for name in ["REPLY", "MAPFILE", "OPTARG", "OPTIND"] {
            scope.forget(name);
        }
    }

    /// A file descriptor that is a socket: bash connects by itself.
    pub(super) fn socket(&mut self, word: &Text) -> bool {
        let known = word.known_prefix();
        let Some(rest) = known.strip_prefix("/dev/tcp/").or_else(|| known.strip_prefix("/dev/udp/")) else { return false };
        let (host, port) = rest.split_once('/').unwrap_or((rest, ""));
        match word.exact() {
            Some(_) => self.contact(host, port.parse().ok(), Verb::Expose),
            None => self.contact_unknown(&word.text),
        }
        true
    }

    /// Reads or changes paths by words.
    pub(super) fn touch_all(&mut self, touch: Touch, words: &[Text], scope: &Scope) {
        for word in words {
            self.touch(touch, word, scope);
        }
    }
}

fn echo(arguments: &[Text], dialect: Dialect) -> Option<String> {
    let words = exact(arguments)?;
    if dialect != Dialect::Bash && words.iter().any(|w| w.contains('\\') || w.starts_with('-')) {
        return None; // every `sh` has its own
    }
    let options = words.iter().take_while(|w| w.len() > 1 && w.strip_prefix('-').is_some_and(|l| l.bytes().all(|b| b"neE".contains(&b)))).count();
    let (options, words) = words.split_at_checked(options)?;
    let text = words.join(" ");
    if options.iter().any(|o| o.contains('e')) && text.contains('\\') {
        return None;
    }
    let end = if options.iter().any(|o| o.contains('n')) { "" } else { "\n" };
    Some(text + end)
}

/// `printf` with nothing but `%s`, `%%` and simple escapes.
fn formatted(format: &str, values: &[String]) -> Option<String> {
    let mut values = values.iter();
    let mut text = String::new();
    loop {
        let before = values.len();
        let mut chars = format.chars();
        while let Some(c) = chars.next() {
            match c {
                '%' => match chars.next()? {
                    's' => text.push_str(values.next().map_or("", String::as_str)),
                    '%' => text.push('%'),
                    _ => return None,
                },
                '\\' => match chars.next()? {
                    'n' => text.push('\n'),
                    't' => text.push('\t'),
                    '\\' => text.push('\\'),
                    _ => return None,
                },
                c => text.push(c),
            }
        }
        if values.len() == 0 || values.len() == before {
            return Some(text);
        }
    }
}

/// Options and arguments. Says whether all options are of those that do not change how a text is read.
fn set(arguments: &[Text], scope: &mut Scope) -> bool {
    let mut rest = arguments;
    let mut plain = true;
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        match first.exact() {
            Some("--") => {
                scope.arguments = kept(after);
                return plain;
            }
            Some(option) if option.starts_with(['-', '+']) && option.len() > 1 => {
                let on = option.starts_with('-');
                let letters = option.get(1..).unwrap_or_default();
                plain &= letters.bytes().all(|b| b"euxvfCETmbo".contains(&b));
                let mut ends = letters.contains('e');
                if letters.ends_with('o') {
                    let (name, left) = rest.split_first().map_or((None, rest), |(n, r)| (n.exact(), r));
                    plain &= name.is_some_and(|n| PLAIN_OPTIONS.contains(&n));
                    ends |= name == Some("errexit");
                    rest = left;
                }
                scope.ends_on_failure = if ends { on } else { scope.ends_on_failure };
            }
            _ => {
                scope.arguments = kept(&[std::slice::from_ref(first), after].concat());
                return plain && first.exact().is_some();
            }
        }
    }
    plain
}

/// `set -o` names that do not change what the words of a text are.
pub(super) const PLAIN_OPTIONS: [&str; 9] =
    ["errexit", "errtrace", "functrace", "noclobber", "noglob", "nounset", "pipefail", "verbose", "xtrace"];

fn shifted(arguments: &[Text], scope: &Scope) -> Option<std::rc::Rc<Vec<String>>> {
    let by = match arguments.first() {
        None => 1,
        Some(word) => word.exact()?.parse::<usize>().ok()?,
    };
    scope.arguments.as_ref().map(|a| std::rc::Rc::new(a.iter().skip(by).cloned().collect()))
}

/// Of `shopt` only the options that widen or narrow globs are sure not to matter.
fn changes_meaning(word: &Text) -> bool {
    const GLOBS: [&str; 8] = ["nullglob", "dotglob", "globstar", "failglob", "nocaseglob", "nocasematch", "checkwinsize", "inherit_errexit"];
    word.exact().is_none_or(|t| !GLOBS.contains(&t) && !["-s", "-u", "-q", "-p", "-r"].contains(&t))
}
