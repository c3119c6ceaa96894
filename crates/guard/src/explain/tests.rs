use action::{AgentName, Deed, Effect, EnvironmentName, Generation, IntentId, PersonId, Quorum, Resource, SessionId, Tier, Verb};

use super::*;
use crate::{Electorate, GuardKey};

const POLICIES: &str = include_str!("../../../../policies/default.cedar");
const SCHEMA: &str = include_str!("../../../../policies/schema.cedarschema");

fn guard() -> Guard {
    Guard::new(PolicySource { policies: POLICIES, schema: SCHEMA }, GuardKey::generate([1; 32])).unwrap()
}

fn asked() -> (Intent, Circumstances) {
    let (asked_by, agent) = (PersonId::new("ana"), AgentName::new("engineer"));
    let deed = Deed::Shell { command: "./x".into(), cwd: ".".into(), seconds: 1, background: false };
    let circumstances = Circumstances { asked_by: asked_by.clone(), agent: agent.clone(), boxed: true, in_force: Default::default(), generation: Generation(1), stopped: false, electorate: Electorate::default(), terms: Default::default() };
    (Intent { v: 1, id: IntentId::new("i"), session: SessionId::new("s"), turn: 1, asked_by, agent, deed }, circumstances)
}

fn file(verb: Verb, name: &str, tier: Tier) -> Effect {
    Effect::in_workspace(verb, Resource::new("file", name)).at(EnvironmentName::new("place"), tier)
}

#[test]
fn each_kind_of_effect_is_told_rung_by_rung_up_to_the_one_that_is_allowed() {
    let (intent, circumstances) = asked();
    let effects = Effects::new(vec![file(Verb::Update, "a", Tier::Production), file(Verb::Update, "b", Tier::Production), file(Verb::Update, "c", Tier::Host)]);
    let told = guard().explain(&intent, &effects, &circumstances).unwrap();
    assert_eq!(told.iter().map(|one| one.lines.len()).collect::<Vec<_>>(), [2, 1]);
    let rungs: Vec<(Decision, bool)> = told[0].rungs.iter().map(|rung| (rung.with, rung.allowed)).collect();
    let hold = |quorum| Decision::Hold { quorum };
    assert_eq!(rungs, [(Decision::Permit, false), (hold(Quorum::ANYONE), false), (hold(Quorum::PEER), true)]);
    let rules = |rung: &Rung| rung.rules.iter().map(|rule| rule.rule.clone()).collect::<Vec<_>>();
    assert_eq!(rules(&told[0].rungs[0]), ["production", "leaves-the-box"]);
    assert_eq!(rules(&told[0].rungs[1]), ["production"]);
    assert_eq!(rules(&told[0].rungs[2]), ["somebody-signed"]);
}

/// The explanation ends where the verdict is: for every rung and for what no rung allows.
#[test]
fn an_explanation_agrees_with_the_verdict() {
    let (intent, mut circumstances) = asked();
    let guard = guard();
    for tier in [Tier::Workspace, Tier::Host, Tier::Staging, Tier::Production, Tier::Unknown] {
        for verb in [Verb::Read, Verb::Update, Verb::Delete, Verb::Opaque] {
            for frozen in [false, true] {
                circumstances.in_force.frozen = if frozen { everywhere() } else { Vec::new() };
                let effects = Effects::new(vec![file(verb, "a", tier)]);
                let told = guard.explain(&intent, &effects, &circumstances).unwrap();
                let last = told[0].rungs.last().unwrap();
                let decision = if last.allowed { last.with } else { Decision::Refuse };
                assert_eq!(decision, guard.assess(&intent, &effects, &circumstances).decision, "{verb} at {tier}, frozen: {frozen}");
            }
        }
    }
}

#[test]
fn a_policy_that_is_checked_lists_its_rules_or_says_what_is_wrong() {
    let rules = check(&PolicySource { policies: POLICIES, schema: SCHEMA }).unwrap();
    assert_eq!(rules.first().map(|rule| rule.rule.as_str()), Some("inside-the-box"));
    assert!(rules.iter().any(|rule| rule.rule == "people-two-admins"));
    assert!(matches!(check(&PolicySource { policies: "permit (principal, action, resource);", schema: SCHEMA }), Err(BadPolicy::Unnamed { number: 1 })));
}

fn everywhere() -> Vec<EnvironmentName> {
    vec![EnvironmentName::new("place")]
}
