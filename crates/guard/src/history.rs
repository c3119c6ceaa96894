//! What came before: of the acts that began lately, the few numbers that rules compare.
//!
//! ```text
//! acts that began (person, moment, effects) + what is asked for now ─▶ Past ─▶ Before, of one effect ─▶ Cedar's context
//! ```
//!
//! A pure fold. It counts by person and by place and never by session, so a new session or another agent of the same person resets
//! nothing; what is asked for now counts too, so that ten at once are not milder than ten in a row. An act counts from where it began,
//! however it ended: one that failed may have done half of it, and one whose end nobody saw may have done all. More acts never make a
//! number milder. Who calls reads the acts; what cannot be read is no empty past, and refuses.

use std::collections::{BTreeMap, BTreeSet};

use action::{Certainty, Effect, Effects, EnvironmentName, Intent, IntentId, Moment, PersonId, Resource, Reversibility, Tier, Verb};

use crate::question::at_least;

/// How far back acts count, in seconds: a day.
pub const DAY_SECONDS: u64 = 24 * 3600;
const HOUR_SECONDS: u64 = 3600;
/// Acts within a day, of one person or in one environment with its regions, that are looked at for one verdict. Where there are more,
/// everything counts as too much.
pub const MOST: usize = 1000;
/// What is more than this is as good as this.
const MANY: u64 = 1_000_000;
/// Units of what is in a thing: a table with a million rows is one thing.
const CONTENTS: [&str; 5] = ["rows", "bytes", "lines", "documents", "entries"];

/// Something that began.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act {
    /// The intent behind it.
    pub intent: IntentId,
    /// The person whose agent did it, or who did.
    pub person: PersonId,
    /// When it began; never before what the ledger has before it.
    pub at: Moment,
    /// What it was to touch: what was judged and signed.
    pub effects: Effects,
}

/// Whether history keeps this effect: it changes something in an environment, or takes something on the person's machine that nothing is
/// known to bring back. Work in the box and ordinary work in a tree is none of it, and looking is not.
pub fn is_kept(effect: &Effect) -> bool {
    if effect.environment == EnvironmentName::service() {
        return false; // taking rights away is quick, however many
    }
    match (effect.tier, effect.verb) {
        (Tier::Workspace, _) | (_, Verb::Read) => false,
        (Tier::Host, Verb::Delete | Verb::Replace) => {
            effect.reversibility == Reversibility::Irreversible || effect.data_bearing || effect.whole_environment || effect.certainty != Certainty::Exact
        }
        (Tier::Host, _) => false,
        (Tier::Development | Tier::Staging | Tier::Production | Tier::Unknown, _) => true,
    }
}

/// The environment that a region is one of: `production` of `production/eu`. Others are themselves.
pub fn whole_of(place: &EnvironmentName) -> &str {
    place.as_str().split('/').next().unwrap_or_default()
}

/// What history is asked about: what is asked for, and what it does by its nature.
pub fn kept(intent: &Intent, effects: &Effects) -> Vec<Effect> {
    let stand_in = at_least(intent, effects);
    effects.iter().chain(&stand_in).filter(|effect| is_kept(effect)).cloned().collect()
}

/// What came before one intent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Past {
    hour: Tally,
    day: Tally,
    /// Minutes since each place was changed last.
    changed: BTreeMap<EnvironmentName, u64>,
    /// How often each was changed within the day, by anybody.
    changes: BTreeMap<EnvironmentName, u64>,
    /// There is more than is read: everything counts as too much.
    too_much: bool,
}

/// Things that were deleted or replaced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tally {
    /// How many.
    pub things: u64,
    /// Of how many kinds.
    pub kinds: u64,
}

/// What of it the policy sees with one effect.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Before {
    pub(crate) hour: Tally,
    pub(crate) day: Tally,
    /// Minutes since another region of the same environment was changed; `None` where none was within the day.
    pub(crate) other_region: Option<u64>,
    pub(crate) changes: u64,
}

impl Past {
    /// Of acts within the last day, whosever they are and in whatever order, before this intent. An act of the intent itself does not count.
    pub fn of(acts: &[Act], intent: &Intent, effects: &Effects, now: Moment) -> Self {
        let asked = kept(intent, effects);
        if asked.is_empty() {
            return Self::default();
        }
        let begun: BTreeMap<&IntentId, &Act> = acts.iter().filter(|act| act.intent != intent.id).map(|act| (&act.intent, act)).collect();
        let within = |act: &&&Act, seconds: u64| act.at.plus_seconds(seconds) > now;
        let mine = |seconds| begun.values().filter(|act| act.person == intent.asked_by).filter(move |act| within(act, seconds)).flat_map(|act| act.effects.iter());
        let mut past = Self {
            hour: Tally::of(mine(HOUR_SECONDS).chain(&asked)),
            day: Tally::of(mine(DAY_SECONDS).chain(&asked)),
            ..Self::default()
        };
        let today: Vec<&Act> = begun.values().filter(|act| within(act, DAY_SECONDS)).copied().collect();
        let wholes: BTreeSet<&str> = asked.iter().map(|effect| whole_of(&effect.environment)).collect();
        let is_of = |act: &&&Act, whole: &str| act.effects.iter().any(|effect| is_kept(effect) && whole_of(&effect.environment) == whole);
        let most = wholes.into_iter().map(|whole| today.iter().filter(|act| is_of(act, whole)).count()).chain([today.iter().filter(|act| act.person == intent.asked_by).count()]).max();
        if most.is_some_and(|most| most > MOST) {
            return Self::too_much();
        }
        for act in today {
            past.change(act.effects.iter().filter(|effect| is_kept(effect)), now.0.saturating_sub(act.at.0) / 60_000);
        }
        past.change(asked.iter(), 0);
        past
    }

    /// Where there are more acts than anybody reads for one verdict: no rule about them lets anything pass.
    pub fn too_much() -> Self {
        Self { too_much: true, ..Self::default() }
    }

    fn change<'e>(&mut self, effects: impl Iterator<Item = &'e Effect>, minutes: u64) {
        let places: BTreeSet<&EnvironmentName> = effects.filter(|effect| effect.tier != Tier::Host).map(|effect| &effect.environment).collect();
        for place in places {
            let last = self.changed.entry(place.clone()).or_insert(minutes);
            *last = (*last).min(minutes);
            *self.changes.entry(place.clone()).or_default() += 1;
        }
    }

    /// The numbers that the policy sees with this effect, by name.
    pub fn numbers(&self, effect: &Effect) -> [(&'static str, i64); 6] {
        self.before(effect).numbers()
    }

    /// What the policy sees with this effect; nothing, where history is none of it.
    pub(crate) fn before(&self, effect: &Effect) -> Before {
        if !is_kept(effect) {
            return Before::default();
        }
        if self.too_much {
            let tally = Tally { things: MANY, kinds: MANY };
            return Before { hour: tally, day: tally, other_region: Some(0), changes: MANY };
        }
        let place = &effect.environment;
        let others = self.changed.iter().filter(|(other, _)| *other != place && whole_of(other) == whole_of(place));
        Before {
            hour: self.hour,
            day: self.day,
            other_region: others.map(|(_, minutes)| *minutes).min(),
            changes: self.changes.get(place).copied().unwrap_or_default().min(MANY),
        }
    }
}

impl Tally {
    fn of<'e>(effects: impl Iterator<Item = &'e Effect>) -> Self {
        let mut things: BTreeMap<(&EnvironmentName, &Resource), u64> = BTreeMap::new();
        for effect in effects.filter(|effect| is_kept(effect) && matches!(effect.verb, Verb::Delete | Verb::Replace)) {
            let many = effect.count.as_ref().filter(|count| !CONTENTS.contains(&count.unit.as_str())).map_or(1, |count| count.n.max(1));
            let known = things.entry((&effect.environment, &effect.resource)).or_default();
            *known = (*known).max(many);
        }
        let kinds: BTreeSet<&str> = things.keys().map(|(_, resource)| resource.kind.as_str()).collect();
        let total = things.values().fold(0_u64, |total, many| total.saturating_add(*many));
        Self { things: total.min(MANY), kinds: u64::try_from(kinds.len()).unwrap_or(MANY).min(MANY) }
    }
}

impl Before {
    /// Its names in the policy, in which rules compare them and reasons name them.
    pub(crate) fn numbers(&self) -> [(&'static str, i64); 6] {
        let long = |number: u64| i64::try_from(number.min(MANY)).unwrap_or(i64::MAX);
        [
            ("deletedHour", long(self.hour.things)),
            ("deletedHourKinds", long(self.hour.kinds)),
            ("deletedDay", long(self.day.things)),
            ("deletedDayKinds", long(self.day.kinds)),
            ("otherRegionMinutes", long(self.other_region.unwrap_or(MANY))),
            ("changesDay", long(self.changes)),
        ]
    }

    /// A reason with its numbers in it: `{deletedHour}` is the number of that name.
    pub(crate) fn told(&self, reason: &str) -> String {
        self.numbers().iter().fold(reason.to_owned(), |text, (name, number)| text.replace(&format!("{{{name}}}"), &number.to_string()))
    }
}

#[cfg(test)]
mod tests;
