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
use crate::budget::{Exhausted, Lack, Limit, Scope, Wanted};
use crate::office::Office;
use crate::usage::{Asked, Spent, Tally};

mod promise;

use promise::{Promise, Promised};

/// One session's view of what was spent.
#[derive(Debug, Default)]
pub(crate) struct Purse {
    tally: Tally,
    /// The first session of those that this one comes from: they spend from one limit.
    family: Option<SessionId>,
    session: Spent,
    person: Spent,
    teams: BTreeMap<String, Spent>,
    days: BTreeMap<Day, Daily>,
    counted: Option<Counted>,
    promised: Option<Promised>,
}

/// One day: everybody, the person of this session, and their teams.
#[derive(Debug, Default)]
struct Daily {
    all: Spent,
    person: Spent,
    teams: BTreeMap<String, Spent>,
}

/// Whose promises count, beside what is on the ledger.
struct Counting<'p> {
    payer: &'p Payer<'p>,
    family: &'p SessionId,
    today: Day,
    promises: &'p [Promise],
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
        if limits.iter().any(|(scope, _)| scope.is_of_teams()) {
            payer.service.teams.check(&payer.service.book.roster()?)?;
        }
        // Others may spend from each of them: subagents and forks from a session's own.
        let desk = promise::Desk::enter(payer.service)?;
        let promises = desk.others(payer.session)?;
        let family = match &self.family {
            Some(family) => family.clone(),
            None => self.family.insert(payer.service.book.family(payer.session)?).clone(),
        };
        self.look(payer, &family)?;
        let today = Day::of_milliseconds(payer.service.book.now().0);
        let price = payer.service.prices.of(payer.model, today);
        let input = self.prompt_at_most(request);
        let wanted = Wanted { model: payer.model, price, input, output: u64::from(request.max_output) };
        let mut room = wanted.output;
        let counting = Counting { payer, family: &family, today, promises: &promises };
        for (scope, limit) in limits {
            for spent in self.spent(scope, &counting)? {
                room = room.min(limit.room(scope, &spent, &wanted)?);
            }
        }
        let money = price.map(|price| price.at_most(input, room));
        let (person, day, model) = (payer.person.clone(), today.to_string(), payer.model.to_owned());
        let promise = Promise { person, family, day, model, tokens: input.saturating_add(room), money };
        self.promised = Some(desk.promise(payer.session, &promise)?);
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
    fn look(&mut self, payer: &Payer<'_>, family: &SessionId) -> Result<(), BookError> {
        let Self { tally, session, person, teams, days, .. } = self;
        tally.go_on(&payer.service.book, &payer.service.prices, &mut |asked: Asked| {
            let day = days.entry(asked.day()).or_default();
            day.all.add(&asked);
            if asked.person == *payer.person {
                day.person.add(&asked);
                person.add(&asked);
            }
            for team in payer.teams().filter(|team| payer.service.teams.has(team, &asked.person)) {
                day.teams.entry(team.to_owned()).or_default().add(&asked);
                teams.entry(team.to_owned()).or_default().add(&asked);
            }
            if asked.family == *family {
                session.add(&asked);
            }
        })
    }

    /// What counts for a limit: once, or for each team of the person.
    fn spent(&self, scope: Scope, counting: &Counting<'_>) -> Result<Vec<Spent>, Box<Exhausted>> {
        let day = self.days.get(&counting.today);
        let teams: Vec<&str> = counting.payer.teams().collect();
        let of_teams = |sums: Option<&BTreeMap<String, Spent>>| -> Vec<(Option<&str>, Spent)> {
            teams.iter().map(|team| (Some(*team), sums.and_then(|sums| sums.get(*team)).cloned().unwrap_or_default())).collect()
        };
        let one = |sum: Option<&Spent>| vec![(None, sum.cloned().unwrap_or_default())];
        let sums = match scope {
            Scope::Given | Scope::Session => one(Some(&self.session)),
            Scope::Person => one(Some(&self.person)),
            Scope::PersonDay => one(day.map(|day| &day.person)),
            Scope::Team => of_teams(Some(&self.teams)),
            Scope::TeamDay => of_teams(day.map(|day| &day.teams)),
            Scope::Day => one(day.map(|day| &day.all)),
        };
        if sums.is_empty() {
            return Err(Box::new(Exhausted { scope, lack: Lack::NoTeam { person: counting.payer.person.clone() } }));
        }
        let promised = |(team, mut spent): (Option<&str>, Spent)| {
            counting.promises.iter().filter(|promise| promise.counts_for(scope, counting, team)).for_each(|promise| promise.add_to(&mut spent));
            spent
        };
        Ok(sums.into_iter().map(promised).collect())
    }

    /// Tokens of the prompt, at most: what the vendor counted last time and a token for each byte since. No tokenizer makes
    /// more tokens than there are bytes.
    fn prompt_at_most(&self, request: &Request) -> u64 {
        let fresh = |messages: &[Message]| messages.iter().map(tokens_at_most).fold(0, u64::saturating_add);
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

    fn teams(&self) -> impl Iterator<Item = &str> {
        self.service.teams.of(self.person)
    }
}

/// What stands before the messages.
fn standing(request: &Request) -> u64 {
    let tools = request.tools.iter().map(bytes_of).fold(0, u64::saturating_add);
    tools.saturating_add(request.system.len() as u64)
}

/// Tokens of a message. An image or document costs what vendors take at most for such, whatever its bytes are.
fn tokens_at_most(message: &Message) -> u64 {
    let files = |one: fn(&model::Attachment) -> u64| message.attached().map(one).fold(0, u64::saturating_add);
    let text = bytes_of(message).saturating_sub(files(|file| file.data.len() as u64));
    text.saturating_add(files(model::Attachment::most_tokens))
}

fn bytes_of<T: serde::Serialize>(value: &T) -> u64 {
    serde_json::to_vec(value).map_or(u64::MAX, |bytes| bytes.len() as u64)
}

impl Promise {
    fn counts_for(&self, scope: Scope, counting: &Counting<'_>, team: Option<&str>) -> bool {
        let (hers, now) = (self.person == *counting.payer.person, self.day == counting.today.to_string());
        let theirs = || team.is_some_and(|team| counting.payer.service.teams.has(team, &self.person));
        match scope {
            Scope::Given | Scope::Session => self.family == *counting.family,
            Scope::Person => hers,
            Scope::PersonDay => hers && now,
            Scope::Team => theirs(),
            Scope::TeamDay => now && theirs(),
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
    /// Teams that cannot be meant.
    #[error(transparent)]
    Teams(#[from] crate::teams::BadTeams),
    /// What was spent cannot be read.
    #[error(transparent)]
    Book(#[from] BookError),
    /// What is promised cannot be read or written.
    #[error("what requests under way may cost cannot be told: {0}")]
    Promises(#[from] io::Error),
}

#[cfg(test)]
mod tests;
