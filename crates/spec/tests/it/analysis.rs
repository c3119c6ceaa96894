//! The analysis with the real solver: its queries are what cvc5 reads, and its answers are read back.

use std::io::Write as _;
use std::process::{Command, Stdio};

use spec::analysis::{Conclusions, CriterionText, Definition, Kind, Query, conclude, plan};

/// What cvc5 says to a query. Without cvc5 these tests fail: `make needs` installs it.
fn solve(query: &Query) -> String {
    let started = Command::new("cvc5").args(["--lang=smt2", "--tlimit=10000", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
    let mut child = started.expect("the program `cvc5` is needed; `make needs` installs it");
    child.stdin.take().unwrap().write_all(query.smt.as_bytes()).unwrap();
    String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap()
}

fn analyzed(texts: &[(&str, &str)], glossary: &[(&str, &str)]) -> Conclusions {
    let criteria: Vec<CriterionText> = texts.iter().map(|(id, text)| CriterionText { id: (*id).to_owned(), text: (*text).to_owned() }).collect();
    let glossary: Vec<Definition> = glossary.iter().map(|(name, says)| Definition { name: (*name).to_owned(), says: (*says).to_owned() }).collect();
    let analysis = plan(&criteria, &glossary);
    assert_eq!(analysis.unformalized, [], "all is formalized");
    let answers: Vec<_> = analysis.queries.iter().map(|query| (query.id.clone(), solve(query))).collect();
    conclude(&analysis, &answers)
}

/// The kind of each finding with its criteria.
fn check(texts: &[(&str, &str)], expected: &[(Kind, &[&str])]) -> Conclusions {
    check_with(texts, &[], expected)
}

fn check_with(texts: &[(&str, &str)], glossary: &[(&str, &str)], expected: &[(Kind, &[&str])]) -> Conclusions {
    let conclusions = analyzed(texts, glossary);
    let told: Vec<(Kind, Vec<&str>)> = conclusions.told.iter().map(|told| (told.kind, told.criteria.iter().map(String::as_str).collect())).collect();
    let expected: Vec<(Kind, Vec<&str>)> = expected.iter().map(|(kind, criteria)| (*kind, criteria.to_vec())).collect();
    assert_eq!(told, expected, "{:#?}", conclusions.told);
    conclusions
}

#[test]
fn opposite_responses_where_conditions_meet_are_a_contradiction() {
    let conclusions = check(
        &[
            ("1.2", "WHEN the amount exceeds 100 EUR, THE Shop SHALL accept the payment."),
            ("1.5", "WHILE the account is locked, THE Shop SHALL reject the payment."),
        ],
        &[(Kind::Contradiction, &["1.2", "1.5"])],
    );
    let text = &conclusions.told[0].text;
    let amount: u64 = text.strip_prefix("amount = ").unwrap().split(' ').next().unwrap().parse().unwrap();
    assert!(amount > 100, "{text}");
    assert!(text.ends_with(" EUR while the account is locked: 1.2 says `accept the payment`, 1.5 says `reject the payment`"), "{text}");
}

#[test]
fn opposite_responses_whose_conditions_never_meet_are_none() {
    check(
        &[
            ("1.1", "WHEN the amount exceeds 100 EUR, THE Shop SHALL reject the payment."),
            ("1.2", "WHEN the amount is at most 100 EUR, THE Shop SHALL accept the payment."),
        ],
        &[],
    );
    check(
        &[
            ("1.1", "WHILE the account is locked, THE Shop SHALL reject the payment."),
            ("1.2", "WHILE the account is not locked, THE Shop SHALL accept the payment."),
        ],
        &[],
    );
}

#[test]
fn units_of_time_are_one_scale() {
    let check = |limit: &str, expected: &[(Kind, &[&str])]| {
        let other = format!("WHEN the idle time is at most {limit}, THE Shop SHALL keep the session.");
        check(&[("1.1", "WHEN the idle time exceeds 15 minutes, THE Shop SHALL delete the session."), ("1.2", &other)], expected);
    };
    check("900 s", &[]);
    check("0.25 hours", &[]);
    check("1000 seconds", &[(Kind::Contradiction, &["1.1", "1.2"])]);
}

#[test]
fn a_number_that_both_sides_leave_out_is_a_gap() {
    let conclusions = check(
        &[
            ("2.1", "WHEN the amount exceeds 100 EUR, THE Shop SHALL ask the owner."),
            ("2.2", "WHEN the amount is below 100 EUR, THE Shop SHALL book the payment."),
        ],
        &[(Kind::Gap, &["2.1", "2.2"])],
    );
    assert_eq!(conclusions.told[0].example.as_deref(), Some("amount = 100 EUR"));
}

#[test]
fn a_hole_between_decisions_about_one_act_is_a_gap_and_the_normal_range_between_two_complaints_is_none() {
    check(
        &[
            ("2.1", "WHEN the score is at least 10, THE Shop SHALL accept the applicant."),
            ("2.2", "WHEN the score is below 5, THE Shop SHALL reject the applicant."),
        ],
        &[(Kind::Gap, &["2.1", "2.2"])],
    );
    check(
        &[
            ("2.1", "WHEN the password has more than 64 characters, THE Shop SHALL ask for a shorter one."),
            ("2.2", "WHEN the password has fewer than 8 characters, THE Shop SHALL ask for a longer one."),
        ],
        &[],
    );
}

#[test]
fn what_is_said_of_something_else_at_the_same_number_hides_no_gap() {
    check(
        &[
            ("2.1", "WHEN the amount exceeds 100 EUR, THE Shop SHALL ask the owner."),
            ("2.2", "WHEN the amount is below 100 EUR, THE Shop SHALL book the payment."),
            ("2.3", "WHEN the amount is at least 20 EUR, THE Shop SHALL accept the voucher."),
        ],
        &[(Kind::Gap, &["2.1", "2.2"])],
    );
    check(
        &[
            ("2.1", "WHEN the amount exceeds 100 EUR, THE Shop SHALL ask the owner."),
            ("2.2", "WHEN the amount is below 100 EUR, THE Shop SHALL book the payment."),
            ("2.3", "WHEN the amount equals 100 EUR, THE Shop SHALL book the payment."),
        ],
        &[],
    );
}

#[test]
fn whole_things_have_no_gap_between_neighbours() {
    check(
        &[
            ("2.1", "WHEN more than 3 failed attempts are made, THE Shop SHALL lock the account."),
            ("2.2", "WHEN at most 3 failed attempts are made, THE Shop SHALL unlock the account."),
        ],
        &[],
    );
    check(
        &[
            ("2.1", "WHEN the price is at least 10.00 EUR, THE Shop SHALL accept the offer."),
            ("2.2", "WHEN the price is at most 9.99 EUR, THE Shop SHALL reject the offer."),
        ],
        &[],
    );
}

#[test]
fn a_state_that_the_glossary_names_and_a_requirement_forgets_is_a_gap() {
    let texts = [
        ("3.1", "WHILE the account is active, THE Shop SHALL accept the payment."),
        ("3.2", "WHILE the account is suspended, THE Shop SHALL reject the payment."),
    ];
    let glossary = [("Account_State", "One of active, suspended, or closed.")];
    let conclusions = check_with(&texts, &glossary, &[(Kind::Gap, &["3.1", "3.2"])]);
    assert_eq!(conclusions.told[0].example.as_deref(), Some("while the account is closed"));
    check_with(&texts, &[("Account_State", "One of active or suspended.")], &[]);
}

#[test]
fn a_state_that_another_requirement_names_is_a_gap_and_an_event_is_none() {
    let texts = |last: &'static str| {
        [
            ("3.1", "WHILE the account is active, THE Shop SHALL accept the payment."),
            ("3.2", "WHILE the account is suspended, THE Shop SHALL reject the payment."),
            ("4.1", last),
        ]
    };
    check(&texts("WHILE the account is closed, THE Shop SHALL hide the balance."), &[(Kind::Gap, &["3.1", "3.2"])]);
    check(&texts("WHEN the account is created, THE Shop SHALL hide the balance."), &[]);
}

#[test]
fn a_condition_that_another_includes_is_an_overlap() {
    let conclusions = check(
        &[
            ("1.1", "WHEN the amount exceeds 100 EUR, THE Shop SHALL ask the owner."),
            ("1.2", "WHEN the amount exceeds 500 EUR, THE Shop SHALL ask the owner."),
        ],
        &[(Kind::Overlap, &["1.2", "1.1"])],
    );
    assert_eq!(conclusions.told[0].text, "whenever 1.2 applies, 1.1 says `ask the owner` already: amount = 501 EUR");
    assert_eq!(conclusions.told[0].example.as_deref(), Some("amount = 501 EUR"));
    check(
        &[
            ("1.1", "WHEN a user opens the page, THE Shop SHALL show the cart."),
            ("1.2", "WHEN the user opens a page, THE Shop SHALL show the cart."),
        ],
        &[(Kind::Overlap, &["1.1", "1.2"])],
    );
    check(
        &[
            ("1.1", "WHEN the age is between 10 and 20, THE Shop SHALL ask the owner."),
            ("1.2", "WHEN the age is between 15 and 30, THE Shop SHALL ask the owner."),
        ],
        &[(Kind::Overlap, &["1.1", "1.2"])],
    );
}

#[test]
fn whole_steps_never_make_one_condition_include_another() {
    check(
        &[
            ("1.1", "WHEN the temperature exceeds 1 degree, THE Shop SHALL ring the bell."),
            ("1.2", "WHEN the temperature is at least 2 degrees, THE Shop SHALL ring the bell."),
        ],
        &[(Kind::Overlap, &["1.2", "1.1"])],
    );
}

#[test]
fn a_condition_that_can_never_hold_is_told_and_nothing_follows_from_it() {
    check(
        &[
            ("1.1", "WHEN the amount exceeds 10 EUR and the amount is below 5 EUR, THE Shop SHALL ask the owner."),
            ("1.2", "WHEN the amount exceeds 7 EUR, THE Shop SHALL ask the owner."),
        ],
        &[(Kind::Impossible, &["1.1"])],
    );
}

#[test]
fn settings_of_one_thing_that_differ_are_a_contradiction() {
    check(
        &[
            ("1.1", "THE Shop SHALL set the session timeout to 30 minutes."),
            ("5.2", "WHILE the user is remembered, THE Shop SHALL set the session timeout to 1 hour."),
        ],
        &[(Kind::Contradiction, &["1.1", "5.2"])],
    );
}

#[test]
fn what_always_holds_meets_every_condition() {
    check(
        &[
            ("1.1", "THE Shop SHALL NOT log card numbers."),
            ("4.2", "WHEN a payment fails, THE Shop SHALL log card numbers."),
        ],
        &[(Kind::Contradiction, &["1.1", "4.2"])],
    );
}

/// Pieces of which criteria are made, good and bad.
const PIECES: [&str; 34] = [
    "WHEN ", "WHILE ", "IF ", "WHERE ", ", THEN ", ", THE Shop SHALL ", "THE Shop SHALL NOT ", " and ", " or ", "the amount ", "exceeds ", "is at most ",
    "is between ", "100 EUR", "5 and 10", "3 items", "1.5 s", "the account ", "is locked", "is not locked", "is locked, open or shut", "accept the payment",
    "reject the payment", "set the limit to ", "retry 3 times", "a user clicks `x", "\"", "(", ")", "; ", "|", "не ", "9999999999999999999999", "\u{0}",
];

fn soup(pieces: &[usize]) -> String {
    pieces.iter().map(|piece| PIECES[piece % PIECES.len()]).collect()
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(300))]

    #[test]
    fn no_text_panics_and_no_word_of_it_reaches_the_solver(texts in proptest::collection::vec(proptest::collection::vec(0usize..34, 0..14), 1..6), answer in ".{0,40}") {
        let criteria: Vec<CriterionText> = texts.iter().enumerate().map(|(n, pieces)| CriterionText { id: format!("1.{n}"), text: soup(pieces) }).collect();
        let analysis = plan(&criteria, &[]);
        for query in &analysis.queries {
            for word in ["amount", "locked", "click", "Shop", "`", "|", "\""] {
                assert!(!query.smt.contains(word), "{}", query.smt);
            }
        }
        let verdict = answer.split('\n').next().unwrap_or_default().trim();
        proptest::prop_assume!(!matches!(verdict, "sat" | "unsat"));
        let answers: Vec<_> = analysis.queries.iter().map(|query| (query.id.clone(), answer.clone())).collect();
        assert!(conclude(&analysis, &answers).told.iter().all(|told| told.kind == Kind::Undecided));
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(40))]

    /// Sound sentences of the pieces: the solver takes every query, and whatever it says is used.
    #[test]
    fn the_solver_takes_every_query(sentences in proptest::collection::vec((0usize..4, 0usize..6, 0usize..6, 0usize..4), 2..7)) {
        let conditions = ["the amount exceeds 100 EUR", "the amount is at most 100.5 EUR", "the account is locked", "the account is not locked", "the age is between 5 and 10", "a user clicks the bell"];
        let responses = ["accept the payment", "reject the payment", "set the session limit to 3 minutes", "set the session limit to 20 s"];
        let texts: Vec<(String, String)> = sentences.iter().enumerate().map(|(n, (joint, one, other, response))| {
            let joint = ["", " and ", " or ", ""][*joint];
            let more = if joint.is_empty() { "" } else { conditions[*other] };
            (format!("1.{n}"), format!("WHILE {}{joint}{more}, THE Shop SHALL {}.", conditions[*one], responses[*response]))
        }).collect();
        let criteria: Vec<CriterionText> = texts.into_iter().map(|(id, text)| CriterionText { id, text }).collect();
        let analysis = plan(&criteria, &[]);
        let answers: Vec<_> = analysis.queries.iter().map(|query| (query.id.clone(), solve(query))).collect();
        let told = conclude(&analysis, &answers).told;
        let unusable: Vec<_> = told.iter().filter(|told| told.text.contains("no answer that can be used")).collect();
        assert!(unusable.is_empty(), "{unusable:#?}\n{answers:#?}");
    }
}
