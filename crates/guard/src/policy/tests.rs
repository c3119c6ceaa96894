use super::*;

const SCHEMA: &str = include_str!("../../../../policies/schema.cedarschema");
const DEFAULT: &str = include_str!("../../../../policies/default.cedar");

fn load(policies: &str) -> Result<Rules, BadPolicy> {
    Rules::load(&PolicySource { policies, schema: SCHEMA })
}

fn rule(when: &str) -> String {
    format!("@id(\"a\") @reason(\"b\") permit (principal, action, resource) when {{ {when} }};")
}

#[track_caller]
fn bad(policies: &str) -> BadPolicy {
    load(policies).err().expect("a policy that is not taken")
}

#[test]
fn the_shipped_policy_is_taken_and_every_rule_is_a_sentence() {
    let rules = load(DEFAULT).unwrap();
    assert!(rules.spoken.len() >= 15);
    for spoken in rules.spoken.values() {
        assert!(spoken.reason.text.contains(' ') && !spoken.reason.text.ends_with('.'), "{}", spoken.reason.text);
    }
}

#[test]
fn rules_keep_the_order_of_the_text() {
    let rules = load(DEFAULT).unwrap();
    let place = |rule: &str| rules.spoken[&PolicyId::new(rule)].place;
    assert_eq!(place("inside-the-box"), 0);
    assert!(place("leaves-the-box") < place("production"));
    assert!(place("production") < place("grave-in-production"));
    assert_eq!(place("stopped"), rules.spoken.len() - 1);
}

#[test]
fn what_does_not_parse_is_not_taken() {
    assert!(matches!(bad("permit (principal"), BadPolicy::Unreadable { .. }));
    let schema = Rules::load(&PolicySource { policies: DEFAULT, schema: "entity {" });
    assert!(matches!(schema.err(), Some(BadPolicy::Schema { .. })));
}

#[test]
fn rules_without_names_or_reasons_are_not_taken() {
    assert_eq!(bad("permit (principal, action, resource);"), BadPolicy::Unnamed { number: 1 });
    assert_eq!(bad("@id(\"a\") permit (principal, action, resource);"), BadPolicy::Silent { rule: "a".into() });
    assert_eq!(bad("@id(\"a\") @reason(\" \") permit (principal, action, resource);"), BadPolicy::Silent { rule: "a".into() });
    let twice = rule("context.boxed").repeat(2);
    assert_eq!(bad(&twice), BadPolicy::TwiceNamed { rule: "a".into() });
}

#[test]
fn templates_are_not_taken() {
    assert_eq!(bad("@id(\"a\") @reason(\"b\") permit (principal == ?principal, action, resource);"), BadPolicy::Template);
}

#[test]
fn typing_errors_and_misspelt_names_are_not_taken() {
    for when in [
        "context.boxd",
        "context.boxed == 1",
        "context.kind > 3",
        "resource.tier == Tier::\"prodution\"",
        "resource.tier == \"production\"",
        "action == Action::\"destroy\"",
        "principal.team == \"web\"",
    ] {
        assert!(matches!(bad(&rule(when)), BadPolicy::Invalid { .. }), "{when}");
    }
}

#[test]
fn a_rule_that_can_never_speak_is_not_taken() {
    assert!(matches!(bad(&rule("false")), BadPolicy::Invalid { .. }));
}

#[test]
fn a_schema_that_does_not_know_the_guards_facts_is_not_taken() {
    let any = rule("true");
    for (from, to) in [
        ("frozen: Bool,", "frozen: Long,"),
        ("stopped: Bool,", ""),
        ("\"grant\", ", ""),
        ("\"unknown\"]", "\"other\"]"),
        ("stopped: Bool,", "stopped: Bool, weather: String,"),
        ("person: String,", "person: Long,"),
    ] {
        let schema = SCHEMA.replacen(from, to, 1);
        assert_ne!(schema, SCHEMA, "{from}");
        let taken = Rules::load(&PolicySource { policies: &any, schema: &schema });
        assert!(matches!(taken.err(), Some(BadPolicy::Facts { .. })), "{from} → {to}");
    }
}

#[test]
fn a_rule_that_always_errors_is_found_at_load() {
    let error = bad(&rule("9223372036854775807 + 1 > 0"));
    assert!(matches!(&error, BadPolicy::Facts { why } if why.contains("overflow")), "{error}");
}

#[test]
fn the_digest_stands_for_texts_and_registries() {
    let source = PolicySource { policies: DEFAULT, schema: SCHEMA };
    let one = digest(&source, &[]).unwrap();
    assert_eq!(one, digest(&source, &[]).unwrap());
    assert_ne!(one, digest(&source, &["crates.io"]).unwrap());
    assert_ne!(one, digest(&PolicySource { schema: "", ..source }, &[]).unwrap());
    assert_ne!(one, digest(&PolicySource { policies: "", ..source }, &[]).unwrap());
}
