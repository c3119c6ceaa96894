use super::super::items::items;
use super::*;
use crate::ears::Keyword;

/// `amount > 100 EUR` and `account is locked`, with the variables.
fn asked() -> (Formula, Variables) {
    let mut variables = Variables::default();
    let formula = super::super::condition::read(&items("the amount exceeds 100 EUR and the account is locked"), Keyword::If, &mut variables).unwrap();
    (formula, variables)
}

fn check(text: &str, expected: Answer) {
    let (formula, variables) = asked();
    assert_eq!(Answer::read(text, &variables, &[&formula], Numbers::Steps), expected, "{text:?}");
}

fn model(amount: i128, state: i128) -> Model {
    Model::from([("q0".to_owned(), amount), ("s0".to_owned(), state)])
}

#[test]
fn answers_are_read_in_every_layout() {
    check("unsat\n", Answer::Cannot);
    check("unsat\n(error \"no model\")\n", Answer::Cannot);
    check("sat\n((q0 150) (s0 1))\n", Answer::Can(model(150, 1)));
    check("sat\n( (q0\n150)\n(s0 1) )", Answer::Can(model(150, 1)));
}

#[test]
fn what_is_not_exactly_an_answer_is_not_decided() {
    for text in [
        "", "unknown", "timeout", "sa", "satisfied", "(error \"x\")", "cvc5 interrupted by timeout.", "sat", "sat\n((q0 150))",
        "sat\n((q0 150) (s0 1)", "sat\n((q0 1.5) (s0 1))", "sat\n(((((((", "sat\n((q0 99999999999999999999999999999999999999999) (s0 1))", "\u{0}\u{ffff}",
    ] {
        check(text, Answer::Unknown);
    }
}

#[test]
fn an_example_that_is_none_is_not_decided() {
    check("sat\n((q0 100) (s0 1))", Answer::Unknown);
    check("sat\n((q0 150) (s0 0))", Answer::Unknown);
    check("sat\n((q0 (- 150)) (s0 1))", Answer::Unknown);
}

#[test]
fn values_are_told_in_words() {
    let (_, variables) = asked();
    assert_eq!(words(&variables, &model(150, 1)), "amount = 150 EUR while the account is locked");
    assert_eq!(words(&variables, &model(150, 0)), "amount = 150 EUR while the account is in another state");
    assert_eq!(words(&variables, &Model::new()), "at any time");
}
