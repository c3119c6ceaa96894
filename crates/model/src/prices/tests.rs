use super::*;

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn published() -> Prices {
    Prices::published().unwrap()
}

fn tokens(input: u64, cached: u64, written: u64, output: u64) -> Tokens {
    Tokens { input, cached, written, output }
}

/// What a million of each kind costs, or nothing where there is no price.
fn cost(model: &str, on: &str, tokens: Tokens) -> Option<String> {
    published().cost(model, day(on), &tokens).map(|money| money.to_string())
}

/// A row like those that people write.
fn own(provider: &str, model: &str, from: &str, input: &str) -> String {
    format!("[[price]]\nprovider = \"{provider}\"\nmodel = \"{model}\"\nfrom = \"{from}\"\ncurrency = \"EUR\"\ninput = \"{input}\"\noutput = \"1\"\nsource = \"our contract\"\n")
}

#[test]
fn every_published_row_says_where_and_when_it_was_read() {
    let rows = published().rows;
    assert!(rows.len() > 25, "{}", rows.len());
    for row in rows.iter().filter(|row| row.provider != "recorded") {
        assert!(row.source.contains("http") || row.source.contains("github.com/"), "{row:?}");
        assert!(row.source.contains("2026-"), "{row:?}");
        assert!(!row.is_free(), "{row:?}");
        assert!(row.rates.cached.is_some_and(|cached| cached < row.rates.input), "{row:?}");
        assert!(row.rates.output > row.rates.input, "{row:?}");
        assert!(row.long.is_none_or(|(_, long)| long.input > row.rates.input && long.output > row.rates.output), "{row:?}");
    }
}

#[test]
fn tokens_cost_what_the_vendor_says() {
    let million = 1_000_000;
    for (model, tokens, expected) in [
        ("anthropic/claude-opus-5-5", tokens(million, 0, 0, 0), "4.00 USD"),
        ("anthropic/claude-opus-5-5", tokens(0, million, 0, 0), "0.20 USD"),
        ("anthropic/claude-opus-5-5", tokens(0, 0, million, 0), "5.00 USD"),
        ("anthropic/claude-opus-5-5", tokens(0, 0, 0, million), "20.00 USD"),
        ("anthropic/claude-opus-5-5", tokens(1, 0, 0, 0), "0.000004 USD"),
        ("anthropic/claude-haiku-4-5-20251001", tokens(3, 5, 7, 11), "0.00006725 USD"),
        ("openai/gpt-6.1-sol-2026-09-29", tokens(100_000, 100_000, 0, 1000), "0.22 USD"),
        ("openai-chat/gpt-6.1-sol", tokens(100_000, 100_000, 0, 1000), "0.22 USD"),
        ("recorded/demo", tokens(9, 9, 9, 9), "0.00 USD"),
    ] {
        assert_eq!(cost(model, "2026-11-23", tokens).as_deref(), Some(expected), "{model} {tokens:?}");
    }
}

#[test]
fn a_long_prompt_has_the_dearer_rates_for_all_of_it() {
    let rates = |input, cached| cost("anthropic/claude-haiku-5-5", "2026-11-23", tokens(input, cached, 0, 1_000_000)).unwrap();
    assert_eq!(rates(50_000, 50_000), "0.5055 USD", "exactly at the bound");
    assert_eq!(rates(50_000, 50_001), "2.52750005 USD", "one cached token beyond it");
}

#[test]
fn what_no_row_covers_is_unknown_and_not_free() {
    for model in ["anthropic/claude-opus-9", "openrouter/anthropic/claude-opus-5-5", "ollama/qwen3", "chat/x", "claude-opus-5-5", "anthropic/claude-opus-5-5-fast", "openai/gpt-6.1-solstice", "anthropic/claude-opus-5-5-1234567"] {
        assert_eq!(cost(model, "2026-11-23", tokens(1, 0, 0, 0)), None, "{model}");
    }
    assert_eq!(cost("openai/gpt-5.5", "2026-11-23", tokens(1, 1, 0, 1)).as_deref(), Some("0.0000355 USD"));
    assert_eq!(cost("openai/gpt-5.5", "2026-11-23", tokens(1, 1, 1, 1)), None, "it has no price for cache writes");
}

#[test]
fn a_row_holds_from_its_day_until_the_next() {
    let cached = |on| cost("anthropic/claude-sonnet-5-5", on, tokens(0, 1_000_000, 0, 0));
    assert_eq!(cached("2026-09-28"), None, "before its first row");
    assert_eq!(cached("2026-10-06").as_deref(), Some("0.20 USD"));
    assert_eq!(cached("2026-10-07").as_deref(), Some("0.10 USD"));
}

#[test]
fn a_persons_row_goes_first_and_covers_what_we_do_not_know() {
    let text = own("anthropic", "claude-*", "2026-01-01", "0.5") + &own("ollama", "*", "2026-01-01", "0");
    let prices = published().with(&text).unwrap();
    let cost = |model: &str, on: &str| prices.cost(model, day(on), &tokens(1_000_000, 0, 0, 0)).map(|money| money.to_string());
    assert_eq!(cost("anthropic/claude-opus-5-5", "2026-11-23").as_deref(), Some("0.50 EUR"));
    assert_eq!(cost("anthropic/claude-opus-5-5", "2025-12-31"), None, "before either");
    assert_eq!(cost("ollama/qwen3", "2026-11-23").as_deref(), Some("0.00 EUR"));
    assert_eq!(cost("openai/gpt-5.4-mini", "2026-11-23").as_deref(), Some("0.75 USD"));
}

#[test]
fn of_a_persons_rows_the_closer_name_counts() {
    let text = own("x", "*", "2026-01-01", "1") + &own("x", "big-1", "2026-01-01", "9") + &own("x", "*", "2026-02-01", "2");
    let prices = Prices::default().with(&text).unwrap();
    let input = |model: &str| prices.cost(model, day("2026-03-01"), &tokens(1_000_000, 0, 0, 0)).unwrap().to_string();
    assert_eq!((input("x/big-1"), input("x/other")), ("9.00 EUR".into(), "2.00 EUR".into()));
}

#[test]
fn rows_that_cannot_be_meant_are_refused_with_their_name() {
    let good = own("a", "b", "2026-01-01", "1");
    Prices::default().with(&good).unwrap();
    for (from, to) in [
        ("input = \"1\"", "input = \"one\""),
        ("input = \"1\"", "input = 1.5"),
        ("input = \"1\"", "input = \"-1\""),
        ("input = \"1\"", "input = \"0.0000001\""),
        ("input = \"1\"", "input = \"10000000\""),
        ("2026-01-01", "2026-13-01"),
        ("2026-01-01", "yesterday"),
        ("EUR", "euro"),
        ("source = \"our contract\"", "source = \" \""),
        ("source = \"our contract\"", ""),
        ("output = \"1\"", "output = \"1\"\nputput = \"1\""),
        ("[[price]]", "[[prices]]"),
    ] {
        let text = good.replace(from, to);
        assert_ne!(text, good, "{from}");
        Prices::default().with(&text).map(drop).unwrap_err();
    }
    let why = Prices::default().with(&good.replace("EUR", "euro")).unwrap_err().to_string();
    assert!(why.contains("`a/b`") && why.contains("euro"), "{why}");
}

#[test]
fn the_worst_case_takes_the_dearest_kind_of_input() {
    let prices = published();
    let row = prices.of("anthropic/claude-opus-5-5", day("2026-11-23")).unwrap();
    assert_eq!(row.at_most(1_000_000, 1_000_000).to_string(), "25.00 USD", "all of it written to the cache");
    assert!(row.at_most(10, 10).parts() >= row.cost(&tokens(4, 3, 3, 10)).unwrap().parts());
}

#[test]
fn the_longest_reply_within_an_amount_keeps_within_it() {
    let prices = published();
    let row = prices.of("anthropic/claude-opus-5-5", day("2026-11-23")).unwrap();
    let dollar = "1 USD".parse::<Money>().unwrap().parts();
    let longest = row.output_within(100_000, dollar).unwrap();
    assert_eq!(longest, 25_000, "0.50 is left of the dollar at 20 a million");
    assert!(row.at_most(100_000, longest).parts() <= dollar && row.at_most(100_000, longest + 1).parts() > dollar);
    assert_eq!(row.output_within(200_001, dollar), None, "the prompt alone is beyond it");
    let free = prices.of("recorded/x", day("2026-11-23")).unwrap();
    assert_eq!((free.is_free(), free.output_within(5, 0)), (true, Some(u64::MAX)));
}

#[test]
fn a_vendors_counts_become_kinds_that_do_not_overlap() {
    let usage = Usage { input: 1000, cached: 600, cache_written: 300, output: 20 };
    let split = Tokens::from(usage);
    assert_eq!(split, tokens(100, 600, 300, 20));
    assert_eq!((split.prompt(), split.all()), (1000, 1020));
    assert_eq!(Tokens::from(Usage { input: 1, cached: 5, cache_written: 5, output: 0 }).input, 0, "counts that contradict each other");
}

#[test]
fn a_day_is_the_day_in_utc() {
    assert_eq!(Day::of_milliseconds(1_795_391_999_999).to_string(), "2026-11-22");
    assert_eq!(Day::of_milliseconds(1_795_392_000_000).to_string(), "2026-11-23");
    assert!(Day::of_milliseconds(u64::MAX) > day("2026-11-23"));
    for given in ["2026-11-31", "23.11.2026", "2026-11-23T00:00", "", "-002026-11-23"] {
        given.parse::<Day>().unwrap_err();
    }
}
