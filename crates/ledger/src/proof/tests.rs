use super::*;
use crate::key::{LogKey, LogVerifier};
use crate::store::Node;
use proptest::prelude::*;
use std::collections::HashMap;

/// The hashes of a tree in memory.
struct Tree {
    nodes: HashMap<(u8, u64), Hash>,
    edge: Edge,
}

impl Tree {
    fn of(size: u64) -> Self {
        let mut tree = Self { nodes: HashMap::new(), edge: Edge::default() };
        for index in 0..size {
            let nodes = &mut tree.nodes;
            let keep = |node: Node| nodes.extend([((node.level, node.n), node.hash)]);
            tree.edge.push(Hash::of_entry(&entry(index)), keep);
        }
        tree
    }

    fn head(&self) -> (String, Checkpoint) {
        let note = key().checkpoint(self.edge.size(), self.edge.root()).unwrap();
        let head = Checkpoint::verify(note.as_bytes(), &LogVerifier::new(&key().vkey()).unwrap()).unwrap();
        (note, head)
    }
}

impl Nodes for Tree {
    fn nodes(&self, level: u8, from: u64, count: u64) -> Result<Vec<Hash>, StoreError> {
        let node = |n| self.nodes.get(&(level, n)).copied().ok_or(StoreError::Damaged("missing".to_owned()));
        (from..from + count).map(node).collect()
    }
}

fn key() -> LogKey {
    LogKey::generate("log.example", [1; 32])
}

fn entry(index: u64) -> Vec<u8> {
    format!("entry {index}").into_bytes()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn every_entry_is_proven(size in 1_u64..1_500, at in any::<prop::sample::Index>()) {
        let tree = Tree::of(size);
        let (note, head) = tree.head();
        let index = at.index(usize::try_from(size).unwrap()) as u64;
        let text = inclusion(&tree, &note, &head, index).unwrap().to_text();
        let proven = verify_proof(&text, &entry(index), &key().vkey()).unwrap();
        prop_assert_eq!((proven.index, proven.checkpoint), (index, head));
        prop_assert_eq!(verify_proof(&text, &entry(index + 1), &key().vkey()), Err(BadProof::Wrong));
    }

    #[test]
    fn every_older_tree_is_the_beginning(size in 0_u64..1_500, at in any::<prop::sample::Index>()) {
        let tree = Tree::of(size);
        let (note, head) = tree.head();
        let old_size = at.index(usize::try_from(size).unwrap() + 1) as u64;
        let (old_note, old) = Tree::of(old_size).head();
        let mut proof = consistency(&tree, &note, &head, old_size).unwrap();
        prop_assert_eq!(proof.verify(&old_note, &key().vkey()), Ok(head.clone()));
        let forged = key().checkpoint(old_size, Hash::of(b"another past")).unwrap();
        prop_assert_eq!(proof.verify(&forged, &key().vkey()), Err(BadProof::Wrong));
        proof.hashes.push(Hash::EMPTY);
        prop_assert_eq!(proof.verify(&old_note, &key().vkey()), Err(BadProof::Wrong));
        proof.old_size += 1;
        let mismatch = BadProof::OtherSize { proof: old.size() + 1, checkpoint: old.size() };
        prop_assert_eq!(proof.verify(&old_note, &key().vkey()), Err(mismatch));
    }

    #[test]
    fn the_edge_is_found_again(size in 0_u64..1_500) {
        let tree = Tree::of(size);
        prop_assert_eq!(edge(&tree, size).unwrap(), tree.edge);
    }
}

#[test]
fn every_changed_bit_of_a_proof_is_found() {
    let tree = Tree::of(11);
    let (note, head) = tree.head();
    let text = inclusion(&tree, &note, &head, 6).unwrap().to_text();
    for at in 0..text.len() {
        for bit in 0..8 {
            let mut bytes = text.clone().into_bytes();
            bytes[at] ^= 1 << bit;
            let Ok(changed) = String::from_utf8(bytes) else { continue };
            let result = verify_proof(&changed, &entry(6), &key().vkey());
            assert!(result.is_err(), "byte {at} bit {bit}: {changed}");
        }
    }
}

#[test]
fn the_text_has_the_form_of_the_specification() {
    let tree = Tree::of(2);
    let (note, head) = tree.head();
    let text = inclusion(&tree, &note, &head, 1).unwrap().to_text();
    let sibling = BASE64_STANDARD.encode(Hash::of_entry(&entry(0)).0);
    assert_eq!(text, format!("c2sp.org/tlog-proof@v1\nindex 1\n{sibling}\n\n{note}"));
    let with_extra = text.replace("index", "extra aGVsbG8=\nindex");
    assert!(verify_proof(&with_extra, &entry(1), &key().vkey()).is_ok());
    for bad in ["index 01", "index -1", "index +1", "index", "extra hello\nindex 1", "index 1\nindex 1"] {
        let result = verify_proof(&text.replace("index 1", bad), &entry(1), &key().vkey());
        assert!(matches!(result, Err(BadProof::Malformed(_))), "{bad}: {result:?}");
    }
    let beyond = verify_proof(&text.replace("index 1", "index 2"), &entry(1), &key().vkey());
    assert_eq!(beyond, Err(BadProof::Beyond { index: 2, size: 2 }));
}

#[test]
fn a_damaged_store_gives_an_error_and_no_proof() {
    let mut tree = Tree::of(600);
    let (note, head) = tree.head();
    tree.nodes.insert((0, 2), Hash::of(b"damage"));
    assert!(matches!(inclusion(&tree, &note, &head, 3), Err(StoreError::Damaged(_))));
    assert!(matches!(consistency(&tree, &note, &head, 3), Err(StoreError::Damaged(_))));
    assert!(inclusion(&tree, &note, &head, 599).is_ok(), "another tile is not concerned");
    tree.nodes.remove(&(8, 0));
    assert_eq!(inclusion(&tree, &note, &head, 599), Err(StoreError::Damaged("missing".to_owned())));
    assert!(edge(&tree, u64::MAX).is_err());
}
