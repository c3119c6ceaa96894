use super::*;
use crate::key::LogKey;

#[test]
fn what_was_signed_is_read_back() {
    let key = LogKey::generate("log.example", [1; 32]);
    let note = key.checkpoint(42, Hash::of(b"root")).unwrap();
    let read = Checkpoint::open(&note, &key.vkey()).unwrap();
    assert_eq!((read.origin(), read.size(), read.root()), ("log.example", 42, Hash::of(b"root")));
}

#[test]
fn every_changed_bit_is_found() {
    let key = LogKey::generate("log.example", [1; 32]);
    let verifier = LogVerifier::new(&key.vkey()).unwrap();
    let note = key.checkpoint(42, Hash::of(b"root")).unwrap().into_bytes();
    for at in 0..note.len() {
        for bit in 0..8 {
            let mut changed = note.clone();
            changed[at] ^= 1 << bit;
            assert!(Checkpoint::verify(&changed, &verifier).is_err(), "byte {at} bit {bit}");
        }
    }
}

#[test]
fn another_key_of_the_same_name_is_refused() {
    let note = LogKey::generate("log.example", [1; 32]).checkpoint(0, Hash::EMPTY).unwrap();
    let other = LogKey::generate("log.example", [2; 32]);
    assert!(matches!(Checkpoint::open(&note, &other.vkey()), Err(BadCheckpoint::Unsigned { .. })));
    assert!(matches!(Checkpoint::open(&note, "log.example+zz"), Err(BadCheckpoint::Key(_))));
    assert_eq!(Checkpoint::open("", &other.vkey()), Err(BadCheckpoint::Malformed));
}

#[test]
fn a_checkpoint_in_another_logs_name_is_refused() {
    let key = LogKey::generate("ours", [1; 32]);
    let mut note = Note::new(b"theirs\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n", &[]).unwrap();
    note.add_sigs(&[&key]).unwrap();
    let error = Checkpoint::open(&String::from_utf8(note.to_bytes()).unwrap(), &key.vkey()).unwrap_err();
    assert_eq!(error, BadCheckpoint::Origin { origin: "theirs".to_owned(), name: "ours".to_owned() });
}
