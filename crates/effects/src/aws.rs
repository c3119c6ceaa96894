//! The AWS command line: what a command does to which account and region.
//!
//! ```text
//! words ─ call ─▶ service, operation, options ─ grammar ─▶ class ─ raises ─▶ effects, at the account that is meant
//! ```
//!
//! What an operation does is data (`data/aws.tsv`, see [`operation`]), as is what makes it graver (`data/aws-arguments.tsv`). The
//! account comes from the facts about profiles and from ARNs, never from names; where neither says it, it is unknown. A service
//! or operation that the grammar does not have may be an alias, which may run anything: opaque. Values are shown only where they
//! say which thing is meant.

use action::{Resource, Verb};

use crate::environment::Spot;
use crate::path::shown;
use crate::reach::leaving;
use crate::shell::{Reader, Scope, Text};

mod account;
mod call;
mod carried;
mod effects;
mod grammar;
mod profiles;
mod raises;
mod settings;
mod storage;

pub use grammar::{AccessLevel, Operation, operation};
pub use profiles::profiles;

use call::Call;

/// The words of one command after `aws`, its general options apart.
struct Command<'w> {
    service: &'w str,
    operation: &'w str,
    rest: Vec<Text>,
    call: Call,
}

impl Reader<'_> {
    /// Runs `aws` with these words.
    pub(crate) fn aws(&mut self, words: &[Text], scope: &mut Scope) {
        let (rest, call) = Call::general(words);
        if call.only_version && !call.doubtful {
            self.find(self.ground.runs("aws", action::Certainty::Exact));
            return;
        }
        let mut plain = rest.iter().map(|word| word.exact().filter(|w| !w.starts_with('-')));
        match (plain.next().flatten(), plain.next().flatten()) {
            (Some("help"), _) => self.find(self.ground.runs("aws", action::Certainty::Exact)),
            (Some(service), Some("help")) if is_known(service, None) => self.find(self.ground.runs("aws", action::Certainty::Exact)),
            (Some(service), Some(operation)) => {
                let (service, operation) = (service.to_owned(), operation.to_owned());
                let rest = rest.get(2..).unwrap_or_default().to_vec();
                self.aws_command(&Command { service: &service, operation: &operation, rest, call }, words, scope);
            }
            (Some(command @ ("configure" | "login" | "logout")), None) => {
                let rest = rest.get(1..).unwrap_or_default().to_vec();
                self.aws_settings(&Command { service: command, operation: "", rest, call }, scope);
            }
            _ => self.aws_opaque("", words, scope),
        }
    }

    fn aws_command(&mut self, command: &Command<'_>, words: &[Text], scope: &mut Scope) {
        let Command { service, operation, rest, call } = command;
        let asks = rest.first().and_then(Text::exact) == Some("help") || call.asks_for_skeleton(rest);
        if asks && is_known(service, Some(operation)) {
            self.find(self.ground.runs("aws", action::Certainty::Exact));
            return;
        }
        match (*service, *operation) {
            ("s3", _) => self.aws_storage(command, words, scope),
            ("configure" | "login" | "logout" | "history", _) | ("sso", "login" | "logout") | ("eks", "update-kubeconfig") => {
                self.aws_settings(command, scope);
            }
            (service, "wait") => self.aws_waits(service, command, scope),
            (service, name) => match grammar::operation(service, name) {
                Some(operation) => self.aws_operation(&operation, command, words, scope),
                None => self.aws_opaque(&format!("{service} {name}"), words, scope),
            },
        }
    }

    /// A command that nobody has a reading of: an alias, a plug-in, a newer operation.
    fn aws_opaque(&mut self, said: &str, words: &[Text], scope: &Scope) {
        let plain = said.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._ ".contains(&b));
        let name = if plain && !said.is_empty() { format!("aws {said}") } else { "aws".into() };
        let resource = Resource::new("system", shown(&name));
        self.find(leaving(Verb::Opaque, resource, Spot::unknown()).noted("not in the command line's grammar as we know it"));
        self.mentions(words, scope);
    }
}

/// Whether the command line itself has this service, and this operation of it. Anything else may be an alias, whatever it is given.
fn is_known(service: &str, operation: Option<&str>) -> bool {
    match (service, operation) {
        ("s3", Some(name)) => ["ls", "cp", "mv", "rm", "sync", "mb", "rb", "presign", "website"].contains(&name),
        ("s3" | "configure", None) => true,
        (service, None) => grammar::has_service(service),
        (service, Some(name)) => grammar::operation(service, name).is_some(),
    }
}

#[cfg(test)]
mod tests;
