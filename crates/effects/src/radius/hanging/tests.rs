use super::*;

fn effect(verb: Verb, name: &str) -> Effect {
    Effect::in_workspace(verb, Resource::new("resource", name))
}

fn needs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(who, what)| ((*who).to_owned(), (*what).to_owned())).collect()
}

/// What ends and by whom it is needed, and who is bereft.
fn hang(effects: &[Effect], pairs: &[(&str, &str)]) -> (Vec<(String, String)>, String) {
    let all: Vec<&Effect> = effects.iter().collect();
    let (ended, bereft) = of(&all, &needs(pairs));
    (ended.into_iter().map(|ended| (ended.resource.name, ended.needed_by.join(" "))).collect(), bereft.join(" "))
}

#[test]
fn what_ends_names_who_needs_it_and_what_stays_is_told_through_others() {
    let effects = [effect(Verb::Delete, "net"), effect(Verb::Replace, "db"), effect(Verb::Update, "app"), effect(Verb::Delete, "alone")];
    let (ended, bereft) = hang(&effects, &[("db", "net"), ("app", "db"), ("web", "app"), ("other", "bucket")]);
    assert_eq!(ended, [("net".to_owned(), "db".to_owned()), ("db".to_owned(), "app".to_owned())]);
    assert_eq!(bereft, "app web", "`db` goes itself, `other` needs nothing that goes");
}

#[test]
fn what_only_changes_takes_nothing_along() {
    assert_eq!(hang(&[effect(Verb::Update, "net"), effect(Verb::Create, "db")], &[("db", "net")]), (Vec::new(), String::new()));
}

#[test]
fn circles_end() {
    let (_, bereft) = hang(&[effect(Verb::Delete, "a")], &[("b", "a"), ("c", "b"), ("b", "c"), ("a", "c")]);
    assert_eq!(bereft, "b c");
}

#[test]
fn an_instance_is_needed_as_what_was_written() {
    let (ended, bereft) = hang(&[effect(Verb::Delete, r#"module.m["a]b"].db[0]"#)], &[("app", "module.m.db")]);
    assert_eq!((ended.len(), bereft.as_str()), (1, "app"));
    for (name, plain) in [("a.b", "a.b"), ("a.b[0]", "a.b"), (r#"a["x.\"]y"].b"#, "a.b"), ("a]b", "a]b"), ("a[0", "a"), ("", "")] {
        assert_eq!(without_instances(name), plain, "{name}");
    }
}

#[test]
fn five_thousand_in_a_row_are_one_walk() {
    let names: Vec<String> = (0..5_000).map(|n| format!("r{n}")).collect();
    let effects: Vec<Effect> = names.iter().take(2_500).map(|name| effect(Verb::Delete, name)).collect();
    let chain: Vec<(String, String)> = names.windows(2).map(|pair| (pair[1].clone(), pair[0].clone())).collect();
    let all: Vec<&Effect> = effects.iter().collect();
    let (ended, bereft) = of(&all, &chain);
    assert_eq!((ended.len(), bereft.len()), (2_500, 2_500));
}
