//! Names of people, agents, sessions and intents, and moments in time. All are newtypes, so that one cannot stand for another.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Takes the text as it is.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}
pub(crate) use name;

name!(
    /// One intent. Random, made when the call is read; unique over all ledgers, so that a permit for one cannot serve another.
    IntentId
);
name!(
    /// One conversation between a person and an agent.
    SessionId
);
name!(
    /// An enrolled person (`ana`); two keys of one person carry one `PersonId`.
    PersonId
);
name!(
    /// The agent's role name (`engineer`). An agent acts for exactly one person.
    AgentName
);

/// Milliseconds since the Unix epoch, UTC. Fits RFC 8785's exact integers until the year 287396.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Moment(pub u64);

impl Moment {
    /// This moment and `seconds` more.
    pub fn plus_seconds(self, seconds: u64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1000)))
    }
}

#[cfg(test)]
mod tests;
