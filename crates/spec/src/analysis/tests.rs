use super::*;

fn criteria(texts: &[(&str, &str)]) -> Vec<CriterionText> {
    texts.iter().map(|(id, text)| CriterionText { id: (*id).to_owned(), text: (*text).to_owned() }).collect()
}

/// The queries' names without their numbers.
fn asked(texts: &[(&str, &str)]) -> Vec<String> {
    let analysis = plan(&criteria(texts), &[]);
    assert_eq!(analysis.unformalized, [], "all is formalized");
    analysis.queries.iter().map(|query| query.id.0.split_once(' ').unwrap().1.to_owned()).collect()
}

const ACCEPT: &str = "WHEN the amount exceeds 100 EUR, THE Shop SHALL accept the payment.";
const REJECT: &str = "WHILE the account is locked, THE Shop SHALL reject the payment.";

#[test]
fn only_pairs_that_speak_of_one_act_are_asked_about() {
    assert_eq!(asked(&[("1.1", ACCEPT), ("2.1", REJECT)]), ["contradiction 1.1 2.1"]);
    assert_eq!(asked(&[("1.1", ACCEPT), ("1.2", "THE Shop SHALL reject the coupon.")]), [] as [&str; 0]);
    assert_eq!(asked(&[("1.1", ACCEPT), ("1.2", "THE Bank SHALL reject the payment.")]), [] as [&str; 0]);
}

#[test]
fn the_request_of_another_requirement_is_another_request() {
    let (one, other) = ("WHILE the account is open, THE Shop SHALL accept the request.", "WHILE the shop is closed, THE Shop SHALL reject the request.");
    assert_eq!(asked(&[("1.1", one), ("1.2", other)]), ["contradiction 1.1 1.2"]);
    assert_eq!(asked(&[("1.1", one), ("2.1", other)]), [] as [&str; 0]);
}

#[test]
fn two_events_in_words_are_never_assumed_to_be_able_to_meet() {
    let analysis = plan(
        &criteria(&[("1.1", "WHEN the bank confirms, THE Shop SHALL accept the order."), ("1.2", "WHEN the card fails, THE Shop SHALL reject the order.")]),
        &[],
    );
    assert!(analysis.queries.is_empty());
    let told = conclude(&analysis, &[]).told;
    assert_eq!((told.len(), told[0].kind), (1, Kind::Undecided));
    assert!(told[0].text.contains("opposite things"), "{}", told[0].text);
}

#[test]
fn a_state_that_is_only_ever_an_event_is_one() {
    let texts = |keyword: &str| criteria(&[
        ("1.1", "WHEN a user leaves, THE Shop SHALL delete the cart."),
        ("1.2", &format!("{keyword} the network is lost, THE Shop SHALL keep the cart.")),
    ]);
    assert_eq!(plan(&texts("WHEN"), &[]).queries.len(), 0);
    assert_eq!(plan(&texts("WHILE"), &[]).queries.len(), 1);
}

#[test]
fn what_is_not_put_into_logic_is_named_with_the_reason() {
    let texts = [
        ("1.1", "WHEN it fails, THE Shop SHALL retry.", "`it`"),
        ("1.2", "The shop is fast.", "no SHALL"),
        ("1.3", "FOR ALL orders, THE Shop SHALL keep the total.", "`FOR`"),
        ("1.4", "WHEN the amount exceeds the limit, THE Shop SHALL reject the payment.", "without a number"),
        ("1.5", "THE Shop SHALL reject the payment unless the account is open.", "`unless`"),
        ("1.6", "WHILE the door is open, WHEN the door is shut, THE Shop SHALL ring.", "several states of `door`"),
    ];
    let analysis = plan(&criteria(&texts.map(|(id, text, _)| (id, text))), &[]);
    assert_eq!(analysis.formalized().count(), 0);
    for ((id, _, why), said) in texts.iter().zip(&analysis.unformalized) {
        assert_eq!(*id, said.criterion);
        assert!(said.why.contains(why), "{id}: {}", said.why);
    }
}

#[test]
fn no_answer_a_limit_or_an_error_is_not_decided_and_never_all_clear() {
    let analysis = plan(&criteria(&[("1.1", ACCEPT), ("1.2", REJECT)]), &[]);
    let id = analysis.queries[0].id.clone();
    let answers = ["", "unknown", "(error \"x\")", "cvc5 interrupted by timeout.", "sat\n((q0 1) (s0 1))"];
    for answers in answers.iter().map(|text| vec![(id.clone(), (*text).to_owned())]).chain([Vec::new()]) {
        let told = conclude(&analysis, &answers).told;
        assert_eq!(told.iter().map(|told| told.kind).collect::<Vec<_>>(), [Kind::Undecided], "{answers:?}");
    }
    assert_eq!(conclude(&analysis, &[(id, "unsat\n".to_owned())]).told, []);
}

#[test]
fn a_contradiction_is_told_with_its_example() {
    let analysis = plan(&criteria(&[("1.2", ACCEPT), ("1.5", REJECT)]), &[]);
    let answer = (analysis.queries[0].id.clone(), "sat\n((q0 150) (s0 1))\n".to_owned());
    let told = conclude(&analysis, &[answer]).told;
    assert_eq!(told[0].text, "amount = 150 EUR while the account is locked: 1.2 says `accept the payment`, 1.5 says `reject the payment`");
    assert_eq!((told[0].kind, &told[0].criteria), (Kind::Contradiction, &vec!["1.2".to_owned(), "1.5".to_owned()]));
}

#[test]
fn equal_ids_do_not_mix_up_answers() {
    let analysis = plan(&criteria(&[("1.1", ACCEPT), ("1.1", REJECT), ("1.1", REJECT)]), &[]);
    let ids: BTreeSet<&QueryId> = analysis.queries.iter().map(|query| &query.id).collect();
    assert_eq!(ids.len(), analysis.queries.len());
}

#[test]
fn hostile_masses_end_and_say_so() {
    let many: Vec<CriterionText> = (0..20_000)
        .map(|n| CriterionText { id: format!("1.{n}"), text: format!("WHEN the amount exceeds {n} EUR, THE Shop SHALL {} the payment.", if n % 2 == 0 { "accept" } else { "reject" }) })
        .collect();
    let analysis = plan(&many, &[]);
    assert!(analysis.queries.len() < 20_000);
    let told = conclude(&analysis, &[]).told;
    assert!(told.iter().any(|told| told.text.contains("too many")));
    let long = CriterionText { id: "1.1".to_owned(), text: "WHEN \"a ".repeat(1_000_000) };
    assert_eq!(plan(&[long], &[]).unformalized.len(), 1);
}
