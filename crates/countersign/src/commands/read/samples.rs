//! Readings for the tests of what shows them.

use action::{Certainty, Effect, EnvironmentName, Resource, Reversibility, Tier, Verb};
use effects::{Reading, Sighting, Span};

use super::input::{Input, Source, Unread};
use super::kind::Kind;
use super::{PlaceWord, Report, Seen};

/// A file with this text, read as shell.
pub(super) fn file(name: &str, text: &str) -> Input {
    Input { source: Source::File(name.to_owned()), kind: Kind::bash(), text: Ok(text.to_owned()) }
}

pub(super) fn typed(text: &str) -> Input {
    Input { source: Source::Command, kind: Kind::bash(), text: Ok(text.to_owned()) }
}

/// A file of so many bytes that is no text.
pub(super) fn no_text(name: &str, bytes: usize) -> Input {
    Input { source: Source::File(name.to_owned()), kind: Kind::bash(), text: Err(Unread { why: "it has a NUL at byte 3".into(), bytes }) }
}

pub(super) fn effect(verb: Verb, name: &str) -> Effect {
    Effect::in_workspace(verb, Resource::new("file", name))
}

/// Rows of production that are gone for good.
pub(super) fn grave(name: &str) -> Effect {
    let mut effect = effect(Verb::Delete, name).at(EnvironmentName::new("production/eu"), Tier::Production).that_is(Reversibility::Irreversible);
    effect.data_bearing = true;
    effect.counted(1_200, "rows").with_certainty(Certainty::AtLeast)
}

/// Each effect at the bytes where it was seen.
pub(super) fn seen(input: Input, effects: Vec<(Effect, usize, usize)>) -> Seen {
    let sightings = effects.into_iter().map(|(effect, start, end)| Sighting { effect, span: Span::new(start, end) });
    Seen { input, reading: Reading::new(sightings.collect()) }
}

pub(super) fn report(inputs: Vec<Seen>) -> Report {
    Report::new(PlaceWord::Host, true, inputs)
}
