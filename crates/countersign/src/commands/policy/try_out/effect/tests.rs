use super::*;

fn known() -> Vec<(Environment, Generation)> {
    let environment = |name: &str, tier| Environment { name: EnvironmentName::new(name), tier, paths: Vec::new(), hosts: Vec::new(), remotes: Vec::new(), recovery: Vec::new(), owners: Vec::new(), terms: Default::default(), identities: Vec::new() };
    vec![(environment("production/eu", Tier::Production), Generation(1)), (environment("development", Tier::Staging), Generation(1))]
}

#[test]
fn an_effect_is_read_word_by_word() {
    let effect = read("delete database the orders in production/eu irreversible data-bearing whole-environment at-least", &known()).unwrap();
    assert_eq!((effect.verb, effect.resource.kind.as_str(), effect.resource.name.as_str(), effect.tier), (Verb::Delete, "database", "the orders", Tier::Production));
    assert_eq!((effect.reversibility, effect.certainty, effect.data_bearing, effect.whole_environment), (Reversibility::Irreversible, Certainty::AtLeast, true, true));
    let plain = read("  update   file in workspace", &known()).unwrap();
    assert_eq!(plain, Effect::in_workspace(Verb::Update, Resource::new("file", "any")));
    assert_eq!(read("opaque command in host", &[]).unwrap().certainty, Certainty::Opaque, "what is opaque is never exact");
    assert_eq!(read("read file in development", &known()).unwrap().tier, Tier::Staging, "what the service maps is what it says");
    assert_eq!(read("read file in development", &[]).unwrap().tier, Tier::Development);
}

#[test]
fn what_cannot_be_read_says_where_and_what_would_do() {
    let table = [
        ("", "ends before word 1"),
        ("erase file in host", "word 1, `erase`, is no verb"),
        ("delete", "ends before word 2"),
        ("delete file", "ends before word 3, where `in`"),
        ("delete file in", "ends before word 4, where a place"),
        ("delete file x in mars", "word 5, `mars`, is no place"),
        ("delete file in host forever", "word 5, `forever`, is no mark"),
        ("delete file in ho\u{202e}st", "`ho\\u{202e}st`"),
    ];
    for (text, says) in table {
        let complaint = format!("{:#}", read(text, &known()).unwrap_err());
        assert!(complaint.contains(says) && complaint.contains("\nhint: "), "{text:?}: {complaint}");
        assert!(!complaint.contains('\u{202e}'));
    }
}
