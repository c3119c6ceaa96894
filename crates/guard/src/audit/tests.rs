use action::Quorum;

use action::{EnvironmentName, Generation};

use super::*;

fn permit(quorum: Option<Quorum>) -> Permit {
    let digest = Digest::of_bytes(b"x");
    Permit {
        v: 1,
        intent: digest,
        effects: digest,
        policy: digest,
        environment: EnvironmentName::host(),
        generation: Generation(1),
        quorum,
        people: vec![],
        answers: vec![],
        issued: Moment(1),
        expires: Moment(2),
    }
}

#[test]
fn a_permit_may_ask_for_more_than_the_verdict_but_never_for_less() {
    let hold = |quorum| Decision::Hold { quorum };
    for (verdict, quorum, covered) in [
        (Decision::Permit, None, true),
        (Decision::Permit, Some(Quorum::PEER), true),
        (hold(Quorum::PEER), None, false),
        (hold(Quorum::PEER), Some(Quorum::ANYONE), false),
        (hold(Quorum::PEER), Some(Quorum::PEER), true),
        (hold(Quorum::PEER), Some(Quorum::TWO_WITH_OWNER), true),
        (hold(Quorum::TWO_WITH_OWNER), Some(Quorum { owners: 0, ..Quorum::TWO_WITH_OWNER }), false),
        (Decision::Refuse, Some(Quorum::TWO_WITH_OWNER), false),
    ] {
        assert_eq!(covers(verdict, &permit(quorum)), covered, "{verdict:?} {quorum:?}");
    }
}

#[test]
fn an_empty_ledger_has_an_empty_report() {
    let report = Audit::new().finish();
    assert_eq!(report, AuditReport::default());
    let json = serde_json::to_string(&report).unwrap();
    assert!(json.contains("\"entries\":0") && json.contains("\"findings\":[]"), "{json}");
}
