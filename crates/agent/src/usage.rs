//! What was asked of models and what it took, folded from the ledger: request by request, and in sums.
//!
//! There is no second account to disagree with. Money is computed from the price table that the caller has, by the day of each
//! request; a request without a price is counted as such and never as nothing. What a vendor charges for a reply that never came
//! whole is not on the ledger and therefore not in here; such rounds are counted as unanswered.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use action::{Entry, Event, Moment, PersonId, SessionId};
use model::{Day, Money, Prices, Sums, Tokens};

use crate::book::{Book, BookError, chain};

/// One request that was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Its entry in the ledger.
    pub index: u64,
    /// When the answer was written.
    pub at: Moment,
    /// In which session.
    pub session: SessionId,
    /// The first of the sessions that it comes from, or itself: they spend from one limit.
    pub family: SessionId,
    /// For whom.
    pub person: PersonId,
    /// Round.
    pub turn: u32,
    /// Who answered, `provider/name`.
    pub model: String,
    /// What it took.
    pub tokens: Tokens,
    /// What it cost, where that is known.
    pub cost: Option<Money>,
}

impl Asked {
    /// The day (UTC) that it counts for.
    pub fn day(&self) -> Day {
        Day::of_milliseconds(self.at.0)
    }

    /// Whether the server did not say what it took: no prompt has no tokens.
    pub fn is_uncounted(&self) -> bool {
        self.tokens.prompt() == 0 && self.cost.is_none()
    }
}

/// Sums over requests.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spent {
    /// How many were answered.
    pub requests: u64,
    /// What they took.
    pub tokens: Tokens,
    /// What those with a price cost.
    pub money: Sums,
    /// How many had none, by model. Their cost is unknown and in no sum.
    pub unpriced: BTreeMap<String, u64>,
    /// Of these, how many had no tokens either, because the server did not count them.
    pub uncounted: BTreeMap<String, u64>,
}

impl Spent {
    /// Adds one request.
    pub fn add(&mut self, asked: &Asked) {
        self.requests += 1;
        self.tokens.add(&asked.tokens);
        match asked.cost {
            Some(money) => self.money.add(money),
            None => *self.unpriced.entry(asked.model.clone()).or_default() += 1,
        }
        if asked.is_uncounted() {
            *self.uncounted.entry(asked.model.clone()).or_default() += 1;
        }
    }
}

/// Reads a ledger from its beginning on, once: the next call goes on where the last one ended.
#[derive(Debug, Default)]
pub struct Tally {
    upto: u64,
    sessions: HashMap<SessionId, (PersonId, String)>,
    families: HashMap<SessionId, SessionId>,
    unanswered: BTreeSet<(SessionId, u32)>,
}

/// Entries that are read at a time.
const BATCH: u64 = 2048;

impl Tally {
    /// Reads what was written since the last call and tells of each answered request.
    pub fn go_on(&mut self, book: &Book, prices: &Prices, told: &mut dyn FnMut(Asked)) -> Result<(), BookError> {
        loop {
            // Read up to where there is nothing more: a length that could not be asked for would hide what was spent.
            let batch = book.ledger().entries(self.upto..self.upto + BATCH).map_err(|e| BookError::Read { why: chain(&e) })?;
            let Some((last, _)) = batch.last() else { break };
            let next = last + 1;
            for (index, bytes) in &batch {
                if let Some(entry) = relevant(*index, bytes)? {
                    self.take(*index, entry, prices, told)?;
                }
            }
            self.upto = next;
        }
        Ok(())
    }

    /// What one session asked, oldest first, and how many of its rounds have no answer.
    pub fn of_session(book: &Book, prices: &Prices, session: &SessionId) -> Result<(Vec<Asked>, usize), BookError> {
        let (mut tally, mut asked) = (Self::default(), Vec::new());
        for (index, entry) in book.session(session)? {
            tally.take(index, entry, prices, &mut |one| asked.push(one))?;
        }
        Ok((asked, tally.unanswered.len()))
    }

    /// Rounds that were begun and have no answer: stopped, failed, kept back by a budget, or under way.
    pub fn unanswered(&self) -> impl Iterator<Item = &(SessionId, u32)> {
        self.unanswered.iter()
    }

    /// For whom a session is, and the model that it was opened with.
    pub fn opened(&self, session: &SessionId) -> Option<&(PersonId, String)> {
        self.sessions.get(session)
    }

    fn family<'f>(&'f self, session: &'f SessionId) -> &'f SessionId {
        self.families.get(session).unwrap_or(session)
    }

    fn take(&mut self, index: u64, entry: Entry, prices: &Prices, told: &mut dyn FnMut(Asked)) -> Result<(), BookError> {
        match entry.event {
            Event::Opened { session, person, model, parent, .. } => {
                if let Some(parent) = parent {
                    let family = self.family(parent.session()).clone();
                    self.families.insert(session.clone(), family);
                }
                self.sessions.insert(session, (person, model));
            }
            Event::Prompted { session, turn, .. } => {
                self.unanswered.insert((session, turn));
            }
            Event::Replied { session, turn, input, cached, written, output, model, .. } => {
                let tokens = Tokens { input, cached, written, output };
                let (person, opened_with) = self.opened(&session).ok_or_else(|| unopened(index, &session))?.clone();
                let model = if model.is_empty() { opened_with } else { model };
                let price = prices.of(&model, Day::of_milliseconds(entry.at.0));
                let cost = price.filter(|price| tokens.prompt() > 0 || price.is_free()).and_then(|price| price.cost(&tokens));
                self.unanswered.remove(&(session.clone(), turn));
                let family = self.family(&session).clone();
                told(Asked { index, at: entry.at, session, family, person, turn, model, tokens, cost });
            }
            _ => {}
        }
        Ok(())
    }
}

fn unopened(index: u64, session: &SessionId) -> BookError {
    BookError::Read { why: format!("entry {index}: a reply in session {session}, which was never opened") }
}

/// The entry, if it is of a kind that matters here. Canonical JSON names the kind in exactly these bytes, and reading all others
/// would take most of the time.
fn relevant(index: u64, bytes: &[u8]) -> Result<Option<Entry>, BookError> {
    let unreadable = |why: String| BookError::Read { why: format!("entry {index}: {why}") };
    let text = std::str::from_utf8(bytes).map_err(|e| unreadable(e.to_string()))?;
    let matters = [r#""is":"replied""#, r#""is":"prompted""#, r#""is":"opened""#].iter().any(|kind| text.contains(kind));
    if !matters {
        return Ok(None);
    }
    serde_json::from_str(text).map(Some).map_err(|e| unreadable(e.to_string()))
}

#[cfg(test)]
mod tests;
