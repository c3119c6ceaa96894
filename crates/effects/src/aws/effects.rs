//! What an operation of the grammar does, told as effects.

use action::{Certainty, Effect, Resource, Reversibility, Verb};

use super::Command;
use super::call::{Said, Told};
use super::grammar::{AccessLevel, Operation, has_service};
use super::raises::{self, Raise};
use crate::environment::Spot;
use crate::path::shown;
use crate::place::Touch;
use crate::shell::{Reader, Scope, Text};

/// More names than this are counted, not listed.
const MOST_NAMES: usize = 3;
/// Operations whose whole effect is a statement, and the arguments that hold it.
const STATEMENTS: [&str; 6] = ["sql", "sqls", "statement", "statements", "query-string", "transact-statements"];

/// First words of statements; what begins otherwise is not shown.
const KEYWORDS: [&str; 16] = [
    "select", "with", "insert", "update", "delete", "merge", "upsert", "create", "alter", "drop", "truncate", "grant", "revoke", "copy", "unload",
    "call",
];

/// Which thing is meant.
struct Named {
    name: String,
    count: u64,
    /// Whether the words say it.
    certainty: Certainty,
    /// An ARN whose account may be in what is not known.
    hides_account: bool,
}

impl Reader<'_> {
    pub(super) fn aws_operation(&mut self, operation: &Operation, command: &Command<'_>, words: &[Text], scope: &Scope) {
        let told = Told::new(&command.rest);
        self.aws_files(operation, &told, command, scope);
        let (names, named) = named(operation, &told);
        let spot = match bucket_of(operation, &names) {
            _ if named.hides_account => Spot::unknown(),
            Some(bucket) => self.spot_of_bucket(&command.call, bucket, scope),
            None => self.aws_spot(&command.call, operation.of_account, &names, scope),
        };
        let dry = matches!(operation.service, "ec2" | "kms") && told.has_exactly("--dry-run") && !told.has_exactly("--no-dry-run") && !told.unread;
        if dry && !command.call.doubtful {
            let effect = self.aws_effect(Verb::Read, operation, &named, spot, command);
            self.find(effect.noted("only asks whether it would be allowed"));
            return;
        }
        let raises = raises::of(operation, &told);
        let mut effect = self.aws_effect(operation.verb, operation, &named, spot, command);
        effect.reversibility = lasting(operation, &raises);
        effect.data_bearing = operation.holds_data() || (effect.verb == Verb::Read && shows_contents(operation));
        effect.whole_environment = operation.is_whole_account();
        if told.unread && operation.verb != Verb::Read {
            effect = effect.with_certainty(Certainty::Opaque).noted("arguments from elsewhere");
        }
        if operation.takes_along() {
            effect = effect.noted("with all that belongs to it");
            effect.certainty = effect.certainty.max(Certainty::AtLeast);
        }
        if self.aws_carried(operation, &told, &effect, command, scope) {
            if raises.is_empty() && operation.service.ends_with("-data") {
                return; // the statements are all of it
            }
            effect.certainty = effect.certainty.max(Certainty::AtLeast);
        } else if operation.runs_unseen() {
            effect = effect.with_certainty(Certainty::Opaque).noted("what it runs is not in its arguments");
            effect.notes.extend(statement(&told));
            self.mentions(words, scope);
        }
        if operation.shows_secret() {
            effect = effect.noted("shows a secret");
        }
        self.find_raised(effect, &raises);
    }

    /// The effect, and one more for each graver verb that its arguments add.
    fn find_raised(&mut self, mut effect: Effect, raises: &[Raise]) {
        let graver = |raise: &&Raise| raise.verb.is_some_and(|verb| verb > effect.verb);
        let mut verbs: Vec<Verb> = raises.iter().filter(graver).filter_map(|raise| raise.verb).collect();
        verbs.sort_unstable();
        verbs.dedup();
        for verb in verbs {
            let mut raised = effect.clone();
            let of_verb: Vec<&Raise> = raises.iter().filter(|raise| raise.verb == Some(verb)).collect();
            raised.verb = verb;
            raised.data_bearing |= of_verb.iter().any(|raise| raise.lasting == Some(Reversibility::Irreversible));
            raised.reversibility = if verb == Verb::Grant { Reversibility::Reversible } else { Reversibility::Irreversible };
            raised.notes.extend(of_verb.iter().map(|raise| raise.reason.to_owned()));
            self.find(raised);
        }
        let adds = |raise: &&Raise| raise.verb.is_none_or(|verb| verb <= effect.verb) && effect.verb != Verb::Read;
        let notes: Vec<String> = raises.iter().filter(adds).map(|raise| raise.reason.to_owned()).collect();
        effect.notes.extend(notes);
        self.find(effect);
    }

    fn aws_effect(&self, verb: Verb, operation: &Operation, named: &Named, spot: Spot, command: &Command<'_>) -> Effect {
        let service = if operation.service == "s3api" { "s3" } else { operation.service };
        let noun = kind(operation.word, operation.noun);
        let kind = if noun.is_empty() { service.to_owned() } else { format!("{service} {noun}") };
        let level = operation.level.as_str();
        let name = format!("{} {}", operation.service, operation.name());
        let mut effect = Effect::in_workspace(verb, Resource::new(kind, named.name.clone())).at(spot.environment, spot.tier);
        effect.certainty = if command.call.doubtful { Certainty::Opaque } else { named.certainty };
        effect.notes.push(if level == verb.as_str() { name } else { format!("{name}, {level}") });
        if named.count > 1 {
            effect = effect.counted(named.count, &plural(&noun));
        }
        self.aws_notes(effect, command)
    }

    /// What is worth knowing of general options.
    pub(super) fn aws_notes(&self, mut effect: Effect, command: &Command<'_>) -> Effect {
        if let Some((host, port)) = command.call.host() {
            effect.notes.push(format!("at {}", shown(&port.map_or(host.clone(), |p| format!("{host}:{p}")))));
        } else if command.call.endpoint == Said::Unknown {
            effect.notes.push("at an endpoint that is not known".into());
        }
        if command.call.unchecked {
            effect.notes.push("the certificate is not checked".into());
        }
        if effect.verb == Verb::Read && effect.tier > action::Tier::Host && self.is_strange_endpoint(&command.call) {
            effect.certainty = effect.certainty.max(Certainty::AtLeast);
        }
        effect
    }

    /// Local files that are sent, or written with the answer.
    fn aws_files(&mut self, operation: &Operation, told: &Told, command: &Command<'_>, scope: &Scope) {
        for option in &told.options {
            for value in &option.values {
                let scheme = ["fileb://", "file://"].into_iter().find(|s| value.known_prefix().starts_with(s));
                match scheme {
                    Some(scheme) => self.touch(Touch::new(Verb::Read), &value.after(scheme.len()), scope),
                    None if option.name == "body" => self.touch(Touch::new(Verb::Read), value, scope),
                    None => {}
                }
            }
        }
        if operation.writes_file() {
            let spare = told.options.iter().flat_map(|o| o.values.iter().skip(1));
            let mut files: Vec<Text> = told.operands.iter().chain(spare).cloned().collect();
            if files.is_empty() {
                files.extend(command.rest.last().filter(|w| !w.known_prefix().starts_with("--")).cloned());
            }
            for file in files.iter().filter(|f| f.exact() != Some("-") && f.exact() != Some("/dev/stdout")) {
                self.touch(Touch::new(Verb::Update), file, scope);
            }
        }
    }

    /// `aws ec2 wait instance-running`: asks again and again.
    pub(super) fn aws_waits(&mut self, service: &str, command: &Command<'_>, scope: &Scope) {
        let what = command.rest.first().and_then(Text::exact).filter(|w| !w.starts_with('-'));
        let Some(what) = what.filter(|_| has_service(service)) else {
            self.aws_opaque(&format!("{service} wait"), &command.rest, scope);
            return;
        };
        let spot = self.aws_spot(&command.call, false, &[], scope);
        let resource = Resource::new(service, shown(&format!("until {what}")));
        let effect = Effect::in_workspace(Verb::Read, resource).at(spot.environment, spot.tier);
        let certainty = if command.call.doubtful { Certainty::Opaque } else { Certainty::Exact };
        self.find(self.aws_notes(effect.with_certainty(certainty), command));
    }
}

/// Operations that only look, and show what somebody keeps beside it: variables of what runs, parameters and outputs, texts of templates.
/// By service, and how their names begin.
const SHOW_CONTENTS: [(&str, &str); 22] = [
    ("lambda", "get-function list-functions get-layer list-versions-by-function get-alias"), ("ecs", "describe-task"), ("cloudformation", "get-template describe-stacks describe-change-set"),
    ("ec2", "describe-instance-attribute describe-launch-template-versions get-launch-template-data get-console get-password-data describe-vpn-connections"),
    ("codebuild", "batch-get"), ("elasticbeanstalk", "describe-configuration-settings retrieve-environment-info"), ("apprunner", "describe-service"), ("batch", "describe-job"),
    ("glue", "get-connection get-job get-table get-partition"), ("amplify", "get-app list-apps get-branch list-branches"), ("sagemaker", "describe-model describe-notebook-instance-lifecycle describe-training-job describe-processing-job"),
    ("autoscaling", "describe-launch-configurations"), ("datapipeline", "get-pipeline-definition"), ("opsworks", "describe-apps describe-stacks"), ("codepipeline", "get-pipeline"),
    ("ssm", "get-command-invocation list-command get-document describe-parameters get-automation-execution"), ("stepfunctions", "describe-execution get-execution-history"), ("iot", "get-"),
    ("mwaa", "get-environment"), ("emr", "describe-step list-steps describe-cluster"), ("athena", "get-query list-query"), ("appsync", "get- list-api-keys"),
];

fn shows_contents(operation: &Operation) -> bool {
    let name = operation.name();
    let starts = |starts: &str| starts.split_whitespace().any(|start| name.starts_with(start));
    SHOW_CONTENTS.iter().any(|(service, of)| *service == operation.service && starts(of))
}

/// Which thing an operation is about: its name, and the words that name it.
fn named<'t>(operation: &Operation, told: &'t Told) -> (Vec<&'t str>, Named) {
    let sets: Vec<Vec<&Text>> = operation.identified_by.split('+').filter(|a| !a.is_empty()).map(|a| identifiers(operation, told, a)).collect();
    let given: Vec<&Vec<&Text>> = sets.iter().filter(|values| !values.is_empty()).collect();
    let texts: Vec<&str> = given.iter().flat_map(|values| values.iter()).filter_map(|value| value.exact()).collect();
    let known = given.iter().flat_map(|values| values.iter()).all(|value| value.is_known() && !value.known_prefix().starts_with("file"));
    let certainty = match (known, operation.verb) {
        (true, _) if given.is_empty() && !names_nothing(operation) => Certainty::AtLeast,
        (true, _) => Certainty::Exact,
        (false, Verb::Read) => Certainty::AtLeast,
        (false, _) => Certainty::Opaque,
    };
    let (name, count) = match given.as_slice() {
        [] => (unnamed(operation).to_owned(), 1),
        [values] => (list(values), values.len() as u64),
        several => (several.iter().map(|values| list(values)).collect::<Vec<_>>().join("/"), 1),
    };
    let hides = |value: &&Text| !value.is_known() && value.known_prefix().starts_with("arn:");
    let hides_account = given.iter().flat_map(|values| values.iter()).any(hides);
    (texts, Named { name: shown(&name), count, certainty, hides_account })
}

/// The values that name the thing. Where the answer goes to a file, what follows the first is that file.
fn identifiers<'t>(operation: &Operation, told: &'t Told, argument: &str) -> Vec<&'t Text> {
    let values = told.values(argument);
    if operation.writes_file() { values.into_iter().take(1).collect() } else { values }
}

fn list(values: &[&Text]) -> String {
    let names: Vec<String> = values.iter().take(MOST_NAMES).map(|value| plain(&value.text)).collect();
    let more = if values.len() > MOST_NAMES { ", …" } else { "" };
    format!("{}{more}", names.join(", "))
}

/// A name without what a URL may hold of secrets: a user with a password, and a query.
fn plain(name: &str) -> String {
    let Some((scheme, rest)) = name.split_once("://") else { return name.to_owned() };
    let bare = rest.split(['?', '#']).next().unwrap_or_default();
    let (authority, path) = bare.split_once('/').map_or((bare, None), |(a, p)| (a, Some(p)));
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    format!("{scheme}://{host}{}", path.map(|p| format!("/{p}")).unwrap_or_default())
}

/// Without a name a look is at all of them, and a new thing has none yet.
fn names_nothing(operation: &Operation) -> bool {
    operation.identified_by.is_empty() || matches!(operation.level, AccessLevel::Read | AccessLevel::List) || operation.verb == Verb::Create
}

fn unnamed(operation: &Operation) -> &'static str {
    match operation.verb {
        Verb::Read => "all",
        Verb::Create | Verb::Spend => "new",
        _ if operation.shows_secret() => "a secret",
        _ if operation.identified_by.is_empty() => "the account's",
        _ => "not named",
    }
}

fn bucket_of<'n>(operation: &Operation, names: &[&'n str]) -> Option<&'n str> {
    let by_bucket = operation.service == "s3api" && operation.identified_by.starts_with("bucket");
    names.first().copied().filter(|name| by_bucket && !name.starts_with("arn:"))
}

/// Whether it can be undone, by what the operation is and what its arguments keep. A setting can be set back and a right taken again;
/// what was written over, seen, run, paid or not recorded meanwhile stays so.
fn lasting(operation: &Operation, raises: &[Raise]) -> Reversibility {
    let said = |lasting| raises.iter().any(|raise| raise.lasting == Some(lasting));
    match operation.verb {
        Verb::Read | Verb::Create | Verb::Grant => Reversibility::Reversible,
        Verb::Update if !operation.holds_data() && !operation.runs_unseen() && !operation.takes_along() => Reversibility::Reversible,
        Verb::Delete if said(Reversibility::Irreversible) => Reversibility::Irreversible,
        Verb::Delete if operation.waits() || said(Reversibility::Recoverable) => Reversibility::Recoverable,
        _ => Reversibility::Irreversible,
    }
}

/// The noun that an operation is about: `db-instance` of `delete-db-instance` and of `describe-db-instances`.
fn kind(word: &str, noun: &str) -> String {
    let noun = if matches!(word, "batch" | "admin") { noun.split_once('-').map_or("", |(_, rest)| rest) } else { noun };
    match noun.strip_suffix('s') {
        Some(stem) if noun.ends_with("ies") => format!("{}y", stem.strip_suffix("ie").unwrap_or(stem)),
        Some(stem) if noun.ends_with("sses") => stem.strip_suffix('e').unwrap_or(stem).to_owned(),
        Some(stem) if !stem.ends_with(['s', 'u', 'i', '-']) && !noun.ends_with("-dns") => stem.to_owned(),
        _ => noun.to_owned(),
    }
}

fn plural(noun: &str) -> String {
    match noun.strip_suffix('y') {
        _ if noun.is_empty() => "things".into(),
        Some(stem) if !stem.ends_with(['a', 'e', 'o', 'u']) => format!("{stem}ies"),
        _ => format!("{noun}s"),
    }
}

/// The first words of a statement of a query language: what it does and to what, never its values.
fn statement(told: &Told) -> Option<String> {
    let text = STATEMENTS.iter().find_map(|argument| told.values(argument).into_iter().next())?;
    let is_plain = |word: &&str| word.len() < 64 && word.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.\"".contains(&b));
    let words: Vec<&str> = text.known_prefix().split_whitespace().take(3).take_while(is_plain).collect();
    let begins = words.first().is_some_and(|first| KEYWORDS.iter().any(|keyword| first.eq_ignore_ascii_case(keyword)));
    begins.then(|| format!("statement: {} …", words.join(" ")))
}

#[cfg(test)]
mod tests;
