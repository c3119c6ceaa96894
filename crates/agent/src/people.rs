//! Changes of who may do what here: proposed by a person, signed like everything else, and made with the end of their intent.
//!
//! ```text
//! person ─▶ Govern ─▶ held ─▶ signed by whom the guard's ballot asks for ─▶ Started ─▶ { Governed, Finished } in one write ─▶ roster
//! ```
//!
//! The roster is a fold over the ledger: a change that nobody signed for is none, whoever wrote it. If the power goes before the
//! last write, people are as they were, and the intent is named `Unknown`.

use std::collections::BTreeSet;

use action::{AgentName, Concern, Decision, Deed, Effects, Entry, Environment, EnvironmentName, Event, Intent, IntentId, Governance, PersonId, Quorum, Reason, SessionId, Signed, Verdict};
use guard::{NotEnrolled, Roster};

use crate::book::BookError;
use crate::landing::Landed;
use crate::office::Office;
use crate::settle::{self, SettleError};

mod names;

/// What a person's own proposal is asked as: no agent, and no session.
pub(crate) const NOBODY: &str = "nobody";

/// Proposes a change; it is held until the people have signed whom it needs, or ends where policy refuses it. Nothing is proposed
/// that could not be made, or to which nobody could agree.
pub fn propose(service: &Office, person: &PersonId, change: Governance) -> Result<(IntentId, Verdict), NotChanged> {
    let roster = service.book.roster()?;
    roster.check(&change)?;
    names::check(&change, &roster)?;
    check_not_frozen(service, &roster, &change)?;
    let (concern, deed) = (change.concern(), Deed::Govern { change });
    let asked = Intent {
        v: 1,
        id: IntentId::new("asked"),
        session: SessionId::new("desk"),
        turn: 0,
        asked_by: person.clone(),
        agent: AgentName::new(NOBODY),
        deed: deed.clone(),
    };
    let ballot = roster.ballot(&asked, &BTreeSet::from([EnvironmentName::service()]));
    if let Some(quorum) = ballot.least().filter(|quorum| !ballot.could_meet(*quorum, &roster, service.book.now())) {
        let gains = asked.interested().into_iter().find(|one| *one != person).cloned();
        return Err(NotChanged::NobodyCould { quorum, besides: ballot.terms().of(quorum).words(), concern, gains });
    }
    Ok(crate::proposal::propose(service, person, deed)?)
}

/// Whether the person who is acted for is there at all, and, for a change of who may do what, no less than the guard's own least.
pub(crate) fn judge(service: &Office, intent: &Intent, verdict: Verdict) -> Result<Verdict, BookError> {
    let roster = service.book.roster()?;
    Ok(by(roster.is_enrolled(&intent.asked_by), roster.ballot(intent, &BTreeSet::from([EnvironmentName::service()])).least(), intent, verdict))
}

/// The same for people as they were: whether the one who asks was enrolled, and the least that a change of people needed.
pub(crate) fn by(enrolled: bool, least: Option<Quorum>, intent: &Intent, verdict: Verdict) -> Verdict {
    let policy = verdict.policy;
    if !enrolled {
        let text = format!("`{}`, for whom this is asked, is not enrolled", intent.asked_by);
        return Verdict::refuse(policy, "not-enrolled", text).and(verdict);
    }
    let Some(least) = least else { return verdict };
    let enough = match verdict.decision {
        Decision::Permit => false,
        Decision::Hold { quorum } => quorum.and(least) == quorum,
        Decision::Refuse => true,
    };
    if enough {
        return verdict;
    }
    let reasons = vec![Reason { rule: "people-least".into(), text: "whatever a policy says, a change of who may do what needs at least this".into() }];
    verdict.and(Verdict { decision: Decision::Hold { quorum: least }, reasons, policy })
}

/// What is to be written with the end of the intent. Asked once more by the roster that the change is for: what came between its start
/// and here counts. It is folded before it is written, by the judge of all who read it: what would change nobody is not written.
pub(crate) fn make(service: &Office, intent: &Intent, change: &Governance) -> Result<Landed, NotChanged> {
    let roster = service.book.roster()?;
    roster.check(change)?;
    check_not_frozen(service, &roster, change)?;
    let story = service.book.story(&intent.id)?.ok_or(NotChanged::Unsigned)?;
    let permit: &Signed = story.permit.as_ref().ok_or(NotChanged::Unsigned)?;
    agreed(service, intent, &story.effects, permit)?;
    let number = roster.changes() + 1;
    let governed = Event::Governed { intent: intent.id.clone(), number, change: change.clone() };
    let would_be = Entry { v: 1, at: service.book.now(), event: governed.clone() };
    let entries: Vec<Entry> = service.book.intent(&intent.id)?.into_iter().map(|(_, entry)| entry).chain([would_be]).collect();
    roster.clone().govern(&entries)?;
    Ok(Landed { line: change.made(), events: [governed].into_iter().chain(correction(&intent.id, change)).collect() })
}

/// What was an emergency is explained afterwards, and kept from being one again.
fn correction(id: &IntentId, change: &Governance) -> Option<Event> {
    let Governance::BreakGlass { glass } = change else { return None };
    Some(Event::CorrectionOpened { intent: id.clone(), title: format!("the glass of {} was broken for {}: {}", glass.environment, glass.person, glass.why) })
}

/// Mapping a frozen place otherwise would pass the freeze: it is thawed first, or waited for.
fn check_not_frozen(service: &Office, roster: &Roster, change: &Governance) -> Result<(), NotChanged> {
    let (Governance::SetEnvironment { environment, .. } | Governance::RemoveEnvironment { environment, .. }) = change else { return Ok(()) };
    let frozen: Vec<&EnvironmentName> = roster.standing().frozen(service.book.now(), roster.latest()).collect();
    let is_frozen = |name: &EnvironmentName| frozen.iter().any(|frozen| frozen.includes(name));
    // Under another name the same place would not be frozen.
    let there = roster.standing().environments().map(|(known, _)| known).filter(|known| is_frozen(&known.name));
    match is_frozen(&environment.name) || there.into_iter().any(|known| overlap(known, environment)) {
        true => Err(NotChanged::Frozen { environment: environment.name.clone() }),
        false => Ok(()),
    }
}

/// Whether two environments have a place in common, or a folder that is in one of the other.
fn overlap(one: &Environment, other: &Environment) -> bool {
    let below = |a: &str, b: &str| std::path::Path::new(a).starts_with(b) || std::path::Path::new(b).starts_with(a);
    let paths = one.paths.iter().any(|a| other.paths.iter().any(|b| below(a, b)));
    paths || one.places().any(|a| other.places().any(|b| a == b))
}

fn agreed(service: &Office, intent: &Intent, effects: &Effects, permit: &Signed) -> Result<(), NotChanged> {
    match settle::still_agreed(service, intent, effects, permit) {
        Ok(_) => Ok(()),
        Err(SettleError::Book(e)) => Err(e.into()),
        Err(other) => Err(NotChanged::NotAgreed { why: other.to_string() }),
    }
}

/// Why people are not changed. Nothing happened.
#[derive(Debug, thiserror::Error)]
pub enum NotChanged {
    /// It cannot be made as things stand.
    #[error(transparent)]
    Roster(#[from] NotEnrolled),
    /// It would wait for ever.
    #[error("nobody here could agree to it: it needs {}{}\nhint: {}", quorum.words(), besides.iter().map(|term| format!(", and {term}")).collect::<String>(), hint(*concern, gains.as_ref()))]
    NobodyCould {
        /// What it needs.
        quorum: Quorum,
        /// What its environment asks for besides, in words.
        besides: Vec<String>,
        /// Who would have to agree.
        concern: Concern,
        /// Who gains by it and did not ask.
        gains: Option<PersonId>,
    },
    /// A freeze holds for what is mapped as well.
    #[error("`{environment}` or a place of it is frozen, and so is what maps to it\nhint: wait until it is over, or `countersign env thaw` first")]
    Frozen {
        /// Which.
        environment: EnvironmentName,
    },
    /// A new name that would be taken for another.
    #[error("`{name}` looks like `{other}`, and would be taken for it: choose a name that looks otherwise")]
    LooksLike {
        /// The new name.
        name: String,
        /// The one that is known.
        other: String,
    },
    /// A new name that may look like any.
    #[error("`{name}` has letters of several scripts, which can look like other letters: choose a name in one")]
    SeveralScripts {
        /// The new name.
        name: String,
    },
    /// Those who agreed do not count any more.
    #[error("{why}")]
    NotAgreed {
        /// The guard's words.
        why: String,
    },
    /// There is no permit for it.
    #[error("no permit for it is on the ledger")]
    Unsigned,
    /// The ledger.
    #[error(transparent)]
    Book(#[from] BookError),
}

fn hint(concern: Concern, gains: Option<&PersonId>) -> String {
    match gains {
        _ if concern == Concern::Access => "enrol somebody who signs here and did not ask: `countersign people add`".to_owned(),
        _ if concern == Concern::Emergency => "give somebody the role it takes: `countersign people roles`".to_owned(),
        Some(person) => format!("let `{person}` ask for it, and agree to it yourself; or let another admin ask for it"),
        None => "let somebody else ask for it; what only takes away needs one admin".to_owned(),
    }
}

#[cfg(test)]
mod tests;
