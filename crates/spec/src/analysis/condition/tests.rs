use super::super::items::items;
use super::*;

/// A formula in short.
fn shown(formula: &Formula, variables: &Variables) -> String {
    let list = |parts: &[Formula], joint: &str| format!("({})", parts.iter().map(|part| shown(part, variables)).collect::<Vec<_>>().join(joint));
    match formula {
        Formula::Always => "always".to_owned(),
        Formula::Compare { quantity, compare, base } => {
            let quantity = &variables.quantities[*quantity];
            format!("{} {compare:?} {}", quantity.name, quantity.unit.words(*base))
        }
        Formula::State { subject, value } => format!("{}={}", variables.subjects[*subject].name, variables.subjects[*subject].values[value - 1]),
        Formula::Phrase(phrase) => format!("[{}]", variables.phrases[*phrase]),
        Formula::Not(inner) => format!("not {}", shown(inner, variables)),
        Formula::All(parts) => list(parts, " and "),
        Formula::Any(parts) => list(parts, " or "),
    }
}

fn check(text: &str, expected: &str) {
    let mut variables = Variables::default();
    let said = read(&items(text), Keyword::If, &mut variables).map(|formula| shown(&formula, &variables));
    assert_eq!(said.as_deref(), Ok(expected), "{text}");
}

fn refuses(text: &str, why: &str) {
    let said = read(&items(text), Keyword::If, &mut Variables::default()).unwrap_err();
    assert!(said.contains(why), "{text}: {said}");
}

#[test]
fn clauses_are_comparisons_states_or_whole_phrases() {
    check("the amount exceeds 100 EUR", "amount More 100 EUR");
    check("the score is between 1 and 10", "(score AtLeast 1 and score AtMost 10)");
    check("the account is locked", "account=locked");
    check("the account is not currently locked", "not account=locked");
    check("the account is in the locked state", "account=locked");
    check("the account is locked, suspended or closed", "(account=locked or account=suspended or account=closed)");
    check("a user submits the form", "[a user submits the form]");
    check("a user submits a payment with an amount over 5 EUR", "([a user submits a payment] and amount More 5 EUR)");
}

#[test]
fn negation_is_taken_out_of_a_phrase() {
    check("the file does not exist", "not [the file exist]");
    check("the user has no permission", "not [the user has permission]");
    check("the user is not on the page", "not [the user is on the page]");
}

#[test]
fn two_sorts_of_a_thing_exclude_each_other_within_a_phrase() {
    check("the user enters an invalid password", "user enter ~ password=invalid");
    check("a user enters a valid password", "user enter ~ password=valid");
}

#[test]
fn joints_part_only_whole_clauses() {
    check("the amount exceeds 5 EUR and the account is locked", "(amount More 5 EUR and account=locked)");
    check("the amount exceeds 5 EUR or the account is locked", "(amount More 5 EUR or account=locked)");
    check("a user enters a name and password", "[a user enters a name and password]");
    check("a user clicks save or cancel", "[a user clicks save or cancel]");
}

#[test]
fn what_could_mean_several_things_is_refused() {
    refuses("the amount exceeds 5 EUR and the account is locked or the user is away", "which binds first");
    refuses("it is locked", "`it` could be anything");
    refuses("the account is not locked or suspended", "`not` before several");
    refuses("the account is locked and suspended", "list");
    refuses("the amount exceeds the limit", "without a number");
    refuses("the queue is longer than usual", "without a number");
    refuses("after 3 failed attempts", "number without a comparison");
    refuses("the name and the mail are valid", "`and` before");
    refuses("the user logs in unless locked", "`unless`");
    refuses("пользователь входит", "not English");
    refuses("no session exists", "`no`");
    refuses("", "without words");
}

#[test]
fn amounts_in_two_currencies_are_not_compared() {
    let mut variables = Variables::default();
    read(&items("the amount exceeds 5 EUR"), Keyword::If, &mut variables).unwrap();
    let said = read(&items("the amount is below 5 USD"), Keyword::If, &mut variables).unwrap_err();
    assert_eq!(said, "`amount` is told in USD here and in EUR elsewhere");
    assert!(read(&items("the amount exceeds 5 points"), Keyword::If, &mut variables).is_err());
}
