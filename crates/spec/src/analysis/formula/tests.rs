use super::super::items::items;
use super::*;

fn formula(text: &str, variables: &mut Variables) -> Formula {
    super::super::condition::read(&items(text), Keyword::If, variables).unwrap()
}

#[test]
fn a_query_declares_what_it_uses_and_no_words_of_the_text() {
    let mut variables = Variables::default();
    let condition = formula("the amount exceeds 1.5 EUR and the account is not locked", &mut variables);
    let phrase = formula("a user clicks) (exit", &mut variables);
    assert_eq!(
        query(&variables, &[&condition, &phrase], Numbers::Steps),
        "(set-option :produce-models true)\n(set-logic QF_LIRA)\n\
         (declare-const q0 Int)\n(assert (>= q0 0))\n\
         (declare-const s0 Int)\n(assert (<= 0 s0 1))\n\
         (declare-const p0 Bool)\n\
         (assert (and (> q0 15) (not (= s0 1))))\n(assert p0)\n(check-sat)\n(get-value (q0 s0 p0))\n"
    );
}

#[test]
fn what_is_claimed_without_an_example_ranges_over_all_numbers_but_counts() {
    let mut variables = Variables::default();
    let amount = formula("the amount exceeds 100 EUR", &mut variables);
    let count = formula("more than 3 attempts occur", &mut variables);
    let smt = query(&variables, &[&amount, &count], Numbers::Every);
    assert!(smt.contains("(declare-const q0 Real)") && smt.contains("(> q0 100.0)"), "{smt}");
    assert!(smt.contains("(declare-const q1 Int)") && smt.contains("(> q1 3)"), "{smt}");
}

#[test]
fn steps_are_as_fine_as_the_finest_text() {
    let mut variables = Variables::default();
    let coarse = formula("the delay exceeds 2 minutes", &mut variables);
    let fine = formula("the delay exceeds 1.5 s", &mut variables);
    let smt = query(&variables, &[&coarse, &fine], Numbers::Steps);
    assert!(smt.contains("(> q0 1200)") && smt.contains("(> q0 15)"), "{smt}");
}

#[test]
fn the_largest_common_step_divides_both() {
    for (a, b, step) in [(6, 4, 2), (60, 1, 1), (0, 7, 1), (36_000_000, 60_000_000, 12_000_000)] {
        assert_eq!(common_step(a, b), step, "{a} {b}");
    }
}
