use action::{Concern, Tier, Verb};
use proptest::prelude::*;

use super::*;
use crate::guard::Circumstances;
use crate::ladder::Signatures;
use crate::policy::Rules;
use crate::question::Question;

const POLICIES: &str = include_str!("../../../../policies/default.cedar");

fn both(text: &str) -> (Rules, Rules) {
    (Rules::load_checked(text).unwrap(), Rules::load_prepared(&prepared(text).unwrap()).unwrap())
}

fn verb() -> impl Strategy<Value = Verb> {
    prop::sample::select(vec![Verb::Read, Verb::Create, Verb::Update, Verb::Execute, Verb::DisableProtection, Verb::Grant, Verb::Expose, Verb::Replace, Verb::Delete, Verb::Opaque])
}

fn tier() -> impl Strategy<Value = Tier> {
    prop::sample::select(vec![Tier::Workspace, Tier::Host, Tier::Development, Tier::Staging, Tier::Production, Tier::Unknown])
}

fn kind() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["file", "host", "page", "secret", "gate", "agent-config", "database", "key", "person", "access", "wide-access", "break-glass", "review"])
}

fn concern() -> impl Strategy<Value = Option<Concern>> {
    prop::sample::select(vec![None, None, Some(Concern::Administration), Some(Concern::Access), Some(Concern::Emergency)])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is asked, the flat rules answer as those of the text do, for the same reasons in the same order.
    #[test]
    fn flat_rules_say_what_the_text_says(verb in verb(), tier in tier(), kind in kind(), bits in any::<u32>(), concern in concern(), frozen: bool, stopped: bool) {
        static BOTH: std::sync::LazyLock<(Rules, Rules)> = std::sync::LazyLock::new(|| both(POLICIES));
        let (text, flat) = &*BOTH;
        let bit = |n: u32| bits & (1 << n) != 0;
        let question = Question {
            tier, verb, environment: "e", kind,
            registry: bit(0), documentation: bit(1), opaque: bit(2), data_bearing: bit(3), whole_environment: bit(4), irreversible: bit(5), by_hand: bit(6),
            in_tree: bit(7), exact: bit(8), governs: concern, own: bit(10), access: bit(20), frozen, glass: bit(21), before: Default::default(),
        };
        let circumstances = Circumstances { boxed: bit(11), stopped, ..Circumstances::probe() };
        let signatures = Signatures { any: bit(12), peer: bit(13), two_peers: bit(14), owner: bit(15), two: bit(16), two_owners: bit(19), admin: bit(17), other_admin: bit(18) };
        let asked = |rules: &Rules| {
            let inquiry = rules.inquire(&question, &circumstances).unwrap();
            let saying = rules.ask(&inquiry, &question, &circumstances, signatures).unwrap();
            (saying.allowed, saying.reasons)
        };
        prop_assert_eq!(asked(text), asked(flat));
    }
}

/// Where a clause errs, what stands before it decides whether it is reached, as in the text.
#[test]
fn what_errs_errs_in_the_same_place() {
    let rule = |clauses: &str| format!("@id(\"a\") @reason(\"a\") permit (principal, action, resource); @id(\"b\") @reason(\"b\") forbid (principal, action, resource) {clauses};");
    let table = [
        ("when { context.boxed && context.nothing > 0 && context.exact }", [false, true]),
        ("when { (context.boxed || context.exact || context.nothing > 0) && context.byHand && context.stopped }", [true, false]),
        ("when { context.boxed } unless { context.boxed || context.nothing > 0 || context.byHand }", [false, false]),
        ("unless { context.byHand || context.nothing > 0 || context.boxed }", [true, true]),
        ("unless { context.boxed && context.nothing > 0 && context.byHand }", [false, true]),
    ];
    for (clauses, errs) in table {
        let (text, flat) = both(&rule(clauses));
        for (boxed, errs) in [false, true].into_iter().zip(errs) {
            let (question, circumstances) = (Question::probe(Verb::Read, Tier::Host), Circumstances { boxed, ..Circumstances::probe() });
            let asked = |rules: &Rules| {
                let inquiry = rules.inquire(&question, &circumstances).unwrap();
                rules.ask(&inquiry, &question, &circumstances, Signatures::default()).map(|saying| saying.allowed).ok()
            };
            assert_eq!(asked(&text), asked(&flat), "{clauses}, {boxed}");
            assert_eq!(asked(&text).is_none(), errs, "{clauses}, {boxed}");
        }
    }
}

/// The shape: no chain is left in a clause, and trees are shallow.
#[test]
fn chains_are_flat() {
    let rule = "@id(\"a\") @reason(\"a\") permit (principal, action, resource) when { context.a && context.b && !(context.c && context.d && context.e && context.f) } unless { context.g || context.h };";
    let read: Vec<Value> = serde_json::from_str(&prepared(rule).unwrap()).unwrap();
    let clauses = read[0]["conditions"].as_array().unwrap();
    let kinds: Vec<&str> = clauses.iter().map(|clause| clause["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["when", "when", "when", "unless", "unless"]);
    let inner = &clauses[2]["body"]["!"]["arg"]["&&"];
    assert!(inner["left"].get("&&").is_some() && inner["right"].get("&&").is_some(), "{inner}");
    assert!(inner["left"]["&&"]["left"].get("&&").is_none(), "{inner}");
}
