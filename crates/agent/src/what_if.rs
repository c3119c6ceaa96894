//! What would be said of something if it were asked for now. The same effects and the same judges as for what is asked for, and nothing
//! of it is written down.

use std::path::Path;

use action::{AgentName, ByHand, Deed, Digest, Effects, Intent, IntentId, PersonId, SessionId, Verdict};
use guard::Circumstances;

use crate::book::BookError;
use crate::hand;
use crate::office::Office;
use crate::survey::SurveyError;

/// What an intent that nobody asked for is called.
const SUPPOSED: &str = "supposed";

impl Office {
    /// An intent of this person's agent that is only supposed.
    pub fn supposed(person: &PersonId, agent: &AgentName, deed: Deed) -> Intent {
        Intent { v: 1, id: IntentId::new(SUPPOSED), session: SessionId::new(SUPPOSED), turn: 0, asked_by: person.clone(), agent: agent.clone(), deed }
    }

    /// Commands that an agent of another maker would run with its own hands in this folder, and what they would touch. Without any, something
    /// else that it would do there.
    pub fn supposed_by_hand(&self, person: &PersonId, agent: &AgentName, folder: &Path, commands: &[String]) -> Result<(Intent, Effects), SurveyError> {
        let root = hand::tree_of(folder, self).and_then(|root| root.to_str().map(str::to_owned)).unwrap_or_default();
        let deed = Deed::Hand {
            root: root.clone(),
            cwd: folder.to_string_lossy().into_owned(),
            tool: "Bash".into(),
            acts: commands.iter().map(|command| ByHand::Run { command: command.clone() }).collect(),
            input: Digest::of_bytes(b""),
        };
        let intent = Self::supposed(person, agent, deed);
        let effects = if commands.is_empty() { Effects::default() } else { hand::survey(&root).effects(self, &intent)? };
        Ok((intent, effects))
    }

    /// What the guard would be told about the moment.
    pub fn circumstances_now(&self, intent: &Intent, effects: &Effects, boxed: bool) -> Result<Circumstances, BookError> {
        self.circumstances(intent, effects, boxed, self.book.ledger().len())
    }

    /// What would be said of it.
    pub fn would_say(&self, intent: &Intent, effects: &Effects, boxed: bool) -> Verdict {
        self.assess(intent, effects, boxed, self.book.ledger().len())
    }
}
