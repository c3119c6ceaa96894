//! All that the ledger knows of one intent, folded from its entries.

use action::{Decision, Digest, Effects, Entry, Event, Generation, Intent, Moment, Outcome, Quorum, Reason, RefusedBy, Signed, Stage, Verdict};
use guard::Recorded;

/// One intent, from proposal to outcome. Built by [`Story::fold`] only.
#[derive(Clone, Debug)]
pub struct Story {
    /// What was asked.
    pub intent: Intent,
    /// What it would touch.
    pub effects: Effects,
    /// Digest of the effects.
    pub effects_digest: Digest,
    /// Ledger index of the proposal.
    pub index: u64,
    /// When it was proposed.
    pub at: Moment,
    /// What the guard said.
    pub verdict: Option<Verdict>,
    /// The environment's generation when it was judged.
    pub generation: Generation,
    /// A held intent is void from here on.
    pub expires: Moment,
    /// People's signed answers, oldest first.
    pub answers: Vec<(action::PersonId, Signed)>,
    /// The same with when each came in.
    pub recorded: Vec<Recorded>,
    /// The guard's permit.
    pub permit: Option<Signed>,
    /// Who refused it, and why.
    pub refused: Option<(RefusedBy, Vec<Reason>)>,
    /// What came of it, and the entry that says so.
    pub outcome: Option<(u64, Outcome)>,
    /// Why the end is not known.
    pub unknown: Option<String>,
    /// How far it has got.
    pub stage: Stage,
}

impl Story {
    /// Replays the entries of one intent. `Ok(None)` for no entries; an illegal order is an error with the entry's index.
    pub fn fold(entries: &[(u64, Entry)]) -> Result<Option<Self>, String> {
        let mut story: Option<Self> = None;
        for (index, entry) in entries {
            match &mut story {
                None => story = Some(Self::begin(*index, entry)?),
                Some(story) => story.apply(*index, entry)?,
            }
        }
        Ok(story)
    }

    fn begin(index: u64, entry: &Entry) -> Result<Self, String> {
        let Event::Proposed { intent, effects, digest } = &entry.event else {
            return Err(format!("entry {index}: `{}` before `proposed`", entry.event.name()));
        };
        Ok(Self {
            intent: intent.clone(),
            effects: effects.clone(),
            effects_digest: *digest,
            index,
            at: entry.at,
            verdict: None,
            generation: Generation(0),
            expires: entry.at,
            answers: Vec::new(),
            recorded: Vec::new(),
            permit: None,
            refused: None,
            outcome: None,
            unknown: None,
            stage: Stage::Proposed,
        })
    }

    fn apply(&mut self, index: u64, entry: &Entry) -> Result<(), String> {
        let event = &entry.event;
        self.stage = self.stage.after(event).map_err(|e| format!("entry {index}: {e}"))?;
        match event {
            Event::Assessed { verdict, generation, expires, .. } => {
                self.verdict = Some(verdict.clone());
                self.generation = *generation;
                self.expires = *expires;
            }
            Event::Answered { person, answer, .. } => {
                self.answers.push((person.clone(), answer.clone()));
                self.recorded.push(Recorded { at: entry.at, answer: answer.clone() });
            }
            Event::Countersigned { permit, .. } => self.permit = Some(permit.clone()),
            Event::Refused { by, reasons, .. } => self.refused = Some((by.clone(), reasons.clone())),
            Event::Finished { outcome, .. } | Event::Failed { outcome, .. } => self.outcome = Some((index, outcome.clone())),
            Event::Unknown { why, .. } => self.unknown = Some(why.clone()),
            _ => {}
        }
        Ok(())
    }

    /// Who must sign, while it is held.
    pub fn quorum(&self) -> Option<Quorum> {
        match self.verdict.as_ref()?.decision {
            Decision::Hold { quorum } => Some(quorum),
            Decision::Permit | Decision::Refuse => None,
        }
    }

    /// Whether it waits for people at this moment.
    pub fn waits(&self, now: Moment) -> bool {
        matches!(self.stage, Stage::Held { .. }) && now < self.expires
    }
}

#[cfg(test)]
mod tests;
