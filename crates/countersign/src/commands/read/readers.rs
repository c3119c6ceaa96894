//! The one place that knows which reader reads what.

use action::{Certainty, Digest, Effect, EnvironmentName, Resource, Reversibility, Tier, Verb};
use effects::{Facts, Place, Reading, Sighting, Span};

use super::input::{Input, Source};
use super::kind::Kind;

/// Where an input would run.
#[derive(Clone, Copy)]
pub(super) struct Spot<'s> {
    /// The folder, absolute.
    pub directory: &'s str,
    pub place: Place,
}

/// What an input would touch, given what is known.
pub(super) fn read(input: &Input, spot: Spot<'_>, facts: &Facts) -> Reading {
    let text = match &input.text {
        Ok(text) => text,
        Err(unread) => return unreadable(input, spot.place, vec![unread.why.clone()]),
    };
    match &input.kind {
        Kind::Shell { .. } => shell(input, text, spot, facts),
        Kind::Program { interpreter } => {
            let digest = Digest::of_bytes(text.as_bytes()).short();
            unreadable(input, spot.place, vec![format!("a program for {interpreter}"), format!("as of {digest}")])
        }
    }
}

fn shell(input: &Input, text: &str, spot: Spot<'_>, facts: &Facts) -> Reading {
    let effects = effects::shell::read_at(text, spot.directory, facts, spot.place);
    let mut seen: Vec<Sighting> = effects.iter().map(|effect| Sighting { effect: effect.clone(), span: Span::whole(text) }).collect();
    if let Some(shell) = input.kind.only_near() {
        let note = format!("it is for {shell}, and was read as bash would read it");
        seen.extend(unreadable(input, spot.place, vec![note]).sightings().iter().cloned());
    }
    Reading::new(seen)
}

/// All of an input as one opaque effect: in the box the kernel bounds it, outside nothing does.
fn unreadable(input: &Input, place: Place, notes: Vec<String>) -> Reading {
    let kind = match (&input.kind, &input.source) {
        (Kind::Program { .. }, _) => "program",
        (Kind::Shell { .. }, Source::Command) => "command",
        (Kind::Shell { .. }, Source::File(_) | Source::Stdin) => "script",
    };
    let resource = Resource::new(kind, input.name().unwrap_or("command"));
    let mut effect = Effect::in_workspace(Verb::Opaque, resource).with_certainty(Certainty::Opaque);
    if place == Place::Host {
        effect = effect.at(EnvironmentName::host(), Tier::Host).that_is(Reversibility::Irreversible);
    }
    effect.notes = notes;
    Reading::new(vec![Sighting { effect, span: Span::new(0, input.bytes()) }])
}

#[cfg(test)]
mod tests;
