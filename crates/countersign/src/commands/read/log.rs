//! What was read, as SARIF: a rule for each verb, a result for each effect, at the place that says so.

use std::path::Path;

use action::{Effect, Verb};
use effects::{Sighting, Weight};
use serde_json::{Value, json};
use spec::sarif;

use super::input::{Input, Source};
use super::object::Located;
use super::{Report, Seen};

/// What is found, by verb, and why that matters.
const RULES: [(Verb, &str, &str); 11] = [
    (Verb::Read, "looks at something", "what is read may be shown to others later"),
    (Verb::Create, "makes something new", "it stays until somebody takes it away"),
    (Verb::Update, "changes something", "what it was before may be gone"),
    (Verb::Execute, "runs a program", "a program does what its own text says"),
    (Verb::Spend, "costs money", "somebody pays for it"),
    (Verb::DisableProtection, "takes a safeguard away", "what it held back can happen afterwards"),
    (Verb::Grant, "gives somebody a right", "the right can be used until it is taken back"),
    (Verb::Expose, "lets data be seen by more people", "what was seen once cannot be hidden again"),
    (Verb::Replace, "deletes something and makes it anew", "what was in it is gone unless a recovery point has it"),
    (Verb::Delete, "deletes something", "what was in it is gone unless a recovery point has it"),
    (Verb::Opaque, "does something that cannot be read", "nobody can say what happens"),
];
const HELP: &str = "`countersign read` shows it with everything else that the text would touch.";

pub(super) fn of(report: &Report) -> Value {
    let rules = RULES.iter().map(|(verb, what, why)| sarif::descriptor(&id(*verb), what, why, HELP, usual(*verb)));
    let results = report.inputs.iter().flat_map(results);
    sarif::log(env!("CARGO_PKG_VERSION"), rules.collect(), results.collect())
}

fn id(verb: Verb) -> String {
    format!("touches/{verb}")
}

/// The level of a rule where nothing else is known.
fn usual(verb: Verb) -> &'static str {
    match verb {
        Verb::Read | Verb::Create | Verb::Execute => "note",
        Verb::Update | Verb::Spend | Verb::DisableProtection | Verb::Grant | Verb::Expose => "warning",
        Verb::Replace | Verb::Delete | Verb::Opaque => "error",
    }
}

fn level(effect: &Effect) -> &'static str {
    match Weight::of(effect) {
        Weight::Light => "note",
        Weight::Heavy => "warning",
        Weight::Grave => "error",
    }
}

fn results(seen: &Seen) -> Vec<Value> {
    let located = Located::of(seen);
    seen.reading.sightings().iter().map(|sighting| result(&seen.input, sighting, &located)).collect()
}

fn result(input: &Input, sighting: &Sighting, located: &Located) -> Value {
    let effect = &sighting.effect;
    let rule = id(effect.verb);
    let says: String = input.text().get(sighting.span.start..sighting.span.end).unwrap_or_default().chars().take(200).collect();
    json!({
        "ruleId": rule,
        "ruleIndex": RULES.iter().position(|(verb, ..)| *verb == effect.verb),
        "level": level(effect),
        "message": {"text": effect.line()},
        "locations": [location(input, sighting, located)],
        "partialFingerprints": {"countersign/v1": sarif::fingerprint(&[&rule, input.name().unwrap_or_default(), &effect.line(), &says])},
        "properties": effect,
    })
}

/// A place in a file; what was typed or piped has no file, and is named.
fn location(input: &Input, sighting: &Sighting, located: &Located) -> Value {
    match &input.source {
        Source::File(name) => json!({"physicalLocation": {"artifactLocation": {"uri": uri(name)}, "region": sarif::region(located.span(sighting.span))}}),
        Source::Command => json!({"logicalLocations": [{"name": "command", "fullyQualifiedName": action::visible_line(input.text(), 200)}]}),
        Source::Stdin => json!({"logicalLocations": [{"name": "standard input"}]}),
    }
}

fn uri(name: &str) -> String {
    let path = sarif::uri("", name.trim_start_matches("./"));
    if Path::new(name).is_absolute() { format!("file://{path}") } else { path }
}

#[cfg(test)]
mod tests;
