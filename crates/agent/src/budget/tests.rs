use model::{Day, Prices, Tokens};

use super::*;

const MODEL: &str = "anthropic/claude-opus-5-5";

fn prices() -> Prices {
    Prices::published().unwrap()
}

fn limit(tokens: Option<u64>, money: &[&str]) -> Limit {
    Limit { tokens, money: money.iter().map(|text| text.parse().unwrap()).collect() }
}

fn spent(tokens: u64, money: &str) -> Spent {
    let mut spent = Spent::default();
    spent.tokens.add(&Tokens { output: tokens, ..Tokens::default() });
    spent.money.add(money.parse().unwrap());
    spent
}

/// Room for a reply of at most 32,000 tokens after a prompt of 10,000, at 4 and 20 dollars a million.
fn room(limit: &Limit, spent: &Spent, model: &str) -> Result<u64, Lack> {
    let (prices, today) = (prices(), "2026-11-23".parse::<Day>().unwrap());
    let wanted = Wanted { model, price: prices.of(model, today), input: 10_000, output: 32_000 };
    limit.room(Scope::Day, spent, &wanted).map_err(|exhausted| exhausted.lack)
}

#[test]
fn a_reply_may_be_as_long_as_the_limit_has_room_for() {
    for (given, before, expected) in [
        (limit(None, &[]), spent(u64::MAX, "999 USD"), Some(32_000)),
        (limit(Some(42_000), &[]), spent(0, "0 USD"), Some(32_000)),
        (limit(Some(42_000), &[]), spent(1, "0 USD"), Some(31_999)),
        (limit(Some(14_096), &[]), spent(0, "0 USD"), Some(4096)),
        (limit(Some(14_095), &[]), spent(0, "0 USD"), None),
        (limit(Some(0), &[]), spent(0, "0 USD"), None),
        (limit(None, &["0.69 USD"]), spent(0, "0 USD"), Some(32_000)),
        (limit(None, &["0.25 USD"]), spent(0, "0 USD"), Some(10_000)),
        (limit(None, &["0.25 USD"]), spent(0, "0.10 USD"), Some(5_000)),
        (limit(None, &["0.25 USD"]), spent(0, "0.20 USD"), None),
        (limit(None, &["0.25 USD"]), spent(0, "0.30 USD"), None),
        (limit(Some(20_000), &["0.25 USD"]), spent(0, "0 USD"), Some(10_000)),
        (limit(Some(15_000), &["0.25 USD"]), spent(0, "0 USD"), Some(5_000)),
        (limit(None, &["9 USD", "0.25 USD"]), spent(0, "0 USD"), Some(10_000)),
    ] {
        assert_eq!(room(&given, &before, MODEL).ok(), expected, "{given:?} after {before:?}");
    }
}

#[test]
fn whatever_the_reply_then_takes_the_limit_holds() {
    let (prices, today) = (prices(), "2026-11-23".parse::<Day>().unwrap());
    let price = prices.of(MODEL, today).unwrap();
    let given = limit(None, &["0.50 USD"]);
    for (input, before) in [(0, "0 USD"), (10_000, "0.123456789 USD"), (60_000, "0.05 USD"), (77_777, "0.000000000001 USD")] {
        let before = spent(0, before);
        let wanted = Wanted { model: MODEL, price: Some(price), input, output: 32_000 };
        let room = given.room(Scope::Given, &before, &wanted).unwrap();
        let worst = price.at_most(input, room).parts() + before.money.of(price.currency()).parts();
        assert!(worst <= given.money[0].parts(), "{input}");
        assert!(room == 32_000 || price.at_most(input, room + 1).parts() + before.money.of(price.currency()).parts() > given.money[0].parts());
    }
}

#[test]
fn what_is_not_known_is_not_within_a_limit_of_money() {
    let dollars = limit(None, &["100 USD"]);
    assert_eq!(room(&dollars, &Spent::default(), "chat/x"), Err(Lack::NoPrice { model: "chat/x".into() }));
    let mut before = spent(0, "1 USD");
    before.unpriced.insert("chat/x".into(), 1);
    assert_eq!(room(&dollars, &before, MODEL), Err(Lack::Unpriced { model: "chat/x".into() }));
    assert_eq!(room(&limit(Some(99_000), &[]), &before, "chat/x").unwrap(), 32_000, "tokens are known");
    let mut uncounted = Spent::default();
    uncounted.uncounted.insert("chat/x".into(), 1);
    assert_eq!(room(&limit(Some(99_000), &[]), &uncounted, MODEL), Err(Lack::Uncounted { model: "chat/x".into() }));
    let euros = limit(None, &["100 EUR"]);
    assert_eq!(room(&euros, &Spent::default(), MODEL), Err(Lack::OtherCurrency { model: MODEL.into(), currency: "USD".parse().unwrap() }));
    assert_eq!(room(&euros, &Spent::default(), "recorded/x").unwrap(), 32_000, "what is free is so in every currency");
}

#[test]
fn a_limit_says_what_is_missing_and_what_to_do() {
    let lack = room(&limit(None, &["0.25 USD"]), &spent(0, "0.20 USD"), MODEL).unwrap_err();
    let said = Exhausted { scope: Scope::Given, lack }.to_string();
    assert_eq!(said, "the model was not asked: the budget given for this session is 0.25 USD, 0.20 USD of it is spent, and the next request may cost 0.13192 USD");
    let lack = room(&limit(Some(5), &[]), &spent(3, "0 USD"), MODEL).unwrap_err();
    let said = Exhausted { scope: Scope::PersonDay, lack }.to_string();
    assert_eq!(said, "the model was not asked: the budget of a person's day is 5 tokens, 3 of them are spent, and the next request may take 14096");
    for (scope, word) in [(Scope::Given, "--max-cost"), (Scope::Session, "[budget.session]"), (Scope::Person, "[budget.person]"), (Scope::PersonDay, "tomorrow"), (Scope::Day, "[budget.day]")] {
        let way = scope.way_on("s1");
        assert!(way.contains(word) && way.contains("resume s1"), "{way}");
    }
}

#[test]
fn a_limit_keeps_what_another_does_not_replace() {
    let old = limit(Some(5), &["1 USD"]);
    assert_eq!(old.replaced_by(&Limit::default()), old);
    assert_eq!(old.replaced_by(&limit(Some(9), &[])), limit(Some(9), &["1 USD"]));
    assert_eq!(old.replaced_by(&limit(None, &["2 EUR"])), limit(Some(5), &["2 EUR"]));
}

#[test]
fn a_budget_that_cannot_be_meant_is_not_read() {
    let read = |text: &str| serde_json::from_str::<Budget>(text);
    let good = read(r#"{"session": {"tokens": 5}, "day": {"money": ["2.50 USD", "1 EUR"]}}"#).unwrap();
    assert_eq!((good.session.tokens, good.day.money.len(), good.person.is_none()), (Some(5), 2, true));
    assert!(Budget::default().is_none() && !good.is_none());
    for text in [r#"{"squad": {"tokens": 5}}"#, r#"{"day": {"token": 5}}"#, r#"{"day": {"tokens": -5}}"#, r#"{"day": {"money": ["five USD"]}}"#, r#"{"day": {"money": [2.5]}}"#] {
        read(text).unwrap_err();
    }
}
