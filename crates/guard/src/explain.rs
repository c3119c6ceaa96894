//! Why a verdict is what it is: what the policy says of each effect at each rung of the ladder. The same questions in the same order
//! as [`Guard::assess`] asks them, told instead of folded; nothing is decided here.

use action::{Decision, Effects, Intent, Reason};

use crate::guard::{Circumstances, Guard};
use crate::policy::{BadPolicy, PolicySource, Rules};
use crate::question::{Question, at_least};

/// What the policy says of effects that it cannot tell apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The effects, as people are shown them.
    pub lines: Vec<String>,
    /// From nobody's signature upwards, to the first rung that is allowed, or to the last.
    pub rungs: Vec<Rung>,
}

/// What it says with so many signatures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rung {
    /// The verdict, were this the first rung that is allowed.
    pub with: Decision,
    /// Whether it is.
    pub allowed: bool,
    /// The rules that make it so; none where no rule permits it.
    pub rules: Vec<Reason>,
}

impl Guard {
    /// One explanation for each kind of effect, gravest effects first. The error is Cedar's own words.
    pub fn explain(&self, intent: &Intent, effects: &Effects, circumstances: &Circumstances) -> Result<Vec<Explanation>, String> {
        let stand_in = at_least(intent, effects);
        let mut told: Vec<(Question<'_>, Explanation)> = Vec::new();
        for effect in effects.iter().chain(&stand_in) {
            let question = self.question(intent, effect, &circumstances.in_force);
            match told.iter_mut().find(|(known, _)| *known == question) {
                Some((_, known)) => known.lines.push(effect.line()),
                None => {
                    let rungs = self.rungs(&question, circumstances).map_err(|fault| fault.to_string())?;
                    told.push((question, Explanation { lines: vec![effect.line()], rungs }));
                }
            }
        }
        Ok(told.into_iter().map(|(_, explanation)| explanation).collect())
    }
}

/// Checks a policy set whole, as a guard does before it takes one, and lists its rules in the order of the text.
pub fn check(source: &PolicySource<'_>) -> Result<Vec<Reason>, BadPolicy> {
    Ok(Rules::load(source)?.in_order())
}

#[cfg(test)]
mod tests;
