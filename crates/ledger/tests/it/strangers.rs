//! Another program, in another language, agrees: it verifies what we export, and names the same thing when we do.

use std::fs;
use std::path::Path;
use std::process::Command;

use ledger::{Finding, verify_export};
use tempfile::TempDir;

use crate::{key, sample};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/verify.py");

/// What the other program says, one line.
fn python(arguments: &[&Path]) -> (bool, String) {
    let output = Command::new("python3").arg(SCRIPT).args(arguments).arg(key().vkey()).output();
    let output = output.expect("this test needs `python3`, to check our exports with a second implementation");
    let said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    assert!(!said.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    (output.status.success(), said)
}

/// What we say, in its words.
fn ours(export: &Path) -> String {
    match verify_export(export, Some(&key().vkey()), &mut |_, _| Ok(())) {
        Ok(verified) => format!("ok {} {} {}", verified.checkpoint.size(), verified.checkpoint.root(), verified.blobs),
        Err(Finding::Entry { index, .. }) => format!("bad entry {index}"),
        Err(Finding::Tile { path, .. }) => format!("bad tile {path}"),
        Err(Finding::Blob { hash }) => format!("bad blob {hash}"),
        Err(Finding::Checkpoint { .. }) => "bad checkpoint".to_owned(),
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn a_stranger_verifies_good_exports() {
    for size in [0, 1, 256, 700] {
        let folder = TempDir::new().unwrap();
        let export = folder.path().join("export");
        sample(&folder.path().join("ledger"), size).export(&export).unwrap();
        let (good, said) = python(&[&export]);
        assert!(good, "{said}");
        assert_eq!(said, ours(&export));
        assert!(said.starts_with(&format!("ok {size} ")), "{said}");
    }
}

#[test]
fn a_stranger_finds_the_same_changed_byte() {
    let folder = TempDir::new().unwrap();
    let export = folder.path().join("export");
    let ledger = sample(&folder.path().join("ledger"), 700);
    ledger.export(&export).unwrap();
    let blob = ledger.blob_names().unwrap().into_iter().find(|name| *name != ledger::Hash::EMPTY).unwrap();
    let blob = format!("blobs/{}/{blob}", &blob.to_string()[..2]);
    let mut named = Vec::new();
    for (name, offset) in [
        ("tile/entries/000", 0), // a length
        ("tile/entries/000", 1_234),
        ("tile/entries/001", 10_000),
        ("tile/entries/002.p/188", 77),
        ("tile/0/000", 5_000),
        ("tile/0/002.p/188", 33),
        ("tile/1/000.p/2", 40),
        ("checkpoint", 25),
        ("checkpoint", 120),
        (&blob, 0),
    ] {
        let path = export.join(name);
        let bytes = fs::read(&path).unwrap();
        let mut changed = bytes.clone();
        changed[offset] ^= 0x01;
        fs::write(&path, changed).unwrap();
        let (good, said) = python(&[&export]);
        assert!(!good, "{name} byte {offset}: {said}");
        assert_eq!(said, ours(&export), "{name} byte {offset}");
        named.push(said);
        fs::write(&path, bytes).unwrap();
    }
    assert_eq!(named.iter().filter(|said| said.starts_with("bad entry ")).count(), 4, "{named:?}");
    assert_eq!(named.iter().filter(|said| said.starts_with("bad tile ")).count(), 3, "{named:?}");
}

#[test]
fn a_stranger_verifies_a_proof() {
    let folder = TempDir::new().unwrap();
    let ledger = sample(&folder.path().join("ledger"), 700);
    let (proof, entry) = (folder.path().join("p.tlog-proof"), folder.path().join("entry"));
    fs::write(&proof, ledger.prove(417).unwrap()).unwrap();
    fs::write(&entry, ledger.entry(417).unwrap().unwrap()).unwrap();
    assert_eq!(python(&[&proof, &entry]), (true, "ok 417 of 700".to_owned()));
    fs::write(&entry, ledger.entry(418).unwrap().unwrap()).unwrap();
    assert_eq!(python(&[&proof, &entry]), (false, "bad proof".to_owned()));
}
