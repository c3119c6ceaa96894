//! Reads plans of Terraform and OpenTofu, as `terraform show -json` and `tofu show -json` write them (format 1.x).
//!
//! ```text
//! text ─▶ Document ─▶ rows ─┬─▶ change, provisioners ─▶ effects, one a thing
//!             │             ├─▶ pairs: a delete and a create of one thing are a replacement
//!             │             └─▶ whole: nearly all of an environment is the environment
//!             └─▶ configuration, prior state ─▶ where things are, what needs what
//! ```
//!
//! What cannot be read is opaque: the whole of a text that is no plan of a known version, or one change at its place. No attribute's
//! value is shown but names and identifiers that are not sensitive. Whether the text is what the tool wrote about a plan file is for
//! the caller to see to: a plan that somebody else wrote down proves nothing.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use action::{Certainty, Effect, Tier, Verb};
use serde_json::value::RawValue;

use crate::environment::Spot;
use crate::facts::Facts;
use crate::path::quoted;
use crate::sighting::{Reading, Sighting, Span};

mod act;
mod change;
mod configuration;
mod document;
mod exposure;
mod guard_rails;
mod identity;
mod kinds;
mod needs;
mod pairs;
mod prior;
mod provisioners;
#[cfg(test)]
mod sample;
mod sections;
mod state;
mod whole;

use act::Act;
use change::Subject;
use configuration::Configuration;
use document::{Document, Row, Values};
use identity::{Locator, Site, Whereabouts};
use kinds::{Kind, Kinds};
use pairs::Pairs;
use prior::Existing;
use sections::{Deferred, opaque};
use whole::{Census, End};

/// A larger plan is not read.
const LARGEST: usize = 256 << 20;
/// Nor one with more changes.
const MOST_CHANGES: usize = 200_000;

/// What applying a plan would touch.
pub fn read(text: &str, facts: &Facts) -> Reading {
    if text.len() > LARGEST {
        return unreadable(facts, Span::whole(text), "it is too large to be read".into());
    }
    let body = text.strip_prefix('\u{feff}').unwrap_or(text);
    let document = match serde_json::from_str::<Document<'_>>(body) {
        Ok(document) => document,
        Err(error) => {
            let at = offset(body, error.line(), error.column()) + (text.len() - body.len());
            let why = format!("it cannot be read at line {}, column {}", error.line(), error.column());
            return unreadable(facts, character(text, at), why);
        }
    };
    match objection(&document) {
        Some(why) => unreadable(facts, Span::whole(text), why),
        None => Plan::new(text, facts, document).reading(),
    }
}

/// Why a document is no plan that can be read.
fn objection(document: &Document<'_>) -> Option<String> {
    let version = document.format_version.as_deref();
    let major = version.and_then(|version| version.split('.').next());
    match (version, major) {
        (None, _) => return Some("it has no format version: it is no plan as `terraform show -json` writes it".into()),
        (Some(_), Some("1")) => {}
        (Some(version), _) => return Some(format!("format version {} is not known", quoted(version))),
    }
    if document.changes.is_none() && !document.plans {
        return Some("it has neither changes nor planned values: it is no plan".into());
    }
    (document.changes.as_ref().map_or(0, Vec::len) > MOST_CHANGES).then(|| "it has too many changes to be read".into())
}

/// A plan of which nothing is known may touch anything.
fn unreadable(facts: &Facts, span: Span, why: String) -> Reading {
    let spot = Locator::new(facts, &Configuration::default()).state().cloned().unwrap_or_else(Spot::unknown);
    let mut effect = opaque("plan", "the plan", &spot, why);
    effect.data_bearing = true;
    let mut sightings = vec![Sighting { effect, span }];
    sightings.extend(state::of(facts).map(|effect| Sighting { effect, span }));
    Reading::new(sightings)
}

/// The byte at a line and a column, both from 1, the column in bytes.
fn offset(text: &str, line: usize, column: usize) -> usize {
    let start = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum::<usize>();
    (start + column.saturating_sub(1)).min(text.len())
}

/// The character that a byte belongs to; empty at the end of the text.
fn character(text: &str, at: usize) -> Span {
    let start = (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let length = text.get(start..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
    Span::new(start, start + length)
}

/// A change at its place, with where its object is.
struct Placed<'t> {
    row: Row<'t>,
    raw: &'t str,
    act: Act,
    kind: Kind,
    site: Site,
    /// Whether it is put off to a later plan.
    deferred: bool,
}

/// What is said about the object of one change, before changes are seen together.
struct Review {
    primary: Option<Effect>,
    more: Vec<Effect>,
}

struct Plan<'t, 'f> {
    text: &'t str,
    facts: &'f Facts,
    document: Document<'t>,
    configuration: Configuration,
    existing: Vec<Existing>,
    kinds: Kinds,
    sightings: Vec<Sighting>,
}

impl<'t, 'f> Plan<'t, 'f> {
    fn new(text: &'t str, facts: &'f Facts, document: Document<'t>) -> Self {
        let (configuration, existing) = (Configuration::default(), Vec::new());
        Self { text, facts, document, configuration, existing, kinds: Kinds::new(), sightings: Vec::new() }
    }

    fn reading(mut self) -> Reading {
        self.read_configuration();
        self.read_prior_state();
        let placed = self.placed();
        let spot = self.own_spot(&placed);
        let drifted = self.drifted(&placed, &spot);
        self.changes(&placed, &drifted);
        self.sections(&spot);
        self.state(&placed);
        let addresses = placed.iter().map(|placed| placed.row.address.as_str());
        let needs = needs::of(addresses, &self.existing, &self.configuration);
        Reading::new(self.sightings).with_needs(needs)
    }

    fn read_configuration(&mut self) {
        let Some(raw) = self.document.configuration else { return };
        match Configuration::read(raw) {
            Ok(configuration) => self.configuration = configuration,
            Err(_) => self.say(opaque("plan section", "configuration", &Spot::unknown(), "it could not be read"), raw.get()),
        }
        if self.configuration.cut {
            self.say(opaque("plan section", "configuration", &Spot::unknown(), "it is too large to be read"), raw.get());
        }
    }

    fn read_prior_state(&mut self) {
        let Some(raw) = self.document.prior_state else { return };
        match prior::read(raw) {
            Ok(existing) => self.existing = existing,
            Err(_) => self.say(opaque("plan section", "prior_state", &Spot::unknown(), "it could not be read"), raw.get()),
        }
    }

    /// All changes that can be read, each with where its object is; the others are opaque.
    fn placed(&mut self) -> Vec<Placed<'t>> {
        let mut rows: Vec<(Row<'t>, &'t str, bool)> = Vec::new();
        for raw in self.document.changes.take().unwrap_or_default() {
            match serde_json::from_str::<Row<'t>>(raw.get()) {
                Ok(row) => rows.push((row, raw.get(), false)),
                Err(_) => self.lost(raw),
            }
        }
        for raw in std::mem::take(&mut self.document.deferred) {
            match serde_json::from_str::<Deferred<'t>>(raw.get()) {
                Ok(deferred) => rows.push((deferred.resource_change, raw.get(), true)),
                Err(_) => self.lost(raw),
            }
        }
        let mut locator = self.locator();
        let says: Vec<Whereabouts> = rows.iter().map(|(row, ..)| whereabouts(row)).collect();
        for ((row, ..), says) in rows.iter().zip(&says).filter(|((row, ..), _)| row.mode.as_deref() != Some("data")) {
            locator.learn(&row.address, &row.kind, says);
        }
        let mut placed = Vec::with_capacity(rows.len());
        for ((row, raw, deferred), says) in rows.into_iter().zip(&says) {
            let is_data = row.mode.as_deref() == Some("data");
            let kind = if is_data { self.kinds.of_data(&row.kind) } else { self.kinds.of(&row.kind) };
            let mut site = locator.site(&row.address, &row.kind, says);
            if kind.on_host {
                site.spot = Spot::host();
            }
            placed.push(Placed { act: Act::of(&row.change.actions), row, raw, kind, site, deferred });
        }
        let own = own_spot(locator.state(), &placed);
        for placed in placed.iter_mut().filter(|placed| placed.kind.in_state_only) {
            placed.site.spot = own.clone();
        }
        placed
    }

    fn locator(&self) -> Locator<'f, '_> {
        let mut locator = Locator::new(self.facts, &self.configuration);
        self.existing.iter().for_each(|existing| locator.learn(&existing.address, &existing.kind, &existing.says));
        locator
    }

    fn lost(&mut self, raw: &'t RawValue) {
        let mut effect = opaque("plan section", "a change", &Spot::unknown(), "it could not be read");
        effect.data_bearing = true;
        self.say(effect, raw.get());
    }

    fn own_spot(&self, placed: &[Placed<'t>]) -> Spot {
        own_spot(Locator::new(self.facts, &self.configuration).state(), placed)
    }

    /// Addresses that somebody changed outside of Terraform. Where the plan leaves such a one as it is, it is said by itself.
    fn drifted(&mut self, placed: &[Placed<'t>], spot: &Spot) -> HashSet<String> {
        let changed: HashSet<&str> = placed.iter().filter(|placed| placed.act != Act::Nothing).map(|p| p.row.address.as_str()).collect();
        let sites: HashMap<&str, &Placed<'t>> = placed.iter().map(|placed| (placed.row.address.as_str(), placed)).collect();
        let mut drifted = HashSet::new();
        for raw in std::mem::take(&mut self.document.drift) {
            let Ok(row) = serde_json::from_str::<Row<'_>>(raw.get()) else {
                self.lost(raw);
                continue;
            };
            if Act::of(&row.change.actions) == Act::Nothing {
                continue;
            }
            if !changed.contains(row.address.as_str()) {
                let place = sites.get(row.address.as_str()).map_or(spot, |placed| &placed.site.spot);
                let resource = action::Resource::new(self.kinds.of(&row.kind).noun, crate::path::shown(&row.address));
                let gone = if Act::of(&row.change.actions) == Act::Delete { "deleted" } else { "changed" };
                let effect = Effect::in_workspace(Verb::Read, resource).at(place.environment.clone(), place.tier);
                self.say(effect.noted(format!("{gone} outside of Terraform since")), raw.get());
            }
            drifted.insert(row.address);
        }
        drifted
    }

    /// The effects of all changes, seen by themselves and together.
    fn changes(&mut self, placed: &[Placed<'t>], drifted: &HashSet<String>) {
        let mut pairs = Pairs::default();
        let mut reviews: Vec<Review> = Vec::with_capacity(placed.len());
        for (index, placed) in placed.iter().enumerate() {
            let drifted = drifted.contains(&placed.row.address);
            let subject = placed.subject(self.facts, &self.configuration, drifted);
            reviews.push(review(placed, &subject, index, &mut pairs));
        }
        let census = self.census(placed);
        self.pair(placed, &mut reviews, pairs);
        self.count(placed, &reviews, census);
        for (placed, review) in placed.iter().zip(reviews) {
            let span = self.span(placed.raw);
            let effects = review.primary.into_iter().chain(review.more);
            self.sightings.extend(effects.map(|effect| Sighting { effect, span }));
        }
    }

    fn pair(&self, placed: &[Placed<'t>], reviews: &mut [Review], pairs: Pairs) {
        for (gone, made) in pairs.found() {
            let Some(address) = placed.get(made).map(|placed| &placed.row.address) else { continue };
            let created = reviews.get_mut(made).and_then(|review| review.primary.take());
            let Some(effect) = reviews.get_mut(gone).and_then(|review| review.primary.as_mut()) else { continue };
            effect.verb = Verb::Replace;
            effect.notes.insert(0, format!("made anew as {}", quoted(address)));
            if let Some(created) = created {
                effect.certainty = effect.certainty.max(created.certainty);
                // Making a right gives it, whatever else is done.
                if created.verb == Verb::Grant
                    && let Some(review) = reviews.get_mut(made)
                {
                    review.more.push(created);
                }
            }
        }
    }

    /// Every managed object that there is before the plan, by the place that it is in.
    fn census(&self, placed: &[Placed<'t>]) -> Census {
        let mut census = Census::default();
        let mut seen: HashSet<&str> = HashSet::new();
        let there = |placed: &&Placed<'t>| placed.row.change.before.is_some() && placed.is_managed();
        for placed in placed.iter().filter(there) {
            seen.insert(placed.row.address.as_str());
            census.exists(&placed.row.address, &placed.site, placed.kind.in_state_only);
        }
        let locator = self.locator();
        for existing in self.existing.iter().filter(|existing| !seen.contains(existing.address.as_str())) {
            let site = locator.site(&existing.address, &existing.kind, &existing.says);
            census.exists(&existing.address, &site, self.kinds.of(&existing.kind).in_state_only);
        }
        census
    }

    fn count(&mut self, placed: &[Placed<'t>], reviews: &[Review], mut census: Census) {
        for (placed, review) in placed.iter().zip(reviews).filter(|(placed, _)| placed.act.ends() && placed.is_managed()) {
            let Some(effect) = &review.primary else { continue };
            let replaced = effect.verb == Verb::Replace;
            let end = End { replaced, data_bearing: effect.data_bearing, reversibility: effect.reversibility, span: self.span(placed.raw) };
            census.ends(&placed.row.address, &placed.site, end);
        }
        self.sightings.extend(census.wholes());
    }

    /// What else is in the plan.
    fn sections(&mut self, spot: &Spot) {
        let mut said = sections::defects(&self.document, spot, self.text);
        said.extend(self.document.outputs.into_iter().flat_map(|raw| sections::outputs(raw, spot)));
        said.extend(self.document.checks.into_iter().flat_map(|raw| sections::checks(raw, spot)));
        said.extend(sections::invocations(&self.document.invocations, spot));
        for (effect, part) in said {
            self.say(effect, part);
        }
    }

    fn state(&mut self, placed: &[Placed<'t>]) {
        let explains = |placed: &&Placed<'t>| placed.row.previous_address.is_some() || placed.row.change.importing.is_some();
        let explained: BTreeSet<&str> = placed.iter().filter(explains).map(|placed| placed.row.address.as_str()).collect();
        let wrong = state::of(self.facts).into_iter().chain(state::foreign(self.facts, &self.existing, &explained));
        let text = self.text;
        wrong.collect::<Vec<_>>().into_iter().for_each(|effect| self.say(effect, text));
    }

    fn say(&mut self, effect: Effect, part: &str) {
        let span = self.span(part);
        self.sightings.push(Sighting { effect, span });
    }

    fn span(&self, part: &str) -> Span {
        Span::of(part, self.text).unwrap_or_else(|| Span::whole(self.text))
    }
}

impl<'t> Placed<'t> {
    fn subject<'s>(&'s self, facts: &'s Facts, configuration: &'s Configuration, drifted: bool) -> Subject<'s, 't> {
        Subject { row: &self.row, act: self.act, kind: self.kind, site: &self.site, facts, configuration, drifted }
    }

    fn is_managed(&self) -> bool {
        self.row.mode.as_deref() != Some("data") && self.row.deposed.is_none() && !self.deferred
    }
}

fn whereabouts(row: &Row<'_>) -> Whereabouts {
    match row.change.before {
        Some(before) => Whereabouts::of(Some(before)),
        None => Whereabouts::wanted(row.change.after),
    }
}

/// The effects of one change, and its part in pairs. Values that cannot be read make it opaque, and it is still what its actions say.
fn review(placed: &Placed<'_>, subject: &Subject<'_, '_>, index: usize, pairs: &mut Pairs) -> Review {
    let read = if placed.act == Act::Nothing { Ok(Values::default()) } else { placed.row.change.values(|key| change::is_always_read(placed.act, key)) };
    let unread = read.is_err();
    let values = read.unwrap_or_default();
    let mut primary = subject.primary(&values);
    let mut more = subject.consequences(&values);
    more.extend(provisioners::of(subject));
    if unread {
        primary = primary.or_else(|| Some(subject.effect(Verb::Opaque)));
        primary = primary.map(|effect| effect.with_certainty(Certainty::Opaque).noted("its values could not be read"));
    }
    if placed.deferred {
        let later = |effect: Effect| effect.with_certainty(Certainty::Opaque).noted("put off to a later plan");
        primary = primary.or_else(|| Some(subject.effect(Verb::Opaque))).map(later);
    } else if placed.row.deposed.is_none() && !unread {
        pairs.note(index, &placed.row, placed.act, &values);
    }
    Review { primary, more }
}

/// Where what is only in the state is: where the state is, or in the gravest place that it has something in.
fn own_spot(state: Option<&Spot>, placed: &[Placed<'_>]) -> Spot {
    let outside = placed.iter().filter(|placed| !placed.kind.in_state_only && !placed.kind.on_host).map(|placed| &placed.site.spot);
    let gravest: BTreeMap<Tier, &Spot> = outside.map(|spot| (spot.tier, spot)).collect();
    state.or_else(|| gravest.last_key_value().map(|(_, spot)| *spot)).cloned().unwrap_or_else(Spot::unknown)
}

#[cfg(test)]
mod tests;
