use super::super::items::items;
use super::*;

/// Name, unit, first bound in words, event.
fn check(text: &str, name: &str, amount: &str, event: &str) {
    let reading = read(&items(text)).unwrap_or_else(|why| panic!("{text}: {why}"));
    let (_, number) = reading.bounds[0];
    let got = (reading.name.as_str(), reading.unit.words(reading.unit.base(number)), reading.event.join(" "));
    assert_eq!(got, (name, amount.to_owned(), event.to_owned()), "{text}");
}

fn refuses(text: &str, why: &str) {
    let said = read(&items(text)).unwrap_err();
    assert!(said.contains(why), "{text}: {said}");
}

#[test]
fn a_quantity_has_a_name_and_a_unit() {
    check("the amount exceeds 100 EUR", "amount", "100 EUR", "");
    check("the amount is above €99.50", "amount", "99.5 EUR", "");
    check("the response time is over 1.5 s", "response time", "1.5 s", "");
    check("the score is at least 7", "score", "7", "");
    check("the file size is larger than 5MB", "file size", "5 MB", "");
}

#[test]
fn counts_are_of_one_thing_however_they_are_said() {
    for text in ["the password has at least 8 characters", "the password length is less than 8 characters", "the length of the password exceeds 8 characters", "the password is shorter than 8 characters", "a password with fewer than 8 characters"] {
        check(text, "password character", "8", "");
    }
    for text in ["more than 3 failed attempts are made", "the number of failed attempts exceeds 3", "more than three failed attempts occur"] {
        check(text, "failed attempt", "3", "");
    }
}

#[test]
fn an_event_can_carry_a_quantity() {
    check("a user submits a payment with an amount exceeding 100 EUR", "amount", "100 EUR", "a user submits a payment");
}

#[test]
fn a_range_has_two_bounds() {
    let reading = read(&items("the score is between 1 and 10")).unwrap();
    assert_eq!(reading.bounds.iter().map(|(compare, number)| (*compare, number.digits)).collect::<Vec<_>>(), [(Compare::AtLeast, 1), (Compare::AtMost, 10)]);
}

#[test]
fn what_is_not_one_plain_quantity_is_refused() {
    refuses("it exceeds 5", "`it` before a number");
    refuses("the user and the admin exceed 5", "`and` before a number");
    refuses("exceeds 5", "not named");
    refuses("the very long name of something rather unclear here exceeds 5", "too much");
    refuses("the amount exceeds 5 EUR unlike others", "`unlike` after a number");
    refuses("the amount exceeds 5 of 7 items", "several numbers");
}

#[test]
fn units_of_time_compare_and_others_only_with_themselves() {
    let unit = |text: &str| read(&items(text)).unwrap().unit;
    assert!(unit("the delay exceeds 5 minutes").is_comparable(&unit("the delay exceeds 300 s")));
    assert!(!unit("the amount exceeds 5 EUR").is_comparable(&unit("the amount exceeds 5 USD")));
    assert!(!unit("more than 3 attempts occur within 5 minutes").is_comparable(&unit("more than 3 attempts occur")));
    assert_eq!(unit("the delay exceeds 5 minutes").base(Number { digits: 5, decimals: 0 }), unit("x exceeds 300 s").base(Number { digits: 300, decimals: 0 }));
}

#[test]
fn amounts_are_told_without_idle_digits() {
    let seconds = Unit::of(&["s".to_owned()]).unwrap();
    assert_eq!(seconds.words(1_500_000_000), "1.5 s");
    assert_eq!(seconds.words(2_000_000_000), "2 s");
    assert_eq!(seconds.words(50_000_000), "0.05 s");
}
