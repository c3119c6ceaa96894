//! What one policy permits that another does not, for every kind of request.

use super::{Bar, Outcome, Place, Prover, Solve, deep, few_enough};
use crate::policy::{BadPolicy, PolicySource, Rules};

/// What a change of the policy changes for one action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The action.
    pub action: String,
    /// The new policy permits nothing that the old one does not; else a request that shows it, and why.
    pub wider: Outcome,
    /// The old policy permits nothing that the new one does not.
    pub narrower: Outcome,
}

/// Compares two policies with one schema. For each action one difference, also where there is none.
pub fn diff(old: &PolicySource<'_>, new: &PolicySource<'_>, solve: Solve<'_>) -> Result<Vec<Difference>, BadPolicy> {
    deep(|| compared(old, new, solve))
}

fn compared(old: &PolicySource<'_>, new: &PolicySource<'_>, solve: Solve<'_>) -> Result<Vec<Difference>, BadPolicy> {
    let (before, after) = (Rules::load(old)?, Rules::load(new)?);
    let prover = Prover::new(new.schema, solve)?;
    // Where a rule errs Cedar goes on without it and the guard refuses, so what Cedar would say is no proof of anything.
    let errs = match few_enough(before.set()).and_then(|()| few_enough(after.set())) {
        Ok(()) => prover.never_errs(&before).and(|| prover.never_errs(&after)),
        Err(why) => Outcome::Unproved(why),
    };
    let permits_no_more = |place: &Place, one: &Rules, other: &Rules| {
        let unsound = match &errs {
            Outcome::Holds => None,
            Outcome::Fails(witness) => Some(format!("rule `{}` can fail to be evaluated", witness.rules.first().map_or("", |rule| rule.rule.as_str()))),
            Outcome::Unproved(why) => Some(why.clone()),
        };
        unsound.map_or_else(|| prover.permits_only(place, one, other.set(), Bar::Rules(other)), Outcome::Unproved)
    };
    let one = |place: &Place| Difference {
        action: place.request.action().id().unescaped().to_owned(),
        wider: permits_no_more(place, &after, &before),
        narrower: permits_no_more(place, &before, &after),
    };
    Ok(prover.places.iter().map(one).collect())
}
