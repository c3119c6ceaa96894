//! From a word as written to the words that a program gets: braces, tildes, parameters, substitutions, splitting, globs.
//!
//! Order and rules are bash's. What has no known value leaves a hole; a hole outside quotes may be any number of words.

use super::Reader;
use super::names::Names;
use super::parse::Dialect;
use super::scope::{Scope, Value};
use super::syntax::{Operation, Parameter, Part, Word};

/// Longer words, of what values and substitutions hold, are not computed. Literal text is as long as it is.
pub(super) const LONGEST_WORD: usize = 1 << 16;
/// More words than this from one pair of braces are not listed.
pub(super) const MOST_WORDS: usize = 1000;
/// More characters than this from one pair of braces are not listed.
const MOST_OF_BRACES: usize = 1 << 18;
/// More pairs of braces than this in one word are not tried.
const MOST_BRACES: usize = 24;

/// One word as a program gets it, as far as it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Text {
    /// Its characters; a hole stands as it was written.
    pub(crate) text: String,
    /// Where the first hole begins.
    hole: Option<usize>,
    /// Where the first glob character stands.
    pub(crate) glob: Option<usize>,
    /// Whether it may be any number of words.
    pub(crate) many: bool,
}

impl Text {
    pub(crate) fn known(text: impl Into<String>) -> Self {
        Self { text: text.into(), hole: None, glob: None, many: false }
    }

    /// Something of which only a description is known.
    pub(crate) fn unknown(shown: impl Into<String>) -> Self {
        Self { text: shown.into(), hole: Some(0), glob: None, many: false }
    }

    /// Any number of words of which only a description is known.
    pub(crate) fn many(shown: impl Into<String>) -> Self {
        Self { many: true, ..Self::unknown(shown) }
    }

    /// Anything below a known directory.
    pub(crate) fn below(directory: &Text) -> Self {
        let mut below = directory.clone();
        if !below.text.ends_with('/') {
            below.text.push('/');
        }
        below.glob = below.glob.or(Some(below.text.len()));
        below.text.push_str("**");
        below
    }

    pub(crate) fn is_known(&self) -> bool {
        self.hole.is_none() && !self.many
    }

    /// What it is, where that is known and no glob.
    pub(crate) fn exact(&self) -> Option<&str> {
        (self.is_known() && self.glob.is_none()).then_some(self.text.as_str())
    }

    /// The characters before the first hole.
    pub(crate) fn known_prefix(&self) -> &str {
        self.hole.and_then(|at| self.text.get(..at)).unwrap_or(&self.text)
    }

    /// The characters before the first hole or glob.
    pub(crate) fn fixed_prefix(&self) -> &str {
        let known = self.known_prefix();
        self.glob.and_then(|at| known.get(..at)).unwrap_or(known)
    }

    /// The same without its first characters; of a bundle of options, the value.
    pub(crate) fn after(&self, bytes: usize) -> Self {
        Self {
            text: self.text.get(bytes..).unwrap_or_default().to_owned(),
            hole: self.hole.map(|at| at.saturating_sub(bytes)),
            glob: self.glob.map(|at| at.saturating_sub(bytes)),
            many: self.many,
        }
    }

    /// Whether it may be an option: it begins with `-`, or nobody knows how it begins.
    pub(crate) fn may_be_option(&self) -> bool {
        self.fixed_prefix().starts_with('-') || (self.fixed_prefix().is_empty() && self.exact().is_none())
    }
}

/// A character or a hole on the way to words.
#[derive(Clone, Debug)]
enum Atom {
    Char(char, Origin),
    Hole { shown: String, quoted: bool },
    /// Between two words of `"$@"`.
    Break,
    /// Quotes with nothing in them are a word all the same.
    Quotes,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    /// Written outside quotes: braces and globs count.
    Written,
    /// From a value outside quotes: separators and globs count.
    Value,
    /// Quoted: nothing counts.
    Quoted,
}

impl Reader<'_> {
    /// All words that come of one, with everything that happens inside read on the way.
    pub(crate) fn expand(&mut self, word: &Word, scope: &mut Scope) -> Vec<Text> {
        if let Some(text) = word.plain().filter(|t| !t.contains(['{', '~', '*', '?', '['])) {
            self.affords_word(text.len());
            return vec![Text::known(text)];
        }
        let mut atoms = self.atoms(word, scope);
        if may_rename(word) {
            atoms = vec![Atom::Hole { shown: "$…{…}".into(), quoted: false }];
        }
        let separators = match scope.get("IFS") {
            Value::Text(separators) => Some(separators),
            Value::List(_) | Value::Unknown => None,
        };
        let words = braces(atoms);
        self.affords_characters(words.iter().skip(1).map(Vec::len).sum());
        words.into_iter().flat_map(|atoms| fields(atoms, separators.as_deref())).collect()
    }

    pub(crate) fn expand_all(&mut self, words: &[Word], scope: &mut Scope) -> Vec<Text> {
        let mut expanded: Vec<Text> = words.iter().flat_map(|word| self.expand(word, scope)).collect();
        if expanded.len() > words.len() + MOST_WORDS {
            expanded.truncate(MOST_WORDS);
            expanded.push(Text::many("(more words)"));
        }
        expanded
    }

    /// The one text that a word is where nothing is split: values, here-documents, targets of redirections.
    pub(crate) fn flat(&mut self, word: &Word, scope: &mut Scope) -> Text {
        if let [Part::Quoted(text) | Part::Plain(text)] = word.parts.as_slice()
            && (!text.starts_with('~') || matches!(word.parts.as_slice(), [Part::Quoted(_)]))
        {
            self.affords_word(text.len());
            return Text::known(text.as_str());
        }
        let mut text = Growing::default();
        for atom in self.atoms(word, scope) {
            match atom {
                Atom::Char(c, _) => text.text.push(c),
                Atom::Hole { shown, .. } => text.hole(&shown, false),
                Atom::Break => text.text.push(' '),
                Atom::Quotes => {}
            }
        }
        Text { text: text.text, hole: text.hole, glob: None, many: false }
    }

    fn atoms(&mut self, word: &Word, scope: &mut Scope) -> Vec<Atom> {
        let long = || vec![Atom::Hole { shown: "(a long word)".into(), quoted: false }];
        if self.budget.spent {
            return long();
        }
        let mut atoms = Vec::new();
        let mut parts = word.parts.iter();
        let mut of_another = false;
        if let Some(Part::Plain(first)) = word.parts.first() {
            let at = tilde_at(first);
            if let Some(at) = at {
                parts.next();
                let (before, tilde) = first.split_at(at);
                push(&mut atoms, before, Origin::Written);
                of_another = tilde_into(&mut atoms, tilde, word.parts.len() > 1, scope);
            }
        }
        for part in parts {
            self.part(part, scope, &mut atoms);
            if atoms.len() > LONGEST_WORD {
                return long();
            }
        }
        if !self.affords_word(atoms.len()) {
            return long();
        }
        if of_another {
            atoms.push(Atom::Hole { shown: String::new(), quoted: true });
        }
        atoms
    }

    fn part(&mut self, part: &Part, scope: &mut Scope, atoms: &mut Vec<Atom>) {
        match part {
            Part::Plain(text) => push(atoms, text, Origin::Written),
            Part::Quoted(text) => {
                atoms.push(Atom::Quotes);
                push(atoms, text, Origin::Quoted);
            }
            Part::Parameter(parameter) => self.parameter(parameter, scope, atoms),
            Part::Substitution { list, quoted } => match self.substituted(list, scope) {
                Some(value) => value_into(atoms, &value, *quoted, scope.dialect),
                None => atoms.push(Atom::Hole { shown: "$(…)".into(), quoted: *quoted }),
            },
            Part::Process(list) => {
                self.apart(list, scope);
                push(atoms, "/dev/fd/63", Origin::Quoted);
            }
            Part::Arithmetic { inside, quoted } => {
                self.flat(inside, scope);
                self.suspect_arithmetic(inside);
                atoms.push(Atom::Hole { shown: "$((…))".into(), quoted: *quoted });
            }
            Part::Array(words) => {
                self.expand_all(words, scope);
                atoms.push(Atom::Hole { shown: "(…)".into(), quoted: true });
            }
        }
    }

    fn parameter(&mut self, parameter: &Parameter, scope: &mut Scope, atoms: &mut Vec<Atom>) {
        let Parameter { name, index, operation, quoted, .. } = parameter;
        let all = index.as_ref().is_some_and(|i| matches!(i.plain(), Some("@" | "*")));
        if let Some(index) = index.as_ref().filter(|_| !all) {
            self.flat(index, scope);
            self.suspect_arithmetic(index);
            Names::evaluated(index).forget(scope);
        }
        let value = match (name.as_str(), index) {
            ("@" | "*", None) => scope.arguments.as_ref().map_or(Value::Unknown, |a| Value::List(a.to_vec())),
            (name, None) => match name.parse::<usize>() {
                Ok(n) => argument(scope, n),
                Err(_) => first_of(scope.get(name), scope.dialect),
            },
            (name, Some(_)) if all => match scope.get(name) {
                Value::List(items) => Value::List(items),
                Value::Text(_) | Value::Unknown => Value::Unknown, // it may have more elements than one
            },
            (_, Some(_)) => Value::Unknown,
        };
        let value = match operation {
            Operation::Plain => value,
            Operation::Default(word) => {
                self.flat(word, scope);
                Some(value).filter(|v| !is_empty(v)).unwrap_or(Value::Unknown)
            }
            Operation::Assign(word) => {
                self.flat(word, scope);
                self.poison(name);
                scope.forget(name);
                Value::Unknown
            }
            Operation::Other(word) => {
                self.flat(word, scope);
                self.suspect_arithmetic(word);
                Names::evaluated(word).forget(scope);
                Value::Unknown
            }
        };
        let joined = name == "*" || index.as_ref().is_some_and(|i| i.plain() == Some("*"));
        match value {
            Value::Text(text) => value_into(atoms, &text, *quoted, scope.dialect),
            Value::List(_) if joined && *quoted => atoms.push(Atom::Hole { shown: shown(name), quoted: true }),
            Value::List(items) => {
                for (n, item) in items.iter().enumerate() {
                    if n > 0 {
                        atoms.push(Atom::Break);
                    }
                    value_into(atoms, item, *quoted, scope.dialect);
                }
            }
            Value::Unknown => {
                let one = *quoted && !(all || name == "@");
                atoms.push(Atom::Hole { shown: shown(name), quoted: one });
            }
        }
    }
}

fn shown(name: &str) -> String {
    format!("${name}")
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Text(text) => text.is_empty(),
        Value::List(items) => items.is_empty(),
        Value::Unknown => true,
    }
}

fn first_of(value: Value, dialect: Dialect) -> Value {
    match value {
        Value::List(_) if dialect == Dialect::Zsh => Value::Unknown, // all of them there
        Value::List(items) => items.into_iter().next().map_or(Value::Unknown, Value::Text),
        other => other,
    }
}

fn argument(scope: &Scope, n: usize) -> Value {
    let arguments = scope.arguments.as_ref().filter(|_| n > 0);
    arguments.map_or(Value::Unknown, |a| Value::Text(a.get(n - 1).cloned().unwrap_or_default()))
}

fn push(atoms: &mut Vec<Atom>, text: &str, origin: Origin) {
    atoms.extend(text.chars().map(|c| Atom::Char(c, origin)));
}

fn value_into(atoms: &mut Vec<Atom>, value: &str, quoted: bool, dialect: Dialect) {
    // Zsh neither splits a value nor takes its stars for a pattern.
    if dialect == Dialect::Zsh && !quoted && value.contains([' ', '\t', '\n', '*', '?', '[', '~']) {
        return atoms.push(Atom::Hole { shown: value.to_owned(), quoted: false });
    }
    if quoted {
        atoms.push(Atom::Quotes);
    }
    push(atoms, value, if quoted { Origin::Quoted } else { Origin::Value });
}

/// Where a tilde that may be a home stands: at the beginning, or after `name=`.
fn tilde_at(text: &str) -> Option<usize> {
    if text.starts_with('~') {
        return Some(0);
    }
    let (name, rest) = text.split_once('=')?;
    (super::parse::is_name(name) && rest.starts_with('~')).then_some(name.len() + 1)
}

/// `~/x`, or `~name/x`; says whether it is somebody's home of which only the usual place is known.
fn tilde_into(atoms: &mut Vec<Atom>, text: &str, goes_on: bool, scope: &Scope) -> bool {
    let (user, rest) = text.split_at(text.find('/').unwrap_or(text.len()));
    let user = user.get(1..).unwrap_or_default();
    match (user, scope.get("HOME")) {
        _ if goes_on && rest.is_empty() => atoms.push(Atom::Hole { shown: text.to_owned(), quoted: true }),
        ("", Value::Text(home)) => push(atoms, &home, Origin::Quoted),
        ("" | "+" | "-", _) => atoms.push(Atom::Hole { shown: format!("~{user}"), quoted: true }),
        // Any variable that holds a path is such a name there.
        (_, _) if scope.dialect == Dialect::Zsh => atoms.push(Atom::Hole { shown: format!("~{user}"), quoted: true }),
        ("root", _) => push(atoms, "/root", Origin::Quoted),
        (user, _) => push(atoms, &format!("/home/{user}"), Origin::Quoted),
    }
    push(atoms, if goes_on && rest.is_empty() { "" } else { rest }, Origin::Written);
    !matches!(user, "" | "+" | "-")
}

/// Bash expands braces first, as text: `$v{a,b}` is `$va $vb`.
fn may_rename(word: &Word) -> bool {
    let bare = word.parts.iter().any(|p| matches!(p, Part::Parameter(Parameter { bare: true, quoted: false, .. })));
    bare && word.parts.iter().any(|p| matches!(p, Part::Plain(text) if text.contains('{')))
}

/// Brace expansion. Only written characters count.
fn braces(atoms: Vec<Atom>) -> Vec<Vec<Atom>> {
    let written = |atom: &Atom, c: char| matches!(atom, Atom::Char(x, Origin::Written) if *x == c);
    let open = atoms.iter().filter(|a| written(a, '{')).count();
    if open == 0 || !atoms.iter().any(|a| written(a, '}')) {
        return vec![atoms];
    }
    let listed = if open > MOST_BRACES { None } else { brace_words(&atoms) };
    listed.unwrap_or_else(|| vec![vec![Atom::Hole { shown: "{…}".into(), quoted: false }]])
}

fn brace_words(atoms: &[Atom]) -> Option<Vec<Vec<Atom>>> {
    let written = |atom: Option<&Atom>, c: char| matches!(atom, Some(Atom::Char(x, Origin::Written)) if *x == c);
    for (start, atom) in atoms.iter().enumerate() {
        if !written(Some(atom), '{') {
            continue;
        }
        let Some((end, commas)) = matching(atoms, start) else { continue };
        let inside = atoms.get(start + 1..end)?;
        let alternatives = match commas.is_empty() {
            true => match sequence(inside)? {
                words if words.is_empty() => continue,
                words => words,
            },
            false => split_at(inside, &commas, start + 1)?,
        };
        let before = atoms.get(..start)?;
        let ends = brace_words(atoms.get(end + 1..)?)?;
        let (mut words, mut characters) = (Vec::new(), 0);
        for alternative in alternatives {
            for middle in brace_words(&alternative)? {
                for end in &ends {
                    let word = [before, middle.as_slice(), end.as_slice()].concat();
                    characters += word.len();
                    if words.len() >= MOST_WORDS || characters > MOST_OF_BRACES {
                        return None;
                    }
                    words.push(word);
                }
            }
        }
        return Some(words);
    }
    Some(vec![atoms.to_vec()])
}

/// The `}` of the `{` at `start`, and the commas directly between them.
fn matching(atoms: &[Atom], start: usize) -> Option<(usize, Vec<usize>)> {
    let mut depth = 0_u32;
    let mut commas = Vec::new();
    for (at, atom) in atoms.iter().enumerate().skip(start) {
        match atom {
            Atom::Char('{', Origin::Written) => depth += 1,
            Atom::Char('}', Origin::Written) => {
                depth -= 1;
                if depth == 0 {
                    return Some((at, commas));
                }
            }
            Atom::Char(',', Origin::Written) if depth == 1 => commas.push(at),
            _ => {}
        }
    }
    None
}

fn split_at(inside: &[Atom], commas: &[usize], offset: usize) -> Option<Vec<Vec<Atom>>> {
    let mut pieces = Vec::new();
    let mut from = 0;
    for comma in commas {
        pieces.push(inside.get(from..comma - offset)?.to_vec());
        from = comma - offset + 1;
    }
    pieces.push(inside.get(from..)?.to_vec());
    Some(pieces)
}

/// `1..9`, `a..z`, `1..9..2`. Empty when it is no sequence; nothing when it is too long.
fn sequence(inside: &[Atom]) -> Option<Vec<Vec<Atom>>> {
    let text: Option<String> = inside.iter().map(|a| if let Atom::Char(c, Origin::Written) = a { Some(*c) } else { None }).collect();
    let Some(text) = text else { return Some(Vec::new()) };
    let parts: Vec<&str> = text.split("..").collect();
    let (from, to, step) = match parts.as_slice() {
        [from, to] => (*from, *to, 1),
        [from, to, step] => match step.parse::<i64>() {
            Ok(step) => (*from, *to, step.unsigned_abs().max(1)),
            Err(_) => return Some(Vec::new()),
        },
        _ => return Some(Vec::new()),
    };
    let words: Vec<String> = match (from.parse::<i64>(), to.parse::<i64>()) {
        (Ok(a), Ok(b)) => {
            let padded = |t: &str| t.trim_start_matches('-').starts_with('0') && t.trim_start_matches('-').len() > 1;
            let width = if padded(from) || padded(to) { from.len().max(to.len()) } else { 0 };
            steps(a, b, step)?.into_iter().map(|n| format!("{n:0width$}")).collect()
        }
        _ => match (one_letter(from), one_letter(to)) {
            (Some(a), Some(b)) => {
                let letters = steps(i64::from(u32::from(a)), i64::from(u32::from(b)), step)?;
                letters.into_iter().filter_map(|n| u32::try_from(n).ok().and_then(char::from_u32)).map(String::from).collect()
            }
            _ => return Some(Vec::new()),
        },
    };
    Some(words.iter().map(|w| w.chars().map(|c| Atom::Char(c, Origin::Quoted)).collect()).collect())
}

fn one_letter(text: &str) -> Option<char> {
    let mut chars = text.chars();
    chars.next().filter(|c| c.is_ascii_alphabetic() && chars.next().is_none())
}

fn steps(from: i64, to: i64, step: u64) -> Option<Vec<i64>> {
    let count = from.abs_diff(to) / step;
    if count >= MOST_WORDS as u64 {
        return None;
    }
    let step = i64::try_from(step).ok()?;
    let step = if to < from { -step } else { step };
    (0..=i64::try_from(count).ok()?).map(|n| from.checked_add(n.checked_mul(step)?)).collect()
}

/// A word as it grows.
#[derive(Default)]
struct Growing {
    text: String,
    hole: Option<usize>,
    glob: Option<usize>,
    many: bool,
    begun: bool,
}

impl Growing {
    fn hole(&mut self, shown: &str, many: bool) {
        self.hole.get_or_insert(self.text.len());
        self.text.push_str(shown);
        self.many |= many;
        self.begun = true;
    }

    fn glob(&mut self, c: char) {
        if matches!(c, '*' | '?' | '[') {
            self.glob.get_or_insert(self.text.len());
        }
    }

    fn end(&mut self, words: &mut Vec<Text>) {
        let grown = std::mem::take(self);
        if grown.begun {
            let glob = grown.glob.filter(|at| is_glob(grown.text.get(*at..).unwrap_or_default()));
            words.push(Text { text: grown.text, hole: grown.hole, glob, many: grown.many });
        }
    }
}

/// A `[` alone is no glob.
fn is_glob(from_first: &str) -> bool {
    from_first.contains(['*', '?']) || from_first.contains(']')
}

/// Splits where values are split. With unknown separators every value outside quotes is a hole.
fn fields(atoms: Vec<Atom>, separators: Option<&str>) -> Vec<Text> {
    let mut words = Vec::new();
    let mut word = Growing::default();
    for atom in atoms {
        match atom {
            Atom::Char(c, Origin::Value) if separators.is_none() => {
                word.hole(&c.to_string(), true);
            }
            Atom::Char(c, Origin::Value) if separators.is_some_and(|s| s.contains(c)) => {
                word.begun |= !c.is_ascii_whitespace();
                word.end(&mut words);
            }
            Atom::Char(c, origin) => {
                if origin != Origin::Quoted {
                    word.glob(c);
                }
                word.begun = true;
                word.text.push(c);
            }
            Atom::Hole { shown, quoted } => word.hole(&shown, !quoted),
            Atom::Break => {
                word.begun = true;
                word.end(&mut words);
            }
            Atom::Quotes => word.begun = true,
        }
    }
    word.end(&mut words);
    words
}

#[cfg(test)]
mod tests;
