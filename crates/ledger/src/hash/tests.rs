use super::*;

#[test]
fn a_hash_has_one_spelling() {
    let hash = Hash::of(b"");
    assert_eq!(hash.to_string(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_eq!(hash, Hash::EMPTY);
    assert_eq!(hash.to_string().parse(), Ok(hash));
    for bad in ["", "e3", &hash.to_string().to_uppercase(), &format!("{hash}00"), &format!(" {hash}")] {
        assert_eq!(bad.parse::<Hash>(), Err(BadHash(bad.to_owned())));
    }
}

/// The vectors of RFC 6962's own implementation: an empty leaf, and a node over two of them.
#[test]
fn leaves_and_nodes_are_as_in_rfc_6962() {
    let leaf = Hash::of_entry(b"");
    assert_eq!(leaf.to_string(), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
    let node = Hash::of_node(leaf, Hash::of_entry(&[0]));
    assert_eq!(node.to_string(), "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125");
    assert_ne!(Hash::of(b"a"), Hash::of_entry(b"a"));
}
