//! The blast radius: what a reader saw, folded into what a person understands in five seconds.
//!
//! ```text
//! Reading ─of─▶ Radius ─lines─▶ at most eight lines; the whole list stands below them
//! ```
//!
//! Nothing is judged here and nothing left out: every effect is counted, and what is not known is said to be unknown. A sum
//! never stands for more than was counted, so what has no count is told beside it.

use std::collections::BTreeSet;

use action::{Certainty, Count, Effect, EnvironmentName, Resource, Reversibility, Tier, Verb};
use serde::Serialize;

use crate::sighting::Reading;

mod hanging;

pub use hanging::{Ended, without_instances};

/// Names that a line of the summary has at most.
const NAMED: usize = 3;
/// Environments that get a line of their own.
const PLACES: usize = 2;
/// Characters of one name in a line.
const LONGEST_NAME: usize = 80;
/// Characters of the worst effect's own line.
const LONGEST_LINE: usize = 240;

/// The summary of one reading, or of several that are folded together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Radius {
    /// How many effects there are.
    pub effects: usize,
    /// The gravest tier touched.
    pub tier: Tier,
    /// How many of them cannot be undone.
    pub irreversible: usize,
    /// How many are only the least that happens.
    pub at_least: usize,
    /// What is done where, the gravest place first.
    pub places: Vec<Strikes>,
    /// The worst effect; absent where nothing is touched.
    pub worst: Option<Effect>,
    /// Environments of which all goes or is made anew.
    pub whole: Vec<EnvironmentName>,
    /// What is lost, summed by unit: `48,211 rows`.
    pub lost: Vec<Count>,
    /// How many more lose data that nobody counted.
    pub uncounted: usize,
    /// Data that is lost with no recovery point to bring it back.
    pub unrecoverable: Vec<Resource>,
    /// What is deleted or replaced and needed by others.
    pub ended: Vec<Ended>,
    /// What stays, and needs something that does not, directly or through others.
    pub bereft: Vec<String>,
    /// What could not be read.
    pub opaque: Vec<Resource>,
}

/// What is done in one environment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Strikes {
    /// Where.
    pub environment: EnvironmentName,
    /// How much that place matters.
    pub tier: Tier,
    /// How many effects by verb, the gravest first.
    pub verbs: Vec<Strike>,
}

/// How often one thing is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Strike {
    /// What.
    pub verb: Verb,
    /// To how many.
    pub n: usize,
}

/// How loudly one effect is shown. It decides nothing: a guard decides by policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Weight {
    /// It looks, or what it does can be undone.
    Light,
    /// Somebody should look.
    Heavy,
    /// Data or a whole environment is lost, or nobody can say what happens outside the box.
    Grave,
}

impl Weight {
    /// Of one effect.
    pub fn of(effect: &Effect) -> Self {
        let for_good = effect.reversibility == Reversibility::Irreversible && effect.verb != Verb::Read;
        let outside = effect.tier > Tier::Workspace;
        let grave = effect.whole_environment || (for_good && (effect.data_bearing || effect.tier >= Tier::Staging)) || (outside && is_opaque(effect));
        let safeguards = matches!(effect.verb, Verb::Spend | Verb::DisableProtection | Verb::Grant | Verb::Expose);
        match (grave, for_good || is_opaque(effect) || safeguards || (effect.tier >= Tier::Staging && effect.verb != Verb::Read)) {
            (true, _) => Self::Grave,
            (false, true) => Self::Heavy,
            (false, false) => Self::Light,
        }
    }
}

impl Radius {
    /// Folds all that was seen.
    pub fn of(reading: &Reading) -> Self {
        let all: Vec<&Effect> = reading.sightings().iter().map(|sighting| &sighting.effect).collect();
        let (ended, bereft) = hanging::of(&all, reading.needs());
        let (lost, uncounted) = lost(&all);
        let named = |wanted: fn(&Effect) -> bool| -> Vec<Resource> { distinct(all.iter().filter(|effect| wanted(effect)).map(|effect| &effect.resource)) };
        Self {
            effects: all.len(),
            tier: all.iter().map(|effect| effect.tier).max().unwrap_or(Tier::Workspace),
            irreversible: all.iter().filter(|effect| effect.reversibility == Reversibility::Irreversible).count(),
            at_least: all.iter().filter(|effect| effect.certainty == Certainty::AtLeast).count(),
            places: places(&all),
            worst: worst(&all).cloned(),
            whole: distinct(all.iter().filter(|effect| effect.whole_environment).map(|effect| &effect.environment)),
            lost,
            uncounted,
            unrecoverable: named(|effect| loses_data(effect) && effect.reversibility == Reversibility::Irreversible),
            ended,
            bereft,
            opaque: named(is_opaque),
        }
    }

    /// The summary in at most eight lines, the first of which has the sums. Names come from strangers: every line is fit to be shown.
    pub fn lines(&self) -> Vec<String> {
        let Some(worst) = &self.worst else { return vec![line("touches", "nothing")] };
        let mut lines = vec![line("touches", &self.sums())];
        lines.extend(self.wheres());
        if !self.whole.is_empty() {
            lines.push(line("whole", &format!("all of {}", some(&self.whole))));
        }
        if self.effects > 1 {
            lines.push(line("worst", &action::visible_line(&worst.line(), LONGEST_LINE)));
        }
        lines.extend([self.losses(), self.needs(), self.unread()].into_iter().flatten());
        lines
    }

    fn sums(&self) -> String {
        let mut parts = vec![action::Count::new(self.effects as u64, "things").to_string()];
        let mut add = |n: usize, what: &str| parts.extend((n > 0).then(|| format!("{n} {what}")));
        add(self.irreversible, "irreversibly");
        add(self.opaque.len(), "unreadable");
        parts.extend((self.at_least > 0).then(|| "perhaps more".to_owned()));
        parts.join(", ")
    }

    /// Where it strikes: a line for each of the gravest places, the last of which names how many more there are.
    fn wheres(&self) -> Vec<String> {
        let mut lines: Vec<String> = self.places.iter().take(PLACES).map(|place| line("where", &place.words())).collect();
        let more = self.places.len().saturating_sub(PLACES);
        if let (Some(last), true) = (lines.last_mut(), more > 0) {
            last.push_str(&format!("; and {}", Count::new(more as u64, "more places")));
        }
        lines
    }

    fn losses(&self) -> Option<String> {
        let mut parts: Vec<String> = self.lost.iter().take(NAMED + 1).map(ToString::to_string).collect();
        match (self.uncounted, parts.is_empty()) {
            (0, _) => {}
            (n, true) => parts.push(format!("data of {}, how much is not known", Count::new(n as u64, "things"))),
            (n, false) => parts.push(format!("and data of {} more, how much is not known", n)),
        }
        if parts.is_empty() && self.unrecoverable.is_empty() {
            return None;
        }
        let lost = if parts.is_empty() { "data".to_owned() } else { parts.join(", ") };
        let back = if self.unrecoverable.is_empty() { String::new() } else { format!("; no recovery point for {}", some(&self.unrecoverable)) };
        Some(line("lost", &(lost + &back)))
    }

    fn needs(&self) -> Option<String> {
        if self.ended.is_empty() {
            return None;
        }
        let gone: Vec<&str> = self.ended.iter().map(|ended| ended.resource.name.as_str()).collect();
        let stays = match self.bereft.len() {
            0 => "nothing that stays".to_owned(),
            n => format!("{n} that {}: {}", if n == 1 { "stays" } else { "stay" }, some(&self.bereft)),
        };
        Some(line("needed", &format!("{}, by {stays}", some(&gone))))
    }

    fn unread(&self) -> Option<String> {
        (!self.opaque.is_empty()).then(|| line("opaque", &format!("nobody can say what happens to {}", some(&self.opaque))))
    }
}

impl Strikes {
    /// `production/eu (production): deletes 3, replaces 1`.
    pub fn words(&self) -> String {
        let verbs: Vec<String> = self.verbs.iter().map(Strike::words).collect();
        let tier = self.tier.to_string();
        let tier = if tier == self.environment.as_str() { String::new() } else { format!(" ({tier})") };
        format!("{}{tier}: {}", name(self.environment.as_str()), verbs.join(", "))
    }
}

impl Strike {
    fn words(&self) -> String {
        match self.verb {
            Verb::Opaque => format!("{} unreadable", self.n),
            verb => format!("{} {}", verb.third_person(), self.n),
        }
    }
}

/// The first of those that weigh most: where, how much of it, what comes back, then what is done and to how many.
fn worst<'e>(all: &[&'e Effect]) -> Option<&'e Effect> {
    let weight = |effect: &Effect| {
        let for_good = loses_data(effect) && effect.reversibility == Reversibility::Irreversible;
        (effect.tier, effect.whole_environment, Weight::of(effect), for_good, effect.verb, effect.count.as_ref().map_or(0, |count| count.n))
    };
    all.iter().copied().reduce(|worst, effect| if weight(effect) > weight(worst) { effect } else { worst })
}

fn places(all: &[&Effect]) -> Vec<Strikes> {
    let mut counted = std::collections::BTreeMap::<_, usize>::new();
    for effect in all {
        *counted.entry((std::cmp::Reverse(effect.tier), &effect.environment, std::cmp::Reverse(effect.verb))).or_default() += 1;
    }
    let mut places: Vec<Strikes> = Vec::new();
    for ((tier, environment, verb), n) in counted {
        let strike = Strike { verb: verb.0, n };
        match places.last_mut().filter(|place| place.environment == *environment && place.tier == tier.0) {
            Some(place) => place.verbs.push(strike),
            None => places.push(Strikes { environment: environment.clone(), tier: tier.0, verbs: vec![strike] }),
        }
    }
    places
}

/// Sums by unit, and how many data-bearing effects have no count. What all of an environment loses has the losses in it counted
/// already, so of the two the greater number stands.
fn lost(all: &[&Effect]) -> (Vec<Count>, usize) {
    let mut sums = std::collections::BTreeMap::<(&str, &EnvironmentName), (u64, u64)>::new();
    let mut uncounted = 0;
    for effect in all.iter().filter(|effect| loses(effect)) {
        match &effect.count {
            Some(count) => {
                let (whole, parts) = sums.entry((&count.unit, &effect.environment)).or_default();
                let sum = if effect.whole_environment { whole } else { parts };
                *sum = sum.saturating_add(count.n);
            }
            None => uncounted += usize::from(effect.data_bearing),
        }
    }
    let mut lost: Vec<Count> = Vec::new();
    for ((unit, _), (whole, parts)) in sums {
        match lost.last_mut().filter(|count| count.unit == unit) {
            Some(count) => count.n = count.n.saturating_add(whole.max(parts)),
            None => lost.push(Count::new(whole.max(parts), unit)),
        }
    }
    lost.retain(|count| count.n > 0);
    lost.sort_by_key(|count| (unit_order(&count.unit), std::cmp::Reverse(count.n)));
    (lost, uncounted)
}

/// Rows are somebody's; bytes say least.
fn unit_order(unit: &str) -> u8 {
    match unit {
        "rows" | "documents" | "objects" | "commits" => 0,
        "bytes" => 2,
        _ => 1,
    }
}

/// Whether something that was there is not afterwards.
fn loses(effect: &Effect) -> bool {
    match effect.verb {
        Verb::Delete | Verb::Replace => effect.reversibility != Reversibility::Reversible,
        Verb::Update | Verb::Opaque => loses_data(effect),
        _ => false,
    }
}

fn loses_data(effect: &Effect) -> bool {
    let ends = match effect.verb {
        Verb::Delete | Verb::Replace => effect.reversibility != Reversibility::Reversible,
        Verb::Update | Verb::Opaque => effect.reversibility == Reversibility::Irreversible,
        _ => false,
    };
    ends && effect.data_bearing
}

fn is_opaque(effect: &Effect) -> bool {
    effect.verb == Verb::Opaque || effect.certainty == Certainty::Opaque
}

fn line(label: &str, text: &str) -> String {
    format!("{label:<9} {}", action::visible(text))
}

/// A stranger's name, as long as a line bears.
fn name(text: &str) -> String {
    action::visible_line(text, LONGEST_NAME)
}

/// The first few, and how many more.
fn some<T: ToString>(all: &[T]) -> String {
    let mut words: Vec<String> = all.iter().take(NAMED).map(|one| name(&one.to_string())).collect();
    let more = all.len().saturating_sub(NAMED);
    if more > 0 {
        words.push(format!("{more} more"));
    }
    match words.split_last() {
        Some((last, first)) if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        _ => words.concat(),
    }
}

/// Each once, in the order of the first.
fn distinct<'e, T: Ord + Clone + 'e>(all: impl Iterator<Item = &'e T>) -> Vec<T> {
    let mut seen = BTreeSet::new();
    all.filter(|one| seen.insert(*one)).cloned().collect()
}

#[cfg(test)]
mod tests;
