use action::{Certainty, Verb};

use super::mutation;
use crate::place::Place;
use crate::shell::read;
use crate::shell::tests::facts;

#[test]
fn the_method_and_what_is_sent_say_what_is_asked() {
    for (text, verb) in [
        ("curl https://a.example/x", Verb::Read),
        ("curl -s -I https://a.example/x", Verb::Read),
        ("curl -X GET https://a.example/x", Verb::Read),
        ("curl -H 'Accept: x' https://a.example/x", Verb::Read),
        ("curl -X DELETE https://a.example/x", Verb::Delete),
        ("curl -XDELETE https://a.example/x", Verb::Delete),
        ("curl -X GET -X POST https://a.example/x", Verb::Opaque),
        ("curl -d x https://a.example/x", Verb::Opaque),
        ("curl -X GET -d x https://a.example/x", Verb::Opaque),
        ("curl -X \"$M\" https://a.example/x", Verb::Opaque),
        ("curl -T f https://a.example/x", Verb::Opaque),
        ("wget -q https://a.example/x", Verb::Read),
        ("wget --method=DELETE https://a.example/x", Verb::Delete),
        ("wget --post-data=x https://a.example/x", Verb::Opaque),
        ("http a.example/x", Verb::Read),
        ("http GET a.example/x q==1 X-A:b", Verb::Read),
        ("http a.example/x name=ana", Verb::Opaque),
        ("http POST a.example/x", Verb::Opaque),
        ("xh delete a.example/x", Verb::Delete),
        ("curl -H \"Authorization: $T\" https://a.example/x", Verb::Expose),
        ("curl \"https://a.example/?k=$K\"", Verb::Expose),
        ("ping -c 1 a.example", Verb::Read),
        ("dig \"$K.a.example\"", Verb::Expose),
        ("nc a.example 80", Verb::Opaque),
    ] {
        let effects = read(text, &facts(), Place::Host);
        let found = effects.iter().find(|e| e.resource.kind == "host").unwrap_or_else(|| panic!("{text}: {:?}", effects.lines()));
        assert_eq!(found.verb, verb, "{text}: {:?}", effects.lines());
        assert_eq!(found.certainty == Certainty::Opaque, verb != Verb::Read, "{text}");
        assert!(read(text, &facts(), Place::Boxed).iter().any(|e| e.certainty == Certainty::Opaque), "{text}: it leaves the box");
    }
}

#[test]
fn a_mutation_in_the_body_is_named() {
    for (text, note, verb) in [
        ("curl -d '{\"query\":\"mutation { volumeDelete(id: 1) }\"}' https://a.example/graphql", "GraphQL mutation volumeDelete", Verb::Delete),
        ("curl --json '{\"query\":\"mutation M($x: ID) { update(x: $x) }\"}' http://localhost:4000/", "GraphQL mutation update", Verb::Opaque),
        ("http POST a.example/graphql query='mutation { projectReset }'", "GraphQL mutation projectReset", Verb::Delete),
    ] {
        let effects = read(text, &facts(), Place::Host);
        assert!(effects.iter().any(|e| e.verb == verb && e.notes.iter().any(|n| n == note)), "{text}: {:?}", effects.lines());
    }
    assert_eq!(mutation("{\"query\": \"{ permutations }\"}"), None);
    assert_eq!(mutation("mutationx { a }"), None);
    assert_eq!(mutation("mutation{a}").as_deref(), Some("a"));
}

#[test]
fn a_mapped_host_is_its_environment_whatever_is_asked() {
    for text in ["curl https://cost.example.com/x", "http DELETE cost.example.com/x", "xh get https://cost.example.com"] {
        let effects = read(text, &facts(), Place::Host);
        assert_eq!(effects.tier(), action::Tier::Production, "{text}");
    }
}
