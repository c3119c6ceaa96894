//! Stores that fail, with both outcomes, and stores that lie.

use std::path::Path;

use ledger::{AppendError, HeadError, Landed, Ledger, ReadError};
use tempfile::TempDir;
use testkit::{FaultyStore, StoreFault};

use crate::{audit, entry, key, once, open};

fn faulty(dir: &Path) -> (FaultyStore, Ledger) {
    FaultyStore::over(dir, key)
}

fn landed(result: Result<Vec<u64>, AppendError>) -> Landed {
    match result {
        Err(AppendError::Store { landed, .. }) => landed,
        other => panic!("the fault did not show: {other:?}"),
    }
}

#[test]
fn failed_and_did_not_persist() {
    for outcome in [Landed::No, Landed::Perhaps] {
        let folder = TempDir::new().unwrap();
        let (store, ledger) = faulty(folder.path());
        ledger.append(vec![entry("a")]).unwrap();
        store.next(StoreFault::NotPersisted(outcome));
        assert_eq!(landed(ledger.append(vec![once("b"), entry("c")])), outcome);
        audit(&ledger, 1);
        assert_eq!(ledger.append(vec![once("b"), entry("c")]).unwrap(), [1, 2]);
        audit(&ledger, 3);
    }
}

#[test]
fn failed_but_persisted() {
    let folder = TempDir::new().unwrap();
    let (store, ledger) = faulty(folder.path());
    ledger.append(vec![entry("a")]).unwrap();
    store.next(StoreFault::Persisted);
    assert_eq!(landed(ledger.append(vec![once("b"), entry("c")])), Landed::Perhaps);
    // The next append finds out: the key is there, and the place after it is free.
    assert_eq!(ledger.append(vec![once("b")]), Err(AppendError::AlreadyDone { key: "b".to_owned() }));
    assert_eq!(ledger.append(vec![entry("d")]).unwrap(), [3]);
    assert_eq!(ledger.entry(1).unwrap().unwrap(), b"b");
    audit(&ledger, 4);
    drop((ledger, store));
    audit(&open(folder.path()), 4);
}

#[test]
fn reading_after_a_doubtful_append_sees_what_landed() {
    let folder = TempDir::new().unwrap();
    let (store, ledger) = faulty(folder.path());
    store.next(StoreFault::Persisted);
    assert_eq!(landed(ledger.append(vec![entry("a")])), Landed::Perhaps);
    assert_eq!(ledger.len(), 1);
    assert!(ledger.prove(0).is_ok());
    audit(&ledger, 1);
}

/// Every commit of a run may fail either way, under threads; afterwards each thread's word is checked against the ledger.
#[test]
fn faults_under_threads_leave_everybody_with_the_truth() {
    let folder = TempDir::new().unwrap();
    let (store, ledger) = faulty(folder.path());
    let said: Vec<(String, Result<Vec<u64>, AppendError>)> = std::thread::scope(|scope| {
        let work = |thread: usize| {
            let (ledger, store) = (&ledger, &store);
            scope.spawn(move || {
                let mut said = Vec::new();
                for n in 0..20 {
                    match (thread + n) % 4 {
                        0 => store.next(StoreFault::Persisted),
                        1 => store.next(StoreFault::NotPersisted(Landed::No)),
                        2 => store.next(StoreFault::NotPersisted(Landed::Perhaps)),
                        _ => {}
                    }
                    let text = format!("{thread}:{n}");
                    said.push((text.clone(), ledger.append(vec![once(&text)])));
                }
                said
            })
        };
        let threads: Vec<_> = (0..4).map(work).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    let entries = ledger.entries(0..u64::MAX).unwrap();
    for (text, result) in said {
        let places: Vec<u64> =
            entries.iter().filter(|(_, bytes)| bytes == text.as_bytes()).map(|(at, _)| *at).collect();
        match result {
            Ok(indexes) => assert_eq!(places, indexes),
            Err(AppendError::Store { landed: Landed::No, .. }) => assert_eq!(places, [] as [u64; 0]),
            Err(AppendError::Store { landed: Landed::Perhaps, .. }) => assert!(places.len() <= 1),
            Err(other) => panic!("{text}: {other}"),
        }
    }
    audit(&ledger, u64::try_from(entries.len()).unwrap());
}

#[test]
fn a_ledger_that_was_rolled_back_is_not_appended_to() {
    let folder = TempDir::new().unwrap();
    let (store, ledger) = faulty(folder.path());
    ledger.append(vec![entry("a")]).unwrap();
    let before = ledger.checkpoint().unwrap();
    ledger.append(vec![entry("b")]).unwrap();
    store.lie(Some(before));
    let rolled_back = HeadError::RolledBack { seen: 2, stored: 1 };
    assert_eq!(ledger.append(vec![entry("c")]), Err(AppendError::Head(rolled_back.clone())));
    assert_eq!(ledger.checkpoint(), Err(ReadError::Head(rolled_back)));
    assert_eq!(ledger.len(), 2, "what was seen");
    store.lie(None);
    assert_eq!(ledger.append(vec![entry("c")]).unwrap(), [2]);
    audit(&ledger, 3);
}

/// Somebody with the key made another past: their head is signed, and not what this process saw.
#[test]
fn a_forked_ledger_is_not_appended_to() {
    let folder = TempDir::new().unwrap();
    let (store, ledger) = faulty(&folder.path().join("ours"));
    let other = open(&folder.path().join("theirs"));
    ledger.append(vec![entry("a")]).unwrap();
    other.append(vec![entry("A"), entry("b")]).unwrap();
    ledger.append(vec![entry("b")]).unwrap();
    store.lie(Some(other.checkpoint().unwrap()));
    assert_eq!(ledger.append(vec![entry("c")]), Err(AppendError::Head(HeadError::Forked { size: 2 })));
    store.lie(None);
    audit(&ledger, 2);
}

#[test]
fn a_head_that_is_not_signed_is_not_appended_to() {
    let folder = TempDir::new().unwrap();
    let (store, ledger) = faulty(folder.path());
    ledger.append(vec![entry("a")]).unwrap();
    let forged = ledger.checkpoint().unwrap().replace("\n1\n", "\n2\n");
    store.lie(Some(forged));
    let refused = ledger.append(vec![entry("b")]).unwrap_err();
    assert!(matches!(refused, AppendError::Head(HeadError::Untrusted(_))), "{refused}");
    assert!(refused.to_string().ends_with("nothing was written"), "{refused}");
    store.lie(None);
    audit(&ledger, 1);
}
