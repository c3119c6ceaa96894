//! A person's duty, done by somebody else while they are away.

use serde::{Deserialize, Serialize};

use crate::access::BadAccess;
use crate::id::{Moment, PersonId};

/// Somebody does another's duty for a while: they count as the owner, and as of the teams, that the other is. What the other asked for or
/// gains by they do not agree to in the other's place, and nobody counts twice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deputy {
    /// Who is away.
    pub person: PersonId,
    /// Who does their duty.
    pub deputy: PersonId,
    /// From when on.
    pub from: Moment,
    /// The first moment at which it is over.
    pub until: Moment,
    /// What for.
    pub why: String,
}

impl Deputy {
    /// Longer is no absence: then somebody else holds the role.
    pub const MOST_SECONDS: u64 = 60 * 24 * 3600;

    /// Whether it could be agreed to at all.
    pub fn check(&self) -> Result<(), BadAccess> {
        let seconds = self.until.0.saturating_sub(self.from.0) / 1000;
        match () {
            () if self.why.trim().is_empty() => Err(BadAccess::NoReason),
            () if self.person == self.deputy => Err(BadAccess::OwnDeputy { person: self.person.clone() }),
            () if self.until <= self.from => Err(BadAccess::Backwards { from: self.from, until: self.until }),
            () if seconds > Self::MOST_SECONDS => Err(BadAccess::LongAbsence { seconds }),
            () => Ok(()),
        }
    }

    /// Whether it is so at a moment.
    pub fn holds(&self, at: Moment) -> bool {
        self.from <= at && at < self.until
    }

    /// Whether both would be so at some moment.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.from < other.until && other.from < self.until
    }
}

#[cfg(test)]
mod tests;
