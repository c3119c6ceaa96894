use super::*;
use proptest::prelude::*;

/// RFC 6962 §2.1, word for word.
fn by_definition(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => Hash::EMPTY,
        [leaf] => *leaf,
        more => {
            let k = 1 << (more.len() - 1).ilog2();
            Hash::of_node(by_definition(&more[..k]), by_definition(&more[k..]))
        }
    }
}

fn leaves(size: u64) -> Vec<Hash> {
    (0..size).map(|n| Hash::of_entry(&n.to_be_bytes())).collect()
}

proptest! {
    #[test]
    fn the_root_is_as_defined(size in 0_u64..700) {
        let leaves = leaves(size);
        prop_assert_eq!(root_over(&leaves), by_definition(&leaves));
    }
}

#[test]
fn completed_nodes_are_the_roots_of_their_tiles() {
    let leaves = leaves(70_000);
    let (mut edge, mut nodes) = (Edge::default(), Vec::new());
    leaves.iter().for_each(|leaf| edge.push(*leaf, |node| nodes.push(node)));
    let on = |level| nodes.iter().filter(|node| node.level == level).copied().collect::<Vec<_>>();
    assert_eq!(on(0).len(), 70_000);
    assert_eq!((on(8).len(), on(16).len(), on(24).len()), (273, 1, 0));
    for node in on(8).into_iter().step_by(50) {
        let from = usize::try_from(node.n).unwrap() * 256;
        assert_eq!(node.hash, by_definition(&leaves[from..from + 256]));
    }
    assert_eq!(on(16)[0].hash, by_definition(&leaves[..65_536]));
    assert_eq!(edge.root(), by_definition(&leaves));
}

#[test]
fn peaks_must_fit_the_size() {
    assert!(Edge::from_peaks(3, leaves(2)).is_some());
    assert!(Edge::from_peaks(3, leaves(1)).is_none());
    assert_eq!(Edge::from_peaks(0, vec![]), Some(Edge::default()));
}
