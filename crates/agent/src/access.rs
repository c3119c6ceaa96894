//! What was done with access that was granted, and while glass was broken: a fold over the ledger, nothing of it is kept apart.

use action::{AgentName, Effect, IntentId, Moment, PersonId, SessionId};
use guard::{Broken, Granted, Standing};

use crate::book::BookError;
use crate::office::Office;
use crate::story::Story;

/// The policy's rule by which access permits.
const RULE: &str = "access-granted";

/// Something that was done, or may have been.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use {
    /// What.
    pub intent: IntentId,
    /// In which session.
    pub session: SessionId,
    /// When it was asked for.
    pub at: Moment,
    /// For whom.
    pub person: PersonId,
    /// By which agent.
    pub agent: AgentName,
    /// Its gravest effect there, as people are shown it.
    pub line: String,
    /// The grants by which it passed without anybody's signature; none where it was signed.
    pub by: Vec<IntentId>,
    /// The glass that was broken there for who asked.
    pub through: Vec<IntentId>,
}

/// Everything that was handed over or begun since a moment, and that granted access or broken glass let pass, oldest first.
pub fn uses(service: &Office, since: Moment) -> Result<Vec<Use>, BookError> {
    let roster = service.book.roster()?;
    let standing = roster.standing();
    if standing.accesses().is_empty() && standing.glasses().is_empty() {
        return Ok(Vec::new());
    }
    let mut uses = Vec::new();
    for (_, entry) in service.book.subject("proposed")?.into_iter().filter(|(_, entry)| entry.at >= since) {
        let Some(id) = entry.event.intent() else { continue };
        let Some(story) = service.book.story(id)?.filter(|story| story.stage.may_have_happened()) else { continue };
        uses.extend(used(&story, standing));
    }
    Ok(uses)
}

fn used(story: &Story, standing: &Standing) -> Option<Use> {
    let intent = &story.intent;
    let rested = story.verdict.as_ref().is_some_and(|verdict| verdict.reasons.iter().any(|reason| reason.rule == RULE));
    let grants = standing.accesses().iter().filter(|granted| rested && held(granted, story.at) && granted.access.is_for(&intent.asked_by, &intent.agent));
    let by: Vec<&Granted> = grants.filter(|granted| story.effects.iter().any(|effect| granted.access.covers(effect))).collect();
    let broken = |broken: &&Broken| {
        let there = |effect: &Effect| broken.glass.environment.includes(&effect.environment);
        broken.glass.person == intent.asked_by && broken.since <= story.at && story.at < broken.until && story.effects.iter().any(there)
    };
    let through: Vec<&Broken> = standing.glasses().iter().filter(broken).collect();
    if by.is_empty() && through.is_empty() {
        return None;
    }
    let effect = story.effects.iter().find(|effect| by.is_empty() || by.iter().any(|granted| granted.access.covers(effect)));
    Some(Use {
        intent: intent.id.clone(),
        session: intent.session.clone(),
        at: story.at,
        person: intent.asked_by.clone(),
        agent: intent.agent.clone(),
        line: effect.map(Effect::line).unwrap_or_default(),
        by: by.into_iter().map(|granted| granted.intent.clone()).collect(),
        through: through.into_iter().map(|broken| broken.intent.clone()).collect(),
    })
}

fn held(granted: &Granted, at: Moment) -> bool {
    granted.since <= at && at < granted.until && granted.revoked.is_none_or(|revoked| at < revoked)
}
