//! What a reader saw, and where: an effect with the part of the input that says so.
//!
//! [`Effects`] are what is judged and signed, without places: two texts that touch the same things have the same digest. A
//! [`Reading`] is for people and tools who ask about a text: it keeps the places, and what hangs on what.

use action::{Certainty, Effect, Effects, Tier, Verb};
use serde::Serialize;

/// Bytes of the input, from `start` up to `end`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// The first byte after it.
    pub end: usize,
}

impl Span {
    /// From `start` up to `end`; empty where they are the wrong way round.
    pub fn new(start: usize, end: usize) -> Self {
        Self { start, end: end.max(start) }
    }

    /// The whole of an input.
    pub fn whole(text: &str) -> Self {
        Self::new(0, text.len())
    }

    /// Where a part of `text` is in it; nothing where `part` is not borrowed from it.
    pub fn of(part: &str, text: &str) -> Option<Self> {
        let start = (part.as_ptr() as usize).checked_sub(text.as_ptr() as usize)?;
        (start + part.len() <= text.len()).then(|| Self::new(start, start + part.len()))
    }

    /// The line and column of its first character, both counted from 1, the column in characters.
    pub fn position(self, text: &str) -> (usize, usize) {
        let before = text.as_bytes().get(..self.start.min(text.len())).unwrap_or_default();
        let line_start = before.iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1);
        let line = before.iter().filter(|b| **b == b'\n').count() + 1;
        let column = String::from_utf8_lossy(before.get(line_start..).unwrap_or_default()).chars().count() + 1;
        (line, column)
    }
}

/// An effect, and the part of the input that it was read from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Sighting {
    /// What would be touched.
    #[serde(flatten)]
    pub effect: Effect,
    /// What says so.
    pub span: Span,
}

/// All that a reader saw in one input, worst first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Reading {
    sightings: Vec<Sighting>,
    /// Resource names where the first needs the second: `(module.app, module.network)`. Empty where the input does not say.
    needs: Vec<(String, String)>,
}

impl Reading {
    /// In the order of [`Effects`], an effect that is read from several places at the first of them.
    pub fn new(mut sightings: Vec<Sighting>) -> Self {
        sightings.sort_by(|a, b| {
            let graver = b.effect.tier.cmp(&a.effect.tier).then(b.effect.verb.cmp(&a.effect.verb));
            graver.then_with(|| a.effect.cmp(&b.effect)).then(a.span.cmp(&b.span))
        });
        sightings.dedup_by(|later, first| later.effect == first.effect);
        Self { sightings, needs: Vec::new() }
    }

    /// The same, with what hangs on what.
    #[must_use]
    pub fn with_needs(mut self, mut needs: Vec<(String, String)>) -> Self {
        needs.sort();
        needs.dedup();
        self.needs = needs;
        self
    }

    /// The same, where nobody can be surer than this of what is only looked at outside this machine.
    pub(crate) fn no_surer_than(mut self, certainty: Certainty) -> Self {
        for sighting in &mut self.sightings {
            let effect = &mut sighting.effect;
            if effect.verb == Verb::Read && effect.tier > Tier::Host {
                effect.certainty = effect.certainty.max(certainty);
            }
        }
        self
    }

    /// What was seen, worst first.
    pub fn sightings(&self) -> &[Sighting] {
        &self.sightings
    }

    /// Which resource needs which.
    pub fn needs(&self) -> &[(String, String)] {
        &self.needs
    }

    /// What is judged: the effects alone.
    pub fn effects(&self) -> Effects {
        Effects::new(self.sightings.iter().map(|sighting| sighting.effect.clone()).collect())
    }
}

#[cfg(test)]
mod tests;
