//! What a request of the web asks for, as far as its command says: the method, whether something is sent, and a mutation of GraphQL in
//! the body. What the other side makes of it is not in the text.

use action::Verb;

use super::Arguments;
use super::Text;

/// Options of programs for the web that send something.
const SENDS: &str = "-d --data --data-raw --data-binary --data-urlencode --data-ascii --json -F --form --form-string -T --upload-file \
                     --post-data --post-file --body-data --body-file -Q --quote --raw";
const METHOD: &str = "-X --request --method";
/// Options whose values go along with any request.
const ALONG: &str = "-H --header -u --user -b --cookie -A --user-agent -e --referer --url-query --oauth2-bearer -a --auth --proxy-user -U";

/// Words in the name of a mutation that takes something away.
const TAKES: [&str; 9] = ["delete", "destroy", "remove", "drop", "purge", "reset", "wipe", "truncate", "terminate"];

/// A request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Request {
    /// [`Verb::Opaque`] where something is sent and nobody knows what for.
    pub(super) verb: Verb,
    pub(super) note: Option<String>,
    /// Something goes along whose text is not known.
    tells: bool,
}

impl Request {
    /// A mere question.
    pub(super) fn question(tells: bool) -> Self {
        Self { verb: Verb::Read, note: None, tells }
    }

    /// By the program's name and arguments.
    pub(super) fn of(name: &str, arguments: &Arguments) -> Self {
        let short = ["http", "https", "xh", "xhs"].contains(&name);
        let web = short || ["curl", "wget"].contains(&name);
        let looks = ["ping", "ping6", "dig", "nslookup", "host", "whois", "traceroute", "tracepath", "mtr", "fping"].contains(&name);
        let tells = arguments.is_doubtful() || arguments.values(ALONG).any(|value| value.exact().is_none());
        if !web {
            return Self { verb: if looks { Verb::Read } else { Verb::Opaque }, note: None, tells };
        }
        let sent: Vec<&Text> = arguments.values(SENDS).collect();
        let items: Vec<&Text> = if short { items(arguments) } else { Vec::new() };
        let sends = arguments.has(SENDS) || !items.is_empty();
        if let Some(mutation) = sent.iter().chain(&items).find_map(|text| mutation(&text.text)) {
            let takes = TAKES.iter().any(|word| mutation.to_lowercase().contains(word));
            let verb = if takes { Verb::Delete } else { Verb::Opaque };
            return Self { verb, note: Some(format!("GraphQL mutation {mutation}")), tells: true };
        }
        let methods: Vec<&Text> = arguments.values(METHOD).chain(arguments.operands().iter().take(1).filter(|w| short && is_method(w))).collect();
        let is = |names: &[&str], method: &&&Text| method.exact().is_some_and(|m| names.iter().any(|n| m.eq_ignore_ascii_case(n)));
        let verb = match (methods.is_empty(), sends) {
            _ if methods.iter().any(|m| is(&["DELETE"], &m)) => Verb::Delete,
            (_, false) if methods.iter().all(|m| is(&["GET", "HEAD", "OPTIONS"], &m)) => Verb::Read,
            _ => Verb::Opaque,
        };
        Self { verb, note: None, tells }
    }

    /// The same, to an address that may itself tell something.
    pub(super) fn to(&self, address: &Text) -> Self {
        Self { tells: self.tells || address.exact().is_none(), ..self.clone() }
    }

    pub(super) fn is_plain_question(&self) -> bool {
        self.verb == Verb::Read && !self.tells
    }
}

/// A method in the place of the first operand.
pub(super) fn is_method(word: &Text) -> bool {
    const METHODS: [&str; 7] = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"];
    let known = word.exact().is_some_and(|t| METHODS.iter().any(|m| t.eq_ignore_ascii_case(m)));
    known || word.exact().is_some_and(|t| !t.is_empty() && t.bytes().all(|b| b.is_ascii_uppercase()))
}

/// What stands behind the address: `name=value`, `name:=json`, `field@file`. A question's `name==value` and headers send no body.
fn items(arguments: &Arguments) -> Vec<&Text> {
    let from = if arguments.operands().first().is_some_and(is_method) { 2 } else { 1 };
    let sends = |word: &&Text| match word.exact() {
        Some(text) => (text.contains('=') && !text.contains("==")) || text.contains('@'),
        None => true,
    };
    arguments.operands().iter().skip(from).filter(sends).collect()
}

/// The first thing that a mutation of GraphQL asks for: `volumeDelete` of `mutation x { volumeDelete(id: 1) }`.
fn mutation(body: &str) -> Option<String> {
    let at = body.find("mutation")?;
    let rest = body.get(at + "mutation".len()..)?;
    let begins = rest.chars().next().is_some_and(|c| c.is_whitespace() || "{(".contains(c));
    let selection = rest.get(rest.find('{')? + 1..).filter(|_| begins)?;
    let name: String = selection.trim_start().chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').take(60).collect();
    Some(if name.is_empty() { "?".to_owned() } else { name })
}

#[cfg(test)]
mod tests;
