//! One more judge can only move right.

use action::{Decision, Verdict};
use proptest::prelude::*;

use crate::strategies as any_;

/// Three verdicts under one policy.
fn three() -> impl Strategy<Value = (Verdict, Verdict, Verdict)> {
    (any_::verdict(), any_::verdict(), any_::verdict()).prop_map(|(a, mut b, mut c)| {
        (b.policy, c.policy) = (a.policy, a.policy);
        (a, b, c)
    })
}

proptest! {
    #[test]
    fn and_commutes((a, b, _) in three()) {
        prop_assert_eq!(a.clone().and(b.clone()).decision, b.and(a).decision);
    }

    #[test]
    fn and_associates((a, b, c) in three()) {
        let left = a.clone().and(b.clone()).and(c.clone());
        let right = a.and(b.and(c));
        prop_assert_eq!(left.decision, right.decision);
    }

    #[test]
    fn and_is_monotone((a, b, c) in three()) {
        let both = a.clone().and(b.clone()).decision;
        prop_assert!(both >= a.decision && both >= b.decision);
        prop_assert!(a.and(b).and(c).decision >= both);
    }

    #[test]
    fn and_asks_at_least_what_each_asks((a, b, _) in three()) {
        if let (Decision::Hold { quorum: x }, Decision::Hold { quorum: y }, Decision::Hold { quorum: both }) =
            (a.decision, b.decision, a.and(b).decision)
        {
            for each in [x, y] {
                prop_assert!(both.people >= each.people && both.peers >= each.peers && both.owners >= each.owners);
            }
        }
    }

    #[test]
    fn a_second_hearing_changes_nothing((a, b, _) in three()) {
        let both = a.clone().and(b.clone());
        prop_assert_eq!(&both.clone().and(both.clone()), &both);
        prop_assert_eq!(both.clone().and(b).decision, both.decision);
        prop_assert_eq!(a.clone().and(a.clone()).decision, a.decision);
    }

    #[test]
    fn every_reason_for_the_decision_is_kept_once((a, b, _) in three()) {
        let both = a.clone().and(b.clone());
        let counts = |one: &&Verdict| one.decision != Decision::Permit || both.decision == Decision::Permit;
        let speaking: Vec<&Verdict> = [&a, &b].into_iter().filter(counts).collect();
        for reason in speaking.iter().flat_map(|one| &one.reasons) {
            prop_assert_eq!(both.reasons.iter().filter(|kept| *kept == reason).count(), 1);
        }
        prop_assert!(both.reasons.iter().all(|kept| speaking.iter().any(|one| one.reasons.contains(kept))));
        prop_assert!(both.reasons.iter().all(|kept| a.reasons.contains(kept) || b.reasons.contains(kept)));
    }

    #[test]
    fn two_policies_never_permit(a in any_::verdict(), b in any_::verdict()) {
        prop_assume!(a.policy != b.policy);
        prop_assert_eq!(a.clone().and(b.clone()).decision, Decision::Refuse);
        prop_assert_eq!(b.and(a).decision, Decision::Refuse);
    }

    #[test]
    fn quorums_only_grow(a in any_::quorum(), b in any_::quorum(), c in any_::quorum()) {
        let both = a.and(b);
        prop_assert!(both.people >= a.people && both.peers >= a.peers && both.owners >= a.owners);
        prop_assert_eq!(both, b.and(a));
        prop_assert_eq!(a.and(a), a);
        prop_assert_eq!(both.and(c), a.and(b.and(c)));
    }
}
