//! `countersign usage`

use std::collections::BTreeMap;

use agent::{Asked, Office, Spent, Tally};
use clap::ValueEnum;
use model::Day;
use serde_json::json;

use crate::args::Common;
use crate::clock;
use crate::home::Home;
use crate::screen::{self, BOLD, DIM, Ending, WARN};
use crate::table;
use crate::words;

/// Show what models were asked, in tokens and in money.
///
/// Folded from the ledger each time; money is from dated price tables. With a session, request by request; else in sums. A model without a price has a cost that is unknown.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  countersign usage\n  countersign usage 9b1c33f0aa12\n  countersign usage --by model --since 2026-11-01\n  countersign usage --by team\n  countersign usage --by day --json\n\nPrices of your own go into prices.toml in the service's folder; see docs/usage.md.")]
pub(crate) struct Args {
    /// Only this session, request by request.
    session: Option<String>,
    /// Sums by this.
    #[arg(long, value_enum)]
    by: Option<By>,
    /// Only from this day (UTC) on, like 2026-11-01.
    #[arg(long, value_name = "DAY")]
    since: Option<Day>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum By {
    Session,
    Person,
    Team,
    Model,
    Day,
}

pub(crate) fn run(common: &Common, args: &Args) -> anyhow::Result<Ending> {
    let service = Home::find(common)?.service()?;
    let (mut asked, unanswered) = requests(&service, args.session.as_deref())?;
    asked.retain(|one| args.since.is_none_or(|since| one.day() >= since));
    match (args.by, &args.session) {
        (None, Some(_)) => each(common, &service, &asked),
        (by, _) => sums(common, &service, by.unwrap_or(By::Session), &asked)?,
    }
    if unanswered > 0 && !common.json {
        let rounds = words::counted(unanswered, "round");
        screen::say_in(DIM, &format!("{rounds} without an answer on the ledger (stopped, failed, kept back by a budget, or under way); what the vendor charged for any is unknown"));
    }
    Ok(Ending::Done)
}

/// What was asked, oldest first, and how many rounds have no answer.
fn requests(service: &Office, session: Option<&str>) -> anyhow::Result<(Vec<Asked>, usize)> {
    if let Some(session) = session {
        let session = crate::named::session(service, session)?;
        return Ok(Tally::of_session(&service.book, &service.prices, &session)?);
    }
    let (mut tally, mut asked) = (Tally::default(), Vec::new());
    tally.go_on(&service.book, &service.prices, &mut |one| asked.push(one))?;
    Ok((asked, tally.unanswered().count()))
}

/// Request by request, then the sum and where the prices are from.
fn each(common: &Common, service: &Office, asked: &[Asked]) {
    if common.json {
        return asked.iter().for_each(|one| screen::json(&json_of(service, one)));
    }
    let head = ["turn", "at", "model", "input", "cached", "written", "output", "cost"];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    let mut all = Spent::default();
    for one in asked {
        all.add(one);
        let [input, cached, written, output] = table::tokens(&one.tokens);
        rows.push(vec![one.turn.to_string(), clock::text(one.at), words::safe(&one.model), input, cached, written, output, table::cost(one.cost)]);
    }
    let [input, cached, written, output] = table::tokens(&all.tokens);
    rows.push(vec!["sum".into(), String::new(), words::counted(asked.len(), "request"), input, cached, written, output, table::money(&all)]);
    show(&rows, 3);
    sources(service, asked);
    unknown(&all);
}

/// Where the prices come from that were used, each once.
fn sources(service: &Office, asked: &[Asked]) {
    let mut used: BTreeMap<(&str, Day), &str> = BTreeMap::new();
    for one in asked.iter().filter(|one| one.cost.is_some()) {
        used.extend(service.prices.of(&one.model, one.day()).map(|price| ((one.model.as_str(), price.from()), price.source())));
    }
    for ((model, from), source) in used {
        screen::say_in(DIM, &format!("{} at prices from {from}: {}", words::safe(model), words::safe(source)));
    }
}

fn json_of(service: &Office, one: &Asked) -> serde_json::Value {
    let price = service.prices.of(&one.model, one.day()).filter(|_| one.cost.is_some());
    json!({
        "entry": one.index,
        "session": one.session,
        "person": one.person,
        "turn": one.turn,
        "at": one.at,
        "model": one.model,
        "tokens": table::json_of_tokens(&one.tokens),
        "cost": one.cost.as_ref().map(table::amount),
        "price": price.map(|price| json!({"from": price.from().to_string(), "source": price.source()})),
    })
}

/// Sums by session (oldest first), person, team, model or day. What a person in several teams took is in the row of each, and in the last one once.
fn sums(common: &Common, service: &Office, by: By, asked: &[Asked]) -> anyhow::Result<()> {
    let mut groups: Vec<(String, Spent)> = Vec::new();
    let mut all = Spent::default();
    if matches!(by, By::Team) {
        service.teams.check(&service.book.roster()?)?;
    }
    for one in asked {
        all.add(one);
        for name in by.names(service, one) {
            match groups.iter_mut().find(|(known, _)| *known == name) {
                Some((_, spent)) => spent.add(one),
                None => {
                    let mut spent = Spent::default();
                    spent.add(one);
                    groups.push((name, spent));
                }
            }
        }
    }
    if matches!(by, By::Person | By::Team | By::Model) {
        groups.sort_by(|(a, _), (b, _)| a.cmp(b));
    }
    if common.json {
        groups.iter().for_each(|(name, spent)| screen::json(&json!({"by": by.word(), by.word(): name, "sum": table::json_of(spent)})));
        return Ok(());
    }
    let head = [by.word(), "requests", "input", "cached", "written", "output", "cost"];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    rows.extend(groups.iter().map(|(name, spent)| sum_row(words::safe(name), spent)));
    rows.push(sum_row("sum".into(), &all));
    show(&rows, 1);
    unknown(&all);
    Ok(())
}

fn sum_row(name: String, spent: &Spent) -> Vec<String> {
    let [input, cached, written, output] = table::tokens(&spent.tokens);
    vec![name, spent.requests.to_string(), input, cached, written, output, table::money(spent)]
}

fn show(rows: &[Vec<String>], texts: usize) {
    let lines = table::lines(rows, texts);
    for (at, line) in lines.iter().enumerate() {
        let edge = at == 0 || at + 1 == lines.len();
        if edge { screen::say_in(BOLD, line) } else { screen::say(line) }
    }
}

fn unknown(spent: &Spent) {
    for (model, requests) in &spent.unpriced {
        let requests = words::counted(usize::try_from(*requests).unwrap_or(usize::MAX), "request");
        let why = match spent.uncounted.contains_key(model) {
            true => "its server did not count tokens",
            false => "a row in prices.toml names it",
        };
        screen::say_in(WARN, &format!("what {} cost is not known ({requests}): {why}", words::safe(model)));
    }
}

impl By {
    fn word(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::Person => "person",
            Self::Team => "team",
            Self::Model => "model",
            Self::Day => "day",
        }
    }

    /// Where it is counted: once, but for each team of the person.
    fn names(self, service: &Office, one: &Asked) -> Vec<String> {
        match self {
            Self::Session => vec![one.session.to_string()],
            Self::Person => vec![one.person.to_string()],
            Self::Team => match service.teams.of(&one.person).map(str::to_owned).collect::<Vec<_>>() {
                none if none.is_empty() => vec!["(no team)".to_owned()],
                teams => teams,
            },
            Self::Model => vec![one.model.clone()],
            Self::Day => vec![one.day().to_string()],
        }
    }
}
