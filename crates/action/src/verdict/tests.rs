use super::*;

fn reason(rule: &str) -> Reason {
    Reason { rule: rule.into(), text: format!("because of {rule}") }
}

fn verdict(decision: Decision, rules: &[&str]) -> Verdict {
    Verdict { decision, reasons: rules.iter().copied().map(reason).collect(), policy: Digest::of_bytes(b"p") }
}

fn rules(verdict: &Verdict) -> Vec<&str> {
    verdict.reasons.iter().map(|reason| reason.rule.as_str()).collect()
}

const PEER: Decision = Decision::Hold { quorum: Quorum::PEER };

#[test]
fn two_decisions_give_the_graver() {
    let two = Decision::Hold { quorum: Quorum::TWO_WITH_OWNER };
    let table = [
        (Decision::Permit, Decision::Permit, Decision::Permit),
        (Decision::Permit, PEER, PEER),
        (Decision::Permit, Decision::Refuse, Decision::Refuse),
        (PEER, PEER, PEER),
        (PEER, two, two),
        (PEER, Decision::Refuse, Decision::Refuse),
        (Decision::Refuse, Decision::Refuse, Decision::Refuse),
    ];
    for (a, b, both) in table {
        assert_eq!(verdict(a, &[]).and(verdict(b, &[])).decision, both);
        assert_eq!(verdict(b, &[]).and(verdict(a, &[])).decision, both);
    }
}

#[test]
fn two_quorums_ask_for_what_both_ask() {
    let many = Quorum { people: 3, peers: 0, owners: 0, ..Quorum::ANYONE };
    let peers = Quorum { people: 1, peers: 1, owners: 1, ..Quorum::ANYONE };
    assert_eq!(many.and(peers), Quorum { people: 3, peers: 1, owners: 1, ..Quorum::ANYONE });
    let held = |quorum| verdict(Decision::Hold { quorum }, &[]);
    assert_eq!(held(many).and(held(peers)).decision, Decision::Hold { quorum: many.and(peers) });
}

#[test]
fn the_gravest_reason_comes_first_and_once() {
    let (permit, hold) = (verdict(Decision::Permit, &["inside", "shared"]), verdict(PEER, &["shared", "production"]));
    for both in [permit.clone().and(hold.clone()), hold.clone().and(permit.clone())] {
        assert_eq!(rules(&both), ["shared", "production"], "why one would have permitted is no reason to hold");
    }
    let refuse = verdict(Decision::Refuse, &["kept-out", "shared"]);
    assert_eq!(rules(&hold.and(refuse.clone())), ["kept-out", "shared", "production"]);
    assert_eq!(rules(&permit.clone().and(refuse)), ["kept-out", "shared"]);
    assert_eq!(rules(&permit.and(verdict(Decision::Permit, &["also"]))), ["inside", "shared", "also"]);
}

#[test]
fn two_policies_are_a_refusal() {
    let mut other = verdict(Decision::Permit, &["inside"]);
    other.policy = Digest::of_bytes(b"q");
    let both = verdict(Decision::Permit, &["inside"]).and(other.clone());
    assert_eq!(both.decision, Decision::Refuse);
    assert_eq!(both.policy, Digest::of_bytes(b"p"));
    assert_eq!(rules(&both), ["one-policy"]);
    assert_eq!(both.clone().and(other), both, "said once, however often");
}

#[test]
fn a_refusal_has_a_reason() {
    let refusal = Verdict::refuse(Digest::of_bytes(b"p"), "error", "the policy could not be evaluated");
    assert_eq!(refusal.decision, Decision::Refuse);
    assert_eq!(refusal.reasons, [Reason { rule: "error".into(), text: "the policy could not be evaluated".into() }]);
}

#[test]
fn decisions_are_ordered() {
    let hold = |people, peers, owners| Decision::Hold { quorum: Quorum { people, peers, owners, ..Quorum::ANYONE } };
    assert!([Decision::Permit, hold(0, 0, 0), hold(1, 0, 0), hold(1, 1, 0), hold(255, 255, 255), Decision::Refuse].is_sorted());
}

#[test]
fn a_quorum_in_words() {
    let table = [
        (Quorum::ANYONE, "one signature, which the person who asked may give"),
        (Quorum::PEER, "one person who did not ask for it"),
        (Quorum::TWO_WITH_OWNER, "two people who did not ask for it, one of them an owner"),
        (Quorum { people: 1, peers: 1, owners: 1, ..Quorum::ANYONE }, "one person who did not ask for it and is an owner"),
        (Quorum { people: 2, peers: 0, owners: 0, ..Quorum::ANYONE }, "two people"),
        (Quorum::ADMIN, "one admin, who may be the one who asked"),
        (Quorum::ADMIN_AND_PEER, "two people, an admin and one who neither asked for it nor gains by it"),
        (Quorum::OTHER_ADMIN, "two people, one of them an admin who neither asked for it nor gains by it"),
        (Quorum { people: 3, admins: 2, ..Quorum::ANYONE }, "3 people, 2 of them admins"),
        (Quorum { people: 3, peers: 1, owners: 2, ..Quorum::ANYONE }, "3 people, 1 of them not the one who asked for it, 2 of them owners"),
        (Quorum { people: 0, peers: 0, owners: 0, ..Quorum::ANYONE }, "nobody"),
    ];
    for (quorum, words) in table {
        assert_eq!(quorum.words(), words);
    }
}

#[test]
fn the_json_of_a_verdict_is_this() {
    let json = |verdict: &Verdict| String::from_utf8(crate::canonical(verdict).unwrap()).unwrap();
    let held = verdict(PEER, &["peer"]);
    let policy = Digest::of_bytes(b"p");
    assert_eq!(
        json(&held),
        format!(r#"{{"decision":{{"is":"hold","quorum":{{"owners":0,"peers":1,"people":1}}}},"policy":"{policy}","reasons":[{{"rule":"peer","text":"because of peer"}}]}}"#)
    );
    assert_eq!(serde_json::from_str::<Verdict>(&json(&held)).unwrap(), held);
}
