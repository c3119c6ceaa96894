use action::{Deed, EnvironmentName, IntentId, Quorum, Resource, SessionId, Tier, Verb};

use super::*;

const SCHEMA: &str = include_str!("../../../../policies/schema.cedarschema");

fn guard(policies: &str) -> Guard {
    Guard::new(PolicySource { policies, schema: SCHEMA }, GuardKey::generate([1; 32])).unwrap()
}

fn judge(policies: &str, tier: Tier) -> Verdict {
    let intent = Intent {
        v: 1,
        id: IntentId::new("i"),
        session: SessionId::new("s"),
        turn: 1,
        asked_by: PersonId::new("probe"),
        agent: AgentName::new("probe"),
        deed: Deed::List { path: ".".into() },
    };
    let effect = Effect::in_workspace(Verb::Update, Resource::new("file", "x")).at(EnvironmentName::new("e"), tier);
    guard(policies).assess(&intent, &Effects::new(vec![effect]), &Circumstances::probe())
}

fn rules(verdict: &Verdict) -> Vec<&str> {
    verdict.reasons.iter().map(|r| r.rule.as_str()).collect()
}

const ALLOW: &str = "@id(\"all\") @reason(\"all of it\") permit (principal, action, resource);";

#[test]
fn an_empty_policy_refuses_everything() {
    let verdict = judge("", Tier::Workspace);
    assert_eq!((verdict.decision, rules(&verdict)), (Decision::Refuse, vec!["nothing-permits"]));
}

#[test]
fn a_policy_that_permits_says_which_rule() {
    let verdict = judge(ALLOW, Tier::Host);
    assert_eq!((verdict.decision, rules(&verdict)), (Decision::Permit, vec!["all"]));
}

/// Cedar skips a forbid that errors and would permit here; the guard refuses.
#[test]
fn a_rule_that_errors_is_a_refusal_and_not_a_skipped_rule() {
    let forbid = "@id(\"broken\") @reason(\"it errs where customers are\") forbid (principal, action, resource) \
                  when { context.boxed && 9223372036854775807 + 1 > 0 };";
    let policies = format!("{ALLOW}{forbid}");
    assert_eq!(judge(&policies, Tier::Host).decision, Decision::Permit);
    let guard = guard(&policies);
    let intent = Intent {
        v: 1,
        id: IntentId::new("i"),
        session: SessionId::new("s"),
        turn: 1,
        asked_by: PersonId::new("probe"),
        agent: AgentName::new("probe"),
        deed: Deed::List { path: ".".into() },
    };
    let boxed = Circumstances { boxed: true, ..Circumstances::probe() };
    let verdict = guard.assess(&intent, &Effects::default(), &boxed);
    assert_eq!((verdict.decision, rules(&verdict)), (Decision::Refuse, vec!["policy-error"]));
    assert!(verdict.reasons[0].text.contains("overflow"), "{}", verdict.reasons[0].text);
    let effects = Effects::default();
    let any = Signatures { any: true, peer: true, two_peers: true, owner: true, ..Signatures::default() };
    let against = guard.ask_with(&intent, &effects, &boxed, any).unwrap_err();
    assert_eq!(against[0].rule, "policy-error");
}

#[test]
fn the_first_rung_that_is_allowed_decides() {
    for (unless, decision) in [
        ("context.signed", Decision::Hold { quorum: Quorum::ANYONE }),
        ("context.signedByPeer", Decision::Hold { quorum: Quorum::PEER }),
        ("context.signedByTwoPeers", Decision::Hold { quorum: Quorum::TWO_WITH_OWNER }),
        ("context.signedByOwner", Decision::Hold { quorum: Quorum::TWO_WITH_OWNER }),
        ("context.boxed", Decision::Refuse),
    ] {
        let forbid = format!("@id(\"ask\") @reason(\"ask\") forbid (principal, action, resource) unless {{ {unless} }};");
        let verdict = judge(&format!("{ALLOW}{forbid}"), Tier::Production);
        assert_eq!((verdict.decision, rules(&verdict)), (decision, vec!["ask"]), "{unless}");
    }
}

#[test]
fn each_rung_holds_all_that_those_below_it_hold() {
    let facts = |s: Signatures| [s.any, s.peer, s.two_peers, s.owner, s.two, s.admin, s.other_admin];
    for pair in LADDER.windows(2).chain(GOVERNING.windows(2)) {
        assert!(pair[0].decision < pair[1].decision);
        assert!(facts(pair[0].signatures).iter().zip(facts(pair[1].signatures)).all(|(below, above)| !below || above));
    }
    assert_eq!(LADDER[0].decision, Decision::Permit);
    assert_eq!([LADDER[0].signatures, GOVERNING[0].signatures], [Signatures::default(); 2]);
}

#[test]
fn registries_are_named_without_case_and_are_part_of_the_policy() {
    let source = PolicySource { policies: ALLOW, schema: SCHEMA };
    let named = Guard::with_registries(source, ["Crates.IO"], GuardKey::generate([1; 32])).unwrap();
    assert!(named.registries.contains("crates.io"));
    assert_ne!(named.policy_digest(), guard(ALLOW).policy_digest());
    let usual = Guard::with_registries(source, USUAL_REGISTRIES, GuardKey::generate([1; 32])).unwrap();
    assert_eq!(usual.registries.len(), USUAL_REGISTRIES.len());
}

#[test]
fn a_guard_is_shared_between_threads() {
    fn shared<T: Send + Sync>(_: &T) {}
    shared(&guard(ALLOW));
}

#[test]
fn a_policy_that_was_checked_before_is_the_same_policy() {
    let text = include_str!("../../../../policies/default.cedar");
    let source = PolicySource { policies: text, schema: SCHEMA };
    let whole = Guard::with_registries(source, ["npm.example"], GuardKey::generate([1; 32])).unwrap();
    let prepared = crate::prepared(text).unwrap();
    let read = Guard::with_prepared(source, &prepared, ["npm.example"], GuardKey::generate([1; 32])).unwrap();
    assert_eq!(whole.policy_digest(), read.policy_digest());
    assert_eq!(whole.rules.in_order(), read.rules.in_order());
    for bad in ["permit", "[{}]", "[1]", "{}", "[{\"effect\":\"permit\"}]"] {
        assert!(Guard::with_prepared(source, bad, [], GuardKey::generate([1; 32])).is_err(), "{bad}");
    }
    assert!(crate::prepared("permit").is_err() && crate::prepared("permit (principal, action, resource);").is_err());
}

#[test]
fn a_rule_that_errors_is_a_refusal_also_where_nobody_checked_it() {
    let policies = format!("{ALLOW} @id(\"broken\") @reason(\"it errs\") forbid (principal, action, resource) when {{ context.nothing > 0 }};");
    let prepared = crate::prepared(&policies).unwrap();
    let guard = Guard::with_prepared(PolicySource { policies: &policies, schema: SCHEMA }, &prepared, [], GuardKey::generate([1; 32])).unwrap();
    let intent = Intent {
        v: 1,
        id: IntentId::new("i"),
        session: SessionId::new("s"),
        turn: 1,
        asked_by: PersonId::new("probe"),
        agent: AgentName::new("probe"),
        deed: Deed::List { path: ".".into() },
    };
    let verdict = guard.assess(&intent, &Effects::default(), &Circumstances::probe());
    assert_eq!((verdict.decision, rules(&verdict)), (Decision::Refuse, vec!["policy-error"]));
}
