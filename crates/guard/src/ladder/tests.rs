use super::*;

/// What each rung claims is written down twice: a fact that a rung loses would hold work for good, one that it gains would let it pass.
#[test]
fn each_rung_stands_for_exactly_these_signatures() {
    let names = |signatures: Signatures| {
        let Signatures { any, peer, two_peers, owner, two, two_owners, admin, other_admin } = signatures;
        let facts = [(any, "any"), (peer, "peer"), (two_peers, "two-peers"), (owner, "owner"), (two, "two"), (two_owners, "two-owners"), (admin, "admin"), (other_admin, "other-admin")];
        facts.into_iter().filter_map(|(is_so, name)| is_so.then_some(name)).collect::<Vec<_>>().join(" ")
    };
    let rungs = |ladder: &[Rung]| ladder.iter().map(|rung| names(rung.signatures)).collect::<Vec<_>>();
    assert_eq!(rungs(&LADDER), ["", "any", "any peer", "any peer two-peers owner two"]);
    assert_eq!(rungs(&EMERGENCY), ["", "any", "any peer", "any peer owner two two-owners"]);
    assert_eq!(rungs(&GOVERNING), ["", "any", "any admin", "any peer two admin", "any peer two admin other-admin"]);
}

/// Whoever meets a rung's quorum has at least the signatures that Cedar was told of when it was said to be enough.
#[test]
fn each_rung_is_as_grave_as_the_ones_below() {
    for ladder in [&LADDER[..], &EMERGENCY, &GOVERNING] {
        for pair in ladder.windows(2) {
            assert!(pair[0].decision < pair[1].decision, "{pair:?}");
        }
    }
}
