//! From a verdict and people's answers to a signed permit. The only place where the guard signs.
//!
//! The order is the argument: judge again, verify every answer, let any no end it, count distinct people, ask the policy once
//! more with who has really signed, and only then sign.

use action::{Decision, Digest, Effects, Intent, Moment, Namespace, Permit, PersonId, Quorum, Reason, Reply, Signed, Verdict};

use crate::answer::{BadAnswer, Matter, Recorded, Unwritable, Voice};
use crate::ballot::Ballot;
use crate::guard::{Circumstances, Guard};
use crate::quorum::Tally;
use crate::roster::Roster;

impl Guard {
    /// Signs a permit if the policy permits or the quorum is met, now and under these circumstances.
    ///
    /// The intent is judged again: what became graver since `verdict` counts. Of several answers by one person the first
    /// counts; answers that were handed in twice count once. The permit ends `lifetime_seconds` from now, or with the
    /// first answer that ends. Single use is the ledger's to keep: one `Started` a permit.
    #[expect(clippy::too_many_arguments, reason = "all of it is bound by the one signature that this makes")]
    pub fn permit(
        &self,
        intent: &Intent,
        effects: &Effects,
        verdict: &Verdict,
        circumstances: &Circumstances,
        roster: &Roster,
        answers: &[Recorded],
        now: Moment,
        lifetime_seconds: u64,
    ) -> Result<Signed, NotPermitted> {
        let quorum = self.judged_again(intent, effects, verdict, circumstances)?;
        let matter = Matter::of(intent, effects, self.policy_digest(), circumstances.generation)?;
        let voices = heard(&matter, answers, roster, now)?;
        let ballot = roster.ballot(intent, &matter.places);
        let tally = Tally::count(&voices, &ballot, roster);
        if let Some(quorum) = quorum.filter(|q| !ballot.suffices(*q, &tally, roster)) {
            return Err(NotPermitted::lacking(quorum, &ballot, &tally));
        }
        if let Some(quorum) = ballot.least().filter(|_| !ballot.is_met_by(&tally, roster)) {
            return Err(NotPermitted::lacking(quorum, &ballot, &tally));
        }
        // Judged again just now with nobody's signature, and permitted: with nobody's signature there is nothing new to ask.
        if quorum.is_some() || !tally.people.is_empty() {
            self.ask_with(intent, effects, circumstances, tally.signatures()).map_err(|reasons| NotPermitted::StillHeld { reasons })?;
        }
        let permit = Permit {
            v: 1,
            intent: matter.intent,
            effects: matter.effects,
            policy: matter.policy,
            environment: matter.environment,
            generation: matter.generation,
            quorum,
            answers: named_in(&tally, &voices),
            people: tally.people,
            issued: now,
            expires: voices.iter().map(|v| v.expires).fold(now.plus_seconds(lifetime_seconds), Moment::min),
        };
        self.key().sign(&permit).map_err(|why| NotPermitted::Signing { why })
    }

    /// Whether those who agreed still do when their permit is about to be used: a key that was revoked from a moment before it signed,
    /// and a person who was removed, agree to nothing. Without people there is nothing to ask again.
    pub fn still_agreed(
        &self,
        intent: &Intent,
        effects: &Effects,
        permit: &Signed,
        answers: &[Recorded],
        roster: &Roster,
    ) -> Result<(), NotPermitted> {
        let permit: Permit = permit.open(&self.public_key(), Namespace::Permit).map_err(BadAnswer::from)?;
        let Some(quorum) = permit.quorum else { return Ok(()) };
        let matter = Matter::of(intent, effects, permit.policy, permit.generation)?;
        let named: Vec<Recorded> = answers.iter().filter(|one| permit.answers.contains(&one.answer.digest())).cloned().collect();
        let (voices, ballot) = (heard(&matter, &named, roster, permit.issued)?, roster.ballot(intent, &matter.places));
        let tally = Tally::count(&voices, &ballot, roster);
        match tally.people == permit.people && ballot.suffices(quorum, &tally, roster) && ballot.is_met_by(&tally, roster) {
            true => Ok(()),
            false => Err(NotPermitted::NotAgreedAnyMore { agreed: permit.people, signed: tally.words() }),
        }
    }

    /// What must be met: nothing for a permit of the policy itself.
    fn judged_again(
        &self,
        intent: &Intent,
        effects: &Effects,
        verdict: &Verdict,
        circumstances: &Circumstances,
    ) -> Result<Option<Quorum>, NotPermitted> {
        if verdict.policy != self.policy_digest() {
            return Err(NotPermitted::OtherPolicy { judged: verdict.policy, now: self.policy_digest() });
        }
        let both = verdict.clone().and(self.assess(intent, effects, circumstances));
        match both.decision {
            Decision::Permit => Ok(None),
            Decision::Hold { quorum } => Ok(Some(quorum)),
            Decision::Refuse => Err(NotPermitted::Forbidden { reasons: both.reasons }),
        }
    }
}

/// Verifies every answer. A no ends it, also beside an answer that is not to be believed. What was rightly signed when it came in, and
/// does not count any more since its key was revoked or its person removed, is left out: others may agree in their place.
fn heard(matter: &Matter, answers: &[Recorded], roster: &Roster, now: Moment) -> Result<Vec<Voice>, NotPermitted> {
    let is_void = |heard: &Result<Voice, BadAnswer>| matches!(heard, Err(BadAnswer::RevokedKey { .. } | BadAnswer::Removed { .. }));
    let mut heard: Vec<Result<Voice, BadAnswer>> = answers.iter().map(|one| matter.hear(one, roster, now)).filter(|heard| !is_void(heard)).collect();
    // Who has lost the role that signs counts no more; beside others that is no obstacle.
    if heard.iter().any(Result::is_ok) {
        heard.retain(|heard| !matches!(heard, Err(BadAnswer::MayNotSign { .. })));
    }
    if let Some(no) = heard.iter().flatten().find(|voice| voice.reply == Reply::No) {
        return Err(NotPermitted::RefusedBy { person: no.person.clone(), why: no.why.clone() });
    }
    heard.into_iter().map(|voice| voice.map_err(NotPermitted::from)).collect()
}

/// The digests of the answers that counted: the first of each person.
fn named_in(tally: &Tally, voices: &[Voice]) -> Vec<Digest> {
    let first = |person: &PersonId| voices.iter().find(|v| v.person == *person).map(|v| v.digest);
    tally.people.iter().filter_map(first).collect()
}

/// Why no permit was signed. Nothing happened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotPermitted {
    /// It was judged under a policy that is no longer in force.
    #[error("it was judged under policy {judged}, now {now} is in force")]
    OtherPolicy {
        /// Then.
        judged: Digest,
        /// At present.
        now: Digest,
    },
    /// The policy refuses, whoever signs.
    #[error("the policy refuses: {}", sentences(reasons))]
    Forbidden {
        /// Why.
        reasons: Vec<Reason>,
    },
    /// Somebody said no.
    #[error("`{person}` said no{}{why}", if why.is_empty() { "" } else { ": " })]
    RefusedBy {
        /// Who.
        person: PersonId,
        /// Why.
        why: String,
    },
    /// An answer is not to be believed.
    #[error(transparent)]
    Answer(#[from] BadAnswer),
    /// Not enough distinct people.
    #[error("it needs {}{}; signed so far: {signed}", quorum.words(), besides.iter().map(|term| format!(", and {term}")).collect::<String>())]
    QuorumNotMet {
        /// What it needs.
        quorum: Quorum,
        /// What its environment asks for besides, in words.
        besides: Vec<String>,
        /// Who signed, in words.
        signed: String,
    },
    /// Who agreed was removed meanwhile, or their key revoked.
    #[error("{} agreed, and of these only {signed} still count: a key was revoked or a person removed meanwhile", agreed.iter().map(PersonId::as_str).collect::<Vec<_>>().join(", "))]
    NotAgreedAnyMore {
        /// In the permit.
        agreed: Vec<PersonId>,
        /// Who still counts, in words.
        signed: String,
    },
    /// The quorum is met, yet a rule still stands against it.
    #[error("the policy still holds it: {}", sentences(reasons))]
    StillHeld {
        /// Which rules.
        reasons: Vec<Reason>,
    },
    /// The intent or its effects cannot be digested.
    #[error(transparent)]
    Unwritable(#[from] Unwritable),
    /// The guard's key failed.
    #[error("the permit could not be signed: {why}")]
    Signing {
        /// The key's words.
        why: String,
    },
}

impl NotPermitted {
    pub(crate) fn lacking(quorum: Quorum, ballot: &Ballot, tally: &Tally) -> Self {
        Self::QuorumNotMet { quorum, besides: ballot.terms().of(quorum).words(), signed: tally.words() }
    }
}

fn sentences(reasons: &[Reason]) -> String {
    reasons.iter().map(|r| format!("{} [{}]", r.text, r.rule)).collect::<Vec<_>>().join("; ")
}
