use super::*;

fn money(text: &str) -> Money {
    text.parse().unwrap()
}

#[test]
fn what_is_written_is_read_and_written_the_same() {
    for (given, shown) in [
        ("2.50USD", "2.50 USD"),
        ("2.5 USD", "2.50 USD"),
        (" 10 EUR ", "10.00 EUR"),
        ("0 USD", "0.00 USD"),
        ("0.000000000001 USD", "0.000000000001 USD"),
        ("12.340500 CHF", "12.3405 CHF"),
    ] {
        assert_eq!(money(given).to_string(), shown, "{given}");
        assert_eq!(money(shown), money(given));
    }
}

#[test]
fn what_is_no_money_is_refused() {
    for given in ["", "2.50", "USD", "-1 USD", "1e3 USD", "1,50 USD", "1. USD", ".5 USD", "2.50 usd", "2.50 US", "2.50 USDT", "0.0000000000001 USD", "1 2 USD"] {
        assert!(given.parse::<Money>().is_err(), "{given}");
    }
    assert!(format!("{} USD", "9".repeat(60)).parse::<Money>().is_err(), "larger than a number holds");
}

#[test]
fn what_a_person_is_shown_is_never_less_than_what_was_spent() {
    for (given, shown) in [("0.000000000001 USD", "0.000001 USD"), ("1.2345674 USD", "1.234568 USD"), ("1.50 USD", "1.50 USD"), ("0 USD", "0.00 USD")] {
        assert_eq!(money(given).short(), shown);
    }
}

#[test]
fn currencies_are_never_added_to_each_other() {
    let mut sums = Sums::default();
    for text in ["1.10 USD", "2.20 EUR", "0.000000000001 USD"] {
        sums.add(money(text));
    }
    let all: Vec<String> = sums.all().map(|money| money.to_string()).collect();
    assert_eq!(all, ["2.20 EUR", "1.100000000001 USD"]);
    assert_eq!(sums.of("CHF".parse().unwrap()), money("0 CHF"));
}

#[test]
fn a_sum_beyond_all_numbers_does_not_begin_again_at_zero() {
    let usd = "USD".parse().unwrap();
    let mut sums = Sums::default();
    sums.add(Money::of(usd, u128::MAX));
    sums.add(money("1 USD"));
    assert_eq!(sums.of(usd).parts(), u128::MAX);
}
