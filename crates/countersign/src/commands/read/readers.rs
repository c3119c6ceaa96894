//! The one place that knows which reader reads what.

use action::{Certainty, Digest, Effect, EnvironmentName, Resource, Reversibility, Tier, Verb};
use effects::manifest::{Action, Target};
use effects::shell::Dialect;
use effects::{Facts, Place, Reading, Sighting, Span, manifest, plan, shell, sql};

use super::input::{Input, Source};
use super::kind::Kind;

/// Where an input would run.
#[derive(Clone, Copy)]
pub(super) struct Spot<'s> {
    /// The folder, absolute.
    pub directory: &'s str,
    pub place: Place,
    /// What is done with manifests.
    pub action: Action,
    /// The language of SQL, where it is known, and the database.
    pub dialect: Option<sql::Dialect>,
    pub database: &'s sql::Database,
}

/// What an input would touch, given what is known.
pub(super) fn read(input: &Input, spot: Spot<'_>, facts: &Facts) -> Reading {
    let text = match &input.text {
        Ok(text) => text,
        Err(unread) => return unreadable(input, spot.place, vec![unread.why.clone()]),
    };
    match &input.kind {
        Kind::Shell { shell } => commands(input, text, shell, spot, facts),
        Kind::Plan => plan::read(text, facts),
        Kind::Sql => sql::read(text, spot.dialect, spot.database, facts, spot.place),
        Kind::Manifest => manifest::read_at(text, None, spot.action, &Target { directory: Some(spot.directory), ..Target::default() }, facts),
        Kind::Program { interpreter } => {
            let digest = Digest::of_bytes(text.as_bytes()).short();
            unreadable(input, spot.place, vec![format!("a program for {interpreter}"), format!("as of {digest}")])
        }
    }
}

fn commands(input: &Input, text: &str, shell: &str, spot: Spot<'_>, facts: &Facts) -> Reading {
    let dialect = match shell {
        "bash" => Dialect::Bash,
        "zsh" => Dialect::Zsh,
        _ => Dialect::Sh,
    };
    let reading = shell::reading_as(dialect, text, spot.directory, facts, spot.place);
    let Some(shell) = input.kind.only_near() else { return reading };
    let opaque = unreadable(input, spot.place, vec![format!("it is for {shell}, and was read as sh would read it")]);
    Reading::new(reading.sightings().iter().chain(opaque.sightings()).cloned().collect())
}

/// All of an input as one opaque effect: commands the kernel bounds in the box, outside nothing does.
fn unreadable(input: &Input, place: Place, notes: Vec<String>) -> Reading {
    let kind = match (&input.kind, &input.source) {
        (Kind::Program { .. }, _) => "program",
        (Kind::Shell { .. }, Source::Command) => "command",
        (Kind::Shell { .. }, Source::File(_) | Source::Stdin) => "script",
        (kind @ (Kind::Plan | Kind::Sql | Kind::Manifest), _) => kind.word(),
    };
    let resource = Resource::new(kind, input.name().unwrap_or("command"));
    let mut effect = Effect::in_workspace(Verb::Opaque, resource).with_certainty(Certainty::Opaque);
    if matches!(input.kind, Kind::Plan | Kind::Sql | Kind::Manifest) {
        effect = effect.at(EnvironmentName::unknown(), Tier::Unknown).that_is(Reversibility::Irreversible); // what it is for is elsewhere
        effect.data_bearing = true;
    } else if place == Place::Host {
        effect = effect.at(EnvironmentName::host(), Tier::Host).that_is(Reversibility::Irreversible);
    }
    effect.notes = notes;
    Reading::new(vec![Sighting { effect, span: Span::new(0, input.bytes()) }])
}

#[cfg(test)]
mod tests;
