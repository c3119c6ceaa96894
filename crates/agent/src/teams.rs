//! Who belongs to which team: as people signed it (`countersign team`), else as `config.toml` has it under `[teams]`. Used by budgets.
//!
//! A team of nobody and a person whom nobody enrolled are mistakes, and nothing is spent on a mistake.

use std::collections::{BTreeMap, BTreeSet};

use action::PersonId;
use serde::{Deserialize, Serialize};

/// Teams by name. A person may be in several.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Teams(BTreeMap<String, BTreeSet<PersonId>>);

impl Teams {
    /// Whether there are none.
    pub fn is_none(&self) -> bool {
        self.0.is_empty()
    }

    /// The same, where a team that people signed for is what they signed.
    #[must_use]
    pub fn with_signed(mut self, signed: &BTreeMap<String, BTreeSet<PersonId>>) -> Self {
        self.0.extend(signed.iter().map(|(team, people)| (team.clone(), people.clone())));
        self
    }

    /// The teams that a person is in, by name.
    pub fn of<'t>(&'t self, person: &'t PersonId) -> impl Iterator<Item = &'t str> {
        self.0.iter().filter(move |(_, people)| people.contains(person)).map(|(name, _)| name.as_str())
    }

    /// Whether a person is in a team.
    pub fn has(&self, team: &str, person: &PersonId) -> bool {
        self.0.get(team).is_some_and(|people| people.contains(person))
    }

    /// Whether they can be meant.
    pub fn check(&self, roster: &guard::Roster) -> Result<(), BadTeams> {
        for (team, people) in &self.0 {
            if people.is_empty() {
                return Err(BadTeams::Empty { team: team.clone() });
            }
            if let Some(person) = people.iter().find(|person| roster.roles(person).is_empty()) {
                return Err(BadTeams::Unknown { team: team.clone(), person: person.clone() });
            }
        }
        Ok(())
    }
}

/// Why teams cannot be meant. Nothing was asked of a model.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadTeams {
    /// Nobody is in it.
    #[error("nobody is in the team `{}` of config.toml: name its people, or take it out", action::visible(team))]
    Empty {
        /// Which.
        team: String,
    },
    /// Somebody in it is unknown.
    #[error("`{}` in the team `{}` of config.toml is not enrolled: `countersign people` lists who is", action::visible(person.as_str()), action::visible(team))]
    Unknown {
        /// Which team.
        team: String,
        /// Who.
        person: PersonId,
    },
}

#[cfg(test)]
mod tests;
