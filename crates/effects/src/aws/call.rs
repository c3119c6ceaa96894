//! The options of one command, split as the command line's own parser splits them: general options stand anywhere and may be
//! shortened, an operation's option takes every word up to the next option.

use crate::environment::host_of_url;
use crate::shell::Text;

/// General options with a value.
const VALUED: [&str; 10] = [
    "--endpoint-url", "--output", "--query", "--profile", "--region", "--color", "--ca-bundle", "--cli-read-timeout", "--cli-connect-timeout",
    "--cli-binary-format",
];
/// General options without one.
const PLAIN: [&str; 9] = [
    "--debug", "--no-verify-ssl", "--no-paginate", "--no-sign-request", "--no-cli-pager", "--cli-auto-prompt", "--no-cli-auto-prompt",
    "--v2-debug", "--version",
];
/// More text than this in `--cli-input-json` is not read.
const LONGEST_JSON: usize = 1 << 16;

/// A general option's value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Said {
    /// The option is not there.
    #[default]
    Nothing,
    /// What it says.
    This(String),
    /// It is there, and what it says is not known.
    Unknown,
}

/// What stands in general options, and whether some word may be one that nobody can read.
#[derive(Clone, Debug, Default)]
pub(super) struct Call {
    pub(super) profile: Said,
    pub(super) region: Said,
    pub(super) endpoint: Said,
    /// Nobody's credentials are used.
    pub(super) unsigned: bool,
    /// The other side's certificate is not checked.
    pub(super) unchecked: bool,
    /// `aws --version`, and nothing in front of it that is a command.
    pub(super) only_version: bool,
    /// Some word may be any option.
    pub(super) doubtful: bool,
}

/// An option of an operation.
#[derive(Clone, Debug)]
pub(super) struct Given {
    /// Without dashes and in small letters: `dbinstanceidentifier`, also of `DBInstanceIdentifier` in JSON.
    pub(super) name: String,
    /// As it stands there, with dashes; empty where it comes from JSON.
    written: String,
    pub(super) values: Vec<Text>,
}

/// What an operation is told.
#[derive(Clone, Debug, Default)]
pub(super) struct Told {
    pub(super) options: Vec<Given>,
    /// Words in front of all options.
    pub(super) operands: Vec<Text>,
    /// Options come from a file, or from text that could not be read.
    pub(super) unread: bool,
}

impl Call {
    /// Takes the general options out of the words.
    pub(super) fn general(words: &[Text]) -> (Vec<Text>, Self) {
        let mut call = Self::default();
        let mut others = Vec::new();
        let mut rest = words.iter();
        while let Some(word) = rest.next() {
            call.doubtful |= word.may_be_option() && !word.is_known() && !has_name(word);
            let given = word.known_prefix();
            let (name, joined) = match given.find('=').filter(|_| given.starts_with("--")) {
                Some(at) => (given.get(..at).unwrap_or_default(), Some(word.after(at + 1))),
                None => (given, None),
            };
            match full_name(name) {
                Full::Valued(name) => {
                    let value = joined.or_else(|| rest.next().cloned());
                    call.doubtful |= value.as_ref().is_none_or(Text::may_be_option);
                    call.set(name, value.as_ref());
                }
                Full::Plain(name) => call.switch(name, others.is_empty()),
                Full::Ambiguous => {
                    call.doubtful = true;
                    others.push(word.clone());
                }
                Full::Other => others.push(word.clone()),
            }
        }
        (others, call)
    }

    fn set(&mut self, name: &str, value: Option<&Text>) {
        let said = value.and_then(Text::exact).map_or(Said::Unknown, |v| Said::This(v.to_owned()));
        match name {
            "--profile" => self.profile = said,
            "--region" => self.region = said,
            "--endpoint-url" => self.endpoint = said,
            _ => {}
        }
    }

    fn switch(&mut self, name: &str, first: bool) {
        match name {
            "--no-sign-request" => self.unsigned = true,
            "--no-verify-ssl" => self.unchecked = true,
            "--version" => self.only_version |= first,
            _ => {}
        }
    }

    /// Whether only an example of the arguments is printed. Any doubt, and it is not.
    pub(super) fn asks_for_skeleton(&self, rest: &[Text]) -> bool {
        let mut after = rest.iter().skip_while(|word| word.exact() != Some("--generate-cli-skeleton"));
        let asked = after.next().is_some();
        let is_kind = |kind: &str| ["input", "output", "yaml-input"].contains(&kind) || kind.starts_with("--");
        asked && !self.doubtful && after.next().is_none_or(|kind| kind.exact().is_some_and(is_kind))
    }

    /// Host and port of `--endpoint-url`; nothing where it is not known.
    pub(super) fn host(&self) -> Option<(String, Option<u16>)> {
        match &self.endpoint {
            Said::This(url) => host_of_url(url),
            Said::Nothing | Said::Unknown => None,
        }
    }
}

impl Told {
    /// Splits the words after the operation.
    pub(super) fn new(words: &[Text]) -> Self {
        let mut told = Self::default();
        for word in words {
            let known = word.known_prefix();
            if !known.starts_with("--") {
                match told.options.last_mut() {
                    Some(option) => option.values.push(word.clone()),
                    None => told.operands.push(word.clone()),
                }
                continue;
            }
            let at = known.find('=');
            let written = known.get(..at.unwrap_or(known.len())).unwrap_or_default().to_owned();
            let values = at.map(|at| word.after(at + 1)).into_iter().collect();
            told.options.push(Given { name: squashed(&written), written, values });
        }
        told.read_input();
        told
    }

    /// `--cli-input-json '{…}'`: its members are options.
    fn read_input(&mut self) {
        let is_input = |o: &&Given| o.name.starts_with("cliinput") || (o.name.len() > 2 && "cliinput".starts_with(&o.name));
        let inputs: Vec<Given> = self.options.iter().filter(is_input).cloned().collect();
        for input in inputs {
            let text = match input.values.as_slice() {
                [value] if input.name != "cliinputyaml" => value.exact().filter(|t| t.len() <= LONGEST_JSON),
                _ => None,
            };
            match text.and_then(|t| serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(t).ok()) {
                Some(members) => self.options.extend(members.into_iter().flat_map(|(name, value)| of_member(&name, &value))),
                None => self.unread = true,
            }
        }
    }

    /// Whether an argument is given by its whole name.
    pub(super) fn has(&self, argument: &str) -> bool {
        self.options.iter().any(|o| o.name == squashed(argument))
    }

    /// The values of an argument, by its name without dashes; an option may be shortened.
    pub(super) fn values(&self, argument: &str) -> Vec<&Text> {
        let wanted = squashed(argument);
        let exact = self.options.iter().any(|o| o.name == wanted);
        let is = |o: &&Given| if exact { o.name == wanted } else { shortens(&o.name, &wanted) };
        self.options.iter().filter(is).flat_map(|o| &o.values).collect()
    }

    /// Whether an option stands there letter by letter: what makes a command milder must.
    pub(super) fn has_exactly(&self, option: &str) -> bool {
        self.options.iter().any(|o| o.written == option && o.values.is_empty())
    }
}

/// Whether a given name may stand for a longer one.
fn shortens(given: &str, full: &str) -> bool {
    given.len() > 2 && full.starts_with(given)
}

/// `--db-instance-identifier` and `DBInstanceIdentifier` are one name.
fn squashed(name: &str) -> String {
    name.chars().filter(|c| *c != '-').flat_map(char::to_lowercase).collect()
}

fn of_member(name: &str, value: &serde_json::Value) -> Vec<Given> {
    let given = |name: String, values: Vec<Text>| Given { name, written: String::new(), values };
    let name = squashed(name);
    match value {
        serde_json::Value::Bool(true) => vec![given(name, Vec::new())],
        serde_json::Value::Bool(false) => vec![given(format!("no{name}"), Vec::new()), given(name, vec![Text::known("false")])],
        serde_json::Value::String(text) => vec![given(name, vec![Text::known(text.clone())])],
        serde_json::Value::Array(items) if items.iter().all(serde_json::Value::is_string) => {
            vec![given(name, items.iter().filter_map(|i| i.as_str()).map(Text::known).collect())]
        }
        other => vec![given(name, vec![Text::known(other.to_string())])],
    }
}

/// `--name=$value`: whatever the value is, it is that option.
fn has_name(word: &Text) -> bool {
    word.fixed_prefix().starts_with("--") && word.fixed_prefix().contains('=') && !word.many
}

enum Full {
    Valued(&'static str),
    Plain(&'static str),
    Ambiguous,
    Other,
}

/// Which general option a word is. One that begins several is an error there, and a doubt here.
fn full_name(given: &str) -> Full {
    if let Some(name) = VALUED.iter().find(|n| **n == given) {
        return Full::Valued(name);
    }
    if let Some(name) = PLAIN.iter().find(|n| **n == given) {
        return Full::Plain(name);
    }
    if given.len() < 3 || !given.starts_with("--") {
        return Full::Other;
    }
    let valued: Vec<&&str> = VALUED.iter().filter(|n| n.starts_with(given)).collect();
    let plain: Vec<&&str> = PLAIN.iter().filter(|n| n.starts_with(given)).collect();
    match (valued.as_slice(), plain.as_slice()) {
        ([], []) => Full::Other,
        ([name], []) => Full::Valued(name),
        ([], [name]) if **name != "--version" => Full::Plain(name),
        _ => Full::Ambiguous,
    }
}

#[cfg(test)]
mod tests;
