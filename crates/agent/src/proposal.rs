//! What a person proposes themselves, with no agent and no session: an intent like every other, held for signatures.

use action::{AgentName, Decision, Deed, Digest, Event, Intent, IntentId, PersonId, RefusedBy, SessionId, Verdict};

use crate::book::BookError;
use crate::office::Office;
use crate::survey::Survey;

/// Writes down what is asked for, its effects and the verdict on it. What policy refuses ends there.
pub(crate) fn propose(service: &Office, person: &PersonId, deed: Deed) -> Result<(IntentId, Verdict), BookError> {
    let intent = Intent {
        v: 1,
        id: service.intent_id(),
        session: SessionId::new("desk"),
        turn: 0,
        asked_by: person.clone(),
        agent: AgentName::new("nobody"),
        deed,
    };
    let effects = Survey::outside().effects(service, &intent).map_err(|e| BookError::Read { why: e.to_string() })?;
    let digest = Digest::of(&effects).map_err(|e| BookError::Write { why: e.to_string() })?;
    let verdict = service.assess(&intent, &effects, true, service.book.ledger().len());
    let generation = service.book.fence(&effects)?;
    let id = intent.id.clone();
    let observed = service.observation(&intent, &effects, true, service.book.ledger().len());
    let assessed = Event::Assessed { intent: id.clone(), verdict: verdict.clone(), generation, expires: service.hold_expiry() };
    let mut events = vec![Event::Proposed { intent, effects, digest }, assessed];
    events.extend(observed);
    if verdict.decision == Decision::Refuse {
        events.push(Event::Refused { intent: id.clone(), by: RefusedBy::Policy, reasons: verdict.reasons.clone() });
    }
    service.book.write(&events)?;
    Ok((id, verdict))
}
