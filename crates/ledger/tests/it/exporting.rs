//! Exports: what is written, and that nothing in them can be changed unseen.

use std::fs;
use std::path::{Path, PathBuf};

use ledger::{ExportError, Finding, Hash, Ledger, Verified, verify_export};
use proptest::prelude::*;
use tempfile::TempDir;

use crate::{key, open, sample};

fn verify(export: &Path) -> Result<Verified, Finding> {
    verify_export(export, Some(&key().vkey()), &mut |_, _| Ok(()))
}

fn export(size: u64) -> (TempDir, PathBuf, Ledger) {
    let folder = TempDir::new().unwrap();
    let ledger = sample(&folder.path().join("ledger"), size);
    let export = folder.path().join("export");
    ledger.export(&export).unwrap();
    (folder, export, ledger)
}

/// Every file of an export that is covered by a signature or a name.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.file_name().unwrap() != "README.txt" {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Which entry a byte of a bundle belongs to.
fn owner(bundle: &[u8], first: u64, offset: usize) -> u64 {
    let (mut at, mut index) = (0, first);
    loop {
        at += 2 + usize::from(u16::from_be_bytes([bundle[at], bundle[at + 1]]));
        if offset < at {
            return index;
        }
        index += 1;
    }
}

/// Changes one byte, verifies, and puts it back.
fn tampered(path: &Path, export: &Path, offset: usize, mask: u8) -> (Vec<u8>, Result<Verified, Finding>) {
    let bytes = fs::read(path).unwrap();
    let mut changed = bytes.clone();
    changed[offset] ^= mask;
    fs::write(path, &changed).unwrap();
    let result = verify(export);
    fs::write(path, &bytes).unwrap();
    (bytes, result)
}

fn check_named(path: &Path, export: &Path, offset: usize, mask: u8) {
    let (bytes, result) = tampered(path, export, offset, mask);
    let name = path.strip_prefix(export).unwrap().to_str().unwrap().to_owned();
    let finding = result.expect_err(&name);
    match &finding {
        Finding::Entry { index, .. } => {
            let bundle: u64 = name.trim_start_matches("tile/entries/").get(..3).unwrap().parse().unwrap();
            assert_eq!(*index, owner(&bytes, bundle * 256, offset), "{name} byte {offset}");
        }
        Finding::Tile { path, .. } => assert_eq!(*path, name),
        Finding::Blob { hash } => assert!(name.ends_with(&hash.to_string())),
        Finding::Checkpoint { .. } => assert_eq!(name, "checkpoint"),
        Finding::Key { .. } => assert_eq!(name, "vkey"),
        Finding::Root { .. } | Finding::Refused { .. } | Finding::Stray { .. } | Finding::Unreadable { .. } => {
            panic!("{name} byte {offset}: {finding}")
        }
    }
}

#[test]
fn an_export_is_verified_and_hands_out_its_entries() {
    for size in [0, 1, 2, 255, 256, 257, 600, 1_024] {
        let (_folder, export, ledger) = export(size);
        let mut seen = Vec::new();
        let verified = verify_export(&export, Some(&key().vkey()), &mut |index, bytes| {
            seen.push((index, bytes.to_vec()));
            Ok(())
        });
        let verified = verified.unwrap();
        assert_eq!(seen, ledger.entries(0..u64::MAX).unwrap());
        assert_eq!((verified.checkpoint.size(), verified.blobs), (size, 3));
        assert_eq!(verified.unchecked, ["README.txt"]);
        assert_eq!(verified.vkey, key().vkey());
        assert_eq!(fs::read_to_string(export.join("checkpoint")).unwrap(), ledger.checkpoint().unwrap());
    }
}

/// Three levels of tiles.
#[test]
fn a_large_export_is_verified() {
    let folder = TempDir::new().unwrap();
    let ledger = open(&folder.path().join("ledger"));
    let size = 65_536 + 300;
    ledger.append((0..size).map(|n: u64| crate::entry(&n.to_string())).collect()).unwrap();
    let export = folder.path().join("export");
    let summary = ledger.export(&export).unwrap();
    assert_eq!((summary.size, summary.blobs), (size, 0));
    for path in ["tile/2/000.p/1", "tile/1/000", "tile/1/001.p/1", "tile/0/257.p/44", "tile/entries/257.p/44"] {
        assert!(export.join(path).is_file(), "{path}");
    }
    let mut count = 0;
    let mut each = |index: u64, bytes: &[u8]| {
        count += 1;
        if bytes == index.to_string().as_bytes() { Ok(()) } else { Err(format!("not {index}")) }
    };
    assert_eq!(verify_export(&export, None, &mut each).unwrap().checkpoint.root(), summary.root);
    assert_eq!(count, size);
    for (path, offset) in [
        ("tile/2/000.p/1", 3),
        ("tile/1/001.p/1", 31),
        ("tile/1/000", 4_000),
        ("tile/0/255", 9),
        ("tile/entries/256", 700),
    ] {
        check_named(&export.join(path), &export, offset, 0x40);
    }
    assert_eq!(ledger.verify(&mut |_, _| Ok(())).unwrap().checkpoint.root(), summary.root);
    let proof = ledger.prove(65_536).unwrap();
    assert!(ledger::verify_proof(&proof, b"65536", ledger.vkey()).is_ok());
}

#[test]
fn every_changed_byte_of_a_small_export_is_found_and_named() {
    let (_folder, export, _ledger) = export(5);
    for path in files(&export) {
        for offset in 0..fs::metadata(&path).unwrap().len() {
            check_named(&path, &export, usize::try_from(offset).unwrap(), 1 << (offset % 8));
        }
    }
    verify(&export).unwrap();
}

#[test]
fn any_changed_byte_of_a_larger_export_is_found_and_named() {
    let (_folder, export, _ledger) = export(700);
    let files = files(&export);
    let one_byte = (any::<prop::sample::Index>(), any::<prop::sample::Index>(), 1_u8..=255);
    let config = ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() };
    proptest!(config, |((file, offset, mask) in one_byte)| {
        let path = &files[file.index(files.len())];
        let length = usize::try_from(fs::metadata(path).unwrap().len()).unwrap();
        if length > 0 {
            check_named(path, &export, offset.index(length), mask);
        }
    });
    verify(&export).unwrap();
}

#[test]
fn cut_and_missing_files_are_found() {
    let (_folder, export, _ledger) = export(600);
    for path in files(&export) {
        let bytes = fs::read(&path).unwrap();
        let is_blob = path.starts_with(export.join("blobs"));
        fs::remove_file(&path).unwrap();
        assert_eq!(verify(&export).is_ok(), is_blob, "without {path:?}: only blobs may be erased");
        fs::write(&path, [bytes.as_slice(), b"\n"].concat()).unwrap();
        assert!(verify(&export).is_err(), "a longer {path:?}");
        if let Some(cut) = bytes.len().checked_sub(1) {
            fs::write(&path, &bytes[..cut]).unwrap();
            assert!(verify(&export).is_err(), "a shorter {path:?}");
        }
        fs::write(&path, bytes).unwrap();
    }
    verify(&export).unwrap();
}

#[test]
fn what_does_not_belong_is_found() {
    let (_folder, export, _ledger) = export(300);
    for stray in ["tile/0/002", "tile/0/000.p/7", "tile/entries/notes.txt", "tile/x", "blobs/aa/readme"] {
        let path = export.join(stray);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, "hello").unwrap();
        assert_eq!(verify(&export), Err(Finding::Stray { path: stray.to_owned() }));
        fs::remove_file(&path).unwrap();
    }
    let blob = Hash::of(b"a plan").to_string();
    fs::create_dir_all(export.join("blobs/zz")).unwrap();
    fs::copy(export.join("blobs").join(&blob[..2]).join(&blob), export.join("blobs/zz").join(&blob)).unwrap();
    assert_eq!(verify(&export), Err(Finding::Stray { path: format!("blobs/zz/{blob}") }));
    fs::remove_dir_all(export.join("blobs/zz")).unwrap();
    fs::write(export.join("notes.txt"), "hello").unwrap();
    assert_eq!(verify(&export).unwrap().unchecked, ["README.txt", "notes.txt"]);
}

#[cfg(unix)]
#[test]
fn links_are_not_followed() {
    let (folder, export, _ledger) = export(3);
    for name in ["checkpoint", "tile/0/000.p/3", "tile/entries/000.p/3"] {
        let path = export.join(name);
        fs::rename(&path, folder.path().join("aside")).unwrap();
        std::os::unix::fs::symlink("/dev/zero", &path).unwrap();
        assert!(matches!(verify(&export), Err(Finding::Unreadable { path, .. }) if path == name));
        fs::remove_file(&path).unwrap();
        fs::rename(folder.path().join("aside"), &path).unwrap();
    }
    verify(&export).unwrap();
}

#[test]
fn an_entry_and_its_tile_changed_together_are_found() {
    let (_folder, export, _ledger) = export(600);
    let bundle = export.join("tile/entries/001");
    let mut bytes = fs::read(&bundle).unwrap();
    bytes[2] ^= 1;
    fs::write(&bundle, &bytes).unwrap();
    let length = usize::from(u16::from_be_bytes([bytes[0], bytes[1]]));
    let leaves = export.join("tile/0/001");
    let mut hashes = fs::read(&leaves).unwrap();
    hashes[..32].copy_from_slice(&Hash::of_entry(&bytes[2..2 + length]).0);
    fs::write(&leaves, hashes).unwrap();
    let finding = verify(&export).unwrap_err();
    assert!(matches!(&finding, Finding::Tile { path, .. } if path == "tile/0/001"), "{finding}");
    assert_eq!(finding.first_entry(), Some(256));
}

#[test]
fn another_logs_export_is_refused_and_an_untrusted_key_is_named() {
    let (_folder, export, _ledger) = export(3);
    let other = ledger::LogKey::generate("other", [1; 32]).vkey();
    assert!(matches!(verify_export(&export, Some(&other), &mut |_, _| Ok(())), Err(Finding::Key { .. })));
    let verified = verify_export(&export, None, &mut |_, _| Ok(())).unwrap();
    assert_eq!(verified.vkey, key().vkey());
}

#[test]
fn whoever_reads_the_meaning_may_refuse_an_entry() {
    let (_folder, export, ledger) = export(300);
    let mut each = |index, _: &[u8]| if index == 270 { Err("a step that is not legal".to_owned()) } else { Ok(()) };
    let refused = Finding::Refused { index: 270, reason: "a step that is not legal".to_owned() };
    assert_eq!(verify_export(&export, None, &mut each), Err(refused.clone()));
    assert_eq!(ledger.verify(&mut each), Err(refused));
}

#[test]
fn an_export_does_not_overwrite() {
    let (_folder, export, ledger) = export(3);
    let error = ledger.export(&export).unwrap_err();
    assert!(matches!(&error, ExportError::NotEmpty { path } if *path == export), "{error}");
    verify(&export).unwrap();
}
