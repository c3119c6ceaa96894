//! One policy over many decisions that were made before: the same judgement as [`Guard::assess`], where what was asked of Cedar once is
//! not asked again. Nothing in it is decided anew, and nothing of it is kept when it is dropped.

use std::collections::HashMap;

use action::{AgentName, Concern, Effects, Intent, PersonId, Tier, Verb, Verdict};

use crate::ballot::Electorate;
use crate::guard::{Circumstances, Guard};
use crate::history::Before;
use crate::policy::Fault;
use crate::question::{Question, at_least};

/// A guard that remembers its answers.
pub struct Replay<'g> {
    guard: &'g Guard,
    answers: HashMap<Moot, HashMap<Asked, Result<Verdict, Fault>>>,
    asked: u64,
}

/// What of the circumstances Cedar sees; what is in force is seen in each question.
#[derive(PartialEq, Eq, Hash)]
struct Moot {
    asked_by: PersonId,
    agent: AgentName,
    boxed: bool,
    stopped: bool,
    electorate: (bool, bool, bool),
}

/// A question by itself.
#[derive(PartialEq, Eq, Hash)]
struct Asked {
    tier: Tier,
    verb: Verb,
    environment: String,
    kind: String,
    concern: Option<Concern>,
    truths: [bool; 13],
    before: Before,
}

impl<'g> Replay<'g> {
    /// Over this guard.
    pub fn new(guard: &'g Guard) -> Self {
        Self { guard, answers: HashMap::new(), asked: 0 }
    }

    /// What [`Guard::assess`] says.
    pub fn assess(&mut self, intent: &Intent, effects: &Effects, circumstances: &Circumstances) -> Verdict {
        let moot = self.answers.entry(Moot::of(circumstances)).or_default();
        let (guard, asked) = (self.guard, &mut self.asked);
        guard.assess_by(intent, effects, circumstances, &mut |question| {
            let answer = moot.entry(Asked::of(question)).or_insert_with(|| {
                *asked += 1;
                guard.climb(question, circumstances)
            });
            answer.clone()
        })
    }

    /// How many different questions Cedar was asked.
    pub fn asked(&self) -> u64 {
        self.asked
    }
}

impl Moot {
    fn of(circumstances: &Circumstances) -> Self {
        // The generation and the terms decide which signatures fit, and no rule sees them.
        let Circumstances { asked_by, agent, boxed, in_force: _, generation: _, stopped, electorate, terms: _ } = circumstances;
        let Electorate { founding, asked_by_admin, other_admin } = *electorate;
        Self {
            asked_by: asked_by.clone(),
            agent: agent.clone(),
            boxed: *boxed,
            stopped: *stopped,
            electorate: (founding, asked_by_admin, other_admin),
        }
    }
}

impl Asked {
    fn of(question: &Question<'_>) -> Self {
        // Without `..`: a fact that is new here must not be left out.
        let Question {
            tier, verb, environment, kind, registry, documentation, opaque, data_bearing, whole_environment, irreversible, by_hand, in_tree, exact, governs, own, access, frozen,
            glass, before,
        } = *question;
        Self {
            tier,
            verb,
            environment: environment.to_owned(),
            kind: kind.to_owned(),
            concern: governs,
            truths: [registry, documentation, opaque, data_bearing, whole_environment, irreversible, by_hand, in_tree, exact, own, access, frozen, glass],
            before,
        }
    }
}

/// What a policy is asked about an intent, as far as rights go: each verb with its tier, what a deed does by its nature included.
pub fn uses(intent: &Intent, effects: &Effects) -> Vec<(Verb, Tier)> {
    let stand_in = at_least(intent, effects);
    effects.iter().chain(&stand_in).map(|effect| (effect.verb, effect.tier)).collect()
}

#[cfg(test)]
mod tests;
