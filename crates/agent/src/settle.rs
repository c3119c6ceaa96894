//! What happens to held work when people answer, from whatever process they answer in.
//!
//! An answer is verified and written; when the quorum is met the guard signs the permit; an intent that leaves the box
//! is then executed right here, by whoever's answer completed it. Two processes may try: the ledger takes one
//! `Countersigned` and one `Started` an intent.

use action::{Decision, Countersigned, Deed, Digest, Effects, Event, Intent, IntentId, Outcome, PersonId, Quorum, Reason, Receipt, RefusedBy, Reply, Signed, Stage};
use guard::Recorded;

use crate::book::BookError;
use crate::landing::{self, Landed};
use crate::running::{Running, Turn};
use crate::office::{PERMIT_SECONDS, Office};
use crate::publish;
use crate::story::Story;
use crate::survey::Survey;

/// What an answer led to.
#[derive(Debug)]
pub enum Answered {
    /// The quorum is met and the guard has signed.
    Complete(Signed),
    /// The quorum is met. It is done in the box, so its session carries it out when it goes on, and the guard signs then.
    Agreed,
    /// More people must sign.
    Waits(Quorum),
    /// It ended here.
    Refused(Vec<Reason>),
}

/// The end of an execution outside the box.
#[derive(Clone, Debug)]
pub struct Settled {
    /// Where it is in the ledger.
    pub receipt: Receipt,
    /// Whether it was done.
    pub ok: bool,
}

/// Whether this deed is executed by landing a change set outside the box.
pub(crate) fn leaves_the_box(deed: &Deed) -> bool {
    let leaves = matches!(
        deed,
        Deed::Land { .. }
            | Deed::Change { .. }
            | Deed::Accept { .. }
            | Deed::Publish { .. }
            | Deed::Remember { .. }
            | Deed::Forget { .. }
            | Deed::McpTrust { .. }
            | Deed::Govern { .. }
    );
    leaves && !deed.is_rehearsal()
}

/// Whether it is done in the box of its session, and by nobody else.
pub(crate) fn stays_in_the_box(deed: &Deed) -> bool {
    !leaves_the_box(deed) && !matches!(deed, Deed::Reach { .. })
}

/// Verifies and writes one person's answer, and signs the permit when that completes the quorum.
pub fn answer(service: &Office, id: &IntentId, signed: Signed) -> Result<Answered, SettleError> {
    match hear_and_write(service, id, signed)? {
        Some(refused) => Ok(refused),
        None => complete(service, id),
    }
}

/// The same by somebody who is not the session: what is done in the box gets no permit yet, which would run out.
fn answer_from_afar(service: &Office, id: &IntentId, signed: Signed) -> Result<Answered, SettleError> {
    if !stays_in_the_box(&story_of(service, id)?.intent.deed) {
        return answer(service, id, signed);
    }
    if let Some(refused) = hear_and_write(service, id, signed)? {
        return Ok(refused);
    }
    match permit_of(service, &story_of(service, id)?)? {
        Ok(_) => Ok(Answered::Agreed),
        Err(quorum) => Ok(Answered::Waits(quorum)),
    }
}

/// Verifies and writes one person's answer; `Some` where it was a no.
fn hear_and_write(service: &Office, id: &IntentId, signed: Signed) -> Result<Option<Answered>, SettleError> {
    let story = story_of(service, id)?;
    fence(service, &story)?;
    let roster = service.book.roster()?;
    let voice = hear(service, &story, &signed, &roster)?;
    let people = roster.changes();
    if !story.waits(service.book.now()) {
        return Err(SettleError::NotWaiting { id: id.clone(), stage: story.stage });
    }
    let answered = Event::Answered { intent: id.clone(), person: voice.person.clone(), answer: signed };
    if voice.reply == Reply::No {
        let reasons = vec![Reason { rule: "person-refused".into(), text: voice.why.clone() }];
        let refused = Event::Refused { intent: id.clone(), by: RefusedBy::Person { person: voice.person }, reasons: reasons.clone() };
        service.book.write_while(people, &[answered, refused]).map_err(|e| taken(service, id, e))?;
        return Ok(Some(Answered::Refused(reasons)));
    }
    // Their yes may be on the ledger already, written by a process that got no further.
    match story.answers.iter().zip(&story.recorded).find(|((person, _), _)| *person == voice.person) {
        None => drop(service.book.write_while(people, &[answered]).map_err(|e| taken(service, id, e))?),
        Some((_, earlier)) if matter(service, &story)?.hear(earlier, &roster, service.book.now()).is_err() => {
            return Err(SettleError::AnsweredInVain { person: voice.person });
        }
        Some(_) => {}
    }
    Ok(None)
}

/// The permit of an intent that was countersigned by a process that got no further, for whoever signs it again.
fn left_behind(service: &Office, id: &IntentId, signed: &Signed) -> Result<Option<Signed>, SettleError> {
    let story = story_of(service, id)?;
    if story.stage != Stage::Countersigned || !leaves_the_box(&story.intent.deed) {
        return Ok(None);
    }
    fence(service, &story)?;
    let voice = hear(service, &story, signed, &service.book.roster()?)?;
    Ok(story.permit.filter(|_| voice.reply == Reply::Yes))
}

/// Another process took this step in the meantime: then how far it got is the answer.
fn taken(service: &Office, id: &IntentId, error: BookError) -> SettleError {
    match (error, story_of(service, id)) {
        (BookError::AlreadyDone { .. }, Ok(story)) => SettleError::NotWaiting { id: id.clone(), stage: story.stage },
        (error, _) => SettleError::Book(error),
    }
}

/// What was judged at an older generation of its environment, or was asked for somebody who is not enrolled any more, can never run:
/// it ends here.
pub(crate) fn fence(service: &Office, story: &Story) -> Result<(), SettleError> {
    if story.stage.is_over() {
        return Ok(());
    }
    if !service.book.roster()?.is_enrolled(&story.intent.asked_by) {
        return Err(ended(service, &story.intent.id, SettleError::AskerGone { person: story.intent.asked_by.clone() }));
    }
    let now = service.book.fence(&story.effects)?;
    match now == story.generation {
        true => Ok(()),
        false => Err(ended(service, &story.intent.id, SettleError::Void(action::NotCountersigned::OtherGeneration { signed: story.generation, now }))),
    }
}

/// Whether those who agreed still do, and how many changes of people there have been when they were asked.
pub(crate) fn still_agreed(service: &Office, intent: &Intent, effects: &Effects, permit: &Signed) -> Result<u64, SettleError> {
    let story = story_of(service, &intent.id)?;
    let roster = service.book.roster()?;
    if !roster.is_enrolled(&intent.asked_by) {
        return Err(SettleError::AskerGone { person: intent.asked_by.clone() });
    }
    service.guard.still_agreed(intent, effects, permit, &story.recorded, &roster).map_err(SettleError::NotPermitted)?;
    Ok(roster.changes())
}

/// Verifies one answer against the matter as it is now.
fn hear(service: &Office, story: &Story, signed: &Signed, roster: &guard::Roster) -> Result<guard::Voice, SettleError> {
    // Which pages are ours is asked when an answer comes in: settings change, and what was rightly answered stays so.
    service.passkeys.check(signed).map_err(guard::BadAnswer::from)?;
    let (now, matter) = (service.book.now(), matter(service, story)?);
    let voice = matter.hear(&Recorded { at: now.max(roster.latest()), answer: signed.clone() }, roster, now)?;
    if let Some(quorum) = story.quorum() {
        matter.check_key(&voice, quorum, &roster.ballot(&story.intent, &story.effects.places()))?;
    }
    Ok(voice)
}

fn matter(service: &Office, story: &Story) -> Result<guard::Matter, SettleError> {
    Ok(guard::Matter::of(&story.intent, &story.effects, service.guard.policy_digest(), story.generation)?)
}

/// Signs the permit if the answers so far meet the quorum.
pub(crate) fn complete(service: &Office, id: &IntentId) -> Result<Answered, SettleError> {
    let story = story_of(service, id)?;
    fence(service, &story)?;
    let people = service.book.roster()?.changes();
    match permit_of(service, &story)? {
        Ok(permit) => {
            let countersigned = Event::Countersigned { intent: id.clone(), permit: permit.clone() };
            service.book.write_while(people, &[countersigned]).map_err(|e| taken(service, id, e))?;
            Ok(Answered::Complete(permit))
        }
        Err(quorum) => Ok(Answered::Waits(quorum)),
    }
}

/// The permit that the answers so far are good for, or who is still needed.
pub(crate) fn permit_of(service: &Office, story: &Story) -> Result<Result<Signed, Quorum>, SettleError> {
    let not_waiting = || SettleError::NotWaiting { id: story.intent.id.clone(), stage: story.stage };
    let quorum = story.quorum().ok_or_else(not_waiting)?;
    let verdict = story.verdict.as_ref().ok_or_else(not_waiting)?;
    let circumstances = service.circumstances(&story.intent, &story.effects, true, story.index)?;
    let roster = service.book.roster()?;
    let seconds = lifetime(&story.intent.deed);
    let permit = service.guard.permit(&story.intent, &story.effects, verdict, &circumstances, &roster, &story.recorded, service.book.now(), seconds);
    match permit {
        Ok(permit) => Ok(Ok(permit)),
        Err(guard::NotPermitted::QuorumNotMet { .. }) => Ok(Err(quorum)),
        Err(other) => Err(SettleError::NotPermitted(other)),
    }
}

/// Whether nobody has to sign any more, and its session has to go on to carry it out.
pub fn waits_for_its_session(service: &Office, story: &Story) -> Result<bool, BookError> {
    if !stays_in_the_box(&story.intent.deed) || !story.waits(service.book.now()) || story.answers.is_empty() {
        return Ok(false);
    }
    match permit_of(service, story) {
        Ok(permit) => Ok(permit.is_ok()),
        Err(SettleError::Book(e)) => Err(e),
        Err(_) => Ok(false), // it would be refused: a person looks at it all the same
    }
}

/// A door that people opened stays open for an hour; everything else is executed at once.
fn lifetime(deed: &Deed) -> u64 {
    match deed {
        Deed::Reach { .. } => 3600,
        _ => PERMIT_SECONDS,
    }
}

/// Executes an intent that leaves the box: its turn, effects again, signature, `Started`, landing, outcome. Once, over all processes.
/// Whoever stops it reaches it until its last request. Nothing slow stands between the verified permit and `Started`.
pub fn execute(service: &Office, intent: &Intent, permit: &Signed, since: u64) -> Result<Settled, SettleError> {
    let unwritable = |e: std::io::Error| SettleError::NotBegun { why: format!("the service's folder cannot be written: {e}") };
    let stop = || service.book.stopped(since, &intent.session, Some(&intent.id));
    let stopped = || !matches!(stop(), Ok(None)); // unreadable is stopped
    let _running = Running::begin(service, &intent.id).map_err(unwritable)?;
    let turn = Turn::wait(service, &story_of(service, &intent.id)?.effects.places(), &stopped).map_err(unwritable)?;
    let Some(_turn) = turn else {
        return Err(ended(service, &intent.id, SettleError::StoppedWaiting));
    };
    publish::ready(service, &intent.deed).map_err(|e| SettleError::NotBegun { why: e.to_string() })?;
    let (order, effects, people) = redeemed(service, intent, permit, since)?;
    let started = Event::Started { intent: intent.id.clone(), permit: permit.digest() };
    let started = match service.book.begin(Some(people), order.permit().expires, &[started]) {
        Err(BookError::Expired { until, at }) => {
            let void = action::NotCountersigned::Expired { issued: order.permit().issued, expires: until, now: at };
            return Err(ended(service, &intent.id, SettleError::Void(void)));
        }
        started => started.map_err(|e| taken(service, &intent.id, e))?,
    };
    let begun = service.book.now();
    let landed = match stop()? {
        Some(by) => Err(landing::LandError::Stopped { by: by.to_string() }),
        None => match overtaken(service, intent, &effects, order.permit(), since, started.first().copied().unwrap_or_default()) {
            Some(why) => Err(landing::LandError::Overtaken { why }),
            None => landing::land(service, &order, &stopped),
        },
    };
    let ms = service.book.now().0.saturating_sub(begun.0);
    finish(service, &intent.id, landed, ms, started.first().copied().unwrap_or_default())
}

/// The order that a permit is good for as the world is now, what it touches, and how many changes of people there have been. What is not any more as it was
/// signed ends here.
fn redeemed(service: &Office, intent: &Intent, permit: &Signed, since: u64) -> Result<(Countersigned<Intent>, Effects, u64), SettleError> {
    let effects = Survey::outside().effects(service, intent).map_err(|e| SettleError::Survey(e.to_string()))?;
    let digest = Digest::of(&effects).map_err(|e| SettleError::Survey(e.to_string()))?;
    let generation = service.book.fence(&effects)?;
    let verified = Countersigned::verify(intent.clone(), digest, permit, &service.guard.public_key(), generation, service.book.now());
    let order = match verified {
        Ok(order) => order,
        Err(why) => return Err(ended(service, &intent.id, SettleError::Void(why))),
    };
    let people = match still_agreed(service, intent, &effects, permit) {
        Ok(people) => people,
        Err(e @ (SettleError::NotPermitted(_) | SettleError::AskerGone { .. })) => return Err(ended(service, &intent.id, e)),
        Err(e) => return Err(e),
    };
    match judged_otherwise(service, intent, &effects, order.permit(), since)? {
        Some(why) => Err(ended(service, &intent.id, why)),
        None => Ok((order, effects, people)),
    }
}

/// What has come since the permit was signed counts: a freeze, another policy, access that is over.
fn judged_otherwise(service: &Office, intent: &Intent, effects: &Effects, permit: &action::Permit, since: u64) -> Result<Option<SettleError>, SettleError> {
    let now = service.guard.policy_digest();
    if permit.policy != now {
        return Ok(Some(SettleError::NotPermitted(guard::NotPermitted::OtherPolicy { judged: permit.policy, now })));
    }
    let verdict = service.assess(intent, effects, true, since);
    let enough = is_enough(verdict.decision, permit);
    // A stop is told by the stop itself.
    let stopped = service.book.stopped(since, &intent.session, Some(&intent.id))?.is_some();
    Ok((!enough && !stopped).then_some(SettleError::NotPermitted(guard::NotPermitted::Forbidden { reasons: verdict.reasons })))
}

/// Whether the signatures of a permit are as many as this asks for.
fn is_enough(decision: Decision, permit: &action::Permit) -> bool {
    match (decision, permit.quorum) {
        (Decision::Permit, _) => true,
        (Decision::Hold { quorum }, Some(signed)) => signed.and(quorum) == signed,
        (Decision::Hold { .. }, None) | (Decision::Refuse, _) => false,
    }
}

/// Of two that begin at once, neither saw the other when it was judged. Now both are on the ledger, and the later sees the earlier.
fn overtaken(service: &Office, intent: &Intent, effects: &Effects, permit: &action::Permit, since: u64, started: u64) -> Option<String> {
    if guard::kept(intent, effects).is_empty() {
        return None;
    }
    let read = service.circumstances(intent, effects, true, since).and_then(|mut circumstances| {
        circumstances.in_force.past = service.book.past_before(started, intent, effects)?;
        Ok(service.guard.assess(intent, effects, &circumstances))
    });
    match read {
        Ok(verdict) if is_enough(verdict.decision, permit) => None,
        Ok(verdict) => Some(verdict.reasons.into_iter().map(|reason| reason.text).collect::<Vec<_>>().join("; ")),
        Err(e) => Some(e.to_string()),
    }
}

fn finish(service: &Office, id: &IntentId, landed: Result<Landed, landing::LandError>, ms: u64, started: u64) -> Result<Settled, SettleError> {
    let failed = |line: String| {
        let outcome = Outcome { line, exit: None, output: None, ms };
        (vec![Event::Failed { intent: id.clone(), outcome: outcome.clone() }], outcome, false)
    };
    let (events, outcome, ok) = match landed {
        Ok(Landed { line, mut events }) => {
            let outcome = Outcome { line, exit: None, output: None, ms };
            events.push(Event::Finished { intent: id.clone(), outcome: outcome.clone() });
            (events, outcome, true)
        }
        Err(e) if e.nothing_happened() => failed(e.to_string()),
        Err(e) => {
            let unknown = Event::Unknown { intent: id.clone(), why: e.to_string() };
            service.book.write(&[unknown]).map_err(|why| SettleError::Unrecorded { id: id.clone(), line: e.to_string(), why })?;
            return Err(SettleError::Unknown { id: id.clone(), why: e.to_string() });
        }
    };
    let (written, outcome, ok) = match service.book.write(&events) {
        // Of two changes of people that were begun at once the other was made, and this one is not.
        Err(BookError::PeopleMoved) => {
            let (events, outcome, ok) = failed("another change of people came first; nothing was changed, ask for it again".into());
            (service.book.write(&events), outcome, ok)
        }
        written => (written, outcome, ok),
    };
    let unrecorded = |why| SettleError::Unrecorded { id: id.clone(), line: outcome.line.clone(), why };
    let index = written.map_err(unrecorded)?.last().copied().unwrap_or(started);
    Ok(Settled { receipt: Receipt { intent: id.clone(), index, outcome }, ok })
}

/// Answers and, where that completes an intent that leaves the box, executes it: what `countersign sign` does.
pub fn sign(service: &Office, id: &IntentId, signed: Signed) -> Result<(Answered, Option<Settled>), SettleError> {
    let answered = match left_behind(service, id, &signed)? {
        Some(permit) => Answered::Complete(permit),
        None => answer_from_afar(service, id, signed)?,
    };
    let Answered::Complete(permit) = &answered else {
        return Ok((answered, None));
    };
    let story = story_of(service, id)?;
    if !leaves_the_box(&story.intent.deed) {
        return Ok((answered, None)); // an open door
    }
    let settled = execute(service, &story.intent, permit, story.index)?;
    Ok((answered, Some(settled)))
}

/// What can never run any more ends, and says why.
pub(crate) fn ended(service: &Office, id: &IntentId, why: SettleError) -> SettleError {
    let text = match &why {
        SettleError::Void(why) => why.to_string(),
        why => why.to_string(),
    };
    let reasons = vec![Reason { rule: why.rule().into(), text }];
    match service.book.write(&[Event::Refused { intent: id.clone(), by: RefusedBy::Void, reasons }]) {
        Ok(_) => why,
        Err(e) => taken(service, id, e),
    }
}

fn story_of(service: &Office, id: &IntentId) -> Result<Story, SettleError> {
    service.book.story(id)?.ok_or_else(|| SettleError::Unheard { id: id.clone() })
}

/// Why an answer or an execution did not go through.
#[derive(Debug, thiserror::Error)]
pub enum SettleError {
    /// No such intent. Nothing happened.
    #[error("there is no intent `{id}` in this ledger")]
    Unheard {
        /// What was asked for.
        id: IntentId,
    },
    /// It does not wait for people (any more). Nothing happened.
    #[error("intent `{id}` does not wait for an answer: it is {}", stage.word())]
    NotWaiting {
        /// Which.
        id: IntentId,
        /// How far it has got.
        stage: Stage,
    },
    /// The answer was not believed. Nothing happened.
    #[error(transparent)]
    Answer(#[from] guard::BadAnswer),
    /// Each person answers once, and this one did, with a key that is revoked since. Nothing happened.
    #[error("`{person}` answered this before, with a key that is revoked from a moment before that: have it asked for again")]
    AnsweredInVain {
        /// Who.
        person: PersonId,
    },
    /// The guard would not sign. Nothing happened.
    #[error(transparent)]
    NotPermitted(guard::NotPermitted),
    /// The permit did not fit the world any more. Nothing happened.
    #[error("the permit is void: {0}")]
    Void(action::NotCountersigned),
    /// Nobody is there for whom it would be done. Nothing happened.
    #[error("`{person}`, who asked for it, is not enrolled any more: it is void")]
    AskerGone {
        /// Who.
        person: PersonId,
    },
    /// Another change of its environment was under way, and it was stopped before its turn came. Nothing happened.
    #[error("it was stopped while it waited for another change of its environment")]
    StoppedWaiting,
    /// The world could not be read. Nothing happened.
    #[error("its effects could not be computed again: {0}")]
    Survey(String),
    /// It was started, and the end is not known. A person must look.
    #[error("intent `{id}` was started and its end is unknown: {why}")]
    Unknown {
        /// Which.
        id: IntentId,
        /// What is known.
        why: String,
    },
    /// It was started and this is what came of it, but the ledger would not take the end. The next who looks names it unknown.
    #[error("intent `{id}` was started ({line}), but its end could not be written: {why}")]
    Unrecorded {
        /// Which.
        id: IntentId,
        /// What came of it.
        line: String,
        /// The ledger.
        why: BookError,
    },
    /// What it takes was not there: a place to take note of it, or the program that does it. Nothing happened.
    #[error("nothing was begun: {why}")]
    NotBegun {
        /// The system's words.
        why: String,
    },
    /// It has no canonical form. Nothing happened.
    #[error(transparent)]
    Unwritable(#[from] guard::Unwritable),
    /// The ledger.
    #[error(transparent)]
    Book(#[from] BookError),
}

impl SettleError {
    /// The rule name that a refusal for this reason carries.
    pub fn rule(&self) -> &'static str {
        match self {
            Self::Unheard { .. } | Self::NotWaiting { .. } => "not-waiting",
            Self::Answer(_) | Self::AnsweredInVain { .. } | Self::Unwritable(_) => "bad-answer",
            Self::NotPermitted(_) => "not-permitted",
            Self::Void(_) | Self::AskerGone { .. } | Self::StoppedWaiting => "permit-void",
            Self::Survey(_) => "effects-unreadable",
            Self::Unknown { .. } | Self::Unrecorded { .. } => "end-unknown",
            Self::NotBegun { .. } | Self::Book(_) => "ledger",
        }
    }
}

#[cfg(test)]
mod tests;
