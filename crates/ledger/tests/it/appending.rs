//! One process, many threads.

use std::fs;
use std::path::Path;
use std::sync::Barrier;

use ledger::{Append, AppendError, Checkpoint, Hash, Ledger, LogKey, OpenError, ReadError, verify_proof};
use tempfile::TempDir;

use crate::{audit, entry, key, once, open};

#[test]
fn what_was_appended_is_there_after_opening_again() {
    let folder = TempDir::new().unwrap();
    let ledger = open(folder.path());
    assert!(ledger.is_empty());
    let with_subjects = |text: &str, subjects: &[&str]| Append {
        subjects: subjects.iter().map(|subject| (*subject).to_owned()).collect(),
        ..entry(text)
    };
    let indexes = ledger.append(vec![with_subjects("a", &["x", "y"]), with_subjects("b", &["y"])]).unwrap();
    assert_eq!(indexes, [0, 1]);
    assert_eq!(ledger.append(vec![entry("")]).unwrap(), [2]);
    let blob = ledger.put_blob(b"a plan").unwrap();
    let checkpoint = ledger.checkpoint().unwrap();
    drop(ledger);

    let ledger = open(folder.path());
    assert_eq!(ledger.checkpoint().unwrap(), checkpoint);
    assert_eq!(ledger.entry(1).unwrap().unwrap(), b"b");
    assert_eq!(ledger.entry(3).unwrap(), None);
    assert_eq!(ledger.entry(u64::MAX).unwrap(), None);
    assert_eq!(ledger.entries(1..9).unwrap(), [(1, b"b".to_vec()), (2, vec![])]);
    assert_eq!(ledger.by_subject("y").unwrap(), [(0, b"a".to_vec()), (1, b"b".to_vec())]);
    assert_eq!(ledger.by_subject("z").unwrap(), []);
    assert_eq!(ledger.blob(&blob).unwrap().unwrap(), b"a plan");
    assert_eq!(ledger.blob_names().unwrap(), [Hash::of(b"a plan")]);
    audit(&ledger, 3);
}

#[test]
fn eight_threads_append_whole_batches() {
    const THREADS: u64 = 8;
    const EACH: u64 = 40;
    let folder = TempDir::new().unwrap();
    let ledger = open(folder.path());
    let together = Barrier::new(8);
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let (ledger, together) = (&ledger, &together);
            scope.spawn(move || {
                together.wait();
                for n in 0..EACH {
                    let text = format!("{thread}:{n}");
                    let indexes = ledger.append(vec![entry(&text), entry(&text), entry(&text)]).unwrap();
                    assert_eq!(indexes, (indexes[0]..indexes[0] + 3).collect::<Vec<_>>());
                    // Durable and visible at once, in its place.
                    for index in indexes {
                        assert_eq!(ledger.entry(index).unwrap().unwrap(), text.as_bytes());
                    }
                }
            });
        }
    });
    audit(&ledger, THREADS * EACH * 3);
}

#[test]
fn one_of_many_gets_a_once_key_and_the_others_change_nothing() {
    let folder = TempDir::new().unwrap();
    let ledger = open(folder.path());
    let together = Barrier::new(8);
    let results: Vec<_> = std::thread::scope(|scope| {
        let race = |thread: usize| {
            let (ledger, together) = (&ledger, &together);
            scope.spawn(move || {
                together.wait();
                let race = ledger.append(vec![entry("before"), once("permit 1")]);
                let free = ledger.append(vec![once(&format!("free {thread}"))]);
                assert!(free.is_ok(), "{free:?}");
                race
            })
        };
        let threads: Vec<_> = (0..8).map(race).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let done = Err(AppendError::AlreadyDone { key: "permit 1".to_owned() });
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
    assert_eq!(results.iter().filter(|result| **result == done).count(), 7);
    audit(&ledger, 2 + 8);
    drop(ledger);
    let ledger = open(folder.path());
    assert_eq!(ledger.append(vec![once("permit 1")]), done);
    audit(&ledger, 2 + 8);
}

#[test]
fn the_longest_entry_fits_and_a_longer_one_is_named() {
    let folder = TempDir::new().unwrap();
    let ledger = open(folder.path());
    let of = |length| Append { bytes: vec![b'x'; length], ..Append::default() };
    assert_eq!(ledger.append(vec![of(65_535)]).unwrap(), [0]);
    let error = ledger.append(vec![of(1), of(65_536)]).unwrap_err();
    assert_eq!(error, AppendError::TooLarge { position: 1, length: 65_536 });
    assert_eq!(error.to_string(), "entry 1 of the append has 65536 bytes, more than 65535; nothing was written");
    audit(&ledger, 1);
}

#[test]
fn proofs_hold_across_sizes() {
    let folder = TempDir::new().unwrap();
    let ledger = open(folder.path());
    let (mut past, mut size) = (vec![(0, ledger.checkpoint().unwrap())], 0);
    for batch in [1_u64, 1, 5, 250, 300, 2] {
        ledger.append((size..size + batch).map(|n| entry(&n.to_string())).collect()).unwrap();
        size += batch;
        for index in [0, size / 2, size - 1] {
            let text = ledger.prove(index).unwrap();
            let proven = verify_proof(&text, index.to_string().as_bytes(), ledger.vkey()).unwrap();
            assert_eq!((proven.index, proven.checkpoint.size()), (index, size));
        }
        for (old_size, old) in &past {
            let proof = ledger.prove_consistency(*old_size).unwrap();
            assert_eq!(proof.verify(old, ledger.vkey()).unwrap().size(), size);
        }
        past.push((size, ledger.checkpoint().unwrap()));
    }
    assert_eq!(ledger.prove(size), Err(ReadError::Absent { index: size, size }));
    assert!(matches!(ledger.prove_consistency(size + 1), Err(ReadError::Absent { .. })));
    assert_eq!(Checkpoint::open(&past[0].1, ledger.vkey()).unwrap().root(), Hash::EMPTY);
    audit(&ledger, size);
}

#[test]
fn a_ledger_opened_for_reading_follows_and_does_not_write() {
    let folder = TempDir::new().unwrap();
    assert!(matches!(Ledger::read_only(folder.path()), Err(OpenError::Absent { .. })));
    let ledger = open(folder.path());
    let reader = Ledger::read_only(folder.path()).unwrap();
    assert_eq!(reader.vkey(), key().vkey());
    let version = reader.data_version().unwrap();
    assert_eq!(reader.data_version().unwrap(), version);
    ledger.append(vec![entry("a")]).unwrap();
    assert_ne!(reader.data_version().unwrap(), version);
    assert_eq!(reader.append(vec![entry("b")]), Err(AppendError::ReadOnly));
    audit(&reader, 1);
}

#[test]
fn another_key_does_not_open_the_ledger() {
    let folder = TempDir::new().unwrap();
    drop(open(folder.path()));
    let other = LogKey::generate("countersign.example/log", [43; 32]);
    let error = Ledger::open(folder.path(), other.clone()).err().unwrap();
    assert!(
        matches!(&error, OpenError::OtherKey { stored, given } if *stored == key().vkey() && *given == other.vkey())
    );
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = TempDir::new().unwrap();
    let locked = folder.path().join("locked");
    fs::create_dir(&locked).unwrap();
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o555)).unwrap();
    // Permissions do not hold root back; /proc holds back everybody.
    let is_root = fs::create_dir(locked.join("probe")).is_ok();
    let target = if is_root { Path::new("/proc/countersign").to_owned() } else { locked.join("ledger") };
    let error = Ledger::open(&target, key()).err().unwrap();
    assert!(matches!(&error, OpenError::Folder { path, .. } if *path == target), "{error:?}");
    assert!(error.to_string().contains(target.to_str().unwrap()), "{error}");
}

#[test]
fn bytes_that_rotted_in_the_store_are_not_handed_out() {
    let folder = TempDir::new().unwrap();
    let ledger = open(folder.path());
    let text = "a text that can be found in the file";
    ledger.append(vec![entry("first"), entry(text)]).unwrap();
    drop(ledger);
    let path = folder.path().join("ledger.sqlite");
    let mut bytes = fs::read(&path).unwrap();
    let at = bytes.windows(text.len()).position(|window| window == text.as_bytes()).unwrap();
    bytes[at] = b'A';
    fs::write(&path, bytes).unwrap();
    let ledger = open(folder.path());
    assert_eq!(ledger.entry(0).unwrap().unwrap(), b"first");
    assert_eq!(ledger.entry(1), Err(ReadError::Spoilt { index: 1 }));
    let finding = ledger.verify(&mut |_, _| Ok(())).unwrap_err();
    assert_eq!(finding.first_entry(), Some(1));
    assert!(ledger.export(&folder.path().join("export")).is_err());
    assert!(!folder.path().join("export/checkpoint").exists());
}
