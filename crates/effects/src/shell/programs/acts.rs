//! What a row with deeds makes of its arguments: which deeds, on which things, and how sure that is.

use action::{Certainty, Effect, Resource, Reversibility, Verb};

use super::lands::Landing;
use super::{is_asked_for_help, is_plain_word};
use crate::environment::host_of_url;
use crate::path::shown;
use crate::place::{Place, Touch, lasting};
use crate::shell::Reader;
use crate::shell::arguments::Arguments;
use crate::shell::expand::Text;
use crate::shell::scope::Scope;
use crate::shell::table::{Condition, Deed, Found, Names, Program, When};
use crate::shell::walk::Input;

/// One command of such a program.
pub(super) struct Command<'c> {
    /// As it was typed.
    pub(super) typed: &'c str,
    pub(super) found: &'c Found,
    pub(super) arguments: Arguments,
    pub(super) landing: Landing,
    /// How sure it can be that it only looks, and at what is meant: whose answer it is, and whether its row names all its options.
    pub(super) sureness: Certainty,
}

impl Reader<'_> {
    /// A program whose row says what it does.
    pub(super) fn acts(&mut self, typed: &str, found: &Found, scope: &Scope, input: &Input) {
        let Found { program, top, .. } = found;
        let dashed = |words: &[Text]| if top.dash || program.dash { with_two_dashes(words) } else { words.to_vec() };
        let words = dashed(&found.words);
        if !found.hidden && helps(found, &words) {
            self.find(self.ground.runs(typed, Certainty::Exact));
            return;
        }
        let conditions: Vec<Condition> = program.conditions().collect();
        let arguments = arguments(found, &conditions, &dashed(&found.before), &words);
        for row in [program, top] {
            self.sinks(&arguments, row, scope);
            self.sources(&arguments, row, scope);
        }
        let landing = self.landing(found, &arguments, scope);
        let sureness = self.sureness(found, &arguments, scope);
        let mut command = Command { typed, found, arguments, landing, sureness };
        if command.arguments.is_doubtful() {
            command.sureness = Certainty::Opaque; // it may be any option, also one that says where
        } else if command.has_unlisted(&conditions) {
            command.sureness = sureness.max(Certainty::AtLeast);
        }
        let mut deeds = command.deeds(&conditions, &words);
        let is_unclear = found.hidden || command.has_unknown(&conditions) || deeds.iter().any(Option::is_none);
        let mut changes = deeds.iter().flatten().any(|deed| deed.verb != Verb::Read);
        let guarded = changes || !conditions.is_empty() || !program.runs.is_empty() || !program.writes.is_empty();
        if is_unclear || [program, top].into_iter().any(|row| command.arguments.has(row.runs)) || (guarded && command.arguments.is_doubtful()) {
            self.unclear(&command, scope);
        }
        if let Some(rest) = self.carried(&command, &conditions, &words, scope, input).filter(|_| !is_unclear) {
            // What is left of the row's own deeds; the rest was read where it stands.
            changes = rest.iter().flatten().any(|deed| deed.verb != Verb::Read);
            deeds = rest;
        } else {
            let texts: Vec<Text> = command.arguments.values(program.sql).cloned().collect();
            // Statements are all that is run, unless a file of them is named too, or there was something odd about the rest.
            let by_words = crate::sql::Dialect::of_program(top.name).is_none();
            if by_words && !texts.is_empty() && command.arguments.values(program.reads).next().is_none() {
                deeds.clear();
            }
            self.statements(&command, &texts);
        }
        for deed in deeds.into_iter().flatten() {
            self.deed_of(&command, deed, scope);
        }
        if changes || is_unclear {
            self.mentions(&found.before, scope);
            self.mentions(&found.words, scope);
        }
    }

    /// What it does is not in the row.
    pub(super) fn unclear(&mut self, command: &Command<'_>, scope: &Scope) {
        match command.landing {
            Landing::Here => self.machine(&command.name(), &[], scope),
            Landing::There(_) => {
                let effect = Effect::in_workspace(Verb::Opaque, Resource::new("system", command.name()));
                self.find(command.landing.placed(effect).with_certainty(Certainty::Opaque));
            }
        }
    }

    fn deed_of(&mut self, command: &Command<'_>, deed: Deed, scope: &Scope) {
        let named = command.named(deed);
        let touch = Touch { certainty: deed.certainty, ..Touch::new(deed.verb) };
        match deed.kind {
            "tree" => return self.touch(touch.recursive(), &Text::below(&Text::known(".")), scope),
            "path" => return named.iter().for_each(|word| self.touch(touch, word, scope)),
            "below" => return named.iter().for_each(|word| self.touch(touch.recursive(), word, scope)),
            "project" if deed.verb == Verb::Execute => return self.runs_opaque(&command.name()),
            _ if deed.verb == Verb::Opaque => return self.unclear(command, scope),
            _ if deed.verb == Verb::Execute && command.landing == Landing::Here => return self.machine(&command.name(), &[], scope),
            _ => {}
        }
        let kind = command.kind(deed.kind);
        if named.is_empty() {
            let effect = command.effect(deed, &kind, &command.name(), deed.certainty);
            self.find(self.on_the_ground(command, effect));
        }
        for word in named {
            let certainty = if word.exact().is_some() { deed.certainty } else { Certainty::Opaque };
            let effect = command.effect(deed, &kind, &name_of(&word), certainty);
            self.find(self.on_the_ground(command, effect));
        }
    }

    /// In the box, looking at the machine looks at the box.
    fn on_the_ground(&self, command: &Command<'_>, effect: Effect) -> Effect {
        match (command.landing == Landing::Here, self.ground.place, effect.verb) {
            (true, Place::Boxed, Verb::Read) => Effect { certainty: effect.certainty, ..Effect::in_workspace(Verb::Read, effect.resource) },
            (true, Place::Boxed, _) => effect.noted("works on the machine itself"),
            _ => effect,
        }
    }
}

impl Command<'_> {
    /// `docker volume`, for people.
    pub(super) fn name(&self) -> String {
        let first = self.arguments.operands.first().and_then(Text::exact).filter(|w| self.found.path.is_empty() && is_plain_word(w));
        let path = self.found.path.iter().map(String::as_str);
        let words: Vec<&str> = [self.typed].into_iter().chain(path).chain(first).collect();
        shown(&words.join(" "))
    }

    /// The deeds by the conditions that hold. Of several `only` and `look`, the first.
    fn deeds(&self, conditions: &[Condition], words: &[Text]) -> Vec<Option<Deed>> {
        let row = &self.found.program;
        if let Some(condition) = self.instead(conditions, words) {
            return condition.deeds().collect();
        }
        row.deeds().chain(self.on_top(conditions)).collect()
    }

    /// The condition whose deeds are all that is done.
    pub(super) fn instead<'s>(&self, conditions: &'s [Condition], words: &[Text]) -> Option<&'s Condition> {
        let raised = conditions.iter().any(|c| c.when == When::Given && self.holds(c.words));
        let replaces = |c: &Condition| c.when == When::Instead || (c.when == When::Alone && !raised);
        conditions.iter().find(|c| replaces(c) && self.holds(c.words) && self.all_agree(c.words) && self.surely(c.words, words))
    }

    /// What conditions add to the row's own deeds.
    pub(super) fn on_top(&self, conditions: &[Condition]) -> Vec<Option<Deed>> {
        let holds = |c: &&Condition| match c.when {
            When::Given => self.holds(c.words),
            When::Absent => !self.holds(c.words),
            When::Instead | When::Alone => false,
        };
        conditions.iter().filter(holds).flat_map(Condition::deeds).collect()
    }

    /// Whether one of these options or operands is given.
    fn holds(&self, words: &str) -> bool {
        words.split_whitespace().any(|word| match word.split_once('=') {
            Some((name, value)) if name.starts_with('-') => self.arguments.values(name).any(|given| given.exact() == Some(value)),
            _ if word.ends_with('*') => self.arguments.options_begin(word.trim_end_matches('*')),
            _ if word.starts_with('-') => self.arguments.options.iter().any(|(name, value)| name == word && !denies(value.as_ref())),
            _ => self.has_operand(word),
        })
    }

    /// Whether an operand is this word: `pvc`, also as `pvc/data` and `deployment,pvc`; or whether there is a first one, `@1`.
    fn has_operand(&self, word: &str) -> bool {
        if let Some(number) = word.strip_prefix('@') {
            return number.parse::<usize>().is_ok_and(|n| self.arguments.operands.len() >= n);
        }
        let kinds = self.arguments.operands.iter().filter_map(Text::exact).flat_map(|o| o.split(','));
        kinds.filter_map(|kind| kind.split('/').next()).any(|kind| kind.eq_ignore_ascii_case(word))
            || self.arguments.operands.iter().any(|o| o.exact().is_some_and(|o| o.eq_ignore_ascii_case(word)))
    }

    /// Whether no later value of an option takes back what a condition asks: `--dry-run=client --dry-run=none`.
    fn all_agree(&self, condition: &str) -> bool {
        let words = || condition.split_whitespace().filter(|w| w.starts_with('-'));
        let names: Vec<&str> = words().map(|w| w.split('=').next().unwrap_or(w)).collect();
        let wants_values = words().any(|w| w.contains('='));
        let agrees = |(name, value): &(String, Option<Text>)| match value.as_ref().map(Text::exact) {
            None => true,
            Some(Some("true")) if !wants_values => true,
            Some(value) => value.is_some_and(|v| words().any(|w| w == format!("{name}={v}"))),
        };
        let takes = |name: &str| self.found.program.takes_value(name) || self.found.top.takes_value(name);
        self.arguments.options.iter().filter(|(name, _)| names.contains(&name.as_str())).all(|option| agrees(option) || (!wants_values && takes(&option.0)))
    }

    /// What makes it milder must not be the value of an option that the row does not know.
    fn surely(&self, condition: &str, words: &[Text]) -> bool {
        let (row, top) = (&self.found.program, &self.found.top);
        let flag = |name: &str| row.is_flag(name) || top.is_flag(name);
        let known = |option: &str| {
            let name = option.split('=').next().unwrap_or(option);
            let bundle = !option.starts_with("--") && option.chars().skip(1).all(|letter| flag(&format!("-{letter}")));
            let joined = option.get(..2).is_some_and(|short| !option.starts_with("--") && (row.takes_value(short) || top.takes_value(short)));
            option.contains('=') || bundle || (joined && option.len() > 2) || flag(name) || self.arguments.values(name).next().is_some()
        };
        let matters = |word: &Text| {
            let begins = |c: &str| word.exact().is_some_and(|w| w == c || w.split('=').next() == c.split('=').next());
            condition.split_whitespace().any(begins)
        };
        let after_unknown = words.windows(2).any(|pair| match pair {
            [before, word] => matters(word) && before.known_prefix().starts_with('-') && !before.exact().is_some_and(known),
            _ => false,
        });
        !after_unknown
    }

    /// On a strict row, whether an option is given that it does not name.
    fn has_unknown(&self, conditions: &[Condition]) -> bool {
        self.found.program.strict && self.has_unlisted(conditions)
    }

    /// Whether an option is given that the row does not name.
    pub(super) fn has_unlisted(&self, conditions: &[Condition]) -> bool {
        let (row, top) = (&self.found.program, &self.found.top);
        let of = |row: &Program| [row.valued, row.writes, row.reads, row.sql, row.joined, row.runs, row.flags, row.help, row.skip.1];
        let lists = [of(row), of(top)].concat();
        let places: Vec<&str> = [row, top].into_iter().flat_map(|row| row.each("elsewhere").chain(row.each("at"))).collect();
        let listed = |name: &str| {
            let conditional = conditions.iter().flat_map(|c| c.words.split_whitespace()).map(|w| w.split('=').next().unwrap_or(w));
            lists.iter().chain(&places).flat_map(|l| l.split_whitespace()).chain(conditional).any(|n| n == name.trim_end_matches('*'))
        };
        self.arguments.options.iter().any(|(name, _)| !listed(name))
    }

    fn kind(&self, kind: &str) -> String {
        let word = match kind {
            "$1" => self.arguments.operands.first().map_or("", |o| o.known_prefix().split('/').next().unwrap_or_default()),
            "$group" => self.found.path.iter().rev().nth(1).map_or("", String::as_str),
            kind => kind,
        };
        let noun = word.len() <= 40 && word.bytes().next().is_some_and(|b| b.is_ascii_alphabetic());
        let clean = noun && word.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.,".contains(&b));
        if clean { word.to_ascii_lowercase() } else { "resource".to_owned() }
    }

    fn named(&self, deed: Deed) -> Vec<Text> {
        let operands = self.arguments.operands.as_slice();
        // `pods/web`: kind and name in one word.
        let joined = deed.kind == "$1" && operands.first().is_some_and(|o| o.known_prefix().contains('/'));
        match deed.names {
            Names::Unsaid => Vec::new(),
            Names::Operand(_) | Names::From(_) if joined => operands.to_vec(),
            Names::Operand(at) => operands.get(at).cloned().into_iter().collect(),
            Names::From(at) => operands.get(at..).unwrap_or_default().to_vec(),
            Names::Last => operands.last().cloned().into_iter().collect(),
            Names::Option(options) => options.split('/').flat_map(|option| self.arguments.values(option)).cloned().collect(),
            Names::Literal(text) => vec![Text::known(text)],
        }
    }

    pub(super) fn effect(&self, deed: Deed, kind: &str, name: &str, certainty: Certainty) -> Effect {
        let effect = Effect::in_workspace(deed.verb, Resource::new(kind, shown(name)));
        let mut effect = self.landing.placed(effect).that_is(deed.reversibility.unwrap_or_else(|| lasting(deed.verb)));
        if effect.tier == action::Tier::Workspace {
            effect.reversibility = Reversibility::Reversible;
        }
        // On this machine there is nobody else who could answer.
        let remote = deed.verb == Verb::Read && effect.tier > action::Tier::Host;
        effect.certainty = if remote { certainty.max(self.sureness) } else { certainty };
        effect.data_bearing = deed.data_bearing;
        effect.whole_environment = deed.whole;
        effect
    }
}

/// Options and operands, with the options in front of the subcommand.
fn arguments(found: &Found, conditions: &[Condition], before: &[Text], words: &[Text]) -> Arguments {
    let Found { program, top, .. } = found;
    let valued = [program.valued, program.writes, program.reads, program.sql, top.valued, top.writes, top.reads];
    let named = conditions.iter().flat_map(|c| c.words.split_whitespace()).filter(|w| w.starts_with('-'));
    let named = named.map(|w| w.split(['=', '*']).next().unwrap_or(w));
    let noted = named.chain([program.runs, program.flags]).collect::<Vec<_>>().join(" ");
    let words = without_joined(words, program.joined, &valued);
    let mut arguments = Arguments::with(&words, &valued, &noted, program.stops);
    let in_front = Arguments::with(before, &[&found.before_valued, top.valued, top.writes, top.reads], "", false);
    arguments.doubtful |= in_front.doubtful;
    arguments.options.extend(in_front.options);
    arguments
}

/// Values that stand in one word with a short option, and only there, cut off: `-Apsecret` is `-A`, `-p` and a password.
fn without_joined(words: &[Text], joined: &str, valued: &[&str]) -> Vec<Text> {
    let lists = |names: &str, letter: char| names.split_whitespace().any(|name| name.strip_prefix('-') == Some(letter.encode_utf8(&mut [0; 4])));
    let cut = |word: &Text| {
        let known = word.known_prefix();
        if joined.is_empty() || !known.starts_with('-') || known.starts_with("--") {
            return word.clone();
        }
        let mut letters = known.char_indices().skip(1);
        let end = letters.find(|(_, letter)| lists(joined, *letter) || valued.iter().any(|names| lists(names, *letter)));
        match end.filter(|(_, letter)| lists(joined, *letter)) {
            Some((at, letter)) => Text::known(known.get(..at + letter.len_utf8()).unwrap_or(known)),
            None => word.clone(),
        }
    };
    words.iter().map(cut).collect()
}

/// `--flag=false`.
pub(super) fn denies(value: Option<&Text>) -> bool {
    value.and_then(Text::exact).is_some_and(|v| v == "false")
}

/// A name for people: of a connection, only the host, as the rest may hold a password.
pub(super) fn name_of(word: &Text) -> String {
    let text = word.text.as_str();
    if text.contains("://") && text.contains('@') {
        return host_of_url(text).map_or_else(|| "a connection".to_owned(), |(host, _)| host);
    }
    let lower = text.to_ascii_lowercase();
    if ["password", "secret", "token"].iter().any(|w| lower.contains(&format!("{w}="))) {
        return "a connection".to_owned();
    }
    text.to_owned()
}

/// Whether it only asks for help or a version: `--help` anywhere, but not behind an option that may take it for its value; all other
/// ways only where nothing else is said, as their letters mean other things to subcommands.
fn helps(found: &Found, words: &[Text]) -> bool {
    let Found { program, top, path, before, .. } = found;
    if path.is_empty() && is_asked_for_help(top, &[before.as_slice(), words].concat()) {
        return true;
    }
    if program.stops || !top.help.split_whitespace().any(|h| h == "--help") {
        return false;
    }
    let mut before_is_option = false;
    for word in words.iter().take_while(|w| w.exact() != Some("--")) {
        if word.exact() == Some("--help") && !before_is_option {
            return true;
        }
        before_is_option = word.may_be_option();
    }
    false
}

/// `-auto-approve` as `--auto-approve`: some programs know both, their rows the second.
fn with_two_dashes(words: &[Text]) -> Vec<Text> {
    let doubled = |word: &Text| match word.exact() {
        Some(text) if text.len() > 2 && text.starts_with('-') && !text.starts_with("--") => Text::known(format!("-{text}")),
        _ => word.clone(),
    };
    words.iter().map(doubled).collect()
}

#[cfg(test)]
mod tests;
