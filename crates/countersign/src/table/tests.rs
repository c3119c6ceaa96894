use super::*;

fn spent(money: &[&str], unpriced: &[(&str, u64)]) -> Spent {
    let mut spent = Spent::default();
    money.iter().for_each(|text| spent.money.add(text.parse().unwrap()));
    spent.unpriced = unpriced.iter().map(|(model, n)| ((*model).to_owned(), *n)).collect();
    spent
}

#[test]
fn columns_stand_below_each_other() {
    let rows = [vec!["model".into(), "a".into(), "cost".into()], vec!["x".into(), "1000".into(), "2".into()]];
    assert_eq!(lines(&rows, 1), ["model     a  cost", "x      1000     2"]);
    assert_eq!(lines(&[], 1), Vec::<String>::new());
}

#[test]
fn an_unknown_cost_is_named_beside_what_is_known() {
    for (known, unknown, said) in [
        (&["1.50 USD"][..], &[][..], "1.50 USD"),
        (&["1.50 USD", "2 EUR"], &[("a/b", 1)], "2.00 EUR + 1.50 USD + unknown for 1 request"),
        (&[], &[("a/b", 1), ("a/c", 2)], "unknown for 3 requests"),
        (&[], &[], "nothing"),
    ] {
        assert_eq!(money(&spent(known, unknown)), said);
    }
    assert_eq!(cost(None), "unknown");
}

#[test]
fn amounts_for_scripts_are_exact_texts() {
    assert_eq!(amount(&"0.000000000001 USD".parse().unwrap()), json!({"currency": "USD", "amount": "0.000000000001"}));
    let value = json_of(&spent(&["1 USD"], &[("a/b", 2)]));
    assert_eq!((&value["money"], &value["unpriced"]), (&json!([{"currency": "USD", "amount": "1.00"}]), &json!({"a/b": 2})));
}
