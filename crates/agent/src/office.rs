//! What every command of the program shares: the book, the guard, the folder, and where ids come from.

use std::path::{Path, PathBuf};

use action::{Deed, Digest, Effects, Event, Intent, IntentId, Moment, RelyingParty, SessionId, Verdict};
use guard::{Circumstances, Electorate, Explanation, Guard, InForce};

use crate::book::{Book, BookError};
use crate::budget::Budget;
use crate::memory;
use crate::people;
use crate::story::Story;
use crate::teams::Teams;

/// One self-hosted service: one folder, one ledger, one policy.
pub struct Office {
    /// The ledger.
    pub book: Book,
    /// The only one that decides and signs.
    pub guard: Guard,
    /// A policy that people look at before it is in force, by the blob of its text. What it says is written down and counts for nothing.
    pub observed: Option<(Digest, Guard)>,
    /// The folder that all state is under.
    pub folder: PathBuf,
    /// The person's home, for reading `~` in commands.
    pub home: PathBuf,
    /// Hosts that the dependency door opens for, as policy and the machine's own clients name them.
    pub reachable: Vec<String>,
    /// Variables with which a person's own `gh` is run, at the moment when issues are looked at or published; see `sandbox`.
    pub gh: Vec<(String, String)>,
    /// The host that the person's `GH_HOST` names: their tokens for a host of their own are for this one.
    pub gh_host: Option<String>,
    /// Hosts that the settings name for documentation: `name` for port 443, else `name:port`.
    pub documentation: Vec<String>,
    /// For whom passkeys are made, and which pages are ours.
    pub passkeys: RelyingParty,
    /// How much may be spent.
    pub budget: Budget,
    /// Who is in which team, for budgets.
    pub teams: Teams,
    /// What tokens cost.
    pub prices: model::Prices,
    /// Makes unguessable, unique names; 128 random bits in hex.
    pub ids: Box<dyn Fn() -> String + Send + Sync>,
}

/// Seconds that a policy's own permit is valid: it is used at once or never.
pub(crate) const PERMIT_SECONDS: u64 = 60;
/// Seconds that a held intent waits for people before it is void: three days.
pub(crate) const HOLD_SECONDS: u64 = 3 * 24 * 3600;

impl Office {
    /// A new id for an intent.
    pub fn intent_id(&self) -> IntentId {
        IntentId::new((self.ids)())
    }

    /// A new id for a session: short enough to type.
    pub fn session_id(&self) -> SessionId {
        SessionId::new((self.ids)().chars().take(12).collect::<String>())
    }

    /// The folder of one session.
    pub fn session_folder(&self, session: &SessionId) -> PathBuf {
        self.folder.join("sessions").join(session.as_str())
    }

    /// What the guard is told about the moment, from the ledger alone.
    pub(crate) fn circumstances(&self, intent: &Intent, effects: &Effects, boxed: bool, since: u64) -> Result<Circumstances, BookError> {
        let roster = self.book.roster()?;
        let past = self.book.past(intent, effects)?;
        Ok(Circumstances {
            asked_by: intent.asked_by.clone(),
            agent: intent.agent.clone(),
            boxed,
            in_force: InForce { past, ..InForce::of(roster.standing(), &intent.asked_by, &intent.agent, self.book.now(), roster.latest()) },
            generation: self.book.fence(effects)?,
            stopped: self.book.stopped(since, &intent.session, Some(&intent.id))?.is_some(),
            electorate: match intent.deed {
                Deed::Govern { .. } => Electorate::of(intent, &roster),
                _ => Electorate::default(),
            },
            terms: roster.ballot(intent, &effects.places()).terms().clone(),
        })
    }

    /// The verdict; an unreadable ledger is a refusal like every other error.
    pub(crate) fn assess(&self, intent: &Intent, effects: &Effects, boxed: bool, since: u64) -> Verdict {
        match self.circumstances(intent, effects, boxed, since) {
            Ok(circumstances) => {
                let verdict = self.guard.assess(intent, effects, &circumstances);
                let verdict = memory::only_signed(&intent.deed, self.guard.policy_digest()).into_iter().fold(verdict, Verdict::and);
                match people::judge(self, intent, verdict) {
                    Ok(verdict) => verdict,
                    Err(e) => Verdict::refuse(self.guard.policy_digest(), "ledger-unreadable", e.to_string()),
                }
            }
            Err(e) => Verdict::refuse(self.guard.policy_digest(), "ledger-unreadable", e.to_string()),
        }
    }

    /// What the policy says of each effect of an intent, as things stand now.
    pub fn explain(&self, story: &Story) -> Result<Vec<Explanation>, BookError> {
        let circumstances = self.circumstances(&story.intent, &story.effects, true, story.index)?;
        self.guard.explain(&story.intent, &story.effects, &circumstances).map_err(|why| BookError::Read { why })
    }

    /// What the policy that is observed would say of an intent, beside what the one in force says. Without one, and where the ledger cannot
    /// be read, there is nothing to write: it holds nobody up.
    pub(crate) fn observation(&self, intent: &Intent, effects: &Effects, boxed: bool, since: u64) -> Option<Event> {
        let (policies, observed) = self.observed.as_ref()?;
        let circumstances = self.circumstances(intent, effects, boxed, since).ok()?;
        let (would, was) = (observed.assess(intent, effects, &circumstances), self.guard.assess(intent, effects, &circumstances));
        // Why is asked of what would flip alone, and an entry is no place for all that a policy could say.
        let reasons = if would.decision == was.decision { Vec::new() } else { would.reasons.into_iter().take(3).collect() };
        Some(Event::Observed { about: intent.id.clone(), policies: *policies, would: would.decision, was: was.decision, reasons })
    }

    /// When an intent that is held now becomes void.
    pub(crate) fn hold_expiry(&self) -> Moment {
        self.book.now().plus_seconds(HOLD_SECONDS)
    }
}

/// Path of the person's tree as text, for intents; a path that is not UTF-8 has no name there.
pub(crate) fn text_of(path: &Path) -> Result<String, NotUtf8> {
    path.to_str().map(str::to_owned).ok_or_else(|| NotUtf8 { path: path.to_path_buf() })
}

/// The folder's path cannot be written in an intent.
#[derive(Debug, thiserror::Error)]
#[error("the path {} is not UTF-8; move the work tree to a path that is", path.display())]
pub struct NotUtf8 {
    path: PathBuf,
}
