use super::*;
use crate::samples::{assessed, one_of_each};

const PEER: Stage = Stage::Held { quorum: Quorum::PEER };

const STAGES: [Stage; 12] = [
    Stage::Unwritten,
    Stage::Proposed,
    Stage::Permitted,
    PEER,
    Stage::Forbidden,
    Stage::Countersigned,
    Stage::Started,
    Stage::Finished,
    Stage::Failed,
    Stage::Unknown,
    Stage::Refused,
    Stage::Handed,
];

/// Events that are about no intent and so move none.
const BYSTANDERS: [&str; 15] =
    ["founded", "enrolled", "mapped", "logged-in", "logged-out", "opened", "prompted", "replied", "stopped", "checkpointed", "evidenced", "synced", "observed", "notified", "closed"];

/// Every legal step there is; `assessed` here permits.
const STEPS: [(&str, &str, &str); 17] = [
    ("unwritten", "proposed", "proposed"),
    ("proposed", "assessed", "permitted"),
    ("proposed", "refused", "refused"),
    ("permitted", "countersigned", "countersigned"),
    ("permitted", "refused", "refused"),
    ("held", "answered", "held"),
    ("held", "countersigned", "countersigned"),
    ("held", "refused", "refused"),
    ("forbidden", "refused", "refused"),
    ("countersigned", "started", "started"),
    ("countersigned", "refused", "refused"),
    ("countersigned", "handed", "handed"),
    ("started", "governed", "started"),
    ("started", "correction-opened", "started"),
    ("started", "finished", "finished"),
    ("started", "failed", "failed"),
    ("started", "unknown", "unknown"),
];

#[test]
fn every_stage_meets_every_event() {
    let mut steps = 0;
    for stage in STAGES {
        for event in one_of_each() {
            let step = STEPS.iter().find(|(from, by, _)| (*from, *by) == (stage.word(), event.name()));
            match (stage.after(&event), step) {
                (Ok(next), None) if BYSTANDERS.contains(&event.name()) => assert_eq!(next, stage),
                (Ok(next), Some((_, _, expected))) => {
                    assert_eq!(next.word(), *expected, "{} after {}", event.name(), stage.word());
                    steps += 1;
                }
                (Err(error), None) => assert_eq!(error, IllegalStep { from: stage, event: event.name() }),
                (found, expected) => panic!("{} after {}: {found:?}, not {expected:?}", event.name(), stage.word()),
            }
        }
    }
    assert_eq!(steps, STEPS.len(), "each legal step was taken");
}

#[test]
fn the_verdict_decides_what_comes_next() {
    let after = |decision| Stage::Proposed.after(&assessed(decision)).unwrap();
    assert_eq!(after(Decision::Permit), Stage::Permitted);
    assert_eq!(after(Decision::Hold { quorum: Quorum::TWO_WITH_OWNER }), Stage::Held { quorum: Quorum::TWO_WITH_OWNER });
    assert_eq!(after(Decision::Refuse), Stage::Forbidden);
}

#[test]
fn an_answer_does_not_change_who_must_sign() {
    let answered = &one_of_each()[8];
    assert_eq!(answered.name(), "answered");
    for quorum in [Quorum::ANYONE, Quorum::PEER, Quorum::TWO_WITH_OWNER] {
        assert_eq!(Stage::Held { quorum }.after(answered).unwrap(), Stage::Held { quorum });
    }
}

#[test]
fn what_is_over_and_what_may_have_happened() {
    let over: Vec<&str> = STAGES.iter().filter(|s| s.is_over()).map(|s| s.word()).collect();
    assert_eq!(over, ["finished", "failed", "unknown", "refused", "handed"]);
    let happened: Vec<&str> = STAGES.iter().filter(|s| s.may_have_happened()).map(|s| s.word()).collect();
    assert_eq!(happened, ["started", "finished", "failed", "unknown", "handed"]);
}

#[test]
fn an_illegal_step_says_both_sides() {
    let error = PEER.after(&one_of_each()[11]).unwrap_err();
    assert_eq!(error.to_string(), "`started` cannot follow stage `held`");
}

#[test]
fn a_stage_survives_json() {
    for stage in STAGES {
        let json = serde_json::to_string(&stage).unwrap();
        assert_eq!(serde_json::from_str::<Stage>(&json).unwrap(), stage);
        assert!(json.contains(stage.word()), "{json}");
    }
    assert_eq!(Stage::default(), Stage::Unwritten);
}
