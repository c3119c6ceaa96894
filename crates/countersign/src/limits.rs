//! What a session may spend, as typed, and how it is told that a budget has ended it.

use action::SessionId;
use agent::{Exhausted, Limit, Office, Spent, Tally};
use model::Money;

use crate::screen::{self, BAD, DIM};
use crate::table;
use crate::words;

/// How much this session may spend, in all of its life, together with its subagents, its tasks and its forks.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct LimitArgs {
    /// Money that this session may cost in all, like 2.50USD; kept for `resume`, which may name another amount.
    #[arg(long, value_name = "AMOUNT")]
    max_cost: Option<Money>,
    /// Tokens that this session may take in all; kept for `resume`, which may name another number.
    #[arg(long, value_name = "N")]
    max_tokens: Option<u64>,
}

impl LimitArgs {
    /// What was typed.
    pub(crate) fn limit(&self) -> Limit {
        Limit { tokens: self.max_tokens, money: self.max_cost.into_iter().collect() }
    }
}

/// Which limit ended a session, what was spent, and how to go on.
pub(crate) fn tell(session: &SessionId, exhausted: &Exhausted) {
    screen::say_in(BAD, &format!("✗ {}", words::safe(&exhausted.to_string())));
    screen::say(&format!("  Nothing was sent. {}", exhausted.scope.way_on(session.as_str())));
}

/// The same for scripts.
pub(crate) fn json_of(session: &SessionId, exhausted: &Exhausted) -> serde_json::Value {
    let (scope, lack) = (exhausted.scope, &exhausted.lack);
    serde_json::json!({"scope": scope, "lack": lack, "text": exhausted.to_string(), "hint": scope.way_on(session.as_str())})
}

/// One line: what the session has spent so far, with all that works for it.
pub(crate) fn tell_spent(service: &Office, session: &SessionId) -> anyhow::Result<()> {
    let spent = sum(service, session)?;
    if spent.requests > 0 {
        let requests = words::counted(usize::try_from(spent.requests).unwrap_or(usize::MAX), "request");
        screen::say_in(DIM, &format!("spent so far: {requests}, {} tokens, {} · countersign usage {session}", spent.tokens.all(), table::money(&spent)));
    }
    Ok(())
}

/// The same for scripts.
pub(crate) fn spent(service: &Office, session: &SessionId) -> anyhow::Result<serde_json::Value> {
    Ok(table::json_of(&sum(service, session)?))
}

fn sum(service: &Office, session: &SessionId) -> anyhow::Result<Spent> {
    let mut spent = Spent::default();
    for one in service.book.with_workers(session)? {
        let (asked, _) = Tally::of_session(&service.book, &service.prices, &one)?;
        asked.iter().for_each(|asked| spent.add(asked));
    }
    Ok(spent)
}
