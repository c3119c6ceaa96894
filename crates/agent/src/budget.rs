//! How much may be spent: tokens and money, for a session, a person, a team, a day of theirs and everybody's day.
//!
//! Limits are the service's and the person's who starts a session; a repository has no say in them. What is decided here is a plain
//! function of a limit, what was spent and what a request can cost at most. Whatever is not known (a price, what an earlier request
//! cost) is not within a limit of money. If the power goes, nothing is lost: sums are folded from the ledger each time.

use std::fmt;

use action::PersonId;
use model::{Currency, Money, Price};
use serde::{Deserialize, Serialize};

use crate::usage::Spent;

/// The service's limits, as `config.toml` has them under `[budget]`. One that is not set does not limit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Budget {
    /// One session in all of its life, with all that come from it or that it comes from.
    #[serde(default, skip_serializing_if = "Limit::is_none")]
    pub session: Limit,
    /// One person, ever.
    #[serde(default, skip_serializing_if = "Limit::is_none")]
    pub person: Limit,
    /// One person on one day (UTC).
    #[serde(default, skip_serializing_if = "Limit::is_none")]
    pub person_day: Limit,
    /// The people of one team together, ever.
    #[serde(default, skip_serializing_if = "Limit::is_none")]
    pub team: Limit,
    /// The people of one team together on one day (UTC).
    #[serde(default, skip_serializing_if = "Limit::is_none")]
    pub team_day: Limit,
    /// Everybody together on one day (UTC).
    #[serde(default, skip_serializing_if = "Limit::is_none")]
    pub day: Limit,
}

/// How much is enough.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    /// Tokens of all kinds together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tokens: Option<u64>,
    /// Amounts, one a currency. With any of them, only what is priced in one of their currencies is asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub money: Vec<Money>,
}

/// Whose limit it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// The one that was given for this session.
    Given,
    /// [`Budget::session`].
    Session,
    /// [`Budget::person`].
    Person,
    /// [`Budget::person_day`].
    PersonDay,
    /// [`Budget::team`].
    Team,
    /// [`Budget::team_day`].
    TeamDay,
    /// [`Budget::day`].
    Day,
}

/// What a request would take.
pub(crate) struct Wanted<'a> {
    /// `provider/name`.
    pub(crate) model: &'a str,
    /// Its price today.
    pub(crate) price: Option<&'a Price>,
    /// Tokens of the prompt, at most.
    pub(crate) input: u64,
    /// Tokens of the reply, at most.
    pub(crate) output: u64,
}

/// A reply that may have fewer tokens than this is not worth its prompt.
const LEAST: u64 = 4096;

impl Budget {
    /// Whether nothing is limited.
    pub fn is_none(&self) -> bool {
        self.limits().iter().all(|(_, limit)| limit.is_none())
    }

    /// All limits with whose they are.
    pub(crate) fn limits(&self) -> [(Scope, &Limit); 6] {
        [
            (Scope::Session, &self.session),
            (Scope::Person, &self.person),
            (Scope::PersonDay, &self.person_day),
            (Scope::Team, &self.team),
            (Scope::TeamDay, &self.team_day),
            (Scope::Day, &self.day),
        ]
    }
}

impl Limit {
    /// Whether it limits nothing.
    pub fn is_none(&self) -> bool {
        self.tokens.is_none() && self.money.is_empty()
    }

    /// This one, with what another says instead where it says something.
    pub fn replaced_by(&self, other: &Self) -> Self {
        let money = if other.money.is_empty() { &self.money } else { &other.money };
        Self { tokens: other.tokens.or(self.tokens), money: money.clone() }
    }

    /// How many tokens a reply may have so that the request stays within the limit whatever it does.
    pub(crate) fn room(&self, scope: Scope, spent: &Spent, wanted: &Wanted<'_>) -> Result<u64, Box<Exhausted>> {
        let exhausted = |lack| Box::new(Exhausted { scope, lack });
        let by_tokens = self.room_by_tokens(spent, wanted).map_err(exhausted)?;
        let by_money = self.room_by_money(spent, wanted).map_err(exhausted)?;
        Ok(by_tokens.min(by_money))
    }

    fn room_by_tokens(&self, spent: &Spent, wanted: &Wanted<'_>) -> Result<u64, Lack> {
        let Some(limit) = self.tokens else { return Ok(wanted.output) };
        if let Some(model) = spent.uncounted.keys().next() {
            return Err(Lack::Uncounted { model: model.clone() });
        }
        let used = spent.tokens.all();
        let left = limit.checked_sub(used).and_then(|left| left.checked_sub(wanted.input)).filter(|left| *left >= wanted.least());
        let needed = wanted.input.saturating_add(wanted.least());
        left.map(|left| left.min(wanted.output)).ok_or(Lack::Tokens { limit, spent: used, needed })
    }

    fn room_by_money(&self, spent: &Spent, wanted: &Wanted<'_>) -> Result<u64, Lack> {
        if self.money.is_empty() {
            return Ok(wanted.output);
        }
        if let Some(model) = spent.unpriced.keys().next() {
            return Err(Lack::Unpriced { model: model.clone() });
        }
        let price = wanted.price.ok_or_else(|| Lack::NoPrice { model: wanted.model.to_owned() })?;
        if price.is_free() {
            return Ok(wanted.output);
        }
        let limit = self.in_currency(price.currency()).ok_or_else(|| Lack::OtherCurrency { model: wanted.model.to_owned(), currency: price.currency() })?;
        let used = spent.money.of(limit.currency());
        let left = limit.parts().checked_sub(used.parts());
        let room = left.and_then(|left| price.output_within(wanted.input, left)).filter(|room| *room >= wanted.least());
        let needed = price.at_most(wanted.input, wanted.least());
        room.map(|room| room.min(wanted.output)).ok_or(Lack::Money { limit, spent: used, needed })
    }

    /// The smallest amount, where somebody wrote a currency twice.
    fn in_currency(&self, currency: Currency) -> Option<Money> {
        self.money.iter().filter(|money| money.currency() == currency).min_by_key(|money| money.parts()).copied()
    }
}

impl Wanted<'_> {
    fn least(&self) -> u64 {
        LEAST.min(self.output)
    }
}

impl Scope {
    /// Whether it is a team's.
    pub(crate) fn is_of_teams(self) -> bool {
        matches!(self, Self::Team | Self::TeamDay)
    }

    /// What to do about it, for the person; `session` is the one that stopped.
    pub fn way_on(self, session: &str) -> String {
        match self {
            Self::Given => format!("`countersign resume {session}` with a higher --max-cost or --max-tokens goes on"),
            Self::Session => format!("raise [budget.session] in config.toml, then `countersign resume {session}`"),
            Self::Person => format!("raise [budget.person] in config.toml, then `countersign resume {session}`"),
            Self::PersonDay => format!("`countersign resume {session}` tomorrow (UTC), or raise [budget.person_day] in config.toml"),
            Self::Team => format!("raise [budget.team] in config.toml, then `countersign resume {session}`"),
            Self::TeamDay => format!("`countersign resume {session}` tomorrow (UTC), or raise [budget.team_day] in config.toml"),
            Self::Day => format!("`countersign resume {session}` tomorrow (UTC), or raise [budget.day] in config.toml"),
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Given => "given for this session",
            Self::Session => "of a session",
            Self::Person => "of a person",
            Self::PersonDay => "of a person's day",
            Self::Team => "of a team",
            Self::TeamDay => "of a team's day",
            Self::Day => "of the day",
        })
    }
}

/// A request was not made, because a limit might not have held. Nothing was sent and nothing was spent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("the model was not asked: the budget {scope} {lack}")]
pub struct Exhausted {
    /// Whose limit.
    pub scope: Scope,
    /// What is missing.
    pub lack: Lack,
}

/// Why a limit might not have held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum Lack {
    /// Too few tokens are left.
    #[error("is {limit} tokens, {spent} of them are spent, and the next request may take {needed}")]
    Tokens {
        /// The limit.
        limit: u64,
        /// What was spent, and what is promised to requests that are under way.
        spent: u64,
        /// What the next request may take at least.
        needed: u64,
    },
    /// Too little money is left.
    #[error("is {}, {} of it is spent, and the next request may cost {}", limit.short(), spent.short(), needed.short())]
    Money {
        /// The limit.
        limit: Money,
        /// What was spent, and what is promised to requests that are under way.
        spent: Money,
        /// What the next request may cost at least.
        needed: Money,
    },
    /// A limit of teams is set, and the person is in none.
    #[error("is for people in teams, and `{person}` is in none; name their team under [teams] in config.toml")]
    NoTeam {
        /// Who.
        person: PersonId,
    },
    /// Nobody knows what the model costs.
    #[error("is in money, and the price of `{model}` is not known; add a row for it to prices.toml in the service's folder")]
    NoPrice {
        /// The model.
        model: String,
    },
    /// The price is in a currency that the limit does not name.
    #[error("names no amount in {currency}, the currency of `{model}`'s price")]
    OtherCurrency {
        /// The model.
        model: String,
        /// The currency.
        currency: Currency,
    },
    /// A server did not say how many tokens an earlier request took.
    #[error("is in tokens, and `{model}` did not say how many of them an earlier request took, so nobody knows what is left")]
    Uncounted {
        /// The model.
        model: String,
    },
    /// What was spent before is not known.
    #[error("is in money, and what earlier requests to `{model}` cost is not known; add a row for it to prices.toml in the service's folder")]
    Unpriced {
        /// The model.
        model: String,
    },
}

#[cfg(test)]
mod tests;
