//! What is given for a while and ends by itself: access to an environment, a freeze of one, and the breaking of its glass.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::effect::{Effect, Verb};
use crate::environment::EnvironmentName;
use crate::id::{AgentName, Moment, PersonId};

/// Rights in one environment for a while, which others have agreed to ahead. It stands for their signature where what is done is mild,
/// and never where something is lost: what that needs is signed each time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Access {
    /// Who has it.
    pub person: PersonId,
    /// The one agent that has it for them; absent: they themselves, and each agent that acts for them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<AgentName>,
    /// Where. One without a region is all of its regions.
    pub environment: EnvironmentName,
    /// What may be done.
    pub verbs: BTreeSet<Verb>,
    /// To what: `KIND`, `KIND:NAME` where `*` stands for any text, or `*` for everything.
    pub resources: Vec<String>,
    /// For how long, from the moment at which it is granted.
    pub seconds: u64,
    /// What for.
    pub why: String,
}

impl Access {
    /// What access can be to. Everything else takes signatures of its own each time, so access to it would promise what it does not give.
    pub const VERBS: [Verb; 4] = [Verb::Read, Verb::Create, Verb::Update, Verb::Execute];
    /// Longer is standing access.
    pub const MOST_SECONDS: u64 = 24 * 3600;
    /// Up to here one peer agrees to what is narrow.
    pub const SHORT_SECONDS: u64 = 4 * 3600;

    /// More of them are as good as everything.
    pub const FEW: usize = 4;

    /// Whether it could be granted at all.
    pub fn check(&self) -> Result<(), BadAccess> {
        if let Some(verb) = self.verbs.iter().find(|verb| !Self::VERBS.contains(verb)) {
            return Err(BadAccess::Verb { verb: *verb });
        }
        if self.verbs.is_empty() || self.resources.is_empty() {
            return Err(BadAccess::Nothing);
        }
        if let Some(pattern) = self.resources.iter().find(|pattern| !is_pattern(pattern)) {
            return Err(BadAccess::Pattern { pattern: pattern.clone() });
        }
        if self.seconds == 0 || self.seconds > Self::MOST_SECONDS {
            return Err(BadAccess::Long { seconds: self.seconds });
        }
        if self.why.trim().is_empty() {
            return Err(BadAccess::NoReason);
        }
        Ok(())
    }

    /// Whether it is to everything there or to more than a few things, of which one may be all of a kind, or for longer than a few hours.
    pub fn is_wide(&self) -> bool {
        let whole_kinds = self.resources.iter().filter(|pattern| pattern.split_once(':').is_none_or(|(_, name)| name.starts_with('*'))).count();
        if whole_kinds > 1 {
            return true;
        }
        self.seconds > Self::SHORT_SECONDS || self.resources.len() > Self::FEW || self.resources.iter().any(|pattern| pattern == "*")
    }

    /// Whether an effect is among what it is to, whenever that is.
    pub fn covers(&self, effect: &Effect) -> bool {
        let place = self.environment.includes(&effect.environment);
        // One effect that stands for several paths names only the first of them.
        let is_one = effect.count.as_ref().is_none_or(|count| count.unit != "paths");
        let named = |pattern: &&String| is_one || !pattern.contains(':');
        let resource = || self.resources.iter().filter(named).any(|pattern| fits(pattern, &effect.resource.kind, &effect.resource.name));
        place && self.verbs.contains(&effect.verb) && resource()
    }

    /// Whether it is for this agent, acting for this person.
    pub fn is_for(&self, person: &PersonId, agent: &AgentName) -> bool {
        self.person == *person && self.agent.as_ref().is_none_or(|own| own == agent)
    }

    /// What it is to, in words: `read, update database:orders-* in production for 1 h`.
    pub fn words(&self) -> String {
        let verbs: Vec<&str> = self.verbs.iter().map(|verb| verb.as_str()).collect();
        let resources = self.resources.iter().map(|pattern| if pattern == "*" { "everything" } else { pattern });
        format!("{} {} in {} for {}", verbs.join(", "), resources.collect::<Vec<_>>().join(", "), self.environment, span(self.seconds))
    }

    /// Who has it, in words.
    pub fn holder(&self) -> String {
        match &self.agent {
            Some(agent) => format!("{} by the agent {agent}", self.person),
            None => self.person.to_string(),
        }
    }
}

fn is_pattern(pattern: &str) -> bool {
    let kind = pattern.split_once(':').map_or(pattern, |(kind, _)| kind);
    let is_kind = !kind.is_empty() && kind.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    pattern == "*" || (is_kind && !pattern.ends_with(':') && !pattern.chars().any(char::is_control))
}

fn fits(pattern: &str, kind: &str, name: &str) -> bool {
    match pattern.split_once(':') {
        _ if pattern == "*" => true,
        None => pattern == kind,
        Some((wanted, names)) => wanted == kind && matches(names, name),
    }
}

/// `*` stands for any text, also for none; everything else for itself. Takes time linear in the name for each star.
fn matches(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = name.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = rest.get(at + part.len()..).unwrap_or_default();
    }
    rest.ends_with(last)
}

/// Why something could not be given for a while.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadAccess {
    /// It would replace nothing.
    #[error("access is to read, create, update or execute: `{verb}` takes signatures of its own each time, which no access replaces")]
    Verb {
        /// What was asked for.
        verb: Verb,
    },
    /// To nothing.
    #[error("access is to at least one action and one resource")]
    Nothing,
    /// No pattern.
    #[error("`{pattern}` is no resource\nhint: KIND or KIND:NAME, where * stands for any text: `database`, `database:orders-*`; or * alone for everything")]
    Pattern {
        /// What was asked for.
        pattern: String,
    },
    /// Standing access.
    #[error("it is for {seconds} seconds; access is for 1 second to 24 hours")]
    Long {
        /// What was asked for.
        seconds: u64,
    },
    /// Nobody could judge it.
    #[error("it says no reason, by which others could judge it")]
    NoReason,
    /// Over before it begins.
    #[error("it ends at {} and begins at {}", until.text(), from.text())]
    Backwards {
        /// Its beginning.
        from: Moment,
        /// Its end.
        until: Moment,
    },
    /// Nobody else would do it.
    #[error("`{person}` cannot be their own deputy")]
    OwnDeputy {
        /// Who.
        person: PersonId,
    },
    /// No absence.
    #[error("it is for {seconds} seconds; a deputy is for at most 60 days")]
    LongAbsence {
        /// What was asked for.
        seconds: u64,
    },
    /// Glass that stays broken.
    #[error("it is for {seconds} seconds; glass is broken for 1 second to {} hours", Glass::MOST_SECONDS / 3600)]
    LongGlass {
        /// What was asked for.
        seconds: u64,
    },
}

/// A time in which nothing leaves the box for an environment, whoever signs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Freeze {
    /// Where. One without a region is all of its regions.
    pub environment: EnvironmentName,
    /// From when on.
    pub from: Moment,
    /// The first moment at which it is over.
    pub until: Moment,
    /// What for.
    pub why: String,
}

impl Freeze {
    /// Whether it is one.
    pub fn check(&self) -> Result<(), BadAccess> {
        match () {
            () if self.why.trim().is_empty() => Err(BadAccess::NoReason),
            () if self.until <= self.from => Err(BadAccess::Backwards { from: self.from, until: self.until }),
            () => Ok(()),
        }
    }

    /// Whether an environment is frozen by it at a moment.
    pub fn holds(&self, environment: &EnvironmentName, at: Moment) -> bool {
        self.environment.includes(environment) && self.from <= at && at < self.until
    }
}

/// An emergency: for a short while a freeze does not stop what one person asks for. Everything else is signed as ever.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Glass {
    /// Whose work goes on.
    pub person: PersonId,
    /// Where. One without a region is all of its regions.
    pub environment: EnvironmentName,
    /// For how long, from the moment at which two owners have agreed.
    pub seconds: u64,
    /// What for.
    pub why: String,
}

impl Glass {
    /// Longer is no emergency.
    pub const MOST_SECONDS: u64 = 4 * 3600;

    /// Whether it could be broken at all.
    pub fn check(&self) -> Result<(), BadAccess> {
        match () {
            () if self.why.trim().is_empty() => Err(BadAccess::NoReason),
            () if self.seconds == 0 || self.seconds > Self::MOST_SECONDS => Err(BadAccess::LongGlass { seconds: self.seconds }),
            () => Ok(()),
        }
    }
}

/// A number of seconds as people say it: `90 min`, `1 h`, `45 s`.
pub(crate) fn span(seconds: u64) -> String {
    match seconds {
        s if s > 0 && s.is_multiple_of(3600) => format!("{} h", s / 3600),
        s if s > 0 && s.is_multiple_of(60) => format!("{} min", s / 60),
        s => format!("{s} s"),
    }
}

#[cfg(test)]
mod tests;
