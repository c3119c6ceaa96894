//! Programs that run what they are given: shells, `env` and its like, `xargs`, `find -exec`. The command inside is read as
//! if it stood alone; what the wrapper adds comes on top.

use action::{Certainty, Verb};

use super::Reader;
use super::arguments::Arguments;
use super::builtins::PLAIN_OPTIONS;
use super::expand::Text;
use super::invoke::kept;
use super::parse::Dialect;
use super::scope::{Scope, Value};
use super::table::Program;
use super::walk::Input;
use crate::place::Touch;

/// Of more places for `find` to begin at, the first so many are told apart.
const MOST_STARTS: usize = 32;

impl Reader<'_> {
    /// `sh`: the text after `-c`, a script, or its input.
    pub(super) fn shell(&mut self, name: &str, program: &Program, words: &[Text], scope: &mut Scope, input: &Input) {
        let arguments = Arguments::new(words, program, true);
        let ours = ["sh", "bash", "dash", "ash", "zsh"].contains(&name);
        let unknown_value = arguments.options.iter().any(|(_, value)| value.as_ref().is_some_and(|v| v.exact().is_none()));
        let doubtful = arguments.doubtful || arguments.wild || unknown_value;
        let odd = |option: &Text| option.exact().is_none_or(|o| !PLAIN_OPTIONS.contains(&o));
        let strange = arguments.options.iter().any(|(option, _)| !plain_option(name, option));
        // What a login reads first is the person's own, unless the text has put another home in its place.
        let moved = arguments.has("-l --login") && scope.get("HOME") != home_of(self.ground.facts);
        if !ours || doubtful || strange || moved || arguments.values("-o +o").any(odd) {
            self.runs_opaque(name);
        }
        let mut child = scope.child(None);
        child.ends_on_failure = arguments.has("-e");
        child.dialect = match name {
            "bash" => Dialect::Bash,
            "zsh" => Dialect::Zsh,
            _ => Dialect::Sh,
        };
        let operands = arguments.operands.as_slice();
        match operands.split_first() {
            Some((text, rest)) if arguments.has("-c") => match text.is_known().then_some(text.text.as_str()) {
                Some(text) => {
                    // The first word after the text is `$0`.
                    child.arguments = kept(rest.get(1..).unwrap_or_default());
                    self.deeper(|reader| reader.text(&format!("{name} -c"), text, &mut child));
                }
                None => {
                    self.runs_opaque(&format!("{name} -c"));
                    self.mentions(operands, scope);
                }
            },
            None if arguments.has("-c") => {}
            Some((file, rest)) if !arguments.has("-s") => match self.script(file, scope) {
                Some((script, text)) => {
                    child.arguments = kept(rest);
                    self.deeper(|reader| reader.text(&script, text, &mut child));
                }
                None => {
                    self.runs_opaque(&format!("{name} {}", file.text));
                    self.mentions(operands, scope);
                }
            },
            _ => match input {
                Input::Text(text) => {
                    self.deeper(|reader| reader.text(&format!("input of {name}"), text, &mut child));
                }
                Input::Inherited | Input::Unknown => self.runs_opaque(&format!("{name} on its input")),
            },
        }
    }

    /// `env`, `timeout`, `sudo`, …: options, some operands of its own, then a command.
    pub(super) fn wrapper(&mut self, name: &str, program: &Program, words: &[Text], scope: &mut Scope, input: &Input) -> Option<String> {
        let arguments = Arguments::new(words, program, true);
        if arguments.doubtful && arguments.operands.first().is_some_and(Text::may_be_option) || arguments.has(program.runs) {
            self.runs_opaque(name);
            self.mentions(words, scope);
        }
        for file in arguments.values(program.writes) {
            self.touch(Touch::new(Verb::Update), file, scope);
        }
        let mut child = scope.child(None);
        let mut rest = arguments.operands.get(program.skip.0..).unwrap_or_default();
        if name == "env" || name == "sudo" || name == "doas" {
            if arguments.has("-i --ignore-environment -") {
                child.forget_all();
            }
            let taken: Vec<Text> = if name == "env" { arguments.values("-u --unset").cloned().collect() } else { Vec::new() };
            if !taken.is_empty() {
                self.unset(&taken, &mut child);
            }
            rest = self.environment_words(rest, &mut child);
        }
        if name == "sudo" || name == "doas" {
            child.becomes_somebody_else();
        }
        if name == "flock"
            && let Some(file) = arguments.operands.first()
        {
            let descriptor = rest.is_empty() && file.exact().is_some_and(|t| t.bytes().all(|b| b.is_ascii_digit()));
            if !descriptor {
                self.touch(Touch::new(Verb::Create), file, scope);
            }
            if let Some(("-c" | "--command", text)) = rest.split_first().and_then(|(first, text)| Some((first.exact()?, text))) {
                self.some_shell("flock -c", text, scope, input);
                return None;
            }
        }
        if let Some(split) = split_string(words).filter(|_| name == "env") {
            let command = self.environment_words(&split, &mut child);
            self.deeper(|reader| reader.outside_the_shell(command, &mut child, input));
        }
        if rest.is_empty() {
            match name == "env" && split_string(words).is_none() && !arguments.has("-i --ignore-environment -") && !arguments.operands.iter().any(|w| w.exact() == Some("-")) {
                true => self.shows_environment(name),
                false => self.find(self.ground.runs(name, Certainty::Exact)),
            }
            return None;
        }
        self.deeper(|reader| reader.outside_the_shell(rest, &mut child, input)).flatten()
    }

    /// `NAME=value` words in front of a command.
    fn environment_words<'w>(&mut self, words: &'w [Text], child: &mut Scope) -> &'w [Text] {
        let mut rest = words;
        while let Some((first, after)) = rest.split_first() {
            let Some((name, _)) = first.known_prefix().split_once('=') else {
                if first.exact() == Some("-") {
                    rest = after;
                    continue;
                }
                return rest;
            };
            let value = first.after(name.len() + 1);
            self.poison_with(name, value.exact());
            let value = value.exact().map_or(Value::Unknown, |t| Value::Text(t.to_owned()));
            child.set(name, value, true);
            rest = after;
        }
        rest
    }

    /// A command that a program starts: never a function or a builtin of this shell. Builtins have programs of the same
    /// name, which at least do not change the shell; those that have none fail.
    pub(super) fn outside_the_shell(&mut self, words: &[Text], scope: &mut Scope, input: &Input) -> Option<String> {
        if !self.spend() {
            return None;
        }
        let (first, arguments) = words.split_first()?;
        match first.exact() {
            Some(name) => self.invoke_no_function(name, arguments, scope, input),
            None => {
                self.runs_opaque(&first.text);
                self.mentions(arguments, scope);
                None
            }
        }
    }

    /// `xargs`: the command gets further words from the input.
    pub(super) fn feeder(&mut self, program: &Program, words: &[Text], scope: &Scope, input: &Input) {
        let arguments = Arguments::new(words, program, true);
        if arguments.doubtful && arguments.operands.first().is_some_and(Text::may_be_option) {
            self.runs_opaque("xargs");
        }
        for file in arguments.values("-a --arg-file") {
            self.touch(Touch::new(Verb::Read), file, scope);
        }
        let plain = match input {
            Input::Text(text) if !text.contains(['\'', '"', '\\', '\0']) && !arguments.has("-a --arg-file -E -d --delimiter -0 --null") => Some(text),
            _ => None,
        };
        let words: Vec<Text> = match plain {
            Some(text) => text.split_whitespace().map(Text::known).collect(),
            None => vec![Text::many("(each line of input)")],
        };
        let mut child = scope.child(None);
        let replaced = arguments.values("-I -i --replace").last().map(|r| if r.text.is_empty() { "{}".to_owned() } else { r.text.clone() });
        let replaced = replaced.or_else(|| arguments.has("-i --replace").then(|| "{}".into()));
        let command: Vec<Text> = match arguments.operands.is_empty() {
            true => vec![Text::known("echo")],
            false => arguments.operands.clone(),
        };
        let Some(hole) = replaced else {
            let all = [command, words].concat();
            self.deeper(|reader| reader.outside_the_shell(&all, &mut child, &Input::Unknown));
            return;
        };
        // With a place to put it, each line is one word; what of a line is known is not split here.
        let line = Text::unknown("(each line of input)");
        let lines: Vec<Text> = match plain {
            Some(text) if text.lines().count() <= 32 => text.lines().map(|l| Text::known(l.trim_start())).collect(),
            _ => vec![line],
        };
        for line in lines {
            if !self.affords_words(&command) {
                break;
            }
            let filled: Vec<Text> = command.iter().map(|w| filled(w, &hole, &line)).collect();
            self.deeper(|reader| reader.outside_the_shell(&filled, &mut child, &Input::Unknown));
        }
    }

    /// `find`: where it starts, and what it does with what it finds.
    pub(super) fn finder(&mut self, words: &[Text], scope: &Scope) {
        let is_expression = |w: &Text| w.fixed_prefix().starts_with(['-', '(', ')', '!', ',']) || w.may_be_option();
        let options = words.iter().take_while(|w| matches!(w.exact(), Some("-H" | "-L" | "-P" | "-O0" | "-O1" | "-O2" | "-O3"))).count();
        let rest = words.get(options..).unwrap_or_default();
        let starts = rest.iter().take_while(|w| !is_expression(w)).count();
        let (starts, expression) = rest.split_at_checked(starts).unwrap_or((rest, &[]));
        let starts = match starts.len() {
            0 => vec![Text::known(".")],
            1..=MOST_STARTS => starts.to_vec(),
            _ => [starts.get(..MOST_STARTS).unwrap_or_default(), &[Text::many("(more places)")]].concat(),
        };
        self.touch_all(Touch::new(Verb::Read).recursive(), &starts, scope);
        if expression.iter().any(|w| w.exact().is_none() && w.may_be_option()) {
            self.runs_opaque("find");
        }
        let (mut at, mut deletes) = (0, false);
        while let Some(word) = expression.get(at) {
            at += 1;
            let next = expression.get(at);
            match word.exact() {
                Some("-delete") if !deletes => {
                    deletes = true;
                    let (touch, name) = chosen_by(expression);
                    for start in &starts {
                        let mut found = Text::below(start);
                        found.text.extend(name.iter().flat_map(|name| ["/", name]));
                        self.touch(touch, &found, scope);
                    }
                }
                Some("-fprint" | "-fprint0" | "-fls" | "-fprintf") => {
                    if let Some(file) = next {
                        self.touch(Touch::new(Verb::Update), file, scope);
                    }
                }
                Some("-files0-from") => self.runs_opaque("find"),
                Some("-exec" | "-execdir" | "-ok" | "-okdir") => at = self.executes(expression, at, &starts, word.text.ends_with("dir"), scope),
                _ => {}
            }
        }
    }

    /// The command up to `;` or `+`, for each starting point. Returns where the expression goes on.
    fn executes(&mut self, expression: &[Text], from: usize, starts: &[Text], moves: bool, scope: &Scope) -> usize {
        let rest = expression.get(from..).unwrap_or_default();
        let ends = |(at, word): (usize, &Text)| {
            let brace_before = at.checked_sub(1).and_then(|b| rest.get(b)).is_some_and(|w| w.text == "{}");
            word.exact() == Some(";") || (word.exact() == Some("+") && brace_before)
        };
        let length = rest.iter().enumerate().position(ends).unwrap_or(rest.len());
        let command = rest.get(..length).unwrap_or_default();
        for start in starts {
            if !self.affords_words(command) {
                break;
            }
            let found = Text::below(start);
            let filled: Vec<Text> = command.iter().map(|w| filled(w, "{}", &found)).collect();
            let mut child = scope.child(None);
            if moves {
                child.lost();
            }
            self.deeper(|reader| reader.outside_the_shell(&filled, &mut child, &Input::Inherited));
        }
        from + length + 1
    }
}

/// What `-delete` takes of all that `find` sees: all, those of one name, or what tests choose that are not read here.
fn chosen_by(expression: &[Text]) -> (Touch, Option<&str>) {
    let touch = Touch::new(Verb::Delete).recursive();
    let mut names = Vec::new();
    let mut words = expression.iter();
    while let Some(word) = words.next() {
        match word.exact() {
            Some("-delete" | "-depth" | "-print" | "-print0" | "-xdev" | "-mount") => {}
            Some("-type") if words.next().and_then(Text::exact) == Some("f") => {}
            Some("-name") => names.extend(words.next().filter(|name| name.is_known()).map(|name| name.text.as_str())),
            _ => return (touch.chosen(), None),
        }
    }
    match names.as_slice() {
        [] => (touch, None),
        [name] if !name.contains('/') => (touch, Some(name)),
        _ => (touch.chosen(), None),
    }
}

/// Options of a shell that do not change what its text means. `-l` is looked at on its own.
fn plain_option(name: &str, option: &str) -> bool {
    const LONG: [&str; 6] = ["--login", "--norc", "--noprofile", "--verbose", "--version", "--help"];
    let letters = if name == "zsh" { "celsuxvfdno" } else { "celsuxvfCEThpmbno" };
    match option.strip_prefix('-') {
        Some(letter) if letter.len() == 1 => letters.contains(letter),
        _ => LONG.contains(&option) || option == "+o",
    }
}

/// Where the person's own settings are.
fn home_of(facts: &crate::facts::Facts) -> Value {
    match facts.home.as_str() {
        "" => Value::Unknown,
        home => Value::Text(home.to_owned()),
    }
}

/// What `env -S` makes of its text, where that has no quotes, escapes or variables of its own.
fn split_string(words: &[Text]) -> Option<Vec<Text>> {
    let starts = ["-S", "-vS", "-iS", "--split-string=", "--split-string"];
    let (at, text) = words.iter().enumerate().find_map(|(at, w)| {
        let text = w.exact()?;
        starts.iter().find_map(|start| text.strip_prefix(start)).map(|text| (at, text))
    })?;
    let behind = words.get(at + 1..).unwrap_or_default();
    let (text, behind) = match (text, behind.split_first()) {
        ("", Some((text, behind))) => (text.exact()?, behind),
        (text, _) => (text, behind),
    };
    let plain = !text.contains(['\\', '$', '\'', '"', '#']);
    plain.then(|| text.split_whitespace().map(Text::known).chain(behind.iter().cloned()).collect())
}

/// A word with its place holder filled: whole, it is the filling; inside other text, the text is no longer known.
fn filled(word: &Text, hole: &str, filling: &Text) -> Text {
    match word.exact() {
        Some(text) if text == hole => filling.clone(),
        Some(text) if text.contains(hole) => match filling.exact() {
            Some(known) => Text::known(text.replace(hole, known)),
            None => Text::unknown(text),
        },
        _ => word.clone(),
    }
}
