//! Stands before every request to a model and lets it pass only if each limit holds whatever the request then costs.
//!
//! ```text
//! request ─▶ promises of other sessions ─▶ sums from the ledger ─▶ room for a reply ─▶ own promise ─▶ asked ─▶ Replied ─▶ promise gone
//! ```
//!
//! Two sessions that spend from one limit cannot both take what is left: what a request under way may cost at most is promised in a
//! locked file until its reply is durable. If the power goes meanwhile, the promise is void and what the vendor charged is not known.

use std::collections::BTreeMap;
use std::io;

use action::{PersonId, SessionId};
use model::{Day, Message, Reply, Request, Tokens};

use crate::book::BookError;
use crate::budget::{Exhausted, Limit, Scope, Wanted};
use crate::office::Office;
use crate::usage::{Asked, Spent, Tally};

mod promise;

use promise::{Promise, Promised};

/// One session's view of what was spent.
#[derive(Debug, Default)]
pub(crate) struct Purse {
    tally: Tally,
    session: Spent,
    person: Spent,
    days: BTreeMap<Day, Daily>,
    counted: Option<Counted>,
    promised: Option<Promised>,
}

/// One day: everybody, and the person of this session.
#[derive(Debug, Default)]
struct Daily {
    all: Spent,
    person: Spent,
}

/// So many messages at the beginning had so many tokens, by the vendor's own count, with what stood before them.
#[derive(Debug)]
struct Counted {
    messages: usize,
    standing: u64,
    tokens: u64,
}

/// Who asks.
pub(crate) struct Payer<'a> {
    pub(crate) service: &'a Office,
    pub(crate) session: &'a SessionId,
    pub(crate) person: &'a PersonId,
    /// The limit that was given for this session.
    pub(crate) given: &'a Limit,
    /// `provider/name`.
    pub(crate) model: &'a str,
}

/// What vendors add to a prompt of their own (instructions for tools), generously.
const OVERHEAD: u64 = 2048;

impl Purse {
    /// How many tokens the reply may have. From here on that much is promised, where other sessions spend from the same limit.
    pub(crate) fn grant(&mut self, payer: &Payer<'_>, request: &Request) -> Result<u32, NotGranted> {
        self.let_go(); // a promise of a request that is over would be waited for
        let limits = payer.limits();
        if limits.is_empty() {
            return Ok(request.max_output);
        }
        let shared = limits.iter().any(|(scope, _)| scope.is_shared());
        let desk = if shared { Some(promise::Desk::enter(payer.service)?) } else { None };
        let promises = desk.as_ref().map_or_else(|| Ok(Vec::new()), |desk| desk.others(payer.session))?;
        self.look(payer)?;
        let today = Day::of_milliseconds(payer.service.book.now().0);
        let price = payer.service.prices.of(payer.model, today);
        let input = self.prompt_at_most(request);
        let wanted = Wanted { model: payer.model, price, input, output: u64::from(request.max_output) };
        let mut room = wanted.output;
        for (scope, limit) in limits {
            let spent = self.spent(scope, payer, today, &promises);
            room = room.min(limit.room(scope, &spent, &wanted)?);
        }
        if let Some(desk) = desk {
            let money = price.map(|price| price.at_most(input, room));
            let promise = Promise { person: payer.person.clone(), day: today.to_string(), model: payer.model.to_owned(), tokens: input.saturating_add(room), money };
            self.promised = Some(desk.promise(payer.session, &promise)?);
        }
        Ok(u32::try_from(room).unwrap_or(u32::MAX))
    }

    /// The reply came: the vendor has counted what there was so far.
    pub(crate) fn answered(&mut self, request: &Request, reply: &Reply) {
        let tokens = reply.usage.input.saturating_add(reply.usage.output);
        let counted = Counted { messages: request.messages.len() + 1, standing: standing(request), tokens };
        self.counted = Some(counted).filter(|_| reply.usage.input > 0); // some servers count nothing
    }

    /// The conversation is another one now.
    pub(crate) fn forget(&mut self) {
        self.counted = None;
    }

    /// Whether something is promised, so that the reply has to be durable before it is let go of.
    pub(crate) fn has_promised(&self) -> bool {
        self.promised.is_some()
    }

    /// The reply is on the ledger, or there will be none.
    pub(crate) fn let_go(&mut self) {
        self.promised = None;
    }

    /// Reads what was written since the last look, by whomever.
    fn look(&mut self, payer: &Payer<'_>) -> Result<(), BookError> {
        let Self { tally, session, person, days, .. } = self;
        tally.go_on(&payer.service.book, &payer.service.prices, &mut |asked: Asked| {
            let day = days.entry(asked.day()).or_default();
            day.all.add(&asked);
            if asked.person == *payer.person {
                day.person.add(&asked);
                person.add(&asked);
            }
            if asked.session == *payer.session {
                session.add(&asked);
            }
        })
    }

    fn spent(&self, scope: Scope, payer: &Payer<'_>, today: Day, promises: &[Promise]) -> Spent {
        let day = self.days.get(&today);
        let mut spent = match scope {
            Scope::Given | Scope::Session => Some(&self.session),
            Scope::Person => Some(&self.person),
            Scope::PersonDay => day.map(|day| &day.person),
            Scope::Day => day.map(|day| &day.all),
        }
        .cloned()
        .unwrap_or_default();
        for promise in promises.iter().filter(|promise| promise.counts_for(scope, payer.person, today)) {
            promise.add_to(&mut spent);
        }
        spent
    }

    /// Tokens of the prompt, at most: what the vendor counted last time and a token for each byte since. No tokenizer makes
    /// more tokens than there are bytes.
    fn prompt_at_most(&self, request: &Request) -> u64 {
        let fresh = |messages: &[Message]| messages.iter().map(bytes_of).fold(0, u64::saturating_add);
        let counted = self.counted.as_ref().and_then(|counted| Some((counted, request.messages.get(counted.messages..)?)));
        let tokens = match counted {
            Some((counted, since)) => counted.tokens.saturating_add(fresh(since)).saturating_add(standing(request).saturating_sub(counted.standing)),
            None => fresh(&request.messages).saturating_add(standing(request)),
        };
        tokens.saturating_add(OVERHEAD)
    }
}

impl<'a> Payer<'a> {
    fn limits(&self) -> Vec<(Scope, &'a Limit)> {
        let given = [(Scope::Given, self.given)];
        let all = given.into_iter().chain(self.service.budget.limits());
        all.filter(|(_, limit)| !limit.is_none()).collect()
    }
}

/// What stands before the messages.
fn standing(request: &Request) -> u64 {
    let tools = request.tools.iter().map(bytes_of).fold(0, u64::saturating_add);
    tools.saturating_add(request.system.len() as u64)
}

fn bytes_of<T: serde::Serialize>(value: &T) -> u64 {
    serde_json::to_vec(value).map_or(u64::MAX, |bytes| bytes.len() as u64)
}

impl Promise {
    fn counts_for(&self, scope: Scope, person: &PersonId, today: Day) -> bool {
        let (hers, now) = (self.person == *person, self.day == today.to_string());
        match scope {
            Scope::Given | Scope::Session => false,
            Scope::Person => hers,
            Scope::PersonDay => hers && now,
            Scope::Day => now,
        }
    }

    fn add_to(&self, spent: &mut Spent) {
        spent.tokens.add(&Tokens { input: self.tokens, ..Tokens::default() });
        match self.money {
            Some(money) => spent.money.add(money),
            None => *spent.unpriced.entry(self.model.clone()).or_default() += 1,
        }
    }
}

/// Why a request is not made. Nothing was sent.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotGranted {
    /// A limit might not have held.
    #[error(transparent)]
    Exhausted(#[from] Box<Exhausted>),
    /// What was spent cannot be read.
    #[error(transparent)]
    Book(#[from] BookError),
    /// What is promised cannot be read or written.
    #[error("what requests under way may cost cannot be told: {0}")]
    Promises(#[from] io::Error),
}

#[cfg(test)]
mod tests;
